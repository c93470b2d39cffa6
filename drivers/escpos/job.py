"""One paper on its way through the printer, and the ids that prove it."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b


class Outcome(StrEnum):
    PRINTED = "printed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Fence(StrEnum):
    """What proves that everything before it has been done."""

    PROCESS_ID = "process-id"
    QUEUED_STATUS = "queued-status"


@dataclass(frozen=True, slots=True)
class PrintJob:
    """`segments` are sent one after the other; each ends between two commands, so that a real-time question may follow
    it. The machine adds the initialisation, the fences and the cut. `length_mm` is about the paper's length."""

    job_id: str
    segments: tuple[bytes, ...]
    length_mm: int


@dataclass(frozen=True, slots=True)
class JobFinished:
    """`outcome` REFUSED: no byte of the paper reached the line. UNKNOWN: bytes did, the proof is missing."""

    job_id: str
    outcome: Outcome
    fence: Fence | None
    cut: bool
    detail: str


@dataclass(frozen=True, slots=True)
class TakenFromPresenter:
    job_id: str


@dataclass(frozen=True, slots=True)
class DrawnBack:
    """The paper was not taken; it has been retracted, or pushed out where the printer cannot retract (`ejected`)."""

    job_id: str
    ejected: bool


@dataclass(frozen=True, slots=True)
class ConditionChanged:
    pass


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something on the line that a sound printer does not send. For the log; nothing rests on it."""

    text: str


EscposEvent = JobFinished | TakenFromPresenter | DrawnBack | ConditionChanged | Anomaly


class ProcessIds:
    """Gives process ids: four printable bytes out of what they stand for, never one that is still outstanding.

    `outstanding` remembers the last 64 that were sent, answered or not: an echo may come back after its line was lost.
    """

    _ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    _REMEMBERED = 64

    def __init__(self) -> None:
        self._outstanding: list[bytes] = []

    def gave(self, process_id: bytes) -> bool:
        """Whether it is one of ours that may still come back."""
        return process_id in self._outstanding

    def give(self, meaning: str) -> bytes:
        salt = 0
        while True:
            digest = blake2b(f"{meaning}/{salt}".encode(), digest_size=4).digest()
            process_id = bytes(self._ALPHABET[byte % len(self._ALPHABET)] for byte in digest)
            if process_id not in self._outstanding:
                self._outstanding.append(process_id)
                del self._outstanding[: -self._REMEMBERED]
                return process_id
            salt += 1
