"""Whatever a clerk, the clock and the power do, in whatever order."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from devices.printing import PrintOutcome
from kiosk.day.machine import next_due
from kiosk.day.state import PAPER_KINDS, Phase, business_date, fold
from kiosk.day.totals import day_totals
from kiosk.effects import Append, PrintReceipt
from kiosk.moment import ClockQuality, Moment

counts = st.one_of(st.none(), st.dictionaries(st.sampled_from(["100", "10000", "7"]), st.integers(-1, 3), max_size=2))
actions = st.one_of(
    st.tuples(st.just("command"), st.sampled_from(["open", "end", "close", "x", "z", "check", "status"])),
    st.tuples(st.just("count"), counts),
    st.tuples(st.just("count_right"), st.none()),
    st.tuples(st.just("reason"), st.sampled_from(["", "短款"])),
    st.tuples(st.just("sell"), st.sampled_from([100, 500, 10_000])),
    st.tuples(st.just("tick"), st.none()),
    st.tuples(st.just("clock"), st.integers(-40, 40)),
    st.tuples(st.just("printed"), st.sampled_from(list(PrintOutcome))),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("whole_day"), st.none()),
)


def carry_out(desk, action, argument, step_number):
    match action:
        case "command":
            desk.ask(argument, **({"next": True} if argument == "open" and step_number % 2 else {}))
        case "count":
            desk.ask("count", counts=argument)
        case "count_right":
            fen = desk.balance("cash_unit:1")
            desk.ask("count", counts={"100": fen // 100})
        case "reason":
            desk.ask("reason", text=argument)
        case "sell":
            desk.sell(f"o{step_number}", argument, argument)
        case "tick":
            desk.tick()
        case "clock":
            desk.moment = Moment(
                desk.moment.mono_s + 1, desk.moment.wall + timedelta(hours=argument), ClockQuality.SYNCHRONISED
            )
        case "printed":
            desk.printed(argument)
        case "restart":
            desk.restart()
        case "whole_day":
            for name in ("open", "end"):
                desk.ask(name, **({"next": True} if name == "open" else {}))
            desk.ask("count", counts={"100": desk.balance("cash_unit:1") // 100})
            desk.ask("close")


@settings(max_examples=200, deadline=None)
@given(st.lists(actions, min_size=12, max_size=40), st.booleans())
def test_any_sequence_keeps_the_books_and_the_journal_tells_the_state(make_desk, sequence, begin_open):
    desk = make_desk()
    if begin_open:
        desk.opened()
    for number, (action, argument) in enumerate(sequence):
        stamped = business_date(desk.state, desk.moment)
        carry_out(desk, action, argument, number)
        assert fold(desk.journal) == replace(desk.state, checking=None)
        assert business_date(desk.state, desk.moment) >= stamped or action == "clock"
        due = next_due(desk.state, desk.moment, desk.plan)
        assert due is not None
        assert 0 <= due <= 30
    closed = desk.found("day.closed")
    since = closed[-1].sequence if closed else 0
    short = [record for record in desk.journal if record.kind not in PAPER_KINDS or record.sequence > since]
    assert fold(short) == fold(desk.journal), "papers before the last close are not needed"
    assert [record.body["number"] for record in closed] == list(range(1, len(closed) + 1))
    event(f"{min(len(closed), 3)} days closed")
    dates = [record.subject for record in closed]
    assert dates == sorted(set(dates))
    for record in closed:
        report = record.body["report"]
        assert report["count"]["difference_fen"] == 0 or report["count"]["reason"]
        assert report["totals"]["business_date"] == record.subject
        now = day_totals(record.subject, desk.journal)
        assert now.sales_fen == report["totals"]["sales_fen"], "a day that was closed has changed"
        assert now.cash_in_fen == report["totals"]["cash_in_fen"]
    for date in {record.stamp.business_date for record in desk.journal}:
        assert day_totals(date, desk.journal).unexplained_fen == 0
    named = set()
    for effect in desk.effects:
        if isinstance(effect, Append):
            named |= {record.body["job_id"] for record in effect.records if record.kind == "print.intended"}
        if isinstance(effect, PrintReceipt):
            assert effect.job_id in named
            named.remove(effect.job_id)


def test_only_an_open_day_trades(desk):
    trading = {}
    for name in ("closed", "opened", "ended", "recounting", "counted"):
        fresh = type(desk)(desk.moment)
        getattr(fresh, name)()
        trading[fresh.state.phase] = fresh.state.trading
    assert trading == {phase: phase is Phase.OPEN for phase in Phase}


def test_the_business_date_never_goes_back_behind_a_close(desk):
    desk.closed()
    desk.moment = Moment(5000.0, datetime(2020, 1, 1, 8, 30, tzinfo=desk.moment.wall.tzinfo), ClockQuality.FREE_RUNNING)
    assert business_date(desk.state, desk.moment) == "2026-06-02"
