"""How much: by amount or by volume, and what it costs line by line. No money has moved yet."""

from dataclasses import replace

from kiosk.effects import Append, EnableNotes
from kiosk.topup import bookings
from kiosk.topup.ending import say
from kiosk.topup.limits import LimitRefusal, acceptable_notes, check_purchase
from kiosk.topup.order import Order, PricedLine, apply
from kiosk.topup.session import House, Phase, Step, Touched, Visit
from kiosk.topup.tariff import NoTariffInForce, Quote, Tariff, quote_money, quote_volume, tariff_in_force
from kiosk.topup.writing import fund_and_write


def tariff_of(visit: Visit, house: House) -> Tariff:
    """The price list of this customer's kind, in force today. Raises `NoTariffInForce`."""
    assert visit.holder is not None
    return tariff_in_force(house.tariffs, visit.holder.kind, house.moment.wall.date())  # type: ignore[arg-type]


def begin(visit: Visit, event: Touched, house: House) -> Step:
    """From the card's summary to the choice, unless cash cannot be taken: that is said before anyone has chosen."""
    if house.cash_refusal:
        return say(visit, house, house.cash_refusal)
    try:
        tariff = tariff_of(visit, house)
    except NoTariffInForce:
        return say(visit, house, "choose.no_tariff")
    deadline = house.moment.mono_s + house.choose_s
    return Step(replace(visit, phase=Phase.CHOOSE, tariff_id=tariff.tariff_id, message="", deadline_s=deadline))


def set_mode(visit: Visit, event: Touched, house: House) -> Step:
    mode = "volume" if event.args.get("mode") == "volume" else "amount"
    return Step(replace(visit, mode=mode, message="", deadline_s=house.moment.mono_s + house.choose_s))


def by_amount(visit: Visit, event: Touched, house: House) -> Step:
    """`value` in whole yuan."""
    assert visit.holder is not None
    yuan = _whole(event)
    if yuan is None:
        return Step(visit)
    quote = quote_money(tariff_of(visit, house), visit.holder.used_m3_hundredths, yuan * 100)
    return _offer(visit, house, quote)


def by_volume(visit: Visit, event: Touched, house: House) -> Step:
    """`value` in whole cubic metres."""
    assert visit.holder is not None
    cubic_metres = _whole(event)
    if cubic_metres is None:
        return Step(visit)
    quote = quote_volume(tariff_of(visit, house), visit.holder.used_m3_hundredths, cubic_metres * 100)
    return _offer(visit, house, quote)


def back_to_choice(visit: Visit, event: Touched, house: House) -> Step:
    deadline = house.moment.mono_s + house.choose_s
    return Step(replace(visit, phase=Phase.CHOOSE, quote=None, message="", deadline_s=deadline))


def pay(visit: Visit, event: Touched, house: House) -> Step:
    """Opens the order. From here every way out has its ending in the ledger."""
    if house.cash_refusal:
        return say(visit, house, house.cash_refusal)
    order = _new_order(visit, house)
    record = bookings.opened(order)
    opened = replace(visit, order=apply(None, record), quote=None, message="")
    if order.to_pay_fen == 0:
        return fund_and_write(opened, house, "credit", before=(record,))
    values = acceptable_notes(order.to_pay_fen, 0, house.limits, house.denominations_fen)
    collecting = replace(opened, phase=Phase.COLLECTING, deadline_s=house.moment.mono_s + house.pay_s)
    return Step(collecting, (Append((record,)), EnableNotes(values)))


def _whole(event: Touched) -> int | None:
    value = event.args.get("value")
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _offer(visit: Visit, house: House, quote: Quote) -> Step:
    refused = check_purchase(house.limits, amount_fen=quote.amount_fen, volume_m3_hundredths=quote.volume_m3_hundredths)
    deadline = house.moment.mono_s + house.choose_s
    if refused is not None:
        return Step(_refused(visit, refused, deadline))
    return Step(replace(visit, phase=Phase.QUOTE, quote=quote, message="", deadline_s=deadline))


def _refused(visit: Visit, refused: LimitRefusal, deadline: float) -> Visit:
    params = {"limit": refused.limit}
    return replace(visit, message=f"limit.{refused.reason.value}", params=params, deadline_s=deadline)


def _new_order(visit: Visit, house: House) -> Order:
    assert visit.holder is not None
    assert visit.quote is not None
    assert visit.card is not None
    holder, quote = visit.holder, visit.quote
    return Order(
        order_id=house.fresh_order_id,
        card_no=visit.card.card_no,
        customer_no=holder.customer_no,
        meter_no=holder.meter_no,
        customer_kind=holder.kind,
        tariff_id=visit.tariff_id,
        used_m3_hundredths=holder.used_m3_hundredths,
        volume_m3_hundredths=quote.volume_m3_hundredths,
        amount_fen=quote.amount_fen,
        lines=priced(quote),
        credit_used_fen=min(holder.credit_fen, quote.amount_fen),
        opened_on=house.moment.wall.date().isoformat(),
    )


def priced(quote: Quote) -> tuple[PricedLine, ...]:
    return tuple(PricedLine(n.tier, n.volume_m3_hundredths, n.price_fen_per_m3, n.amount_fen) for n in quote.lines)
