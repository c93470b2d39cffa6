"""Money, gas, dates and ages as people read them. Integers in, text out; nothing here rounds money or gas."""

from datetime import date, datetime, time
from typing import Final

from kiosk.messages.table import Language

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS_ZH: Final = "一二三四五六日"
_WEEKDAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DIGITS_ZH: Final = "零一二三四五六七八九"
_CAPITAL_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_CAPITAL_PLACES: Final = ("", "拾", "佰", "仟")
_CAPITAL_GROUPS: Final = ("", "万", "亿", "万亿")


def _hundredths(value: int) -> str:
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 100)
    return f"{sign}{whole}.{rest:02d}"


def money(amount_fen: int, language: Language) -> str:
    """ "￥100.00" or "¥100.00"; a negative amount has its sign in front."""
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}{'¥' if language == 'en' else '￥'}{_hundredths(abs(amount_fen))}"


def signed_money(amount_fen: int, language: Language) -> str:
    """As `money`, with a plus in front of what is above nothing: for differences."""
    return ("+" if amount_fen > 0 else "") + money(amount_fen, language)


def note(value_fen: int, language: Language) -> str:
    """A note by its face value: "100元" or "¥100"; fen are shown only where there are any."""
    text = str(value_fen // 100) if value_fen % 100 == 0 else _hundredths(value_fen)
    return f"¥{text}" if language == "en" else f"{text}元"


def notes(values_fen: frozenset[int] | tuple[int, ...], language: Language) -> str:
    """Several notes, smallest first: "5元、10元" or "¥5, ¥10"."""
    return (", " if language == "en" else "、").join(note(value, language) for value in sorted(values_fen))


def volume(volume_m3_hundredths: int, language: Language) -> str:
    """ "41.66 立方米" or "41.66 m³"."""
    return f"{_hundredths(volume_m3_hundredths)} {'m³' if language == 'en' else '立方米'}"


def unit_price(price_fen_per_m3: int, language: Language) -> str:
    """ "2.40 元/立方米" or "¥2.40/m³"."""
    price = _hundredths(price_fen_per_m3)
    return f"¥{price}/m³" if language == "en" else f"{price} 元/立方米"


def tier_name(number: int, language: Language) -> str:
    """ "第一档" or "Tier 1". `number` from 1."""
    if language == "en":
        return f"Tier {number}"
    return f"第{_DIGITS_ZH[number] if 0 < number < 10 else number}档"


def day(on: date, language: Language) -> str:
    """ "2026年11月23日" or "23 Nov 2026"."""
    if language == "en":
        return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日"


def weekday(on: date, language: Language) -> str:
    """ "星期一" or "Mon"."""
    return _WEEKDAYS_EN[on.weekday()] if language == "en" else f"星期{_WEEKDAYS_ZH[on.weekday()]}"


def clock(at: time | datetime) -> str:
    """ "14:05", on the 24-hour clock in both languages."""
    return f"{at.hour:02d}:{at.minute:02d}"


def moment(at: datetime, language: Language) -> str:
    """ "2026年11月23日 14:05" or "23 Nov 2026 14:05"."""
    return f"{day(at.date(), language)} {clock(at)}"


def stamp(at: datetime) -> str:
    """ "2026-11-23 14:05:09": for papers and lists, where figures stand under each other."""
    return f"{at.year:04d}-{at.month:02d}-{at.day:02d} {at.hour:02d}:{at.minute:02d}:{at.second:02d}"


def _capital_whole(whole: int) -> str:
    """A whole number in the digits that cannot be altered by a stroke of the pen. Zeros between digits are written
    once."""
    groups: list[int] = []
    while whole:
        whole, group = divmod(whole, 10_000)
        groups.append(group)
    written, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group == 0:
            gap = bool(written)
            continue
        if written and group < 1_000:
            gap = True
        part = ""
        for power in range(3, -1, -1):
            digit = group // 10**power % 10
            if digit == 0:
                gap = gap or bool(part)
                continue
            part += ("零" if gap else "") + _CAPITAL_DIGITS[digit] + _CAPITAL_PLACES[power]
            gap = False
        gap = False
        written += part + _CAPITAL_GROUPS[place]
    return written


def money_in_words(amount_fen: int) -> str:
    """An amount in capital Chinese figures, as on vouchers: "壹佰元整", "玖拾玖元玖角捌分", "壹仟零伍元零壹分".

    Raises `ValueError` below zero and from 10^16 yuan (what the groups of four digits can name)."""
    if amount_fen < 0 or amount_fen >= 10**18:
        raise ValueError(f"no words for {amount_fen} fen")
    whole, rest = divmod(amount_fen, 100)
    jiao, fen = divmod(rest, 10)
    if amount_fen == 0:
        return "零元整"
    words = f"{_capital_whole(whole)}元" if whole else ""
    if rest == 0:
        return words + "整"
    if jiao:
        words += f"{_CAPITAL_DIGITS[jiao]}角"
    elif whole:
        words += "零"
    return words + (f"{_CAPITAL_DIGITS[fen]}分" if fen else "整")
