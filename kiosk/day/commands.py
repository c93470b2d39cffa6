"""What a clerk may ask of the day. `TABLE` has a cell for every command in every phase: what is done, or the code of
the refusal.

Blind count: from the end of trading to the accepted count, neither answer nor X report says what the books expect.
The first count is accepted if it agrees; if it does not, one recount is asked for, and that is accepted whatever it
is. A difference becomes a fact with a reason and is booked to `over_short:{date}`; nothing here closes a day by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from kiosk.day.checks import standing_against
from kiosk.day.events import Answer, DayCommand, House, Step, applied
from kiosk.day.report import CountFacts, ReportFacts, body_of, document, facts_of
from kiosk.day.schedule import Plan
from kiosk.day.state import (
    ASKED,
    X_REPORT,
    Z_REPORT,
    CheckDone,
    DayState,
    Hindrance,
    Phase,
    business_date,
    z_job,
    z_key,
)
from kiosk.day.timed import begin_check
from kiosk.effects import Effect, PrintReceipt
from storage.records import Json, NewRecord, Posting, Unit

REASON_CHARACTERS_MAX = 200
NOTES_FEN = (100, 500, 1000, 2000, 5000, 10000)
"""The notes of the renminbi: what lies in the cash unit can be counted, whatever is taken by now."""
NOTES_COUNTED_MAX = 100_000
"""More notes of one denomination than any cash unit holds."""

Handler: TypeAlias = Callable[[DayState, DayCommand, House], Step]


def _open(state: DayState, command: DayCommand, house: House) -> Step:
    date = business_date(state, house.moment)
    now_against = standing_against(house.supplies, house.plan, house.moment)
    blocking = [one for one in now_against if one.blocks]
    if not command.who:
        return refused(state, "who_is_missing")
    if blocking:
        return refused(state, "blocked", {"hindrances": _hindrances(blocking)})
    if date != house.moment.wall.date().isoformat() and command.args.get("next") is not True:
        return refused(state, "already_closed", {"last_closed": state.last_closed, "next_business_date": date})
    warnings = list(now_against)
    check = state.opening_check
    if check is None or check.date != house.moment.wall.date().isoformat():
        warnings.append(Hindrance("not_checked", "", blocks=False))
    else:
        warnings += [one for one in check.hindrances if one.code in ("device_failed", "no_device_answered")]
    if house.moment.wall.isoweekday() not in house.plan.open_weekdays:
        warnings.append(Hindrance("not_an_opening_day", "", blocks=False))
    difference_fen = house.expected_fen - state.last_close_fen
    if difference_fen:
        warnings.append(Hindrance("differs_from_last_close", str(difference_fen), blocks=False))
    data: dict[str, Json] = {
        "business_date": date,
        "opened_by": command.who,
        "opened_at": _at(house),
        "last_closed": state.last_closed,
        "last_close_fen": state.last_close_fen,
        "in_books_fen": house.expected_fen,
        "difference_fen": difference_fen,
        "warnings": _hindrances(warnings),
    }
    body: dict[str, Json] = {**data, **_form(command, house)}
    return _done(state, data, NewRecord("day.opened", date, body, key=f"day:{date}:opened"))


def _end(state: DayState, command: DayCommand, house: House) -> Step:
    if not command.who:
        return refused(state, "who_is_missing")
    if house.visit_open:
        return refused(state, "visit_open")
    day = _day(state)
    record = NewRecord("day.ended", day, dict(_form(command, house)), key=f"day:{day}:ended")
    return _done(state, {"business_date": day, "denominations_fen": list(house.plan.denominations_fen)}, record)


def _count(state: DayState, command: DayCommand, house: House) -> Step:
    if not command.who:
        return refused(state, "who_is_missing")
    counts = _counts(command.args.get("counts"), house.plan)
    if counts is None:
        return refused(state, "count_unreadable", {"denominations_fen": list(house.plan.denominations_fen)})
    counted_fen = sum(denomination * notes for denomination, notes in counts)
    final = state.phase is Phase.RECOUNT or counted_fen == house.expected_fen
    body: dict[str, Json] = {
        "round": state.count_round,
        "attempt": 2 if state.phase is Phase.RECOUNT else 1,
        "cash_unit": house.plan.cash_unit,
        "counts": [[denomination, notes] for denomination, notes in counts],
        "counted_fen": counted_fen,
        "expected_fen": house.expected_fen,
        "final": final,
        **_form(command, house),
    }
    after = applied(state, NewRecord("day.counted", _day(state), body))
    if not final:
        return replace(after, answer=Answer(True, data={"recount": True, "counted_fen": counted_fen}))
    data: dict[str, Json] = {
        "recount": False,
        "counted_fen": counted_fen,
        "expected_fen": house.expected_fen,
        "difference_fen": counted_fen - house.expected_fen,
        "unconfirmed_fen": house.unconfirmed_fen,
        "reason_owed": after.state.reason_owed,
    }
    return replace(after, answer=Answer(True, data=data))


def _reason(state: DayState, command: DayCommand, house: House) -> Step:
    if not command.who:
        return refused(state, "who_is_missing")
    text = command.args.get("text")
    difference_fen = state.difference_fen
    if not difference_fen:
        return refused(state, "no_difference")
    if state.reason:
        return refused(state, "reason_given", {"reason": state.reason})
    if not isinstance(text, str) or not 1 <= len(text.strip()) <= REASON_CHARACTERS_MAX:
        return refused(state, "reason_unreadable", {"characters_max": REASON_CHARACTERS_MAX})
    day = _day(state)
    body: dict[str, Json] = {
        "round": state.count_round,
        "difference_fen": difference_fen,
        "reason": text.strip(),
        **_form(command, house),
    }
    postings = (
        Posting(f"cash_unit:{house.plan.cash_unit}", Unit.FEN, difference_fen),
        Posting(f"over_short:{day}", Unit.FEN, -difference_fen),
    )
    record = NewRecord("day.over_short", day, body, postings, key=f"over_short:{day}:{state.count_round}")
    return _done(state, {"difference_fen": difference_fen, "reason": text.strip()}, record)


def _close(state: DayState, command: DayCommand, house: House) -> Step:
    if not command.who:
        return refused(state, "who_is_missing")
    if house.visit_open:
        return refused(state, "visit_open")
    if state.reason_owed:
        return refused(state, "reason_owed", {"difference_fen": state.difference_fen})
    day = _day(state)
    if house.expected_fen != state.counted_fen:
        # A record came in after the count (a note that a restart recovered, say): what was counted is no longer what
        # the books mean.
        body: dict[str, Json] = {"counted_fen": state.counted_fen, "in_books_fen": house.expected_fen, "at": _at(house)}
        voided = applied(state, NewRecord("day.count_voided", day, body))
        return replace(voided, answer=Answer(False, "books_moved", {"business_date": day}))
    facts = _facts(state, command, house)
    number = state.z_last + 1
    expected_fen, difference_fen = state.expected_fen, state.difference_fen
    assert expected_fen is not None
    assert difference_fen is not None
    facts = replace(
        facts,
        number=number,
        count=CountFacts(
            cash_unit=house.plan.cash_unit,
            counts=state.counts,
            counted_fen=state.counted_fen,
            expected_fen=expected_fen,
            difference_fen=difference_fen,
            reason=state.reason,
            rounds=state.counts_taken,
            unconfirmed_fen=house.unconfirmed_fen,
        ),
    )
    closed = NewRecord(
        "day.closed",
        day,
        {
            "number": number,
            "counted_fen": state.counted_fen,
            "papers": state.papers,
            "papers_open": [list(paper) for paper in state.papers_open],
            "report": body_of(facts),
            **_form(command, house),
        },
        key=z_key(number),
    )
    intended = _print_intended(day, z_job(number), Z_REPORT, copy=0)
    paper = PrintReceipt(z_job(number), document(facts, house.plan.paper_columns))
    return _done(state, body_of(facts), closed, intended, then=(paper,))


def _x(state: DayState, command: DayCommand, house: House) -> Step:
    facts = _facts(state, command, house)
    day = facts.business_date
    printing = command.args.get("print", True) is True
    read = _report_read(day, X_REPORT, None, command, printing=printing)
    if not printing:
        return _done(state, body_of(facts), read)
    job_id = f"{X_REPORT}-{state.papers + 1}"
    intended = _print_intended(day, job_id, X_REPORT, copy=0)
    paper = PrintReceipt(job_id, document(facts, house.plan.paper_columns))
    return _done(state, body_of(facts), read, intended, then=(paper,))


def _z(state: DayState, command: DayCommand, house: House) -> Step:
    """A copy, always: the Z report itself is printed once, at the close."""
    number = z_number(state, command)
    if number is None or house.stored_z is None:
        return refused(state, "no_such_z", {"z_last": state.z_last})
    facts = facts_of(house.stored_z["report"])
    day = business_date(state, house.moment)
    copy = dict(state.z_copies).get(number, 0) + 1
    printing = command.args.get("print", True) is True
    read = _report_read(day, Z_REPORT, number, command, printing=printing)
    if not printing:
        return _done(state, body_of(facts), read)
    job_id = f"{z_job(number)}-copy-{copy}"
    intended = _print_intended(day, job_id, Z_REPORT, copy=copy)
    paper = PrintReceipt(job_id, document(facts, house.plan.paper_columns, copy=copy))
    return _done(state, {**body_of(facts), "copy": copy}, read, intended, then=(paper,))


def _check(state: DayState, command: DayCommand, house: House) -> Step:
    if state.checking is not None:
        return refused(state, "check_under_way")
    started = begin_check(state, ASKED, house.moment.wall.date().isoformat(), house.moment.wall, house, command.who)
    assert started.state.checking is not None
    return replace(started, answer=Answer(True, data={"token": started.state.checking.token}))


def _status(state: DayState, command: DayCommand, house: House) -> Step:
    """The day without a revenue figure (H07), and without what a blind count must not know."""
    today = house.moment.wall.date().isoformat()
    data: dict[str, Json] = {
        "business_date": business_date(state, house.moment),
        "state": state.phase.value,
        "left_open": state.day is not None and state.day < today,
        "opened_by": state.opened_by,
        "opened_at": state.opened_at,
        "reason_owed": state.reason_owed,
        "difference_fen": state.difference_fen,
        "last_closed": state.last_closed,
        "z_last": state.z_last,
        "z_paper": state.z_paper,
        "opening_check": _check_data(state.opening_check),
        "closing_check": _check_data(state.closing_check),
        "hindrances": _hindrances(standing_against(house.supplies, house.plan, house.moment)),
    }
    return Step(state, answer=Answer(True, data=data))


TABLE: dict[tuple[str, Phase], Handler | str] = {
    ("open", Phase.CLOSED): _open,
    ("open", Phase.OPEN): "already_open",
    ("open", Phase.ENDED): "close_first",
    ("open", Phase.RECOUNT): "close_first",
    ("open", Phase.COUNTED): "close_first",
    ("end", Phase.CLOSED): "not_open",
    ("end", Phase.OPEN): _end,
    ("end", Phase.ENDED): "already_ended",
    ("end", Phase.RECOUNT): "already_ended",
    ("end", Phase.COUNTED): "already_ended",
    ("count", Phase.CLOSED): "not_open",
    ("count", Phase.OPEN): "end_first",
    ("count", Phase.ENDED): _count,
    ("count", Phase.RECOUNT): _count,
    ("count", Phase.COUNTED): "already_counted",
    ("reason", Phase.CLOSED): "not_open",
    ("reason", Phase.OPEN): "end_first",
    ("reason", Phase.ENDED): "count_first",
    ("reason", Phase.RECOUNT): "count_first",
    ("reason", Phase.COUNTED): _reason,
    ("close", Phase.CLOSED): "not_open",
    ("close", Phase.OPEN): "end_first",
    ("close", Phase.ENDED): "count_first",
    ("close", Phase.RECOUNT): "count_first",
    ("close", Phase.COUNTED): _close,
    ("x", Phase.CLOSED): _x,
    ("x", Phase.OPEN): _x,
    ("x", Phase.ENDED): "count_is_blind",
    ("x", Phase.RECOUNT): "count_is_blind",
    ("x", Phase.COUNTED): _x,
    **{("z", phase): _z for phase in Phase},
    **{("check", phase): _check for phase in Phase},
    **{("status", phase): _status for phase in Phase},
}
COMMANDS = tuple(dict.fromkeys(name for name, _ in TABLE))


def _done(state: DayState, data: Mapping[str, Json], *records: NewRecord, then: tuple[Effect, ...] = ()) -> Step:
    return replace(applied(state, *records, then=then), answer=Answer(True, data=data))


def refused(state: DayState, reason: str, data: Mapping[str, Json] | None = None) -> Step:
    return Step(state, answer=Answer(False, reason, {} if data is None else data))


def _day(state: DayState) -> str:
    assert state.day is not None, f"{state.phase} without an open day"
    return state.day


def _at(house: House) -> str:
    return house.moment.wall.isoformat(timespec="seconds")


def _form(command: DayCommand, house: House) -> dict[str, Json]:
    """What every form carries (H30): who, when, and the countersignature that is still owed."""
    return {"signed_by": command.who, "at": _at(house), "countersigned_by": None}


def _facts(state: DayState, command: DayCommand, house: House) -> ReportFacts:
    totals = house.totals
    assert totals is not None, "the totals that lookup() asks for are missing"
    assert totals.business_date == business_date(state, house.moment), "these are another day's totals"
    return ReportFacts(
        business_date=totals.business_date,
        hall_name_zh=house.plan.hall_name_zh,
        terminal=house.plan.terminal,
        service_phone=house.plan.service_phone,
        state=state.phase.value,
        opened_by=state.opened_by,
        opened_at=state.opened_at or state.last_closed_at or _at(house),
        taken_by=command.who,
        taken_at=_at(house),
        totals=totals,
        tariff_names=house.plan.tariff_names,
    )


def z_number(state: DayState, command: DayCommand) -> int | None:
    number = command.args.get("number", state.z_last)
    return number if type(number) is int and 1 <= number <= state.z_last else None


def _counts(value: Json, plan: Plan) -> tuple[tuple[int, int], ...] | None:
    """A count by denomination, smallest first; a denomination that is left out counts as none. `None` if it cannot be
    read."""
    if not isinstance(value, Mapping):
        return None
    countable = sorted({*NOTES_FEN, *plan.denominations_fen})
    if not {str(denomination) for denomination in countable}.issuperset(value):
        return None
    counts: list[tuple[int, int]] = []
    for denomination in countable:
        notes = value.get(str(denomination), 0)
        if type(notes) is not int or not 0 <= notes <= NOTES_COUNTED_MAX:
            return None
        counts.append((denomination, notes))
    return tuple(counts)


def _report_read(day: str, report: str, number: int | None, command: DayCommand, *, printing: bool) -> NewRecord:
    """Who looked at a revenue figure, and when (H07)."""
    body: dict[str, Json] = {"report": report, "number": number, "who": command.who, "printed": printing}
    return NewRecord("day.report_read", day, body)


def _print_intended(day: str, job_id: str, paper: str, *, copy: int) -> NewRecord:
    body: dict[str, Json] = {"job_id": job_id, "paper": paper, "copy": copy}
    return NewRecord("print.intended", day, body, key=f"print:{job_id}")


def _hindrances(found: list[Hindrance] | tuple[Hindrance, ...]) -> list[Json]:
    return [{"code": one.code, "detail": one.detail, "blocks": one.blocks} for one in found]


def _check_data(done: CheckDone | None) -> Json:
    if done is None:
        return None
    return {
        "date": done.date,
        "late": done.late,
        "devices": dict(done.devices),
        "hindrances": _hindrances(done.hindrances),
    }
