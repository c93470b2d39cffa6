"""A wall clock of 1970: its battery is empty. The hall says so, takes no cash, and lets it into no date."""

import sys
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.app import clock as app_clock
from kiosk.app.clock import Clock
from kiosk.moment import ClockQuality

EPOCH = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)

IN_1970 = """
import sys
from datetime import UTC, datetime, timedelta
from drivers.loop import monotonic_s
import kiosk.app.clock as clock
clock.wall_clock = lambda: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=monotonic_s())
from kiosk.app.hall_process import run_hall, set_up_logging
from kiosk.config import load_config
set_up_logging()
sys.exit(run_hall(load_config(sys.argv[1])))
"""
"""The hall as it is, but for what the operating system answers when it is asked for the time of day."""


@pytest.fixture
def wall(monkeypatch):
    shown = [EPOCH]
    monkeypatch.setattr(app_clock, "wall_clock", lambda: shown[0])
    return shown


def test_a_clock_before_the_product_was_made_is_not_believed(wall):
    assert Clock().moment().quality is ClockQuality.IMPLAUSIBLE
    wall[0] = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert Clock().moment().quality is not ClockQuality.IMPLAUSIBLE


def test_a_clock_behind_the_newest_record_is_not_believed_until_it_has_caught_up(wall):
    newest = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    clock = Clock(newest)
    wall[0] = newest - timedelta(hours=2)
    assert clock.moment().quality is ClockQuality.IMPLAUSIBLE
    wall[0] = newest - timedelta(minutes=30)
    assert clock.moment().quality is not ClockQuality.IMPLAUSIBLE, "a small correction is no broken clock"
    wall[0] = newest + timedelta(days=1)
    clock.moment()
    wall[0] = newest
    assert clock.moment().quality is ClockQuality.IMPLAUSIBLE, "what was believed once is not taken back"


@pytest.mark.wire
def test_a_hall_in_1970_takes_no_cash_opens_no_day_and_is_right_again_with_the_right_time(house):
    house.hall.start_devices()
    house.starts_as(sys.executable, "-c", IN_1970, str(house.config))
    house.hall.wait_ready()
    visitor = house.screen()
    visitor.wait_for("idle", 10)
    opened = house.hall.ask("day.open", who="clerk:001")
    assert not opened.accepted, opened
    house.takes_no_cash_and_has_lost_nothing("clock_wrong")
    assert house.hall.hall.end() == 0
    house.hall.start_hall()
    house.hall.wait_ready()
    house.hall.open_day()
    house.until(lambda: house.status()["cash_refusal"] == "", "with the right time it serves")
    assert house.status()["business_date"] >= "2026"
    house.books_are_sound()
