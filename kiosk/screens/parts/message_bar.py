"""The newest thing that happened, coloured so that it is noticed."""

from kiosk.screens.parts.block import Block
from kiosk.screens.parts.icon import Icon
from kiosk.screens.parts.look import Look
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.text import Text

TONE_ICONS = {"normal": "info", "good": "check", "warn": "warning", "bad": "warning"}


class MessageBar(Block):
    """A plate in the tone's colours with a badge at its left; fixed type, it never shrinks."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._plate = Plate()
        self._badge = Plate()
        self._icon = Icon()
        self._text = Text()
        for part in (self._plate, self._badge, self._icon, self._text):
            self.add_widget(part)
        self._source = ""
        self._tone = "normal"
        self._icon_name = ""

    def fill(self, source: str, tone: str, icon: str = "") -> None:
        self._source = source
        self._tone = tone
        self._icon_name = icon or TONE_ICONS.get(tone, "info")

    def clear(self) -> None:
        self._source = ""
        self._icon.hide()
        super().clear()

    def _column(self, look: Look, width: float) -> float:
        return width - look.px(28 + 72 + 28 + 28)

    def height_for(self, look: Look, width: float) -> float:
        if not self._source:
            return 0.0
        ink = look.palette.tone(self._tone).ink
        self._text.set(self._source, look.type(look.scale.body), ink, bold=True)
        return max(look.type(112), self._text.height_in(self._column(look, width)) + look.gap(44))

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        ground = look.palette.tone(self._tone)
        self._plate.paint(ground.fill, ground.edge, radius=look.px(24), border=look.px(4))
        self._plate.set_box(x, top - height, width, height)
        badge = look.px(72)
        middle = top - height / 2
        self._badge.paint(ground.ink, ground.ink, radius=badge / 2, border=0)
        self._badge.set_box(x + look.px(28), middle - badge / 2, badge, badge)
        side = badge * 0.58
        self._icon.show(
            self._icon_name, x + look.px(28) + (badge - side) / 2, middle - side / 2, side, ground.fill, ground.ink, 9
        )
        self._text.place_in(x + look.px(28 + 72 + 28), top - height, self._column(look, width), height)
