"""The cut drill: a scenario is cut at each of its moments, the hall starts again, the customer comes back, and the
books must agree.

The scenario is played once, and the world around the hall is kept before each effect, before each write command to a
card, and whenever
something has moved in a device. Then each of these worlds is gone on with, as after a `kill -9` of the hall (with the
bytes that were on a
line lost, or arrived) and as after a power cut of the whole terminal. With depth 2 the recovery is cut the same way,
before each of its
effects.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Literal

from kiosk.effects import Effect
from kiosk.topup.order import NoteState, OrderState
from kiosk.virtual.model import ModelHall, World
from kiosk.virtual.reckoning import ending_of, orders_of, reckon
from kiosk.virtual.scenarios import BY_NAME, Scenario
from kiosk.virtual.stage import NAMES, Stage, StepFailed

log = logging.getLogger("gashall.drill")

How = Literal["killed, bytes lost", "killed, bytes arrive", "power cut"]
HOW: tuple[How, ...] = ("killed, bytes lost", "killed, bytes arrive", "power cut")
DEAD_S: dict[How, float] = {"killed, bytes lost": 0.5, "killed, bytes arrive": 13.0, "power cut": 2.0}
"""How long nobody speaks to the devices. A note in escrow is given back by the acceptor itself after ten seconds."""
WRITE_COMMAND = 0xD0
SHOWN_S = 240.0
"""Longer than any wait of a visit."""

DRILLED: tuple[str, ...] = (
    "by amount",
    "cancelled after notes: gas for what is inserted",
    "cancelled after notes: a slip",
    "pulled after notes, put back",
    "card torn out at byte 5 of the write, put back",
    "a jam with the second note in flight",
    "the stacker stands still, and the note is reported late",
    "overpaid, and the credit is used the next time",
    "the acceptor goes down before the first note",
    "the disk is full while a note is stacked, and has room again",
    "a weak motor makes one note two escrows",
    "a ticket",
)


@dataclass(frozen=True, slots=True)
class Violation:
    """What did not agree after a cut. `recovery_cut` is empty at depth 1."""

    scenario: str
    cut: str
    recovery_cut: str
    text: str

    def __str__(self) -> str:
        cut = f"{self.cut}, then {self.recovery_cut}" if self.recovery_cut else self.cut
        return f"{self.scenario} | cut {cut} | {self.text}"


@dataclass(frozen=True, slots=True)
class DrillReport:
    """`cuts`: how many times a hall was cut and started again."""

    scenarios: int
    cuts: int
    violations: tuple[Violation, ...]


@dataclass(slots=True)
class Recorder:
    """Keeps the world at each moment of a run."""

    model: ModelHall
    devices_too: bool = True
    moments: list[tuple[str, World]] = field(default_factory=list)
    _effects: Iterator[int] = field(default_factory=count)
    _commands: Iterator[int] = field(default_factory=count)
    _stood: object = None

    def effect(self, effect: Effect) -> None:
        self._keep(f"before effect {next(self._effects)} {type(effect).__name__}")

    def command(self, command: bytes) -> None:
        if command[1] == WRITE_COMMAND:
            self._keep(f"before write command {next(self._commands)} to the card")

    def turn(self) -> None:
        unit, receipt, ticket = self.model.acceptor_model, self.model.receipt_model, self.model.ticket_model
        stands = (unit.doing.name, unit.body.place, len(unit.box), len(receipt.papers), len(ticket.papers))
        if self.devices_too and stands != self._stood:
            self._stood = stands
            place = unit.body.place.value if unit.body.place else "nowhere"
            self._keep(f"with the acceptor at {unit.doing.name}, a note {place}, {len(receipt.papers)} papers printed")

    def _keep(self, what: str) -> None:
        self.moments.append((what, self.model.freeze()))


def drill(
    scenarios: Iterable[Scenario],
    folder: Path,
    depth: int = 1,
    *,
    hows: tuple[How, ...] = HOW,
    every: int = 1,
    offset: int = 0,
    say: Callable[[str], None] = lambda line: None,
) -> DrillReport:
    """Cuts each scenario at each of its moments (at each `every`-th from `offset` on). `say` is told of each scenario
    when it is done."""
    played, cuts, violations = 0, 0, []
    for number, scenario in enumerate(scenarios):
        stage = Stage(folder / f"drill-{number}", scenario.changes)
        try:
            one = _Drill(scenario, stage, depth, hows)
            one.run(every, offset)
        finally:
            stage.model.close()
        played, cuts = played + 1, cuts + one.cuts
        violations += one.violations
        say(f"{scenario.name}: {one.cuts} cuts, {len(one.violations)} violations")
    return DrillReport(played, cuts, tuple(violations))


def drilled() -> tuple[Scenario, ...]:
    """The scenarios that the drill takes unless it is told others: each way that money, gas and paper can go."""
    return tuple(BY_NAME[name] for name in DRILLED)


class _Drill:
    def __init__(self, scenario: Scenario, stage: Stage, depth: int, hows: tuple[How, ...]) -> None:
        self.scenario = scenario
        self.stage = stage
        self.model = stage.model
        self.depth = depth
        self.hows = hows
        self.cuts = 0
        self.violations: list[Violation] = []

    def run(self, every: int, offset: int) -> None:
        for what, world in self._moments()[offset::every]:
            for how in self.hows:
                self._go_on(world, how, f"{what}, {how}", "")

    def _moments(self) -> list[tuple[str, World]]:
        recorder = Recorder(self.model)
        self._record(recorder)
        try:
            self.stage.play(self.scenario.steps)
        except StepFailed as failed:
            self.violations.append(Violation(self.scenario.name, "nowhere", "", str(failed)))
        recorder._keep("after the end")
        self._record(None)
        return recorder.moments

    def _record(self, recorder: Recorder | None) -> None:
        model = self.model
        model.before_effect = recorder.effect if recorder else lambda effect: None
        model.before_command = recorder.command if recorder else lambda command: None
        model.after_turn = recorder.turn if recorder else lambda: None

    def _go_on(self, world: World, how: How, cut: str, recovery_cut: str) -> None:
        model = self.model
        self.cuts += 1
        recorder = Recorder(model, devices_too=False) if self.depth > 1 and not recovery_cut else None
        try:
            model.thaw(world)
            if how == "power cut":
                model.power_cut()
            else:
                model.kill("arrives" if how == "killed, bytes arrive" else "lost")
            model.run(DEAD_S[how])
            self._record(recorder)
            model.boot()
            come_back(model)
            self._record(None)
            wrong = (*reckon(model), *unsettled(model))
        except Exception as error:
            # Whatever a cut leads to is a finding, and the next cut is to be tried.
            log.exception("%s, cut %s %s", self.scenario.name, cut, recovery_cut)
            wrong = (f"{type(error).__name__}: {error}",)
        finally:
            self._record(None)
        self.violations += [Violation(self.scenario.name, cut, recovery_cut, text) for text in wrong]
        for what, second in recorder.moments if recorder else ():
            self._go_on(second, how, cut, f"{what} of the recovery")


def come_back(model: ModelHall) -> None:
    """What people do when the hall is up again: the devices are mended, the card is shown until nothing is left to be
    done with it."""
    if not model.reader_there:
        model.reader_back()
    model.run(2.0)
    model.run_at_most(10.0, lambda: _acceptor_is_up(model))
    if not _acceptor_is_up(model):
        model.machine("power on")
        model.machine("clear")
        model.run_at_most(10.0, lambda: _acceptor_is_up(model))
    model.run(1.0)
    for _ in range(2):
        if model.card is None:
            model.insert_card(model.chips[NAMES["mine"]])
        _answer_every_question(model)
        model.pull_card()
        model.run_until(lambda: model.customer.screen in ("idle", "out_of_service"), SHOWN_S)
    model.run(0.5)


def _acceptor_is_up(model: ModelHall) -> bool:
    return any(line.device == "note_acceptor" and line.tone == "good" for line in model.views["counter"].devices)


_ANSWERS = {"confirm": "confirm", "choice": "buy_inserted"}


def _answer_every_question(model: ModelHall) -> None:
    """Says yes to each question, until there is none."""
    model.run(0.5)
    until = model.now + SHOWN_S
    while model.now < until:
        screen = model.customer.screen
        if screen in _ANSWERS:
            model.touch(_ANSWERS[screen])
        elif screen not in ("busy", "writing"):
            break
        model.run(0.5)
    if any(button.intent == "leave" for button in model.customer.buttons):
        model.touch("leave")


def unsettled(model: ModelHall) -> Iterator[str]:
    """After the card has been shown again nothing of its orders may be open, but what only a person can settle: a card
    that has changed by another hand."""
    for order in orders_of(model):
        if any(note.state is NoteState.STACK_SENT for note in order.notes):
            yield f"{order.order_id}: a note is still taken for being on its way"
        if order.state is not OrderState.CLOSED and not model.not_ours[order.card_no]:
            yield f"{order.order_id} is {ending_of(order)} although its card was shown again"
