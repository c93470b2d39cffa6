"""Proves that the books are what was committed: every hash, every posting, every balance, every index. Streaming;
writes nothing.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from storage.chain import checkpoint_problem, newest_checkpoint, unbalanced_record, walk
from storage.database import HallDatabase, open_readonly
from storage.errors import DatabaseDamaged
from storage.migrations import expected_schema, schema_of
from storage.registers import broken_seal


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """`rows` records were proven; the last of them is `head_sequence` with the hash `head`.

    `broken_at` is the first journal sequence that cannot be trusted, None where the problem is not in the chain;
    `problem` is None when all is well.
    """

    rows: int
    head_sequence: int
    head: str
    broken_at: int | None = None
    problem: str | None = None

    @property
    def sound(self) -> bool:
        return self.problem is None


def verify(database: Path | HallDatabase, *, full: bool = True) -> VerifyReport:
    """Checks a database, also while the hall runs on it.

    `full`: every record, the structure of the file with every index, every balance, every row of the registers; else
    the chain since the newest checkpoint. Damage is a report, never an exception. A path may raise `DatabaseMissing`,
    `DatabaseNewer`, `DatabaseForeign` and `DatabaseUnwritable` (no right to read).
    """
    if isinstance(database, HallDatabase):
        return _verify(database, full)
    try:
        with open_readonly(database) as opened:
            return _verify(opened, full)
    except DatabaseDamaged as error:
        return VerifyReport(0, 0, "", error.broken_at, error.evidence)


def _verify(database: HallDatabase, full: bool) -> VerifyReport:
    connection = database.connection
    own_snapshot = not connection.in_transaction
    try:
        if own_snapshot:
            connection.execute("BEGIN")
        try:
            return _examine(connection, database.genesis_hash, full)
        finally:
            if own_snapshot and connection.in_transaction:
                connection.execute("ROLLBACK")
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        return VerifyReport(0, 0, "", None, f"SQLite says {error}")


def _examine(connection: sqlite3.Connection, genesis: str, full: bool) -> VerifyReport:
    start = (0, genesis) if full else newest_checkpoint(connection) or (0, genesis)
    found = walk(connection, *start)
    broken_at, problem = found.broken_at, found.problem
    if problem is None:
        broken_at, problem = checkpoint_problem(connection) or (None, None)
    if problem is None and full:
        broken_at, problem = _rest(connection)
    return VerifyReport(found.rows, found.sequence, found.hash, broken_at, problem)


def _rest(connection: sqlite3.Connection) -> tuple[int | None, str | None]:
    said: str = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        return None, f"its structure is broken: {said}"
    if schema_of(connection) != expected_schema():
        return None, "its schema is not the one that this program made"
    unbalanced = unbalanced_record(connection)
    if unbalanced is not None:
        return unbalanced, f"the postings of record {unbalanced} do not balance"
    broken = broken_seal(connection)
    return None, broken and f"the register's row {broken} is not the one that was written"
