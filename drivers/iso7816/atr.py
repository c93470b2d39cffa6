"""Answer to reset (ISO/IEC 7816-3, section 8.2): its own length, and its historical bytes.

Knows the structure only, not what the interface bytes mean. For a synchronous card the reader makes the ATR up: `3B
04` and then the four bytes of the card's own answer (PC/SC part 3, section 3.1.3.2.3; ISO/IEC 7816-10 for the four
bytes H1…H4).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Atr:
    """`raw` ends where the ATR itself says that it ends; `historical` has 0…15 bytes."""

    raw: bytes
    historical: bytes


def parse_atr(received: bytes) -> Atr | None:
    """The ATR at the start of `received`, or `None` if there is none.

    What follows its end is dropped: a card swapped within one poll of pcscd has been seen to give 33 bytes padded
    with zeros.
    """
    if len(received) < 2 or received[0] not in (0x3B, 0x3F):
        return None
    historical_count = received[1] & 0x0F
    position = 2
    present = received[1] >> 4
    check_byte = False
    while present:
        position += (present & 1) + (present >> 1 & 1) + (present >> 2 & 1)
        if not present & 8:
            break
        if position >= len(received):
            return None
        check_byte = check_byte or received[position] & 0x0F != 0
        present = received[position] >> 4
        position += 1
    end = position + historical_count + check_byte
    if end > len(received):
        return None
    return Atr(received[:end], received[position : position + historical_count])
