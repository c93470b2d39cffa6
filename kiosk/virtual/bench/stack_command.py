"""CCNET: from the last byte of the escrow report to the first byte of STACK, while the customer's screen redraws
without a rest.

In between lie the decision, the commit of the intent (fsync included), and what the protocol asks for: the ACK and
the pause after it.
"""

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from drivers.ccnet import codes
from kiosk.virtual.bench.row import Row, percentile, summary
from kiosk.virtual.bench.setting import Setting
from kiosk.virtual.bench.timed_hall import TimedHall, frames
from kiosk.virtual.bench.visit import buy, meet_meter
from kiosk.virtual.demo import start_screen
from kiosk.virtual.hall import Visitor

NOTES_OF_A_VISIT = 50
MECHANICS_SPEED = 20.0
"""The mechanics are quick, so that most of the time is what is measured; line and protocol keep their own pace."""
LANGUAGE_EVERY_S = 0.3
FLOOR_MS = 1000 * (6 * codes.SETTINGS.byte_time_s() + codes.T_FREE_S)
"""ACK is 6 bytes at 9600 baud; the manual's pause follows."""
GOAL_MS = 76.0
_ESCROW, _STACK = 0x80, 0x35


def measure(setting: Setting) -> list[Row]:
    visits = setting.amount(4, 1)
    notes = setting.amount(NOTES_OF_A_VISIT, 3)
    with setting.folder() as folder, TimedHall(folder, speed=MECHANICS_SPEED, timeouts={"done_s": 3}) as hall:
        hall.start_devices()
        hall.start_hall()
        hall.wait_ready()
        hall.open_day()
        screen = start_screen(hall, "customer", "1080x1920", headless=True, measure=1_000_000)
        visitor = Visitor(hall.socket)
        restless = _Restless(visitor)
        try:
            screen.wait_for(lambda event: "first_frame_s" in event, 30)
            restless.start()
            card = hall.new_card("bench")
            for visit in range(visits):
                if visit:
                    meet_meter(hall, card)
                buy(hall, visitor, card, [1] * notes)
                setting.progress("notes", (visit + 1) * notes, visits * notes)
        finally:
            restless.stop()
            visitor.leave()
            screen.process.terminate()
            screen.end()
        took_ms = reaction_ms(hall.devices["note-acceptor"].events)
        redraws = sum("touch_frame_ms" in event for event in screen.events)
        violations = hall.violations()
    detail = summary(took_ms) | {
        "frames_drawn_for_touches": redraws,
        "languages_changed": restless.count,
        "violations": violations,
    }
    p99 = percentile(took_ms, 0.99)
    return [
        Row("escrow report to STACK, p50", percentile(took_ms, 0.5), "ms", "floor: ACK and pause", FLOOR_MS),
        Row(
            "escrow report to STACK, p99",
            p99,
            "ms",
            "floor: ACK and pause",
            FLOOR_MS,
            "≤ 76 ms",
            p99 <= GOAL_MS,
            detail,
        ),
    ]


def reaction_ms(events: Iterable[Mapping[str, Any]]) -> list[float]:
    """For each STACK the time since the escrow report before it."""
    took: list[float] = []
    report_s: float | None = None
    for frame in frames(events):
        if frame.way == "out":
            report_s = frame.ended if frame.code == _ESCROW else None
        elif frame.code == _STACK and report_s is not None:
            took.append(1000 * (frame.began - report_s))
    return took


class _Restless(threading.Thread):
    """Somebody who changes the language all the time: every change draws the whole screen anew."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__(name="restless", daemon=True)
        self.count = 0
        self._visitor = visitor
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(LANGUAGE_EVERY_S):
            if self._visitor.views:
                self._visitor.touch("language")
                self.count += 1

    def stop(self) -> None:
        self._over.set()
        if self.is_alive():
            self.join(5)
