"""A database on disk, and the records of one order, for every test of the store."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.database import HallDatabase, open_database
from storage.journal import Journal
from storage.records import NewRecord, Posting, Stamp, Unit

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.sqlite"


@pytest.fixture
def db(path: Path) -> Iterator[HallDatabase]:
    with open_database(path) as opened:
        yield opened


@pytest.fixture
def journal(db: HallDatabase) -> Journal:
    return Journal(db)


@pytest.fixture
def stamp() -> Stamp:
    return Stamp("2026-03-02", "boot-1", 1_000, 1_772_409_600_000_000, "synchronised", "hall")


@pytest.fixture
def order() -> Callable[[str], list[NewRecord]]:
    """A whole purchase of 4.00 m³ for 10 yuan, note by note."""

    def records(name: str) -> list[NewRecord]:
        account = f"order:{name}"
        sale = (Posting(account, Unit.FEN, 1000), Posting("sales:resident", Unit.FEN, -1000))
        gas = (
            Posting("gas_on_card:123", Unit.M3_HUNDREDTHS, 400),
            Posting("gas_sold:resident", Unit.M3_HUNDREDTHS, -400),
        )
        note = (Posting("cash_unit:1", Unit.FEN, 1000), Posting(account, Unit.FEN, -1000))
        return [
            NewRecord("order.opened", name, {"card": "123", "lines": [{"tier": 1, "amount_fen": 1000}]}),
            NewRecord("note.secured", name, {"note": f"{name}-1"}, note, key=f"note:{name}-1"),
            NewRecord("write.verified", name, {"image": "ab" * 16}, sale + gas),
            NewRecord("order.closed", name, {}),
        ]

    return records


@pytest.fixture
def raw() -> Iterator[Callable[[Path], sqlite3.Connection]]:
    """A connection that knows nothing of the rules: what a vandal, or another program, would use."""
    opened: list[sqlite3.Connection] = []

    def connect(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def without_rules(raw: Callable[[Path], sqlite3.Connection]) -> Callable[[Path, str], None]:
    """Runs a statement on a closed database with its triggers out of the way, and puts them back."""

    def run(path: Path, *statements: str) -> None:
        connection = raw(path)
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
        connection.close()

    return run


@pytest.fixture
def python(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts another process on a piece of our own program, and ends it with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(program: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
