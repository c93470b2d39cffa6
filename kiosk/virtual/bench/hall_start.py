"""From the start of the hall's process, or from its violent end, until it serves again; with empty books and with
old ones.

Ready is: READY=1 has been told (what systemd waits for) and the status names every device online. The devices run
all the time, with real mechanics. The switch-on is told apart: then the note acceptor boots for 0.8 s and
initialises for 1.5 s, and the latter begins only when the hall has told it to.
"""

import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.virtual.bench.grown_books import grown_books
from kiosk.virtual.bench.row import Row, percentile, summary
from kiosk.virtual.bench.setting import Setting
from kiosk.virtual.bench.timed_hall import Started, TimedHall

GOAL_S = 3.0


@dataclass(slots=True)
class Times:
    switched_on: list[Started] = field(default_factory=list)
    """Hall and note acceptor at the same moment."""
    started: list[Started] = field(default_factory=list)
    """After an orderly end."""
    back: list[Started] = field(default_factory=list)
    """After a SIGKILL with the day open; timed from the kill."""


def measure(setting: Setting) -> list[Row]:
    rows, times = setting.amount(100_000, 500), setting.amount(10, 1)
    books = grown_books(setting, rows, visits=setting.amount(20, 2))
    empty = _times(setting, None, times)
    old = _times(setting, books, times)
    size = {"records": rows, "database_mib": round(books.stat().st_size / (1 << 20), 1)}
    return [
        _row(f"hall start to ready, {rows} records", old.started, empty.started, size, goal=True),
        _row(f"kill to ready again, {rows} records", old.back, empty.back, size, goal=True),
        _row(f"switch-on to ready, {rows} records", old.switched_on, empty.switched_on, size, goal=False),
    ]


def _row(name: str, old: list[Started], empty: list[Started], size: dict[str, float], *, goal: bool) -> Row:
    """The goal holds for every single start."""
    times_s, empty_s = _online(old), _online(empty)
    parts = {
        "devices_online_s": summary(times_s),
        "link_answers_s": summary([each.link_answers_s for each in old]),
        "told_ready_s": summary([each.told_ready_s for each in old]),
    }
    return Row(
        name,
        percentile(times_s, 0.5),
        "s",
        "the same with empty books",
        percentile(empty_s, 0.5),
        "≤ 3 s" if goal else None,
        max(times_s) <= GOAL_S if goal else None,
        {**size, **parts},
    )


def _times(setting: Setting, books: Path | None, times: int) -> Times:
    found = Times()
    with setting.folder() as folder, TimedHall(folder, speed=setting.amount(1, 10)) as hall:
        if books is not None:
            shutil.copyfile(books, folder / "hall.sqlite3")
        hall.start_devices()
        for number in range(times):
            hall.device("note-acceptor", "power off")
            hall.device("note-acceptor", "power on")
            found.switched_on.append(hall.start_and_time())
            hall.end_hall()
            found.started.append(hall.start_and_time())
            hall.open_day()
            killed_s = time.monotonic()
            hall.kill_hall()
            found.back.append(hall.start_and_time(since=killed_s))
            hall.end_hall()
            setting.progress("starts", number + 1, times)
    return found


def _online(started: list[Started]) -> list[float]:
    return [each.devices_online_s for each in started]
