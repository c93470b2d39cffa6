"""The queue ticket: the number as large as it gets, who is before, what happens to a missed call. Never a figure of
money (H07)."""

from devices.print_document import Block, Document, Rule, Text
from kiosk.messages import text, units
from kiosk.paper.facts import TicketFacts
from kiosk.paper.layout import paper, printable


def ticket(facts: TicketFacts) -> Document:
    language = facts.language
    blocks: list[Block] = [
        Text(facts.head.hall_name, "centre", bold=True),
        Text(facts.service_name, "centre", bold=True, width=2, height=2),
    ]
    if facts.priority:
        blocks.append(Text(text("paper.ticket.priority", language), "centre", bold=True, width=2, height=2))
    if facts.ahead:
        ahead = text("paper.ticket.ahead", language, count=facts.ahead)
    else:
        ahead = text("paper.ticket.nobody_ahead", language)
    blocks += [
        Text(facts.number, "centre", bold=True, width=4, height=4),
        Text(ahead, "centre", height=2),
    ]
    if facts.wait_min is not None:
        low, high = facts.wait_min
        blocks.append(Text(text("paper.ticket.wait", language, low=low, high=high), "centre"))
    if facts.order_no:
        blocks += [
            Rule(),
            Text(text("paper.ticket.order", language, order=facts.order_no), "centre", bold=True),
            Text(text("paper.ticket.order_note", language), "centre"),
        ]
    blocks += [
        Rule(),
        Text(units.stamp(facts.at), "centre"),
        Text(text("paper.ticket.missed", language, behind=facts.missed_behind)),
        Text(text("paper.ticket.valid", language)),
        Text(f"{text('paper.row.phone', language)} {printable(facts.head.service_phone)}"),
    ]
    return paper("ticket", facts.head, blocks)
