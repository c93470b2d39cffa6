"""Every way through a visit: its screens, its ending in the ledger, and the physical world against the books."""

from collections import Counter
from pathlib import Path

import pytest

from kiosk.virtual.reckoning import reckon
from kiosk.virtual.scenarios import BY_NAME, SCENARIOS, Scenario, play
from kiosk.virtual.stage import Stage


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_visit_goes_as_told_and_the_books_agree_with_the_world(scenario: Scenario, tmp_path: Path) -> None:
    assert play(scenario, tmp_path / "hall") == ()


def test_no_two_scenarios_have_one_name() -> None:
    assert [name for name, times in Counter(scenario.name for scenario in SCENARIOS).items() if times > 1] == []


@pytest.fixture
def sold(tmp_path: Path) -> Stage:
    """A hall in which one visit has gone well."""
    stage = Stage(tmp_path / "hall")
    stage.play(BY_NAME["by amount"].steps)
    assert reckon(stage.model) == []
    return stage


def test_the_reckoning_sees_a_note_that_is_missing_from_the_box(sold: Stage) -> None:
    sold.model.acceptor_model.box.pop()
    assert any("lie in the box" in wrong for wrong in reckon(sold.model))
    sold.model.close()


def test_the_reckoning_sees_gas_that_nobody_booked(sold: Stage) -> None:
    sold.bought_elsewhere("mine", 100)
    sold.model.not_ours.clear()
    assert any("holds 3905, 3805 are booked" in wrong for wrong in reckon(sold.model))
    sold.model.close()


def test_the_reckoning_sees_a_receipt_that_was_printed_twice(sold: Stage) -> None:
    sold.model.receipt_model.papers.append(sold.model.receipt_model.papers[-1])
    assert any("2 receipts" in wrong for wrong in reckon(sold.model))
    sold.model.close()


def test_the_reckoning_sees_a_slip_that_is_not_in_the_books(sold: Stage) -> None:
    sold.model.receipt_model.papers.append("凭条号 ST01-20261123-0000099 ￥50.00")
    assert any("is on paper and not in the books" in wrong for wrong in reckon(sold.model))
    sold.model.close()
