"""Facts go to the journal and come back the same."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.facts import KINDS, Fact, FactInvalid, TicketPrinted, decode, encode

facts = st.from_type(Fact)  # type: ignore[arg-type]


@given(facts)
def test_a_fact_comes_back_from_the_journal_as_it_was(fact: Fact) -> None:
    kind, body = encode(fact)
    assert kind in KINDS
    assert all(type(value) in (str, int, bool, type(None)) for value in body.values())
    assert decode(kind, body) == fact


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("queue.nonsense", {}),
        ("queue.printed", {"number": "A001"}),
        ("queue.printed", {"number": "A001", "at_ms": 1, "more": 2}),
        ("queue.day_begun", {"business_date": "yesterday", "at_ms": 1}),
        ("queue.voided", {"number": "A001", "reason": "because", "at_ms": 1}),
    ],
)
def test_what_is_not_a_fact_is_refused(kind: str, body: dict[str, object]) -> None:
    with pytest.raises(FactInvalid):
        decode(kind, body)


def test_the_journal_form_is_plain() -> None:
    assert encode(TicketPrinted("A001", 7)) == ("queue.printed", {"number": "A001", "at_ms": 7})
    assert date(2026, 1, 1).isoformat() == "2026-01-01"
