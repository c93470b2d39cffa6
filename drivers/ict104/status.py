"""What the unit's bytes mean, per model: the sources do not agree on one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from drivers.ict104 import codes
from drivers.validator.words import RefuseReason, Trouble


@dataclass(frozen=True, slots=True)
class Model:
    """`errors`: code -> what is wrong, and the manual's word. `power_up`: what a unit says when it has got power.
    `not_accepted_is_returned`: 11h after ACCEPT proves that the note went back; in TerminalClient it is an error of
    the stacker, which proves nothing."""

    errors: Mapping[int, tuple[Trouble, str]]
    rejected: int = 0x29
    invalid_command: int | None = 0x2A
    power_up: tuple[bytes, ...] = (b"\x80\x8f",)
    not_accepted_is_returned: bool = True


_ERRORS: Mapping[int, tuple[Trouble, str]] = {
    0x20: (Trouble.FAILURE, "motor"),
    0x21: (Trouble.FAILURE, "checksum"),
    0x22: (Trouble.HEAD_JAMMED, "bill jam"),
    0x23: (Trouble.HEAD_JAMMED, "bill removed"),
    0x24: (Trouble.CASH_UNIT_OUT, "stacker open"),
    0x25: (Trouble.FAILURE, "sensor"),
    0x27: (Trouble.CHEATED, "bill fishing"),
    0x28: (Trouble.CASH_UNIT_FULL, "stacker problem: full or jammed"),
}

STANDARD = Model(_ERRORS)

MODELS: Mapping[str, Model] = {
    "": STANDARD,
    "104": STANDARD,
    "106": Model(_ERRORS, power_up=(b"\x80\x8f", b"\xa1")),
    "strict-11": Model(_ERRORS, not_accepted_is_returned=False),
    # LV77 / ICT-104U: the table is shifted by one, and 8Fh is the answer to ACCEPT rather than part of the power-up.
    "lv77": Model(
        {
            0x20: (Trouble.FAILURE, "restart"),
            0x21: (Trouble.FAILURE, "motor"),
            0x22: (Trouble.FAILURE, "checksum"),
            0x23: (Trouble.HEAD_JAMMED, "bill jam"),
            0x24: (Trouble.HEAD_JAMMED, "bill removed"),
            0x25: (Trouble.CASH_UNIT_OUT, "stacker open"),
            0x27: (Trouble.FAILURE, "sensor"),
            0x28: (Trouble.CHEATED, "bill fishing"),
            0x29: (Trouble.CASH_UNIT_FULL, "stacker problem: full or jammed"),
        },
        rejected=0x2A,
        invalid_command=None,
        power_up=(b"\x80\x8f", b"\x80"),
    ),
}
"""By the name in configuration."""

REFUSAL = RefuseReason.NOT_RECOGNISED
"""The unit gives no reason with a rejected note; nearly always it was not recognised."""


class Kind(Enum):
    POWER_UP = auto()
    ESCROW = auto()
    STACKED = auto()
    NOT_ACCEPTED = auto()
    REJECTED = auto()
    ENABLED = auto()
    INHIBITED = auto()
    BUSY = auto()
    """Says that it is there, and nothing else."""
    ERROR = auto()
    ERROR_CLEARED = auto()
    INVALID_COMMAND = auto()
    UNKNOWN = auto()
    """A byte of no meaning: not this protocol."""


@dataclass(frozen=True, slots=True)
class Report:
    kind: Kind
    code: int
    """The byte; for `ESCROW` the note type, counted from 0."""


_PLAIN: Mapping[int, Kind] = {
    codes.STACKED: Kind.STACKED,
    codes.NOT_ACCEPTED: Kind.NOT_ACCEPTED,
    codes.ENABLED: Kind.ENABLED,
    codes.INHIBITED: Kind.INHIBITED,
    codes.BUSY: Kind.BUSY,
    codes.HELD: Kind.BUSY,
    codes.COMM_FAILURE: Kind.BUSY,
    codes.ERROR_CLEARED: Kind.ERROR_CLEARED,
}


def read_byte(byte: int, model: Model) -> Report:
    """The meaning of a byte that stands alone."""
    if byte in model.errors:
        return Report(Kind.ERROR, byte)
    if byte == model.rejected:
        return Report(Kind.REJECTED, byte)
    if byte == model.invalid_command:
        return Report(Kind.INVALID_COMMAND, byte)
    return Report(_PLAIN.get(byte, Kind.UNKNOWN), byte)
