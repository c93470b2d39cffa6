"""A whole hall on real wires: the hall process, simulated devices on ptys and behind a real pcscd, each a program of
its own.

A person's hands are `device(...)` (the words of `gashall virtual`), a person's eyes are what the devices say they hold,
a person's fingers are a `Visitor`, who is a customer screen without pictures. Used by the demonstration, the tests and
the measurements.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from kiosk.link.client import HallNotRunning, ask
from kiosk.link.wire import Reply
from kiosk.screens.client import HallClient, HallLost, Replied, ViewArrived
from kiosk.screens.decode import view_from_json
from kiosk.view.shapes import CustomerView
from kiosk.virtual import sample_hall

DEVICES = ("note-acceptor", "receipt-printer", "ticket-dispenser", "card-reader")
READY_S = 20.0


class Program:
    """A child process that speaks JSON lines: commands go in, events come out, the newest of each kind is kept."""

    def __init__(self, name: str, arguments: list[str], *, environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.events: list[dict[str, Any]] = []
        self.newest: dict[str, Any] = {}
        self._heard = threading.Condition()
        self._silent = False
        self._log = log.open("ab")
        self.process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=dict(environment),
        )
        self._reader = threading.Thread(target=self._read, name=f"{name}-events", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            with self._heard:
                self.events.append(event)
                self.newest.update(event)
                self._heard.notify_all()
        with self._heard:
            self._silent = True
            self._heard.notify_all()

    def send(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def wait_for(self, what: Callable[[dict[str, Any]], bool], limit_s: float, since: int = 0) -> dict[str, Any]:
        """The first event from number `since` on that fits. Raises `TimeoutError`, at once if the program has ended
        without it."""
        ends = time.monotonic() + limit_s
        with self._heard:
            while True:
                for event in self.events[since:]:
                    if what(event):
                        return event
                left = ends - time.monotonic()
                if self._silent or left <= 0 or not self._heard.wait(left):
                    when = "before it ended" if self._silent else f"within {limit_s:g} s"
                    raise TimeoutError(f"{self.name}: not told {when}; told: {self.events[since:][-8:]}")

    def end(self, patience_s: float = 5.0) -> int:
        """Ends it in order, by force if it does not."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        if self.process.poll() is None and self.name == "hall":
            self.process.terminate()
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self._over()

    def kill(self) -> None:
        """SIGKILL: nothing of it runs again."""
        self.process.kill()
        self.process.wait()
        self._over()

    def _over(self) -> int:
        self._reader.join(5)
        assert self.process.stdout is not None
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.process.stdout.close()
        self._log.close()
        return self.process.returncode


