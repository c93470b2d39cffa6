"""The visit at the terminal, and every order that no visit holds any more."""

from dataclasses import replace

from kiosk.effects import Append, ClearPaper
from kiosk.hall.books import Books
from kiosk.hall.facts import Facts
from kiosk.hall.runner import Runner
from kiosk.hall.state import HallState
from kiosk.topup import machine, recovery
from kiosk.topup.order import Order
from kiosk.topup.session import Event, Phase
from kiosk.view.scene import Manner


class Visits:
    def __init__(self, state: HallState, facts: Facts, books: Books, runner: Runner) -> None:
        self._state = state
        self._facts = facts
        self._books = books
        self._runner = runner

    def event(self, event: Event) -> None:
        before = self._state.visit
        step = machine.step(before, event, self._facts.house())
        self._runner.run(step.effects)
        self._state.visit = step.visit
        if before.phase is not Phase.IDLE and step.visit.phase in (Phase.IDLE, Phase.CARD_LEFT):
            self._state.manner = Manner()
        if before.order is not None and self._state.visit.order is None:
            self._conclude_if_paper_done(before.order.order_id)

    def _conclude_if_paper_done(self, order_id: str) -> None:
        order = self._books.orders.get(order_id)
        if order is not None and "intended" not in (order.printing or {}).values():
            self.conclude(order_id)

    def recover(self) -> None:
        """Settles every open order as far as the journal alone allows. Notes in flight wait for the acceptor, unknown
        writes for the card."""
        self._books.load_open_orders()
        for order_id in list(self._books.orders):
            order = self._books.orders[order_id]
            records = recovery.papers_and_write(order)
            if records:
                self._runner.run((Append(records),))
            if any(record.kind == "print.unknown" for record in records):
                self._runner.run((ClearPaper("receipt_printer"),))
            self.conclude(order_id)

    def conclude(self, order_id: str) -> None:
        """Gives an order that no visit holds its ending, once none of its notes is in flight."""
        order = self._books.orders.get(order_id)
        if order is None or (self._state.visit.order is not None and self._state.visit.order.order_id == order_id):
            return
        tariff = next((t for t in self._facts.tariffs if t.tariff_id == order.tariff_id), None)
        records = recovery.ending(order, tariff)
        if records:
            self._runner.run((Append(records),))

    def order_of_job(self, job_id: str) -> Order | None:
        waiting = (o for o in self._books.orders.values() if (o.printing or {}).get(job_id) == "intended")
        return next(waiting, None)

    def sync_order(self) -> None:
        """A note of the visit's own order may have been settled behind its back (after the sale)."""
        order = self._state.visit.order
        if order is not None:
            self._state.visit = replace(self._state.visit, order=self._books.order(order.order_id) or order)
