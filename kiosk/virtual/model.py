"""One hall in one process under a virtual clock: the product's own machines down to bytes, against the simulated
devices.

Bytes take the time that the line would need; the disk is a real file. `kill` ends the hall as `kill -9` would, with the
devices left as they are; `power_cut` takes their power too; `boot` starts it again. Whatever lies in the box, on the
card and on paper can be looked at without asking the hall. `freeze` keeps everything that is not the hall's process, at
any moment, so that one run can be cut at each of its moments.
"""

import copy
import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Literal

from devices.card_reader import CardReader
from devices.gas_card.codec import decode
from devices.gas_card.psc import MasterKey
from devices.note_acceptor import NoteAcceptor
from devices.receipt_printer import ReceiptPrinter
from devices.ticket_dispenser import TicketDispenser
from drivers.escpos.profiles import PROFILES
from drivers.iso7816.apdu import CommandApdu, ResponseApdu
from drivers.iso7816.connection import TransmitError, TransmitFailure
from drivers.pcsc.events import (
    CardAbsent,
    CardMuteSeen,
    CardPresent,
    Job,
    JobDone,
    JobFailure,
    JobFailureKind,
    LostReason,
    PcscEvent,
    ReaderArrived,
    ReaderLost,
)
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
from storage.errors import StorageError
from storage.journal import Journal
from storage.law import LawReport, law_of_the_house
from storage.ledger import Ledger
from storage.records import NewRecord, Stamp
from storage.registers import Registers

OPENING = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
JOB_S = 0.4
"""Reading a card through a reader; programming adds the card's own time."""
PROGRAM_BYTE_S = 0.005


class Killed(BaseException):
    """The power of the hall is cut here."""


OnTheWay = Literal["lost", "arrives"]
"""What becomes of the bytes that had left the hall when it died: a buffer keeps them, or they reach the device."""


@dataclass(frozen=True, slots=True)
class ToDevice:
    """Bytes on a line, towards the device with this number."""

    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class ToHall:
    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class FromReader:
    event: PcscEvent


@dataclass(frozen=True, slots=True)
class TornOut:
    """The card whose power was lost in the middle of a command leaves the reader."""


Happening = ToDevice | ToHall | FromReader | TornOut


@dataclass(slots=True)
class Wire:
    """A machine of ours and a simulated device, with the times at which the line between them is free."""

    machine: WireMachine
    model: WireModel
    tell: Callable[[Sequence[object]], None]
    free_at: dict[str, float]


@dataclass(frozen=True, slots=True)
class World:
    """Everything but the hall's process, at one moment: devices, cards, bytes on the way, what stands on the disk."""

    now: float
    boots: int
    solid: Any
    on_the_way: tuple[tuple[float, int, Happening], ...]
    disk: dict[str, bytes]


