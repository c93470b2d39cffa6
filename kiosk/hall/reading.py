"""What a start reads from the journal: where the day stands, and who waits in the line."""

from collections.abc import Sequence

from kiosk.day.state import DAY_KINDS, PAPER_KINDS
from storage.journal import Journal
from storage.records import Record
from ticketing.facts import KINDS, Fact, decode

LINE_DAYS_KEPT = 5
"""Business dates whose services still count for the waiting times after a restart."""


def day_records(journal: Journal) -> list[Record]:
    """The day's own records whole; of the papers only those that may still be open."""
    closed = journal.last(kind="day.closed")
    since = 0 if closed is None else closed.sequence
    records = _of_kinds(journal, DAY_KINDS) + _of_kinds(journal, PAPER_KINDS, after=since)
    return sorted(records, key=lambda record: record.sequence)


def line_facts(journal: Journal) -> list[Fact]:
    """The facts of the newest business dates."""
    begun = [record.sequence for record in journal.records(kind="queue.day_begun")]
    after = begun[-LINE_DAYS_KEPT] - 1 if len(begun) >= LINE_DAYS_KEPT else 0
    return [decode(record.kind, record.body) for record in _of_kinds(journal, sorted(KINDS), after=after)]


def _of_kinds(journal: Journal, kinds: Sequence[str], *, after: int = 0) -> list[Record]:
    records = (record for kind in kinds for record in journal.records(kind=kind, after=after))
    return sorted(records, key=lambda record: record.sequence)
