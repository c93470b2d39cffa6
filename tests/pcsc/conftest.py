"""A real pcscd with a virtual reader, one for the whole session, and a hall's end of it for each test."""

import contextlib
import os
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from devices.card_reader import CardEvent, CardReader
from devices.gas_card.psc import MasterKey
from devices.status import StatusChanged
from drivers.pcsc.events import PcscEvent
from drivers.pcsc.scard import STATE_PRESENT, STATE_UNAWARE, Context
from drivers.pcsc.worker import PcscWorker
from drivers.sim.gas_meter import VIRTUAL_MASTER_KEY
from drivers.sim.pcscd import READER_NAME, PrivatePcscd

T = TypeVar("T")
PATIENCE_S = 15.0
AFTER_A_TEAR_S = 0.7
"""Sooner, pcscd may not see the card that comes back."""


class Terminal:
    """Worker and card reader wired as the hall wires them, with every event kept."""

    def __init__(self, stack: PrivatePcscd, reader_name: str | None = None) -> None:
        self.stack = stack
        self.raw: list[PcscEvent] = []
        self.events: list[CardEvent | StatusChanged] = []
        self._inbox: queue.SimpleQueue[PcscEvent] = queue.SimpleQueue()
        self.worker = PcscWorker(reader_name, self._inbox.put)
        self.reader = CardReader(MasterKey(VIRTUAL_MASTER_KEY).psc_for)
        self._seen = 0

    def pump(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while True:
            for job in self.reader.take_requests():
                self.worker.submit(job)
            try:
                event = self._inbox.get(timeout=max(0.0, ends - time.monotonic()))
            except queue.Empty:
                return
            self.raw.append(event)
            self.reader.receive_event(event, time.monotonic())
            self.events.extend(self.reader.take_events())

    def wait(self, kind: type[T], where: Callable[[T], bool] = lambda _event: True) -> T:
        """The next event of this kind; those before it are passed over."""
        ends = time.monotonic() + PATIENCE_S
        self.events.extend(self.reader.take_events())
        while True:
            while self._seen < len(self.events):
                event = self.events[self._seen]
                self._seen += 1
                if isinstance(event, kind) and where(event):
                    return event
            if time.monotonic() > ends:
                raise AssertionError(f"no {kind.__name__} in {self.events}")
            self.pump(0.02)

    def wait_raw(self, kind: type[T]) -> T:
        """The first PC/SC event of this kind, from the beginning."""
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            for event in self.raw:
                if isinstance(event, kind):
                    return event
            self.pump(0.02)
        raise AssertionError(f"no {kind.__name__} in {self.raw}")

    def between_insertions(self) -> None:
        self.pump(AFTER_A_TEAR_S)


@pytest.fixture(scope="session")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivatePcscd]:
    with PrivatePcscd(programming_s=0.001) as stack:
        before = os.environ.get("PCSCLITE_CSOCK_NAME")
        os.environ["PCSCLITE_CSOCK_NAME"] = str(stack.socket)
        yield stack
        if before is None:
            del os.environ["PCSCLITE_CSOCK_NAME"]
        else:
            os.environ["PCSCLITE_CSOCK_NAME"] = before


@pytest.fixture
def stack(shared_stack: PrivatePcscd) -> Iterator[PrivatePcscd]:
    """The session's stack with an issued card `a` beside it and an empty slot."""
    shared_stack.do("new a 00000017 0000001234 202400000009", "created")
    shared_stack.take_events()
    yield shared_stack
    with contextlib.suppress(ValueError):  # the slot is empty already
        shared_stack.do("pull", "pulled")
    wait_until_empty()
    shared_stack.take_events()


def wait_until_empty() -> None:
    """pcscd looks at this reader every 0.4 s: the next test must not meet the last one's card."""
    context = Context()
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        slot = context.wait(READER_NAME, STATE_UNAWARE, 0)
        if slot is not None and not slot.state & STATE_PRESENT:
            break
        time.sleep(0.02)
    context.release()


@pytest.fixture
def terminal(stack: PrivatePcscd) -> Iterator[Terminal]:
    terminal = Terminal(stack)
    yield terminal
    terminal.worker.close()


@pytest.fixture
def new_terminal(stack: PrivatePcscd) -> Iterator[Callable[[str | None], Terminal]]:
    made: list[Terminal] = []

    def make(reader_name: str | None) -> Terminal:
        made.append(Terminal(stack, reader_name))
        return made[-1]

    yield make
    for terminal in made:
        terminal.worker.close()


@pytest.fixture
def card_content(stack: PrivatePcscd) -> Callable[[str], bytes]:
    """The physical truth of a card's main memory."""

    def content(name: str) -> bytes:
        return Path(stack.cards / f"{name}.card").read_bytes()[:256]

    return content
