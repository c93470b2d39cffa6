"""Text that is measured before it is drawn.

Kivy's own label finds its size a frame later and breaks lines at spaces, which Chinese does not have. Here a text
knows its lines and its height from the font's advances alone, and is drawn once, when its place is known.
"""

import itertools
from functools import lru_cache
from typing import Literal

from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Rectangle
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from kiosk.screens.fonts import FACE
from kiosk.screens.parts.linebreak import balance_lines, break_lines
from kiosk.screens.parts.palette import rgba

Align = Literal["left", "center", "right"]

LINE_HEIGHT = 1.448
"""Ascender and descender of Noto Sans SC, in ems."""
_OPTICAL_LIFT = 0.056
"""Chinese characters stand this much (in ems) below the middle of the line."""
_BOLD_LEAST_PX = 24
"""Below this even one pixel of outline fills the counters of the characters."""
_MEASURED_AT_PX = 100


@lru_cache(maxsize=8192)
def _advance(character: str) -> float:
    width, _ = CoreLabel(font_name=FACE, font_size=_MEASURED_AT_PX).get_extents(character)
    return float(width) / _MEASURED_AT_PX


def width_of(text: str, type_px: float, bold: bool = False) -> float:
    """How wide one line will be, in pixels; a little more rather than less."""
    margin = 2.0 * _outline(type_px, bold) + 2
    return sum(map(_advance, text)) * type_px * 1.004 + margin if text else 0.0


def _outline(type_px: float, bold: bool) -> int:
    """The font has one weight; an outline in the text's own colour makes the second."""
    return max(1, round(type_px / 46)) if bold and type_px >= _BOLD_LEAST_PX else 0


class Text(Widget):
    """One piece of text. `source` is what it says, without the line breaks that it is drawn with."""

    source = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0), **kwargs)
        with self.canvas:
            self._colour = Color(1, 1, 1, 1)
            self._rectangle = Rectangle(size=(0, 0))
        self._type_px = 0.0
        self._bold = False
        self._ink = "#000000"
        self._align: Align = "left"
        self._even = False
        self._drawn: tuple[object, ...] = ()
        self.drawn_size = (0.0, 0.0)

    def set(
        self, source: str, type_px: float, ink: str, *, bold: bool = False, align: Align = "left", even: bool = False
    ) -> "Text":
        """What to say and how. `even`: lines of equal length, for titles."""
        self.source = source
        self._type_px = type_px
        self._ink = ink
        self._bold = bold
        self._align = align
        self._even = even
        return self

    @property
    def type_px(self) -> float:
        return self._type_px

    @property
    def natural_width(self) -> float:
        return max((width_of(line, self._type_px, self._bold) for line in self.source.split("\n")), default=0.0)

    def height_in(self, width: float) -> float:
        """The height when the lines may be `width` wide."""
        if not self.source:
            return 0.0
        return len(self._lines(width)) * self._type_px * LINE_HEIGHT

    def place(self, x: float, top: float, width: float) -> float:
        """Draw with the top left corner of the column at (x, top); returns the height."""
        if not self.source:
            self.wipe()
            return 0.0
        lines = self._lines(width)
        self._draw(lines)
        self._stand(x, top - self.drawn_size[1], width, self.drawn_size[1])
        return len(lines) * self._type_px * LINE_HEIGHT

    def place_in(self, x: float, y: float, width: float, height: float, type_px_min: float = 0.0) -> None:
        """Draw in the middle of a box, smaller if it must be."""
        if not self.source:
            self.wipe()
            return
        self.fit(width, height, type_px_min)
        self._draw(self._lines(width))
        lift = self._type_px * _OPTICAL_LIFT
        self._stand(x, y + (height - self.drawn_size[1]) / 2 + lift, width, self.drawn_size[1])

    def yield_lines(self, width: float, least: float = 0.82) -> None:
        """Take less type, down to `least` of it, where that saves a line."""
        lines = len(self._lines(width))
        if lines < 2:
            return
        full = self._type_px
        for share in (0.94, 0.88, least):
            self._type_px = full * share
            if len(self._lines(width)) < lines:
                return
        self._type_px = full

    def fit(self, width: float, height: float, type_px_min: float = 0.0) -> float:
        """Lower the height of type until the text fits into a box; returns it."""
        floor = max(type_px_min, 8.0)
        while self._type_px > floor and not self._fits(width, height):
            self._type_px = max(floor, self._type_px * 0.95)
        return self._type_px

    def wipe(self) -> None:
        """Say nothing, and keep nothing of what was said."""
        self.source = ""
        self._drawn = ()
        self._rectangle.texture = None
        self._rectangle.size = (0, 0)
        self.size = (0, 0)
        self.drawn_size = (0.0, 0.0)

    def _fits(self, width: float, height: float) -> bool:
        lines = self._lines(width)
        if len(lines) * self._type_px * LINE_HEIGHT > height:
            return False
        return all(width_of(line, self._type_px, self._bold) <= width for line in lines) and not self._cuts_a_word(
            lines
        )

    def _cuts_a_word(self, lines: list[str]) -> bool:
        return any(
            before[-1:].isalnum()
            and after[:1].isalnum()
            and before[-1:].isascii()
            and after[:1].isascii()
            and f"{before}{after}" in self.source
            for before, after in itertools.pairwise(lines)
        )

    def _lines(self, width: float) -> list[str]:
        breaker = balance_lines if self._even else break_lines
        return breaker(self.source, width, lambda part: width_of(part, self._type_px, self._bold))

    def _draw(self, lines: list[str]) -> None:
        wanted = ("\n".join(lines), round(self._type_px, 2), self._bold, self._align)
        self._colour.rgba = rgba(self._ink)
        if wanted == self._drawn:
            return
        label = CoreLabel(
            text=wanted[0],
            font_name=FACE,
            font_size=self._type_px,
            halign=self._align,
            outline_width=_outline(self._type_px, self._bold) or None,
            outline_color=(1, 1, 1, 1),
            color=(1, 1, 1, 1),
        )
        label.refresh()
        self._rectangle.texture = label.texture
        self._rectangle.size = label.texture.size
        self._drawn = wanted
        self.drawn_size = (float(label.texture.width), float(label.texture.height))

    def _stand(self, x: float, y: float, width: float, height: float) -> None:
        free = width - self.drawn_size[0]
        left = x + {"left": 0.0, "center": free / 2, "right": free}[self._align]
        self.pos = (round(left), round(y))
        self.width, self.height = self.drawn_size
        self._rectangle.pos = self.pos
