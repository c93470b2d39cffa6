"""One reading of both clocks for a pass, with the quality of the wall clock."""

from datetime import UTC, datetime, timedelta

from drivers.loop import clock_is_synchronised, monotonic_s, wall_clock
from kiosk.moment import ClockQuality, Moment

MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""No terminal has run before; a clock that says so has lost its battery."""
BACKWARDS = timedelta(hours=1)
"""How far the wall clock may stand behind the newest journal record: corrections of a free-running clock are
smaller."""
SYNCHRONISED_FOR_S = 60.0
"""How long an answer of the operating system is believed before it is asked again."""


class Clock:
    """`newest`: the wall time of the newest journal record, below which the clock is not believed."""

    def __init__(self, newest: datetime | None = None) -> None:
        self._newest = newest or MADE
        self._synchronised = False
        self._asked_s = float("-inf")

    def moment(self) -> Moment:
        now_s, wall = monotonic_s(), wall_clock()
        if now_s - self._asked_s > SYNCHRONISED_FOR_S:
            self._synchronised, self._asked_s = clock_is_synchronised(), now_s
        if wall < MADE or wall < self._newest - BACKWARDS:
            return Moment(now_s, wall, ClockQuality.IMPLAUSIBLE)
        self._newest = max(self._newest, wall)
        return Moment(now_s, wall, ClockQuality.SYNCHRONISED if self._synchronised else ClockQuality.FREE_RUNNING)
