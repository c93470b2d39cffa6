from dataclasses import replace
from datetime import datetime

import pytest

from devices.status import Action, CheckLevel, Fault, HealthReport
from kiosk.day.events import DevicesChecked
from kiosk.day.machine import next_due
from kiosk.day.state import fold
from kiosk.effects import CheckDevices
from kiosk.moment import ClockQuality


def summaries(desk):
    return [(record.key, record.body["late"]) for record in desk.found("day.checked")]


def test_ten_minutes_before_opening_every_device_is_checked_and_logged(desk):
    desk.at("2026-06-01T08:19:59")
    assert desk.tick() is None
    desk.at("2026-06-01T08:20:00")
    assert desk.tick() == CheckDevices("check:2026-06-01:opening", CheckLevel.INTERNAL)
    assert [(each.subject, each.body["ok"], each.body["text"]) for each in desk.found("device.checked")] == [
        ("note_acceptor", True, "ready"),
        ("card_reader", True, "ready"),
        ("receipt_printer", True, "ready"),
        ("ticket_dispenser", True, "ready"),
    ]
    (summary,) = desk.found("day.checked")
    assert summary.key == "check:2026-06-01:opening"
    assert summary.body["late"] is False
    assert summary.body["hindrances"] == []
    assert (summary.body["receipt_paper"], summary.body["cash_unit_room_notes"]) == ("full", 1000)
    assert (summary.body["disk_free_mib"], summary.body["clock"]) == (10_000, "synchronised")
    assert (summary.body["signed_by"], summary.body["countersigned_by"]) == ("hall", None)


def test_a_check_runs_once(desk):
    desk.at("2026-06-01T08:20:00")
    desk.tick()
    for minute in range(21, 59):
        desk.at(f"2026-06-01T08:{minute}:00")
        assert desk.tick() is None
    desk.restart()
    assert desk.tick() is None
    assert len(desk.found("day.checked")) == 1


@pytest.mark.parametrize(
    ("wall", "late_s"),
    [
        ("2026-06-01T08:20:00", 0),
        ("2026-06-01T08:21:00", 0),
        ("2026-06-01T08:21:01", 61),
        ("2026-06-01T14:00:00", 20_400),
        ("2026-06-01T23:59:00", 56_340),
    ],
)
def test_a_check_that_was_missed_runs_at_once_and_is_marked_late(desk, wall, late_s):
    desk.at(wall)
    desk.restart()
    assert next_due(desk.state, desk.moment, desk.plan) == 0
    desk.tick()
    (summary,) = desk.found("day.checked")
    assert (summary.body["late"], summary.body["late_s"]) == (late_s > 0, late_s)
    assert desk.state.opening_check.late == (late_s > 0)


def test_the_clock_stepping_back_repeats_no_check(desk):
    for wall in (
        "2026-06-01T08:20:00",
        "2026-06-01T06:00:00",
        "2026-06-01T08:20:00",
        "2026-06-02T08:20:00",
        "2026-06-01T08:20:00",
        "2026-06-02T08:20:00",
    ):
        desk.at(wall)
        desk.tick()
    assert summaries(desk) == [("check:2026-06-01:opening", False), ("check:2026-06-02:opening", False)]


def test_the_clock_stepping_forward_over_the_check_runs_it_late(desk):
    desk.at("2026-06-01T08:00:00")
    assert desk.tick() is None
    desk.at("2026-06-01T11:00:00")
    desk.tick()
    assert summaries(desk) == [("check:2026-06-01:opening", True)]


def test_a_wrong_date_in_the_future_does_not_use_up_the_days_between(desk):
    desk.at("2036-01-01T09:00:00")
    desk.tick()
    desk.at("2026-06-02T08:20:00")
    desk.tick()
    assert [key for key, _ in summaries(desk)] == ["check:2036-01-01:opening", "check:2026-06-02:opening"]


def test_a_clock_that_cannot_be_believed_checks_nothing(desk):
    desk.at("1970-01-01T08:20:00", ClockQuality.IMPLAUSIBLE)
    assert desk.tick() is None
    assert next_due(desk.state, desk.moment, desk.plan) == 30


def test_a_day_without_opening_has_no_check(desk):
    desk.plan = replace(desk.plan, open_weekdays=(2, 3, 4, 5, 6))
    desk.at("2026-06-01T08:20:00")
    assert desk.tick() is None
    desk.at("2026-06-02T08:20:00")
    assert desk.tick() is not None


@pytest.mark.parametrize(
    ("wall", "seconds"),
    [
        ("2026-06-01T06:00:00", 30),
        ("2026-06-01T08:19:45", 15),
        ("2026-06-01T08:19:59.500", 0.5),
        ("2026-06-01T08:20:00", 0),
        ("2026-06-01T09:00:00", 0),
    ],
)
def test_the_timed_loop_sleeps_until_the_check_and_never_long(desk, wall, seconds):
    desk.at(wall)
    assert next_due(desk.state, desk.moment, desk.plan) == pytest.approx(seconds)


