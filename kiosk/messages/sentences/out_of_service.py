"""What the kiosk cannot do now, and where it can be done instead.

Since 2026-02-01 whoever takes payments must show, where cash cannot be taken, by which means one can pay, where cash
is taken and whom to call (`notice.*`).
"""

SENTENCES: dict[str, tuple[str, str]] = {
    "acceptor_down.title": ("对不起，本机暂时不能收现金", "Sorry, this machine cannot take cash at the moment"),
    "acceptor_down.body": (
        "您可以取优先号，到柜台用现金办理，不用重新填写",
        "Take a priority ticket and pay cash at the counter. You need not enter anything again",
    ),
    "acceptor_down.order_kept": (
        "您选的 {amount} 已为您带到柜台",
        "Your choice of {amount} goes with you to the counter",
    ),
    "acceptor_down.still": ("仍可插卡查询、取号", "You can still look at your card and take a ticket"),
    "notice.title": ("现金支付告知", "About paying cash"),
    "notice.means": ("可用的支付方式：{means}", "Ways to pay: {means}"),
    "notice.means_here": ("柜台：现金、银行卡、手机支付", "At the counter: cash, bank card, mobile payment"),
    "notice.cash_where": ("可用现金支付的地点：{places}", "Where cash is taken: {places}"),
    "notice.phone": ("服务电话：{phone}", "Service telephone: {phone}"),
    "notice.rule": ("人民币现金受法律保护，柜台照常收取", "Cash is legal tender and is taken at the counter as always"),
    "printer_out.title": ("对不起，本机暂时不能打印小票", "Sorry, this machine cannot print receipts at the moment"),
    "printer_out.body": ("不能出具凭证时，本机不收现金", "Where no receipt can be given, no cash is taken"),
    "printer_out.todo": (
        "请取号到柜台办理，已通知工作人员",
        "Please take a ticket for the counter. The staff have been told",
    ),
    "printer_out.with_money": (
        "对不起，打印机出了故障，您的业务继续办理",
        "Sorry, the printer has failed. Your purchase goes on",
    ),
    "printer_out.with_money.todo": (
        "流水号 {receipt_no}，请拍照留存，可到柜台补打小票",
        "Please take a picture of number {receipt_no}. The counter prints your receipt",
    ),
    "printer_low": ("小票纸快用完了", "The receipt paper is running low"),
    "reader_down.title": ("对不起，本机暂时不能读卡", "Sorry, this machine cannot read cards at the moment"),
    "reader_down.body": ("可以取号排队，查看通知", "You can take a queue ticket and read the notices"),
    "reader_down.todo": ("请取号到柜台购气", "Please take a ticket and buy gas at the counter"),
    "reader_down.with_money": (
        "对不起，读卡器出了故障，您的 {amount} 有记录",
        "Sorry, the card reader has failed. Your {amount} is on record",
    ),
    "reader_down.with_money.todo": (
        "请取回卡和凭条，到柜台优先办理",
        "Please take your card and the slip. You are served first at the counter",
    ),
    "tickets_down.title": ("对不起，暂时不能打印号票", "Sorry, tickets cannot be printed at the moment"),
    "tickets_down.todo": (
        "请直接到柜台，由工作人员为您安排",
        "Please go to the counter, where you will be looked after",
    ),
    "screen_back.title": (
        "屏幕刚刚恢复，您的业务没有丢失",
        "The screen has just come back. Nothing of your visit is lost",
    ),
    "hall_down.title": ("对不起，设备正在恢复，请您稍候", "Sorry, the machine is coming back. Please wait a moment"),
    "hall_down.todo": (
        "您投入的钱都有记录。着急请到柜台",
        "Every note you put in is on record. If you are in a hurry, please go to the counter",
    ),
    "power_down.title": (
        "供电异常，本机只完成当前业务",
        "The power is failing. Only the visit in progress is finished",
    ),
    "clock_wrong.title": ("对不起，设备时间不准，暂不收现金", "Sorry, the clock is wrong. No cash is taken for now"),
    "clock_wrong.todo": ("请到柜台办理", "Please go to the counter"),
    "disk_full.title": (
        "对不起，设备需要维护，暂不收现金",
        "Sorry, the machine needs service. No cash is taken for now",
    ),
    "disk_full.todo": ("请取号到柜台办理", "Please take a ticket for the counter"),
    "records_damaged.title": ("对不起，设备需要维护，暂停服务", "Sorry, the machine needs service and is out of use"),
    "records_damaged.todo": ("请到柜台办理，或拨打 {phone}", "Please go to the counter or call {phone}"),
    "out_of_service.title": ("对不起，本机暂停服务", "Sorry, this machine is out of service"),
    "out_of_service.todo": ("请到柜台办理，谢谢您的谅解", "Please go to the counter. Thank you for your patience"),
    "out_of_service.maintenance": ("设备维护中，请稍后再来", "The machine is being serviced. Please come back later"),
}
