"""The line of one hall as an immutable value. Each verb takes a line and gives a `Step`: the line after it, and the
facts to be journaled; or the same line, no facts, and the reason of a refusal.

A ticket goes  reserved -> waiting -> called -> serving -> served,  with the ways out  voided (nothing proven
printed, or the day is over),  no_show (and back to waiting)  and  transferred (waiting for another window or
service, with its number and its order).

Rules that hold in every line (tests/ticketing):
- a number is given once on a business date; a number that was reserved and not printed is burned;
- only a ticket that is proven printed is waiting, and only what is waiting is called;
- a ticket is at one window at most, a window has one ticket at most (H26);
- priority goes first (H41), but after `priority_in_a_row_max` of them in a row at a window the next there is a
normal ticket, so
  nobody waits for ever.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

from ticketing.facts import (
    DayBegun,
    Fact,
    NumberReserved,
    ServiceBegun,
    ServiceFinished,
    TicketCalled,
    TicketMissed,
    TicketPrinted,
    TicketRecalled,
    TicketReinstated,
    TicketTransferred,
    TicketVoided,
    VoidReason,
)

NUMBER_MAX: Final = 999
"""Three digits behind the letter."""
OBSERVATIONS_MAX: Final = 120
"""How many of the newest services are kept for the waiting times."""


class LineInvalid(ValueError):
    """Services or rules that contradict each other, or a fact that does not follow from the line. `E-QU-02`."""

    code = "E-QU-02"

    def __str__(self) -> str:
        return f"{self.code}: {super().__str__()}"


class TicketState(StrEnum):
    RESERVED = "reserved"
    """The number is given, the paper is not proven."""
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    SERVED = "served"
    NO_SHOW = "no_show"
    VOIDED = "voided"
    TRANSFERRED = "transferred"
    """Waiting, for another service or window than the one it came from."""


CALLABLE: Final = frozenset({TicketState.WAITING, TicketState.TRANSFERRED})
AT_A_WINDOW: Final = frozenset({TicketState.CALLED, TicketState.SERVING})


class RefusalReason(StrEnum):
    UNKNOWN_SERVICE = "unknown_service"
    PRIORITY_NOT_ALLOWED = "priority_not_allowed"
    EXHAUSTED = "exhausted"
    """All numbers of this service and day have been given."""
    NO_DAY = "no_day"
    DAY_GOES_BACK = "day_goes_back"
    UNKNOWN_TICKET = "unknown_ticket"
    WRONG_STATE = "wrong_state"
    WRONG_WINDOW = "wrong_window"
    WINDOW_BUSY = "window_busy"
    """The window has a ticket already: one customer at a time."""
    NOBODY_WAITING = "nobody_waiting"
    RECALLED_TOO_SOON = "recalled_too_soon"
    RECALLED_OFTEN = "recalled_often"


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of business with a line of its own. `prefix`: one letter A-Z, its own."""

    service_id: str
    prefix: str
    name_zh: str
    name_en: str
    priority_allowed: bool = True


@dataclass(frozen=True, slots=True)
class CallingRules:
    """`priority_in_a_row_max`: 1 or more. `recall_interval_ms_min`: between two calls of a ticket. `recalls_max`:
    calls after the first.
    `reinstate_behind`: how many places from the head a missed ticket comes back (顺延)."""

    priority_in_a_row_max: int = 2
    recall_interval_ms_min: int = 10_000
    recalls_max: int = 2
    reinstate_behind: int = 3

    def __post_init__(self) -> None:
        if self.priority_in_a_row_max < 1:
            raise LineInvalid("priority_in_a_row_max must be at least 1")
        if min(self.recall_interval_ms_min, self.recalls_max, self.reinstate_behind) < 0:
            raise LineInvalid("calling rules cannot be negative")


