"""How a visit ends: settled with a receipt, owed on a slip, paid and not yet written, unknown and owned, or with
nothing bought."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from kiosk.effects import Append, Effect, PrintReceipt
from kiosk.topup import bookings, papers
from kiosk.topup.order import apply
from kiosk.topup.session import CardCame, CardWent, House, Phase, PrintDone, ScreenGone, Step, TimeUp, Touched, Visit
from storage.records import NewRecord

PRINT_S = 60.0
"""The printer proves or disproves a paper within its own deadlines; past this the visit does not wait for it."""


def settle_and_receipt(visit: Visit, house: House, records: tuple[NewRecord, ...]) -> Step:
    """The gas is on the card: what was paid too much becomes credit, then the receipt. `records` are committed first,
    in one transaction."""
    order = visit.order
    assert order is not None
    settled = bookings.settled(order, order.held_fen)
    order = apply(order, settled)
    assert order is not None
    return _print(replace(visit, order=order), house, (*records, settled), "receipt")


def give_slip(visit: Visit, house: House) -> Step:
    """No gas: what is inserted is owed on a numbered slip."""
    order = visit.order
    assert order is not None
    slip_no = f"S{order.order_id}"
    code = check_code(slip_no, order.held_fen, house.chain_head)
    record = bookings.slip(order, slip_no, code, order.held_fen)
    owed = replace(visit, order=apply(order, record), slip_no=slip_no, check_code=code, outcome="slip")
    return _print(owed, house, (record,), "slip")


def give_note_voucher(visit: Visit, house: House) -> Step:
    """Nothing is certain but that a note was fed: a voucher says so, the supervisor settles it when the cash unit is
    counted."""
    unsure = replace(visit, outcome="unknown", message="paying.note_unknown", params={})
    return _print(unsure, house, (), "note")


def leave_pending(visit: Visit, house: House, why: str) -> Step:
    """Paid and not on the card. The order stays open; the paper says so, the next showing of the card finishes it."""
    pending = replace(visit, outcome="pending", message=why, params={})
    return _print(pending, house, (), "pending")


def say_unknown_card(visit: Visit, house: House) -> Step:
    """The card shows neither the image before nor the one after: a person decides, with the evidence of the journal."""
    return leave_pending(visit, house, "write.person_decides")


def check_code(slip_no: str, amount_fen: int, chain_head: str) -> str:
    """Eight digits that only this slip has; the books keep them, so that a copied or altered slip is seen at the
    counter."""
    digest = hashlib.sha256(f"{slip_no}|{amount_fen}|{chain_head}".encode()).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**8:08d}"


# Paper ---------------------------------------------------------------------------------------------------------------


def _print(visit: Visit, house: House, records: tuple[NewRecord, ...], paper: str) -> Step:
    order = visit.order
    assert order is not None
    if not house.can_print:
        return _after_paper(replace(visit, print_outcome="refused"), house, records)
    job_id = f"{order.order_id}/{paper}{len(order.printing or {}) + 1}"
    intended = bookings.print_intended(order.order_id, job_id, paper)
    order = apply(order, intended)
    printing = replace(visit, order=order, phase=Phase.RECEIPT, job_id=job_id, deadline_s=house.moment.mono_s + PRINT_S)
    document = papers.for_visit(printing, house, paper)
    return Step(printing, (Append((*records, intended)), PrintReceipt(job_id, document)))


def printed(visit: Visit, event: PrintDone, house: House) -> Step:
    """Also for a visit that has gone on: the outcome is a fact of the order, whatever the screen shows by now."""
    order = visit.order
    if order is None or (order.printing or {}).get(event.job_id) != "intended":
        return Step(visit)  # an outcome is booked once: a proof that comes after the wait was over changes nothing
    record = bookings.print_finished(order.order_id, event.job_id, event.outcome, event.proof, event.detail)
    known = replace(visit, order=apply(order, record), print_outcome=event.outcome)
    if visit.phase is not Phase.RECEIPT or event.job_id != visit.job_id:
        return Step(known, (Append((record,)),))
    return _after_paper(known, house, (record,))


def paper_took_too_long(visit: Visit, event: TimeUp, house: House) -> Step:
    done = PrintDone(visit.job_id, "unknown", "none", "no outcome in time")
    return printed(visit, done, house)


def _after_paper(visit: Visit, house: House, records: tuple[NewRecord, ...]) -> Step:
    order = visit.order
    assert order is not None
    ending = {"written": "settled", "slip": "owed", "unknown": "unknown"}.get(visit.outcome)
    if ending == "unknown" and order.held_fen:
        # The note was reported while the voucher was being printed: nothing is unknown about it any more.
        settled = bookings.settled(order, order.held_fen)
        order = apply(order, settled)
        assert order is not None
        records = (*records, settled)
        ending = "unknown" if order.unknown_notes_fen else "settled"
    if ending is not None:
        closed = bookings.closed(order, ending)
        order = apply(order, closed)
        records = (*records, closed)
    effects: tuple[Effect, ...] = (Append(records),) if records else ()
    return Step(_done(replace(visit, order=order), house), effects)


def _done(visit: Visit, house: House) -> Visit:
    return replace(visit, phase=Phase.DONE, deadline_s=house.moment.mono_s + house.done_s)


# The last screens ----------------------------------------------------------------------------------------------------


def close_cancelled(visit: Visit, house: House) -> Step:
    """Stopped before any note was kept: nothing was bought, nothing is owed."""
    order = visit.order
    assert order is not None
    record = bookings.closed(order, "cancelled")
    done = replace(visit, order=apply(order, record), outcome="nothing")
    timed_out = visit.message.startswith("timeout.")
    nothing_paid = "timeout.nothing_paid" if timed_out else "cancelled.nothing_paid"
    after = say(done, house, visit.cash_problem or nothing_paid, visit.params)
    return Step(after.visit, (Append((record,)), *after.effects))


def say(visit: Visit, house: House, code: str, params: Mapping[str, str | int] | None = None) -> Step:
    """A sentence, what to do, and the end of the visit after a while."""
    shown = replace(
        visit,
        phase=Phase.MESSAGE,
        message=code,
        params=dict(params or {}),
        deadline_s=house.moment.mono_s + house.message_s,
    )
    return Step(shown)


def leave(visit: Visit, house: House) -> Step:
    """The end. Nothing of this customer stays; a card that is still in the reader is asked out."""
    if visit.card_inside:
        return Step(Visit(phase=Phase.CARD_LEFT, card_inside=True))
    return Step(Visit())


def time_to_leave(visit: Visit, event: TimeUp | Touched, house: House) -> Step:
    return leave(visit, house)


def card_taken(visit: Visit, event: CardWent, house: House) -> Step:
    """On the last screen: the farewell stays for a moment after the card is out."""
    gone = replace(visit, card_inside=False, image=None)
    if visit.phase is Phase.DONE:
        return Step(replace(gone, deadline_s=house.moment.mono_s + min(house.done_s, 8.0)))
    return leave(gone, house)


def card_put_in(visit: Visit, event: CardCame, house: House) -> Step:
    """Some card is in the reader again. It is not taken for the visit's card before it has been read (`image` stays
    empty)."""
    return Step(replace(visit, card_inside=True))


def card_out(visit: Visit, event: CardWent, house: House) -> Step:
    return Step(replace(visit, card_inside=False, image=None))


def screen_went(visit: Visit, event: ScreenGone, house: House) -> Step:
    return Step(replace(visit, screen_gone=True))
