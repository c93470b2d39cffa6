"""The screen's end of the socket to the hall: one thread, no Kivy.

It connects, says hello, and hands everything the hall sends to one callback, in the thread of its own; the callback
passes it on to the frame loop. When the connection is lost it says so once, and tries again for ever.

Two things make it honest:

- The beat `{"alive": n}` is sent only if the frame loop has called `frame_advanced` since the last one. A window that
  hangs does not look alive, however well this thread still runs, and the hall stops taking notes.
- A command keeps its id until it is answered and is sent again after a reconnect; the hall carries it out once. One
  that is older than `COMMAND_LIFE_S` is dropped instead: what a person wanted that long ago may no longer be what
  stands on the screen.
"""

import json
import logging
import os
import selectors
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)

PROTOCOL = 1
ALIVE_EVERY_S = 0.5
"""`kiosk.link`: the hall inhibits the acceptor when no beat has come for 2 s."""
RECONNECT_AFTER_S = (0.1, 0.2, 0.5, 1.0)
"""Waits between attempts; the last one is repeated."""
COMMAND_LIFE_S = 10.0
LINE_MAX_BYTES = 1 << 20
PENDING_MAX = 32


@dataclass(frozen=True, slots=True)
class ViewArrived:
    """A whole view. `snapshot`: the first after a connection, whose sequence may be lower than the last one seen."""

    sequence: int
    view: dict[str, Any]
    snapshot: bool


@dataclass(frozen=True, slots=True)
class Replied:
    """The hall's answer to a command."""

    command_id: str
    accepted: bool
    reason: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HallRefused:
    """The hall did not accept the hello (another protocol, an unknown role)."""

    reason: str


@dataclass(frozen=True, slots=True)
class HallLost:
    """No connection. Comes once per loss, and once at the start if the hall is not there."""


Delivery = ViewArrived | Replied | HallRefused | HallLost
Clock = Callable[[], float]


@dataclass(slots=True)
class _Pending:
    line: bytes
    made_at_s: float


