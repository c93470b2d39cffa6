"""The edge: asyncio, descriptors and the clock. The only reader of the clock in the program.

A `SerialChannel` pumps one `WireMachine` (see `drivers.wire` for the order of calls): bytes in, the owner's decision,
bytes out, in one pass of the loop with no queue between. It opens the port, and opens it again when it was lost, for
as long as it lives.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from drivers.errors import DriverError, PortLost
from drivers.port import SerialPort
from drivers.wire import WireMachine

REOPEN_S = 1.0
"""How often a port that is away is tried again; the device's own start takes longer than that."""

_TIME_SYNC_MARK = "/run/systemd/timesync/synchronized"

log = logging.getLogger("gashall.wire")


def monotonic_s() -> float:
    return time.monotonic()


def monotonic_ns() -> int:
    return time.monotonic_ns()


def wall_clock() -> datetime:
    """Local wall time with its zone."""
    return datetime.now().astimezone()


def clock_is_synchronised() -> bool:
    """Whether systemd-timesyncd (or chrony through its compatible mark) says that the wall clock follows a server."""
    return os.path.exists(_TIME_SYNC_MARK)


@dataclass(frozen=True, slots=True)
class ChannelState:
    """Whether the port is open, and why not."""

    path: str
    open: bool
    error: DriverError | None = None


class SerialChannel:
    """One machine on one port.

    `on_events(events, now)` is called in the pass in which they arose; what the owner makes the machine want to send
    in it goes out before the pass ends. A verb called outside a pass is followed by `flush()`. `on_state` hears of
    every opening, loss and new refusal.
    """

    def __init__(
        self,
        path: str,
        machine: WireMachine,
        on_events: Callable[[tuple[object, ...], float], None],
        on_state: Callable[[ChannelState], None] | None = None,
        on_sent: Callable[[bytes, float], None] | None = None,
    ) -> None:
        self.path = path
        self.machine = machine
        self.state = ChannelState(path, open=False)
        self._on_events = on_events
        self._on_state = on_state
        self._on_sent = on_sent
        self._loop = asyncio.get_running_loop()
        self._port: SerialPort | None = None
        self._outbox = bytearray()
        self._writing = False
        self._timer: asyncio.TimerHandle | None = None
        self._reopen: asyncio.TimerHandle | None = None
        self._closed = False

    def start(self) -> None:
        """Tries the port now, and from then on until `close`."""
        self._open()

    def close(self) -> None:
        self._closed = True
        for handle in (self._timer, self._reopen):
            if handle is not None:
                handle.cancel()
        self._release()

    def flush(self) -> None:
        """Ends a pass: hands on what a verb was answered on the spot, sends what the machine wants to send, arms its
        deadline."""
        now = self._loop.time()
        while events := self.machine.take_events():
            self._on_events(events, now)
        self._send(now)
        self._arm()

    def _send(self, now: float) -> None:
        if self._port is not None:
            self._outbox += self.machine.data_to_send(now)
            self._write(now)

    def _pass(self, step: Callable[[float], None]) -> None:
        now = self._loop.time()
        step(now)
        # What the machine answers by itself (the acknowledgement of a mere report) need not wait for the hall.
        self._send(now)
        self.flush()

    def _open(self) -> None:
        self._reopen = None
        if self._closed:
            return
        try:
            port = SerialPort(self.path, self.machine.settings)
        except DriverError as error:
            self._tell(ChannelState(self.path, open=False, error=error))
            self._reopen = self._loop.call_later(REOPEN_S, self._open)
            return
        self._port = port
        self._outbox.clear()
        self._loop.add_reader(port.fileno(), self._readable)
        self._tell(ChannelState(self.path, open=True))
        self._pass(self.machine.connection_made)

    def _readable(self) -> None:
        assert self._port is not None
        try:
            data = self._port.read()
        except PortLost as error:
            self._lose(error)
            return
        if data:
            self._pass(lambda now: self.machine.receive_data(data, now))

    def _writable(self) -> None:
        now = self._loop.time()
        self._write(now)

    def _write(self, now: float) -> None:
        if self._port is None:
            return
        try:
            while self._outbox:
                taken = self._port.write(bytes(self._outbox))
                if self._on_sent is not None and taken:
                    self._on_sent(bytes(self._outbox[:taken]), now)
                del self._outbox[:taken]
                if not taken:
                    break
        except PortLost as error:
            self._lose(error)
            return
        wants_more = bool(self._outbox)
        if wants_more and not self._writing:
            self._loop.add_writer(self._port.fileno(), self._writable)
        elif not wants_more and self._writing:
            self._loop.remove_writer(self._port.fileno())
        self._writing = wants_more

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self.machine.next_deadline()
        if deadline is not None and not self._closed:
            self._timer = self._loop.call_at(deadline, self._due)

    def _due(self) -> None:
        self._timer = None
        self._pass(self.machine.handle_deadline)

    def _lose(self, error: PortLost) -> None:
        self._release()
        self._tell(ChannelState(self.path, open=False, error=error))
        if not self._closed:
            self._reopen = self._loop.call_later(REOPEN_S, self._open)
            self._pass(self.machine.connection_lost)

    def _release(self) -> None:
        port, self._port = self._port, None
        self._outbox.clear()
        if port is None:
            return
        self._loop.remove_reader(port.fileno())
        if self._writing:
            self._loop.remove_writer(port.fileno())
            self._writing = False
        port.close()

    def _tell(self, state: ChannelState) -> None:
        changed = (state.open, type(state.error)) != (self.state.open, type(self.state.error))
        self.state = state
        if changed:
            log.info("port %s: %s", state.path, "open" if state.open else state.error)
            if self._on_state is not None:
                self._on_state(state)
