"""A person with cards in front of a virtual reader, as a process of its own: commands on standard input, JSON on
standard output.

    insert [NAME|FILE]      puts a card in (without a name: the last one)
    pull                    takes it out, also in the middle of a write
    tear N [VALUE]          the power will go while byte N (0: the next) is being programmed, leaving VALUE (hex; FF)
    in it meter [NAME|FILE]       carries the card to its meter, which takes the purchase and writes back
    new NAME|FILE CARD_NO CUSTOMER_NO METER_NO      issues a card
    blank NAME|FILE         a card as it leaves the factory
    lock [NAME|FILE]        uses up the tries of a card
    foreign [cpu|sle4428]   puts in a card that is none of ours
    mute                    puts in a card that does not answer to reset
    look                    says what is on the card
    service stop|start|start-without-reader|pause|resume     the PC/SC service, where this process keeps it
    quit

It plays a card on vpcd (vsmartcard 3.3): a TCP connection means that a card is there; each message is a length of
two bytes and the data; one byte is a control (0 off, 1 on, 2 reset, 4 send the ATR), more is a command.

It must be a process of its own: vpcd waits for a card without a limit, and a card frozen with its program freezes
pcscd. A card is one file (`drivers.sim.card_file`); times are real, 5 ms for each programmed byte.
"""

import argparse
import json
import os
import selectors
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from drivers.sim import gas_meter
from drivers.sim.card_file import load_chip, save_byte, save_chip
from drivers.sim.card_model import CPU_CARD_ATR, PROGRAMMING_S, SLE4428_ATR, CardModel, Chip, PowerLost

_POWER_OFF, _POWER_ON, _RESET, _SEND_ATR = 0, 1, 2, 4
_NO_ATR = b"\x3b" * 40
"""Longer than an ATR can be: vpcd then reports that powering up failed, as for a mute card."""
_RECONNECT_S = 0.02
_SOCKET_OPTION_QUICKACK = socket.TCP_QUICKACK


class ServiceKeeper:
    """The pcscd that belongs to this process."""

    def __init__(self, config: Path, run: Path, log: Path, hand_over: bool) -> None:
        self._config = config
        self._run = run
        self._log = log
        self._hand_over = hand_over
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, with_reader: bool = True) -> None:
        self.stop()
        for name in ("pcscd.comm", "pcscd.pid"):
            (self._run / name).unlink(missing_ok=True)
        config = self._config
        if not with_reader:
            config = config.with_name("conf-empty")
            config.mkdir(exist_ok=True)
        command = ["/usr/sbin/pcscd", "--foreground", "--info", "--config", str(config)]
        with self._log.open("ab") as log:
            if self._hand_over:
                self._start_with_socket(command, log.fileno())
            else:
                self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        ends = time.monotonic() + 5
        while not (self._run / "pcscd.comm").exists() and time.monotonic() < ends:
            time.sleep(0.005)

    def _start_with_socket(self, command: list[str], log: int) -> None:
        """As systemd does it (sd_listen_fds): the socket is file 3. pcscd then leaves its compiled-in socket alone."""
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(self._run / "pcscd.comm"))
            listening.listen(8)
            number = listening.fileno()
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(3,),
                preexec_fn=lambda: os.dup2(number, 3),
            )

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)


