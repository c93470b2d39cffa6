"""One realistic view of every layout, in both languages: for tests, for pictures in the documentation, for people who
draw screens.

The customer, the card and the hall are invented; the price adds up (41.66 × 2.40 = 99.98 and 34.73 × 2.88 = 100.02 to
the fen).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from kiosk.view.shapes import (
    Button,
    CounterView,
    CustomerView,
    DeviceLine,
    Keypad,
    NoteLine,
    Notice,
    Progress,
    Row,
    TierLine,
)

Language = Literal["zh_CN", "en"]

_FRAME: dict[Language, dict[str, Any]] = {
    "zh_CN": {
        "language": "zh_CN",
        "hall_name": "城东燃气营业厅",
        "clock_text": "3月12日 周四 09:41",
        "footer": "服务热线 010-0000-1234（24 小时）",
        "tools": (
            Button("set_language", "English", "quiet", {"language": "en"}),
            Button("set_large_type", "大字版", "quiet", {"large": True}),
            Button("call_clerk", "呼叫店员", "quiet"),
        ),
    },
    "en": {
        "language": "en",
        "hall_name": "Chengdong Gas Hall",
        "clock_text": "Thu 12 Mar 09:41",
        "footer": "Service line 010-0000-1234 (24 hours)",
        "tools": (
            Button("set_language", "中文", "quiet", {"language": "zh_CN"}),
            Button("set_large_type", "Large type", "quiet", {"large": True}),
            Button("call_clerk", "Call a clerk", "quiet"),
        ),
    },
}

_STEPS: dict[Language, tuple[str, ...]] = {
    "zh_CN": ("插卡", "选购", "核价", "付款", "写卡", "取卡"),
    "en": ("Card", "Choose", "Price", "Pay", "Write", "Take"),
}


def _progress(language: Language, current: int) -> Progress:
    return Progress(_STEPS[language], current)


def _notes(*yuan: int) -> tuple[NoteLine, ...]:
    return tuple(NoteLine(value * 100, f"￥{value}") for value in yuan)


def _view(language: Language, screen: str, title: str, **parts: Any) -> CustomerView:
    return CustomerView(screen=screen, title=title, **{**_FRAME[language], **parts})


def _chinese() -> Iterator[tuple[str, CustomerView]]:
    z: Language = "zh_CN"
    leave = Button("leave", "退卡", "danger")
    yield (
        "idle",
        _view(
            z,
            "idle",
            "您好，欢迎光临",
            subtitle="请插入燃气卡，芯片朝上",
            notices=(
                Notice("阶梯气价提示", "每年 1 月 1 日起，年用气量重新计算。第一档 2.40 元/立方米。"),
                Notice("安全用气", "请每月用肥皂水检查胶管接口；闻到异味先关阀、开窗，再到室外打电话。"),
            ),
            buttons=(Button("take_ticket", "取号排队", hint="人工窗口办理，老人和行动不便者优先"),),
            speak="您好，请插入燃气卡。",
        ),
    )
    yield (
        "busy",
        _view(
            z, "busy", "正在读卡，请稍候", subtitle="请不要取出燃气卡", progress=_progress(z, 0), card_must_stay=True
        ),
    )
    card_rows = (
        Row("户名", "王*明"),
        Row("户号", "3301 **** 0286"),
        Row("地址", "和平路 *** 号 3 单元 502"),
        Row("燃气表", "民用 G2.5　右进气"),
        Row("卡内未上表气量", "0.00 立方米", "good"),
        Row("表内剩余", "6.20 立方米", "warn"),
        Row("本年已用", "308.34 立方米"),
        Row("上次购气", "2026-01-08　￥150.00"),
    )
    yield (
        "card",
        _view(
            z,
            "card",
            "请核对您的信息",
            rows=card_rows,
            progress=_progress(z, 0),
            buttons=(leave, Button("continue", "信息无误，继续", "primary")),
            seconds_left=60,
            card_must_stay=True,
        ),
    )
    yield (
        "choose",
        _view(
            z,
            "choose",
            "请选择购气金额",
            subtitle="也可以直接输入整元金额",
            rows=(Row("本次最多可购", "￥1,000", "strong"),),
            progress=_progress(z, 1),
            keypad=Keypad("choose_amount", "元", 10, 1000, "可输入 10 至 1000 元", "确定"),
            buttons=(
                *(Button("choose_amount", f"￥{yuan}", args={"value": yuan}) for yuan in (50, 100, 150, 200, 300, 500)),
                Button("by_volume", "按气量购买"),
                leave,
            ),
            seconds_left=58,
            card_must_stay=True,
        ),
    )
    tiers = (
        TierLine("第一档", "41.66 立方米", "2.40 元/立方米", "￥99.98"),
        TierLine("第二档", "34.73 立方米", "2.88 元/立方米", "￥100.02"),
    )
    yield (
        "quote",
        _view(
            z,
            "quote",
            "请核对价格",
            subtitle="价格按政府公布的阶梯气价计算，不收其他费用",
            tier_lines=tiers,
            total=Row("应付", "￥200.00"),
            rows=(Row("购气量合计", "76.39 立方米", "strong"),),
            progress=_progress(z, 2),
            buttons=(Button("back", "重新选择"), Button("accept", "去付款", "primary")),
            seconds_left=45,
            card_must_stay=True,
        ),
    )
    yield (
        "paying",
        _view(
            z,
            "paying",
            "请逐张放入纸币",
            rows=(Row("应付", "￥200.00"), Row("已收", "￥170.00", "good")),
            total=Row("还需", "￥30.00"),
            notes=_notes(100, 50, 10, 10),
            accepted=("￥5", "￥10", "￥20"),
            message="这张纸币未能识别，已退回，请换一张",
            message_tone="warn",
            progress=_progress(z, 3),
            buttons=(Button("stop_paying", "不买了，退款", "danger"), Button("pay_less", "就买这些", "primary")),
            seconds_left=87,
            card_must_stay=True,
        ),
    )
    yield (
        "confirm",
        _view(
            z,
            "confirm",
            "确认后写入燃气卡",
            rows=(
                Row("户名", "王*明"),
                Row("燃气卡", "**** 0286"),
                Row("购气量", "76.39 立方米", "strong"),
                Row("已收现金", "￥200.00"),
            ),
            total=Row("实付", "￥200.00"),
            body=("写卡约需 5 秒，期间请勿取卡。",),
            progress=_progress(z, 4),
            buttons=(Button("cancel", "取消", "danger"), Button("confirm", "确认写卡", "primary")),
            seconds_left=30,
            card_must_stay=True,
        ),
    )
    yield (
        "choice",
        _view(
            z,
            "choice",
            "已放入 ￥170.00，还差 ￥30.00",
            subtitle="请选择怎样处理",
            rows=(Row("已收", "￥170.00", "good"),),
            buttons=(
                Button("continue_paying", "继续放入纸币", "primary"),
                Button("buy_for_inserted", "按已放入的金额购气", hint="可购 65.97 立方米"),
                Button("credit", "存入账户余额", hint="下次购气自动抵用，凭条为据"),
            ),
            progress=_progress(z, 3),
            seconds_left=40,
            card_must_stay=True,
        ),
    )
    yield (
        "writing",
        _view(
            z,
            "writing",
            "正在写卡，请勿取卡",
            subtitle="约需 5 秒",
            body=("现在取出燃气卡会使写卡中断。您的款项已有记录。",),
            progress=_progress(z, 4),
            tools=(),
            card_must_stay=True,
            speak="正在写卡，请不要取出燃气卡。",
        ),
    )
    yield (
        "reinsert",
        _view(
            z,
            "reinsert",
            "请把燃气卡插回来",
            subtitle="写卡还没有完成，您的款项已有记录",
            rows=(Row("已收", "￥200.00"), Row("待写入", "76.39 立方米", "warn")),
            message="请插入刚才那张尾号 0286 的卡",
            message_tone="warn",
            progress=_progress(z, 4),
            seconds_left=90,
        ),
    )
    yield (
        "done",
        _view(
            z,
            "done",
            "购气成功",
            subtitle="请取走燃气卡和收据",
            rows=(
                Row("购气量", "76.39 立方米", "strong"),
                Row("金额", "￥200.00"),
                Row("单号", "0312-000127"),
            ),
            body=("回家后请把卡插入燃气表，听到提示音再取出。",),
            progress=_progress(z, 5),
            buttons=(Button("finish", "完成", "primary"),),
            seconds_left=25,
            speak="购气成功，请取走燃气卡和收据。再见。",
        ),
    )
    yield (
        "message",
        _view(
            z,
            "message",
            "卡内还有气量没有上表",
            tone="warn",
            subtitle="请先把卡插入家中的燃气表，再来购气",
            rows=(Row("卡内气量", "42.50 立方米", "warn"), Row("上次购气", "2026-03-01　￥102.00")),
            body=("如果已经插过表仍看到本提示，请取号到窗口检查。",),
            buttons=(Button("take_ticket", "取号排队"), Button("leave", "退卡", "primary")),
            seconds_left=30,
        ),
    )
    yield (
        "ticket_services",
        _view(
            z,
            "ticket_services",
            "请选择要办理的业务",
            subtitle="取号后请到等候区，留意叫号",
            buttons=(
                Button("ticket", "购气、缴费", args={"service": "A"}, hint="前面 3 人，约 8 分钟"),
                Button("ticket", "开户、过户、换卡", args={"service": "B"}, hint="前面 1 人，约 10 分钟"),
                Button("ticket", "报修、安检、投诉", args={"service": "C"}, hint="现在不用等"),
                Button("ticket_priority", "优先服务", args={"service": "P"}, hint="老人、孕妇、残疾人及行动不便者"),
                Button("back", "返回", "quiet"),
            ),
            seconds_left=40,
        ),
    )
    yield (
        "ticket_done",
        _view(
            z,
            "ticket_done",
            "请取走号票",
            total=Row("您的号码", "A027"),
            rows=(Row("前面等候", "3 人"), Row("预计等候", "约 8 分钟"), Row("业务", "购气、缴费")),
            body=("请在等候区就座，叫到号后到屏幕显示的窗口。",),
            buttons=(Button("finish", "完成", "primary"),),
            seconds_left=15,
        ),
    )
    yield (
        "out_of_service",
        _view(
            z,
            "out_of_service",
            "本机暂不能收现金",
            tone="warn",
            subtitle="给您带来不便，对不起",
            body=("本营业厅收取现金。现金业务请到 1、2 号人工窗口办理，可优先叫号。",),
            rows=(
                Row("可用付款方式", "现金（窗口）、银行卡"),
                Row("现金办理地点", "本厅 1、2 号窗口"),
                Row("监督电话", "010-0000-1234"),
            ),
            buttons=(Button("take_priority_ticket", "取优先号", "primary"),),
        ),
    )


def _english() -> Iterator[tuple[str, CustomerView]]:
    e: Language = "en"
    leave = Button("leave", "Return card", "danger")
    yield (
        "idle",
        _view(
            e,
            "idle",
            "Welcome",
            subtitle="Please insert your gas card, chip facing up",
            notices=(
                Notice("Tiered prices", "Yearly use is counted from 1 January. Tier 1 is 2.40 yuan per m³."),
                Notice(
                    "Using gas safely",
                    "Check the hose joints with soapy water every month. If you smell gas: close the valve, open the "
                    "windows, and call from outside.",
                ),
            ),
            buttons=(
                Button(
                    "take_ticket", "Take a queue ticket", hint="Service at a counter; priority for those who need it"
                ),
            ),
        ),
    )
    yield (
        "busy",
        _view(
            e,
            "busy",
            "Reading your card",
            subtitle="Please leave it in the reader",
            progress=_progress(e, 0),
            card_must_stay=True,
        ),
    )
    yield (
        "card",
        _view(
            e,
            "card",
            "Please check your details",
            rows=(
                Row("Name", "王*明"),
                Row("Customer", "3301 **** 0286"),
                Row("Address", "502, Unit 3, *** Heping Road"),
                Row("Meter", "Household G2.5, inlet right"),
                Row("Gas on card, not in meter", "0.00 m³", "good"),
                Row("Left in meter", "6.20 m³", "warn"),
                Row("Used this year", "308.34 m³"),
                Row("Last purchase", "2026-01-08, ￥150.00"),
            ),
            progress=_progress(e, 0),
            buttons=(leave, Button("continue", "Correct, continue", "primary")),
            seconds_left=60,
            card_must_stay=True,
        ),
    )
    yield (
        "choose",
        _view(
            e,
            "choose",
            "How much gas would you like?",
            subtitle="Choose an amount or type whole yuan",
            rows=(Row("Most you can buy now", "￥1,000", "strong"),),
            progress=_progress(e, 1),
            keypad=Keypad("choose_amount", "yuan", 10, 1000, "From 10 to 1000 yuan", "Confirm"),
            buttons=(
                *(Button("choose_amount", f"￥{yuan}", args={"value": yuan}) for yuan in (50, 100, 150, 200, 300, 500)),
                Button("by_volume", "Buy by volume"),
                leave,
            ),
            seconds_left=58,
            card_must_stay=True,
        ),
    )
    yield (
        "quote",
        _view(
            e,
            "quote",
            "Please check the price",
            subtitle="Tiered prices as published by the city; no other charges",
            tier_lines=(
                TierLine("Tier 1", "41.66 m³", "2.40 yuan/m³", "￥99.98"),
                TierLine("Tier 2", "34.73 m³", "2.88 yuan/m³", "￥100.02"),
            ),
            total=Row("To pay", "￥200.00"),
            rows=(Row("Gas in all", "76.39 m³", "strong"),),
            progress=_progress(e, 2),
            buttons=(Button("back", "Choose again"), Button("accept", "Go to payment", "primary")),
            seconds_left=45,
            card_must_stay=True,
        ),
    )
    yield (
        "paying",
        _view(
            e,
            "paying",
            "Insert notes one by one",
            rows=(Row("To pay", "￥200.00"), Row("Received", "￥170.00", "good")),
            total=Row("Still to pay", "￥30.00"),
            notes=_notes(100, 50, 10, 10),
            accepted=("￥5", "￥10", "￥20"),
            message="That note could not be recognised and was returned. Please try another.",
            message_tone="warn",
            progress=_progress(e, 3),
            buttons=(
                Button("stop_paying", "Stop and refund", "danger"),
                Button("pay_less", "Buy for this much", "primary"),
            ),
            seconds_left=87,
            card_must_stay=True,
        ),
    )
    yield (
        "confirm",
        _view(
            e,
            "confirm",
            "Write this to your card?",
            rows=(
                Row("Name", "王*明"),
                Row("Gas card", "**** 0286"),
                Row("Gas", "76.39 m³", "strong"),
                Row("Cash received", "￥200.00"),
            ),
            total=Row("Paid", "￥200.00"),
            body=("Writing takes about 5 seconds. Please leave the card in.",),
            progress=_progress(e, 4),
            buttons=(Button("cancel", "Cancel", "danger"), Button("confirm", "Write the card", "primary")),
            seconds_left=30,
            card_must_stay=True,
        ),
    )
    yield (
        "choice",
        _view(
            e,
            "choice",
            "￥170.00 inserted, ￥30.00 still to pay",
            subtitle="What would you like to do?",
            rows=(Row("Received", "￥170.00", "good"),),
            buttons=(
                Button("continue_paying", "Insert more notes", "primary"),
                Button("buy_for_inserted", "Buy for what is inserted", hint="65.97 m³"),
                Button(
                    "credit", "Keep as credit on my account", hint="Used at your next purchase; the slip is the proof"
                ),
            ),
            progress=_progress(e, 3),
            seconds_left=40,
            card_must_stay=True,
        ),
    )
    yield (
        "writing",
        _view(
            e,
            "writing",
            "Writing: do not remove the card",
            subtitle="About 5 seconds",
            body=("Removing the card now would interrupt the writing. Your payment is on record.",),
            progress=_progress(e, 4),
            tools=(),
            card_must_stay=True,
        ),
    )
    yield (
        "reinsert",
        _view(
            e,
            "reinsert",
            "Please put your card back",
            subtitle="It has not been written yet. Your payment is on record.",
            rows=(Row("Received", "￥200.00"), Row("To be written", "76.39 m³", "warn")),
            message="Please insert the same card, ending in 0286",
            message_tone="warn",
            progress=_progress(e, 4),
            seconds_left=90,
        ),
    )
    yield (
        "done",
        _view(
            e,
            "done",
            "Thank you, all done",
            subtitle="Please take your card and receipt",
            rows=(Row("Gas", "76.39 m³", "strong"), Row("Amount", "￥200.00"), Row("Order", "0312-000127")),
            body=("At home, insert the card into your meter until it beeps.",),
            progress=_progress(e, 5),
            buttons=(Button("finish", "Finish", "primary"),),
            seconds_left=25,
        ),
    )
    yield (
        "message",
        _view(
            e,
            "message",
            "There is still gas on this card",
            tone="warn",
            subtitle="Please insert it into your meter at home before you buy again",
            rows=(Row("Gas on card", "42.50 m³", "warn"), Row("Last purchase", "2026-03-01, ￥102.00")),
            body=("If you have already done so, take a ticket and let a clerk look at the card.",),
            buttons=(Button("take_ticket", "Queue ticket"), Button("leave", "Return card", "primary")),
            seconds_left=30,
        ),
    )
    yield (
        "ticket_services",
        _view(
            e,
            "ticket_services",
            "What can we do for you?",
            subtitle="Take a ticket and wait to be called",
            buttons=(
                Button("ticket", "Gas and bills", args={"service": "A"}, hint="3 people ahead, about 8 minutes"),
                Button(
                    "ticket",
                    "New contract, transfer, card",
                    args={"service": "B"},
                    hint="1 person ahead, about 10 minutes",
                ),
                Button("ticket", "Repairs, checks, complaints", args={"service": "C"}, hint="No wait now"),
                Button(
                    "ticket_priority",
                    "Priority service",
                    args={"service": "P"},
                    hint="For elderly, pregnant and disabled people",
                ),
                Button("back", "Back", "quiet"),
            ),
            seconds_left=40,
        ),
    )
    yield (
        "ticket_done",
        _view(
            e,
            "ticket_done",
            "Please take your ticket",
            total=Row("Your number", "A027"),
            rows=(
                Row("Ahead of you", "3 people"),
                Row("Expected wait", "about 8 min"),
                Row("Service", "Gas and bills"),
            ),
            body=("Please take a seat until your number is called.",),
            buttons=(Button("finish", "Finish", "primary"),),
            seconds_left=15,
        ),
    )
    yield (
        "out_of_service",
        _view(
            e,
            "out_of_service",
            "This machine cannot take cash",
            tone="warn",
            subtitle="We are sorry for the inconvenience",
            body=("This hall takes cash at counters 1 and 2. You can be called first.",),
            rows=(
                Row("You can pay with", "cash (counter), bank card"),
                Row("Cash is taken at", "counters 1 and 2"),
                Row("Complaints", "010-0000-1234"),
            ),
            buttons=(Button("take_priority_ticket", "Take a priority ticket", "primary"),),
        ),
    )


def customer_views(language: Language, large_type: bool = False) -> dict[str, CustomerView]:
    """Screen name -> a sample of it."""
    made = dict(_english() if language == "en" else _chinese())
    return {name: replace(view, large_type=large_type) for name, view in made.items()}


def crowded_view(language: Language = "zh_CN") -> CustomerView:
    """More than any real screen holds, with the longest texts that registers allow."""
    views = customer_views(language)
    long_name = "内蒙古自治区呼和浩特市赛罕区新华东街金桥经济技术开发区燃气居民服务合作社（原第二管道煤气站）"
    return replace(
        views["card"],
        hall_name=long_name,
        title="请核对您的信息，如有不符请到窗口更正后再购气，谢谢您的配合",
        rows=(
            Row("户名", "买买提·阿卜杜热依木·**提"),
            Row("地址", long_name),
            *views["card"].rows[1:],
            Row("欠费", "2 期　￥1,286.40", "bad"),
        ),
        message="您有 2 期账单未缴，请先到窗口缴清，谢谢；如有疑问请拨打服务热线。",
        message_tone="bad",
        body=("请核对。",),
    )


def counter_view() -> CounterView:
    """A morning with one thing that needs a person."""
    return CounterView(
        title="城东燃气营业厅",
        business_date="2026-03-12 周四",
        day_state="营业中",
        clock_text="09:41",
        devices=(
            DeviceLine("note_acceptor", "纸币器", "在线", "good"),
            DeviceLine("card_reader", "读卡器", "在线", "good"),
            DeviceLine("receipt_printer", "收据打印机", "纸将尽", "warn", "", "请备纸，打完前更换 80 mm 纸卷"),
            DeviceLine(
                "ticket_dispenser", "取号机", "离线", "bad", "E-TD-08 没有应答", "检查电源线和数据线，然后按“重新检查”"
            ),
        ),
        session=(Row("客户屏", "付款"), Row("已收", "￥170.00", "good"), Row("剩余时间", "1 分 27 秒")),
        queue=(Row("A 购气、缴费", "3 人　约 8 分钟"), Row("B 开户、换卡", "1 人"), Row("P 优先", "0 人")),
        checks=(
            Row("08:20 纸币器", "通过", "good"),
            Row("08:20 读卡器", "通过", "good"),
            Row("08:20 打印机", "通过", "good"),
            Row("08:21 取号机", "未通过", "bad"),
        ),
        open_matters=(
            Row("0311-000119　李*华　￥100.00", "写卡结果未知　18 小时", "bad"),
            Row("0312-000124　欠客户 ￥20.00", "待退款　32 分钟", "warn"),
        ),
        message="取号机离线，请先处理再放号",
        message_tone="warn",
        buttons=(
            Button("recheck", "重新检查"),
            Button("open_day", "开始营业", enabled=False, hint="已开始营业"),
            Button("start_count", "盘点现金"),
            Button("close_day", "结束营业", "danger"),
        ),
    )


def counting_view() -> CounterView:
    """The counter while a blind count is asked for: no expected figure anywhere (H03)."""
    return replace(
        counter_view(),
        day_state="盘点中",
        count_denominations_fen=(10000, 5000, 2000, 1000, 500, 100),
        message="请清点钱箱，按面额输入张数",
        message_tone="normal",
        buttons=(Button("count", "提交盘点", "primary"), Button("cancel_count", "取消", "danger")),
    )
