"""One sample of each paper, as `gashall paper NAME` shows and prints it: an invented customer on an invented day."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Final

from devices.print_document import Document
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
    SelfTestFacts,
    SlipFacts,
    SlipReason,
    TicketFacts,
)
from kiosk.paper.receipt import receipt
from kiosk.paper.report import report
from kiosk.paper.selftest import self_test
from kiosk.paper.slip import slip
from kiosk.paper.ticket import ticket

_CHINA: Final = timezone(timedelta(hours=8))
_DAY: Final = date(2026, 3, 9)
_CHAIN: Final = "7c1e0b5a94d3f82650ab3c9f17de4468a2b0c5d7e19f3846b7d2a05c8e61f934"


def _at(hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(_DAY.year, _DAY.month, _DAY.day, hour, minute, second, tzinfo=_CHINA)


def _head(columns: int) -> Head:
    return Head("安泰燃气城东营业厅", "CD-K01", "0571-96177", columns)


def _receipt(columns: int, copy: int = 0) -> Document:
    return receipt(
        ReceiptFacts(
            head=_head(columns),
            at=_at(10, 42, 17),
            receipt_no="20260309-K01-000127",
            customer_no="3301020456",
            customer_name="王小明",
            card_no="00123456",
            meter_no="M20190088231",
            kind="resident",
            tariff_name="居民阶梯气价",
            purchase_sequence=37,
            card_before_m3_hundredths=0,
            bought_m3_hundredths=6_822,
            card_after_m3_hundredths=6_822,
            lines=(PriceLine(1, 1_250, 240, 3_000), PriceLine(2, 5_572, 288, 16_047)),
            amount_fen=19_047,
            credit_used_fen=53,
            notes=(NoteCount(10_000, 1), NoteCount(5_000, 1), NoteCount(2_000, 2)),
            credit_left_fen=6,
            chain_head=_CHAIN,
            copy=copy,
        )
    )


def _slip(columns: int) -> Document:
    return slip(
        SlipFacts(
            head=_head(columns),
            at=_at(10, 55, 3),
            slip_no="S20260309-0004",
            check_code="7K3M-92",
            amount_fen=15_000,
            reason=SlipReason.CANCELLED,
            order_no="20260309-K01-000131",
            customer_no="3301020789",
            customer_name="阿卜杜拉·艾合买提",
            card_no="00123999",
            chain_head=_CHAIN,
        )
    )


def _ticket(columns: int) -> Document:
    return ticket(TicketFacts(_head(columns), _at(9, 31, 44), "A023", "购气充值", ahead=4, wait_min=(10, 15)))


def _priority_ticket(columns: int) -> Document:
    return ticket(
        TicketFacts(
            _head(columns), _at(9, 33, 2), "A024", "购气充值", ahead=0, priority=True, order_no="20260309-K01-000118"
        )
    )


def _opening_check(columns: int) -> Document:
    lines = (
        CheckLine("收钞器", "ok", "SM-2073 在线，钞箱还可收 812 张"),
        CheckLine("读卡器", "ok", "ACR38U 在线"),
        CheckLine("小票打印机", "warn", "纸将尽"),
        CheckLine("排队取号机", "ok", "在线"),
        CheckLine("硬盘", "ok", "剩余 41 GB"),
        CheckLine("时钟", "ok", "时间已同步"),
        CheckLine("业务账本", "ok", "校验无误，共 18204 条"),
    )
    return opening_check(
        CheckFacts(_head(columns), _DAY, _at(8, 20), _at(8, 20, 6), False, lines, blocking=0, on_duty="李静")
    )


_SALES: Final = (
    SalesLine("居民阶梯气价", 1, 302_650, 726_360),
    SalesLine("居民阶梯气价", 2, 41_172, 118_575),
    SalesLine("商业气价", 1, 51_200, 204_800),
)
_NOTES: Final = (
    NoteCount(10_000, 93),
    NoteCount(5_000, 21),
    NoteCount(2_000, 12),
    NoteCount(1_000, 6),
    NoteCount(500, 1),
)


def _report(columns: int, number: int | None) -> Document:
    taken_in_fen = sum(one.amount_fen for one in _NOTES)
    counted = (*_NOTES[:4], NoteCount(500, 0))
    count = CashCount(counted, taken_in_fen, rounds=2, reason="收钞器卡钞一张，待维修取出", approved_by="陈组长")
    return report(
        ReportFacts(
            head=_head(columns),
            number=number,
            business_date=_DAY,
            opened_at=_at(8, 30),
            opened_by="李静",
            taken_at=_at(17, 32, 40) if number else _at(12, 1, 5),
            taken_by="李静",
            purchases=63,
            sales=_SALES,
            notes=_NOTES,
            credit_used_fen=1_245,
            cash_out_fen=0,
            orders_open_fen=0,
            credit_given_fen=2_010,
            slips_given_fen=15_000,
            slips_paid_fen=0,
            suspense_fen=0,
            unconfirmed_fen=0,
            first_sequence=17_611,
            last_sequence=18_204,
            chain_head=_CHAIN,
            count=count if number else None,
        )
    )


def _self_test(columns: int) -> Document:
    return self_test(SelfTestFacts(_head(columns), _at(8, 19, 58), "小票打印机", "epson", "在线，纸充足，刀正常"))


SAMPLES: Final[dict[str, Callable[[int], Document]]] = {
    "receipt": _receipt,
    "receipt-copy": lambda columns: _receipt(columns, copy=1),
    "slip": _slip,
    "ticket": _ticket,
    "priority-ticket": _priority_ticket,
    "opening-check": _opening_check,
    "x-report": lambda columns: _report(columns, None),
    "z-report": lambda columns: _report(columns, 214),
    "self-test": _self_test,
}


def names() -> tuple[str, ...]:
    """The papers that there is a sample of."""
    return tuple(SAMPLES)


def sample(name: str, columns: int = 48) -> Document:
    """The sample of one paper. Raises `KeyError` for a name that is not in `names()`."""
    return SAMPLES[name](columns)
