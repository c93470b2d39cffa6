"""Driver and simulated unit over a real pseudo-terminal, in real time.

The kernel refuses the second opening of a pseudo-terminal with parity: each opening here finds a new one.
"""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.note_acceptor import NoteAcceptor, NoteEscrowed, NoteStacked
from devices.note_acceptor_protocols import build_machine
from drivers.loop import SerialChannel
from drivers.sim.note_acceptor_id003 import Id003Validator
from drivers.sim.pty import PtyRunner
from drivers.wire import SerialSettings

pytestmark = pytest.mark.wire
PATIENCE_S = 20.0


def test_line_is_set_to_even_parity() -> None:
    assert build_machine("id003").settings == SerialSettings(9600, 8, "E", 1)


def test_notes_on_a_real_pty_and_after_it_was_unplugged(tmp_path: Path) -> None:
    link = str(tmp_path / "acceptor")
    unit = Id003Validator(10.0)
    runner = PtyRunner(unit, link, lambda event: None)
    thread = threading.Thread(target=runner.run)
    thread.start()
    acceptor = NoteAcceptor("na", machine=build_machine("id003"))
    acceptor.enable(frozenset((1000, 2000)), 0.0)
    stacked: list[int | None] = []

    def hear(events: tuple[object, ...], now: float) -> None:
        for event in events:
            if isinstance(event, NoteEscrowed):
                acceptor.stack(now)
            elif isinstance(event, NoteStacked):
                stacked.append(event.value_fen)
                acceptor.acknowledge(now)

    async def until(reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not reached():
                await asyncio.sleep(0.01)

    async def visit() -> None:
        channel = SerialChannel(link, acceptor, hear)
        channel.start()
        try:
            await until(lambda: unit.accepts_notes)
            runner.post("insert 10")
            await until(lambda: stacked == [1000])
            runner.post("unplug")
            await until(lambda: not acceptor.ready)
            runner.post("plug")
            await until(lambda: acceptor.ready and unit.accepts_notes)
            runner.post("insert 20")
            await until(lambda: stacked == [1000, 2000])
        finally:
            channel.close()

    try:
        asyncio.run(visit())
    finally:
        runner.stop()
        thread.join(PATIENCE_S)
    assert unit.body.box == [10, 20]
    assert unit.violations == []
