"""Status words (ISO/IEC 7816-4, section 5.6) and their names.

Knows only what the standard assigns. Readers of synchronous cards give some words a meaning of their own (a `9000`
that says "locked"); that meaning lives with the reader's dialect, not here.
"""

from dataclasses import dataclass

_NAMES: dict[int, str] = {
    0x9000: "no error",
    0x6200: "state of memory unchanged, no information given",
    0x6281: "part of returned data may be corrupted",
    0x6282: "end of file reached before reading Ne bytes",
    0x6283: "selected file deactivated",
    0x6300: "state of memory changed, no information given",
    0x6381: "file filled up by the last write",
    0x6400: "execution error, state of memory unchanged",
    0x6500: "execution error, state of memory changed",
    0x6581: "memory failure",
    0x6700: "wrong length",
    0x6881: "logical channel not supported",
    0x6882: "secure messaging not supported",
    0x6900: "command not allowed",
    0x6981: "command incompatible with file structure",
    0x6982: "security status not satisfied",
    0x6983: "authentication method blocked",
    0x6984: "reference data not usable",
    0x6985: "conditions of use not satisfied",
    0x6986: "command not allowed, no current EF",
    0x6A80: "incorrect parameters in the command data field",
    0x6A81: "function not supported",
    0x6A82: "file or application not found",
    0x6A83: "record not found",
    0x6A84: "not enough memory space in the file",
    0x6A86: "incorrect parameters P1-P2",
    0x6A87: "Nc inconsistent with parameters P1-P2",
    0x6A88: "referenced data not found",
    0x6B00: "wrong parameters P1-P2",
    0x6D00: "instruction code not supported or invalid",
    0x6E00: "class not supported",
    0x6F00: "no precise diagnosis",
}


@dataclass(frozen=True, slots=True, order=True)
class StatusWord:
    """SW1-SW2 as one number, 0…FFFF."""

    value: int

    def __post_init__(self) -> None:
        if not 0 <= self.value <= 0xFFFF:
            raise ValueError(f"a status word has 16 bits, not {self.value:#x}")

    @property
    def sw1(self) -> int:
        return self.value >> 8

    @property
    def sw2(self) -> int:
        return self.value & 0xFF

    @property
    def ok(self) -> bool:
        """Whether it is exactly `9000`."""
        return self.value == 0x9000

    @property
    def tries_left(self) -> int | None:
        """The X of `63CX`; `None` for any other word."""
        return self.sw2 & 0x0F if self.sw1 == 0x63 and self.sw2 & 0xF0 == 0xC0 else None

    @property
    def name(self) -> str:
        """The standard's words for it, or "not assigned by ISO 7816-4"."""
        if self.tries_left is not None:
            return f"verification failed, {self.tries_left} tries left"
        if self.sw1 == 0x61:
            return f"{self.sw2 or 256} bytes still available"
        if self.sw1 == 0x6C:
            return f"wrong Le, {self.sw2 or 256} bytes available"
        return _NAMES.get(self.value, "not assigned by ISO 7816-4")

    def __str__(self) -> str:
        return f"{self.value:04X} ({self.name})"


NO_ERROR = StatusWord(0x9000)
