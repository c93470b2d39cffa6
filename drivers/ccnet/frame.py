"""Frames: `SYNC ADR LNG payload CRC-lo CRC-hi` (manual: "Message format").

The payload is a command with its data, or the data of a reply. LNG counts every byte of the frame; LNG 0 says that
the real length stands in two bytes, most significant first, behind the command. The CRC is least significant byte
first.
"""

from dataclasses import dataclass

SYNC = 0x02
PAYLOAD_MAX = 250
"""Bytes of payload that fit a frame with a one-byte LNG."""
LENGTH_MIN = 6
"""The shortest frame: SYNC, ADR, LNG, one byte, CRC."""
EXTENDED_LENGTH_MAX = 4096
"""Longer frames than this are taken for noise. (Ours; the longest message of the manual, a firmware block, is
shorter.)"""

_EXTENDED_HEADER = 6


def crc16(data: bytes | bytearray) -> int:
    """CRC-16/KERMIT: x^16 + x^12 + x^5 + 1, reflected (8408h), start 0, no final inversion. Over a whole frame it
    is 0."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ 0x8408 if byte & 1 else byte >> 1
        table.append(byte)
    return tuple(table)


_TABLE = _table()


def encode(address: int, payload: bytes) -> bytes:
    """The frame for 1 to 4088 bytes of payload; above 250 the length is extended.

    Raises `ValueError` for an empty or too long payload.
    """
    if not payload:
        raise ValueError("a frame carries at least one byte")
    if len(payload) <= PAYLOAD_MAX:
        body = bytes((SYNC, address, len(payload) + 5)) + payload
    else:
        length = len(payload) + 7
        if length > EXTENDED_LENGTH_MAX:
            raise ValueError(f"{len(payload)} bytes do not fit a frame of at most {EXTENDED_LENGTH_MAX}")
        body = bytes((SYNC, address, 0, payload[0])) + length.to_bytes(2, "big") + payload[1:]
    return body + crc16(body).to_bytes(2, "little")


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole frame with a correct CRC."""

    address: int
    payload: bytes


class FrameParser:
    """Finds frames for one address in a stream that may be split anywhere and hold any noise.

    Where a frame turns out wrong, the search goes on one byte behind its SYNC, so that noise that looks like a
    header never swallows the frame behind it for longer than until `line_is_quiet`.
    """

    def __init__(self, address: int) -> None:
        self._address = address
        self._buffer = bytearray()

    def receive(self, data: bytes) -> tuple[Frame, ...]:
        """Takes bytes as they came; returns the frames that they complete."""
        self._buffer += data
        return self._scan(more_may_come=True)

    def line_is_quiet(self) -> tuple[Frame, ...]:
        """The line has been silent for longer than the gap allowed inside a frame: what is incomplete will stay so."""
        return self._scan(more_may_come=False)

    def clear(self) -> None:
        self._buffer.clear()

    @property
    def is_empty(self) -> bool:
        return not self._buffer

    def _scan(self, more_may_come: bool) -> tuple[Frame, ...]:
        buffer, start, frames = self._buffer, 0, []
        while (start := buffer.find(SYNC, start)) >= 0:
            length = self._length(start)
            if length is None or start + length > len(buffer):
                if more_may_come:
                    break
                start += 1
            elif length and crc16(buffer[start : start + length]) == 0:
                frames.append(Frame(self._address, self._payload(start, length)))
                start += length
            else:
                start += 1
        del buffer[: start if start >= 0 else len(buffer)]
        return tuple(frames)

    def _length(self, start: int) -> int | None:
        """Length of the frame that starts here; 0 if none can; `None` while its header is incomplete."""
        header = self._buffer[start : start + _EXTENDED_HEADER]
        if len(header) > 1 and header[1] != self._address:
            return 0
        if len(header) < 3:
            return None
        if header[2]:
            return header[2] if header[2] >= LENGTH_MIN else 0
        if len(header) < _EXTENDED_HEADER:
            return None
        length = int.from_bytes(header[4:6], "big")
        return length if _EXTENDED_HEADER + 2 <= length <= EXTENDED_LENGTH_MAX else 0

    def _payload(self, start: int, length: int) -> bytes:
        frame = bytes(self._buffer[start : start + length])
        return frame[3:-2] if frame[2] else frame[3:4] + frame[6:-2]
