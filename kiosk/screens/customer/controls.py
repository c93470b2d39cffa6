"""Everything a finger can touch: the bar at the bottom, stacked answers, presets with a keypad, the strip of tools.

Controls never shrink below a finger's size; where much must fit, it is the text above them that gives way.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kiosk.screens.customer.entry import Entry
from kiosk.screens.parts.block import Block
from kiosk.screens.parts.look import Look
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.text import Text
from kiosk.screens.parts.touch_button import TouchButton
from kiosk.view.shapes import Button, Keypad

GAP = 22
TOOL_HEIGHT = 140

Tapped = Callable[[TouchButton, str, Mapping[str, object]], None]
"""The button that was tapped, the intent, its arguments."""

_TOOL_ICONS = (
    ("lang", "globe"),
    ("large", "letters"),
    ("type", "letters"),
    ("clerk", "bell"),
    ("help", "bell"),
    ("call", "bell"),
)
_ACTION_ICONS = (
    ("take_ticket", "ticket"),
    ("priority_ticket", "ticket"),
    ("clerk", "bell"),
    ("priority", "person"),
    ("notice", "info"),
)


def icon_of(intent: str, known: tuple[tuple[str, str], ...]) -> str:
    """The picture for an intent, by a word in its name; empty where there is none."""
    return next((icon for word, icon in known if word in intent), "")


class Controls(Block):
    """A block of buttons. `tapped` is called for the one that was touched; `may_touch` is asked first."""

    def __init__(self, tapped: Tapped, may_touch: Callable[[], bool], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._tapped = tapped
        self._may_touch = may_touch
        self._pool: list[TouchButton] = []
        self._buttons: tuple[Button, ...] = ()

    def _take(self, buttons: Sequence[Button]) -> None:
        self._buttons = tuple(buttons)
        while len(self._pool) < len(self._buttons):
            self._pool.append(self._make(len(self._pool)))
        for number, widget in enumerate(self._pool):
            if number < len(self._buttons):
                if widget.parent is None:
                    self.add_widget(widget)
            elif widget.parent is not None:
                widget.empty()
                self.remove_widget(widget)

    def _make(self, number: int) -> TouchButton:
        widget = TouchButton()
        widget.may_touch = self._may_touch
        widget.bind(on_tap=lambda touched: self._on_tap(touched, number))
        return widget

    def _on_tap(self, widget: TouchButton, number: int) -> None:
        if number < len(self._buttons):
            button = self._buttons[number]
            self._tapped(widget, button.intent, button.args)

    def clear(self) -> None:
        self._take(())
        super().clear()

    def release(self) -> None:
        """No button looks pressed any more."""
        for widget in self._pool[: len(self._buttons)]:
            widget.set_held(False)


class ButtonBar(Controls):
    """Rows of one to three buttons; beside others, the primary takes the greater part."""

    def __init__(self, tapped: Tapped, may_touch: Callable[[], bool], **kwargs: object) -> None:
        super().__init__(tapped, may_touch, **kwargs)
        self._rows: tuple[tuple[Button, ...], ...] = ()

    def fill(self, rows: tuple[tuple[Button, ...], ...]) -> None:
        self._rows = rows
        self._take([button for row in rows for button in row])
        for widget, button in zip(self._pool, self._buttons, strict=False):
            widget.fill(
                button.label,
                hint=button.hint,
                style=button.style,
                enabled=button.enabled,
                icon=icon_of(button.intent, _ACTION_ICONS) if button.style != "primary" else "",
                align_left=bool(button.hint),
            )

    def clear(self) -> None:
        self._rows = ()
        super().clear()

    @property
    def last_button(self) -> TouchButton | None:
        """The one at the bottom right."""
        return self._pool[len(self._buttons) - 1] if self._buttons else None

    def height_for(self, look: Look, width: float) -> float:
        rows = len(self._rows)
        return rows * look.px(look.scale.button_height) + max(0, rows - 1) * look.px(GAP)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        tall = look.px(look.scale.button_height)
        widgets = iter(self._pool)
        for row in self._rows:
            left = x
            for share, _button in zip(_shares(row), row, strict=True):
                wide = (width - look.px(GAP) * (len(row) - 1)) * share
                next(widgets).arrange(look, left, top - tall, wide, tall, look.scale.button)
                left += wide + look.px(GAP)
            top -= tall + look.px(GAP)


def _shares(row: tuple[Button, ...]) -> tuple[float, ...]:
    if len(row) == 1:
        return (1.0,)
    if len(row) == 3:
        return (0.28, 0.29, 0.43)
    if row[-1].style == "primary":
        return (0.37, 0.63)
    return (0.5, 0.5)


class Answers(Controls):
    """One answer under the other, each as wide as the screen."""

    def fill(self, buttons: Sequence[Button]) -> None:
        self._take(buttons)
        for widget, button in zip(self._pool, self._buttons, strict=False):
            widget.fill(
                button.label,
                hint=button.hint,
                style=button.style,
                enabled=button.enabled,
                icon="forward",
                trailing_icon=True,
                align_left=True,
            )

    TALLEST = 236
    """Design pixels to which an answer may grow where there is room."""

    def height_at_most(self, look: Look, width: float, room: float) -> float:
        """The greatest sensible height within `room`, never less than `height_for`."""
        count = len(self._buttons)
        if not count:
            return 0.0
        if look.large:
            return self.height_for(look, width)  # low reach: nothing is put higher than it must be
        tallest = count * look.px(self.TALLEST) + (count - 1) * look.px(GAP)
        return max(self.height_for(look, width), min(tallest, room))

    def _heights(self, look: Look, width: float) -> list[float]:
        scale = look.scale
        return [w.height_for(look, width, scale.button, scale.button_height) for w in self._pool[: len(self._buttons)]]

    def height_for(self, look: Look, width: float) -> float:
        count = len(self._buttons)
        return sum(self._heights(look, width)) + max(0, count - 1) * look.px(GAP)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        heights = self._heights(look, width)
        spare = (height - sum(heights) - look.px(GAP) * (len(heights) - 1)) / max(1, len(heights))
        for widget, needed in zip(self._pool, heights, strict=False):
            widget.arrange(look, x, top - needed - spare, width, needed + spare, look.scale.button)
            top -= needed + spare + look.px(GAP)


class ToolStrip(Controls):
    """Language, size of type, a clerk: always in the same place."""

    def fill(self, buttons: Sequence[Button]) -> None:
        self._take(buttons)
        for widget, button in zip(self._pool, self._buttons, strict=False):
            style = "quiet" if button.style == "secondary" else button.style
            widget.fill(
                button.label,
                hint=button.hint,
                style=style,
                enabled=button.enabled,
                icon=icon_of(button.intent, _TOOL_ICONS),
            )

    def height_for(self, look: Look, width: float) -> float:
        return look.px(TOOL_HEIGHT) if self._buttons else 0.0

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        count = len(self._buttons)
        wide = (width - look.px(GAP) * (count - 1)) / max(1, count)
        for number, widget in enumerate(self._pool[:count]):
            widget.arrange(look, x + number * (wide + look.px(GAP)), top - height, wide, height, look.scale.body)


class PresetGrid(Controls):
    """Amounts or volumes that most people want."""

    def fill(self, buttons: Sequence[Button]) -> None:
        self._take(buttons)
        for widget, button in zip(self._pool, self._buttons, strict=False):
            widget.fill(button.label, hint=button.hint, style=button.style, enabled=button.enabled)

    def _columns(self, look: Look, width: float) -> int:
        return 3 if width > look.px(700) else 2 if len(self._buttons) > 4 else 1

    def height_for(self, look: Look, width: float) -> float:
        rows = -(-len(self._buttons) // self._columns(look, width))
        return rows * look.px(140) + max(0, rows - 1) * look.px(GAP)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        columns = self._columns(look, width)
        rows = -(-len(self._buttons) // columns)
        gap = look.px(GAP)
        tall = (height - gap * (rows - 1)) / max(1, rows)
        wide = (width - gap * (columns - 1)) / columns
        for number, widget in enumerate(self._pool[: len(self._buttons)]):
            row, column = divmod(number, columns)
            widget.arrange(
                look, x + column * (wide + gap), top - row * (tall + gap) - tall, wide, tall, look.scale.button * 0.96
            )


class KeypadPad(Block):
    """What has been typed, its bounds, twelve keys. Keys are never locked: digits stay on the screen until the
    confirming button is touched.
    """

    KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "clear", "0", "erase")

    def __init__(self, changed: Callable[[], None], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._changed = changed
        self._field = Plate()
        self._digits = Text()
        self._unit = Text()
        self._range = Text()
        for part in (self._field, self._digits, self._unit, self._range):
            self.add_widget(part)
        self._keys: dict[str, TouchButton] = {}
        for name in self.KEYS:
            key = TouchButton()
            key.bind(on_tap=lambda widget, name=name: self._on_key(widget, name))
            self._keys[name] = key
        self._keypad: Keypad | None = None
        self._clear_word = ""
        self._look: Look | None = None
        self.compact = False
        """Lower keys, where a screen has much to say besides."""
        self.entry = Entry(0, 0)

    def fill(self, keypad: Keypad | None, clear_word: str, keep_digits: bool) -> None:
        same = keep_digits and keypad is not None and self._keypad is not None and keypad.intent == self._keypad.intent
        digits = self.entry.digits if same else ""
        self._keypad = keypad
        self._clear_word = clear_word
        self.entry = Entry(keypad.value_min, keypad.value_max, digits) if keypad else Entry(0, 0)
        for name, key in self._keys.items():
            if keypad is None:
                key.empty()
                if key.parent is not None:
                    self.remove_widget(key)
                continue
            if key.parent is None:
                self.add_widget(key)
            label = clear_word if name == "clear" else "" if name == "erase" else name
            key.fill(
                label, style="secondary" if label.isdigit() else "quiet", icon="backspace" if name == "erase" else ""
            )

    def clear(self) -> None:
        self.fill(None, "", keep_digits=False)
        super().clear()

    @property
    def value(self) -> int | None:
        """What may be sent, or `None`."""
        return self.entry.value if self._keypad is not None and self.entry.in_range else None

    def _key_height(self, look: Look) -> float:
        return look.px(112 if self.compact else 140)

    def _field_height(self, look: Look) -> float:
        return look.px(112 if self.compact else 128)

    def _range_height(self, look: Look, width: float) -> float:
        assert self._keypad is not None
        self._range.set(self._keypad.range_text, look.px(look.scale.hint), look.palette.page.soft_ink)
        return self._range.height_in(width) + look.px(10)

    def height_for(self, look: Look, width: float) -> float:
        if self._keypad is None:
            return 0.0
        keys = 4 * self._key_height(look) + 3 * look.px(16)
        return self._field_height(look) + self._range_height(look, width) + keys + look.px(12)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        self._look = look
        self._draw()
        field = self._field_height(look) + self._range_height(look, width) + look.px(12)
        gap = look.px(16)
        tall = (height - field - 3 * gap) / 4
        wide = (width - 2 * gap) / 3
        for number, name in enumerate(self.KEYS):
            row, column = divmod(number, 3)
            type_design = look.scale.button * (1.2 if name.isdigit() else 0.84)
            self._keys[name].arrange(
                look, x + column * (wide + gap), top - field - row * (tall + gap) - tall, wide, tall, type_design
            )

    def _draw(self) -> None:
        look, keypad = self._look, self._keypad
        if look is None or keypad is None:
            return
        plate = look.palette.plate
        wrong = self.entry.out_of_range
        edge = look.palette.bad.edge if wrong else look.palette.secondary.edge
        height = self._field_height(look)
        self._field.paint(plate.fill, edge, radius=look.px(24), border=look.px(5))
        self._field.set_box(self.x, self.top - height, self.width, height)
        inset = look.px(30)
        self._unit.set(keypad.unit_label, look.px(look.scale.body), plate.soft_ink)
        self._unit.fit(self.width * 0.42, height)
        unit_width = min(self.width * 0.42, self._unit.natural_width)
        self._unit.place_in(self.x + self.width - inset - unit_width, self.top - height, unit_width, height)
        self._digits.set(self.entry.digits, look.px(84), plate.ink, bold=True, align="right")
        self._digits.place_in(
            self.x + inset, self.top - height, self.width - 2 * inset - unit_width - look.px(20), height, look.px(30)
        )
        page = look.palette.page
        self._range.set(
            keypad.range_text, look.px(look.scale.hint), look.palette.bad.ink if wrong else page.soft_ink, bold=wrong
        )
        room = self._range_height_plain(look)
        self._range.place_in(self.x, self.top - height - look.px(8) - room, self.width, room, look.px(22))

    def _range_height_plain(self, look: Look) -> float:
        assert self._keypad is not None
        return self._range.height_in(self.width)

    def _on_key(self, key: Any, name: str) -> None:
        key.set_held(False)
        if self._keypad is None:
            return
        if name == "clear":
            self.entry.clear()
        elif name == "erase":
            self.entry.erase()
        else:
            self.entry.press(int(name))
        self._draw()
        self._changed()


class ChoosePad(Block):
    """Presets at the left, keypad at the right: both within reach of a low hand. One alone takes the whole width."""

    def __init__(self, presets: PresetGrid, keypad: KeypadPad, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.presets = presets
        self.keypad = keypad
        self.add_widget(presets)
        self.add_widget(keypad)

    def clear(self) -> None:
        self.presets.clear()
        self.keypad.clear()

    def release(self) -> None:
        self.presets.release()

    def _split(self, look: Look, width: float) -> tuple[float, float]:
        gap = look.px(36)
        has_presets, has_keypad = bool(self.presets._buttons), self.keypad._keypad is not None
        if has_presets and has_keypad:
            left = (width - gap) * (0.5 if len(self.presets._buttons) > 4 else 0.4)
            return left, width - gap - left
        return (width, 0.0) if has_presets else (0.0, width)

    def height_for(self, look: Look, width: float) -> float:
        left, right = self._split(look, width)
        return max(
            self.presets.height_for(look, left) if left else 0.0, self.keypad.height_for(look, right) if right else 0.0
        )

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        left, right = self._split(look, width)
        if left:
            self.presets.arrange(look, x, top, left, height)
        if right:
            self.keypad.arrange(look, x + width - right, top, right, height)
