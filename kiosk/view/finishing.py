"""The card is written, and the visit ends: each way out with its own honest screen."""

from dataclasses import replace

from kiosk.topup.order import NoteState, Order
from kiosk.view.arriving import no_cash
from kiosk.view.scene import Scene, busy, progress
from kiosk.view.shapes import Button, CustomerView, Row


def writing(scene: Scene) -> CustomerView:
    say, order = scene.say, scene.visit.order
    assert order is not None
    again = order.writes > 1
    return CustomerView(
        "writing",
        say.say("writing.retrying" if again else "writing.title"),
        body=(say.say("writing.body"),),
        total=Row(say.say("confirm.row.volume"), say.volume(order.volume_m3_hundredths), "strong"),
        progress=progress(scene, 3),
        card_must_stay=True,
        speak=say.say("speak.writing"),
    )


def reinsert(scene: Scene) -> CustomerView:
    say, visit = scene.say, scene.visit
    order = visit.order
    assert order is not None
    never_written = order.writes == 0
    title, body = say.both("reinsert.funded") if never_written else say.both("reinsert")
    message = "" if not visit.message else say.both(visit.message)[0]
    return CustomerView(
        "reinsert",
        title,
        tone="warn",
        body=body,
        rows=(
            Row(say.say("reinsert.row.paid"), say.money(order.amount_fen)),
            Row(say.say("reinsert.row.volume"), say.volume(order.volume_m3_hundredths)),
        ),
        message=message,
        message_tone="warn" if message else "normal",
        progress=progress(scene, 3),
        speak=say.say("speak.reinsert"),
    )


def rereading(scene: Scene) -> CustomerView:
    return replace(busy(scene, "reinsert.checking"), progress=progress(scene, 3))


def receipt(scene: Scene) -> CustomerView:
    return replace(busy(scene, "busy.printing"), progress=progress(scene, 4), card_must_stay=False)


def done(scene: Scene) -> CustomerView:
    visit = scene.visit
    view = {"written": _done_written, "slip": _done_slip, "unknown": _done_note_unknown}.get(
        visit.outcome, _done_pending
    )(scene)
    say, printed = scene.say, visit.print_outcome == "printed"
    if not printed:
        paper = "done" if visit.outcome == "written" else "slip"
        code = "maybe_printed" if visit.print_outcome == "unknown" else "not_printed"
        sentences = (say.say(f"{paper}.{code}"), say.say(f"{paper}.not_printed.todo"))
        view = replace(view, message="\n".join(sentences), message_tone="warn")
    return replace(
        view,
        buttons=(Button("leave", say.say("button.done"), "primary"),),
        progress=progress(scene, 4),
    )


def _take(scene: Scene) -> tuple[str, ...]:
    visit, say = scene.visit, scene.say
    printed = visit.print_outcome == "printed"
    if visit.card_inside:
        return (say.say("done.take_both" if printed else "done.take_card"),)
    return (say.say("done.take_receipt"),) if printed else ()


def _done_written(scene: Scene) -> CustomerView:
    say, visit = scene.say, scene.visit
    order = visit.order
    assert order is not None
    rows = [
        Row(say.say("confirm.row.amount"), say.money(order.amount_fen)),
        Row(say.say("confirm.row.paid"), say.money(order.inserted_fen)),
    ]
    if order.credit_left_fen:
        rows.append(Row(say.say("card.row.credit"), say.money(order.credit_left_fen), "good"))
    rows.append(Row(say.say("done.row.receipt_no"), order.order_id))
    body = [*_take(scene), say.say("done.put_into_meter")]
    if order.unknown_notes_fen:
        note = say.note(order.unknown_notes_fen)
        body.insert(0, say.say("paying.note_unknown", note=note) + " " + say.say("paying.note_unknown.todo", note=note))
    body.append(say.say("done.farewell"))
    return CustomerView(
        "done",
        say.say("done.title"),
        tone="good",
        body=tuple(body),
        rows=tuple(rows),
        total=Row(say.say("card.row.on_card"), say.volume(order.volume_m3_hundredths), "good"),
        speak=say.say("speak.done"),
    )


def _done_slip(scene: Scene) -> CustomerView:
    say, visit = scene.say, scene.visit
    order = visit.order
    assert order is not None
    amount = say.money(order.slip_fen)
    return CustomerView(
        "done",
        say.say("cancelled.with_money", amount=amount),
        body=(say.say("cancelled.with_money.todo", amount=amount), *_take(scene)),
        rows=(Row(say.say("done.row.slip_no"), visit.slip_no), Row(say.say("done.row.check_code"), visit.check_code)),
        total=Row(say.say("done.row.slip_amount"), amount, "strong"),
        speak=say.say("speak.slip"),
    )


