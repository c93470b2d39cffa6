"""The books as files for others: JSON Lines that anyone can verify, and CSV that any sheet can open. Streaming, also
while the hall runs.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from storage.canonical import unseal
from storage.database import HallDatabase
from storage.failures import translated

JOURNAL_COLUMNS = (
    "sequence",
    "business_date",
    "kind",
    "subject",
    "key",
    "who",
    "boot_id",
    "mono_ns",
    "wall_us",
    "clock_quality",
    "body",
    "previous_hash",
    "hash",
)
POSTING_COLUMNS = ("sequence", "position", "business_date", "kind", "subject", "account", "unit", "amount")


def export_jsonl(db: HallDatabase, out: TextIO) -> int:
    """One sealed record a line, exactly the text that was hashed: the SHA-256 of a line (without its newline) is what
    the next begins with.

    `out` must write UTF-8 and leave newlines alone. Returns the number of records.
    """
    count = 0
    with _rows(db, "SELECT sealed FROM journal ORDER BY sequence") as rows:
        for (sealed,) in rows:
            out.write(sealed)
            out.write("\n")
            count += 1
    return count


def export_csv(db: HallDatabase, journal: TextIO | None = None, postings: TextIO | None = None) -> int:
    """The journal, the postings, or both, with a heading each. Returns the number of rows written.

    Open the files with `newline=""` in UTF-8. Amounts are integer fen or hundredths of a cubic metre, debits positive.
    """
    count = 0
    if journal is not None:
        writer = csv.writer(journal, lineterminator="\r\n")
        writer.writerow(JOURNAL_COLUMNS)
        with _rows(
            db, "SELECT sealed, hash, json_extract(sealed, '$.record.body') FROM journal ORDER BY sequence"
        ) as rows:
            for sealed, record_hash, body in rows:
                r = unseal(sealed, record_hash)
                s = r.stamp
                what = (r.sequence, s.business_date, r.kind, r.subject, r.key or "")
                when = (s.who, s.boot_id, s.mono_ns, s.wall_us, s.clock_quality)
                writer.writerow((*what, *when, body, r.previous_hash, r.hash))
                count += 1
    if postings is not None:
        writer = csv.writer(postings, lineterminator="\r\n")
        writer.writerow(POSTING_COLUMNS)
        sql = (
            "SELECT posting.sequence, position, business_date, kind, subject, account, unit, amount "
            "FROM posting JOIN journal USING (sequence) ORDER BY posting.sequence, position"
        )
        with _rows(db, sql) as rows:
            for row in rows:
                writer.writerow(row)
                count += 1
    return count


@contextmanager
def _rows(db: HallDatabase, sql: str) -> Iterator[Iterator[tuple[Any, ...]]]:
    with translated(db.path):
        cursor = db.connection.execute(sql)
        try:
            yield cursor
        finally:
            cursor.close()
