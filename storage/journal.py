"""The journal: what happened, in order, for good.

`append` is the only way in. It returns when the records are on disk, and either all of them are or none.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.canonical import seal, unseal
from storage.database import CHECKPOINT_EVERY, HallDatabase
from storage.errors import DuplicateKey, InvalidRecord
from storage.failures import translated
from storage.records import NewRecord, Record, Stamp

BATCH_MAX = 1000
"""Most records of one append."""
_PAGE = 256
"""Records read at a time, so that no cursor stays open while the hall writes."""


class Journal:
    def __init__(self, db: HallDatabase) -> None:
        self._db = db
        self._connection = db.connection

    def append(self, records: Sequence[NewRecord], stamp: Stamp) -> tuple[Record, ...]:
        """Commits the records in one transaction and returns them as committed.

        Raises `InvalidRecord` and `UnbalancedRecord` before anything is written; `DuplicateKey` with the record that is
        there, nothing of the batch written; `DiskFull` with nothing written and the journal usable; else what
        `HallDatabase.transaction` raises.
        """
        if not records:
            return ()
        if len(records) > BATCH_MAX:
            raise InvalidRecord(f"{len(records)} records in one append; {BATCH_MAX} is the most")
        keys = [record.key for record in records if record.key is not None]
        if len(set(keys)) != len(keys):
            raise InvalidRecord(f"one batch gives a key twice: {sorted(keys)}")
        committed: list[Record] = []
        rows: list[tuple[int, str, str]] = []
        postings: list[tuple[int, int, str, str, int]] = []
        with self._db.transaction() as connection:
            for key in keys:
                existing = self.by_key(key)
                if existing is not None:
                    raise DuplicateKey(existing)
            first, head = self._db.head()
            sequence = first
            for new in records:
                sequence += 1
                sealed, record = seal(new, stamp, sequence, head)
                head = record.hash
                committed.append(record)
                rows.append((sequence, sealed, head))
                for position, posting in enumerate(record.postings):
                    postings.append((sequence, position, posting.account, posting.unit.value, posting.amount))
            connection.executemany("INSERT INTO journal (sequence, sealed, hash) VALUES (?, ?, ?)", rows)
            if postings:
                connection.executemany(
                    "INSERT INTO posting (sequence, position, account, unit, amount) VALUES (?, ?, ?, ?, ?)", postings
                )
            if sequence // CHECKPOINT_EVERY > first // CHECKPOINT_EVERY:
                connection.execute(
                    "INSERT INTO checkpoint (sequence, hash, reason) VALUES (?, ?, 'count')", (sequence, head)
                )
        return tuple(committed)

    def head(self) -> tuple[int, str]:
        """Sequence and hash of the newest record; (0, the genesis hash) while there is none."""
        return self._db.head()

    def records(
        self, *, after: int = 0, kind: str | None = None, subject: str | None = None, business_date: str | None = None
    ) -> Iterator[Record]:
        """Records with a sequence above `after`, in order, up to the head at the time of the first one; records may
        be appended meanwhile.
        """
        head, _ = self._db.head()
        conditions = ["sequence > ?", "sequence <= ?"]
        wanted: list[str] = []
        for column, value in (("kind", kind), ("subject", subject), ("business_date", business_date)):
            if value is not None:
                conditions.append(f"{column} = ?")
                wanted.append(value)
        # The index of a kind is not in the order of the journal: ask it once for numbers, then read the records page by
        # page.
        if wanted:
            found = self._query(
                f"SELECT sequence FROM journal WHERE {' AND '.join(conditions)}", (after, head, *wanted)
            )
            sequences = sorted(row[0] for row in found)
            for start in range(0, len(sequences), _PAGE):
                page = sequences[start : start + _PAGE]
                marks = ",".join("?" * len(page))
                yield from self._read(f"WHERE sequence IN ({marks}) ORDER BY sequence", tuple(page))
            return
        while after < head:
            page_of_records = self._read(
                "WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?", (after, head, _PAGE)
            )
            if not page_of_records:
                return
            yield from page_of_records
            after = page_of_records[-1].sequence

    def last(self, kind: str | None = None, subject: str | None = None) -> Record | None:
        """The newest record, of that kind, about that subject."""
        conditions, wanted = [], []
        for column, value in (("kind", kind), ("subject", subject)):
            if value is not None:
                conditions.append(f"{column} = ?")
                wanted.append(value)
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        return self._one(f"WHERE sequence = (SELECT max(sequence) FROM journal {where})", tuple(wanted))

    def count(self, kind: str, *, after: int = 0) -> int:
        """How many records of a kind there are above `after`."""
        rows = self._query("SELECT count(*) FROM journal WHERE kind = ? AND sequence > ?", (kind, after))
        counted: int = rows[0][0]
        return counted

    def by_key(self, key: str) -> Record | None:
        return self._one("WHERE key = ?", (key,))

    def by_sequence(self, sequence: int) -> Record | None:
        return self._one("WHERE sequence = ?", (sequence,))

    def open_subjects(self, opened_kind: str, closed_kind: str) -> list[str]:
        """Subjects with a record of `opened_kind` and none of `closed_kind`, oldest first."""
        rows = self._query(
            "SELECT opened.subject FROM journal AS opened WHERE opened.kind = ? AND NOT EXISTS "
            "(SELECT 1 FROM journal AS closed WHERE closed.kind = ? AND closed.subject = opened.subject) "
            "GROUP BY opened.subject ORDER BY min(opened.sequence)",
            (opened_kind, closed_kind),
        )
        return [row[0] for row in rows]

    def _query(self, sql: str, parameters: tuple[str | int, ...]) -> list[tuple[Any, ...]]:
        with translated(self._db.path):
            return self._connection.execute(sql, parameters).fetchall()

    def _read(self, where: str, parameters: tuple[str | int, ...]) -> list[Record]:
        rows = self._query(f"SELECT sealed, hash FROM journal {where}", parameters)
        return [unseal(sealed, record_hash) for sealed, record_hash in rows]

    def _one(self, where: str, parameters: tuple[str | int, ...]) -> Record | None:
        found = self._read(where, parameters)
        return found[0] if found else None
