"""Every way through a visit, as data: a name, the steps, and how the books must stand in the end.

`play` runs one on a hall of its own and gives what does not agree: a step that did not come about, an ending that is
another, or anything
that `kiosk.virtual.reckoning` finds between the physical world and the books.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.virtual import sample_hall
from kiosk.virtual.reckoning import ending_of, gas_on, orders_of, reckon
from kiosk.virtual.stage import VERBS, Stage, Step, StepFailed
from storage.ledger import Ledger
from storage.records import Unit


@dataclass(frozen=True, slots=True)
class Ending:
    """What is left when everybody has gone.

    `orders`: how it stands with each order, oldest first. `box`: yuan in the cash unit. `gas`: hundredths of a cubic
    metre that were
    put on the main customer's card. `credit_fen` and `slips_fen`: what the hall owes. `suspense_fen`: of unknown fate.
    """

    orders: tuple[str, ...] = ()
    box: int = 0
    gas: int = 0
    credit_fen: int = 0
    slips_fen: int = 0
    suspense_fen: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """`untouched`: cards on which not one byte may be written and to which no PSC may be presented."""

    name: str
    steps: tuple[Step, ...]
    ending: Ending
    changes: Mapping[str, str] = field(default_factory=dict)
    untouched: tuple[str, ...] = ()


def do(verb: str, *args: Any, **more: Any) -> Step:
    assert verb in VERBS, verb
    return Step(verb, args, more)


# Parts that many have in common --------------------------------------------------------------------------------------

HELLO = (do("insert", "mine"), do("see", "card", "王*明", "******0001"))
FIFTY = (*HELLO, do("touch", "top_up"), do("touch", "amount", value=50), do("see", "quote", "￥49.99"))
HUNDRED = (*HELLO, do("touch", "top_up"), do("touch", "amount", value=100), do("see", "quote", "￥99.98"))
PAY_FIFTY = (*FIFTY, do("touch", "pay"), do("see", "paying", "还差"))
PAY_HUNDRED = (*HUNDRED, do("touch", "pay"), do("see", "paying", "还差"))
WRITE_FIFTY = (*PAY_FIFTY, do("feed", 50), do("see", "confirm", "20.69"), do("touch", "confirm"))
GONE = (do("see", "done"), do("pull"), do("see", "idle"))
SETTLED_FIFTY = Ending(("settled",), 50, 2069, credit_fen=1)
TAKEN_OUT = (do("pull"), do("see", "idle"))
LAST_BYTE = 21
"""Of a card's first purchase: the commit mark, the twenty-second byte that has to be programmed."""
AGAIN = (do("wait", 40.0), do("see", "idle"))


def _visits() -> tuple[Scenario, ...]:
    return (
        Scenario(
            "by amount",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("says", "收到 50元，谢谢"),
                do("feed", 20, 20, 10),
                do("see", "confirm", "请确认购气", "38.05", "￥0.02"),
                do("touch", "confirm"),
                do("see", "writing", "请勿取卡"),
                do("see", "done", "购气成功", "请取回您的卡和小票"),
                do("paper", "购气凭证", "38.05", "￥99.98", "第二档", "实收现金", "￥100.00"),
                do("pull"),
                do("see", "idle"),
            ),
            Ending(("settled",), 100, 3805, credit_fen=2),
        ),
        Scenario(
            "by volume, across the tiers",
            (
                *HELLO,
                do("touch", "top_up"),
                do("touch", "mode", mode="volume"),
                do("touch", "volume", value=100),
                do("see", "quote", "100.00 立方米", "第一档", "第二档", "跨档", "￥278.40"),
                do("touch", "pay"),
                do("feed", 100, 100, 50, 20, 5, 1, 1, 1, 1),
                do("see", "confirm", "100.00 立方米", "￥0.60"),
                do("touch", "confirm"),
                *GONE,
            ),
            Ending(("settled",), 279, 10000, credit_fen=60),
        ),
        Scenario(
            "by keypad",
            (
                *HELLO,
                do("touch", "top_up"),
                do("touch", "amount", value=7),
                do("see", "quote", "2.91 立方米"),
                do("touch", "back"),
                do("see", "choose"),
                do("touch", "amount", value=5),
                do("see", "quote", "2.08 立方米"),
                do("touch", "pay"),
                do("feed", 5),
                do("see", "confirm"),
                do("touch", "confirm"),
                *GONE,
            ),
            Ending(("settled",), 5, 208, credit_fen=1),
        ),
        Scenario(
            "in english, in large type",
            (
                do("touch", "language"),
                do("insert", "mine"),
                do("see", "card"),
                do("touch", "large_type"),
                do("touch", "top_up"),
                do("touch", "amount", value=50),
                do("says", "Please check the price"),
                do("touch", "pay"),
                do("feed", 50),
                do("says", "Please confirm"),
                do("touch", "confirm"),
                do("see", "done", "Your gas is on the card"),
                do("pull"),
                do("see", "idle", "您好"),
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "exact payment",
            (
                *HELLO,
                do("touch", "top_up"),
                do("touch", "mode", mode="volume"),
                do("touch", "volume", value=20),
                do("see", "quote", "￥48.00"),
                do("touch", "pay"),
                do("feed", 20, 20, 5, 1, 1, 1),
                do("see", "confirm", "￥48.00"),
                do("does_not_say", "多付"),
                do("touch", "confirm"),
                *GONE,
            ),
            Ending(("settled",), 48, 2000),
        ),
        Scenario(
            "overpaid, and the credit is used the next time",
            (
                *PAY_FIFTY,
                do("feed", 20, 50),
                do("see", "confirm", "多付", "￥20.01"),
                do("touch", "confirm"),
                do("see", "done", "账户余额", "￥20.01"),
                do("paper", "账户余额", "￥20.01"),
                *TAKEN_OUT,
                do("meter", "mine"),
                do("insert", "mine"),
                do("see", "card", "账户余额", "￥20.01"),
                do("touch", "top_up"),
                do("touch", "amount", value=100),
                do("see", "quote", "使用账户余额", "￥20.01", "需投现金", "￥79.98"),
                do("touch", "pay"),
                do("feed", 50, 20, 10),
                do("see", "confirm"),
                do("touch", "confirm"),
                *GONE,
            ),
            Ending(("settled", "settled"), 150, 2069 + 3472, credit_fen=2),
        ),
        Scenario(
            "paid wholly by credit",
            (
                *PAY_FIFTY,
                do("feed", 20, 50),
                do("see", "confirm"),
                do("touch", "confirm"),
                *GONE,
                do("meter", "mine"),
                do("insert", "mine"),
                do("see", "card"),
                do("touch", "top_up"),
                do("touch", "amount", value=5),
                do("see", "quote", "账户余额足够，不用投现金", "确认购气"),
                do("touch", "pay"),
                do("see", "writing"),
                *GONE,
            ),
            Ending(("settled", "settled"), 70, 2069 + 173, credit_fen=2001 - 498),
        ),
        Scenario(
            "one note too many is too large",
            (
                *PAY_FIFTY,
                do("feed", 10),
                do("push", 100),
                do("wait", 4.0),
                do("see", "paying", "现在不收这种面额，请换一张"),
                do("feed", 20, 20),
                do("see", "confirm"),
                do("touch", "confirm"),
                *GONE,
            ),
            Ending(("settled",), 50, 2069, credit_fen=1),
        ),
    )


