"""A ticket is reserved on the journal, printed, and counts only when the paper is proven: else its number is burned and
said to be void."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kiosk.effects import Append, Effect, PrintTicket
from kiosk.moment import Moment
from kiosk.tickets import papers
from storage.records import NewRecord
from ticketing.facts import Fact, NumberReserved, VoidReason, encode
from ticketing.line import Line, Ticket, TicketState, confirm_printed, reserve, void
from ticketing.line import Step as LineStep
from ticketing.waiting import WaitEstimate, ahead, estimate

PRINT_S = 60.0


class TicketPhase(StrEnum):
    CLOSED = "closed"
    SERVICES = "services"
    PRINTING = "printing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TicketVisit:
    """Somebody takes a ticket. `order_id`: what is carried over to the counter (H43). `failure`: a message code."""

    phase: TicketPhase = TicketPhase.CLOSED
    priority: bool = False
    order_id: str | None = None
    number: str = ""
    job_id: str = ""
    ahead: int = 0
    wait: WaitEstimate | None = None
    failure: str = ""
    deadline_s: float | None = None


@dataclass(frozen=True, slots=True)
class TicketHouse:
    """What the step may know: the clock, the seconds a person gets, whether the dispenser can print, and what the paper
    says."""

    moment: Moment
    choose_s: float
    done_s: float
    can_print: bool
    hall_name: str
    service_phone: str
    columns: int
    request_id: str
    windows_open: int


@dataclass(frozen=True, slots=True)
class TicketStep:
    visit: TicketVisit
    line: Line
    effects: tuple[Effect, ...] = ()


def at_ms(wall: datetime) -> int:
    """The line's times: milliseconds since 1970 UTC."""
    return int(wall.timestamp() * 1000)


def facts_to_records(line: Line, facts: tuple[Fact, ...]) -> tuple[NewRecord, ...]:
    """The line's facts as journal records. A reserved number can stand in the journal once: no number is given twice,
    whoever asks."""
    records = []
    for fact in facts:
        kind, body = encode(fact)
        day = line.business_date.isoformat() if line.business_date else ""
        key = f"ticket:{day}:{fact.number}" if isinstance(fact, NumberReserved) else None
        records.append(NewRecord(kind, f"queue:{day}", body, key=key))
    return tuple(records)


def job_of(ticket: Ticket) -> str:
    """The print job's id. Its last part is the number."""
    return f"ticket/{ticket.business_date.isoformat()}/{ticket.number}"


def ask(visit: TicketVisit, line: Line, house: TicketHouse, *, priority: bool, order_id: str | None) -> TicketStep:
    """Which service?"""
    asked = TicketVisit(
        TicketPhase.SERVICES, priority=priority, order_id=order_id, deadline_s=house.moment.mono_s + house.choose_s
    )
    return TicketStep(asked, line)


def set_priority(visit: TicketVisit, line: Line, house: TicketHouse, wanted: bool) -> TicketStep:
    return TicketStep(replace(visit, priority=wanted), line)