@dataclass(frozen=True, slots=True)
class Ticket:
    """`number` as printed ('A001'); `ordinal` its place in the order of all reservations of the day. `owner` answers
    for it (H42):
    `hall`, or a clerk. `order_id`: the record that it carries to the window (H43). Of the times, `begun_at_ms` and
    `finished_at_ms` are of the newest service. `order_id` and `owner` never go on a public screen."""

    number: str
    service_id: str
    business_date: date
    priority: bool
    state: TicketState
    ordinal: int
    request_id: str
    owner: str
    order_id: str | None
    reserved_at_ms: int
    window: str | None = None
    """Where it is called or served; for a transferred ticket the only window that may call it, or `None` for any of
    the service."""
    called_at_ms: int | None = None
    recalls: int = 0
    begun_at_ms: int | None = None
    finished_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceObservation:
    """One finished service, for the waiting times."""

    service_id: str
    duration_ms: int
    priority: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    reason: RefusalReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """`waiting` holds the numbers that can be called, in the order of arrival; `at_window` which ticket a window
    has; `last_given` the last number of each service today; `priority_run` how many priority tickets a window has
    called in a row."""

    services: tuple[Service, ...]
    rules: CallingRules = field(default_factory=CallingRules)
    business_date: date | None = None
    tickets: Mapping[str, Ticket] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    at_window: Mapping[str, str] = field(default_factory=dict)
    last_given: Mapping[str, int] = field(default_factory=dict)
    priority_run: Mapping[str, int] = field(default_factory=dict)
    requests: Mapping[str, str] = field(default_factory=dict)
    observations: tuple[ServiceObservation, ...] = ()

    def __post_init__(self) -> None:
        prefixes = [service.prefix for service in self.services]
        ids = [service.service_id for service in self.services]
        if len(set(prefixes)) != len(prefixes) or len(set(ids)) != len(ids):
            raise LineInvalid("two services share a letter or an id: their numbers could not be told apart")
        for service in self.services:
            if len(service.prefix) != 1 or not "A" <= service.prefix <= "Z":
                raise LineInvalid(
                    f"service {service.service_id}: the prefix must be one letter A-Z, not {service.prefix!r}"
                )

    def service(self, service_id: str) -> Service | None:
        return next((service for service in self.services if service.service_id == service_id), None)

    def reserved(self) -> tuple[Ticket, ...]:
        """Numbers whose paper is not proven, oldest first."""
        return tuple(ticket for ticket in self.tickets.values() if ticket.state is TicketState.RESERVED)

    def current(self, window: str) -> Ticket | None:
        """The ticket that is called to or served at a window."""
        number = self.at_window.get(window)
        return None if number is None else self.tickets[number]

    def waiting_tickets(self, services: Iterable[str] | None = None, window: str | None = None) -> tuple[Ticket, ...]:
        """The tickets that can be called, in the order of arrival: those of `services` (`None`: all), without those
        kept for another window than `window` (`None`: with them)."""
        wanted = None if services is None else frozenset(services)
        return tuple(
            ticket
            for ticket in map(self.tickets.__getitem__, self.waiting)
            if (wanted is None or ticket.service_id in wanted)
            and (window is None or ticket.window is None or ticket.window == window)
        )


@dataclass(frozen=True, slots=True)
class Step:
    """What a verb has done: the line after it and the facts to be journaled before anything else happens; or a
    refusal, with the line as it was. `ticket` is the ticket it was about, as it stands after the step."""

    line: Line
    facts: tuple[Fact, ...] = ()
    ticket: Ticket | None = None
    refusal: Refusal | None = None


# Folding: the line from its facts.


def _with(mapping: Mapping[str, int], key: str, value: int) -> Mapping[str, int]:
    return {**mapping, key: value}


def _put(line: Line, ticket: Ticket) -> Line:
    return replace(line, tickets={**line.tickets, ticket.number: ticket})


def _get(line: Line, number: str, fact: Fact, *states: TicketState) -> Ticket:
    ticket = line.tickets.get(number)
    if ticket is None or ticket.state not in states:
        state = "unknown" if ticket is None else ticket.state.value
        raise LineInvalid(f"{type(fact).__name__} does not follow for {number}, which is {state}")
    return ticket


