"""What happens to the day, what a step may know of the house, and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce

from devices.printing import PrintFinished
from devices.status import HealthReport
from kiosk.day.checks import Supplies
from kiosk.day.schedule import Plan
from kiosk.day.state import DayState, apply
from kiosk.day.totals import DayTotals
from kiosk.effects import Append, Effect
from kiosk.moment import Moment
from storage.records import Json, NewRecord


@dataclass(frozen=True, slots=True)
class DayCommand:
    """A clerk's command from the counter or the command line. `who` as in stamps (`clerk:…`)."""

    name: str
    args: Mapping[str, Json] = field(default_factory=dict)
    who: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """The timed loop: `next_due` has passed, or anything else has happened."""


@dataclass(frozen=True, slots=True)
class DevicesChecked:
    """The answer to the effect `CheckDevices` with this token."""

    token: str
    reports: tuple[HealthReport, ...]


@dataclass(frozen=True, slots=True)
class HallStarted:
    """The hall has read its journal and has the devices up again. Papers that were open then have an unknown
    outcome."""


DayEvent = DayCommand | Tick | DevicesChecked | PrintFinished | HallStarted


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the hall looks up before the step: the totals of this business date, the stored Z report of this number."""

    totals_of: str | None = None
    z_number: int | None = None


@dataclass(frozen=True, slots=True)
class House:
    """What a step may know besides state and event. `expected_fen` and `unconfirmed_fen` are the ledger's balances of
    `cash_unit:{id}` and `cash_unit_unconfirmed:{id}`; `totals` and `stored_z` (the body of the record with key
    `z:{n}`) are what `lookup` asked for."""

    moment: Moment
    plan: Plan
    supplies: Supplies
    expected_fen: int
    unconfirmed_fen: int = 0
    visit_open: bool = False
    totals: DayTotals | None = None
    stored_z: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`reason` is the code of a refusal. `data` is the reply's object, with the names that stand on the paper."""

    done: bool
    reason: str = ""
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    state: DayState
    effects: tuple[Effect, ...] = ()
    answer: Answer | None = None


def applied(state: DayState, *records: NewRecord, then: tuple[Effect, ...] = ()) -> Step:
    """The step that commits these records, and then runs the effects that they name."""
    return Step(reduce(apply, records, state), (Append(records), *then))
