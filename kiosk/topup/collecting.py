"""Notes: each is decided in escrow, journaled, stacked, and credited when the acceptor says that it is secured.

Rules R1–R8 of exactly-once credit are kept here and in `kiosk.topup.recovery`:
no note moves before its record; credit at "secured" only; the acceptor's report is acknowledged after the commit.
"""

from dataclasses import replace

from devices.note_acceptor import RefuseReason
from kiosk.effects import AcknowledgeNote, Append, DisableNotes, Effect, EnableNotes, ReturnNote, StackNote
from kiosk.topup import bookings
from kiosk.topup.choosing import priced, tariff_of
from kiosk.topup.ending import close_cancelled, give_note_voucher, give_slip, leave
from kiosk.topup.limits import acceptable_notes
from kiosk.topup.order import Note, NoteState, Order, apply
from kiosk.topup.session import (
    CardWent,
    CashStopped,
    House,
    NoteGivenBack,
    NoteLost,
    NoteOffered,
    NoteRejected,
    NoteSecured,
    Phase,
    ScreenBack,
    ScreenGone,
    Step,
    Then,
    TimeUp,
    Touched,
    Visit,
)
from kiosk.topup.tariff import NoTariffInForce, quote_money
from kiosk.topup.writing import fund_and_write
from storage.records import NewRecord

NOTE_IN_FLIGHT_S = 40.0
"""A note whose stacking was ordered is reported stacked, returned or lost by the acceptor within 30 s (CCNET: STACK);
past this the visit stops waiting and the note stands as unknown."""


# In escrow -----------------------------------------------------------------------------------------------------------


def offered(visit: Visit, event: NoteOffered, house: House) -> Step:
    order = visit.order
    assert order is not None
    in_flight = order.note_in_flight
    if in_flight is not None and in_flight.note_type == event.note_type:
        # The note came back to escrow from a weak stacker: it is the same note, under the same record (R6).
        again = NewRecord("note.stack_repeated", order.order_id, {"note_id": in_flight.note_id})
        return Step(visit, (Append((again,)), StackNote(in_flight.note_id)))
    value = event.value_fen
    if value is None or in_flight is not None or value not in acceptable_now(visit, house):
        return _give_back(visit, event, house)
    note = Note(
        f"{order.order_id}/n{len(order.notes) + 1}", event.note_type, value, NoteState.STACK_SENT, house.stacked_count
    )
    record = bookings.stack_intended(order, note)
    taken = replace(visit, order=apply(order, record), message="paying.wait", params={})
    return Step(_awake(taken, house), (Append((record,)), StackNote(note.note_id)))


def offered_out_of_place(visit: Visit, event: NoteOffered, house: House) -> Step:
    """No order asks for money now: the note goes back, and that is on record."""
    subject = visit.order.order_id if visit.order is not None else "no-order"
    record = bookings.return_intended(subject, event.note_type, event.value_fen, "no order collects")
    return Step(visit, (Append((record,)), ReturnNote(None)))


def acceptable_now(visit: Visit, house: House) -> frozenset[int]:
    """Values in fen of the notes that may be taken next."""
    order = visit.order
    if order is None or visit.cash_problem or visit.screen_gone or house.cash_refusal:
        return frozenset()
    return acceptable_notes(order.to_pay_fen, order.inserted_fen, house.limits, house.denominations_fen, _kept(order))


def _give_back(visit: Visit, event: NoteOffered, house: House) -> Step:
    assert visit.order is not None
    if event.value_fen is None:
        why = "paying.value_unknown"
    elif _kept(visit.order) >= house.limits.notes_max:
        why = "paying.limit_reached"
    elif visit.cash_problem or visit.screen_gone or house.cash_refusal:
        why = "paying.not_paying"
    else:
        why = "paying.too_large"
    record = bookings.return_intended(visit.order.order_id, event.note_type, event.value_fen, why)
    params = {"value_fen": event.value_fen or 0}
    shown = replace(visit, message=why, params=params)
    return Step(_awake(shown, house), (Append((record,)), ReturnNote(None)))


# What became of it ---------------------------------------------------------------------------------------------------


def secured(visit: Visit, event: NoteSecured, house: House) -> Step:
    """The credit point. The hall sends only notes of this visit's order here (`kiosk.topup.recovery` has the
    others)."""
    assert visit.order is not None
    note = matching(visit.order, event.note_type, event.value_fen)
    assert note is not None
    evidence = "reported after a restart" if event.recovered else "reported by the acceptor"
    record = bookings.stacked(visit.order, note, house.cash_unit, recovered=event.recovered, evidence=evidence)
    order = apply(visit.order, record)
    assert order is not None
    done: tuple[Effect, ...] = (Append((record,)), AcknowledgeNote(note.note_id))
    credited = replace(visit, order=order, message="paying.note_accepted", params={"value_fen": note.value_fen})
    after = _note_settled(_awake(credited, house), house)
    return Step(after.visit, done + after.effects)