def _leave_window(line: Line, ticket: Ticket) -> Line:
    return replace(line, at_window={w: number for w, number in line.at_window.items() if number != ticket.number})


def _without(line: Line, number: str) -> tuple[str, ...]:
    return tuple(other for other in line.waiting if other != number)


def _join(line: Line, ticket: Ticket) -> tuple[str, ...]:
    """The waiting numbers with `ticket` put at its place by the order of reservation: before the first that came
    later."""
    for index, other in enumerate(line.waiting):
        if line.tickets[other].ordinal > ticket.ordinal:
            return (*line.waiting[:index], ticket.number, *line.waiting[index:])
    return (*line.waiting, ticket.number)


def _day_begun(line: Line, fact: DayBegun) -> Line:
    if line.business_date is not None and fact.business_date <= line.business_date:
        raise LineInvalid(f"the business date cannot go from {line.business_date} to {fact.business_date}")
    return Line(line.services, line.rules, fact.business_date, observations=line.observations)


def _number_reserved(line: Line, fact: NumberReserved) -> Line:
    service = line.service(fact.service_id)
    given = line.last_given.get(fact.service_id, 0)
    number = int(fact.number[1:]) if fact.number[1:].isdecimal() else 0
    # A service that is no longer configured keeps its numbers; a known one must go on exactly where it stopped.
    if fact.number in line.tickets or number != given + 1 or (service and service.prefix != fact.number[0]):
        raise LineInvalid(f"number {fact.number} does not follow number {given} of {fact.service_id}")
    if fact.business_date != line.business_date:
        raise LineInvalid(f"number {fact.number} is of {fact.business_date}, the line of {line.business_date}")
    ticket = Ticket(
        number=fact.number,
        service_id=fact.service_id,
        business_date=fact.business_date,
        priority=fact.priority,
        state=TicketState.RESERVED,
        ordinal=len(line.tickets) + 1,
        request_id=fact.request_id,
        owner=fact.owner,
        order_id=fact.order_id,
        reserved_at_ms=fact.at_ms,
    )
    line = replace(line, last_given=_with(line.last_given, fact.service_id, number))
    return _put(replace(line, requests={**line.requests, fact.request_id: fact.number}), ticket)


def _printed(line: Line, fact: TicketPrinted) -> Line:
    ticket = replace(_get(line, fact.number, fact, TicketState.RESERVED), state=TicketState.WAITING)
    return replace(_put(line, ticket), waiting=_join(line, ticket))


def _voided(line: Line, fact: TicketVoided) -> Line:
    ticket = _get(line, fact.number, fact, TicketState.RESERVED, TicketState.NO_SHOW, *CALLABLE, *AT_A_WINDOW)
    line = replace(_leave_window(line, ticket), waiting=_without(line, fact.number))
    return _put(line, replace(ticket, state=TicketState.VOIDED, window=None, finished_at_ms=fact.at_ms))


def _called(line: Line, fact: TicketCalled) -> Line:
    ticket = _get(line, fact.number, fact, *CALLABLE)
    if fact.window in line.at_window:
        raise LineInvalid(f"{fact.number} called to window {fact.window}, which has {line.at_window[fact.window]}")
    run = line.priority_run.get(fact.window, 0) + 1 if ticket.priority else 0
    line = replace(
        line,
        waiting=_without(line, fact.number),
        at_window={**line.at_window, fact.window: fact.number},
        priority_run=_with(line.priority_run, fact.window, run),
    )
    called = replace(
        ticket, state=TicketState.CALLED, window=fact.window, owner=fact.clerk, called_at_ms=fact.at_ms, recalls=0
    )
    return _put(line, called)


def _recalled(line: Line, fact: TicketRecalled) -> Line:
    ticket = _get(line, fact.number, fact, TicketState.CALLED)
    return _put(line, replace(ticket, called_at_ms=fact.at_ms, recalls=ticket.recalls + 1))


def _missed(line: Line, fact: TicketMissed) -> Line:
    ticket = _get(line, fact.number, fact, TicketState.CALLED)
    return _put(_leave_window(line, ticket), replace(ticket, state=TicketState.NO_SHOW, window=None))


