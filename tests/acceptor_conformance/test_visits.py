"""The same visits for every protocol."""

from typing import Any

import pytest

from devices.note_acceptor import (
    AcceptorReady,
    CashUnitInserted,
    CashUnitRemoved,
    NoteEscrowed,
    NoteRefused,
    NoteReturned,
    NoteStacked,
)
from devices.note_acceptor_protocols import PROTOCOLS
from devices.status import CheckLevel, DeviceStatus
from drivers.sim.note_acceptor import SIMULATORS
from drivers.sim.note_acceptor_body import Stage

VALUES = (1, 5, 10, 20, 50, 100)


def test_every_driver_has_a_simulated_device_and_the_other_way_round() -> None:
    assert set(PROTOCOLS) == set(SIMULATORS)


def test_line_settings_of_both_sides_agree_and_the_name_is_its_own(make_bench: Any, protocol: str) -> None:
    bench = make_bench()
    assert bench.acceptor.settings.byte_time_s() == bench.device.settings.byte_time_s()
    assert bench.acceptor.capabilities.protocol == protocol


def test_start_asks_everything_and_takes_nothing_before_it_is_asked_to(make_bench: Any) -> None:
    bench = make_bench()
    bench.run_until(lambda: bench.heard(AcceptorReady), 20.0)
    ready = bench.heard(AcceptorReady)[0]
    assert sorted(ready.note_types.values()) == [value * 100 for value in VALUES]
    assert bool(ready.serial_number) == bench.capabilities.has_serial_number
    assert (ready.stacked_count is not None) == bench.capabilities.has_counter
    bench.run(5)
    assert not bench.device.accepts_notes
    assert bench.acceptor.status is DeviceStatus.ONLINE
    assert bench.acceptor.check_health(CheckLevel.INTERNAL).ok
    assert bench.device.violations == []


@pytest.mark.parametrize("value", VALUES)
def test_note_is_stacked_and_credited_once(bench: Any, value: int) -> None:
    bench.person(f"insert {value}")
    bench.run(6)
    assert len(bench.heard(NoteEscrowed)) == len(bench.heard(NoteStacked)) == 1
    stacked = bench.heard(NoteStacked)[0]
    assert (stacked.value_fen, stacked.recovered) == (value * 100, False)
    assert bench.hall.credited == [value * 100]
    bench.settled()
    assert bench.device.violations == []


def test_twenty_notes_running(bench: Any) -> None:
    notes = (*VALUES, 100, 10, 10, 10) * 2
    for value in notes:
        bench.person(f"insert {value}")
        bench.run(4)
    assert bench.hall.credited == [value * 100 for value in notes]
    if bench.capabilities.has_counter:
        assert bench.acceptor.stacked_count == len(notes)
    bench.settled()
    assert bench.device.violations == []


def test_returned_note(bench: Any) -> None:
    bench.hall.decide = "return"
    bench.person("insert 50")
    bench.run(6)
    assert [event.value_fen for event in bench.heard(NoteReturned)] == [5000]
    assert bench.device.body.given_back == [50]
    bench.settled()
    assert bench.device.violations == []
    bench.takes_the_next_note()


def test_note_that_nobody_decides_about_comes_back(bench: Any) -> None:
    bench.hall.decide = "nothing"
    bench.person("insert 50")
    bench.run_until(lambda: bench.device.stage is Stage.ESCROW)
    bench.run(bench.capabilities.escrow_s - 0.6)
    assert bench.device.body.escrow == 50
    bench.run(5)
    assert [event.value_fen for event in bench.heard(NoteReturned)] == [5000]
    bench.settled()
    bench.takes_the_next_note()


def test_hold_keeps_a_note_for_as_long_as_the_protocol_can(bench: Any) -> None:
    bench.hall.decide = "hold"
    bench.person("insert 100")
    bench.run(30)
    if not bench.capabilities.has_escrow_hold:
        assert bench.device.body.given_back == [100]
        bench.settled()
        return
    assert bench.device.body.escrow == 100
    escrowed = bench.heard(NoteEscrowed)
    assert len(escrowed) == 1
    bench.hall.stack(escrowed[0].note_type, escrowed[0].value_fen, bench.acceptor, bench.now)
    bench.run(5)
    assert bench.device.body.box == [100]
    bench.settled()
    assert bench.device.violations == []


def test_forged_note_never_reaches_escrow(bench: Any) -> None:
    bench.person("counterfeit 100")
    bench.run(5)
    assert bench.heard(NoteEscrowed) == []
    assert len(bench.heard(NoteRefused)) == 1
    bench.settled()
    bench.takes_the_next_note()


