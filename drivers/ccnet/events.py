"""What the machine tells its owner, in the protocol's own terms: bill types and codes, no money."""

from dataclasses import dataclass
from enum import Enum

from drivers.ccnet.replies import BillType, Identification
from drivers.ccnet.status import PollReply


@dataclass(frozen=True, slots=True)
class Escrowed:
    """A note has come to rest in escrow. Once for each note."""

    note_type: int


@dataclass(frozen=True, slots=True)
class Stacked:
    """81h, once for each note. The device is not answered until `acknowledge`. `recovered`: not the plain answer to
    a STACK."""

    note_type: int
    recovered: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """82h, or evidence as good. `note_type` is `None` after a power-up with the bill in the validator: the unit
    does not say which."""

    note_type: int | None


class Doubt(Enum):
    """Why the outcome of a STACK is not known."""

    NO_REPORT = "30 s have passed since STACK without 81h or 82h"
    STOPPED = "the unit has stopped with the note under way"
    AT_REST = "the unit is at rest and has reported neither 81h nor 82h"


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


@dataclass(frozen=True, slots=True)
class StateSeen:
    """The unit is in another state than at the last POLL."""

    reply: PollReply


@dataclass(frozen=True, slots=True)
class Ready:
    """The start is complete: nothing is open in the unit, every bill type is disabled, all questions are answered.
    `stacked_count` is `None` for a model without the counter."""

    identification: Identification
    bill_table: dict[int, BillType]
    stacked_count: int | None


@dataclass(frozen=True, slots=True)
class CountRead:
    stacked_count: int


class Silence(Enum):
    """How long the unit has not answered."""

    OFFLINE = "two commands running were not answered"
    ABSENT = "no answer for five seconds"
    PORT_LOST = "the port is gone"


@dataclass(frozen=True, slots=True)
class Silent:
    silence: Silence


@dataclass(frozen=True, slots=True)
class Answering:
    """The unit answers again, or for the first time; its start begins."""


class Trouble(Enum):
    """What is wrong between us and the unit although it answers."""

    ECHO = "our own commands come back: the adapter echoes"
    UNKNOWN_STATE = "the unit reports a state that the manual does not know"
    NO_BILL_TABLE = "the unit does not give its bill table"


@dataclass(frozen=True, slots=True)
class Troubled:
    trouble: Trouble
    detail: str


CcnetEvent = (
    Escrowed
    | Stacked
    | Returned
    | OutcomeUnknown
    | Rejected
    | Counterfeit
    | StateSeen
    | Ready
    | CountRead
    | Silent
    | Answering
    | Troubled
)