class CardProcess:
    """One slot, at most one card in it, and a loop over its two wires."""

    def __init__(
        self, port: int, cards: Path, service: ServiceKeeper | None, programming_s: float, *, timed: bool = False
    ) -> None:
        self._port = port
        self._cards = cards
        self._service = service
        self._programming_s = programming_s
        self._timed = timed
        self._path: Path | None = None
        self._model: CardModel | None = None
        self._mute = False
        self._just_powered = False
        self._line: socket.socket | None = None
        self._received = b""
        self._typed = b""
        self._told = 0
        self._open = True
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin.fileno(), selectors.EVENT_READ)

    def run(self) -> int:
        self._emit("ready")
        while self._open:
            if self._model is not None and self._line is None:
                self._connect()
            waiting = self._model is not None and self._line is None
            for key, _mask in self._selector.select(_RECONNECT_S if waiting else None):
                if key.fd == sys.stdin.fileno():
                    self._read_commands()
                elif self._line is not None and key.fd == self._line.fileno():
                    self._read_line()
        self._leave()
        if self._service is not None:
            self._service.stop()
        return 0

    # The hand.

    def _read_commands(self) -> None:
        data = os.read(sys.stdin.fileno(), 65536)
        if not data:
            self._open = False
            return
        self._typed += data
        while b"\n" in self._typed:
            line, self._typed = self._typed.split(b"\n", 1)
            words = line.decode(errors="replace").split()
            if not words:
                continue
            try:
                self._command(words)
            except (ValueError, OSError, IndexError) as error:
                self._emit("error", text=f"{' '.join(words)}: {error}")

    def _command(self, words: list[str]) -> None:
        match words:
            case ["insert", *name]:
                self._insert(self._card_path(name))
            case ["pull"]:
                if self._model is None:
                    raise ValueError("no card is in the reader")
                self._leave()
                self._emit("pulled", **self._content())
            case ["tear", count, *value]:
                if self._model is None:
                    raise ValueError("no card is in the reader")
                self._model.arm_tear(int(count), int(value[0], 16) if value else None)
                self._emit("armed", after=int(count))
            case ["meter", *name]:
                self._visit_meter(self._card_path(name))
            case ["new", name, card_no, customer_no, meter_no]:
                path = self._named(name)
                content = gas_meter.issue(bytes(Chip().main), card_no, customer_no, meter_no)
                psc = gas_meter.card_psc(gas_meter.VIRTUAL_MASTER_KEY, card_no, customer_no)
                save_chip(path, Chip(main=bytearray(content), psc=psc))
                self._path = path
                self._emit("created", file=str(path), **self._content())
            case ["blank", name]:
                self._path = self._named(name)
                save_chip(self._path, Chip())
                self._emit("created", file=str(self._path), **self._content())
            case ["lock", *name]:
                path = self._card_path(name)
                chip = load_chip(path)
                chip.error_counter = 0
                save_chip(path, chip)
                self._emit("locked", file=str(path))
            case ["foreign", *kind]:
                atr = {"cpu": CPU_CARD_ATR, "sle4428": SLE4428_ATR}[kind[0] if kind else "cpu"]
                self._put_in(CardModel(Chip(atr=atr)))
                self._emit("inserted", card=None, sequence=None, volume=None, foreign=True)
            case ["mute"]:
                self._put_in(CardModel(), mute=True)
                self._emit("inserted", card=None, sequence=None, volume=None, mute=True)
            case ["look"]:
                self._emit("looked", **self._content())
            case ["service", what] if self._service is not None:
                self._serve(self._service, what)
                self._emit("service", state=what)
            case ["quit"]:
                self._open = False
            case _:
                raise ValueError("no such command")

    def _serve(self, service: ServiceKeeper, what: str) -> None:
        match what:
            case "stop":
                service.stop()
            case "start":
                service.start()
            case "start-without-reader":
                service.start(with_reader=False)
            case "pause":
                service.signal(signal.SIGSTOP)
            case "resume":
                service.signal(signal.SIGCONT)
            case _:
                raise ValueError("stop, start, start-without-reader, pause, resume")

    def _named(self, name: str) -> Path:
        return Path(name) if "/" in name or name.endswith(".card") else self._cards / f"{name}.card"

    def _card_path(self, name: list[str]) -> Path:
        path = self._named(name[0]) if name else self._path
        if path is None:
            raise ValueError("which card?")
        return path

    def _insert(self, path: Path) -> None:
        if self._model is not None:
            raise ValueError("a card is in the reader")
        chip = load_chip(path)
        self._path = path
        self._put_in(CardModel(chip))
        self._emit("inserted", file=str(path), **self._content())

    def _put_in(self, model: CardModel, *, mute: bool = False) -> None:
        if self._model is not None:
            self._leave()
        self._model, self._mute, self._told = model, mute, 0

    def _visit_meter(self, path: Path) -> None:
        if self._model is not None:
            raise ValueError("the card is in the reader")
        chip = load_chip(path)
        for address, value in gas_meter.take_purchase(bytes(chip.main), datetime.now(UTC).date()):
            if chip.main[address] != value:
                chip.main[address] = value
                save_byte(path, chip, address)
        self._path = path
        self._emit("metered", **self._content())

    # The wire to vpcd.

    def _connect(self) -> None:
        try:
            self._line = socket.create_connection(("127.0.0.1", self._port), timeout=1)
        except OSError:
            return
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._selector.register(self._line, selectors.EVENT_READ)

    def _disconnect(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            self._selector.unregister(line)
            line.close()

    def _leave(self) -> None:
        self._disconnect()
        self._model, self._mute = None, False

    def _read_line(self) -> None:
        assert self._line is not None
        try:
            # vpcd sends length and data apart; without an immediate acknowledgement each waits 40 ms for the other.
            self._line.setsockopt(socket.IPPROTO_TCP, _SOCKET_OPTION_QUICKACK, 1)
            data = self._line.recv(4096)
        except OSError:
            data = b""
        if not data:
            self._disconnect()
            if self._model is not None:
                self._model.power_off()
            return
        self._received += data
        while len(self._received) >= 2:
            length = struct.unpack(">H", self._received[:2])[0]
            if len(self._received) < 2 + length:
                return
            message, self._received = self._received[2 : 2 + length], self._received[2 + length :]
            began = time.monotonic()
            self._message(message)
            if self._timed:
                self._emit("exchanged", began=began, message_bytes=length)

    def _message(self, message: bytes) -> None:
        model = self._model
        if model is None:
            return
        if len(message) != 1:
            self._execute(model, message)
            return
        control = message[0]
        if control == _POWER_OFF:
            model.power_off()
        elif control in (_POWER_ON, _RESET):
            model.power_on()
            self._just_powered = True
        elif control == _SEND_ATR:
            self._send(_NO_ATR if self._mute and self._just_powered else model.chip.atr)
            self._just_powered = False

    def _execute(self, model: CardModel, command: bytes) -> None:
        began = len(model.journal.programmed)
        counter, presented = model.chip.error_counter, model.journal.psc_presentations
        steps = model.exchange(command)
        answer: bytes | None = None
        try:
            while True:
                address = next(steps)
                self._save(model, address)
                self._pass(self._programming_s)
                if self._model is not model:
                    break
        except StopIteration as end:
            answer = end.value
        except PowerLost:
            self._emit("torn", programmed=len(model.journal.programmed) - began)
        # The byte before a yield is whole only now; a torn one keeps what it holds.
        for address in model.journal.programmed[began:]:
            self._save(model, address)
        if model.chip.error_counter != counter and self._path is not None and model.chip.is_sle4442:
            save_chip(self._path, model.chip)
        if model.journal.psc_presentations != presented:
            self._emit("psc", right=answer == b"\x90\x07")
        for violation in model.journal.violations[self._told :]:
            self._emit("violation", text=violation)
        self._told = len(model.journal.violations)
        if len(model.journal.programmed) != began:
            self._emit("programmed", bytes=len(model.journal.programmed) - began, **self._content())
        if answer is not None:
            self._send(answer)
        elif self._model is model:
            self._leave()
            self._emit("pulled", **self._content())

    def _pass(self, seconds: float) -> None:
        """Time goes by while a byte is being programmed; the hand may pull the card meanwhile."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            for key, _mask in self._selector.select(left):
                if key.fd == sys.stdin.fileno():
                    self._read_commands()
                    if not self._open:
                        return
                else:
                    time.sleep(min(left, 0.001))

    def _save(self, model: CardModel, address: int) -> None:
        if self._path is not None and model.chip.is_sle4442:
            save_byte(self._path, model.chip, address)

    def _send(self, data: bytes) -> None:
        if self._line is not None:
            try:
                self._line.sendall(struct.pack(">H", len(data)) + data)
            except OSError:
                self._disconnect()

    # What is told.

    def _content(self) -> dict[str, object]:
        path = self._path
        seen = gas_meter.look(bytes(load_chip(path).main)) if path is not None and path.exists() else None
        if seen is None:
            return {"card": None, "sequence": None, "volume": None, "accepted": None}
        return {"card": seen.card_no, "sequence": seen.sequence, "volume": seen.volume, "accepted": seen.accepted}

    def _emit(self, event: str, **facts: object) -> None:
        if self._timed:
            facts["at"] = time.monotonic()
        sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
        sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="card_process", description="plays a person with cards in front of a virtual reader"
    )
    parser.add_argument("--port", type=int, required=True, help="where vpcd listens")
    parser.add_argument("--cards", type=Path, required=True, help="directory of cards that are called by name")
    parser.add_argument("--programming", type=float, default=PROGRAMMING_S, help="seconds for one byte")
    parser.add_argument("--timed", action="store_true", help="events say when they were; each exchange is one")
    parser.add_argument(
        "--stack", type=Path, help="directory of a pcscd to be kept: conf, log; its socket appears in run"
    )
    parser.add_argument("--run", type=Path, help="where this process sees the directory of the socket")
    parser.add_argument("--hand-over", action="store_true", help="give pcscd its socket as systemd does")
    parser.add_argument("--remove", action="store_true", help="remove the stack's directory at the end")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    service: ServiceKeeper | None = None
    if options.stack is not None:
        run = options.run or options.stack / "run"
        service = ServiceKeeper(options.stack / "conf", run, options.stack / "log", options.hand_over)
        service.start()
    try:
        return CardProcess(options.port, options.cards, service, options.programming, timed=options.timed).run()
    finally:
        if service is not None:
            service.stop()
        if options.remove and options.stack is not None:
            shutil.rmtree(options.stack, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
