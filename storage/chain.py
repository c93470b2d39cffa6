"""Walks the hash chain on an open connection, comparing bytes: nothing is parsed, nothing is kept in memory."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain as one_after_another
from typing import TypeAlias

from storage.canonical import hash_of, posting_text

_PostingRow: TypeAlias = tuple[int, int, str, str, int]
_NO_MORE: _PostingRow = (2**63 - 1, 0, "", "", 0)


@dataclass(frozen=True, slots=True)
class Walk:
    """`rows` were sound, the last of them is `sequence` with `hash`; `broken_at` is the first that is not, `problem`
    says why.
    """

    rows: int
    sequence: int
    hash: str
    broken_at: int | None = None
    problem: str | None = None


def walk(connection: sqlite3.Connection, after: int, after_hash: str) -> Walk:
    """Checks every record after sequence `after`, whose hash is `after_hash` (the genesis hash for 0): numbered without
    a gap, each beginning with the hash before it and with exactly the postings that stand in the posting table, each
    with its own hash.

    SQLite errors pass through.
    """
    previous, expected, rows = after_hash, after + 1, 0
    found = connection.execute(
        "SELECT sequence, position, account, unit, amount FROM posting WHERE sequence > ? ORDER BY sequence, position",
        (after,),
    )
    postings: Iterator[_PostingRow] = one_after_another(found, (_NO_MORE,))
    posting = next(postings)

    def broken(problem: str, at: int = 0) -> Walk:
        return Walk(rows, expected - 1, previous, at or expected, problem)

    journal = connection.execute(
        "SELECT sequence, CAST(sealed AS BLOB), hash FROM journal WHERE sequence > ? ORDER BY sequence", (after,)
    )
    for sequence, sealed, record_hash in journal:
        if sequence != expected:
            return broken(f"record {expected} is missing; {sequence} follows")
        # A damaged page can put a value of any type into any column, whatever the schema says.
        if type(posting[0]) is not int or type(sealed) is not bytes:
            return broken(f"record {sequence} or a posting near it holds values of the wrong type")
        if posting[0] < sequence:
            return broken(f"a posting stands at {posting[0]}, where no record has it", posting[0])
        texts: list[str] = []
        while posting[0] == sequence:
            if posting[1] != len(texts):
                return broken(f"posting {len(texts)} of record {sequence} is missing")
            texts.append(posting_text(posting[2], posting[3], posting[4]))
            posting = next(postings)
            if type(posting[0]) is not int:
                return broken(f"a posting after those of record {sequence} has no number")
        if hash_of(sealed) != record_hash:
            return broken(f"record {sequence} does not have its hash")
        if not sealed.startswith(f'{{"after":"{previous}","postings":['.encode()):
            return broken(f"record {sequence} does not follow the record before it")
        if not sealed.startswith(f'{{"after":"{previous}","postings":[{",".join(texts)}],"record":'.encode()):
            return broken(f"the postings of record {sequence} are not those that were sealed")
        previous = record_hash
        expected += 1
        rows += 1
    if posting is not _NO_MORE:
        return broken(f"a posting stands at {posting[0]}, after the last record", posting[0])
    return Walk(rows, expected - 1, previous)


def checkpoint_problem(connection: sqlite3.Connection) -> tuple[int, str] | None:
    """The first checkpoint that the journal does not bear out, and a heartbeat that saw more records than there are."""
    row = connection.execute(
        "SELECT checkpoint.sequence, journal.hash FROM checkpoint LEFT JOIN journal USING (sequence) "
        "WHERE journal.hash IS NULL OR journal.hash <> checkpoint.hash ORDER BY checkpoint.sequence LIMIT 1"
    ).fetchone()
    if row is not None and row[1] is None:
        return row[0], f"record {row[0]} stands in a checkpoint and is not in the journal"
    if row is not None:
        return row[0], f"record {row[0]} is not the one that its checkpoint names"
    beat = connection.execute(
        "SELECT head_sequence, head FROM heartbeat, (SELECT coalesce(max(sequence), 0) AS head FROM journal) "
        "WHERE typeof(head_sequence) <> 'integer' OR head_sequence > head"
    ).fetchone()
    if beat is not None:
        return beat[1] + 1, f"the journal once had {beat[0]} records and ends at {beat[1]}"
    return None


def newest_checkpoint(connection: sqlite3.Connection) -> tuple[int, str] | None:
    row = connection.execute("SELECT sequence, hash FROM checkpoint ORDER BY sequence DESC LIMIT 1").fetchone()
    return None if row is None else (row[0], row[1])


def unbalanced_record(connection: sqlite3.Connection) -> int | None:
    """The first record whose postings do not sum to zero in each unit."""
    row = connection.execute(
        "SELECT sequence FROM posting GROUP BY sequence HAVING sum(CASE unit WHEN 'fen' THEN amount ELSE 0 END) <> 0 "
        "OR sum(CASE unit WHEN 'fen' THEN 0 ELSE amount END) <> 0 ORDER BY sequence LIMIT 1"
    ).fetchone()
    return None if row is None else row[0]
