"""The law of the house: cash in equals gas sold, bills, what is owed and what is in suspense; and nothing wrong is
silent.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.law import CHART, Side, law_of_the_house
from storage.records import Unit

FEN, GAS = Unit.FEN, Unit.M3_HUNDREDTHS


def test_every_place_of_the_law_has_its_figure() -> None:
    report = law_of_the_house(
        {
            FEN: {
                "cash_unit:1": 10000,
                "cash_unit_unconfirmed:o1": 2000,
                "till:A:s1": 300,
                "safe": 5000,
                "bag:7": 700,
                "remitted:6": 9000,
                "over_short:s1": -100,
                "sales:resident": -20000,
                "bills:2026-02": -1000,
                "order:o2": -1500,
                "owed:slip:3": -500,
                "unclaimed:2025": -400,
                "suspense:o1": -2000,
                "float:s1": -1500,
            },
            GAS: {"gas_on_card:1": 700, "gas_on_card:2": 100, "gas_sold:resident": -800},
        }
    )
    assert report.holds
    assert (report.cash_fen, report.difference_fen) == (27000, -100)
    assert (report.sales_fen, report.bills_fen, report.orders_fen) == (20000, 1000, 1500)
    assert (report.owed_fen, report.suspense_fen, report.float_fen) == (900, 2000, 1500)
    assert report.gas_on_cards_m3_hundredths == report.gas_sold_m3_hundredths == 800


def test_an_empty_hall_keeps_the_law() -> None:
    assert law_of_the_house({}).holds


@pytest.mark.parametrize(
    ("balances", "account", "reason"),
    [
        ({FEN: {"cash_unit:1": 100, "sales:x": -99}}, "", "the sum of all accounts is 1"),
        ({FEN: {"owed:9": 100, "sales:x": -100}}, "owed:9", "credit side"),
        ({FEN: {"suspense:9": 100, "sales:x": -100}}, "suspense:9", "credit side"),
        ({FEN: {"till:A": -100, "over_short:1": 100}}, "till:A", "debit side"),
        ({FEN: {"pocket:clerk": 100, "sales:x": -100}}, "pocket:clerk", "does not name"),
        ({FEN: {"cash_units:1": 100, "sales:x": -100}}, "cash_units:1", "does not name"),
        ({GAS: {"gas_on_card:1": 100, "gas_sold:x": -90, "sales:x": -10}}, "sales:x", "account in fen"),
        ({GAS: {"gas_on_card:1": 100, "gas_sold:x": -90}}, "", "the sum"),
        ({FEN: {"test:cash_unit:1": 100, "sales:x": -100}}, "", "test money"),
    ],
)
def test_what_the_law_forbids_is_named(balances: dict[Unit, dict[str, int]], account: str, reason: str) -> None:
    report = law_of_the_house(balances)
    assert not report.holds
    assert any(breach.account == account and reason in breach.reason for breach in report.breaches)


def test_test_money_is_in_no_figure() -> None:
    report = law_of_the_house({FEN: {"test:cash_unit:1": 100, "test:sales:x": -100}})
    assert report.holds
    assert (report.cash_fen, report.sales_fen) == (0, 0)


_SIGN = {Side.DEBIT: 1, Side.CREDIT: -1, Side.EITHER: 1}


@given(st.lists(st.tuples(st.sampled_from(sorted(CHART)), st.integers(1, 10**9))))
def test_the_law_holds_exactly_when_both_sides_are_equal(entries: list[tuple[str, int]]) -> None:
    balances: dict[Unit, dict[str, int]] = {FEN: {}, GAS: {}}
    for index, (name, amount) in enumerate(entries):
        balances[CHART[name].unit][f"{name}:{index}"] = _SIGN[CHART[name].side] * amount
    report = law_of_the_house(balances)
    credit = report.sales_fen + report.bills_fen + report.orders_fen + report.owed_fen
    credit += report.suspense_fen + report.float_fen
    money = report.cash_fen + report.difference_fen == credit
    assert report.holds == (money and report.gas_on_cards_m3_hundredths == report.gas_sold_m3_hundredths)
