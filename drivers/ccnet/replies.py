"""The long replies: IDENTIFICATION, GET BILL TABLE, GET STATUS, COUNTER OF STACKED BILLS."""

from dataclasses import dataclass

from drivers.validator.events import NoteValue

_BILL_ENTRY = 5
_PART, _SERIAL, _ASSET = 15, 12, 7
IDENTIFICATION_LENGTH = _PART + _SERIAL + _ASSET


@dataclass(frozen=True, slots=True)
class Identification:
    """Part and serial number as printed text without padding; the asset number is binary."""

    part_number: str
    serial_number: str
    asset_number: bytes


def read_identification(payload: bytes) -> Identification | None:
    """34 bytes: 15 part number, 12 serial number, 7 asset number. `None` for another length."""
    if len(payload) != IDENTIFICATION_LENGTH:
        return None
    return Identification(
        _text(payload[:_PART]), _text(payload[_PART : _PART + _SERIAL]), bytes(payload[_PART + _SERIAL :])
    )


def _text(field: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else " " for byte in field).strip()


BillType = NoteValue
"""One entry of the bill table."""


def read_bill_table(payload: bytes) -> dict[int, BillType] | None:
    """Bill type -> entry, empty entries left out. 5 bytes each: leading digits, three letters, exponent (bit 7 set:
    decimal places, else number of zeros). `None` if the length is no multiple of five."""
    if not payload or len(payload) % _BILL_ENTRY:
        return None
    table = {}
    for note_type in range(len(payload) // _BILL_ENTRY):
        entry = payload[note_type * _BILL_ENTRY : (note_type + 1) * _BILL_ENTRY]
        if entry[0] and any(entry[1:4]):
            exponent = -(entry[4] & 0x7F) if entry[4] & 0x80 else entry[4]
            table[note_type] = BillType(entry[0], _text(entry[1:4]), exponent)
    return table


def read_status(payload: bytes) -> frozenset[int] | None:
    """GET STATUS: the enabled bill types (the first three of six bytes); `None` for another length."""
    if len(payload) != 6:
        return None
    mask = int.from_bytes(payload[:3], "big")
    return frozenset(note_type for note_type in range(24) if mask >> note_type & 1)


def read_counter(payload: bytes) -> int | None:
    """COUNTER OF STACKED BILLS: two bytes, most significant first; wraps at 65536. `None` for another length."""
    return int.from_bytes(payload, "big") if len(payload) == 2 else None
