"""What a person reads on each paper, and what must never stand there."""

import re
import unicodedata
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.paper_text import lines
from devices.print_document import Columns, Document, Pair, Qr, Text
from kiosk.messages import Language
from kiosk.paper import receipt, report, slip, ticket
from kiosk.paper.check import opening_check
from kiosk.paper.facts import (
    CashCount,
    CheckFacts,
    CheckLine,
    Head,
    NoteCount,
    PriceLine,
    ReceiptFacts,
    ReportFacts,
    SalesLine,
    SlipFacts,
    SlipReason,
    TicketFacts,
)
from kiosk.paper.samples import names, sample
from kiosk.paper.slip import SlipInvalid

AT = datetime(2026, 3, 9, 10, 42, 17)  # noqa: DTZ001 - a wall time as it is printed
HEAD = Head("城东营业厅", "K01", "0571-96177")
CHAIN = "fedcba9876543210" * 4

RECEIPT = ReceiptFacts(
    head=HEAD,
    at=AT,
    receipt_no="R-000127",
    customer_no="3301020456",
    customer_name="王小明",
    card_no="00123456",
    meter_no="M2019008",
    kind="resident",
    tariff_name="居民阶梯气价",
    purchase_sequence=37,
    card_before_m3_hundredths=0,
    bought_m3_hundredths=6_822,
    card_after_m3_hundredths=6_822,
    lines=(PriceLine(1, 1_250, 240, 3_000), PriceLine(2, 5_572, 288, 16_047)),
    amount_fen=19_047,
    credit_used_fen=53,
    notes=(NoteCount(5_000, 1), NoteCount(10_000, 1), NoteCount(2_000, 2)),
    credit_left_fen=6,
    chain_head=CHAIN,
)
SLIP = SlipFacts(
    HEAD, AT, "S-0004", "7K3M-92", 15_000, SlipReason.CANCELLED, "O-131", "3301020789", "李雷", "00123456", CHAIN
)
TICKET = TicketFacts(HEAD, AT, "A023", "购气充值", ahead=4, wait_min=(10, 15))
REPORT = ReportFacts(
    head=HEAD,
    number=214,
    business_date=date(2026, 3, 9),
    opened_at=AT,
    opened_by="李静",
    taken_at=AT,
    taken_by="李静",
    purchases=3,
    sales=(SalesLine("商业气价", 1, 5_000, 20_000), SalesLine("居民气价", 1, 2_500, 6_000)),
    notes=(NoteCount(10_000, 2), NoteCount(5_000, 1), NoteCount(1_000, 1)),
    credit_used_fen=0,
    cash_out_fen=0,
    orders_open_fen=0,
    credit_given_fen=0,
    slips_given_fen=0,
    slips_paid_fen=0,
    suspense_fen=0,
    unconfirmed_fen=0,
    first_sequence=10,
    last_sequence=99,
    chain_head=CHAIN,
    count=CashCount((NoteCount(10_000, 2), NoteCount(5_000, 1), NoteCount(1_000, 1)), 26_000),
)


def squeezed(document: Document) -> str:
    """The paper's lines, runs of blanks made one: what stands on it, without where."""
    return "\n".join(" ".join(line.split()) for line in lines(document))


