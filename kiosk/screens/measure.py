"""How quickly the screen answers: from the start of the process to its first frame, from a touch to the frame that
shows it.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.base import EventLoop
from kivy.input.motionevent import MotionEvent
from kivy.input.provider import MotionEventProvider

from kiosk.screens.capture import report


def process_age_s() -> float:
    """Seconds since this process was started by the kernel (proc(5), /proc/pid/stat, field 22; a hundredth of a
    second fine).
    """
    fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    ticks = int(fields[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / 100


class ProbeTouch(MotionEvent):
    """A finger that the probe made."""

    def __init__(self, number: int, x: float, y: float) -> None:
        super().__init__("probe", number, {"x": x, "y": y}, is_touch=True, type_id="touch")
        self.profile = ["pos"]

    def depack(self, args: dict[str, float]) -> None:
        self.sx, self.sy = args["x"], args["y"]
        super().depack(args)


class TouchProbe(MotionEventProvider):
    """Puts a finger on `place()` (window pixels) at random moments, slides it away so that nothing is tapped, and
    times the frames.

    A touch is due at a moment that does not depend on the frame loop, as a real one is; the time runs from there to
    the swap of the first frame drawn afterwards. Each is reported as `{"touch_frame_ms": …}`, at the end
    `{"touch_frame": {"count", "p50_ms", "p95_ms", "max_ms"}}`.
    """

    def __init__(self, count: int, place: Callable[[], tuple[float, float] | None]) -> None:
        super().__init__("probe", "")
        self._place = place
        self._left = count
        self._random = random.Random(1)
        self._due_s = time.perf_counter() + 1.0
        self._finger: ProbeTouch | None = None
        self._waiting_s: float | None = None
        self._times_ms: list[float] = []

    def start(self) -> None:
        """Nothing to open."""

    def stop(self) -> None:
        """Nothing to close."""

    def update(self, dispatch_fn: Callable[[str, MotionEvent], Any]) -> None:
        now_s = time.perf_counter()
        if now_s < self._due_s:
            return
        window = EventLoop.window
        if self._finger is not None:
            self._finger.move({"x": 0.001, "y": 0.001})
            dispatch_fn("update", self._finger)
            dispatch_fn("end", self._finger)
            self._finger = None
            self._due_s = now_s + self._random.uniform(0.1, 0.25)
            return
        place = self._place()
        if self._left <= 0 or place is None:
            self._due_s = now_s + 0.2
            return
        self._left -= 1
        self._finger = ProbeTouch(self._left, place[0] / window.width, place[1] / window.height)
        self._waiting_s = self._due_s
        dispatch_fn("begin", self._finger)
        self._due_s = now_s + self._random.uniform(0.1, 0.25)

    def frame_shown(self) -> None:
        """A frame has been swapped in."""
        if self._waiting_s is None:
            return
        took_ms = (time.perf_counter() - self._waiting_s) * 1000
        self._waiting_s = None
        self._times_ms.append(took_ms)
        report({"touch_frame_ms": round(took_ms, 2)})
        if self._left == 0:
            ordered = sorted(self._times_ms)
            report(
                {
                    "touch_frame": {
                        "count": len(ordered),
                        "p50_ms": round(ordered[len(ordered) // 2], 2),
                        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 2),
                        "max_ms": round(ordered[-1], 2),
                    }
                }
            )
