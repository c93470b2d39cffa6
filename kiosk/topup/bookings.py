"""What each fact of an order books: journal records with their postings.

Debits are positive. The chart of accounts is in docs/adr/0005-journal-and-ledger.md; every record here sums to zero in
each unit, so the law of the house (cash in = sold + owed + suspense) holds after each of them and not only at the end.
"""

from collections.abc import Sequence

from kiosk.topup.order import Note, NoteState, Order, OrderState, PricedLine, Write
from storage.records import Json, NewRecord, Posting, Unit


def _move(debit: str, credit: str, amount_fen: int) -> tuple[Posting, ...]:
    if amount_fen == 0:
        return ()
    return (Posting(debit, Unit.FEN, amount_fen), Posting(credit, Unit.FEN, -amount_fen))


def order_account(order_id: str) -> str:
    return f"order:{order_id}"


def customer_credit(customer_no: str) -> str:
    return f"owed:customer:{customer_no}"


def suspense(order_id: str) -> str:
    return f"suspense:{order_id}"


def cash_unit(unit: str) -> str:
    return f"cash_unit:{unit}"


def unconfirmed(unit: str) -> str:
    """Where a note of unknown fate is debited until the cash unit is counted."""
    return f"cash_unit_unconfirmed:{unit}"


def _lines(lines: Sequence[PricedLine]) -> list[Json]:
    return [[n.tier, n.volume_m3_hundredths, n.price_fen_per_m3, n.amount_fen] for n in lines]


def opened(order: Order) -> NewRecord:
    return NewRecord(
        "order.opened",
        order.order_id,
        {
            "card_no": order.card_no,
            "customer_no": order.customer_no,
            "meter_no": order.meter_no,
            "customer_kind": order.customer_kind,
            "tariff_id": order.tariff_id,
            "used_m3_hundredths": order.used_m3_hundredths,
            "volume_m3_hundredths": order.volume_m3_hundredths,
            "amount_fen": order.amount_fen,
            "lines": _lines(order.lines),
            "credit_used_fen": order.credit_used_fen,
            "opened_on": order.opened_on,
        },
        key=f"order:{order.order_id}",
    )


def stack_intended(order: Order, note: Note) -> NewRecord:
    """The note and the decision to keep it, before the first byte of the stack command (R1)."""
    body: dict[str, Json] = {
        "note_id": note.note_id,
        "note_type": note.note_type,
        "value_fen": note.value_fen,
        "count_before": note.count_before,
    }
    return NewRecord("note.stack_intended", order.order_id, body, key=f"note:{note.note_id}:intended")


def return_intended(subject: str, note_type: int, value_fen: int | None, why: str) -> NewRecord:
    return NewRecord("note.return_intended", subject, {"note_type": note_type, "value_fen": value_fen, "why": why})


def stacked(order: Order, note: Note, unit: str, *, recovered: bool, evidence: str) -> NewRecord:
    """The credit point (R2, R3). A note that stood as unknown leaves suspense with it."""
    value = note.value_fen
    postings = _move(cash_unit(unit), order_account(order.order_id), value)
    if note.state is NoteState.UNKNOWN:
        postings += _move(suspense(order.order_id), unconfirmed(unit), value)
    body: dict[str, Json] = {
        "note_id": note.note_id,
        "note_type": note.note_type,
        "value_fen": value,
        "count_before": note.count_before,
        "recovered": recovered,
        "evidence": evidence,
    }
    return NewRecord("note.stacked", order.order_id, body, postings, key=f"note:{note.note_id}:stacked")


def returned(order: Order, note: Note, unit: str, *, evidence: str) -> NewRecord:
    postings: tuple[Posting, ...] = ()
    if note.state is NoteState.UNKNOWN:
        postings = _move(suspense(order.order_id), unconfirmed(unit), note.value_fen)
    body: dict[str, Json] = {"note_id": note.note_id, "value_fen": note.value_fen, "evidence": evidence}
    return NewRecord("note.returned", order.order_id, body, postings, key=f"note:{note.note_id}:returned")


def note_unknown(order: Order, note: Note, unit: str, why: str) -> NewRecord:
    """Neither stacked nor returned can be proven: it stands in suspense until a person has counted the cash unit
    (R7)."""
    postings = _move(unconfirmed(unit), suspense(order.order_id), note.value_fen)
    body: dict[str, Json] = {
        "note_id": note.note_id,
        "value_fen": note.value_fen,
        "why": why,
        "owner": "supervisor",
    }
    return NewRecord("note.unknown", order.order_id, body, postings, key=unknown_key(note))


def unknown_key(note: Note) -> str:
    return f"note:{note.note_id}:unknown"


def repeated(subject: str, note_type: int | None) -> NewRecord:
    """The acceptor repeats the report of a note that is in the books already (R6): nothing is booked."""
    return NewRecord("note.repeated", subject, {"note_type": note_type})


def unclaimed(subject: str, note_type: int | None, value_fen: int | None, unit: str) -> NewRecord:
    """A stacked note that belongs to no open intent: booked, alarmed, never a customer's credit (R8)."""
    postings = _move(cash_unit(unit), f"unclaimed:{unit}", value_fen or 0)
    body: dict[str, Json] = {"note_type": note_type, "value_fen": value_fen, "owner": "supervisor"}
    return NewRecord("note.unclaimed", subject, body, postings)


