"""SIGKILL before each effect of a visit, on the same books and the same machines: one long life with many deaths.

After each: the hall is started again, the machines have been running all the time, the customer (card still in, or out
and in again) does what the screen says; then everything that is physically there is held against the books.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.wire, pytest.mark.timeout(400)]

LANES = 4
"""Independent lives, to be spread over workers; lane k has the cuts k, k + LANES, …"""


def dies_before(scene, behaviour, effects) -> list[tuple[int, str, str]]:
    """A visit for each of `effects`, until one ends alive. Returns (effect, what did not happen, last screen)."""
    cuts = []
    scene.open(mortal=True)
    for effect in effects:
        customer = scene.customer(yuan=20, note=10)
        scene.hall.die_before(effect)
        if customer.visits(behaviour(scene, customer)):
            scene.settled()
        if not scene.hall.hall_is_dead:
            # The visit has fewer effects than this: every one of them has been cut before.
            scene.bystander.sees_the_card()
            scene.bystander.reckons()
            return cuts
        before = scene.hall.bury_hall()
        assert before, "it died of the countdown and of nothing else"
        recovers(scene, customer, with_card_out_and_in=effect // LANES % 2 == 0)
        cuts.append((effect, before, customer.screens[-1]))
    raise AssertionError("a visit without an end")


def recovers(scene, customer, *, with_card_out_and_in: bool) -> None:
    scene.open(mortal=True)
    scene.excuse()
    customer.comes_back(with_card_out_and_in=with_card_out_and_in)
    scene.settled()
    scene.bystander.sees_the_card()
    scene.bystander.reckons()
    assert all(times == 1 for times in scene.bystander.receipts().values()), scene.bystander.receipts()
    assert scene.violations() == []
    customer.carry_card_to_meter()


def buys(scene, customer):
    return customer.buys


def stops_after_a_note_and_takes_a_slip(scene, customer):
    def act(view):
        if view.screen == "paying" and view.notes:
            scene.visitor.touch("cancel")
            return False
        if view.screen == "choice":
            scene.visitor.touch("slip")
            return False
        return customer.buys(view)

    return act


@pytest.fixture
def report(capsys, record_property):
    def say(name: str, cuts: list) -> None:
        record_property("cuts", len(cuts))
        with capsys.disabled():
            sys.stdout.write(f"\n{name}: {len(cuts)} cuts, after each the law holds\n")
        if folder := os.environ.get("GASHALL_CUTS"):
            Path(folder, f"{name}.json").write_text(json.dumps(cuts))

    return say


@pytest.mark.parametrize("lane", range(LANES))
def test_a_purchase_survives_the_death_of_the_hall_at_each_effect(scene, lane, report):
    cuts = dies_before(scene, buys, range(lane, 500, LANES))
    assert len(cuts) >= 4
    report(f"purchase-{lane}", cuts)


NOT_COMMON_WITH_A_PURCHASE = 7
"""The visits are the same up to the first note."""


def test_a_slip_survives_the_death_of_the_hall_at_each_effect(scene, report):
    cuts = dies_before(scene, stops_after_a_note_and_takes_a_slip, range(NOT_COMMON_WITH_A_PURCHASE, 500))
    assert any("slip" in before for _, before, _ in cuts)
    report("slip", cuts)


MOMENTS = (
    ("note-acceptor", "escrow", 1),
    ("note-acceptor", "in_stacker", 1),
    ("note-acceptor", "stacked", 1),
    ("note-acceptor", "stacked", 2),
    ("card-reader", "psc", 1),
    ("card-reader", "programmed", 1),
    ("card-reader", "programmed", 3),
    ("card-reader", "programmed", 6),
    ("receipt-printer", "printed", 1),
)
"""What a machine is just doing when the hall dies: (machine, its report, which of them)."""


@pytest.mark.parametrize("lane", range(2))
def test_a_purchase_survives_the_death_of_the_hall_while_a_machine_is_at_work(scene, lane, report):
    scene.open(mortal=True)
    cuts = []
    for number, (device, report_, count) in enumerate(MOMENTS[lane::2]):
        customer = scene.customer(yuan=20, note=10)
        assassin = Assassin(scene.hall, device, report_, count)
        survived = customer.visits()
        assassin.gives_up()
        if not scene.hall.hall_is_dead:
            assert survived
            scene.settled()
            scene.bystander.sees_the_card()
            scene.bystander.reckons()
            customer.carry_card_to_meter()
            continue
        scene.hall.bury_hall()
        recovers(scene, customer, with_card_out_and_in=number % 2 == 1)
        cuts.append((device, report_, count, customer.screens[-1]))
    assert len(cuts) >= 3
    report(f"moments-{lane}", cuts)


class Assassin:
    """SIGKILL to the hall as soon as a machine has reported something."""

    def __init__(self, hall, device: str, report_: str, count: int) -> None:
        self._hall = hall
        self._events = hall.devices[device].events
        self._since = len(self._events)
        self._report = report_
        self._count = count
        self._waits = True
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while self._waits:
            if [event["event"] for event in self._events[self._since :]].count(self._report) >= self._count:
                self._hall.hall.process.kill()
                self._hall.hall.process.wait()
                return
            time.sleep(0.0005)

    def gives_up(self) -> None:
        self._waits = False
        self._thread.join()
