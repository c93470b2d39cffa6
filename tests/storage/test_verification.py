"""No change of a committed database goes unseen: not a bit, not a row, not the tail."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.canonical import hash_of
from storage.database import HallDatabase, open_database, open_readonly
from storage.errors import StorageError
from storage.journal import Journal
from storage.records import NewRecord, Record, Stamp
from storage.registers import Customer, CustomerKind, Registers
from storage.verification import VerifyReport, verify

Orders = Callable[[str], list[NewRecord]]
Run = Callable[..., None]
CUSTOMER = Customer("K-1", "王小明", "和平路 1 号", "010-12345678", CustomerKind.RESIDENT, 3, 500, "", False)


@pytest.fixture
def closed(path: Path, order: Orders, stamp: Stamp) -> Path:
    """Ten orders and a customer."""
    with open_database(path) as db:
        for number in range(10):
            Journal(db).append(order(f"o{number}"), stamp)
        Registers(db).put(CUSTOMER, wall_us=1)
    return path


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory, order: Orders, stamp: Stamp) -> Path:
    """One order and a customer in pages of 512 bytes, so that every byte can be tried."""
    path = tmp_path_factory.mktemp("small") / "hall.sqlite"
    with open_database(path) as db:
        Journal(db).append(order("a"), stamp)
        Registers(db).put(CUSTOMER, wall_us=1)
        db.prove_commit()
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in ("journal_mode = DELETE", "page_size = 512"):
        connection.execute(f"PRAGMA {statement}").fetchall()
    connection.execute("VACUUM")
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.close()
    return path


def _contents(path: Path) -> tuple[tuple[Record, ...], Customer | None] | None:
    """Everything in the database if it is taken for good; None if it is refused."""
    try:
        with open_readonly(path) as db:
            if not verify(db).sound:
                return None
            return tuple(Journal(db).records()), Registers(db).customer("K-1")
    except StorageError:
        return None


def _flipped(path: Path, flips: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those flips (offset, mask) after which something else than the original is taken for good."""
    content = path.read_bytes()
    original = _contents(path)
    assert original is not None
    with path.open("r+b", buffering=0) as file:
        for offset, mask in flips:
            file.seek(offset)
            file.write(bytes([content[offset] ^ mask]))
            found = _contents(path)
            if found is not None and found != original:
                yield offset, mask
            file.seek(offset)
            file.write(content[offset : offset + 1])
    assert _contents(path) == original


@pytest.mark.parametrize("part", range(4))
def test_a_flip_of_any_byte_is_seen_or_changes_nothing(small: Path, part: int) -> None:
    """A bit of every byte, chosen by a fixed seed; every fourth byte in each part."""
    random = Random(20260302 + part)
    flips = ((offset, 1 << random.randrange(8)) for offset in range(part, small.stat().st_size, 4))
    assert list(_flipped(small, flips)) == []


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=150, deadline=None
)
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_any_change_of_a_byte_is_seen_or_changes_nothing(small: Path, place: float, mask: int) -> None:
    offset = int(place * small.stat().st_size)
    assert list(_flipped(small, iter([(offset, mask)]))) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_start_on_a_changed_byte_refuses_and_touches_nothing_or_finds_every_record(
    small: Path, place: float, mask: int
) -> None:
    content = small.read_bytes()
    changed = bytearray(content)
    changed[int(place * len(content))] ^= mask
    copy = small.with_name("copy.sqlite")
    original = _contents(small)
    copy.write_bytes(changed)
    try:
        with open_database(copy) as db:
            found = tuple(Journal(db).records()), Registers(db).customer("K-1")
            assert found == original
    except StorageError:
        assert copy.read_bytes() == changed
    for left in small.parent.glob("copy.sqlite*"):
        left.unlink()


def test_a_sound_database_is_reported_with_its_head(closed: Path) -> None:
    with open_database(closed) as db:
        sequence, head = db.head()
        assert verify(db) == VerifyReport(40, sequence, head)
    assert verify(closed) == VerifyReport(40, sequence, head)
    assert verify(closed).sound


def test_an_empty_journal_is_sound(path: Path) -> None:
    with open_database(path) as db:
        assert verify(db) == VerifyReport(0, 0, db.genesis_hash)


def test_a_running_hall_is_verified_from_outside(db: HallDatabase, path: Path, order: Orders, stamp: Stamp) -> None:
    for name in "abc":
        Journal(db).append(order(name), stamp)
    assert verify(path).rows == 12
    db.checkpoint("day closed")
    Journal(db).append(order("d"), stamp)
    quick = verify(path, full=False)
    assert (quick.rows, quick.head_sequence, quick.sound) == (4, 16, True)


