"""The hardware panel: one plate per device with the things a person can do to it, and what it physically holds."""

from collections.abc import Callable
from typing import Any

from kivy.properties import ColorProperty
from kivy.uix.widget import Widget

from kiosk.screens.panel.controls import BENCHES, RECEIPT_PRINTER, TICKET_DISPENSER, Act, Bench, HardwareControls
from kiosk.screens.panel.state import BenchState
from kiosk.screens.parts.icon import Icon
from kiosk.screens.parts.look import Look, counter_look
from kiosk.screens.parts.palette import rgba
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.rules import load_rules_of
from kiosk.screens.parts.text import Text
from kiosk.screens.parts.touch_button import TouchButton

load_rules_of(__file__)

WIDTH, HEIGHT = 900, 1400
SIDE = 24
PAPER_LINES_MAX = 28
_ROW = 62
_GAP = 10


def _button(label: str, style: str, action: Callable[[], None]) -> TouchButton:
    button = TouchButton()
    button.fill(label, style=style)

    def on_tap(widget: TouchButton) -> None:
        widget.set_held(False)
        action()

    button.bind(on_tap=on_tap)
    return button


class BenchPlate(Widget):
    """One device."""

    def __init__(self, bench: Bench, controls: HardwareControls, **kwargs: Any) -> None:
        super().__init__(size_hint=(None, None), **kwargs)
        self.bench = bench
        self.state = BenchState()
        self._controls = controls
        self._plate = Plate()
        self._icon = Icon()
        self._title = Text()
        self._holds = Text()
        self._last = Text()
        for part in (self._plate, self._icon, self._title, self._holds, self._last):
            self.add_widget(part)
        self.rows = [[self._act(act) for act in row] for row in bench.rows]

    def _act(self, act: Act) -> TouchButton:
        button = _button(act.label, act.style, lambda: self._controls.send(self.bench.device, act.command))
        self.add_widget(button)
        return button

    def height_for(self, look: Look) -> float:
        return look.px(16 + 46 + 14 + len(self.rows) * (_ROW + _GAP) + 8)

    def arrange(self, look: Look, x: float, top: float, width: float) -> None:
        height = self.height_for(look)
        self.pos, self.size = (x, top - height), (width, height)
        plate = look.palette.plate
        wrong = bool(self.state.violations)
        ground = look.palette.bad if wrong else plate
        self._plate.paint(ground.fill, ground.edge, radius=look.px(16), border=look.px(2))
        self._plate.set_box(x, top - height, width, height)
        side = look.px(40)
        at = top - look.px(12)
        pad = look.px(18)
        self._icon.show(self.bench.icon, x + pad, at - side - look.px(2), side, look.palette.strong.ink, ground.fill, 7)
        self._title.set(self.bench.title, look.px(29), ground.ink, bold=True)
        left = x + pad + side + look.px(12)
        title = self._title.natural_width + look.px(4)
        self._title.place_in(left, at - look.px(46), title, look.px(46))
        left += title + look.px(20)
        room = x + width - pad - left
        said = f"违规：{self.state.violations[-1]}" if wrong else self.state.last
        self._holds.set(self.state.holds, look.px(26), ground.ink, bold=True)
        holds = min(self._holds.natural_width + look.px(4) if self.state.holds else 0.0, room * 0.6)
        self._holds.place_in(left, at - look.px(46), holds, look.px(46), look.px(14))
        self._last.set(said, look.px(20), ground.soft_ink, align="right")
        self._last.place_in(
            left + holds + look.px(10), at - look.px(46), room - holds - look.px(10), look.px(46), look.px(12)
        )
        at -= look.px(46 + 10)
        for row in self.rows:
            wide = (width - 2 * pad - look.px(_GAP) * (len(row) - 1)) / len(row)
            for place, button in enumerate(row):
                button.arrange(
                    look, x + pad + place * (wide + look.px(_GAP)), at - look.px(_ROW), wide, look.px(_ROW), 26
                )
            at -= look.px(_ROW + _GAP)


