"""A database is opened when it is whole, ours and safe; otherwise one sentence says what to do, and the file stays
as it was.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import database
from storage.database import HallDatabase, assure_durability, open_database, open_readonly, preserve_evidence
from storage.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseForeign,
    DatabaseMissing,
    DatabaseNewer,
    DatabaseUnwritable,
    DiskFailed,
    DurabilityNotAssured,
    StorageError,
)
from storage.journal import Journal
from storage.migrations import SCHEMA_VERSION
from storage.records import NewRecord, Stamp

Orders = Callable[[str], list[NewRecord]]
Raw = Callable[[Path], sqlite3.Connection]
Run = Callable[..., None]


@pytest.fixture
def closed(path: Path, order: Orders, stamp: Stamp) -> Path:
    """Twenty orders, closed cleanly."""
    with open_database(path) as db:
        for number in range(20):
            Journal(db).append(order(f"o{number}"), stamp)
    return path


def _refused(path: Path, kind: type[StorageError]) -> StorageError:
    """Opening raises that failure and leaves the file, and any log beside it, byte for byte as they were."""
    files = [path, path.with_name(path.name + "-wal")]
    before = [file.read_bytes() if file.exists() else b"" for file in files]
    with pytest.raises(kind) as caught:
        open_database(path)
    assert [file.read_bytes() if file.exists() else b"" for file in files] == before
    assert caught.value.code in str(caught.value)
    assert caught.value.remedy in str(caught.value)
    return caught.value


def test_a_new_database_commits_durably(db: HallDatabase) -> None:
    asked = ("journal_mode", "synchronous", "foreign_keys", "user_version")
    said = [db.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]
    assert said == ["wal", 2, 1, SCHEMA_VERSION]


def test_every_table_of_ours_is_strict(db: HallDatabase) -> None:
    tables = db.connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    assert {name for name, strict in tables if not strict} == {"_sqlite_migrations", "sqlite_schema"}


def test_a_file_system_without_shared_memory_is_refused(path: Path) -> None:
    connection = sqlite3.connect(f"{path.as_uri()}?vfs=unix-dotfile", uri=True)
    try:
        with pytest.raises(DurabilityNotAssured, match="journal_mode is 'delete'"):
            assure_durability(path, connection)
    finally:
        connection.close()


def test_a_missing_database_is_made_only_when_asked(path: Path) -> None:
    with pytest.raises(DatabaseMissing):
        open_database(path, create=False)
    assert not path.exists()
    with pytest.raises(DatabaseMissing):
        open_readonly(path)


def test_a_database_half_made_at_a_power_cut_is_made_afresh(path: Path) -> None:
    path.with_name(path.name + ".making").write_bytes(b"half of it")
    with open_database(path) as db:
        assert db.head() == (0, db.genesis_hash)


def test_a_missing_file_beside_its_log_is_damage_and_not_a_new_start(path: Path) -> None:
    path.with_name(path.name + "-wal").write_bytes(b"committed records")
    _refused(path, DatabaseDamaged)
    assert not path.exists()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnwritable, match="there is no folder"):
        open_database(tmp_path / "nowhere" / "hall.sqlite")


@pytest.mark.parametrize(
    "content", [b"", b"SQLite", b"not a database at all " * 300, b"SQLite format 3\x00" + bytes(4080)]
)
def test_what_is_not_a_database_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    _refused(path, DatabaseDamaged)
    with pytest.raises(StorageError):
        open_readonly(path)


def test_another_programs_database_is_refused(path: Path, raw: Raw) -> None:
    other = raw(path)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("CREATE TABLE other (a)")
    other.close()
    _refused(path, DatabaseForeign)


def test_another_terminals_database_is_refused(path: Path) -> None:
    open_database(path, terminal_id="hall-7").close()
    with pytest.raises(DatabaseForeign, match="hall-7"):
        open_database(path, terminal_id="hall-8")
    with open_database(path, terminal_id="hall-7") as db:
        assert db.terminal_id == "hall-7"


def test_a_newer_schema_is_refused(closed: Path, raw: Raw) -> None:
    connection = raw(closed)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    assert f"version {SCHEMA_VERSION + 1}" in _refused(closed, DatabaseNewer).evidence
    with pytest.raises(DatabaseNewer):
        open_readonly(closed)


def test_an_unknown_step_of_the_schema_is_a_newer_one(closed: Path, raw: Raw) -> None:
    connection = raw(closed)
    connection.execute("INSERT INTO _sqlite_migrations VALUES (99, 'gashall', 'm0099_of_the_future', 'then')")
    connection.close()
    assert "m0099_of_the_future" in _refused(closed, DatabaseNewer).evidence


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER journal_refuses_delete",
        "DROP INDEX journal_key",
        "CREATE TABLE extra (a)",
        "ALTER TABLE heartbeat ADD extra TEXT",
    ],
)
def test_a_schema_that_was_tampered_with_is_damage(closed: Path, raw: Raw, statement: str) -> None:
    connection = raw(closed)
    connection.execute(statement)
    connection.close()
    _refused(closed, DatabaseDamaged)


@pytest.mark.parametrize("kept", [0.99, 0.5, 0.1])
def test_a_truncated_file_is_damage(closed: Path, kept: float) -> None:
    content = closed.read_bytes()
    closed.write_bytes(content[: int(len(content) * kept)])
    assert "header" in _refused(closed, DatabaseDamaged).evidence


def test_a_file_truncated_at_a_page_beside_a_log_is_damage(
    closed: Path, python: Callable[[str], "subprocess.Popen[str]"]
) -> None:
    writer = python(_WRITER.format(path=str(closed), first=100))
    assert writer.stdout is not None
    writer.stdout.readline()
    writer.kill()
    writer.wait()
    assert closed.with_name(closed.name + "-wal").stat().st_size
    content = closed.read_bytes()
    closed.write_bytes(content[: len(content) // 2 // 4096 * 4096])
    _refused(closed, DatabaseDamaged)


def test_a_page_of_noise_is_damage(closed: Path) -> None:
    content = bytearray(closed.read_bytes())
    for page in range(1, len(content) // 4096):
        damaged = content.copy()
        damaged[page * 4096 : page * 4096 + 64] = os.urandom(64)
        closed.write_bytes(damaged)
        _refused(closed, DatabaseDamaged)


def test_a_record_changed_behind_the_rules_is_named(closed: Path, without_rules: Run) -> None:
    without_rules(closed, "UPDATE journal SET sealed = replace(sealed, '1000', '9000') WHERE sequence = 6")
    error = _refused(closed, DatabaseDamaged)
    assert isinstance(error, DatabaseDamaged)
    assert error.broken_at == 6


def test_a_lost_tail_shows_against_the_checkpoint(closed: Path, without_rules: Run) -> None:
    without_rules(closed, "DELETE FROM posting WHERE sequence > 70", "DELETE FROM journal WHERE sequence > 70")
    error = _refused(closed, DatabaseDamaged)
    assert isinstance(error, DatabaseDamaged)
    assert error.broken_at == 80


def test_a_lost_tail_shows_against_the_heartbeat(path: Path, order: Orders, stamp: Stamp, without_rules: Run) -> None:
    with open_database(path) as db:
        Journal(db).append(order("a"), stamp)
        db.prove_commit()
    without_rules(path, "DELETE FROM checkpoint", "DELETE FROM journal WHERE sequence = 4")
    assert "once had 4 records" in _refused(path, DatabaseDamaged).evidence


def test_a_long_journal_is_verified_from_its_newest_checkpoint(
    closed: Path, monkeypatch: pytest.MonkeyPatch, without_rules: Run, order: Orders, stamp: Stamp
) -> None:
    monkeypatch.setattr(database, "WHOLE_CHECK_BYTES_MAX", 0)
    with open_database(closed) as db:
        Journal(db).append(order("later"), stamp)
    without_rules(
        closed,
        "DELETE FROM checkpoint WHERE sequence = 84",
        "UPDATE posting SET amount = amount + 1 WHERE sequence = 82",
    )
    error = _refused(closed, DatabaseDamaged)
    assert isinstance(error, DatabaseDamaged)
    assert error.broken_at == 82


def test_two_halls_cannot_open_one_database(path: Path, db: HallDatabase) -> None:
    with pytest.raises(DatabaseBusy, match=str(os.getpid())):
        open_database(path)
    with pytest.raises(DatabaseBusy):
        open_database(path.parent / "." / path.name)
    assert db.prove_commit() == 1


def test_a_second_process_is_told_who_has_the_database(
    path: Path, python: Callable[[str], "subprocess.Popen[str]"]
) -> None:
    owner = python(_OWNER.format(path=str(path)))
    assert owner.stdout is not None
    assert owner.stdout.readline() == "open\n"
    with pytest.raises(DatabaseBusy, match=str(owner.pid)):
        open_database(path)
    with open_readonly(path) as reader:
        assert reader.head()[0] == 0
    owner.communicate("\n", timeout=20)
    open_database(path).close()


def test_a_reader_sees_what_the_hall_commits_and_can_write_nothing(
    path: Path, db: HallDatabase, order: Orders, stamp: Stamp
) -> None:
    with open_readonly(path) as reader:
        committed = Journal(db).append(order("a"), stamp)
        assert tuple(Journal(reader).records()) == committed
        with pytest.raises(DatabaseUnwritable):
            Journal(reader).append(order("b"), stamp)
        with pytest.raises(DatabaseUnwritable):
            reader.prove_commit()


def test_a_reader_in_the_same_process_leaves_the_halls_locks_in_place(path: Path, db: HallDatabase) -> None:
    def locks() -> list[str]:
        inode = f":{path.stat().st_ino} "
        return [line for line in Path("/proc/locks").read_text().splitlines() if inode in line and "POSIX" in line]

    db.prove_commit()
    assert locks()
    open_readonly(path).close()
    assert locks()


def test_a_proof_that_the_disk_takes_commits_is_no_record(db: HallDatabase) -> None:
    assert [db.prove_commit(), db.prove_commit()] == [1, 2]
    assert db.head() == (0, db.genesis_hash)


def test_a_checkpoint_is_set_down_at_closing_and_once(closed: Path) -> None:
    for _ in range(2):
        with open_database(closed) as db:
            assert db.checkpoint("day closed") == db.head()
            assert db.connection.execute("SELECT sequence, reason FROM checkpoint").fetchall() == [(80, "closed")]


def test_closing_twice_is_no_mistake(path: Path) -> None:
    db = open_database(path)
    db.close()
    db.close()
    open_database(path).close()


def test_after_damage_is_met_while_running_no_transaction_is_taken(path: Path, order: Orders, stamp: Stamp) -> None:
    with open_database(path) as db:
        for number in range(200):
            Journal(db).append(order(f"o{number}"), stamp)
        db.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.connection.execute("PRAGMA shrink_memory")
        content = path.read_bytes()
        path.write_bytes(content[:4096] + os.urandom(len(content) - 4096))
        with pytest.raises(DatabaseDamaged):
            Journal(db).append(order("after"), stamp)
        with pytest.raises(DiskFailed, match="earlier failure"):
            db.prove_commit()
        path.write_bytes(content)
    with open_database(path) as db:
        assert db.head()[0] == 800


def test_evidence_is_kept_in_a_fresh_folder_each_time(closed: Path, tmp_path: Path) -> None:
    damaged = closed.read_bytes()[:-100]
    closed.write_bytes(damaged)
    closed.with_name("hall.sqlite-wal").write_bytes(b"log")
    first = preserve_evidence(closed, tmp_path / "evidence")
    second = preserve_evidence(closed, tmp_path / "evidence")
    assert [copy.read_bytes() for copy in first] == [damaged, b"log"] == [copy.read_bytes() for copy in second]
    assert first[0].parent != second[0].parent
    subprocess.run(["sha256sum", "--check", "--status", "SHA256SUMS"], cwd=first[0].parent, check=True)
    assert closed.read_bytes() == damaged


def test_a_file_without_the_right_to_write_is_refused() -> None:
    """As another user where the tests run as root, for whom no permission counts."""
    program = (
        "import os, sys\nfrom pathlib import Path\nimport storage.database\n"
        "from storage.errors import DatabaseUnwritable\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "for name in sys.argv[1:]:\n"
        "    try: storage.database.open_database(Path(name))\n"
        "    except DatabaseUnwritable as error: print(error.code)\n"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        written = folder / "hall.sqlite"
        open_database(written).close()
        lock = folder / "hall.sqlite.lock"
        lock.chmod(0o666)
        written.chmod(0o444)
        closed_folder = folder / "closed"
        closed_folder.mkdir(mode=0o555)
        before = written.read_bytes()
        said = subprocess.run(
            [sys.executable, "-c", program, str(written), str(closed_folder / "new.sqlite")],
            env={"PYTHONPATH": str(Path(database.__file__).resolve().parents[1])},
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout.split() == ["E-ST-03", "E-ST-03"]
        assert written.read_bytes() == before
        closed_folder.chmod(0o755)


_OWNER = """
from pathlib import Path
from storage.database import open_database
with open_database(Path({path!r})):
    print("open", flush=True)
    input()
