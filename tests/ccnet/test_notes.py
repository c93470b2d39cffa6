"""What has become of a note, told from POLL replies alone."""

import pytest

from drivers.ccnet.events import Doubt, Escrowed, OutcomeUnknown, Returned, Stacked
from drivers.ccnet.notes import NoteEvent, NoteTracker
from drivers.ccnet.status import read_poll_reply


def told(tracker: NoteTracker, *replies: str) -> list[NoteEvent]:
    events: list[NoteEvent] = []
    for text in replies:
        reply = read_poll_reply(bytes.fromhex(text))
        assert reply is not None
        events += tracker.poll(reply)
    return events


def in_service() -> NoteTracker:
    tracker = NoteTracker()
    told(tracker, "19")
    assert tracker.settled
    tracker.start_complete()
    return tracker


def stacking() -> NoteTracker:
    tracker = in_service()
    assert told(tracker, "14", "80 02") == [Escrowed(2)]
    tracker.stack_sent(10.0)
    return tracker


def kinds(events: list[NoteEvent]) -> list[type]:
    return [type(event) for event in events]


def test_fast_note_without_accepting_or_stacking_in_between() -> None:
    assert told(stacking(), "81 02") == [Stacked(2, recovered=False)]


def test_slow_report_behind_some_polls_at_rest_is_still_the_plain_answer() -> None:
    assert told(stacking(), "14", "14", "14", "14", "81 02") == [Stacked(2, recovered=False)]


def test_missing_report_is_doubt_after_five_polls_at_rest() -> None:
    events = told(stacking(), "14", "14", "14", "14", "14", "14")
    assert kinds(events) == [OutcomeUnknown]
    assert isinstance(events[0], OutcomeUnknown)
    assert events[0].doubt is Doubt.AT_REST


@pytest.mark.parametrize("stop", ["42", "43", "44", "47 50"])
def test_stop_with_a_note_under_way_is_doubt_once(stop: str) -> None:
    assert kinds(told(stacking(), "17", stop, stop, "13", "19")) == [OutcomeUnknown]


@pytest.mark.parametrize("stop", ["41", "46"])
def test_full_and_pause_say_nothing_of_the_note(stop: str) -> None:
    assert told(stacking(), stop, "81 02") == [Stacked(2, recovered=False)]


def test_late_report_after_doubt_is_recovered_and_told_once() -> None:
    tracker = stacking()
    told(tracker, "43")
    assert told(tracker, "81 02", "81 02") == [Stacked(2, recovered=True)]


def test_repeat_of_an_acknowledged_report_is_nothing_new() -> None:
    tracker = stacking()
    told(tracker, "81 02")
    tracker.acknowledged()
    assert told(tracker, "81 02", "14", "81 02", "10", "13", "81 02") == []


def test_report_of_another_type_is_another_note() -> None:
    tracker = stacking()
    told(tracker, "81 02")
    tracker.acknowledged()
    assert told(tracker, "81 03") == [Stacked(3, recovered=True)]


def test_refused_stack_leaves_the_note_in_escrow_and_its_leaving_is_a_return() -> None:
    tracker = stacking()
    tracker.stack_refused()
    assert tracker.in_escrow
    assert told(tracker, "18", "14", "14") == [Returned(2)]


def test_refusal_of_a_repeated_stack_says_nothing_of_the_first() -> None:
    tracker = stacking()
    tracker.stack_sent(10.3)
    tracker.stack_refused()
    assert not tracker.in_escrow
    assert kinds(told(tracker, "14", "14")) == []
    assert told(tracker, "81 02") == [Stacked(2, recovered=False)]


def test_thirty_seconds_count_from_the_first_stack() -> None:
    tracker = stacking()
    tracker.stack_sent(20.0)
    assert tracker.outcome_due == 40.0
    assert tracker.expire(39.9) == []
    assert kinds(tracker.expire(40.0)) == [OutcomeUnknown]
    assert tracker.outcome_due is None


def test_bill_in_validator_at_power_up_comes_back_unless_81h_says_otherwise() -> None:
    tracker = stacking()
    tracker.new_start()
    assert told(tracker, "11", "13", "19", "19") == [Returned(2)]
    other = stacking()
    other.new_start()
    assert told(other, "11", "13", "81 02") == [Stacked(2, recovered=True)]


def test_start_is_not_complete_before_a_bill_in_the_validator_is_told_of() -> None:
    tracker = NoteTracker()
    assert told(tracker, "11", "13", "19") == []
    assert not tracker.settled
    assert told(tracker, "19") == [Returned(None)]
    assert tracker.settled


def test_start_waits_for_the_report_of_a_bill_in_the_stacker() -> None:
    tracker = NoteTracker()
    told(tracker, "12", "13", "19", "19", "19", "19")
    assert not tracker.settled
    assert told(tracker, "81 04") == [Stacked(4, recovered=True)]


def test_start_is_not_complete_before_a_stacked_note_is_acknowledged() -> None:
    tracker = NoteTracker()
    told(tracker, "81 04", "19", "19")
    assert not tracker.settled
    tracker.acknowledged()
    assert told(tracker, "19") == []
    assert tracker.settled


def test_new_note_after_a_missing_report_is_told_after_the_doubt() -> None:
    assert kinds(told(stacking(), "14", "15", "80 02")) == [OutcomeUnknown, Escrowed]
    assert kinds(told(stacking(), "80 03")) == [OutcomeUnknown, Escrowed]


def test_first_return_seen_by_a_new_start_is_told_once() -> None:
    assert told(NoteTracker(), "82 02", "82 02", "19") == [Returned(2)]
