"""Codes and times, with the protocol's names and units."""

from enum import IntEnum, unique

from drivers.wire import SerialSettings

SETTINGS = SerialSettings(baud=9600, parity="E")
"""9600 8E1; some units have a switch for 19200."""

ACK = 0x50
"""From the unit: an operation command is carried out. From us: the VEND VALID is booked; that one gets no answer."""
COMMUNICATION_ERROR = 0x4A
INVALID_COMMAND = 0x4B
ENQ = 0x05
"""A unit in interrupt mode says unasked that its status has changed."""

ESCROW_CODE_FIRST = 0x61
DENOMINATIONS = 16
"""Note types are the denominations 1 to 16: escrow codes 61h to 70h, in the order of the bits of C0h."""

REPLY_S = 0.5
"""How long a reply may keep us waiting. Public drivers wait 50 ms at rest, 300 to 500 ms while the unit starts."""
QUIET_S = 0.050
"""After so long a silence inside a reply, nothing more of it will come. USB adapters deliver in lumps of 16 ms."""
GAP_S = 0.005
"""From a reply to the next command. (Ours: the sources name none.)"""
POLL_S = 0.100
"""Public drivers poll every 100 to 150 ms; a note in escrow goes back after 3 s without a poll."""
ESCROW_S = 3.0
"""We give a note back that nobody has decided about. The unit itself does so after 10 to 11 s, for good."""
NON_RESPONSE_S = 5.0
"""A unit that has not answered for so long counts as absent."""
OUTCOME_S = 30.0
"""After STACK, VEND VALID follows within this time; 2 s is measured."""
VEND_VALID_S = 60.0
"""A unit whose VEND VALID is not acknowledged for about so long stops answering, until it gets a RESET."""


@unique
class Command(IntEnum):
    STATUS_REQUEST = 0x11
    RESET = 0x40
    STACK_1 = 0x41
    """VEND VALID comes when the note has passed the lever."""
    STACK_2 = 0x42
    """VEND VALID comes when the note is stacked."""
    RETURN = 0x43
    HOLD = 0x44
    WAIT = 0x45
    ACK = ACK
    ENABLE_STATUS = 0x80
    SECURITY_STATUS = 0x81
    COMMUNICATION_MODE_STATUS = 0x82
    INHIBIT_STATUS = 0x83
    DIRECTION_STATUS = 0x84
    OPTIONAL_FUNCTION_STATUS = 0x85
    VERSION = 0x88
    BOOT_VERSION = 0x89
    CURRENCY_ASSIGNMENT = 0x8A
    SERIAL_NUMBER = 0x91
    ENABLE = 0xC0
    SECURITY = 0xC1
    COMMUNICATION_MODE = 0xC2
    INHIBIT = 0xC3
    DIRECTION = 0xC4
    OPTIONAL_FUNCTION = 0xC5
    BAR_CODE_FUNCTION = 0xC6
    BAR_CODE_INHIBIT = 0xC7


OPERATIONS = frozenset((Command.RESET, Command.STACK_1, Command.STACK_2, Command.RETURN, Command.HOLD, Command.WAIT))
"""Answered by ACK (50h)."""
QUESTIONS = frozenset(command for command in Command if 0x80 <= command <= 0x91)
"""Answered by the same code with data."""
SETTINGS_COMMANDS = frozenset(command for command in Command if command >= 0xC0)
"""Answered by an echo."""

POWER_RECOVERY = 0x02
"""Bit of the first byte of OPTIONAL FUNCTION: after a power cut the unit reports a note that it then stacked."""

INHIBITED, UNINHIBITED = b"\x01", b"\x00"


def enable_data(types: frozenset[int]) -> bytes:
    """Data of ENABLE: two bytes, a bit is **set for a denomination that is not taken**; the lowest bit of the first
    byte is denomination 1. Raises `ValueError` for a type outside 1 to 16."""
    if any(not 1 <= note_type <= DENOMINATIONS for note_type in types):
        raise ValueError(f"denominations go from 1 to {DENOMINATIONS}: {sorted(types)}")
    taken = sum(1 << (note_type - 1) for note_type in types)
    return (0xFFFF & ~taken).to_bytes(2, "little")
