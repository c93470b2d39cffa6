"""Balances are sums of postings, whichever way they are asked for."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.database import HallDatabase, open_database
from storage.journal import Journal
from storage.law import law_of_the_house
from storage.ledger import Ledger, Turnover
from storage.records import NewRecord, Posting, Stamp, Unit

Orders = Callable[[str], list[NewRecord]]
STAMP = Stamp("2026-03-02", "boot-1", 1, 2, "synchronised", "hall")


def test_a_purchase_leaves_cash_sales_and_gas(db: HallDatabase, order: Orders, stamp: Stamp) -> None:
    Journal(db).append(order("a"), stamp)
    ledger = Ledger(db)
    assert ledger.balances() == {"cash_unit:1": 1000, "sales:resident": -1000}
    assert ledger.balances(unit=Unit.M3_HUNDREDTHS) == {"gas_on_card:123": 400, "gas_sold:resident": -400}
    assert ledger.balance("order:a", Unit.FEN) == 0
    assert ledger.balance("nobody:1", Unit.FEN) == 0
    assert law_of_the_house(ledger.all_balances()).holds


def test_balances_at_a_place_in_the_journal(db: HallDatabase, order: Orders, stamp: Stamp) -> None:
    Journal(db).append(order("a"), stamp)
    ledger = Ledger(db)
    assert ledger.balances(up_to_sequence=2) == {"cash_unit:1": 1000, "order:a": -1000}
    assert ledger.balance("order:a", up_to_sequence=2) == -1000
    assert ledger.all_balances(up_to_sequence=1) == {Unit.FEN: {}, Unit.M3_HUNDREDTHS: {}}


def test_a_prefix_takes_its_own_accounts_only(db: HallDatabase, stamp: Stamp) -> None:
    accounts = ("cash_unit:1", "cash_unit:10", "cash_unit:甲", "cash_unit_unconfirmed:1", "sales:x")
    postings = tuple(
        Posting(account, Unit.FEN, amount) for account, amount in zip(accounts, (1, 2, 4, 8, -15), strict=True)
    )
    Journal(db).append([NewRecord("k", "s", {}, postings)], stamp)
    ledger = Ledger(db)
    assert ledger.balances("cash_unit:") == {"cash_unit:1": 1, "cash_unit:10": 2, "cash_unit:甲": 4}
    assert ledger.balances("cash_unit_unconfirmed:") == {"cash_unit_unconfirmed:1": 8}


def test_days_are_kept_apart(db: HallDatabase, order: Orders, stamp: Stamp) -> None:
    journal, ledger = Journal(db), Ledger(db)
    journal.append(order("a"), stamp)
    journal.append(order("b") + order("c"), replace(stamp, business_date="2026-03-03"))
    assert ledger.balances("sales:", business_date="2026-03-02") == {"sales:resident": -1000}
    assert ledger.balances("sales:", business_date="2026-03-03") == {"sales:resident": -2000}
    assert ledger.balances("sales:") == {"sales:resident": -3000}
    assert ledger.turnover("order:", business_date="2026-03-03") == {
        "order:b": Turnover(1000, 1000),
        "order:c": Turnover(1000, 1000),
    }
    assert ledger.turnover("cash_unit:", business_date="2026-03-04") == {}


_ACCOUNTS = ("till:1", "till:2", "sales:a", "owed:1")


@st.composite
def _movements(draw: st.DrawFn) -> list[tuple[str, tuple[Posting, ...]]]:
    movements = []
    for _ in range(draw(st.integers(0, 6))):
        day = draw(st.sampled_from(["2026-03-02", "2026-03-03"]))
        amounts = draw(st.lists(st.integers(-1000, 1000), min_size=1, max_size=3))
        chosen = [draw(st.sampled_from(_ACCOUNTS)) for _ in range(len(amounts) + 1)]
        postings = (Posting(a, Unit.FEN, n) for a, n in zip(chosen, (*amounts, -sum(amounts)), strict=True))
        movements.append((day, tuple(postings)))
    return movements


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(movements=_movements())
def test_balances_and_turnover_are_what_addition_says(
    tmp_path_factory: pytest.TempPathFactory, movements: list[tuple[str, tuple[Posting, ...]]]
) -> None:
    expected: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    with open_database(tmp_path_factory.mktemp("sums") / "hall.sqlite") as db:
        for day, postings in movements:
            Journal(db).append([NewRecord("k", "s", {}, postings)], replace(STAMP, business_date=day))
            for posting in postings:
                expected[day][posting.account].append(posting.amount)
        ledger = Ledger(db)
        for day in ("2026-03-02", "2026-03-03"):
            moved = expected[day]
            assert ledger.balances(business_date=day) == {a: sum(n) for a, n in sorted(moved.items()) if sum(n)}
            turnover = ledger.turnover(business_date=day)
            assert turnover == {
                a: Turnover(sum(x for x in n if x > 0), -sum(x for x in n if x < 0)) for a, n in moved.items()
            }
        assert sum(ledger.balances().values()) == 0