class VirtualHall:
    """`speed` divides the times of the mechanics; the lines keep their own bit rate."""

    def __init__(self, folder: Path, *, speed: float = 1.0, timeouts: Mapping[str, float] | None = None) -> None:
        self.folder = folder
        self.config = sample_hall.write_hall(folder, **(timeouts or {}))
        self.socket = str(folder / "hall.sock")
        self.pcsc_link = folder / "pcscd.comm"
        self.devices: dict[str, Program] = {}
        self.hall: Program | None = None
        self.speed = speed
        self.environment = os.environ | {
            "PCSCLITE_CSOCK_NAME": str(self.pcsc_link),
            "PYTHONPATH": os.pathsep.join(_SOURCE_ROOTS),
            "PYTHONUNBUFFERED": "1",
        }

    # Devices ---------------------------------------------------------------------------------------------------------

    def start_devices(self) -> None:
        for name in DEVICES:
            self.start_device(name)
        for name in ("receipt-printer", "ticket-dispenser", "note-acceptor"):
            _wait_until((self.folder / name).is_symlink, READY_S, f"{name} has its port")
        self.devices["card-reader"].wait_for(lambda event: event["event"] == "ready", READY_S)

    def start_device(self, name: str) -> None:
        link = self.pcsc_link if name == "card-reader" else self.folder / name
        arguments = [
            sys.executable,
            "-m",
            "kiosk.cli",
            "virtual",
            name,
            "--link",
            str(link),
            "--speed",
            str(self.speed),
        ]
        self.devices[name] = Program(name, arguments, environment=self.environment, log=self.folder / f"{name}.log")

    def device(self, name: str, command: str) -> None:
        """Does to a device what a person would, in the words of `gashall virtual`."""
        self.devices[name].send(command)

    def new_card(self, name: str, card_no: str = "", customer_no: str = "", meter_no: str = "") -> Path:
        """Issues a card of the sample hall into a file."""
        path = self.folder / f"{name}.card"
        words = (
            "new",
            str(path),
            card_no or sample_hall.CARD,
            customer_no or sample_hall.CUSTOMER,
            meter_no or sample_hall.METER,
        )
        reader = self.devices["card-reader"]
        since = len(reader.events)
        reader.send(" ".join(words))
        reader.wait_for(lambda event: event["event"] == "created", READY_S, since)
        return path

    # The hall --------------------------------------------------------------------------------------------------------

    def start_hall(self, *, kill_at_effect: int | None = None, mortal: bool = False) -> None:
        """`kill_at_effect`: SIGKILL itself before that effect (counted from 0). `mortal`: later, at a word of
        `die_before`."""
        arguments = [sys.executable, "-m", "kiosk.cli", "hall", "--config", str(self.config)]
        if mortal or kill_at_effect is not None:
            count = [] if kill_at_effect is None else [str(kill_at_effect)]
            arguments = [sys.executable, "-m", "kiosk.virtual.mortal", str(self.config), *count]
        self.hall = Program("hall", arguments, environment=self.environment, log=self.folder / "hall.log")

    def wait_ready(self, limit_s: float = READY_S) -> dict[str, Any]:
        """Until every device of the hall is online. Returns the status.

        Raises `TimeoutError`, and `RuntimeError` with the hall's last words if it has ended.
        """
        newest: dict[str, Any] = {}

        def ready() -> bool:
            if self.hall_is_dead:
                raise RuntimeError(f"the hall has ended: {self.last_words()}")
            with contextlib.suppress(HallNotRunning):
                newest.update(self.ask("status").data)
            return bool(newest) and all(device["status"] == "online" for device in newest["devices"])

        _wait_until(ready, limit_s, "all devices are online", lambda: newest)
        return newest

    def last_words(self, lines: int = 12) -> str:
        """The end of the hall's log."""
        return "\n".join((self.folder / "hall.log").read_text(errors="replace").splitlines()[-lines:])

    def ask(self, name: str, **args: Any) -> Reply:
        """A staff command. Raises `HallNotRunning`."""
        return ask(self.socket, name, args)

    def open_day(self) -> None:
        answer = self.ask("day.open", who="clerk:001")
        assert answer.accepted or answer.reason == "already_open", answer

    def die_before(self, effect: int) -> None:
        """A mortal hall kills itself before this effect, counted from 0 at this moment."""
        assert self.hall is not None
        since = len(self.hall.events)
        self.hall.send(f"die {effect}")
        self.hall.wait_for(lambda event: event["event"] == "armed", READY_S, since)

    @property
    def hall_is_dead(self) -> bool:
        return self.hall is None or self.hall.process.poll() is not None

    def bury_hall(self) -> str:
        """After a death of its own; returns the effect that did not happen, empty if it did not die of a countdown."""
        assert self.hall is not None
        hall, self.hall = self.hall, None
        hall.kill()
        return next((str(event["before"]) for event in hall.events if event["event"] == "dies"), "")

    def kill_hall(self) -> None:
        assert self.hall is not None
        self.hall.kill()
        self.hall = None

    def close(self) -> None:
        if self.hall is not None:
            self.hall.end()
            self.hall = None
        for program in self.devices.values():
            program.end()
        self.devices.clear()

    def __enter__(self) -> "VirtualHall":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What physically is ----------------------------------------------------------------------------------------------

    @property
    def in_box_fen(self) -> int:
        return int(self.devices["note-acceptor"].newest.get("in_box_fen", 0))

    def papers(self, device: str = "receipt-printer") -> list[str]:
        return [event["text"] for event in self.devices[device].events if event["event"] == "printed"]

    def violations(self) -> list[str]:
        return [
            f"{name}: {event['text']}"
            for name, program in self.devices.items()
            for event in program.events
            if event["event"] == "violation"
        ]


class Visitor:
    """A customer screen without pictures: sees every view in order and touches buttons."""

    def __init__(self, socket_path: str) -> None:
        self._changed = threading.Condition()
        self._replies: dict[str, Replied] = {}
        self.views: list[CustomerView] = []
        self.lost = False
        self._beating = True
        self.client = HallClient(socket_path, "customer", self._hear)
        self.client.start()
        self._beats = threading.Thread(target=self._beat, name="visitor-beats", daemon=True)
        self._beats.start()

    def _beat(self) -> None:
        while self._beating:
            self.client.frame_advanced()
            time.sleep(0.1)

    def _hear(self, event: object) -> None:
        with self._changed:
            if isinstance(event, ViewArrived):
                self.lost = False
                self.views.append(view_from_json(CustomerView, event.view))
            elif isinstance(event, Replied):
                self._replies[event.command_id] = event
            elif isinstance(event, HallLost):
                self.lost = True
            self._changed.notify_all()

    @property
    def view(self) -> CustomerView:
        """What is on the screen. Raises `IndexError` before the first view."""
        return self.views[-1]

    def wait_for(self, screen: str | Callable[[CustomerView], bool], limit_s: float = 30.0) -> CustomerView:
        """Until a screen of this name (or one that fits) is up. Raises `TimeoutError`."""

        def fits(view: CustomerView) -> bool:
            return screen(view) if callable(screen) else view.screen == screen

        ends = time.monotonic() + limit_s
        with self._changed:
            while not (self.views and fits(self.views[-1])):
                left = ends - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    shown = [(view.screen, view.title, view.message) for view in self.views[-1:]]
                    raise TimeoutError(f"not up within {limit_s:g} s: {screen}; the screen shows {shown}")
            return self.views[-1]

    def touch(self, intent: str, **args: Any) -> None:
        self.client.command(intent, self.view.screen, args)

    def leave(self) -> None:
        self._beating = False
        self._beats.join(2)
        self.client.stop()


_ROOT = Path(__file__).resolve().parents[2]
_SOURCE_ROOTS = (str(_ROOT), str(_ROOT / "queue"))


def _wait_until(true: Callable[[], bool], limit_s: float, what: str, shown: Callable[[], object] = lambda: "") -> None:
    ends = time.monotonic() + limit_s
    while not true():
        if time.monotonic() > ends:
            raise TimeoutError(f"not within {limit_s:g} s: {what} {shown()}")
        time.sleep(0.02)
