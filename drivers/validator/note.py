"""The record of the one note under way, for protocols whose reports say plainly what has become of it.

Fed with what the unit reports and with the commands that went out; gives the events, each note's outcome once:

- an escrow report for a note that is known to wait there is the same note;
- a stacked report credits only a note that a stack command went out for, or one that the caller knows to be recovered;
- after a stack command only a report decides; all else is doubt, told once, and a report that comes later still counts;
- a note for which no stack command went out, and which is gone, was given back: a unit cannot stack it unasked.
"""

from dataclasses import dataclass
from enum import Enum, auto

from drivers.validator.events import Escrowed, OutcomeUnknown, Returned, Stacked
from drivers.validator.words import Doubt, Trouble

OUTCOME_S = 30.0
"""Longest time from a stack command to its report."""

NoteEvent = Escrowed | Stacked | Returned | OutcomeUnknown


class Step(Enum):
    IN_ESCROW = auto()
    STACK_SENT = auto()
    RETURN_SENT = auto()
    IN_DOUBT = auto()


@dataclass(slots=True)
class OpenNote:
    note_type: int
    step: Step = Step.IN_ESCROW
    since: float = 0.0
    """When it came to escrow, or when the command went out."""


class NoteRecord:
    """`awaits_commit` is true from `secured` until `committed`."""

    def __init__(self) -> None:
        self.note: OpenNote | None = None
        self.awaits_commit = False

    @property
    def step(self) -> Step | None:
        return self.note.step if self.note else None

    @property
    def in_escrow(self) -> bool:
        return self.step is Step.IN_ESCROW

    @property
    def outcome_due(self) -> float | None:
        """When the report of a stack command is overdue."""
        if self.note and self.note.step is Step.STACK_SENT:
            return self.note.since + OUTCOME_S
        return None

    @property
    def settled(self) -> bool:
        """Nothing is under way, and nothing waits for the owner's commit."""
        return self.step in (None, Step.IN_DOUBT) and not self.awaits_commit

    def escrow(self, note_type: int, now: float) -> list[NoteEvent]:
        """A note lies in escrow that is not the one that was there: the caller has told repeats apart."""
        events: list[NoteEvent] = []
        if self.note is not None:
            events += self.doubt(Doubt.CONTRADICTION)
            if self.note.step is not Step.IN_DOUBT:
                events += self.gone()
        self.note = OpenNote(note_type, since=now)
        return [*events, Escrowed(note_type)]

    def stack_sent(self, now: float) -> None:
        assert self.note is not None
        assert self.note.step is Step.IN_ESCROW, "stack goes out once, for a note in escrow"
        self.note.step, self.note.since = Step.STACK_SENT, now

    def return_sent(self, now: float) -> None:
        assert self.note is not None
        if self.note.step is Step.IN_ESCROW:
            self.note.step, self.note.since = Step.RETURN_SENT, now

    def secured(self, note_type: int | None, *, recovered: bool = False) -> list[NoteEvent]:
        """The unit says that it is stacked. `note_type` from the report, or `None` if it has none."""
        note, self.note = self.note, None
        plain = note is not None and note.step is Step.STACK_SENT and not recovered
        self.awaits_commit = True
        known = note_type if note_type is not None else note.note_type if note else None
        return [Stacked(known, recovered=not plain)]

    def committed(self) -> bool:
        was, self.awaits_commit = self.awaits_commit, False
        return was

    def given_back(self, note_type: int | None = None) -> list[NoteEvent]:
        """The unit says that it has given the note back."""
        note, self.note = self.note, None
        return [Returned(note_type if note_type is not None else note.note_type if note else None)]

    def gone(self) -> list[NoteEvent]:
        """The unit is at rest without a report: a note without a stack command was given back."""
        if self.note is None or self.note.step in (Step.STACK_SENT, Step.IN_DOUBT):
            return []
        return self.given_back()

    def doubt(self, doubt: Doubt, trouble: Trouble | None = None) -> list[NoteEvent]:
        """Nobody will tell what has become of a note that was to be stacked."""
        if self.note is None or self.note.step is not Step.STACK_SENT:
            return []
        self.note.step = Step.IN_DOUBT
        return [OutcomeUnknown(self.note.note_type, doubt, trouble)]

    def expire(self, now: float) -> list[NoteEvent]:
        due = self.outcome_due
        return self.doubt(Doubt.NO_REPORT) if due is not None and now >= due else []
