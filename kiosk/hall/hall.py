"""The hall: routes what happens to the machine it concerns, and says what the screens show.

A pass is: one thing happens -> a pure machine gives (state, effects) -> the effects run from the left -> the screens
are told. An `Append` that fails ends the pass before anything of it has moved: the hall then takes no cash, and
settles every order anew from the journal once the disk takes commits again.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from devices import card_reader as card_events
from devices import note_acceptor as note_events
from devices.gas_card.card import GasCard
from devices.printing import PaperRetracted, PaperSupplyChanged, PaperTaken, PrintFinished
from devices.status import Fault, StatusChanged
from kiosk.config import Config
from kiosk.day.machine import Tick
from kiosk.effects import Append, Effect
from kiosk.hall.books import Books
from kiosk.hall.commands import Commands
from kiosk.hall.days import Days
from kiosk.hall.devices import Devices
from kiosk.hall.facts import Facts
from kiosk.hall.lines import Lines
from kiosk.hall.notes import Notes
from kiosk.hall.runner import Runner
from kiosk.hall.state import HallState, Trouble, empty_line
from kiosk.hall.visits import Visits
from kiosk.hall.windows import Windows
from kiosk.link.wire import Command, Reply
from kiosk.moment import Moment
from kiosk.tickets.machine import TicketPhase, TicketVisit
from kiosk.topup import bookings, session
from kiosk.topup.session import Phase, Visit
from kiosk.view.counter import counter_view
from kiosk.view.customer import customer_view
from kiosk.view.shapes import CustomerView
from kiosk.view.tickets import ticket_view
from storage.errors import StorageError
from storage.records import NewRecord

log = logging.getLogger("gashall.hall")

RETRY_STORAGE_S = 1.0
CLOCK_PAGE_S = 60.0
"""The clock on the screens is drawn to the minute."""

_NOTE_OUTCOMES = (note_events.NoteStacked, note_events.NoteReturned, note_events.NoteOutcomeUnknown)


class Hall:
    """One hall. Not thread-safe: one loop calls it.

    `publish(role, view)` sends a view to the screens of a role; `prove_commit` raises a `StorageError` unless the disk
    takes a commit; `before_effect` is called before each effect; `free_mib` tells the disk's free space.
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
        self.books = books
        self.state = state = HallState(empty_line(config))
        self._devices = devices
        self._publish = publish
        self._prove_commit = prove_commit
        self._facts = facts = Facts(config, state, books, devices, free_mib)
        self._runner = runner = Runner(state, books, devices, before_effect)
        self._visits = Visits(state, facts, books, runner)
        self._notes = Notes(state, facts, books, devices, runner, self._visits)
        self._lines = Lines(state, facts, runner)
        self._days = Days(state, facts, books, devices, runner)
        self._commands = Commands(
            state,
            facts,
            books,
            devices,
            runner,
            self._visits,
            self._lines,
            self._days,
            Windows(config, state, facts, runner),
        )
        self._page_s = 0.0
        self._day_due_s = 0.0

    # What happens ----------------------------------------------------------------------------------------------------

    def start(self, moment: Moment) -> None:
        """Reads the journal and settles what needs no device. Raises `StorageError`: a hall that cannot commit does
        not start."""
        self.state.moment = moment
        self._days.read()
        self._runner.run((Append((NewRecord("hall.started", self.books.boot_id, {}),)),))
        self._visits.recover()
        self._days.started()
        self._after()

    def acceptor_events(self, events: Sequence[object], moment: Moment) -> None:
        self._each(self._acceptor_event, events, moment)

    def card_events(self, events: Sequence[object], moment: Moment) -> None:
        self._each(self._card_event, events, moment)

    def printer_events(self, events: Sequence[object], moment: Moment) -> None:
        """Of the receipt printer and of the ticket dispenser."""
        self._each(self._printer_event, events, moment)

    def port_state(self, device: str, fault: Fault | None, moment: Moment) -> None:
        """A device's port has been opened (no fault), lost or refused."""
        self.state.moment = moment
        if fault is None:
            self.state.port_faults.pop(device, None)
        else:
            self.state.port_faults[device] = fault
        self._guarded(self._status_changed, StatusChanged(device, self._facts.status(device), fault))
        self._after()

    def screen(self, role: str, present: bool, moment: Moment) -> None:
        """A screen of this role has appeared, or has been gone for longer than it may."""
        self.state.moment = moment
        if role == "customer":
            self.state.screen_present = present
            self._guarded(self._visits.event, session.ScreenBack() if present else session.ScreenGone())
        self._after()

    def timer(self, moment: Moment) -> None:
        """`next_deadline` has been reached."""
        self.state.moment = moment
        state, now = self.state, moment.mono_s
        if state.trouble is not None and now >= state.trouble.retry_s:
            self._try_storage_again()
        if state.visit.deadline_s is not None and now >= state.visit.deadline_s:
            self._guarded(self._visits.event, session.TimeUp())
        if state.ticket.deadline_s is not None and now >= state.ticket.deadline_s:
            self._guarded(lambda _: self._lines.time_up(), None)
        if now >= self._day_due_s:
            self._guarded(self._days.tick, Tick())
        self._after()

    def next_deadline(self) -> float:
        """Monotonic seconds."""
        state = self.state
        wanted = [self._page_s, self._day_due_s]
        wanted += [d for d in (state.visit.deadline_s, state.ticket.deadline_s) if d is not None]
        if state.trouble is not None:
            wanted.append(state.trouble.retry_s)
        return min(wanted)

    def command(self, command: Command, moment: Moment) -> Reply:
        """A touch on a screen, or a line of the command line."""
        self.state.moment = moment
        try:
            if command.role == "customer":
                reply = self._commands.touch(command, self._customer_view().screen)
            elif command.role == "counter":
                reply = self._commands.counter(command)
            else:
                reply = self._commands.staff(command)
        except StorageError as error:
            self._distrust(error, None)
            reply = Reply(False, str(error))
        self._after()
        return reply

    # To whom it goes -------------------------------------------------------------------------------------------------

    def _each(self, handle: Callable[[object], None], events: Sequence[object], moment: Moment) -> None:
        self.state.moment = moment
        for event in events:
            self._guarded(handle, event)
        self._after()

    def _guarded(self, handle: Callable[[Any], None], event: object) -> None:
        """Runs a handler; a disk that fails is trouble, not the end."""
        trouble = self.state.trouble
        if trouble is not None and isinstance(event, _NOTE_OUTCOMES):
            trouble.unbooked.append(event)
            return
        try:
            handle(event)
        except StorageError as error:
            self._distrust(error, event if isinstance(event, _NOTE_OUTCOMES) else None)
            if isinstance(event, note_events.NoteEscrowed):
                # It could not be put on record, so it is not kept; left alone, it would stay in escrow for ten seconds.
                self._devices.note_acceptor.return_note(self.state.now.mono_s)

    def _acceptor_event(self, event: object) -> None:
        match event:
            case note_events.NoteEscrowed(note_type, value_fen):
                self._visits.event(session.NoteOffered(note_type, value_fen))
            case note_events.NoteStacked(note_type, value_fen, recovered):
                self._notes.stacked(note_type, value_fen, recovered)
            case note_events.NoteReturned(note_type):
                self._notes.returned(note_type)
            case note_events.NoteRefused(reason):
                self._visits.event(session.NoteRejected(reason))
            case note_events.NoteOutcomeUnknown(_, _, code):
                self._notes.unknown(code)
            case note_events.AcceptorReady():
                self._notes.acceptor_ready(event)
            case note_events.CashUnitRemoved():
                self._runner.note_down("cash_unit.removed", {})
                self._visits.event(session.CashStopped("acceptor_down"))
            case note_events.CashUnitInserted():
                self._runner.note_down("cash_unit.inserted", {})
            case StatusChanged():
                self._status_changed(event)

    def _card_event(self, event: object) -> None:
        match event:
            case card_events.CardInserted():
                self._visits.event(session.CardCame())
            case card_events.CardRemoved():
                self._visits.event(session.CardWent())
            case card_events.CardRead(token, card, image, problem):
                if card is not None and image is not None:
                    holder = self.books.holder(card, self._facts.tariffs, self.state.now.wall.date())
                    self._remember_meter(card)
                    self._visits.event(session.CardIdentified(token, card, image, holder))
                else:
                    assert problem is not None
                    self._visits.event(session.CardNotUsable(token, problem))
            case card_events.CardWritten(token, outcome, problem, _, detail):
                self._visits.event(session.WriteFinished(token, outcome, problem, detail))
            case StatusChanged():
                self._status_changed(event)

    def _printer_event(self, event: object) -> None:
        match event:
            case PrintFinished():
                self._print_finished(event)
            case PaperTaken(job_id):
                self._runner.note_down("paper.taken", {"job_id": job_id})
            case PaperRetracted(job_id):
                self._runner.note_down("paper.retracted", {"job_id": job_id})
            case PaperSupplyChanged(device, supply):
                self._runner.note_down("paper.supply", {"device": device, "supply": supply.value})
                self._printer_may_be_out(device)
            case StatusChanged():
                self._status_changed(event)
                self._printer_may_be_out(event.device)

    def _print_finished(self, event: PrintFinished) -> None:
        """To whom the paper belongs: the visit's order, another order, a ticket, or the day."""
        job_id, outcome, proof, detail = event.job_id, event.outcome.value, event.proof.value, event.detail
        order = self.state.visit.order
        if order is not None and job_id in (order.printing or {}):
            self._visits.event(session.PrintDone(job_id, outcome, proof, detail))
        elif job_id.startswith("ticket/"):
            self._lines.printed(job_id, outcome, proof, detail)
        elif (owner := self._visits.order_of_job(job_id)) is not None:
            record = bookings.print_finished(owner.order_id, job_id, outcome, proof, detail)
            self._runner.run((Append((record,)),))
            self._visits.conclude(owner.order_id)
        else:
            self._days.event(event)

    def _printer_may_be_out(self, device: str) -> None:
        if device == "receipt_printer" and not self._devices.receipt_printer.can_print:
            self._visits.event(session.CashStopped("printer_out"))

    def _status_changed(self, event: StatusChanged) -> None:
        fault = event.fault
        body = {
            "device": event.device,
            "status": event.status.value,
            "fault": fault.code if fault else None,
            "detail": fault.detail if fault else "",
        }
        self._runner.note_down("device.status", body)
        if event.device == "note_acceptor" and not self._facts.acceptor_usable():
            self._visits.event(session.CashStopped("acceptor_down"))

    def _remember_meter(self, card: GasCard) -> None:
        """What the meter wrote back is stored at each insertion (H11)."""
        report = card.meter
        if report is None:
            return
        body = {
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
        }
        self._runner.note_down("meter.report", body)

    # A disk that does not take a commit ------------------------------------------------------------------------------

    def _distrust(self, error: StorageError, unbooked: object | None) -> None:
        """No cash; the visit ends here, and its order is settled from the journal later."""
        log.critical("storage: %s", error)
        state, retry_s = self.state, self.state.now.mono_s + RETRY_STORAGE_S
        if state.trouble is None:
            state.trouble = Trouble(error, retry_s)
        state.trouble.retry_s = retry_s
        if unbooked is not None:
            state.trouble.unbooked.append(unbooked)
        self._devices.note_acceptor.disable(state.now.mono_s)
        state.visit = Visit(phase=Phase.MESSAGE, message="disk_full", card_inside=state.visit.card_inside)
        state.ticket = TicketVisit()

    def _try_storage_again(self) -> None:
        state = self.state
        trouble = state.trouble
        assert trouble is not None
        try:
            self._prove_commit()
            state.trouble = None
            self._visits.recover()
            while trouble.unbooked:
                self._acceptor_event(trouble.unbooked[0])
                trouble.unbooked.pop(0)
            self._runner.note_down("storage.back", {"error": str(trouble.error)})
        except StorageError as error:
            state.trouble = trouble
            trouble.error = error
            trouble.retry_s = state.now.mono_s + RETRY_STORAGE_S
            return
        state.visit = Visit(phase=Phase.CARD_LEFT, card_inside=True) if state.visit.card_inside else Visit()

    # After each pass -------------------------------------------------------------------------------------------------

    def _after(self) -> None:
        self._no_cash_where_none_is_taken()
        now = self.state.now
        self._page_s = now.mono_s + CLOCK_PAGE_S - now.wall.second
        self._day_due_s = self._days.next_due()
        self._publish("customer", self._customer_view())
        self._publish("counter", counter_view(self._facts.counter_scene()))

    def _no_cash_where_none_is_taken(self) -> None:
        """Money is being collected, and something of the house now forbids it: clock, disk, cash unit, paper, hours."""
        refusal = self._facts.cash_refusal()
        if refusal and self.state.visit.phase is Phase.COLLECTING:
            self._guarded(self._visits.event, session.CashStopped(refusal))

    def _customer_view(self) -> CustomerView:
        state, house, setting = self.state, self._facts.house(), self._facts.setting()
        if state.ticket.phase is not TicketPhase.CLOSED and state.visit.phase is Phase.IDLE:
            return ticket_view(state.ticket, state.line, house, state.manner, setting)
        return customer_view(state.visit, house, state.manner, setting)
