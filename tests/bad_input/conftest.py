"""A hall that is given something wrong: real programs, as many devices as the test wants, and what people are told."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.app.audit import audit
from kiosk.link.client import HallNotRunning
from kiosk.virtual.hall import Program, VirtualHall, Visitor
from storage.database import open_readonly

PATIENCE_S = 30.0
PROJECT = Path(__file__).resolve().parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'queue'}", "PYTHONUNBUFFERED": "1"}


class House:
    def __init__(self, folder: Path) -> None:
        self.hall = VirtualHall(folder, speed=25, timeouts={"done_s": 3, "idle_s": 3})
        self.folder = folder
        self.database = folder / "hall.sqlite3"
        self.config = self.hall.config
        self._visitors: list[Visitor] = []

    # Starting ---------------------------------------------------------------------------------------------------------

    def starts(self, *devices: str) -> None:
        """The hall with these devices; all of them without a name."""
        for name in devices or ("receipt-printer", "ticket-dispenser", "note-acceptor", "card-reader"):
            self.hall.start_device(name)
            link = self.hall.pcsc_link if name == "card-reader" else self.folder / name
            self.until(link.is_symlink, f"{name} is there")
        self.hall.start_hall()

    def starts_as(self, *line: str) -> None:
        """The hall by another command line."""
        self.hall.hall = Program("hall", list(line), environment=self.hall.environment, log=self.folder / "hall.log")

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """`gashall …` to its end."""
        line = [sys.executable, "-m", "kiosk.cli", *(str(argument) for argument in arguments)]
        environment = ENVIRONMENT | {"PCSCLITE_CSOCK_NAME": str(self.hall.pcsc_link)}
        return subprocess.run(line, capture_output=True, text=True, env=environment, timeout=PATIENCE_S, check=False)

    def screen(self) -> Visitor:
        self._visitors.append(Visitor(self.hall.socket))
        return self._visitors[-1]

    def tells_the_customer(self, words: str) -> None:
        visitor = self.screen()
        visitor.wait_for(lambda view: words in view.title and view.screen == "out_of_service", PATIENCE_S)

    # What is told -----------------------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        try:
            return dict(self.hall.ask("status").data)
        except HallNotRunning:
            return {}

    def device(self, name: str) -> dict[str, Any]:
        return next((row for row in self.status().get("devices", []) if row["device"] == name), {})

    @property
    def log(self) -> str:
        path = self.folder / "hall.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def until(self, reached: Callable[[], bool], what: str) -> None:
        ends = time.monotonic() + PATIENCE_S
        while not reached():
            assert time.monotonic() < ends, f"{what}; {self.status()}; {self.log[-2000:]}"
            time.sleep(0.02)

    def takes_no_cash_and_has_lost_nothing(self, why: str) -> None:
        assert self.status()["cash_refusal"] == why
        acceptor = self.hall.devices.get("note-acceptor")
        if acceptor is not None:
            since = len(acceptor.events)
            acceptor.send("insert 50")
            told = acceptor.wait_for(lambda event: event["event"] in ("returned", "escrow"), PATIENCE_S, since)
            assert told["event"] == "returned"
            assert told["in_box_fen"] == 0
        self.books_are_sound()

    def books_are_sound(self) -> None:
        with open_readonly(self.database) as database:
            assert audit(database)["sound"]

    def close(self) -> None:
        for visitor in self._visitors:
            visitor.leave()
        self.hall.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()
