"""The parts that several papers share."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from devices.print_document import Align, Block, Columns, Document, Feed, Pair, Rule, Text
from kiosk.messages import Language, text, units
from kiosk.paper.facts import Head, NoteCount, PriceLine

CHAIN_SHORT: Final = 16
"""Hex digits of the journal's hash that a person can compare; the QR code carries all."""

SIGNATURE_LINE: Final = "______________"


def printable(words: str) -> str:
    """Without the signs of our own formats that no Chinese printer has in its font (GBK): ³ and the half-width yen
    sign."""
    return words.replace("m³", "m3").replace("¥", "￥")


def money(amount_fen: int, language: Language = "zh_CN") -> str:
    return printable(units.money(amount_fen, language))


def signed_money(amount_fen: int, language: Language = "zh_CN") -> str:
    return printable(units.signed_money(amount_fen, language))


def volume(volume_m3_hundredths: int, language: Language = "zh_CN") -> str:
    return printable(units.volume(volume_m3_hundredths, language))


def figure(hundredths: int) -> str:
    """A figure in a table whose head names the unit: "99.98"."""
    return units.money(hundredths, "en").replace("¥", "")


def headed(head: Head, title: str, *, copy: int = 0, language: Language = "zh_CN") -> list[Block]:
    """The hall's name, the kind of paper, and on a copy that it is one."""
    blocks: list[Block] = [
        Text(head.hall_name, "centre", bold=True),
        Text(title, "centre", bold=True, width=2, height=2),
    ]
    if copy:
        blocks.append(Text(text("paper.receipt.copy", language, count=copy), "centre", bold=True, width=2))
    return blocks


def pairs(language: Language, *rows: tuple[str, str]) -> list[Block]:
    """Named values; rows without a value are left out."""
    return [Pair(text(code, language), value) for code, value in rows if value]


def table(columns: int, shares: tuple[int, ...], rows: Iterable[tuple[str, ...]], *, bold: bool = False) -> list[Block]:
    """Lines of one table: the first cell at the left, figures at the right. `shares` are widths on 32 columns; what
    a wider paper has more goes to all alike, the rest to the last."""
    extra = (columns - sum(shares)) // len(shares)
    widths = [share + extra for share in shares]
    widths[-1] += columns - sum(widths)
    aligns: list[Align] = ["left"]
    aligns += ["right"] * (len(shares) - 1)
    return [Columns(row, tuple(widths), tuple(aligns), bold) for row in rows]


PRICE_SHARES: Final = (7, 9, 6, 10)
COUNT_SHARES: Final = (10, 8, 14)


def price_table(columns: int, lines: Iterable[PriceLine], language: Language) -> list[Block]:
    """The price, line by line and tier by tier."""
    heads = tuple(text(f"paper.head.{name}", language) for name in ("tier", "volume", "unit_price", "amount"))
    rows = [
        (
            units.tier_name(line.tier, language),
            figure(line.volume_m3_hundredths),
            figure(line.price_fen_per_m3),
            figure(line.amount_fen),
        )
        for line in lines
    ]
    return table(columns, PRICE_SHARES, [heads, *rows])


def note_table(columns: int, notes: Iterable[NoteCount], language: Language) -> list[Block]:
    """Notes by value, largest first."""
    heads = tuple(text(f"paper.head.{name}", language) for name in ("note", "count", "amount"))
    rows = [
        (printable(units.note(one.value_fen, language)), str(one.count), figure(one.amount_fen))
        for one in sorted(notes, key=lambda one: -one.value_fen)
        if one.count
    ]
    return table(columns, COUNT_SHARES, [heads, *rows])


def signatures(language: Language, *, filled_by: str = "", filled_at: datetime | None = None) -> list[Block]:
    """Who filled the form in, when, and the place for the superior's signature (H30)."""
    return [
        Rule(),
        Pair(text("paper.sign.filled_by", language), filled_by or SIGNATURE_LINE),
        Pair(text("paper.sign.date", language), units.stamp(filled_at) if filled_at else SIGNATURE_LINE),
        Feed(),
        Pair(text("paper.sign.supervisor", language), SIGNATURE_LINE),
    ]


def paper(name: str, head: Head, blocks: Iterable[Block]) -> Document:
    return Document(name, tuple(blocks), head.columns)
