"""What a printer tells the hall, be it the receipt printer or the ticket dispenser.

Three answers to "print this": printed (proven by a fence that the printer answers after the last line and after the
cut), refused (not one byte of the paper was sent: safe to try again), unknown (bytes were sent and the proof did not
come: never printed again by itself).
"""

from dataclasses import dataclass
from enum import StrEnum


class PaperSupply(StrEnum):
    """XFS4IoT Printer paper supply, and UNKNOWN while the printer has not answered. Silence is never 'full'."""

    FULL = "full"
    LOW = "low"
    OUT = "out"
    JAMMED = "jammed"
    UNKNOWN = "unknown"


class PrintOutcome(StrEnum):
    PRINTED = "printed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Proof(StrEnum):
    """What the outcome rests on: the answer to `GS ( H` fn 48 (carries our id), the queued answer to `GS r 1` (no id),
    or nothing."""

    PROCESS_ID = "process-id"
    QUEUED_STATUS = "queued-status"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PrintFinished:
    job_id: str
    outcome: PrintOutcome
    proof: Proof
    cut: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PaperTaken:
    """The paper that lay in the presenter has been taken."""

    job_id: str


@dataclass(frozen=True, slots=True)
class PaperRetracted:
    """The paper that lay in the presenter was not taken, and was drawn back."""

    job_id: str


@dataclass(frozen=True, slots=True)
class PaperSupplyChanged:
    device: str
    supply: PaperSupply


PrinterEvent = PrintFinished | PaperTaken | PaperRetracted | PaperSupplyChanged
