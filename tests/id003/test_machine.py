"""The machine against byte-for-byte transcripts: what it says, and when, to what a unit says."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.id003.frame import encode
from drivers.id003.machine import LISTEN_S, Id003Machine
from drivers.validator.events import (
    Answering,
    Escrowed,
    OutcomeUnknown,
    Ready,
    Refused,
    Returned,
    Silent,
    Stacked,
    Troubled,
)
from drivers.validator.words import RefuseReason, Silence, Trouble

STATUS, ACK, RESET, STACK_1, STACK_2, RETURN, INHIBIT = (
    encode(bytes.fromhex(text)) for text in ("11", "50", "40", "41", "42", "43", "C301")
)
YUAN = "8A 612D0100 622D0500 632D0101"
STACKING_WORDS = (STACK_1, STACK_2)


def reply(text: str) -> bytes:
    return encode(bytes.fromhex(text))


ANSWERS = {
    0x88: encode(b"\x88i(CHN) V1"),
    0x91: encode(b"\x91123"),
    0x8A: reply(YUAN),
    0x85: reply("85 02 00"),
    0x50: b"",
}
"""What a unit says whatever state it is in; settings are echoed, operations acknowledged."""


class Line:
    """A unit that shows the state it is told to, and does nothing else."""

    def __init__(self) -> None:
        self.machine = Id003Machine()
        self.now = 100.0
        self.said: list[bytes] = []
        self.told: list[object] = []
        self.answers = dict(ANSWERS)
        self.machine.connection_made(self.now - LISTEN_S)

    def _to(self, data: bytes) -> bytes:
        if data[2] in self.answers:
            return self.answers[data[2]]
        return data if data[2] >= 0xC0 else ACK

    def events(self, *kinds: type) -> Sequence[object]:
        told, self.told = self.told, []
        return [event for event in told if isinstance(event, kinds)]


def hears(line: Line, state: str) -> None:
    """One status request, one state; stops before the machine says anything more."""
    for _ in range(100):
        data = line.machine.data_to_send(line.now)
        if data:
            line.said.append(data)
            line.now += 0.015
            answer = reply(state) if data == STATUS else line._to(data)
            if answer:
                line.machine.receive_data(answer, line.now)
            line.told += line.machine.take_events()
            if data == STATUS:
                return
        else:
            due = line.machine.next_deadline()
            assert due is not None
            line.now = max(line.now, due)
            line.machine.handle_deadline(line.now)
    raise AssertionError("no status request")


def in_service() -> Line:
    line = Line()
    line.machine.set_note_types(frozenset((1, 2, 3)))
    for _ in range(6):
        hears(line, "1A")
    assert line.events(Ready)
    hears(line, "11")
    line.said.clear()
    return line


def with_a_note() -> Line:
    line = in_service()
    hears(line, "12")
    hears(line, "13 62")
    assert line.events(Escrowed) == [Escrowed(2)]
    line.said.clear()
    return line


def test_first_word_is_a_status_request_and_a_power_up_is_answered_by_reset() -> None:
    line = Line()
    assert line.machine.data_to_send(line.now) == STATUS
    line.now += 0.012
    line.machine.receive_data(reply("40"), line.now)
    line.now += 0.005
    assert line.machine.data_to_send(line.now) == RESET


def test_running_unit_is_inhibited_asked_and_only_then_ready() -> None:
    line = Line()
    hears(line, "11")
    hears(line, "11")
    assert line.events(Ready) == []
    for _ in range(5):
        hears(line, "1A")
    ready = line.events(Ready)[0]
    assert isinstance(ready, Ready)
    assert (ready.identity.part_number, ready.identity.serial_number, ready.stacked_count) == ("i(CHN)", "123", None)
    assert ready.note_values is not None
    assert set(ready.note_values) == {1, 2, 3}
    assert INHIBIT in line.said
    assert not set(line.said) & {STACK_1, STACK_2, RESET}


def test_power_recovery_is_switched_on_and_the_rest_of_the_option_kept() -> None:
    line = Line()
    line.answers[0x85] = reply("85 01 40")
    for _ in range(6):
        hears(line, "1A")
    assert encode(bytes.fromhex("C5 03 40")) in line.said
    assert line.events(Ready)


def test_unit_without_serial_number_and_options_is_ready_all_the_same() -> None:
    line = Line()
    line.answers |= dict.fromkeys((0x88, 0x91, 0x85), reply("4B"))
    for _ in range(16):
        hears(line, "1A")
    ready = line.events(Ready)[0]
    assert isinstance(ready, Ready)
    assert ready.identity.serial_number == ""


def test_unit_without_a_table_of_notes_is_never_ready() -> None:
    line = Line()
    line.answers[0x8A] = reply("4B")
    for _ in range(12):
        hears(line, "1A")
    assert line.events(Ready) == []
    assert not line.machine.in_service


def test_nothing_that_stacks_goes_out_before_stack_is_called() -> None:
    line = with_a_note()
    for _ in range(5):
        hears(line, "13 62")
    assert line.said == [STATUS] * 5
    assert line.machine.stack()
    line.now += 0.005
    assert line.machine.data_to_send(line.now) == STACK_2


def test_stack_follows_the_escrow_report_after_the_gap() -> None:
    line = with_a_note()
    line.machine.stack()
    reported = line.now
    assert line.machine.data_to_send(line.now) == b""
    due = line.machine.next_deadline()
    assert due is not None
    assert due - reported == pytest.approx(0.005)


def test_vend_valid_is_one_note_and_acknowledged_after_the_commit_only() -> None:
    line = with_a_note()
    line.machine.stack()
    for state in ("14", "15", "15", "15"):
        hears(line, state)
    assert line.events(Stacked) == [Stacked(2, recovered=False)]
    assert ACK not in line.said
    assert line.machine.acknowledge()
    assert not line.machine.acknowledge()
    hears(line, "16")
    assert line.said.count(ACK) == 1
    for state in ("11", "11", "11"):
        hears(line, state)
    assert line.events(Stacked, Returned) == []


def test_lost_acknowledgement_is_sent_again_and_the_note_not_told_again() -> None:
    line = with_a_note()
    line.machine.stack()
    hears(line, "14")
    hears(line, "15")
    line.machine.acknowledge()
    for state in ("15", "15", "11"):
        hears(line, state)
    assert line.said.count(ACK) == 3
    assert line.events(Stacked) == [Stacked(2, recovered=False)]


def test_vend_valid_after_the_drivers_restart_is_told_without_a_type() -> None:
    line = Line()
    hears(line, "15")
    hears(line, "15")
    assert line.events(Stacked) == [Stacked(None, recovered=True)]
    assert ACK not in line.said
    line.machine.acknowledge()
    hears(line, "11")
    assert line.said.count(ACK) == 1


def test_note_that_is_still_in_escrow_after_stack_is_ordered_again_and_told_once() -> None:
    line = with_a_note()
    line.machine.stack()
    for state in ("13 62", "14", "13 62", "14", "15"):
        hears(line, state)
    assert [word for word in line.said if word in STACKING_WORDS] == [STACK_2] * 3
    assert line.events(Escrowed, Stacked) == [Stacked(2, recovered=False)]


def test_note_that_will_not_be_stacked_is_given_back_in_the_end() -> None:
    line = with_a_note()
    line.machine.stack()
    for state in ("13 62", "13 62", "13 62", "18", "11", "11"):
        hears(line, state)
    assert [word for word in line.said if word in STACKING_WORDS] == [STACK_2] * 3
    assert RETURN in line.said
    assert line.events(Returned, Stacked, OutcomeUnknown) == [Returned(2)]


def test_unit_that_does_not_know_stack_2_gets_stack_1() -> None:
    line = with_a_note()
    line.answers[0x42] = reply("4B")
    line.machine.stack()
    for state in ("13 62", "14", "15"):
        hears(line, state)
    assert [word for word in line.said if word in STACKING_WORDS] == [STACK_2, STACK_1]
    assert line.events(Stacked) == [Stacked(2, recovered=False)]


def test_refused_stack_leaves_a_note_that_was_certainly_given_back() -> None:
    line = with_a_note()
    line.answers[0x42] = reply("4B")
    line.machine.stack()
    for state in ("17 79", "11", "11"):
        hears(line, state)
    assert line.events(Returned, OutcomeUnknown) == [Returned(2)]


def test_undecided_note_goes_back_after_three_seconds() -> None:
    line = with_a_note()
    came = line.now
    while RETURN not in line.said:
        hears(line, "13 62")
    assert 3.0 <= line.now - came <= 3.3
    assert not line.machine.stack()


def test_refused_note_is_told_once_with_its_reason() -> None:
    line = in_service()
    for state in ("12", "17 71", "17 71", "11"):
        hears(line, state)
    assert line.events(Refused) == [Refused(RefuseReason.INSERTION, "71")]


def test_rest_after_stack_without_a_report_is_doubt_and_a_new_start() -> None:
    line = with_a_note()
    line.machine.stack()
    for state in ("14", *["11"] * 6):
        hears(line, state)
    assert [event.note_type for event in line.events(OutcomeUnknown) if isinstance(event, OutcomeUnknown)] == [2]
    assert not line.machine.in_service
    for _ in range(8):
        hears(line, "1A")
    assert len(line.events(Ready)) == 1


def test_power_up_without_a_bill_proves_nothing() -> None:
    line = with_a_note()
    line.machine.stack()
    for state in ("14", "40", "1B", *["1A"] * 8):
        hears(line, state)
    told = [type(event) for event in line.events(OutcomeUnknown, Ready, Stacked, Returned)]
    assert told == [OutcomeUnknown, Ready]


def test_power_up_with_the_bill_in_the_acceptor_gives_it_back() -> None:
    line = with_a_note()
    line.machine.stack()
    for state in ("14", "41", "1B", *["1A"] * 8):
        hears(line, state)
    told = [type(event) for event in line.events(OutcomeUnknown, Ready, Stacked, Returned)]
    assert told == [Returned, Ready]
    assert line.said.count(RESET) == 1


def test_power_up_with_the_bill_in_the_stacker_is_credited_when_reported() -> None:
    line = with_a_note()
    line.machine.stack()
    for state in ("14", "42", "1B", "15"):
        hears(line, state)
    assert line.events(Stacked) == [Stacked(2, recovered=True)]


def test_unsolicited_enq_and_a_late_acknowledgement_answer_nothing() -> None:
    line = in_service()
    due = line.machine.next_deadline()
    assert due is not None
    line.now = due
    line.machine.handle_deadline(line.now)
    assert line.machine.data_to_send(line.now) == STATUS
    line.machine.receive_data(reply("05") + reply("50") + reply("13 61"), line.now + 0.02)
    assert [event for event in line.machine.take_events() if isinstance(event, Escrowed)] == [Escrowed(1)]


def test_ticket_is_given_back() -> None:
    line = in_service()
    hears(line, "12")
    hears(line, "13 6F 31 32 33")
    assert not line.machine.stack()
    hears(line, "18")
    assert RETURN in line.said


def test_echoing_adapter_is_named_and_never_in_service() -> None:
    line = Line()
    for _ in range(40):
        data = line.machine.data_to_send(line.now)
        if data:
            line.now += 0.006
            line.machine.receive_data(data, line.now)
        else:
            due = line.machine.next_deadline()
            assert due is not None
            line.now = max(line.now, due)
            line.machine.handle_deadline(line.now)
        line.told += line.machine.take_events()
    assert line.events(Troubled) == [Troubled(Trouble.ECHO, "88")]
    assert not line.machine.in_service


def test_unit_that_refuses_the_status_request() -> None:
    line = in_service()
    for _ in range(3):
        hears(line, "4B")
    assert line.events(Troubled) == [Troubled(Trouble.REFUSED, "11: 4b")]
    assert not line.machine.in_service


def test_state_that_is_not_known_is_told_once() -> None:
    line = in_service()
    hears(line, "1C")
    hears(line, "1C")
    assert line.events(Troubled) == [Troubled(Trouble.UNKNOWN_STATE, "1c")]


def test_silence_is_told_in_time_and_ends() -> None:
    line = in_service()
    began, told = line.now, []
    while line.now < began + 8:
        line.machine.data_to_send(line.now)
        due = line.machine.next_deadline()
        assert due is not None
        line.now = max(line.now, due)
        line.machine.handle_deadline(line.now)
        told += [(event, line.now - began) for event in line.machine.take_events() if isinstance(event, Silent)]
    assert [event for event, _ in told] == [Silent(Silence.OFFLINE), Silent(Silence.ABSENT)]
    assert told[0][1] <= 1.8
    assert 5.0 <= told[1][1] <= 6.0
    hears(line, "1A")
    assert line.events(Answering) == [Answering()]


STATES = [f"{code:02X}" for code in (*range(0x11, 0x1D), *range(0x40, 0x4C), 0x00, 0x05) if code != 0x13]
states = st.sampled_from([*STATES, "13 61", "13 62", "13 6F 31", "17 71", "17 79", "49 A2"])


@given(st.lists(st.tuples(states, st.booleans(), st.booleans()), max_size=80))
@settings(max_examples=150, deadline=None)
def test_no_order_of_states_makes_it_fail_or_stack_unasked(replies: list[tuple[str, bool, bool]]) -> None:
    line = Line()
    line.machine.set_note_types(frozenset((1, 2)))
    allowed = 0
    for text, stacks, acknowledges in replies:
        hears_anything(line, text)
        allowed += 3 * (stacks and line.machine.stack())
        if acknowledges:
            line.machine.acknowledge()
        assert sum(word in STACKING_WORDS for word in line.said) <= allowed
    assert line.machine.next_deadline() is not None


def hears_anything(line: Line, state: str) -> None:
    data = b""
    while not data:
        data = line.machine.data_to_send(line.now)
        if not data:
            due = line.machine.next_deadline()
            assert due is not None
            line.now = max(line.now, due)
            line.machine.handle_deadline(line.now)
    line.said.append(data)
    line.now += 0.02
    line.machine.receive_data(reply(state) if data == STATUS else line._to(data), line.now)


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=12), st.floats(0.0, 2.0)), max_size=60))
@settings(max_examples=80)
def test_no_bytes_make_it_fail_or_fall_silent(noise: list[tuple[bytes, float]]) -> None:
    line = Line()
    for data, after_s in noise:
        line.machine.data_to_send(line.now)
        line.now += after_s
        line.machine.receive_data(data, line.now)
        due = line.machine.next_deadline()
        assert due is not None
        assert due <= line.now + 30
        line.machine.handle_deadline(line.now)
    hears(line, "1A")
