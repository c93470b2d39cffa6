"""Serves the device side of a serial protocol on a pseudo-terminal, with real time.

The model has no input or output of its own; this is its edge: pty, clock, lines of commands in, events out. A
pseudo-terminal has no bit rate, so the bytes that the model sends are paced here as the line would pace them. What
cannot be seen on a pty: parity and the number of data bits (the kernel forces 8 bits without parity).
"""

import contextlib
import os
import select
import stat
import termios
import time
import tty
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

from drivers.wire import SerialSettings

_READ_SIZE = 4096
_IDLE_S = 1.0


class WireModel(Protocol):
    """What a simulated device offers. Times are seconds on one clock."""

    @property
    def settings(self) -> SerialSettings: ...

    def receive_data(self, data: bytes, now: float) -> None: ...

    def data_to_send(self, now: float) -> bytes: ...

    def next_deadline(self) -> float | None: ...

    def handle_deadline(self, now: float) -> None: ...

    def command(self, line: str, now: float) -> bool:
        """Does what a person does to the machine; false for words that it does not know."""

    def take_events(self) -> tuple[dict[str, object], ...]: ...


class Pty:
    """A pseudo-terminal in raw mode whose slave is found under `link`.

    The slave is kept open here too, so that a program that closes it does not end the device. `unplug` destroys it,
    as pulling a USB cable does: whoever has it open gets an error. Raises `OSError` if `link` exists and is no
    symbolic link.
    """

    def __init__(self, link: str) -> None:
        self._link = Path(link)
        self.master = self._slave = -1
        self.plug()

    def plug(self) -> None:
        if self.master >= 0:
            return
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave, termios.TCSANOW)
        os.set_blocking(self.master, False)
        if self._link.is_symlink():
            self._link.unlink()
        self._link.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        if self.master < 0:
            return
        name = os.ttyname(self._slave)
        os.close(self._slave)
        os.close(self.master)
        self.master = self._slave = -1
        with contextlib.suppress(OSError):
            if os.readlink(self._link) == name:
                self._link.unlink()


class PtyRunner:
    """Runs one model on one pty until `quit` or `stop`.

    Lines of commands come from `commands` (a descriptor) and from `post` (any thread). Besides the model's own
    words: `unplug`, `plug`, `quit`. When a pipe of commands ends, the runner ends; the end of a file or of
    /dev/null leaves it running.

    `on_line(way, data, at)` hears of the bytes as they pass: "out" when they have gone to the controller, "in" when
    they have come from it; `at` is monotonic seconds.
    """

    def __init__(
        self,
        model: WireModel,
        link: str,
        on_event: Callable[[dict[str, object]], None],
        on_line: Callable[[str, bytes, float], None] = lambda way, data, at: None,
    ) -> None:
        self._model = model
        self._on_event = on_event
        self._on_line = on_line
        self._pty = Pty(link)
        self._link = link
        self._byte_s = model.settings.byte_time_s()
        self._line: deque[tuple[float, int]] = deque()
        self._line_free_at = 0.0
        self._running = True
        self._posted_fd, self._post_fd = os.pipe()
        self._pending: dict[int, bytes] = {}

    def post(self, line: str) -> None:
        os.write(self._post_fd, line.encode() + b"\n")

    def stop(self) -> None:
        self.post("quit")

    def run(self, commands: int | None = None) -> None:
        self._on_event({"event": "listening", "link": self._link})
        sources = [self._posted_fd] + ([commands] if commands is not None else [])
        try:
            while self._running:
                self._turn(sources)
        finally:
            self._pty.unplug()
            os.close(self._posted_fd)
            os.close(self._post_fd)

    def _turn(self, sources: list[int]) -> None:
        now = time.monotonic()
        self._settle(now)
        wake = min(
            (t for t in (self._model.next_deadline(), self._line[0][0] if self._line else None) if t is not None),
            default=now + _IDLE_S,
        )
        master = [self._pty.master] if self._pty.master >= 0 else []
        ready, _, _ = select.select(sources + master, [], [], max(0.0, min(wake - now, _IDLE_S)))
        now = time.monotonic()
        for fd in ready:
            if fd in sources:
                self._read_commands(fd, sources, now)
            elif fd == self._pty.master:
                self._read_line(now)
        self._settle(time.monotonic())

    def _settle(self, now: float) -> None:
        deadline = self._model.next_deadline()
        if deadline is not None and now >= deadline:
            self._model.handle_deadline(now)
        for byte in self._model.data_to_send(now):
            self._line_free_at = max(self._line_free_at, now) + self._byte_s
            self._line.append((self._line_free_at, byte))
        due = bytearray()
        while self._line and self._line[0][0] <= now:
            due.append(self._line.popleft()[1])
        if due and self._pty.master >= 0:
            with contextlib.suppress(OSError):
                os.write(self._pty.master, due)
                self._on_line("out", bytes(due), time.monotonic())
        self._tell()

    def _tell(self) -> None:
        for event in self._model.take_events():
            self._on_event(event)

    def _read_line(self, now: float) -> None:
        try:
            data = os.read(self._pty.master, _READ_SIZE)
        except OSError:
            return
        self._on_line("in", data, now)
        self._model.receive_data(data, now)

    def _read_commands(self, fd: int, sources: list[int], now: float) -> None:
        data = os.read(fd, _READ_SIZE)
        if not data:
            sources.remove(fd)
            mode = os.fstat(fd).st_mode
            self._running = not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))
        *lines, rest = (self._pending.get(fd, b"") + data).split(b"\n")
        self._pending[fd] = rest
        if not data and rest:
            lines.append(rest)
        for line in lines:
            if self._running or not data:
                self._do(line.decode(errors="replace").strip(), now)
                self._tell()

    def _do(self, line: str, now: float) -> None:
        if not line:
            return
        if line == "quit":
            self._running = False
        elif line == "unplug":
            self._line.clear()
            self._pty.unplug()
            self._on_event({"event": "unplugged"})
        elif line == "plug":
            self._pty.plug()
            self._on_event({"event": "plugged", "link": self._link})
        elif not self._model.command(line, now):
            self._on_event({"event": "not_understood", "line": line})


def descriptor(stream: IO[str]) -> int | None:
    """The descriptor behind a stream of commands; `None` if it has none."""
    try:
        return stream.fileno()
    except (OSError, ValueError, AttributeError):
        return None