def _given_up() -> tuple[Scenario, ...]:
    return (
        Scenario(
            "left at the card",
            (*HELLO, do("touch", "leave"), do("see", "message", "您的卡还在机器里，请取回"), *TAKEN_OUT),
            Ending(),
            untouched=("mine",),
        ),
        Scenario(
            "left at the choice",
            (*HELLO, do("touch", "top_up"), do("touch", "leave"), do("see", "message", "请取回"), *TAKEN_OUT),
            Ending(),
        ),
        Scenario(
            "left at the price",
            (*FIFTY, do("touch", "leave"), do("see", "message", "请取回"), *TAKEN_OUT),
            Ending(),
        ),
        Scenario(
            "cancelled before notes",
            (
                *PAY_FIFTY,
                do("touch", "cancel"),
                do("see", "message", "已取消，没有收您的钱", "请取回您的卡"),
                *TAKEN_OUT,
            ),
            Ending(("cancelled",)),
            untouched=("mine",),
        ),
        Scenario(
            "cancelled after notes: gas for what is inserted",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("touch", "cancel"),
                do("see", "choice", "您已投入 ￥50.00", "20.69", "还差 ￥49.98"),
                do("touch", "buy_inserted"),
                do("see", "done", "购气成功", "20.69"),
                do("paper", "购气凭证", "20.69", "￥49.99"),
                *TAKEN_OUT,
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "cancelled after notes: a slip",
            (
                *PAY_HUNDRED,
                do("feed", 50, 20),
                do("touch", "cancel"),
                do("see", "choice"),
                do("touch", "slip"),
                do("see", "done", "￥70.00", "凭条号", "校验码"),
                do("paper", "凭条", "￥70.00"),
                *TAKEN_OUT,
            ),
            Ending(("owed",), 70, slips_fen=7000),
            untouched=("mine",),
        ),
        Scenario(
            "cancelled after notes: goes on paying",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("touch", "cancel"),
                do("see", "choice"),
                do("touch", "go_on"),
                do("see", "paying"),
                do("feed", 50),
                do("see", "confirm"),
                do("touch", "confirm"),
                *GONE,
            ),
            Ending(("settled",), 100, 3805, credit_fen=2),
        ),
        Scenario(
            "cancelled when all is paid, and thought better of",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("touch", "cancel"),
                do("see", "choice", "￥50.00"),
                do("does_not_say", "还差"),
                do("touch", "go_on"),
                do("see", "confirm"),
                do("touch", "confirm"),
                *GONE,
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "cancelled when all is paid: a slip",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("touch", "cancel"),
                do("touch", "slip"),
                do("see", "done", "￥50.00"),
                *TAKEN_OUT,
            ),
            Ending(("owed",), 50, slips_fen=5000),
        ),
        Scenario(
            "cancelled while a note is being stacked",
            (
                *PAY_HUNDRED,
                do("put", 50),
                do("until", "STACKING_TO_LEVER"),
                do("touch", "cancel"),
                do("see", "busy", "正在收取纸币"),
                do("see", "choice", "￥50.00"),
                do("touch", "slip"),
                *GONE,
            ),
            Ending(("owed",), 50, slips_fen=5000),
        ),
        Scenario(
            "cancelled while a note is being given back",
            (
                *PAY_FIFTY,
                do("acceptor", "stall"),
                do("put", 50),
                do("until", "STACKING_TO_LEVER"),
                do("touch", "cancel"),
                do("see", "busy"),
                do("acceptor", "power off"),
                do("wait", 1.0),
                do("acceptor", "power on"),
                do("see", "message", "没有收您的钱"),
                *TAKEN_OUT,
            ),
            Ending(("cancelled",)),
        ),
    )


