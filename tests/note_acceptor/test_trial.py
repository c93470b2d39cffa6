"""What `try note-acceptor` says and decides."""

import json

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
    fault,
)
from devices.note_acceptor_trial import Decision, StackPolicy, decide, describe
from devices.status import DeviceStatus, StatusChanged


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        (
            AcceptorReady("S1", "P1", 7, {0: 100, 1: 500}),
            {"event": "ready", "values_fen": [100, 500], "currency": "CNY", "stacked_count": 7},
        ),
        (NoteEscrowed(2, 1000), {"event": "escrowed", "value_fen": 1000, "currency": "CNY"}),
        (NoteEscrowed(2, None), {"event": "escrowed", "value_fen": None, "currency": None}),
        (NoteStacked(2, 1000, recovered=True), {"event": "stacked", "value_fen": 1000, "recovered": True}),
        (NoteReturned(2, 1000), {"event": "returned", "value_fen": 1000}),
        (
            NoteRefused(RefuseReason.NOT_RECOGNISED, "66"),
            {"event": "rejected", "reason": "not_recognised", "code": "66"},
        ),
        (NoteOutcomeUnknown(2, 1000, "E-NA-10"), {"event": "fault", "code": "E-NA-10", "value_fen": 1000}),
        (
            StatusChanged("na", DeviceStatus.OFFLINE, fault("E-NA-01", "x")),
            {"event": "lost", "code": "E-NA-01", "reason": "x"},
        ),
        (
            StatusChanged("na", DeviceStatus.USER_ERROR, fault("E-NA-03")),
            {"event": "fault", "code": "E-NA-03", "action": "clear"},
        ),
        (StatusChanged("na", DeviceStatus.ONLINE), {"event": "back"}),
        (StatusChanged("na", DeviceStatus.STARTING), {"event": "starting"}),
        (CashUnitRemoved(), {"event": "box_out"}),
        (CashUnitInserted(), {"event": "box_in"}),
    ],
)
def test_event_becomes_fields(event: object, fields: dict[str, object]) -> None:
    described = json.loads(json.dumps(describe(event)))
    assert described | fields == described


def test_event_of_another_device_is_not_described() -> None:
    assert describe(object()) == {}


@pytest.mark.parametrize(
    ("text", "kept"), [("all", [1000, 2000, 5000]), ("none", []), ("10,20", [1000, 2000]), (" 50 ", [5000])]
)
def test_policy_keeps(text: str, kept: list[int]) -> None:
    policy = StackPolicy.parse(text)
    assert [value for value in (1000, 2000, 5000) if policy.keeps(value)] == kept


@pytest.mark.parametrize("text", ["", "some", "10;20", "10,,20", "-5", "0", "十"])
def test_policy_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="'all', 'none', or values"):
        StackPolicy.parse(text)


def test_decisions() -> None:
    policy = StackPolicy.parse("10")
    assert decide(policy, AcceptorReady("", "", None, {})) is Decision.ENABLE_ALL
    assert decide(policy, NoteEscrowed(2, 1000)) is Decision.STACK
    assert decide(policy, NoteEscrowed(3, 2000)) is Decision.RETURN
    assert decide(policy, NoteEscrowed(3, None)) is Decision.RETURN
    assert decide(policy, NoteStacked(2, 1000)) is Decision.ACKNOWLEDGE
    assert decide(policy, NoteReturned(2, 1000)) is Decision.NOTHING
