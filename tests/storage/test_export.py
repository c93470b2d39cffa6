"""What leaves the house is what was committed, and can be verified by anyone."""

import csv
import io
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from storage.canonical import unseal
from storage.database import HallDatabase, open_readonly
from storage.export import JOURNAL_COLUMNS, export_csv, export_jsonl
from storage.journal import Journal
from storage.records import NewRecord, Stamp

Orders = Callable[[str], list[NewRecord]]


def test_exported_lines_verify_with_sha256_alone(db: HallDatabase, order: Orders, stamp: Stamp) -> None:
    committed = Journal(db).append([*order("a"), NewRecord("note", "甲", {"text": "两行\n“引号”\u2028"})], stamp)
    out = io.StringIO(newline="")
    assert export_jsonl(db, out) == 5
    lines = out.getvalue().split("\n")
    assert lines.pop() == ""
    previous = db.genesis_hash
    for line, record in zip(lines, committed, strict=True):
        assert json.loads(line)["after"] == previous
        previous = sha256(line.encode()).hexdigest()
        assert unseal(line, previous) == record


def test_the_journal_as_a_sheet_has_a_row_a_record(db: HallDatabase, order: Orders, stamp: Stamp) -> None:
    committed = Journal(db).append(order("a"), stamp)
    out = io.StringIO(newline="")
    assert export_csv(db, journal=out) == 4
    rows = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    assert tuple(rows[0]) == JOURNAL_COLUMNS
    assert [row["hash"] for row in rows] == [record.hash for record in committed]
    assert json.loads(rows[0]["body"]) == committed[0].body
    assert (rows[1]["key"], rows[0]["key"], rows[0]["who"]) == ("note:a-1", "", "hall")


def test_the_postings_as_a_sheet_add_up_to_nothing(db: HallDatabase, path: Path, order: Orders, stamp: Stamp) -> None:
    Journal(db).append(order("a") + order("b"), stamp)
    out = io.StringIO(newline="")
    with open_readonly(path) as reader:
        assert export_csv(reader, postings=out) == 12
    rows = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    assert sum(int(row["amount"]) for row in rows if row["unit"] == "fen") == 0
    assert (rows[0]["sequence"], rows[0]["account"], rows[0]["amount"]) == ("2", "cash_unit:1", "1000")
    assert {row["business_date"] for row in rows} == {"2026-03-02"}
