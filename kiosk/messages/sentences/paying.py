"""Cash: what is taken, what has been taken, and why a note came back."""

SENTENCES: dict[str, tuple[str, str]] = {
    "paying.title": ("请投入纸币", "Please insert notes"),
    "paying.one_by_one": ("一次一张，展平后放入", "One at a time, flat and straight"),
    "paying.accepted": ("现在可投：{notes}", "Notes taken now: {notes}"),
    "paying.row.to_pay": ("应付", "To pay"),
    "paying.row.inserted": ("已投入", "Inserted"),
    "paying.row.missing": ("还差", "Still to pay"),
    "paying.row.over": ("多付", "Overpaid"),
    "paying.row.notes": ("张数", "Notes"),
    "paying.note_accepted": ("收到 {note}，谢谢", "{note} received. Thank you"),
    "paying.note_returned": ("{note} 已退回，请取走", "{note} is given back. Please take it"),
    "paying.note_late": ("收到 {note}，已为您入账", "{note} received and credited to you"),
    "paying.paid": ("已付足，谢谢", "Paid in full. Thank you"),
    "paying.wait": ("请稍候，正在验钞", "Please wait, the note is being checked"),
    # why the acceptor gave a note back: the words of devices.note_acceptor.RefuseReason
    "paying.refused.insertion": (
        "纸币没有放正，请展平后再投一次",
        "The note went in askew. Please straighten it and try again",
    ),
    "paying.refused.not_recognised": ("这张纸币未能识别，请换一张", "This note was not recognised. Please try another"),
    "paying.refused.not_accepted_now": (
        "现在不收这种面额，请换一张",
        "This value is not taken now. Please try another note",
    ),
    "paying.refused.previous_note": (
        "前一张还没有收好，请稍候再投",
        "The note before it is still being taken. Please wait a moment",
    ),
    "paying.refused.transport": (
        "纸币没有送进去，请取出后再投一次",
        "The note did not go in. Please take it out and try again",
    ),
    "paying.refused.unknown": ("对不起，这张纸币退回了，请换一张", "Sorry, this note came back. Please try another"),
    "paying.refused_often": (
        "这张纸币多次未能识别，请换一张，或到柜台办理",
        "This note failed several times. Please use another or go to the counter",
    ),
    # why the hall itself gives a note back
    "paying.too_large": (
        "还差 {missing}，{note} 面额太大，请投小一点的",
        "{missing} to go: {note} is too large. Please use a smaller note",
    ),
    "paying.limit_reached": (
        "本次已达现金上限，不再收钞",
        "The cash limit of one visit is reached. No more notes are taken",
    ),
    "paying.notes_limit": ("本次投入张数已达上限", "The most notes of one visit are in"),
    "paying.notes_limit.todo": (
        "请按已投金额购气，或到柜台办理",
        "Please buy gas for what is in, or go to the counter",
    ),
    "paying.value_unknown": (
        "不能确定这张纸币的面额，已退回",
        "The value of this note is not certain. It is given back",
    ),
    "paying.not_paying": ("现在不收钞，纸币已退回，请取走", "No notes are taken now. Please take your note back"),
    "paying.journal_full": ("对不起，现在不能收钞", "Sorry, no notes can be taken now"),
    # the acceptor fails while money is in
    "paying.acceptor_failed": ("对不起，收钞器出了故障", "Sorry, the note acceptor has failed"),
    "paying.acceptor_failed.todo": (
        "您已投入的 {amount} 有记录，请选择下一步",
        "The {amount} you put in is on record. Please choose what to do",
    ),
    "paying.note_unknown": ("有一张 {note} 的结果还不能确定", "It is not certain yet what became of one {note} note"),
    "paying.note_unknown.todo": (
        "已经登记，不会丢失。请持凭条到柜台，打开钞箱核对后给您",
        "It is on record. Please take the slip to the counter: the cash unit is checked for you",
    ),
    "paying.unit_full": ("对不起，钞箱已满，不再收钞", "Sorry, the cash unit is full and takes no more notes"),
    "paying.jammed": ("对不起，纸币卡住了", "Sorry, a note is stuck"),
    "paying.jammed.todo": ("请不要用力拉，已为您呼叫工作人员", "Please do not pull it. A clerk has been called"),
    "paying.take_note": ("请取走退回的纸币", "Please take the note that came back"),
    "paying.add_time": ("请继续投币，时间已延长", "Please go on. You have more time now"),
}
