"""Sums over the postings. Nothing is stored that can be added up; every figure on a screen, a paper or a wire comes
from here.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from storage.database import HallDatabase
from storage.failures import translated
from storage.records import Unit

_AFTER_EVERY_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Turnover:
    """Sums of the debits and of the credits, both zero or above."""

    debit: int
    credit: int


class Entry(NamedTuple):
    """One posting of an account: the record it belongs to, that record's business date (ISO), and the amount."""

    sequence: int
    business_date: str
    amount: int


class Ledger:
    """Integer fen and hundredths of a cubic metre; a debit is positive, a credit negative."""

    def __init__(self, db: HallDatabase) -> None:
        self._db = db

    def balance(self, account: str, unit: Unit = Unit.FEN, *, up_to_sequence: int | None = None) -> int:
        """The sum of an account's postings; 0 for one that has none."""
        where, parameters = _where(None, unit, None, up_to_sequence)
        rows = self._rows(
            f"SELECT coalesce(sum(amount), 0) FROM posting {where} AND account = ?", (*parameters, account)
        )
        balance: int = rows[0][0]
        return balance

    def balances(
        self,
        prefix: str = "",
        unit: Unit = Unit.FEN,
        *,
        business_date: str | None = None,
        up_to_sequence: int | None = None,
    ) -> dict[str, int]:
        """Balance of each account whose name begins with `prefix`, leaving out those that are zero, in order of name.

        With `business_date` only what that date's records moved. A prefix of whole parts ends in a colon
        (`cash_unit:`).
        """
        where, parameters = _where(prefix, unit, business_date, up_to_sequence)
        sums = f"SELECT account, sum(amount) AS total FROM posting {where} GROUP BY account"
        return dict(self._rows(f"{sums} HAVING total <> 0 ORDER BY account", parameters))

    def all_balances(self, *, up_to_sequence: int | None = None) -> dict[Unit, dict[str, int]]:
        """Every balance that is not zero, by unit: what `storage.law.law_of_the_house` judges."""
        return {unit: self.balances("", unit, up_to_sequence=up_to_sequence) for unit in Unit}

    def turnover(
        self,
        prefix: str = "",
        unit: Unit = Unit.FEN,
        *,
        business_date: str | None = None,
        up_to_sequence: int | None = None,
    ) -> dict[str, Turnover]:
        """Debits and credits of each account that moved, in order of name."""
        where, parameters = _where(prefix, unit, business_date, up_to_sequence)
        sql = (
            "SELECT account, sum(max(amount, 0)), -sum(min(amount, 0)) FROM posting "
            f"{where} GROUP BY account ORDER BY account"
        )
        return {account: Turnover(debit, credit) for account, debit, credit in self._rows(sql, parameters)}

    def entries(self, account: str, unit: Unit = Unit.FEN) -> list[Entry]:
        """The postings of one account, oldest first."""
        sql = (
            "SELECT posting.sequence, journal.business_date, posting.amount "
            "FROM posting JOIN journal ON journal.sequence = posting.sequence "
            "WHERE posting.account = ? AND posting.unit = ? ORDER BY posting.sequence"
        )
        return [Entry(*row) for row in self._rows(sql, (account, unit.value))]

    def _rows(self, sql: str, parameters: tuple[str | int, ...]) -> list[tuple[Any, ...]]:
        with translated(self._db.path):
            return self._db.connection.execute(sql, parameters).fetchall()


def _where(
    prefix: str | None, unit: Unit, business_date: str | None, up_to_sequence: int | None
) -> tuple[str, tuple[str | int, ...]]:
    conditions, parameters = ["unit = ?"], [unit.value]
    wanted: list[str | int] = list(parameters)
    if prefix:
        conditions.append("account >= ? AND account < ?")
        wanted += [prefix, prefix + _AFTER_EVERY_CHARACTER]
    if business_date is not None:
        conditions.append("sequence IN (SELECT sequence FROM journal WHERE business_date = ?)")
        wanted.append(business_date)
    if up_to_sequence is not None:
        conditions.append("sequence <= ?")
        wanted.append(up_to_sequence)
    return f"WHERE {' AND '.join(conditions)}", tuple(wanted)
