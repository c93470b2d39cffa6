"""Notes: what is still to be paid, what has been taken, and the questions that come of it."""

from kiosk.topup.collecting import acceptable_now
from kiosk.topup.order import Order
from kiosk.topup.tariff import NoTariffInForce, Quote, quote_money, tariff_in_force
from kiosk.view.scene import Scene, busy, note_lines, progress
from kiosk.view.shapes import Button, CustomerView, Row, Tone

_BAD_NEWS = (
    "paying.refused",
    "paying.too_large",
    "paying.value_unknown",
    "paying.limit",
    "paying.note_unknown",
    "paying.not_",
)


def paying(scene: Scene) -> CustomerView:
    say, visit = scene.say, scene.visit
    order = visit.order
    assert order is not None
    missing = max(0, order.to_pay_fen - order.inserted_fen)
    accepted = sorted(acceptable_now(visit, scene.house))
    body = (say.say("paying.one_by_one"),)
    message = _newest(scene)
    rows = (
        Row(say.say("paying.row.to_pay"), say.money(order.to_pay_fen)),
        Row(say.say("paying.row.inserted"), say.money(order.inserted_fen), "good" if order.inserted_fen else "normal"),
    )
    stop = "button.cancel_with_money" if order.inserted_fen else "button.cancel"
    return CustomerView(
        "paying",
        say.say("paying.title"),
        body=body,
        rows=rows,
        total=Row(say.say("paying.row.missing"), say.money(missing), "strong"),
        notes=note_lines(scene, order),
        accepted=tuple(say.note(value) for value in accepted),
        message=message,
        message_tone=_tone(visit.message),
        buttons=(Button("cancel", say.say(stop), "danger" if order.inserted_fen else "secondary"),),
        progress=progress(scene, 2),
        card_must_stay=True,
        speak=_paying_speech(scene),
    )


def _newest(scene: Scene) -> str:
    """The newest thing that happened with the notes, if its sentence can be filled in."""
    return scene.say.say(scene.visit.message) if scene.visit.message else ""


def _tone(code: str) -> Tone:
    if code.startswith(_BAD_NEWS):
        return "warn"
    return "good" if code in ("paying.note_accepted", "paying.paid") else "normal"


def _paying_speech(scene: Scene) -> str:
    code = scene.visit.message
    speech = {
        "paying.note_accepted": "speak.note_accepted",
        "paying.too_large": "speak.note_too_large",
        "paying.refused.not_recognised": "speak.note_refused",
        "": "speak.insert_notes",
    }.get(code)
    return scene.say.say(speech) if speech else ""


def note_in_flight(scene: Scene) -> CustomerView:
    return busy(scene, "busy.note")


def choice(scene: Scene) -> CustomerView:
    say, visit = scene.say, scene.visit
    order = visit.order
    assert order is not None
    inserted = say.money(order.inserted_fen)
    bought = quote_for(scene, order)
    buttons = [
        Button("slip", say.say("button.slip"), hint=say.say("choice.slip", amount=inserted)),
        Button(
            "buy_inserted",
            say.say("button.buy_inserted"),
            "primary",
            hint=say.say("choice.buy", amount=inserted, volume=say.volume(bought.volume_m3_hundredths))
            if bought
            else "",
        ),
    ]
    if order.inserted_fen >= order.to_pay_fen:
        buttons.insert(1, Button("go_on", say.say("button.back")))
    elif not visit.cash_problem and not scene.house.cash_refusal and visit.card_inside:
        missing = say.money(order.to_pay_fen - order.inserted_fen)
        buttons.insert(
            1,
            Button(
                "go_on", say.say("button.go_on_paying"), hint=say.say("choice.go_on", missing=missing, amount=missing)
            ),
        )
    message = say.both(visit.cash_problem)[0] if visit.cash_problem else ""
    return CustomerView(
        "choice",
        say.say("choice.title", amount=inserted),
        body=(say.say("choice.body"),),
        notes=note_lines(scene, order),
        message=message,
        message_tone="warn" if message else "normal",
        buttons=tuple(buttons),
        progress=progress(scene, 2),
        card_must_stay=True,
        speak=say.say("speak.choice"),
    )


def quote_for(scene: Scene, order: Order) -> Quote | None:
    try:
        tariff = tariff_in_force(scene.house.tariffs, order.customer_kind, scene.house.moment.wall.date())  # type: ignore[arg-type]
    except NoTariffInForce:
        return None
    return quote_money(tariff, order.used_m3_hundredths, order.inserted_fen)


def confirm(scene: Scene) -> CustomerView:
    say, visit = scene.say, scene.visit
    order = visit.order
    assert order is not None
    over = order.inserted_fen - order.to_pay_fen
    rows = [
        Row(say.say("confirm.row.amount"), say.money(order.amount_fen)),
        Row(say.say("confirm.row.paid"), say.money(order.inserted_fen), "good"),
    ]
    body = [say.say("confirm.body")]
    if over > 0:
        rows.append(Row(say.say("confirm.row.over"), say.money(over)))
        body.insert(0, say.say("confirm.over_credit", amount=say.money(over)))
    return CustomerView(
        "confirm",
        say.say("confirm.title"),
        body=tuple(body),
        rows=tuple(rows),
        total=Row(say.say("confirm.row.volume"), say.volume(order.volume_m3_hundredths), "strong"),
        notes=note_lines(scene, order),
        buttons=(
            Button("cancel", say.say("button.cancel_with_money"), "danger"),
            Button("confirm", say.say("button.confirm_top_up"), "primary"),
        ),
        progress=progress(scene, 2),
        card_must_stay=True,
        speak=say.say("speak.confirm"),
    )


def resume(scene: Scene) -> CustomerView:
    say, order = scene.say, scene.visit.order
    assert order is not None
    title, body = say.both("card.owed_write")
    return CustomerView(
        "confirm",
        title,
        body=body,
        rows=(
            Row(say.say("confirm.row.amount"), say.money(order.amount_fen)),
            Row(say.say("done.row.receipt_no"), order.order_id),
        ),
        total=Row(say.say("confirm.row.volume"), say.volume(order.volume_m3_hundredths), "strong"),
        buttons=(Button("confirm", say.say("button.confirm"), "primary"),),
        progress=progress(scene, 3),
        card_must_stay=True,
        speak=say.say("speak.confirm"),
    )
