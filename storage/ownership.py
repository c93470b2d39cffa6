"""One hall process owns a database: an advisory lock on a file beside it, given back by the kernel however the
process ends.
"""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from storage.errors import DatabaseBusy
from storage.failures import file_error


class Ownership:
    """Holds `<database>.lock` from construction until `release`.

    The lock is not on the database file itself: closing any descriptor of that file would drop SQLite's own locks on it
    (sqlite.org/howtocorrupt.html, section 2.2). Raises `DatabaseBusy`, naming the owner's process id, and
    `DatabaseUnwritable`.
    """

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise file_error(database, error, "its lock file cannot be made") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise DatabaseBusy(database, f"process {owner} holds {self.path.name}") from error
        try:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError:
            # The process id is a courtesy to whoever reads the message; a full disk must not keep the hall from reading
            # its journal.
            pass

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> "Ownership":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