@pytest.mark.parametrize(
    ("statements", "broken_at"),
    [
        (["UPDATE journal SET sealed = replace(sealed, 'o2-1', 'o2-2') WHERE sequence = 10"], 10),
        (["UPDATE journal SET hash = upper(hash) WHERE sequence = 7"], 7),
        (["UPDATE posting SET amount = amount + 1 WHERE sequence = 6 AND position = 0"], 6),
        (["UPDATE posting SET account = 'till:9' WHERE sequence = 6 AND position = 0"], 6),
        (["DELETE FROM posting WHERE sequence = 6"], 6),
        (["DELETE FROM posting WHERE sequence = 6 AND position = 0"], 6),
        (["INSERT INTO posting VALUES (5, 0, 'till:1', 'fen', 1), (5, 1, 'till:2', 'fen', -1)"], 5),
        (["PRAGMA foreign_keys = OFF", "INSERT INTO posting VALUES (41, 0, 'till:1', 'fen', 0)"], 41),
        (["DELETE FROM posting WHERE sequence = 6", "DELETE FROM journal WHERE sequence = 6"], 6),
        (["DELETE FROM journal WHERE sequence = 1"], 1),
        (["DELETE FROM journal WHERE sequence = 40"], 40),
        (["UPDATE checkpoint SET hash = (SELECT hash FROM journal WHERE sequence = 3)"], 40),
        (["UPDATE customer SET arrears_fen = 0"], None),
        (["UPDATE identity SET genesis_hash = (SELECT hash FROM journal WHERE sequence = 3)"], None),
    ],
)
def test_a_row_changed_added_or_removed_is_found(
    closed: Path, without_rules: Run, statements: list[str], broken_at: int | None
) -> None:
    without_rules(closed, *statements)
    report = verify(closed)
    assert not report.sound
    assert report.broken_at == broken_at


def test_two_records_that_changed_places_are_found(closed: Path, without_rules: Run) -> None:
    renumbered = "replace(sealed, '\"sequence\":' || sequence || ',', '\"sequence\":' || (28 - sequence) || ',')"
    without_rules(
        closed,
        "CREATE TEMP TABLE kept AS SELECT sequence, sealed, hash FROM journal WHERE sequence IN (12, 16)",
        "DELETE FROM journal WHERE sequence IN (12, 16)",
        f"INSERT INTO journal (sequence, sealed, hash) SELECT 28 - sequence, {renumbered}, hash FROM kept",
    )
    assert verify(closed).broken_at == 12


def test_a_forged_record_with_a_hash_of_its_own_breaks_the_link_after_it(closed: Path, without_rules: Run) -> None:
    with open_readonly(closed) as db:
        (sealed,) = db.connection.execute("SELECT sealed FROM journal WHERE sequence = 10").fetchone()
    forged = sealed.replace('"o2-1"', '"o2-9"')
    assert forged != sealed
    quoted = forged.replace("'", "''")
    without_rules(
        closed, f"UPDATE journal SET sealed = '{quoted}', hash = '{hash_of(forged.encode())}' WHERE sequence = 10"
    )
    assert verify(closed).broken_at == 11


def test_an_index_that_lies_is_found(closed: Path, raw: Callable[[Path], sqlite3.Connection]) -> None:
    connection = raw(closed)
    root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'journal_key'").fetchone()[0]
    connection.close()
    content = bytearray(closed.read_bytes())
    page = content[(root - 1) * 4096 : root * 4096]
    assert b"note:o3-1" in page
    content[(root - 1) * 4096 : root * 4096] = page.replace(b"note:o3-1", b"note:o3-0")
    closed.write_bytes(content)
    assert "journal_key" in str(verify(closed).problem)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + bytes(8000)])
def test_what_is_no_database_is_a_report_and_no_exception(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    report = verify(path)
    assert (report.sound, report.rows) == (False, 0)


@pytest.mark.parametrize("kept", [100, 4096, 8192, 50_000])
def test_a_truncated_database_is_not_sound(closed: Path, kept: int) -> None:
    closed.write_bytes(closed.read_bytes()[:kept])
    assert not verify(closed).sound


def test_records_are_numbered_without_a_gap(closed: Path) -> None:
    with open_readonly(closed) as db:
        pairs = itertools.pairwise(Journal(db).records())
        assert all(
            after.sequence == before.sequence + 1 and after.previous_hash == before.hash for before, after in pairs
        )
