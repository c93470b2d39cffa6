"""One device on its wire, without hall, database or money: what `gashall try` does."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from devices.card_reader import CardReader
from devices.card_reader_trial import describe as describe_card
from devices.note_acceptor import (
    AcceptorReady,
    NoteAcceptor,
    NoteEscrowed,
    NoteOutcomeUnknown,
    NoteReturned,
    NoteStacked,
)
from devices.note_acceptor_protocols import build_machine
from devices.note_acceptor_trial import Decision, StackPolicy, decide
from devices.note_acceptor_trial import describe as describe_note
from devices.print_document import Document
from devices.printer_trial import describe as describe_print
from devices.printing import PrintFinished, PrintOutcome, Proof
from devices.receipt_printer import ReceiptPrinter
from devices.status import CheckLevel, DeviceStatus
from drivers.errors import PortLost
from drivers.escpos.profiles import Profile
from drivers.loop import ChannelState, SerialChannel
from drivers.pcsc.worker import PcscWorker

Tell = Callable[[dict[str, Any]], None]
PRINT_S = 60.0
NOTE_UNDER_WAY_S = 30.0
"""How long a trial waits at its end for what becomes of a note."""
LAST_WORDS_S = 0.2
"""For the last commands to be on the line before the port closes."""


def trial_note_acceptor(protocol: str, port: str, policy: StackPolicy, seconds: float, tell: Tell) -> int:
    """0 if the acceptor became ready."""
    return asyncio.run(_note_acceptor(protocol, port, policy, seconds, tell))


async def _note_acceptor(protocol: str, port: str, policy: StackPolicy, seconds: float, tell: Tell) -> int:
    acceptor = NoteAcceptor("note_acceptor", machine=build_machine(protocol))
    ready = under_way = False

    def on_events(events: Sequence[object], now: float) -> None:
        nonlocal ready, under_way
        for event in events:
            if isinstance(event, NoteEscrowed):
                under_way = True
            elif isinstance(event, NoteStacked | NoteReturned | NoteOutcomeUnknown):
                under_way = False
            row = describe_note(event)
            if row:
                tell(row)
            match decide(policy, event):
                case Decision.ENABLE_ALL:
                    assert isinstance(event, AcceptorReady)
                    ready = True
                    acceptor.enable(frozenset(event.note_types.values()), now)
                case Decision.STACK:
                    acceptor.stack(now)
                case Decision.RETURN:
                    acceptor.return_note(now)
                case Decision.ACKNOWLEDGE:
                    acceptor.acknowledge(now)
                case Decision.NOTHING:
                    pass

    channel = SerialChannel(port, acceptor, on_events, _port_teller(tell))
    loop = asyncio.get_running_loop()
    channel.start()
    try:
        await asyncio.sleep(seconds)
    finally:
        acceptor.disable(loop.time())
        channel.flush()
        ends = loop.time() + NOTE_UNDER_WAY_S
        while under_way and loop.time() < ends:
            await asyncio.sleep(LAST_WORDS_S / 4)
        await asyncio.sleep(LAST_WORDS_S)
        channel.close()
    return 0 if ready else 1


def trial_printer(port: str, baud: int, profile: Profile, document: Document, tell: Tell) -> int:
    """0 if the paper is proven printed."""
    return asyncio.run(_printer(port, baud, profile, document, tell))


async def _printer(port: str, baud: int, profile: Profile, document: Document, tell: Tell) -> int:
    """The last word is the outcome, with its proof and the printer's status."""
    printer = ReceiptPrinter("printer", baud=baud, profile=profile)
    finished: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    def finish(word: dict[str, Any]) -> None:
        if not finished.done():
            finished.set_result(word)

    def on_events(events: Sequence[object], now: float) -> None:
        for event in events:
            if isinstance(event, PrintFinished):
                finish(describe_print(event))
            elif not finished.done():
                tell(describe_print(event))

    def on_state(state: ChannelState) -> None:
        if state.error is not None and not isinstance(state.error, PortLost):
            finish(_no_outcome(PrintOutcome.REFUSED, str(state.error)))

    channel = SerialChannel(port, printer, on_events, on_state)
    channel.start()
    try:
        if channel.state.open:
            printer.print_document("trial", document, asyncio.get_running_loop().time())
            channel.flush()
        last = await asyncio.wait_for(finished, PRINT_S)
    except TimeoutError:
        last = _no_outcome(PrintOutcome.UNKNOWN, f"no outcome within {PRINT_S:g} s")
    finally:
        status = printer.status.value if channel.state.open else DeviceStatus.NO_DEVICE.value
        channel.close()
    tell({**last, "status": status})
    return 0 if last["outcome"] == PrintOutcome.PRINTED.value else 1


def _no_outcome(outcome: PrintOutcome, detail: str) -> dict[str, Any]:
    """A paper of which the printer said nothing."""
    return {"event": "finished", "outcome": outcome.value, "proof": Proof.NONE.value, "detail": detail}


def trial_card_reader(reader_name: str | None, seconds: float, tell: Tell) -> int:
    """0 if a reader was there."""
    return asyncio.run(_card_reader(reader_name, seconds, tell))


async def _card_reader(reader_name: str | None, seconds: float, tell: Tell) -> int:
    loop = asyncio.get_running_loop()

    def no_psc(card: object) -> bytes:
        raise AssertionError("a trial never presents a PSC")

    reader = CardReader(psc_for=no_psc)
    reads = 0

    def receive(event: Any) -> None:
        nonlocal reads
        reader.receive_event(event, loop.time())
        for happened in reader.take_events():
            row = describe_card(happened)
            if row:
                tell(row)
            if row.get("event") == "inserted":
                reads += 1
                reader.read_card(f"trial-{reads}", loop.time())
        for job in reader.take_requests():
            worker.submit(job)
        for happened in reader.take_events():
            tell(describe_card(happened))

    def deliver(event: object) -> None:
        loop.call_soon_threadsafe(receive, event)

    worker = PcscWorker(reader_name, deliver)
    await asyncio.sleep(seconds)
    worker.close()
    return 0 if reader.check_health(CheckLevel.INTERNAL).ok else 1


def _port_teller(tell: Tell) -> Callable[[ChannelState], None]:
    def on_state(state: ChannelState) -> None:
        if state.error is not None:
            tell({"event": "lost", "code": state.error.code, "reason": str(state.error)})

    return on_state
