"""Nobody in front of the machine, or a card that has just come."""

from dataclasses import replace

from kiosk.messages.masking import mask_address, mask_name, mask_number
from kiosk.messages.units import day, notes
from kiosk.view.scene import Scene, busy, progress
from kiosk.view.shapes import Button, CustomerView, Notice, Row, RowTone


def idle(scene: Scene) -> CustomerView:
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
            "idle", title, tone="warn", subtitle=todo, body=(hours, emergency), buttons=tuple(buttons), notices=notices
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


def reading(scene: Scene) -> CustomerView:
    view = replace(busy(scene, "busy.reading"), progress=progress(scene, 0))
    return replace(view, speak=scene.say.say("speak.reading"))


def card_summary(scene: Scene) -> CustomerView:
    """Who, which meter, what is on the card, what the meter wrote back, the last purchase. Names and numbers masked."""
    say, visit = scene.say, scene.visit
    card, holder = visit.card, visit.holder
    assert card is not None
    assert holder is not None
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
        progress=progress(scene, 0),
        speak=say.say("speak.check_details"),
    )


_LOW_M3_HUNDREDTHS = 500
"""Below five cubic metres in the meter the figure is marked: about a week of cooking."""
