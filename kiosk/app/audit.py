"""Is every record where it was, and does the money add up? Read only, also while the hall runs."""

from typing import Any

from storage.database import HallDatabase
from storage.errors import DatabaseDamaged, StorageError
from storage.journal import Journal
from storage.law import law_of_the_house
from storage.ledger import Ledger
from storage.verification import verify


def audit(database: HallDatabase) -> dict[str, Any]:
    """The chain from the first record to the last, and the law of the house over all balances."""
    report = verify(database, full=True)
    law = law_of_the_house(Ledger(database).all_balances())
    return {
        "sound": report.sound and law.holds,
        "rows": report.rows,
        "head": report.head,
        "broken_at": report.broken_at,
        "problem": report.problem,
        "law": "holds" if law.holds else [str(breach) for breach in law.breaches],
    }


def not_readable(error: StorageError) -> dict[str, Any]:
    """The audit of books that cannot be opened."""
    return {
        "sound": False,
        "rows": None,
        "head": None,
        "broken_at": error.broken_at if isinstance(error, DatabaseDamaged) else None,
        "problem": str(error),
        "law": None,
    }


def evidence(database: HallDatabase, subject: str) -> list[dict[str, Any]]:
    """All records about one order, in order, each with its own hash and the one before it."""
    return [
        {
            "sequence": record.sequence,
            "kind": record.kind,
            "business_date": record.stamp.business_date,
            "wall_us": record.stamp.wall_us,
            "clock": record.stamp.clock_quality,
            "who": record.stamp.who,
            "body": dict(record.body),
            "postings": [[p.account, p.unit.value, p.amount] for p in record.postings],
            "previous_hash": record.previous_hash,
            "hash": record.hash,
        }
        for record in Journal(database).records(subject=subject)
    ]
