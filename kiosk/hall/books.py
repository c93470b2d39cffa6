"""The hall's memory: every open order folded from the journal, and what the registers and the ledger say of a card.

Only committed records enter: `commit` appends first and folds then, so the memory is never ahead of the disk.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from devices.gas_card.card import GasCard
from kiosk.moment import Moment
from kiosk.topup.bookings import customer_credit
from kiosk.topup.order import NoteState, Order, OrderState, apply, fold
from kiosk.topup.session import Holder, LastPurchase
from kiosk.topup.tariff import Tariff, cycle_start_date
from storage.journal import Journal
from storage.ledger import Ledger
from storage.records import NewRecord, Record, Stamp, Unit
from storage.registers import Registers

UNIT_EMPTIED = "cash_unit.emptied"
_NOTE_IN_UNIT = ("note.stacked", "note.unclaimed")
_OF_ORDERS = ("order.", "note.", "card.", "print.")


class Books:
    """`boot_id`: this run of the hall. `business_date` is the open day's, or today's while none is open."""

    def __init__(self, journal: Journal, ledger: Ledger, registers: Registers, *, boot_id: str) -> None:
        self.journal = journal
        self.ledger = ledger
        self.registers = registers
        self.boot_id = boot_id
        self.business_date = ""
        self.orders: dict[str, Order] = {}
        self.notes_in_unit = 0
        """Notes that were stacked since the cash unit was emptied last, by our own count."""

    # Writing ---------------------------------------------------------------------------------------------------------

    def commit(self, records: Sequence[NewRecord], moment: Moment, who: str = "hall") -> tuple[Record, ...]:
        """On disk when it returns; raises the storage's errors with nothing written."""
        stamp = Stamp(
            business_date=self.business_date or moment.wall.date().isoformat(),
            boot_id=self.boot_id,
            mono_ns=int(moment.mono_s * 1_000_000_000),
            wall_us=int(moment.wall.timestamp() * 1_000_000),
            clock_quality=moment.quality.value,
            who=who,
        )
        committed = self.journal.append(records, stamp)
        self._remember(committed)
        return committed

    def _remember(self, records: Iterable[Record]) -> None:
        for record in records:
            self.notes_in_unit += record.kind in _NOTE_IN_UNIT
            if not record.kind.startswith(_OF_ORDERS):
                continue
            order = self.orders.get(record.subject)
            if order is None and record.kind != "order.opened":
                order = fold(self.journal.records(subject=record.subject))
            else:
                order = apply(order, record)
            if order is not None and is_of_interest(order):
                self.orders[record.subject] = order
            else:
                self.orders.pop(record.subject, None)

    # Starting --------------------------------------------------------------------------------------------------------

    def load_open_orders(self) -> None:
        """Folds every order that is not closed, and every closed one with a note of unknown fate."""
        self.orders.clear()
        emptied = self.journal.last(kind=UNIT_EMPTIED)
        since = 0 if emptied is None else emptied.sequence
        self.notes_in_unit = sum(self.journal.count(kind, after=since) for kind in _NOTE_IN_UNIT)
        subjects = dict.fromkeys(self.journal.open_subjects("order.opened", "order.closed"))
        subjects |= dict.fromkeys(record.subject for record in self.journal.records(kind="note.unknown"))
        for subject in subjects:
            order = fold(self.journal.records(subject=subject))
            if order is not None and is_of_interest(order):
                self.orders[subject] = order

    def order(self, order_id: str) -> Order | None:
        return self.orders.get(order_id) or fold(self.journal.records(subject=order_id))

    def owed_to_card(self, card_no: str) -> Order | None:
        """The order of this card that is paid and not yet written, or whose notes are still to be settled; the oldest
        if
        there are several."""
        of_card = (order for order in self.orders.values() if order.card_no == card_no)
        waiting = (o for o in of_card if o.is_paid_not_written or o.state is OrderState.COLLECTING)
        return min(waiting, key=lambda order: order.order_id, default=None)

    # Asking ----------------------------------------------------------------------------------------------------------

    def fresh_order_id(self, terminal: str, on: date) -> str:
        """Unique because the journal's sequence is; sorts by age."""
        return f"{terminal}-{on:%Y%m%d}-{self.journal.head()[0] + 1:07d}"

    def holder(self, card: GasCard, tariffs: Sequence[Tariff], today: date) -> Holder | None:
        """Everything that is known of this card, or `None` if the registers do not have it."""
        held = self.registers.card(card.card_no)
        customer = None if held is None else self.registers.customer(held.customer_no)
        meter = None if held is None else self.registers.meter(held.meter_no)
        if held is None or customer is None or meter is None:
            return None
        purchases = self.ledger.entries(f"gas_on_card:{card.card_no}", Unit.M3_HUNDREDTHS)
        starts = [cycle_start_date(t, today) for t in tariffs if t.kind == customer.kind]
        since = max(starts, default=date(today.year, 1, 1)).isoformat()
        bought = sum(entry.amount for entry in purchases if entry.business_date >= since)
        return Holder(
            customer_no=customer.customer_no,
            name=customer.name,
            address=customer.address,
            kind=customer.kind,
            meter_no=meter.meter_no,
            card_active=held.state == "active",
            suspended=customer.suspended,
            arrears_fen=customer.arrears_fen,
            safety_notice=customer.safety_notice,
            credit_fen=-self.ledger.balance(customer_credit(customer.customer_no)),
            used_m3_hundredths=meter.cycle_used_before_m3_hundredths + bought,
            known_sequence=(held.opening_sequence + len(purchases)) % 65536,
            last_purchase=self._last_purchase(purchases[-1].sequence) if purchases else None,
            open_order=self.owed_to_card(card.card_no),
        )

    def _last_purchase(self, sequence: int) -> LastPurchase | None:
        record = self.journal.by_sequence(sequence)
        if record is None:
            return None
        body: Any = record.body
        on = date.fromisoformat(record.stamp.business_date)
        return LastPurchase(on, body["volume_m3_hundredths"], body["amount_fen"])


def is_of_interest(order: Order) -> bool:
    """Whether something about the order is still open."""
    if order.state is not OrderState.CLOSED:
        return True
    if any(state == "intended" for state in (order.printing or {}).values()):
        return True
    return any(note.state in (NoteState.STACK_SENT, NoteState.UNKNOWN) for note in order.notes)
