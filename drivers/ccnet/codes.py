"""Codes and times, with the manual's names and units ("Common Specifications" rev. 2.6.0)."""

from enum import IntEnum, unique

from drivers.wire import SerialSettings

SETTINGS = SerialSettings(baud=9600)
"""9600 8N1; some units have a switch for 19200."""

BILL_VALIDATOR = 0x03
"""The validator's address on the line."""

ACK = 0x00
NAK = 0xFF
ILLEGAL_COMMAND = 0x30
"""As a reply. The same six bytes as a RESET request: only the direction tells them apart."""

BILL_TYPES = 24

RESPONSE_S = 0.010
"""The unit starts to answer within this time."""
INTER_BYTE_S = 0.005
"""Longest gap inside a frame."""
T_FREE_MIN_S = 0.010
T_FREE_S = 0.020
"""Gap after an ACK or NAK before the next command: at least 10 ms, recommended 20."""
POLL_S = 0.200
"""Time between polls: at least 100 ms, recommended 200."""
NON_RESPONSE_S = 5.0
"""A unit that has not answered for so long counts as absent."""
ESCROW_S = 10.0
"""A note in escrow is given back when no command comes for so long."""
OUTCOME_S = 30.0
"""After STACK or RETURN, 81h or 82h follows within this time."""


@unique
class Command(IntEnum):
    RESET = 0x30
    GET_STATUS = 0x31
    SET_SECURITY = 0x32
    POLL = 0x33
    ENABLE_BILL_TYPES = 0x34
    STACK = 0x35
    RETURN = 0x36
    IDENTIFICATION = 0x37
    HOLD = 0x38
    GET_BILL_TABLE = 0x41
    CRC32_OF_THE_CODE = 0x51
    SET_ESCROW_TIMEOUTS = 0x5A
    COUNTER_OF_STACKED_BILLS = 0x5B


def bill_types_data(types: frozenset[int]) -> bytes:
    """Data of ENABLE BILL TYPES: Y1–Y3 the types to take, Y4–Y6 the same again, so that each of them stops in escrow.

    `types` are 0 to 23; the first byte's highest bit is type 23. An empty set disables the unit. Raises
    `ValueError` beyond that range.
    """
    if any(not 0 <= note_type < BILL_TYPES for note_type in types):
        raise ValueError(f"bill types go from 0 to {BILL_TYPES - 1}: {sorted(types)}")
    mask = sum(1 << note_type for note_type in types).to_bytes(3, "big")
    return mask + mask
