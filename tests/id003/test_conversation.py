"""Driver and simulated unit: what only this protocol has."""

from typing import Any

import pytest

from drivers.sim.note_acceptor_body import Stage
from drivers.sim.note_acceptor_id003 import CNY, Id003Validator, make_frame
from drivers.validator.events import Escrowed, OutcomeUnknown, Ready, Returned, Silent, Stacked, Troubled
from drivers.validator.words import Trouble

PLACES = {
    "before the lever": (Stage.TO_LEVER, 0.2),
    "behind the lever": (Stage.TO_BOX, 0.3),
    "in the box": (Stage.TO_BOX, 0.6001),
    "in the box, told": (Stage.TO_BOX, 0.9),
}


def bring_note_to(pair: Any, place: str) -> None:
    stage, more_s = PLACES[place]
    pair.person("insert 50")
    pair.run_until(lambda: pair.unit.stage is stage)
    pair.run(more_s)


def test_a_visit_keeps_the_protocol(pair: Any) -> None:
    for value in (1, 5, 10, 20, 50, 100):
        pair.person(f"insert {value}")
        pair.run(4)
    assert [event.note_type for event in pair.heard(Stacked)] == [1, 2, 3, 4, 5, 6]
    assert pair.unit.body.box == [1, 5, 10, 20, 50, 100]
    assert pair.unit.violations == []
    assert len(pair.words(0x42)) == len(pair.words(0x50)) == 6
    assert pair.words(0x41) == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("gone_s", [0.1, 1.0, 5.0, 40.0, 200.0])
def test_cable_pulled_while_the_note_is_stacked_is_settled_by_the_standing_report(
    pair: Any, place: str, gone_s: float
) -> None:
    bring_note_to(pair, place)
    pair.plugged = False
    pair.unit.controller_restarts()
    pair.run(gone_s)
    pair.plugged = True
    pair.run(30)
    assert [event.note_type for event in pair.heard(Stacked)] == [5]
    assert pair.heard(Returned) == []
    assert pair.machine.in_service


def test_stack_command_that_never_arrived_and_a_note_given_back_meanwhile_is_listed(pair: Any) -> None:
    pair.to_unit = lambda data: b"" if data[2] == 0x42 else data
    pair.person("insert 50")
    pair.run_until(lambda: bool(pair.words(0x42)))
    pair.plugged = False
    pair.unit.controller_restarts()
    pair.run(10)
    pair.plugged = True
    pair.run(10)
    assert pair.unit.body.given_back == [50]
    assert [event.note_type for event in pair.heard(OutcomeUnknown)] == [5]
    assert pair.heard(Stacked) == []
    assert len(pair.heard(Ready)) == 2


@pytest.mark.parametrize("option_kept", [True, False])
def test_note_behind_the_lever_at_a_power_cut_is_reported_if_the_unit_keeps_the_option(
    pair: Any, option_kept: bool
) -> None:
    bring_note_to(pair, "behind the lever")
    if not option_kept:
        pair.unit._option = b"\x00\x00"
    pair.person("power off")
    pair.run(3)
    pair.person("power on")
    pair.run(30)
    assert pair.unit.body.box == [50]
    assert [event.note_type for event in pair.heard(Stacked)] == ([5] if option_kept else [])
    assert [event.note_type for event in pair.heard(OutcomeUnknown)] == ([] if option_kept else [5])
    assert len(pair.heard(Ready)) == 2
    assert pair.unit.violations == []


def test_unacknowledged_unit_falls_mute_and_is_reset_out_of_it(pair: Any) -> None:
    pair.acknowledges = False
    pair.person("insert 20")
    pair.run_until(lambda: bool(pair.heard(Stacked)))
    pair.run(62)
    assert pair.unit.mute
    assert pair.heard(Silent)
    assert pair.machine.acknowledge()
    pair.run_until(lambda: len(pair.heard(Ready)) == 2, 60.0)
    pair.acknowledges = True
    pair.run_until(lambda: pair.unit.accepts_notes)
    pair.person("insert 10")
    pair.run(6)
    assert [event.note_type for event in pair.heard(Stacked)] == [4, 3]


def test_mute_unit_found_by_a_new_driver_is_reset_out_of_it(pair: Any) -> None:
    pair.acknowledges = False
    pair.person("insert 20")
    pair.run_until(lambda: bool(pair.heard(Stacked)))
    pair.plugged = False
    pair.run(70)
    pair.plugged = True
    pair.events.clear()
    pair.start_driver()
    began = pair.now
    pair.run_until(lambda: bool(pair.heard(Ready)), 60.0)
    assert 15.0 <= pair.now - began <= 25.0


def test_silence_with_a_note_open_is_never_ended_by_reset(pair: Any) -> None:
    bring_note_to(pair, "behind the lever")
    pair.plugged = False
    pair.sent.clear()
    pair.run(60)
    assert pair.words(0x40) == []


def test_note_slipping_back_is_one_note(pair: Any) -> None:
    pair.person("weak motor", "insert 50")
    pair.run(8)
    assert [type(event) for event in pair.events if isinstance(event, Escrowed | Stacked)] == [Escrowed, Stacked]
    assert pair.unit.body.box == [50]


def test_unit_with_stack_1_only_is_credited_at_vend_valid_and_once(make_pair: Any) -> None:
    pair = make_pair(Id003Validator(knows_stack_2=False))
    for value in (50, 10):
        pair.person(f"insert {value}")
        pair.run(6)
    assert [event.note_type for event in pair.heard(Stacked)] == [5, 3]
    assert pair.unit.body.box == [50, 10]


def test_swapped_unit_shows_its_own_serial_number(pair: Any) -> None:
    pair.plugged = False
    pair.run(8)
    pair.unit = Id003Validator(serial=b"999")
    pair.plugged = True
    pair.run(10)
    assert [event.identity.serial_number for event in pair.heard(Ready)] == ["231000760443", "999"]


def test_unit_for_another_currency_is_brought_up_with_its_values(pair: Any) -> None:
    yuan = bytes((0x61, CNY))
    pair.plugged = False
    pair.run(3)
    pair.plugged = True
    pair.to_driver = lambda data: make_frame(data[2:-2].replace(yuan, b"\x61\xe0")) if data[2:3] == b"\x8a" else data
    pair.run(5)
    values = pair.heard(Ready)[-1].note_values
    assert [values[note_type].country for note_type in (1, 2)] == ["EUR", "CNY"]


def test_half_the_replies_damaged_costs_time_and_no_note(pair: Any) -> None:
    count = 0

    def every_other(data: bytes) -> bytes:
        nonlocal count
        count += 1
        return data[:-1] + bytes((data[-1] ^ 4,)) if count % 2 else data

    pair.to_driver = every_other
    pair.unit.excused = True
    pair.person("insert 50")
    pair.run(10)
    assert [event.note_type for event in pair.heard(Stacked)] == [5]
    assert pair.machine.damaged_replies > 10


def test_line_that_only_damages_is_named_within_two_seconds(pair: Any) -> None:
    pair.to_driver = lambda data: data[:-1]
    pair.run(2)
    assert [event.trouble for event in pair.heard(Troubled)] == [Trouble.GARBLED]
    assert not pair.machine.in_service
    pair.to_driver = lambda data: data
    pair.run(5)
    assert pair.machine.in_service
