"""Cards in a real PC/SC stack: read, written, torn, foreign."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from devices.card_reader import CardInserted, CardRead, CardRemoved, CardWritten, WriteOutcome
from devices.gas_card.codec import decode, with_purchase
from devices.gas_card.problem import CardProblem
from devices.gas_card.writing import Settlement, settle

pytestmark = pytest.mark.wire

Content = Callable[[str], bytes]
SOLD_ON = date(2026, 3, 1)


def read(terminal: Any, token: str = "r") -> CardRead:
    terminal.reader.read_card(token, 0.0)
    return terminal.wait(CardRead, lambda event: event.token == token)


def write(terminal: Any, before: bytes, after: bytes, token: str = "w") -> CardWritten:
    terminal.reader.write_card(token, before, after, 0.0)
    return terminal.wait(CardWritten, lambda event: event.token == token)


def insert(terminal: Any, command: str = "insert a") -> CardInserted:
    terminal.stack.do(command, "inserted")
    return terminal.wait(CardInserted)


def told(terminal: Any, event: str) -> list[dict[str, object]]:
    return [fact for fact in terminal.stack.take_events() if fact["event"] == event]


def test_a_card_is_seen_read_and_left_untouched(terminal: Any, card_content: Content) -> None:
    before = card_content("a")
    assert insert(terminal).atr == bytes.fromhex("3B04A2131091")
    answer = read(terminal)
    assert (answer.problem, answer.image) == (None, before)
    assert answer.card == decode(before)
    terminal.stack.do("pull", "pulled")
    terminal.wait(CardRemoved)
    facts = terminal.stack.take_events()
    assert not [fact for fact in facts if fact["event"] in ("psc", "programmed", "violation")]


def test_a_purchase_is_written_and_the_meter_takes_it(terminal: Any, card_content: Content) -> None:
    insert(terminal)
    before = read(terminal).image
    assert before is not None
    after = with_purchase(before, volume_m3_hundredths=4166, sold_on=SOLD_ON)
    written = write(terminal, before, after)
    assert (written.outcome, written.image, card_content("a")) == (WriteOutcome.DONE, after, after)
    assert write(terminal, before, after, "again").outcome is WriteOutcome.DONE
    terminal.stack.do("pull", "pulled")
    facts = terminal.stack.take_events()
    assert [fact["right"] for fact in facts if fact["event"] == "psc"] == [True]
    assert [fact for fact in facts if fact["event"] == "violation"] == []
    assert facts[-1]["event"] == "pulled"
    assert (facts[-1]["sequence"], facts[-1]["volume"]) == (1, 4166)
    assert terminal.stack.do("meter a", "metered")["accepted"] == 1
    terminal.between_insertions()
    insert(terminal)
    card = read(terminal, "after the meter").card
    assert card is not None
    assert card.previous_purchase_in_meter
    assert card.meter is not None
    assert card.meter.remaining_m3_hundredths == 4166


@pytest.mark.parametrize("byte", [0, 12, 27])
def test_a_torn_write_is_unknown_then_settled_then_finished(terminal: Any, card_content: Content, byte: int) -> None:
    insert(terminal)
    before = card_content("a")
    after = with_purchase(before, volume_m3_hundredths=4166, sold_on=SOLD_ON)
    terminal.stack.do(f"tear {byte} 5C", "armed")
    assert write(terminal, before, after).outcome is WriteOutcome.UNKNOWN
    terminal.wait(CardRemoved)
    kinds = [type(event) for event in terminal.events]
    assert kinds.index(CardWritten) < kinds.index(CardRemoved)
    terminal.between_insertions()
    insert(terminal)
    now = read(terminal).image
    assert now is not None
    assert now == card_content("a")
    assert settle(now, before, after) is Settlement.TORN_REPAIRABLE
    assert write(terminal, before, after, "w2").outcome is WriteOutcome.DONE
    assert card_content("a") == after
    assert told(terminal, "violation") == []


def test_a_card_pulled_by_hand_while_it_is_written(terminal: Any, card_content: Content) -> None:
    insert(terminal)
    before = card_content("a")
    after = with_purchase(before, volume_m3_hundredths=4166, sold_on=SOLD_ON)
    terminal.reader.write_card("w", before, after, 0.0)
    terminal.pump(0.0)
    terminal.stack.wait_event("psc")
    terminal.stack.do("pull", "pulled")
    written = terminal.wait(CardWritten)
    terminal.wait(CardRemoved)
    settlement = settle(card_content("a"), before, after)
    assert written.outcome is WriteOutcome.UNKNOWN
    assert settlement in (Settlement.TORN_REPAIRABLE, Settlement.NOT_WRITTEN, Settlement.WRITTEN)
    terminal.between_insertions()
    insert(terminal)
    assert write(terminal, before, after, "w2").outcome is WriteOutcome.DONE
    assert card_content("a") == after


@pytest.mark.parametrize("kind", ["cpu", "sle4428"])
def test_a_foreign_card_is_recognised_and_not_touched(terminal: Any, card_content: Content, kind: str) -> None:
    insert(terminal, f"foreign {kind}")
    assert read(terminal).problem is CardProblem.FOREIGN
    ours = card_content("a")
    written = write(terminal, ours, with_purchase(ours, volume_m3_hundredths=1, sold_on=None))
    assert (written.outcome, written.problem) == (WriteOutcome.REFUSED, CardProblem.FOREIGN)
    facts = terminal.stack.take_events()
    assert not [fact for fact in facts if fact["event"] in ("psc", "programmed", "violation")]


def test_a_blank_card_gets_no_psc(terminal: Any, card_content: Content) -> None:
    terminal.stack.do("blank b", "created")
    insert(terminal, "insert b")
    assert read(terminal).problem is CardProblem.BLANK
    written = write(terminal, card_content("b"), card_content("a"))
    assert (written.outcome, written.problem) == (WriteOutcome.REFUSED, CardProblem.BLANK)
    facts = terminal.stack.take_events()
    assert not [fact for fact in facts if fact["event"] in ("psc", "programmed", "violation")]


def test_a_locked_card_is_refused_without_a_presentation(terminal: Any, card_content: Content) -> None:
    terminal.stack.do("lock a", "locked")
    insert(terminal)
    before = card_content("a")
    written = write(terminal, before, with_purchase(before, volume_m3_hundredths=1, sold_on=None))
    assert (written.outcome, written.problem) == (WriteOutcome.REFUSED, CardProblem.LOCKED)
    assert card_content("a") == before
    assert told(terminal, "psc") == []


def test_a_card_that_is_not_the_expected_one_is_refused(terminal: Any, card_content: Content) -> None:
    terminal.stack.do("new c 00000018 0000005678 202400000010", "created")
    insert(terminal, "insert c")
    expected, other = card_content("a"), card_content("c")
    written = write(terminal, expected, with_purchase(expected, volume_m3_hundredths=1, sold_on=None))
    assert (written.outcome, written.problem) == (WriteOutcome.REFUSED, CardProblem.FOREIGN)
    assert card_content("c") == other
    assert told(terminal, "psc") == []


def test_a_mute_card_is_told_apart(terminal: Any) -> None:
    assert insert(terminal, "mute").atr == b""
    assert read(terminal).problem is CardProblem.MUTE


def test_a_swap_is_a_removal_and_an_insertion(terminal: Any) -> None:
    terminal.stack.do("new c 00000018 0000005678 202400000010", "created")
    insert(terminal)
    first = read(terminal, "r1").card
    terminal.stack.do("pull", "pulled")
    terminal.stack.do("insert c", "inserted")
    terminal.wait(CardRemoved)
    terminal.wait(CardInserted)
    second = read(terminal, "r2").card
    assert first is not None
    assert second is not None
    assert (first.card_no, second.card_no) == ("00000017", "00000018")
