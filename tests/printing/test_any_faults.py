"""Any faults at any times: what is called printed is on paper, whole and once; each job has one answer."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.print_document import Document, Pair, Text
from devices.printing import PrintOutcome

FAULTS = st.sampled_from(
    [
        ("paper out", "paper ok"),
        ("cover open", "cover closed"),
        ("cutter error", "cutter ok"),
        ("silent", "talk"),
        ("power off", "power on"),
        ("paper near", "paper ok"),
        ("unplug", "plug"),
        ("fail next cut", "cutter ok"),
        ("late answer", ""),
        ("noise", ""),
        ("xoff", ""),
    ]
)
SCHEDULE = st.lists(
    st.tuples(FAULTS, st.floats(0.0, 6.0), st.floats(0.0, 12.0), st.binary(min_size=1, max_size=5)), max_size=4
)
KIND = st.sampled_from(
    [
        {},
        {"automatic_status": False},
        {"process_id": False},
        {"flow": "xon/xoff", "buffer_size": 300},
        {"buffer_size": 45, "automatic_status": False},
        {"presenter": True},
    ]
)


def _act(conversation: Any, words: str, noise: bytes) -> None:
    printer = conversation.printer
    if words == "unplug":
        if conversation.connected:
            conversation.unplug()
    elif words == "plug":
        if not conversation.connected:
            conversation.plug()
    elif words == "fail next cut":
        printer.cutter_fails_next = True
    elif words == "late answer":
        printer.answer_delay_s = 1.0 + noise[0] / 200
    elif words == "noise":
        # Without an id there is no telling a stray GS r answer from a true one: that is its known weakness.
        if printer.process_id and conversation.connected:
            conversation.inject(noise)
    elif words == "xoff":
        if conversation.connected:
            conversation.inject(b"\x13")
    elif words:
        if words == "cutter ok" and printer.cutter_error:
            conversation.run(1.0)  # nobody frees a cutter faster
        assert printer.command(words, conversation.now)


def _document(number: int) -> Document:
    rows = tuple(Pair(f"项目{row}", f"{number}.{row:02d}") for row in range(25))
    return Document("receipt", (Text(f"单号{number}起"), *rows, Text(f"单号{number}止")))


@pytest.mark.parametrize("profile", ["", "queued-status-80"])
@given(kind=KIND, schedule=SCHEDULE, wait_s=st.floats(0.0, 3.0))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_what_is_called_printed_is_on_paper(
    line: Callable[..., Any], profile: str, kind: dict[str, Any], schedule: list[Any], wait_s: float
) -> None:
    if profile:
        kind = {key: value for key, value in kind.items() if key != "presenter"}
    conversation = line(profile=profile, mm_s=60, **kind)
    asks_by_id = conversation.printer.process_id and not profile
    conversation.run(wait_s)
    numbers = []
    mends: list[tuple[float, str]] = []
    for number, (fault, at_s, for_s, noise) in enumerate(schedule):
        numbers.append(number)
        conversation.print(f"job {number}", _document(number))
        conversation.run(at_s)
        if fault[0] != "noise" or asks_by_id:
            _act(conversation, fault[0], noise)
        mends.append((conversation.now + for_s, fault[1]))
        for at, mend in list(mends):
            if at <= conversation.now:
                _act(conversation, mend, noise)
                mends.remove((at, mend))
    for at, mend in sorted(mends):
        conversation.run(max(0.0, at - conversation.now))
        _act(conversation, mend, b"\x00")
    conversation.run_until(lambda: len(conversation.outcomes()) >= len(numbers), 900.0)
    conversation.printer.take(conversation.now)
    for mend in ("paper ok", "cover closed", "cutter ok", "talk", "power on"):
        conversation.printer.command(mend, conversation.now)
    if not conversation.connected:
        conversation.plug()
    conversation.ready()
    assert sorted(finished.job_id for finished in conversation.outcomes()) == [f"job {number}" for number in numbers]
    for finished in conversation.outcomes():
        number = finished.job_id.removeprefix("job ")
        whole = [
            paper
            for paper in conversation.printer.papers
            if f"单号{number}起" in paper and f"单号{number}止" in paper and paper.count(f"{number}.") >= 25
        ]
        pieces = sum(f"单号{number}起" in paper for paper in conversation.printer.papers)
        assert pieces <= 1, "printed twice"
        if finished.outcome is PrintOutcome.PRINTED:
            assert len(whole) == 1, "called printed, and is not on paper"
        if finished.outcome is PrintOutcome.REFUSED:
            assert pieces == 0, "called refused, and is on paper"
    for paper in conversation.printer.papers:
        assert sum(f"单号{number}起" in paper or f"单号{number}止" in paper for number in numbers) <= 1, (
            "two on one paper"
        )
    conversation.print("after", _document(99))
    assert conversation.outcome("after").outcome is PrintOutcome.PRINTED
