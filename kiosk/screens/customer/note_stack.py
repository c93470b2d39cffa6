"""The notes that were taken, and those that may be put in."""

from collections.abc import Sequence

from kiosk.screens.parts.block import Block
from kiosk.screens.parts.icon import Icon
from kiosk.screens.parts.look import Look
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.text import Text
from kiosk.view.shapes import NoteLine

NOTE_COLOURS = {
    10000: "#B3383A",
    5000: "#2F7A55",
    2000: "#8A5A2B",
    1000: "#2F6296",
    500: "#6D4A8C",
    100: "#6F7532",
}
"""The colours of the notes of the fifth series of the renminbi, by value in fen."""
_OTHER_COLOUR = "#3A4E5E"
_COLUMNS = 3
_PAD = 32


class NoteChip(Block):
    """Notes of one value: a small note in its colour, its value, how many."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._note = Plate()
        self._inner = Plate()
        self._label = Text()
        self._count = Text()
        for part in (self._note, self._inner, self._label, self._count):
            self.add_widget(part)

    def draw(self, look: Look, x: float, top: float, width: float, height: float, line: NoteLine, count: int) -> None:
        self.set_box(x, top, width, height)
        colour = NOTE_COLOURS.get(line.value_fen, _OTHER_COLOUR)
        count_width = look.type(76)
        note_width = width - count_width
        self._note.paint("#FFFFFF", colour, radius=look.px(10), border=look.px(5))
        self._note.set_box(x, top - height, note_width, height)
        self._inner.paint(colour, colour, radius=look.px(4), border=0)
        self._inner.set_box(x + look.px(10), top - height + look.px(10), look.px(12), height - look.px(20))
        self._label.set(line.label, look.type(look.scale.value * 0.95), "#0A2236", bold=True, align="center")
        self._label.place_in(x + look.px(26), top - height, note_width - look.px(34), height, look.px(20))
        plate = look.palette.plate
        self._count.set(f"×{count}", look.type(look.scale.body * 0.95), plate.ink, bold=True, align="center")
        self._count.place_in(x + note_width, top - height, count_width, height, look.px(20))


class NoteStack(Block):
    """What is in the box already, by value; the greatest first."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._plate = Plate()
        self._caption = Text()
        self.add_widget(self._plate)
        self.add_widget(self._caption)
        self._pool: list[NoteChip] = []
        self._groups: list[tuple[NoteLine, int]] = []
        self._caption_source = ""

    def fill(self, notes: Sequence[NoteLine], caption: str) -> None:
        counts: dict[NoteLine, int] = {}
        for note in notes:
            counts[note] = counts.get(note, 0) + 1
        self._groups = sorted(counts.items(), key=lambda item: -item[0].value_fen)
        self._caption_source = caption
        self.keep_parts(self._pool, NoteChip, len(self._groups))

    def clear(self) -> None:
        self.fill((), "")
        super().clear()

    def _row(self, look: Look) -> float:
        return look.type(92)

    def height_for(self, look: Look, width: float) -> float:
        if not self._groups:
            return 0.0
        rows = -(-len(self._groups) // _COLUMNS)
        caption = look.type(look.scale.body * 0.95) * 1.448
        return caption + rows * self._row(look) + (rows - 1) * look.gap(18) + look.gap(60)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        plate = look.palette.plate
        self._plate.paint(plate.fill, plate.edge, radius=look.px(24), border=look.px(2))
        self._plate.set_box(x, top - height, width, height)
        left, inner = x + look.px(_PAD), width - 2 * look.px(_PAD)
        self._caption.set(self._caption_source, look.type(look.scale.body * 0.95), plate.soft_ink)
        at = top - look.gap(18)
        at -= self._caption.place(left, at, inner) + look.gap(12)
        columns = _COLUMNS
        gap = look.px(24)
        wide = (inner - gap * (columns - 1)) / columns
        for number, (part, (line, count)) in enumerate(zip(self._pool, self._groups, strict=False)):
            row, column = divmod(number, columns)
            part.draw(
                look,
                left + column * (wide + gap),
                at - row * (self._row(look) + look.gap(18)),
                wide,
                self._row(look),
                line,
                count,
            )


class AcceptedChip(Block):
    """One value that may be put in now."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._plate = Plate()
        self._label = Text()
        self.add_widget(self._plate)
        self.add_widget(self._label)

    def width_for(self, look: Look, label: str, pad: float) -> float:
        self._label.set(label, look.type(look.scale.body * 0.95), look.palette.normal.ink, bold=True, align="center")
        return self._label.natural_width + look.type(pad)

    def draw(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        normal = look.palette.normal
        self._plate.paint(normal.fill, normal.fill, radius=look.px(16), border=0)
        self._plate.set_box(x, top - height, width, height)
        self._label.place_in(x, top - height, width, height, look.px(18))


class AcceptedNotes(Block):
    """A line of values: put in any of these."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._icon = Icon()
        self._caption = Text()
        self.add_widget(self._icon)
        self.add_widget(self._caption)
        self._pool: list[AcceptedChip] = []
        self._labels: tuple[str, ...] = ()
        self._gap = 14.0
        self._caption_source = ""

    def fill(self, labels: Sequence[str], caption: str) -> None:
        self._labels = tuple(labels)
        self._caption_source = caption
        self.keep_parts(self._pool, AcceptedChip, len(self._labels))

    def clear(self) -> None:
        self.fill((), "")
        self._icon.hide()
        super().clear()

    def _rows(self, look: Look, width: float) -> list[list[tuple[AcceptedChip, float]]]:
        """The chips that stand in each row, with their widths; closer together where that saves a row."""
        roomy = self._rows_at(look, width, 36, 14)
        if len(roomy) == 1:
            self._gap = 14
            return roomy
        close = self._rows_at(look, width, 18, 8)
        self._gap = 8 if len(close) < len(roomy) else 14
        return close if len(close) < len(roomy) else roomy

    def _rows_at(self, look: Look, width: float, pad: float, gap: float) -> list[list[tuple[AcceptedChip, float]]]:
        lead = self._lead(look)
        rows: list[list[tuple[AcceptedChip, float]]] = [[]]
        used = lead
        for part, label in zip(self._pool, self._labels, strict=False):
            wide = part.width_for(look, label, pad)
            if rows[-1] and used + wide > width:
                rows.append([])
                used = lead
            rows[-1].append((part, wide))
            used += wide + look.px(gap)
        return rows

    def _lead(self, look: Look) -> float:
        self._caption.set(self._caption_source, look.type(look.scale.body * 0.95), look.palette.page.soft_ink)
        return look.type(72) + look.px(14) + self._caption.natural_width + look.px(20)

    def _chip(self, look: Look) -> float:
        return look.type(look.scale.body * 0.95) * 1.448 + look.gap(14)

    def height_for(self, look: Look, width: float) -> float:
        if not self._labels:
            return 0.0
        rows = len(self._rows(look, width))
        return rows * self._chip(look) + (rows - 1) * look.gap(12)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        lead, chip = self._lead(look), self._chip(look)
        side = look.type(72)
        page = look.palette.page
        self._icon.show("note_in", x, top - chip / 2 - side / 2, side, page.soft_ink, page.fill, 7)
        self._caption.place_in(x + side + look.px(14), top - chip, lead - side - look.px(34), chip)
        for row in self._rows(look, width):
            left = x + lead
            for part, wide in row:
                part.draw(look, left, top, wide, chip)
                left += wide + look.px(self._gap)
            top -= chip + look.gap(12)
