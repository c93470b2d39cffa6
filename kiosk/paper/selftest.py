"""The printer's self-test: hanzi, the signs that go wrong first, all sizes, the width, a QR code."""

from devices.print_document import Block, Document, Pair, Qr, Rule, Text
from kiosk.messages import text, units
from kiosk.paper.facts import SelfTestFacts
from kiosk.paper.layout import headed, pairs, paper


def self_test(facts: SelfTestFacts) -> Document:
    """The ruler has as many digits as the paper has columns: if it wraps, the configured width is wrong."""
    ruler = "".join(str(index % 10) for index in range(1, facts.head.columns + 1))
    blocks: list[Block] = [
        *headed(facts.head, text("paper.test.title", "zh_CN")),
        Rule("double"),
        *pairs(
            "zh_CN",
            ("paper.test.device", facts.device),
            ("paper.test.profile", facts.profile),
            ("paper.row.terminal", facts.head.terminal),
            ("paper.row.time", units.stamp(facts.at)),
        ),
        Text(facts.status),
        Rule(),
        Text(ruler),
        Text(text("paper.test.hanzi", "zh_CN")),
        Text(text("paper.test.signs", "zh_CN")),
        Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789"),
        Rule("solid"),
        Rule("dashed"),
        Rule("double"),
    ]
    blocks += [Text(f"{text('paper.test.sizes', 'zh_CN')} {size}", width=size, height=size) for size in (1, 2, 3, 4)]
    blocks += [
        Text("左 LEFT"),
        Text("中 CENTRE", "centre"),
        Text("右 RIGHT", "right"),
        Text("粗 BOLD", bold=True),
        Pair("名称", "￥1234567.89"),
        Qr("gashall:self-test"),
        Text(text("paper.test.end", "zh_CN"), "centre"),
    ]
    return paper("self-test", facts.head, blocks)