class PaperView(Widget):
    """The last paper of a printer, as text."""

    def __init__(self, title: str, **kwargs: Any) -> None:
        super().__init__(size_hint=(None, None), **kwargs)
        self._heading = title
        self._plate = Plate()
        self._title = Text()
        self._text = Text()
        for part in (self._plate, self._title, self._text):
            self.add_widget(part)

    def arrange(self, look: Look, x: float, y: float, width: float, height: float, paper: str) -> None:
        self._plate.paint("#FFFEF8", "#D8D2C0", radius=look.px(6), border=look.px(2))
        self._plate.set_box(x, y, width, height)
        self._title.set(self._heading, look.px(22), "#4A4636")
        used = self._title.place(x + look.px(16), y + height - look.px(8), width - look.px(32))
        lines = [line.rstrip() for line in paper.splitlines() if line.strip()][-PAPER_LINES_MAX:]
        self._text.set("\n".join(lines), look.px(19), "#1C1A14")
        room = height - used - look.px(20)
        self._text.fit(width - look.px(32), room, look.px(8))
        self._text.place(x + look.px(16), y + height - used - look.px(10), width - look.px(32))


class PanelRoot(Widget):
    """Fills its window with the 900×1400 design. `refresh` reads the controls' snapshot and draws what has changed."""

    ground = ColorProperty((1, 1, 1, 1))

    def __init__(self, controls: HardwareControls, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._controls = controls
        self._head = Plate()
        self._flame = Icon()
        self._title = Text()
        self._hall = Text()
        self.plates = {bench.device: BenchPlate(bench, controls) for bench in BENCHES}
        self.papers = {RECEIPT_PRINTER: PaperView("收据"), TICKET_DISPENSER: PaperView("号票")}
        self.kill = _button("断开主机电源", "danger", controls.hall_kill)
        self.start = _button("启动主机", "primary", controls.hall_start)
        self._running: bool | None = None
        for part in (self._head, self._flame, self._title, self._hall, self.kill, self.start):
            self.add_widget(part)
        for bench in (*self.plates.values(), *self.papers.values()):
            self.add_widget(bench)
        self.bind(size=lambda *_: self._arrange())
        self._arrange()

    def refresh(self) -> bool:
        """Look at the devices; `True` if something is another than before."""
        snapshot = self._controls.snapshot()
        changed = False
        for device, plate in self.plates.items():
            if device in snapshot:
                changed = plate.state.take(device, snapshot[device]) or changed
        running = bool(snapshot["hall"].get("running")) if "hall" in snapshot else None
        changed = changed or running != self._running
        self._running = running
        if changed:
            self._arrange()
        return changed

    def _arrange(self) -> None:
        unit = min(self.width / WIDTH, self.height / HEIGHT)
        if unit <= 0:
            return
        look = counter_look(unit)
        self.ground = rgba(look.palette.page.fill)
        left = self.x + (self.width - WIDTH * unit) / 2
        top = self.y + self.height - (self.height - HEIGHT * unit) / 2
        head = look.palette.head
        tall = look.px(84)
        self._head.paint(head.fill, head.fill, radius=1, border=0)
        self._head.set_box(left, top - tall, look.px(WIDTH), tall)
        self._flame.show("flame", left + look.px(SIDE), top - look.px(66), look.px(48), look.palette.accent, head.fill)
        self._title.set("虚拟硬件", look.px(34), head.ink, bold=True)
        self._title.place_in(left + look.px(SIDE + 62), top - tall, look.px(200), tall)
        said = {True: "主机运行中", False: "主机已断电", None: ""}[self._running]
        self._hall.set(said, look.px(24), head.soft_ink, align="right")
        self._hall.place_in(left + look.px(290), top - tall, look.px(170), tall)
        self.kill.arrange(look, left + look.px(480), top - look.px(74), look.px(214), look.px(64), 26)
        self.start.arrange(look, left + look.px(706), top - look.px(74), look.px(170), look.px(64), 26)
        at = top - tall - look.px(18)
        for plate in self.plates.values():
            plate.arrange(look, left + look.px(SIDE), at, look.px(WIDTH - 2 * SIDE))
            at -= plate.height_for(look) + look.px(14)
        floor = top - look.px(HEIGHT - 18)
        wide = look.px((WIDTH - 2 * SIDE - 16) / 2)
        for place, (device, view) in enumerate(self.papers.items()):
            x = left + look.px(SIDE) + place * (wide + look.px(16))
            view.arrange(look, x, floor, wide, at - floor, self.plates[device].state.paper)
