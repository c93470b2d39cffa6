"""The day's machine: one event in, the next state with its effects and its answer out.

What a step changed stands in the records of its `Append`, and the state after it is `apply` over those records. The
hall takes `Step.state` once the `Append` is on disk; if it could not be committed, nothing has changed and the
command failed.
"""

from devices.printing import PrintFinished
from kiosk.day.commands import TABLE, refused, z_number
from kiosk.day.events import (
    Answer,
    DayCommand,
    DayEvent,
    DevicesChecked,
    HallStarted,
    House,
    Lookup,
    Step,
    Tick,
    applied,
)
from kiosk.day.state import DayState, business_date
from kiosk.day.timed import checked, next_due, tick
from kiosk.moment import Moment
from storage.records import Json, NewRecord

__all__ = [
    "Answer",
    "DayCommand",
    "DayEvent",
    "DevicesChecked",
    "HallStarted",
    "House",
    "Lookup",
    "Step",
    "Tick",
    "lookup",
    "next_due",
    "step",
]


def lookup(state: DayState, event: DayEvent, moment: Moment) -> Lookup:
    """What `step` will need of the journal for this event."""
    if not isinstance(event, DayCommand):
        return Lookup()
    match event.name:
        case "x" | "close":
            return Lookup(totals_of=business_date(state, moment))
        case "z":
            return Lookup(z_number=z_number(state, event))
    return Lookup()


def step(state: DayState, event: DayEvent, house: House) -> Step:
    """One event. Pure: the same arguments give the same step."""
    match event:
        case DayCommand():
            cell = TABLE.get((event.name, state.phase), "no_such_command")
            return refused(state, cell) if isinstance(cell, str) else cell(state, event, house)
        case Tick():
            return tick(state, house)
        case DevicesChecked():
            return checked(state, event.token, event.reports, house)
        case PrintFinished():
            return _paper_finished(state, event)
        case HallStarted():
            return _started(state)


def _paper_finished(state: DayState, event: PrintFinished) -> Step:
    if event.job_id not in [job_id for job_id, _ in state.papers_open]:
        return Step(state)
    return applied(state, _paper_outcome(event.job_id, event.outcome.value, event.proof.value, event.detail))


def _started(state: DayState) -> Step:
    if not state.papers_open:
        return Step(state)
    records = [_paper_outcome(job_id, "unknown", "none", "the hall was restarted") for job_id, _ in state.papers_open]
    return applied(state, *records)


def _paper_outcome(job_id: str, outcome: str, proof: str, detail: str) -> NewRecord:
    body: dict[str, Json] = {"job_id": job_id, "proof": proof, "detail": detail}
    return NewRecord(f"print.{outcome}", job_id, body, key=f"print:{job_id}:outcome")
