"""A pcscd of our own with a virtual reader, away from the system's: a real PC/SC stack that only its owner sees.

In user, mount, network and process namespaces of their own (no root needed) run `drivers.sim.card_process` and, kept
by it, pcscd. Its socket lies in an ordinary directory outside: a client that has PCSCLITE_CSOCK_NAME set to it talks
to this pcscd. Where the kernel or a container forbids namespaces, root can still hand pcscd a socket as systemd does
(LISTEN_FDS); the reader's TCP port is then a free one of the machine. Everything ends when the standard input of the
card process is closed, so with its parent, however that ends.

libpcsclite reads PCSCLITE_CSOCK_NAME once in the life of a process: let it be a symbolic link if the stack behind it
may change.
"""

import contextlib
import json
import os
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

READER_NAME = "Virtual PCD 00 00"
_PORT_IN_NAMESPACE = 35963
_LIBRARY = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
_NAMESPACES = ("unshare", "--user", "--map-root-user", "--mount", "--net", "--pid", "--fork", "--kill-child")
_INSIDE = """
ip link set lo up
mount -t tmpfs none /run
mkdir /run/pcscd
mount --bind "$1" /run/pcscd
shift
exec "$@"
"""


class StackUnavailable(Exception):
    """A program is missing, or neither namespaces nor root are to be had. The text says what to do."""


class PrivatePcscd:
    """Runs from construction to `close`."""

    def __init__(self, *, cards: Path | None = None, programming_s: float | None = None, timed: bool = False) -> None:
        """`cards`: directory of the cards that are called by name; a temporary one if not given. `timed`: events say
        when they were (monotonic seconds), and each exchange with the card is one. Raises `StackUnavailable`."""
        _require("/usr/sbin/pcscd", "pcscd")
        _require(_LIBRARY, "vsmartcard-vpcd")
        self.directory = Path(tempfile.mkdtemp(prefix="gashall-pcscd-", dir=_outside_run()))
        for name in ("run", "conf", "cards"):
            (self.directory / name).mkdir()
        self.cards = cards or self.directory / "cards"
        self.socket = self.directory / "run" / "pcscd.comm"
        self._events: list[dict[str, object]] = []
        self._unread = b""
        prefix, port, hand_over = self._isolation()
        channel = f"0x{port:04X}"
        (self.directory / "conf" / "vpcd").write_text(
            f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{channel}\nLIBPATH {_LIBRARY}\nCHANNELID {channel}\n'
        )
        command = [
            sys.executable,
            "-m",
            "drivers.sim.card_process",
            "--port",
            str(port),
            "--cards",
            str(self.cards.resolve()),
        ]
        command += ["--stack", str(self.directory), "--remove"]
        command += ["--hand-over"] if hand_over else ["--run", "/run/pcscd"]
        command += ["--timed"] if timed else []
        if programming_s is not None:
            command += ["--programming", str(programming_s)]
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
        self._process = subprocess.Popen(
            [*prefix, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": path, "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"},
            start_new_session=True,
        )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        try:
            self.wait_event("ready", 15)
        except TimeoutError as error:
            self.close()
            raise StackUnavailable("the virtual reader did not start") from error

    def send(self, command: str) -> None:
        """One command of `drivers.sim.card_process`. Raises `BrokenPipeError` if it has ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(command.encode() + b"\n")
        self._process.stdin.flush()

    def do(self, command: str, event: str, timeout_s: float = 10) -> dict[str, object]:
        """Sends a command and waits for the event that answers it. Raises `TimeoutError`, and `ValueError` if it was
        refused."""
        self.send(command)
        return self.wait_event(event, timeout_s)

    def wait_event(self, event: str, timeout_s: float = 10) -> dict[str, object]:
        """The next event of this name; others are kept for `take_events`. Raises `ValueError` at an `error` event."""
        ends = time.monotonic() + timeout_s
        start = len(self._events)
        while True:
            for told in self._events[start:]:
                if told["event"] == event:
                    return told
                if told["event"] == "error":
                    raise ValueError(told["text"])
            start = len(self._events)
            if not self._read(ends - time.monotonic()):
                raise TimeoutError(f"no {event} within {timeout_s:g} s; told: {self._events}")

    def take_events(self) -> list[dict[str, object]]:
        """Takes all events so far, oldest first."""
        while self._read(0):
            pass
        events, self._events = self._events, []
        return events

    def stop_service(self) -> None:
        """Kills pcscd; cards stay where they are."""
        self.do("service stop", "service")

    def start_service(self, *, with_reader: bool = True) -> None:
        self.do("service start" if with_reader else "service start-without-reader", "service")

    def restart(self) -> None:
        self.stop_service()
        self.start_service()

    def close(self) -> None:
        """Ends everything and removes its files."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> "PrivatePcscd":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def pump(self, in_stream: Iterable[str], out_stream: TextIO) -> int:
        """Carries commands in and events out until either side ends."""
        commands = threading.Thread(target=self._pump_in, args=(in_stream,), name="card-commands", daemon=True)
        commands.start()
        while self._process.poll() is None:
            self._read(0.5)
            events, self._events = self._events, []
            for event in events:
                _tell(out_stream, event)
        return 0

    def _pump_in(self, in_stream: Iterable[str]) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            for line in in_stream:
                self.send(line.rstrip("\n"))
                if line.strip() == "quit":
                    return
            self.send("quit")

    def _isolation(self) -> tuple[list[str], int, bool]:
        """What to put before the command, the reader's port, and whether pcscd is handed its socket."""
        if namespaces_allowed():
            run = str(self.directory / "run")
            return [*_NAMESPACES, "sh", "-ec", _INSIDE, "sh", run], _PORT_IN_NAMESPACE, False
        if os.geteuid() == 0:
            return [], _free_port_pair(), True
        shutil.rmtree(self.directory, ignore_errors=True)
        raise StackUnavailable("a virtual reader needs user namespaces (unshare, ip: util-linux, iproute2) or root")

    def _read(self, timeout_s: float) -> bool:
        """Takes what the process has said. Whether it said anything in time."""
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(max(0.0, timeout_s)):
                return False
        data = os.read(self._process.stdout.fileno(), 65536)
        if not data:
            return False
        *lines, self._unread = (self._unread + data).split(b"\n")
        self._events.extend(json.loads(line) for line in lines)
        return True


def namespaces_allowed() -> bool:
    """Whether this user may have namespaces of its own, with a network interface and mounts in them."""
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        [*_NAMESPACES, "sh", "-ec", "PATH=$PATH:/usr/sbin:/sbin; ip link set lo up; mount -t tmpfs none /run"],
        capture_output=True,
        check=False,
    )
    return tried.returncode == 0


