"""The bytes that a printer executes wherever they stand, and how data is kept free of them.

DLE EOT (10 04), DLE ENQ (10 05) and DLE DC4 (10 14) are looked for on reception, before anyone knows whether a byte is
a command or a dot (Epson TM-U295, IBM 7193 manuals): a dithered picture fires status bytes, or the cash drawer.
"""

import re

_SEQUENCE = re.compile(rb"\x10[\x04\x05\x14]")


def has_real_time(data: bytes) -> bool:
    """Whether a printer would execute something inside `data`."""
    return _SEQUENCE.search(data) is not None


def without_real_time(dots: bytes) -> bytes:
    """The same raster with one dot flipped in each byte that would complete such a sequence: 04→06, 05→07, 14→16."""
    return _SEQUENCE.sub(lambda found: bytes((0x10, found[0][1] ^ 0x02)), dots)
