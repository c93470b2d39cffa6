"""What is said in words: the sentences under a title, and the notices on the board (H28)."""

from collections.abc import Sequence

from kiosk.screens.parts.block import Block
from kiosk.screens.parts.icon import Icon
from kiosk.screens.parts.look import Look
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.text import Text
from kiosk.view.shapes import Notice


class Sentences(Block):
    """Paragraphs, from the left or in the middle."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._pool: list[Text] = []
        self._sources: tuple[str, ...] = ()
        self._centred = False

    def fill(self, sources: Sequence[str], centred: bool) -> None:
        self._sources = tuple(source for source in sources if source)
        self._centred = centred
        self.keep_parts(self._pool, Text, len(self._sources))

    def clear(self) -> None:
        self.fill((), False)
        super().clear()

    def _gap(self, look: Look) -> float:
        return look.gap(14)

    def height_for(self, look: Look, width: float) -> float:
        if not self._sources:
            return 0.0
        heights = []
        for part, source in zip(self._pool, self._sources, strict=False):
            part.set(
                source,
                look.type(look.scale.body),
                look.palette.page.ink,
                align="center" if self._centred else "left",
                even=True,
            )
            heights.append(part.height_in(width))
        return sum(heights) + self._gap(look) * (len(heights) - 1)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        for part in self._pool[: len(self._sources)]:
            top -= part.place(x, top, width) + self._gap(look)


class NoticeCard(Block):
    """One notice: title, text, a coloured edge at its left."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._plate = Plate()
        self._mark = Plate()
        self._icon = Icon()
        self._title = Text()
        self._body = Text()
        for part in (self._plate, self._mark, self._icon, self._title, self._body):
            self.add_widget(part)
        self._notice = Notice("", "")

    def fill(self, notice: Notice) -> None:
        self._notice = notice

    def _inner(self, look: Look, width: float) -> float:
        return width - look.px(36 + 64 + 26 + 34)

    def height_for(self, look: Look, width: float) -> float:
        plate = look.palette.plate
        inner = self._inner(look, width)
        self._title.set(self._notice.title, look.type(look.scale.value), plate.ink, bold=True)
        self._body.set(self._notice.body, look.type(look.scale.body * 0.95), plate.soft_ink, even=True)
        return self._title.height_in(inner) + self._body.height_in(inner) + look.gap(44)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        plate = look.palette.plate
        self._plate.paint(plate.fill, plate.edge, radius=look.px(24), border=look.px(2))
        self._plate.set_box(x, top - height, width, height)
        accent = look.palette.accent
        self._mark.paint(accent, accent, radius=look.px(4), border=0)
        self._mark.set_box(x + look.px(14), top - height + look.px(24), look.px(8), height - look.px(48))
        side = look.px(64)
        ink = look.palette.strong.ink
        self._icon.show("bell", x + look.px(40), top - look.gap(24) - side, side, ink, plate.fill, 7)
        left = x + look.px(36 + 64 + 26)
        at = top - look.gap(20)
        at -= self._title.place(left, at, self._inner(look, width))
        self._body.place(left, at, self._inner(look, width))


class NoticeBoard(Block):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._pool: list[NoticeCard] = []
        self._count = 0
        self._heights: list[float] = []

    def fill(self, notices: Sequence[Notice]) -> None:
        self._count = len(notices)
        for part, notice in zip(self.keep_parts(self._pool, NoticeCard, len(notices)), notices, strict=True):
            part.fill(notice)

    def clear(self) -> None:
        for part in self._pool:
            part.fill(Notice("", ""))
        self.fill(())
        super().clear()

    def height_for(self, look: Look, width: float) -> float:
        self._heights = [part.height_for(look, width) for part in self._pool[: self._count]]
        return sum(self._heights) + look.gap(20) * (len(self._heights) - 1) if self._heights else 0.0

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        for part, needed in zip(self._pool, self._heights, strict=False):
            part.arrange(look, x, top, width, needed)
            top -= needed + look.gap(20)