def _reinstated(line: Line, fact: TicketReinstated) -> Line:
    ticket = _get(line, fact.number, fact, TicketState.NO_SHOW)
    of_service = [number for number in line.waiting if line.tickets[number].service_id == ticket.service_id]
    if fact.behind >= len(of_service):
        waiting: tuple[str, ...] = (*line.waiting, fact.number)
    else:
        index = line.waiting.index(of_service[fact.behind])
        waiting = (*line.waiting[:index], fact.number, *line.waiting[index:])
    return replace(
        _put(line, replace(ticket, state=TicketState.WAITING, window=None, owner=fact.owner, recalls=0)),
        waiting=waiting,
    )


def _begun(line: Line, fact: ServiceBegun) -> Line:
    ticket = _get(line, fact.number, fact, TicketState.CALLED)
    return _put(line, replace(ticket, state=TicketState.SERVING, begun_at_ms=fact.at_ms, finished_at_ms=None))


def _finished(line: Line, fact: ServiceFinished) -> Line:
    ticket = _get(line, fact.number, fact, TicketState.SERVING)
    begun = fact.at_ms if ticket.begun_at_ms is None else ticket.begun_at_ms
    seen = ServiceObservation(ticket.service_id, max(0, fact.at_ms - begun), ticket.priority)
    line = replace(_leave_window(line, ticket), observations=(*line.observations, seen)[-OBSERVATIONS_MAX:])
    return _put(line, replace(ticket, state=TicketState.SERVED, finished_at_ms=fact.at_ms))


def _transferred(line: Line, fact: TicketTransferred) -> Line:
    ticket = _get(line, fact.number, fact, *AT_A_WINDOW)
    moved = replace(
        ticket,
        state=TicketState.TRANSFERRED,
        service_id=fact.to_service_id,
        window=fact.to_window,
        owner=fact.to_owner,
        recalls=0,
    )
    line = _leave_window(line, ticket)
    return replace(_put(line, moved), waiting=_join(line, moved))


_APPLY: Final[dict[type[Fact], Callable[..., Line]]] = {
    DayBegun: _day_begun,
    NumberReserved: _number_reserved,
    TicketPrinted: _printed,
    TicketVoided: _voided,
    TicketCalled: _called,
    TicketRecalled: _recalled,
    TicketMissed: _missed,
    TicketReinstated: _reinstated,
    ServiceBegun: _begun,
    ServiceFinished: _finished,
    TicketTransferred: _transferred,
}


def apply(line: Line, fact: Fact) -> Line:
    """The line after one fact. Raises `LineInvalid` if the fact cannot follow: the journal and the program
    disagree."""
    return _APPLY[type(fact)](line, fact)


def fold(line: Line, facts: Iterable[Fact]) -> Line:
    """The line after all these facts: an empty `Line` with its services in, the line of the moment out."""
    for fact in facts:
        line = apply(line, fact)
    return line


def _done(line: Line, *facts: Fact, number: str | None = None) -> Step:
    after = fold(line, facts)
    return Step(after, facts, None if number is None else after.tickets[number])


def _refused(line: Line, reason: RefusalReason, detail: str = "", ticket: Ticket | None = None) -> Step:
    return Step(line, (), ticket, Refusal(reason, detail))


# Verbs: what may be asked of the line.


def begin_day(line: Line, business_date: date, at_ms: int) -> Step:
    """Starts a business date. Whatever of the day before is not at its end is voided, so that nothing is left
    without an end. The same date again does nothing; an earlier one is refused (the clock went back)."""
    if line.business_date is not None:
        if business_date == line.business_date:
            return Step(line)
        if business_date < line.business_date:
            return _refused(line, RefusalReason.DAY_GOES_BACK, f"{line.business_date} -> {business_date}")
    over = frozenset({TicketState.SERVED, TicketState.VOIDED})
    left = [ticket.number for ticket in line.tickets.values() if ticket.state not in over]
    ended = [TicketVoided(number, VoidReason.DAY_ENDED, at_ms) for number in left]
    return _done(line, *ended, DayBegun(business_date, at_ms))


