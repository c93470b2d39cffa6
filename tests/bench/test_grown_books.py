"""The books that a start is measured with are sound books, and a hall goes on with them."""

from pathlib import Path

import pytest

from kiosk.app.audit import audit
from kiosk.virtual.bench.grown_books import grown_books
from kiosk.virtual.bench.setting import Setting
from storage.database import open_readonly
from storage.journal import Journal


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return grown_books(Setting(tmp_path), 200, visits=2)


def test_chain_and_law_hold(books: Path) -> None:
    with open_readonly(books) as database:
        result = audit(database)
    assert result["sound"], result
    assert result["rows"] >= 200


def test_every_day_was_closed_with_the_next_z_report_and_every_order_is_settled(books: Path) -> None:
    with open_readonly(books) as database:
        journal = Journal(database)
        closed = list(journal.records(kind="day.closed"))
        assert [record.body["number"] for record in closed] == list(range(1, len(closed) + 1))
        dates = [record.stamp.business_date for record in closed]
        assert dates == sorted(set(dates))
        assert journal.open_subjects("order.opened", "order.closed") == []


def test_they_are_made_once(books: Path, tmp_path: Path) -> None:
    made = books.stat().st_mtime_ns
    assert grown_books(Setting(tmp_path), 200, visits=2) == books
    assert books.stat().st_mtime_ns == made
