"""One hall in one process under a virtual clock: the product's own machines down to bytes, against the simulated devices.

Bytes take the time that the line would need; the disk is a real file. `kill` ends the hall as a power cut would, with the devices left as they
are; `boot` starts it again. Whatever lies in the box, on the card and on paper can be looked at without asking the hall.
"""

import heapq
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from devices.card_reader import CardReader
from devices.gas_card.codec import decode
from devices.gas_card.psc import MasterKey
from devices.note_acceptor import NoteAcceptor
from devices.receipt_printer import ReceiptPrinter
from devices.ticket_dispenser import TicketDispenser
from drivers.escpos.profiles import PROFILES
from drivers.iso7816.apdu import CommandApdu, ResponseApdu
from drivers.iso7816.connection import TransmitError, TransmitFailure
from drivers.pcsc.events import CardAbsent, CardPresent, Job, JobDone, JobFailure, JobFailureKind, ReaderArrived
from drivers.sim import gas_meter
from drivers.sim.card_model import CardModel, Chip, PowerLost
from drivers.sim.note_acceptor_ccnet import CcnetValidator
from drivers.sim.printer import VirtualPrinter
from drivers.sim.printer_runner import PrinterModel
from drivers.sim.pty import WireModel
from drivers.wire import WireMachine
from kiosk.config import Config, load_config
from kiosk.effects import Effect
from kiosk.hall.books import Books
from kiosk.hall.devices import Devices
from kiosk.hall.hall import Hall
from kiosk.link.wire import Command, Reply
from kiosk.moment import ClockQuality, Moment
from kiosk.virtual import sample_hall
from storage.database import HallDatabase, open_database
from storage.journal import Journal
from storage.law import LawReport, law_of_the_house
from storage.ledger import Ledger
from storage.registers import Registers

OPENING = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
JOB_S = 0.4
"""Reading a card through a reader; programming adds the card's own time."""
PROGRAM_BYTE_S = 0.005


class Killed(BaseException):
    """The power of the hall is cut here."""


@dataclass(slots=True)
class Wire:
    """A machine of ours and a simulated device, with the bytes that are on their way between them."""

    machine: WireMachine
    model: WireModel
    tell: Callable[[Sequence[object]], None]
    free_at: dict[str, float]


