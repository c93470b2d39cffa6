"""Bytes and times ("ICT Protocol for RS232" V0.2/V0.3)."""

from enum import IntEnum, unique

from drivers.wire import SerialSettings

SETTINGS = SerialSettings(baud=9600, parity="E", mark_damaged=True)
"""9600 8E1. Parity is the only check of the line, so damaged bytes are asked to be marked."""

ESCROW = 0x81
"""A note waits; the next byte is its type."""
TYPE_FIRST, TYPE_LAST = 0x40, 0x49
"""Note types; most units end at 44h."""
STACKED, NOT_ACCEPTED = 0x10, 0x11
ENABLED, INHIBITED, BUSY, HELD = 0x3E, 0x5E, 0x71, 0x5A
ERROR_CLEARED = 0x2F
COMM_FAILURE = 0x26
"""The unit complains that it was not polled; dropped in V0.3."""

POLL_S = 0.5
"""Ours; the manual wants a poll at least every five seconds."""
ESCROW_S = 5.0
"""A note in escrow is given back when the controller says nothing for so long."""
DECISION_S = 3.0
"""Ours: a note that is not decided about by then is given back, well before the unit does so by itself."""
SYNC_S = 2.0
"""A power-up is to be answered by ACCEPT within this time, or the unit stays inhibited."""
PAIR_S = 0.25
"""Longest time between the two bytes of a report. (Ours; USB adapters deliver in lumps of 16 ms.)"""


@unique
class Command(IntEnum):
    ACCEPT = 0x02
    """Stacks the note in escrow; also the answer to a power-up."""
    POLL = 0x0C
    REJECT = 0x0F
    HOLD = 0x18
    RESET = 0x30
    ENABLE = 0x3E
    INHIBIT = 0x5E
