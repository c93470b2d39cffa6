"""The machine against byte-for-byte transcripts: what it says, and when, to what a unit says."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.ccnet.events import Answering, Escrowed, Silence, Silent, Trouble, Troubled
from drivers.ccnet.frame import encode
from drivers.ccnet.machine import LISTEN_S, CcnetMachine

POLL, ACK, NAK, RESET = (
    bytes.fromhex(text) for text in ("020306 33DA81", "020306 00C282", "020306 FFBA8D", "020306 3041B3")
)
FRAME_S = 6 / 960


def reply(text: str) -> bytes:
    return encode(3, bytes.fromhex(text))


class Line:
    """Steps the machine by hand."""

    def __init__(self) -> None:
        self.machine = CcnetMachine()
        self.now = 100.0
        self.machine.connection_made(self.now - LISTEN_S)

    def says(self) -> bytes:
        return self.machine.data_to_send(self.now)

    def hears(self, data: bytes, after_s: float = 0.012) -> bytes:
        self.now += after_s
        self.machine.receive_data(data, self.now)
        return self.says()

    def waits(self) -> bytes:
        """Until the machine says something by itself."""
        for _ in range(10):
            due = self.machine.next_deadline()
            assert due is not None
            self.now = max(self.now, due)
            self.machine.handle_deadline(self.now)
            if data := self.says():
                return data
        raise AssertionError("the machine has nothing to say")

    def events(self, *kinds: type) -> Sequence[object]:
        return [event for event in self.machine.take_events() if isinstance(event, kinds)]


def test_first_word_is_a_poll_and_a_power_up_is_answered_by_reset() -> None:
    line = Line()
    assert line.says() == POLL
    assert line.hears(reply("10")) == ACK
    acknowledged = line.now
    assert line.waits() == RESET
    assert abs(line.now - acknowledged - FRAME_S - 0.020) < 1e-9


def with_the_count_read() -> Line:
    line = Line()
    assert line.says() == POLL
    assert line.hears(reply("80 01")) == ACK
    assert line.waits() == bytes.fromhex("020306 5B946E")
    assert line.hears(reply("00 07")) == ACK
    assert line.events(Escrowed) == []
    assert line.machine.stacked_count == 7
    assert line.waits() == POLL
    return line


def test_unit_without_a_counter_tells_of_its_note_all_the_same() -> None:
    line = Line()
    line.says()
    line.hears(reply("80 01"))
    line.waits()
    line.hears(RESET)  # the same bytes are ILLEGAL COMMAND when the unit says them
    assert line.waits() == POLL
    assert line.hears(reply("80 01")) == ACK
    assert line.events(Escrowed) == [Escrowed(1)]
    assert line.machine.stacked_count is None


def test_gap_after_ack_counts_from_the_end_of_the_ack_on_the_wire() -> None:
    line = with_the_count_read()
    assert line.hears(reply("80 01")) == ACK
    assert line.events(Escrowed) == [Escrowed(1)]
    line.machine.stack()
    assert line.says() == b""
    acknowledged = line.now
    assert line.waits() == bytes.fromhex("020306 35ECE4")
    assert line.now - acknowledged >= FRAME_S + 0.020 - 1e-9


def test_unit_found_with_a_note_is_not_told_of_bill_types_before_the_note_is_settled() -> None:
    line = with_the_count_read()
    for _ in range(5):
        assert line.hears(reply("80 01")) == ACK
        assert line.waits() == POLL


def test_polls_are_200_ms_apart() -> None:
    line = Line()
    line.says()
    began = line.now
    line.hears(reply("13"))
    assert line.waits() == POLL
    assert abs(line.now - began - 0.200) < 1e-9


def test_damaged_reply_is_asked_for_again_and_then_understood() -> None:
    line = with_the_count_read()
    damaged = bytearray(reply("80 01"))
    damaged[3] ^= 1
    assert line.hears(bytes(damaged)) == b""
    assert line.waits() == NAK
    assert line.hears(reply("80 01")) == ACK
    assert line.events(Escrowed) == [Escrowed(1)]
    assert line.machine.damaged_replies == 1


def test_damaged_replies_without_end_become_silence() -> None:
    line = Line()
    line.says()
    said = []
    for _ in range(3):
        line.hears(b"\x02\x03\x07\x80")
        said.append(line.waits())
    line.hears(b"\x02\x03\x07\x80")
    assert said == [NAK, NAK, NAK]
    assert line.waits() == POLL


def test_command_that_the_unit_did_not_understand_is_sent_again() -> None:
    line = Line()
    line.says()
    assert line.hears(NAK) == b""
    assert line.waits() == POLL
    assert line.hears(reply("13")) == ACK


def test_two_silences_are_offline_and_five_seconds_are_absent() -> None:
    line = Line()
    line.says()
    began = line.now
    told = []
    while line.now < began + 8:
        line.waits()
        told += [(event, line.now - began) for event in line.events(Silent)]
    assert [event for event, _ in told] == [Silent(Silence.OFFLINE), Silent(Silence.ABSENT)]
    assert told[0][1] <= 1.8
    assert 5.0 <= told[1][1] <= 6.0
    assert line.hears(reply("19")) == ACK
    assert line.events(Answering) == [Answering()]


def test_what_comes_unasked_is_neither_answered_nor_believed() -> None:
    line = Line()
    line.says()
    line.hears(reply("13"))
    line.events()
    assert line.hears(reply("81 02")) == b""
    assert line.machine.take_events() == ()


def test_echoing_adapter_is_named() -> None:
    line = Line()
    line.hears(line.says(), 0.007)
    assert line.events(Troubled) == [Troubled(Trouble.ECHO, "33")]


def test_state_that_the_manual_does_not_know_is_told_once() -> None:
    line = Line()
    line.says()
    line.hears(reply("16"))
    line.waits()
    line.hears(reply("16"))
    assert line.events(Troubled) == [Troubled(Trouble.UNKNOWN_STATE, "16")]


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=12), st.floats(0.0, 2.0)), max_size=60))
@settings(max_examples=100)
def test_no_bytes_make_it_fail_or_fall_silent(noise: list[tuple[bytes, float]]) -> None:
    line = Line()
    for data, after_s in noise:
        line.hears(data, after_s)
        due = line.machine.next_deadline()
        assert due is not None
        assert due <= line.now + 30
        line.machine.handle_deadline(line.now)
        line.says()
    said = [line.waits() for _ in range(6)]
    assert POLL in said


states = st.sampled_from(
    [
        f"{code:02X}"
        for code in (
            0x10,
            0x11,
            0x12,
            0x13,
            0x14,
            0x15,
            0x17,
            0x18,
            0x19,
            0x1A,
            0x30,
            0x41,
            0x42,
            0x43,
            0x44,
            0x45,
            0x46,
            0x00,
        )
    ]
    + ["80 01", "80 02", "81 01", "81 02", "82 01", "82 02", "1C 66", "1B 05", "47 50", "84 01", "90"]
)


@given(st.lists(st.tuples(states, st.booleans(), st.booleans()), max_size=80))
@settings(max_examples=200)
def test_no_order_of_states_makes_it_fail(replies: list[tuple[str, bool, bool]]) -> None:
    line = Line()
    line.says()
    for text, stacks, acknowledges in replies:
        line.hears(reply(text))
        if stacks:
            line.machine.stack()
        if acknowledges:
            line.machine.acknowledge()
        line.says()
        line.waits()
    assert line.machine.next_deadline() is not None