def given_back(visit: Visit, event: NoteGivenBack, house: House) -> Step:
    order = visit.order
    note = order.note_in_flight if order is not None else None
    if order is None or note is None:
        return Step(_awake(visit, house))
    record = bookings.returned(order, note, house.cash_unit, evidence="reported by the acceptor")
    params = {"value_fen": note.value_fen}
    back = replace(visit, order=apply(order, record), message="paying.note_returned", params=params)
    after = _note_settled(_awake(back, house), house)
    return Step(after.visit, (Append((record,)), *after.effects))


def lost(visit: Visit, event: NoteLost, house: House) -> Step:
    """Nobody can say where the note is. It stands in suspense, no further note is taken, what is certain is
    processed."""
    order = visit.order
    note = order.note_in_flight if order is not None else None
    if order is None or note is None:
        return Step(visit)
    record = bookings.note_unknown(order, note, house.cash_unit, event.code)
    unsure = replace(
        visit, order=apply(order, record), params={}, cash_problem="paying.note_unknown", then=visit.then or Then.FINISH
    )
    after = _settled_then(unsure, house)
    return Step(after.visit, (Append((record,)), DisableNotes(), *after.effects))


def rejected(visit: Visit, event: NoteRejected, house: House) -> Step:
    """The acceptor itself gave it back; nothing to book, the reason is shown."""
    return Step(_awake(replace(visit, message=refusal_code(event.reason), params={}), house))


def refusal_code(reason: RefuseReason) -> str:
    return f"paying.refused.{reason.value}"


def matching(order: Order, note_type: int, value_fen: int | None) -> Note | None:
    """The order's note that a report of a stacked note can only mean: the one in flight, or one of unknown fate."""
    for state in (NoteState.STACK_SENT, NoteState.UNKNOWN):
        for note in order.notes:
            if note.state is state and note.note_type == note_type and value_fen in (None, note.value_fen):
                return note
    return None


def _note_settled(visit: Visit, house: House) -> Step:
    """Where the visit goes once no note is on its way."""
    assert visit.order is not None
    if visit.order.inserted_fen >= visit.order.to_pay_fen:
        return _paid(visit, house)
    if visit.phase is Phase.NOTE_IN_FLIGHT:
        return _settled_then(visit, house)
    if visit.phase is Phase.COLLECTING:
        return _next_note(visit, house)
    return Step(visit)


def _next_note(visit: Visit, house: House) -> Step:
    """Which notes are taken next. If none may be (as many as one visit can have are in), what is inserted is asked
    about."""
    order = visit.order
    assert order is not None
    if _kept(order) >= house.limits.notes_max:
        return _stop(replace(visit, cash_problem="paying.notes_limit"), house, Then.CHOICE)
    return Step(visit, (EnableNotes(acceptable_now(visit, house)),))


def _kept(order: Order) -> int:
    """Notes that are in the cash unit, or may be."""
    return sum(1 for note in order.notes if note.state is not NoteState.RETURNED)


def _paid(visit: Visit, house: House) -> Step:
    if visit.phase not in (Phase.COLLECTING, Phase.NOTE_IN_FLIGHT, Phase.CHOICE):
        return Step(visit)
    confirm = replace(visit, phase=Phase.CONFIRM, then=None, deadline_s=house.moment.mono_s + house.confirm_s)
    if not visit.card_inside or visit.screen_gone:
        after = finish(confirm, house, "paid")
        return Step(after.visit, (DisableNotes(), *after.effects))
    return Step(confirm, (DisableNotes(),))


def _settled_then(visit: Visit, house: House) -> Step:
    order = visit.order
    assert order is not None
    if order.inserted_fen == 0 and order.unknown_notes_fen == 0:
        return close_cancelled(replace(visit, then=None), house)
    if visit.then is Then.CHOICE:
        return _ask(visit, house)
    return finish(replace(visit, then=None), house, "what is inserted")


# Ways out ------------------------------------------------------------------------------------------------------------


def cancel(visit: Visit, event: Touched, house: House) -> Step:
    """The customer wants to stop. Without a kept note nothing was bought; with notes there is a choice."""
    return _stop(visit, house, Then.CHOICE)


