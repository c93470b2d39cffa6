"""How many commits a second the journal takes, beside a plain SQLite table with the same number of rows in as many
commits on the same disk.

The records are those that the hall appends for one order, as it appends them: one commit before each thing that
moves. The plain table has no hash chain, no postings, no triggers, no indexes; what it has is the same fsync.
"""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

from kiosk.effects import Append, Effect
from kiosk.virtual import sample_hall
from kiosk.virtual.bench.grown_books import buy_in_model
from kiosk.virtual.bench.programs import BARE_COMMITS
from kiosk.virtual.bench.row import Row, percentile, summary
from kiosk.virtual.bench.setting import Setting
from kiosk.virtual.hall import Program
from kiosk.virtual.model import ModelHall
from storage.canonical import seal
from storage.database import open_database
from storage.journal import Journal
from storage.records import NewRecord, Stamp

GOAL = 0.5
Commit = tuple[NewRecord, ...]


def measure(setting: Setting) -> list[Row]:
    rounds, orders = setting.amount(20, 2), setting.amount(50, 2)
    with setting.folder() as folder:
        order = commits_of_an_order(folder / "model")
        texts = [_rows(commit) for commit in order]
        plain = Program(
            "plain",
            [sys.executable, "-c", BARE_COMMITS, str(folder / "plain.sqlite3")],
            environment={},
            log=folder / "plain.log",
        )
        ours_s, plain_s = [], []
        try:
            plain.wait_for(lambda event: event.get("synchronous") == 2, 30)
            with open_database(folder / "ours.sqlite3", terminal_id=sample_hall.TERMINAL) as database:
                journal = Journal(database)
                for number in range(rounds):
                    # Turn by turn, so that whatever else the disk does falls on both alike.
                    plain_s.append(_plain(plain, texts * orders))
                    ours_s.append(_ours(journal, order, number * orders, orders))
                    setting.progress("rounds", number + 1, rounds)
        finally:
            plain.end()
    commits = len(order) * orders
    ours = commits / percentile(ours_s, 0.5)
    alone = commits / percentile(plain_s, 0.5)
    detail = {
        "commits_of_an_order": len(order),
        "rows_of_an_order": sum(len(rows) for rows in texts),
        "orders_per_s": round(ours / len(order), 1),
        "ours_ms_per_commit": summary([1000 * each / commits for each in ours_s]),
        "plain_ms_per_commit": summary([1000 * each / commits for each in plain_s]),
    }
    return [
        Row(
            "commits a second, one order",
            ours,
            "1/s",
            "plain SQLite, FULL",
            alone,
            "≥ 0.5",
            ours / alone >= GOAL,
            detail,
        )
    ]


def commits_of_an_order(folder: Path) -> list[Commit]:
    """What the hall appends from the card's going in until the slip is out, in the order in which it does."""
    commits: list[Commit] = []

    def note(effect: Effect) -> None:
        if isinstance(effect, Append):
            commits.append(effect.records)

    hall = ModelHall(folder, before_effect=note)
    try:
        hall.boot()
        hall.run(8.0)
        assert hall.staff("day.open", who="clerk:001").accepted
        commits.clear()
        buy_in_model(hall, hall.new_card())
    finally:
        hall.close()
    return [commit for commit in commits if commit]


def _rows(commit: Commit) -> list[str]:
    """As much text as the journal writes: one row for each record and one for each posting."""
    rows = []
    for record in commit:
        sealed, _ = seal(record, _STAMP, 1, "0" * 64)
        rows += [sealed, *(f"{posting.account} {posting.unit} {posting.amount}" for posting in record.postings)]
    return rows


def _plain(plain: Program, commits: list[list[str]]) -> float:
    since = len(plain.events)
    plain.send(json.dumps(commits))
    took: float = plain.wait_for(lambda event: "took_s" in event, 120, since)["took_s"]
    return took


def _ours(journal: Journal, order: list[Commit], first: int, orders: int) -> float:
    copies = [
        [_copy(record, number) for record in commit] for number in range(first, first + orders) for commit in order
    ]
    began = time.perf_counter()
    for commit in copies:
        journal.append(commit, _STAMP)
    return time.perf_counter() - began


def _copy(record: NewRecord, number: int) -> NewRecord:
    """The same record of a later order: ids rise, as those of a hall do."""
    order_id = record.subject
    later = f"{order_id[:-7]}{int(order_id[-7:]) + number:07d}"

    def renamed(text: str) -> str:
        return text.replace(order_id, later)

    postings = tuple(replace(posting, account=renamed(posting.account)) for posting in record.postings)
    key = None if record.key is None else renamed(record.key)
    return NewRecord(record.kind, later, record.body, postings, key)


_STAMP = Stamp("2026-11-23", "bench", 0, 1_795_395_600_000_000, "synchronised", "hall")
