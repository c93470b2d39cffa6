import json

import pytest

from devices.print_document import Pair, Text
from devices.printing import PaperSupply, PrintFinished, PrintOutcome, Proof
from kiosk.day.commands import COMMANDS, TABLE
from kiosk.day.events import DayCommand
from kiosk.day.report import facts_of
from kiosk.day.state import Phase, business_date, fold
from kiosk.day.totals import day_totals
from kiosk.effects import Append, PrintReceipt
from kiosk.moment import ClockQuality
from storage.records import NewRecord, Posting, Unit

PHASES = {
    Phase.CLOSED: "closed",
    Phase.OPEN: "opened",
    Phase.ENDED: "ended",
    Phase.RECOUNT: "recounting",
    Phase.COUNTED: "counted",
}


def test_every_command_has_a_cell_for_every_phase():
    assert set(TABLE) == {(name, phase) for name in COMMANDS for phase in Phase}


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        #           closed          open            ended            recount          counted
        ("open", ["already_closed", "already_open", "close_first", "close_first", "close_first"]),
        ("end", ["not_open", "", "already_ended", "already_ended", "already_ended"]),
        ("count", ["not_open", "end_first", "", "", "already_counted"]),
        ("reason", ["not_open", "end_first", "count_first", "count_first", "no_difference"]),
        ("close", ["not_open", "end_first", "count_first", "count_first", ""]),
        ("x", ["", "", "count_is_blind", "count_is_blind", ""]),
        ("z", ["", "no_such_z", "no_such_z", "no_such_z", "no_such_z"]),
        ("check", ["", "", "", "", ""]),
        ("status", ["", "", "", "", ""]),
        ("burn", ["no_such_command"] * 5),
    ],
)
@pytest.mark.parametrize("position", range(5))
def test_each_command_in_each_phase(desk, name, outcomes, position):
    phase = list(PHASES)[position]
    getattr(desk, PHASES[phase])()
    assert desk.state.phase is phase
    before, written = desk.state, len(desk.journal)
    answer = desk.ask(name, **({"counts": {}} if name == "count" else {}))
    assert answer.reason == outcomes[position]
    assert answer.done == (outcomes[position] == "")
    if not answer.done:
        assert desk.state == before
        assert len(desk.journal) == written


@pytest.mark.parametrize(("phase", "name"), [("opened", "end"), ("ended", "count"), ("counted", "close")])
def test_a_form_needs_who_signs_it(desk, phase, name):
    getattr(desk, phase)()
    answer = desk.happen(DayCommand(name, {"counts": {}})).answer
    assert (answer.done, answer.reason) == (False, "who_is_missing")


def test_every_form_carries_who_when_and_the_countersignature_that_is_owed(desk):
    desk.ended()
    desk.count(y100=1)
    desk.count(y100=1)
    desk.do("reason", text="一张五十元卡在钞箱口")
    desk.do("close")
    for kind in ("day.opened", "day.ended", "day.counted", "day.over_short", "day.closed"):
        for record in desk.found(kind):
            assert record.body["signed_by"] == "clerk:wang", kind
            assert str(record.body["at"]).startswith("2026-06-01T"), kind
            assert record.body["countersigned_by"] is None, kind


def test_a_first_count_that_agrees_is_final_and_shows_what_was_expected(desk):
    desk.ended()
    data = desk.count(y100=1, y50=1)
    assert data == {
        "recount": False,
        "counted_fen": 15_000,
        "expected_fen": 15_000,
        "difference_fen": 0,
        "unconfirmed_fen": 0,
        "reason_owed": False,
    }


def test_a_first_count_that_differs_asks_for_a_recount_and_says_no_more(desk):
    desk.ended()
    data = desk.count(y100=2)
    assert data == {"recount": True, "counted_fen": 20_000}
    shown = json.dumps(desk.do("status"))
    assert "15000" not in shown
    assert desk.state.expected_fen is None


def test_a_recount_that_agrees_needs_no_reason(desk):
    desk.recounting()
    data = desk.count(y100=1, y50=1)
    assert (data["difference_fen"], data["reason_owed"]) == (0, False)
    desk.do("close")
    assert desk.found("day.over_short") == []


