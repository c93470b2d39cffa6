"""Taking a queue ticket: what the machine of the ticket does that the scenarios hardly reach."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from kiosk.effects import Append, PrintTicket
from kiosk.moment import ClockQuality, Moment
from kiosk.tickets.machine import TicketHouse, TicketPhase, TicketStep, TicketVisit, ask, choose, printed, time_up
from ticketing.line import CallingRules, Line, Service, begin_day

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
HOUSE = TicketHouse(
    moment=Moment(10.0, MORNING, ClockQuality.SYNCHRONISED),
    choose_s=60.0,
    done_s=20.0,
    can_print=True,
    hall_name="城东燃气营业厅",
    service_phone="0571-96777",
    columns=48,
    request_id="boot-1/7",
    windows_open=2,
)


@pytest.fixture
def line() -> Line:
    return begin_day(Line((Service("top-up", "A", "购气充值", "Buy gas"),), CallingRules()), date(2026, 11, 23), 0).line


def _chosen(line: Line, house: TicketHouse = HOUSE, *, order_id: str | None = None) -> TicketStep:
    asked = ask(TicketVisit(), line, house, priority=False, order_id=order_id)
    return choose(asked.visit, asked.line, house, "top-up")


def _finish(step: TicketStep, outcome: str) -> TicketStep:
    job = step.visit.job_id
    return printed(step.visit, step.line, HOUSE, job_id=job, outcome=outcome, proof="process_id", detail="")


def test_the_last_number_of_the_day_is_followed_by_none(line: Line) -> None:
    step = _chosen(replace(line, last_given={"top-up": 999}))
    assert (step.visit.phase, step.visit.failure, step.effects) == (TicketPhase.FAILED, "ticket.exhausted", ())


def test_a_service_that_is_not_there_gives_no_number(line: Line) -> None:
    asked = ask(TicketVisit(), line, HOUSE, priority=False, order_id=None)
    step = choose(asked.visit, line, HOUSE, "weddings")
    assert (step.visit.failure, step.effects) == ("ticket.service_closed", ())


def test_no_number_is_reserved_while_the_dispenser_cannot_print(line: Line) -> None:
    step = _chosen(line, replace(HOUSE, can_print=False))
    assert (step.visit.failure, step.line) == ("tickets_down", line)


def test_touching_twice_takes_one_ticket(line: Line) -> None:
    step = _chosen(line)
    again = choose(step.visit, step.line, HOUSE, "top-up")
    assert (again.effects, again.line) == ((), step.line)


def test_the_number_waits_only_when_its_paper_is_proven(line: Line) -> None:
    step = _chosen(line)
    assert [type(effect) for effect in step.effects] == [Append, PrintTicket]
    assert step.line.waiting_tickets() == ()
    assert [ticket.number for ticket in _finish(step, "printed").line.waiting_tickets()] == ["A001"]


@pytest.mark.parametrize(
    ("outcome", "failure"), [("refused", "ticket.not_printed"), ("unknown", "ticket.maybe_printed")]
)
def test_a_paper_that_is_not_proven_burns_its_number(line: Line, outcome: str, failure: str) -> None:
    step = _finish(_chosen(line), outcome)
    assert (step.visit.failure, step.line.waiting_tickets()) == (failure, ())
    assert _chosen(step.line, replace(HOUSE, request_id="boot-1/12")).visit.number == "A002"


def test_a_proof_that_comes_after_the_wait_was_over_changes_nothing(line: Line) -> None:
    late = time_up(_chosen(line).visit, _chosen(line).line, HOUSE)
    assert late.visit.failure == "ticket.maybe_printed"
    again = printed(
        late.visit, late.line, HOUSE, job_id=late.visit.job_id, outcome="printed", proof="process_id", detail=""
    )
    assert (again.effects, again.line) == ((), late.line)


def test_nobody_who_chooses_is_no_ticket(line: Line) -> None:
    asked = ask(TicketVisit(), line, HOUSE, priority=True, order_id=None)
    assert time_up(asked.visit, line, HOUSE).visit == TicketVisit()


def test_the_paper_says_which_order_comes_along_and_hides_whose_it_is(line: Line) -> None:
    def words(order_id: str) -> str:
        paper = _chosen(line, order_id=order_id).effects[1]
        assert isinstance(paper, PrintTicket)
        return str(paper.document)

    assert "T01-20261123-0000018" in words("T01-20261123-0000018")
    assert "******0001" in words("customer:1000000001")
    assert "1000000001" not in words("customer:1000000001")
