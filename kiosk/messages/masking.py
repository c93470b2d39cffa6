"""What others may see of a customer (H12): enough to know oneself, too little to be known by a neighbour."""

import re
from typing import Final

_STARS: Final = "***"
_NAME_DOTS: Final = "·•・‧."
_NUMERALS: Final = "零〇一二三四五六七八九十百甲乙丙丁"
_PLACES: Final = "号弄幢栋座楼单元室层门户"
_ADDRESS_PRIVATE: Final = re.compile(rf"[0-9０-９A-Za-zＡ-Ｚａ-ｚ]|[{_NUMERALS}](?=[{_NUMERALS}]*[{_PLACES}])")


def _is_latin(word: str) -> bool:
    return word[:1].isalpha() and not any("\u2e80" <= sign <= "\u9fff" or sign > "\uffff" for sign in word)


def mask_name(name: str) -> str:
    """'王小明' -> '王*明', '王明' -> '王*', '阿卜杜拉·艾合买提' -> '阿***·***提', 'John Smith' -> 'J*** S***'.

    The first and the last character stay; at most three stars stand between, so that a long name doesn't tell its
    length. Of a name in parts (joined by a middle dot) the first character and the very last stay."""
    name = name.strip()
    if not name:
        return ""
    if _is_latin(name):
        return " ".join(word[0] + _STARS for word in name.split())
    parts = re.split(f"([{re.escape(_NAME_DOTS)}])", name)
    if len(parts) > 1 and parts[0] and parts[-1]:
        inner = [part if index % 2 else _STARS for index, part in enumerate(parts[1:-1], start=1)]
        return parts[0][0] + _STARS + "".join(inner) + _STARS + (parts[-1][-1] if len(parts[-1]) > 1 else "")
    if len(name) == 1:
        return "*"
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * min(3, len(name) - 2) + name[-1]


def mask_number(number: str) -> str:
    """A customer, card or meter number: at least half of it hidden. '10012345' -> '****2345', '1234' -> '**34',
    '330100123456' -> '33******3456'."""
    shown = min(4, len(number) // 2)
    front = 2 if len(number) >= 12 else 0
    return number[:front] + "*" * (len(number) - shown - front) + (number[-shown:] if shown else "")


def mask_phone(phone: str) -> str:
    """'13812345678' -> '138****5678'; a landline keeps its area code: '0571-88881234' -> '0571-****1234'."""
    phone = phone.strip()
    if re.fullmatch(r"1\d{10}", phone):
        return phone[:3] + "****" + phone[-4:]
    area, dash, rest = phone.rpartition("-")
    if dash and rest.isdigit() and area.isdigit():
        return f"{area}-{mask_number(rest)}"
    return mask_number(phone)


def mask_address(address: str) -> str:
    """'幸福路12号3幢2单元501室' -> '幸福路**号*幢*单元***室': the street stays, house and door go.

    An address without any number keeps its first half only."""
    masked = _ADDRESS_PRIVATE.sub("*", address)
    if masked != address or len(address) < 2:
        return masked
    keep = len(address) // 2
    return address[:keep] + "*" * (len(address) - keep)
