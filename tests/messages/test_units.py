"""Money, gas and days as people read them; names and numbers as the neighbours may."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.messages.masking import mask_address, mask_name, mask_number, mask_phone
from kiosk.messages.units import (
    clock,
    day,
    moment,
    money,
    money_in_words,
    note,
    notes,
    signed_money,
    stamp,
    tier_name,
    unit_price,
    volume,
    weekday,
)


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (10_000, "￥100.00", "¥100.00"),
        (0, "￥0.00", "¥0.00"),
        (5, "￥0.05", "¥0.05"),
        (-1, "-￥0.01", "-¥0.01"),
        (194_400, "￥1944.00", "¥1944.00"),
    ],
)
def test_money(fen: int, zh: str, en: str) -> None:
    assert (money(fen, "zh_CN"), money(fen, "en")) == (zh, en)


def test_a_difference_shows_its_sign() -> None:
    assert [signed_money(fen, "zh_CN") for fen in (100, 0, -100)] == ["+￥1.00", "￥0.00", "-￥1.00"]


@given(st.integers(-(10**12), 10**12))
def test_money_can_be_read_back(fen: int) -> None:
    written = money(fen, "zh_CN").replace("￥", "")
    whole, _, rest = written.lstrip("-").partition(".")
    assert (int(whole) * 100 + int(rest)) * (-1 if written.startswith("-") else 1) == fen


def test_gas_and_prices() -> None:
    assert (volume(4_166, "zh_CN"), volume(4_166, "en")) == ("41.66 立方米", "41.66 m³")
    assert (unit_price(240, "zh_CN"), unit_price(240, "en")) == ("2.40 元/立方米", "¥2.40/m³")
    assert [tier_name(n, "zh_CN") for n in (1, 2, 10)] == ["第一档", "第二档", "第10档"]


def test_notes_by_their_face_value() -> None:
    assert note(10_000, "zh_CN") == "100元"
    assert note(50, "zh_CN") == "0.50元"
    assert notes(frozenset({1_000, 500, 10_000}), "zh_CN") == "5元、10元、100元"
    assert notes((500,), "en") == "¥5"


def test_days_and_times() -> None:
    at = datetime(2026, 11, 23, 9, 5, 7)  # noqa: DTZ001 - a wall time as it is printed
    assert day(at.date(), "zh_CN") == "2026年11月23日"
    assert day(at.date(), "en") == "23 Nov 2026"
    assert weekday(date(2026, 11, 22), "zh_CN") == "星期日"
    assert weekday(at.date(), "en") == "Mon"
    assert clock(at) == "09:05"
    assert moment(at, "zh_CN") == "2026年11月23日 09:05"
    assert stamp(at) == "2026-11-23 09:05:07"


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (10_000, "壹佰元整"),
        (9_998, "玖拾玖元玖角捌分"),
        (1_000, "壹拾元整"),
        (100_501, "壹仟零伍元零壹分"),
        (100_050, "壹仟元伍角整"),
        (100_005, "壹仟元零伍分"),
        (7, "柒分"),
        (70, "柒角整"),
        (1_000_000, "壹万元整"),
        (1_000_100, "壹万零壹元整"),
        (1_010_000, "壹万零壹佰元整"),
        (11_000_000, "壹拾壹万元整"),
        (10_100_000, "壹拾万壹仟元整"),
        (10_000_000_000, "壹亿元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (10_001_000_000, "壹亿零壹万元整"),
        (20_340_506, "贰拾万叁仟肆佰零伍元零陆分"),
    ],
)
def test_an_amount_in_capital_figures(fen: int, words: str) -> None:
    assert money_in_words(fen) == words


def _read_capitals(words: str) -> int:
    digits = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
    powers = {"拾": 10, "佰": 100, "仟": 1_000}
    whole_words, _, rest = words.partition("元") if "元" in words else ("", "", words)
    total = section = digit = 0
    for sign in whole_words:
        if sign in digits:
            digit = digits[sign]
        elif sign in powers:
            section += digit * powers[sign]
            digit = 0
        else:
            total += (section + digit) * {"万": 10_000, "亿": 100_000_000}[sign]
            section = digit = 0
    fen = (total + section + digit) * 100
    for sign in rest:
        if sign in digits:
            digit = digits[sign]
        elif sign in "角分":
            fen += digit * (10 if sign == "角" else 1)
    return fen


@given(st.integers(0, 10**12))
def test_capital_figures_can_be_read_back(fen: int) -> None:
    words = money_in_words(fen)
    assert _read_capitals(words) == fen
    assert "零零" not in words


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王*明"),
        ("王明", "王*"),
        ("欧阳小明", "欧**明"),
        ("王", "*"),
        ("", ""),
        ("阿卜杜拉·艾合买提", "阿***·***提"),
        ("买买提·阿不都·热合曼", "买***·***·***曼"),
        ("John Smith", "J*** S***"),
        ("晨光餐饮有限公司", "晨***司"),
        ("𠮷田", "𠮷*"),
    ],
)
def test_a_name_is_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=20))
def test_a_masked_chinese_name_shows_two_characters_at_most(name: str) -> None:
    masked = mask_name(name)
    assert sum(sign != "*" for sign in masked) <= 2
    assert "*" in masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("10012345", "****2345"), ("1234", "**34"), ("330100123456", "33******3456"), ("7", "*"), ("", "")],
)
def test_a_number_is_masked(number: str, masked: str) -> None:
    assert mask_number(number) == masked


@given(st.text("0123456789", max_size=24))
def test_at_least_half_of_a_number_is_hidden(number: str) -> None:
    masked = mask_number(number)
    assert len(masked) == len(number)
    assert masked.count("*") * 2 >= len(number)


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13812345678", "138****5678"), ("0571-88881234", "0571-****1234"), ("96177", "***77")],
)
def test_a_telephone_number_is_masked(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("幸福路12号3幢2单元501室", "幸福路**号*幢*单元***室"),
        ("三里屯街道A座1801", "三里屯街道*座****"),
        ("团结新村十二栋三单元", "团结新村**栋*单元"),
        ("老城东门外", "老城***"),
        ("", ""),
    ],
)
def test_an_address_keeps_its_street_only(address: str, masked: str) -> None:
    assert mask_address(address) == masked
