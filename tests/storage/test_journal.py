"""The journal keeps what it is given, in order, once, and takes nothing that has no exact meaning."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.canonical import AMOUNT_MAX, NAME_CHARS_MAX, genesis_hash, link_prefix, seal, unseal
from storage.database import CHECKPOINT_EVERY, HallDatabase, open_database
from storage.errors import DuplicateKey, InvalidRecord, UnbalancedRecord
from storage.journal import Journal
from storage.records import NewRecord, Posting, Stamp, Unit

Orders = Callable[[str], list[NewRecord]]
STAMP = Stamp("2026-03-02", "boot-1", 1, 2, "synchronised", "hall")

_names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
_integers = st.integers(-(2**63), 2**63 - 1)
_json = st.recursive(
    st.none() | st.booleans() | _integers | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=12,
)
_accounts = st.sampled_from(["till:1", "cash_unit:甲", "owed:12:3", "sales:resident", "escrow", "order:2026-03-02.7"])


@st.composite
def _balanced(draw: st.DrawFn) -> tuple[Posting, ...]:
    postings: list[Posting] = []
    for unit in draw(st.lists(st.sampled_from(Unit), unique=True)):
        amounts = draw(st.lists(st.integers(-AMOUNT_MAX // 8, AMOUNT_MAX // 8), min_size=1, max_size=4))
        postings += [Posting(draw(_accounts), unit, amount) for amount in (*amounts, -sum(amounts))]
    return tuple(postings)


def _records() -> st.SearchStrategy[NewRecord]:
    return st.builds(
        NewRecord,
        kind=_names,
        subject=_names,
        body=st.dictionaries(_names, _json, max_size=4),
        postings=_balanced(),
        key=st.none() | _names,
    )


def test_an_append_returns_what_is_read_back(journal: Journal, order: Orders, stamp: Stamp) -> None:
    committed = journal.append(order("a"), stamp)
    assert [record.sequence for record in committed] == [1, 2, 3, 4]
    assert tuple(journal.records()) == committed
    assert journal.head() == (4, committed[-1].hash)


def test_what_was_appended_is_there_after_closing(path: Path, order: Orders, stamp: Stamp) -> None:
    with open_database(path) as db:
        committed = Journal(db).append(order("a"), stamp)
    with open_database(path, create=False) as db:
        assert tuple(Journal(db).records()) == committed


def test_each_record_follows_the_one_before_from_the_terminals_genesis(
    db: HallDatabase, journal: Journal, order: Orders, stamp: Stamp
) -> None:
    first, second, *_ = journal.append(order("a"), stamp)
    assert first.previous_hash == db.genesis_hash == genesis_hash("terminal")
    assert second.previous_hash == first.hash


def test_the_hash_is_the_sha256_of_the_sealed_line(
    db: HallDatabase, journal: Journal, order: Orders, stamp: Stamp
) -> None:
    journal.append(order("a"), stamp)
    for sealed, record_hash in db.connection.execute("SELECT sealed, hash FROM journal"):
        assert sha256(sealed.encode()).hexdigest() == record_hash


def test_terminals_have_different_chains() -> None:
    assert genesis_hash("terminal-1") != genesis_hash("terminal-2")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(_records(), st.integers(1, 2**63 - 1))
def test_a_sealed_record_says_exactly_what_was_sealed(new: NewRecord, sequence: int) -> None:
    sealed, record = seal(new, STAMP, sequence, "0" * 64)
    assert unseal(sealed, record.hash) == record
    assert (record.kind, record.subject, record.key, record.postings) == (new.kind, new.subject, new.key, new.postings)
    assert record.body == new.body
    assert sealed.startswith(link_prefix("0" * 64, new.postings))
    assert "\n" not in sealed


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40, deadline=None
)
@given(st.lists(_records(), max_size=5))
def test_any_batch_is_found_again_by_every_way_of_looking(db: HallDatabase, records: list[NewRecord]) -> None:
    journal = Journal(db)
    # A key may exist once in a whole journal, and this one is shared by all examples.
    batch = [replace(record, key=None) for record in records]
    before, _ = journal.head()
    committed = journal.append(batch, STAMP)
    assert tuple(journal.records(after=before)) == committed
    for record in committed:
        assert record in tuple(journal.records(kind=record.kind, subject=record.subject, after=before))
        assert journal.by_sequence(record.sequence) == record


def test_the_order_of_members_in_a_body_makes_no_difference() -> None:
    one = seal(NewRecord("k", "s", {"a": 1, "b": {"c": 2, "d": 3}}), STAMP, 1, "0" * 64)
    other = seal(NewRecord("k", "s", {"b": {"d": 3, "c": 2}, "a": 1}), STAMP, 1, "0" * 64)
    assert one == other


@pytest.mark.parametrize(
    "body",
    [
        {"amount": 1.0},
        {"deep": [{"amount": 0.1}]},
        {"amount": 2**63},
        {"amount": -(2**63) - 1},
        {1: "a name that is a number"},
        {"raw": b"bytes"},
        {"half a character": "\ud800"},
        {"set": {1}},
    ],
    ids=str,
)
def test_a_body_without_exact_meaning_is_refused_and_nothing_is_written(
    journal: Journal, stamp: Stamp, body: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRecord):
        journal.append([NewRecord("a", "s", {}), NewRecord("b", "s", body)], stamp)
    assert journal.head()[0] == 0


def test_a_body_too_deep_or_too_long_is_refused(journal: Journal, stamp: Stamp) -> None:
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    for body in ({"deep": deep}, {"long": "气" * 400_000}):
        with pytest.raises(InvalidRecord):
            journal.append([NewRecord("k", "s", body)], stamp)
    assert journal.head()[0] == 0


@pytest.mark.parametrize(
    "postings",
    [
        (Posting("till:1", Unit.FEN, 1),),
        (Posting("till:1", Unit.FEN, 1), Posting("sales:x", Unit.FEN, -2)),
        (Posting("till:1", Unit.FEN, 1), Posting("gas_sold:x", Unit.M3_HUNDREDTHS, -1)),
    ],
    ids=["alone", "unequal", "across units"],
)
def test_postings_that_do_not_balance_in_each_unit_are_refused(
    journal: Journal, stamp: Stamp, postings: tuple[Posting, ...]
) -> None:
    with pytest.raises(UnbalancedRecord):
        journal.append([NewRecord("k", "s", {}, postings)], stamp)
    assert journal.head()[0] == 0


@pytest.mark.parametrize("amount", [True, 1.0, "1", None, AMOUNT_MAX + 1, 2**63], ids=repr)
def test_an_amount_is_a_whole_number_in_range(journal: Journal, stamp: Stamp, amount: Any) -> None:
    opposite: Any = -amount if isinstance(amount, (int, float)) else amount
    postings = (Posting("till:1", Unit.FEN, amount), Posting("sales:x", Unit.FEN, opposite))
    with pytest.raises(InvalidRecord):
        journal.append([NewRecord("k", "s", {}, postings)], stamp)


@pytest.mark.parametrize(
    "account", ["", "Till:1", "till:", "till: 1", 'till:"', "till:\\", "till:\n", "till:1:" + "9" * 200, "till\x00"]
)
def test_an_account_has_a_plain_name(journal: Journal, stamp: Stamp, account: str) -> None:
    postings = (Posting(account, Unit.FEN, 1), Posting("sales:x", Unit.FEN, -1))
    with pytest.raises(InvalidRecord):
        journal.append([NewRecord("k", "s", {}, postings)], stamp)


@pytest.mark.parametrize(
    "changes",
    [
        {"business_date": "2026-3-2"},
        {"business_date": ""},
        {"mono_ns": 1.5},
        {"wall_us": True},
        {"who": ""},
        {"boot_id": "a\nb"},
    ],
    ids=str,
)
def test_a_stamp_is_whole(journal: Journal, stamp: Stamp, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidRecord):
        journal.append([NewRecord("k", "s", {})], replace(stamp, **changes))


@pytest.mark.parametrize("field", ["kind", "subject", "key"])
@pytest.mark.parametrize("value", ["", "a\x00b", "x" * (NAME_CHARS_MAX + 1), 7])
def test_a_records_names_are_printable_and_bounded(journal: Journal, stamp: Stamp, field: str, value: Any) -> None:
    with pytest.raises(InvalidRecord):
        journal.append([replace(NewRecord("k", "s", {}), **{field: value})], stamp)


def test_a_key_that_exists_names_the_record_that_has_it_and_nothing_of_the_batch_is_kept(
    journal: Journal, order: Orders, stamp: Stamp
) -> None:
    committed = journal.append(order("a"), stamp)
    with pytest.raises(DuplicateKey) as caught:
        journal.append([NewRecord("new", "b", {}), NewRecord("note.secured", "b", {}, key="note:a-1")], stamp)
    assert caught.value.existing == committed[1]
    assert tuple(journal.records()) == committed


def test_a_retry_of_an_append_is_recognised_after_a_restart(path: Path, order: Orders, stamp: Stamp) -> None:
    with open_database(path) as db:
        committed = Journal(db).append(order("a"), stamp)
    with open_database(path) as db, pytest.raises(DuplicateKey) as caught:
        Journal(db).append(order("a"), stamp)
    assert caught.value.existing == committed[1]


def test_one_batch_may_not_give_a_key_twice(journal: Journal, stamp: Stamp) -> None:
    with pytest.raises(InvalidRecord):
        journal.append([NewRecord("k", "a", {}, key="x"), NewRecord("k", "b", {}, key="x")], stamp)
    assert journal.head()[0] == 0


def test_an_empty_append_writes_nothing(journal: Journal, stamp: Stamp) -> None:
    assert journal.append([], stamp) == ()
    assert journal.head()[0] == 0


def test_a_body_that_the_caller_changes_later_does_not_change_the_record(journal: Journal, stamp: Stamp) -> None:
    lines: list[Any] = [1]
    (record,) = journal.append([NewRecord("k", "s", {"lines": lines})], stamp)
    lines.append(2)
    assert record == journal.by_sequence(1)
    assert record.body == {"lines": [1]}


def test_records_are_selected_by_kind_subject_date_and_place(journal: Journal, order: Orders, stamp: Stamp) -> None:
    journal.append(order("a"), stamp)
    journal.append(order("b"), replace(stamp, business_date="2026-03-03"))
    assert [r.sequence for r in journal.records(kind="note.secured")] == [2, 6]
    assert [r.sequence for r in journal.records(subject="b")] == [5, 6, 7, 8]
    assert [r.sequence for r in journal.records(business_date="2026-03-03", kind="order.closed")] == [8]
    assert [r.sequence for r in journal.records(after=6)] == [7, 8]
    assert [r.sequence for r in journal.records(after=6, subject="a")] == []


def test_the_newest_record_is_found_by_kind_and_subject(journal: Journal, order: Orders, stamp: Stamp) -> None:
    assert journal.last() is None
    journal.append(order("a") + order("b"), stamp)
    found = [
        journal.last(),
        journal.last(kind="note.secured"),
        journal.last(subject="a"),
        journal.last("note.secured", "a"),
    ]
    assert [record and record.sequence for record in found] == [8, 6, 4, 2]
    assert journal.last(kind="never") is None


def test_a_record_is_found_by_its_key(journal: Journal, order: Orders, stamp: Stamp) -> None:
    committed = journal.append(order("a"), stamp)
    assert journal.by_key("note:a-1") == committed[1]
    assert journal.by_key("note:b-1") is None
    assert journal.by_sequence(9) is None


def test_open_subjects_are_those_never_closed_oldest_first(journal: Journal, order: Orders, stamp: Stamp) -> None:
    for name in ("z", "a", "m"):
        journal.append(order(name)[:1], stamp)
    journal.append(order("a")[1:], stamp)
    assert journal.open_subjects("order.opened", "order.closed") == ["z", "m"]
    assert journal.open_subjects("never", "order.closed") == []


def test_reading_goes_on_while_the_hall_appends(journal: Journal, order: Orders, stamp: Stamp) -> None:
    for number in range(100):
        journal.append(order(f"o{number}"), stamp)
    seen = 0
    for seen, _ in enumerate(journal.records(), start=1):
        if seen % 100 == 1:
            journal.append([NewRecord("meanwhile", "x", {})], stamp)
    assert seen == 400
    assert journal.head()[0] == 404


def test_questions_of_recovery_are_answered_from_indexes(db: HallDatabase) -> None:
    questions = (
        "SELECT max(sequence) FROM journal WHERE kind = 'a' AND subject = 'b'",
        "SELECT sealed FROM journal WHERE key = 'a'",
        "SELECT sequence FROM journal WHERE subject = 'a'",
        "SELECT sequence FROM journal WHERE business_date = 'a'",
        "SELECT sum(amount) FROM posting WHERE unit = 'fen' AND account = 'a'",
    )
    for question in questions:
        plan = " ".join(row[3] for row in db.connection.execute(f"EXPLAIN QUERY PLAN {question}"))
        assert "USING" in plan, question
        assert "SCAN" not in plan, question


def test_a_checkpoint_is_set_down_every_so_many_records(db: HallDatabase, journal: Journal, stamp: Stamp) -> None:
    for _ in range(3):
        journal.append([NewRecord("k", "s", {})] * (CHECKPOINT_EVERY // 2 + 1), stamp)
    found = db.connection.execute("SELECT sequence, hash FROM checkpoint").fetchall()
    sequence = 2 * (CHECKPOINT_EVERY // 2 + 1)
    record = journal.by_sequence(sequence)
    assert record is not None
    assert found == [(sequence, record.hash)]


_VANDALISM = (
    "UPDATE journal SET sealed = sealed",
    "DELETE FROM journal WHERE sequence = 2",
    "INSERT OR REPLACE INTO journal (sequence, sealed, hash) SELECT sequence, sealed, hash FROM journal LIMIT 1",
    "INSERT INTO journal (sequence, sealed, hash) "
    "SELECT 9, replace(sealed, '\"sequence\":1', '\"sequence\":9'), hash FROM journal LIMIT 1",
    "UPDATE posting SET amount = amount + 1",
    "DELETE FROM posting",
    "INSERT OR REPLACE INTO posting SELECT sequence, position, account, unit, amount * 2 FROM posting",
    "INSERT INTO posting VALUES (77, 0, 'till:1', 'fen', 5)",
    "INSERT INTO posting VALUES (1, 0, 'till:1', 'fen', 0.5)",
    "UPDATE checkpoint SET sequence = 1",
    "DELETE FROM checkpoint",
    "INSERT OR REPLACE INTO checkpoint SELECT sequence, hash, 'again' FROM checkpoint",
    "UPDATE identity SET terminal_id = 'other'",
    "DELETE FROM identity",
)


@pytest.mark.parametrize("statement", _VANDALISM)
def test_what_is_committed_cannot_be_changed_or_taken_away(
    db: HallDatabase, journal: Journal, order: Orders, stamp: Stamp, statement: str
) -> None:
    committed = journal.append(order("a"), stamp)
    db.checkpoint("test")
    with pytest.raises(sqlite3.IntegrityError):
        db.connection.execute(statement)
    assert tuple(journal.records()) == committed


@pytest.mark.parametrize("statement", [s for s in _VANDALISM if "77" not in s])
def test_another_program_cannot_either(
    path: Path, order: Orders, stamp: Stamp, statement: str, raw: Callable[[Path], sqlite3.Connection]
) -> None:
    with open_database(path) as db:
        committed = Journal(db).append(order("a"), stamp)
    vandal = raw(path)
    with pytest.raises(sqlite3.IntegrityError):
        vandal.execute(statement)
    vandal.close()
    with open_database(path) as db:
        assert tuple(Journal(db).records()) == committed
