"""The scenarios, the reckoning and the drill are worth something only if they see a fault: here some are planted."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.effects import Append
from kiosk.topup import bookings, collecting, ending, machine, recovery, writing
from kiosk.topup.order import Order, OrderState
from kiosk.topup.session import Phase, Step, Visit
from kiosk.virtual.drill import drill
from kiosk.virtual.scenarios import BY_NAME, play
from storage.records import NewRecord


def _cut(name: str, folder: Path) -> tuple[str, ...]:
    report = drill([BY_NAME[name]], folder, hows=("killed, bytes lost",), every=3)
    return tuple(str(violation) for violation in report.violations)


def test_a_note_that_is_stacked_before_its_record_is_on_disk_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = collecting.offered

    def stack_first(visit: Visit, event: Any, house: Any) -> Step:
        step = right(visit, event, house)
        return replace(step, effects=tuple(sorted(step.effects, key=lambda effect: isinstance(effect, Append))))

    monkeypatch.setattr("kiosk.topup.machine.TABLE", _table_with(Phase.COLLECTING, "NoteOffered", stack_first))
    assert any("StackNote before the record" in wrong for wrong in play(BY_NAME["by amount"], tmp_path / "hall"))


def _table_with(phase: Phase, event: str, handler: Any) -> Any:
    return {key: handler if (key[0], key[1].__name__) == (phase, event) else old for key, old in machine.TABLE.items()}


def test_a_write_that_is_taken_back_because_it_seemed_to_fail_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = recovery.papers_and_write

    def take_back(order: Order) -> tuple[NewRecord, ...]:
        if order.state is OrderState.WRITE_INTENDED:
            return (bookings.not_written(order, "no answer"),)
        return right(order)

    monkeypatch.setattr(recovery, "papers_and_write", take_back)
    assert _cut("by amount", tmp_path)


def test_a_note_that_is_forgotten_over_a_restart_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.hall.notes.matching", lambda order, note_type, value_fen: None)
    assert any("fen" in wrong for wrong in _cut("cancelled after notes: a slip", tmp_path))


def test_a_card_that_is_written_without_asking_whose_it_is_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def any_card(visit: Visit, event: Any, house: Any) -> Step:
        return writing.card_is_back(replace(visit, card=event.card, image=event.image), event, house)

    monkeypatch.setattr("kiosk.topup.machine.TABLE", _table_with(Phase.REREADING, "CardIdentified", any_card))
    assert play(BY_NAME["another card is put in instead"], tmp_path / "hall")


def test_a_screen_of_the_last_customer_that_stays_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.topup.machine.TABLE", _table_with(Phase.RECEIPT, "CardCame", ending.card_put_in))
    assert play(BY_NAME["two cards in turn while the receipt is printed"], tmp_path / "hall")
