"""What hall and customer screen cost while nobody is there: all devices attached and polled, the clock on the
screen running.

CPU time is what the kernel has charged to the two processes (proc(5), /proc/PID/stat, user and system), so the load
of others does not count.
"""

import os
import time
from pathlib import Path

from kiosk.virtual.bench.row import Row
from kiosk.virtual.bench.setting import Setting
from kiosk.virtual.bench.timed_hall import TimedHall
from kiosk.virtual.demo import start_screen

SETTLE_S = 15
"""The screen goes to its resting frame rate when nobody has touched it for 10 s."""
GOAL_PERCENT = 2.0


def measure(setting: Setting) -> list[Row]:
    settle_s, watch_s = setting.amount(SETTLE_S, 1), setting.amount(65, 2)
    with setting.folder() as folder, TimedHall(folder) as hall:
        hall.start_devices()
        hall.start_hall()
        hall.wait_ready()
        hall.open_day()
        screen = start_screen(hall, "customer", "1080x1920", headless=True)
        try:
            screen.wait_for(lambda event: "first_frame_s" in event, 30)
            time.sleep(settle_s)
            assert hall.hall is not None
            pids = {"hall": hall.hall.process.pid, "screen": screen.process.pid}
            before, began = {name: cpu_s(pid) for name, pid in pids.items()}, time.monotonic()
            while (gone := time.monotonic() - began) < watch_s:
                time.sleep(min(1.0, watch_s - gone))
                setting.progress("seconds", int(gone) + 1, watch_s)
            took = time.monotonic() - began
            spent = {name: 100 * (cpu_s(pid) - before[name]) / took for name, pid in pids.items()}
            lost = [device["device"] for device in hall.ask("status").data["devices"] if device["status"] != "online"]
        finally:
            screen.process.terminate()
            screen.end()
        violations = hall.violations()
    total = sum(spent.values())
    detail = {f"{name}_percent": round(share, 2) for name, share in spent.items()}
    return [
        Row(
            "idle CPU of hall and screen",
            total,
            "%",
            "one core",
            100.0,
            "≤ 2 %, no device lost",
            total <= GOAL_PERCENT and not lost,
            detail | {"seconds": round(took, 1), "devices_lost": lost, "violations": violations},
        )
    ]


def cpu_s(pid: int) -> float:
    """CPU time of a process so far, its threads included, in seconds; a hundredth fine."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
