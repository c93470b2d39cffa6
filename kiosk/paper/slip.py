"""The slip for money that the hall owes: redeemed once, at the counter."""

from devices.print_document import Block, Document, Feed, Pair, Rule, Text
from kiosk.messages import text, units
from kiosk.messages.masking import mask_name, mask_number
from kiosk.paper.facts import SlipFacts
from kiosk.paper.layout import CHAIN_SHORT, SIGNATURE_LINE, headed, money, pairs, paper


class SlipInvalid(ValueError):
    """A slip over nothing, or over less than nothing. `E-PA-01`."""

    code = "E-PA-01"

    def __str__(self) -> str:
        return f"{self.code}: {super().__str__()}"


def slip(facts: SlipFacts) -> Document:
    """Raises `SlipInvalid` unless something is owed."""
    if facts.amount_fen < 0 or facts.pending_fen < 0 or facts.amount_fen + facts.pending_fen == 0:
        raise SlipInvalid(f"slip {facts.slip_no} over {facts.amount_fen} fen and {facts.pending_fen} fen pending")
    language = facts.language
    blocks: list[Block] = headed(facts.head, text("paper.slip.title", language), copy=facts.copy, language=language)
    blocks.append(Rule("double"))
    if facts.amount_fen:
        blocks.append(Text(money(facts.amount_fen, language), "centre", bold=True, width=2, height=2))
        if language == "zh_CN":
            blocks.append(Text(units.money_in_words(facts.amount_fen), "centre"))
    if facts.pending_fen:
        pending = text("paper.slip.pending", language, amount=money(facts.pending_fen, language))
        blocks.append(Text(pending, "centre", bold=True))
    blocks += [
        Rule(),
        Pair(text("paper.slip.no", language), facts.slip_no, bold=True),
    ]
    if facts.check_code:
        code = f"{text('paper.slip.code', language)} {facts.check_code}"
        blocks.append(Text(code, "centre", bold=True, width=2, height=2))
    blocks += [
        Rule(),
        *pairs(
            language,
            ("paper.slip.reason", text(f"paper.slip.reason.{facts.reason.value}", language)),
            ("paper.row.order_no", facts.order_no),
            ("paper.row.terminal", facts.head.terminal),
            ("paper.row.time", units.stamp(facts.at)),
            ("paper.row.customer_no", mask_number(facts.customer_no)),
            ("paper.row.name", mask_name(facts.customer_name)),
            ("paper.row.card_no", mask_number(facts.card_no)),
            ("paper.row.chain", facts.chain_head[:CHAIN_SHORT]),
        ),
        Rule(),
        Text(text("paper.slip.rule", language), bold=True),
        Text(text("paper.slip.lost", language)),
        Feed(),
        Pair(text("paper.slip.received_by", language), SIGNATURE_LINE),
        Feed(),
        Pair(text("paper.slip.paid_by", language), SIGNATURE_LINE),
        Rule(),
        Pair(text("paper.row.phone", language), facts.head.service_phone),
    ]
    if facts.copy:
        blocks.append(Text(text("paper.receipt.copy_note", language), "centre"))
    return paper("slip", facts.head, blocks)
