"""A card comes: who is it, may it buy, is something still owed to it?"""

from dataclasses import replace

from kiosk.effects import ReadCard
from kiosk.topup.card_rules import refusal
from kiosk.topup.ending import leave, say
from kiosk.topup.order import OrderState
from kiosk.topup.session import (
    CardCame,
    CardIdentified,
    CardNotUsable,
    House,
    Phase,
    Step,
    Touched,
    Visit,
)
from kiosk.topup.writing import card_is_back


def came(visit: Visit, event: CardCame, house: House) -> Step:
    """Starts a visit; whatever the last one was, nothing of it is kept."""
    token = f"{house.fresh_order_id}/read{house.moment.mono_s:.3f}"
    fresh = Visit(phase=Phase.READING, token=token, card_inside=True, deadline_s=house.moment.mono_s + house.message_s)
    return Step(fresh, (ReadCard(token),))


def identified(visit: Visit, event: CardIdentified, house: House) -> Step:
    if event.token != visit.token:
        return Step(visit)
    known = replace(visit, card=event.card, image=event.image, holder=event.holder)
    why = refusal(event.card, event.holder, house)
    if why:
        return say(known, house, why)
    assert event.holder is not None
    order = event.holder.open_order
    if order is None:
        return Step(replace(known, phase=Phase.CARD, deadline_s=house.moment.mono_s + house.card_s))
    carried = replace(known, order=order)
    if order.state is OrderState.COLLECTING:
        return say(known, house, "card.order_being_checked")
    if order.state is OrderState.FUNDED and event.card.purchase.sequence == event.holder.known_sequence:
        return Step(replace(carried, phase=Phase.RESUME, deadline_s=house.moment.mono_s + house.confirm_s))
    return card_is_back(carried, event, house)


def not_usable(visit: Visit, event: CardNotUsable, house: House) -> Step:
    if event.token != visit.token:
        return Step(visit)
    if event.problem.value == "pulled":
        return leave(replace(visit, card_inside=False), house)
    return say(replace(visit, reader_problem=event.problem), house, f"card.{event.problem.value}")


def reading_took_too_long(visit: Visit, event: object, house: House) -> Step:
    return say(visit, house, "card.unreadable")


def start_over(visit: Visit, event: Touched, house: House) -> Step:
    """The customer asks for the card to be read once more (after "dirty" or "the wrong way round")."""
    return came(visit, CardCame(), house)
