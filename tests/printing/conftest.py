"""A driver and a virtual printer on a line, under a clock that is only a number."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from devices.print_document import Document, Pair, Rule, Text
from devices.printing import PrintFinished
from devices.receipt_printer import ReceiptPrinter
from devices.ticket_dispenser import TicketDispenser
from drivers.escpos.profiles import PROFILES
from drivers.sim.printer import VirtualPrinter

FOREVER = 1e12


@dataclass
class Line:
    """Bytes take their time on the line, both ways; `cut` is an unplugged cable."""

    machine: ReceiptPrinter | TicketDispenser
    printer: VirtualPrinter
    now: float = 100.0
    lump: int = 16
    connected: bool = True
    events: list[object] = field(default_factory=list)
    sent: bytearray = field(default_factory=bytearray)
    to_printer: list[tuple[float, bytes]] = field(default_factory=list)
    to_machine: list[tuple[float, bytes]] = field(default_factory=list)
    busy_until: float = 0.0
    happenings: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.byte_s = self.machine.settings.byte_time_s()
        self.machine.connection_made(self.now)
        self.flush()

    def flush(self) -> None:
        self.events.extend(self.machine.take_events())
        data = self.machine.data_to_send(self.now)
        self.events.extend(self.machine.take_events())
        if not self.connected:
            return
        for at in range(0, len(data), self.lump):
            piece = data[at : at + self.lump]
            self.busy_until = max(self.busy_until, self.now) + len(piece) * self.byte_s
            self.to_printer.append((self.busy_until, piece))

    def inject(self, data: bytes) -> None:
        """Bytes from nowhere, towards the driver."""
        self.machine.receive_data(data, self.now)
        self.flush()

    def unplug(self) -> None:
        self.connected = False
        self.to_printer.clear()
        self.to_machine.clear()
        self.machine.connection_lost(self.now)
        self.flush()

    def plug(self) -> None:
        self.connected = True
        self.machine.connection_made(self.now)
        self.flush()

    def step(self, until: float) -> None:
        times = [until]
        if self.to_printer and self.printer.room() >= len(self.to_printer[0][1]):
            times.append(self.to_printer[0][0])
        if self.to_machine:
            times.append(self.to_machine[0][0])
        times += [at for at in (self.machine.next_deadline(), self.printer.next_event()) if at is not None]
        self.now = max(self.now, min(times))
        self.printer.run(self.now)
        while (
            self.to_printer and self.to_printer[0][0] <= self.now and self.printer.room() >= len(self.to_printer[0][1])
        ):
            _, piece = self.to_printer.pop(0)
            self.sent += piece
            self.printer.receive(piece, self.now)
        answer = self.printer.take_output(self.now)
        self.happenings.extend(self.printer.take_happenings())
        if answer and self.connected:
            self.to_machine.append((self.now + len(answer) * self.byte_s, answer))
        if self.to_machine and self.to_machine[0][0] <= self.now:
            _, data = self.to_machine.pop(0)
            self.machine.receive_data(data, self.now)
            self.flush()
        deadline = self.machine.next_deadline()
        if deadline is not None and deadline <= self.now:
            self.machine.handle_deadline(self.now)
            self.flush()

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        steps = 0
        while self.now < until:
            self.step(until)
            steps += 1
            assert steps < 200_000, "the conversation does not come to rest"

    def run_until(self, reached: Callable[[], bool], within_s: float = 200.0) -> float:
        """Seconds it took."""
        start = self.now
        steps = 0
        while not reached():
            assert self.now < start + within_s, "did not come about in time"
            self.step(start + within_s)
            steps += 1
            assert steps < 200_000, "the conversation does not come to rest"
        return self.now - start

    def print(self, job_id: str, document: Document) -> None:
        self.machine.print_document(job_id, document, self.now)
        self.flush()

    def outcomes(self) -> list[PrintFinished]:
        return [event for event in self.events if isinstance(event, PrintFinished)]

    def outcome(self, job_id: str, within_s: float = 400.0) -> PrintFinished:
        def found() -> list[PrintFinished]:
            return [event for event in self.outcomes() if event.job_id == job_id]

        self.run_until(lambda: bool(found()), within_s)
        assert len(found()) == 1
        return found()[0]

    def ready(self) -> None:
        self.run_until(lambda: self.machine.can_print, 60.0)


@pytest.fixture
def receipt() -> Document:
    return Document(
        "receipt",
        (
            Text("燃气充值凭证", align="centre", width=2, height=2, bold=True),
            Rule(),
            Pair("户号", "10012345"),
            Pair("户名", "张*"),
            Pair("购气量", "12.50㎥"),
            Pair("金额", "￥100.00", bold=True),
            Rule("double"),
            Text("请妥善保管", align="centre"),
        ),
    )


@pytest.fixture
def line() -> Callable[..., Line]:
    """line(process_id=…, presenter=…, …) -> a driver and a printer, connected."""

    def make(
        *, presenter: bool = False, profile: str = "", not_taken_s: float | None = None, **printer: object
    ) -> Line:
        virtual = VirtualPrinter(presenter=presenter, **printer)  # type: ignore[arg-type]
        if presenter:
            return Line(
                TicketDispenser("ticket", profile=PROFILES[profile or "custom-vkp80"], not_taken_s=not_taken_s), virtual
            )
        return Line(ReceiptPrinter("receipt", profile=PROFILES[profile or "generic-80"]), virtual)

    return make
