"""The counter's screen as a whole: devices at the left, the moment in the middle, what waits for a person at the
right.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kivy.clock import Clock
from kivy.properties import ColorProperty
from kivy.uix.widget import Widget

from kiosk.screens.counter.count_form import CountForm
from kiosk.screens.counter.device_list import DeviceList
from kiosk.screens.parts.block import SHRINKS, Block, column_height
from kiosk.screens.parts.guard import CLOSED_MAX_S, TouchGuard
from kiosk.screens.parts.icon import Icon
from kiosk.screens.parts.info_table import InfoTable
from kiosk.screens.parts.look import Look, counter_look
from kiosk.screens.parts.message_bar import MessageBar
from kiosk.screens.parts.palette import rgba
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.rules import load_rules_of
from kiosk.screens.parts.text import Text
from kiosk.screens.parts.touch_button import TouchButton
from kiosk.screens.phrases import HALL_GONE, caption
from kiosk.view.shapes import Button, CounterView, Row

load_rules_of(__file__)

WIDTH, HEIGHT = 1920, 1080
SIDE = 48
HEADER = 104
GAP = 20
COUNT_INTENT = "count"
Command = Callable[[str, str, Mapping[str, object]], None]


class CounterHeader(Block):
    """Hall, business date, the state of the day, clock."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._ground = Plate()
        self._line = Plate()
        self._flame = Icon()
        self._chip = Plate()
        self._title = Text()
        self._date = Text()
        self._state = Text()
        self._clock = Text()
        for part in (
            self._ground,
            self._line,
            self._flame,
            self._chip,
            self._title,
            self._date,
            self._state,
            self._clock,
        ):
            self.add_widget(part)
        self._sources = ("", "", "", "")

    def fill(self, title: str, business_date: str, day_state: str, clock_text: str) -> None:
        self._sources = (title, business_date, day_state, clock_text)

    def clear(self) -> None:
        self._sources = ("", "", "", "")
        self._chip.fold()
        super().clear()

    def height_for(self, look: Look, width: float) -> float:
        return look.px(HEADER)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        head, accent = look.palette.head, look.palette.accent
        self._ground.paint(head.fill, head.fill, radius=1, border=0)
        self._ground.set_box(x, top - height, width, height)
        self._line.paint(accent, accent, radius=1, border=0)
        self._line.set_box(x, top - height, width, look.px(5))
        base, room = top - height + look.px(5), height - look.px(5)
        side = look.px(60)
        left = x + look.px(SIDE)
        self._flame.show("flame", left, base + (room - side) / 2, side, accent, head.fill)
        left += side + look.px(18)
        title, date, state, clock = self._sources
        self._title.set(title, look.px(38), head.ink, bold=True)
        wide = min(self._title.natural_width + look.px(4), width * 0.4)
        self._title.place_in(left, base, wide, room)
        left += wide + look.px(48)
        self._date.set(date, look.px(32), head.soft_ink)
        wide = min(self._date.natural_width + look.px(4), width * 0.25)
        self._date.place_in(left, base, wide, room)
        left += wide + look.px(32)
        self._clock.set(clock, look.px(38), head.ink, bold=True, align="right")
        clock_wide = min(self._clock.natural_width + look.px(4), width * 0.2)
        self._clock.place_in(x + width - look.px(SIDE) - clock_wide, base, clock_wide, room)
        if not state:
            self._chip.fold()
            self._state.wipe()
            return
        normal = look.palette.normal
        self._state.set(state, look.px(30), normal.ink, bold=True, align="center")
        wide = min(self._state.natural_width + look.px(48), width * 0.2)
        tall = look.px(56)
        self._chip.paint(normal.fill, normal.fill, radius=tall / 2, border=0)
        self._chip.set_box(left, base + (room - tall) / 2, wide, tall)
        self._state.place_in(left + look.px(16), base + (room - tall) / 2, wide - look.px(32), tall)


