"""What happens to a line, one dataclass for each kind of fact. The hall journals them; folded in order they are the
line.

Times are `at_ms`: milliseconds since 1970, UTC, as the hall's clock had them. Durations are differences, never below
zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Final

FactValue = str | int | bool | None


class VoidReason(StrEnum):
    """Why a number was burned, or a ticket ended unserved."""

    NOT_PRINTED = "not_printed"
    """The dispenser refused: not a byte of it was printed."""
    PRINT_UNKNOWN = "print_unknown"
    """Bytes were sent and no proof came. If a paper with this number exists, the number is void all the same."""
    RESTART = "restart"
    """The hall was restarted between the reservation and the proof."""
    WITHDRAWN = "withdrawn"
    """The customer, or a clerk for them, gave it back."""
    DAY_ENDED = "day_ended"


@dataclass(frozen=True, slots=True)
class DayBegun:
    """A new business date: numbers start again at 001, and nothing of the day before can be called any more."""

    business_date: date
    at_ms: int


@dataclass(frozen=True, slots=True)
class NumberReserved:
    """A number belongs to one request, and to nothing else, for ever. It is not a ticket before it is proven
    printed."""

    number: str
    service_id: str
    business_date: date
    priority: bool
    request_id: str
    order_id: str | None
    owner: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class TicketPrinted:
    number: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class TicketVoided:
    number: str
    reason: VoidReason
    at_ms: int


@dataclass(frozen=True, slots=True)
class TicketCalled:
    number: str
    window: str
    clerk: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class TicketRecalled:
    number: str
    window: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class TicketMissed:
    """Called as often as the rule says, and nobody came."""

    number: str
    window: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class TicketReinstated:
    """A customer who missed the call is back in the line, `behind` places from its head."""

    number: str
    behind: int
    owner: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class ServiceBegun:
    number: str
    window: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class ServiceFinished:
    number: str
    window: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class TicketTransferred:
    """Handed over, number and carried order unchanged (H43). Names who answered for it and who does from now on
    (H42)."""

    number: str
    from_window: str
    from_owner: str
    to_service_id: str
    to_window: str | None
    to_owner: str
    at_ms: int


Fact = (
    DayBegun
    | NumberReserved
    | TicketPrinted
    | TicketVoided
    | TicketCalled
    | TicketRecalled
    | TicketMissed
    | TicketReinstated
    | ServiceBegun
    | ServiceFinished
    | TicketTransferred
)

_KINDS: Final[dict[str, type[Fact]]] = {
    "queue.day_begun": DayBegun,
    "queue.reserved": NumberReserved,
    "queue.printed": TicketPrinted,
    "queue.voided": TicketVoided,
    "queue.called": TicketCalled,
    "queue.recalled": TicketRecalled,
    "queue.missed": TicketMissed,
    "queue.reinstated": TicketReinstated,
    "queue.begun": ServiceBegun,
    "queue.finished": ServiceFinished,
    "queue.transferred": TicketTransferred,
}
_NAMES: Final = {made: kind for kind, made in _KINDS.items()}

KINDS: Final = frozenset(_KINDS)
"""The journal's record kinds that are facts of the line."""


class FactInvalid(ValueError):
    """A journal record claims to be a fact of the line and is not. `E-QU-01`."""

    code = "E-QU-01"

    def __str__(self) -> str:
        return f"{self.code}: {super().__str__()}"


def encode(fact: Fact) -> tuple[str, dict[str, FactValue]]:
    """The fact as a journal record: its kind and a body of plain JSON values."""
    body: dict[str, FactValue] = {}
    for field in fields(fact):
        value = getattr(fact, field.name)
        body[field.name] = value.isoformat() if isinstance(value, date) else value
    if isinstance(fact, TicketVoided):
        body["reason"] = fact.reason.value
    return _NAMES[type(fact)], body


def decode(kind: str, body: Mapping[str, object]) -> Fact:
    """The fact that `encode` wrote. Raises `FactInvalid` for an unknown kind, and for a body with other fields than
    its kind has."""
    made = _KINDS.get(kind)
    if made is None:
        raise FactInvalid(f"{kind!r} is not a fact of the line")
    names = {field.name for field in fields(made)}
    if names != body.keys():
        raise FactInvalid(f"{kind}: has {sorted(body)}, needs {sorted(names)}")
    values = dict(body)
    try:
        if "business_date" in values:
            values["business_date"] = date.fromisoformat(str(values["business_date"]))
        if "reason" in values:
            values["reason"] = VoidReason(str(values["reason"]))
    except ValueError as error:
        raise FactInvalid(f"{kind}: {error}") from error
    return made(**values)  # type: ignore[arg-type]
