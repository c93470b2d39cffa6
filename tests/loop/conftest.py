"""A pseudo-terminal as a device's port, and a machine that writes down how the edge calls it."""

import os
import pty
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.wire import SerialSettings


class Line:
    """The device's end of a port. `path` is a link, as udev makes one: the port comes back under the same name."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self._link = path
        self.master = -1
        self.plug()

    def plug(self) -> None:
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(self.master, False)
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(slave))
        os.close(slave)

    def unplug(self) -> None:
        if self.master >= 0:
            os.close(self.master)
            self.master = -1
            self._link.unlink(missing_ok=True)

    def read(self) -> bytes:
        data = b""
        while True:
            try:
                got = os.read(self.master, 65536)
            except (BlockingIOError, OSError):
                return data
            if not got:
                return data
            data += got

    def write(self, data: bytes) -> None:
        os.write(self.master, data)


class Recorder:
    """A machine without a protocol: what it is told it keeps, what it shall say is put into `to_send`."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.received = b""
        self.to_send = b""
        self.events: list[object] = []
        self.deadline: float | None = None
        self.due_at: list[float] = []

    @property
    def settings(self) -> SerialSettings:
        return SerialSettings(9600)

    def connection_made(self, now: float) -> None:
        self.calls.append("made")
        self.events.append("made")

    def connection_lost(self, now: float) -> None:
        self.calls.append("lost")
        self.events.append("lost")

    def receive_data(self, data: bytes, now: float) -> None:
        self.calls.append("received")
        self.received += data
        self.events.append(data)

    def data_to_send(self, now: float) -> bytes:
        data, self.to_send = self.to_send, b""
        return data

    def next_deadline(self) -> float | None:
        return self.deadline

    def handle_deadline(self, now: float) -> None:
        self.calls.append("due")
        self.due_at.append(now)
        self.deadline = None

    def take_events(self) -> tuple[object, ...]:
        events, self.events = tuple(self.events), []
        return events


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path / "device")
    yield line
    line.unplug()


@pytest.fixture
def machine() -> Recorder:
    return Recorder()
