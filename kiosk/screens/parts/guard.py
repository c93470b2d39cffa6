"""Against taps that were not meant: the second half of a double tap, and a finger that comes down on a screen which
has just changed.
"""

from dataclasses import dataclass

CLOSED_MAX_S = 2.0
"""After a tap, no button takes another one until the hall has answered with a view, or this long."""
SETTLE_S = 0.35
"""After one screen has replaced another, buttons wait this long: what a finger is coming down on is not yet what the
eye has seen.
"""


@dataclass(slots=True)
class TouchGuard:
    """`now_s`: seconds on a clock that never runs backwards."""

    closed_until_s: float = float("-inf")

    def may_touch(self, now_s: float) -> bool:
        return now_s >= self.closed_until_s

    def tapped(self, now_s: float) -> None:
        self.closed_until_s = now_s + CLOSED_MAX_S

    def view_shown(self, now_s: float, screen_changed: bool) -> None:
        self.closed_until_s = now_s + SETTLE_S if screen_changed else now_s

    def answered(self, now_s: float) -> None:
        """The hall has refused what was tapped; the same screen is still up."""
        self.closed_until_s = min(self.closed_until_s, now_s)
