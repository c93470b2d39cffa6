"""An order, folded from its journal records: the same function serves the running session and the recovery after a
power cut.

The order ratchets: quoted -> collecting -> funded -> write intended -> verified | unknown | not written -> settled ->
closed. It never goes back. `paid, not yet written` (FUNDED with the session over) is a normal state: it is written the
next time that card is shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from storage.records import Json


class OrderState(StrEnum):
    COLLECTING = "collecting"
    FUNDED = "funded"
    WRITE_INTENDED = "write_intended"
    WRITE_UNKNOWN = "write_unknown"
    WRITE_VERIFIED = "write_verified"
    SETTLED = "settled"
    CLOSED = "closed"


class NoteState(StrEnum):
    STACK_SENT = "stack_sent"
    """Journaled, and perhaps on its way: the outcome is open."""
    STACKED = "stacked"
    RETURNED = "returned"
    UNKNOWN = "unknown"
    """Nothing can say whether it lies in the cash unit: suspense, owned by the supervisor."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note of an order. `count_before`: the acceptor's own counter of stacked notes when it was in escrow, the
    evidence after a cut."""

    note_id: str
    note_type: int
    value_fen: int
    state: NoteState
    count_before: int | None


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One tier's share of the price."""

    tier: int
    volume_m3_hundredths: int
    price_fen_per_m3: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Write:
    """One attempt to bring the card from `before` to `after`. Its token is on the journal before the first byte is on
    the card."""

    token: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Order:
    """Amounts in fen, volumes in hundredths of a cubic metre. `used` is the meter's volume in this price cycle before
    the order."""

    order_id: str
    card_no: str
    customer_no: str
    meter_no: str
    customer_kind: str
    tariff_id: str
    used_m3_hundredths: int
    volume_m3_hundredths: int
    amount_fen: int
    lines: tuple[PricedLine, ...]
    credit_used_fen: int
    state: OrderState = OrderState.COLLECTING
    credit_taken_fen: int = 0
    """Credit of the customer that has been moved to the order's account."""
    sold_fen: int = 0
    """What has left the order's account as a sale, or for suspense while the card is unknown."""
    notes: tuple[Note, ...] = ()
    write: Write | None = None
    writes: int = 0
    slip_fen: int = 0
    credit_left_fen: int = 0
    printing: Mapping[str, str] | None = None
    """Print job -> intended, printed, refused, unknown."""
    ending: str = ""
    opened_on: str = ""

    @property
    def to_pay_fen(self) -> int:
        return self.amount_fen - self.credit_used_fen

    @property
    def inserted_fen(self) -> int:
        """What lies in the cash unit for this order; notes of unknown fate do not count."""
        return sum(note.value_fen for note in self.notes if note.state is NoteState.STACKED)

    @property
    def unknown_notes_fen(self) -> int:
        return sum(note.value_fen for note in self.notes if note.state is NoteState.UNKNOWN)

    @property
    def held_fen(self) -> int:
        """What stands on the order's account: the customer's money until it is sold, slipped or credited."""
        taken = self.inserted_fen + self.credit_taken_fen
        return taken - self.sold_fen - self.slip_fen - self.credit_left_fen

    @property
    def note_in_flight(self) -> Note | None:
        return next((note for note in self.notes if note.state is NoteState.STACK_SENT), None)

    @property
    def is_paid_not_written(self) -> bool:
        return self.state in (OrderState.FUNDED, OrderState.WRITE_INTENDED, OrderState.WRITE_UNKNOWN)


class Recorded(Protocol):
    """A journal record, committed or about to be."""

    @property
    def kind(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Json]: ...


def lines_from_body(rows: Any) -> tuple[PricedLine, ...]:
    return tuple(PricedLine(*row) for row in rows)