@pytest.mark.parametrize(
    ("notes", "difference_fen"),
    [({"y100": 1}, -5_000), ({"y100": 2}, 5_000), ({}, -15_000), ({"y1": 1, "y100": 1}, -4_900)],
)
def test_any_recount_is_accepted_and_its_difference_is_booked_with_a_reason(desk, notes, difference_fen):
    desk.ended()
    desk.count(y20=1)
    data = desk.count(**notes)
    assert (data["difference_fen"], data["reason_owed"]) == (difference_fen, True)
    assert desk.refusal("close") == "reason_owed"
    desk.do("reason", text=" 盘点后仍不符 ")
    assert desk.balance("over_short:2026-06-01") == -difference_fen
    assert desk.balance("cash_unit:1") == data["counted_fen"]
    facts = desk.do("close")
    assert facts["count"]["difference_fen"] == difference_fen
    assert facts["count"]["reason"] == "盘点后仍不符"
    assert facts["totals"]["over_short_fen"] == difference_fen
    assert facts["totals"]["cash_in_fen"] == 15_000, "a count is not cash that came in"


@pytest.mark.parametrize("text", ["", "   ", "x" * 201, 7, None])
def test_a_reason_is_words(desk, text):
    desk.recounting()
    desk.count()
    assert desk.refusal("reason", text=text) == "reason_unreadable"
    assert desk.state.reason_owed


def test_a_reason_is_given_once(desk):
    desk.recounting()
    desk.count()
    desk.do("reason", text="first")
    assert desk.refusal("reason", text="second") == "reason_given"
    assert len(desk.found("day.over_short")) == 1


@pytest.mark.parametrize(
    "counts",
    [None, [], 3, {"10000": -1}, {"10000": 1.0}, {"10000": True}, {"10000": "1"}, {"300": 1}, {"10000": 100_001}],
)
def test_a_count_that_cannot_be_read_is_not_a_count(desk, counts):
    desk.ended()
    assert desk.refusal("count", counts=counts) == "count_unreadable"
    assert desk.state.phase is Phase.ENDED


def test_both_counts_stay_on_record(desk):
    desk.recounting()
    desk.count(y100=1, y50=1)
    assert [
        (each.body["attempt"], each.body["counted_fen"], each.body["final"]) for each in desk.found("day.counted")
    ] == [
        (1, 10_000, False),
        (2, 15_000, True),
    ]


def test_a_note_that_comes_into_the_books_after_the_count_asks_for_a_new_count(desk):
    desk.counted()
    desk.sell("late", 10_000, 10_000)
    assert desk.refusal("close") == "books_moved"
    assert desk.state.phase is Phase.ENDED
    assert desk.found("day.closed") == []
    desk.count(y100=2, y50=1)
    assert desk.do("close")["count"]["rounds"] == 2


def test_a_second_round_books_its_own_difference_once(desk):
    desk.ended()
    desk.count()
    desk.count(y100=1)
    desk.do("reason", text="short")
    desk.sell("late", 10_000, 10_000)
    assert desk.refusal("close") == "books_moved"
    desk.count(y50=1)
    desk.count(y100=1, y50=1)
    desk.do("reason", text="and short again")
    facts = desk.do("close")
    assert desk.balance("over_short:2026-06-01") == 10_000
    assert facts["totals"]["over_short_fen"] == -10_000
    assert facts["count"]["difference_fen"] == -5_000
    assert desk.balance("cash_unit:1") == 15_000


def test_notes_of_unknown_fate_are_named_with_the_count(desk):
    desk.opened()
    unknown = (Posting("cash_unit_unconfirmed:1", Unit.FEN, 10_000), Posting("suspense:o9", Unit.FEN, -10_000))
    desk.append((NewRecord("note.unknown", "o9", {}, unknown),))
    desk.do("end")
    assert desk.count()["unconfirmed_fen"] == 10_000
    facts = desk.do("close")
    assert facts["count"]["unconfirmed_fen"] == 10_000
    assert (facts["totals"]["suspense_fen"], facts["totals"]["unconfirmed_fen"]) == (10_000, 10_000)


