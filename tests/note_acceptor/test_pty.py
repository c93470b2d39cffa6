"""Driver and simulated device over a real pseudo-terminal, in real time."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

from devices.note_acceptor import AcceptorReady, NoteAcceptor, NoteEscrowed, NoteStacked
from devices.status import DeviceStatus
from drivers.loop import SerialChannel
from drivers.sim.note_acceptor import serve_note_acceptor
from drivers.sim.note_acceptor_ccnet import CcnetValidator
from drivers.sim.pty import Pty, PtyRunner

pytestmark = pytest.mark.wire

SPEED = 10.0
PATIENCE_S = 20.0


class Served:
    def __init__(self, link: str) -> None:
        self.link = link
        self.device = CcnetValidator(SPEED)
        self.told: list[dict[str, object]] = []
        self.runner = PtyRunner(self.device, link, self.told.append)
        self._thread = threading.Thread(target=self.runner.run)
        self._thread.start()

    def close(self) -> None:
        self.runner.stop()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(str(tmp_path / "acceptor"))
    yield served
    served.close()


class Trial:
    """Stacks and acknowledges every note."""

    def __init__(self, link: str) -> None:
        self.acceptor = NoteAcceptor("na")
        self.acceptor.enable(frozenset((1000, 2000)), 0.0)
        self.events: list[object] = []
        self.channel = SerialChannel(link, self.acceptor, self._hear)
        self.channel.start()

    def _hear(self, events: tuple[object, ...], now: float) -> None:
        for event in events:
            self.events.append(event)
            if isinstance(event, NoteEscrowed):
                self.acceptor.stack(now)
            elif isinstance(event, NoteStacked):
                self.acceptor.acknowledge(now)

    def count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.events)

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not reached():
                await asyncio.sleep(0.01)


def test_notes_on_a_real_pty(served: Served) -> None:
    async def visit() -> None:
        trial = Trial(served.link)
        try:
            await trial.until(lambda: served.device.enabled_types == frozenset((2, 3)))
            for number, line in enumerate(("insert 10", "insert 20"), start=1):
                served.runner.post(line)
                await trial.until(
                    lambda number=number: trial.count(NoteStacked) == number and trial.acceptor.stacked_count == number
                )
                await asyncio.sleep(0.3)
        finally:
            trial.channel.close()

    asyncio.run(visit())
    assert served.device.box == [10, 20]
    assert served.device.violations == []


def test_unplugged_and_plugged_in_again(served: Served) -> None:
    async def visit() -> None:
        trial = Trial(served.link)
        try:
            await trial.until(lambda: trial.count(AcceptorReady) == 1)
            served.runner.post("unplug")
            await trial.until(lambda: trial.acceptor.status is DeviceStatus.POWER_OFF)
            served.runner.post("plug")
            await trial.until(lambda: trial.count(AcceptorReady) == 2 and bool(served.device.enabled_types))
            served.runner.post("insert 10")
            await trial.until(lambda: trial.count(NoteStacked) == 1)
        finally:
            trial.channel.close()

    asyncio.run(visit())
    assert served.device.box == [10]


def test_power_cut_on_a_real_pty(served: Served) -> None:
    async def visit() -> None:
        trial = Trial(served.link)
        try:
            await trial.until(lambda: bool(served.device.enabled_types))
            served.runner.post("power off")
            await trial.until(lambda: trial.acceptor.status is DeviceStatus.OFFLINE)
            served.runner.post("power on")
            await trial.until(lambda: trial.acceptor.ready and bool(served.device.enabled_types))
        finally:
            trial.channel.close()

    asyncio.run(visit())


SERVE = """
import sys
from drivers.sim.note_acceptor import serve_note_acceptor
raise SystemExit(serve_note_acceptor(sys.argv[1], speed=10))
"""


def test_served_program_speaks_json_and_ends_with_quit(tmp_path: Path) -> None:
    link = tmp_path / "acceptor"
    run = subprocess.run(
        [sys.executable, "-c", SERVE, str(link)],
        input="insert 10\npower off\nsomersault\nquit\n",
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    told = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 0
    assert run.stderr == ""
    assert [event["event"] for event in told] == ["listening", "returned", "power_off", "not_understood"]
    assert told[1]["in_box_fen"] == told[1]["in_escrow_fen"] == told[1]["counted"] == 0
    assert told[1]["given_back_fen"] == 1000
    assert not link.is_symlink()


def test_what_cannot_be_served_is_refused(tmp_path: Path) -> None:
    assert serve_note_acceptor(str(tmp_path / "a"), protocol="morse", in_stream=StringIO(), out_stream=StringIO()) == 2
    assert serve_note_acceptor(str(tmp_path / "a"), speed=0, in_stream=StringIO(), out_stream=StringIO()) == 2


def test_link_never_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "acceptor"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        Pty(str(path))
    assert path.read_text() == "mine"


def test_link_of_a_dead_server_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "acceptor"
    path.symlink_to("/dev/pts/99999")
    pty = Pty(str(path))
    assert os.path.exists(path)
    pty.unplug()
    assert not path.is_symlink()
