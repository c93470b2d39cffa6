"""What the day does by itself: the checks before opening and after close, each once for its date, late if it was
missed."""

from dataclasses import replace
from datetime import datetime, timedelta

from devices.status import CheckLevel, HealthReport
from kiosk.day.checks import check_records
from kiosk.day.events import House, Step, applied
from kiosk.day.schedule import LATE_AFTER_S, Plan, opening_check_due
from kiosk.day.state import CLOSING, OPENING, Checking, DayState, check_key
from kiosk.effects import CheckDevices
from kiosk.moment import Moment

CHECK_DEADLINE_S = 60.0
"""A check whose reports have not come by then is recorded as unanswered."""
PAPER_WAIT_S = 60.0
"""How long the check after close waits for the Z report to leave the printer."""
ASK_AGAIN_S = 30.0
"""The longest that the timed loop sleeps, so that a step of the clock is noticed."""


def next_due(state: DayState, moment: Moment, plan: Plan) -> float | None:
    """Seconds until a `Tick` is wanted. Never more than `ASK_AGAIN_S`: the wall clock may step meanwhile."""
    if state.checking is not None:
        return min(max(0.0, state.checking.deadline_s - moment.mono_s), ASK_AGAIN_S)
    wanted = _check_wanted(state, moment, plan)
    if wanted is None:
        return ASK_AGAIN_S
    begins = wanted[1] if wanted[0] == OPENING else _closing_begins(state, moment)
    return min(max(0.0, (begins - moment.wall).total_seconds()), ASK_AGAIN_S)


def _check_wanted(state: DayState, moment: Moment, plan: Plan) -> tuple[str, datetime] | None:
    """The check that is due or comes next today, and when it should begin."""
    if state.closing_check_owed:
        return CLOSING, datetime.fromisoformat(state.last_closed_at)
    due = opening_check_due(plan, moment)
    if due is None or check_key(moment.wall.date().isoformat(), OPENING) in state.checked:
        return None
    return OPENING, due


def _closing_begins(state: DayState, moment: Moment) -> datetime:
    """The check after close lets the Z report leave the printer first, but does not wait for a printer that is dead."""
    if not state.papers_open:
        return moment.wall
    return datetime.fromisoformat(state.last_closed_at) + timedelta(seconds=PAPER_WAIT_S)


def tick(state: DayState, house: House) -> Step:
    if state.checking is not None:
        if house.moment.mono_s < state.checking.deadline_s:
            return Step(state)
        return checked(state, state.checking.token, (), house)
    wanted = _check_wanted(state, house.moment, house.plan)
    if wanted is None:
        return Step(state)
    check, due = wanted
    if check == CLOSING:
        assert state.last_closed is not None
        if house.moment.wall < _closing_begins(state, house.moment):
            return Step(state)
        return begin_check(state, CLOSING, state.last_closed, due, house, "hall")
    if house.moment.wall < due:
        return Step(state)
    return begin_check(state, OPENING, due.date().isoformat(), due, house, "hall")


def begin_check(state: DayState, check: str, date: str, due: datetime, house: House, who: str) -> Step:
    behind_s = int((house.moment.wall - due).total_seconds())
    allowed_s = LATE_AFTER_S + (PAPER_WAIT_S if check == CLOSING else 0)
    checking = Checking(
        token=check_key(date, check),
        check=check,
        date=date,
        due=due,
        late_s=behind_s if behind_s > allowed_s else 0,
        who=who,
        deadline_s=house.moment.mono_s + CHECK_DEADLINE_S,
    )
    return Step(replace(state, checking=checking), (CheckDevices(checking.token, CheckLevel.INTERNAL),))


def checked(state: DayState, token: str, reports: tuple[HealthReport, ...], house: House) -> Step:
    checking = state.checking
    if checking is None or checking.token != token:
        return Step(state)
    records = check_records(checking, reports, house.supplies, house.plan, house.moment)
    return applied(replace(state, checking=None), *records)
