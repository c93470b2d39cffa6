"""Whatever happens in whatever order, no note is credited that is not in the box, and no note in the box is
forgotten."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HAPPENINGS = (
    "insert 10",
    "insert 50",
    "insert 100",
    "insert 20",
    "counterfeit",
    "reject 65",
    "lose ack",
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
    st.tuples(
        st.one_of(st.sampled_from(("insert 10", "insert 50")), st.sampled_from(HAPPENINGS)),
        st.sampled_from((0.0, 0.05, 0.21, 0.4, 0.65, 1.0, 1.3, 1.7, 2.5, 8.0, 31.0)),
    ),
    min_size=4,
    max_size=14,
)


def happen(bench: Any, happening: str) -> None:
    match happening:
        case "hall restarts":
            bench.restart_hall()
        case "unplug":
            bench.unplug()
        case "plug":
            bench.plug()
        case "keep":
            bench.hall.decide = "stack"
        case "give back":
            bench.hall.decide = "return"
        case "wait for the hall":
            bench.hall.decide = "hold"
        case _:
            bench.person(happening)


def mend(bench: Any) -> None:
    """Everything is put right, and the device and the hall are given their time."""
    bench.plug()
    bench.hall.decide = "return"
    bench.person("box in", "resume", "clear", "power on")
    bench.run(45)


@given(plan=steps)
@settings(max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_credit_equals_the_box(make_bench: Any, plan: list[tuple[str, float]]) -> None:
    bench = make_bench()
    bench.bring_up()
    for happening, seconds in plan:
        happen(bench, happening)
        bench.run(seconds)
        assert sum(bench.hall.credited) <= sum(bench.device.box) * 100, "credited, and not in the box"
    mend(bench)
    assert bench.acceptor.ready
    assert sum(bench.hall.credited) == sum(bench.device.box) * 100
    assert bench.hall.open_note is None
    assert bench.hall.unclaimed == []
    protocol_faults = [text for text in bench.device.violations if "acknowledged before" not in text]
    assert protocol_faults == []
