"""Published and derived frames, read and written by the driver and, independently, by the simulated unit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.id003.frame import PAYLOAD_MAX, FrameParser, crc16, encode
from drivers.sim.note_acceptor_id003 import Assembler, checksum, make_frame

VECTORS = [
    "FC 05 11 27 56",
    "FC 05 40 2B 15",
    "FC 05 50 AA 05",
    "FC 05 1B 7D F9",
    "FC 05 1A F4 E8",
    "FC 05 12 BC 64",
    "FC 06 13 63 A2 D8",
    "FC 06 13 64 1D AC",
    "FC 05 41 A2 04",
    "FC 05 43 B0 27",
    "FC 05 14 8A 01",
    "FC 05 15 03 10",
    "FC 05 4B F8 AB",
    "FC 06 C3 00 04 D6",
    "FC 05 83 BC E1",
    "FC 06 83 01 EB 81",
    "FC 07 C0 FF 00 ED 4A",
    "FC 07 C0 00 00 2D B5",
    "FC 05 8A 7D 7C",
    "FC 25 8A 61000000 62E00500 63E00A00 64E01400 65E03200 66E00A01 67E01401 68E03201 05 C1",
    "FC 05 91 2F D2",
    "FC 11 91 323331303030373630343433 7C 7C",
    "FC 05 05 82 00",
    "FC 06 C2 01 55 DE",
    "FC 05 44 0F 53",
    "FC 05 42 39 36",
    "FC 06 17 79 19 00",
    "FC 05 48 63 99",
    "FC 05 16 98 22",
]
FRAMES = [bytes.fromhex(vector) for vector in VECTORS]
each_frame = pytest.mark.parametrize("frame", FRAMES, ids=VECTORS)
payloads = st.binary(min_size=1, max_size=PAYLOAD_MAX)


@each_frame
def test_driver_reads_and_writes_the_published_frame(frame: bytes) -> None:
    assert FrameParser().receive(frame) == (frame[2:-2],)
    assert encode(frame[2:-2]) == frame
    assert crc16(frame) == 0


@each_frame
def test_simulator_reads_and_writes_the_published_frame(frame: bytes) -> None:
    assert Assembler().feed(frame, 0.0) == [frame[2:-2]]
    assert make_frame(frame[2:-2]) == frame


@each_frame
def test_any_single_wrong_bit_is_rejected(frame: bytes) -> None:
    for position in range(len(frame) * 8):
        damaged = bytearray(frame)
        damaged[position // 8] ^= 1 << position % 8
        parser = FrameParser()
        assert parser.receive(bytes(damaged)) == ()
        assert parser.line_is_quiet() == ()
        assert [payload for payload in Assembler().feed(bytes(damaged), 0.0) if payload is not None] == []


@given(st.binary(max_size=260))
def test_the_two_checksums_agree(data: bytes) -> None:
    assert crc16(data).to_bytes(2, "little") == checksum(data)


@given(payloads)
def test_each_side_reads_what_the_other_writes(payload: bytes) -> None:
    assert FrameParser().receive(make_frame(payload)) == (payload,)
    assert Assembler().feed(encode(payload), 0.0) == [payload]


@given(st.lists(payloads, min_size=1, max_size=4), st.data())
def test_frames_split_anywhere_are_found(sent: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(encode(payload) for payload in sent)
    parser, assembler, start = FrameParser(), Assembler(), 0
    found: list[bytes] = []
    understood: list[bytes | None] = []
    while start < len(stream):
        end = data.draw(st.integers(start + 1, len(stream)))
        found += parser.receive(stream[start:end])
        understood += assembler.feed(stream[start:end], 0.0)
        start = end
    assert found == understood == sent
    assert parser.is_empty


@given(st.binary(max_size=40), payloads, st.binary(max_size=40))
@settings(max_examples=200)
def test_a_frame_in_noise_is_found_at_the_latest_when_the_line_is_quiet(
    before: bytes, payload: bytes, after: bytes
) -> None:
    parser = FrameParser()
    found = [*parser.receive(before + encode(payload) + after), *parser.line_is_quiet()]
    assert payload in found
    assert parser.is_empty


def test_a_megabyte_of_noise_gives_next_to_nothing() -> None:
    state, noise = 0x2545F491, bytearray()
    while len(noise) < 1_000_000:
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        noise += state.to_bytes(4, "little")
    parser = FrameParser()
    found = [p for start in range(0, len(noise), 4096) for p in parser.receive(bytes(noise[start : start + 4096]))]
    assert len([*found, *parser.line_is_quiet()]) <= 1


@pytest.mark.parametrize("size", [0, PAYLOAD_MAX + 1])
def test_payload_that_fits_no_frame_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="byte"):
        encode(bytes(size))