class ModelHall:
    """`folder` holds the hall (`sample_hall.write_hall`). `before_effect` sees each effect before it is run, and may raise `Killed`."""

    def __init__(self, folder: Path, *, before_effect: Callable[[Effect], None] = lambda effect: None) -> None:
        self.folder = folder
        if not (folder / "gashall.toml").exists():
            sample_hall.write_hall(folder)
        self.config: Config = load_config(str(folder / "gashall.toml"))
        self.now = 0.0
        self.before_effect = before_effect
        self.acceptor_model = CcnetValidator()
        self.receipt_model = VirtualPrinter(columns=48)
        self.ticket_model = VirtualPrinter(columns=48, presenter=True)
        self.card: CardModel | None = None
        self.views: dict[str, Any] = {}
        self.hall: Hall | None = None
        self.database: HallDatabase | None = None
        self.boots = 0
        self._pending: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._commands = itertools.count(1)
        self.wires: list[Wire] = []
        self._models: tuple[WireModel, ...] = (
            self.acceptor_model,
            PrinterModel(self.receipt_model),
            PrinterModel(self.ticket_model),
        )

    # The hall's life -------------------------------------------------------------------------------------------------

    def boot(self) -> None:
        """Starts the hall process on its database, with the devices as they stand."""
        self.boots += 1
        database = open_database(Path(self.config.storage.database), terminal_id=self.config.hall.terminal)
        self.database = database
        books = Books(Journal(database), Ledger(database), Registers(database), boot_id=f"boot-{self.boots}")
        last = books.journal.last(kind="acceptor.ready")
        body: Any = last.body if last is not None else {"note_types": {}}
        acceptor = NoteAcceptor(
            "note_acceptor", known_note_types={int(kind): value for kind, value in body["note_types"].items()}
        )
        receipts = ReceiptPrinter("receipt_printer", profile=PROFILES["generic-80"], columns=48)
        tickets = TicketDispenser("ticket_dispenser", profile=PROFILES["custom-vkp80"], columns=48)
        self.reader = CardReader(psc_for=MasterKey(sample_hall.KEY).psc_for, region=self.config.hall.region)
        self.hall = hall = Hall(
            self.config,
            books,
            Devices(acceptor, self.reader, receipts, tickets),
            publish=self._publish,
            prove_commit=database.prove_commit,
            free_mib=lambda: 100_000,
            before_effect=self._before,
        )
        machines: tuple[WireMachine, ...] = (acceptor, receipts, tickets)
        tells = (hall.acceptor_events, hall.printer_events, hall.printer_events)
        self.wires = [
            Wire(machine, model, self._teller(tell), {})
            for machine, model, tell in zip(machines, self._models, tells, strict=True)
        ]
        hall.start(self.moment())
        for wire in self.wires:
            wire.machine.connection_made(self.now)
        self._reader_event(ReaderArrived("Model Reader 00 00"))
        if self.card is not None:
            self._reader_event(CardPresent(self.card.power_on()))
        hall.screen("customer", True, self.moment())
        self._settle()

    def kill(self) -> None:
        """The hall is gone at once; nothing of it runs again. Devices keep what they have."""
        self.hall = None
        self.wires = []
        self._pending.clear()
        if self.database is not None:
            # What SQLite has not committed is rolled back by closing; what it has committed stays, as after a power cut.
            self.database.close()
            self.database = None

    def close(self) -> None:
        self.kill()

    def _before(self, effect: Effect) -> None:
        self.before_effect(effect)

    # Time ------------------------------------------------------------------------------------------------------------

    def moment(self) -> Moment:
        return Moment(self.now, OPENING + timedelta(seconds=self.now), ClockQuality.SYNCHRONISED)

    def run(self, seconds: float) -> None:
        """Lets so much time pass."""
        self._run(self.now + seconds, lambda: False)

    def run_until(self, done: Callable[[], bool], limit_s: float = 120.0) -> None:
        """Lets time pass until something is so. Raises `AssertionError` if it is not so within `limit_s` of virtual time."""
        self._run(self.now + limit_s, done)
        assert done(), f"not so after {limit_s} s; the screen shows {self.customer.screen}: {self.customer.title}"

    def _run(self, until: float, done: Callable[[], bool]) -> None:
        while not done():
            due = self._next_due()
            if due > until:
                self.now = max(self.now, until)
                return
            self.now = max(self.now, due)
            self._turn()

    def _next_due(self) -> float:
        times = [entry[0] for entry in self._pending[:1]]
        for wire in self.wires:
            times += [d for d in (wire.machine.next_deadline(), wire.model.next_deadline()) if d is not None]
        if not self.wires:
            times += [d for d in (m.next_deadline() for m in self._models) if d is not None]
        if self.hall is not None:
            times.append(self.hall.next_deadline())
            deadline = self.reader.next_deadline()
            times += [] if deadline is None else [deadline]
        return min(times, default=float("inf"))

    def _turn(self) -> None:
        now = self.now
        while self._pending and self._pending[0][0] <= now:
            heapq.heappop(self._pending)[2]()
        for wire in self.wires:
            if _is_due(wire.model.next_deadline(), now):
                wire.model.handle_deadline(now)
            if _is_due(wire.machine.next_deadline(), now):
                wire.machine.handle_deadline(now)
                self._tell(wire)
        if not self.wires:
            for model in self._models:
                if _is_due(model.next_deadline(), now):
                    model.handle_deadline(now)
                model.data_to_send(now)
        if self.hall is not None and now >= self.hall.next_deadline():
            self.hall.timer(self.moment())
        if self.hall is not None and _is_due(self.reader.next_deadline(), now):
            self.reader.handle_deadline(now)
            self._pump_reader()
        self._settle()

    def _at(self, when: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._pending, (when, next(self._order), do))

    # Wires -----------------------------------------------------------------------------------------------------------

    def _teller(self, tell: Callable[[Sequence[object], Moment], None]) -> Callable[[Sequence[object]], None]:
        return lambda events: tell(events, self.moment())

    def _tell(self, wire: Wire) -> None:
        events = wire.machine.take_events()
        if events:
            wire.tell(events)

    def _settle(self) -> None:
        for wire in self.wires:
            self._send(wire, "out", wire.machine.data_to_send(self.now), wire.machine.settings.byte_time_s())
            self._send(wire, "in", wire.model.data_to_send(self.now), wire.machine.settings.byte_time_s())
        if self.hall is not None:
            for job in self.reader.take_requests():
                self._execute(job)

    def _send(self, wire: Wire, way: str, data: bytes, byte_s: float) -> None:
        if not data:
            return
        start = max(self.now, wire.free_at.get(way, 0.0))
        wire.free_at[way] = arrives = start + len(data) * byte_s

        def deliver() -> None:
            if wire not in self.wires:
                return
            if way == "out":
                wire.model.receive_data(data, self.now)
            else:
                wire.machine.receive_data(data, self.now)
                self._tell(wire)

        self._at(arrives, deliver)

    # The card --------------------------------------------------------------------------------------------------------

    def transmit(self, command: CommandApdu) -> ResponseApdu:
        """The reader's side of a job: one command to the card that is in it."""
        if self.card is None or not self.card.powered:
            raise TransmitError(TransmitFailure.CARD_REMOVED)
        try:
            return ResponseApdu.from_bytes(self.card.answer(command.to_bytes()))
        except PowerLost as lost:
            self._at(self.now + JOB_S + 0.2, self._card_torn_out)
            raise TransmitError(TransmitFailure.NO_ANSWER, "0x00000000") from lost

    def _execute(self, job: Job) -> None:
        """The job's commands reach the card now, its answer the hall a little later: a kill in between loses only the answer."""
        if self.card is None:
            done = JobDone(job.token, None, JobFailure(JobFailureKind.NO_CARD, started=False))
            self._at(self.now + JOB_S, lambda: self._reader_event(done))
            return
        before = len(self.card.journal.programmed)
        if not self.card.powered:
            self.card.power_on()
        result = job.run(self)
        programmed = len(self.card.journal.programmed) - before
        done = JobDone(job.token, result)
        self._at(self.now + JOB_S + programmed * PROGRAM_BYTE_S, lambda: self._reader_event(done))

    def _reader_event(self, event: Any) -> None:
        if self.hall is None:
            return
        self.reader.receive_event(event, self.now)
        self._pump_reader()

    def _pump_reader(self) -> None:
        events = self.reader.take_events()
        if events and self.hall is not None:
            self.hall.card_events(events, self.moment())
        self._settle()

    def _card_torn_out(self) -> None:
        self.card = None
        self._reader_event(CardAbsent())

    # What people do --------------------------------------------------------------------------------------------------

    def new_card(self, card_no: str = sample_hall.CARD, customer_no: str = "", meter_no: str = "") -> Chip:
        """An issued card of the sample hall."""
        chip = Chip()
        customer_no = customer_no or sample_hall.CUSTOMER
        chip.main[:] = gas_meter.issue(
            bytes(chip.main), card_no, customer_no, meter_no or sample_hall.METER, sample_hall.REGION
        )
        chip.psc = gas_meter.card_psc(sample_hall.KEY, card_no, customer_no)
        return chip

    def insert_card(self, chip: Chip) -> None:
        self.card = CardModel(chip)
        self._reader_event(CardPresent(self.card.power_on()))

    def pull_card(self) -> None:
        if self.card is not None:
            self.card.power_off()
            self.card = None
            self._reader_event(CardAbsent())

    def put_into_meter(self, chip: Chip) -> None:
        for address, value in gas_meter.take_purchase(bytes(chip.main), OPENING.date()):
            chip.main[address] = value

    def machine(self, words: str, device: str = "note_acceptor") -> None:
        """Does something to a device, in the words of `gashall virtual`."""
        model = self._models[("note_acceptor", "receipt_printer", "ticket_dispenser").index(device)]
        assert model.command(words, self.now), words
        self._settle()

    def touch(self, intent: str, **args: Any) -> Reply:
        return self._command(intent, args, self.customer.screen, "customer")

    def staff(self, name: str, **args: Any) -> Reply:
        return self._command(name, args, "", "staff")

    def _command(self, name: str, args: dict[str, Any], screen: str, role: str) -> Reply:
        assert self.hall is not None
        command = Command(f"c{next(self._commands)}", name, args, screen, role)
        reply = self.hall.command(command, self.moment())
        self._settle()
        return reply

    def screen_present(self, present: bool) -> None:
        assert self.hall is not None
        self.hall.screen("customer", present, self.moment())
        self._settle()

    # What can be seen ------------------------------------------------------------------------------------------------

    def _publish(self, role: str, view: Any) -> None:
        self.views[role] = view

    @property
    def customer(self) -> Any:
        return self.views["customer"]

    @property
    def in_box_fen(self) -> int:
        return sum(self.acceptor_model.box)

    @property
    def receipts(self) -> list[str]:
        return list(self.receipt_model.papers)

    @property
    def tickets(self) -> list[str]:
        return list(self.ticket_model.papers)

    def law(self) -> LawReport:
        """The books, by their own sums."""
        assert self.database is not None
        return law_of_the_house(Ledger(self.database).all_balances())

    def purchase_on(self, chip: Chip) -> tuple[int, int]:
        """(sequence, volume in hundredths of m³) of the newest purchase that is really on the card."""
        purchase = decode(bytes(chip.main)).purchase
        return purchase.sequence, purchase.volume_m3_hundredths


def _is_due(deadline: float | None, now: float) -> bool:
    return deadline is not None and now >= deadline
