"""An SLE4442 and the reader in front of it, as a strict peer: it carries out what a real pair would, and writes down
every command that a careful program would not have sent.

Chip: Siemens data sheet "SLE 4432/SLE 4442" 07.95. Reader: ACS "ACR38x (CCID) Reference Manual" 6.04, memory-card
commands. Written from these two; shares no code with the driver that it judges.

Does not model: the two-wire bus, the wear of cells, card types other than the SLE4442 (they are all alike here: they
refuse).
"""

from collections.abc import Generator
from dataclasses import dataclass, field

OK = b"\x90\x00"
REFUSED = b"\x63\x00"
WRONG_LENGTH = b"\x67\x00"
UNKNOWN_INSTRUCTION = b"\x6d\x00"
UNKNOWN_CLASS = b"\x6e\x00"

SLE4442_ATR = bytes.fromhex("3B04A2131091")
SLE4428_ATR = bytes.fromhex("3B0492231091")
CPU_CARD_ATR = bytes.fromhex("3B6800000073C84012009000")
FACTORY_PSC = b"\xff\xff\xff"
FACTORY_CONTENT = (
    bytes.fromhex("A2131091FFFF8115") + b"\xff" * 13 + bytes.fromhex("D27600000400") + b"\xff" * 5 + b"\xff" * 224
)
PROGRAMMING_S = 0.005
"""To erase and write one byte."""

_CARD_TYPE_SLE4442 = 0x06
_MANUFACTURER_END = 0x20


class PowerLost(Exception):
    """The card has left the reader in the middle of a command: no answer."""


@dataclass
class Chip:
    """The cells of one card and what survives without power."""

    main: bytearray = field(default_factory=lambda: bytearray(FACTORY_CONTENT))
    protection: bytearray = field(default_factory=lambda: bytearray(b"\xff\xff\xff\xff"))
    """One bit a byte of 00…1F, least significant first; 0 is protected for ever."""
    error_counter: int = 0x07
    psc: bytes = field(default=FACTORY_PSC, repr=False)
    atr: bytes = SLE4442_ATR

    @property
    def is_sle4442(self) -> bool:
        return self.atr == SLE4442_ATR


@dataclass
class Journal:
    """What was done to the card since the model was made."""

    violations: list[str] = field(default_factory=list)
    psc_presentations: int = 0
    programmed: list[int] = field(default_factory=list)
    """Address of each byte whose programming began, in order."""
    commands: int = 0


