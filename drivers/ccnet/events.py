"""What is told of notes inside this package, in the protocol's own codes; and the common events that need no other
words."""

from dataclasses import dataclass

from drivers.ccnet.status import PollReply
from drivers.validator.events import (
    Answering,
    CountRead,
    Escrowed,
    Ready,
    Returned,
    Silent,
    Stacked,
    StateSeen,
    Troubled,
)
from drivers.validator.words import Doubt, Silence, Trouble

__all__ = (
    "Answering",
    "CountRead",
    "Counterfeit",
    "Doubt",
    "Escrowed",
    "OutcomeUnknown",
    "Ready",
    "Rejected",
    "Returned",
    "Silence",
    "Silent",
    "Stacked",
    "StateSeen",
    "Trouble",
    "Troubled",
)


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """STACK was sent and its outcome is not known. A later `Stacked` or `Returned` of this note is still reported.
    `reply` is what the unit said at that moment."""

    note_type: int
    doubt: Doubt
    reply: PollReply | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """The unit gives a note back on its own; `code` as in `status.REJECT_CODES`."""

    code: int


@dataclass(frozen=True, slots=True)
class Counterfeit:
    """84h or 90h: a suspected or counterfeit note is held."""

    reply: PollReply
