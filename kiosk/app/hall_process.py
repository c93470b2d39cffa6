"""The hall process: opens the books, brings the devices up on their wires, and runs the loop until it is told to
stop."""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from pylopdf_fonts_zh_cn import sans_path

from devices.card_reader import CardReader
from devices.gas_card.psc import MasterKey
from devices.note_acceptor import NoteAcceptor
from devices.note_acceptor_protocols import build_machine
from devices.paper_picture import FontGlyphs
from devices.receipt_printer import ReceiptPrinter
from devices.status import Action, Fault
from devices.ticket_dispenser import TicketDispenser
from drivers.errors import PortInUse
from drivers.escpos.profiles import PROFILES, Profile
from drivers.loop import ChannelState, SerialChannel
from drivers.pcsc.worker import PcscWorker
from drivers.validator.machine import MachineOptions
from drivers.wire import WireMachine
from kiosk.app.clock import Clock
from kiosk.app.notify import notify, watchdog_s
from kiosk.config import Config, read_card_key
from kiosk.effects import Effect
from kiosk.hall.books import Books
from kiosk.hall.devices import Devices
from kiosk.hall.hall import Hall
from kiosk.link.server import LinkServer
from kiosk.link.wire import Command, Reply
from kiosk.view.shapes import CustomerView
from storage.database import HallDatabase, open_database, preserve_evidence
from storage.errors import DatabaseBusy, DatabaseDamaged, EvidenceNotKept, StorageError
from storage.journal import Journal
from storage.ledger import Ledger
from storage.registers import Registers

log = logging.getLogger("gashall")

ROLES = frozenset({"customer", "counter", "technician", "board", "staff"})
PROVE_COMMIT_S = 10.0
DARK_RETRY_S = 30.0
"""How often a hall whose books cannot be opened looks again: a disk that was full or not mounted may be back."""
DARK_WATCHDOG_US = 3_600_000_000