def funded(order: Order, why: str) -> NewRecord:
    """The price is covered by what lies in the cash unit and by the customer's credit; from here the card will be
    written, now or later."""
    postings = _move(customer_credit(order.customer_no), order_account(order.order_id), order.credit_used_fen)
    body: dict[str, Json] = {
        "volume_m3_hundredths": order.volume_m3_hundredths,
        "amount_fen": order.amount_fen,
        "lines": _lines(order.lines),
        "credit_used_fen": order.credit_used_fen,
        "inserted_fen": order.inserted_fen,
        "why": why,
    }
    return NewRecord("order.funded", order.order_id, body, postings, key=f"order:{order.order_id}:funded")


def write_intended(order: Order, write: Write) -> NewRecord:
    """Both images, before the first byte is written."""
    return NewRecord(
        "card.write_intended",
        order.order_id,
        {"token": write.token, "before": write.before.hex(), "after": write.after.hex(), "card_no": order.card_no},
        key=f"write:{write.token}",
    )


def write_verified(order: Order, evidence: str) -> NewRecord:
    """The card was read back and holds the purchase: the sale is booked, by tier, and the gas stands on the card."""
    assert order.write is not None
    source = suspense(order.order_id) if order.state is OrderState.WRITE_UNKNOWN else order_account(order.order_id)
    postings: list[Posting] = []
    if order.amount_fen:
        postings.append(Posting(source, Unit.FEN, order.amount_fen))
    for line in order.lines:
        account = f"sales:{order.tariff_id}:{line.tier}"
        if line.amount_fen:
            postings.append(Posting(account, Unit.FEN, -line.amount_fen))
        postings.append(
            Posting(f"gas_sold:{order.tariff_id}:{line.tier}", Unit.M3_HUNDREDTHS, -line.volume_m3_hundredths)
        )
    postings.append(Posting(f"gas_on_card:{order.card_no}", Unit.M3_HUNDREDTHS, order.volume_m3_hundredths))
    body: dict[str, Json] = {
        "token": order.write.token,
        "card_no": order.card_no,
        "meter_no": order.meter_no,
        "volume_m3_hundredths": order.volume_m3_hundredths,
        "amount_fen": order.amount_fen,
        "evidence": evidence,
    }
    return NewRecord(
        "card.write_verified", order.order_id, body, tuple(postings), key=f"order:{order.order_id}:written"
    )


def write_unknown(order: Order, detail: str) -> NewRecord:
    """The card may or may not hold the purchase: the price stands in suspense until the card is seen again. Never
    reversed by itself."""
    assert order.write is not None
    postings = _move(order_account(order.order_id), suspense(order.order_id), order.amount_fen)
    body: dict[str, Json] = {"token": order.write.token, "detail": detail, "owner": "card"}
    return NewRecord("card.write_unknown", order.order_id, body, postings, key=f"write:{order.write.token}:unknown")


def not_written(order: Order, evidence: str) -> NewRecord:
    """The card itself says, or the reader proves, that nothing was written."""
    assert order.write is not None
    postings: tuple[Posting, ...] = ()
    if order.state is OrderState.WRITE_UNKNOWN:
        postings = _move(suspense(order.order_id), order_account(order.order_id), order.amount_fen)
    body: dict[str, Json] = {"token": order.write.token, "evidence": evidence}
    return NewRecord("card.not_written", order.order_id, body, postings, key=f"write:{order.write.token}:not")


def settled(order: Order, credit_left_fen: int) -> NewRecord:
    """What was paid too much becomes the customer's credit."""
    postings = _move(order_account(order.order_id), customer_credit(order.customer_no), credit_left_fen)
    body: dict[str, Json] = {"credit_left_fen": credit_left_fen}
    return NewRecord("order.settled", order.order_id, body, postings, key=f"order:{order.order_id}:settled")


def late_credit(order: Order, note: Note) -> NewRecord:
    """A note whose fate was settled after its order was closed: its value becomes the customer's credit."""
    postings = _move(order_account(order.order_id), customer_credit(order.customer_no), note.value_fen)
    body: dict[str, Json] = {"credit_left_fen": note.value_fen, "note_id": note.note_id}
    return NewRecord("order.late_credit", order.order_id, body, postings, key=f"note:{note.note_id}:late_credit")


def slip(order: Order, slip_no: str, check_code: str, amount_fen: int) -> NewRecord:
    """The customer gives the purchase up: what is inserted is owed on a numbered slip, redeemable once at the
    counter."""
    postings = _move(order_account(order.order_id), f"owed:slip:{slip_no}", amount_fen)
    body: dict[str, Json] = {"slip_no": slip_no, "check_code": check_code, "amount_fen": amount_fen}
    return NewRecord("order.slip", order.order_id, body, postings, key=f"slip:{slip_no}")


def closed(order: Order, ending: str) -> NewRecord:
    """`ending`: settled (gas on the card), owed (slip), cancelled (no note was kept)."""
    return NewRecord("order.closed", order.order_id, {"ending": ending}, key=f"order:{order.order_id}:closed")


def print_intended(subject: str, job_id: str, paper: str) -> NewRecord:
    return NewRecord("print.intended", subject, {"job_id": job_id, "paper": paper}, key=f"print:{job_id}")


def print_finished(subject: str, job_id: str, outcome: str, proof: str, detail: str) -> NewRecord:
    body: dict[str, Json] = {"job_id": job_id, "proof": proof, "detail": detail}
    return NewRecord(f"print.{outcome}", subject, body, key=f"print:{job_id}:outcome")
