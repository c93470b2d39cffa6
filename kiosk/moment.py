"""One reading of the clocks, taken once at the edge and handed down."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ClockQuality(StrEnum):
    """How far the wall clock can be believed. Durations never depend on it."""

    SYNCHRONISED = "synchronised"
    """The operating system says that it follows a time server."""
    FREE_RUNNING = "free-running"
    """Plausible, and not known to be synchronised."""
    IMPLAUSIBLE = "implausible"
    """Before this program was made, or before the newest journal record: no cash is taken."""


@dataclass(frozen=True, slots=True)
class Moment:
    """`mono_s`: seconds on the monotonic clock; `wall`: local wall time with its time zone."""

    mono_s: float
    wall: datetime
    quality: ClockQuality