class ModelHall:
    """`folder` holds the hall (`sample_hall.write_hall`). `before_effect` sees each effect before it is run,
    `before_command` each command to a card, `after_turn` every moment at which something has happened; the first two
    may raise `Killed`."""

    def __init__(self, folder: Path, *, before_effect: Callable[[Effect], None] = lambda effect: None) -> None:
        self.folder = folder
        if not (folder / "gashall.toml").exists():
            sample_hall.write_hall(folder)
        self.config: Config = load_config(str(folder / "gashall.toml"))
        self.now = 0.0
        self.clock_quality = ClockQuality.SYNCHRONISED
        self.disk_free_mib = 100_000
        self.before_effect = before_effect
        self.before_command: Callable[[bytes], None] = lambda command: None
        self.after_turn: Callable[[], None] = lambda: None
        self.acceptor_model = CcnetValidator()
        self.receipt_model = VirtualPrinter(columns=48)
        self.ticket_model = VirtualPrinter(columns=48, presenter=True)
        self.chips: dict[str, Chip] = {}
        """Every card that was made, by the name that it was given."""
        self.card: CardModel | None = None
        self.cards: list[CardModel] = []
        """One for each time that a card was put in, with what was done to it."""
        self.not_ours: Counter[str] = Counter()
        """Gas that came onto a card, or left it, by another way than through this hall; by card number."""
        self.reader_there = True
        self._dark = False
        self.views: dict[str, Any] = {}
        self.hall: Hall | None = None
        self.database: HallDatabase | None = None
        self.boots = 0
        self._pending: list[tuple[float, int, Happening]] = []
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
        self.acceptor_model.controller_restarts()
        if self._dark:
            self._dark = False
            for model in self._models:
                model.command("power on", self.now)
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
            free_mib=lambda: self.disk_free_mib,
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
        if self.reader_there:
            self._reader_found()
        hall.screen("customer", True, self.moment())
        self._settle()

    def kill(self, on_the_way: OnTheWay = "lost") -> None:
        """The hall is gone at once; nothing of it runs again. Devices keep what they have.

        What SQLite has committed stays. What the hall's machines had not yet put on a line is lost; what was on a line
        is lost or arrives.
        """
        self.hall = None
        self.wires = []
        disk = self._disk() if self.database is not None else None
        if self.database is not None:
            self.database.close()
            self.database = None
        if disk is not None:
            # Closing tidies up, which a process that is killed does not: the files are put back as they stood.
            self._put_on_disk(disk)
        kept = [entry for entry in self._pending if isinstance(entry[2], TornOut | ToDevice)]
        if on_the_way == "lost":
            kept = [entry for entry in kept if isinstance(entry[2], TornOut)]
        heapq.heapify(kept)
        self._pending = kept
        if self.card is not None:
            self.card.power_off()

    def power_cut(self) -> None:
        """The terminal loses its power: hall and devices at once. `boot` brings all of it back."""
        self.kill("lost")
        for model in self._models:
            model.command("power off", self.now)
        self._dark = True

    def close(self) -> None:
        """Ends the hall in order."""
        self.hall = None
        self.wires = []
        if self.database is not None:
            self.database.close()
            self.database = None

    # The world without the hall --------------------------------------------------------------------------------------

    def freeze(self) -> World:
        """Keeps the world as it is now. May be called in the middle of a pass: what the hall has not yet sent is not of
        the world."""
        solid = (
            self._models,
            self.card,
            self.cards,
            self.chips,
            self.not_ours,
            self.reader_there,
            self.clock_quality,
            self.disk_free_mib,
        )
        return World(self.now, self.boots, copy.deepcopy(solid), tuple(self._pending), self._disk())

    def thaw(self, world: World) -> None:
        """Puts the world back as it was, with no hall running in it: as if the hall had just been killed. `kill` or
        `power_cut` comes next."""
        self.close()
        self.now, self.boots = world.now, world.boots
        models, self.card, self.cards, self.chips, self.not_ours, *rest = copy.deepcopy(world.solid)
        self.reader_there, self.clock_quality, self.disk_free_mib = rest
        self._models = models
        self.acceptor_model, self.receipt_model, self.ticket_model = models[0], models[1].printer, models[2].printer
        self._pending = list(world.on_the_way)
        self._put_on_disk(world.disk)

    def _disk(self) -> dict[str, bytes]:
        database = Path(self.config.storage.database)
        files = (database, database.with_name(database.name + "-wal"))
        return {file.name: file.read_bytes() for file in files if file.exists()}

    def _put_on_disk(self, disk: dict[str, bytes]) -> None:
        database = Path(self.config.storage.database)
        for suffix in ("", "-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        for name, content in disk.items():
            database.with_name(name).write_bytes(content)

    def fill_disk(self) -> None:
        """Not another page of the database finds room, and what is free within its pages is used up."""
        assert self.database is not None
        connection = self.database.connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        stamp = Stamp("1970-01-01", "filler", 0, 0, "unset", "nobody")
        journal = Journal(self.database)
        for size in (3000, 300, 1):
            for _ in range(200):
                try:
                    journal.append([NewRecord("filler", "filler", {"text": "x" * size})], stamp)
                except StorageError:
                    break

    def free_disk(self) -> None:
        assert self.database is not None
        self.database.connection.execute("PRAGMA max_page_count = 1000000")

    def _before(self, effect: Effect) -> None:
        self.before_effect(effect)

    # Time ------------------------------------------------------------------------------------------------------------

    def moment(self) -> Moment:
        return Moment(self.now, OPENING + timedelta(seconds=self.now), self.clock_quality)

    def run(self, seconds: float) -> None:
        """Lets so much time pass."""
        self._run(self.now + seconds, lambda: False)

    def run_until(self, done: Callable[[], bool], limit_s: float = 120.0) -> None:
        """Lets time pass until something is so. Raises `AssertionError` if it is not so within `limit_s` of virtual
        time."""
        self._run(self.now + limit_s, done)
        assert done(), f"not so after {limit_s} s; the screen shows {self.customer.screen}: {self.customer.title}"

    def run_at_most(self, seconds: float, done: Callable[[], bool]) -> None:
        """Lets time pass until something is so, or for this long."""
        self._run(self.now + seconds, done)

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
            self._happen(heapq.heappop(self._pending)[2])
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
        self._settle()
        self.after_turn()

    def _at(self, when: float, what: Happening) -> None:
        heapq.heappush(self._pending, (when, next(self._order), what))

    def _happen(self, what: Happening) -> None:
        match what:
            case ToDevice(number, data):
                self._models[number].receive_data(data, self.now)
            case ToHall(number, data) if self.wires:
                self.wires[number].machine.receive_data(data, self.now)
                self._tell(self.wires[number])
            case FromReader(event):
                self._reader_event(event)
            case TornOut():
                self.card = None
                self._reader_event(CardAbsent())

    # Wires -----------------------------------------------------------------------------------------------------------

    def _teller(self, tell: Callable[[Sequence[object], Moment], None]) -> Callable[[Sequence[object]], None]:
        return lambda events: tell(events, self.moment())

    def _tell(self, wire: Wire) -> None:
        events = wire.machine.take_events()
        if events:
            wire.tell(events)

    def _settle(self) -> None:
        while self._hear():
            pass
        for number, wire in enumerate(self.wires):
            byte_s = wire.machine.settings.byte_time_s()
            out, back = wire.machine.data_to_send(self.now), wire.model.data_to_send(self.now)
            if out:
                self._at(self._sent(wire, "out", len(out) * byte_s), ToDevice(number, out))
            if back:
                self._at(self._sent(wire, "in", len(back) * byte_s), ToHall(number, back))
        if self.hall is not None:
            for job in self.reader.take_requests():
                self._execute(job)

    def _hear(self) -> bool:
        """Tells the hall what arose without a byte or an answer: work that a device refuses on the spot."""
        for wire in self.wires:
            events = wire.machine.take_events()
            if events:
                wire.tell(events)
                return True
        events = self.reader.take_events() if self.hall is not None else ()
        if events and self.hall is not None:
            self.hall.card_events(events, self.moment())
            return True
        return False

    def _sent(self, wire: Wire, way: str, takes_s: float) -> float:
        wire.free_at[way] = arrives = max(self.now, wire.free_at.get(way, 0.0)) + takes_s
        return arrives

    # The card --------------------------------------------------------------------------------------------------------

    def transmit(self, command: CommandApdu) -> ResponseApdu:
        """The reader's side of a job: one command to the card that is in it."""
        if self.card is None or not self.card.powered:
            raise TransmitError(TransmitFailure.CARD_REMOVED)
        self.before_command(command.to_bytes())
        try:
            return ResponseApdu.from_bytes(self.card.answer(command.to_bytes()))
        except PowerLost as lost:
            self._at(self.now + JOB_S + 0.2, TornOut())
            raise TransmitError(TransmitFailure.NO_ANSWER, "0x00000000") from lost

    def _execute(self, job: Job) -> None:
        """The job's commands reach the card now, its answer the hall a little later: a kill in between loses only the
        answer."""
        if self.card is None:
            done = JobDone(job.token, None, JobFailure(JobFailureKind.NO_CARD, started=False))
            self._at(self.now + JOB_S, FromReader(done))
            return
        before = len(self.card.journal.programmed)
        if not self.card.powered:
            self.card.power_on()
        result = job.run(self)
        programmed = len(self.card.journal.programmed) - before
        done = JobDone(job.token, result)
        self._at(self.now + JOB_S + programmed * PROGRAM_BYTE_S, FromReader(done))

    def _reader_event(self, event: Any) -> None:
        if self.hall is None:
            return
        self.reader.receive_event(event, self.now)
        self._settle()

    def _reader_found(self) -> None:
        self._reader_event(ReaderArrived("Model Reader 00 00"))
        if self.card is not None:
            self._reader_event(CardPresent(self.card.power_on()))

    def lose_reader(self) -> None:
        """Its plug is pulled. A card in it stays there."""
        self.reader_there = False
        if self.card is not None:
            self.card.power_off()
        for at, (when, number, what) in enumerate(self._pending):
            if isinstance(what, FromReader) and isinstance(what.event, JobDone):
                lost = JobDone(what.event.token, None, JobFailure(JobFailureKind.READER_LOST, started=True))
                self._pending[at] = (when, number, FromReader(lost))
        self._reader_event(ReaderLost(LostReason.READER_MISSING))

    def reader_back(self) -> None:
        self.reader_there = True
        self._reader_found()

    # What people do --------------------------------------------------------------------------------------------------

    def new_card(self, card_no: str = sample_hall.CARD, customer_no: str = "", meter_no: str = "") -> Chip:
        """An issued card of the sample hall."""
        chip = Chip()
        customer_no = customer_no or sample_hall.CUSTOMER
        chip.main[:] = gas_meter.issue(
            bytes(chip.main), card_no, customer_no, meter_no or sample_hall.METER, sample_hall.REGION
        )
        chip.psc = gas_meter.card_psc(sample_hall.KEY, card_no, customer_no)
        self.chips[f"card {card_no}" if f"card {card_no}" not in self.chips else f"card {len(self.chips)}"] = chip
        return chip

    def insert_card(self, chip: Chip) -> None:
        self.card = CardModel(chip)
        self.cards.append(self.card)
        atr = self.card.power_on()
        if self.reader_there:
            self._reader_event(CardPresent(atr))

    def insert_mute_card(self) -> None:
        """A card whose chip gives no answer."""
        self._reader_event(CardMuteSeen())

    def take_mute_card(self) -> None:
        self._reader_event(CardAbsent())

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
