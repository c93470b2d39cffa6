"""Serial-number arithmetic (RFC 1982, SERIAL_BITS = 16) for the counters of the card's slots."""

_MODULUS = 0x1_0000
_HALF = 0x8000


def is_newer(a: int, b: int) -> bool:
    """Whether `a` comes after `b`: by less than half the circle. Equal, or exactly half a circle apart, is not
    newer."""
    return 0 < (a - b) % _MODULUS < _HALF


def next_sequence(sequence: int) -> int:
    """The sequence after this one. 0 is kept for "has never bought", so 65535 is followed by 1."""
    return sequence + 1 if sequence < _MODULUS - 1 else 1