def _done_note_unknown(scene: Scene) -> CustomerView:
    say, visit = scene.say, scene.visit
    order = visit.order
    assert order is not None
    if not order.unknown_notes_fen:
        return _done_note_found(scene, order)
    note = say.note(order.unknown_notes_fen)
    return CustomerView(
        "done",
        say.say("paying.note_unknown", note=note),
        tone="warn",
        body=(say.say("paying.note_unknown.todo", note=note), *_take(scene)),
        rows=(Row(say.say("done.row.receipt_no"), order.order_id),),
        total=Row(say.say("reinsert.row.paid"), note, "strong"),
        speak=say.say("speak.slip"),
    )


def _done_note_found(scene: Scene, order: Order) -> CustomerView:
    """What became of the note has been reported since: it is in the cash unit and credited, or the customer has it."""
    say = scene.say
    if order.credit_left_fen:
        amount = say.money(order.credit_left_fen)
        title, todo = say.say("paying.note_late", note=amount), say.say("cancelled.credited.todo")
    else:
        back = sum(note.value_fen for note in order.notes if note.state is NoteState.RETURNED)
        title, todo = say.say("paying.note_returned", note=say.note(back)), say.say("cancelled.nothing_paid")
    return CustomerView(
        "done",
        title,
        tone="good",
        body=(todo, *_take(scene)),
        rows=(Row(say.say("done.row.receipt_no"), order.order_id),),
        speak=say.say("speak.farewell"),
    )


def _done_pending(scene: Scene) -> CustomerView:
    say, visit = scene.say, scene.visit
    order = visit.order
    assert order is not None
    amount = say.money(order.amount_fen)
    code = visit.message or "write.unknown"
    return CustomerView(
        "done",
        say.say(code, amount=amount),
        tone="warn",
        body=(say.say(f"{code}.todo", amount=amount), *_take(scene)),
        rows=(
            Row(say.say("reinsert.row.volume"), say.volume(order.volume_m3_hundredths)),
            Row(say.say("done.row.receipt_no"), order.order_id),
        ),
        total=Row(say.say("reinsert.row.paid"), amount, "strong"),
        speak=say.say("speak.slip"),
    )


_AGAIN = ("card.mute", "card.pulled", "card.unreadable")
_CASH_REFUSALS = (
    "acceptor_down",
    "printer_out",
    "reader_down",
    "clock_wrong",
    "disk_full",
    "records_damaged",
    "paying.unit_full",
    "idle.closed",
)


def message_screen(scene: Scene) -> CustomerView:
    say, visit = scene.say, scene.visit
    leave = Button("leave", say.say("button.done"), "primary")
    tickets: tuple[Button, ...] = ()
    if scene.setting.tickets_possible:
        args: dict[str, int | str | bool] = {"priority": True}
        tickets = (Button("take_ticket", say.say("button.priority_ticket"), "secondary", args=args),)
    if visit.message in _CASH_REFUSALS:
        return replace(no_cash(scene, "message"), buttons=(*tickets, leave))
    title, body = say.both(visit.message)
    ended_well = visit.message.startswith(("cancelled.", "timeout."))
    buttons: tuple[Button, ...] = (leave,)
    if visit.message in _AGAIN and visit.card_inside:
        buttons = (Button("again", say.say("button.retry"), "secondary"), leave)
    elif not ended_well:
        buttons = (*tickets, leave)
    if ended_well and not visit.card_inside:
        body = (say.say("done.farewell"),)
    elif visit.card_inside and not ended_well:
        body = (*body, say.say("done.take_card"))
    return CustomerView(
        "message",
        title,
        tone="normal" if ended_well else "warn",
        body=body,
        buttons=buttons,
        speak=say.say(_spoken_end(ended_well, visit.card_inside)),
    )


def _spoken_end(ended_well: bool, card_inside: bool) -> str:
    if not ended_well:
        return "speak.card_problem"
    return "speak.cancelled" if card_inside else "speak.farewell"


def card_left(scene: Scene) -> CustomerView:
    """Says nothing of whose card it is."""
    say = scene.say
    return CustomerView("message", say.say("done.card_left"), tone="warn", speak=say.say("speak.take_card"))
