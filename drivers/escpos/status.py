"""The one stream that comes back from the printer, taken apart.

Answers of different commands share the line without a frame around them; the bit patterns tell them apart (Epson
TM-T88III specification, appendix G, "Transmission status identification"):

    0x11, 0x13                XON, XOFF, at any place, also between the bytes of an automatic status
    (b & 93h) == 12h          answer to DLE EOT n (which n, it does not say)
    (b & 93h) == 10h          first of the four bytes of automatic status back (GS a)
    (b & 90h) == 00h          answer to GS r or to GS I (one byte)
    37h 3Dh 5Fh               a block up to NUL: 37 22 d1 d2 d3 d4 00 is the process id of GS ( H fn 48
    10 0F p u r f             the full status of Custom's kiosk printers, for profiles that have it

All else is noise. Nothing here raises for what a printer sends.
"""

from dataclasses import dataclass

from drivers.escpos.commands import XOFF, XON

GAP_S = 0.3
"""The bytes of one answer follow each other at once; a longer gap means that the rest will not come."""

BLOCK_MAX = 80
"""The longest block that a printer sends (GS I 67, model name), with its header."""

_BLOCK_HEADERS = frozenset((0x37, 0x3D, 0x5F))


@dataclass(frozen=True, slots=True)
class RealTimeStatus:
    """An answer to DLE EOT n."""

    value: int


@dataclass(frozen=True, slots=True)
class AutomaticStatusBack:
    """Four bytes of GS a."""

    first: int
    second: int
    third: int
    fourth: int


@dataclass(frozen=True, slots=True)
class QueuedStatus:
    """An answer to GS r n (or a one-byte GS I)."""

    value: int


@dataclass(frozen=True, slots=True)
class ProcessIdEcho:
    """The answer to GS ( H fn 48."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """Another block up to NUL: GS I information, GS ( H fn 49, …"""

    header: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class FlowControl:
    """XOFF (`paused`) or XON."""

    paused: bool


@dataclass(frozen=True, slots=True)
class FullStatus:
    """Custom's full status: paper, user, recoverable and fatal byte."""

    paper: int
    user: int
    recoverable: int
    fatal: int


@dataclass(frozen=True, slots=True)
class Noise:
    value: int


Reply = RealTimeStatus | AutomaticStatusBack | QueuedStatus | ProcessIdEcho | Block | FlowControl | FullStatus | Noise


class Demultiplexer:
    """Takes bytes split anywhere and gives whole answers. `full_status`: the printer sends `10 0F p u r f`."""

    def __init__(self, *, full_status: bool = False) -> None:
        self._full_status = full_status
        self._partial = bytearray()
        self._last = 0.0

    def reset(self) -> None:
        self._partial.clear()

    def feed(self, data: bytes, now: float) -> tuple[Reply, ...]:
        replies: list[Reply] = []
        if self._partial and now - self._last > GAP_S:
            while self._partial:
                self._give_up_first(replies)
        for byte in data:
            self._last = now
            if byte in (XON, XOFF) and not self._inside_full_status():
                replies.append(FlowControl(byte == XOFF))
                continue
            self._partial.append(byte)
            self._take(replies)
        return tuple(replies)

    def _inside_full_status(self) -> bool:
        return self._full_status and self._partial[:2] == b"\x10\x0f"

    def _give_up_first(self, replies: list[Reply]) -> None:
        replies.append(Noise(self._partial.pop(0)))
        self._take(replies)

    def _take(self, replies: list[Reply]) -> None:
        """Takes whole answers off the front, and stops at one that is still incomplete."""
        partial = self._partial
        while partial:
            first = partial[0]
            if first in _BLOCK_HEADERS:
                if partial[-1] == 0 and len(partial) > 1:
                    replies.append(_block(bytes(partial)))
                    partial.clear()
                elif len(partial) > BLOCK_MAX or any(not 0x20 <= byte <= 0x7E for byte in partial[1:]):
                    replies.append(Noise(partial.pop(0)))
                    continue
                return
            if first & 0x93 == 0x12:
                replies.append(RealTimeStatus(partial.pop(0)))
            elif first & 0x93 == 0x10:
                if not self._take_automatic(replies):
                    return
            elif first & 0x90 == 0:
                replies.append(QueuedStatus(partial.pop(0)))
            else:
                replies.append(Noise(partial.pop(0)))

    def _take_automatic(self, replies: list[Reply]) -> bool:
        partial = self._partial
        if self._inside_full_status():
            if len(partial) < 6:
                return False
            replies.append(FullStatus(*partial[2:6]))
            del partial[:6]
            return True
        if any(byte & 0x90 for byte in partial[1:4]):
            replies.append(Noise(partial.pop(0)))
            return True
        if len(partial) < 4:
            return False
        replies.append(AutomaticStatusBack(*partial[:4]))
        del partial[:4]
        return True


def _block(raw: bytes) -> ProcessIdEcho | Block:
    if raw[:2] == b"\x37\x22" and len(raw) == 7:
        return ProcessIdEcho(raw[2:6])
    return Block(raw[0], raw[1:-1])