def time_up(visit: Visit, event: TimeUp, house: House) -> Step:
    """H01: what is inserted is processed."""
    return _stop(replace(visit, message="timeout.buying_inserted", params={}), house, Then.FINISH)


def screen_gone(visit: Visit, event: ScreenGone, house: House) -> Step:
    return _stop(replace(visit, screen_gone=True), house, Then.FINISH)


def screen_back(visit: Visit, event: ScreenBack, house: House) -> Step:
    return Step(replace(visit, screen_gone=False))


def card_went(visit: Visit, event: CardWent, house: House) -> Step:
    return _stop(replace(visit, card_inside=False, image=None), house, Then.FINISH)


def cash_stopped(visit: Visit, event: CashStopped, house: House) -> Step:
    """The acceptor, the cash unit or the paper fails while money is being collected."""
    stopped = replace(visit, cash_problem=event.why, message=event.why, params={})
    return _stop(stopped, house, Then.CHOICE)


def note_in_flight_too_long(visit: Visit, event: TimeUp, house: House) -> Step:
    return lost(visit, NoteLost("no outcome in time"), house)


def _stop(visit: Visit, house: House, then: Then) -> Step:
    """No more notes; then as asked, once no note is on its way."""
    order = visit.order
    assert order is not None
    if order.note_in_flight is not None:
        deadline = house.moment.mono_s + NOTE_IN_FLIGHT_S
        waiting = replace(visit, phase=Phase.NOTE_IN_FLIGHT, then=then, deadline_s=deadline)
        return Step(waiting, (DisableNotes(),))
    if order.inserted_fen == 0 and order.unknown_notes_fen == 0:
        after = close_cancelled(visit, house)
    elif then is Then.CHOICE:
        after = _ask(visit, house)
    else:
        after = finish(visit, house, "what is inserted")
    return Step(after.visit, (DisableNotes(), *after.effects))


def _ask(visit: Visit, house: House) -> Step:
    assert visit.order is not None
    if visit.order.inserted_fen == 0:
        return finish(visit, house, "what is inserted")
    return Step(replace(visit, phase=Phase.CHOICE, then=None, deadline_s=house.moment.mono_s + house.confirm_s))


def go_on_paying(visit: Visit, event: Touched, house: House) -> Step:
    """Back from the choice to the notes, if notes can be taken; to the last question, if all is paid."""
    order = visit.order
    assert order is not None
    if order.inserted_fen >= order.to_pay_fen:
        return _paid(visit, house)
    if visit.cash_problem or house.cash_refusal or not visit.card_inside:
        return Step(visit)
    paying = replace(visit, phase=Phase.COLLECTING, message="", deadline_s=house.moment.mono_s + house.pay_s)
    return Step(paying, (EnableNotes(acceptable_now(paying, house)),))


def buy_what_is_inserted(visit: Visit, event: object, house: House) -> Step:
    return finish(visit, house, "customer's choice")


def take_slip(visit: Visit, event: Touched, house: House) -> Step:
    return give_slip(visit, house)


def finish(visit: Visit, house: House, why: str) -> Step:
    """Processes what is inserted: the whole order if it is paid, else as much gas as the notes buy."""
    order = visit.order
    assert order is not None
    if order.inserted_fen == 0:
        return _nothing_certain(visit, house)
    if order.inserted_fen < order.to_pay_fen:
        try:
            quote = quote_money(tariff_of(visit, house), order.used_m3_hundredths, order.inserted_fen)
        except NoTariffInForce:
            return give_slip(visit, house)
        if quote.volume_m3_hundredths == 0:
            return give_slip(visit, house)
        order = replace(
            order,
            volume_m3_hundredths=quote.volume_m3_hundredths,
            amount_fen=quote.amount_fen,
            lines=priced(quote),
            credit_used_fen=0,
        )
    return fund_and_write(replace(visit, order=order), house, why)


def _nothing_certain(visit: Visit, house: House) -> Step:
    """Only notes of unknown fate: nothing can be sold. Everything is on record, and on paper for the customer."""
    return give_note_voucher(visit, house)


def leave_before_order(visit: Visit, event: object, house: House) -> Step:
    """Nothing has been ordered: the visit simply ends."""
    return leave(visit, house)


def _awake(visit: Visit, house: House) -> Visit:
    """A note was fed: the customer is there, the clock starts again."""
    if visit.phase is not Phase.COLLECTING:
        return visit
    return replace(visit, deadline_s=house.moment.mono_s + house.pay_s)
