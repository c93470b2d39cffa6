"""A paper as a picture, as it looks when it comes out of the printer: for technician, documentation and demo.

The layout is the paper's own (`devices.paper_layout`), drawn on the same grid of columns. The font is given by the
caller; it must have the hanzi (Noto Sans SC does).
"""

import io

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from devices.paper_layout import Line, layout
from devices.print_document import Document, Picture, Qr
from drivers.escpos.text import SUBSTITUTE, display_width, gbk

COLUMN_PX = 12
CHARACTER_PX = 24
LINE_PX = 30
MARGIN_X_PX = 32
MARGIN_TOP_PX = 40
MARGIN_BOTTOM_PX = 56
_PAPER = (250, 248, 242)
_INK = (38, 36, 44)
_DESK = (206, 209, 213)
_SHADOW = (168, 171, 176)
_EDGE_PX = 24
_TOOTH_PX = 6


def png(document: Document, font_path: str, columns: int | None = None) -> bytes:
    """The paper as a PNG file, 203 dots an inch. Raises `OSError` if the font cannot be read."""
    out = io.BytesIO()
    draw_paper(document, font_path, columns).save(out, "PNG", dpi=(203, 203), optimize=True)
    return out.getvalue()


def draw_paper(document: Document, font_path: str, columns: int | None = None) -> Image.Image:
    """The paper on a grey ground, cut edge below."""
    width = columns or document.columns
    rows = layout(document, width)
    heights = [_height(row) for row in rows]
    paper_w = width * COLUMN_PX + 2 * MARGIN_X_PX
    paper_h = MARGIN_TOP_PX + sum(heights) + MARGIN_BOTTOM_PX
    paper = Image.new("RGB", (paper_w, paper_h), _PAPER)
    ink = _Ink(paper, font_path)
    y = MARGIN_TOP_PX
    for row, height in zip(rows, heights, strict=True):
        if isinstance(row, Line):
            for span in row.spans:
                ink.text(
                    MARGIN_X_PX + span.column * COLUMN_PX, y, height, span.text, span.width, span.height, span.bold
                )
        else:
            drawing = _qr(row) if isinstance(row, Qr) else _picture(row)
            paper.paste(_INK, ((paper_w - drawing.width) // 2, y + 4), drawing)
        y += height
    return _on_a_desk(paper)


def _height(row: Line | Qr | Picture) -> int:
    if isinstance(row, Line):
        return max(LINE_PX, row.height * CHARACTER_PX + 6)
    return (_qr(row).height if isinstance(row, Qr) else row.height_dots) + 8


class _Ink:
    """Draws text cell by cell, so that columns stand under each other whatever the font's own widths are."""

    def __init__(self, paper: Image.Image, font_path: str) -> None:
        self._paper = paper
        self._font_path = font_path
        self._glyph = FontGlyphs(font_path)
        self._fonts: dict[int, ImageFont.FreeTypeFont] = {}

    def text(self, x: int, y: int, line_px: int, text: str, width: int, height: int, bold: bool) -> None:
        size = CHARACTER_PX * height
        for char in text:
            if gbk(char) is None and self._glyph(char) is None:
                char = SUBSTITUTE
            cell_px = COLUMN_PX * display_width(char) * width
            if char in "─-=" and height == 1:
                self._rule(x, y + line_px // 2, cell_px, char)
            elif char != " ":
                mask = self._mask(char, size, COLUMN_PX * display_width(char) * height)
                if width != height:
                    mask = mask.resize((cell_px, mask.height))
                self._paper.paste(_INK, (x, y + line_px - mask.height - 2), mask)
                if bold:
                    self._paper.paste(_INK, (x + 1, y + line_px - mask.height - 2), mask)
            x += cell_px

    def _rule(self, x: int, y: int, cell_px: int, char: str) -> None:
        draw = ImageDraw.Draw(self._paper)
        if char == "-":
            draw.line((x + 2, y, x + cell_px - 4, y), fill=_INK, width=2)
        else:
            draw.line((x, y, x + cell_px, y), fill=_INK, width=2)
        if char == "=":
            draw.line((x, y + 5, x + cell_px, y + 5), fill=_INK, width=2)

    def _mask(self, char: str, size: int, cell_px: int) -> Image.Image:
        font = self._fonts.setdefault(size, ImageFont.truetype(self._font_path, int(size * 0.92)))
        needed_px = max(cell_px, int(font.getlength(char)) + 1)
        mask = Image.new("L", (needed_px, size + size // 6), 0)
        draw = ImageDraw.Draw(mask)
        draw.text((needed_px / 2, size * 0.94), char, font=font, fill=255, anchor="ms")
        return mask.resize((cell_px, mask.height)) if needed_px > cell_px else mask


def _qr(block: Qr) -> Image.Image:
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(block.data.encode())
    code.make(fit=True)
    modules = code.get_matrix()
    size = len(modules)
    image = Image.new("L", (size, size), 0)
    image.putdata([255 if dark else 0 for line in modules for dark in line])
    return image.resize((size * block.module_dots, size * block.module_dots), Image.Resampling.NEAREST)


def _picture(block: Picture) -> Image.Image:
    return Image.frombytes("1", (block.stride * 8, block.height_dots), block.rows).convert("L")


def _on_a_desk(paper: Image.Image) -> Image.Image:
    """Thermal paper: a slight curl, a toothed cutting edge, a soft shadow."""
    shade = Image.linear_gradient("L").rotate(90).resize(paper.size)
    curled = Image.blend(paper, Image.merge("RGB", (shade, shade, shade)), 0.03)
    shape = Image.new("L", paper.size, 255)
    draw = ImageDraw.Draw(shape)
    bottom = paper.height
    for x in range(0, paper.width, 2 * _TOOTH_PX):
        draw.polygon(((x, bottom), (x + _TOOTH_PX, bottom - _TOOTH_PX), (x + 2 * _TOOTH_PX, bottom)), fill=0)
    size = (paper.width + 2 * _EDGE_PX, paper.height + 2 * _EDGE_PX)
    desk = Image.new("RGB", size, _DESK)
    shadow = Image.new("L", size, 0)
    shadow.paste(shape, (_EDGE_PX + 3, _EDGE_PX + 5))
    desk.paste(_SHADOW, (0, 0), shadow.filter(ImageFilter.GaussianBlur(6)))
    desk.paste(curled, (_EDGE_PX, _EDGE_PX), shape)
    return desk


class FontGlyphs:
    """Draws a character that GBK does not have as 24×24 dots: the `glyph` of a printer. `None` if the font has not
    got it either."""

    def __init__(self, font_path: str) -> None:
        self._font = ImageFont.truetype(font_path, 22)
        self._missing = self._dots("\U0010fffd")
        self._drawn: dict[str, bytes | None] = {}

    def __call__(self, char: str) -> bytes | None:
        if char not in self._drawn:
            dots = self._dots(char)
            self._drawn[char] = None if dots == self._missing or not any(dots) else dots
        return self._drawn[char]

    def _dots(self, char: str) -> bytes:
        image = Image.new("1", (24, 24), 0)
        draw = ImageDraw.Draw(image)
        draw.fontmode = "1"
        draw.text((12, 21), char, font=self._font, fill=1, anchor="ms")
        return image.tobytes()
