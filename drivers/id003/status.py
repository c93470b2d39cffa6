"""What the bytes of a status reply mean. Nothing here says what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, unique

from drivers.validator.events import StateSeen
from drivers.validator.words import RefuseReason, Trouble


@unique
class State(IntEnum):
    """The first byte of the reply to a status request."""

    IDLING = 0x11
    ACCEPTING = 0x12
    ESCROW = 0x13
    STACKING = 0x14
    VEND_VALID = 0x15
    STACKED = 0x16
    REJECTING = 0x17
    RETURNING = 0x18
    HOLDING = 0x19
    INHIBITED = 0x1A
    INITIALIZE = 0x1B
    POWER_UP = 0x40
    POWER_UP_BILL_IN_ACCEPTOR = 0x41
    POWER_UP_BILL_IN_STACKER = 0x42
    STACKER_FULL = 0x43
    STACKER_OPEN = 0x44
    JAM_IN_ACCEPTOR = 0x45
    JAM_IN_STACKER = 0x46
    PAUSE = 0x47
    CHEATED = 0x48
    FAILURE = 0x49


class Kind(Enum):
    """What sort of thing a state is."""

    POWERED_UP = "has lost its power, and waits for RESET; takes no settings"
    INITIALISING = "starts; inhibited afterwards"
    AT_REST = "holds no note"
    MOVING = "is at work on a note"
    REPORT = "says that a note is secured; repeated until acknowledged"
    STOPPED = "takes no notes until somebody has mended it"


KINDS: Mapping[State, Kind] = {
    State.IDLING: Kind.AT_REST,
    State.ACCEPTING: Kind.MOVING,
    State.ESCROW: Kind.MOVING,
    State.STACKING: Kind.MOVING,
    State.VEND_VALID: Kind.REPORT,
    State.STACKED: Kind.MOVING,
    State.REJECTING: Kind.MOVING,
    State.RETURNING: Kind.MOVING,
    State.HOLDING: Kind.MOVING,
    State.INHIBITED: Kind.AT_REST,
    State.INITIALIZE: Kind.INITIALISING,
    State.POWER_UP: Kind.POWERED_UP,
    State.POWER_UP_BILL_IN_ACCEPTOR: Kind.POWERED_UP,
    State.POWER_UP_BILL_IN_STACKER: Kind.POWERED_UP,
    State.STACKER_FULL: Kind.STOPPED,
    State.STACKER_OPEN: Kind.STOPPED,
    State.JAM_IN_ACCEPTOR: Kind.STOPPED,
    State.JAM_IN_STACKER: Kind.STOPPED,
    State.PAUSE: Kind.STOPPED,
    State.CHEATED: Kind.STOPPED,
    State.FAILURE: Kind.STOPPED,
}


@dataclass(frozen=True, slots=True)
class StatusReply:
    """`data`: the escrow code (and a bar code behind it), the reason of a rejection, the failure."""

    state: State
    data: bytes = b""

    @property
    def kind(self) -> Kind:
        return KINDS[self.state]

    @property
    def code(self) -> int | None:
        return self.data[0] if self.data else None


def read_status(payload: bytes) -> StatusReply | None:
    """The reply's meaning; `None` for a state that the protocol does not know, or an escrow without its code."""
    try:
        state = State(payload[0])
    except ValueError:
        return None
    if state is State.ESCROW and len(payload) < 2:
        return None
    return StatusReply(state, bytes(payload[1:]))


REJECT_CODES: Mapping[int, str] = {
    0x71: "insertion",
    0x72: "magnetic pattern",
    0x73: "bill remains in the head",
    0x74: "calibration",
    0x75: "conveying",
    0x76: "discrimination",
    0x77: "photo pattern",
    0x78: "photo level",
    0x79: "inhibited",
    0x7B: "operation",
    0x7C: "bill remains in the stacker",
    0x7D: "length",
    0x7E: "colour pattern",
    0x7F: "true bill pattern",
}

FAILURE_CODES: Mapping[int, str] = {
    0xA2: "stacker motor",
    0xA5: "transport motor speed",
    0xA6: "transport motor",
    0xA7: "aligning motor",
    0xAB: "cash box not ready",
    0xAC: "optical sensor",
    0xAD: "magnetic sensor",
    0xAF: "head removed",
    0xB0: "boot ROM",
    0xB1: "external ROM",
    0xB2: "ROM",
    0xB3: "external ROM writing",
}

TROUBLES: Mapping[State, Trouble] = {
    State.STACKER_FULL: Trouble.CASH_UNIT_FULL,
    State.STACKER_OPEN: Trouble.CASH_UNIT_OUT,
    State.JAM_IN_ACCEPTOR: Trouble.HEAD_JAMMED,
    State.JAM_IN_STACKER: Trouble.CASH_UNIT_JAMMED,
    State.PAUSE: Trouble.PAUSED,
    State.CHEATED: Trouble.CHEATED,
    State.FAILURE: Trouble.FAILURE,
}

REFUSALS: Mapping[int, RefuseReason] = {
    0x71: RefuseReason.INSERTION,
    0x73: RefuseReason.PREVIOUS_NOTE,
    0x75: RefuseReason.TRANSPORT,
    0x79: RefuseReason.NOT_ACCEPTED_NOW,
    0x7B: RefuseReason.TRANSPORT,
    0x7C: RefuseReason.PREVIOUS_NOTE,
} | dict.fromkeys((0x72, 0x74, 0x76, 0x77, 0x78, 0x7D, 0x7E, 0x7F), RefuseReason.NOT_RECOGNISED)


def state_seen(reply: StatusReply) -> StateSeen:
    """The common event for a state; a failure names the part."""
    detail = ""
    if reply.state is State.FAILURE and reply.code is not None:
        detail = f"{reply.code:02X}h {FAILURE_CODES.get(reply.code, 'not in the sources')}"
    return StateSeen(TROUBLES.get(reply.state), detail)
