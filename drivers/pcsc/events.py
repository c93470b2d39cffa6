"""What is asked of the PC/SC worker, and what it reports. Plain values: no thread, no pyscard."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from drivers.iso7816.connection import CardConnection


@dataclass(frozen=True, slots=True)
class Job:
    """Work on the card that is in the reader, alone with it (SCARD_SHARE_EXCLUSIVE), from connecting to powering it
    down.

    `run` is called in the worker's thread, once or not at all. It captures what it needs (a PSC too), so it is never
    shown. `deadline_s`: seconds from the start of connecting until the job counts as hung.
    """

    token: str
    run: Callable[[CardConnection], object] = field(repr=False)
    deadline_s: float


class LostReason(StrEnum):
    SERVICE_MISSING = "E-DR-11"
    """No PC/SC service answers. The worker goes on asking."""
    READER_MISSING = "E-DR-12"
    """The service runs and knows no reader of the wanted name."""
    HUNG = "E-DR-14"
    """A call into the service or the reader passed its deadline. Ends when the call returns or the reader comes
    anew."""


@dataclass(frozen=True, slots=True)
class ReaderArrived:
    """The reader is there. The state of its slot follows at once."""

    name: str


@dataclass(frozen=True, slots=True)
class ReaderLost:
    """The reader is not there, or was never found; nothing is known of a card."""

    reason: LostReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CardPresent:
    """A card has been put in and answered to reset. Each insertion is reported by one of these, after a
    `CardAbsent`."""

    atr: bytes


@dataclass(frozen=True, slots=True)
class CardMuteSeen:
    """A card has been put in and gives no answer to reset."""


@dataclass(frozen=True, slots=True)
class CardAbsent:
    pass


class JobFailureKind(StrEnum):
    NO_CARD = "no card"
    MUTE = "no answer to reset"
    BUSY = "another program holds the reader"
    READER_LOST = "reader lost"
    SERVICE_LOST = "PC/SC service lost"
    HUNG = "deadline passed"
    CRASHED = "the job itself failed"


@dataclass(frozen=True, slots=True)
class JobFailure:
    """Why a job has no result. `started` is false only if `run` was not called and never will be: then not one
    command was sent."""

    kind: JobFailureKind
    started: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JobDone:
    """The end of a job; exactly one for each that was submitted (none after `close`)."""

    token: str
    result: object
    failure: JobFailure | None = None


PcscEvent = ReaderArrived | ReaderLost | CardPresent | CardMuteSeen | CardAbsent | JobDone
