"""What is said aloud (H40): a greeting, an answer at each step, a farewell. No placeholders; each has its text on
the screen."""

SENTENCES: dict[str, tuple[str, str]] = {
    "speak.greeting": ("您好，请插入燃气卡", "Hello, please insert your gas card"),
    "speak.reading": ("正在读卡，请勿取卡", "Reading your card, please leave it in"),
    "speak.check_details": ("请核对您的资料", "Please check your details"),
    "speak.choose": ("请选择购气金额", "Please choose an amount"),
    "speak.quote": ("请核对价格，确认后投币", "Please check the price, then insert notes"),
    "speak.insert_notes": ("请投入纸币，一次一张", "Please insert notes, one at a time"),
    "speak.note_accepted": ("收到，谢谢", "Received, thank you"),
    "speak.note_refused": (
        "对不起，这张纸币未能识别，请换一张",
        "Sorry, this note was not recognised, please try another",
    ),
    "speak.note_too_large": (
        "对不起，面额太大，请换一张小一点的",
        "Sorry, this note is too large, please use a smaller one",
    ),
    "speak.take_note": ("请取走退回的纸币", "Please take the note that came back"),
    "speak.paid": ("已付足，请确认购气", "Paid in full, please confirm"),
    "speak.confirm": ("请确认购气", "Please confirm"),
    "speak.writing": ("正在写卡，请勿取卡", "Writing, please leave the card in"),
    "speak.reinsert": ("请把刚才的卡插回来", "Please put the same card back in"),
    "speak.done": ("购气成功，请取回您的卡和小票", "Your gas is on the card, please take your card and receipt"),
    "speak.take_card": ("请取回您的卡", "Please take your card"),
    "speak.take_receipt": ("请取走小票", "Please take your receipt"),
    "speak.farewell": ("谢谢您，请慢走，再见", "Thank you, goodbye"),
    "speak.sorry": ("对不起，现在不能办理，请看屏幕上的说明", "Sorry, this cannot be done now, please read the screen"),
    "speak.card_problem": (
        "对不起，这张卡不能使用，请看屏幕上的说明",
        "Sorry, this card cannot be used, please read the screen",
    ),
    "speak.choice": (
        "请选择：按已投金额购气，或者打印退款凭条",
        "Please choose: buy gas for what is in, or print a refund slip",
    ),
    "speak.slip": ("请收好凭条，到柜台办理", "Please keep the slip and take it to the counter"),
    "speak.still_there": ("您还需要时间吗？", "Do you need more time?"),
    "speak.cancelled": ("已取消，请取回您的卡，再见", "Cancelled, please take your card, goodbye"),
    "speak.no_cash": (
        "对不起，本机暂时不能收现金，请看屏幕上的说明",
        "Sorry, no cash can be taken now, please read the screen",
    ),
    "speak.ticket": ("请取走号票，留意叫号", "Please take your ticket and listen for your number"),
    "speak.clerk_called": ("已为您呼叫工作人员，请稍候", "A clerk has been called, please wait"),
    "speak.call.please": ("请", "Number"),
    "speak.call.to": ("号，到", ", please come to window"),
    "speak.call.window": ("号窗口", "."),
}