def test_a_failed_device_is_logged_with_its_fault_and_stands_against_opening(desk):
    desk.at("2026-06-01T08:20:00")
    desk.silent = True
    asked = desk.tick()
    fault = Fault("E-NA-03", Action.CLEAR, "note jammed")
    desk.happen(
        DevicesChecked(asked.token, (HealthReport("note_acceptor", CheckLevel.INTERNAL, False, "jammed", fault),))
    )
    (device,) = desk.found("device.checked")
    assert (device.body["ok"], device.body["fault"], device.body["action"]) == (False, "E-NA-03", "clear")
    assert [(each.code, each.blocks) for each in desk.state.opening_check.hindrances] == [("device_failed", False)]


def test_devices_that_never_answer_end_the_check_as_unanswered(desk):
    desk.silent = True
    desk.at("2026-06-01T08:20:00")
    desk.tick()
    assert next_due(desk.state, desk.moment, desk.plan) == 30
    desk.wait(59)
    desk.tick()
    assert desk.found("day.checked") == []
    assert next_due(desk.state, desk.moment, desk.plan) == pytest.approx(1)
    desk.wait(1)
    desk.tick()
    (summary,) = desk.found("day.checked")
    assert [one["code"] for one in summary.body["hindrances"]] == ["no_device_answered"]
    assert desk.state.checking is None


def test_reports_that_come_after_the_check_was_given_up_change_nothing(desk):
    desk.silent = True
    desk.at("2026-06-01T08:20:00")
    asked = desk.tick()
    desk.wait(60)
    desk.tick()
    written = len(desk.journal)
    desk.happen(DevicesChecked(asked.token, desk.reports()))
    assert len(desk.journal) == written


def test_a_power_cut_during_a_check_lets_it_run_again_as_late(desk):
    desk.silent = True
    desk.at("2026-06-01T08:20:00")
    desk.tick()
    desk.restart()
    desk.silent = False
    desk.at("2026-06-01T08:25:00")
    desk.tick()
    assert summaries(desk) == [("check:2026-06-01:opening", True)]


def test_after_close_the_devices_are_checked_once_more_when_the_paper_is_out(desk):
    desk.counted()
    desk.do("close")
    desk.wait(1)
    assert desk.tick() is None, "the Z report is still in the printer"
    assert next_due(desk.state, desk.moment, desk.plan) == 30
    desk.printed()
    assert next_due(desk.state, desk.moment, desk.plan) == 0
    assert desk.tick() == CheckDevices("check:2026-06-01:closing", CheckLevel.INTERNAL)
    assert desk.state.closing_check.late is False
    assert desk.tick() is None


def test_the_check_after_close_does_not_wait_for_a_dead_printer(desk):
    desk.counted()
    desk.do("close")
    desk.wait(60)
    assert desk.tick() is not None
    assert desk.state.closing_check.late is False


def test_a_check_after_close_that_a_power_cut_prevented_runs_late(desk):
    desk.closed()
    desk.at("2026-06-01T22:00:00")
    desk.restart()
    desk.tick()
    assert summaries(desk)[-1] == ("check:2026-06-01:closing", True)


def test_two_missed_checks_run_one_after_the_other(desk):
    desk.closed()
    desk.at("2026-06-02T10:00:00")
    desk.restart()
    desk.tick()
    desk.tick()
    assert desk.tick() is None
    assert summaries(desk)[-2:] == [("check:2026-06-01:closing", True), ("check:2026-06-02:opening", True)]


def test_a_check_that_a_person_asks_for_is_logged_and_leaves_the_scheduled_one_due(desk):
    desk.at("2026-06-01T08:00:00")
    for _ in range(2):
        token = desk.do("check")["token"]
        assert desk.refusal("check") == "check_under_way"
        desk.happen(DevicesChecked(token, desk.reports()))
    assert [(record.key, record.body["signed_by"]) for record in desk.found("day.checked")] == [
        (None, "clerk:wang")
    ] * 2
    assert (desk.state.opening_check, desk.state.closing_check) == (None, None)
    desk.at("2026-06-01T08:20:00")
    assert desk.tick() is not None


def test_the_journal_remembers_what_was_checked(desk):
    desk.broken = frozenset({"card_reader"})
    desk.closed()
    desk.tick()
    assert fold(desk.journal) == desk.state
    assert ("card_reader", False) in desk.state.closing_check.devices
    assert desk.state.closing_check.date == "2026-06-01"
    assert datetime.fromisoformat(desk.found("day.checked")[0].body["due"]).hour == 8
