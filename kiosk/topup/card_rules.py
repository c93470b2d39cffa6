"""Which cards may buy now, and why not. Each refusal is the code of a sentence that says what to do."""

from devices.gas_card.card import GasCard
from kiosk.topup.session import Holder, House


def refusal(card: GasCard, holder: Holder | None, house: House) -> str:
    """The first reason why this card cannot buy now, as a message code; empty if it can.

    The card's own counter is compared with our books: ahead means that another hall sold or that our books are old,
    behind means an old or copied card. Neither is guessed at; the counter decides (money.md's rule "the card is its own
    witness" lives in `kiosk.topup.writing`).
    """
    if card.region != house.region:
        return "card.foreign"
    if holder is None or holder.customer_no != card.customer_no or holder.meter_no != card.meter_no:
        return "card.not_registered"
    if not holder.card_active:
        return "card.lost"
    if holder.suspended:
        return "card.suspended"
    if holder.open_order is not None:
        return ""
    if card.purchase.sequence != holder.known_sequence:
        ahead = (card.purchase.sequence - holder.known_sequence) % 65536 < 32768
        return "card.sequence_ahead" if ahead else "card.sequence_behind"
    if card.volume_on_card_m3_hundredths > 0:
        return "card.gas_still_on_card"
    if not card.previous_purchase_in_meter:
        return "card.previous_not_in_meter"
    if holder.arrears_fen > 0 and house.refuse_in_arrears:
        return "card.arrears"
    return ""
