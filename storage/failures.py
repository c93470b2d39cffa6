"""What SQLite reports, said in this house's words."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseUnwritable,
    DiskFailed,
    DiskFull,
    StorageError,
)

_BY_PRIMARY_CODE: dict[int, type[StorageError]] = {
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_BUSY: DatabaseBusy,
    sqlite3.SQLITE_LOCKED: DatabaseBusy,
    sqlite3.SQLITE_PROTOCOL: DatabaseBusy,
    sqlite3.SQLITE_READONLY: DatabaseUnwritable,
    sqlite3.SQLITE_CANTOPEN: DatabaseUnwritable,
    sqlite3.SQLITE_PERM: DatabaseUnwritable,
    sqlite3.SQLITE_CORRUPT: DatabaseDamaged,
    sqlite3.SQLITE_NOTADB: DatabaseDamaged,
    sqlite3.SQLITE_IOERR: DiskFailed,
}
# No room for a few kilobytes of shared memory is the first sign of a full disk.
_FULL_CODES = frozenset({sqlite3.SQLITE_IOERR_SHMSIZE})


def storage_error(path: Path, error: sqlite3.Error) -> StorageError | None:
    """The failure that an SQLite error means; None for a mistake of the program (bad SQL, a broken constraint).

    Want of room (ENOSPC) is SQLITE_FULL and is rolled back before anything of it counts: `DiskFull`. Any other refusal
    to write or to sync is an I/O error, after which nobody knows what is on disk: `DiskFailed`. Source:
    sqlite.org/rescode.html.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    text = f"SQLite says {error} ({getattr(error, 'sqlite_errorname', code)})"
    if code in _FULL_CODES:
        return DiskFull(path, text)
    known = _BY_PRIMARY_CODE.get(code & 0xFF)
    return None if known is None else known(path, text)


def file_error(path: Path, error: OSError, doing: str) -> StorageError:
    """The failure that an error of the operating system on a file beside the database means."""
    kind: type[StorageError] = DatabaseUnwritable
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        kind = DiskFull
    elif error.errno == errno.EIO:
        kind = DiskFailed
    return kind(path, f"{doing}: {error.strerror}")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raises `StorageError` in place of the SQLite errors that mean one."""
    try:
        yield
    except sqlite3.Error as error:
        ours = storage_error(path, error)
        if ours is None:
            raise
        raise ours from error
    except UnicodeDecodeError as error:
        # A message of SQLite's that quotes a damaged schema.
        raise DatabaseDamaged(path, f"it cannot be read: {error}") from error
