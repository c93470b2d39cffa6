"""The verbs of the line, one rule a test."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.facts import (
    DayBegun,
    NumberReserved,
    TicketCalled,
    TicketPrinted,
    TicketTransferred,
    TicketVoided,
    VoidReason,
)
from ticketing.line import (
    NUMBER_MAX,
    CallingRules,
    Line,
    LineInvalid,
    RefusalReason,
    Service,
    Step,
    TicketState,
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

Take = Callable[..., tuple[Line, str]]


@pytest.fixture
def take() -> Take:
    """Takes a ticket that is proven printed."""

    def take_one(
        line: Line, service_id: str = "top_up", *, priority: bool = False, order_id: str | None = None
    ) -> tuple[Line, str]:
        step = reserve(line, service_id, 0, request_id=f"r{len(line.requests)}", priority=priority, order_id=order_id)
        assert step.ticket is not None
        return confirm_printed(step.line, step.ticket.number, 0).line, step.ticket.number

    return take_one


def reason(step: Step) -> RefusalReason | None:
    return step.refusal.reason if step.refusal else None


def called(line: Line, window: str = "1", services: tuple[str, ...] = ("top_up",), at_ms: int = 0) -> tuple[Line, str]:
    step = call(line, window, services, at_ms, clerk="clerk:li")
    assert step.ticket is not None, step.refusal
    return step.line, step.ticket.number


def test_numbers_are_a_letter_and_three_digits_from_001(line: Line, take: Take) -> None:
    line, first = take(line)
    line, second = take(line)
    line, other = take(line, "bills")
    assert (first, second, other) == ("A001", "A002", "B001")


def test_a_number_counts_only_when_its_paper_is_proven(line: Line) -> None:
    step = reserve(line, "top_up", 5, request_id="r")
    assert step.facts == (NumberReserved("A001", "top_up", date(2026, 11, 23), False, "r", None, "hall", 5),)
    assert step.ticket is not None
    assert step.ticket.state is TicketState.RESERVED
    assert reason(call(step.line, "1", ("top_up",), 6, clerk="c")) is RefusalReason.NOBODY_WAITING
    printed = confirm_printed(step.line, "A001", 7)
    assert printed.facts == (TicketPrinted("A001", 7),)
    assert called(printed.line)[1] == "A001"


def test_a_number_that_was_not_printed_is_burned(line: Line) -> None:
    line = reserve(line, "top_up", 0, request_id="r1").line
    line = void(line, "A001", VoidReason.PRINT_UNKNOWN, 1).line
    step = reserve(line, "top_up", 2, request_id="r2")
    assert step.ticket is not None
    assert step.ticket.number == "A002"
    assert reason(confirm_printed(step.line, "A001", 3)) is RefusalReason.WRONG_STATE


def test_the_same_request_takes_one_number_however_often_it_comes(line: Line) -> None:
    first = reserve(line, "top_up", 0, request_id="r")
    again = reserve(first.line, "top_up", 1, request_id="r")
    assert again.facts == ()
    assert again.ticket == first.ticket
    assert again.line is first.line


def test_the_last_number_is_999_and_then_there_is_a_refusal(line: Line) -> None:
    for index in range(NUMBER_MAX):
        line = reserve(line, "top_up", 0, request_id=f"r{index}").line
    assert "A999" in line.tickets
    assert reason(reserve(line, "top_up", 0, request_id="one more")) is RefusalReason.EXHAUSTED
    assert reserve(line, "bills", 0, request_id="other").ticket is not None


def test_what_cannot_be_reserved_is_refused_by_name(line: Line) -> None:
    assert reason(reserve(line, "nonsense", 0, request_id="r")) is RefusalReason.UNKNOWN_SERVICE
    assert reason(reserve(line, "bills", 0, request_id="r", priority=True)) is RefusalReason.PRIORITY_NOT_ALLOWED
    assert reason(reserve(Line(line.services), "top_up", 0, request_id="r")) is RefusalReason.NO_DAY


def test_the_first_who_came_is_called_first_among_the_services_of_the_window(line: Line, take: Take) -> None:
    line, _ = take(line, "bills")
    line, _ = take(line, "top_up")
    line, _ = take(line, "bills")
    line, number = called(line, "1", ("bills", "top_up"))
    assert number == "B001"
    line, number = called(line, "2", ("top_up",))
    assert number == "A001"
    line, number = called(line, "3", ("bills", "top_up"))
    assert number == "B002"


def test_priority_goes_first_but_never_more_than_two_in_a_row(line: Line, take: Take) -> None:
    for _ in range(3):
        line, _ = take(line)
    for _ in range(5):
        line, _ = take(line, priority=True)
    order = []
    for at_ms in range(8):
        line, number = called(line)
        order.append(number)
        line = no_show(line, "1", number, at_ms).line
    assert order == ["A004", "A005", "A001", "A006", "A007", "A002", "A008", "A003"]


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 4))
def test_nobody_is_overtaken_by_more_priority_tickets_in_a_row_than_the_rule_allows(
    kinds: list[bool], most: int
) -> None:
    line = begin_day(Line((Service("s", "A", "购气", "Gas"),), CallingRules(most)), date(2026, 11, 23), 0).line
    for index, priority in enumerate(kinds):
        number = f"A{index + 1:03d}"
        line = confirm_printed(reserve(line, "s", 0, request_id=number, priority=priority).line, number, 0).line
    foretold = {number: ahead(line, number) for number in line.waiting}
    run, order = 0, []
    while line.waiting:
        normal_waits = any(not ticket.priority for ticket in line.waiting_tickets())
        line, number = called(line, "1", ("s",))
        run = run + 1 if line.tickets[number].priority else 0
        assert run <= most or not normal_waits
        order.append(number)
        line = no_show(line, "1", number, 0).line
    assert sorted(order) == sorted(foretold)
    assert [foretold[number] for number in order] == list(range(len(order)))


def test_a_window_has_one_ticket_and_a_ticket_one_window(line: Line, take: Take) -> None:
    line, _ = take(line)
    line, _ = take(line)
    line, number = called(line, "1")
    busy = call(line, "1", ("top_up",), 1, clerk="c")
    assert reason(busy) is RefusalReason.WINDOW_BUSY
    assert called(line, "2")[1] != number
    assert reason(call_number(line, "2", number, 1, clerk="c")) is RefusalReason.WRONG_STATE
    assert reason(serve(line, "2", number, 1)) is RefusalReason.WRONG_WINDOW
    assert reason(finish(line, "1", number, 1)) is RefusalReason.WRONG_STATE


def test_a_ticket_is_recalled_not_too_soon_and_not_too_often(line: Line, take: Take) -> None:
    line, number = take(line)
    line, _ = called(line, at_ms=1_000)
    assert reason(recall(line, "1", number, 10_999)) is RefusalReason.RECALLED_TOO_SOON
    line = recall(line, "1", number, 11_000).line
    assert reason(recall(line, "1", number, 12_000)) is RefusalReason.RECALLED_TOO_SOON
    line = recall(line, "1", number, 21_000).line
    assert reason(recall(line, "1", number, 90_000)) is RefusalReason.RECALLED_OFTEN
    assert line.tickets[number].recalls == 2


def test_a_clock_that_steps_back_does_not_forbid_the_recall(line: Line, take: Take) -> None:
    line, number = take(line)
    line, _ = called(line, at_ms=1_000_000)
    assert recall(line, "1", number, 500).refusal is None


def test_who_missed_the_call_comes_back_three_places_on(line: Line, take: Take) -> None:
    for _ in range(6):
        line, _ = take(line)
    line, missed = called(line)
    step = no_show(line, "1", missed, 1)
    assert step.ticket is not None
    assert step.ticket.state is TicketState.NO_SHOW
    assert step.line.current("1") is None
    line = reinstate(step.line, missed, 2, owner="clerk:li").line
    assert line.waiting == ("A002", "A003", "A004", "A001", "A005", "A006")
    assert line.tickets[missed].owner == "clerk:li"


def test_who_missed_the_call_of_a_short_line_comes_last(line: Line, take: Take) -> None:
    line, _ = take(line)
    line, _ = take(line)
    line, missed = called(line)
    line = reinstate(no_show(line, "1", missed, 1).line, missed, 2, owner="c").line
    assert line.waiting == ("A002", "A001")


def test_a_transfer_keeps_number_order_and_place_and_names_both_owners(line: Line, take: Take) -> None:
    line, number = take(line, order_id="order-7")
    line, _ = take(line, "bills")
    line, _ = called(line)
    line = serve(line, "1", number, 1).line
    step = transfer(line, "1", number, 2, to_owner="clerk:wang", to_service_id="bills", to_window="2")
    assert step.facts == (TicketTransferred("A001", "1", "clerk:li", "bills", "2", "clerk:wang", 2),)
    assert step.ticket is not None
    assert (step.ticket.state, step.ticket.owner) == (TicketState.TRANSFERRED, "clerk:wang")
    assert step.ticket.order_id == "order-7"
    assert called(step.line, "3", ("bills",))[1] == "B001"
    line, first = called(step.line, "2", ("bills",))
    assert first == number
    assert line.tickets[number].state is TicketState.CALLED


def test_a_transferred_ticket_waits_for_its_window_alone(line: Line, take: Take) -> None:
    line, number = take(line)
    line, _ = called(line)
    line = transfer(line, "1", number, 1, to_owner="c", to_service_id="top_up", to_window="2").line
    assert reason(call(line, "3", ("top_up",), 2, clerk="c")) is RefusalReason.NOBODY_WAITING
    assert reason(call_number(line, "3", number, 2, clerk="c")) is RefusalReason.WRONG_WINDOW
    assert call_number(line, "2", number, 2, clerk="c").refusal is None


def test_a_transfer_to_where_it_is_or_to_nowhere_is_refused(line: Line, take: Take) -> None:
    line, number = take(line)
    line, _ = called(line)
    back = transfer(line, "1", number, 1, to_owner="c", to_service_id="top_up", to_window="1")
    assert reason(back) is RefusalReason.WRONG_WINDOW
    nowhere = transfer(line, "1", number, 1, to_owner="c", to_service_id="nonsense")
    assert reason(nowhere) is RefusalReason.UNKNOWN_SERVICE


def test_every_ticket_has_an_owner_from_its_first_moment(line: Line, take: Take) -> None:
    line, number = take(line)
    assert line.tickets[number].owner == "hall"
    line, _ = called(line)
    assert line.tickets[number].owner == "clerk:li"


def test_a_served_ticket_is_an_observation(line: Line, take: Take) -> None:
    line, number = take(line)
    line, _ = called(line, at_ms=1_000)
    line = serve(line, "1", number, 2_000).line
    line = finish(line, "1", number, 182_000).line
    assert line.tickets[number].state is TicketState.SERVED
    assert [one.duration_ms for one in line.observations] == [180_000]
    assert line.current("1") is None


def test_after_a_restart_a_number_without_proof_is_void_and_a_proven_one_waits(line: Line) -> None:
    for index in range(3):
        line = reserve(line, "top_up", 0, request_id=f"r{index}").line
    step = recover(line, 9, proven=frozenset({"A002"}))
    assert step.facts == (
        TicketVoided("A001", VoidReason.RESTART, 9),
        TicketPrinted("A002", 9),
        TicketVoided("A003", VoidReason.RESTART, 9),
    )
    assert step.line.waiting == ("A002",)
    assert step.line.reserved() == ()
    assert recover(step.line, 10).facts == ()


def test_a_proof_that_comes_late_puts_the_ticket_where_its_number_belongs(line: Line) -> None:
    for index in range(2):
        line = reserve(line, "top_up", 0, request_id=f"r{index}").line
    line = confirm_printed(line, "A002", 1).line
    line = confirm_printed(line, "A001", 2).line
    assert line.waiting == ("A001", "A002")


def test_a_new_day_ends_what_is_open_and_starts_at_001(line: Line, take: Take) -> None:
    line, _ = take(line)
    line, _ = take(line)
    line, _ = called(line)
    step = begin_day(line, date(2026, 11, 24), 99)
    assert step.facts == (
        TicketVoided("A001", VoidReason.DAY_ENDED, 99),
        TicketVoided("A002", VoidReason.DAY_ENDED, 99),
        DayBegun(date(2026, 11, 24), 99),
    )
    fresh = reserve(step.line, "top_up", 100, request_id="r0")
    assert fresh.ticket is not None
    assert (fresh.ticket.number, fresh.ticket.business_date) == ("A001", date(2026, 11, 24))


def test_a_day_begins_once_and_never_goes_back(line: Line) -> None:
    assert begin_day(line, date(2026, 11, 23), 1) == Step(line)
    assert reason(begin_day(line, date(2026, 11, 22), 1)) is RefusalReason.DAY_GOES_BACK


def test_ahead_counts_who_is_called_before(line: Line, take: Take) -> None:
    for _ in range(3):
        line, _ = take(line)
    line, _ = take(line, "bills")
    line, old = take(line, priority=True)
    # the priority ticket is next; the others wait for it too
    assert [ahead(line, number) for number in ("A001", "A002", "A003", old, "B001")] == [1, 2, 3, 0, 0]
    step = reserve(line, "top_up", 0, request_id="new")
    assert step.ticket is not None
    assert ahead(step.line, step.ticket.number) == 4
    line, _ = called(line)
    assert ahead(line, "A001") == 0
    assert ahead(line, old) is None
    assert ahead(line, "Z999") is None


def test_a_fact_that_cannot_follow_is_a_broken_journal(line: Line) -> None:
    with pytest.raises(LineInvalid, match="A001"):
        fold(line, [TicketPrinted("A001", 0)])
    with pytest.raises(LineInvalid, match="A005"):
        fold(line, [NumberReserved("A005", "top_up", date(2026, 11, 23), False, "r", None, "hall", 0)])
    line = confirm_printed(reserve(line, "top_up", 0, request_id="r").line, "A001", 0).line
    with pytest.raises(LineInvalid, match="does not follow"):
        fold(line, [TicketCalled("A001", "1", "c", 0), TicketCalled("A001", "2", "c", 0)])


def test_services_that_could_not_be_told_apart_are_refused() -> None:
    with pytest.raises(LineInvalid, match="share"):
        Line((Service("a", "A", "甲", "a"), Service("b", "A", "乙", "b")))
    with pytest.raises(LineInvalid, match="A-Z"):
        Line((Service("a", "甲", "甲", "a"),))
    with pytest.raises(LineInvalid, match="at least 1"):
        CallingRules(priority_in_a_row_max=0)
