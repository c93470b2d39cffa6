"""The waiting line, and whoever takes a ticket for it at the terminal."""

from kiosk.hall.facts import Facts
from kiosk.hall.runner import Runner
from kiosk.hall.state import HallState
from kiosk.tickets import machine
from kiosk.topup.session import Phase
from kiosk.view.scene import Manner
from ticketing.line import Line


class Lines:
    def __init__(self, state: HallState, facts: Facts, runner: Runner) -> None:
        self._state = state
        self._facts = facts
        self._runner = runner

    def ask(self, *, priority: bool, order_id: str | None) -> None:
        ticket, line, house = self._now()
        self._take(machine.ask(ticket, line, house, priority=priority, order_id=order_id))

    def set_priority(self, wanted: bool) -> None:
        ticket, line, house = self._now()
        self._take(machine.set_priority(ticket, line, house, wanted))

    def choose(self, service_id: str) -> None:
        ticket, line, house = self._now()
        self._take(machine.choose(ticket, line, house, service_id))

    def printed(self, job_id: str, outcome: str, proof: str, detail: str) -> None:
        ticket, line, house = self._now()
        self._take(machine.printed(ticket, line, house, job_id=job_id, outcome=outcome, proof=proof, detail=detail))

    def time_up(self) -> None:
        self._take(machine.time_up(*self._now()))

    def _now(self) -> tuple[machine.TicketVisit, Line, machine.TicketHouse]:
        return self._state.ticket, self._state.line, self._facts.ticket_house()

    def _take(self, step: machine.TicketStep) -> None:
        was = self._state.ticket.phase
        self._runner.run(step.effects)
        self._state.ticket, self._state.line = step.visit, step.line
        if was is not step.visit.phase is machine.TicketPhase.CLOSED and self._state.visit.phase is Phase.IDLE:
            self._state.manner = Manner()
