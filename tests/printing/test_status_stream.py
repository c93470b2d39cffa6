"""The demultiplexer: every byte that a TM-T88III may send, in any split, among any noise."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from drivers.escpos.status import (
    GAP_S,
    AutomaticStatusBack,
    Block,
    Demultiplexer,
    FlowControl,
    FullStatus,
    Noise,
    ProcessIdEcho,
    QueuedStatus,
    RealTimeStatus,
)


def test_each_byte_is_what_appendix_g_says() -> None:
    """TM-T88III specification, appendix G, "Transmission status identification": bit 0, 1, 4 and 7 tell the kind."""
    for byte in range(256):
        replies = Demultiplexer().feed(bytes((byte,)), 0.0)
        if byte in (0x11, 0x13):
            expected: tuple[object, ...] = (FlowControl(byte == 0x13),)
        elif byte in (0x37, 0x3D, 0x5F) or byte & 0x93 == 0x10:
            expected = ()  # the first of several
        elif byte & 0x93 == 0x12:
            expected = (RealTimeStatus(byte),)
        elif byte & 0x90 == 0:
            expected = (QueuedStatus(byte),)
        else:
            expected = (Noise(byte),)
        assert replies == expected, f"{byte:02X}"


def test_healthy_answers_of_a_tm_t88iii() -> None:
    stream = (
        b"\x12\x16" + b"\x14\x00\x00\x0f" + b"\x00" + b"\x37\x22P001\x00" + b"\x5f_TM-T88III\x00" + b"\x3d\x22abc\x00"
    )
    assert Demultiplexer().feed(stream, 0.0) == (
        RealTimeStatus(0x12),
        RealTimeStatus(0x16),
        AutomaticStatusBack(0x14, 0x00, 0x00, 0x0F),
        QueuedStatus(0x00),
        ProcessIdEcho(b"P001"),
        Block(0x5F, b"_TM-T88III"),
        Block(0x3D, b"\x22abc"),
    )


def test_four_bytes_of_automatic_status_stay_together_around_xoff() -> None:
    assert Demultiplexer().feed(b"\x18\x13\x00\x0c\x11\x0f", 0.0) == (
        FlowControl(True),
        FlowControl(False),
        AutomaticStatusBack(0x18, 0x00, 0x0C, 0x0F),
    )


def test_automatic_status_that_breaks_off_does_not_swallow_the_next_answer() -> None:
    demultiplexer = Demultiplexer()
    assert demultiplexer.feed(b"\x18\x00", 0.0) == ()
    assert demultiplexer.feed(b"\x12", GAP_S + 1) == (Noise(0x18), QueuedStatus(0x00), RealTimeStatus(0x12))


def test_a_real_time_answer_cannot_be_a_byte_of_automatic_status() -> None:
    assert Demultiplexer().feed(b"\x10\x12", 0.0) == (Noise(0x10), RealTimeStatus(0x12))


def test_full_status_of_a_kiosk_printer_may_contain_any_byte() -> None:
    assert Demultiplexer(full_status=True).feed(b"\x10\x0f\x24\x11\x13\x12", 0.0) == (
        FullStatus(0x24, 0x11, 0x13, 0x12),
    )


_STREAM = st.lists(
    st.one_of(
        st.binary(max_size=6),
        st.sampled_from(
            [b"\x12", b"\x10\x00\x00\x0f", b"\x37\x22abcd\x00", b"\x37\x22ab", b"\x11", b"\x13", b"\x10\x0f"]
        ),
    ),
    max_size=20,
).map(b"".join)


@given(stream=_STREAM, cuts=st.lists(st.integers(0, 120), max_size=8), kiosk=st.booleans())
def test_the_split_of_the_stream_does_not_matter(stream: bytes, cuts: list[int], kiosk: bool) -> None:
    whole = Demultiplexer(full_status=kiosk).feed(stream, 0.0)
    pieces = Demultiplexer(full_status=kiosk)
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    parts = [pieces.feed(stream[a:b], 0.0) for a, b in pairwise(edges)]
    assert tuple(reply for part in parts for reply in part) == whole


@given(noise=st.binary(max_size=60))
def test_after_any_noise_and_a_pause_an_echo_is_understood(noise: bytes) -> None:
    demultiplexer = Demultiplexer()
    demultiplexer.feed(noise, 0.0)
    assert demultiplexer.feed(b"\x37\x22wxyz\x00", GAP_S + 0.1)[-1] == ProcessIdEcho(b"wxyz")
