"""How many seconds are left, counted by the screen itself, drawn once a second and only while a clock runs."""

import math
from collections.abc import Callable

from kivy.clock import Clock
from kivy.properties import ColorProperty, NumericProperty

from kiosk.screens.parts.block import Block
from kiosk.screens.parts.look import Look
from kiosk.screens.parts.palette import rgba
from kiosk.screens.parts.rules import load_rules_of
from kiosk.screens.parts.text import Text

load_rules_of(__file__)

SIZE = 140
HURRY_S = 10
"""From here on the ring is in the warning colour."""


class CountDown(Block):
    """A ring that empties, the seconds in it."""

    fraction = NumericProperty(1.0)
    thickness = NumericProperty(1.0)
    ink = ColorProperty((0, 0, 0, 0))
    track = ColorProperty((0, 0, 0, 0))

    def __init__(self, monotonic: Callable[[], float], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._monotonic = monotonic
        self._text = Text()
        self._unit = Text()
        self.add_widget(self._text)
        self.add_widget(self._unit)
        self._ends_at_s: float | None = None
        self._whole_s = 1
        self._unit_word = ""
        self._look: Look | None = None
        self._tick = None

    def fill(self, seconds_left: int | None, unit_word: str) -> None:
        """Start counting from `seconds_left`, or stop with `None`."""
        self._unit_word = unit_word
        if seconds_left is None:
            self._ends_at_s = None
            self._stop()
            return
        self._ends_at_s = self._monotonic() + max(0, seconds_left)
        self._whole_s = max(1, seconds_left)
        if self._tick is None:
            self._tick = Clock.schedule_interval(self._on_second, 1.0)

    def clear(self) -> None:
        self.fill(None, "")
        super().clear()

    @property
    def seconds_left(self) -> int | None:
        if self._ends_at_s is None:
            return None
        return max(0, math.ceil(self._ends_at_s - self._monotonic() - 0.001))

    def height_for(self, look: Look, width: float) -> float:
        return look.px(SIZE) if self._ends_at_s is not None else 0.0

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        self._look = look
        self._draw()

    def _on_second(self, _elapsed_s: float) -> None:
        if self._look is not None and self.parent is not None:
            self._draw()

    def _draw(self) -> None:
        look, left = self._look, self.seconds_left
        assert look is not None
        if left is None:
            return
        hurry = left <= HURRY_S
        ground = look.palette.warn if hurry else look.palette.normal
        self.thickness = look.px(9)
        self.ink = rgba(ground.edge)
        self.track = rgba(look.palette.page.edge)
        self.fraction = min(1.0, left / self._whole_s)
        page = look.palette.page
        self._text.set(str(left), look.px(54), page.ink, bold=True, align="center")
        self._text.place_in(self.x, self.y + self.height * 0.31, self.width, self.height * 0.56)
        self._unit.set(self._unit_word, look.px(30), page.soft_ink, align="center")
        self._unit.place_in(self.x, self.y + self.height * 0.16, self.width, self.height * 0.28)

    def _stop(self) -> None:
        if self._tick is not None:
            self._tick.cancel()
            self._tick = None
