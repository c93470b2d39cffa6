"""The counter's screen and the hardware panel, in a real window."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from kiosk.screens import samples
from kiosk.screens.panel.controls import BENCHES
from kiosk.view.shapes import CounterView

pytestmark = [pytest.mark.wire, pytest.mark.xdist_group("kivy")]


@pytest.fixture
def counter(stage: Any) -> Any:
    from kiosk.screens.counter.root import CounterRoot

    stage.put(CounterRoot, (1920, 1080))
    return stage


def spoken_by(view: CounterView) -> Iterator[str]:
    yield from (view.title, view.business_date, view.day_state, view.clock_text, view.message)
    for device in view.devices:
        yield from (device.name, device.status, device.fault, device.what_to_do)
    for row in (*view.session, *view.queue, *view.checks, *view.open_matters):
        yield from (row.name, row.value)
    for button in view.buttons:
        yield from (button.label, button.hint)


def assert_inside(stage: Any, width: int, height: int) -> None:
    for text in stage.texts():
        assert text.drawn_size[0] > 0
        assert text.x >= 0, text.source
        assert text.right <= width, text.source
        assert text.y >= 0, text.source
        assert text.top <= height, text.source


def test_the_day_the_devices_and_what_waits_are_all_on_the_screen(counter: Any) -> None:
    view = samples.counter_view()
    counter.show(view)
    assert {said for said in spoken_by(view) if said} <= counter.says()
    assert_inside(counter, 1920, 1080)


def test_a_bad_morning_still_fits(counter: Any) -> None:
    view = samples.counter_view()
    crowded = replace(view, devices=view.devices * 2, open_matters=view.open_matters * 4, checks=view.checks * 2)
    counter.show(crowded)
    assert_inside(counter, 1920, 1080)


def test_a_button_sends_its_intent(counter: Any) -> None:
    counter.show(samples.counter_view())
    counter.tap("重新检查")
    assert counter.commands == [("recheck", "counter", {})]


def test_a_disabled_button_sends_nothing(counter: Any) -> None:
    counter.show(samples.counter_view())
    counter.tap("开始营业")
    assert counter.commands == []


def test_a_blind_count_is_typed_by_denomination_and_sent_whole(counter: Any) -> None:
    counter.show(samples.counting_view())
    assert not counter.button("提交盘点").enabled
    counter.tap("提交盘点")
    for value, pieces in (("￥100", "3"), ("￥50", "12"), ("￥20", "0"), ("￥10", "7"), ("￥5", "1"), ("￥1", "40")):
        label = next(text for text in counter.says() if text.startswith(f"{value}　×"))
        counter.tap(label)
        for digit in pieces:
            counter.tap(digit)
    assert "￥1,015" in counter.says()
    counter.tap("提交盘点")
    counts = {"10000": 3, "5000": 12, "2000": 0, "1000": 7, "500": 1, "100": 40}
    assert counter.commands == [("count", "counter", {"counts": counts})]


def test_the_count_can_be_sent_even_if_the_view_names_no_button_for_it(counter: Any) -> None:
    counter.show(replace(samples.counting_view(), buttons=(), count_denominations_fen=(100,)))
    counter.tap("4")
    counter.tap("提交盘点")
    assert counter.commands == [("count", "counter", {"counts": {"100": 4}})]


def test_nothing_that_was_expected_is_seen_while_counting(counter: Any) -> None:
    """H03: the count is blind. Open matters and checks name amounts, so they step back as well."""
    counter.show(samples.counting_view())
    assert not any("100.00" in text for text in counter.says())


def test_a_typed_count_survives_the_next_view_and_goes_with_the_question(counter: Any) -> None:
    view = samples.counting_view()
    counter.show(view)
    counter.tap("7")
    counter.show(replace(view, clock_text="09:42"))
    assert counter.root.form.tally.pieces(10000) == 7
    counter.show(samples.counter_view())
    counter.show(view)
    assert counter.root.form.tally.pieces(10000) is None


def test_without_a_hall_the_counter_says_so_and_takes_no_touch(counter: Any) -> None:
    counter.show(samples.counter_view())
    counter.root.show_hall_gone()
    counter.frame()
    assert "系统正在恢复，请稍候。" in counter.says()
    assert counter.buttons() == []
    assert "取号机" not in counter.says()


class Bench:
    """Controls that write down what the panel did."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.hall: list[str] = []
        self.reports: dict[str, dict[str, Any]] = {}

    def send(self, device: str, command: str) -> None:
        self.sent.append((device, command))

    def hall_kill(self) -> None:
        self.hall.append("kill")

    def hall_start(self) -> None:
        self.hall.append("start")

    def snapshot(self) -> Mapping[str, Mapping[str, Any]]:
        return self.reports


@pytest.fixture
def panel(stage: Any) -> Any:
    from kiosk.screens.panel.root import PanelRoot

    stage.bench = Bench()
    stage.put(lambda *_args, **kwargs: PanelRoot(stage.bench, **kwargs), (900, 1400))
    stage.frame()
    return stage


def test_every_button_of_the_panel_sends_its_line(panel: Any) -> None:
    expected = []
    for bench in BENCHES:
        for row, widgets in zip(bench.rows, panel.root.plates[bench.device].rows, strict=True):
            for act, widget in zip(row, widgets, strict=True):
                panel.tap_at(widget.center_x, widget.center_y)
                expected.append((bench.device, act.command))
    assert panel.bench.sent == expected


def test_the_panel_cuts_and_restores_the_halls_power(panel: Any) -> None:
    panel.tap("断开主机电源")
    panel.tap("启动主机")
    assert panel.bench.hall == ["kill", "start"]


def test_the_panel_shows_what_the_devices_hold(panel: Any) -> None:
    panel.bench.reports = {
        "hall": {"running": True},
        "note_acceptor": {"event": "stacked", "in_box_fen": 17000, "in_escrow_fen": 0},
        "receipt_printer": {"event": "printed", "text": "购气凭证\n￥200.00"},
    }
    assert panel.root.refresh()
    assert not panel.root.refresh()
    assert {"钱箱 ￥170　暂存 ￥0", "主机运行中", "购气凭证\n￥200.00"} <= panel.says()
    assert_inside(panel, 900, 1400)
