"""Gas onto the card, exactly once, with the card as its own witness.

A write is intended on disk, with both images, before the first byte. It ends verified (every byte read back), not
written (proven), or unknown. An unknown write is never reversed and never repeated blindly: the card is asked for and
read again, and its purchase counter decides.
"""

from dataclasses import replace

from devices.card_reader import CardProblem, WriteOutcome
from devices.gas_card.card import GasCard
from devices.gas_card.codec import decode, with_purchase
from devices.gas_card.writing import Settlement, settle
from kiosk.effects import Append, Effect, ReadCard, WriteCard
from kiosk.topup import bookings
from kiosk.topup.ending import leave_pending, say_unknown_card, settle_and_receipt
from kiosk.topup.order import Order, OrderState, Write, apply
from kiosk.topup.session import (
    CardCame,
    CardIdentified,
    CardNotUsable,
    CardWent,
    House,
    Phase,
    Step,
    TimeUp,
    Visit,
    WriteFinished,
)
from storage.records import NewRecord


def fund_and_write(visit: Visit, house: House, why: str, *, before: tuple[NewRecord, ...] = ()) -> Step:
    """The price is covered. Writes if the card is there, else asks for it. `before`: records that belong in the same
    transaction."""
    assert visit.order is not None
    record = bookings.funded(visit.order, why)
    funded = replace(visit, order=apply(visit.order, record), message="")
    if visit.card_inside and visit.image is not None:
        return _write(funded, house, (*before, record))
    after = ask_for_card(funded, house)
    return Step(after.visit, (Append((*before, record)), *after.effects))


def resume(visit: Visit, event: object, house: House) -> Step:
    """The card with a paid order has been shown, and its owner has agreed (or let the time pass)."""
    return _write(visit, house, ())


def _write(visit: Visit, house: House, before: tuple[NewRecord, ...]) -> Step:
    order = visit.order
    assert order is not None
    assert visit.image is not None
    after_image = with_purchase(
        visit.image, volume_m3_hundredths=order.volume_m3_hundredths, sold_on=house.moment.wall.date()
    )
    return _write_image(visit, order, visit.image, after_image, before)


def _write_image(visit: Visit, order: Order, image: bytes, target: bytes, before: tuple[NewRecord, ...]) -> Step:
    write = Write(f"{order.order_id}/w{order.writes + 1}", image, target)
    record = bookings.write_intended(order, write)
    writing = replace(
        visit, phase=Phase.WRITING, order=apply(order, record), token=write.token, message="", deadline_s=None
    )
    return Step(writing, (Append((*before, record)), WriteCard(write.token, write.before, write.after)))


def written(visit: Visit, event: WriteFinished, house: House) -> Step:
    order = visit.order
    if order is None or event.token != visit.token:
        return Step(visit)
    if event.outcome is WriteOutcome.DONE:
        return _verified(visit, house, "every byte read back", ())
    problem = event.problem.value if event.problem is not None else "unreadable"
    evidence = f"{problem}: {event.detail}"
    if event.outcome is WriteOutcome.REFUSED:
        record = bookings.not_written(order, evidence)
        state = replace(visit, order=apply(order, record))
        if event.problem in (CardProblem.PULLED, CardProblem.MUTE) or not visit.card_inside:
            after = ask_for_card(state, house)
        else:
            after = leave_pending(state, house, "write.not_written")
    else:
        record = bookings.write_unknown(order, evidence)
        after = ask_for_card(replace(visit, order=apply(order, record)), house)
    return Step(after.visit, (Append((record,)), *after.effects))


def _verified(visit: Visit, house: House, evidence: str, before: tuple[Effect, ...]) -> Step:
    assert visit.order is not None
    record = bookings.write_verified(visit.order, evidence)
    verified = replace(visit, order=apply(visit.order, record), outcome="written")
    after = settle_and_receipt(verified, house, (record,))
    return Step(after.visit, before + after.effects)


# The card is shown again ---------------------------------------------------------------------------------------------


def ask_for_card(visit: Visit, house: House) -> Step:
    """“Please put the card back”, fully out first: a torn answer leaves the reader blind until the card has been
    out."""
    if visit.card_inside and visit.image is None:
        return came_again(visit, CardCame(), house)
    deadline = house.moment.mono_s + house.reinsert_s
    return Step(replace(visit, phase=Phase.REINSERT, deadline_s=deadline))


def came_again(visit: Visit, event: CardCame, house: House) -> Step:
    assert visit.order is not None
    token = f"{visit.order.order_id}/reread{house.moment.mono_s:.3f}"
    reading = replace(visit, phase=Phase.REREADING, token=token, card_inside=True)
    return Step(reading, (ReadCard(token),))


def went_again(visit: Visit, event: CardWent, house: House) -> Step:
    return Step(replace(visit, phase=Phase.REINSERT, card_inside=False))


def reread(visit: Visit, event: CardIdentified, house: House) -> Step:
    if event.token != visit.token:
        return Step(visit)
    order = visit.order
    assert order is not None
    if event.card.card_no != order.card_no:
        return Step(replace(visit, phase=Phase.REINSERT, message="card.other_card", params={}))
    return card_is_back(replace(visit, card=event.card, image=event.image), event, house)


def card_is_back(visit: Visit, event: CardIdentified, house: House) -> Step:
    """The card of an order that is paid: its counter says what became of the write."""
    order = visit.order
    assert order is not None
    if order.state is OrderState.FUNDED:
        return _write_if_unchanged(visit, event, house)
    assert order.write is not None
    write = order.write
    verdict = settle(event.image, write.before, write.after)
    if verdict is Settlement.FOREIGN_CHANGE:
        verdict = settle_by_purchase(event.card, write)
    if verdict is Settlement.WRITTEN:
        return _verified(visit, house, "the card shows the purchase", ())
    if verdict is Settlement.FOREIGN_CHANGE:
        return say_unknown_card(visit, house)
    record = bookings.not_written(order, "the card shows the purchase before")
    retry = apply(order, record)
    assert retry is not None
    return _write(replace(visit, order=retry), house, (record,))


def settle_by_purchase(card: GasCard, write: Write) -> Settlement:
    """The card has been in its meter since, so its bytes differ; its purchase counter and the purchase itself still
    tell.

    Same card, same purchase as after the write: written. Same as before it: not written. Anything else: a person
    decides.
    """
    before, after = decode(write.before), decode(write.after)
    same_card = (card.card_no, card.customer_no, card.meter_no) == (after.card_no, after.customer_no, after.meter_no)
    if same_card and card.purchase == after.purchase:
        return Settlement.WRITTEN
    if same_card and card.purchase == before.purchase:
        return Settlement.NOT_WRITTEN
    return Settlement.FOREIGN_CHANGE


def _write_if_unchanged(visit: Visit, event: CardIdentified, house: House) -> Step:
    holder = event.holder
    if holder is not None and event.card.purchase.sequence != holder.known_sequence:
        return say_unknown_card(visit, house)
    return _write(visit, house, ())


def reread_failed(visit: Visit, event: CardNotUsable, house: House) -> Step:
    if event.token != visit.token:
        return Step(visit)
    return Step(replace(visit, phase=Phase.REINSERT, message=f"card.{event.problem.value}", params={}))


def card_did_not_come(visit: Visit, event: TimeUp, house: House) -> Step:
    """Nobody put the card back: paid, not yet written, or unknown. Either way on record, on paper, and settled by the
    card."""
    unknown = visit.order is not None and visit.order.state is OrderState.WRITE_UNKNOWN
    return leave_pending(visit, house, "write.unknown" if unknown else "reinsert.gave_up")
