"""Where everything stands on the paper, in display columns: one layout for the printer, the plain text and the picture.

A column is half a hanzi: ASCII takes one, every other character two, doubled by a doubled width.
"""

from dataclasses import dataclass

from devices.print_document import Align, Columns, Document, Feed, Pair, Picture, Qr, Rule, Text
from drivers.escpos.text import display_width, printable

_NOT_AT_LINE_START = frozenset("，。、；：！？）》」』】”’…·,.;:!?)]}%％℃")
_NOT_AT_LINE_END = frozenset("（《「『【“‘([{￥")
_RULES = {"solid": "─", "dashed": "-", "double": "="}


@dataclass(frozen=True, slots=True)
class Span:
    """Text that begins at `column`. `width` and `height` multiply the character."""

    column: int
    text: str
    bold: bool = False
    width: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    spans: tuple[Span, ...]

    @property
    def height(self) -> int:
        return max((span.height for span in self.spans), default=1)


Row = Line | Qr | Picture


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns` display columns. Words of ASCII stay whole where they fit, hanzi break anywhere, a
    closing sign does not begin a line, an opening one does not end it; nothing is cut off.
    At least one line; `columns` is 2 or more."""
    assert columns >= 2
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _words(printable(paragraph)):
            if display_width(line) + display_width(word) <= columns:
                line += word
                continue
            if word == " ":
                lines.append(line)
                line = ""
                continue
            if word in _NOT_AT_LINE_START and len(line) > 1:
                # The sign takes the character before it along, rather than stand alone.
                word = line[-1] + word
                line = line[:-1]
            while len(line) > 1 and line[-1] in _NOT_AT_LINE_END:
                word = line[-1] + word
                line = line[:-1]
            if line.strip():
                lines.append(line.rstrip())
            line = ""
            for char in word:
                if display_width(line) + display_width(char) > columns:
                    lines.append(line)
                    line = ""
                line += char
        lines.append(line.rstrip())
    return lines


def _words(text: str) -> list[str]:
    words: list[str] = []
    joining = False
    for char in text:
        joins = "!" <= char <= "~"
        if joins and joining:
            words[-1] += char
        else:
            words.append(char)
        joining = joins
    return words


def layout(document: Document, columns: int | None = None) -> tuple[Row, ...]:
    """The rows of a paper that is `columns` wide (the document's own width unless given)."""
    paper = columns or document.columns
    rows: list[Row] = []
    for block in document.blocks:
        if isinstance(block, Text):
            rows.extend(_text(block, paper))
        elif isinstance(block, Columns):
            rows.extend(_columns(block, paper))
        elif isinstance(block, Pair):
            rows.extend(_pair(block, paper))
        elif isinstance(block, Rule):
            sign = _RULES[block.style]
            rows.append(Line((Span(0, sign * (paper // display_width(sign))),)))
        elif isinstance(block, Feed):
            rows.extend(Line(()) for _ in range(block.lines))
        else:
            rows.append(block)
    return tuple(rows)


def _start(align: Align, space: int, used: int) -> int:
    return {"left": 0, "centre": (space - used) // 2, "right": space - used}[align]


def _text(block: Text, paper: int) -> list[Line]:
    lines = []
    for text in wrap(block.text, max(2, paper // block.width)):
        column = _start(block.align, paper, display_width(text) * block.width)
        lines.append(Line((Span(column, text, block.bold, block.width, block.height),)))
    return lines


def _columns(block: Columns, paper: int) -> list[Line]:
    """Cells side by side; what does not fit a cell goes on below it. Widths shrink with a narrower paper."""
    total = sum(block.widths)
    widths = [max(2, width * paper // total) if total > paper else width for width in block.widths]
    last = len(block.cells) - 1
    aligns: list[Align] = [
        *block.aligns,
        *("right" if at == last else "left" for at in range(len(block.aligns), last + 1)),
    ]
    wrapped = [wrap(cell, max(2, width)) for cell, width in zip(block.cells, widths, strict=True)]
    lines = []
    for number in range(max(map(len, wrapped), default=0)):
        spans = []
        left = 0
        for cell, width, align in zip(wrapped, widths, aligns, strict=True):
            if number < len(cell) and cell[number]:
                column = left + _start(align, width, display_width(cell[number]))
                spans.append(Span(column, cell[number], block.bold))
            left += width
        lines.append(Line(tuple(spans)))
    return lines


def _pair(block: Pair, paper: int) -> list[Line]:
    left, right = printable(block.left), printable(block.right)
    fits = "\n" not in block.left + block.right and display_width(left) + 1 + display_width(right) <= paper
    if fits:
        spans = (Span(0, left, block.bold), Span(paper - display_width(right), right, block.bold))
        return [Line(tuple(span for span in spans if span.text))]
    lines = [Line((Span(0, text, block.bold),)) for text in wrap(block.left, paper)]
    for text in wrap(block.right, paper):
        lines.append(Line((Span(paper - display_width(text), text, block.bold),)))
    return lines
