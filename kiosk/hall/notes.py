"""Whose note is it? What the acceptor reports goes to the visit's order, to an order of the past, or to nobody.

Open notes are settled by evidence: the acceptor's report, else its own counter (R1–R9; `kiosk.topup.recovery` has the
rules).
"""

import logging
from collections.abc import Callable
from typing import Any

from devices.note_acceptor import AcceptorReady
from kiosk.effects import AcknowledgeNote, Append
from kiosk.hall.books import Books
from kiosk.hall.devices import Devices
from kiosk.hall.facts import Facts
from kiosk.hall.runner import Runner
from kiosk.hall.state import HallState
from kiosk.hall.visits import Visits
from kiosk.topup import bookings, recovery
from kiosk.topup.collecting import matching
from kiosk.topup.order import Note, NoteState, Order, OrderState
from kiosk.topup.session import Event, NoteGivenBack, NoteLost, NoteSecured

log = logging.getLogger("gashall.hall")

_AFTER_SALE = (OrderState.WRITE_VERIFIED, OrderState.SETTLED, OrderState.CLOSED)

_AS_EVENT: dict[recovery.NoteVerdict, Callable[[Note], Event]] = {
    recovery.NoteVerdict.STACKED: lambda note: NoteSecured(note.note_type, note.value_fen, True),
    recovery.NoteVerdict.NOT_STACKED: lambda note: NoteGivenBack(note.note_type),
    recovery.NoteVerdict.UNDECIDABLE: lambda note: NoteLost("neither report nor counter tells"),
}


class Notes:
    def __init__(
        self, state: HallState, facts: Facts, books: Books, devices: Devices, runner: Runner, visits: Visits
    ) -> None:
        self._state = state
        self._facts = facts
        self._books = books
        self._devices = devices
        self._runner = runner
        self._visits = visits

    def stacked(self, note_type: int | None, value_fen: int | None, recovered: bool) -> None:
        if note_type is None:
            named = self._only_note_sent()
            if named is None:
                self._of_nobody(None, None, recovered)
                return
            note_type, value_fen = named.note_type, named.value_fen
        order = self._state.visit.order
        if order is not None and order.state not in _AFTER_SALE and matching(order, note_type, value_fen):
            self._visits.event(NoteSecured(note_type, value_fen, recovered))
            return
        for other in self._orders_with_open_notes():
            note = matching(other, note_type, value_fen)
            if note is not None:
                records = recovery.note_stacked(other, note, self._facts.cash_unit, "reported by the acceptor")
                self._runner.run((Append(records), AcknowledgeNote(note.note_id)))
                self._visits.conclude(other.order_id)
                self._visits.sync_order()
                return
        self._of_nobody(note_type, value_fen, recovered)

    def _of_nobody(self, note_type: int | None, value_fen: int | None, recovered: bool) -> None:
        """No intent is open for it: the report of a note that is in the books already (R6), or an unclaimed note
        (R8)."""
        unit = self._facts.cash_unit
        if recovered and self._is_repeat(note_type):
            self._runner.run((Append((bookings.repeated(f"cash_unit:{unit}", note_type),)), AcknowledgeNote(None)))
            return
        record = bookings.unclaimed(f"cash_unit:{unit}", note_type, value_fen, unit)
        log.error("a stacked note of type %s belongs to no open intent", note_type)
        self._runner.run((Append((record,)), AcknowledgeNote(None)))

    def _only_note_sent(self) -> Note | None:
        """What a report without a type can only mean: the one note whose stacking is ordered and not yet told (R5)."""
        sent = [note for order in self._books.orders.values() if (note := order.note_in_flight) is not None]
        return sent[0] if len(sent) == 1 else None

    def _is_repeat(self, note_type: int | None) -> bool:
        last = self._books.journal.last(kind="note.stacked")
        if last is None:
            return False
        body: Any = last.body
        return recovery.is_repeat(
            body["note_type"], body["count_before"], note_type, self._devices.note_acceptor.stacked_count
        )

    def returned(self, note_type: int | None) -> None:
        order = self._state.visit.order
        if order is not None and order.note_in_flight is not None:
            self._visits.event(NoteGivenBack(note_type))
            return
        for other in self._orders_with_open_notes():
            note = other.note_in_flight or self._stuck(other)
            if note is not None and note.note_type == note_type:
                evidence = "reported by the acceptor"
                self._runner.run((Append((bookings.returned(other, note, self._facts.cash_unit, evidence=evidence),)),))
                self._visits.conclude(other.order_id)
                self._visits.sync_order()
                return
        self._visits.event(NoteGivenBack(note_type))

    def _stuck(self, order: Order) -> Note | None:
        """A note of unknown fate that can still be in the acceptor, since that has not been at rest again: a note that
        is
        given back now is this one."""
        ready = self._books.journal.last(kind="acceptor.ready")
        for note in order.notes:
            lost = self._books.journal.by_key(bookings.unknown_key(note)) if note.state is NoteState.UNKNOWN else None
            if lost is not None and (ready is None or ready.sequence < lost.sequence):
                return note
        return None

    def unknown(self, code: str) -> None:
        order = self._state.visit.order
        if order is not None and order.note_in_flight is not None:
            self._visits.event(NoteLost(code))
            return
        for other in self._orders_with_open_notes():
            if other.note_in_flight is not None:
                self._settle_note(other, other.note_in_flight, recovery.NoteVerdict.UNDECIDABLE)

    def acceptor_ready(self, event: AcceptorReady) -> None:
        """Everything that the acceptor still had to report has been reported: notes that are open now are settled by
        its counter."""
        body: dict[str, Any] = {
            "serial_number": event.serial_number,
            "part_number": event.part_number,
            "stacked_count": event.stacked_count,
            "note_types": {str(kind): value for kind, value in sorted(event.note_types.items())},
        }
        before: Any = self._books.journal.last(kind="acceptor.ready")
        swapped = before is not None and before.body["serial_number"] != event.serial_number
        self._runner.note_down("acceptor.swapped" if swapped else "acceptor.ready", body)
        if swapped:
            self._runner.note_down("acceptor.ready", body)
        for order in self._orders_with_open_notes():
            note = order.note_in_flight
            if note is None:
                continue
            # Another unit's counter says nothing about a note that went into this one.
            verdict = recovery.judge_by_counter(note, None if swapped else event.stacked_count)
            if self._state.visit.order is not None and self._state.visit.order.order_id == order.order_id:
                self._visits.event(_AS_EVENT[verdict](note))
            else:
                self._settle_note(order, note, verdict)

    def _settle_note(self, order: Order, note: Note, verdict: recovery.NoteVerdict) -> None:
        records = recovery.note_by_verdict(order, note, self._facts.cash_unit, verdict)
        if records:
            self._runner.run((Append(records),))
        self._visits.conclude(order.order_id)

    def _orders_with_open_notes(self) -> tuple[Order, ...]:
        open_states = (NoteState.STACK_SENT, NoteState.UNKNOWN)
        return tuple(o for o in self._books.orders.values() if any(n.state in open_states for n in o.notes))
