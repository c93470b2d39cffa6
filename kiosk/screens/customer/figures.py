"""Figures: the one that matters, and the price line by line."""

from collections.abc import Sequence

from kiosk.screens.parts.block import Block
from kiosk.screens.parts.look import Look
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.text import Text
from kiosk.view.shapes import Row, TierLine

_PAD = 36


class BigFigure(Block):
    """A name and one figure in large type; `giant` puts the figure alone in the middle, as on a ticket."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._plate = Plate()
        self._name = Text()
        self._value = Text()
        for part in (self._plate, self._name, self._value):
            self.add_widget(part)
        self._row: Row | None = None
        self._giant = False

    def fill(self, row: Row | None, giant: bool) -> None:
        self._row = row
        self._giant = giant

    def clear(self) -> None:
        self._row = None
        super().clear()

    def _set(self, look: Look, width: float) -> None:
        assert self._row is not None
        ground = look.palette.figure
        if self._row.tone in ("good", "warn", "bad"):
            ground = look.palette.tone(self._row.tone)
        align = "center" if self._giant else "left"
        inner = width - 2 * look.px(_PAD)
        figure = look.scale.giant if self._giant else look.scale.figure
        self._name.set(self._row.name, look.type(look.scale.value * 1.05), ground.soft_ink, bold=True, align=align)  # type: ignore[arg-type]
        self._value.set(
            self._row.value, look.type(figure), ground.ink, bold=True, align="center" if self._giant else "right"
        )
        if self._giant:
            self._value.fit(inner, look.type(figure) * 1.5, look.type(60))
        else:
            room = inner - min(self._name.natural_width, inner * 0.45) - look.px(30)
            self._value.fit(room, look.type(figure) * 1.5, look.type(48))

    def height_for(self, look: Look, width: float) -> float:
        if self._row is None:
            return 0.0
        self._set(look, width)
        inner = width - 2 * look.px(_PAD)
        if self._giant:
            return self._name.height_in(inner) + self._value.type_px * 1.3 + look.gap(48)
        return max(look.type(look.scale.figure) * 1.45, self._value.type_px * 1.45) + look.gap(16)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        assert self._row is not None
        self._set(look, width)
        ground = look.palette.figure
        if self._row.tone in ("good", "warn", "bad"):
            ground = look.palette.tone(self._row.tone)
        self._plate.paint(ground.fill, ground.edge, radius=look.px(24), border=look.px(4))
        self._plate.set_box(x, top - height, width, height)
        left, inner = x + look.px(_PAD), width - 2 * look.px(_PAD)
        if self._giant:
            used = self._name.place(left, top - look.gap(26), inner)
            rest = height - used - look.gap(26)
            self._value.place_in(left, top - height, inner, rest)
            return
        value_width = self._value.natural_width + look.px(4)
        self._value.place_in(left + inner - value_width, top - height, value_width, height)
        self._name.place_in(left, top - height, inner - value_width - look.px(20), height, look.px(26))


class TierRow(Block):
    """One line of the price: tier and amount above, volume × unit price below."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rule = Plate()
        self._tier = Text()
        self._amount = Text()
        self._volume = Text()
        self._times = Text()
        self._unit_price = Text()
        for part in (self._rule, self._tier, self._amount, self._volume, self._times, self._unit_price):
            self.add_widget(part)
        self._line = TierLine("", "", "", "")

    def fill(self, line: TierLine) -> None:
        self._line = line

    def _set(self, look: Look, width: float) -> None:
        plate = look.palette.plate
        self._tier.set(self._line.tier, look.type(look.scale.value), plate.ink, bold=True)
        self._amount.set(self._line.amount, look.type(look.scale.value * 1.1), plate.ink, bold=True, align="right")
        self._volume.set(self._line.volume, look.type(look.scale.body), plate.soft_ink)
        self._unit_price.set(self._line.unit_price, look.type(look.scale.body), plate.soft_ink)
        self._times.set(
            "×" if self._line.volume and self._line.unit_price else "", look.type(look.scale.body), plate.soft_ink
        )
        while self._below_width(look) > width and self._volume.type_px > look.px(24):
            for part in (self._volume, self._times, self._unit_price):
                part.set(part.source, part.type_px * 0.95, plate.soft_ink)

    def _below_width(self, look: Look) -> float:
        return sum(part.natural_width for part in (self._volume, self._times, self._unit_price)) + look.type(28)

    def height_for(self, look: Look, width: float) -> float:
        self._set(look, width)
        amount_width = self._amount.natural_width
        return (
            max(self._tier.height_in(width - amount_width), self._amount.height_in(amount_width + 4))
            + self._volume.type_px * 1.448
            + look.gap(24)
        )

    def arrange(self, look: Look, x: float, top: float, width: float, height: float, ruled: bool = False) -> None:
        self.set_box(x, top, width, height)
        self._rule.paint(look.palette.plate.edge, look.palette.plate.edge, radius=1, border=0)
        self._rule.set_box(x, top - look.px(1), width, look.px(2) if ruled else 0)
        below = self._volume.type_px * 1.448
        above = height - below - look.gap(24)
        amount_width = self._amount.natural_width + look.px(4)
        at = top - look.gap(12)
        self._amount.place_in(x + width - amount_width, at - above, amount_width, above)
        self._tier.place_in(x, at - above, width - amount_width - look.px(10), above)
        at -= above
        left = x
        for part in (self._volume, self._times, self._unit_price):
            wide = part.natural_width + look.px(2)
            part.place_in(left, at - below, wide, below)
            left += wide + look.type(12)


class TierTable(Block):
    """The price, tier by tier (H01: nothing is charged that the table does not name)."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._plate = Plate()
        self.add_widget(self._plate)
        self._pool: list[TierRow] = []
        self._count = 0
        self._heights: list[float] = []

    def fill(self, lines: Sequence[TierLine]) -> None:
        self._count = len(lines)
        for part, line in zip(self.keep_parts(self._pool, TierRow, len(lines)), lines, strict=True):
            part.fill(line)

    def clear(self) -> None:
        for part in self._pool:
            part.fill(TierLine("", "", "", ""))
        self.fill(())
        super().clear()

    def height_for(self, look: Look, width: float) -> float:
        inner = width - 2 * look.px(_PAD)
        self._heights = [part.height_for(look, inner) for part in self._pool[: self._count]]
        return sum(self._heights) + 2 * look.gap(14) if self._heights else 0.0

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        plate = look.palette.plate
        self._plate.paint(plate.fill, plate.edge, radius=look.px(24), border=look.px(2))
        self._plate.set_box(x, top - height, width, height)
        at = top - look.gap(14)
        for number, (part, needed) in enumerate(zip(self._pool, self._heights, strict=False)):
            part.arrange(look, x + look.px(_PAD), at, width - 2 * look.px(_PAD), needed, ruled=number > 0)
            at -= needed