def test_value_that_is_not_enabled_is_given_back_without_a_word_to_the_hall(bench: Any) -> None:
    bench.acceptor.enable(frozenset((1000,)), bench.now)
    bench.run(1.5)
    bench.person("insert 100")
    bench.run(6)
    assert bench.device.body.given_back == [100]
    assert bench.heard(NoteEscrowed) == []
    assert len(bench.heard(NoteRefused)) <= 1
    bench.person("insert 10")
    bench.run(6)
    assert bench.hall.credited == [1000]
    bench.settled()
    assert bench.device.violations == []


def test_disable_is_with_the_device_within_a_poll_period(bench: Any) -> None:
    bench.run(0.777)
    bench.acceptor.disable(bench.now)
    bench.run(0.220)
    assert not bench.device.accepts_notes
    bench.person("insert 10")
    bench.run(3)
    assert bench.device.body.given_back == [10]


def test_note_on_its_way_when_the_hall_disables_is_not_lost(bench: Any) -> None:
    bench.person("insert 10")
    bench.run(0.95)
    bench.hall.decide = "return"
    bench.acceptor.disable(bench.now)
    bench.run(8)
    assert bench.device.body.given_back == [10]
    bench.settled()


def test_verbs_without_a_note_have_no_effect(bench: Any) -> None:
    assert not bench.acceptor.stack(bench.now)
    assert not bench.acceptor.return_note(bench.now)
    assert not bench.acceptor.acknowledge(bench.now)
    bench.run(2)
    assert bench.device.violations == []


def test_return_and_stack_exclude_each_other(bench: Any) -> None:
    bench.hall.decide = "nothing"
    bench.person("insert 10")
    bench.run_until(lambda: bench.heard(NoteEscrowed))
    assert bench.acceptor.return_note(bench.now)
    assert not bench.acceptor.stack(bench.now)
    bench.run(5)
    assert bench.device.body.given_back == [10]
    bench.settled()


def test_reset_is_refused_while_a_note_is_in_the_device(bench: Any) -> None:
    bench.hall.decide = "nothing"
    bench.person("insert 10")
    bench.run_until(lambda: bench.heard(NoteEscrowed))
    assert not bench.acceptor.reset(bench.now)
    assert bench.acceptor.return_note(bench.now)
    bench.run(5)
    assert bench.acceptor.reset(bench.now)
    bench.run(15)
    assert len(bench.heard(AcceptorReady)) == 2
    bench.settled()
    bench.takes_the_next_note()


def test_report_that_is_not_committed_yet_gives_one_credit(bench: Any) -> None:
    bench.hall.acknowledges = False
    bench.person("insert 10")
    bench.run_until(lambda: bench.heard(NoteStacked))
    bench.run(4)
    assert len(bench.heard(NoteStacked)) == 1
    if bench.capabilities.acknowledges_credit:
        assert bench.acceptor.acknowledge(bench.now)
    bench.hall.acknowledges = True
    bench.run(3)
    bench.takes_the_next_note()
    assert bench.hall.credited == [1000, 2000]
    bench.settled()


def test_hour_of_rest_breaks_no_rule(bench: Any) -> None:
    bench.run(600)
    assert bench.device.violations == []
    assert bench.acceptor.ready
    bench.takes_the_next_note()


def test_cash_unit_out_and_in(bench: Any) -> None:
    bench.person("box out")
    bench.run(2)
    assert bench.heard(CashUnitRemoved) == [CashUnitRemoved()]
    assert bench.acceptor.fault is not None
    assert bench.acceptor.fault.code == "E-NA-04"
    bench.person("box in")
    bench.run(12)
    assert bench.heard(CashUnitInserted) == [CashUnitInserted()]
    bench.takes_the_next_note()
    bench.settled()


def test_full_cash_unit(bench: Any) -> None:
    bench.person("full")
    bench.run(2)
    assert bench.acceptor.fault is not None
    assert bench.acceptor.fault.code == "E-NA-03"
    bench.person("box out", "box empty", "box in")
    bench.run(12)
    assert bench.acceptor.ready


def test_jam_without_a_note_is_a_fault_that_goes_away(bench: Any) -> None:
    bench.person("jam")
    bench.run(2)
    assert bench.acceptor.fault is not None
    assert bench.acceptor.fault.code in ("E-NA-05", "E-NA-06")
    bench.person("insert 10")
    bench.run(1)
    assert bench.device.body.given_back == [10]
    bench.person("clear")
    bench.run(12)
    bench.takes_the_next_note()
    bench.settled()


def test_failure_is_told_and_goes_away(bench: Any) -> None:
    bench.person("fail")
    bench.run(2)
    assert bench.acceptor.fault is not None
    assert not bench.acceptor.check_health(CheckLevel.INTERNAL).ok
    bench.person("clear")
    bench.run(12)
    bench.takes_the_next_note()


def test_unit_that_lost_its_inhibits_without_a_word_takes_notes_again(bench: Any) -> None:
    bench.person("forget types")
    bench.run(15)
    bench.takes_the_next_note()
