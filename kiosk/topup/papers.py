"""The papers of a visit: the receipt, the slip for money that is owed, and the slip for what is not settled yet."""

from collections import Counter
from dataclasses import replace

from devices.gas_card.codec import decode
from devices.print_document import Document
from kiosk.paper.facts import Head, NoteCount, PriceLine, ReceiptFacts, SlipFacts, SlipReason
from kiosk.paper.receipt import receipt
from kiosk.paper.slip import slip
from kiosk.topup.order import NoteState, Order, OrderState
from kiosk.topup.session import House, Visit


def for_visit(visit: Visit, house: House, paper: str) -> Document:
    """`paper`: receipt, slip (owed at the counter) or pending (paid, and the card or a note still to be looked at)."""
    order = visit.order
    assert order is not None
    if paper != "receipt":
        return slip(_slip_facts(visit, house, order, paper))
    document = receipt(_receipt_facts(visit, house, order))
    if order.unknown_notes_fen:
        # A note of unknown fate gets its own voucher, on the same strip of paper.
        also = slip(_slip_facts(visit, house, order, "note"))
        document = replace(document, blocks=document.blocks + also.blocks)
    return document


def _head(house: House) -> Head:
    hall = house.hall
    return Head(hall.name_zh, hall.terminal, hall.service_phone, hall.paper_columns)


def _name(visit: Visit) -> str:
    return visit.holder.name if visit.holder is not None else ""


def _receipt_facts(visit: Visit, house: House, order: Order) -> ReceiptFacts:
    assert order.write is not None
    before, after = decode(order.write.before), decode(order.write.after)
    tariff = next((t.name_zh for t in house.tariffs if t.tariff_id == order.tariff_id), order.tariff_id)
    notes = Counter(note.value_fen for note in order.notes if note.state is NoteState.STACKED)
    return ReceiptFacts(
        head=_head(house),
        at=house.moment.wall,
        receipt_no=order.order_id,
        customer_no=order.customer_no,
        customer_name=_name(visit),
        card_no=order.card_no,
        meter_no=order.meter_no,
        kind=order.customer_kind,
        tariff_name=tariff,
        purchase_sequence=after.purchase.sequence,
        card_before_m3_hundredths=before.volume_on_card_m3_hundredths,
        bought_m3_hundredths=order.volume_m3_hundredths,
        card_after_m3_hundredths=after.volume_on_card_m3_hundredths,
        lines=tuple(PriceLine(n.tier, n.volume_m3_hundredths, n.price_fen_per_m3, n.amount_fen) for n in order.lines),
        amount_fen=order.amount_fen,
        credit_used_fen=order.credit_used_fen,
        notes=tuple(NoteCount(value, count) for value, count in sorted(notes.items())),
        credit_left_fen=order.credit_left_fen,
        chain_head=house.chain_head,
    )


def _slip_facts(visit: Visit, house: House, order: Order, paper: str) -> SlipFacts:
    amount, pending, reason = {
        "slip": (order.slip_fen, order.unknown_notes_fen, SlipReason.CANCELLED),
        "note": (0, order.unknown_notes_fen, SlipReason.NOTE_UNKNOWN),
        "pending": (0, order.amount_fen + order.unknown_notes_fen, _pending_reason(order)),
    }[paper]
    return SlipFacts(
        head=_head(house),
        at=house.moment.wall,
        slip_no=visit.slip_no or order.order_id,
        check_code=visit.check_code,
        amount_fen=amount,
        reason=reason,
        order_no=order.order_id,
        customer_no=order.customer_no,
        customer_name=_name(visit),
        card_no=order.card_no,
        chain_head=house.chain_head,
        pending_fen=pending,
    )


def _pending_reason(order: Order) -> SlipReason:
    return SlipReason.WRITE_UNKNOWN if order.state is OrderState.WRITE_UNKNOWN else SlipReason.NOT_WRITTEN