def _opened(record: Recorded) -> Order:
    body: Mapping[str, Any] = record.body
    return Order(
        order_id=record.subject,
        card_no=body["card_no"],
        customer_no=body["customer_no"],
        meter_no=body["meter_no"],
        customer_kind=body["customer_kind"],
        tariff_id=body["tariff_id"],
        used_m3_hundredths=body["used_m3_hundredths"],
        volume_m3_hundredths=body["volume_m3_hundredths"],
        amount_fen=body["amount_fen"],
        lines=lines_from_body(body["lines"]),
        credit_used_fen=body["credit_used_fen"],
        opened_on=body["opened_on"],
    )


def _note_to_be_stacked(order: Order, body: Mapping[str, Any]) -> Order:
    note = Note(body["note_id"], body["note_type"], body["value_fen"], NoteState.STACK_SENT, body["count_before"])
    return replace(order, notes=(*order.notes, note))


def _note_becomes(state: NoteState) -> Any:
    def change(order: Order, body: Mapping[str, Any]) -> Order:
        notes = tuple(replace(n, state=state) if n.note_id == body["note_id"] else n for n in order.notes)
        return replace(order, notes=notes)

    return change


def _funded(order: Order, body: Mapping[str, Any]) -> Order:
    return replace(
        order,
        state=OrderState.FUNDED,
        volume_m3_hundredths=body["volume_m3_hundredths"],
        amount_fen=body["amount_fen"],
        lines=lines_from_body(body["lines"]),
        credit_used_fen=body["credit_used_fen"],
        credit_taken_fen=body["credit_used_fen"],
    )


def _write_intended(order: Order, body: Mapping[str, Any]) -> Order:
    write = Write(body["token"], bytes.fromhex(body["before"]), bytes.fromhex(body["after"]))
    return replace(order, state=OrderState.WRITE_INTENDED, write=write, writes=order.writes + 1)


def _slip(order: Order, body: Mapping[str, Any]) -> Order:
    return replace(order, slip_fen=order.slip_fen + int(body["amount_fen"]), state=OrderState.SETTLED)


def _credited(order: Order, body: Mapping[str, Any]) -> Order:
    return replace(order, credit_left_fen=order.credit_left_fen + int(body["credit_left_fen"]))


def _print_becomes(state: str) -> Any:
    def change(order: Order, body: Mapping[str, Any]) -> Order:
        return replace(order, printing={**(order.printing or {}), body["job_id"]: state})

    return change


_FOLD: Mapping[str, Any] = {
    "note.stack_intended": _note_to_be_stacked,
    "note.stacked": _note_becomes(NoteState.STACKED),
    "note.returned": _note_becomes(NoteState.RETURNED),
    "note.unknown": _note_becomes(NoteState.UNKNOWN),
    "order.funded": _funded,
    "card.write_intended": _write_intended,
    "card.write_verified": lambda o, body: replace(o, state=OrderState.WRITE_VERIFIED, sold_fen=o.amount_fen),
    "card.write_unknown": lambda o, body: replace(o, state=OrderState.WRITE_UNKNOWN, sold_fen=o.amount_fen),
    "card.not_written": lambda o, body: replace(o, state=OrderState.FUNDED, write=None, sold_fen=0),
    "order.slip": _slip,
    "order.settled": lambda o, body: replace(_credited(o, body), state=OrderState.SETTLED),
    "order.late_credit": lambda o, body: _credited(o, body),
    "order.closed": lambda o, body: replace(o, state=OrderState.CLOSED, ending=body["ending"]),
    "print.intended": _print_becomes("intended"),
    "print.printed": _print_becomes("printed"),
    "print.refused": _print_becomes("refused"),
    "print.unknown": _print_becomes("unknown"),
}


def apply(order: Order | None, record: Recorded) -> Order | None:
    """The order after one more of its records. Records that say nothing about the order's state leave it alone."""
    if record.kind == "order.opened":
        return _opened(record)
    change = _FOLD.get(record.kind)
    if order is None or change is None:
        return order
    changed: Order = change(order, record.body)
    return changed


def fold(records: Iterable[Recorded]) -> Order | None:
    """The order that its records tell of, oldest first; `None` if they hold no `order.opened`."""
    order: Order | None = None
    for record in records:
        order = apply(order, record)
    return order
