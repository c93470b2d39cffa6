"""The schema, as numbered steps that are never edited once released.

The journal's truth is `sealed`, the hashed line; kind, subject, key and business date are generated from it and exist
only in indexes, so a row can't disagree with itself. `posting` repeats the postings of the line as rows, for sums; the
verifier compares the two. Tables of record refuse UPDATE, DELETE and REPLACE by trigger.
"""

import sqlite3
from functools import cache

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x47415348  # "GASH", in the file's header

migrations = Migrations("gashall")


def _append_only(db: Database, table: str, same_key: str) -> None:
    """`same_key` compares NEW with a row that is there: REPLACE fires no DELETE trigger unless a connection asks for
    it.
    """
    for verb in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    db.execute(
        f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same_key}) BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


@migrations()
def m0001_journal_ledger_registers(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE identity (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            terminal_id TEXT NOT NULL,
            genesis_hash TEXT NOT NULL CHECK (length(genesis_hash) = 64)
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE TABLE journal (
            sequence INTEGER PRIMARY KEY CHECK (sequence = json_extract(sealed, '$.record.sequence')),
            sealed TEXT NOT NULL,
            hash TEXT NOT NULL CHECK (length(hash) = 64),
            kind TEXT GENERATED ALWAYS AS (json_extract(sealed, '$.record.kind')) VIRTUAL,
            subject TEXT GENERATED ALWAYS AS (json_extract(sealed, '$.record.subject')) VIRTUAL,
            key TEXT GENERATED ALWAYS AS (json_extract(sealed, '$.record.key')) VIRTUAL,
            business_date TEXT GENERATED ALWAYS AS (json_extract(sealed, '$.record.stamp.business_date')) VIRTUAL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX journal_kind_subject ON journal (kind, subject)")
    db.execute("CREATE INDEX journal_subject ON journal (subject)")
    db.execute("CREATE UNIQUE INDEX journal_key ON journal (key) WHERE key IS NOT NULL")
    db.execute("CREATE INDEX journal_business_date ON journal (business_date)")
    db.execute(
        """
        CREATE TABLE posting (
            sequence INTEGER NOT NULL REFERENCES journal (sequence),
            position INTEGER NOT NULL CHECK (position >= 0),
            account TEXT NOT NULL,
            unit TEXT NOT NULL CHECK (unit IN ('fen', 'm3_hundredths')),
            amount INTEGER NOT NULL,
            PRIMARY KEY (sequence, position)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX posting_account ON posting (account, unit, sequence, amount)")
    db.execute(
        """
        CREATE TABLE checkpoint (
            sequence INTEGER PRIMARY KEY REFERENCES journal (sequence),
            hash TEXT NOT NULL CHECK (length(hash) = 64),
            reason TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE TABLE heartbeat (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            beats INTEGER NOT NULL,
            head_sequence INTEGER NOT NULL
        ) STRICT
        """
    )
    history = (
        "version INTEGER NOT NULL CHECK (version >= 1), "
        "valid_from_sequence INTEGER NOT NULL, valid_from_us INTEGER NOT NULL"
    )
    db.execute(
        f"""
        CREATE TABLE customer (
            customer_no TEXT NOT NULL, {history},
            name TEXT NOT NULL, address TEXT NOT NULL, phone TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('resident', 'commercial', 'public_welfare')),
            household_size INTEGER NOT NULL, arrears_fen INTEGER NOT NULL,
            safety_notice TEXT NOT NULL, suspended INTEGER NOT NULL CHECK (suspended IN (0, 1)),
            seal TEXT NOT NULL CHECK (length(seal) = 64),
            PRIMARY KEY (customer_no, version)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        f"""
        CREATE TABLE meter (
            meter_no TEXT NOT NULL, {history},
            customer_no TEXT NOT NULL, model TEXT NOT NULL, inlet TEXT NOT NULL CHECK (inlet IN ('left', 'right')),
            installed_on TEXT NOT NULL, cycle_used_before_m3_hundredths INTEGER NOT NULL,
            seal TEXT NOT NULL CHECK (length(seal) = 64),
            PRIMARY KEY (meter_no, version)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        f"""
        CREATE TABLE card (
            card_no TEXT NOT NULL, {history},
            customer_no TEXT NOT NULL, meter_no TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('active', 'lost', 'replaced')), opening_sequence INTEGER NOT NULL,
            seal TEXT NOT NULL CHECK (length(seal) = 64),
            PRIMARY KEY (card_no, version)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX meter_customer ON meter (customer_no)")
    db.execute("CREATE INDEX card_customer ON card (customer_no)")
    db.execute(
        "CREATE TRIGGER journal_has_no_gap BEFORE INSERT ON journal "
        "WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM journal) "
        "BEGIN SELECT RAISE(ABORT, 'journal is append-only and has no gap'); END"
    )
    for verb in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER journal_refuses_{verb.lower()} BEFORE {verb} ON journal "
            f"BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END"
        )
    _append_only(db, "posting", "sequence = NEW.sequence AND position = NEW.position")
    _append_only(db, "checkpoint", "sequence = NEW.sequence")
    _append_only(db, "identity", "one = NEW.one")
    _append_only(db, "customer", "customer_no = NEW.customer_no AND version = NEW.version")
    _append_only(db, "meter", "meter_no = NEW.meter_no AND version = NEW.version")
    _append_only(db, "card", "card_no = NEW.card_no AND version = NEW.version")
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")


SCHEMA_VERSION = 1
"""What `PRAGMA user_version` says after the last step above."""


def apply_migrations(connection: sqlite3.Connection) -> None:
    """Bring the database to this program's schema; each step is one transaction."""
    migrations.apply(Database(connection, execute_plugins=False))


def unknown_steps(connection: sqlite3.Connection) -> list[str]:
    """Steps that were applied to this database and that this program does not know."""
    applied = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'gashall' ORDER BY id")
    return [name for (name,) in applied if name not in step_names()]


def schema_of(connection: sqlite3.Connection) -> frozenset[tuple[str, str, str, str | None]]:
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'")
    return frozenset((kind, name, table, sql) for kind, name, table, sql in rows)


@cache
def _fresh() -> tuple[frozenset[tuple[str, str, str, str | None]], tuple[str, ...]]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        apply_migrations(connection)
        steps = migrations.applied(Database(connection, execute_plugins=False))
        return schema_of(connection), tuple(step.name for step in steps)
    finally:
        connection.close()


def expected_schema() -> frozenset[tuple[str, str, str, str | None]]:
    """What the tables, indexes and triggers of a whole database are: a lost trigger or a bent constraint shows as a
    difference.
    """
    return _fresh()[0]


def step_names() -> tuple[str, ...]:
    return _fresh()[1]