def _timed_out() -> tuple[Scenario, ...]:
    return (
        Scenario("time-out at the card", (*HELLO, do("see", "message", "请取回"), *TAKEN_OUT), Ending()),
        Scenario(
            "time-out at the choice",
            (*HELLO, do("touch", "top_up"), do("see", "message", "请取回"), *TAKEN_OUT),
            Ending(),
        ),
        Scenario("time-out at the price", (*FIFTY, do("see", "message", "请取回"), *TAKEN_OUT), Ending()),
        Scenario(
            "time-out before notes",
            (*PAY_FIFTY, do("see", "message", "长时间没有操作", "没有收您的钱"), *TAKEN_OUT),
            Ending(("cancelled",)),
        ),
        Scenario(
            "time-out after notes",
            (*PAY_HUNDRED, do("feed", 50), do("see", "writing"), *GONE),
            SETTLED_FIFTY,
        ),
        Scenario(
            "time-out at the choice after notes",
            (*PAY_HUNDRED, do("feed", 50), do("touch", "cancel"), do("see", "choice"), do("see", "writing"), *GONE),
            SETTLED_FIFTY,
        ),
        Scenario(
            "time-out at the question whether to write",
            (*PAY_FIFTY, do("feed", 50), do("see", "confirm"), do("see", "writing"), *GONE),
            SETTLED_FIFTY,
        ),
        Scenario(
            "time-out on the last screen",
            (*WRITE_FIFTY, do("see", "done"), do("see", "message", "您的卡还在机器里"), *TAKEN_OUT),
            SETTLED_FIFTY,
        ),
        Scenario(
            "time-out when the card is to be put back",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("pull"),
                do("see", "reinsert", "您投入的 ￥50.00 有记录"),
                do("see", "done", "没有等到您的卡"),
                do("paper", "凭条", "￥49.99"),
                do("see", "idle"),
            ),
            Ending(("pending",), 50),
        ),
    )


_REJECTS = {
    "insertion": ("60", "纸币没有放正"),
    "not recognised": ("66", "这张纸币未能识别"),
    "not accepted now": ("68", "现在不收这种面额"),
    "previous note": ("62", "前一张还没有收好"),
    "transport": ("64", "纸币没有送进去"),
    "unknown": ("7E", "这张纸币退回了"),
}


def _notes() -> tuple[Scenario, ...]:
    refused = tuple(
        Scenario(
            f"note refused: {name}",
            (
                *PAY_FIFTY,
                do("acceptor", f"reject {code}"),
                do("feed", 50),
                do("see", "paying", words),
                do("feed", 50),
                do("see", "confirm"),
                do("touch", "confirm"),
                *GONE,
            ),
            SETTLED_FIFTY,
        )
        for name, (code, words) in _REJECTS.items()
    )
    return (
        *refused,
        Scenario(
            "a forged note",
            (
                *PAY_FIFTY,
                do("forge", 50),
                do("see", "paying", "这张纸币未能识别"),
                do("touch", "cancel"),
                do("see", "message"),
                *TAKEN_OUT,
            ),
            Ending(("cancelled",)),
        ),
        Scenario(
            "the note limit is reached",
            (
                *PAY_FIFTY,
                do("feed", 10, 10, 10),
                do("see", "choice", "本次投入张数已达上限", "￥30.00"),
                do("does_not_say", "继续投币"),
                do("touch", "buy_inserted"),
                *GONE,
            ),
            Ending(("settled",), 30, 1250),
            changes={"notes_max": "notes_max = 3"},
        ),
        Scenario(
            "notes when none are wanted",
            (
                do("push", 50),
                do("wait", 3.0),
                *HELLO,
                do("push", 50),
                do("wait", 3.0),
                do("touch", "top_up"),
                do("touch", "amount", value=50),
                do("push", 50),
                do("wait", 3.0),
                do("touch", "pay"),
                do("feed", 50),
                do("see", "confirm"),
                do("push", 50),
                do("wait", 3.0),
                do("touch", "confirm"),
                *GONE,
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "a weak motor makes one note two escrows",
            (
                *PAY_FIFTY,
                do("acceptor", "weak motor"),
                do("feed", 50),
                do("see", "confirm"),
                do("touch", "confirm"),
                *GONE,
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "a report whose acknowledgement was lost",
            (
                *PAY_HUNDRED,
                do("put", 50),
                do("until", "STACKING_TO_BOX"),
                do("acceptor", "lose ack"),
                do("wait", 5.0),
                do("says", "收到 50元"),
                do("feed", 50),
                do("see", "confirm"),
                do("touch", "confirm"),
                *GONE,
            ),
            Ending(("settled",), 100, 3805, credit_fen=2),
        ),
        Scenario(
            "a bad line",
            (
                *PAY_HUNDRED,
                do("acceptor", "lose reply"),
                do("put", 50),
                do("wait", 0.9),
                do("acceptor", "corrupt next"),
                do("wait", 0.5),
                do("acceptor", "lose command"),
                do("wait", 5.0),
                do("feed", 50),
                do("see", "confirm"),
                do("touch", "confirm"),
                *GONE,
            ),
            Ending(("settled",), 100, 3805, credit_fen=2),
        ),
    )


def _pulled() -> tuple[Scenario, ...]:
    torn = tuple(
        Scenario(
            f"card torn out at byte {byte} of the write, put back",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("tear", byte, value),
                do("touch", "confirm"),
                do("see", "reinsert", "请插回刚才的卡"),
                do("insert", "mine"),
                do("see", "done", "购气成功"),
                *GONE[1:],
            ),
            SETTLED_FIFTY,
        )
        for byte, value in ((0, None), (1, 0x00), (5, 0x5A), (20, None), (26, 0x13), (27, None))
    )
    return (
        Scenario("pulled while it is read", (do("insert", "mine"), do("pull"), do("see", "idle")), Ending()),
        Scenario("pulled at the card", (*HELLO, *TAKEN_OUT), Ending()),
        Scenario("pulled at the choice", (*HELLO, do("touch", "top_up"), *TAKEN_OUT), Ending()),
        Scenario("pulled at the price", (*FIFTY, *TAKEN_OUT), Ending()),
        Scenario(
            "pulled before notes",
            (*PAY_FIFTY, do("pull"), do("see", "message", "没有收您的钱"), do("does_not_say", "取回您的卡"), *AGAIN),
            Ending(("cancelled",)),
        ),
        Scenario(
            "pulled after notes, put back",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("pull"),
                do("see", "reinsert", "￥50.00"),
                do("insert", "mine"),
                do("see", "done", "购气成功", "20.69"),
                *GONE[1:],
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "pulled while a note is being stacked",
            (
                *PAY_HUNDRED,
                do("put", 50),
                do("until", "STACKING_TO_BOX"),
                do("pull"),
                do("see", "reinsert"),
                do("insert", "mine"),
                do("see", "done"),
                *GONE[1:],
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "pulled at the choice after notes, a slip",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("touch", "cancel"),
                do("pull"),
                do("see", "choice"),
                do("touch", "slip"),
                do("see", "done", "￥50.00"),
                do("does_not_say", "取回您的卡"),
                *AGAIN,
            ),
            Ending(("owed",), 50, slips_fen=5000),
        ),
        Scenario(
            "pulled at the question whether to write, put back",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("pull"),
                do("see", "reinsert"),
                do("insert", "mine"),
                do("see", "done"),
                *GONE[1:],
            ),
            SETTLED_FIFTY,
        ),
        *torn,
        Scenario(
            "torn after the last byte, and it was written",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("tear", LAST_BYTE, 0xA5),
                do("touch", "confirm"),
                do("see", "reinsert"),
                do("insert", "mine"),
                do("see", "done", "购气成功"),
                *GONE[1:],
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "torn, not put back, shown the next day",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("tear", 5),
                do("touch", "confirm"),
                do("see", "reinsert"),
                do("see", "done", "写卡结果还不能确定"),
                do("paper", "凭条"),
                do("see", "idle"),
                do("insert", "mine"),
                do("see", "done", "购气成功"),
                *GONE[1:],
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "not written, not put back, shown the next day",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("pull"),
                do("see", "reinsert"),
                do("see", "done"),
                do("see", "idle"),
                do("insert", "mine"),
                do("see", "confirm", "不再收费", "20.69"),
                do("touch", "confirm"),
                do("see", "done", "购气成功"),
                *GONE[1:],
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "not written, shown again, and nobody touches anything",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("pull"),
                do("see", "done"),
                do("see", "idle"),
                do("insert", "mine"),
                do("see", "confirm"),
                do("see", "done", "购气成功"),
                *GONE[1:],
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "not written, shown again and pulled",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("pull"),
                do("see", "done"),
                do("see", "idle"),
                do("insert", "mine"),
                do("see", "confirm"),
                *TAKEN_OUT,
            ),
            Ending(("pending",), 50),
        ),
        Scenario(
            "another card is put in instead",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("pull"),
                do("see", "reinsert"),
                do("insert", "hers"),
                do("see", "reinsert", "插入的不是刚才那张卡"),
                do("does_not_say", "阿"),
                do("pull"),
                do("insert", "mine"),
                do("see", "done", "购气成功"),
                *GONE[1:],
            ),
            SETTLED_FIFTY,
            untouched=("hers",),
        ),
        Scenario(
            "a bank card is put in instead",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("pull"),
                do("see", "reinsert"),
                do("insert", "bank card"),
                do("see", "reinsert", "这不是本公司的燃气卡"),
                do("pull"),
                do("insert", "mine"),
                do("see", "done", "购气成功"),
                *GONE[1:],
            ),
            SETTLED_FIFTY,
            untouched=("bank card",),
        ),
        Scenario(
            "torn when it was written, and put into its meter before it is shown",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("tear", LAST_BYTE, 0xA5),
                do("touch", "confirm"),
                do("see", "done", "写卡结果还不能确定"),
                do("see", "idle"),
                do("meter", "mine"),
                do("insert", "mine"),
                do("see", "done", "购气成功"),
                *GONE[1:],
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "torn before it was written, and put into its meter before it is shown",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("tear", 3),
                do("touch", "confirm"),
                do("see", "done", "写卡结果还不能确定"),
                do("see", "idle"),
                do("meter", "mine"),
                do("insert", "mine"),
                do("see", "done", "购气成功"),
                *GONE[1:],
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "torn, and another hall has sold on the card since",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("tear", 3),
                do("touch", "confirm"),
                do("see", "done"),
                do("see", "idle"),
                do("bought_elsewhere", "mine", 700),
                do("insert", "mine"),
                do("see", "done", "需要人工核对"),
                *GONE[1:],
            ),
            Ending(("write unknown",), 50, suspense_fen=4999),
        ),
        Scenario(
            "paid, not written, and another hall has sold on the card since",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("pull"),
                do("see", "done"),
                do("see", "idle"),
                do("bought_elsewhere", "mine", 700),
                do("insert", "mine"),
                do("see", "done", "需要人工核对"),
                *GONE[1:],
            ),
            Ending(("pending",), 50),
        ),
        Scenario(
            "two cards in turn while the receipt is printed",
            (
                *WRITE_FIFTY,
                do("see", "busy", "正在打印小票"),
                do("pull"),
                do("insert", "hers"),
                do("see", "card", "阿"),
                do("does_not_say", "￥49.99", "20.69"),
                *TAKEN_OUT,
            ),
            SETTLED_FIFTY,
        ),
    )


