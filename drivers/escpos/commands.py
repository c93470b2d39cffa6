"""ESC/POS commands that the driver sends, under the names of Epson's "ESC/POS Command Reference".

Real-time commands (DLE …) are executed on reception, even by a printer that is offline or whose buffer is full; every
other command waits its turn in the receive buffer. That difference is why a real-time answer never proves that
anything has been printed, and why the answer to a queued command does.
"""

from enum import IntEnum

ESC, FS, GS, DLE = b"\x1b", b"\x1c", b"\x1d", b"\x10"
LF = b"\n"
XON, XOFF = 0x11, 0x13

INITIALISE = ESC + b"@"
"""Clears the line buffer and every mode, and switches automatic status back off."""

CHINESE_ON = FS + b"&"
"""Select Kanji (here: Chinese) character mode. Some printers (SPRT POS76) obey from the next line on, so it
stands at a line's start."""

CHINESE_OFF = FS + b"."
BOLD_ON = ESC + b"E\x01"
BOLD_OFF = ESC + b"E\x00"
ALIGN_LEFT = ESC + b"a\x00"
ALIGN_CENTRE = ESC + b"a\x01"

DISABLE_REAL_TIME_PULSE_AND_POWER_OFF = GS + b"(D\x05\x00\x14\x01\x00\x02\x00"
"""GS ( D: DLE DC4 fn 1 (drawer pulse) and fn 2 (power-off) are not executed when their bytes turn up in data."""

QUEUED_PAPER_STATUS = GS + b"r\x01"
"""GS r 1: one byte `0xx0xxxx`, sent when the command's turn in the buffer comes. Not executed at paper end."""

FULL_STATUS = DLE + b"\x04\x14"
"""Custom VKP80/KPM: full status, answered by `10 0F` and four bytes (KPM210 manual, p. 36)."""


class Question(IntEnum):
    """The real-time questions: `n` of DLE EOT n."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    PAPER = 4
    FULL = 0x14
    """Custom's full status."""

    def command(self) -> bytes:
        return DLE + b"\x04" + bytes((self.value,))


class AutomaticStatus(IntEnum):
    """Bits of `n` in GS a n, automatic status back."""

    DRAWER = 1
    ONLINE = 2
    ERROR = 4
    PAPER = 8


def automatic_status_back(n: int) -> bytes:
    """GS a n. Sends the four status bytes at once, and again at each change of what `n` selects."""
    return GS + b"a" + bytes((n,))


def process_id_response(process_id: bytes) -> bytes:
    """GS ( H fn 48: the printer answers `37 22 d1 d2 d3 d4 00` when the data before it is done, printing included.

    `process_id`: four bytes 20h–7Eh. Raises `ValueError` for anything else.
    """
    if len(process_id) != 4 or any(not 0x20 <= byte <= 0x7E for byte in process_id):
        raise ValueError(f"a process id is four bytes 20h-7Eh, not {process_id!r}")
    return GS + b"(H\x06\x00\x30\x30" + process_id


def character_size(width: int, height: int) -> bytes:
    """GS ! n: 1 to 8 times as wide and as high."""
    return GS + b"!" + bytes(((width - 1) << 4 | (height - 1),))


def absolute_position(dots: int) -> bytes:
    """ESC $ nL nH: the next character starts `dots` from the left edge."""
    return ESC + b"$" + dots.to_bytes(2, "little")


def feed_lines(lines: int) -> bytes:
    """ESC d n: prints what is in the line buffer and feeds `lines` (0–255)."""
    return ESC + b"d" + bytes((lines,))


def bit_image_24(columns: bytes) -> bytes:
    """ESC * 33: a 24-dot-high double-density bit image in the line, three bytes a column from the top."""
    return ESC + b"*\x21" + (len(columns) // 3).to_bytes(2, "little") + columns
