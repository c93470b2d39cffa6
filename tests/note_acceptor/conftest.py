"""A bench: the real acceptor and the simulated device on an invented wire, under an invented clock.

Every byte takes its 1/960 s. The bench's hall keeps the rules of the credit: intent before STACK, credit once per
note, acknowledgement after the credit; after a restart it settles what is open by what it is told, and by the
device's counter.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from devices.note_acceptor import (
    AcceptorReady,
    NoteAcceptor,
    NoteEscrowed,
    NoteOutcomeUnknown,
    NoteReturned,
    NoteStacked,
)
from drivers.sim.note_acceptor_ccnet import CcnetValidator

E = TypeVar("E")
ALL = frozenset((100, 500, 1000, 2000, 5000, 10000))


@dataclass
class Hall:
    """What survives a restart of the hall: the credited notes, and the one intent that may be open."""

    credited: list[int] = field(default_factory=list)
    open_note: tuple[int, int | None] | None = None
    last_credited_by_count: bool = False
    unclaimed: list[int | None] = field(default_factory=list)
    doubts: int = 0
    known: dict[int, int] = field(default_factory=dict)
    decide: str = "stack"
    acknowledges: bool = True

    def hears(self, event: object, acceptor: NoteAcceptor, now: float) -> None:
        match event:
            case NoteEscrowed(note_type=note_type):
                if self.decide == "stack":
                    self.open_note = (note_type, acceptor.stacked_count)
                    acceptor.stack(now)
                elif self.decide == "return":
                    acceptor.return_note(now)
                elif self.decide == "hold":
                    acceptor.hold(now)
            case NoteStacked(value_fen=value):
                if self.open_note is not None:
                    assert value is not None
                    self.credited.append(value)
                    self.open_note = None
                else:
                    self.unclaimed.append(value)
                if self.acknowledges:
                    acceptor.acknowledge(now)
            case NoteReturned():
                self.open_note = None
            case NoteOutcomeUnknown():
                self.doubts += 1
            case AcceptorReady(stacked_count=count, note_types=types):
                self.known = types
                if self.open_note is not None and count is not None and self.open_note[1] is not None:
                    note_type, before = self.open_note
                    if count == (before + 1) % 0x10000:
                        self.credited.append(types[note_type])
                    if count in (before, (before + 1) % 0x10000):
                        self.open_note = None


class Bench:
    def __init__(self, device: CcnetValidator, values: frozenset[int] = ALL) -> None:
        self.now = 0.0
        self.device = device
        self.hall = Hall()
        self.values = values
        self.events: list[object] = []
        self.sent: list[tuple[float, bytes]] = []
        self.received: list[tuple[float, bytes]] = []
        self.damage: Callable[[bytes], bytes] = lambda data: data
        self._wire: list[tuple[float, bool, bytes]] = []
        self._plugged = True
        self._byte_s = device.settings.byte_time_s()
        self.acceptor = NoteAcceptor("na")
        self.acceptor.connection_made(self.now)

    def restart_hall(self, enable: bool = True) -> None:
        """The hall's process dies and comes back; what is on the wire is lost."""
        self._wire.clear()
        self.events.clear()
        self.device.controller_restarts()
        self.acceptor = NoteAcceptor("na", known_note_types=self.hall.known)
        self.acceptor.connection_made(self.now)
        if enable:
            self.acceptor.enable(self.values, self.now)

    def unplug(self) -> None:
        self._plugged = False
        self._wire.clear()

    def plug(self) -> None:
        self._plugged = True

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while (time := self._settle()) <= until:
            self._advance(time)
        self.now = until

    def run_until(self, reached: Callable[[], bool], seconds: float = 60.0) -> None:
        until = self.now + seconds
        while not reached():
            time = self._settle()
            if reached():
                return
            assert time <= until, f"not reached in {seconds} s; heard {self.events[-5:]}, device is {self.device.doing}"
            self._advance(time)

    def bring_up(self) -> None:
        self.acceptor.enable(self.values, self.now)
        self.run_until(lambda: bool(self.heard(AcceptorReady)))
        self.run(0.5)

    def person(self, *lines: str) -> None:
        for line in lines:
            assert self.device.command(line, self.now), line

    def heard(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def _settle(self) -> float:
        """Lets both sides say what they have to say at this instant; returns when something happens next."""
        for _ in range(20):
            for event in self.acceptor.take_events():
                self.events.append(event)
                self.hall.hears(event, self.acceptor, self.now)
            request = self.acceptor.data_to_send(self.now)
            reply = self.device.data_to_send(self.now)
            if request:
                self.sent.append((self.now, request))
                self._put(True, request)
            if reply:
                self._put(False, self.damage(reply))
            if not request and not reply:
                break
        times = [entry[0] for entry in self._wire]
        times += [time for time in (self.acceptor.next_deadline(), self.device.next_deadline()) if time is not None]
        return max(self.now, min(times, default=float("inf")))

    def _put(self, to_device: bool, data: bytes) -> None:
        if self._plugged and data:
            self._wire.append((self.now + len(data) * self._byte_s, to_device, data))

    def _advance(self, time: float) -> None:
        self.now = time
        arrived = [entry for entry in self._wire if entry[0] <= time]
        for entry in arrived:
            self._wire.remove(entry)
            if entry[1]:
                self.device.receive_data(entry[2], time)
            else:
                self.received.append((time, entry[2]))
                self.acceptor.receive_data(entry[2], time)
        for side in (self.acceptor, self.device):
            due = side.next_deadline()
            if due is not None and due <= time and not arrived:
                side.handle_deadline(time)


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    def make(**options: bool) -> Bench:
        return Bench(CcnetValidator(**options))

    return make


@pytest.fixture
def bench() -> Bench:
    """Brought up, all values enabled, idle."""
    bench = Bench(CcnetValidator())
    bench.bring_up()
    return bench
