"""The one event model: what a driver tells of its validator. Note types and codes, no money.

Order, for every protocol: `Answering` when the unit answers for the first time or again; then what is left in it from
before (`Escrowed`, `Stacked`, `Returned`, with `OutcomeUnknown` where the driver itself had ordered a stack and the
unit cannot tell); then `Ready`. No note is taken before `Ready`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.validator.words import Doubt, RefuseReason, Silence, Trouble


@dataclass(frozen=True, slots=True)
class NoteValue:
    """What the unit says a note type is: `digits` times ten to the power of `exponent`, in units of the currency.

    `country` is three letters of a country or of a currency ("CHN", "CNY").
    """

    digits: int
    country: str
    exponent: int


@dataclass(frozen=True, slots=True)
class UnitIdentity:
    """Printed text without padding; empty where the unit does not tell."""

    part_number: str = ""
    serial_number: str = ""
    firmware: str = ""


@dataclass(frozen=True, slots=True)
class Escrowed:
    """A note has come to rest in escrow. Once for each note."""

    note_type: int


@dataclass(frozen=True, slots=True)
class Stacked:
    """The note is secured: the credit point, once for each note. Where the protocol has an acknowledgement, the unit
    gets it at `acknowledge`. `note_type` is `None` only if the report has no type and the driver has not seen the
    note in escrow. `recovered`: not the plain answer to a stack command."""

    note_type: int | None
    recovered: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """The note has been given back, or evidence as good. `note_type` is `None` where neither unit nor driver knows
    it."""

    note_type: int | None


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """A stack command was sent and its outcome is not known. A later `Stacked` or `Returned` of this note may still
    follow. `trouble` is what has stopped the unit, if that is why."""

    note_type: int
    doubt: Doubt
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The unit gave a note back before it reached escrow; `code` is the protocol's own, in hexadecimal."""

    reason: RefuseReason
    code: str


@dataclass(frozen=True, slots=True)
class StrayReport:
    """The unit reports a stacked note that cannot be told from noise or from a repeat: never a credit, always an
    alarm. `code` is the protocol's own, in hexadecimal."""

    code: str


@dataclass(frozen=True, slots=True)
class StateSeen:
    """The unit answers in its protocol and is in another state than before. `trouble` is what is wrong with it, or
    `None`; `detail` the unit's own words. Ends any `Troubled` but `NO_NOTE_TABLE`."""

    trouble: Trouble | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Troubled:
    """Something is wrong between us and the unit although bytes come; stands until the next `StateSeen` or `Ready`."""

    trouble: Trouble
    detail: str


@dataclass(frozen=True, slots=True)
class CashUnitNearFull:
    """The unit itself says that its cash unit will soon be full."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The start is complete: nothing is open in the unit, every note type is disabled, all questions are answered.

    `note_values` is `None` for a protocol that has no table of notes; `stacked_count` (modulo 65536) is `None` for a
    unit without a counter.
    """

    identity: UnitIdentity
    note_values: Mapping[int, NoteValue] | None
    stacked_count: int | None


@dataclass(frozen=True, slots=True)
class CountRead:
    stacked_count: int


@dataclass(frozen=True, slots=True)
class Silent:
    silence: Silence


@dataclass(frozen=True, slots=True)
class Answering:
    """The unit answers again, or for the first time; its start begins."""


ValidatorEvent = (
    Escrowed
    | Stacked
    | Returned
    | OutcomeUnknown
    | Refused
    | StrayReport
    | StateSeen
    | Troubled
    | CashUnitNearFull
    | Ready
    | CountRead
    | Silent
    | Answering
)
