"""A disk without room costs nothing that was committed, keeps nothing of what was not, and is over when there is
room again.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import HallDatabase, open_database
from storage.errors import DiskFull
from storage.journal import Journal
from storage.records import NewRecord, Record, Stamp
from storage.verification import verify

_LONG = [NewRecord("long", "x", {"text": "气" * 30_000})]


def _fill(db: HallDatabase, stamp: Stamp) -> list[Record]:
    """What was committed before the disk was full."""
    committed: list[Record] = []
    try:
        while len(committed) < 100:
            committed += Journal(db).append(_LONG, stamp)
    except DiskFull:
        return committed
    pytest.fail("the disk never was full")


def test_a_full_database_keeps_what_was_committed_and_goes_on_when_there_is_room(
    db: HallDatabase, stamp: Stamp
) -> None:
    pages = db.connection.execute("PRAGMA page_count").fetchone()[0]
    db.connection.execute(f"PRAGMA max_page_count = {pages + 100}")
    committed = _fill(db, stamp)
    assert committed
    assert list(Journal(db).records()) == committed
    db.connection.execute(f"PRAGMA max_page_count = {pages + 10_000}")
    committed += Journal(db).append(_LONG, stamp)
    assert list(Journal(db).records()) == committed
    assert verify(db).sound


_LIMITED = """
import resource, signal
from pathlib import Path
from storage.database import open_database
from storage.errors import DiskFailed
from storage.journal import Journal
from storage.records import NewRecord, Stamp
db = open_database(Path({path!r}))
journal = Journal(db)
stamp = Stamp("2026-03-02", "boot-2", 1, 2, "synchronised", "hall")
one = [NewRecord("long", "x", {{"text": "x" * 50_000}})]
last = journal.append(one, stamp)[-1]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
refused = []
while len(refused) < 3:
    try:
        last = journal.append(one, stamp)[-1]
    except DiskFailed as error:
        refused.append("earlier failure" in error.evidence)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
print(last.sequence, last.hash, *refused, flush=True)
input()
"""


def test_after_a_write_that_the_system_refuses_nothing_is_taken_until_the_database_is_opened_again(
    path: Path, python: Callable[[str], "subprocess.Popen[str]"]
) -> None:
    """A real refusal in the middle of the log: no file may grow past 400 kB for a while. Then the process is killed."""
    writer = python(_LIMITED.format(path=str(path)))
    assert writer.stdout is not None
    sequence, record_hash, *earlier = writer.stdout.readline().split()
    assert earlier == ["False", "True", "True"]
    writer.kill()
    writer.wait()
    with open_database(path, create=False) as db:
        assert db.head() == (int(sequence), record_hash)
        assert int(sequence) > 3
        assert verify(db).sound
