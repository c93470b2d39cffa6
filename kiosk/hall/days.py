"""The hall's day: the timed loop, the clerk's commands, the checks."""

from datetime import date

from devices.status import DeviceStatus, HealthReport
from kiosk.day.machine import Answer, DayCommand, DayEvent, DevicesChecked, HallStarted, House, Tick, lookup, step
from kiosk.day.machine import next_due as day_next_due
from kiosk.day.state import business_date, fold, z_key
from kiosk.day.totals import day_totals
from kiosk.effects import Append, ClearPaper
from kiosk.hall.books import Books
from kiosk.hall.devices import Devices
from kiosk.hall.facts import Facts
from kiosk.hall.reading import day_records, line_facts
from kiosk.hall.runner import Runner
from kiosk.hall.state import HallState
from kiosk.tickets.machine import after_restart, at_ms, facts_to_records
from kiosk.topup import bookings
from kiosk.topup.order import OrderState
from ticketing.line import begin_day
from ticketing.line import fold as fold_line

DEVICES_UP_S = 20.0
"""How long after the start a device may still be starting before a check takes it for failed."""
TICK_S = 0.25
"""The timed loop is never asked more often than this."""
ASK_AGAIN_S = 60.0


class Days:
    def __init__(self, state: HallState, facts: Facts, books: Books, devices: Devices, runner: Runner) -> None:
        self._state = state
        self._facts = facts
        self._books = books
        self._devices = devices
        self._runner = runner
        self._devices_up_s = 0.0
        self._ticked_s = float("-inf")

    def read(self) -> None:
        """Where the day and the line stand, from the journal."""
        state = self._state
        self._devices_up_s = state.now.mono_s + DEVICES_UP_S
        state.day = fold(day_records(self._books.journal))
        state.line = fold_line(state.line, line_facts(self._books.journal))
        self.set_business_date()

    def started(self) -> None:
        """Papers that were open are unknown now; numbers whose paper was never proven are void."""
        state = self._state
        cut_off = bool(state.day.papers_open)
        self.event(HallStarted())
        if cut_off:
            self._runner.run((ClearPaper("receipt_printer"),))
        self.begin_line()
        state.line, voided = after_restart(state.line, at_ms(state.now.wall))
        if voided:
            self._runner.run((Append(voided), ClearPaper("ticket_dispenser")))

    def event(self, event: DayEvent) -> Answer | None:
        wanted = lookup(self._state.day, event, self._state.now)
        totals = None
        if wanted.totals_of is not None:
            totals = day_totals(wanted.totals_of, self._books.journal.records(business_date=wanted.totals_of))
        stored = None if wanted.z_number is None else self._books.journal.by_key(z_key(wanted.z_number))
        unit = self._facts.cash_unit
        house = House(
            moment=self._state.now,
            plan=self._facts.plan,
            supplies=self._facts.supplies(),
            expected_fen=self._books.ledger.balance(bookings.cash_unit(unit)),
            unconfirmed_fen=self._books.ledger.balance(bookings.unconfirmed(unit)),
            visit_open=self._visit_is_open(),
            totals=totals,
            stored_z=None if stored is None else stored.body,
        )
        who = event.who if isinstance(event, DayCommand) else "hall"
        taken = step(self._state.day, event, house)
        self._runner.run(taken.effects, who=who or "hall")
        self._state.day = taken.state
        self.set_business_date()
        self._answer_checks()
        return taken.answer

    def _visit_is_open(self) -> bool:
        """Whether a customer's order is under way. The last screen of a visit, or a card that is looked at, is none."""
        order = self._state.visit.order
        return order is not None and order.state is not OrderState.CLOSED

    def tick(self, tick: Tick) -> None:
        """A check that is due at the start waits until the devices have had the time to come up."""
        self._ticked_s = self._state.now.mono_s
        if not self._devices_starting():
            self.event(tick)

    def _devices_starting(self) -> bool:
        if self._state.now.mono_s >= self._devices_up_s:
            return False
        return any(self._facts.status(name) is DeviceStatus.STARTING for name in self._devices.each())

    def _answer_checks(self) -> None:
        while self._runner.checks:
            check = self._runner.checks.pop(0)
            reports = []
            for name, device in self._devices.each().items():
                fault = self._state.port_faults.get(name)
                if fault is not None:
                    reports.append(HealthReport(name, check.level, False, fault.detail, fault))
                else:
                    reports.append(device.check_health(check.level))
            self.event(DevicesChecked(check.token, tuple(reports)))

    def set_business_date(self) -> None:
        self._books.business_date = business_date(self._state.day, self._state.now)

    def begin_line(self) -> None:
        """A business date that has begun begins its numbers at 001."""
        if not self._state.day.trading:
            return
        step = begin_day(self._state.line, date.fromisoformat(self._books.business_date), at_ms(self._state.now.wall))
        if step.facts:
            self._runner.run((Append(facts_to_records(step.line, step.facts)),))
            self._state.line = step.line

    def next_due(self) -> float:
        """Monotonic seconds of the next `Tick`."""
        now = self._state.now
        due_in_s = day_next_due(self._state.day, now, self._facts.plan)
        if due_in_s is None:
            return now.mono_s + ASK_AGAIN_S
        # No sooner than TICK_S after the last tick, not after this pass: a busy hall must not put its own work off for
        # ever.
        return max(now.mono_s + due_in_s, self._ticked_s + TICK_S)
