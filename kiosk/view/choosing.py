"""How much, and what it costs."""

from kiosk.topup.limits import volume_left_m3_hundredths
from kiosk.topup.tariff import NoTariffInForce, quote_money, tariff_in_force
from kiosk.view.scene import Scene, progress, tier_lines
from kiosk.view.shapes import Button, CustomerView, Keypad, Row


def choose(scene: Scene) -> CustomerView:
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
        progress=progress(scene, 1),
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


def quote_screen(scene: Scene) -> CustomerView:
    say, visit = scene.say, scene.visit
    quote, holder = visit.quote, visit.holder
    assert quote is not None
    assert holder is not None
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
        tier_lines=tier_lines(scene, quote.lines),
        total=Row(say.say("quote.row.to_pay"), say.money(to_pay), "strong"),
        buttons=(
            Button("leave", say.say("button.cancel")),
            Button("back", say.say("button.change")),
            Button("pay", say.say("button.pay") if to_pay else say.say("button.confirm_top_up"), "primary"),
        ),
        progress=progress(scene, 1),
        speak=say.say("speak.quote"),
    )


def _tariff_line(scene: Scene) -> str:
    visit, say = scene.visit, scene.say
    assert visit.holder is not None
    tariff = next((t for t in scene.house.tariffs if t.tariff_id == visit.tariff_id), None)
    name = "" if tariff is None else tariff.name_en if scene.manner.language == "en" else tariff.name_zh
    return say.say("quote.tariff", tariff=name, used=say.volume(visit.holder.used_m3_hundredths))
