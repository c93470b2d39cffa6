"""QR codes, pictures and the cut, encoded in memory by python-escpos.

python-escpos is used for its bytes only: its transports block, its status reader takes a stale byte or silence for
"paper adequate", and its text encoder loses '￥'. Rasters go out in bands of 24 rows, so that no buffer overflows, and
with every real-time sequence broken.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from drivers.escpos.commands import ALIGN_CENTRE, ALIGN_LEFT
from drivers.escpos.real_time import has_real_time, without_real_time

if TYPE_CHECKING:
    from collections.abc import Callable

BAND_ROWS = 24
QR_DATA_MAX = 512
"""Bytes of UTF-8. Also keeps the length bytes of GS ( k clear of 04h, 05h and 14h in their high half."""

_RASTER_HEADER = 8
_WIDE_PROFILE = "TM-T20II"
"""A profile that knows its head's width (576 dots); without one, python-escpos prints a warning on standard output."""


@cache
def _dummy() -> "Callable[..., Any]":
    # Imported at first use: its table of 35 printers takes a fifth of a second to read.
    from escpos.printer import Dummy

    return cast("Callable[..., Any]", Dummy)


def load() -> None:
    """Reads python-escpos now rather than at the first paper."""
    _dummy()


def _output(printer: Any) -> bytes:
    return bytes(printer.output)


def cut() -> bytes:
    """GS V 66 0: feeds to the cutter and cuts, leaving one point."""
    printer = _dummy()()
    printer.cut(mode="PART", feed=False)
    return _output(printer)


def qr(data: str, module_dots: int) -> bytes:
    """A QR code (GS ( k, model 2, level M) drawn by the printer, centred.

    Control characters are dropped from `data`. Raises `ValueError` for nothing to encode or more than 512 bytes.
    """
    text = "".join(char for char in data if char.isprintable())
    if not text or len(text.encode()) > QR_DATA_MAX:
        raise ValueError(f"a QR code carries 1 to {QR_DATA_MAX} bytes, not {len(text.encode())}")
    printer = _dummy()()
    printer.qr(text, ec=1, size=max(1, min(16, module_dots)), model=2, native=True)
    encoded = ALIGN_CENTRE + _output(printer) + ALIGN_LEFT
    assert not has_real_time(encoded)
    return encoded


def raster(width_dots: int, rows: bytes) -> tuple[bytes, ...]:
    """A picture as GS v 0 bands. `rows`: top to bottom, ceil(width/8) bytes each, leftmost dot highest, 1 is black."""
    from PIL import Image

    stride = (width_dots + 7) // 8
    bands = []
    for top in range(0, len(rows) // stride, BAND_ROWS):
        band = rows[top * stride : (top + BAND_ROWS) * stride]
        white_is_one = bytes(byte ^ 0xFF for byte in band)
        picture = Image.frombytes("1", (stride * 8, len(band) // stride), white_is_one)
        printer = _dummy()(profile=_WIDE_PROFILE)
        printer.image(picture, impl="bitImageRaster", fragment_height=BAND_ROWS, center=False)
        encoded = _output(printer)
        safe = encoded[:_RASTER_HEADER] + without_real_time(encoded[_RASTER_HEADER:])
        assert not has_real_time(safe)
        bands.append(safe)
    return tuple(bands)
