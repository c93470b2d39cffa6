"""Text for a Chinese ESC/POS printer: two-byte GBK and nothing else.

Printers sold in China know GBK; four-byte GB18030 codes come out as junk on most of them, and a code-page guess turns
'￥' into '?'. So: what GBK has goes out as it is; a few signs are rewritten (㎥ → m3); what remains becomes a 24×24 dot
picture in the line, drawn by the caller, or 〓. Control characters never reach the printer.
"""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from drivers.escpos.commands import bit_image_24
from drivers.escpos.real_time import without_real_time

Glyph = Callable[[str], bytes | None]
"""Draws one character: 24 rows of three bytes, leftmost dot in the highest bit; `None` if it cannot."""

SUBSTITUTE = "〓"
"""The mark that stands for a character which cannot be printed (GB 2312 row 1: the geta mark)."""

GLYPH_BYTES = 72

_REWRITTEN = {
    "¥": "￥",
    "•": "·",
    "・": "·",
    "∙": "·",
    "⋅": "·",
    "‧": "·",
    "−": "-",
    "‐": "-",
    "‑": "-",
    "­": "",
    "©": "(C)",
    "®": "(R)",
    "€": "EUR",
    "£": "￡",
    "✓": "√",
    "✔": "√",
    "✕": "×",
    "✗": "×",
    "➜": "→",
    "\t": " ",
    "\u2028": " ",
    "\u2029": " ",
}


@lru_cache(maxsize=4096)
def gbk(char: str) -> bytes | None:
    """The code of one character: one byte of printable ASCII, or two bytes of GBK; `None` where there is neither."""
    if " " <= char <= "~":
        return char.encode("ascii")
    try:
        code = char.encode("gbk")
    except UnicodeEncodeError:
        return None
    return code if len(code) == 2 else None


@lru_cache(maxsize=4096)
def _printable_char(char: str) -> str:
    if gbk(char) is not None:
        return char
    if char in _REWRITTEN:
        return _REWRITTEN[char]
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Mn", "Me"):
        return ""
    if category == "Zs":
        return " "
    if category == "Cs":
        return SUBSTITUTE
    simpler = unicodedata.normalize("NFKC", char)
    if simpler != char and all(gbk(part) is not None for part in simpler):
        return simpler
    return char


def printable(text: str) -> str:
    """`text` as it will stand on paper: rewritten signs, no control characters. What GBK lacks stays as it is."""
    return "".join(map(_printable_char, text))


def display_width(text: str) -> int:
    """Columns that printable text takes: one for ASCII, two for all else.

    Not Unicode's East Asian Width: on a Chinese printer every two-byte character is 24 dots wide, 'é', 'α' and '—' too,
    which a terminal may show in one column.
    """
    return sum(1 if char <= "~" else 2 for char in text)


def encode(text: str, glyph: Glyph | None = None, *, width: int = 1, height: int = 1) -> bytes:
    """Printable ASCII, two-byte GBK and, where `glyph` can draw them, 24-dot pictures of other characters.

    A picture in the line can be stretched sideways (`width` 1–4) but not upwards: at `height` > 1 the mark 〓 stands
    in. The printer must be in Chinese mode.
    """
    out = bytearray()
    for char in printable(text):
        code = gbk(char)
        if code is not None:
            out += code
            continue
        rows = glyph(char) if glyph is not None and height == 1 else None
        if rows is None or len(rows) != GLYPH_BYTES:
            out += SUBSTITUTE.encode("gbk")
        else:
            out += bit_image_24(without_real_time(_columns(rows, width)))
    return bytes(out)


def _columns(rows: bytes, width: int) -> bytes:
    """24 rows of three bytes -> columns of three bytes, top dot in the highest bit, each column `width` times."""
    out = bytearray()
    for x in range(24):
        column = 0
        for y in range(24):
            dot = rows[y * 3 + x // 8] >> (7 - x % 8) & 1
            column = column << 1 | dot
        out += column.to_bytes(3, "big") * width
    return bytes(out)