class CardModel:
    """One card in one reader. `exchange` answers one command; it yields at every byte that is half programmed.

    `older_reader`: the ACR38 before CCID, whose answers have other lengths. `memory_reader`: false for a reader that
    knows no memory cards.
    """

    def __init__(self, chip: Chip | None = None, *, older_reader: bool = False, memory_reader: bool = True) -> None:
        self.chip = chip or Chip()
        self.journal = Journal()
        self.powered = False
        self._older_reader = older_reader
        self._memory_reader = memory_reader
        self._selected = False
        self._unlocked = False
        self._presented = False
        self._tear_after: int | None = None
        self._torn_value: int | None = None

    def arm_tear(self, after_bytes: int, torn_value: int | None = None) -> None:
        """The power will go while byte number `after_bytes` (0: the next) is being programmed, and leave
        `torn_value` in it; `None`: FFh, as after erasing."""
        self._tear_after, self._torn_value = after_bytes, torn_value

    def power_on(self) -> bytes:
        self.powered = True
        self._selected = self._unlocked = self._presented = False
        return self.chip.atr

    def power_off(self) -> None:
        self.powered = self._selected = self._unlocked = self._presented = False

    def answer(self, command: bytes) -> bytes:
        """`exchange` to its end, in no time. Raises `PowerLost`."""
        steps = self.exchange(command)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return bytes(end.value)

    def exchange(self, command: bytes) -> Generator[int, None, bytes]:
        """Yields an address while its byte is half programmed (leaving the generator there leaves it torn), returns
        the answer. Raises `PowerLost` at an armed tear."""
        if not self.powered:
            raise PowerLost
        self.journal.commands += 1
        if len(command) < 5:
            self._violation(f"a command of {len(command)} bytes")
            return WRONG_LENGTH
        if command[0] != 0xFF:
            self._violation(f"class {command[0]:02X} sent to a memory card")
            return UNKNOWN_CLASS
        instruction = command[1]
        if not self.chip.is_sle4442:
            return self._foreign(instruction)
        if not self._memory_reader:
            return UNKNOWN_INSTRUCTION
        if instruction == 0xA4:
            return self._select(command)
        if not self._selected:
            self._violation(f"{instruction:02X} before SELECT_CARD_TYPE")
            return REFUSED
        if instruction == 0xB0:
            return self._read(command[3], command[4] or 256)
        if instruction == 0xB1:
            return bytes((self.chip.error_counter, 0, 0, 0)) + OK
        if instruction == 0xB2:
            return bytes(self.chip.protection) + OK
        if instruction == 0x20:
            return self._present(command[5:], command[4])
        if instruction == 0xD0:
            return (yield from self._write(command[3], command[5:], command[4]))
        if instruction in (0xD1, 0xD2):
            self._violation(f"{instruction:02X} cannot be undone and was not asked for")
            return REFUSED
        self._violation(f"unknown instruction {instruction:02X}")
        return UNKNOWN_INSTRUCTION

    def _foreign(self, instruction: int) -> bytes:
        if instruction == 0x20:
            self.journal.psc_presentations += 1
            self._violation("a PSC presented to a foreign card")
        elif instruction in (0xD0, 0xD1, 0xD2):
            self._violation("a write to a foreign card")
        return UNKNOWN_CLASS

    def _select(self, command: bytes) -> bytes:
        self.power_on()
        if command[2:] != bytes((0, 0, 1, _CARD_TYPE_SLE4442)):
            self._violation(f"SELECT_CARD_TYPE {command[2:].hex(' ')} for an SLE4442")
            return REFUSED
        self._selected = True
        return OK

    def _read(self, address: int, count: int) -> bytes:
        if address + count > 256:
            self._violation(f"a read of {count} bytes at {address:02X}")
            return WRONG_LENGTH
        data = bytes(self.chip.main[address : address + count])
        return data + (bytes(self.chip.protection) if self._older_reader else b"") + OK

    def _present(self, psc: bytes, length: int) -> bytes:
        chip = self.chip
        self.journal.psc_presentations += 1
        if len(psc) != 3 or length != 3:
            self._violation("a PSC has three bytes")
            return WRONG_LENGTH
        if self._presented:
            self._violation("PSC presented twice")
        if chip.error_counter != 0x07:
            self._violation(f"PSC presented with error counter {chip.error_counter:02X}")
        self._presented = True
        if chip.error_counter == 0:
            return OK
        if psc == chip.psc:
            self._unlocked = True
            chip.error_counter = 0x07
            return b"\x90\x07"
        self._violation("wrong PSC presented")
        self._unlocked = False
        chip.error_counter &= chip.error_counter - 1
        return bytes((0x90, chip.error_counter))

    def _write(self, address: int, data: bytes, length: int) -> Generator[int, None, bytes]:
        if not data or len(data) != length or address + length > 256:
            self._violation(f"a write of {length} bytes at {address:02X} carrying {len(data)}")
            return WRONG_LENGTH
        if address < _MANUFACTURER_END:
            self._violation(f"a write to {address:02X}, in the manufacturer's area")
        if not self._unlocked:
            # The reader has sent it and says so; the chip has ignored it.
            self._violation("a write without the PSC")
            return OK
        for place, value in enumerate(data, address):
            if place < _MANUFACTURER_END and not self.chip.protection[place // 8] >> place % 8 & 1:
                continue
            if self.chip.main[place] == value:
                self._violation(f"byte {place:02X} programmed with the value that it has")
            self.journal.programmed.append(place)
            torn = self._tear_after == 0
            self.chip.main[place] = 0xFF if not torn or self._torn_value is None else self._torn_value
            if torn:
                self._tear_after = None
                self.power_off()
                raise PowerLost
            yield place
            self.chip.main[place] = value
            if self._tear_after is not None:
                self._tear_after -= 1
        return OK

    def _violation(self, what: str) -> None:
        self.journal.violations.append(what)
