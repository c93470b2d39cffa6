"""Fields of a card layout: how one value stands in its bytes, and tables of fields from which decoding and encoding
follow.

All numbers are big-endian; BCD is packed, two digits a byte, most significant first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

Value = int | str | date | None


class FieldType(StrEnum):
    U8 = "u8"
    U16 = "u16"
    U32 = "u32"
    I32 = "i32"
    BCD = "BCD"
    """Decimal digits, kept as text with leading zeros."""
    DATE = "BCD date"
    """Four bytes YYYYMMDD; all zeros for no date."""
    ASCII = "ASCII"
    CRC16 = "CRC-16"
    RESERVED = "reserved"
    """Kept as it is."""


_SIZES = {FieldType.U8: 1, FieldType.U16: 2, FieldType.U32: 4, FieldType.I32: 4, FieldType.DATE: 4, FieldType.CRC16: 2}
_RANGES = {
    FieldType.U8: (0, 0xFF),
    FieldType.U16: (0, 0xFFFF),
    FieldType.U32: (0, 0xFFFF_FFFF),
    FieldType.I32: (-0x8000_0000, 0x7FFF_FFFF),
}


class FieldError(ValueError):
    """A value that does not fit its field, or bytes that are not a value of their field's type."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `offset` counts from the start of its block; `scale` says what one unit means, for people."""

    name: str
    offset: int
    size: int
    type: FieldType
    scale: str = ""

    def decode(self, block: bytes) -> Value:
        """Raises `FieldError`."""
        raw = block[self.offset : self.offset + self.size]
        if self.type in _RANGES:
            return int.from_bytes(raw, "big", signed=self.type is FieldType.I32)
        if self.type is FieldType.ASCII:
            return raw.decode("latin-1")
        digits = raw.hex()
        if not digits.isdecimal():
            raise FieldError(f"{self.name} is not decimal")
        if self.type is FieldType.BCD:
            return digits
        if not any(raw):
            return None
        try:
            return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError as error:
            raise FieldError(f"{self.name} is no date") from error

    def encode(self, value: Value) -> bytes:
        """Raises `FieldError`."""
        if self.type in _RANGES:
            low, high = _RANGES[self.type]
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise FieldError(f"{self.name} is {low}…{high}, not {value!r}")
            return value.to_bytes(self.size, "big", signed=self.type is FieldType.I32)
        if self.type is FieldType.DATE:
            if value is None:
                return bytes(self.size)
            if not isinstance(value, date):
                raise FieldError(f"{self.name} is a date, not {value!r}")
            return bytes.fromhex(f"{value.year:04}{value.month:02}{value.day:02}")
        length = self.size * (2 if self.type is FieldType.BCD else 1)
        if not isinstance(value, str) or len(value) != length:
            raise FieldError(f"{self.name} has {length} characters, not {value!r}")
        if self.type is FieldType.ASCII:
            return value.encode("latin-1")
        if not re.fullmatch("[0-9]+", value):
            raise FieldError(f"{self.name} has decimal digits only, not {value!r}")
        return bytes.fromhex(value)


@dataclass(frozen=True, slots=True)
class Block:
    """Fields that stand together without a gap. The last two bytes are the CRC-16 over all bytes before them."""

    name: str
    addresses: tuple[int, ...]
    """Where copies of the block start on the card."""
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        end = 0
        for field in self.fields:
            assert field.offset == end, f"{self.name}.{field.name} does not follow the field before it"
            assert _SIZES.get(field.type, field.size) == field.size, f"{self.name}.{field.name} has a wrong size"
            end += field.size
        assert self.fields[-1].type is FieldType.CRC16, f"{self.name} ends in its CRC-16"

    @property
    def size(self) -> int:
        return self.fields[-1].offset + self.fields[-1].size

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    def decode(self, block: bytes) -> dict[str, Value]:
        """Every field but the CRC and the reserved ones. Raises `FieldError` for a wrong CRC or a value that is
        none."""
        if crc16(block[: self.size - 2]) != int.from_bytes(block[self.size - 2 : self.size], "big"):
            raise FieldError(f"{self.name}: the check code is wrong")
        return {field.name: field.decode(block) for field in self._valued()}

    def encode(self, values: Mapping[str, Value], over: bytes | None = None) -> bytes:
        """The block holding `values`, which must name every field. Reserved bytes are taken from `over`, or are zero.
        Raises `FieldError`."""
        block = bytearray(over[: self.size] if over is not None else bytes(self.size))
        unknown = values.keys() - {field.name for field in self._valued()}
        if unknown:
            raise FieldError(f"{self.name} has no {', '.join(sorted(unknown))}")
        for field in self._valued():
            if field.name not in values:
                raise FieldError(f"{self.name} needs {field.name}")
            block[field.offset : field.offset + field.size] = field.encode(values[field.name])
        block[-2:] = crc16(bytes(block[:-2])).to_bytes(2, "big")
        return bytes(block)

    def _valued(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.type not in (FieldType.CRC16, FieldType.RESERVED))


def crc16(data: bytes) -> int:
    """CRC-16/IBM-3740 ("CCITT-FALSE"): polynomial 1021h, initial value FFFFh, not reflected, no final XOR.
    "123456789" gives 29B1h. Finds every burst of up to 16 bits. It is no protection against fraud.
    """
    crc = 0xFFFF
    for byte in data:
        crc = (crc << 8) & 0xFFFF ^ _CRC_TABLE[crc >> 8 ^ byte]
    return crc


def _crc_of_byte(byte: int) -> int:
    crc = byte << 8
    for _ in range(8):
        crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return crc


_CRC_TABLE = tuple(_crc_of_byte(byte) for byte in range(256))