class HallProcess:
    """Wires one hall. Everything here runs on one loop; only the card reader's calls block, on a thread of their
    own."""

    def __init__(self, config: Config, database: HallDatabase, before_effect: Callable[[Effect], None] | None) -> None:
        self.config = config
        self.database = database
        self.loop = asyncio.get_running_loop()
        self.stopped = asyncio.Event()
        journal = Journal(database)
        newest = journal.last()
        self.clock = Clock(None if newest is None else datetime.fromtimestamp(newest.stamp.wall_us / 1_000_000, UTC))
        books = Books(journal, Ledger(database), Registers(database), boot_id=uuid.uuid4().hex)
        key = MasterKey(read_card_key(config.card_reader.key_file).secret)
        self.acceptor = NoteAcceptor(
            "note_acceptor",
            machine=build_machine(config.note_acceptor.protocol, MachineOptions(entropy=os.urandom)),
            known_note_types=_remembered_notes(journal),
        )
        self.reader = CardReader(psc_for=key.psc_for, region=config.hall.region)
        glyphs = FontGlyphs(str(sans_path()))
        self.receipts = ReceiptPrinter(
            "receipt_printer",
            glyph=glyphs,
            baud=config.receipt_printer.baud,
            profile=printer_profile(config.receipt_printer.profile, "generic-80"),
            columns=config.receipt_printer.columns,
        )
        self.tickets = TicketDispenser(
            "ticket_dispenser",
            glyph=glyphs,
            baud=config.ticket_dispenser.baud,
            profile=printer_profile(config.ticket_dispenser.profile, "custom-vkp80"),
            columns=config.ticket_dispenser.columns,
        )
        self.link = LinkServer(
            config.link.socket,
            roles=ROLES,
            carry_out=self._carry_out,
            presence=self._presence,
            gone_s=config.timeouts.screen_gone_s,
        )
        self.hall = Hall(
            config,
            books,
            Devices(self.acceptor, self.reader, self.receipts, self.tickets),
            publish=self.link.publish,
            prove_commit=database.prove_commit,
            free_mib=partial(_free_mib, Path(config.storage.database).parent),
            **({} if before_effect is None else {"before_effect": before_effect}),
        )
        self.worker: PcscWorker | None = None
        self.channels = (
            self._channel("note_acceptor", config.note_acceptor.port, self.acceptor, self.hall.acceptor_events),
            self._channel("receipt_printer", config.receipt_printer.port, self.receipts, self.hall.printer_events),
            self._channel("ticket_dispenser", config.ticket_dispenser.port, self.tickets, self.hall.printer_events),
        )
        self._timer: asyncio.TimerHandle | None = None
        self._reader_timer: asyncio.TimerHandle | None = None

    def _channel(
        self, device: str, port: str, machine: WireMachine, tell: Callable[[Sequence[object], Any], None]
    ) -> SerialChannel:
        def on_events(events: tuple[object, ...], now: float) -> None:
            tell(events, self.clock.moment())
            self._settle()

        def on_state(state: ChannelState) -> None:
            self.hall.port_state(device, _port_fault(state), self.clock.moment())
            self._settle()

        return SerialChannel(port, machine, on_events, on_state)

    # The life of the process -----------------------------------------------------------------------------------------

    async def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            self.loop.add_signal_handler(number, self.stopped.set)
        self.hall.start(self.clock.moment())
        await self.link.start()
        self.worker = PcscWorker(self.config.card_reader.name or None, self._from_reader_thread)
        for channel in self.channels:
            channel.start()
        self._settle()
        self._prove()
        notify("READY=1", "STATUS=serving")
        log.info("hall %s ready", self.config.hall.id)
        try:
            await self.stopped.wait()
        finally:
            notify("STOPPING=1")
            await self._stop()

    async def _stop(self) -> None:
        self.acceptor.disable(self.loop.time())
        for channel in self.channels:
            channel.flush()
        await asyncio.sleep(0.1)  # the acceptor's disable is on the wire before its port closes
        for handle in (self._timer, self._reader_timer):
            if handle is not None:
                handle.cancel()
        for channel in self.channels:
            channel.close()
        if self.worker is not None:
            self.worker.close()
        await self.link.close()

    def _prove(self) -> None:
        """The watchdog hears from the loop only after the disk has just taken a commit."""
        interval = watchdog_s()
        try:
            self.database.prove_commit()
            notify("WATCHDOG=1")
        except StorageError as error:
            log.critical("watchdog: %s", error)
            notify(f"STATUS={error}")
        self.loop.call_later(min(PROVE_COMMIT_S, (interval or 2 * PROVE_COMMIT_S) / 2), self._prove)

    # What comes in ---------------------------------------------------------------------------------------------------

    def _from_reader_thread(self, event: object) -> None:
        try:
            self.loop.call_soon_threadsafe(self._reader_event, event)
        except RuntimeError:
            return  # the loop has ended; nobody is left to be told

    def _reader_event(self, event: Any) -> None:
        self.reader.receive_event(event, self.loop.time())
        self._settle()

    def _reader_due(self) -> None:
        self.reader.handle_deadline(self.loop.time())
        self._settle()

    def _carry_out(self, command: Command) -> Reply:
        reply = self.hall.command(command, self.clock.moment())
        self._settle()
        return reply

    def _presence(self, role: str, present: bool) -> None:
        self.hall.screen(role, present, self.clock.moment())
        self._settle()

    def _due(self) -> None:
        self.hall.timer(self.clock.moment())
        self._settle()

    # What goes out ---------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Ends a pass: what the devices want to say goes out, the timers are armed anew."""
        # A verb can be answered on the spot (no card, a card of another kind), and the answer can lead to a verb.
        while events := self.reader.take_events():
            self.hall.card_events(events, self.clock.moment())
        for channel in self.channels:
            channel.flush()
        if self.worker is not None:
            for job in self.reader.take_requests():
                self.worker.submit(job)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_at(self.hall.next_deadline(), self._due)
        if self._reader_timer is not None:
            self._reader_timer.cancel()
            self._reader_timer = None
        deadline = self.reader.next_deadline()
        if deadline is not None:
            self._reader_timer = self.loop.call_at(deadline, self._reader_due)