def display_columns(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("columns", [32, 48])
def test_every_paper_fits_its_width(name: str, columns: int) -> None:
    document = sample(name, columns)
    assert document.columns == columns
    for block in document.blocks:
        if isinstance(block, Columns):
            assert sum(block.widths) == columns
            assert len(block.cells) == len(block.widths) == len(block.aligns)
            for cell, width in zip(block.cells, block.widths, strict=True):
                assert display_columns(cell) <= width, block
    for line in lines(document):
        assert line.startswith("[QR]") or display_columns(line) <= columns


@pytest.mark.parametrize("name", names())
def test_every_sign_on_a_sample_is_in_the_printers_font(name: str) -> None:
    "".join(lines(sample(name))).encode("gbk")


@pytest.mark.parametrize("name", names())
def test_a_paper_names_hall_terminal_or_phone_and_its_kind(name: str) -> None:
    said = squeezed(sample(name))
    assert "安泰燃气城东营业厅" in said
    assert "CD-K01" in said or "0571-96177" in said
    assert sample(name).name in name or name == "priority-ticket"


def test_a_receipt_says_what_was_bought_for_what() -> None:
    said = squeezed(receipt(RECEIPT))
    for part in (
        "购气凭证",
        "流水号 R-000127",
        "时间 2026-03-09 10:42:17",
        "购气次数 37",
        "第一档 12.50 2.40 30.00",
        "第二档 55.72 2.88 160.47",
        "本次购气 68.22 立方米",
        "应收金额 ￥190.47",
        "大写 壹佰玖拾元肆角柒分",
        "使用余额 ￥0.53",
        "100元 1 100.00\n50元 1 50.00\n20元 2 40.00",
        "实收现金 ￥190.00",
        "账户余额 ￥0.06",
        "购前卡内气量 0.00 立方米",
        "购后卡内气量 68.22 立方米",
        "账本校验 fedcba9876543210",
        "服务电话 0571-96177",
        "再见",
    ):
        assert part in said, part


def test_a_receipt_carries_its_number_and_the_whole_chain_head_in_its_code() -> None:
    codes = [block.data for block in receipt(RECEIPT).blocks if isinstance(block, Qr)]
    assert codes == [f"gashall:receipt:R-000127:{CHAIN}"]


@pytest.mark.parametrize("paper", [receipt(RECEIPT), slip(SLIP)])
def test_a_paper_never_shows_a_customer_whole(paper: Document) -> None:
    said = squeezed(paper)
    for secret in ("王小明", "李雷", "3301020456", "3301020789", "00123456", "M2019008"):
        assert secret not in said


def test_a_copy_is_the_same_receipt_marked_as_printed_again() -> None:
    original, copy = squeezed(receipt(RECEIPT)), squeezed(receipt(replace(RECEIPT, copy=2)))
    assert "重打" not in original
    assert "重打 第2次" in copy
    assert "同一流水号" in copy
    left = [line for line in copy.split("\n") if "重打" not in line and "补打" not in line]
    assert left == original.split("\n")


def test_an_english_receipt_is_english_and_printable() -> None:
    said = squeezed(receipt(replace(RECEIPT, language="en", tariff_name="Household")))
    assert "Bought 68.22 m3" in said
    assert "Amount due ￥190.47" in said
    assert not re.search("[\u4e00-\u9fff]", said.replace("城东营业厅", "").replace("王*明", ""))


def test_a_test_receipt_cannot_be_taken_for_a_receipt() -> None:
    assert "测试件 不作凭证" in squeezed(receipt(replace(RECEIPT, is_test=True)))


def test_a_slip_says_how_much_where_and_once() -> None:
    said = squeezed(slip(SLIP))
    for part in (
        "退款凭条",
        "￥150.00",
        "壹佰伍拾元整",
        "凭条号 S-0004",
        "7K3M-92",
        "只能兑付一次",
        "客户取消购气",
        "柜台",
    ):
        assert part in said, part


def test_a_slip_over_a_note_of_unknown_fate_promises_no_payment_before_it_is_checked() -> None:
    document = slip(replace(SLIP, amount_fen=0, pending_fen=10_000, reason=SlipReason.NOTE_UNKNOWN))
    said = squeezed(document)
    assert "待核对后兑付：￥100.00" in said
    assert "壹佰元整" not in said


def test_a_slip_without_a_check_code_leaves_no_empty_place_for_one() -> None:
    assert "校验码" not in squeezed(slip(replace(SLIP, check_code="")))


@pytest.mark.parametrize(("amount_fen", "pending_fen"), [(0, 0), (-1, 5), (5, -1)])
def test_a_slip_over_nothing_is_refused(amount_fen: int, pending_fen: int) -> None:
    with pytest.raises(SlipInvalid, match="E-PA-01"):
        slip(replace(SLIP, amount_fen=amount_fen, pending_fen=pending_fen))


def test_a_ticket_shows_its_number_as_large_as_it_gets() -> None:
    numbers = [block for block in ticket(TICKET).blocks if isinstance(block, Text) and block.text == "A023"]
    assert [(block.width, block.height, block.align) for block in numbers] == [(4, 4, "centre")]


def test_a_ticket_says_who_is_before_how_long_and_what_a_missed_call_means() -> None:
    said = squeezed(ticket(TICKET))
    for part in ("购气充值", "前面等待 4 人", "约 10-15 分钟", "2026-03-09 10:42:17", "过号", "顺延 3 位", "当日有效"):
        assert part in said, part
    assert "没有人" in squeezed(ticket(replace(TICKET, ahead=0)))
    assert "分钟" not in squeezed(ticket(replace(TICKET, wait_min=None)))
    assert "优先" not in said


def test_a_priority_ticket_carries_its_order_and_no_figure_of_money() -> None:
    said = squeezed(ticket(replace(TICKET, priority=True, order_no="O-118")))
    assert "优先" in said
    assert "业务单号 O-118" in said
    assert "不用重新填写" in said


@given(st.integers(0, 999), st.sampled_from(["zh_CN", "en"]), st.booleans(), st.sampled_from(["", "O-118"]))
def test_no_ticket_ever_speaks_of_money(ahead: int, language: Language, priority: bool, order_no: str) -> None:
    # H07
    facts = replace(TICKET, ahead=ahead, language=language, priority=priority, order_no=order_no)
    assert not re.search("[￥¥元]|yuan|金额", squeezed(ticket(facts)))


def test_the_opening_check_names_what_is_wrong_and_what_follows() -> None:
    facts = CheckFacts(
        HEAD,
        date(2026, 3, 9),
        AT,
        AT,
        True,
        (CheckLine("收钞器", "failed", "卡钞"), CheckLine("读卡器", "ok")),
        blocking=1,
        on_duty="李静",
    )
    said = squeezed(opening_check(facts))
    for part in ("补做", "收钞器 不合格\n卡钞\n读卡器 正常", "1 项影响营业", "填写人", "主管阅签", "应检时间", "李静"):
        assert part in said, part
    fine = squeezed(opening_check(replace(facts, late=False, blocking=0)))
    assert "补做" not in fine
    assert "可以营业" in fine


def test_a_z_report_shows_sales_notes_count_and_signatures() -> None:
    said = squeezed(report(REPORT))
    for part in (
        "日结报表（Z）",
        "报表号 214",
        "售气金额 ￥260.00",
        "收钞张数 4",
        "收钞金额 ￥260.00",
        "清点（盲点）",
        "账款相符",
        "首条记录 10",
        "末条记录 99",
        "填写人 李静",
        "主管阅签",
    ):
        assert part in said, part


@pytest.mark.parametrize(("fifties", "verdict"), [(0, "短款 -￥50.00"), (1, "账款相符"), (2, "长款 +￥50.00")])
def test_over_and_short_are_derived_from_the_count(fifties: int, verdict: str) -> None:
    count = CashCount((NoteCount(10_000, 2), NoteCount(5_000, fifties), NoteCount(1_000, 1)), 26_000, reason="原因不明")
    said = squeezed(report(replace(REPORT, count=count)))
    assert verdict in said
    assert sum(word in said for word in ("短款", "长款", "账款相符")) == 1


def test_an_x_report_closes_nothing() -> None:
    said = squeezed(report(replace(REPORT, number=None, count=None)))
    assert "中途报表（X）" in said
    assert "不结账" in said
    assert "报表号" not in said
    assert "主管阅签" not in said


def test_a_z_report_without_a_count_says_so() -> None:
    assert "尚未清点" in squeezed(report(replace(REPORT, count=None)))


def test_the_sample_report_obeys_the_law_of_the_house() -> None:
    pairs = {block.left: block.right for block in sample("x-report").blocks if isinstance(block, Pair)}

    def fen(name: str) -> int:
        return int(pairs[name].replace("￥", "").replace(".", ""))

    came_in = fen("收钞金额") + fen("使用余额")
    assert came_in == fen("售气金额") + fen("新增余额") + fen("新开凭条")