def reserve(
    line: Line,
    service_id: str,
    at_ms: int,
    *,
    request_id: str,
    priority: bool = False,
    order_id: str | None = None,
    owner: str = "hall",
) -> Step:
    """Gives the next number of a service. It counts as a ticket only after `confirm_printed`. The same `request_id`
    again gives the same ticket and no new fact: a touch that is sent twice takes one number."""
    if (known := line.requests.get(request_id)) is not None:
        return Step(line, (), line.tickets[known])
    service = line.service(service_id)
    if service is None:
        return _refused(line, RefusalReason.UNKNOWN_SERVICE, service_id)
    if line.business_date is None:
        return _refused(line, RefusalReason.NO_DAY)
    if priority and not service.priority_allowed:
        return _refused(line, RefusalReason.PRIORITY_NOT_ALLOWED, service_id)
    given = line.last_given.get(service_id, 0)
    if given >= NUMBER_MAX:
        return _refused(line, RefusalReason.EXHAUSTED, service_id)
    number = f"{service.prefix}{given + 1:03d}"
    fact = NumberReserved(number, service_id, line.business_date, priority, request_id, order_id, owner, at_ms)
    return _done(line, fact, number=number)


def _about(line: Line, number: str, *states: TicketState) -> Ticket | Step:
    ticket = line.tickets.get(number)
    if ticket is None:
        return _refused(line, RefusalReason.UNKNOWN_TICKET, number)
    if ticket.state not in states:
        return _refused(line, RefusalReason.WRONG_STATE, ticket.state.value, ticket)
    return ticket


def confirm_printed(line: Line, number: str, at_ms: int) -> Step:
    """The dispenser has proven the paper: from now on the ticket waits."""
    ticket = _about(line, number, TicketState.RESERVED)
    if isinstance(ticket, Step):
        return ticket
    return _done(line, TicketPrinted(number, at_ms), number=number)


def void(line: Line, number: str, reason: VoidReason, at_ms: int) -> Step:
    """Ends a ticket without service. Its number is not given again today."""
    ticket = _about(line, number, TicketState.RESERVED, TicketState.NO_SHOW, *CALLABLE, *AT_A_WINDOW)
    if isinstance(ticket, Step):
        return ticket
    return _done(line, TicketVoided(number, reason, at_ms), number=number)


def calling_order(tickets: Iterable[Ticket], run: int, in_a_row_max: int) -> Iterator[Ticket]:
    """The order in which one window would call these tickets, after `run` priority tickets in a row."""
    priority: list[Ticket] = []
    normal: list[Ticket] = []
    for ticket in tickets:
        (priority if ticket.priority else normal).append(ticket)
    priority.reverse()
    normal.reverse()
    while priority or normal:
        if priority and (run < in_a_row_max or not normal):
            run += 1
            yield priority.pop()
        else:
            run = 0
            yield normal.pop()


def call(line: Line, window: str, services: Iterable[str], at_ms: int, *, clerk: str) -> Step:
    """Calls the next ticket of these services to a window that has none."""
    if (current := line.current(window)) is not None:
        return _refused(line, RefusalReason.WINDOW_BUSY, current.number, current)
    tickets = line.waiting_tickets(services, window)
    run = line.priority_run.get(window, 0)
    following = next(calling_order(tickets, run, line.rules.priority_in_a_row_max), None)
    if following is None:
        return _refused(line, RefusalReason.NOBODY_WAITING)
    return _done(line, TicketCalled(following.number, window, clerk, at_ms), number=following.number)


def call_number(line: Line, window: str, number: str, at_ms: int, *, clerk: str) -> Step:
    """Calls one ticket out of its turn."""
    if (current := line.current(window)) is not None:
        return _refused(line, RefusalReason.WINDOW_BUSY, current.number, current)
    ticket = _about(line, number, *CALLABLE)
    if isinstance(ticket, Step):
        return ticket
    if ticket.window is not None and ticket.window != window:
        return _refused(line, RefusalReason.WRONG_WINDOW, ticket.window, ticket)
    return _done(line, TicketCalled(number, window, clerk, at_ms), number=number)