def serve_card_reader(
    link: str, *, card_file: str | None, in_stream: Iterable[str], out_stream: TextIO, timed: bool = False
) -> int:
    """`gashall virtual card-reader`: a private PC/SC stack with a virtual reader, until `quit` or the end of
    `in_stream`.

    `link` becomes a symbolic link to its socket, to be given to the client as PCSCLITE_CSOCK_NAME; it must be
    shorter than 108 bytes. `card_file` is in the reader from the start. Commands and events are those of
    `drivers.sim.card_process`, one a line. Returns 0; 1 if the stack cannot be had (the reason is an `error` event).
    """
    try:
        stack = PrivatePcscd(timed=timed)
    except StackUnavailable as error:
        _tell(out_stream, {"event": "error", "text": str(error)})
        return 1
    with stack:
        path = Path(link)
        path.unlink(missing_ok=True)
        path.symlink_to(stack.socket)
        try:
            if card_file is not None:
                stack.send(f"insert {Path(card_file).resolve()}")
            _tell(out_stream, {"event": "ready", "link": link, "reader": READER_NAME})
            return stack.pump(in_stream, out_stream)
        finally:
            path.unlink(missing_ok=True)


def _tell(out_stream: TextIO, event: dict[str, object]) -> None:
    out_stream.write(json.dumps(event) + "\n")
    out_stream.flush()


def _require(path: str, package: str) -> None:
    if not Path(path).exists():
        raise StackUnavailable(f"{path} is missing: apt-get install --no-install-recommends {package}")


def _outside_run() -> str | None:
    """/run is hidden from the process inside: never a directory below it."""
    return "/var/tmp" if Path(tempfile.gettempdir()).resolve().is_relative_to("/run") else None


def _free_port_pair() -> int:
    """A port that is free together with the next: vpcd takes both, for two slots."""
    for port in range(35963, 36963, 2):
        with contextlib.ExitStack() as sockets:
            try:
                for number in (port, port + 1):
                    sockets.enter_context(socket.socket()).bind(("0.0.0.0", number))
            except OSError:
                continue
            return port
    raise StackUnavailable("no two free TCP ports between 35963 and 36963")