def test_nothing_closes_by_itself_and_a_day_left_open_is_shown_as_such(desk):
    desk.opened()
    desk.at("2026-06-02T00:30:00")
    desk.tick()
    status = desk.do("status")
    assert (status["state"], status["business_date"], status["left_open"]) == ("open", "2026-06-01", True)
    desk.sell("o2", 10_000, 10_000)
    assert desk.journal[-1].stamp.business_date == "2026-06-01"
    desk.at("2026-06-02T08:20:00")
    assert desk.tick() is not None, "the new date's opening check runs all the same"
    assert desk.refusal("open") == "already_open"
    desk.do("end")
    desk.count(y100=1)
    assert desk.do("close")["business_date"] == "2026-06-01"
    assert desk.do("open")["business_date"] == "2026-06-02"


def test_what_comes_after_the_close_belongs_to_the_next_day(desk):
    desk.closed()
    z = facts_of(desk.found("day.closed")[0].body["report"])
    desk.at("2026-06-01T18:00:00")
    desk.sell("late", 10_000, 10_000)
    assert desk.journal[-1].stamp.business_date == "2026-06-02"
    desk.at("2026-06-02T08:30:00")
    opened = desk.do("open")
    assert (opened["last_close_fen"], opened["in_books_fen"], opened["difference_fen"]) == (15_000, 25_000, 10_000)
    assert "differs_from_last_close" in [warning["code"] for warning in opened["warnings"]]
    assert day_totals("2026-06-01", desk.journal[: z.totals.last_sequence]) == z.totals
    assert day_totals("2026-06-02", desk.journal).sales_fen == 10_000


def test_a_date_is_opened_once_unless_the_clerk_asks_for_the_next(desk):
    desk.closed()
    answer = desk.ask("open")
    assert (answer.reason, answer.data["next_business_date"]) == ("already_closed", "2026-06-02")
    assert desk.do("open", next=True)["business_date"] == "2026-06-02"


def test_z_numbers_have_no_gap_whatever_was_refused_between(desk):
    numbers = []
    for day in range(1, 6):
        desk.at(f"2026-06-0{day}T08:30:00")
        desk.do("open")
        desk.do("x")
        desk.ask("close")
        desk.do("end")
        desk.ask("close")
        desk.restart()
        desk.count()
        numbers.append(desk.do("close")["number"])
        desk.ask("close")
        desk.do("z")
        desk.restart()
    assert numbers == [1, 2, 3, 4, 5]
    assert [record.key for record in desk.found("day.closed")] == ["z:1", "z:2", "z:3", "z:4", "z:5"]


def test_x_before_the_close_and_z_have_the_same_figures(desk):
    desk.opened()
    desk.sell("o1", 14_880, 10_000, 5_000)
    desk.sell("o2", 2_000, 2_000, tier=2)
    desk.do("end")
    desk.count(y100=1, y50=1, y20=1)
    x = desk.do("x", print=False)
    z = desk.do("close")
    bookkeeping = {"records", "last_sequence", "head"}
    assert {k: v for k, v in x["totals"].items() if k not in bookkeeping} == {
        k: v for k, v in z["totals"].items() if k not in bookkeeping
    }
    assert z["totals"]["sales_fen"] == 16_880
    assert z["totals"]["credit_given_fen"] == 120
    assert z["totals"]["notes"] == [[2_000, 1], [5_000, 1], [10_000, 1]]
    assert (x["number"], z["number"]) == (None, 1)


def test_every_look_at_revenue_is_on_record(desk):
    desk.closed()
    desk.do("x", print=False)
    desk.do("z", number=1)
    read = [(each.body["report"], each.body["number"], each.body["who"]) for each in desk.found("day.report_read")]
    assert read == [("x-report", None, "clerk:wang"), ("z-report", 1, "clerk:wang")]


def test_the_status_names_no_revenue(desk):
    desk.opened()
    desk.sell("o1", 12_345, 12_345)
    assert "12345" not in json.dumps(desk.do("status"))


def texts(paper: PrintReceipt) -> list[str]:
    lines = []
    for block in paper.document.blocks:
        if isinstance(block, Text):
            lines.append(block.text)
        elif isinstance(block, Pair):
            lines.append(f"{block.left} {block.right}")
    return lines


def test_the_z_report_is_printed_and_reprinted_as_a_marked_copy(desk):
    desk.closed()
    (original,) = desk.papers()
    assert desk.do("z", number=1)["copy"] == 1
    assert desk.do("z")["copy"] == 2
    copies = desk.papers()[1:]
    assert [paper.job_id for paper in (original, *copies)] == [
        "z-report-1",
        "z-report-1-copy-1",
        "z-report-1-copy-2",
    ]
    for number, copy in enumerate(copies, start=1):
        marks = [line for line in texts(copy) if line not in texts(original)]
        assert marks
        assert all(str(number) in mark for mark in marks)
        assert [line for line in texts(copy) if line not in marks] == texts(original)


