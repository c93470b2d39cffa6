"""One bench for every protocol: the real acceptor, the simulated device, an invented wire and an invented clock.

The bench's hall keeps the rules of the credit and nothing else: intent before the stack command, credit once per note,
acknowledgement after the credit, an open note settled by what is told or by the device's counter, and listed as
unknown where neither tells. Its books survive its restarts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
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
from devices.note_acceptor_protocols import PROTOCOLS, build_machine
from drivers.sim.note_acceptor import SIMULATORS
from drivers.sim.note_acceptor_body import Stage
from drivers.sim.note_acceptor_unit import NoteAcceptorModel
from drivers.validator.machine import COUNT_MODULUS, Capabilities, MachineOptions

E = TypeVar("E")
ALL = frozenset((100, 500, 1000, 2000, 5000, 10000))
NAMES = sorted(set(PROTOCOLS) & set(SIMULATORS))
STACKING = (Stage.TO_LEVER, Stage.TO_BOX)


@dataclass
class OpenNote:
    note_type: int
    value_fen: int
    count_before: int | None
    serial: str
    in_doubt: bool = False


@dataclass
class Hall:
    """What survives a restart of the hall."""

    credited: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    """Notes that neither report nor counter has settled: for the operator."""
    unclaimed: list[int | None] = field(default_factory=list)
    open_note: OpenNote | None = None
    last_type: int | None = None
    last_count_before: int | None = None
    known: dict[int, int] = field(default_factory=dict)
    bookmark: str = ""
    decide: str = "stack"
    acknowledges: bool = True

    def hears(self, event: object, acceptor: NoteAcceptor, now: float) -> None:
        match event:
            case NoteEscrowed(note_type, value_fen):
                self._decide(note_type, value_fen, acceptor, now)
            case NoteStacked(note_type, value_fen, recovered):
                self._stacked(note_type, value_fen, recovered, acceptor)
                if self.acknowledges:
                    acceptor.acknowledge(now)
            case NoteReturned(note_type):
                if self.open_note and note_type in (None, self.open_note.note_type):
                    self.open_note = None
            case NoteOutcomeUnknown():
                assert self.open_note is not None, "doubt about a note that was never to be stacked"
                self.open_note.in_doubt = True
            case AcceptorReady(serial, _, count, types):
                self.known = types
                self._settle(serial, count)

    def _decide(self, note_type: int, value_fen: int | None, acceptor: NoteAcceptor, now: float) -> None:
        if self.decide == "hold":
            acceptor.hold(now)
        elif self.decide == "return" or (self.decide == "stack" and (value_fen is None or self.open_note)):
            acceptor.return_note(now)
        elif self.decide == "stack":
            self.stack(note_type, value_fen, acceptor, now)

    def stack(self, note_type: int, value_fen: int | None, acceptor: NoteAcceptor, now: float) -> None:
        assert value_fen is not None
        serial = acceptor.identity.serial_number
        self.open_note = OpenNote(note_type, value_fen, acceptor.stacked_count, serial)
        acceptor.stack(now)

    def _stacked(self, note_type: int | None, value_fen: int | None, recovered: bool, acceptor: NoteAcceptor) -> None:
        note = self.open_note
        self.bookmark = acceptor.bookmark
        if note is not None and note_type in (None, note.note_type):
            self.credited.append(note.value_fen)
            self.last_type, self.last_count_before = note.note_type, note.count_before
            self.open_note = None
        elif recovered and value_fen in self.unknown:
            self.unknown.remove(value_fen)
            self.credited.append(value_fen)
        elif not (recovered and note_type == self.last_type and not self._risen(acceptor.stacked_count)):
            self.unclaimed.append(value_fen)

    def _risen(self, count: int | None) -> bool:
        """Whether another note than the one credited last must have been stacked since."""
        if count is None or self.last_count_before is None:
            return False
        return (count - self.last_count_before) % COUNT_MODULUS > 1

    def _settle(self, serial: str, count: int | None) -> None:
        note, self.open_note = self.open_note, None
        if note is None:
            return
        known = count is not None and note.count_before is not None and serial == note.serial
        risen = (count - note.count_before) % COUNT_MODULUS if known else None  # type: ignore[operator]
        if risen == 1:
            self.credited.append(note.value_fen)
            self.last_type, self.last_count_before = note.note_type, note.count_before
        elif risen != 0:
            self.unknown.append(note.value_fen)


class Bench:
    """`to_device` and `to_hall` change what passes the line; `chatter` is what comes to the hall besides."""

    def __init__(self, protocol: str) -> None:
        self.now = 0.0
        self.protocol = protocol
        self.device: NoteAcceptorModel = SIMULATORS[protocol].build(1.0)
        self.hall = Hall()
        self.events: list[object] = []
        self.breaches: list[str] = []
        self.to_device: Callable[[bytes], bytes] = lambda data: data
        self.to_hall: Callable[[bytes], bytes] = lambda data: data
        self.answers_instead: Callable[[bytes], bytes] | None = None
        """An impostor in the device's place: request -> reply."""
        self.chatter: Callable[[], bytes] | None = None
        self.chatter_every_s = 0.02
        self._chatter_at = 0.0
        self._wire: list[tuple[float, bool, bytes]] = []
        self._plugged = True
        self._may_stack = False
        self.acceptor = self._new_acceptor()
        self._byte_s = self.device.settings.byte_time_s()
        self.acceptor.connection_made(self.now)

    @property
    def capabilities(self) -> Capabilities:
        return self.acceptor.capabilities

    def _new_acceptor(self) -> NoteAcceptor:
        random = Random(1)
        options = MachineOptions(entropy=random.randbytes, bookmark=self.hall.bookmark)
        machine = build_machine(self.protocol, options)
        acceptor = NoteAcceptor("na", machine=machine, known_note_types=self.hall.known)
        stack = machine.stack

        def watched() -> bool:
            self._may_stack = True
            return stack()

        machine.stack = watched  # type: ignore[method-assign]
        return acceptor

    # What happens to both sides

    def restart_hall(self) -> None:
        """The hall's process dies and comes back; what is on the wire is lost."""
        self._wire.clear()
        self.events.clear()
        self.device.controller_restarts()
        self.acceptor = self._new_acceptor()
        self.acceptor.connection_made(self.now)
        self.acceptor.enable(ALL, self.now)

    def unplug(self) -> None:
        self._plugged = False
        self._wire.clear()
        self.device.controller_restarts()

    def plug(self) -> None:
        self._plugged = True

    def person(self, *lines: str) -> None:
        for line in lines:
            assert self.device.command(line, self.now), line

    # Time

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
            assert time <= until, f"not reached in {seconds} s; heard {self.events[-6:]}, device is {self.device.stage}"
            self._advance(time)

    def bring_up(self) -> None:
        self.acceptor.enable(ALL, self.now)
        self.run_until(lambda: bool(self.heard(AcceptorReady)))
        self.run_until(lambda: self.device.accepts_notes, 3.0)
        self.run(0.5)

    def heard(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def _watch(self) -> None:
        if self.device.stage in STACKING and not self._may_stack:
            self.breaches.append(f"{self.now:.3f}: stacking without the hall's decision")
        if self.device.body.note is None:
            self._may_stack = False

    def _settle(self) -> float:
        for _ in range(50):
            for event in self.acceptor.take_events():
                self.events.append(event)
                self.hall.hears(event, self.acceptor, self.now)
            request = self.acceptor.data_to_send(self.now)
            reply = self.device.data_to_send(self.now)
            if request:
                self._put(True, self.to_device(request))
            if reply and self.answers_instead is None:
                self._put(False, self.to_hall(reply))
            if not request and not reply:
                break
        self._watch()
        times = [entry[0] for entry in self._wire]
        times += [time for time in (self.acceptor.next_deadline(), self.device.next_deadline()) if time is not None]
        if self.chatter is not None:
            times.append(self._chatter_at)
        return max(self.now, min(times, default=float("inf")))

    def _put(self, to_device: bool, data: bytes) -> None:
        if self._plugged and data:
            self._wire.append((self.now + len(data) * self._byte_s, to_device, data))

    def _advance(self, time: float) -> None:
        self.now = time
        arrived = [entry for entry in self._wire if entry[0] <= time]
        for entry in arrived:
            self._wire.remove(entry)
            if not entry[1]:
                self.acceptor.receive_data(entry[2], time)
            elif self.answers_instead is not None:
                self._put(False, self.answers_instead(entry[2]))
            else:
                self.device.receive_data(entry[2], time)
        if self.chatter is not None and time >= self._chatter_at:
            self._chatter_at = time + self.chatter_every_s
            self.acceptor.receive_data(self.chatter(), time)
        for side in (self.acceptor, self.device):
            due = side.next_deadline()
            if due is not None and due <= time and not arrived:
                side.handle_deadline(time)
        self._watch()

    # Verdicts

    def balanced(self) -> None:
        """Credit = notes in the box − those listed as unknown (or as nobody's) that lie in it; and no breach."""
        assert self.breaches == []
        missing = sum(self.device.body.box) * 100 - sum(self.hall.credited)
        listed = [*self.hall.unknown, *(value or 0 for value in self.hall.unclaimed)]
        sums = {0}
        for value in listed:
            sums |= {total + value for total in sums}
        assert missing in sums, f"box {self.device.body.box}, {self.hall}"

    def settled(self) -> None:
        """Every note is certain, and the controller has kept the manual."""
        self.balanced()
        assert sum(self.hall.credited) == sum(self.device.body.box) * 100
        assert self.hall.open_note is None
        assert self.hall.unknown == []
        assert self.hall.unclaimed == []

    def takes_the_next_note(self, value: int = 20) -> None:
        """After everything: it is ready, enabled, and credits a note as if nothing had been."""
        self.hall.decide, self.hall.acknowledges = "stack", True
        self.run_until(lambda: self.acceptor.ready and self.device.accepts_notes, 45.0)
        self.run(0.5)
        before = len(self.hall.credited)
        self.person(f"insert {value}")
        self.run(6.0)
        assert self.hall.credited[before:] == [value * 100]
        self.balanced()


@pytest.fixture(params=NAMES)
def protocol(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def make_bench(protocol: str) -> Callable[[], Bench]:
    return lambda: Bench(protocol)


@pytest.fixture
def bench(protocol: str) -> Bench:
    """Brought up, all values enabled, idle."""
    bench = Bench(protocol)
    bench.bring_up()
    return bench
