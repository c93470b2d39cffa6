"""The mechanics of a note acceptor, which no protocol and no power cut changes: where each note physically is."""

from dataclasses import dataclass, field
from enum import Enum


class Place(Enum):
    """Where the one note under way lies."""

    HEAD = "head"
    ESCROW = "escrow"
    STACKER = "stacker"
    """Past the lever: it can no longer be given back."""


class Stage(Enum):
    """What the mechanics are doing, in the same words for every protocol."""

    OFF = "off"
    BOOTING = "booting"
    """Powered, and not yet able to answer."""
    STARTING = "starting"
    """Answers, and makes itself ready or waits to be told to."""
    AT_REST = "at rest"
    ACCEPTING = "accepting"
    ESCROW = "escrow"
    TO_LEVER = "to lever"
    """Stacking; the note can still be given back."""
    TO_BOX = "to box"
    """Stacking, past the lever."""
    RETURNING = "returning"
    REJECTING = "rejecting"
    CHEATED = "cheated"


@dataclass(frozen=True, slots=True)
class Note:
    """Value in yuan. A forged note looks like its value and fails verification."""

    value: int
    forged: bool = False


@dataclass(slots=True)
class Body:
    """Physical truth. `box`, `given_back` and `removed` hold values in yuan, oldest first."""

    note: Note | None = None
    place: Place | None = None
    box: list[int] = field(default_factory=list)
    given_back: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    """Taken out of the machine by hand: jammed notes, and what was in an emptied cassette."""
    cassette_in: bool = True
    cassette_full: bool = False
    jammed: bool = False

    @property
    def escrow(self) -> int | None:
        """Value of the note in escrow, in yuan."""
        return self.note.value if self.note and self.place is Place.ESCROW else None

    def take_in(self, note: Note) -> None:
        assert self.note is None, "one note at a time fits the head"
        self.note, self.place = note, Place.HEAD

    def move_to(self, place: Place) -> None:
        assert self.note is not None
        self.place = place

    def drop_into_box(self) -> int:
        assert self.note is not None
        value, self.note, self.place = self.note.value, None, None
        self.box.append(value)
        return value

    def give_back(self) -> int:
        assert self.note is not None
        value, self.note, self.place = self.note.value, None, None
        self.given_back.append(value)
        return value

    def clear_jam(self) -> None:
        """Somebody opens the machine and takes out what is stuck."""
        self.jammed = False
        if self.note:
            self.removed.append(self.note.value)
            self.note = self.place = None

    def empty_box(self) -> None:
        self.removed += self.box
        self.box.clear()
        self.cassette_full = False

    def money(self) -> dict[str, int]:
        """What the machine physically holds, in fen."""
        return {
            "in_box_fen": sum(self.box) * 100 if self.cassette_in else 0,
            "in_escrow_fen": (self.escrow or 0) * 100,
            "in_transit_fen": self.note.value * 100 if self.note and self.place is not Place.ESCROW else 0,
            "given_back_fen": sum(self.given_back) * 100,
        }
