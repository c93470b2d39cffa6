"""What a session asks the hall to do, as ordered data.

The hall runs a tuple of effects from the left, and stops at the first that cannot be done. `Append` returns when its
records are on disk; so every effect that moves money, gas or paper stands after the `Append` that names it (checked by
tests/visits for every step of every scenario). `moves` says what an effect moves; `names` is the id that
the record carries.
"""

from dataclasses import dataclass
from typing import Literal

from devices.print_document import Document
from devices.status import CheckLevel
from storage.records import NewRecord


@dataclass(frozen=True, slots=True)
class Append:
    """Commit these records in one transaction."""

    records: tuple[NewRecord, ...]


@dataclass(frozen=True, slots=True)
class EnableNotes:
    """Let the acceptor take these values and no others."""

    values_fen: frozenset[int]


@dataclass(frozen=True, slots=True)
class DisableNotes:
    pass


@dataclass(frozen=True, slots=True)
class StackNote:
    """Move the note in escrow into the cash unit."""

    note_id: str


@dataclass(frozen=True, slots=True)
class ReturnNote:
    """Give the note in escrow back."""

    note_id: str | None


@dataclass(frozen=True, slots=True)
class AcknowledgeNote:
    """Tell the acceptor that its report of the stacked note has been committed."""

    note_id: str | None


@dataclass(frozen=True, slots=True)
class ReadCard:
    token: str


@dataclass(frozen=True, slots=True)
class WriteCard:
    """Bring the card from `before` to `after`. `token` is the write's id, journaled with both images."""

    token: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    job_id: str
    document: Document


@dataclass(frozen=True, slots=True)
class PrintTicket:
    job_id: str
    document: Document


@dataclass(frozen=True, slots=True)
class ClearPaper:
    """Cut off whatever a paper that was broken off has left in this printer, before the next one is printed."""

    device: Literal["receipt_printer", "ticket_dispenser"]


@dataclass(frozen=True, slots=True)
class CheckDevices:
    """Check the health of every device. The reports come back together, with this `token`; a device that does not
    answer in time is reported as failed. At level INTERNAL nothing moves."""

    token: str
    level: CheckLevel


Effect = (
    Append
    | EnableNotes
    | DisableNotes
    | StackNote
    | ReturnNote
    | AcknowledgeNote
    | ReadCard
    | WriteCard
    | PrintReceipt
    | PrintTicket
    | ClearPaper
    | CheckDevices
)
