"""The customer's screen: how soon it shows something, and how soon it answers a finger. The drawing is real, at
1080×1920, without a display."""

import sys
from collections.abc import Mapping
from pathlib import Path

from kiosk.virtual.bench.programs import BARE_WINDOW
from kiosk.virtual.bench.row import Row, percentile, summary
from kiosk.virtual.bench.setting import Setting
from kiosk.virtual.bench.timed_hall import TimedHall
from kiosk.virtual.demo import start_screen
from kiosk.virtual.hall import Program

SIZE = "1080x1920"
FRAME_MS = 1000 / 60
FIRST_FRAME_GOAL_S = 1.0
TOUCH_GOAL_MS = 50.0
START_S = 30.0


def measure(setting: Setting) -> list[Row]:
    starts, touches = setting.amount(10, 1), setting.amount(200, 5)
    first_frames, bare_frames = [], []
    with setting.folder() as folder, TimedHall(folder) as hall:
        hall.start_devices()
        hall.start_hall()
        hall.wait_ready()
        hall.open_day()
        for number in range(starts):
            bare_frames.append(_bare_first_frame_s(hall.environment, folder))
            screen = start_screen(hall, "customer", SIZE, headless=True)
            first_frames.append(_first_frame_s(screen))
            _end(screen)
            setting.progress("first frames", number + 1, starts)
        screen = start_screen(hall, "customer", SIZE, headless=True, measure=touches)
        screen.wait_for(lambda event: "touch_frame" in event, START_S + touches)
        touch_ms = [event["touch_frame_ms"] for event in screen.events if "touch_frame_ms" in event]
        _end(screen)
    p95 = percentile(touch_ms, 0.95)
    return [
        Row(
            "screen, process start to first frame",
            percentile(first_frames, 0.5),
            "s",
            "bare Kivy window",
            percentile(bare_frames, 0.5),
            "≤ 1 s",
            max(first_frames) <= FIRST_FRAME_GOAL_S,
            {"first_frame_s": summary(first_frames), "bare_s": summary(bare_frames)},
        ),
        Row(
            "touch to frame, p95",
            p95,
            "ms",
            "one frame at 60 Hz",
            FRAME_MS,
            "≤ 50 ms",
            p95 <= TOUCH_GOAL_MS,
            summary(touch_ms),
        ),
    ]


def _bare_first_frame_s(environment: Mapping[str, str], folder: Path) -> float:
    arguments = [sys.executable, "-c", BARE_WINDOW, *SIZE.split("x")]
    surroundings = {**environment, "SDL_VIDEODRIVER": "offscreen", "KIVY_HOME": str(folder / "kivy")}
    (folder / "kivy").mkdir(exist_ok=True)
    window = Program("bare-window", arguments, environment=surroundings, log=folder / "bare-window.log")
    try:
        return _first_frame_s(window)
    finally:
        _end(window)


def _first_frame_s(screen: Program) -> float:
    value: float = screen.wait_for(lambda event: "first_frame_s" in event, START_S)["first_frame_s"]
    return value


def _end(screen: Program) -> None:
    screen.process.terminate()
    screen.end()
