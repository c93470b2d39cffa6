"""A customer who knows what he wants: touches each button and feeds each note as soon as the terminal is ready for
it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.virtual.bench.timed_hall import TimedHall
from kiosk.virtual.hall import Visitor

PATIENCE_S = 30.0
TRY_AGAIN_S = 0.005


@dataclass(frozen=True, slots=True)
class Times:
    """Monotonic seconds. `sold_s`: card written and receipt out, so that both can be taken."""

    card_in_s: float
    sold_s: float


def buy(hall: TimedHall, visitor: Visitor, card: Path, notes_yuan: Sequence[int]) -> Times:
    """One purchase for as much as the notes are worth, until card and receipt are taken. Raises `TimeoutError`."""
    reader, printer = hall.devices["card-reader"], hall.devices["receipt-printer"]
    visitor.wait_for("idle", PATIENCE_S)
    heard, printed = len(reader.events), len(printer.events)
    hall.device("card-reader", f"insert {card}")
    card_in_s: float = reader.wait_for(lambda event: event["event"] == "inserted", PATIENCE_S, heard)["at"]
    visitor.wait_for("card", PATIENCE_S)
    visitor.touch("top_up")
    visitor.wait_for("choose", PATIENCE_S)
    visitor.touch("amount", value=sum(notes_yuan))
    visitor.wait_for("quote", PATIENCE_S)
    visitor.touch("pay")
    visitor.wait_for("paying", PATIENCE_S)
    for yuan in notes_yuan:
        feed(hall, yuan)
    visitor.wait_for("confirm", PATIENCE_S)
    visitor.touch("confirm")
    visitor.wait_for("done", PATIENCE_S)
    done_s = time.monotonic()
    slip = printer.wait_for(lambda event: event["event"] == "printed", PATIENCE_S, printed)
    hall.device("receipt-printer", "take")
    hall.device("card-reader", "pull")
    return Times(card_in_s, max(done_s, slip["at"]))


def feed(hall: TimedHall, yuan: int) -> None:
    """Holds a note to the mouth until it is drawn in, and waits until it lies in the cash unit."""
    acceptor = hall.devices["note-acceptor"]
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        since = len(acceptor.events)
        hall.device("note-acceptor", f"insert {yuan}")
        answer = acceptor.wait_for(_is_answer, PATIENCE_S, since)
        if answer["event"] == "inserted":
            acceptor.wait_for(lambda event: event["event"] == "stacked", PATIENCE_S, since)
            return
        time.sleep(TRY_AGAIN_S)
    raise TimeoutError(f"the acceptor does not take {yuan} yuan; the hall shows {hall.ask('status').data}")


def _is_answer(event: dict[str, Any]) -> bool:
    return event["event"] == "inserted" or event.get("not_taken") is True


def meet_meter(hall: TimedHall, card: Path) -> None:
    """Between two purchases the meter takes what is on the card. The terminal shows the idle screen again
    afterwards."""
    reader = hall.devices["card-reader"]
    since = len(reader.events)
    hall.device("card-reader", f"meter {card}")
    reader.wait_for(lambda event: event["event"] == "metered", PATIENCE_S, since)
