"""Does the money in the box, the gas on the cards and the paper in the tray agree with the books?

One side is physical: what the simulated acceptor holds, what a meter would read from the cards, what has been cut off
the printers. It is counted here from the layout of the card and the tiers of the price list, with no code that the hall
shares. The other side is the hall's ledger and journal. Whatever does not agree is a sentence.
"""

import itertools
import struct
from collections import Counter
from collections.abc import Collection, Iterable

from drivers.sim import gas_meter
from drivers.sim.card_model import Chip
from kiosk.topup.order import NoteState, Order, OrderState, fold
from kiosk.virtual import sample_hall
from kiosk.virtual.model import ModelHall
from storage.journal import Journal
from storage.ledger import Ledger
from storage.records import Unit

TIERS = ((30000, 240), (50000, 288), (None, 360))
"""Of the sample hall: up to so many hundredths of a cubic metre, fen a cubic metre."""
RECEIPT, SLIP = "购气凭证", "凭条"


def reckon(model: ModelHall) -> list[str]:
    """Everything that is wrong in this hall now; empty if all is well. The hall must be running and at rest."""
    orders = orders_of(model)
    return [
        *_law(model),
        *_cash(model, orders),
        *_gas(model, orders),
        *_sales(model, orders),
        *_papers(model, orders),
        *_tickets(model),
        *_no_order_is_silent(model, orders),
        *_peers(model),
    ]


def orders_of(model: ModelHall) -> tuple[Order, ...]:
    """Every order that was ever opened, from the journal, oldest first."""
    assert model.database is not None
    journal = Journal(model.database)
    found = (fold(journal.records(subject=opened.subject)) for opened in journal.records(kind="order.opened"))
    return tuple(order for order in found if order is not None)


def ending_of(order: Order) -> str:
    """How it stands with an order, in one word: its ending, or what it waits for."""
    if order.state is OrderState.CLOSED:
        return order.ending
    if order.state is OrderState.WRITE_UNKNOWN:
        return "write unknown"
    return "pending" if order.is_paid_not_written else order.state.value


def gas_on(chip: Chip) -> int:
    """All gas that was ever put on a card, in hundredths of a cubic metre, as a meter counts it. 0 for what no meter
    knows."""
    content = bytes(chip.main)
    if gas_meter.look(content) is None:
        return 0
    slots: list[tuple[int, int, int, int]] = [
        struct.unpack_from(">HIII", content, at)
        for at in (0x40, 0x60)
        if content[at + 29] == 0xA5
        and gas_meter.crc16(content[at : at + 30]) == int.from_bytes(content[at + 30 : at + 32], "big")
    ]
    return max(slots, default=(0, 0, 0, 0))[3]


def price_fen(used: int, volume: int) -> int:
    """What a volume costs after another one in the same cycle: each end of it priced from the beginning, half-up to the
    fen."""

    def from_beginning(end: int) -> int:
        hundredths, below = 0, 0
        for upto, fen in TIERS:
            top = end if upto is None else min(end, upto)
            hundredths += max(0, top - below) * fen
            below = top if upto is None else upto
        return (2 * hundredths + 100) // 200

    return from_beginning(used + volume) - from_beginning(used)


# Each part of it -----------------------------------------------------------------------------------------------------


def _balances(model: ModelHall, unit: Unit) -> dict[str, int]:
    assert model.database is not None
    return dict(Ledger(model.database).all_balances().get(unit, {}))


def _law(model: ModelHall) -> Iterable[str]:
    for breach in model.law().breaches:
        yield f"the law: {breach.account} {breach.amount} {breach.unit.value}: {breach.reason}"


def _sums(values: Collection[int]) -> set[int]:
    """Every sum that some of the values can have."""
    picks = (itertools.combinations(values, count) for count in range(len(values) + 1))
    return {sum(pick) for pick in itertools.chain.from_iterable(picks)}


def _cash(model: ModelHall, orders: tuple[Order, ...]) -> Iterable[str]:
    unit = model.config.note_acceptor.cash_unit
    balances = _balances(model, Unit.FEN)
    booked = balances.get(f"cash_unit:{unit}", 0)
    unknown = [n.value_fen for order in orders for n in order.notes if n.state is NoteState.UNKNOWN]
    box = 100 * sum(model.acceptor_model.box)
    if box - booked not in _sums(unknown):
        yield f"{box} fen lie in the box, {booked} are booked, notes of unknown fate: {unknown}"
    unconfirmed = balances.get(f"cash_unit_unconfirmed:{unit}", 0)
    if unconfirmed != sum(unknown):
        yield f"{unconfirmed} fen are booked as unconfirmed, notes of unknown fate: {unknown}"


