import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.iso7816.apdu import ApduError, CommandApdu, ResponseApdu
from drivers.iso7816.atr import parse_atr
from drivers.iso7816.status_word import StatusWord

BYTE = st.integers(0, 255)


def test_a_command_has_header_length_data_and_expected_length() -> None:
    assert CommandApdu(0xFF, 0xB0, 0, 0x20, le=256).to_bytes() == bytes.fromhex("FFB0002000")
    assert CommandApdu(0xFF, 0xD0, 0, 0x40, b"\x01\x02").to_bytes() == bytes.fromhex("FFD00040020102")
    assert CommandApdu(0, 0xA4, 4, 0, b"\xa0", le=1).to_bytes() == bytes.fromhex("00A4040001A001")
    assert CommandApdu(0, 0x84, 0, 0).to_bytes() == bytes.fromhex("00840000")


@given(BYTE, BYTE, BYTE, BYTE, st.binary(max_size=255), st.none() | st.integers(1, 256))
def test_any_command_carries_its_data_where_its_length_says(
    cla: int, ins: int, p1: int, p2: int, data: bytes, le: int | None
) -> None:
    encoded = CommandApdu(cla, ins, p1, p2, data, le).to_bytes()
    assert encoded[:4] == bytes((cla, ins, p1, p2))
    assert len(encoded) == 4 + (1 + len(data) if data else 0) + (le is not None)
    if data:
        assert encoded[4] == len(data)
        assert encoded[5 : 5 + len(data)] == data


@pytest.mark.parametrize(
    "fields",
    [
        {"cla": 256, "ins": 0, "p1": 0, "p2": 0},
        {"cla": 0, "ins": -1, "p1": 0, "p2": 0},
        {"cla": 0, "ins": 0, "p1": 0, "p2": 0, "data": bytes(256)},
        {"cla": 0, "ins": 0, "p1": 0, "p2": 0, "le": 0},
        {"cla": 0, "ins": 0, "p1": 0, "p2": 0, "le": 257},
    ],
)
def test_a_field_out_of_range_is_refused(fields: dict[str, int]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        CommandApdu(**fields)  # type: ignore[arg-type]


def test_a_secret_never_appears_in_text() -> None:
    command = CommandApdu(0xFF, 0x20, 0, 0, bytes.fromhex("C0FFEE"), secret=True)
    text = f"{command} {command!r} {ApduError(command, StatusWord(0x6300))}".upper()
    for form in ("C0 FF EE", "C0FFEE", "XC0", "\\XFF\\XEE"):
        assert form not in text
    assert "FF 20 00 00 03 .. .. .." in str(command)


def test_a_response_is_data_and_status_word() -> None:
    response = ResponseApdu.from_bytes(bytes.fromhex("01029000"))
    assert response.data == b"\x01\x02"
    assert response.status.ok


@pytest.mark.parametrize("response", [b"", b"\x90"])
def test_a_response_without_status_word_is_refused(response: bytes) -> None:
    with pytest.raises(ValueError, match="status word"):
        ResponseApdu.from_bytes(response)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (0x9000, "no error"),
        (0x6982, "security status not satisfied"),
        (0x63C2, "verification failed, 2 tries left"),
        (0x6110, "16 bytes still available"),
        (0x6C00, "wrong Le, 256 bytes available"),
        (0x9302, "not assigned by ISO 7816-4"),
    ],
)
def test_a_status_word_says_its_name(value: int, name: str) -> None:
    assert StatusWord(value).name == name
    assert name in str(ApduError(CommandApdu(0, 0xA4, 0, 0), StatusWord(value)))


def test_only_63cx_counts_tries() -> None:
    assert [StatusWord(value).tries_left for value in (0x63C0, 0x63CF, 0x6300, 0x9007)] == [0, 15, None, None]


@pytest.mark.parametrize(
    ("received", "raw", "historical"),
    [
        ("3B04A2131091", "3B04A2131091", "A2131091"),
        ("3B04A2131091" + "00" * 27, "3B04A2131091", "A2131091"),
        ("3B6800000073C84012009000", "3B6800000073C84012009000", "0073C84012009000"),
        # TD1 = 81 asks for TD2 = 31, which names T=1: a check byte TCK follows the historical bytes.
        ("3B8281310102AABBCC", "3B8281310102AABBCC", "AABB"),
        ("3B828101AABBCC", "3B828101AABBCC", "AABB"),
        ("3B00", "3B00", ""),
    ],
)
def test_an_atr_ends_where_it_says(received: str, raw: str, historical: str) -> None:
    atr = parse_atr(bytes.fromhex(received))
    assert atr is not None
    assert (atr.raw, atr.historical) == (bytes.fromhex(raw), bytes.fromhex(historical))


@pytest.mark.parametrize("received", ["", "3B", "00", "FF04A2131091", "3B04A21310", "3BFF", "3B81"])
def test_what_is_no_atr_is_none(received: str) -> None:
    assert parse_atr(bytes.fromhex(received)) is None


@given(st.binary(max_size=40))
def test_no_bytes_upset_the_atr_parser(received: bytes) -> None:
    atr = parse_atr(received)
    assert atr is None or (received.startswith(atr.raw) and atr.historical in atr.raw and len(atr.historical) < 16)
