"""The other side of the reference layout: a gas meter that takes purchases from cards, and the works where cards are
issued.

Written from docs/protocols/gas-card-reference-layout.md with byte positions of its own; shares no code with the
codec that it is a witness against.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import date

VIRTUAL_MASTER_KEY = b"virtual hall: no real card's key"
"""The master key of simulated cards."""

_COMPLETE = 0xA5


@dataclass(frozen=True, slots=True)
class Look:
    """What a meter sees on a card. `volume` in hundredths of a cubic metre; `accepted`: the purchase it took last,
    if any."""

    card_no: str
    sequence: int
    volume: int
    accepted: int | None


def crc16(data: bytes) -> int:
    """CRC-16/IBM-3740, bit by bit over the whole message as one number."""
    register = int.from_bytes(data, "big") << 16 ^ 0xFFFF << 8 * len(data)
    for bit in range(8 * len(data) + 15, 15, -1):
        if register >> bit & 1:
            register ^= 0x11021 << bit - 16
    return register & 0xFFFF


def card_psc(master_key: bytes, card_no: str, customer_no: str) -> bytes:
    message = b"gas-card-psc-1\0" + card_no.encode() + b"\0" + customer_no.encode()
    digest = hmac.new(master_key, message, hashlib.sha256).digest()
    return next(digest[n : n + 3] for n in range(0, 30, 3) if digest[n : n + 3] not in (b"\0\0\0", b"\xff\xff\xff"))


def issue(content: bytes, card_no: str, customer_no: str, meter_no: str, region: int = 1) -> bytes:
    """A blank card's content with header and an empty purchase. Raises `ValueError` unless the numbers have 8, 10
    and 12 digits."""
    for number, digits in ((card_no, 8), (customer_no, 10), (meter_no, 12)):
        if len(number) != digits or not number.isdecimal() or not number.isascii():
            raise ValueError(f"{number!r} has not {digits} digits")
    header = b"GK" + struct.pack(">BHB", 1, region, 0) + bytes.fromhex(card_no + customer_no + meter_no) + bytes(9)
    purchase = struct.pack(">HIIIHIHI", 0, 0, 0, 0, 0, 0xFFFFFFFF, 0, 0) + bytes(3) + bytes((_COMPLETE,))
    return content[:0x20] + _sealed(header) + _sealed(purchase) + b"\xff" * 160


def look(content: bytes) -> Look | None:
    """`None` if the meter does not know the card."""
    if content[0x20:0x22] != b"GK" or not _seal_holds(content[0x20:0x40]):
        return None
    slot = _newer(content, 0x40, 0x60)
    if slot is None:
        return None
    sequence, volume = struct.unpack_from(">HI", content, slot)
    report = _newer(content, 0x80, 0xA0)
    accepted = None if report is None else struct.unpack_from(">H", content, report + 2)[0]
    return Look(content[0x26:0x2A].hex(), sequence, volume, accepted)


def take_purchase(content: bytes, today: date) -> tuple[tuple[int, int], ...]:
    """What the meter programs at an insertion, address and value, in its order: the report of the purchase that it
    has taken, or of nothing new. Raises `ValueError` for a card that it does not know."""
    seen = look(content)
    if seen is None:
        raise ValueError("the meter does not know this card")
    active = _newer(content, 0x80, 0xA0)
    count, remaining, used = 0, 0, 0
    if active is not None:
        count, _accepted, remaining, used = struct.unpack_from(">HHiI", content, active)
    if seen.sequence != 0 and seen.accepted != seen.sequence:
        remaining += seen.volume
    stamp = bytes.fromhex(today.strftime("%Y%m%d"))
    fields = struct.pack(">HHiIB", count % 0xFFFF + 1, seen.sequence, remaining, used, 0) + stamp
    block = _sealed(fields + bytes(12) + bytes((_COMPLETE,)))
    start = 0x80 if active == 0xA0 or active is None else 0xA0
    steps = [(start + 29, 0x00)]
    steps += [(start + place, block[place]) for place in (*range(29), 30, 31)]
    return (*steps, (start + 29, _COMPLETE))


def _newer(content: bytes, first: int, second: int) -> int | None:
    valid = [at for at in (first, second) if content[at + 29] == _COMPLETE and _seal_holds(content[at : at + 32])]
    if len(valid) < 2:
        return valid[0] if valid else None
    ahead = (
        int.from_bytes(content[second : second + 2], "big") - int.from_bytes(content[first : first + 2], "big")
    ) & 0xFFFF
    return second if 0 < ahead < 0x8000 else first


def _sealed(block: bytes) -> bytes:
    return block + struct.pack(">H", crc16(block))


def _seal_holds(block: bytes) -> bool:
    return crc16(block[:-2]) == int.from_bytes(block[-2:], "big")
