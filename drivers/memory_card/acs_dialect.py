"""The pseudo-APDUs with which ACS CCID readers (ACR38 CCID, ACR39, ACR3801, ACR3901, ACR33, ACR1281) carry
SLE4432/SLE4442/SLE5532/SLE5542.

Source: ACS "ACR38x (CCID) Reference Manual" 6.04, section "Memory card – SLE 4432/SLE 4442/SLE 5532/SLE 5542"; the
same table stands in the manuals of ACR3801 (2.01), ACR3901 (1.02) and ACR33 (1.02).

Does not know: the older ACR38 (not CCID), whose READ adds four protection bytes and whose PRESENT echoes the code;
it is recognised and left alone. OMNIKEY's and Cherry's dialects are not recognised at all; they refuse the first
command.
"""

from enum import StrEnum

from drivers.iso7816.apdu import CommandApdu, ResponseApdu

CARD_TYPE_SLE4442 = 0x06
PSC_ACCEPTED = 0x9007
"""The error counter with all three tries left, in SW2."""
PSC_LOCKED = 0x9000
"""For PRESENT CODE only: the error counter is used up. Not a success."""


class Dialect(StrEnum):
    ACS_CCID = "ACS CCID"
    ACS_ACR38 = "ACS ACR38 before CCID"
    OTHER = "unknown"


def select_card_type(card_type: int = CARD_TYPE_SLE4442) -> CommandApdu:
    """SELECT_CARD_TYPE: powers the card down and up, so a PSC presented before is forgotten."""
    return CommandApdu(0xFF, 0xA4, 0x00, 0x00, bytes((card_type,)))


def read_memory(address: int, count: int) -> CommandApdu:
    """READ_MEMORY_CARD: `address` 00…FF, `count` 1…255."""
    return CommandApdu(0xFF, 0xB0, 0x00, address, le=count)


def read_error_counter() -> CommandApdu:
    """READ_PRESENTATION_ERROR_COUNTER_MEMORY_CARD: the counter and three dummy bytes."""
    return CommandApdu(0xFF, 0xB1, 0x00, 0x00, le=4)


def write_memory(address: int, data: bytes) -> CommandApdu:
    """WRITE_MEMORY_CARD. `9000` says that the reader has sent it, not that the cells have changed."""
    return CommandApdu(0xFF, 0xD0, 0x00, address, data)


def present_code(psc: bytes) -> CommandApdu:
    """PRESENT_CODE_MEMORY_CARD: answered 90 07 when right, 90 00 when locked, 90 and the counter when wrong."""
    return CommandApdu(0xFF, 0x20, 0x00, 0x00, psc, secret=True)


def dialect_of(one_byte_read: ResponseApdu) -> Dialect:
    """Which dialect the answer to a READ of one byte belongs to: one byte comes back from CCID firmware, five from
    the older one."""
    if not one_byte_read.status.ok:
        return Dialect.OTHER
    return {1: Dialect.ACS_CCID, 5: Dialect.ACS_ACR38}.get(len(one_byte_read.data), Dialect.OTHER)
