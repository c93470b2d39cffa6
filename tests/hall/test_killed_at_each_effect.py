"""SIGKILL before each effect of a visit, on the same books and the same machines all along: one long life with many deaths.

After each: the hall is started again, the machines have been running all the time, the customer (card still in, or out and in again) does
what the screen says; then everything that is physically there is held against the books.
"""

import json
import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.wire

LANES = 4
"""Independent lives, to be spread over workers; lane k has the cuts k, k + LANES, …"""


def live(scene, lane: int, changes_mind: bool = False) -> list[tuple[int, str, str]]:
    cuts = []
    scene.open(mortal=True)
    for effect in range(lane, 500, LANES):
        customer = scene.customer(yuan=20, note=10)
        scene.hall.die_before(effect)
        survived = customer.visits(gives_up(scene, customer) if changes_mind else None)
        if survived:
            scene.settled()
        if not scene.hall.hall_is_dead:
            # The visit has fewer effects than this: every one of them has been cut before.
            scene.bystander.sees_the_card()
            scene.bystander.reckons()
            return cuts
        before = scene.hall.bury_hall()
        assert before, "it died of the countdown and of nothing else"
        scene.open(mortal=True)
        scene.excuse()
        customer.comes_back(with_card_out_and_in=effect // LANES % 2 == 0)
        scene.settled()
        cuts.append((effect, before, customer.screens[-1]))
        scene.bystander.sees_the_card()
        scene.bystander.reckons()
        assert all(times == 1 for times in scene.bystander.receipts().values()), scene.bystander.receipts()
        assert scene.violations() == [], cuts[-1]
        customer.carry_card_to_meter()
    raise AssertionError("a visit with more than 500 effects")


def gives_up(scene, customer):
    def act(view):
        if view.screen == "paying" and view.notes:
            scene.visitor.touch("cancel")
            return False
        if view.screen == "choice":
            scene.visitor.touch("slip")
            return False
        return customer.buys(view)

    return act


def report(name: str, lane: int, cuts: list[tuple[int, str, str]], capsys) -> None:
    with capsys.disabled():
        print(f"\n{name}, lane {lane}: {len(cuts)} cuts, after each the law holds")
    if folder := os.environ.get("GASHALL_CUTS"):
        Path(folder, f"{name}-{lane}.json").write_text(json.dumps(cuts, indent=0))


@pytest.mark.timeout(400)
@pytest.mark.parametrize("lane", range(LANES))
def test_a_purchase_survives_the_death_of_the_hall_at_each_effect(scene, lane, capsys):
    cuts = live(scene, lane)
    assert len(cuts) >= 4
    report("purchase", lane, cuts, capsys)
