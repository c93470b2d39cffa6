"""The windows and their customers: a clerk calls, calls again, serves, hands on. The rules are in `ticketing.line`."""

from collections.abc import Callable, Mapping
from typing import Any

from kiosk.config import Config
from kiosk.effects import Append
from kiosk.hall.facts import Facts
from kiosk.hall.runner import Runner
from kiosk.hall.state import HallState
from kiosk.link.wire import Reply
from kiosk.tickets.machine import at_ms, facts_to_records
from ticketing.line import Line, Step, Ticket, call, finish, no_show, recall, reinstate, serve, transfer
from ticketing.waiting import ahead, estimate

Args = Mapping[str, Any]


def _at_window(verb: Callable[[Line, str, str, int], Step]) -> Callable[[Line, Args, str, int], Step]:
    """A verb about the ticket that the window has, unless a number is given."""

    def do(line: Line, args: Args, who: str, now_ms: int) -> Step:
        window = str(args["window"])
        current = line.current(window)
        return verb(line, window, str(args.get("ticket") or (current.number if current else "")), now_ms)

    return do


def _call(line: Line, args: Args, who: str, now_ms: int) -> Step:
    services = args.get("services") or [service.service_id for service in line.services]
    return call(line, str(args["window"]), services, now_ms, clerk=who)


def _transfer(line: Line, args: Args, who: str, now_ms: int) -> Step:
    window = str(args["window"])
    current = line.current(window)
    return transfer(
        line,
        window,
        str(args.get("ticket") or (current.number if current else "")),
        now_ms,
        to_owner=str(args.get("to_owner") or who),
        to_service_id=str(args.get("to_service") or (current.service_id if current else "")),
        to_window=args.get("to_window"),
    )


def _reinstate(line: Line, args: Args, who: str, now_ms: int) -> Step:
    return reinstate(line, str(args.get("ticket", "")), now_ms, owner=who)


_VERBS: Mapping[str, Callable[[Line, Args, str, int], Step]] = {
    "call": _call,
    "recall": _at_window(recall),
    "no-show": _at_window(no_show),
    "serve": _at_window(serve),
    "finish": _at_window(finish),
    "transfer": _transfer,
    "reinstate": _reinstate,
}


class Windows:
    def __init__(self, config: Config, state: HallState, facts: Facts, runner: Runner) -> None:
        self._ids = tuple(window.id for window in config.window)
        self._state = state
        self._facts = facts
        self._runner = runner

    def command(self, name: str, args: Args, who: str) -> Reply:
        """`queue.call` and the like: `window`, and for some `ticket`. The answer describes the ticket it was about."""
        if name == "status":
            return Reply(True, data=self._status())
        verb = _VERBS.get(name)
        if verb is None:
            return Reply(False, f"no such command: queue.{name}")
        if not who:
            return Reply(False, "who_is_missing")
        if name != "reinstate" and args.get("window") not in self._ids:
            return Reply(False, "no such window", {"windows": list(self._ids)})
        step = verb(self._state.line, args, who, at_ms(self._state.now.wall))
        if step.refusal is not None:
            return Reply(False, step.refusal.reason.value, {"detail": step.refusal.detail})
        if step.facts:
            self._runner.run((Append(facts_to_records(step.line, step.facts)),), who)
            self._state.line = step.line
        return Reply(True, data=self._ticket(step.ticket) if step.ticket is not None else {})

    def _ticket(self, ticket: Ticket) -> dict[str, Any]:
        line = self._state.line
        wait = estimate(line, ticket.number, len(self._ids))
        return {
            "ticket": ticket.number,
            "service": ticket.service_id,
            "window": ticket.window,
            "state": ticket.state.value,
            "ahead": ahead(line, ticket.number),
            "wait_min": list(wait.band_min()) if wait else None,
            "priority": ticket.priority,
            "order": ticket.order_id,
            "owner": ticket.owner,
        }

    def _status(self) -> dict[str, Any]:
        line = self._state.line
        date = line.business_date
        return {
            "business_date": date.isoformat() if date else None,
            "waiting": [self._ticket(ticket) for ticket in line.waiting_tickets()],
            "at_windows": [self._ticket(line.tickets[number]) for number in line.at_window.values()],
        }