def _cards() -> tuple[Scenario, ...]:
    unusable = (
        ("bank card", "bank card", "这不是本公司的燃气卡"),
        ("other memory card", "other memory", "这不是本公司的燃气卡"),
        ("card of another region", "other region", "这不是本公司的燃气卡"),
        ("card of another trade", "other trade", "这不是本公司的燃气卡"),
        ("blank card", "blank", "这张卡还没有开户"),
        ("damaged card", "damaged", "数据已损坏"),
        ("unregistered card", "unregistered", "没有查到这张卡的用户资料"),
    )
    simple = tuple(
        Scenario(
            name,
            (do("insert", chip), do("see", "message", words), do("does_not_say", "王"), *TAKEN_OUT),
            Ending(),
            untouched=(chip,),
        )
        for name, chip, words in unusable
    )
    return (
        *simple,
        Scenario(
            "locked card",
            (
                do("insert", "locked"),
                do("see", "card"),
                do("touch", "top_up"),
                do("touch", "amount", value=50),
                do("touch", "pay"),
                do("feed", 50),
                do("see", "confirm"),
                do("touch", "confirm"),
                do("see", "done", "没有写上，卡上数据没有改变"),
                do("paper", "凭条", "￥49.99"),
                *TAKEN_OUT,
            ),
            Ending(("pending",), 50),
            untouched=("locked",),
        ),
        Scenario(
            "mute card",
            (do("mute", True), do("see", "message", "没有读到芯片", "再试一次"), do("mute", False), do("see", "idle")),
            Ending(),
        ),
        Scenario(
            "lost card",
            (do("records", card_state="lost"), do("insert", "mine"), do("see", "message", "已挂失"), *TAKEN_OUT),
            Ending(),
            untouched=("mine",),
        ),
        Scenario(
            "suspended customer",
            (do("records", suspended=True), do("insert", "mine"), do("see", "message", "已停止供气"), *TAKEN_OUT),
            Ending(),
            untouched=("mine",),
        ),
        Scenario(
            "card ahead of the books",
            (
                do("bought_elsewhere", "mine", 500),
                do("meter", "mine"),
                do("insert", "mine"),
                do("see", "message", "购气次数多于我们的记录"),
                *TAKEN_OUT,
            ),
            Ending(),
            untouched=("mine",),
        ),
        Scenario(
            "card behind the books",
            (
                do("keep_image", "mine"),
                *WRITE_FIFTY,
                *GONE,
                do("restore_image", "mine"),
                do("insert", "mine"),
                do("see", "message", "购气次数少于我们的记录"),
                *TAKEN_OUT,
                do("keep_image", "mine"),
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "gas still on the card",
            (
                *WRITE_FIFTY,
                *GONE,
                do("insert", "mine"),
                do("see", "message", "卡内还有 20.69 立方米 没有存入燃气表"),
                *TAKEN_OUT,
                do("meter", "mine"),
                do("insert", "mine"),
                do("see", "card", "表内剩余气量", "20.69"),
                *TAKEN_OUT,
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "arrears and a hazard are told before money is taken",
            (
                do("insert", "hers"),
                do("see", "card", "￥128.50", "安全隐患", "灶具软管老化"),
                do("touch", "top_up"),
                do("see", "choose"),
                do("touch", "leave"),
                *TAKEN_OUT,
            ),
            Ending(),
            untouched=("hers",),
        ),
        Scenario(
            "arrears refuse",
            (do("insert", "hers"), do("see", "message", "您还有 ￥128.50 燃气费未交"), *TAKEN_OUT),
            Ending(),
            changes={"arrears": 'arrears = "refuse"'},
            untouched=("hers",),
        ),
        Scenario(
            "more than may be bought at once",
            (
                *HELLO,
                do("touch", "top_up"),
                do("touch_blindly", "amount", value=2500),
                do("see", "choose", "每次最多购"),
                do("touch", "leave"),
                *TAKEN_OUT,
            ),
            Ending(),
        ),
        Scenario(
            "a card while the hall is closed",
            (
                do("staff", "day.end", who="clerk:1"),
                do("wait", 1.0),
                do("insert", "mine"),
                do("see", "card"),
                do("touch", "top_up"),
                do("see", "message", "非营业时间"),
                *TAKEN_OUT,
            ),
            Ending(),
        ),
    )


def _printers() -> tuple[Scenario, ...]:
    return (
        Scenario(
            "no paper before paying",
            (
                *FIFTY,
                do("receipts", "paper out"),
                do("wait", 3.0),
                do("touch", "pay"),
                do("see", "message", "暂时不能打印小票", "不能出具凭证时，本机不收现金", "1号窗口"),
                do("pull"),
                do("see", "out_of_service"),
            ),
            Ending(),
            untouched=("mine",),
        ),
        Scenario(
            "no paper, told before anything is chosen",
            (
                do("receipts", "paper out"),
                do("wait", 3.0),
                do("see", "out_of_service", "暂时不能打印小票"),
                do("insert", "mine"),
                do("see", "card"),
                do("touch", "top_up"),
                do("see", "message", "暂时不能打印小票"),
                do("pull"),
                do("see", "out_of_service"),
                do("receipts", "paper ok"),
                do("see", "idle"),
            ),
            Ending(),
        ),
        Scenario(
            "paper runs out before the first note",
            (
                *PAY_FIFTY,
                do("receipts", "paper out"),
                do("see", "message", "暂时不能打印小票"),
                do("pull"),
                do("see", "out_of_service"),
            ),
            Ending(("cancelled",)),
        ),
        Scenario(
            "paper runs out between two notes",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("receipts", "paper out"),
                do("see", "choice", "暂时不能打印小票"),
                do("does_not_say", "继续投币"),
                do("touch", "buy_inserted"),
                do("see", "done", "购气成功", "小票没有打印出来", "T01-"),
                do("pull"),
                do("see", "out_of_service"),
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "paper runs out between two notes: a slip that cannot be printed",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("receipts", "paper out"),
                do("see", "choice"),
                do("touch", "slip"),
                do("see", "done", "凭条没有打印出来", "校验码", "ST01-"),
                do("does_not_say", "购气已成功"),
                do("pull"),
                do("see", "out_of_service"),
            ),
            Ending(("owed",), 50, slips_fen=5000),
        ),
        Scenario(
            "paper runs out after paying",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("receipts", "paper out"),
                do("wait", 3.0),
                do("touch", "confirm"),
                do("see", "done", "购气成功", "小票没有打印出来"),
                do("pull"),
                do("see", "out_of_service"),
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the printer's power is cut in the middle of the receipt",
            (
                *WRITE_FIFTY,
                do("see", "busy", "正在打印小票"),
                do("wait", 0.4),
                do("receipts", "power off"),
                do("see", "done", "购气成功", "小票"),
                do("pull"),
                do("wait", 40.0),
                do("see", "out_of_service"),
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the printer falls silent in the middle of the receipt, and proves it late",
            (
                *WRITE_FIFTY,
                do("see", "busy", "正在打印小票"),
                do("wait", 0.3),
                do("receipts", "silent"),
                do("see", "done", "购气成功", "小票可能没有打印完整"),
                do("pull"),
                do("receipts", "talk"),
                do("wait", 90.0),
            ),
            SETTLED_FIFTY,
        ),
    )


def _acceptors() -> tuple[Scenario, ...]:
    places = {
        "in the head": ("ACCEPTING", Ending(("cancelled",))),
        "in escrow": ("ESCROW", Ending(("cancelled",))),
        "before the lever": ("STACKING_TO_LEVER", Ending(("cancelled",))),
        "behind the lever": ("STACKING_TO_BOX", SETTLED_FIFTY),
    }
    cut = tuple(
        Scenario(
            f"the acceptor's power is cut with a note {place}",
            (
                *PAY_FIFTY,
                do("put", 50),
                do("until", doing),
                do("acceptor", "power off"),
                do("wait", 2.0),
                do("acceptor", "power on"),
                do("wait", 10.0),
                *(
                    (do("see", "confirm"), do("touch", "confirm"), *GONE)
                    if ending is SETTLED_FIFTY
                    else (do("see", "message"), *TAKEN_OUT)
                ),
            ),
            ending,
        )
        for place, (doing, ending) in places.items()
    )
    return (
        *cut,
        Scenario(
            "the acceptor is down before",
            (
                do("acceptor", "power off"),
                do("see", "out_of_service", "暂时不能收现金", "现金支付告知", "1号窗口", "0571-96777"),
                do("insert", "mine"),
                do("see", "card"),
                do("touch", "top_up"),
                do("see", "message", "暂时不能收现金", "现金支付告知", "1号窗口", "0571-96777"),
                do("touch", "take_ticket"),
                do("see", "message", "您的卡还在机器里"),
                do("pull"),
                do("see", "ticket_services", "已为您办理优先号", "您的购气资料已带到柜台"),
                do("touch", "ticket_service", service="top-up"),
                do("see", "ticket_done", "A001"),
                do("ticket", "A001", "优先"),
                do("see", "out_of_service"),
            ),
            Ending(),
        ),
        Scenario(
            "the acceptor goes down before the first note",
            (
                *PAY_FIFTY,
                do("acceptor", "power off"),
                do("see", "message", "暂时不能收现金", "1号窗口"),
                do("touch", "take_ticket"),
                do("pull"),
                do("see", "ticket_services", "已为您办理优先号"),
                do("touch", "ticket_service", service="top-up"),
                do("see", "ticket_done"),
                do("ticket", "优先", "T01-"),
                do("see", "out_of_service"),
            ),
            Ending(("cancelled",)),
        ),
        Scenario(
            "the acceptor goes down between two notes",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("acceptor", "power off"),
                do("see", "choice", "暂时不能收现金"),
                do("does_not_say", "继续投币"),
                do("touch", "buy_inserted"),
                do("see", "done", "购气成功"),
                do("pull"),
                do("see", "out_of_service"),
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "a jam with the only note in flight",
            (
                *PAY_FIFTY,
                do("put", 50),
                do("until", "STACKING_TO_LEVER"),
                do("acceptor", "jam"),
                do("see", "done", "有一张 50元 的结果还不能确定", "已经登记，不会丢失"),
                do("paper", "凭条", "￥50.00"),
                do("pull"),
                do("see", "out_of_service"),
            ),
            Ending(("unknown",), 0, suspense_fen=5000),
            untouched=("mine",),
        ),
        Scenario(
            "a jam with the second note in flight",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("put", 20),
                do("until", "STACKING_TO_BOX"),
                do("acceptor", "jam"),
                do("see", "choice", "有一张 20元 的结果还不能确定", "￥50.00"),
                do("touch", "buy_inserted"),
                do("see", "done", "购气成功", "有一张 20元 的结果还不能确定"),
                do("paper", "购气凭证", "凭条", "￥20.00"),
                do("pull"),
                do("see", "out_of_service"),
                do("acceptor", "clear"),
                do("see", "idle"),
            ),
            Ending(("settled",), 50, 2069, credit_fen=1, suspense_fen=2000),
        ),
        Scenario(
            "the stacker stands still, and the note is reported late",
            (
                *PAY_FIFTY,
                do("acceptor", "stall"),
                do("put", 50),
                do("see", "done", "有一张 50元 的结果还不能确定"),
                do("pull"),
                do("wait", 20.0),
                do("acceptor", "resume"),
                do("wait", 20.0),
                do("see", "idle"),
            ),
            Ending(("unknown",), 50, credit_fen=5000),
        ),
        Scenario(
            "the stacker stands still, and the note is reported while the voucher is printed",
            (
                *PAY_FIFTY,
                do("acceptor", "stall"),
                do("put", 50),
                do("see", "busy", "正在打印小票"),
                do("receipts", "silent"),
                do("acceptor", "resume"),
                do("wait", 6.0),
                do("see", "done", "收到 ￥50.00，已为您入账"),
                do("receipts", "talk"),
                do("pull"),
                do("see", "idle"),
            ),
            Ending(("settled",), 50, credit_fen=5000),
        ),
        Scenario(
            "the stacker stands still, and the note is given back late",
            (
                *PAY_FIFTY,
                do("acceptor", "stall"),
                do("put", 50),
                do("see", "done", "有一张 50元 的结果还不能确定"),
                do("pull"),
                do("acceptor", "power off"),
                do("wait", 2.0),
                do("acceptor", "power on"),
                do("wait", 20.0),
                do("see", "idle"),
            ),
            Ending(("unknown",)),
        ),
        Scenario(
            "the cash unit is taken out while notes are asked for",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("acceptor", "box out"),
                do("see", "choice", "暂时不能收现金"),
                do("touch", "slip"),
                do("see", "done", "￥50.00"),
                do("pull"),
                do("see", "out_of_service"),
                do("acceptor", "box in"),
                do("see", "idle"),
            ),
            Ending(("owed",), 50, slips_fen=5000),
        ),
        Scenario(
            "the cash unit says that it is full",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("acceptor", "full"),
                do("see", "choice"),
                do("touch", "buy_inserted"),
                do("see", "done"),
                do("pull"),
                do("see", "out_of_service"),
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the cash unit is full by our own count",
            (
                *HELLO,
                do("touch", "top_up"),
                do("touch", "amount", value=5),
                do("touch", "pay"),
                do("feed", 1, 1, 1, 1, 1),
                do("see", "confirm"),
                do("touch", "confirm"),
                *GONE,
                do("meter", "mine"),
                *FIFTY[:-1],
                do("touch", "pay"),
                do("feed", *(1,) * 45),
                do("see", "choice", "钞箱已满", "￥45.00"),
                do("does_not_say", "继续投币"),
                do("touch", "buy_inserted"),
                do("see", "done"),
                do("pull"),
                do("see", "out_of_service", "钞箱已满"),
            ),
            Ending(("settled", "settled"), 50, 2069, credit_fen=1),
            changes={"[note_acceptor]": "[note_acceptor]\ncapacity_notes = 50", "notes_max": "notes_max = 50"},
        ),
    )


