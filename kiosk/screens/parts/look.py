"""Sizes. All of them are design pixels of a 1080×1920 (or 1920×1080) screen; `unit` brings them to the window at
hand.
"""

from dataclasses import dataclass, replace

from kiosk.screens.parts.palette import DAYLIGHT, NIGHT, Palette


@dataclass(frozen=True, slots=True)
class Scale:
    """Heights of type in design pixels."""

    title: float
    figure: float
    giant: float
    body: float
    value: float
    button: float
    hint: float
    small: float
    button_height: float
    row_height: float


NORMAL_SCALE = Scale(
    title=72, figure=104, giant=230, body=42, value=44, button=50, hint=36, small=36, button_height=160, row_height=92
)
LARGE_SCALE = Scale(
    title=88, figure=124, giant=260, body=54, value=56, button=62, hint=44, small=42, button_height=176, row_height=112
)
COUNTER_SCALE = Scale(
    title=44, figure=60, giant=120, body=28, value=29, button=32, hint=23, small=23, button_height=92, row_height=56
)
"""Read sitting down, from half a metre."""


@dataclass(frozen=True, slots=True)
class Look:
    """`unit`: window pixels per design pixel. `shrink`: below 1 where much must fit; it acts on what is read, never
    on what is touched.
    """

    palette: Palette
    scale: Scale
    unit: float
    large: bool = False
    shrink: float = 1.0

    def px(self, design: float) -> float:
        """A distance in window pixels."""
        return design * self.unit

    def type(self, design: float) -> float:
        """A height of type in window pixels."""
        return design * self.unit * self.shrink

    def gap(self, design: float) -> float:
        """White space; it gives way before type does."""
        return design * self.unit * self.shrink * self.shrink

    def shrunk(self, shrink: float) -> "Look":
        return replace(self, shrink=shrink)


def counter_look(unit: float) -> Look:
    """The look of the counter's screen and of the hardware panel."""
    return Look(DAYLIGHT, COUNTER_SCALE, unit)


def look(unit: float, large: bool) -> Look:
    """The look of the customer screen in one of its two modes."""
    return Look(NIGHT if large else DAYLIGHT, LARGE_SCALE if large else NORMAL_SCALE, unit, large)
