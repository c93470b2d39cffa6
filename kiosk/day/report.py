"""The X and the Z report: facts, what the journal stores of them, and the paper.

A Z report is stored as the facts that were printed, and printed again from these, so that a copy after years says
what the original said.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from pydantic import TypeAdapter

from devices.print_document import Document
from kiosk.day.totals import DayTotals
from kiosk.paper import facts as paper
from kiosk.paper.report import report
from storage.records import Json


@dataclass(frozen=True, slots=True)
class CountFacts:
    """The blind count of the cash unit, as it was accepted. `unconfirmed_fen`: notes whose fate was unknown at the
    time."""

    cash_unit: str
    counts: tuple[tuple[int, int], ...]
    counted_fen: int
    expected_fen: int
    difference_fen: int
    reason: str
    rounds: int
    """2 if it was counted again."""
    unconfirmed_fen: int


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """`number` and `count` are those of a Z report; an X report has neither. Times are ISO 8601; an X
    report that is taken while no day is open begins at the last close."""

    business_date: str
    hall_name_zh: str
    terminal: str
    service_phone: str
    state: str
    opened_by: str
    opened_at: str
    taken_by: str
    taken_at: str
    totals: DayTotals
    tariff_names: tuple[tuple[str, str], ...] = ()
    """(id, name) of the tariffs as they were called on that day."""
    number: int | None = None
    count: CountFacts | None = None


_FACTS = TypeAdapter(ReportFacts)


def body_of(facts: ReportFacts) -> dict[str, Json]:
    """The facts as a record's body."""
    return cast(dict[str, Json], _FACTS.dump_python(facts, mode="json"))


def facts_of(body: Json) -> ReportFacts:
    """The facts back from a record's body. Raises `ValueError` if it is not one of ours."""
    return _FACTS.validate_python(body)


def document(facts: ReportFacts, columns: int, *, copy: int = 0) -> Document:
    """The paper; `copy` is 0 for the report itself, n where it is printed for the n-th time again.

    The paper has one line for money that waits for a person: suspense, and stacked notes that no order claims.
    """
    totals, count = facts.totals, facts.count
    names = dict(facts.tariff_names)
    return report(
        paper.ReportFacts(
            head=paper.Head(facts.hall_name_zh, facts.terminal, facts.service_phone, columns),
            number=facts.number,
            business_date=date.fromisoformat(facts.business_date),
            opened_at=datetime.fromisoformat(facts.opened_at),
            opened_by=facts.opened_by,
            taken_at=datetime.fromisoformat(facts.taken_at),
            taken_by=facts.taken_by,
            purchases=totals.purchases,
            sales=tuple(
                paper.SalesLine(
                    names.get(line.tariff, line.tariff), line.tier, line.volume_m3_hundredths, line.amount_fen
                )
                for line in totals.sales
            ),
            notes=_notes(totals.notes),
            credit_used_fen=totals.credit_used_fen,
            cash_out_fen=totals.cash_out_fen,
            orders_open_fen=totals.orders_fen,
            credit_given_fen=totals.credit_given_fen,
            slips_given_fen=totals.slips_given_fen,
            slips_paid_fen=totals.slips_paid_fen,
            suspense_fen=totals.suspense_fen + totals.unclaimed_fen,
            unconfirmed_fen=totals.unconfirmed_fen if count is None else count.unconfirmed_fen,
            first_sequence=totals.first_sequence,
            last_sequence=totals.last_sequence,
            chain_head=totals.head,
            count=None
            if count is None
            else paper.CashCount(_notes(count.counts), count.expected_fen, count.rounds, count.reason),
            copy=copy,
        )
    )


def _notes(counts: tuple[tuple[int, int], ...]) -> tuple[paper.NoteCount, ...]:
    return tuple(paper.NoteCount(value_fen, notes) for value_fen, notes in counts)
