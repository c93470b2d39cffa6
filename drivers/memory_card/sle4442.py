"""SLE4442: 256 bytes, the first 32 of which can be protected for ever, behind a PSC of three bytes with three tries.

Source: Siemens (Infineon) data sheet "SLE 4432/SLE 4442" 07.95. Programming a byte takes 2.5 ms to erase and 2.5 ms
to write, so pulling the card in between leaves any value in that byte. Reading is free; writing needs the PSC, which
is valid until the power goes.

Three rules keep cards alive:

* addresses 00…1F are never written: 00…03 are the answer to reset, and a card without it is never recognised again;
* the PSC is presented only while the error counter shows all three tries, and never twice: a wrong guess costs one
try, not the card;
* a write counts as done when every byte has been read back.

Does not know: what the bytes mean, which PSC is right, changing a PSC, protecting bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from drivers.errors import DriverError
from drivers.iso7816.apdu import ApduError, CommandApdu, ResponseApdu
from drivers.iso7816.atr import parse_atr
from drivers.iso7816.connection import CardConnection, TransmitError
from drivers.memory_card import acs_dialect
from drivers.memory_card.acs_dialect import Dialect

MEMORY_SIZE = 256
FIRST_WRITABLE = 0x20
PSC_SIZE = 3
ERROR_COUNTER_FULL = 0x07
"""Three bits, one for each try that is left."""

_READ_CHUNK = 64
_WRITE_CHUNK = 32


class UnsuitableReader(DriverError):
    """The reader does not carry memory cards, or speaks a dialect that is not driven here."""

    code = "E-DR-23"


@dataclass(frozen=True, slots=True)
class Patch:
    """Bytes to be programmed from `offset` on. Patches are programmed in the order given."""

    offset: int
    data: bytes

    def __post_init__(self) -> None:
        if self.offset < FIRST_WRITABLE or self.offset + len(self.data) > MEMORY_SIZE:
            raise ValueError(f"{self.offset:#04x}+{len(self.data)} is outside 20…FF")

    def apply(self, image: bytes) -> bytes:
        return image[: self.offset] + self.data + image[self.offset + len(self.data) :]


class UpdateOutcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class UpdateReason(StrEnum):
    """Why an update was not done."""

    NONE = "none"
    LOCKED = "no tries left"
    TRIES_USED = "tries have been used: the PSC is withheld"
    PSC_REFUSED = "the PSC was not accepted"
    NO_ANSWER = "a command got no answer"
    WRITE_FAILED = "the bytes read back are not the bytes written"


@dataclass(frozen=True, slots=True)
class Update:
    """`REFUSED`: certainly nothing was programmed. `UNKNOWN`: a write may have reached the chip, and what was read
    back (`image`, if it could be read at all) is neither the old nor the new content."""

    outcome: UpdateOutcome
    reason: UpdateReason
    image: bytes | None
    detail: str = field(default="")


def is_two_wire_card(atr: bytes) -> bool:
    """Whether an ATR says "two-wire protocol, 256 bytes": SLE4432, SLE4442, SLE5542, FM4442 (ISO/IEC 7816-10: H1 =
    Axh, H2 = 13h).

    SLE4428 says 92 23 (three-wire, 1 KB) and is not one of them.
    """
    parsed = parse_atr(atr)
    if parsed is None or len(parsed.historical) != 4:
        return False
    return parsed.historical[0] & 0xF0 == 0xA0 and parsed.historical[1] == 0x13


class Sle4442:
    """One card in one power session. Every method may raise `TransmitError` (no answer) and `ApduError` (refused)."""

    def __init__(self, connection: CardConnection) -> None:
        self._connection = connection

    def select(self) -> None:
        """Selects the card type and finds the dialect by the length of a one-byte read. Raises `UnsuitableReader`."""
        answer = self._connection.transmit(acs_dialect.select_card_type())
        if not answer.status.ok:
            raise UnsuitableReader(f"the reader answers {answer.status} to selecting a memory card")
        dialect = acs_dialect.dialect_of(self._connection.transmit(acs_dialect.read_memory(0, 1)))
        if dialect is not Dialect.ACS_CCID:
            raise UnsuitableReader(f"the reader's dialect ({dialect.value}) is not driven by this program")

    def read(self) -> bytes:
        """The whole main memory, 256 bytes. Needs no PSC."""
        return b"".join(self._read(address, _READ_CHUNK) for address in range(0, MEMORY_SIZE, _READ_CHUNK))

    def error_counter(self) -> int:
        """07 with all tries left, 00 when locked for ever."""
        command = acs_dialect.read_error_counter()
        answer = self._command(command)
        if len(answer.data) != 4:
            raise UnsuitableReader(f"an error counter of {len(answer.data)} bytes")
        return answer.data[0] & ERROR_COUNTER_FULL

    def update(self, current: bytes, patches: tuple[Patch, ...], psc: bytes) -> Update:
        """Programs `patches` in their order and reads everything back. Never raises for what card or reader do.

        `current` is what `read` gave in this power session: bytes that already have their value are not programmed,
        and if none is left the PSC is not presented either. `psc`: three bytes, presented at most once.
        """
        if len(psc) != PSC_SIZE:
            raise ValueError("a PSC has three bytes")
        target = current
        for patch in patches:
            target = patch.apply(target)
        if not any(True for _ in _runs(current, patches)):
            return Update(UpdateOutcome.DONE, UpdateReason.NONE, current)
        withheld = self._unlock(psc)
        if withheld is not None:
            return withheld
        detail = ""
        for address, data in _runs(current, patches):
            try:
                self._command(acs_dialect.write_memory(address, data))
            except ApduError as error:
                detail = str(error)
                break
            except TransmitError as error:
                return Update(UpdateOutcome.UNKNOWN, UpdateReason.NO_ANSWER, None, str(error))
        return self._read_back(current, target, detail)

    def _unlock(self, psc: bytes) -> Update | None:
        """Presents the PSC if that costs nothing. `None`: accepted. Nothing has been programmed in any case."""

        def refused(reason: UpdateReason, detail: str = "") -> Update:
            return Update(UpdateOutcome.REFUSED, reason, None, detail)

        try:
            counter = self.error_counter()
            if counter == 0:
                return refused(UpdateReason.LOCKED)
            if counter != ERROR_COUNTER_FULL:
                return refused(UpdateReason.TRIES_USED, f"error counter {counter:02X}")
            status = self._connection.transmit(acs_dialect.present_code(psc)).status
        except (TransmitError, ApduError, UnsuitableReader) as error:
            return refused(UpdateReason.NO_ANSWER, str(error))
        if status.value == acs_dialect.PSC_ACCEPTED:
            return None
        if status.value == acs_dialect.PSC_LOCKED:
            return refused(UpdateReason.LOCKED, "locked by the presentation")
        return refused(UpdateReason.PSC_REFUSED, f"{status.value:04X}")

    def _read_back(self, current: bytes, target: bytes, detail: str) -> Update:
        try:
            image = self.read()
        except (TransmitError, ApduError) as error:
            return Update(UpdateOutcome.UNKNOWN, UpdateReason.NO_ANSWER, None, detail or str(error))
        if image == target:
            return Update(UpdateOutcome.DONE, UpdateReason.NONE, image, detail)
        wrong = ", ".join(f"{address:02X}" for address in range(MEMORY_SIZE) if image[address] != target[address])
        detail = f"{detail}; differs at {wrong}" if detail else f"differs at {wrong}"
        outcome = UpdateOutcome.REFUSED if image == current else UpdateOutcome.UNKNOWN
        return Update(outcome, UpdateReason.WRITE_FAILED, image, detail)

    def _read(self, address: int, count: int) -> bytes:
        command = acs_dialect.read_memory(address, count)
        answer = self._command(command)
        if len(answer.data) != count:
            raise ApduError(command, answer.status)
        return answer.data

    def _command(self, command: CommandApdu) -> ResponseApdu:
        answer = self._connection.transmit(command)
        if not answer.status.ok:
            raise ApduError(command, answer.status)
        return answer


def _runs(current: bytes, patches: tuple[Patch, ...]) -> Iterator[tuple[int, bytes]]:
    """The runs of bytes that differ, in programming order, each at most `_WRITE_CHUNK` long."""
    image = bytearray(current)
    for patch in patches:
        run = bytearray()
        for address, value in enumerate(patch.data, patch.offset):
            if image[address] != value:
                run.append(value)
                image[address] = value
                if len(run) == _WRITE_CHUNK:
                    yield address + 1 - len(run), bytes(run)
                    run.clear()
            elif run:
                yield address - len(run), bytes(run)
                run.clear()
        if run:
            yield patch.offset + len(patch.data) - len(run), bytes(run)