class HallClient:
    """`deliver` is called in the client's thread. `monotonic` is seconds that never run backwards."""

    def __init__(
        self, path: str, role: str, deliver: Callable[[Delivery], None], monotonic: Clock = time.monotonic
    ) -> None:
        self._path = path
        self._role = role
        self._deliver = deliver
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._pending: dict[str, _Pending] = {}
        self._unsent: list[str] = []
        self._frames = 0
        self._stopping = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._thread = threading.Thread(target=self._run, name=f"hall-client-{role}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close everything. May be called again."""
        with self._lock:
            if self._stopping:
                return
            self._stopping = True
        self._wake()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)
        os.close(self._wake_read)
        os.close(self._wake_write)

    def frame_advanced(self) -> None:
        """The frame loop is alive. Called from the frame loop itself, several times in `ALIVE_EVERY_S`."""
        self._frames += 1

    def command(self, name: str, screen: str, args: Mapping[str, object]) -> str:
        """Send a command, now or when the hall is back; returns its id. Raises `OverflowError` when too many are
        unanswered.
        """
        command_id = uuid.uuid4().hex
        body = {"command": {"id": command_id, "name": name, "screen": screen, "args": dict(args)}}
        with self._lock:
            if len(self._pending) >= PENDING_MAX:
                raise OverflowError("too many commands without an answer")
            self._pending[command_id] = _Pending(_line(body), self._monotonic())
            self._unsent.append(command_id)
        self._wake()
        return command_id

    # The thread.

    def _wake(self) -> None:
        try:
            os.write(self._wake_write, b"!")
        except (BlockingIOError, OSError):  # already awake, or already closed
            logger.debug("the client's thread is awake already")

    def _run(self) -> None:
        attempt = 0
        told_lost = False
        while not self._stopping:
            link = self._connect()
            if link is None:
                if not told_lost:
                    told_lost = True
                    self._deliver(HallLost())
                self._sleep(RECONNECT_AFTER_S[min(attempt, len(RECONNECT_AFTER_S) - 1)])
                attempt += 1
                continue
            with link:
                heard = self._converse(link)
            if self._stopping:
                return
            if heard:
                attempt = 0
            else:
                attempt += 1
                self._sleep(RECONNECT_AFTER_S[min(attempt, len(RECONNECT_AFTER_S) - 1)])
            if heard or not told_lost:
                told_lost = True
                self._deliver(HallLost())

    def _connect(self) -> socket.socket | None:
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            link.settimeout(2.0)
            link.connect(self._path)
            link.sendall(_line({"hello": {"role": self._role, "protocol": PROTOCOL}}))
            link.setblocking(False)
        except OSError as problem:
            logger.debug("no hall at %s: %s", self._path, problem)
            link.close()
            return None
        return link

    def _sleep(self, seconds: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            selector.select(seconds)
            self._drain_wake()

    def _drain_wake(self) -> None:
        try:
            os.read(self._wake_read, 4096)
        except BlockingIOError:
            return

    def _converse(self, link: socket.socket) -> bool:
        """Talk until the connection ends; `True` if the hall has sent a view."""
        with self._lock:
            self._forget_old_commands()
            self._unsent = list(self._pending)
        received = bytearray()
        outgoing = bytearray()
        beaten_frames = -1
        beat_number = 0
        next_beat_s = self._monotonic()
        heard = False
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            selector.register(link, selectors.EVENT_READ)
            while not self._stopping:
                now_s = self._monotonic()
                if now_s >= next_beat_s:
                    next_beat_s = now_s + ALIVE_EVERY_S
                    if self._frames != beaten_frames:
                        beaten_frames = self._frames
                        beat_number += 1
                        outgoing += _line({"alive": beat_number})
                outgoing += self._take_unsent()
                try:
                    if outgoing:
                        del outgoing[: link.send(outgoing)]
                except BlockingIOError:
                    logger.debug("the hall reads slowly")
                except OSError:
                    return heard
                if len(outgoing) > LINE_MAX_BYTES:
                    return heard
                selector.modify(link, selectors.EVENT_READ | (selectors.EVENT_WRITE if outgoing else 0))
                selector.select(max(0.0, next_beat_s - self._monotonic()))
                self._drain_wake()
                lines = _receive(link, received)
                if lines is None:
                    return heard
                for line in lines:
                    try:
                        heard = self._hear(line) or heard
                    except (ValueError, KeyError, TypeError) as problem:
                        logger.error("the hall sent a line that can't be read: %s", problem)
                        return heard
        return heard

    def _take_unsent(self) -> bytes:
        with self._lock:
            lines = b"".join(self._pending[name].line for name in self._unsent if name in self._pending)
            self._unsent.clear()
        return lines

    def _forget_old_commands(self) -> None:
        oldest_s = self._monotonic() - COMMAND_LIFE_S
        for name in [name for name, command in self._pending.items() if command.made_at_s < oldest_s]:
            logger.warning("command %s was not answered in time and is dropped", name)
            del self._pending[name]

    def _hear(self, line: bytes) -> bool:
        message = json.loads(line)
        for kind in ("snapshot", "event"):
            if kind in message:
                body = message[kind]
                self._deliver(ViewArrived(int(body["sequence"]), dict(body["view"]), snapshot=kind == "snapshot"))
                return True
        if "reply" in message:
            body = message["reply"]
            with self._lock:
                self._pending.pop(body["id"], None)
            self._deliver(
                Replied(body["id"], bool(body["accepted"]), str(body.get("reason", "")), dict(body.get("data") or {}))
            )
        elif "refused" in message:
            self._deliver(HallRefused(str(message["refused"].get("reason", ""))))
        return False


def _line(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _receive(link: socket.socket, received: bytearray) -> list[bytes] | None:
    """Whole lines that have come in, or `None` when the connection is over."""
    try:
        data = link.recv(65536)
    except BlockingIOError:
        return []
    except OSError:
        return None
    if not data:
        return None
    received += data
    *lines, rest = bytes(received).split(b"\n")
    received[:] = rest
    if len(received) > LINE_MAX_BYTES:
        return None
    return [line for line in lines if line.strip()]
