"""The command line as people and programs use it: `gashall …` with its output read line by line."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kiosk.cli import main
from kiosk.virtual import sample_hall
from kiosk.virtual.hall import Program, VirtualHall, Visitor

PATIENCE_S = 30.0
PROJECT = Path(__file__).resolve().parents[2]
SOURCE_ROOTS = f"{PROJECT}:{PROJECT / 'queue'}"


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines: every line must be an object."""
        rows = [json.loads(line) for line in self.out.splitlines()]
        assert all(isinstance(row, dict) for row in rows)
        return rows


@pytest.fixture(scope="session")
def gashall() -> Callable[..., Ran]:
    """One command in this process: same code, no start-up time."""

    def run(*arguments: object) -> Ran:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    import os

    return os.environ | {"PYTHONPATH": SOURCE_ROOTS, "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def program(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[..., Program]]:
    """Starts `gashall …` as a program of its own; all are ended afterwards."""
    started: list[Program] = []

    def start(*arguments: object, **more: str) -> Program:
        line = [sys.executable, "-m", "kiosk.cli", *(str(argument) for argument in arguments)]
        name = str(arguments[1])
        started.append(Program(name, line, environment=environment | more, log=tmp_path / f"{name}.log"))
        return started[-1]

    yield start
    for each in started:
        each.end()


@pytest.fixture
def run_program(environment: dict[str, str]) -> Callable[..., Ran]:
    """Runs `gashall …` as a program of its own to its end."""

    def run(*arguments: object, **more: str) -> Ran:
        line = [sys.executable, "-m", "kiosk.cli", *(str(argument) for argument in arguments)]
        done = subprocess.run(
            line, capture_output=True, text=True, env=environment | more, timeout=PATIENCE_S, check=False
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def until() -> Callable[[Callable[[], bool], str], None]:
    def wait(reached: Callable[[], bool], what: str) -> None:
        ends = time.monotonic() + PATIENCE_S
        while not reached():
            assert time.monotonic() < ends, what
            time.sleep(0.02)

    return wait


@pytest.fixture
def sample_config(tmp_path: Path) -> Path:
    """A hall that does not run."""
    return sample_hall.write_hall(tmp_path)


class RunningHall:
    def __init__(self, folder: Path) -> None:
        self.hall = VirtualHall(folder, speed=25, timeouts={"done_s": 3})
        self.hall.start_devices()
        self.hall.start_hall()
        self.hall.wait_ready()
        self.config = self.hall.config
        self.sold = 0

    def has_traded(self) -> None:
        """One purchase is in the books; the day may be over by now."""
        if not self.sold:
            self.hall.open_day()
            self.buys_for_20_yuan()

    def buys_for_20_yuan(self) -> None:
        """One visit, from card to card."""
        visitor = Visitor(self.hall.socket)
        try:
            visitor.wait_for("idle")
            card = self.hall.new_card("wang")
            self.hall.device("card-reader", f"insert {card}")
            visitor.wait_for("card")
            visitor.touch("top_up")
            visitor.wait_for("choose")
            visitor.touch("amount", value=20)
            visitor.wait_for("quote")
            visitor.touch("pay")
            visitor.wait_for("paying")
            acceptor = self.hall.devices["note-acceptor"]
            since = len(acceptor.events)
            while not visitor.view.notes and visitor.view.screen == "paying":
                if not any(event["event"] in ("escrow", "stacked") for event in acceptor.events[since:]):
                    since = len(acceptor.events)
                    acceptor.send("insert 20")
                time.sleep(0.5)
            visitor.wait_for("confirm")
            visitor.touch("confirm")
            visitor.wait_for("done")
            self.hall.device("card-reader", "pull")
            self.sold += 1
        finally:
            visitor.leave()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    hall = RunningHall(tmp_path_factory.mktemp("hall"))
    yield hall
    hall.hall.close()
