"""The acceptor and the simulated validator in conversation, without a clock."""

from itertools import pairwise
from typing import Any

import pytest

from devices.note_acceptor import (
    AcceptorReady,
    CashUnitInserted,
    CashUnitRemoved,
    NoteEscrowed,
    NoteOutcomeUnknown,
    NoteRefused,
    NoteReturned,
    NoteStacked,
    RefuseReason,
)
from devices.status import Action, CheckLevel, DeviceStatus, StatusChanged
from drivers.sim.note_acceptor_ccnet import Doing

YUAN_10_TYPE = 2


ALL = frozenset((100, 500, 1000, 2000, 5000, 10000))


def in_box(bench: Any) -> int:
    return sum(bench.device.box) * 100


def settled(bench: Any) -> None:
    """Every note is where it is credited, nothing is open, and the controller has kept the manual."""
    assert sum(bench.hall.credited) == in_box(bench)
    assert bench.hall.open_note is None
    assert not bench.hall.unclaimed
    assert bench.device.violations == []


def test_start_asks_everything_and_takes_nothing_before(make_bench: Any) -> None:
    bench = make_bench()
    bench.run_until(lambda: bench.heard(AcceptorReady))
    ready = bench.heard(AcceptorReady)[0]
    assert ready.note_types == {0: 100, 1: 500, 2: 1000, 3: 2000, 4: 5000, 5: 10000}
    assert (ready.serial_number, ready.part_number, ready.stacked_count) == ("21KC03002217", "SM-CN1314", 0)
    bench.run(5)
    assert bench.device.enabled_types == frozenset()
    assert bench.acceptor.status is DeviceStatus.ONLINE
    assert bench.device.violations == []


def test_note_is_stacked_and_counted_once(bench: Any) -> None:
    bench.person("insert 10")
    bench.run(6)
    assert bench.heard(NoteEscrowed) == [NoteEscrowed(YUAN_10_TYPE, 1000)]
    assert bench.heard(NoteStacked) == [NoteStacked(YUAN_10_TYPE, 1000)]
    assert bench.device.box == [10]
    assert bench.acceptor.stacked_count == 1
    settled(bench)


def test_twenty_notes_running(bench: Any) -> None:
    for value in (1, 5, 10, 20, 50, 100, 100, 10, 10, 10) * 2:
        bench.person(f"insert {value}")
        bench.run(3)
    assert bench.hall.credited == [value * 100 for value in (1, 5, 10, 20, 50, 100, 100, 10, 10, 10) * 2]
    assert bench.acceptor.stacked_count == 20
    settled(bench)


def test_stack_goes_out_at_the_protocol_floor(bench: Any) -> None:
    bench.person("insert 10")
    bench.run(6)
    reported = next(at for at, data in bench.received if data[3] == 0x80)
    stacked = next(at for at, data in bench.sent if data[3] == 0x35)
    assert stacked - reported == pytest.approx(6 / 960 + 0.020, abs=1e-6)


def test_returned_note(bench: Any) -> None:
    bench.hall.decide = "return"
    bench.person("insert 50")
    bench.run(6)
    assert bench.heard(NoteReturned) == [NoteReturned(4, 5000)]
    assert bench.device.given_back == [50]
    settled(bench)


def test_note_that_nobody_decides_about_comes_back_after_ten_seconds(bench: Any) -> None:
    bench.hall.decide = "nothing"
    bench.person("insert 50")
    bench.run(9)
    assert bench.device.escrow == 50
    bench.run(4)
    assert bench.heard(NoteReturned) == [NoteReturned(4, 5000)]
    settled(bench)


