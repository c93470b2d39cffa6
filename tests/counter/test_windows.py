"""Clerks call the line to their windows through the hall; every step is on the journal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.virtual.model import ModelHall


@pytest.fixture
def model(tmp_path: Path) -> Iterator[ModelHall]:
    hall = ModelHall(tmp_path / "hall")
    hall.boot()
    hall.run(8)
    hall.staff("day.open", who="clerk:1")
    hall.run(1)
    for _ in range(2):
        hall.touch("take_ticket")
        hall.touch("ticket_service", service="top-up")
        hall.run_until(lambda: hall.customer.screen == "ticket_done")
        hall.touch("ticket_leave")
    yield hall
    hall.close()


def test_a_customer_is_called_served_and_done(model: ModelHall) -> None:
    called = model.staff("queue.call", who="clerk:1", window="1")
    assert called.data["ticket"] == "A001"
    assert called.data["state"] == "called"
    assert model.staff("queue.serve", who="clerk:1", window="1").data["state"] == "serving"
    assert model.staff("queue.finish", who="clerk:1", window="1").data["state"] == "served"


def test_two_windows_never_call_the_same_customer(model: ModelHall) -> None:
    first = model.staff("queue.call", who="clerk:1", window="1")
    second = model.staff("queue.call", who="clerk:2", window="2")
    assert {first.data["ticket"], second.data["ticket"]} == {"A001", "A002"}


def test_a_window_has_one_customer_at_most(model: ModelHall) -> None:
    model.staff("queue.call", who="clerk:1", window="1")
    refused = model.staff("queue.call", who="clerk:1", window="1")
    assert not refused.accepted
    assert refused.reason == "window_busy"


def test_a_window_that_is_not_configured_is_refused_by_name(model: ModelHall) -> None:
    refused = model.staff("queue.call", who="clerk:1", window="9")
    assert not refused.accepted
    assert refused.data["windows"] == ["1", "2"]


def test_a_hand_over_names_both_and_keeps_the_number(model: ModelHall) -> None:
    model.staff("queue.call", who="clerk:1", window="1")
    moved = model.staff("queue.transfer", who="clerk:1", window="1", to_service="cards", to_owner="clerk:2")
    assert moved.data["ticket"] == "A001"
    assert moved.data["owner"] == "clerk:2"
    assert model.hall is not None
    record = model.hall.books.journal.last(kind="queue.transferred")
    assert record is not None
    assert (record.body["from_owner"], record.body["to_owner"]) == ("clerk:1", "clerk:2")


def test_the_line_is_the_same_after_a_restart(model: ModelHall) -> None:
    model.staff("queue.call", who="clerk:1", window="1")
    before = model.staff("queue.status").data
    model.kill()
    model.boot()
    model.run(8)
    assert model.staff("queue.status").data == before
