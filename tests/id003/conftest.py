"""The driver and the simulated unit on an invented wire with an invented clock."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from drivers.id003.machine import Id003Machine
from drivers.sim.note_acceptor_id003 import Id003Validator
from drivers.validator.events import Escrowed, Ready, Stacked

E = TypeVar("E")
ALL = frozenset(range(1, 7))


class Pair:
    """`decide` is what an owner does about a note in escrow: `stack`, `return` or nothing."""

    def __init__(self, unit: Id003Validator) -> None:
        self.unit = unit
        self.now = 100.0
        self.decide = "stack"
        self.acknowledges = True
        self.plugged = True
        self.events: list[object] = []
        self.sent: list[tuple[float, bytes]] = []
        self.to_unit: Callable[[bytes], bytes] = lambda data: data
        self.to_driver: Callable[[bytes], bytes] = lambda data: data
        self._wire: list[tuple[float, bool, bytes]] = []
        self.start_driver()

    def start_driver(self) -> None:
        self._wire.clear()
        self.machine = Id003Machine()
        self.machine.set_note_types(ALL)
        self.machine.connection_made(self.now)

    def heard(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def words(self, code: int) -> list[float]:
        """When the driver said a command."""
        return [at for at, data in self.sent if data[2] == code]

    def person(self, *lines: str) -> None:
        for line in lines:
            assert self.unit.command(line, self.now), line

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while (time := self._settle()) <= until:
            self._advance(time)
        self.now = until

    def run_until(self, reached: Callable[[], bool], seconds: float = 90.0) -> None:
        until = self.now + seconds
        while not reached():
            time = self._settle()
            if reached():
                return
            assert time <= until, f"not reached; heard {self.events[-6:]}"
            self._advance(time)

    def _settle(self) -> float:
        for _ in range(20):
            self._hear(self.machine.take_events())
            request, reply = self.machine.data_to_send(self.now), self.unit.data_to_send(self.now)
            if request:
                self.sent.append((self.now, request))
                self._put(True, self.to_unit(request))
            if reply:
                self._put(False, self.to_driver(reply))
            if not request and not reply:
                break
        times = [entry[0] for entry in self._wire]
        times += [time for time in (self.machine.next_deadline(), self.unit.next_deadline()) if time is not None]
        return max(self.now, min(times, default=float("inf")))

    def _hear(self, events: Sequence[object]) -> None:
        for event in events:
            self.events.append(event)
            if isinstance(event, Escrowed) and self.decide == "stack":
                self.machine.stack()
            elif isinstance(event, Escrowed) and self.decide == "return":
                self.machine.return_note()
            elif isinstance(event, Stacked) and self.acknowledges:
                self.machine.acknowledge()

    def _put(self, to_unit: bool, data: bytes) -> None:
        if data and self.plugged:
            self._wire.append((self.now + len(data) * self.unit.settings.byte_time_s(), to_unit, data))

    def _advance(self, time: float) -> None:
        self.now = time
        arrived = [entry for entry in self._wire if entry[0] <= time]
        for entry in arrived:
            self._wire.remove(entry)
            if entry[1]:
                self.unit.receive_data(entry[2], time)
            else:
                self.machine.receive_data(entry[2], time)
        for side in (self.machine, self.unit):
            due = side.next_deadline()
            if due is not None and due <= time and not arrived:
                side.handle_deadline(time)


@pytest.fixture
def make_pair() -> Callable[..., Pair]:
    def make(unit: Id003Validator | None = None) -> Pair:
        pair = Pair(unit or Id003Validator())
        pair.run_until(lambda: bool(pair.heard(Ready)))
        pair.run_until(lambda: pair.unit.accepts_notes)
        pair.run(0.3)
        return pair

    return make


@pytest.fixture
def pair(make_pair: Callable[..., Pair]) -> Pair:
    """Brought up, all denominations enabled, idle."""
    return make_pair()
