"""What a touch or a line of the command line asks for."""

from dataclasses import replace
from typing import Any

from devices.status import Action, DeviceStatus
from kiosk.day.machine import DayCommand
from kiosk.hall.books import Books
from kiosk.hall.days import Days
from kiosk.hall.devices import Devices
from kiosk.hall.facts import Facts
from kiosk.hall.lines import Lines
from kiosk.hall.runner import Runner
from kiosk.hall.state import HallState
from kiosk.hall.visits import Visits
from kiosk.hall.windows import Windows
from kiosk.link.wire import Command, Reply
from kiosk.messages import Language
from kiosk.tickets.machine import TicketVisit
from kiosk.topup.session import Phase, Touched
from kiosk.view.scene import Manner

COUNTER = "clerk:counter"
"""Who acts at the counter's screen: the screen stands where only the clerk on duty can reach it."""


class Commands:
    def __init__(
        self,
        state: HallState,
        facts: Facts,
        books: Books,
        devices: Devices,
        runner: Runner,
        visits: Visits,
        lines: Lines,
        days: Days,
        windows: Windows,
    ) -> None:
        self._state = state
        self._facts = facts
        self._books = books
        self._devices = devices
        self._runner = runner
        self._visits = visits
        self._lines = lines
        self._days = days
        self._windows = windows

    # The customer ----------------------------------------------------------------------------------------------------

    def touch(self, command: Command, screen: str) -> Reply:
        """`screen` is the one that is up: a touch on another one came late, or twice, and does nothing."""
        if command.screen and command.screen != screen:
            return Reply(False, "another screen is up by now")
        state = self._state
        match command.name:
            case "language":
                other: Language = "en" if state.manner.language == "zh_CN" else "zh_CN"
                state.manner = replace(state.manner, language=other)
            case "large_type":
                state.manner = replace(state.manner, large_type=not state.manner.large_type)
            case "call_clerk":
                if not state.manner.clerk_called:
                    self._runner.note_down("clerk.called", {"phase": state.visit.phase.value})
                state.manner = replace(state.manner, clerk_called=True)
            case "take_ticket":
                self._take_ticket(priority=command.args.get("priority") is True)
            case "ticket_priority":
                self._lines.set_priority(command.args.get("wanted") is True)
            case "ticket_service":
                self._lines.choose(str(command.args.get("service", "")))
            case "ticket_leave":
                state.ticket = TicketVisit()
                state.manner = Manner() if state.visit.phase is Phase.IDLE else state.manner
            case _:
                self._visits.event(Touched(command.name, dict(command.args)))
        return Reply(True)

    def _take_ticket(self, *, priority: bool) -> None:
        """A ticket from the message screen carries what the visit was about to the counter (H43)."""
        visit = self._state.visit
        carried = visit.order.order_id if visit.order is not None else None
        if visit.phase is Phase.MESSAGE and visit.holder is not None:
            wish = visit.order or visit.quote
            body = {
                "customer_no": visit.holder.customer_no,
                "order_id": carried,
                "why": visit.message,
                "amount_fen": wish.amount_fen if wish else None,
                "volume_m3_hundredths": wish.volume_m3_hundredths if wish else None,
            }
            self._runner.note_down("visit.carried_over", body)
            carried = carried or f"customer:{visit.holder.customer_no}"
        if visit.phase is Phase.MESSAGE:
            self._visits.event(Touched("leave"))
        self._lines.ask(priority=priority, order_id=carried)

    # The staff -------------------------------------------------------------------------------------------------------

    def counter(self, command: Command) -> Reply:
        """A touch on the counter's screen: a staff command by whoever stands there. A refusal is shown on it."""
        name = "day.count" if command.name == "count" else command.name
        reply = self.staff(replace(command, name=name, args={"who": COUNTER, **command.args}))
        self._state.counter_refusal = "" if reply.accepted else reply.reason
        return reply

    def staff(self, command: Command) -> Reply:
        if command.name.startswith("day."):
            return self._day(command.name.removeprefix("day."), command)
        if command.name.startswith("queue."):
            return self._windows.command(command.name.removeprefix("queue."), command.args, _who(command))
        match command.name:
            case "check":
                answer = self._days.event(DayCommand("check", {}, _who(command)))
                assert answer is not None
                return Reply(answer.done, answer.reason, {"reports": self._health()})
            case "status":
                return Reply(True, data=self._status())
            case "clerk.seen":
                self._state.manner = replace(self._state.manner, clerk_called=False)
                return Reply(True)
        return Reply(False, f"no such command: {command.name}")

    def _day(self, name: str, command: Command) -> Reply:
        answer = self._days.event(DayCommand(name, dict(command.args), _who(command)))
        assert answer is not None
        self._days.begin_line()
        return Reply(answer.done, answer.reason, dict(answer.data))

    def _health(self) -> list[dict[str, Any]]:
        rows = []
        for name in self._devices.each():
            fault, status = self._facts.fault(name), self._facts.status(name)
            text = status.value if fault is None else f"{fault.code} {fault.detail}"
            well = fault is None and status in (DeviceStatus.ONLINE, DeviceStatus.DEVICE_BUSY)
            result = "ok" if well else "failed"
            rows.append({"device": name, "level": "internal", "result": result, "text": text})
        return rows

    def _status(self) -> dict[str, Any]:
        state, devices = self._state, []
        for name in self._devices.each():
            fault = self._facts.fault(name)
            devices.append(
                {
                    "device": name,
                    "status": self._facts.status(name).value,
                    "fault": fault.code if fault else None,
                    "action": (fault.action if fault else Action.NONE).value,
                }
            )
        order = state.visit.order
        return {
            "devices": devices,
            "session": {"phase": state.visit.phase.value, "order": order.order_id if order else None},
            "open_orders": len(self._books.orders),
            "day": state.day.phase.value,
            "business_date": self._books.business_date,
            "cash_refusal": self._facts.cash_refusal(),
            "storage": str(state.trouble.error) if state.trouble else None,
        }


def _who(command: Command) -> str:
    who = command.args.get("who")
    return who if isinstance(who, str) else ""