def test_hold_keeps_a_note_beyond_the_devices_time_out(bench: Any) -> None:
    bench.hall.decide = "hold"
    bench.person("insert 100")
    bench.run(30)
    assert bench.device.escrow == 100
    holds = [at for at, data in bench.sent if data[3] == 0x38]
    assert all(3.999 < later - earlier < 4.3 for earlier, later in pairwise(holds))
    assert len(holds) >= 7
    bench.hall.open_note = (5, 0)
    assert bench.acceptor.stack(bench.now)
    bench.run(4)
    assert bench.device.box == [100]
    assert len(bench.heard(NoteEscrowed)) == 1
    settled(bench)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("60", RefuseReason.INSERTION),
        ("61", RefuseReason.NOT_RECOGNISED),
        ("62", RefuseReason.PREVIOUS_NOTE),
        ("63", RefuseReason.NOT_RECOGNISED),
        ("64", RefuseReason.TRANSPORT),
        ("65", RefuseReason.NOT_RECOGNISED),
        ("66", RefuseReason.NOT_RECOGNISED),
        ("67", RefuseReason.NOT_RECOGNISED),
        ("68", RefuseReason.NOT_ACCEPTED_NOW),
        ("69", RefuseReason.NOT_RECOGNISED),
        ("6A", RefuseReason.TRANSPORT),
        ("6C", RefuseReason.NOT_RECOGNISED),
        ("6D", RefuseReason.NOT_RECOGNISED),
        ("92", RefuseReason.UNKNOWN),
    ],
)
def test_each_refusal_is_told_once_with_its_reason(bench: Any, code: str, reason: RefuseReason) -> None:
    bench.person(f"reject {code}", "insert 20")
    bench.run(5)
    assert bench.heard(NoteRefused) == [NoteRefused(reason, code)]
    assert bench.device.given_back == [20]
    settled(bench)


def test_forged_note_is_refused(bench: Any) -> None:
    bench.person("counterfeit 100")
    bench.run(5)
    assert bench.heard(NoteRefused) == [NoteRefused(RefuseReason.NOT_RECOGNISED, "66")]
    settled(bench)


def test_value_that_is_not_enabled_is_refused(bench: Any) -> None:
    bench.acceptor.enable(frozenset((1000,)), bench.now)
    bench.run(1)
    bench.person("insert 100")
    bench.run(5)
    assert bench.heard(NoteRefused) == [NoteRefused(RefuseReason.NOT_ACCEPTED_NOW, "68")]
    assert bench.device.given_back == [100]


def test_disable_is_with_the_device_within_a_poll_period(bench: Any) -> None:
    bench.run(0.777)
    bench.acceptor.disable(bench.now)
    bench.run(0.220)
    assert bench.device.enabled_types == frozenset()


def test_disable_lets_a_note_on_its_way_come_to_escrow(bench: Any) -> None:
    bench.person("insert 10")
    bench.run(0.999)
    bench.hall.decide = "return"
    bench.acceptor.disable(bench.now)
    bench.run(6)
    assert bench.device.given_back == [10]
    settled(bench)


@pytest.mark.parametrize("fault", ["lose reply", "lose ack", "corrupt next", "lose command"])
@pytest.mark.parametrize("after_s", [0.0, 0.3, 1.0, 1.18, 1.2, 1.22, 1.3, 1.5, 2.0, 2.15, 2.2, 2.3, 2.4])
def test_one_fault_on_the_line_at_any_moment_costs_no_note(bench: Any, fault: str, after_s: float) -> None:
    bench.person("insert 10")
    bench.run(after_s)
    bench.person(fault)
    bench.run(12)
    assert bench.hall.credited == [1000]
    assert len(bench.heard(NoteEscrowed)) == 1
    assert bench.hall.doubts == 0
    settled(bench)


def test_lost_acknowledgement_of_a_stacked_note_gives_no_second_credit(bench: Any) -> None:
    bench.hall.acknowledges = False
    bench.person("insert 10")
    bench.run_until(lambda: bench.heard(NoteStacked))
    bench.person("lose ack")
    bench.acceptor.acknowledge(bench.now)
    bench.run(3)
    assert bench.heard(NoteStacked) == [NoteStacked(YUAN_10_TYPE, 1000)]
    bench.person("insert 10")
    bench.hall.acknowledges = True
    bench.run(5)
    assert bench.hall.credited == [1000, 1000]
    settled(bench)


