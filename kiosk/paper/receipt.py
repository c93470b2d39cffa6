"""The receipt of a purchase: price by tier, notes by value, what the card held before and holds now."""

from devices.print_document import Block, Document, Feed, Pair, Qr, Rule, Text
from kiosk.messages import text, units
from kiosk.messages.masking import mask_name, mask_number
from kiosk.paper.facts import ReceiptFacts
from kiosk.paper.layout import CHAIN_SHORT, headed, money, note_table, pairs, paper, price_table, volume


def qr_data(receipt_no: str, chain_head: str) -> str:
    """What the receipt's QR code says: enough to look the receipt up and to see that the journal it stands in has
    not been changed."""
    return f"gashall:receipt:{receipt_no}:{chain_head}"


def receipt(facts: ReceiptFacts) -> Document:
    """The same facts with another `copy` are the same receipt, marked as printed again."""
    language = facts.language
    blocks: list[Block] = headed(facts.head, text("paper.receipt.title", language), copy=facts.copy, language=language)
    if facts.is_test:
        blocks.append(Text(text("paper.receipt.test", language), "centre", bold=True, width=2, height=2))
    blocks += [
        Rule("double"),
        *pairs(
            language,
            ("paper.row.receipt_no", facts.receipt_no),
            ("paper.row.terminal", facts.head.terminal),
            ("paper.row.time", units.stamp(facts.at)),
            ("paper.row.customer_no", mask_number(facts.customer_no)),
            ("paper.row.name", mask_name(facts.customer_name)),
            ("paper.row.card_no", mask_number(facts.card_no)),
            ("paper.row.meter_no", mask_number(facts.meter_no)),
            ("paper.row.kind", text(f"kind.{facts.kind}", language)),
            ("paper.row.tariff", facts.tariff_name),
            ("paper.row.sequence", str(facts.purchase_sequence)),
        ),
        Rule(),
        *price_table(facts.head.columns, facts.lines, language),
        Rule(),
        Pair(text("paper.row.bought", language), volume(facts.bought_m3_hundredths, language), bold=True),
        Pair(text("paper.row.amount", language), money(facts.amount_fen, language), bold=True),
    ]
    if language == "zh_CN":
        blocks.append(Pair(text("paper.row.in_words", language), units.money_in_words(facts.amount_fen)))
    blocks.append(Rule())
    if facts.credit_used_fen:
        blocks.append(Pair(text("paper.row.credit_used", language), money(facts.credit_used_fen, language)))
    if facts.notes:
        blocks += note_table(facts.head.columns, facts.notes, language)
    cash_fen = sum(one.amount_fen for one in facts.notes)
    blocks += [
        Pair(text("paper.row.cash", language), money(cash_fen, language), bold=True),
        Pair(text("paper.row.credit_left", language), money(facts.credit_left_fen, language)),
        *pairs(language, ("paper.row.slip_no", facts.slip_no)),
        Rule(),
        Pair(text("paper.row.card_before", language), volume(facts.card_before_m3_hundredths, language)),
        Pair(text("paper.row.card_after", language), volume(facts.card_after_m3_hundredths, language), bold=True),
        Text(text("paper.receipt.put_into_meter", language)),
        Rule(),
        Qr(qr_data(facts.receipt_no, facts.chain_head)),
        Text(text("paper.receipt.qr", language), "centre"),
        Pair(text("paper.row.chain", language), facts.chain_head[:CHAIN_SHORT]),
        Pair(text("paper.row.phone", language), facts.head.service_phone),
        Text(text("paper.receipt.invoice", language)),
        Text(text("paper.receipt.keep", language)),
        Feed(),
        Text(text("paper.receipt.thanks", language), "centre"),
    ]
    if facts.copy:
        blocks.append(Text(text("paper.receipt.copy_note", language), "centre"))
    return paper("receipt", facts.head, blocks)
