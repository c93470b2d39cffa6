"""The X and the Z report: sales by tariff and tier, notes by value, what is owed and open, and on a Z the blind
count (H03)."""

from itertools import groupby

from devices.print_document import Block, Document, Pair, Rule, Text
from kiosk.messages import text, units
from kiosk.paper.facts import CashCount, ReportFacts, SalesLine
from kiosk.paper.layout import (
    CHAIN_SHORT,
    figure,
    headed,
    money,
    note_table,
    pairs,
    paper,
    signatures,
    signed_money,
    table,
    volume,
)


def _say(code: str, **params: str | int) -> str:
    return text(f"paper.{code}", "zh_CN", **params)


def report(facts: ReportFacts) -> Document:
    """Z where there is a number, X where there is none."""
    is_z = facts.number is not None
    blocks: list[Block] = headed(facts.head, _say("z.title" if is_z else "x.title"), copy=facts.copy)
    blocks += [
        Text(_say("report.confidential"), "centre"),
        Rule("double"),
        *pairs(
            "zh_CN",
            ("paper.report.number", "" if facts.number is None else str(facts.number)),
            ("paper.report.date", facts.business_date.isoformat()),
            ("paper.row.terminal", facts.head.terminal),
            ("paper.report.from", f"{units.stamp(facts.opened_at)} {facts.opened_by}"),
            ("paper.report.to", f"{units.stamp(facts.taken_at)} {facts.taken_by}"),
        ),
        Rule(),
        *_sales(facts.head.columns, facts.sales),
        Pair(_say("report.orders"), str(facts.purchases)),
        Pair(_say("report.volume"), volume(sum(line.volume_m3_hundredths for line in facts.sales))),
        Pair(_say("report.sold"), money(sum(line.amount_fen for line in facts.sales)), bold=True),
        Rule(),
        *note_table(facts.head.columns, facts.notes, "zh_CN"),
        Pair(_say("report.notes_in"), str(sum(one.count for one in facts.notes))),
        Pair(_say("report.cash_in"), money(sum(one.amount_fen for one in facts.notes)), bold=True),
        *_amounts(
            ("report.cash_out", facts.cash_out_fen),
            ("report.credit_used", facts.credit_used_fen),
            ("report.credit_given", facts.credit_given_fen),
            ("report.slips_given", facts.slips_given_fen),
            ("report.redeemed", facts.slips_paid_fen),
            ("report.orders_open", facts.orders_open_fen),
            ("report.suspense", facts.suspense_fen),
            ("report.unconfirmed", facts.unconfirmed_fen),
        ),
        Rule(),
    ]
    if facts.count is not None:
        blocks += _count(facts.head.columns, facts.count)
    elif is_z:
        blocks.append(Text(_say("report.not_counted"), bold=True))
    else:
        blocks.append(Text(_say("x.note")))
    blocks += [
        Rule(),
        Pair(_say("report.first_record"), str(facts.first_sequence)),
        Pair(_say("report.last_record"), str(facts.last_sequence)),
        Pair(_say("report.hash"), facts.chain_head[:CHAIN_SHORT]),
    ]
    if is_z:
        blocks += signatures("zh_CN", filled_by=facts.taken_by, filled_at=facts.taken_at)
    if facts.copy:
        blocks.append(Text(_say("report.copy", count=facts.copy), "centre", bold=True))
    return paper("z-report" if is_z else "x-report", facts.head, blocks)


def _sales(columns: int, sales: tuple[SalesLine, ...]) -> list[Block]:
    blocks: list[Block] = [Text(_say("report.sales"), bold=True)]
    heads = [(_say("head.tier"), _say("head.volume"), _say("head.amount"))]
    by_tariff = sorted(sales, key=lambda line: (line.tariff_name, line.tier))
    for tariff_name, lines in groupby(by_tariff, key=lambda line: line.tariff_name):
        rows = [
            (units.tier_name(line.tier, "zh_CN"), figure(line.volume_m3_hundredths), figure(line.amount_fen))
            for line in lines
        ]
        blocks += [Text(tariff_name), *table(columns, (8, 11, 13), [*heads, *rows])]
    return blocks


def _amounts(*rows: tuple[str, int]) -> list[Block]:
    """Amounts that are not nothing: a short paper is read, a long one is not."""
    return [Pair(_say(code), money(amount_fen)) for code, amount_fen in rows if amount_fen]


def _count(columns: int, count: CashCount) -> list[Block]:
    difference = count.difference_fen
    if difference == 0:
        verdict: Block = Text(_say("report.agrees"), bold=True)
    else:
        name = "report.over" if difference > 0 else "report.short"
        verdict = Pair(_say(name), signed_money(difference), bold=True)
    blocks: list[Block] = [
        Text(_say("report.count"), bold=True),
        *note_table(columns, count.notes, "zh_CN"),
        Pair(_say("report.counted"), money(count.counted_fen), bold=True),
        Pair(_say("report.expected"), money(count.expected_fen)),
        verdict,
    ]
    if count.rounds > 1:
        blocks.append(Text(_say("report.recounted")))
    return [
        *blocks,
        *pairs("zh_CN", ("paper.report.reason", count.reason), ("paper.report.approved_by", count.approved_by)),
    ]
