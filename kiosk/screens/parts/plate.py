"""A rounded ground for something."""

from kivy.properties import ColorProperty, NumericProperty
from kivy.uix.widget import Widget

from kiosk.screens.parts.palette import rgba
from kiosk.screens.parts.rules import load_rules_of

load_rules_of(__file__)


class Plate(Widget):
    """A filled rounded rectangle with an edge. Lengths in window pixels."""

    fill = ColorProperty((1, 1, 1, 0))
    edge = ColorProperty((1, 1, 1, 0))
    radius = NumericProperty(1)
    border = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0), **kwargs)

    def paint(self, fill: str, edge: str, *, radius: float, border: float) -> None:
        self.fill = rgba(fill)
        self.edge = rgba(edge)
        self.radius = radius
        self.border = border

    def set_box(self, x: float, y: float, width: float, height: float) -> None:
        if width < 1 or height < 1:
            self.fold()
            return
        self.pos = (round(x), round(y))
        self.size = (round(width), round(height))

    def fold(self) -> None:
        """Take no room and leave no trace: a smooth shape of no size would keep its old one, so it loses its colour
        as well.
        """
        self.fill = (1, 1, 1, 0)
        self.edge = (1, 1, 1, 0)
        self.size = (0, 0)
        self.pos = (0, 0)
