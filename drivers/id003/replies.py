"""The long replies: currency assignment, version, serial number."""

from drivers.id003.codes import DENOMINATIONS, ESCROW_CODE_FIRST
from drivers.validator.events import NoteValue

COUNTRIES = {0x01: "USD", 0x0A: "JPY", 0x2D: "CNY", 0x59: "HKD", 0xE0: "EUR"}
"""Country number -> currency, as far as it matters here. (Public source: the ID-003 driver of Aristocrat's Monaco
platform; E0h also in captures of a real unit.)"""

_ENTRY = 4


def read_currency_assignment(payload: bytes, yuan: int | None = None) -> dict[int, NoteValue] | None:
    """Note type (1 to 16) -> value, unassigned entries left out. 4 bytes each: escrow code, country, digits, exponent
    of ten. `yuan` is a further country number that stands for the yuan. A country that is not known is told as
    `?` and its number. `None` if the length is no multiple of four."""
    if not payload or len(payload) % _ENTRY:
        return None
    table = {}
    for start in range(0, len(payload), _ENTRY):
        code, country, digits, exponent = payload[start : start + _ENTRY]
        note_type = code - ESCROW_CODE_FIRST + 1
        if 1 <= note_type <= DENOMINATIONS and country and digits:
            currency = "CNY" if country == yuan else COUNTRIES.get(country, f"?{country:02X}")
            table[note_type] = NoteValue(digits, currency, exponent)
    return table


def read_text(payload: bytes) -> str:
    """Printed text without padding."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else " " for byte in payload).strip()


def read_version(payload: bytes) -> tuple[str, str]:
    """Model and firmware: `i(USA)100-SS ID003-05V280-42 01AUG17 964D` is the model up to the first space, and the
    rest."""
    model, _, firmware = read_text(payload).partition(" ")
    return model, firmware.strip()