def test_a_copy_after_a_restart_goes_on_counting(desk):
    desk.closed()
    desk.do("z")
    desk.restart()
    assert desk.do("z", print=False).get("copy") is None
    assert desk.do("z")["copy"] == 2


@pytest.mark.parametrize("number", [0, 2, -1, "1", None, True])
def test_a_z_that_does_not_exist_is_refused(desk, number):
    desk.closed()
    assert desk.refusal("z", number=number) == "no_such_z"


def test_every_paper_stands_after_the_append_that_names_it(desk):
    desk.closed()
    desk.do("x")
    desk.do("z")
    named: set[str] = set()
    papers = 0
    for effect in desk.effects:
        if isinstance(effect, Append):
            named |= {str(record.body["job_id"]) for record in effect.records if record.kind == "print.intended"}
        if isinstance(effect, PrintReceipt):
            papers += 1
            assert effect.job_id in named
    assert papers == 3


@pytest.mark.parametrize("outcome", list(PrintOutcome))
def test_the_outcome_of_the_z_paper_is_kept_and_shown(desk, outcome):
    desk.counted()
    desk.do("close")
    assert desk.do("status")["z_paper"] == "open"
    desk.printed(outcome)
    desk.do("x")
    desk.printed()
    assert desk.do("status")["z_paper"] == outcome.value
    assert fold(desk.journal).z_paper == outcome.value


def test_the_paper_of_somebody_else_is_none_of_the_days_business(desk):
    desk.counted()
    desk.do("close")
    before, written = desk.state, len(desk.journal)
    desk.happen(PrintFinished("receipt-o1", PrintOutcome.PRINTED, Proof.PROCESS_ID, cut=True))
    assert (desk.state, len(desk.journal)) == (before, written)


def test_a_paper_that_was_open_at_a_power_cut_is_unknown_and_not_printed_again(desk):
    desk.counted()
    desk.do("close")
    printed = len(desk.papers())
    desk.restart()
    assert desk.do("status")["z_paper"] == "unknown"
    assert len(desk.papers()) == printed
    assert desk.do("z")["number"] == 1


def test_the_hall_does_not_open_with_a_clock_that_cannot_be_believed(desk):
    desk.at("1970-01-01T08:30:00", ClockQuality.IMPLAUSIBLE)
    answer = desk.ask("open")
    assert answer.reason == "blocked"
    assert [one["code"] for one in answer.data["hindrances"]] == ["clock_implausible"]


def test_the_hall_does_not_open_with_a_full_disk(desk):
    desk.supplies = type(desk.supplies)(PaperSupply.FULL, PaperSupply.FULL, 0, 10)
    assert desk.refusal("open") == "blocked"


def test_the_hall_opens_with_less_and_says_what_is_missing(desk):
    desk.supplies = type(desk.supplies)(PaperSupply.LOW, PaperSupply.OUT, 950, 10_000)
    desk.broken = frozenset({"note_acceptor"})
    desk.at("2026-06-01T08:20:00")
    desk.tick()
    warnings = {warning["code"]: warning["detail"] for warning in desk.do("open")["warnings"]}
    assert warnings == {
        "receipt_paper_low": "",
        "ticket_paper_out": "",
        "cash_unit_nearly_full": "50",
        "device_failed": "note_acceptor: jammed",
    }


def test_opening_without_a_check_says_so(desk):
    assert [warning["code"] for warning in desk.do("open")["warnings"]] == ["not_checked"]


@pytest.mark.parametrize(("phase", "name"), [("opened", "end"), ("counted", "close")])
def test_a_customer_is_served_before_the_day_goes_on(desk, phase, name):
    getattr(desk, phase)()
    desk.visit_open = True
    assert desk.refusal(name) == "visit_open"


@pytest.mark.parametrize("phase", PHASES.values())
def test_a_restart_in_any_phase_finds_the_same_day(desk, phase):
    getattr(desk, phase)()
    before = desk.state
    desk.restart()
    assert desk.state == before
    assert business_date(desk.state, desk.moment) == business_date(before, desk.moment)
