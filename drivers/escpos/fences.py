"""The fences: queued commands whose answer proves that everything before them has been done."""

from enum import Enum, auto

from drivers.escpos.commands import QUEUED_PAPER_STATUS, process_id_response
from drivers.escpos.job import Fence, ProcessIds

_PAPER_END = 0x0C
"""A GS r 1 answer with these bits cannot be a fence: at paper end the command is not executed. Also sorts out 06h,
which HPRT printers send after storing a picture."""


class Told(Enum):
    """What an answer says about the fence."""

    DONE = auto()
    MORE = auto()
    """One of several answers; the others are still to come."""
    SURPLUS = auto()
    FOREIGN = auto()


class Fences:
    """Which fence one printer answers, and the one that is awaited. At most one is under way."""

    def __init__(self) -> None:
        self.kind: Fence | None = None
        """What this printer answers; `None` until it has been found out."""
        self.trying = Fence.PROCESS_ID
        self._ids = ProcessIds()
        self._epoch = ""
        self._awaited: bytes | None = None
        self._answers_missing = 0
        self._answers_late = False

    def connect(self, epoch: str) -> None:
        """A new connection: the printer behind it may be another. `epoch` makes its ids differ from those before."""
        self._epoch = epoch
        self.forget_kind()
        self.give_up()

    def forget_kind(self) -> None:
        self.kind = None
        self._answers_late = False

    @property
    def awaited(self) -> bool:
        return self._awaited is not None

    def give_up(self) -> None:
        """An answer that comes now proves nothing any more."""
        self._awaited = None

    def command(self, meaning: str, kind: Fence, answers: int = 1) -> bytes:
        """The bytes of the next fence. `answers`: how often GS r is asked in a row. Two at a paper's end: a stray byte
        that passed for an earlier fence then makes one too many at once, rather than prove a cut that is to come."""
        self.trying = kind
        if kind is Fence.PROCESS_ID:
            self._awaited = self._ids.give(f"{self._epoch}/{meaning}")
            return process_id_response(self._awaited)
        self._awaited = b""
        self._answers_missing = answers
        return QUEUED_PAPER_STATUS * answers

    def settle_kind(self) -> None:
        """The fence of a round has come back: this is what the printer answers. If the echo of the probe before it came
        too, only late because the printer was busy, it is the better one."""
        self.kind = Fence.PROCESS_ID if self._answers_late else self.trying

    def echo(self, process_id: bytes) -> Told:
        """Takes `37 22 d1 d2 d3 d4 00`."""
        if self._awaited is not None and process_id == self._awaited:
            self._awaited = None
            return Told.DONE
        if self.kind is None and self._ids.gave(process_id):
            self._answers_late = True
        return Told.FOREIGN

    def queued_status(self, value: int) -> Told:
        """Takes an answer to GS r."""
        if self.trying is not Fence.QUEUED_STATUS:
            return Told.FOREIGN
        if self._awaited is None or value & _PAPER_END:
            return Told.SURPLUS
        self._answers_missing -= 1
        if self._answers_missing:
            return Told.MORE
        self._awaited = None
        return Told.DONE