def test_report_is_not_acknowledged_before_the_hall_has_committed(bench: Any) -> None:
    bench.hall.acknowledges = False
    bench.person("insert 10")
    bench.run_until(lambda: bench.heard(NoteStacked))
    mark = len(bench.sent)
    bench.run(4)
    unanswered = [data for _, data in bench.sent[mark:]]
    assert unanswered
    assert all(data[3] == 0x33 for data in unanswered)
    assert bench.heard(NoteStacked) == [NoteStacked(YUAN_10_TYPE, 1000)]
    bench.acceptor.acknowledge(bench.now)
    bench.run(4)
    assert bench.device.doing is Doing.WAITING
    assert bench.acceptor.stacked_count == 1
    settled(bench)


def test_weak_stacker_motor_is_one_note(bench: Any) -> None:
    bench.person("weak motor", "insert 10")
    bench.run(8)
    assert len(bench.heard(NoteEscrowed)) == 1
    assert bench.hall.credited == [1000]
    settled(bench)


def test_device_that_forgets_its_report_is_settled_by_its_counter(make_bench: Any) -> None:
    bench = make_bench(forgets_reports=True)
    bench.bring_up()
    bench.person("insert 10")
    bench.run_until(lambda: bench.device.box == [10])
    bench.person("lose reply")
    bench.run(8)
    assert bench.hall.doubts == 1
    assert bench.heard(AcceptorReady)[-1].stacked_count == 1
    assert bench.acceptor.status is DeviceStatus.ONLINE
    settled(bench)


def test_thirty_seconds_without_a_report_are_told_as_unknown(bench: Any) -> None:
    bench.person("stall", "insert 10")
    bench.run_until(lambda: bench.heard(NoteOutcomeUnknown))
    sent = next(at for at, data in bench.sent if data[3] == 0x35)
    assert bench.now - sent == pytest.approx(30.0, abs=0.01)
    assert bench.heard(NoteOutcomeUnknown) == [NoteOutcomeUnknown(YUAN_10_TYPE, 1000, "E-NA-10")]
    assert bench.acceptor.fault is not None
    assert bench.acceptor.fault.action is Action.RESET
    assert not bench.acceptor.ready


def test_late_report_after_unknown_is_still_told(bench: Any) -> None:
    bench.person("stall", "insert 10")
    bench.run_until(lambda: bench.heard(NoteOutcomeUnknown))
    bench.person("resume")
    bench.run(6)
    assert bench.heard(NoteStacked) == [NoteStacked(YUAN_10_TYPE, 1000, recovered=True)]
    assert bench.acceptor.ready
    settled(bench)
    bench.person("insert 20")
    bench.run(5)
    assert bench.hall.credited == [1000, 2000]
    settled(bench)


def test_jam_while_stacking_is_unknown_and_settled_by_the_counter(bench: Any) -> None:
    bench.person("insert 10")
    bench.run_until(lambda: bench.device.doing is Doing.STACKING_TO_LEVER)
    bench.run(0.1)
    bench.person("jam")
    bench.run(2)
    assert bench.heard(NoteOutcomeUnknown) == [NoteOutcomeUnknown(YUAN_10_TYPE, 1000, "E-NA-05")]
    assert bench.acceptor.fault is not None
    assert (bench.acceptor.fault.code, bench.acceptor.fault.action) == ("E-NA-05", Action.CLEAR)
    bench.person("clear")
    bench.run(6)
    assert bench.acceptor.ready
    assert bench.device.body.removed == [10]
    settled(bench)


def test_jam_without_a_note_is_a_fault_that_goes_away(bench: Any) -> None:
    bench.person("jam")
    bench.run(1)
    assert bench.acceptor.status is DeviceStatus.HARDWARE_ERROR
    bench.person("insert 10")
    bench.run(1)
    assert bench.device.given_back == [10]
    bench.person("clear")
    bench.run(5)
    assert bench.acceptor.status is DeviceStatus.ONLINE
    bench.person("insert 10")
    bench.run(5)
    assert bench.hall.credited == [1000]
    settled(bench)


