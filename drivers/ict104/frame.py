"""Finds the reports in the unit's bytes: pairs (power-up, escrow) and single bytes.

A byte that came with a parity error is absent, and counted. The line marks it as the kernel does (termios INPCK and
PARMRK): FFh 00h and the byte; a good FFh comes twice. Half of a pair whose other half was damaged or late is nothing.
"""

from drivers.ict104 import codes
from drivers.ict104.status import Kind, Model, Report, read_byte

_MARK = 0xFF


class ReportReader:
    """Bytes in, reports out; `damaged` counts bytes with a parity error."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._starts = {pattern[0]: pattern for pattern in sorted(model.power_up, key=len)}
        self._lone = {pattern[0] for pattern in model.power_up if len(pattern) == 1}
        self._first: int | None = None
        self._first_at = 0.0
        self._mark = b""
        self.damaged = 0

    def clear(self) -> None:
        self._first, self._mark = None, b""

    def receive(self, data: bytes, now: float) -> list[Report]:
        reports: list[Report] = []
        for byte in data:
            good = self._unmarked(byte)
            if good is not None:
                reports += self._take(good, now)
        return reports

    def pair_due(self) -> float | None:
        """When the first half of a pair is given up."""
        return None if self._first is None else self._first_at + codes.PAIR_S

    def expire(self, now: float) -> list[Report]:
        due = self.pair_due()
        return self._half() if due is not None and now >= due else []

    def _unmarked(self, byte: int) -> int | None:
        if not self._mark:
            if byte == _MARK:
                self._mark = b"\xff"
                return None
            return byte
        if len(self._mark) == 1:
            self._mark = b"" if byte else b"\xff\x00"
            return byte if byte else None
        self._mark = b""
        self.damaged += 1
        self._first = None
        return None

    def _take(self, byte: int, now: float) -> list[Report]:
        reports: list[Report] = []
        if self._first is not None:
            first, self._first = self._first, None
            if now - self._first_at < codes.PAIR_S:
                if first == codes.ESCROW and codes.TYPE_FIRST <= byte <= codes.TYPE_LAST:
                    return [Report(Kind.ESCROW, byte - codes.TYPE_FIRST)]
                if bytes((first, byte)) in self._model.power_up:
                    return [Report(Kind.POWER_UP, first)]
            self._first = first
            reports += self._half()
        if byte == codes.ESCROW or len(self._starts.get(byte, b"")) == 2:
            self._first, self._first_at = byte, now
            return reports
        if byte in self._lone:
            return [*reports, Report(Kind.POWER_UP, byte)]
        return [*reports, read_byte(byte, self._model)]

    def _half(self) -> list[Report]:
        """A first half without its second."""
        first, self._first = self._first, None
        if first is None:
            return []
        return [Report(Kind.POWER_UP if first in self._lone else Kind.UNKNOWN, first)]