def choose(visit: TicketVisit, line: Line, house: TicketHouse, service_id: str) -> TicketStep:
    """Reserves the number and prints it. Touching twice takes one ticket: the second touch finds no question up any
    more."""
    if visit.phase is not TicketPhase.SERVICES:
        return TicketStep(visit, line)
    if not house.can_print:
        return _failed(visit, line, house, "tickets_down")
    service = line.service(service_id)
    priority = visit.priority and service is not None and service.priority_allowed
    step = reserve(
        line,
        service_id,
        at_ms(house.moment.wall),
        request_id=house.request_id,
        priority=priority,
        order_id=visit.order_id,
    )
    if step.refusal is not None or step.ticket is None or service is None:
        exhausted = step.refusal is not None and step.refusal.reason.value == "exhausted"
        return _failed(visit, line, house, "ticket.exhausted" if exhausted else "ticket.service_closed")
    ticket = step.ticket
    job_id = job_of(ticket)
    # What the paper says is what will be true once it is proven printed.
    waiting = confirm_printed(step.line, ticket.number, at_ms(house.moment.wall)).line
    before = ahead(waiting, ticket.number) or 0
    wait = estimate(waiting, ticket.number, house.windows_open)
    printing = replace(
        visit,
        phase=TicketPhase.PRINTING,
        priority=priority,
        number=ticket.number,
        job_id=job_id,
        ahead=before,
        wait=wait,
        deadline_s=house.moment.mono_s + PRINT_S,
    )
    intended = NewRecord("print.intended", job_id, {"job_id": job_id, "paper": "ticket"}, key=f"print:{job_id}")
    document = papers.ticket(ticket, service, before, wait, house)
    effects = (Append((*facts_to_records(step.line, step.facts), intended)), PrintTicket(job_id, document))
    return TicketStep(printing, step.line, effects)


_VOID_WHY: Mapping[str, tuple[VoidReason, str]] = {
    "refused": (VoidReason.NOT_PRINTED, "ticket.not_printed"),
    "unknown": (VoidReason.PRINT_UNKNOWN, "ticket.maybe_printed"),
}


def printed(
    visit: TicketVisit, line: Line, house: TicketHouse, *, job_id: str, outcome: str, proof: str, detail: str
) -> TicketStep:
    """Proven: the ticket waits. Anything else: the number is burned."""
    number = job_id.rpartition("/")[2]
    ticket = line.tickets.get(number)
    if ticket is None or ticket.state is not TicketState.RESERVED:
        return TicketStep(visit, line)  # booked already: a proof that comes after the wait was over changes nothing
    finished = NewRecord(
        f"print.{outcome}", job_id, {"job_id": job_id, "proof": proof, "detail": detail}, key=f"print:{job_id}:outcome"
    )
    step: LineStep
    if outcome == "printed":
        step = confirm_printed(line, number, at_ms(house.moment.wall))
    else:
        step = void(line, number, _VOID_WHY[outcome][0], at_ms(house.moment.wall))
    effects: tuple[Effect, ...] = (Append((finished, *facts_to_records(step.line, step.facts))),)
    if visit.job_id != job_id:
        return TicketStep(visit, step.line, effects)
    if outcome == "printed":
        done = replace(visit, phase=TicketPhase.DONE, deadline_s=house.moment.mono_s + house.done_s)
        return TicketStep(done, step.line, effects)
    failed = _failed(visit, step.line, house, _VOID_WHY[outcome][1])
    return TicketStep(failed.visit, step.line, effects)


def time_up(visit: TicketVisit, line: Line, house: TicketHouse) -> TicketStep:
    if visit.phase is TicketPhase.PRINTING:
        return printed(
            visit, line, house, job_id=visit.job_id, outcome="unknown", proof="none", detail="no outcome in time"
        )
    return TicketStep(TicketVisit(), line)


def _failed(visit: TicketVisit, line: Line, house: TicketHouse, why: str) -> TicketStep:
    deadline = house.moment.mono_s + house.done_s
    return TicketStep(replace(visit, phase=TicketPhase.FAILED, failure=why, deadline_s=deadline), line)


def after_restart(line: Line, now_ms: int) -> tuple[Line, tuple[NewRecord, ...]]:
    """Numbers whose paper was never proven are void: nobody can be said to hold them."""
    records: tuple[NewRecord, ...] = ()
    for ticket in line.reserved():
        job_id = job_of(ticket)
        body = {"job_id": job_id, "proof": "none", "detail": "the hall was cut off while it printed"}
        unknown = NewRecord("print.unknown", job_id, body, key=f"print:{job_id}:outcome")
        step = void(line, ticket.number, VoidReason.RESTART, now_ms)
        line, records = step.line, (*records, unknown, *facts_to_records(step.line, step.facts))
    return line, records