def test_note_pulled_back_on_a_string_is_not_credited(bench: Any) -> None:
    bench.person("insert 100")
    bench.run_until(lambda: bench.device.doing is Doing.STACKING_TO_LEVER)
    bench.person("cheat")
    bench.run(1)
    assert bench.acceptor.status is DeviceStatus.FRAUD_ATTEMPT
    bench.run(10)
    assert bench.hall.credited == []
    assert bench.heard(NoteReturned) == [NoteReturned(5, 10000)]
    settled(bench)


@pytest.mark.parametrize("code", ["50", "52", "55", "5F"])
def test_failure_names_the_part(bench: Any, code: str) -> None:
    bench.person(f"fail {code}")
    bench.run(1)
    assert bench.acceptor.fault is not None
    assert bench.acceptor.fault.code == "E-NA-09"
    assert bench.acceptor.fault.detail.startswith(f"{code}h ")
    report = bench.acceptor.check_health(CheckLevel.INTERNAL)
    assert not report.ok
    assert "E-NA-09" in report.text


def test_cassette_out_and_in(bench: Any) -> None:
    bench.person("box out")
    bench.run(1)
    assert bench.heard(CashUnitRemoved) == [CashUnitRemoved()]
    assert bench.acceptor.fault is not None
    assert bench.acceptor.fault.code == "E-NA-04"
    bench.person("box in")
    bench.run(5)
    assert bench.heard(CashUnitInserted) == [CashUnitInserted()]
    assert bench.acceptor.ready
    assert bench.device.enabled_types == frozenset(range(6))
    assert bench.device.violations == []


def test_full_cassette(bench: Any) -> None:
    bench.person("full")
    bench.run(1)
    assert bench.acceptor.fault is not None
    assert bench.acceptor.fault.code == "E-NA-03"
    bench.person("box out", "box empty", "box in")
    bench.run(5)
    assert bench.acceptor.ready


PLACES = {
    "idle": (Doing.WAITING, 0.0),
    "accepting": (Doing.ACCEPTING, 0.3),
    "escrow": (Doing.ESCROW, 0.0),
    "escrow, told": (Doing.ESCROW, 0.19),
    "before the lever": (Doing.STACKING_TO_LEVER, 0.2),
    "behind the lever": (Doing.STACKING_TO_BOX, 0.3),
    "returning": (Doing.RETURNING, 0.3),
}


def bring_note_to(bench: Any, place: str) -> None:
    doing, more_s = PLACES[place]
    if place != "idle":
        bench.hall.decide = "return" if place == "returning" else "stack"
        bench.person("insert 50")
        bench.run_until(lambda: bench.device.doing is doing)
    bench.run(more_s)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("dark_s", [0.3, 3.0, 60.0])
def test_power_cut_of_the_device(bench: Any, place: str, dark_s: float) -> None:
    bring_note_to(bench, place)
    bench.person("power off")
    bench.run(dark_s)
    bench.person("power on")
    bench.run(12)
    assert bench.acceptor.ready
    assert bench.device.enabled_types == frozenset(range(6))
    settled(bench)
    assert in_box(bench) == (5000 if place == "behind the lever" else 0)
    bench.hall.decide = "stack"
    bench.person("insert 20")
    bench.run(5)
    assert bench.hall.credited[-1] == 2000
    settled(bench)


def test_power_cut_between_the_box_and_the_report_is_settled_by_the_counter(bench: Any) -> None:
    bench.person("insert 50")
    bench.run_until(lambda: bench.device.box == [50])
    bench.person("power off")
    bench.run(3)
    bench.person("power on")
    bench.run(12)
    assert bench.heard(NoteStacked) == []
    assert bench.heard(NoteOutcomeUnknown) == [NoteOutcomeUnknown(4, 5000, "E-NA-10")]
    assert bench.hall.credited == [5000]
    settled(bench)


