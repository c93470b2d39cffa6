"""The counter's screen: a clerk opens the day, counts blind, gives a reason and closes, by touch alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.link.wire import Command, Reply
from kiosk.view.shapes import CounterView
from kiosk.virtual.model import ModelHall


class Counter:
    """Somebody at the counter's screen."""

    def __init__(self, model: ModelHall) -> None:
        self.model = model
        self._touches = 0

    @property
    def view(self) -> CounterView:
        view = self.model.views["counter"]
        assert isinstance(view, CounterView)
        return view

    def touch(self, intent: str, **args: Any) -> Reply:
        """Only what the screen offers can be touched."""
        button = next((b for b in self.view.buttons if b.intent == intent), None)
        if button is not None:
            args = {**button.args, **args}
        self._touches += 1
        assert self.model.hall is not None
        command = Command(f"counter-{self._touches}", intent, args, "counter", "counter")
        return self.model.hall.command(command, self.model.moment())

    def offered(self) -> list[str]:
        return [button.intent for button in self.view.buttons]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    model = ModelHall(tmp_path / "hall")
    model.boot()
    model.run(8)
    yield Counter(model)
    model.close()


def test_a_day_is_opened_counted_explained_and_closed_by_touch(counter: Counter) -> None:
    assert "day.open" in counter.offered()
    assert counter.touch("day.open").accepted
    assert counter.view.day_state == "营业中"
    assert counter.touch("day.end").accepted
    assert counter.view.count_denominations_fen
    nothing = {str(fen): 0 for fen in counter.view.count_denominations_fen}
    one_too_many = nothing | {"1000": 1}
    assert counter.touch("count", counts=one_too_many).data["recount"]
    assert "再清点一次" in counter.view.message
    assert "10.00" not in counter.view.message, "a blind count must not be told the difference"
    assert not counter.touch("count", counts=one_too_many).data["recount"]
    assert counter.offered().count("day.reason") == 3
    assert counter.touch("day.reason").accepted
    assert counter.touch("day.close").accepted
    counter.model.run(30)
    assert counter.view.day_state == "未开始营业"
    report = counter.model.receipts[-1]
    assert "Z" in report
    assert "10.00" in report


def test_a_refusal_is_said_on_the_counters_own_screen(counter: Counter) -> None:
    assert not counter.touch("day.close").accepted
    assert counter.view.message == "还没有开始营业"
    counter.touch("day.open")
    assert counter.view.message == ""


def test_a_customer_who_calls_is_seen_at_the_counter_until_a_clerk_comes(counter: Counter) -> None:
    counter.touch("day.open")
    counter.model.run(1)
    counter.model.touch("call_clerk")
    assert "呼叫" in counter.view.message
    assert counter.touch("clerk.seen").accepted
    assert counter.view.message == ""
    assert "clerk.seen" not in counter.offered()


def test_no_revenue_stands_on_the_counters_screen(counter: Counter) -> None:
    counter.touch("day.open")
    chip = counter.model.new_card()
    counter.model.insert_card(chip)
    counter.model.run_until(lambda: counter.model.customer.screen == "card")
    shown = repr(counter.view)
    assert "王" not in shown
    assert "￥" not in shown


def test_every_device_is_shown_with_what_to_do_about_it(counter: Counter) -> None:
    counter.model.machine("paper out", "receipt_printer")
    counter.model.run(5)
    line = next(d for d in counter.view.devices if d.device == "receipt_printer")
    assert line.tone == "bad"
    assert line.fault.startswith("E-RP-")
    assert line.what_to_do


def test_trading_ends_as_soon_as_no_order_is_open_and_not_before(counter: Counter) -> None:
    counter.touch("day.open")
    model = counter.model
    model.run(1)
    model.insert_card(model.new_card())
    model.run_until(lambda: model.customer.screen == "card")
    model.touch("top_up")
    model.touch("amount", value=20)
    model.touch("pay")
    assert counter.touch("day.end").reason == "visit_open"
    model.run(1)
    model.machine("insert 20")
    model.run_until(lambda: model.customer.screen == "confirm")
    model.touch("confirm")
    model.run_until(lambda: model.customer.screen == "done")
    assert counter.touch("day.end").accepted