def _gas(model: ModelHall, orders: tuple[Order, ...]) -> Iterable[str]:
    balances = _balances(model, Unit.M3_HUNDREDTHS)
    for card_no, physical in _physical_gas(model).items():
        booked = balances.get(f"gas_on_card:{card_no}", 0) + model.not_ours[card_no]
        open_writes = [
            order.volume_m3_hundredths
            for order in orders
            if order.card_no == card_no and order.state in (OrderState.WRITE_UNKNOWN, OrderState.WRITE_INTENDED)
        ]
        if physical - booked not in _sums(open_writes):
            yield f"card {card_no} holds {physical}, {booked} are booked, writes of unknown fate: {open_writes}"


def _physical_gas(model: ModelHall) -> Counter[str]:
    """Gas by card number, on the chips that this hall has issued."""
    gas: Counter[str] = Counter()
    for name, chip in model.chips.items():
        seen = gas_meter.look(bytes(chip.main))
        if seen is not None and name.startswith("card "):
            gas[seen.card_no] += gas_on(chip)
    return gas


def _sales(model: ModelHall, orders: tuple[Order, ...]) -> Iterable[str]:
    """What was sold, priced anew from the gas alone."""
    meters = {meter.meter_no: meter.cycle_used_before_m3_hundredths for meter in sample_hall.METERS}
    used = {card.card_no: meters[card.meter_no] for card in sample_hall.CARDS}
    gas = _balances(model, Unit.M3_HUNDREDTHS)
    worth = sum(price_fen(used.get(card_no, 0), gas.get(f"gas_on_card:{card_no}", 0)) for card_no in used)
    booked = -sum(amount for account, amount in _balances(model, Unit.FEN).items() if account.startswith("sales:"))
    if worth != booked:
        yield f"the gas that was sold is worth {worth} fen, {booked} are booked as sales"


def _papers(model: ModelHall, orders: tuple[Order, ...]) -> Iterable[str]:
    for order in orders:
        states = list((order.printing or {}).values())
        papers = [paper for paper in model.receipt_model.papers if order.order_id in paper]
        printed, perhaps = states.count("printed"), states.count("unknown") + states.count("intended")
        if not printed <= len(papers) <= printed + perhaps:
            yield f"{order.order_id}: {len(papers)} papers lie there, {printed} are booked, {perhaps} perhaps printed"
        receipts = [paper for paper in papers if RECEIPT in paper]
        if len(receipts) > 1:
            yield f"{order.order_id}: {len(receipts)} receipts"
        if receipts and not order.sold_fen:
            yield f"{order.order_id}: a receipt for gas that is not sold"
        if order.slip_fen:
            number = f"S{order.order_id}"
            amount = f"{order.slip_fen // 100}.{order.slip_fen % 100:02d}"
            slips = [paper for paper in papers if number in paper]
            if any(amount not in slip for slip in slips):
                yield f"{number}: the paper does not say {amount}"
            owed = -_balances(model, Unit.FEN).get(f"owed:slip:{number}", 0)
            if owed != order.slip_fen:
                yield f"{number}: {order.slip_fen} on the slip, {owed} in the books"
    numbers = [word for paper in model.receipt_model.papers for word in paper.split() if word.startswith("ST01-")]
    for number in set(numbers) - {f"S{order.order_id}" for order in orders if order.slip_fen}:
        yield f"slip {number} is on paper and not in the books"


def _tickets(model: ModelHall) -> Iterable[str]:
    assert model.hall is not None
    papers = list(model.ticket_model.papers)
    for ticket in model.hall.state.line.waiting_tickets():
        count = sum(ticket.number in paper for paper in papers)
        if count != 1:
            yield f"ticket {ticket.number} waits, and {count} papers bear its number"


def _no_order_is_silent(model: ModelHall, orders: tuple[Order, ...]) -> Iterable[str]:
    assert model.hall is not None
    running = model.hall.state.visit.order.order_id if model.hall.state.visit.order is not None else ""
    shown = " ".join(row.name for row in model.views["counter"].open_matters)
    for order in orders:
        if order.order_id == running:
            continue
        if order.state is OrderState.CLOSED and not order.unknown_notes_fen:
            if order.ending not in ("settled", "owed", "cancelled", "unknown"):
                yield f"{order.order_id} is closed as {order.ending!r}"
            if order.held_fen:
                yield f"{order.order_id} is closed and {order.held_fen} fen still stand on its account"
        elif order.order_id not in shown:
            yield f"{order.order_id} is {ending_of(order)} and no screen of the staff says so"


def _peers(model: ModelHall) -> Iterable[str]:
    """What the simulated devices had to object to."""
    yield from (f"note acceptor: {words}" for words in model.acceptor_model.violations)
    yield from (f"receipt printer: {words}" for words in model.receipt_model.violations)
    yield from (f"ticket dispenser: {words}" for words in model.ticket_model.violations)
    yield from (f"card: {words}" for card in model.cards for words in card.journal.violations)
