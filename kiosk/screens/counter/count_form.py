"""The form of the blind count: values at the left, a keypad at the right."""

from collections.abc import Callable

from kiosk.screens.counter.tally import Tally, yuan
from kiosk.screens.parts.block import Block
from kiosk.screens.parts.look import Look
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.text import Text
from kiosk.screens.parts.touch_button import TouchButton
from kiosk.screens.phrases import caption

KEYS = ("7", "8", "9", "4", "5", "6", "1", "2", "3", "clear", "0", "erase")
_GAP = 16


class CountForm(Block):
    """`changed` is called after every key, so that the sending button can follow."""

    def __init__(self, changed: Callable[[], None], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._changed = changed
        self._plate = Plate()
        self._title = Text()
        self._sum_name = Text()
        self._sum = Text()
        for part in (self._plate, self._title, self._sum_name, self._sum):
            self.add_widget(part)
        self._keys = {name: self._button(lambda name=name: self._on_key(name)) for name in KEYS}  # type: ignore[misc]
        self._values: list[TouchButton] = []
        self.tally = Tally(())
        self._look: Look | None = None

    def _button(self, action: Callable[[], None]) -> TouchButton:
        button = TouchButton()

        def on_tap(widget: TouchButton) -> None:
            widget.set_held(False)
            action()

        button.bind(on_tap=on_tap)
        return button

    def fill(self, denominations_fen: tuple[int, ...]) -> None:
        """Ask for these values; what has been typed stays while the question is the same."""
        if denominations_fen == self.tally.denominations_fen:
            return
        self.tally = Tally(denominations_fen)
        while len(self._values) < len(denominations_fen):
            place = len(self._values)
            self._values.append(self._button(lambda place=place: self._on_value(place)))  # type: ignore[misc]
        for button in (*self._values, *self._keys.values()):
            if button.parent is not None:
                button.empty()
                self.remove_widget(button)
        if denominations_fen:
            for button in (*self._values[: len(denominations_fen)], *self._keys.values()):
                self.add_widget(button)

    def clear(self) -> None:
        self.fill(())
        super().clear()

    def height_for(self, look: Look, width: float) -> float:
        return look.px(640) if self.tally.denominations_fen else 0.0

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        self._look = look
        self._draw()

    def _draw(self) -> None:
        look = self._look
        if look is None or not self.tally.denominations_fen:
            return
        plate = look.palette.plate
        pad = look.px(32)
        self._plate.paint(plate.fill, plate.edge, radius=look.px(18), border=look.px(2))
        self._plate.set_box(self.x, self.y, self.width, self.height)
        left, inner = self.x + pad, self.width - 2 * pad
        at = self.top - pad
        self._title.set(caption("count_title", "zh_CN"), look.px(look.scale.value * 1.15), plate.ink, bold=True)
        at -= self._title.place(left, at, inner) + look.px(12)
        bottom = self.y + pad
        half = (inner - look.px(40)) * 0.5
        self._draw_sum(look, left, bottom, half)
        self._draw_values(look, left, at, half, at - bottom - look.px(80))
        self._draw_keys(look, left + half + look.px(40), at, inner - half - look.px(40), at - bottom)

    def _draw_sum(self, look: Look, x: float, y: float, width: float) -> None:
        plate = look.palette.plate
        self._sum_name.set(caption("count_sum", "zh_CN"), look.px(look.scale.value), plate.soft_ink)
        self._sum.set(yuan(self.tally.total_fen), look.px(look.scale.title), plate.ink, bold=True, align="right")
        self._sum_name.place_in(x, y, width * 0.3, look.px(64))
        self._sum.place_in(x + width * 0.3, y, width * 0.7, look.px(64))

    def _draw_values(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        count = len(self.tally.denominations_fen)
        gap = look.px(12)
        tall = min(look.px(96), (height - gap * (count - 1)) / count)
        for place, value in enumerate(self.tally.denominations_fen):
            pieces = self.tally.pieces(value)
            typed = "—" if pieces is None else str(pieces)
            button = self._values[place]
            style = "primary" if value == self.tally.selected else "secondary"
            button.fill(f"{yuan(value)}　×　{typed} {caption('pieces', 'zh_CN')}", style=style, align_left=True)
            button.arrange(look, x, top - tall - place * (tall + gap), width, tall, look.scale.button)

    def _draw_keys(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        gap = look.px(_GAP)
        tall = (height - 3 * gap) / 4
        wide = (width - 2 * gap) / 3
        for number, name in enumerate(KEYS):
            row, column = divmod(number, 3)
            key = self._keys[name]
            label = caption("clear", "zh_CN") if name == "clear" else "" if name == "erase" else name
            key.fill(
                label, style="secondary" if name.isdigit() else "quiet", icon="backspace" if name == "erase" else ""
            )
            type_design = look.scale.button * (1.4 if name.isdigit() else 1.0)
            key.arrange(look, x + column * (wide + gap), top - tall - row * (tall + gap), wide, tall, type_design)

    def _on_value(self, place: int) -> None:
        self.tally.select(self.tally.denominations_fen[place])
        self._after()

    def _on_key(self, name: str) -> None:
        if not self.tally.denominations_fen:
            return
        if name == "clear":
            self.tally.clear()
        elif name == "erase":
            self.tally.erase()
        else:
            self.tally.press(int(name))
        self._after()

    def _after(self) -> None:
        self._draw()
        self._changed()
