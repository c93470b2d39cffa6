"""Names on the left, values on the right, a hair line between."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk.screens.parts.block import Block
from kiosk.screens.parts.look import Look
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.text import Text
from kiosk.view.shapes import Row

_PAD = 36


class InfoRow(Widget):
    """One row. A value too long for its line goes under the name."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0), **kwargs)
        self.rule = Plate()
        self.name = Text()
        self.value = Text()
        for part in (self.rule, self.name, self.value):
            self.add_widget(part)
        self._together = True

    def height_for(self, look: Look, row: Row, width: float) -> float:
        plate = look.palette.plate
        ink = plate.ink if row.tone == "normal" else look.palette.tone(row.tone).ink
        self.name.set(row.name, look.type(look.scale.body), plate.soft_ink)
        self.value.set(row.value, look.type(look.scale.value), ink, bold=True, align="right")
        self._together = self._side_by_side(look, width)
        if not self._together:
            # A little less type rather than a second line.
            self.value.set(row.value, look.type(look.scale.value * 0.9), ink, bold=True, align="right")
            self._together = self._side_by_side(look, width)
        least = look.scale.row_height * look.unit * look.shrink
        if self._together:
            return max(least, self.value.height_in(width), self.name.height_in(width))
        return max(least, self.name.height_in(width) + self.value.height_in(width) + look.gap(20))

    def _side_by_side(self, look: Look, width: float) -> bool:
        return bool(self.name.natural_width + self.value.natural_width + look.type(32) <= width)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float, ruled: bool) -> None:
        self.pos = (x, top - height)
        self.size = (width, height)
        self.rule.paint(look.palette.plate.edge, look.palette.plate.edge, radius=1, border=0)
        self.rule.set_box(x, top - look.px(1), width, look.px(2) if ruled else 0)
        if self._together:
            name_width = self.name.natural_width + look.px(4)
            self.name.place_in(x, top - height, name_width, height)
            self.value.place_in(x + name_width, top - height, width - name_width, height)
        else:
            inner = self.name.height_in(width) + self.value.height_in(width)
            start = top - (height - inner) / 2
            used = self.name.place(x, start, width)
            self.value.place(x, start - used, width)


class InfoTable(Block):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._plate = Plate()
        self.add_widget(self._plate)
        self._pool: list[InfoRow] = []
        self._rows: tuple[Row, ...] = ()
        self._heights: list[float] = []

    def fill(self, rows: Sequence[Row]) -> None:
        self._rows = tuple(rows)
        self.keep_parts(self._pool, InfoRow, len(self._rows))

    def clear(self) -> None:
        self.fill(())
        super().clear()

    def height_for(self, look: Look, width: float) -> float:
        inner = width - 2 * look.px(_PAD)
        self._heights = [part.height_for(look, row, inner) for part, row in zip(self._pool, self._rows, strict=False)]
        return sum(self._heights) + 2 * look.gap(14) if self._rows else 0.0

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        plate = look.palette.plate
        self._plate.paint(plate.fill, plate.edge, radius=look.px(24), border=look.px(2))
        self._plate.set_box(x, top - height, width, height)
        inset = look.px(_PAD)
        at = top - look.gap(14)
        spare = (height - 2 * look.gap(14) - sum(self._heights)) / max(1, len(self._heights))
        for number, (part, needed) in enumerate(zip(self._pool, self._heights, strict=False)):
            part.arrange(look, x + inset, at, width - 2 * inset, needed + spare, ruled=number > 0)
            at -= needed + spare