@pytest.mark.parametrize("place", PLACES)
def test_restart_of_the_hall(bench: Any, place: str) -> None:
    bring_note_to(bench, place)
    bench.restart_hall()
    bench.run(20)
    told = [event for event in bench.events if not isinstance(event, StatusChanged)]
    assert isinstance(told[-1], AcceptorReady)
    settled(bench)
    bench.hall.decide = "stack"
    bench.person("insert 20")
    bench.run(5)
    assert bench.hall.credited[-1] == 2000
    settled(bench)


@pytest.mark.parametrize("place", PLACES)
def test_restart_of_the_hall_and_power_cut_of_the_device(bench: Any, place: str) -> None:
    bring_note_to(bench, place)
    bench.person("power off", "power on")
    bench.restart_hall()
    bench.run(20)
    assert isinstance([event for event in bench.events if not isinstance(event, StatusChanged)][-1], AcceptorReady)
    settled(bench)


def test_restart_order_with_a_note_in_escrow(bench: Any) -> None:
    bench.hall.decide = "nothing"
    bench.person("insert 10")
    bench.run(2)
    bench.restart_hall()
    bench.hall.decide = "return"
    bench.run(5)
    told = [type(event) for event in bench.events if not isinstance(event, StatusChanged)]
    assert told == [NoteEscrowed, NoteReturned, AcceptorReady]
    assert bench.heard(NoteEscrowed) == [NoteEscrowed(YUAN_10_TYPE, 1000)]


def test_restart_order_with_a_stacked_note_that_was_not_acknowledged(bench: Any) -> None:
    bench.hall.acknowledges = False
    bench.person("insert 10")
    bench.run_until(lambda: bench.heard(NoteStacked))
    bench.hall.credited.clear()
    bench.hall.open_note = (YUAN_10_TYPE, 0)
    bench.restart_hall()
    bench.hall.acknowledges = True
    bench.run(5)
    told = [event for event in bench.events if not isinstance(event, StatusChanged)]
    assert told[0] == NoteStacked(YUAN_10_TYPE, 1000, recovered=True)
    assert [type(event) for event in told] == [NoteStacked, AcceptorReady]
    assert bench.hall.credited == [1000]


def test_restart_with_the_bill_in_the_validator_after_a_power_cut(bench: Any) -> None:
    bring_note_to(bench, "before the lever")
    bench.person("power off", "power on")
    bench.restart_hall()
    bench.run(8)
    told = [event for event in bench.events if not isinstance(event, StatusChanged)]
    assert told[0] == NoteReturned(None, None)
    assert [type(event) for event in told] == [NoteReturned, AcceptorReady]


def test_no_note_is_taken_before_a_restarted_hall_asks_for_notes(bench: Any) -> None:
    bench.restart_hall(enable=False)
    bench.run(5)
    assert bench.device.enabled_types == frozenset()
    bench.person("insert 10")
    bench.run(3)
    assert bench.device.given_back == [10]


def test_pulled_cable_is_told_within_two_seconds_and_mends_itself(bench: Any) -> None:
    bench.run(1.03)
    bench.unplug()
    pulled_at = bench.now
    bench.run_until(lambda: bench.acceptor.status is DeviceStatus.OFFLINE)
    assert bench.now - pulled_at <= 2.0
    bench.run_until(lambda: bench.acceptor.status is DeviceStatus.POWER_OFF)
    assert 5.0 <= bench.now - pulled_at <= 7.0
    bench.run(60)
    bench.plug()
    plugged_at = bench.now
    bench.run_until(lambda: bench.acceptor.ready)
    assert bench.now - plugged_at <= 5.0
    bench.run(1)
    assert bench.device.enabled_types == frozenset(range(6))
    bench.person("insert 10")
    bench.run(5)
    assert bench.hall.credited == [1000]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("gone_s", [0.1, 1.0, 5.0, 40.0])
def test_cable_pulled_at_each_place(bench: Any, place: str, gone_s: float) -> None:
    bring_note_to(bench, place)
    bench.unplug()
    bench.run(gone_s)
    bench.plug()
    bench.run(20)
    assert bench.acceptor.ready
    assert sum(bench.hall.credited) == in_box(bench)
    assert bench.hall.open_note is None


