"""What a protocol offers: a wire machine with the verbs of a note acceptor, and a plain word on what it can prove."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from drivers.validator.events import ValidatorEvent
from drivers.wire import WireMachine

COUNT_MODULUS = 0x10000
"""Counts of stacked notes are told modulo this, whatever the unit's counter holds: an owner compares them so."""


class Gap(Enum):
    """An interruption between the stack command and the report of its outcome."""

    RESTART = "the controller starts anew, the unit keeps its power"
    CABLE = "the cable is out for a while, both sides keep their power"
    POWER_CUT = "the unit loses its power, the controller keeps its own"
    BOTH = "the unit loses its power and the controller starts anew"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a protocol can do, and what it can prove. Nothing here is a promise of one unit: a unit may do less."""

    protocol: str
    """The name in configuration and on the command line."""
    has_escrow_hold: bool
    """`hold` keeps a note for as long as the owner wishes."""
    escrow_s: float
    """A note in escrow that nobody decides about is given back by unit or driver after about so many seconds."""
    tells_denominations: bool
    """`Ready.note_values` comes from the unit; else the owner needs a profile."""
    has_serial_number: bool
    has_counter: bool
    """The unit counts the notes it has stacked, and the count survives its power."""
    acknowledges_credit: bool
    """The unit repeats its report of a stacked note until it is acknowledged."""
    proves: frozenset[Gap] = frozenset()
    """After these gaps the outcome of a note is always told, by a report or by the counter."""
    refuses_types: bool = True
    """The unit itself refuses single note types; else the driver gives them back from escrow."""
    first_note_type: int = 0
    """The type of the first channel of a profile."""

    @property
    def proves_recovery(self) -> bool:
        """Whatever is interrupted, the outcome of a note is told."""
        return self.proves == frozenset(Gap)


@dataclass(frozen=True, slots=True)
class MachineOptions:
    """What a machine may need besides its wire; each protocol takes what concerns it."""

    entropy: Callable[[int], bytes] | None = None
    """Gives so many bytes from the operating system's generator (`os.urandom`): for keys."""
    bookmark: str = ""
    """`ValidatorMachine.bookmark` as it was committed last: which report of the unit was booked last."""
    model: str = ""
    """A model whose tables differ from the protocol's own; empty for those."""
    key: bytes = b""
    """The fixed part of the key, or the code of the unit, where the protocol has one; empty for the maker's default."""


class ValidatorMachine(WireMachine, Protocol):
    """A driver. All verbs may be called at any time; those that return a bool say whether they can have an effect. What
    a verb makes the machine say goes out at the `data_to_send` of the same pass, after the protocol's gap."""

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def in_service(self) -> bool:
        """Between `Ready` and the next start (silence, power cut, reset, doubt to be settled)."""

    @property
    def stacked_count(self) -> int | None:
        """The unit's counter modulo 65536: as last read, one more for each `Stacked` since. `None` if it has none or
        was not asked yet."""

    @property
    def bookmark(self) -> str:
        """What has to be committed together with the credit of the last `Stacked`, and given back to a new machine,
        so that it knows which of the unit's reports were booked (ccTalk's event counter). Empty where the protocol
        needs none."""

    @property
    def damaged_replies(self) -> int:
        """Frames or bytes since the start of the program that came damaged."""

    def set_note_types(self, types: frozenset[int]) -> None:
        """Which note types are to be taken; kept up over resets of the unit until called again. Empty disables it."""

    def stack(self) -> bool:
        """Stack the note in escrow. The first byte that can stack it goes out after this call and never before it.
        False if none waits there, or a return has been ordered."""

    def return_note(self) -> bool:
        """Give the note in escrow back. False if none waits there, or a stack has been ordered."""

    def hold(self, now: float) -> bool:
        """Keep the note in escrow until `stack` or `return_note`, or for as long as the protocol can."""

    def acknowledge(self) -> bool:
        """The owner has committed the stacked note. False if none awaits that."""

    def reset(self) -> bool:
        """Start the unit anew. False while a note is in it: a reset would decide its fate."""

    def take_events(self) -> tuple[ValidatorEvent, ...]: ...