def run_hall(config: Config, *, before_effect: Callable[[Effect], None] | None = None) -> int:
    """Runs until SIGTERM or SIGINT. 0: ended in order; 1: another hall has this database."""
    path = Path(config.storage.database)
    try:
        with open_database(path, create=False, terminal_id=config.hall.terminal) as database:
            asyncio.run(_lit(config, database, before_effect))
    except DatabaseBusy as error:
        log.critical("%s", error)
        return 1
    except StorageError as error:
        log.critical("%s", error)
        _keep_evidence(path, error)
        asyncio.run(_dark(config, error))
        return 1
    return 0


async def _lit(config: Config, database: HallDatabase, before_effect: Callable[[Effect], None] | None) -> None:
    await HallProcess(config, database, before_effect).run()


async def _dark(config: Config, error: StorageError) -> None:
    """The books cannot be trusted: no device is opened, no cash is taken, the screens say so, and staff are told what
    to do."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)

    def carry_out(command: Command) -> Reply:
        return Reply(False, str(error), {"storage": str(error), "devices": [], "cash_refusal": "records_damaged"})

    link = LinkServer(
        config.link.socket, roles=ROLES, carry_out=carry_out, presence=lambda role, present: None, gone_s=2.0
    )
    link.publish("customer", _records_damaged(config))
    await link.start()
    # The watchdog belongs to a loop that can commit. This one cannot: it looks every so often whether a start is worth
    # it again.
    notify("READY=1", f"STATUS={error}", f"WATCHDOG_USEC={DARK_WATCHDOG_US}")
    while not stopped.is_set() and _still_dark(config):
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stopped.wait(), DARK_RETRY_S)
    await link.close()


def _still_dark(config: Config) -> bool:
    try:
        path = Path(config.storage.database)
        with open_database(path, create=False, terminal_id=config.hall.terminal) as database:
            database.prove_commit()
    except StorageError:
        return True
    log.warning("the database takes commits again: starting anew")
    return False


def _records_damaged(config: Config) -> CustomerView:
    from kiosk.messages import text

    phone = config.hall.service_phone
    return CustomerView(
        "out_of_service",
        text("records_damaged.title", "zh_CN"),
        tone="bad",
        subtitle=text("records_damaged.title", "en"),
        body=(
            text("records_damaged.todo", "zh_CN", phone=phone),
            text("records_damaged.todo", "en", phone=phone),
        ),
        hall_name=config.hall.name_zh,
        footer=phone,
    )


def _keep_evidence(path: Path, error: StorageError) -> None:
    """A damaged database is copied aside once, untouched, before anybody tries anything."""
    if not isinstance(error, DatabaseDamaged) or any(path.parent.glob(f"{path.name}.evidence-*")):
        return
    try:
        copies = preserve_evidence(path, path.parent)
        log.critical("the evidence is kept in %s", copies[0].parent if copies else path.parent)
    except EvidenceNotKept as failure:
        log.critical("%s", failure)


def _remembered_notes(journal: Journal) -> dict[int, int]:
    """The acceptor's bill table as it was last read: a note that is found in it after a restart has a value."""
    record = journal.last(kind="acceptor.ready")
    if record is None:
        return {}
    body: Any = record.body
    return {int(kind): value for kind, value in body["note_types"].items()}


def printer_profile(name: str, usual: str) -> Profile:
    return PROFILES[usual if name == "default" else name]


def _port_fault(state: ChannelState) -> Fault | None:
    if state.open or state.error is None:
        return None
    action = Action.CONFIGURATION if isinstance(state.error, PortInUse) else Action.MAINTENANCE
    return Fault(state.error.code, action, str(state.error))


def _free_mib(folder: Path) -> int:
    return shutil.disk_usage(folder).free // (1024 * 1024)


def set_up_logging() -> None:
    """Lines for the service manager's journal: it adds time and unit. GASHALL_LOG sets the level."""
    level = os.environ.get("GASHALL_LOG", "INFO").upper()
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
