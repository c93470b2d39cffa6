"""When things are due, from the calendar. The clock may step either way: work is keyed by the date it belongs to, so
that what has been done for a date is never done again, and what was missed is done as soon as the hall runs."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kiosk.moment import ClockQuality, Moment

LATE_AFTER_S = 60
"""A check that begins later than this after it was due is marked late."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the configuration says of the day. `open_weekdays`: ISO 8601, 1 is Monday. `denominations_fen`: what the
    cash unit can hold."""

    hall_name_zh: str
    terminal: str
    opens: time
    closes: time
    check_minutes_before: int
    open_weekdays: tuple[int, ...]
    cash_unit: str
    denominations_fen: tuple[int, ...]
    capacity_notes: int
    disk_free_mib_min: int
    paper_columns: int = 48
    service_phone: str = ""
    tariff_names: tuple[tuple[str, str], ...] = ()
    """(id, name) for the reports; a tariff without a name is shown by its id."""


def opening_check_due(plan: Plan, moment: Moment) -> datetime | None:
    """When the opening check of today's date is (or was) due; `None` on a day without opening, or while the date
    cannot be believed."""
    if moment.quality is ClockQuality.IMPLAUSIBLE or moment.wall.isoweekday() not in plan.open_weekdays:
        return None
    opening = datetime.combine(moment.wall.date(), plan.opens, tzinfo=moment.wall.tzinfo)
    return opening - timedelta(minutes=plan.check_minutes_before)


def next_date(business_date: str) -> str:
    return (date.fromisoformat(business_date) + timedelta(days=1)).isoformat()
