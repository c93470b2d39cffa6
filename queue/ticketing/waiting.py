"""How long will it take? The queue-length estimator: W = (Q + 1) * E[S] / s, with Q tickets ahead and s open windows.

Ibrahim and Whitt, "Real-Time Delay Estimation Based on Delay History", M&SOM 11 (2009) 397-415, doi
10.1287/msom.1080.0223, name it QL. E[S] is the mean of the service's own last durations, drawn towards the mean of
all services while there are few of them. Of a normal ticket the result is divided by the share of the windows that
priority customers leave over.
"""

from dataclasses import dataclass
from math import isqrt
from typing import Final

from ticketing.line import CALLABLE, Line, TicketState, calling_order

SERVICES_SEEN_MIN: Final = 20
"""Before so many services have been seen, no time is quoted: "前面还有N人" is all that is known."""
PRIOR_WEIGHT: Final = 40
"""How many services of its own weigh as much as the mean of all services."""
BAND_STEP_MIN: Final = 5


@dataclass(frozen=True, slots=True)
class WaitEstimate:
    """`expected_ms`: the mean. `high_ms`: what about four in five customers do not wait longer than (service times
    of coefficient of variation 1)."""

    expected_ms: int
    high_ms: int

    def band_min(self) -> tuple[int, int]:
        """Both in whole minutes for a paper, in steps of five: the lower rounded down, the upper rounded up and
        above it."""
        step_ms = BAND_STEP_MIN * 60_000
        low = self.expected_ms // step_ms * BAND_STEP_MIN
        high = -(-self.high_ms // step_ms) * BAND_STEP_MIN
        return low, max(high, low + BAND_STEP_MIN)


def ahead(line: Line, number: str) -> int | None:
    """How many tickets of the same service are called before this one, if nobody else comes; a reserved number
    counts as if it waited already. `None` if the ticket does not wait."""
    ticket = line.tickets.get(number)
    if ticket is None or ticket.state not in (*CALLABLE, TicketState.RESERVED):
        return None
    tickets = list(line.waiting_tickets((ticket.service_id,)))
    if ticket.state is TicketState.RESERVED:
        tickets = (
            [t for t in tickets if t.ordinal < ticket.ordinal]
            + [ticket]
            + [t for t in tickets if t.ordinal > ticket.ordinal]
        )
    order = calling_order(tickets, 0, line.rules.priority_in_a_row_max)
    return next(index for index, other in enumerate(order) if other.number == number)


def mean_service_ms(line: Line, service_id: str) -> int | None:
    """The shrunk mean of a service's duration; `None` while fewer than `SERVICES_SEEN_MIN` services have been
    seen."""
    seen = line.observations
    if len(seen) < SERVICES_SEEN_MIN:
        return None
    own = [one.duration_ms for one in seen if one.service_id == service_id]
    total = sum(one.duration_ms for one in seen)
    # (sum(own) + PRIOR_WEIGHT * total / len(seen)) / (len(own) + PRIOR_WEIGHT), rounded half-up once
    above = sum(own) * len(seen) + PRIOR_WEIGHT * total
    below = (len(own) + PRIOR_WEIGHT) * len(seen)
    return (2 * above + below) // (2 * below)


def estimate(line: Line, number: str, windows_open: int) -> WaitEstimate | None:
    """How long the ticket will wait, from now. `None` if it does not wait, if no window is open, or if too little
    has been seen."""
    before = ahead(line, number)
    if before is None or windows_open < 1:
        return None
    ticket = line.tickets[number]
    mean_ms = mean_service_ms(line, ticket.service_id)
    if mean_ms is None:
        return None
    seen = len(line.observations)
    # Priority customers who come later go first; at most half of the windows' time is taken to be theirs.
    theirs = 0 if ticket.priority else min(sum(one.priority for one in line.observations), seen // 2)
    scale_above, scale_below = seen, windows_open * (seen - theirs)
    expected_ms = (before + 1) * mean_ms * scale_above // scale_below
    spread_ms = isqrt(before + 1) * mean_ms * scale_above // scale_below
    return WaitEstimate(expected_ms, expected_ms + spread_ms * 84 // 100)
