"""After a power cut: what each open intent on the journal becomes, by evidence first and by rule only then.

Notes are settled by what the acceptor reports, or by its own counter; a write by the card when it is shown; a paper by
nothing (a printer cannot be asked what it printed), so it stays unknown and is never printed again by itself. All
functions are pure and give the records to be committed; running them again on their own result gives nothing more, so
the recovery may itself be cut at any point.
"""

from dataclasses import replace
from enum import StrEnum

from kiosk.topup import bookings
from kiosk.topup.choosing import priced
from kiosk.topup.order import Note, NoteState, Order, OrderState, apply
from kiosk.topup.tariff import Tariff, quote_money
from storage.records import NewRecord

COUNTER_MODULUS = 65536
"""CCNET 5Bh: the counter of stacked bills has 16 bits and wraps."""

_AFTER_SALE = (OrderState.WRITE_VERIFIED, OrderState.SETTLED, OrderState.CLOSED)


class NoteVerdict(StrEnum):
    STACKED = "stacked"
    NOT_STACKED = "not_stacked"
    UNDECIDABLE = "undecidable"


def judge_by_counter(note: Note, count_now: int | None) -> NoteVerdict:
    """The acceptor's counter now against the one journaled before STACK.

    Zero now proves nothing: the counter may have been set back. More than one apart: other notes have been stacked
    since.
    """
    if note.count_before is None or count_now is None or count_now == 0:
        return NoteVerdict.UNDECIDABLE
    risen = (count_now - note.count_before) % COUNTER_MODULUS
    return {0: NoteVerdict.NOT_STACKED, 1: NoteVerdict.STACKED}.get(risen, NoteVerdict.UNDECIDABLE)


def is_repeat(last_type: int, last_count_before: int | None, note_type: int | None, count_now: int | None) -> bool:
    """Whether a report after a restart, for which no intent is open, is of the note that was booked last: its
    acknowledgement was cut off.

    No note is stacked without an intent on the journal, so only a counter that says otherwise (another note since)
    makes it a note of its own.
    """
    if note_type not in (None, last_type):
        return False
    if last_count_before is None or count_now is None:
        return True
    return (count_now - last_count_before) % COUNTER_MODULUS <= 1


def note_stacked(order: Order, note: Note, unit: str, evidence: str) -> tuple[NewRecord, ...]:
    """Credit for a note of an order that no visit holds any more; once the sale is booked, it becomes the customer's
    credit."""
    record = bookings.stacked(order, note, unit, recovered=True, evidence=evidence)
    if order.state in _AFTER_SALE:
        return (record, bookings.late_credit(order, note))
    return (record,)


def note_by_verdict(order: Order, note: Note, unit: str, verdict: NoteVerdict) -> tuple[NewRecord, ...]:
    if verdict is NoteVerdict.STACKED:
        return note_stacked(order, note, unit, "the acceptor's counter rose by one")
    if verdict is NoteVerdict.NOT_STACKED:
        return (bookings.returned(order, note, unit, evidence="the acceptor's counter did not rise"),)
    if note.state is NoteState.UNKNOWN:
        return ()
    return (bookings.note_unknown(order, note, unit, "neither report nor counter tells"),)


def papers_and_write(order: Order) -> tuple[NewRecord, ...]:
    """What no device has to be asked for: papers under way are unknown, a write under way is unknown until the card is
    shown."""
    records: list[NewRecord] = []
    for job_id, state in (order.printing or {}).items():
        if state == "intended":
            detail = "the hall was cut off while it printed"
            records.append(bookings.print_finished(order.order_id, job_id, "unknown", "none", detail))
    if order.state is OrderState.WRITE_INTENDED:
        records.append(bookings.write_unknown(order, "the hall was cut off while the card was written"))
    return tuple(records)


def ending(order: Order, tariff: Tariff | None) -> tuple[NewRecord, ...]:
    """The rest of an order whose visit was cut off, once none of its notes is in flight.

    Nothing inserted: cancelled. Something inserted: funded with what it buys, written when the card is shown next. Gas
    on the card: settled and closed. `tariff` is the order's own price list; without it (no longer configured) the order
    waits for a person.
    """
    if order.note_in_flight is not None or order.state is OrderState.CLOSED:
        return ()
    if order.state is OrderState.COLLECTING:
        return _collected(order, tariff)
    if order.state is OrderState.WRITE_VERIFIED:
        settled = bookings.settled(order, order.held_fen)
        return (settled, bookings.closed(order, "settled"))
    if order.state is OrderState.SETTLED:
        return (bookings.closed(order, "owed" if order.slip_fen else "settled"),)
    return ()


def _collected(order: Order, tariff: Tariff | None) -> tuple[NewRecord, ...]:
    if order.inserted_fen == 0:
        return (bookings.closed(order, "unknown" if order.unknown_notes_fen else "cancelled"),)
    if order.inserted_fen >= order.to_pay_fen:
        return (bookings.funded(order, "recovered: paid"),)
    if tariff is None:
        return ()
    quote = quote_money(tariff, order.used_m3_hundredths, order.inserted_fen)
    if quote.volume_m3_hundredths == 0:
        settled = bookings.settled(order, order.held_fen)
        after = apply(order, settled)
        assert after is not None
        return (settled, bookings.closed(after, "settled"))
    smaller = replace(
        order,
        volume_m3_hundredths=quote.volume_m3_hundredths,
        amount_fen=quote.amount_fen,
        lines=priced(quote),
        credit_used_fen=0,
    )
    return (bookings.funded(smaller, "recovered: what is inserted"),)
