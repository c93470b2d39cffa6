"""Text on a Chinese printer: what leaves is two-byte GBK and ASCII; what comes out on paper is what was meant."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.paper_layout import wrap
from devices.print_document import Document, Text
from drivers.escpos import encoder
from drivers.escpos.real_time import has_real_time, without_real_time
from drivers.escpos.text import SUBSTITUTE, display_width, encode, gbk, printable
from drivers.sim.printer import VirtualPrinter

EVERY_GBK = [chr(code) for code in range(0x80, 0x10000) if not 0xD800 <= code < 0xE000 and gbk(chr(code)) is not None]


def printed(data: bytes, *, columns: int = 48) -> VirtualPrinter:
    printer = VirtualPrinter(columns=columns, speed=1e9)
    printer.receive(b"\x1b@\x1c&" + data + b"\n", 0.0)
    printer.run(1e6)
    for later in range(2000):
        if printer.next_event() is None:
            break
        printer.run(1e6 + later)
    return printer


def test_every_character_of_gbk_comes_out_as_itself() -> None:
    assert len(EVERY_GBK) > 21_700
    for at in range(0, len(EVERY_GBK), 24):
        text = "".join(EVERY_GBK[at : at + 24])
        assert printable(text) == text
        printer = printed(encode(text))
        assert printer.hanging == text.rstrip("\u3000") or printer.hanging == text
        assert printer.violations == []


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("金额¥100", "金额￥100"),
        ("￥100.00", "￥100.00"),
        ("12.5㎥", "12.5m3"),
        ("12.5m³ 25℃", "12.5m3 25℃"),
        ("阿卜杜拉•艾合买提", "阿卜杜拉·艾合买提"),
        ("————", "————"),
        ("a\u00a0b\tc", "a b c"),
        ("\u200b零宽\ufeff", "零宽"),
        ("𠮷", SUBSTITUTE),
        ("䶮", SUBSTITUTE),
        ("\ud800", SUBSTITUTE),
        ("👍", SUBSTITUTE),
    ],
)
def test_signs_that_gbk_does_not_have(text: str, paper: str) -> None:
    printer = printed(encode(text))
    assert printer.hanging == paper
    assert printer.violations == []


def test_a_character_outside_gbk_is_drawn_as_a_picture_in_the_line() -> None:
    rows = bytes.fromhex("800001") + bytes(66) + bytes.fromhex("000000")
    printer = printed(encode("李䶮", lambda char: rows if char == "䶮" else None))
    assert printer.hanging == "李▦"
    assert printer.glyphs == [b"\x80\x00\x00" + bytes(66) + b"\x80\x00\x00"]
    assert printer.violations == []


@given(st.text())
def test_no_text_becomes_a_command_or_a_four_byte_code(text: str) -> None:
    data = encode(text, lambda char: bytes([0x10, 0x04, 0x01] * 24) if ord(char) % 2 else None)
    assert not has_real_time(data)
    assert b"?" not in data or "?" in printable(text)
    for at in range(0, len(printable(text)), 20):
        piece = printable(text)[at : at + 20]
        printer = printed(encode(piece))
        assert printer.violations == []
        assert printer.hanging.count("\n") == 0


def test_commands_in_a_name_stay_letters(line: Callable[..., Any]) -> None:
    conversation = line()
    conversation.ready()
    conversation.print("j", Document("receipt", (Text("张\x1b@\x1dV\x00三\x10\x04\x01\x10\x14\x01\x00\x01"),)))
    assert conversation.outcome("j").outcome == "printed"
    assert conversation.printer.papers == ["张@V三"]
    assert conversation.printer.violations == []
    assert conversation.printer.pulses == 0


@given(st.binary(max_size=400).map(lambda dots: dots.replace(b"\x00", b"\x10\x04")))
def test_no_raster_fires_a_real_time_command(dots: bytes) -> None:
    safe = without_real_time(dots)
    assert len(safe) == len(dots)
    assert not has_real_time(safe)
    differing = sum((a ^ b).bit_count() for a, b in zip(dots, safe, strict=True))
    assert differing <= len(dots) // 2


def test_a_picture_goes_out_in_bands_that_any_buffer_holds() -> None:
    rows = bytes([0x10, 0x04, 0x14, 0x10, 0x05, 0x10] * 100)
    bands = encoder.raster(48, rows)
    assert [len(band) for band in bands] == [8 + 24 * 6] * 4 + [8 + 4 * 6]
    printer = printed(b"".join(bands))
    assert printer.violations == []
    assert [size[:2] for size in printer.pictures] == [(48, 24)] * 4 + [(48, 4)]
    dots = b"".join(picture[2] for picture in printer.pictures)
    assert dots == without_real_time(rows)


def test_python_escpos_encodes_without_a_word_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    encoder.raster(576, bytes(72 * 30))
    encoder.qr("https://example.invalid/票据?n=1", 6)
    encoder.cut()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("data", ["", "\x1b\x00", "长" * 200])
def test_a_qr_code_without_data_or_with_too_much_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match="QR"):
        encoder.qr(data, 6)


@given(st.text(max_size=200), st.integers(2, 48))
def test_wrapping_keeps_to_the_width_and_loses_nothing_but_blanks(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert all(display_width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(printable(text.replace("\n", " ")).split())


def test_a_closing_sign_does_not_begin_a_line() -> None:
    assert wrap("一二三四五。", 10) == ["一二三四", "五。"]
    assert wrap("一二三四（五）", 10) == ["一二三四", "（五）"]
    assert wrap("编号 ABC-12345 号", 12) == ["编号", "ABC-12345 号"]
