"""The law of the house, over balances. Pure.

    cash in  =  gas sold + bills paid + owed to customers + suspense (each with an owner)

Cash is where it is (debit); what it is for stands against it (credit). Change given and money paid back are credits of
the place that the notes were taken from, so cash in is what is there now. Every account belongs to the chart below; the
chart is in docs/adr/0005.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from storage.records import Unit

Balances: TypeAlias = Mapping[Unit, Mapping[str, int]]
"""Account to balance, by unit, as `Ledger.all_balances` gives them."""

TEST_PREFIX = "test:"
"""Test money: `test:` before any account of the chart. It is judged by itself and never in the sums of the real
money.
"""


class Side(Enum):
    DEBIT = auto()
    CREDIT = auto()
    EITHER = auto()


class Place(Enum):
    """What an account says in the law."""

    CASH = auto()
    DIFFERENCE = auto()
    SALES = auto()
    BILLS = auto()
    ORDERS = auto()
    OWED = auto()
    SUSPENSE = auto()
    FLOAT = auto()
    GAS_ON_CARDS = auto()
    GAS_SOLD = auto()


@dataclass(frozen=True, slots=True)
class ChartEntry:
    unit: Unit
    side: Side
    place: Place


CHART: Mapping[str, ChartEntry] = {
    "cash_unit": ChartEntry(Unit.FEN, Side.DEBIT, Place.CASH),
    "cash_unit_unconfirmed": ChartEntry(Unit.FEN, Side.DEBIT, Place.CASH),
    "escrow": ChartEntry(Unit.FEN, Side.DEBIT, Place.CASH),
    "till": ChartEntry(Unit.FEN, Side.DEBIT, Place.CASH),
    "safe": ChartEntry(Unit.FEN, Side.DEBIT, Place.CASH),
    "bag": ChartEntry(Unit.FEN, Side.DEBIT, Place.CASH),
    "remitted": ChartEntry(Unit.FEN, Side.DEBIT, Place.CASH),
    "over_short": ChartEntry(Unit.FEN, Side.EITHER, Place.DIFFERENCE),
    "sales": ChartEntry(Unit.FEN, Side.CREDIT, Place.SALES),
    "bills": ChartEntry(Unit.FEN, Side.CREDIT, Place.BILLS),
    "order": ChartEntry(Unit.FEN, Side.CREDIT, Place.ORDERS),
    "owed": ChartEntry(Unit.FEN, Side.CREDIT, Place.OWED),
    "unclaimed": ChartEntry(Unit.FEN, Side.CREDIT, Place.OWED),
    "suspense": ChartEntry(Unit.FEN, Side.CREDIT, Place.SUSPENSE),
    "float": ChartEntry(Unit.FEN, Side.CREDIT, Place.FLOAT),
    "gas_on_card": ChartEntry(Unit.M3_HUNDREDTHS, Side.DEBIT, Place.GAS_ON_CARDS),
    "gas_sold": ChartEntry(Unit.M3_HUNDREDTHS, Side.CREDIT, Place.GAS_SOLD),
}
"""First part of an account's name, to what it is."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that the law forbids. `account` is empty where a sum is wrong."""

    account: str
    unit: Unit
    amount: int
    reason: str


@dataclass(frozen=True, slots=True)
class LawReport:
    """All figures are positive on their own side; `difference_fen` is positive when money is short, negative when there
    is too much.

    `cash_fen + difference_fen = sales + bills + orders + owed + suspense + float` and `gas_on_cards = gas_sold`, or
    `breaches` says what is wrong. Test money is in none of the figures.
    """

    cash_fen: int
    difference_fen: int
    sales_fen: int
    bills_fen: int
    orders_fen: int
    owed_fen: int
    suspense_fen: int
    float_fen: int
    gas_on_cards_m3_hundredths: int
    gas_sold_m3_hundredths: int
    breaches: tuple[Breach, ...]

    @property
    def holds(self) -> bool:
        return not self.breaches


def law_of_the_house(balances: Balances) -> LawReport:
    """Judges all balances of a ledger at one moment.

    A breach is: a sum that is not zero (of the real money or of the test money), an account on the wrong side (a
    customer who owes the hall by `owed:`, cash below nothing), an account in the wrong unit, an account that the chart
    does not name.
    """
    totals = dict.fromkeys(Place, 0)
    breaches: list[Breach] = []
    for unit, accounts in balances.items():
        sums = {False: 0, True: 0}
        for account, amount in accounts.items():
            test = account.startswith(TEST_PREFIX)
            sums[test] += amount
            name = account.removeprefix(TEST_PREFIX).partition(":")[0]
            entry = CHART.get(name)
            if entry is None:
                breaches.append(Breach(account, unit, amount, "the chart of accounts does not name it"))
                continue
            if entry.unit is not unit:
                breaches.append(Breach(account, unit, amount, f"it is an account in {entry.unit.value}"))
                continue
            if (entry.side is Side.DEBIT and amount < 0) or (entry.side is Side.CREDIT and amount > 0):
                breaches.append(
                    Breach(account, unit, amount, f"its balance belongs on the {entry.side.name.lower()} side")
                )
            if not test:
                totals[entry.place] += amount
        for test, total in sums.items():
            if total:
                whose = "test money" if test else "all accounts"
                breaches.append(Breach("", unit, total, f"the sum of {whose} is {total}, not 0"))
    return LawReport(
        cash_fen=totals[Place.CASH],
        difference_fen=totals[Place.DIFFERENCE],
        sales_fen=-totals[Place.SALES],
        bills_fen=-totals[Place.BILLS],
        orders_fen=-totals[Place.ORDERS],
        owed_fen=-totals[Place.OWED],
        suspense_fen=-totals[Place.SUSPENSE],
        float_fen=-totals[Place.FLOAT],
        gas_on_cards_m3_hundredths=totals[Place.GAS_ON_CARDS],
        gas_sold_m3_hundredths=-totals[Place.GAS_SOLD],
        breaches=tuple(breaches),
    )
