"""What is written to the journal, as values.

One journal record is one committed fact. The postings that belong to it are committed with it or not at all, and are
covered by its hash. Money is integer fen, gas is integer hundredths of a cubic metre; a posting is a debit when
positive, a credit when negative, and the postings of one record sum to zero in each unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = "str | int | bool | list[Json] | tuple[Json, ...] | Mapping[str, Json] | None"


class Unit(StrEnum):
    FEN = "fen"
    M3_HUNDREDTHS = "m3_hundredths"


@dataclass(frozen=True, slots=True)
class Posting:
    """`account` as in docs/adr (`cash_unit:1`, `order:…`, `sales:resident:1`, `gas_on_card:…`, `owed:…`,
    `suspense:…`, `over_short:…`).
    """

    account: str
    unit: Unit
    amount: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """When and by whom: the hall's business date (ISO), the boot id of the hall process, monotonic nanoseconds, wall
    time in microseconds since 1970 UTC with its quality, and who acted (`hall`, `clerk:…`).
    """

    business_date: str
    boot_id: str
    mono_ns: int
    wall_us: int
    clock_quality: str
    who: str


@dataclass(frozen=True, slots=True)
class NewRecord:
    """`subject` is the id of what it is about (order, ticket, day…); `key`, where given, may exist once in the whole
    journal.
    """

    kind: str
    subject: str
    body: Mapping[str, Json]
    postings: tuple[Posting, ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A committed record. `hash` is the SHA-256 over `previous_hash` and the canonical form of all the rest,
    postings included.
    """

    sequence: int
    kind: str
    subject: str
    body: Mapping[str, Json]
    postings: tuple[Posting, ...]
    key: str | None
    stamp: Stamp
    previous_hash: str
    hash: str
