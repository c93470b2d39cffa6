"""The hall: routes what happens to the machine it concerns, runs the effects in order, and says what the screens show.

A pass is: one thing happens -> a pure machine gives (state, effects) -> the effects run from the left. An `Append` that fails stops the
pass before anything of it has moved: the hall then takes no cash, and settles every order anew from the journal once the disk takes commits again.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from devices import card_reader as card_events
from devices import note_acceptor as note_events
from devices.printing import PaperRetracted, PaperSupplyChanged, PaperTaken, PrintFinished
from devices.status import Action, DeviceStatus, Fault, HealthReport, StatusChanged
from kiosk.config import Config
from kiosk.day import machine as day_machine
from kiosk.day import state as day_state
from kiosk.day.checks import Supplies
from kiosk.day.schedule import Plan
from kiosk.day.totals import day_totals
from kiosk.effects import (
    AcknowledgeNote,
    Append,
    CheckDevices,
    DisableNotes,
    Effect,
    EnableNotes,
    PrintReceipt,
    PrintTicket,
    ReadCard,
    ReturnNote,
    StackNote,
    WriteCard,
)
from kiosk.hall.books import Books
from kiosk.hall.devices import Devices
from kiosk.link.wire import Command, Reply
from kiosk.messages import Language
from kiosk.moment import ClockQuality, Moment
from kiosk.tickets import machine as tickets
from kiosk.topup import bookings, machine, recovery, session
from kiosk.topup.collecting import matching
from kiosk.topup.order import Note, NoteState, Order, OrderState
from kiosk.topup.session import Phase, Visit
from kiosk.view.counter import CounterScene, DeviceFact, counter_view
from kiosk.view.customer import Manner, Setting, customer_view
from kiosk.view.tickets import ticket_view
from storage.errors import StorageError
from storage.records import NewRecord
from ticketing import facts as line_facts
from ticketing.line import CallingRules, Line, Service, begin_day
from ticketing.line import fold as fold_line

log = logging.getLogger("gashall.hall")

RETRY_STORAGE_S = 1.0
DEVICES_UP_S = 20.0
"""How long after the start a device may still be starting before a check takes it for failed."""
TICK_S = 0.25
"""The timed loop is never asked more often than this."""
LINE_DAYS_KEPT = 5
"""Business dates whose services still count for the waiting times after a restart."""
CLOCK_PAGE_S = 60.0
"""The clock on the screens is drawn to the minute."""

_AFTER_SALE = (OrderState.WRITE_VERIFIED, OrderState.SETTLED, OrderState.CLOSED)


@dataclass(slots=True)
class Trouble:
    """Why the disk is not trusted now, and the reports of notes that could not be booked. They are booked first when it is back."""

    error: StorageError
    retry_s: float
    unbooked: list[object] = field(default_factory=list)


class Hall:
    """One hall. Not thread-safe: one loop calls it.

    `publish(role, view)` sends a view to the screens of a role; `prove_commit` raises a `StorageError` unless the disk takes a commit;
    `before_effect` is called before each effect (the drills cut there); `free_mib` tells the disk's free space.
    """

    def __init__(
        self,
        config: Config,
        books: Books,
        devices: Devices,
        *,
        publish: Callable[[str, object], None],
        prove_commit: Callable[[], object],
        free_mib: Callable[[], int],
        before_effect: Callable[[Effect], None] = lambda effect: None,
    ) -> None:
        self.config = config
        self.books = books
        self.devices = devices
        self.visit = Visit()
        self.ticket = tickets.TicketVisit()
        self.manner = Manner()
        self.day = day_state.DayState()
        self.line = _empty_line(config)
        self.trouble: Trouble | None = None
        self.screen_present = False
        self.port_faults: dict[str, Fault] = {}
        self._publish = publish
        self._prove_commit = prove_commit
        self._free_mib = free_mib
        self._before_effect = before_effect
        self._tariffs = config.tariffs()
        self._limits = config.purchase_limits()
        self._plan = _plan(config)
        self._moment: Moment | None = None
        self._checks: list[CheckDevices] = []
        self._page_s = 0.0
        self._day_due_s = 0.0
        self._devices_up_s = 0.0

    # What happens ----------------------------------------------------------------------------------------------------

    def start(self, moment: Moment) -> None:
        """Reads the journal and settles what needs no device. Raises `StorageError`: a hall that cannot commit does not start."""
        self._moment = moment
        self._devices_up_s = moment.mono_s + DEVICES_UP_S
        self.day = day_state.fold(self._day_records())
        self.line = fold_line(self.line, self._line_facts())
        self._set_business_date()
        self.books.commit((NewRecord("hall.started", self.books.boot_id, {}),), moment)
        self._recover()
        self._day_event(day_machine.HallStarted())
        self._begin_line_day()
        self.line, voided = tickets.after_restart(self.line, tickets.at_ms(moment.wall))
        if voided:
            self.books.commit(voided, moment)
        self._after()

    def acceptor_events(self, events: Sequence[object], moment: Moment) -> None:
        self._moment = moment
        for event in events:
            self._guarded(self._acceptor_event, event)
        self._after()

    def card_events(self, events: Sequence[object], moment: Moment) -> None:
        self._moment = moment
        for event in events:
            self._guarded(self._card_event, event)
        self._after()

    def printer_events(self, events: Sequence[object], moment: Moment) -> None:
        """Of the receipt printer and of the ticket dispenser."""
        self._moment = moment
        for event in events:
            self._guarded(self._printer_event, event)
        self._after()

    def port_state(self, device: str, fault: Fault | None, moment: Moment) -> None:
        """A device's port has been opened (no fault), lost or refused."""
        self._moment = moment
        if fault is None:
            self.port_faults.pop(device, None)
        else:
            self.port_faults[device] = fault
        self._guarded(self._status_changed, StatusChanged(device, self._status(device), fault))
        self._after()

    def screen(self, role: str, present: bool, moment: Moment) -> None:
        self._moment = moment
        if role == "customer":
            self.screen_present = present
            self._guarded(self._visit_event, session.ScreenBack() if present else session.ScreenGone())
        self._after()

    def timer(self, moment: Moment) -> None:
        """`next_deadline` has been reached."""
        self._moment = moment
        now = moment.mono_s
        if self.trouble is not None and now >= self.trouble.retry_s:
            self._try_storage_again()
        if self.visit.deadline_s is not None and now >= self.visit.deadline_s:
            self._guarded(self._visit_event, session.TimeUp())
        if self.ticket.deadline_s is not None and now >= self.ticket.deadline_s:
            self._guarded(self._ticket_step, lambda house: tickets.time_up(self.ticket, self.line, house))
        if now >= self._day_due_s:
            self._guarded(self._tick, day_machine.Tick())
        self._after()

    def next_deadline(self) -> float:
        """Monotonic seconds."""
        wanted = [self._page_s, self._day_due_s]
        wanted += [d for d in (self.visit.deadline_s, self.ticket.deadline_s) if d is not None]
        if self.trouble is not None:
            wanted.append(self.trouble.retry_s)
        return min(wanted)

    def command(self, command: Command, moment: Moment) -> Reply:
        """A touch on a screen, or a line of the command line."""
        self._moment = moment
        try:
            reply = self._command(command)
        except StorageError as error:
            self._distrust(error, None)
            reply = Reply(False, str(error))
        self._after()
        return reply

    # Routing ---------------------------------------------------------------------------------------------------------

    def _guarded(self, handle: Callable[[Any], None], event: object) -> None:
        """Runs a handler; a disk that fails is trouble, not the end."""
        if self.trouble is not None and isinstance(event, _NOTE_OUTCOMES):
            self.trouble.unbooked.append(event)
            return
        try:
            handle(event)
        except StorageError as error:
            self._distrust(error, event if isinstance(event, _NOTE_OUTCOMES) else None)

    def _acceptor_event(self, event: object) -> None:
        match event:
            case note_events.NoteEscrowed(note_type, value_fen):
                self._visit_event(session.NoteOffered(note_type, value_fen))
            case note_events.NoteStacked(note_type, value_fen, recovered):
                self._note_stacked(note_type, value_fen, recovered)
            case note_events.NoteReturned(note_type):
                self._note_returned(note_type)
            case note_events.NoteRefused(reason):
                self._visit_event(session.NoteRejected(reason))
            case note_events.NoteOutcomeUnknown(_, _, code):
                self._note_unknown(code)
            case note_events.AcceptorReady():
                self._acceptor_ready(event)
            case note_events.CashUnitRemoved():
                self._note_down("cash_unit.removed", {})
                self._visit_event(session.CashStopped("acceptor_down"))
            case note_events.CashUnitInserted():
                self._note_down("cash_unit.inserted", {})
            case StatusChanged():
                self._status_changed(event)

    def _card_event(self, event: object) -> None:
        match event:
            case card_events.CardInserted():
                self._visit_event(session.CardCame())
            case card_events.CardRemoved():
                self._visit_event(session.CardWent())
            case card_events.CardRead(token, card, image, problem):
                if card is not None and image is not None:
                    holder = self.books.holder(card, self._tariffs, self._now.wall.date())
                    self._remember_meter(card)
                    self._visit_event(session.CardIdentified(token, card, image, holder))
                else:
                    assert problem is not None
                    self._visit_event(session.CardNotUsable(token, problem))
            case card_events.CardWritten(token, outcome, problem, _, detail):
                self._visit_event(session.WriteFinished(token, outcome, problem, detail))
            case StatusChanged():
                self._status_changed(event)

    def _printer_event(self, event: object) -> None:
        match event:
            case PrintFinished(job_id, outcome, proof, _, detail):
                self._print_finished(event, job_id, outcome.value, proof.value, detail)
            case PaperTaken(job_id):
                self._note_down("paper.taken", {"job_id": job_id})
            case PaperRetracted(job_id):
                self._note_down("paper.retracted", {"job_id": job_id})
            case PaperSupplyChanged(device, supply):
                self._note_down("paper.supply", {"device": device, "supply": supply.value})
                self._printer_may_be_out(device)
            case StatusChanged():
                self._status_changed(event)
                self._printer_may_be_out(event.device)

    def _print_finished(self, event: PrintFinished, job_id: str, outcome: str, proof: str, detail: str) -> None:
        """To whom the paper belongs: the visit's order, another order, a ticket, or the day."""
        order = self.visit.order
        if order is not None and job_id in (order.printing or {}):
            self._visit_event(session.PrintDone(job_id, outcome, proof, detail))
        elif job_id.startswith("ticket/"):
            self._ticket_step(
                lambda house: tickets.printed(
                    self.ticket, self.line, house, job_id=job_id, outcome=outcome, proof=proof, detail=detail
                )
            )
        elif (owner := self._order_of_job(job_id)) is not None:
            self.books.commit((bookings.print_finished(owner.order_id, job_id, outcome, proof, detail),), self._now)
        else:
            self._day_event(event)

    def _order_of_job(self, job_id: str) -> Order | None:
        waiting = (o for o in self.books.orders.values() if (o.printing or {}).get(job_id) == "intended")
        return next(waiting, None)

    def _printer_may_be_out(self, device: str) -> None:
        if device == "receipt_printer" and not self.devices.receipt_printer.can_print:
            self._visit_event(session.CashStopped("printer_out"))

    def _status_changed(self, event: StatusChanged) -> None:
        fault = event.fault
        self._note_down(
            "device.status",
            {
                "device": event.device,
                "status": event.status.value,
                "fault": fault.code if fault else None,
                "detail": fault.detail if fault else "",
            },
        )
        if event.device == "note_acceptor" and not self._acceptor_usable():
            self._visit_event(session.CashStopped("acceptor_down"))

    def _status(self, device: str) -> DeviceStatus:
        if device in self.port_faults:
            return DeviceStatus.NO_DEVICE
        return self.devices.each()[device].status

    def _remember_meter(self, card: Any) -> None:
        """What the meter wrote back is stored at each insertion (H11)."""
        report = card.meter
        if report is None:
            return
        self._note_down(
            "meter.report",
            {
                "card_no": card.card_no,
                "meter_no": card.meter_no,
                "accepted_sequence": report.accepted_sequence,
                "remaining_m3_hundredths": report.remaining_m3_hundredths,
                "cumulative_used_m3_hundredths": report.cumulative_used_m3_hundredths,
                "valve_closed": report.valve_closed,
                "battery_low": report.battery_low,
                "magnetic_tamper": report.magnetic_tamper,
                "cover_opened": report.cover_opened,
                "written_on": report.written_on.isoformat() if report.written_on else None,
            },
        )

    # Notes: whose are they? ------------------------------------------------------------------------------------------

    def _note_stacked(self, note_type: int, value_fen: int | None, recovered: bool) -> None:
        order = self.visit.order
        if order is not None and order.state not in _AFTER_SALE and matching(order, note_type, value_fen):
            self._visit_event(session.NoteSecured(note_type, value_fen, recovered))
            return
        for other in self._orders_with_open_notes():
            note = matching(other, note_type, value_fen)
            if note is not None:
                records = recovery.note_stacked(other, note, self._cash_unit, "reported by the acceptor")
                self._run((Append(records), AcknowledgeNote(note.note_id)))
                self._conclude(other.order_id)
                self._sync_visit_order()
                return
        record = bookings.unclaimed(f"cash_unit:{self._cash_unit}", note_type, value_fen, self._cash_unit)
        log.error("a stacked note of type %s belongs to no open intent", note_type)
        self._run((Append((record,)), AcknowledgeNote(None)))

    def _note_returned(self, note_type: int | None) -> None:
        order = self.visit.order
        if order is not None and order.note_in_flight is not None:
            self._visit_event(session.NoteGivenBack(note_type))
            return
        for other in self._orders_with_open_notes():
            note = other.note_in_flight
            if note is not None and note.note_type == note_type:
                self._settle_note(other, note, recovery.NoteVerdict.NOT_STACKED)
                return
        self._visit_event(session.NoteGivenBack(note_type))

    def _note_unknown(self, code: str) -> None:
        order = self.visit.order
        if order is not None and order.note_in_flight is not None:
            self._visit_event(session.NoteLost(code))
            return
        for other in self._orders_with_open_notes():
            if other.note_in_flight is not None:
                self._settle_note(other, other.note_in_flight, recovery.NoteVerdict.UNDECIDABLE)

    def _acceptor_ready(self, event: note_events.AcceptorReady) -> None:
        """Everything that the acceptor still had to report has been reported: notes that are open now are settled by its counter."""
        body: dict[str, Any] = {
            "serial_number": event.serial_number,
            "part_number": event.part_number,
            "stacked_count": event.stacked_count,
            "note_types": {str(kind): value for kind, value in sorted(event.note_types.items())},
        }
        self._note_down("acceptor.ready", body)
        for order in self._orders_with_open_notes():
            note = order.note_in_flight
            if note is None:
                continue
            verdict = recovery.judge_by_counter(note, event.stacked_count)
            if self.visit.order is not None and self.visit.order.order_id == order.order_id:
                self._visit_event(_AS_EVENT[verdict](note))
            else:
                self._settle_note(order, note, verdict)

    def _settle_note(self, order: Order, note: Note, verdict: recovery.NoteVerdict) -> None:
        records = recovery.note_by_verdict(order, note, self._cash_unit, verdict)
        if records:
            self._run((Append(records),))
        self._conclude(order.order_id)

    def _orders_with_open_notes(self) -> tuple[Order, ...]:
        open_states = (NoteState.STACK_SENT, NoteState.UNKNOWN)
        return tuple(o for o in self.books.orders.values() if any(n.state in open_states for n in o.notes))

    def _sync_visit_order(self) -> None:
        """A note of the visit's own order may have been settled behind its back (after the sale)."""
        order = self.visit.order
        if order is not None:
            self.visit = replace(self.visit, order=self.books.order(order.order_id) or order)

    # Recovery --------------------------------------------------------------------------------------------------------

    def _recover(self) -> None:
        """Settles every open order as far as the journal alone allows. Notes in flight wait for the acceptor, unknown writes for the card."""
        self.books.load_open_orders()
        for order_id in list(self.books.orders):
            order = self.books.orders[order_id]
            records = recovery.papers_and_write(order)
            if records:
                self._run((Append(records),))
            self._conclude(order_id)

    def _conclude(self, order_id: str) -> None:
        """Gives an order that no visit holds its ending, once none of its notes is in flight."""
        order = self.books.orders.get(order_id)
        if order is None or (self.visit.order is not None and self.visit.order.order_id == order_id):
            return
        tariff = next((t for t in self._tariffs if t.tariff_id == order.tariff_id), None)
        records = recovery.ending(order, tariff)
        if records:
            self._run((Append(records),))

    def _distrust(self, error: StorageError, unbooked: object | None) -> None:
        """The disk did not take a commit. No cash, the visit ends here, its order is settled from the journal later."""
        log.critical("storage: %s", error)
        if self.trouble is None:
            self.trouble = Trouble(error, self._now.mono_s + RETRY_STORAGE_S)
        self.trouble.retry_s = self._now.mono_s + RETRY_STORAGE_S
        if unbooked is not None:
            self.trouble.unbooked.append(unbooked)
        self.devices.note_acceptor.disable(self._now.mono_s)
        self.visit = Visit(phase=Phase.MESSAGE, message="disk_full", card_inside=self.visit.card_inside)
        self.ticket = tickets.TicketVisit()

    def _try_storage_again(self) -> None:
        trouble = self.trouble
        assert trouble is not None
        try:
            self._prove_commit()
            self.trouble = None
            self._recover()
            while trouble.unbooked:
                self._acceptor_event(trouble.unbooked[0])
                trouble.unbooked.pop(0)
        except StorageError as error:
            self.trouble = trouble
            trouble.error = error
            trouble.retry_s = self._now.mono_s + RETRY_STORAGE_S
            return
        self.visit = Visit(phase=Phase.CARD_LEFT, card_inside=True) if self.visit.card_inside else Visit()
        self._note_down("storage.back", {"error": str(trouble.error)})

    # Steps and effects -----------------------------------------------------------------------------------------------

    def _visit_event(self, event: session.Event) -> None:
        before = self.visit
        step = machine.step(before, event, self._house())
        self._run(step.effects)
        self.visit = step.visit
        if before.phase is not Phase.IDLE and step.visit.phase in (Phase.IDLE, Phase.CARD_LEFT):
            self.manner = Manner()
        if before.order is not None and self.visit.order is None:
            self._conclude_if_paper_done(before.order.order_id)

    def _conclude_if_paper_done(self, order_id: str) -> None:
        order = self.books.orders.get(order_id)
        if order is not None and "intended" not in (order.printing or {}).values():
            self._conclude(order_id)

    def _ticket_step(self, take: Callable[[tickets.TicketHouse], tickets.TicketStep]) -> None:
        step = take(self._ticket_house())
        self._run(step.effects)
        self.ticket, self.line = step.visit, step.line

    def _day_event(self, event: day_machine.DayEvent) -> day_machine.Answer | None:
        wanted = day_machine.lookup(self.day, event, self._now)
        totals = None
        if wanted.totals_of is not None:
            totals = day_totals(wanted.totals_of, self.books.journal.records(business_date=wanted.totals_of))
        stored = None if wanted.z_number is None else self.books.journal.by_key(day_state.z_key(wanted.z_number))
        unit = self._cash_unit
        house = day_machine.House(
            moment=self._now,
            plan=self._plan,
            supplies=self._supplies(),
            expected_fen=self.books.ledger.balance(bookings.cash_unit(unit)),
            unconfirmed_fen=self.books.ledger.balance(bookings.unconfirmed(unit)),
            visit_open=self.visit.order is not None,
            totals=totals,
            stored_z=None if stored is None else stored.body,
        )
        who = event.who if isinstance(event, day_machine.DayCommand) else "hall"
        step = day_machine.step(self.day, event, house)
        self._run(step.effects, who=who or "hall")
        self.day = step.state
        self._set_business_date()
        self._answer_checks()
        return step.answer

    def _tick(self, tick: day_machine.Tick) -> None:
        """A check that is due at the start waits until the devices have had the time to come up."""
        if not self._devices_starting():
            self._day_event(tick)

    def _devices_starting(self) -> bool:
        if self._now.mono_s >= self._devices_up_s:
            return False
        return any(self._status(name) is DeviceStatus.STARTING for name in self.devices.each())

    def _answer_checks(self) -> None:
        while self._checks:
            check = self._checks.pop(0)
            reports = []
            for name, device in self.devices.each().items():
                fault = self.port_faults.get(name)
                if fault is not None:
                    reports.append(HealthReport(name, check.level, False, fault.detail, fault))
                else:
                    reports.append(device.check_health(check.level))
            self._day_event(day_machine.DevicesChecked(check.token, tuple(reports)))

    def _run(self, effects: Sequence[Effect], who: str = "hall") -> None:
        for effect in effects:
            self._before_effect(effect)
            self._do(effect, who)

    def _do(self, effect: Effect, who: str) -> None:
        now, devices = self._now.mono_s, self.devices
        match effect:
            case Append(records):
                self.books.commit(records, self._now, who)
            case EnableNotes(values):
                devices.note_acceptor.enable(values, now)
            case DisableNotes():
                devices.note_acceptor.disable(now)
            case StackNote():
                devices.note_acceptor.stack(now)
            case ReturnNote():
                devices.note_acceptor.return_note(now)
            case AcknowledgeNote():
                devices.note_acceptor.acknowledge(now)
            case ReadCard(token):
                devices.card_reader.read_card(token, now)
            case WriteCard(token, before, after):
                devices.card_reader.write_card(token, before, after, now)
            case PrintReceipt(job_id, document):
                devices.receipt_printer.print_document(job_id, document, now)
            case PrintTicket(job_id, document):
                devices.ticket_dispenser.print_document(job_id, document, now)
            case CheckDevices():
                self._checks.append(effect)

    def _note_down(self, kind: str, body: dict[str, Any]) -> None:
        """A fact that moves nothing. If the disk does not take it, cash stops all the same."""
        self.books.commit((NewRecord(kind, body.get("device", kind.partition(".")[0]), body),), self._now)

    # Commands --------------------------------------------------------------------------------------------------------

    def _command(self, command: Command) -> Reply:
        if command.role == "customer":
            return self._touch(command)
        if command.name.startswith("day."):
            return self._day_command(command)
        if command.name == "check":
            answer = self._day_event(day_machine.DayCommand("check", {}, _who(command)))
            assert answer is not None
            reports = [
                {"device": r["device"], "level": r["level"], "result": r["result"], "text": r["text"]}
                for r in self._health()
            ]
            return Reply(answer.done, answer.reason, {"reports": reports})
        if command.name == "status":
            return Reply(True, data=self._status_data())
        if command.name == "clerk.seen":
            self.manner = replace(self.manner, clerk_called=False)
            return Reply(True)
        return Reply(False, f"no such command: {command.name}")

    def _touch(self, command: Command) -> Reply:
        """A touch counts only on the screen that is up: a late or double one does nothing."""
        if command.screen and command.screen != self._customer_view().screen:
            return Reply(False, "another screen is up by now")
        match command.name:
            case "language":
                other: Language = "en" if self.manner.language == "zh_CN" else "zh_CN"
                self.manner = replace(self.manner, language=other)
            case "large_type":
                self.manner = replace(self.manner, large_type=not self.manner.large_type)
            case "call_clerk":
                if not self.manner.clerk_called:
                    self._note_down("clerk.called", {"phase": self.visit.phase.value})
                self.manner = replace(self.manner, clerk_called=True)
            case "take_ticket":
                self._take_ticket(priority=command.args.get("priority") is True)
            case "ticket_priority":
                wanted = command.args.get("wanted") is True
                self._ticket_step(lambda house: tickets.set_priority(self.ticket, self.line, house, wanted))
            case "ticket_service":
                service = str(command.args.get("service", ""))
                self._ticket_step(lambda house: tickets.choose(self.ticket, self.line, house, service))
            case "ticket_leave":
                self.ticket = tickets.TicketVisit()
                self.manner = Manner() if self.visit.phase is Phase.IDLE else self.manner
            case _:
                self._visit_event(session.Touched(command.name, dict(command.args)))
        return Reply(True)

    def _take_ticket(self, *, priority: bool) -> None:
        """A ticket from the message screen carries what the visit was about to the counter (H43)."""
        order = self.visit.order
        holder = self.visit.holder
        carried = order.order_id if order is not None else None
        if self.visit.phase is Phase.MESSAGE and holder is not None:
            body = {"customer_no": holder.customer_no, "order_id": carried, "why": self.visit.message}
            self._note_down("visit.carried_over", body)
            carried = carried or f"customer:{holder.customer_no}"
        if self.visit.phase is Phase.MESSAGE:
            self._visit_event(session.Touched("leave"))
        self._ticket_step(lambda house: tickets.ask(self.ticket, self.line, house, priority=priority, order_id=carried))

    def _day_command(self, command: Command) -> Reply:
        name = command.name.removeprefix("day.")
        answer = self._day_event(day_machine.DayCommand(name, dict(command.args), _who(command)))
        assert answer is not None
        self._begin_line_day()
        return Reply(answer.done, answer.reason, dict(answer.data))

    def _health(self) -> list[dict[str, Any]]:
        rows = []
        for name, device in self.devices.each().items():
            fault = self.port_faults.get(name) or device.fault
            text = "" if fault is None else f"{fault.code} {fault.detail}"
            ok = fault is None and device.status is DeviceStatus.ONLINE
            rows.append(
                {"device": name, "level": "internal", "result": "ok" if ok else "failed", "text": text or device.status}
            )
        return rows

    def _status_data(self) -> dict[str, Any]:
        devices = []
        for name, device in self.devices.each().items():
            fault = self.port_faults.get(name) or device.fault
            devices.append(
                {
                    "device": name,
                    "status": self._status(name).value,
                    "fault": fault.code if fault else None,
                    "action": (fault.action if fault else Action.NONE).value,
                }
            )
        return {
            "devices": devices,
            "session": {
                "phase": self.visit.phase.value,
                "order": self.visit.order.order_id if self.visit.order else None,
            },
            "open_orders": len(self.books.orders),
            "day": self.day.phase.value,
            "business_date": self.books.business_date,
            "cash_refusal": self._cash_refusal(),
            "storage": str(self.trouble.error) if self.trouble else None,
        }

    # What the machines may know --------------------------------------------------------------------------------------

    @property
    def _now(self) -> Moment:
        assert self._moment is not None
        return self._moment

    @property
    def _cash_unit(self) -> str:
        return self.config.note_acceptor.cash_unit

    def _house(self) -> session.House:
        config, times = self.config, self.config.timeouts
        return session.House(
            moment=self._now,
            fresh_order_id=self.books.fresh_order_id(config.hall.terminal, self._now.wall.date()),
            cash_unit=self._cash_unit,
            tariffs=self._tariffs,
            limits=self._limits,
            denominations_fen=frozenset(yuan * 100 for yuan in config.note_acceptor.denominations_yuan),
            card_s=times.card_s,
            choose_s=times.choose_s,
            pay_s=times.pay_s,
            confirm_s=times.confirm_s,
            reinsert_s=times.reinsert_s,
            done_s=times.done_s,
            message_s=times.idle_s,
            refuse_in_arrears=config.policy.arrears == "refuse",
            region=config.hall.region,
            cash_refusal=self._cash_refusal(),
            can_print=self.devices.receipt_printer.can_print,
            stacked_count=self.devices.note_acceptor.stacked_count,
            hall=session.HallFacts(
                name_zh=config.hall.name_zh,
                terminal=config.hall.terminal,
                service_phone=config.hall.service_phone,
                paper_columns=config.receipt_printer.columns,
            ),
            chain_head=self.books.journal.head()[1],
        )

    def _cash_refusal(self) -> str:
        """Why no cash is taken now, as a message code: the first of these that holds."""
        if self.trouble is not None:
            return "disk_full"
        if self._now.quality is ClockQuality.IMPLAUSIBLE:
            return "clock_wrong"
        if not self.day.trading:
            return "idle.closed"
        if not self.screen_present:
            return "out_of_service"
        if self._free_mib() < self.config.storage.disk_free_mib_min:
            return "disk_full"
        if not self.devices.receipt_printer.can_print:
            return "printer_out"
        if not self._acceptor_usable():
            return "acceptor_down"
        if self._unit_room() <= 0:
            return "paying.unit_full"
        return ""

    def _acceptor_usable(self) -> bool:
        acceptor = self.devices.note_acceptor
        usable = (DeviceStatus.ONLINE, DeviceStatus.DEVICE_BUSY)
        return acceptor.ready and acceptor.status in usable and "note_acceptor" not in self.port_faults

    def _unit_room(self) -> int:
        """Notes that the cash unit can still take by our own count, since it was counted last."""
        return self.config.note_acceptor.capacity_notes - self.books.notes_in_unit

    def _supplies(self) -> Supplies:
        return Supplies(
            receipt_paper=self.devices.receipt_printer.paper,
            ticket_paper=self.devices.ticket_dispenser.paper,
            notes_in_unit=self.books.notes_in_unit,
            disk_free_mib=self._free_mib(),
        )

    def _ticket_house(self) -> tickets.TicketHouse:
        config = self.config
        return tickets.TicketHouse(
            moment=self._now,
            choose_s=config.timeouts.choose_s,
            done_s=config.timeouts.done_s,
            can_print=self._tickets_possible(),
            hall_name=config.hall.name_zh,
            service_phone=config.hall.service_phone,
            columns=config.ticket_dispenser.columns,
            windows_open=len(config.window),
            request_id=f"{self.books.boot_id}/{self.books.journal.head()[0]}",
        )

    def _tickets_possible(self) -> bool:
        return self.devices.ticket_dispenser.can_print and self.trouble is None and self.line.business_date is not None

    def _setting(self) -> Setting:
        config = self.config
        windows = config.window
        return Setting(
            hall_name={"zh_CN": config.hall.name_zh, "en": config.hall.name_en},
            service_phone=config.hall.service_phone,
            opens=config.hall.opens.strftime("%H:%M"),
            closes=config.hall.closes.strftime("%H:%M"),
            now=self._now.wall,
            trading=self.day.trading,
            tickets_possible=self._tickets_possible(),
            cash_places={
                "zh_CN": "、".join(window.name_zh for window in windows),
                "en": ", ".join(window.name_en for window in windows),
            },
            notices=tuple(
                {"zh_CN": (row.title_zh, row.body_zh), "en": (row.title_en, row.body_en)}
                for row in config.notices_on(self._now.wall.date())
            ),
            amounts_yuan=config.presets.amounts_yuan,
            volumes_m3=config.presets.volumes_m3,
        )

    # After each pass -------------------------------------------------------------------------------------------------

    def _after(self) -> None:
        now = self._now
        self._page_s = now.mono_s + CLOCK_PAGE_S - now.wall.second
        due_in_s = day_machine.next_due(self.day, now, self._plan)
        self._day_due_s = now.mono_s + (CLOCK_PAGE_S if due_in_s is None else max(due_in_s, TICK_S))
        self._publish("customer", self._customer_view())
        self._publish("counter", self._counter_view())

    def _customer_view(self) -> Any:
        if self.ticket.phase is not tickets.TicketPhase.CLOSED and self.visit.phase is Phase.IDLE:
            return ticket_view(self.ticket, self.line, self._house(), self.manner, self._setting())
        return customer_view(self.visit, self._house(), self.manner, self._setting())

    def _counter_view(self) -> Any:
        devices = self.devices.each()
        scene = CounterScene(
            hall_name=self.config.hall.name_zh,
            now=self._now.wall,
            business_date=self.books.business_date,
            state=self.day,
            devices=[DeviceFact(n, self._status(n), self.port_faults.get(n) or d.fault) for n, d in devices.items()],
            kiosk_busy=self.visit.phase is not Phase.IDLE,
            clerk_called=self.manner.clerk_called,
            cash_refusal=self._cash_refusal(),
            orders=tuple(self.books.orders.values()),
            line=self.line,
            denominations_fen=self._plan.denominations_fen,
            storage_error=str(self.trouble.error) if self.trouble else "",
        )
        return counter_view(scene)

    # Starting --------------------------------------------------------------------------------------------------------

    def _records_of(self, kinds: Sequence[str], *, after: int = 0) -> list[Any]:
        journal = self.books.journal
        records = (record for kind in kinds for record in journal.records(kind=kind, after=after))
        return sorted(records, key=lambda record: record.sequence)

    def _day_records(self) -> list[Any]:
        """The day's own records whole; of the papers only those that may still be open."""
        closed = self.books.journal.last(kind="day.closed")
        since = 0 if closed is None else closed.sequence
        records = self._records_of(day_state.DAY_KINDS) + self._records_of(day_state.PAPER_KINDS, after=since)
        return sorted(records, key=lambda record: record.sequence)

    def _line_facts(self) -> list[line_facts.Fact]:
        begun = [record.sequence for record in self.books.journal.records(kind="queue.day_begun")]
        after = begun[-LINE_DAYS_KEPT] - 1 if len(begun) >= LINE_DAYS_KEPT else 0
        records = self._records_of(sorted(line_facts.KINDS), after=after)
        return [line_facts.decode(record.kind, record.body) for record in records]

    def _set_business_date(self) -> None:
        self.books.business_date = day_state.business_date(self.day, self._now)

    def _begin_line_day(self) -> None:
        """A business date that has begun begins its numbers at 001."""
        if not self.day.trading:
            return
        step = begin_day(self.line, date.fromisoformat(self.books.business_date), tickets.at_ms(self._now.wall))
        if step.facts:
            self._run((Append(tickets.facts_to_records(step.line, step.facts)),))
            self.line = step.line


