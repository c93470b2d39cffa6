"""The customer's screens: one function for each phase of the visit, chosen by a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.messages import Language
from kiosk.messages.masking import mask_address, mask_name, mask_number
from kiosk.messages.units import clock, day, notes, tier_name, unit_price
from kiosk.topup.collecting import acceptable_now
from kiosk.topup.limits import volume_left_m3_hundredths
from kiosk.topup.order import Order, PricedLine
from kiosk.topup.session import House, Phase, Visit
from kiosk.topup.tariff import NoTariffInForce, Quote, QuoteLine, quote_money, tariff_in_force
from kiosk.view.shapes import Button, CustomerView, Keypad, Notice, NoteLine, Progress, Row, RowTone, TierLine, Tone
from kiosk.view.wording import Wording, wording_for


@dataclass(frozen=True, slots=True)
class Manner:
    """How this visitor wants to be served. Forgotten when the visit is over."""

    language: Language = "zh_CN"
    large_type: bool = False
    clerk_called: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What every screen of this hall shows, whoever stands in front of it."""

    hall_name: Mapping[str, str]
    service_phone: str
    opens: str
    closes: str
    now: datetime
    trading: bool
    tickets_possible: bool
    cash_places: Mapping[str, str]
    notices: tuple[Mapping[str, tuple[str, str]], ...]
    amounts_yuan: tuple[int, ...]
    volumes_m3: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a screen is drawn from."""

    visit: Visit
    house: House
    manner: Manner
    setting: Setting
    say: Wording


def customer_view(visit: Visit, house: House, manner: Manner, setting: Setting) -> CustomerView:
    """What the customer sees now. Pure."""
    say = wording_for(
        visit, manner.language, phone=setting.service_phone, opens=setting.opens, closes=setting.closes
    )
    scene = Scene(visit, house, manner, setting, say)
    return dressed(_SCREENS[visit.phase](scene), scene, deadline_s=visit.deadline_s)


def dressed(view: CustomerView, scene: Scene, *, deadline_s: float | None) -> CustomerView:
    """The frame around a screen: hall, clock, telephone, the tools at the edge, the countdown."""
    setting, say, manner = scene.setting, scene.say, scene.manner
    left = None if deadline_s is None else max(0, round(deadline_s - scene.house.moment.mono_s))
    message, tone = view.message, view.message_tone
    if manner.clerk_called and not message:
        message, tone = say.say("clerk.called"), "good"
    return replace(
        view,
        language=manner.language,
        large_type=manner.large_type,
        tools=_tools(scene),
        hall_name=setting.hall_name[manner.language],
        clock_text=f"{day(setting.now.date(), manner.language)} {clock(setting.now)}",
        footer=say.say("notice.phone"),
        seconds_left=left,
        message=message,
        message_tone=tone,
    )


def _tools(scene: Scene) -> tuple[Button, ...]:
    say, manner = scene.say, scene.manner
    type_code = "button.normal_type" if manner.large_type else "button.large_type"
    return (
        Button("language", say.say("button.language"), "quiet"),
        Button("large_type", say.say(type_code), "quiet"),
        Button("call_clerk", say.say("button.call_clerk"), "quiet"),
    )


_STEPS = ("step.card", "step.choose", "step.pay", "step.write", "step.done")


def _progress(scene: Scene, current: int) -> Progress:
    return Progress(tuple(scene.say.say(code) for code in _STEPS), current)


# Nobody, or a card that is being read --------------------------------------------------------------------------------


def _idle(scene: Scene) -> CustomerView:
    say, setting, house = scene.say, scene.setting, scene.house
    buttons: list[Button] = []
    if setting.tickets_possible:
        buttons.append(Button("take_ticket", say.say("button.take_ticket"), "secondary", hint=say.say("idle.touch")))
    notices = tuple(Notice(*notice[scene.manner.language]) for notice in setting.notices)
    hours = say.say("idle.hours", opens=setting.opens, closes=setting.closes)
    emergency = say.say("idle.emergency")
    if not setting.trading:
        title = say.say("idle.closed")
        todo = say.say("idle.closed.todo", opens=setting.opens)
        return CustomerView(
            "idle", title, subtitle=todo, body=(hours, emergency), buttons=tuple(buttons), notices=notices
        )
    if house.cash_refusal:
        return replace(no_cash(scene, "out_of_service"), buttons=tuple(buttons), notices=notices)
    accepted = notes(house.denominations_fen, scene.manner.language)
    return CustomerView(
        "idle",
        say.say("idle.title"),
        subtitle=say.say("idle.subtitle"),
        body=(say.say("idle.cash", notes=accepted), hours, emergency),
        buttons=tuple(buttons),
        notices=notices,
        speak=say.say("speak.greeting"),
    )


def no_cash(scene: Scene, screen: str) -> CustomerView:
    """No cash is taken now: why, and what the law asks to be shown (means of payment, where cash is taken,
    telephone)."""
    say, setting = scene.say, scene.setting
    title, todo = say.both(scene.house.cash_refusal or scene.visit.message)
    language = scene.manner.language
    counter = setting.cash_places[language]
    rows = (
        Row(say.say("notice.means", means="").rstrip("：: "), say.say("notice.means_here")),
        Row(say.say("notice.cash_where", places="").rstrip("：: "), counter),
        Row(say.say("notice.phone", phone="").rstrip("：: "), setting.service_phone, "strong"),
    )
    return CustomerView(
        screen,
        title,
        tone="warn",
        body=(*todo, say.say("notice.rule")),
        rows=rows,
        subtitle=say.say("notice.title"),
        speak=say.say("speak.no_cash"),
    )


def _busy(scene: Scene, code: str) -> CustomerView:
    return CustomerView("busy", scene.say.say(code), card_must_stay=True)


def _reading(scene: Scene) -> CustomerView:
    view = replace(_busy(scene, "busy.reading"), progress=_progress(scene, 0))
    return replace(view, speak=scene.say.say("speak.reading"))


def _card(scene: Scene) -> CustomerView:
    """Who, which meter, what is on the card, what the meter wrote back, the last purchase. Names and numbers masked."""
    say, visit = scene.say, scene.visit
    card, holder = visit.card, visit.holder
    assert card is not None and holder is not None
    language = scene.manner.language
    rows = [
        Row(say.say("card.row.customer_no"), mask_number(holder.customer_no)),
        Row(say.say("card.row.address"), mask_address(holder.address)),
        Row(say.say("card.row.meter_no"), mask_number(holder.meter_no)),
        Row(say.say("card.row.on_card"), say.volume(card.volume_on_card_m3_hundredths)),
    ]
    warnings: list[str] = []
    if card.meter is None:
        rows.append(Row(say.say("card.row.in_meter"), say.say("card.no_meter_report")))
    else:
        meter = card.meter
        tone: RowTone = "warn" if meter.remaining_m3_hundredths < _LOW_M3_HUNDREDTHS else "normal"
        rows.append(Row(say.say("card.row.in_meter"), say.volume(meter.remaining_m3_hundredths), tone))
        rows.append(Row(say.say("card.row.meter_used"), say.volume(meter.cumulative_used_m3_hundredths)))
        if meter.written_on is not None:
            rows.append(Row(say.say("card.row.meter_written"), day(meter.written_on, language)))
        if meter.battery_low:
            warnings.append(say.say("card.battery_low"))
        if meter.valve_closed:
            warnings.append(say.say("card.valve_closed"))
        if meter.magnetic_tamper or meter.cover_opened:
            warnings.append(say.say("card.meter_suspect"))
    last = holder.last_purchase
    if last is None:
        rows.append(Row(say.say("card.row.last_purchase"), say.say("card.never_bought")))
    else:
        value = say.say(
            "card.row.last_purchase.value", date=day(last.on, language), volume=say.volume(last.volume_m3_hundredths)
        )
        rows.append(Row(say.say("card.row.last_purchase"), value))
    rows.append(Row(say.say("card.row.used_this_cycle"), say.volume(holder.used_m3_hundredths)))
    if holder.credit_fen:
        rows.append(Row(say.say("card.row.credit"), say.money(holder.credit_fen), "good"))
    if holder.arrears_fen:
        warnings.append(say.say("card.arrears_notice", amount=say.money(holder.arrears_fen)))
    if holder.safety_notice:
        warnings.append(say.say("card.safety_notice") + " " + say.say("card.safety_notice.todo"))
    return CustomerView(
        "card",
        say.say("card.title", name=mask_name(holder.name)),
        subtitle=say.say("card.check"),
        rows=tuple(rows),
        message="\n".join(warnings),
        message_tone="warn" if warnings else "normal",
        buttons=(
            Button("leave", say.say("button.cancel")),
            Button("top_up", say.say("button.top_up"), "primary"),
        ),
        progress=_progress(scene, 0),
        speak=say.say("speak.check_details"),
    )


_LOW_M3_HUNDREDTHS = 500
"""Below five cubic metres in the meter the figure is marked: about a week of cooking."""


# Choosing ------------------------------------------------------------------------------------------------------------


def _choose(scene: Scene) -> CustomerView:
    say, visit, house, setting = scene.say, scene.visit, scene.house, scene.setting
    by_volume = visit.mode == "volume"
    most_yuan = house.limits.per_visit_fen_max // 100
    most_m3 = volume_left_m3_hundredths(house.limits) // 100
    if by_volume:
        presets = tuple(
            Button("volume", f"{m3} {say.say('choose.unit.m3')}", args={"value": m3}, enabled=m3 <= most_m3)
            for m3 in setting.volumes_m3
        )
        keypad = _keypad(scene, "volume", "choose.unit.m3", 1, most_m3)
        other = Button("mode", say.say("button.by_money"), "quiet", args={"mode": "amount"})
    else:
        presets = tuple(_amount_preset(scene, yuan, most_yuan) for yuan in setting.amounts_yuan)
        keypad = _keypad(scene, "amount", "choose.unit.yuan", -(-house.limits.per_visit_fen_min // 100), most_yuan)
        other = Button("mode", say.say("button.by_volume"), "quiet", args={"mode": "volume"})
    return CustomerView(
        "choose",
        say.say("choose.title_volume" if by_volume else "choose.title"),
        subtitle=say.say("choose.body_volume" if by_volume else "choose.body"),
        keypad=keypad,
        message=say.say(visit.message) if visit.message else "",
        message_tone="warn",
        buttons=(*presets, other, Button("leave", say.say("button.cancel"))),
        progress=_progress(scene, 1),
        speak=say.say("speak.choose"),
    )


def _amount_preset(scene: Scene, yuan: int, most_yuan: int) -> Button:
    say, holder = scene.say, scene.visit.holder
    assert holder is not None
    hint = ""
    try:
        tariff = tariff_in_force(scene.house.tariffs, holder.kind, scene.house.moment.wall.date())  # type: ignore[arg-type]
        got = quote_money(tariff, holder.used_m3_hundredths, yuan * 100)
        hint = say.say("choose.about", volume=say.volume(got.volume_m3_hundredths))
    except NoTariffInForce:
        pass
    return Button("amount", say.note(yuan * 100), args={"value": yuan}, enabled=yuan <= most_yuan, hint=hint)


def _keypad(scene: Scene, intent: str, unit: str, least: int, most: int) -> Keypad:
    say = scene.say
    unit_label = say.say(unit)
    return Keypad(
        intent=intent,
        unit_label=unit_label,
        value_min=least,
        value_max=most,
        range_text=say.say("choose.range", least=f"{least}", most=f"{most} {unit_label}"),
        confirm_label=say.say("button.confirm"),
    )


def _quote(scene: Scene) -> CustomerView:
    say, visit = scene.say, scene.visit
    quote, holder = visit.quote, visit.holder
    assert quote is not None and holder is not None
    credit = min(holder.credit_fen, quote.amount_fen)
    to_pay = quote.amount_fen - credit
    rows = [Row(say.say("quote.row.volume"), say.volume(quote.volume_m3_hundredths), "strong")]
    if credit:
        rows.append(Row(say.say("quote.row.total"), say.money(quote.amount_fen)))
        rows.append(Row(say.say("quote.row.credit_used"), say.money(credit), "good"))
    body = [_tariff_line(scene)]
    if len(quote.lines) > 1:
        body.append(say.say("quote.crosses_tier"))
    body.append(say.say("quote.no_change") if to_pay else say.say("quote.paid_by_credit"))
    return CustomerView(
        "quote",
        say.say("quote.title"),
        body=tuple(body),
        rows=tuple(rows),
        tier_lines=_tier_lines(scene, quote.lines),
        total=Row(say.say("quote.row.to_pay"), say.money(to_pay), "strong"),
        buttons=(
            Button("leave", say.say("button.cancel")),
            Button("back", say.say("button.change")),
            Button("pay", say.say("button.pay") if to_pay else say.say("button.confirm_top_up"), "primary"),
        ),
        progress=_progress(scene, 1),
        speak=say.say("speak.quote"),
    )


def _tariff_line(scene: Scene) -> str:
    visit, say = scene.visit, scene.say
    assert visit.holder is not None
    tariff = next((t for t in scene.house.tariffs if t.tariff_id == visit.tariff_id), None)
    name = "" if tariff is None else tariff.name_en if scene.manner.language == "en" else tariff.name_zh
    return say.say("quote.tariff", tariff=name, used=say.volume(visit.holder.used_m3_hundredths))


def _tier_lines(scene: Scene, lines: tuple[QuoteLine, ...] | tuple[PricedLine, ...]) -> tuple[TierLine, ...]:
    say, language = scene.say, scene.manner.language
    return tuple(
        TierLine(
            tier_name(line.tier, language),
            say.volume(line.volume_m3_hundredths),
            unit_price(line.price_fen_per_m3, language),
            say.money(line.amount_fen),
        )
        for line in lines
    )


# Paying --------------------------------------------------------------------------------------------------------------

_BAD_NEWS = ("paying.refused", "paying.too_large", "paying.value_unknown", "paying.limit", "paying.note_unknown")


def _paying(scene: Scene) -> CustomerView:
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
        notes=_note_lines(scene, order),
        accepted=tuple(say.note(value) for value in accepted),
        message=message,
        message_tone=_tone(visit.message),
        buttons=(Button("cancel", say.say(stop), "danger" if order.inserted_fen else "secondary"),),
        progress=_progress(scene, 2),
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


def _note_lines(scene: Scene, order: Order) -> tuple[NoteLine, ...]:
    kept = (note for note in order.notes if note.state.value == "stacked")
    return tuple(NoteLine(note.value_fen, scene.say.note(note.value_fen)) for note in kept)


def _note_in_flight(scene: Scene) -> CustomerView:
    return _busy(scene, "busy.note")


def _choice(scene: Scene) -> CustomerView:
    say, visit = scene.say, scene.visit
    order = visit.order
    assert order is not None
    inserted = say.money(order.inserted_fen)
    bought = _quote_for(scene, order)
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
    if not visit.cash_problem and not scene.house.cash_refusal and visit.card_inside:
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
        notes=_note_lines(scene, order),
        message=message,
        message_tone="warn" if message else "normal",
        buttons=tuple(buttons),
        progress=_progress(scene, 2),
        card_must_stay=True,
        speak=say.say("speak.choice"),
    )


def _quote_for(scene: Scene, order: Order) -> Quote | None:
    try:
        tariff = tariff_in_force(scene.house.tariffs, order.customer_kind, scene.house.moment.wall.date())  # type: ignore[arg-type]
    except NoTariffInForce:
        return None
    return quote_money(tariff, order.used_m3_hundredths, order.inserted_fen)


def _confirm(scene: Scene) -> CustomerView:
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
        notes=_note_lines(scene, order),
        buttons=(
            Button("cancel", say.say("button.cancel_with_money"), "danger"),
            Button("confirm", say.say("button.confirm_top_up"), "primary"),
        ),
        progress=_progress(scene, 2),
        card_must_stay=True,
        speak=say.say("speak.confirm"),
    )


def _resume(scene: Scene) -> CustomerView:
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
        progress=_progress(scene, 3),
        card_must_stay=True,
        speak=say.say("speak.confirm"),
    )


# Writing -------------------------------------------------------------------------------------------------------------


def _writing(scene: Scene) -> CustomerView:
    say, order = scene.say, scene.visit.order
    assert order is not None
    again = order.writes > 1
    return CustomerView(
        "writing",
        say.say("writing.retrying" if again else "writing.title"),
        body=(say.say("writing.body"),),
        total=Row(say.say("confirm.row.volume"), say.volume(order.volume_m3_hundredths), "strong"),
        progress=_progress(scene, 3),
        card_must_stay=True,
        speak=say.say("speak.writing"),
    )


def _reinsert(scene: Scene) -> CustomerView:
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
        progress=_progress(scene, 3),
        speak=say.say("speak.reinsert"),
    )


def _rereading(scene: Scene) -> CustomerView:
    return replace(_busy(scene, "reinsert.checking"), progress=_progress(scene, 3))


def _receipt(scene: Scene) -> CustomerView:
    return replace(_busy(scene, "busy.printing"), progress=_progress(scene, 4), card_must_stay=False)


# The end -------------------------------------------------------------------------------------------------------------


def _done(scene: Scene) -> CustomerView:
    visit = scene.visit
    view = {"written": _done_written, "slip": _done_slip, "unknown": _done_note_unknown}.get(
        visit.outcome, _done_pending
    )(scene)
    say, printed = scene.say, visit.print_outcome == "printed"
    if not printed:
        code = "done.maybe_printed" if visit.print_outcome == "unknown" else "done.not_printed"
        sentences = (say.say(code), say.say("done.not_printed.todo"))
        view = replace(view, message="\n".join(sentences), message_tone="warn")
    return replace(
        view,
        buttons=(Button("leave", say.say("button.done"), "primary"),),
        progress=_progress(scene, 4),
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
    "clock_wrong",
    "disk_full",
    "records_damaged",
    "paying.unit_full",
    "idle.closed",
)


def _message(scene: Scene) -> CustomerView:
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
    if visit.card_inside and not ended_well:
        body = (*body, say.say("done.take_card"))
    return CustomerView(
        "message",
        title,
        tone="normal" if ended_well else "warn",
        body=body,
        buttons=buttons,
        speak=say.say("speak.cancelled" if ended_well else "speak.card_problem"),
    )


def _card_left(scene: Scene) -> CustomerView:
    """Says nothing of whose card it is."""
    say = scene.say
    return CustomerView("message", say.say("done.card_left"), tone="warn", speak=say.say("speak.take_card"))


_SCREENS: Mapping[Phase, Callable[[Scene], CustomerView]] = {
    Phase.IDLE: _idle,
    Phase.READING: _reading,
    Phase.CARD: _card,
    Phase.CHOOSE: _choose,
    Phase.QUOTE: _quote,
    Phase.COLLECTING: _paying,
    Phase.NOTE_IN_FLIGHT: _note_in_flight,
    Phase.CHOICE: _choice,
    Phase.CONFIRM: _confirm,
    Phase.RESUME: _resume,
    Phase.WRITING: _writing,
    Phase.REINSERT: _reinsert,
    Phase.REREADING: _rereading,
    Phase.RECEIPT: _receipt,
    Phase.DONE: _done,
    Phase.MESSAGE: _message,
    Phase.CARD_LEFT: _card_left,
}
