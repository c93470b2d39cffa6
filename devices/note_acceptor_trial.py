"""Driving one note acceptor alone, without hall or money: what `gashall try note-acceptor` says and decides.

`describe` turns an event into the command line's fields, `decide` says what to do about it. The caller runs the wire.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from devices.note_acceptor import (
    FAULTS,
    AcceptorReady,
    CashUnitInserted,
    CashUnitRemoved,
    NoteEscrowed,
    NoteOutcomeUnknown,
    NoteRefused,
    NoteReturned,
    NoteStacked,
)
from devices.status import DeviceStatus, StatusChanged

_CURRENCY = "CNY"
_FEN_PER_YUAN = 100


@dataclass(frozen=True, slots=True)
class StackPolicy:
    """Which notes the trial keeps: all, none (each is given back), or those of these values in fen."""

    keep: Literal["all", "none"] | frozenset[int] = "none"

    @classmethod
    def parse(cls, text: str) -> "StackPolicy":
        """`all`, `none`, or values in yuan such as `10,20`. Raises `ValueError` with what is allowed."""
        if text == "all":
            return cls("all")
        if text == "none":
            return cls("none")
        words = [word.strip() for word in text.split(",")]
        if not all(word.isascii() and word.isdigit() and int(word) > 0 for word in words):
            raise ValueError(f"{text!r}: 'all', 'none', or values in yuan separated by commas, such as '10,20'")
        return cls(frozenset(int(word) * _FEN_PER_YUAN for word in words))

    def keeps(self, value_fen: int | None) -> bool:
        if self.keep == "all":
            return True
        return self.keep != "none" and value_fen in self.keep


class Decision(Enum):
    """The verb to call on the acceptor."""

    NOTHING = "nothing"
    ENABLE_ALL = "enable"
    """`enable` with every value of `AcceptorReady.note_types`."""
    STACK = "stack"
    RETURN = "return"
    ACKNOWLEDGE = "acknowledge"


def decide(policy: StackPolicy, event: object) -> Decision:
    """What the trial does about an event of the note acceptor."""
    match event:
        case AcceptorReady():
            return Decision.ENABLE_ALL
        case NoteEscrowed(value_fen=value):
            return Decision.STACK if policy.keeps(value) else Decision.RETURN
        case NoteStacked():
            return Decision.ACKNOWLEDGE
        case _:
            return Decision.NOTHING


_LOST = (DeviceStatus.OFFLINE, DeviceStatus.POWER_OFF)


def describe(event: object) -> dict[str, object]:
    """One JSON object for an event: `event` is ready, escrowed, stacked, returned, rejected, fault, lost or back,
    besides `starting`, `box_out` and `box_in`. Empty for an event of another device."""
    match event:
        case AcceptorReady():
            return {
                "event": "ready",
                "serial_number": event.serial_number,
                "part_number": event.part_number,
                "stacked_count": event.stacked_count,
                "currency": _CURRENCY,
                "values_fen": sorted(set(event.note_types.values())),
            }
        case NoteEscrowed():
            return {"event": "escrowed"} | _note(event.value_fen)
        case NoteStacked():
            return {"event": "stacked"} | _note(event.value_fen) | {"recovered": event.recovered}
        case NoteReturned():
            return {"event": "returned"} | _note(event.value_fen)
        case NoteRefused():
            return {"event": "rejected", "reason": event.reason.value, "code": event.code}
        case NoteOutcomeUnknown():
            return {"event": "fault", "reason": "note_outcome_unknown", "code": event.fault_code} | _note(
                event.value_fen
            )
        case CashUnitRemoved():
            return {"event": "box_out"}
        case CashUnitInserted():
            return {"event": "box_in"}
        case StatusChanged():
            return _status(event)
        case _:
            return {}


def _note(value_fen: int | None) -> dict[str, object]:
    return {"value_fen": value_fen, "currency": _CURRENCY if value_fen is not None else None}


def _status(event: StatusChanged) -> dict[str, object]:
    if event.fault:
        kind = "lost" if event.status in _LOST else "fault"
        return {
            "event": kind,
            "status": event.status.value,
            "code": event.fault.code,
            "reason": event.fault.detail or FAULTS[event.fault.code].text,
            "action": event.fault.action.value,
        }
    return {"event": "back" if event.status is DeviceStatus.ONLINE else "starting", "status": event.status.value}