_NOTE_OUTCOMES = (note_events.NoteStacked, note_events.NoteReturned, note_events.NoteOutcomeUnknown)

_AS_EVENT: dict[recovery.NoteVerdict, Callable[[Note], session.Event]] = {
    recovery.NoteVerdict.STACKED: lambda note: session.NoteSecured(note.note_type, note.value_fen, True),
    recovery.NoteVerdict.NOT_STACKED: lambda note: session.NoteGivenBack(note.note_type),
    recovery.NoteVerdict.UNDECIDABLE: lambda note: session.NoteLost("neither report nor counter tells"),
}


def _who(command: Command) -> str:
    who = command.args.get("who")
    return who if isinstance(who, str) else ""


def _empty_line(config: Config) -> Line:
    services = tuple(Service(row.id, row.prefix, row.name_zh, row.name_en, row.priority) for row in config.service)
    return Line(services, CallingRules())


def _plan(config: Config) -> Plan:
    return Plan(
        hall_name_zh=config.hall.name_zh,
        terminal=config.hall.terminal,
        opens=config.hall.opens,
        closes=config.hall.closes,
        check_minutes_before=config.hall.check_minutes_before,
        open_weekdays=config.hall.open_weekdays,
        cash_unit=config.note_acceptor.cash_unit,
        denominations_fen=tuple(yuan * 100 for yuan in config.note_acceptor.denominations_yuan),
        capacity_notes=config.note_acceptor.capacity_notes,
        disk_free_mib_min=config.storage.disk_free_mib_min,
        paper_columns=config.receipt_printer.columns,
        service_phone=config.hall.service_phone,
        tariff_names=tuple((row.id, row.name_zh) for row in config.tariff),
    )
