"""Opens the terminal's database, or says exactly why not.

A database is judged through a read-only connection first, so that one that is damaged, newer or foreign stays byte for
byte as it was found. Only then is it opened for writing, with write-ahead logging and a synchronised commit, both
asserted.

A start judges header and length, the schema, the structure, and the chain: all of it while the file is small, later
that since the newest checkpoint, so that a year-old journal opens as fast as a new one. `storage.verification` always
checks everything.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from storage.canonical import genesis_hash
from storage.chain import checkpoint_problem, newest_checkpoint, walk
from storage.errors import (
    DatabaseDamaged,
    DatabaseForeign,
    DatabaseMissing,
    DatabaseNewer,
    DatabaseUnwritable,
    DiskFailed,
    DurabilityNotAssured,
    EvidenceNotKept,
    StorageError,
)
from storage.failures import file_error, storage_error, translated
from storage.migrations import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    apply_migrations,
    expected_schema,
    schema_of,
    unknown_steps,
)
from storage.ownership import Ownership

BUSY_TIMEOUT_MS = 1000
"""How long a transaction waits for a reader that is just recovering the log; there is no second writer."""
WHOLE_CHECK_BYTES_MAX = 32 << 20
"""Up to this size (a quarter of a second's work) every start checks the whole file, every index and the whole chain."""
CHECKPOINT_EVERY = 1000
"""Records between two checkpoints that are written without being asked for: the most that a start has to verify
after a crash.
"""
_SMALL_TABLES = ("identity", "checkpoint", "heartbeat", "customer", "meter", "card", "_sqlite_migrations")
_MAGIC = b"SQLite format 3\x00"


class HallDatabase:
    """An open database. Use `open_database` or `open_readonly`.

    One thread. `connection` is for the modules of this package only.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, ownership: Ownership | None) -> None:
        self.path = path
        self.connection = connection
        self.read_only = ownership is None
        self._ownership = ownership
        self._failed: StorageError | None = None
        with translated(path):
            self.terminal_id, self.genesis_hash = _identity(path, connection)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """`BEGIN IMMEDIATE` … `COMMIT`: on disk when the block is left, or nothing of it.

        Raises `DiskFull` (nothing kept, still usable), `DatabaseBusy`, `DatabaseUnwritable`; `DiskFailed` when it is
        unknown what is on disk, and from then on for every transaction until the database is opened again.
        """
        if self._failed is not None:
            raise DiskFailed(self.path, f"no transaction is taken after an earlier failure ({self._failed.evidence})")
        connection = self.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except BaseException as error:
            self._roll_back()
            ours = storage_error(self.path, error) if isinstance(error, sqlite3.Error) else error
            if isinstance(ours, (DiskFailed, DatabaseDamaged)):
                self._failed = ours
            if ours is None or ours is error:
                raise
            raise ours from error

    def _roll_back(self) -> None:
        if self.connection.in_transaction:
            try:
                self.connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                self._failed = storage_error(self.path, error) or DiskFailed(self.path, f"rolling back failed: {error}")

    def head(self) -> tuple[int, str]:
        """Sequence and hash of the newest record; (0, the genesis hash) while there is none."""
        with translated(self.path):
            row = self.connection.execute(
                "SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1"
            ).fetchone()
        return (0, self.genesis_hash) if row is None else (row[0], row[1])

    def prove_commit(self) -> int:
        """Commits one small row outside the chain and returns how often that has been done: the disk takes commits now.

        Raises what `transaction` raises. The row also says how far the journal had come, so a lost tail shows.
        """
        with self.transaction() as connection:
            row = connection.execute(
                "INSERT INTO heartbeat (one, beats, head_sequence) "
                "VALUES (1, 1, (SELECT coalesce(max(sequence), 0) FROM journal)) ON CONFLICT (one) "
                "DO UPDATE SET beats = beats + 1, head_sequence = excluded.head_sequence RETURNING beats"
            ).fetchall()[0]
        beats: int = row[0]
        return beats

    def checkpoint(self, reason: str) -> tuple[int, str]:
        """Sets down the head (at day close, at clean shutdown) as a place from which the next start verifies.
        Returns the head.
        """
        sequence, head = self.head()
        with self.transaction() as connection:
            if (
                sequence
                and connection.execute("SELECT 1 FROM checkpoint WHERE sequence = ?", (sequence,)).fetchone() is None
            ):
                connection.execute(
                    "INSERT INTO checkpoint (sequence, hash, reason) VALUES (?, ?, ?)", (sequence, head, reason)
                )
        return sequence, head

    def close(self) -> None:
        """A checkpoint, then the connection and the ownership are given back. A second call does nothing; a full
        disk is no hindrance.
        """
        connection, ownership = self.connection, self._ownership
        if not self.read_only and self._failed is None and ownership is not None:
            # What is committed is committed; a disk that is full now only makes the next start verify a little more.
            with suppress(StorageError):
                self.checkpoint("closed")
        connection.close()
        if ownership is not None:
            ownership.release()
            self._ownership = None

    def __enter__(self) -> "HallDatabase":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_database(path: Path, *, create: bool = True, terminal_id: str | None = None) -> HallDatabase:
    """The hall's own database, for reading and writing, owned until closed.

    `create` makes a new one where there is none, for `terminal_id` ("terminal" if not given); an existing one must be
    of the terminal that is given. Raises `DatabaseMissing`, `DatabaseBusy`, `DatabaseUnwritable`, `DiskFull`,
    `DatabaseDamaged`, `DatabaseNewer`, `DatabaseForeign`, `DurabilityNotAssured`. A file that is refused is not
    modified.
    """
    path = path.resolve()
    if not path.parent.is_dir():
        raise DatabaseUnwritable(path, f"there is no folder {path.parent}")
    ownership = Ownership(path)
    try:
        if not path.exists():
            if _beside(path, "-wal").exists():
                raise DatabaseDamaged(path, "the file is gone while its -wal file is there")
            if not create:
                raise DatabaseMissing(path, "no such file")
            _create(path, terminal_id or "terminal")
        _judge(path, terminal_id)
        connection = _open_for_writing(path)
        try:
            return HallDatabase(path, connection, ownership)
        except BaseException:
            connection.close()
            raise
    except BaseException:
        ownership.release()
        raise


def open_readonly(path: Path) -> HallDatabase:
    """The same database for reading while the hall runs: verify, evidence, export. It takes no ownership.

    It judges only what keeps a reader from understanding the file; the rest is the verifier's to say. May be used in
    the process that owns the database: every byte is read through SQLite, so no lock is dropped. Raises
    `DatabaseMissing`, `DatabaseDamaged`, `DatabaseNewer`, `DatabaseForeign`, `DatabaseUnwritable` (no right to read).
    """
    path = path.resolve()
    if not path.exists():
        raise DatabaseMissing(path, "no such file")
    if not path.stat().st_size:
        raise DatabaseDamaged(path, "the file is empty")
    connection = _connect_readonly(path)
    try:
        with _damage_if_unreadable(path):
            _judge_version(path, connection)
            return HallDatabase(path, connection, None)
    except BaseException:
        connection.close()
        raise


def preserve_evidence(path: Path, to_dir: Path) -> tuple[Path, ...]:
    """Copies a database and its -wal file, with their SHA-256 sums, into a fresh folder under `to_dir`; returns them.

    The originals are only read. Call it only while this process has no connection to the database: closing a descriptor
    of the file would drop SQLite's locks. Raises `EvidenceNotKept`.
    """
    copies: list[Path] = []
    try:
        number = 1
        while True:
            folder = to_dir / f"{path.name}.evidence-{number}"
            try:
                folder.mkdir(parents=True)
                break
            except FileExistsError:
                number += 1
        sums = []
        for source in (path, _beside(path, "-wal")):
            if source.exists():
                copy = folder / source.name
                shutil.copy2(source, copy)
                digest = sha256(copy.read_bytes()).hexdigest()
                if digest != sha256(source.read_bytes()).hexdigest():
                    raise EvidenceNotKept(path, f"the copy of {source.name} differs from it")
                sums.append(f"{digest}  {source.name}\n")
                copies.append(copy)
        (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
        for kept in (*copies, folder / "SHA256SUMS", folder):
            _sync(kept)
    except OSError as error:
        raise EvidenceNotKept(path, f"{error.strerror}: {error.filename}") from error
    return tuple(copies)


def assure_durability(path: Path, connection: sqlite3.Connection) -> None:
    """Sets write-ahead logging, a synchronised commit and the checks that are off by default, and reads each back.

    Raises `DurabilityNotAssured` naming the first that did not hold.
    """
    wanted: tuple[tuple[str, str, object], ...] = (
        ("journal_mode", "WAL", "wal"),
        ("synchronous", "FULL", 2),
        ("foreign_keys", "ON", 1),
        ("recursive_triggers", "ON", 1),
        ("cell_size_check", "ON", 1),
        ("locking_mode", "NORMAL", "normal"),
    )
    for name, value, expected in wanted:
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
        row = connection.execute(f"PRAGMA {name}").fetchone()
        if row is None or row[0] != expected:
            raise DurabilityNotAssured(path, f"{name} is {row and row[0]!r}, not {expected!r}")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_size_limit = 16777216")


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _create(path: Path, terminal_id: str) -> None:
    """Makes the database whole under another name and then gives it its own: a half-made one never stands at `path`."""
    making = _beside(path, ".making")
    try:
        for left_over in (making, _beside(making, "-wal"), _beside(making, "-shm"), _beside(making, "-journal")):
            left_over.unlink(missing_ok=True)
        connection = sqlite3.connect(making, isolation_level=None)
        try:
            with translated(path):
                assure_durability(path, connection)
                apply_migrations(connection)
                connection.execute("INSERT INTO identity VALUES (1, ?, ?)", (terminal_id, genesis_hash(terminal_id)))
        finally:
            connection.close()
        making.chmod(0o640)
        _sync(making)
        making.rename(path)
        _sync(path.parent)
    except OSError as error:
        raise file_error(path, error, "it cannot be made") from error
    except sqlite3.Error as error:
        raise storage_error(path, error) or DatabaseUnwritable(path, f"it cannot be made: {error}") from error


def _connect_readonly(path: Path) -> sqlite3.Connection:
    with _damage_if_unreadable(path):
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            connection.execute("PRAGMA cell_size_check = ON")
            connection.execute("PRAGMA query_only = ON")
            try:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except sqlite3.OperationalError as error:
                wal = _beside(path, "-wal")
                if getattr(error, "sqlite_errorcode", 0) & 0xFF not in (
                    sqlite3.SQLITE_CANTOPEN,
                    sqlite3.SQLITE_READONLY,
                ) or (wal.exists() and wal.stat().st_size):
                    raise
                # A folder that can't be written (a read-only medium) has no place for the log's index, and no writer.
                connection.close()
                connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
                connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
    return connection


def _open_for_writing(path: Path) -> sqlite3.Connection:
    with translated(path):
        connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None)
        try:
            assure_durability(path, connection)
            if connection.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION:
                apply_migrations(connection)
            _judge_schema(path, connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _judge(path: Path, terminal_id: str | None) -> None:
    """Raises unless the file is a whole, sound database of this program and this terminal. Writes nothing to it."""
    _judge_header(path)
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
        raise DatabaseUnwritable(path, "this user has no right to write the file and its folder")
    connection = _connect_readonly(path)
    try:
        with _damage_if_unreadable(path):
            version = _judge_version(path, connection)
            if version == SCHEMA_VERSION:
                _judge_schema(path, connection)
            found_id, genesis = _identity(path, connection)
            if terminal_id is not None and found_id != terminal_id:
                raise DatabaseForeign(path, f"it belongs to terminal {found_id!r}, not {terminal_id!r}")
            _judge_contents(path, connection, genesis)
    finally:
        connection.close()


@contextmanager
def _damage_if_unreadable(path: Path) -> Iterator[None]:
    """On a connection that only reads, an SQLite error that is no known failure (no such table, a text that is not
    UTF-8) is damage.
    """
    try:
        with translated(path):
            yield
    except sqlite3.Error as error:
        raise DatabaseDamaged(path, f"it cannot be read: {error}") from error


def _judge_header(path: Path) -> None:
    """The 100 bytes of sqlite.org/fileformat.html section 1.3, read before SQLite touches the file.

    Only for the owner, before it has a connection: closing the file would drop the locks of one.
    """
    try:
        with path.open("rb") as file:
            header = file.read(100)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise file_error(path, error, "it cannot be read") from error
    if not size:
        raise DatabaseDamaged(path, "the file is empty")
    if len(header) < 100 or header[:16] != _MAGIC:
        raise DatabaseDamaged(path, "the file is not an SQLite database")
    page_size = int.from_bytes(header[16:18], "big")
    page_size = 65536 if page_size == 1 else page_size
    if page_size < 512 or page_size & (page_size - 1):
        raise DatabaseDamaged(path, f"its header gives a page size of {page_size}")
    if header[18] != 2 or header[19] != 2:
        raise DatabaseDamaged(path, "its header does not say write-ahead logging")
    wal = _beside(path, "-wal")
    if wal.exists() and wal.stat().st_size:
        return  # a checkpoint may have been cut short: the log still holds the pages, and SQLite is the judge
    pages = int.from_bytes(header[28:32], "big")
    if size != pages * page_size:
        raise DatabaseDamaged(path, f"its header says {pages} pages of {page_size} bytes, the file has {size} bytes")


def _judge_version(path: Path, connection: sqlite3.Connection) -> int:
    application_id: int = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if application_id != APPLICATION_ID:
        raise DatabaseForeign(path, f"its application id is {application_id:#x}, not {APPLICATION_ID:#x}")
    if version > SCHEMA_VERSION:
        raise DatabaseNewer(path, f"its schema is version {version}, this program knows up to {SCHEMA_VERSION}")
    unknown = unknown_steps(connection)
    if unknown:
        raise DatabaseNewer(path, f"it has schema steps that this program does not know: {', '.join(unknown)}")
    if version < 1:
        raise DatabaseDamaged(path, f"its schema version is {version}")
    return version


def _judge_schema(path: Path, connection: sqlite3.Connection) -> None:
    difference = schema_of(connection) ^ expected_schema()
    if difference:
        names = ", ".join(sorted({name for _, name, _, _ in difference}))
        raise DatabaseDamaged(path, f"its schema differs from the one that this program made, in {names}")


def _judge_contents(path: Path, connection: sqlite3.Connection, genesis: str) -> None:
    """Structure and chain: of everything while that is quick, else of the small tables and since the newest
    checkpoint.
    """
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    page_size = connection.execute("PRAGMA page_size").fetchone()[0]
    whole = pages * page_size <= WHOLE_CHECK_BYTES_MAX
    checks = ["PRAGMA integrity_check(1)"] if whole else [f"PRAGMA integrity_check({table})" for table in _SMALL_TABLES]
    for check in checks:
        said = connection.execute(check).fetchone()[0]
        if said != "ok":
            raise DatabaseDamaged(path, f"its structure is broken: {said}")
    problem = checkpoint_problem(connection)
    if problem is not None:
        raise DatabaseDamaged(path, problem[1], problem[0])
    start = (0, genesis) if whole else newest_checkpoint(connection) or (0, genesis)
    result = walk(connection, *start)
    if result.problem is not None:
        raise DatabaseDamaged(path, result.problem, result.broken_at)


def _identity(path: Path, connection: sqlite3.Connection) -> tuple[str, str]:
    row = connection.execute("SELECT terminal_id, genesis_hash FROM identity").fetchone()
    if row is None:
        raise DatabaseDamaged(path, "it does not say whose it is")
    if genesis_hash(row[0]) != row[1]:
        raise DatabaseDamaged(path, "its identity does not have its hash")
    return row[0], row[1]