def _house() -> tuple[Scenario, ...]:
    def gone_and_back(*after: Step) -> tuple[Step, ...]:
        return (do("screen", False), do("wait", 3.0), do("screen", True), *after)

    return (
        Scenario(
            "the reader is lost while notes are asked for",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("reader", False),
                do("see", "reinsert"),
                do("see", "done", "没有等到您的卡"),
                do("see", "out_of_service", "暂时不能读卡"),
                do("pull"),
                do("reader", True),
                do("see", "idle"),
                do("insert", "mine"),
                do("see", "confirm", "20.69"),
                do("touch", "confirm"),
                *GONE,
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the reader is lost while nobody is there",
            (
                do("reader", False),
                do("see", "out_of_service", "暂时不能读卡", "请取号到柜台购气", "取号排队"),
                do("reader", True),
                do("see", "idle"),
            ),
            Ending(),
        ),
        Scenario(
            "the hall is killed while a note is stacked",
            (
                *PAY_FIFTY,
                do("put", 50),
                do("until", "STACKING_TO_BOX"),
                do("kill"),
                do("wait", 2.0),
                do("boot"),
                do("see", "confirm", "不再收费", "20.69"),
                do("touch", "confirm"),
                *GONE,
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the hall is killed while a note is stacked, and the acceptor is without power when it is back",
            (
                *PAY_FIFTY,
                do("put", 50),
                do("until", "STACKING_TO_BOX"),
                do("kill"),
                do("acceptor", "power off"),
                do("boot"),
                do("see", "message", "您上次投入的纸币正在核对"),
                do("pull"),
                do("acceptor", "power on"),
                do("see", "idle"),
                do("insert", "mine"),
                do("see", "confirm", "不再收费", "20.69"),
                do("touch", "confirm"),
                *GONE,
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the reader is lost while the card is written, and finds it again",
            (
                *WRITE_FIFTY,
                do("reader", False),
                do("wait", 3.0),
                do("reader", True),
                do("see", "done"),
                do("pull"),
                do("see", "idle"),
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the screen is gone at the card", (*HELLO, *gone_and_back(do("see", "message")), *TAKEN_OUT), Ending()
        ),
        Scenario(
            "the screen is gone at the price", (*FIFTY, *gone_and_back(do("see", "message")), *TAKEN_OUT), Ending()
        ),
        Scenario(
            "the screen is gone before notes",
            (*PAY_FIFTY, *gone_and_back(do("see", "message", "没有收您的钱")), *TAKEN_OUT),
            Ending(("cancelled",)),
        ),
        Scenario(
            "the screen is gone after notes",
            (*PAY_HUNDRED, do("feed", 50), *gone_and_back(), *GONE),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the screen is gone while a note is being stacked",
            (*PAY_HUNDRED, do("put", 50), do("until", "STACKING_TO_LEVER"), *gone_and_back(), *GONE),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the screen is gone at the choice after notes",
            (*PAY_HUNDRED, do("feed", 50), do("touch", "cancel"), *gone_and_back(), *GONE),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the screen is gone at the question whether to write",
            (*PAY_FIFTY, do("feed", 50), do("see", "confirm"), *gone_and_back(), *GONE),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the screen is gone while the card is written", (*WRITE_FIFTY, *gone_and_back(), *GONE), SETTLED_FIFTY
        ),
        Scenario(
            "the screen is gone when the card is to be put back",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("pull"),
                *gone_and_back(do("see", "reinsert")),
                do("insert", "mine"),
                *GONE,
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the screen is gone on the last screen",
            (*WRITE_FIFTY, do("see", "done"), *gone_and_back(do("see", "done", "购气成功")), *GONE),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the disk is full while a note is stacked, and has room again",
            (
                *PAY_FIFTY,
                do("put", 50),
                do("until", "STACKING_TO_LEVER"),
                do("disk", True),
                do("see", "message", "暂不收现金"),
                do("wait", 5.0),
                do("disk", False),
                do("wait", 3.0),
                do("see", "message", "您的卡还在机器里"),
                do("pull"),
                do("see", "idle"),
                do("insert", "mine"),
                do("see", "confirm", "不再收费"),
                do("touch", "confirm"),
                *GONE,
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "the disk is full before the note is decided",
            (
                *PAY_FIFTY,
                do("disk", True),
                do("put", 50),
                do("wait", 20.0),
                do("see", "message", "暂不收现金"),
                do("disk", False),
                do("wait", 3.0),
                do("see", "message", "您的卡还在机器里"),
                *TAKEN_OUT,
            ),
            Ending(("cancelled",)),
        ),
        Scenario(
            "the disk is full when the card has been written",
            (
                *WRITE_FIFTY,
                do("disk", True),
                do("see", "message", "暂不收现金"),
                do("disk", False),
                do("wait", 3.0),
                do("pull"),
                do("see", "idle"),
                do("insert", "mine"),
                *GONE,
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "little room on the disk",
            (
                do("little_room", 3),
                do("wait", 61.0),
                do("see", "out_of_service", "暂不收现金"),
                do("insert", "mine"),
                do("see", "card"),
                do("touch", "top_up"),
                do("see", "message", "暂不收现金"),
                do("pull"),
                do("little_room", 3000),
                do("wait", 61.0),
                do("see", "idle"),
            ),
            Ending(),
        ),
        Scenario(
            "a clock that cannot be right",
            (
                do("clock", "implausible"),
                *HELLO,
                do("touch", "top_up"),
                do("see", "message", "设备时间不准"),
                do("pull"),
                do("see", "out_of_service"),
                do("clock", "synchronised"),
            ),
            Ending(),
        ),
        Scenario(
            "the clock goes wrong between two notes",
            (
                *PAY_HUNDRED,
                do("feed", 50),
                do("clock", "implausible"),
                do("see", "choice", "设备时间不准"),
                do("touch", "buy_inserted"),
                do("see", "done"),
                do("clock", "synchronised"),
                *GONE,
            ),
            SETTLED_FIFTY,
        ),
        Scenario(
            "a late touch finds another screen",
            (
                *PAY_FIFTY,
                do("feed", 50),
                do("see", "confirm"),
                do("touch_blindly", "pay"),
                do("touch_blindly", "slip"),
                do("touch", "confirm"),
                do("touch_blindly", "confirm"),
                do("touch_blindly", "cancel"),
                *GONE,
            ),
            SETTLED_FIFTY,
        ),
    )


def _queue() -> tuple[Scenario, ...]:
    return (
        Scenario(
            "a ticket",
            (
                do("touch", "take_ticket"),
                do("see", "ticket_services", "请选择要办理的业务"),
                do("touch", "ticket_service", service="top-up"),
                do("see", "ticket_done", "A001", "前面没有人"),
                do("ticket", "A001", "购气充值"),
                do("touch", "ticket_leave"),
                do("see", "idle"),
                do("touch", "take_ticket"),
                do("touch", "ticket_service", service="top-up"),
                do("see", "ticket_done", "A002", "前面等待 1 人"),
                do("see", "idle"),
            ),
            Ending(),
        ),
        Scenario(
            "a priority ticket",
            (
                do("touch", "take_ticket"),
                do("touch", "ticket_priority"),
                do("says", "已为您办理优先号"),
                do("touch", "ticket_service", service="top-up"),
                do("see", "ticket_done", "优先"),
                do("ticket", "优先"),
                do("see", "idle"),
            ),
            Ending(),
        ),
        Scenario(
            "no ticket chosen",
            (do("touch", "language"), do("touch", "take_ticket"), do("wait", 130.0), do("see", "idle", "您好")),
            Ending(),
        ),
        Scenario(
            "the ticket's paper has run out",
            (
                do("touch", "take_ticket"),
                do("tickets", "paper out"),
                do("wait", 3.0),
                do("touch", "ticket_service", service="top-up"),
                do("see", "message", "暂时不能打印号票"),
                do("touch", "ticket_leave"),
                do("see", "idle"),
                do("does_not_say", "取号排队"),
            ),
            Ending(),
        ),
        Scenario(
            "the ticket's paper jams while it is printed",
            (
                do("touch", "take_ticket"),
                do("touch", "ticket_service", service="top-up"),
                do("wait", 0.3),
                do("tickets", "cover open"),
                do("see", "message", "作废"),
                do("tickets", "cover closed"),
                do("wait", 5.0),
                do("touch", "take_ticket"),
                do("touch", "ticket_service", service="top-up"),
                do("see", "ticket_done", "A002"),
                do("see", "idle"),
            ),
            Ending(),
        ),
        Scenario(
            "the dispenser falls silent, and proves the ticket late",
            (
                do("touch", "take_ticket"),
                do("touch", "ticket_service", service="top-up"),
                do("wait", 0.3),
                do("tickets", "silent"),
                do("see", "message", "A001 号已作废"),
                do("tickets", "talk"),
                do("wait", 90.0),
                do("see", "idle"),
            ),
            Ending(),
        ),
    )


SCENARIOS: tuple[Scenario, ...] = (
    *_visits(),
    *_given_up(),
    *_timed_out(),
    *_notes(),
    *_pulled(),
    *_cards(),
    *_printers(),
    *_acceptors(),
    *_house(),
    *_queue(),
)
BY_NAME: Mapping[str, Scenario] = {scenario.name: scenario for scenario in SCENARIOS}


def play(scenario: Scenario, folder: Path) -> tuple[str, ...]:
    """Plays it to its end; what was wrong, or nothing. The hall is closed afterwards."""
    stage = Stage(folder, scenario.changes)
    try:
        return judge(stage, scenario)
    finally:
        stage.model.close()


def judge(stage: Stage, scenario: Scenario) -> tuple[str, ...]:
    try:
        stage.play(scenario.steps)
    except StepFailed as failed:
        return (str(failed),)
    stage.model.run(2.0)
    return (*_another_ending(stage, scenario), *reckon(stage.model), *_touched(stage, scenario), *stage.witness.wrong)


def _another_ending(stage: Stage, scenario: Scenario) -> list[str]:
    model, wanted = stage.model, scenario.ending
    law = model.law()
    assert model.database is not None
    fen = Ledger(model.database).all_balances().get(Unit.FEN, {})
    owed = {account: -amount for account, amount in fen.items() if account.startswith("owed:")}
    found = Ending(
        orders=tuple(ending_of(order) for order in orders_of(model)),
        box=sum(model.acceptor_model.box),
        gas=gas_on(stage.chip("mine")) - model.not_ours[sample_hall.CARD],
        credit_fen=sum(amount for account, amount in owed.items() if account.startswith("owed:customer:")),
        slips_fen=sum(amount for account, amount in owed.items() if account.startswith("owed:slip:")),
        suspense_fen=law.suspense_fen,
    )
    return [] if found == wanted else [f"it ended as {found}, and not as {wanted}"]


def _touched(stage: Stage, scenario: Scenario) -> list[str]:
    wrong = []
    for name in scenario.untouched:
        chip = stage.chip(name)
        for card in stage.model.cards:
            if card.chip is chip and (card.journal.psc_presentations or card.journal.programmed):
                presented, written = card.journal.psc_presentations, len(card.journal.programmed)
                wrong.append(f"{name}: a PSC was presented {presented} times, {written} bytes were written")
    return wrong
