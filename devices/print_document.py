"""A paper as data: what stands on it, in which size, where it is cut. No printer codes here; `kiosk.paper` composes it,
and the device renders it to ESC/POS, to plain text and to a picture."""

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph, wrapped by display width (a hanzi is two columns)."""

    text: str
    align: Align = "left"
    bold: bool = False
    width: Literal[1, 2, 3, 4] = 1
    height: Literal[1, 2, 3, 4] = 1


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of one line. `widths` in display columns, summing to at most the paper's; the last cell is right-aligned
    unless told."""

    cells: tuple[str, ...]
    widths: tuple[int, ...]
    aligns: tuple[Align, ...]
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A name at the left edge and a value at the right edge, on one line if both fit, else the value on a line of its
    own."""

    left: str
    right: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    style: Literal["solid", "dashed", "double"] = "dashed"


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code of `data`, centred, drawn by the printer itself."""

    data: str
    module_dots: int = 6


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """A black-and-white picture, centred: `rows` from the top, ceil(width_dots / 8) bytes each, leftmost dot in the
    highest bit, 1 is black."""

    width_dots: int
    rows: bytes

    @property
    def stride(self) -> int:
        return (self.width_dots + 7) // 8

    @property
    def height_dots(self) -> int:
        return len(self.rows) // self.stride


Block = Text | Columns | Pair | Rule | Qr | Feed | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """One paper, cut once at its end. `name` is the kind of paper (receipt, ticket, …); `columns` its width in
    half-width characters: 48 on 80 mm paper, 32 on 58 mm."""

    name: str
    blocks: tuple[Block, ...]
    columns: int = 48
