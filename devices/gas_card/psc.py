"""The card's PSC, derived from the company's master key: each card has its own, and none is stored.

The bytes never appear in a `repr`, a log or an exception. The master key comes from a file that only the hall's user
may read.
"""

import hashlib
import hmac

from devices.gas_card.card import GasCard

PSC_SIZE = 3
FACTORY_PSC = b"\xff\xff\xff"
"""On cards that have not been issued."""
MASTER_KEY_SIZE_MIN = 16

_CONTEXT = b"gas-card-psc-1"
_FORBIDDEN = (FACTORY_PSC, b"\x00\x00\x00")


def derive_psc(master_key: bytes, card_no: str, customer_no: str) -> bytes:
    """HMAC-SHA256 of the two numbers under the master key; its first three bytes that are neither FFFFFF (factory)
    nor 000000.

    Raises `ValueError` for a master key of fewer than 16 bytes.
    """
    if len(master_key) < MASTER_KEY_SIZE_MIN:
        raise ValueError(f"a master key has at least {MASTER_KEY_SIZE_MIN} bytes")
    message = b"\x00".join((_CONTEXT, card_no.encode(), customer_no.encode()))
    while True:
        digest = hmac.digest(master_key, message, hashlib.sha256)
        for start in range(0, len(digest) - PSC_SIZE + 1, PSC_SIZE):
            psc = digest[start : start + PSC_SIZE]
            if psc not in _FORBIDDEN:
                return psc
        message = digest


class MasterKey:
    """Holds the key; gives the PSC of a card. Shows neither."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) < MASTER_KEY_SIZE_MIN:
            raise ValueError(f"a master key has at least {MASTER_KEY_SIZE_MIN} bytes")
        self._key = bytes(key)

    def psc_for(self, card: GasCard) -> bytes:
        return derive_psc(self._key, card.card_no, card.customer_no)

    def __repr__(self) -> str:
        return "MasterKey(…)"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a master key is not pickled")