def test_lost_port_is_told_at_once(bench: Any) -> None:
    bench.acceptor.connection_lost(bench.now)
    assert bench.acceptor.status is DeviceStatus.POWER_OFF
    bench._wire.clear()
    bench.run(3)
    bench.acceptor.connection_made(bench.now)
    bench.run(5)
    assert bench.acceptor.ready


def test_model_without_a_counter(make_bench: Any) -> None:
    bench = make_bench(has_counter=False)
    bench.bring_up()
    assert bench.heard(AcceptorReady)[0].stacked_count is None
    bench.person("insert 10")
    bench.run(5)
    assert bench.hall.credited == [1000]
    assert bench.acceptor.stacked_count is None
    settled(bench)


def test_reset_is_refused_while_a_note_is_in_the_device(bench: Any) -> None:
    bench.hall.decide = "nothing"
    bench.person("insert 10")
    bench.run(2)
    assert not bench.acceptor.reset(bench.now)
    assert bench.acceptor.return_note(bench.now)
    bench.run(4)
    assert bench.acceptor.reset(bench.now)
    bench.run(6)
    assert len(bench.heard(AcceptorReady)) == 2
    assert bench.device.enabled_types == frozenset(range(6))


def test_the_verbs_exclude_each_other(bench: Any) -> None:
    bench.hall.decide = "nothing"
    assert not bench.acceptor.stack(bench.now)
    assert not bench.acceptor.return_note(bench.now)
    assert not bench.acceptor.acknowledge(bench.now)
    bench.person("insert 10")
    bench.run(2)
    assert bench.acceptor.return_note(bench.now)
    assert not bench.acceptor.stack(bench.now)
    bench.run(4)
    assert bench.device.given_back == [10]


def test_polls_are_regular(bench: Any) -> None:
    bench.run(3600)
    polls = [at for at, data in bench.sent if data[3] == 0x33 and at > 5]
    gaps = [later - earlier for earlier, later in pairwise(polls)]
    assert max(gaps) <= 0.4
    assert min(gaps) >= 0.1
    assert bench.device.violations == []


def test_unit_that_disabled_itself_is_enabled_again(bench: Any) -> None:
    bench.person("forget types")
    assert bench.device.enabled_types == frozenset()
    bench.run(1)
    assert bench.device.enabled_types == frozenset(range(6))
    assert bench.device.violations == []


def test_second_thoughts_while_enable_is_on_the_wire(bench: Any) -> None:
    bench.acceptor.disable(bench.now)
    bench.run(1)
    bench.acceptor.enable(ALL, bench.now)
    bench.run(0.002)
    bench.acceptor.disable(bench.now)
    bench.run(0.090)
    assert bench.device.enabled_types == frozenset()


def test_note_given_up_as_unknown_that_slips_back_into_escrow_is_given_back(bench: Any) -> None:
    bench.person("stall", "insert 10")
    bench.run_until(lambda: bench.heard(NoteOutcomeUnknown))
    bench.person("weak motor", "resume")
    bench.run(6)
    assert bench.heard(NoteReturned) == [NoteReturned(YUAN_10_TYPE, 1000)]
    assert len(bench.heard(NoteEscrowed)) == 1
    assert bench.device.given_back == [10]
    assert bench.acceptor.ready
    settled(bench)


def test_polling_goes_on_as_soon_as_the_hall_has_acknowledged(bench: Any) -> None:
    bench.hall.acknowledges = False
    bench.person("insert 10")
    bench.run_until(lambda: bench.heard(NoteStacked))
    bench.run(0.05)
    bench.acceptor.acknowledge(bench.now)
    acknowledged = bench.now
    bench.run(1)
    polls = [at for at, data in bench.sent if data[3] == 0x33 and at > acknowledged]
    assert polls[0] - acknowledged <= 0.2


def test_count_includes_the_note_as_soon_as_it_is_told(bench: Any) -> None:
    bench.hall.acknowledges = False
    bench.person("insert 10")
    bench.run_until(lambda: bench.heard(NoteStacked))
    assert bench.acceptor.stacked_count == 1
