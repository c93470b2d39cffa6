"""Driver and virtual printer over a real pseudo-terminal, with real time."""

import asyncio
import base64
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.print_document import Document
from devices.printing import PaperSupply, PaperTaken, PrintFinished, PrintOutcome, Proof
from devices.receipt_printer import ReceiptPrinter
from devices.ticket_dispenser import TicketDispenser
from drivers.loop import SerialChannel
from drivers.sim.printer_runner import serve_printer

pytestmark = pytest.mark.wire

BAUD = 115200


class Served:
    """`gashall virtual receipt-printer` without the command line."""

    def __init__(self, link: Path, **options: Any) -> None:
        self.link = link
        commands, self._typed = os.pipe()
        said, saying = os.pipe()
        self._said = os.fdopen(said, encoding="utf-8")
        self.events: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read)

        def serve() -> None:
            with os.fdopen(commands, encoding="utf-8") as stdin, os.fdopen(saying, "w", encoding="utf-8") as stdout:
                serve_printer(str(link), speed=10.0, baud=BAUD, in_stream=stdin, out_stream=stdout, **options)

        self._thread = threading.Thread(target=serve)
        self._thread.start()
        self._reader.start()

    def _read(self) -> None:
        for text in self._said:
            self.events.append(json.loads(text))

    def type(self, command: str) -> None:
        os.write(self._typed, command.encode() + b"\n")

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]

    def close(self) -> None:
        self.type("quit")
        self._thread.join(10)
        self._reader.join(10)
        os.close(self._typed)
        self._said.close()
        assert not self._thread.is_alive()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    running: list[Served] = []

    def start(**options: Any) -> Served:
        printer = Served(tmp_path / "printer", **options)
        running.append(printer)
        return printer

    yield start
    for printer in running:
        printer.close()


async def _until(reached: Callable[[], object], within_s: float = 20.0) -> None:
    async with asyncio.timeout(within_s):
        while not reached():
            await asyncio.sleep(0.01)


def _drive(machine: Any, link: Path, play: Callable[[SerialChannel, list[object]], Any]) -> list[object]:
    events: list[object] = []

    async def run() -> None:
        channel = SerialChannel(str(link), machine, lambda found, now: events.extend(found))
        await _until(link.exists)
        channel.start()
        try:
            await play(channel, events)
        finally:
            channel.close()

    asyncio.run(run())
    return events


def _finished(events: list[object]) -> list[PrintFinished]:
    return [event for event in events if isinstance(event, PrintFinished)]


@pytest.mark.parametrize(("process_id", "proof"), [(True, Proof.PROCESS_ID), (False, Proof.QUEUED_STATUS)])
def test_a_receipt_over_a_real_line(
    served: Callable[..., Served], receipt: Document, process_id: bool, proof: Proof
) -> None:
    printer = served(process_id=process_id)
    machine = ReceiptPrinter("receipt", baud=BAUD)

    async def play(channel: SerialChannel, events: list[object]) -> None:
        await _until(lambda: machine.can_print)
        machine.print_document("job", receipt, asyncio.get_running_loop().time())
        channel.flush()
        await _until(lambda: _finished(events))
        await _until(lambda: printer.of("printed"))

    events = _drive(machine, printer.link, play)
    assert [(one.outcome, one.proof) for one in _finished(events)] == [(PrintOutcome.PRINTED, proof)]
    assert printer.of("violation") == []
    (paper,) = printer.of("printed")
    assert "燃气充值凭证" in paper["text"]
    assert paper["printed"] == 1
    assert "燃气".encode("gbk") in base64.b64decode(paper["raw_base64"])


def test_paper_out_is_seen_and_the_job_refused_and_later_printed(
    served: Callable[..., Served], receipt: Document
) -> None:
    printer = served()
    machine = ReceiptPrinter("receipt", baud=BAUD)

    async def play(channel: SerialChannel, events: list[object]) -> None:
        loop = asyncio.get_running_loop()
        await _until(lambda: machine.can_print)
        printer.type("paper out")
        await _until(lambda: machine.paper is PaperSupply.OUT)
        machine.print_document("job", receipt, loop.time())
        channel.flush()
        await _until(lambda: len(_finished(events)) == 1)
        assert _finished(events)[0].outcome is PrintOutcome.REFUSED
        printer.type("paper ok")
        await _until(lambda: machine.can_print)
        machine.print_document("job", receipt, loop.time())
        channel.flush()
        await _until(lambda: len(_finished(events)) == 2)

    events = _drive(machine, printer.link, play)
    assert _finished(events)[-1].outcome is PrintOutcome.PRINTED


def test_unplugged_and_plugged_again_without_a_restart(served: Callable[..., Served], receipt: Document) -> None:
    printer = served()
    machine = ReceiptPrinter("receipt", baud=BAUD)

    async def play(channel: SerialChannel, events: list[object]) -> None:
        await _until(lambda: machine.can_print)
        printer.type("unplug")
        await _until(lambda: not machine.can_print)
        printer.type("plug")
        await _until(lambda: machine.can_print)
        machine.print_document("job", receipt, asyncio.get_running_loop().time())
        channel.flush()
        await _until(lambda: _finished(events))

    assert _finished(_drive(machine, printer.link, play))[0].outcome is PrintOutcome.PRINTED


def test_a_ticket_is_taken_from_the_presenter(served: Callable[..., Served], receipt: Document) -> None:
    printer = served(presenter=True)
    machine = TicketDispenser("ticket", baud=BAUD)

    async def play(channel: SerialChannel, events: list[object]) -> None:
        await _until(lambda: machine.can_print)
        machine.print_document("t1", receipt, asyncio.get_running_loop().time())
        channel.flush()
        await _until(lambda: _finished(events))
        printer.type("take")
        await _until(lambda: PaperTaken("t1") in events)

    _drive(machine, printer.link, play)
    assert len(printer.of("taken")) == 1
    assert printer.of("violation") == []
