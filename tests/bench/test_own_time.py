"""What counts as the devices' own time, on timelines that are written down here."""

import pytest

from kiosk.virtual.bench.own_time import (
    ACK_AND_PAUSE_S,
    Stretch,
    acceptor_waits,
    acceptor_work,
    covered_s,
    printer_work,
    printing_alone_s,
    reader_work,
)
from kiosk.virtual.bench.row import percentile
from kiosk.virtual.bench.stack_command import reaction_ms
from kiosk.virtual.bench.timed_hall import frames

POLL, ACK, STACK = "02030633da81", "02030600c282", "02030635ece4"
ESCROWED, STACKED, ACCEPTING = "0203078004b275", "0203078104606c", "0203061536e0"


def line(way: str, *chunks: tuple[float, str]) -> dict[str, object]:
    return {"event": "line", "way": way, "chunks": [list(chunk) for chunk in chunks], "at": chunks[-1][0]}


def bytewise(at: float, frame: str) -> list[tuple[float, str]]:
    """One byte a millisecond, the last one at `at`."""
    count = len(frame) // 2
    return [(at - 0.001 * (count - 1 - number), frame[2 * number : 2 * number + 2]) for number in range(count)]


NOTE = [
    {"event": "inserted", "at": 1.0},
    line("in", (1.9, POLL)),
    line("out", *bytewise(1.91, ACCEPTING)),
    {"event": "escrow", "at": 2.0},
    line("in", (1.911, ACK), (2.1, POLL)),
    line("out", *bytewise(2.11, ESCROWED)),
    line("in", (2.112, ACK), (2.15, STACK)),
    line("out", *bytewise(2.16, ACK)),
    {"event": "stacked", "at": 3.15},
    line("in", (3.0, POLL)),
    line("out", *bytewise(3.01, ACCEPTING)),
    line("in", (3.011, ACK), (3.25, POLL)),
    line("out", *bytewise(3.26, STACKED)),
]


def test_frames_are_read_off_the_line_with_first_and_last_byte() -> None:
    first, second, third = frames(NOTE[:5])[:3]
    assert (first.way, first.code, first.began) == ("in", 0x33, 1.9)
    assert (second.way, second.code, second.ended) == ("out", 0x15, 1.91)
    assert second.began == pytest.approx(1.905)
    assert (third.way, third.code) == ("in", 0x00)


def test_a_damaged_byte_is_passed_over() -> None:
    found = frames([line("in", (1.0, "ff" + POLL))])
    assert [frame.code for frame in found] == [0x33]


def test_the_reaction_is_from_the_report_s_last_byte_to_the_command_s_first() -> None:
    assert reaction_ms(NOTE) == [pytest.approx(40.0)]


def test_a_stack_command_without_an_escrow_report_before_it_is_not_timed() -> None:
    assert reaction_ms([line("out", *bytewise(1.0, ACCEPTING)), line("in", (1.1, STACK))]) == []


def test_the_acceptor_works_while_it_moves_the_note_and_while_it_tells() -> None:
    assert set(acceptor_work(NOTE)) == {
        Stretch(1.0, 2.0),
        Stretch(2.15, 3.15),
        Stretch(2.1, 2.11),
        Stretch(3.25, 3.26),
    }


def test_prescribed_waits_end_when_the_next_poll_or_command_is_due() -> None:
    first, second, third = acceptor_waits(NOTE)
    assert [wait.began for wait in (first, second, third)] == [2.0, 3.15, 2.11]
    assert [wait.ended for wait in (first, second, third)] == pytest.approx([2.1, 3.2, 2.11 + ACK_AND_PAUSE_S])


def test_a_late_poll_is_the_controller_s() -> None:
    """The poll that brings the stacked note comes 50 ms late, STACK some 14 ms."""
    own = covered_s(acceptor_work(NOTE) + acceptor_waits(NOTE), 1.0, 3.26)
    assert 3.26 - 1.0 - own == pytest.approx(0.05 + 0.04 - ACK_AND_PAUSE_S)


def test_time_that_two_devices_share_counts_once() -> None:
    assert covered_s([Stretch(0, 2), Stretch(1, 3), Stretch(5, 9)], 0.5, 6) == 3.5


def test_nothing_covered_is_nothing() -> None:
    assert covered_s([], 0, 5) == 0
    assert covered_s([Stretch(7, 9)], 0, 5) == 0


def test_the_reader_works_from_the_card_s_going_in_to_the_end_of_each_exchange() -> None:
    events = [
        {"event": "inserted", "at": 1.0},
        {"event": "exchanged", "began": 1.4, "at": 1.5},
        {"event": "exchanged", "began": 1.7, "at": 1.8},
    ]
    assert covered_s(reader_work(events), 1.0, 2.0) == pytest.approx(0.6)


def test_a_slip_takes_at_least_its_time_on_the_line() -> None:
    slip = b"\x1b@" + b"gas\n" * 100 + b"\x1dV\x00"
    assert printing_alone_s(slip) > len(slip) * 10 / 19200


def test_the_printer_s_status_is_no_part_of_a_slip() -> None:
    slip = (b"\x1b@" + b"gas\n" * 20 + b"\x1dV\x00").hex()
    events = [line("in", (1.0, "100401")), line("out", (1.01, "12")), line("in", (2.0, slip), (2.1, "100404"))]
    (work,) = printer_work(events)
    assert work.began == 2.0
    assert work.ended - work.began == pytest.approx(printing_alone_s(bytes.fromhex(slip)))


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.95, 10), (0.99, 10), (0.1, 1)])
def test_a_percentile_is_always_one_of_the_samples(share: float, value: int) -> None:
    assert percentile(list(range(1, 11)), share) == value
