"""A screen as a process of its own, with a real socket."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from kiosk.screens import samples

pytestmark = [pytest.mark.wire, pytest.mark.xdist_group("kivy")]

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []
    environment = {
        **os.environ,
        "SDL_VIDEODRIVER": "offscreen",
        "KIVY_HOME": str(tmp_path / "kivy"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    (tmp_path / "kivy").mkdir()

    def begin(code: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def run_code(socket_path: Path, **options: object) -> str:
    words = "".join(f", {name}={value!r}" for name, value in options.items())
    return (
        "import sys; from kiosk.screens.run import run_screen; "
        f"sys.exit(run_screen('customer', {str(socket_path)!r}, window=(540, 960){words}))"
    )


def lines_until(process: subprocess.Popen[str], key: str, count: int = 1) -> list[dict[str, Any]]:
    assert process.stdout is not None
    found: list[dict[str, Any]] = []
    for line in process.stdout:
        message = json.loads(line)
        if key in message:
            found.append(message)
        if len(found) == count:
            return found
    raise AssertionError(f"the screen ended: {process.stderr.read() if process.stderr else ''}")


def test_a_screen_shows_each_new_view_once_and_ends_on_sigterm(hall: Any, start: Start, tmp_path: Path) -> None:
    process = start(run_code(hall.path, capture_dir=str(tmp_path / "pictures")))
    assert 0 < lines_until(process, "first_frame_s")[0]["first_frame_s"] < 60
    assert hall.hear("hello", 30)["role"] == "customer"
    views = samples.customer_views("zh_CN")
    paying = asdict(views["paying"])
    hall.send("snapshot", {"sequence": 7, "view": asdict(views["idle"])})
    hall.send("event", {"sequence": 8, "view": paying})
    hall.send("event", {"sequence": 9, "view": {**paying, "clock_text": "09:42"}})
    hall.send("event", {"sequence": 10, "view": asdict(views["done"])})
    pictures = lines_until(process, "captured", 3)
    assert [(one["screen"], one["sequence"]) for one in pictures] == [("idle", 7), ("paying", 8), ("done", 10)]
    assert [Path(one["captured"]).name for one in pictures] == ["01-idle.png", "02-paying.png", "03-done.png"]
    from PIL import Image

    sizes = set()
    for one in pictures:
        with Image.open(one["captured"]) as picture:
            sizes.add(picture.size)
            assert len(picture.getcolors(maxcolors=1 << 20) or []) > 20
    assert sizes == {(540, 960)}
    assert hall.hear("alive") > 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_a_measured_screen_reports_how_long_a_touch_takes_to_show(hall: Any, start: Start) -> None:
    process = start(run_code(hall.path, measure=3))
    hall.hear("hello", 30)
    hall.send("snapshot", {"sequence": 1, "view": asdict(samples.customer_views("zh_CN")["card"])})
    summary = lines_until(process, "touch_frame")[0]["touch_frame"]
    assert summary["count"] == 3
    assert 0 < summary["p50_ms"] <= summary["max_ms"]
    assert hall.hears_nothing("command", 0.5), "measuring must not tap anything"
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_the_lockdown_is_in_force_before_kivy_starts(start: Start) -> None:
    code = """
import json, os
from kiosk.screens.environment import prepare
prepare((540, 960), locked=True)
from kivy.config import Config
print(json.dumps({
    "escape": Config.get("kivy", "exit_on_escape"),
    "modules": Config.items("modules"),
    "input": Config.items("input"),
    "args": os.environ["KIVY_NO_ARGS"],
    "log": os.environ["KIVY_LOG_MODE"],
}))
try:
    prepare((540, 960), locked=True)
except RuntimeError as refused:
    print(json.dumps({"refused": str(refused)}))
"""
    output, _ = start(code).communicate(timeout=60)
    settings, refused = (json.loads(line) for line in output.splitlines())
    assert settings["escape"] == "0"
    assert settings["modules"] == []
    assert settings["input"] == [["mouse", "mouse,disable_multitouch"]]
    assert settings["args"] == "1"
    assert settings["log"] == "PYTHON"
    assert "already imported" in refused["refused"]


def test_a_role_without_a_screen_is_refused() -> None:
    from kiosk.screens.run import run_screen

    with pytest.raises(ValueError, match="customer, counter"):
        run_screen("board", "/nowhere", window=(540, 960))
