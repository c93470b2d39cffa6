"""Published and derived frames, read and written by the driver and, independently, by the simulated device."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.ccnet.frame import EXTENDED_LENGTH_MAX, PAYLOAD_MAX, Frame, FrameParser, crc16, encode
from drivers.sim.note_acceptor_ccnet import Assembler, checksum, reply_frame

VECTORS = [
    "02 03 06 33 DA 81",
    "02 03 06 00 C2 82",
    "02 03 06 FF BA 8D",
    "02 03 06 30 41 B3",
    "02 03 06 31 C8 A2",
    "02 03 06 37 FE C7",
    "02 03 06 41 4F D1",
    "02 03 06 35 EC E4",
    "02 03 06 36 77 D6",
    "02 03 0C 34 FF FF FF FF FF FF FE F7",
    "02 03 0C 34 00 00 00 00 00 00 17 0C",
    "02 03 06 10 43 92",
    "02 03 06 13 D8 A0",
    "02 03 06 14 67 D4",
    "02 03 06 15 EE C5",
    "02 03 06 17 FC E6",
    "02 03 06 19 82 0F",
    "02 03 07 80 01 05 22",
    "02 03 07 80 02 9E 10",
    "02 03 07 81 01 DD 3B",
    "02 03 27 464C532D455531302D363933363339 30374B493431415337343832 75ED8DC8033F7B 35 DA",
    "02 03 06 38 09 3F",
    "02 03 06 5B 94 6E",
    "02 03 06 11 CA 83",
    "02 03 06 12 51 B1",
    "02 03 07 1C 68 3F 6C",
    "02 03 06 42 D4 E3",
    "02 03 07 47 50 AB E6",
    "02 03 07 82 02 2E 23",
    "02 03 07 81 02 46 09",
    "02 03 0C 34 00 00 3F 00 00 3F 68 3B",
    "02 03 0E 5A 00 00 27 10 00 00 27 10 7F D3",
]
FRAMES = [bytes.fromhex(vector) for vector in VECTORS]
each_frame = pytest.mark.parametrize("frame", FRAMES, ids=VECTORS)
payloads = st.binary(min_size=1, max_size=PAYLOAD_MAX)


def read(data: bytes) -> list[bytes]:
    return [frame.payload for frame in FrameParser(3).receive(data)]


@each_frame
def test_driver_reads_and_writes_the_published_frame(frame: bytes) -> None:
    assert read(frame) == [frame[3:-2]]
    assert encode(3, frame[3:-2]) == frame
    assert crc16(frame) == 0


@each_frame
def test_simulator_reads_and_writes_the_published_frame(frame: bytes) -> None:
    assert Assembler().feed(frame, 0.0) == [frame[3:-2]]
    assert reply_frame(frame[3:-2]) == frame


@each_frame
def test_any_single_wrong_bit_is_rejected(frame: bytes) -> None:
    for position in range(len(frame) * 8):
        damaged = bytearray(frame)
        damaged[position // 8] ^= 1 << position % 8
        parser = FrameParser(3)
        assert parser.receive(bytes(damaged)) == ()
        assert parser.line_is_quiet() == ()
        assert [payload for payload in Assembler().feed(bytes(damaged), 0.0) if payload is not None] == []


@given(st.binary(max_size=300))
def test_the_two_checksums_agree(data: bytes) -> None:
    assert crc16(data).to_bytes(2, "little") == checksum(data)


@given(payloads)
def test_each_side_reads_what_the_other_writes(payload: bytes) -> None:
    assert read(reply_frame(payload)) == [payload]
    assert Assembler().feed(encode(3, payload), 0.0) == [payload]


@given(st.binary(min_size=PAYLOAD_MAX + 1, max_size=1000))
def test_extended_length(payload: bytes) -> None:
    frame = encode(3, payload)
    assert frame[2] == 0
    assert int.from_bytes(frame[4:6], "big") == len(frame)
    assert read(frame) == [payload]
    assert Assembler().feed(frame, 0.0) == [payload]


@given(st.lists(payloads, min_size=1, max_size=4), st.data())
def test_frames_split_anywhere_are_found(sent: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(encode(3, payload) for payload in sent)
    parser, found, start = FrameParser(3), [], 0
    while start < len(stream):
        end = data.draw(st.integers(start + 1, len(stream)))
        found += [frame.payload for frame in parser.receive(stream[start:end])]
        start = end
    assert found == sent
    assert parser.is_empty


@given(st.binary(max_size=40), payloads, st.binary(max_size=40))
@settings(max_examples=300)
def test_a_frame_in_noise_is_found_at_the_latest_when_the_line_is_quiet(
    before: bytes, payload: bytes, after: bytes
) -> None:
    parser = FrameParser(3)
    found = [*parser.receive(before + encode(3, payload) + after), *parser.line_is_quiet()]
    assert Frame(3, payload) in found
    assert parser.is_empty


def test_a_megabyte_of_noise_gives_next_to_nothing() -> None:
    state, noise = 0x2545F491, bytearray()
    while len(noise) < 1_000_000:
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        noise += state.to_bytes(4, "little")
    parser = FrameParser(3)
    found = [
        frame for start in range(0, len(noise), 4096) for frame in parser.receive(bytes(noise[start : start + 4096]))
    ]
    assert len([*found, *parser.line_is_quiet()]) <= 1


def test_another_units_frames_are_not_ours() -> None:
    assert read(encode(1, b"\x33") + encode(3, b"\x14") + encode(4, b"\x14")) == [b"\x14"]


@pytest.mark.parametrize("size", [0, EXTENDED_LENGTH_MAX - 6])
def test_payload_that_fits_no_frame_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="byte"):
        encode(3, bytes(size))
