"""Any hall, any day, in any order of events: no number twice, no ticket at two windows, nothing lost."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ticketing.facts import (
    DayBegun,
    Fact,
    NumberReserved,
    TicketCalled,
    TicketPrinted,
    TicketVoided,
    VoidReason,
    decode,
    encode,
)
from ticketing.line import (
    AT_A_WINDOW,
    CALLABLE,
    Line,
    RefusalReason,
    Service,
    Step,
    TicketState,
    apply,
    begin_day,
    call,
    call_number,
    confirm_printed,
    finish,
    fold,
    no_show,
    recall,
    recover,
    reinstate,
    reserve,
    serve,
    transfer,
    void,
)
from ticketing.waiting import ahead

ENDED = frozenset({TicketState.SERVED, TicketState.VOIDED})
SERVICES = (Service("top_up", "A", "购气", "Gas"), Service("bills", "B", "交费", "Bills"))
WINDOWS = ("1", "2", "3")
windows = st.sampled_from(WINDOWS)
service_sets = st.sampled_from((("top_up",), ("bills",), ("top_up", "bills")))
picks = st.integers(0, 60)


class HallDays(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.line = Line(SERVICES)
        self.facts: list[Fact] = []
        self.now = 0
        self.given: Counter[tuple[date, str]] = Counter()
        self.starved: dict[str, int] = {}

    @initialize()
    def first_day(self) -> None:
        self.keep(begin_day(self.line, date(2026, 1, 1), 0))

    def keep(self, step: Step) -> Step:
        if step.refusal is not None:
            assert step.facts == ()
            assert step.line is self.line
        before = self.line
        for fact in step.facts:
            if isinstance(fact, DayBegun):
                assert all(ticket.state in ENDED for ticket in before.tickets.values())
            before = apply(before, fact)
        for fact in step.facts:
            if isinstance(fact, NumberReserved):
                self.given[fact.business_date, fact.number] += 1
            if isinstance(fact, TicketCalled):
                assert self.line.tickets[fact.number].state in CALLABLE
                assert fact.window not in self.line.at_window
        self.facts += step.facts
        self.line = step.line
        self.now += 1_000
        return step

    def pick(self, index: int) -> str:
        """One of today's numbers, or one that nobody has."""
        numbers = [*self.line.tickets, "Z001"]
        return numbers[index % len(numbers)]

    @rule(service=st.sampled_from(("top_up", "bills")), priority=st.booleans())
    def takes_a_ticket(self, service: str, priority: bool) -> None:
        step = self.keep(reserve(self.line, service, self.now, request_id=f"t{self.now}", priority=priority))
        assert step.ticket is not None
        self.keep(confirm_printed(self.line, step.ticket.number, self.now))

    @rule(service=st.sampled_from(("top_up", "bills")), priority=st.booleans(), request=st.integers(0, 20))
    def touches_the_dispenser(self, service: str, priority: bool, request: int) -> None:
        self.keep(reserve(self.line, service, self.now, request_id=str(request), priority=priority))

    @rule(index=picks)
    def printer_proves(self, index: int) -> None:
        number = self.pick(index)
        self.keep(confirm_printed(self.line, number, self.now))

    @rule()
    def printer_proves_all(self) -> None:
        for ticket in self.line.reserved():
            self.keep(confirm_printed(self.line, ticket.number, self.now))

    @rule(index=picks, reason=st.sampled_from(VoidReason))
    def is_voided(self, index: int, reason: VoidReason) -> None:
        number = self.pick(index)
        self.keep(void(self.line, number, reason, self.now))

    @rule(window=windows, services=service_sets)
    def calls_next(self, window: str, services: tuple[str, ...]) -> None:
        before = self.line.waiting_tickets(services, window)
        step = self.keep(call(self.line, window, services, self.now, clerk=f"clerk:{window}"))
        if step.refusal is not None:
            assert step.refusal.reason in (RefusalReason.WINDOW_BUSY, RefusalReason.NOBODY_WAITING)
            assert step.refusal.reason is RefusalReason.WINDOW_BUSY or not before
            return
        assert step.ticket is not None
        normal = [ticket.number for ticket in before if not ticket.priority]
        if step.ticket.priority and normal:
            self.starved[window] = self.starved.get(window, 0) + 1
            assert self.starved[window] <= self.line.rules.priority_in_a_row_max
        else:
            self.starved[window] = 0
            if not step.ticket.priority:
                assert step.ticket.number == normal[0]

    @rule(window=windows, index=picks)
    def calls_one(self, window: str, index: int) -> None:
        number = self.pick(index)
        step = self.keep(call_number(self.line, window, number, self.now, clerk="clerk:x"))
        if step.ticket is not None and step.refusal is None:
            self.starved[window] = self.starved.get(window, 0) + 1 if step.ticket.priority else 0
            self.starved[window] = min(self.starved[window], self.line.rules.priority_in_a_row_max)

    @rule(window=windows, verb=st.sampled_from((recall, no_show, serve, finish)))
    def works_at_the_window(self, window: str, verb: object) -> None:
        ticket = self.line.current(window)
        if ticket is not None:
            assert callable(verb)
            self.keep(verb(self.line, window, ticket.number, self.now))

    @rule(window=windows, verb=st.sampled_from((recall, no_show, serve, finish)), index=picks)
    def meddles_with_a_number(self, window: str, verb: object, index: int) -> None:
        number = self.pick(index)
        assert callable(verb)
        self.keep(verb(self.line, window, number, self.now))

    @rule(window=windows, service=st.sampled_from(("top_up", "bills")), to=st.one_of(st.none(), windows))
    def transfers(self, window: str, service: str, to: str | None) -> None:
        ticket = self.line.current(window)
        if ticket is not None:
            self.keep(
                transfer(
                    self.line, window, ticket.number, self.now, to_owner="clerk:y", to_service_id=service, to_window=to
                )
            )

    @rule(index=picks)
    def comes_back(self, index: int) -> None:
        number = self.pick(index)
        self.keep(reinstate(self.line, number, self.now, owner="clerk:z"))

    @rule(proven=st.booleans())
    def hall_restarts(self, proven: bool) -> None:
        self.line = fold(Line(SERVICES), [decode(*encode(fact)) for fact in self.facts])
        some = frozenset(ticket.number for ticket in self.line.reserved()[::2]) if proven else frozenset()
        step = self.keep(recover(self.line, self.now, proven=some))
        assert {fact.number for fact in step.facts if isinstance(fact, TicketPrinted)} == some
        assert all(isinstance(fact, TicketPrinted | TicketVoided) for fact in step.facts)
        assert self.line.reserved() == ()

    @rule(days=st.integers(-1, 1))
    def day_changes(self, days: int) -> None:
        assert self.line.business_date is not None
        self.keep(begin_day(self.line, self.line.business_date + timedelta(days=days), self.now))

    @invariant()
    def no_number_is_given_twice(self) -> None:
        assert all(count == 1 for count in self.given.values())

    @invariant()
    def nothing_is_lost_and_nothing_is_in_two_places(self) -> None:
        line = self.line
        waiting = Counter(line.waiting)
        at_window = Counter(line.at_window.values())
        today = {number for day, number in self.given if day == line.business_date}
        assert set(line.tickets) == today
        for number, ticket in line.tickets.items():
            assert waiting[number] == (ticket.state in CALLABLE)
            assert at_window[number] == (ticket.state in AT_A_WINDOW)
            if ticket.state in AT_A_WINDOW:
                assert ticket.window is not None
                assert line.at_window[ticket.window] == number
            assert ticket.owner
            assert (ahead(line, number) is None) == (ticket.state not in {*CALLABLE, TicketState.RESERVED})
        assert waiting.keys() <= line.tickets.keys()
        assert set(at_window) <= line.tickets.keys()

    @invariant()
    def the_facts_are_the_line(self) -> None:
        assert fold(Line(SERVICES), self.facts) == self.line


TestHallDays = HallDays.TestCase
TestHallDays.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
