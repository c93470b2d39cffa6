"""A virtual hall whose devices say when everything happened, and the service manager's ear that hears when it is
ready."""

import contextlib
import socket
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.link.client import HallNotRunning
from kiosk.virtual.hall import Program, VirtualHall

LOOK_EVERY_S = 0.005


@dataclass(frozen=True, slots=True)
class Started:
    """Seconds from the start of the process (or from the kill before it)."""

    link_answers_s: float
    told_ready_s: float
    """READY=1, as systemd hears it."""
    devices_online_s: float


class TimedHall(VirtualHall):
    def __init__(self, folder: Path, *, speed: float = 1.0, timeouts: Mapping[str, float] | None = None) -> None:
        super().__init__(folder, speed=speed, timeouts=timeouts)
        self._ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        address = folder / "notify"
        self._ear.bind(str(address))
        self._ear.setblocking(False)
        self.environment = {**self.environment, "NOTIFY_SOCKET": str(address)}

    def __enter__(self) -> "TimedHall":
        return self

    def start_device(self, name: str) -> None:
        link = self.pcsc_link if name == "card-reader" else self.folder / name
        arguments = [sys.executable, "-m", "kiosk.virtual.bench.timed_device", name, str(link), str(self.speed)]
        self.devices[name] = Program(name, arguments, environment=self.environment, log=self.folder / f"{name}.log")

    def close(self) -> None:
        super().close()
        self._ear.close()

    def start_and_time(self, *, since: float | None = None, limit_s: float = 60.0) -> Started:
        """Starts the hall and watches until all its devices are online. Raises `TimeoutError`."""
        self._told_ready()
        began = time.monotonic() if since is None else since
        self.start_hall()
        answered = ready = None
        while time.monotonic() - began < limit_s:
            if ready is None and self._told_ready():
                ready = time.monotonic() - began
            with contextlib.suppress(HallNotRunning):
                status = self.ask("status").data
                answered = answered or time.monotonic() - began
                if ready is not None and all(device["status"] == "online" for device in status["devices"]):
                    return Started(answered, ready, time.monotonic() - began)
            time.sleep(LOOK_EVERY_S)
        raise TimeoutError(f"the hall was not ready within {limit_s:g} s; see {self.folder / 'hall.log'}")

    def end_hall(self) -> None:
        """In order, as a service manager does it."""
        assert self.hall is not None
        self.hall.end()
        self.hall = None

    def _told_ready(self) -> bool:
        """Whether READY=1 has come since it was asked last."""
        told = False
        with contextlib.suppress(BlockingIOError):
            while True:
                told = b"READY=1" in self._ear.recv(4096).split(b"\n") or told
        return told


@dataclass(frozen=True, slots=True)
class Frame:
    """One CCNET frame on the wire. `began`, `ended`: when its first and its last byte passed the unit. `code`:
    command, or first byte of a reply."""

    way: str
    began: float
    ended: float
    code: int


def frames(events: Iterable[Mapping[str, Any]]) -> list[Frame]:
    """The frames in a timed acceptor's events, in the order of the line. Damaged bytes are passed over."""
    found: list[Frame] = []
    for event in events:
        if event["event"] != "line":
            continue
        data = [(at, byte) for at, text in event["chunks"] for byte in bytes.fromhex(text)]
        while len(data) >= 6:
            length = data[2][1]
            if (data[0][1], data[1][1]) != (0x02, 0x03) or not 6 <= length <= len(data):
                del data[0]
                continue
            found.append(Frame(event["way"], data[0][0], data[length - 1][0], data[3][1]))
            del data[:length]
    return found
