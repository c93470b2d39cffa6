"""Failures of the store: what the disk, the file or another process keeps the hall from doing.

Each class has a stable code, which is on the technician's screen, in the log and in the runbook, and a sentence that
says what to do. `InvalidRecord` and `UnbalancedRecord` are the other kind: a broken assumption of the program, found
before anything is written.
"""

from pathlib import Path
from typing import ClassVar

from storage.records import Record


class StorageError(Exception):
    """Base of all failures of the store. `evidence` is what was found, `remedy` what a person does about it."""

    code: ClassVar[str] = "E-ST-00"
    title: ClassVar[str] = "the store failed"
    remedy: ClassVar[str] = "Take no cash; restart the hall; if it comes back, call maintenance with this code."

    def __init__(self, path: Path | str, evidence: str) -> None:
        super().__init__(path, evidence)
        self.path = Path(path)
        self.evidence = evidence

    def __str__(self) -> str:
        return f"{self.code}: {self.path}: {self.title}: {self.evidence}. {self.remedy}"


class DatabaseNewer(StorageError):
    """The schema was made by a newer program."""

    code = "E-ST-01"
    title = "the database was made by a newer program"
    remedy = "Install the newer program again; nothing was changed, and no older program may write here."


class DatabaseDamaged(StorageError):
    """Not a database, torn, shortened, or the hash chain is broken. The file is left exactly as it was found.

    `broken_at` is the first journal sequence that cannot be trusted, where that is known.
    """

    code = "E-ST-02"
    title = "the database is damaged and was left untouched"
    remedy = "Take no cash; keep the file and the -wal file beside it; call maintenance to copy them aside and restore."

    def __init__(self, path: Path | str, evidence: str, broken_at: int | None = None) -> None:
        super().__init__(path, evidence)
        self.broken_at = broken_at


class DatabaseUnwritable(StorageError):
    """Permissions, a read-only file system, or a folder that does not exist."""

    code = "E-ST-03"
    title = "the database cannot be written"
    remedy = "Let the hall's user write the file and its folder, and check that the disk is not mounted read-only."


class DiskFull(StorageError):
    """No room. Nothing of the transaction was kept, everything committed before it is safe, and the connection stays
    usable.
    """

    code = "E-ST-04"
    title = "the disk is full"
    remedy = "Take no cash; free space on the disk; the hall goes on by itself when a commit succeeds."


class DatabaseBusy(StorageError):
    """Another process holds the database."""

    code = "E-ST-05"
    title = "another process uses this database"
    remedy = "Stop the other hall process; only one may own a database."


class DurabilityNotAssured(StorageError):
    """The database cannot be brought to write-ahead logging with a synchronised commit."""

    code = "E-ST-06"
    title = "a commit would not be safe against a power cut"
    remedy = "Put the database on a local disk (not a network or memory file system) and start again."


class DatabaseForeign(StorageError):
    """A sound SQLite database that is not this terminal's: of another program, or of another terminal."""

    code = "E-ST-07"
    title = "this is not the database of this terminal"
    remedy = "Check the path and the terminal id in the configuration; nothing was changed."


class DiskFailed(StorageError):
    """The disk reported an error while writing or reading: whether the last transaction is on disk is unknown.

    The connection accepts no further transaction; opening the database again shows what is really there.
    """

    code = "E-ST-08"
    title = "the disk reported an error"
    remedy = "Take no cash; restart the hall, which reads what is really on the disk; have the disk replaced."


class DatabaseMissing(StorageError):
    """No such file, and none was to be made."""

    code = "E-ST-09"
    title = "there is no database"
    remedy = "Check the path in the configuration; a new database is made only when that is asked for."


class EvidenceNotKept(StorageError):
    """A copy of a damaged database could not be made. The original is untouched."""

    code = "E-ST-10"
    title = "the evidence could not be copied aside"
    remedy = "Leave the damaged file where it is and copy it and its -wal file by hand."


class ImportRefused(Exception):
    """Register rows with mistakes. Nothing of the import was kept; `mistakes` names every one of them."""

    code: ClassVar[str] = "E-ST-11"

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        return f"{self.code}: {len(self.mistakes)} mistakes, nothing was imported: " + "; ".join(self.mistakes)


class DuplicateKey(Exception):
    """A record with this key is already committed. Nothing of the batch was written; `existing` is the record that
    is there.
    """

    code: ClassVar[str] = "E-ST-12"

    def __init__(self, existing: Record) -> None:
        super().__init__(existing)
        self.existing = existing

    def __str__(self) -> str:
        return (
            f"{self.code}: key {self.existing.key!r} is already record {self.existing.sequence} ({self.existing.kind})"
        )


class InvalidRecord(AssertionError):
    """A record that must never be written: a float, an integer out of range, an unnamed kind, a limit passed."""


class UnbalancedRecord(InvalidRecord):
    """Postings that do not sum to zero in each unit."""
