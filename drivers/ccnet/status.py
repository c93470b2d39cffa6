"""What the bytes of a POLL reply mean ("Bill Validator: POLL states"). Nothing here says what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, unique

from drivers.validator.events import StateSeen
from drivers.validator.words import RefuseReason, Trouble


@unique
class State(IntEnum):
    """Z1, the first byte of the reply."""

    POWER_UP = 0x10
    POWER_UP_BILL_IN_VALIDATOR = 0x11
    POWER_UP_BILL_IN_STACKER = 0x12
    INITIALIZE = 0x13
    IDLING = 0x14
    ACCEPTING = 0x15
    STACKING = 0x17
    RETURNING = 0x18
    UNIT_DISABLED = 0x19
    HOLDING = 0x1A
    DEVICE_BUSY = 0x1B
    REJECTING = 0x1C
    DROP_CASSETTE_FULL = 0x41
    DROP_CASSETTE_OUT_OF_POSITION = 0x42
    VALIDATOR_JAMMED = 0x43
    DROP_CASSETTE_JAMMED = 0x44
    CHEATED = 0x45
    PAUSE = 0x46
    FAILURE = 0x47
    ESCROW_POSITION = 0x80
    BILL_STACKED = 0x81
    BILL_RETURNED = 0x82
    SUSPECTED_NOTE = 0x84
    COUNTERFEIT_NOTE = 0x90


class Kind(Enum):
    """What sort of thing a state is."""

    POWERED_UP = "has lost its power since we last spoke, and waits for RESET"
    INITIALISING = "starts by itself or after RESET; every bill type is disabled afterwards"
    AT_REST = "holds no note"
    MOVING = "is at work on a note or on itself"
    REPORT = "says what has happened to a note; repeated until acknowledged"
    STOPPED = "takes no notes until somebody has mended it"


@dataclass(frozen=True, slots=True)
class Meaning:
    kind: Kind
    data_bytes: int = 0
    """Bytes that follow Z1 in the reply: Z2 is a bill type, a reason, a failure or a time."""
    queries: bool = False
    """IDENTIFICATION and GET BILL TABLE are legal."""
    bill_types: bool = False
    """ENABLE BILL TYPES is sent in this state. (Ours: the manual forbids it only before the start is complete.)"""


MEANINGS: Mapping[State, Meaning] = {
    State.POWER_UP: Meaning(Kind.POWERED_UP, queries=True),
    State.POWER_UP_BILL_IN_VALIDATOR: Meaning(Kind.POWERED_UP, queries=True),
    State.POWER_UP_BILL_IN_STACKER: Meaning(Kind.POWERED_UP, queries=True),
    State.INITIALIZE: Meaning(Kind.INITIALISING, queries=True),
    State.IDLING: Meaning(Kind.AT_REST, bill_types=True),
    State.ACCEPTING: Meaning(Kind.MOVING, bill_types=True),
    State.STACKING: Meaning(Kind.MOVING, bill_types=True),
    State.RETURNING: Meaning(Kind.MOVING, bill_types=True),
    State.UNIT_DISABLED: Meaning(Kind.AT_REST, queries=True, bill_types=True),
    State.HOLDING: Meaning(Kind.MOVING, bill_types=True),
    State.DEVICE_BUSY: Meaning(Kind.MOVING, data_bytes=1),
    State.REJECTING: Meaning(Kind.REPORT, data_bytes=1, bill_types=True),
    State.DROP_CASSETTE_FULL: Meaning(Kind.STOPPED, queries=True),
    State.DROP_CASSETTE_OUT_OF_POSITION: Meaning(Kind.STOPPED, queries=True),
    State.VALIDATOR_JAMMED: Meaning(Kind.STOPPED, queries=True),
    State.DROP_CASSETTE_JAMMED: Meaning(Kind.STOPPED, queries=True),
    State.CHEATED: Meaning(Kind.STOPPED, queries=True),
    State.PAUSE: Meaning(Kind.STOPPED, queries=True, bill_types=True),
    State.FAILURE: Meaning(Kind.STOPPED, data_bytes=1, queries=True),
    State.ESCROW_POSITION: Meaning(Kind.MOVING, data_bytes=1, bill_types=True),
    State.BILL_STACKED: Meaning(Kind.REPORT, data_bytes=1),
    State.BILL_RETURNED: Meaning(Kind.REPORT, data_bytes=1),
    State.SUSPECTED_NOTE: Meaning(Kind.REPORT, data_bytes=1),
    State.COUNTERFEIT_NOTE: Meaning(Kind.REPORT, data_bytes=1),
}


@dataclass(frozen=True, slots=True)
class PollReply:
    """One POLL reply. `data` is Z2, or `None` in the states that have none."""

    state: State
    data: int | None = None

    @property
    def meaning(self) -> Meaning:
        return MEANINGS[self.state]


def read_poll_reply(payload: bytes) -> PollReply | None:
    """The reply's meaning; `None` if the manual knows no such state.

    The bill type of the two counterfeit reports may be missing: the manual's editions differ there.
    """
    try:
        state = State(payload[0])
    except ValueError:
        return None
    if len(payload) > 1:
        return PollReply(state, payload[1])
    if MEANINGS[state].data_bytes and state not in (State.SUSPECTED_NOTE, State.COUNTERFEIT_NOTE):
        return None
    return PollReply(state)


REJECT_CODES: Mapping[int, str] = {
    0x60: "insertion",
    0x61: "dielectric or magnetic",
    0x62: "previous bill remains in the head",
    0x63: "compensation or multiplying factor",
    0x64: "conveying",
    0x65: "identification",
    0x66: "verification",
    0x67: "optic sensor",
    0x68: "denomination inhibited",
    0x69: "capacitance",
    0x6A: "operation",
    0x6C: "length",
    0x6D: "ultraviolet",
    0x92: "bar code: not recognised",
    0x93: "bar code: number of characters",
    0x94: "bar code: start sequence",
    0x95: "bar code: stop sequence",
}

FAILURE_CODES: Mapping[int, str] = {
    0x50: "stack motor",
    0x51: "transport motor speed",
    0x52: "transport motor",
    0x53: "aligning motor",
    0x54: "initial cassette status",
    0x55: "optic canal",
    0x56: "magnetic canal",
    0x57: "operating system",
    0x58: "memory stick",
    0x59: "DPLINK",
    0x5A: "I2C",
    0x5B: "SPI",
    0x5C: "second CPU",
    0x5F: "capacitance canal",
}

TROUBLES: Mapping[State, Trouble] = {
    State.DROP_CASSETTE_FULL: Trouble.CASH_UNIT_FULL,
    State.DROP_CASSETTE_OUT_OF_POSITION: Trouble.CASH_UNIT_OUT,
    State.VALIDATOR_JAMMED: Trouble.HEAD_JAMMED,
    State.DROP_CASSETTE_JAMMED: Trouble.CASH_UNIT_JAMMED,
    State.CHEATED: Trouble.CHEATED,
    State.PAUSE: Trouble.PAUSED,
    State.FAILURE: Trouble.FAILURE,
    State.SUSPECTED_NOTE: Trouble.SUSPECT_NOTE,
    State.COUNTERFEIT_NOTE: Trouble.SUSPECT_NOTE,
}
"""The common word for each state that keeps the unit from taking notes."""

REFUSALS: Mapping[int, RefuseReason] = {
    0x60: RefuseReason.INSERTION,
    0x62: RefuseReason.PREVIOUS_NOTE,
    0x64: RefuseReason.TRANSPORT,
    0x68: RefuseReason.NOT_ACCEPTED_NOW,
    0x6A: RefuseReason.TRANSPORT,
} | dict.fromkeys((0x61, 0x63, 0x65, 0x66, 0x67, 0x69, 0x6C, 0x6D), RefuseReason.NOT_RECOGNISED)
"""The common word for each reject code of a note; the bar codes' have none."""


def state_seen(reply: PollReply) -> StateSeen:
    """The common event for a state; a failure names the part."""
    detail = ""
    if reply.state is State.FAILURE and reply.data is not None:
        detail = f"{reply.data:02X}h {FAILURE_CODES.get(reply.data, 'not in the manual')}"
    return StateSeen(TROUBLES.get(reply.state), detail)