class Caption(Block):
    """The name of what stands below."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._text = Text()
        self.add_widget(self._text)
        self._source = ""

    def fill(self, source: str) -> None:
        self._source = source

    def clear(self) -> None:
        self._source = ""
        super().clear()

    def height_for(self, look: Look, width: float) -> float:
        self._text.set(self._source, look.type(look.scale.value * 1.05), look.palette.page.ink, bold=True)
        return self._text.height_in(width)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        self._text.place(x, top, width)


class CounterRoot(Widget):
    """Fills its window with the 1920×1080 design, scaled as one."""

    ground = ColorProperty((1, 1, 1, 1))

    def __init__(self, command: Command, monotonic: Callable[[], float], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._command = command
        self._monotonic = monotonic
        self.guard = TouchGuard()
        self.view: CounterView | None = None
        self.hall_gone = False
        self._reopen: Any = None
        self.header = CounterHeader()
        self.devices = DeviceList()
        self.tables = {name: InfoTable() for name in ("session", "queue", "checks", "open_matters")}
        self.captions = {name: Caption() for name in ("devices", *self.tables)}
        self.form = CountForm(self._form_changed)
        self.message = MessageBar()
        self._buttons: list[TouchButton] = []
        self._shown_buttons: tuple[Button, ...] = ()
        self._blocks: tuple[Block, ...] = (
            self.header,
            self.devices,
            *self.captions.values(),
            *self.tables.values(),
            self.form,
            self.message,
        )
        self.bind(size=lambda *_: self._arrange())

    # What the hall sends.

    def show(self, view: CounterView) -> None:
        changed = (
            self.view is None
            or self.hall_gone
            or bool(view.count_denominations_fen) != bool(self.view.count_denominations_fen)
        )
        self.hall_gone = False
        self._show(view)
        self.guard.view_shown(self._monotonic(), changed)

    def show_hall_gone(self) -> None:
        """Say so in both languages; nothing can be touched, and a count that was being typed is forgotten."""
        self.hall_gone = True
        (title, sentence), (title_en, sentence_en) = HALL_GONE
        self._show(
            CounterView(
                title=title,
                business_date="",
                day_state="",
                clock_text="",
                message=f"{sentence} {title_en} {sentence_en}",
            )
        )

    def answered(self, accepted: bool) -> None:
        if not accepted:
            self._open_again()

    def _show(self, view: CounterView) -> None:
        self._cancel_reopen()
        self.view = view
        for block in self._blocks:
            if block is not self.form:
                block.clear()
        self.header.fill(view.title, view.business_date, view.day_state, view.clock_text)
        self.form.fill(view.count_denominations_fen)
        counting = bool(view.count_denominations_fen)
        self.devices.fill(view.devices)
        rows: dict[str, tuple[Row, ...]] = {
            "session": view.session,
            "queue": view.queue,
            "checks": () if counting else view.checks,
            "open_matters": () if counting else view.open_matters,
        }
        for name, table in self.tables.items():
            table.fill(rows[name])
            self.captions[name].fill(caption(name, "zh_CN") if rows[name] else "")
        if not self.hall_gone and not counting and not view.open_matters:
            self.captions["open_matters"].fill(caption("nothing_open", "zh_CN"))
        self.captions["devices"].fill(caption("devices", "zh_CN") if view.devices else "")
        self.message.fill(view.message, view.message_tone)
        self._fill_buttons(self._with_count(view))
        self._arrange()

    def _with_count(self, view: CounterView) -> tuple[Button, ...]:
        buttons = tuple(sorted(view.buttons, key=lambda button: button.style == "primary"))
        if view.count_denominations_fen and all(button.intent != COUNT_INTENT for button in buttons):
            buttons = (*buttons, Button(COUNT_INTENT, caption("count_send", "zh_CN"), "primary"))
        return buttons

    def _fill_buttons(self, buttons: Sequence[Button]) -> None:
        self._shown_buttons = tuple(buttons)
        while len(self._buttons) < len(buttons):
            place = len(self._buttons)
            widget = TouchButton()
            widget.may_touch = self._may_touch
            widget.bind(on_tap=lambda touched, place=place: self._tapped(touched, place))
            self._buttons.append(widget)
        for place, widget in enumerate(self._buttons):
            if place < len(buttons):
                button = buttons[place]
                enabled = button.enabled and (button.intent != COUNT_INTENT or self.form.tally.complete)
                widget.fill(button.label, hint=button.hint, style=button.style, enabled=enabled)
            else:
                widget.empty()

    # Places.

    def _arrange(self) -> None:
        if self.view is None:
            return
        unit = min(self.width / WIDTH, self.height / HEIGHT)
        if unit <= 0:
            return
        base = counter_look(unit)
        self.ground = rgba(base.palette.page.fill)
        left = self.x + (self.width - WIDTH * unit) / 2
        top = self.y + self.height - (self.height - HEIGHT * unit) / 2
        shown: list[Widget] = [self.header]
        self.header.arrange(base, left, top, base.px(WIDTH), base.px(HEADER))
        x, width = left + base.px(SIDE), base.px(WIDTH - 2 * SIDE)
        floor = self._arrange_bottom(base, x, top - base.px(HEIGHT - 36), width, shown)
        ceiling = top - base.px(HEADER + 30)
        gap = base.px(40)
        if self.view.count_denominations_fen:
            third = (width - gap) * 0.36
            self._column(
                base, [self.captions["devices"], self.devices, *self._pair("session")], x, ceiling, floor, third, shown
            )
            self.form.arrange(base, x + third + gap, ceiling, width - third - gap, ceiling - floor)
            shown.append(self.form)
        else:
            wide = (width - 2 * gap) / 3
            self._column(base, [self.captions["devices"], self.devices], x, ceiling, floor, wide, shown)
            self._column(
                base, [*self._pair("session"), *self._pair("queue")], x + wide + gap, ceiling, floor, wide, shown
            )
            self._column(
                base,
                [*self._pair("open_matters"), *self._pair("checks")],
                x + 2 * (wide + gap),
                ceiling,
                floor,
                wide,
                shown,
            )
        self._keep_only(shown)

    def _pair(self, name: str) -> tuple[Block, Block]:
        return self.captions[name], self.tables[name]

    def _arrange_bottom(self, base: Look, x: float, floor: float, width: float, shown: list[Widget]) -> float:
        """Buttons, and above them the message; returns where the columns end."""
        count = len(self._shown_buttons)
        if count:
            tall = base.px(base.scale.button_height)
            gap = base.px(GAP)
            wide = min(base.px(420), (width - gap * (count - 1)) / count)
            left = x + width - count * wide - (count - 1) * gap
            for widget in self._buttons[:count]:
                widget.arrange(base, left, floor, wide, tall, base.scale.button)
                shown.append(widget)
                left += wide + gap
            floor += tall + base.px(24)
        small = replace(base, scale=replace(base.scale, body=40), shrink=0.8)
        high = self.message.height_for(small, width)
        if high > 0:
            self.message.arrange(small, x, floor + high, width, high)
            shown.append(self.message)
            floor += high + base.px(24)
        return floor

    def _column(
        self,
        base: Look,
        blocks: Sequence[Block],
        x: float,
        ceiling: float,
        floor: float,
        width: float,
        shown: list[Widget],
    ) -> None:
        fitted = base
        for shrink in SHRINKS:
            fitted = base.shrunk(shrink)
            if column_height(blocks, fitted, width, GAP) <= ceiling - floor:
                break
        at = ceiling
        for block in blocks:
            high = block.height_for(fitted, width)
            if high <= 0:
                continue
            block.arrange(fitted, x, at, width, high)
            shown.append(block)
            at -= high + fitted.gap(8 if isinstance(block, Caption) else GAP)

    def _keep_only(self, shown: list[Widget]) -> None:
        if list(reversed(self.children)) != shown:
            self.clear_widgets()
            for widget in shown:
                self.add_widget(widget)

    # What a finger or a mouse does.

    def _may_touch(self) -> bool:
        return not self.hall_gone and self.guard.may_touch(self._monotonic())

    def _tapped(self, widget: TouchButton, place: int) -> None:
        if self.view is None or place >= len(self._shown_buttons) or not self._may_touch():
            widget.set_held(False)
            return
        button = self._shown_buttons[place]
        args: dict[str, object] = dict(button.args)
        if button.intent == COUNT_INTENT and self.view.count_denominations_fen:
            if not self.form.tally.complete:
                widget.set_held(False)
                return
            args["counts"] = self.form.tally.counts()
        self.guard.tapped(self._monotonic())
        self._cancel_reopen()
        self._reopen = Clock.schedule_once(lambda _elapsed_s: self._open_again(), CLOSED_MAX_S)
        self._command(button.intent, "counter", args)

    def _form_changed(self) -> None:
        for widget, button in zip(self._buttons, self._shown_buttons, strict=False):
            if button.intent == COUNT_INTENT:
                widget.set_enabled(button.enabled and self.form.tally.complete)

    def _open_again(self) -> None:
        self._cancel_reopen()
        self.guard.answered(self._monotonic())
        for widget in self._buttons[: len(self._shown_buttons)]:
            widget.set_held(False)

    def _cancel_reopen(self) -> None:
        if self._reopen is not None:
            self._reopen.cancel()
            self._reopen = None
