"""The devices, one card each: how it is, and if it is not well, who does what."""

from collections.abc import Sequence

from kiosk.screens.parts.block import Block
from kiosk.screens.parts.icon import Icon
from kiosk.screens.parts.look import Look
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.text import Text
from kiosk.view.shapes import DeviceLine

TONE_ICONS = {"good": "check", "warn": "warning", "bad": "cross"}
_EMPTY = DeviceLine("", "", "", "good")


class DeviceCard(Block):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._plate = Plate()
        self._badge = Plate()
        self._icon = Icon()
        self._name = Text()
        self._status = Text()
        self._fault = Text()
        self._what_to_do = Text()
        for part in (self._plate, self._badge, self._icon, self._name, self._status, self._fault, self._what_to_do):
            self.add_widget(part)
        self._line = _EMPTY

    def fill(self, line: DeviceLine) -> None:
        self._line = line

    def _inner(self, look: Look, width: float) -> float:
        return width - look.px(96 + 26)

    def _set(self, look: Look) -> None:
        line = self._line
        ground = look.palette.plate if line.tone == "good" else look.palette.tone(line.tone)
        self._name.set(line.name, look.type(look.scale.value), ground.ink, bold=True)
        tone_ink = look.palette.tone(line.tone).ink
        self._status.set(line.status, look.type(look.scale.value), tone_ink, bold=True, align="right")
        self._fault.set(line.fault, look.type(look.scale.hint), ground.ink, bold=True)
        self._what_to_do.set(line.what_to_do, look.type(look.scale.body * 0.93), ground.ink)

    def height_for(self, look: Look, width: float) -> float:
        self._set(look)
        inner = self._inner(look, width)
        return (
            self._name.height_in(inner)
            + self._what_to_do.height_in(inner)
            + self._fault.height_in(inner)
            + look.gap(40)
        )

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        self._set(look)
        tone = look.palette.tone(self._line.tone)
        ground = look.palette.plate if self._line.tone == "good" else tone
        self._plate.paint(ground.fill, ground.edge, radius=look.px(18), border=look.px(2 if ground is not tone else 3))
        self._plate.set_box(x, top - height, width, height)
        badge = look.type(50)
        middle = top - look.gap(20) - self._name.type_px * 0.72
        self._badge.paint(tone.ink, tone.ink, radius=badge / 2, border=0)
        self._badge.set_box(x + look.px(24), middle - badge / 2, badge, badge)
        side = badge * 0.6
        self._icon.show(
            TONE_ICONS[self._line.tone],
            x + look.px(24) + (badge - side) / 2,
            middle - side / 2,
            side,
            tone.fill,
            tone.ink,
            9,
        )
        left, inner = x + look.px(96), self._inner(look, width)
        row = self._name.height_in(inner)
        at = top - look.gap(20)
        status = min(self._status.natural_width + look.px(4), inner * 0.5)
        self._status.place_in(left + inner - status, at - row, status, row)
        self._name.place_in(left, at - row, inner - status - look.px(10), row)
        at -= row
        at -= self._fault.place(left, at, inner)
        self._what_to_do.place(left, at, inner)


class DeviceList(Block):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._pool: list[DeviceCard] = []
        self._count = 0

    def fill(self, lines: Sequence[DeviceLine]) -> None:
        self._count = len(lines)
        for part, line in zip(self.keep_parts(self._pool, DeviceCard, len(lines)), lines, strict=True):
            part.fill(line)

    def clear(self) -> None:
        for part in self._pool:
            part.fill(_EMPTY)
        self.fill(())
        super().clear()

    def height_for(self, look: Look, width: float) -> float:
        heights = [part.height_for(look, width) for part in self._pool[: self._count]]
        return sum(heights) + look.gap(16) * (len(heights) - 1) if heights else 0.0

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        for part in self._pool[: self._count]:
            needed = part.height_for(look, width)
            part.arrange(look, x, top, width, needed)
            top -= needed + look.gap(16)
