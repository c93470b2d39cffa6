"""The hall is cut at every moment of a visit, and starts again: no note, no gas and no paper is lost, doubled or left
without an owner."""

from pathlib import Path

import pytest

from kiosk.virtual.drill import DRILLED, Violation, drill
from kiosk.virtual.scenarios import BY_NAME

DEEP_PARTS = 6


@pytest.mark.parametrize("name", DRILLED)
def test_a_cut_at_any_moment_leaves_the_books_right(name: str, tmp_path: Path) -> None:
    report = drill([BY_NAME[name]], tmp_path)
    assert report.violations == ()
    assert report.cuts > 20


@pytest.mark.parametrize("part", range(DEEP_PARTS))
def test_a_recovery_that_is_cut_too_leaves_the_books_right(part: int, tmp_path: Path) -> None:
    report = drill(
        [BY_NAME["by amount"]], tmp_path, depth=2, hows=("killed, bytes lost",), every=2 * DEEP_PARTS, offset=part
    )
    assert report.violations == ()
    assert report.cuts > 10


def test_a_violation_says_where_the_cut_was() -> None:
    violation = Violation("by amount", "before effect 3 StackNote", "before effect 1 Append", "money is missing")
    assert str(violation) == (
        "by amount | cut before effect 3 StackNote, then before effect 1 Append | money is missing"
    )
