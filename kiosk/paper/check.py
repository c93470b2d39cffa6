"""The record of the check before opening (H20), signed and countersigned (H30)."""

from devices.print_document import Block, Document, Pair, Rule, Text
from kiosk.messages import text, units
from kiosk.paper.facts import CheckFacts
from kiosk.paper.layout import headed, pairs, paper, signatures, table


def opening_check(facts: CheckFacts) -> Document:
    """Each thing that was looked at, then what follows from it."""
    blocks: list[Block] = headed(facts.head, text("paper.check.title", "zh_CN"))
    if facts.late:
        blocks.append(Text(text("paper.check.late", "zh_CN"), "centre", bold=True, width=2))
    blocks += [
        Rule("double"),
        *pairs(
            "zh_CN",
            ("paper.report.date", facts.business_date.isoformat()),
            ("paper.row.terminal", facts.head.terminal),
            ("paper.check.due", units.stamp(facts.due_at)),
            ("paper.check.done", units.stamp(facts.done_at)),
            ("paper.check.on_duty", facts.on_duty),
        ),
        Rule(),
        *table(
            facts.head.columns,
            (24, 8),
            [(text("paper.head.device", "zh_CN"), text("paper.head.result", "zh_CN"))],
            bold=True,
        ),
    ]
    for line in facts.lines:
        result = text(f"paper.check.result.{line.result}", "zh_CN")
        blocks.append(Pair(line.name, result, bold=line.result != "ok"))
        if line.text:
            blocks.append(Text(f"  {line.text}"))
    if facts.blocking:
        conclusion = text("paper.check.cannot_open", "zh_CN", count=facts.blocking)
    else:
        conclusion = text("paper.check.can_open", "zh_CN")
    blocks += [Rule(), Text(conclusion, bold=True), *signatures("zh_CN")]
    return paper("opening-check", facts.head, blocks)
