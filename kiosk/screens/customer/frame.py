"""What stands on every customer screen: the hall's name and the clock, the steps of the visit, the telephone."""

from kiosk.screens.parts.block import Block
from kiosk.screens.parts.icon import Icon
from kiosk.screens.parts.look import Look
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.text import Text
from kiosk.view.shapes import Progress

HEADER_HEIGHT = 124
FOOTER_HEIGHT = 76
SIDE = 60


class Header(Block):
    """Flame, name of the hall, clock; as wide as the screen."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._ground = Plate()
        self._line = Plate()
        self._flame = Icon()
        self._name = Text()
        self._clock = Text()
        for part in (self._ground, self._line, self._flame, self._name, self._clock):
            self.add_widget(part)
        self._sources = ("", "")

    def fill(self, hall_name: str, clock_text: str) -> None:
        self._sources = (hall_name, clock_text)

    def clear(self) -> None:
        self._sources = ("", "")
        super().clear()

    def height_for(self, look: Look, width: float) -> float:
        return look.px(HEADER_HEIGHT)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        head = look.palette.head
        self._ground.paint(head.fill, head.fill, radius=1, border=0)
        self._ground.set_box(x, top - height, width, height)
        self._line.paint(look.palette.accent, look.palette.accent, radius=1, border=0)
        self._line.set_box(x, top - height, width, look.px(6))
        side = look.px(68)
        inset = look.px(SIDE)
        base = top - height + look.px(6)
        room = height - look.px(6)
        self._flame.show(
            "flame", x + inset - look.px(6), base + (room - side) / 2, side, look.palette.accent, head.fill
        )
        name, clock = self._sources
        self._clock.set(clock, look.px(42 if not look.large else 46), head.soft_ink, align="right")
        clock_width = min(self._clock.natural_width, width * 0.4)
        self._clock.place_in(x + width - inset - clock_width, base, clock_width, room)
        left = x + inset + side + look.px(18)
        self._name.set(name, look.px(44 if not look.large else 48), head.ink, bold=True)
        wide = x + width - inset - clock_width - look.px(30) - left
        self._name.place_in(left, base + room * 0.05, wide, room * 0.9, look.px(18))


class Footer(Block):
    """Whom to call."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._icon = Icon()
        self._text = Text()
        self.add_widget(self._icon)
        self.add_widget(self._text)
        self._source = ""

    def fill(self, source: str) -> None:
        self._source = source

    def clear(self) -> None:
        self._source = ""
        self._icon.hide()
        super().clear()

    def height_for(self, look: Look, width: float) -> float:
        return look.px(FOOTER_HEIGHT)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        if not self._source:
            self.clear()
            return
        page = look.palette.page
        side = look.px(40)
        room = width - side - look.px(16)
        self._text.set(self._source, look.px(look.scale.small), page.soft_ink)
        self._text.fit(room, height, look.px(22))
        words = min(room, self._text.natural_width + look.px(2))
        left = x + (width - words - side - look.px(16)) / 2
        self._icon.show("phone", left, top - height / 2 - side / 2, side, page.soft_ink, page.fill, 8)
        self._text.place_in(left + side + look.px(16), top - height, words, height)


class Step(Block):
    """One step: a disc with its number or a tick, its word below."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._bar = Plate()
        self._disc = Plate()
        self._tick = Icon()
        self._number = Text()
        self._word = Text()
        for part in (self._bar, self._disc, self._tick, self._number, self._word):
            self.add_widget(part)

    def draw(
        self, look: Look, x: float, top: float, width: float, number: int, word: str, current: int, type_px: float
    ) -> None:
        size = look.px(64)
        centre = x + width / 2
        height = size + look.px(10) + type_px * 1.5
        self.set_box(x, top, width, height)
        palette = look.palette
        page, primary = palette.page, palette.primary
        reached, here = number <= current, number == current
        if number > 0:
            bar = primary.fill if reached else page.edge
            self._bar.paint(bar, bar, radius=1, border=0)
            self._bar.set_box(
                centre - width + size * 0.66, top - size / 2 - look.px(3), width - size * 1.32, look.px(6)
            )
        else:
            self._bar.fold()
        fill = primary.fill if reached else page.fill
        edge = palette.accent if here else primary.fill if reached else page.soft_ink
        if here and look.large:
            edge = page.ink
        self._disc.paint(fill, edge, radius=size / 2, border=look.px(7 if here else 3))
        self._disc.set_box(centre - size / 2, top - size, size, size)
        ink = primary.ink if reached else page.soft_ink
        if number < current:
            self._number.wipe()
            side = size * 0.62
            self._tick.show("check", centre - side / 2, top - size / 2 - side / 2, side, ink, fill, 8)
        else:
            self._tick.hide()
            self._number.set(str(number + 1), look.px(36), ink, bold=here, align="center")
            self._number.place_in(centre - size / 2, top - size, size, size)
        self._word.set(word, type_px, page.ink if here else page.soft_ink, bold=here, align="center")
        self._word.place_in(x, top - height, width, type_px * 1.5)


class ProgressSteps(Block):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._pool: list[Step] = []
        self._progress: Progress | None = None

    def fill(self, progress: Progress | None) -> None:
        self._progress = progress
        self.keep_parts(self._pool, Step, len(progress.steps) if progress else 0)

    def clear(self) -> None:
        self.fill(None)
        super().clear()

    def _type(self, look: Look, width: float) -> float:
        assert self._progress is not None
        column = width / len(self._progress.steps)
        probe = Text()
        sizes = [
            probe.set(word, look.px(look.scale.small), "#000000", bold=True).fit(
                column - look.px(10), look.px(look.scale.small) * 1.5, look.px(22)
            )
            for word in self._progress.steps
        ]
        return min(sizes)

    def height_for(self, look: Look, width: float) -> float:
        if not self._progress or not self._progress.steps:
            return 0.0
        return look.px(64 + 10) + self._type(look, width) * 1.5

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        assert self._progress is not None
        column = width / len(self._progress.steps)
        type_px = self._type(look, width)
        for number, (part, word) in enumerate(zip(self._pool, self._progress.steps, strict=False)):
            part.draw(look, x + number * column, top, column, number, word, self._progress.current, type_px)


class CardStrip(Block):
    """The reminder that the card stays in the reader."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._plate = Plate()
        self._icon = Icon()
        self._text = Text()
        for part in (self._plate, self._icon, self._text):
            self.add_widget(part)
        self._source = ""

    def fill(self, source: str) -> None:
        self._source = source

    def clear(self) -> None:
        self._source = ""
        self._icon.hide()
        super().clear()

    def height_for(self, look: Look, width: float) -> float:
        return look.px(84) if self._source else 0.0

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        warn = look.palette.warn
        self._plate.paint(warn.fill, warn.fill, radius=height / 2, border=0)
        self._plate.set_box(x, top - height, width, height)
        side = look.px(58)
        room = width - side - look.px(80)
        self._text.set(self._source, look.px(look.scale.body), warn.ink, bold=True)
        self._text.fit(room, height)
        words = min(room, self._text.natural_width + look.px(2))
        left = x + (width - words - side - look.px(18)) / 2
        self._icon.show("card_stay", left, top - height / 2 - side / 2, side, warn.ink, warn.fill, 8)
        self._text.place_in(left + side + look.px(18), top - height, words, height)
