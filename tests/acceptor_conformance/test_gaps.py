"""Restarts, power cuts and pulled cables with a note at each place: settled, or listed; never guessed."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.note_acceptor import AcceptorReady
from devices.status import StatusChanged
from drivers.sim.note_acceptor_body import Stage
from drivers.validator.machine import Gap

PLACES = {
    "idle": (Stage.AT_REST, 0.0, "stack"),
    "accepting": (Stage.ACCEPTING, 0.3, "stack"),
    "in escrow": (Stage.ESCROW, 0.0, "nothing"),
    "in escrow, told": (Stage.ESCROW, 0.4, "nothing"),
    "before the lever": (Stage.TO_LEVER, 0.2, "stack"),
    "behind the lever": (Stage.TO_BOX, 0.3, "stack"),
    "in the box": (Stage.TO_BOX, 0.6001, "stack"),
    "in the box, told": (Stage.TO_BOX, 0.9, "stack"),
    "returning": (Stage.RETURNING, 0.3, "return"),
}
STACKING = ("before the lever", "behind the lever", "in the box", "in the box, told")


def bring_note_to(bench: Any, place: str) -> None:
    stage, more_s, decide = PLACES[place]
    bench.hall.decide = decide
    if place != "idle":
        bench.person("insert 50")
        bench.run_until(lambda: bench.device.stage is stage)
    bench.run(more_s)


def judge(bench: Any, place: str, gap: Gap) -> None:
    bench.run(45)
    assert bench.acceptor.ready
    bench.balanced()
    if gap in bench.capabilities.proves or place not in STACKING:
        bench.settled()
    else:
        assert bench.hall.open_note is None
        assert bench.hall.unknown in ([], [5000])
        assert bench.hall.unclaimed == []
    bench.takes_the_next_note()


@pytest.mark.parametrize("place", PLACES)
def test_restart_of_the_hall(bench: Any, place: str) -> None:
    bring_note_to(bench, place)
    bench.restart_hall()
    bench.hall.decide = "return"
    bench.run(20)
    told = [event for event in bench.events if not isinstance(event, StatusChanged)]
    assert any(isinstance(event, AcceptorReady) for event in told)
    judge(bench, place, Gap.RESTART)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("dark_s", [0.3, 3.0, 60.0])
def test_power_cut_of_the_device(bench: Any, place: str, dark_s: float) -> None:
    bring_note_to(bench, place)
    bench.person("power off")
    bench.run(dark_s)
    bench.person("power on")
    judge(bench, place, Gap.POWER_CUT)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("dark_s", [0.0, 5.0])
def test_power_cut_of_both(bench: Any, place: str, dark_s: float) -> None:
    bring_note_to(bench, place)
    bench.person("power off")
    bench.run(dark_s)
    bench.person("power on")
    bench.restart_hall()
    judge(bench, place, Gap.BOTH)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("gone_s", [0.1, 1.0, 5.0, 40.0])
def test_cable_pulled(bench: Any, place: str, gone_s: float) -> None:
    bring_note_to(bench, place)
    bench.unplug()
    bench.run(gone_s)
    bench.plug()
    judge(bench, place, Gap.CABLE)


def test_jam_while_stacking_is_settled_or_listed(bench: Any) -> None:
    bring_note_to(bench, "before the lever")
    bench.person("jam")
    bench.run(3)
    assert bench.acceptor.fault is not None
    bench.person("clear")
    judge(bench, "before the lever", Gap.POWER_CUT)
    assert bench.hall.credited == [2000]


def test_note_pulled_back_on_a_string_is_not_credited(bench: Any) -> None:
    bring_note_to(bench, "before the lever")
    bench.person("cheat")
    judge(bench, "before the lever", Gap.POWER_CUT)
    assert bench.hall.credited == [2000]


def test_stalled_stacker_is_told_within_thirty_seconds(bench: Any) -> None:
    bench.person("stall", "insert 50")
    bench.run(35)
    assert bench.acceptor.fault is not None
    assert bench.hall.credited == []
    bench.person("resume", "power off")
    bench.run(3)
    bench.person("power on")
    judge(bench, "before the lever", Gap.POWER_CUT)


def test_weak_stacker_motor_is_at_most_one_note(bench: Any) -> None:
    bench.person("weak motor", "insert 50")
    bench.run(40)
    assert len(bench.hall.credited) <= 1
    bench.balanced()
    bench.takes_the_next_note()


@pytest.mark.parametrize("fault", ["lose reply", "corrupt next", "lose command"])
@pytest.mark.parametrize("after_s", [0.0, 0.3, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 1.95, 2.1, 2.2, 2.3])
def test_one_fault_on_the_line_at_any_moment_costs_no_note(bench: Any, fault: str, after_s: float) -> None:
    bench.person("insert 50")
    bench.run(after_s)
    bench.person(fault)
    bench.run(45)
    bench.balanced()
    if Gap.CABLE in bench.capabilities.proves:
        bench.settled()
    bench.takes_the_next_note()
    assert bench.hall.credited.count(5000) <= 1


HAPPENINGS = (
    "insert 10",
    "insert 50",
    "insert 100",
    "counterfeit",
    "lose reply",
    "lose command",
    "corrupt next",
    "weak motor",
    "stall",
    "resume",
    "jam",
    "clear",
    "cheat",
    "box out",
    "box in",
    "forget types",
    "power off",
    "power on",
    "hall restarts",
    "unplug",
    "plug",
    "keep",
    "give back",
    "wait for the hall",
)
steps = st.lists(
    st.tuples(st.sampled_from(HAPPENINGS), st.sampled_from((0.0, 0.05, 0.21, 0.4, 0.65, 1.0, 1.3, 2.5, 8.0, 31.0))),
    max_size=12,
)
DECISIONS = {"keep": "stack", "give back": "return", "wait for the hall": "hold"}


def happen(bench: Any, happening: str) -> None:
    match happening:
        case "hall restarts":
            bench.restart_hall()
        case "unplug":
            bench.unplug()
        case "plug":
            bench.plug()
        case _ if happening in DECISIONS:
            bench.hall.decide = DECISIONS[happening]
        case _:
            bench.person(happening)


@given(plan=steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_credit_is_the_box_without_what_is_listed(make_bench: Any, plan: list[tuple[str, float]]) -> None:
    bench = make_bench()
    bench.bring_up()
    for happening, seconds in plan:
        happen(bench, happening)
        bench.run(seconds)
        assert sum(bench.hall.credited) <= sum(bench.device.body.box) * 100, "credited, and not in the box"
    bench.plug()
    bench.hall.decide = "return"
    bench.person("box in", "resume", "clear", "power on")
    bench.run(60)
    assert bench.acceptor.ready
    bench.balanced()
    if bench.capabilities.proves_recovery:
        bench.settled()