"""

_WRITER = """
from pathlib import Path
from storage.database import open_database
from storage.journal import Journal
from storage.records import NewRecord, Posting, Stamp, Unit
journal = Journal(open_database(Path({path!r})))
stamp = Stamp("2026-03-02", "boot-2", 1, 2, "synchronised", "hall")
for number in range({first}, 1_000_000):
    postings = (Posting("cash_unit:1", Unit.FEN, 100), Posting("order:x", Unit.FEN, -100))
    note = NewRecord("note", "x", {{}}, postings, key=f"k{{number}}")
    *_, last = journal.append([note, NewRecord("more", "x", {{}})], stamp)
    print(last.sequence, last.hash, flush=True)
"""


@pytest.mark.parametrize("acknowledged", [1, 7, 300])
def test_every_acknowledged_commit_survives_a_kill(
    path: Path, python: Callable[[str], "subprocess.Popen[str]"], acknowledged: int
) -> None:
    writer = python(_WRITER.format(path=str(path), first=0))
    assert writer.stdout is not None
    for _ in range(acknowledged):
        writer.stdout.readline()
    writer.kill()
    rest = [line for line in writer.stdout.read().split("\n") if len(line.split()) == 2 and len(line.split()[1]) == 64]
    with open_database(path, create=False) as db:
        head, _ = db.head()
        assert head % 2 == 0, "half of a transaction was kept"
        assert head >= 2 * (acknowledged + len(rest))
        for line in rest[-1:]:
            sequence, record_hash = line.split()
            record = Journal(db).by_sequence(int(sequence))
            assert record is not None
            assert record.hash == record_hash
