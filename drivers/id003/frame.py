"""Frames: `FC LEN CMD data CRC-lo CRC-hi`. LEN counts every byte of the frame; CMD and data are the payload.

The same bytes mean different things in the two directions (11h asks for the status and says that the unit is idle):
nothing here says which way a frame went.
"""

SYNC = 0xFC
LENGTH_MIN = 5
"""The shortest frame: SYNC, LEN, one byte, CRC."""
LENGTH_MAX = 0xFF
PAYLOAD_MAX = LENGTH_MAX - 4


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


def encode(payload: bytes) -> bytes:
    """The frame for 1 to 251 bytes of payload. Raises `ValueError` for another length."""
    if not 1 <= len(payload) <= PAYLOAD_MAX:
        raise ValueError(f"a frame carries 1 to {PAYLOAD_MAX} bytes, not {len(payload)}")
    body = bytes((SYNC, len(payload) + 4)) + payload
    return body + crc16(body).to_bytes(2, "little")


class FrameParser:
    """Finds the payloads of frames in a stream that may be split anywhere and hold any noise.

    Where a frame turns out wrong, the search goes on one byte behind its SYNC, so that noise that looks like a
    header never swallows the frame behind it for longer than until `line_is_quiet`.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def receive(self, data: bytes) -> tuple[bytes, ...]:
        """Takes bytes as they came; returns the payloads that they complete."""
        self._buffer += data
        return self._scan(more_may_come=True)

    def line_is_quiet(self) -> tuple[bytes, ...]:
        """The line has been silent for longer than the gap inside a frame: what is incomplete will stay so."""
        return self._scan(more_may_come=False)

    def clear(self) -> None:
        self._buffer.clear()

    @property
    def is_empty(self) -> bool:
        return not self._buffer

    def _scan(self, more_may_come: bool) -> tuple[bytes, ...]:
        buffer, start, payloads = self._buffer, 0, []
        while (start := buffer.find(SYNC, start)) >= 0:
            length = buffer[start + 1] if start + 1 < len(buffer) else None
            if length is None or (length >= LENGTH_MIN and start + length > len(buffer)):
                if more_may_come:
                    break
                start += 1
            elif length >= LENGTH_MIN and crc16(buffer[start : start + length]) == 0:
                payloads.append(bytes(buffer[start + 2 : start + length - 2]))
                start += length
            else:
                start += 1
        del buffer[: start if start >= 0 else len(buffer)]
        return tuple(payloads)