def _at(line: Line, window: str, number: str, *states: TicketState) -> Ticket | Step:
    ticket = _about(line, number, *states)
    if isinstance(ticket, Ticket) and ticket.window != window:
        return _refused(line, RefusalReason.WRONG_WINDOW, ticket.window or "", ticket)
    return ticket


def recall(line: Line, window: str, number: str, at_ms: int) -> Step:
    """Calls the ticket again, not sooner and not more often than the rules say."""
    ticket = _at(line, window, number, TicketState.CALLED)
    if isinstance(ticket, Step):
        return ticket
    if ticket.recalls >= line.rules.recalls_max:
        return _refused(line, RefusalReason.RECALLED_OFTEN, str(ticket.recalls), ticket)
    since = None if ticket.called_at_ms is None else at_ms - ticket.called_at_ms
    if since is not None and 0 <= since < line.rules.recall_interval_ms_min:
        return _refused(line, RefusalReason.RECALLED_TOO_SOON, f"{since} ms", ticket)
    return _done(line, TicketRecalled(number, window, at_ms), number=number)


def no_show(line: Line, window: str, number: str, at_ms: int) -> Step:
    """Nobody came: the window is free, the ticket can be reinstated."""
    ticket = _at(line, window, number, TicketState.CALLED)
    if isinstance(ticket, Step):
        return ticket
    return _done(line, TicketMissed(number, window, at_ms), number=number)


def reinstate(line: Line, number: str, at_ms: int, *, owner: str) -> Step:
    """The customer who missed the call has come: back into the line, `rules.reinstate_behind` places from the head
    of the service."""
    ticket = _about(line, number, TicketState.NO_SHOW)
    if isinstance(ticket, Step):
        return ticket
    return _done(line, TicketReinstated(number, line.rules.reinstate_behind, owner, at_ms), number=number)


def serve(line: Line, window: str, number: str, at_ms: int) -> Step:
    """The customer is at the window."""
    ticket = _at(line, window, number, TicketState.CALLED)
    if isinstance(ticket, Step):
        return ticket
    return _done(line, ServiceBegun(number, window, at_ms), number=number)


def finish(line: Line, window: str, number: str, at_ms: int) -> Step:
    """The customer has been served."""
    ticket = _at(line, window, number, TicketState.SERVING)
    if isinstance(ticket, Step):
        return ticket
    return _done(line, ServiceFinished(number, window, at_ms), number=number)


def transfer(
    line: Line, window: str, number: str, at_ms: int, *, to_owner: str, to_service_id: str, to_window: str | None = None
) -> Step:
    """Hands a customer on, to a service or to one window of it. The ticket keeps its number, its order and its place
    by the time of its arrival; `to_owner` answers for it from now on (H42)."""
    ticket = _at(line, window, number, *AT_A_WINDOW)
    if isinstance(ticket, Step):
        return ticket
    if line.service(to_service_id) is None:
        return _refused(line, RefusalReason.UNKNOWN_SERVICE, to_service_id, ticket)
    if to_window == window and to_service_id == ticket.service_id:
        return _refused(line, RefusalReason.WRONG_WINDOW, window, ticket)
    fact = TicketTransferred(number, window, ticket.owner, to_service_id, to_window, to_owner, at_ms)
    return _done(line, fact, number=number)


def recover(line: Line, at_ms: int, *, proven: frozenset[str] = frozenset()) -> Step:
    """After a restart: every number that is still reserved is void, unless the proof of its paper is on record
    (`proven`), which makes it a ticket. Nobody may be left holding a number that is not in the line."""
    facts: list[Fact] = [
        TicketPrinted(ticket.number, at_ms)
        if ticket.number in proven
        else TicketVoided(ticket.number, VoidReason.RESTART, at_ms)
        for ticket in line.reserved()
    ]
    return _done(line, *facts)
