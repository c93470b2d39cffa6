"""Who the customers are, which meters they have, which cards open them (H11, H12).

A register changes, and every earlier state of it stays: a change is a new version of the row, valid from a place in the
journal on. Each row carries the hash of its own values, so that a flipped bit in a name or in arrears is damage and not
a fact.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any, Generic, TypeAlias, TypeVar

from storage.database import HallDatabase
from storage.errors import DatabaseDamaged, ImportRefused
from storage.failures import translated


class CustomerKind(StrEnum):
    RESIDENT = "resident"
    COMMERCIAL = "commercial"
    PUBLIC_WELFARE = "public_welfare"


class Inlet(StrEnum):
    """On which side the gas comes in, seen from the front of the meter (左进气, 右进气)."""

    LEFT = "left"
    RIGHT = "right"


class CardState(StrEnum):
    ACTIVE = "active"
    LOST = "lost"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Customer:
    """`arrears_fen` ≥ 0; `household_size` 0 where it has no meaning; `safety_notice` is shown before money is taken,
    empty for none.
    """

    customer_no: str
    name: str
    address: str
    phone: str
    kind: CustomerKind
    household_size: int
    arrears_fen: int
    safety_notice: str
    suspended: bool


@dataclass(frozen=True, slots=True)
class Meter:
    """`cycle_used_before_m3_hundredths`: what this year's tiers had already used when the meter came into this
    system.
    """

    meter_no: str
    customer_no: str
    model: str
    inlet: Inlet
    installed_on: date
    cycle_used_before_m3_hundredths: int


@dataclass(frozen=True, slots=True)
class CardHolder:
    """`opening_sequence`: the purchase counter that stood on the card when it came into this system."""

    card_no: str
    customer_no: str
    meter_no: str
    state: CardState
    opening_sequence: int


Entry: TypeAlias = Customer | Meter | CardHolder
_E = TypeVar("_E", bound=Entry)
_Value: TypeAlias = str | int


@dataclass(frozen=True, slots=True)
class Version(Generic[_E]):
    """One state of an entry: in force from after journal record `valid_from_sequence`; `valid_from_us` is wall time,
    µs since 1970 UTC.
    """

    version: int
    valid_from_sequence: int
    valid_from_us: int
    entry: _E


@dataclass(frozen=True, slots=True)
class ImportReport:
    added: int
    changed: int
    unchanged: int


_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,31}")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,19}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_YES_NO = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False, "是": True, "否": False}


def _number(value: object) -> str:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise ValueError("is 1 to 32 letters, digits or hyphens")
    return value


def _text(least: int, most: int) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if not isinstance(value, str) or not least <= len(value.strip()) <= most or _CONTROL.search(value):
            raise ValueError(f"is {least} to {most} printable characters")
        return value.strip()

    return parse


def _phone(value: object) -> str:
    if not isinstance(value, str) or (value and not _PHONE.fullmatch(value)):
        raise ValueError("is empty or a telephone number of 5 to 20 digits, spaces or hyphens")
    return value


def _whole(least: int, most: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value.strip()):
            value = int(value)
        if type(value) is not int or not least <= value <= most:
            raise ValueError(f"is a whole number from {least} to {most}")
        return value

    return parse


def _yes_no(value: object) -> bool:
    if isinstance(value, str):
        value = _YES_NO.get(value.strip().lower())
    if not isinstance(value, bool):
        raise ValueError("is true or false")
    return value


def _day(value: object) -> date:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = None
    if type(value) is not date or value.year < 1950:
        raise ValueError("is a date (YYYY-MM-DD) since 1950")
    return value


def _one_of(kind: type[StrEnum]) -> Callable[[object], StrEnum]:
    def parse(value: object) -> StrEnum:
        try:
            return kind(str(value))
        except ValueError:
            raise ValueError(f"is one of {', '.join(kind)}") from None

    return parse


_Parsers: TypeAlias = Mapping[str, Callable[[object], object]]
_PARSERS: Mapping[type[Any], _Parsers] = {
    Customer: {
        "customer_no": _number,
        "name": _text(1, 80),
        "address": _text(1, 200),
        "phone": _phone,
        "kind": _one_of(CustomerKind),
        "household_size": _whole(0, 99),
        "arrears_fen": _whole(0, 10**12),
        "safety_notice": _text(0, 500),
        "suspended": _yes_no,
    },
    Meter: {
        "meter_no": _number,
        "customer_no": _number,
        "model": _text(1, 40),
        "inlet": _one_of(Inlet),
        "installed_on": _day,
        "cycle_used_before_m3_hundredths": _whole(0, 10**12),
    },
    CardHolder: {
        "card_no": _number,
        "customer_no": _number,
        "meter_no": _number,
        "state": _one_of(CardState),
        "opening_sequence": _whole(0, 2**32 - 1),
    },
}
_TABLES: Mapping[type[Any], str] = {Customer: "customer", Meter: "meter", CardHolder: "card"}
_VERSIONED = ("version", "valid_from_sequence", "valid_from_us")


class Registers:
    def __init__(self, db: HallDatabase) -> None:
        self._db = db

    def customer(self, customer_no: str) -> Customer | None:
        return self._current(Customer, customer_no)

    def meter(self, meter_no: str) -> Meter | None:
        return self._current(Meter, meter_no)

    def card(self, card_no: str) -> CardHolder | None:
        return self._current(CardHolder, card_no)

    def meters_of(self, customer_no: str) -> tuple[Meter, ...]:
        """The customer's meters of today, in order of number."""
        return self._belonging(Meter, "customer_no", customer_no)

    def cards_of(self, customer_no: str) -> tuple[CardHolder, ...]:
        """The customer's cards of today, of every state, in order of number."""
        return self._belonging(CardHolder, "customer_no", customer_no)

    def history(self, kind: type[_E], number: str) -> tuple[Version[_E], ...]:
        """Every state of an entry, oldest first; empty for an unknown number. Raises `DatabaseDamaged` for a row
        without its hash.
        """
        return self._versions(kind, f"{_columns(kind)[0]} = ?", number)

    def put(self, *entries: Entry, wall_us: int) -> ImportReport:
        """Sets down entries that are already typed; as `import_rows` otherwise."""
        rows: dict[type[Entry], list[Mapping[str, object]]] = {Customer: [], Meter: [], CardHolder: []}
        for entry in entries:
            rows[type(entry)].append({field.name: getattr(entry, field.name) for field in fields(entry)})
        return self.import_rows(customers=rows[Customer], meters=rows[Meter], cards=rows[CardHolder], wall_us=wall_us)

    def import_rows(
        self,
        *,
        customers: Iterable[Mapping[str, object]] = (),
        meters: Iterable[Mapping[str, object]] = (),
        cards: Iterable[Mapping[str, object]] = (),
        wall_us: int,
    ) -> ImportReport:
        """Brings the registers to these rows, in one transaction. A row that says what is already known changes
        nothing.

        Values are texts, as from a file, or of the field's own type; every field must be there and no other. Raises
        `ImportRefused` with every mistake of every row (`customers row 3: phone …`), rows counted from 1, and keeps
        nothing. What is checked across rows: no number twice, a meter's and a card's customer is known, a card's meter
        is that customer's, a meter has one active card at most.
        """
        mistakes: list[str] = []
        new_customers = _parse(Customer, "customers", customers, mistakes)
        new_meters = _parse(Meter, "meters", meters, mistakes)
        new_cards = _parse(CardHolder, "cards", cards, mistakes)
        with self._db.transaction() as connection:
            self._check_references(new_customers, new_meters, new_cards, mistakes)
            if mistakes:
                raise ImportRefused(tuple(mistakes))
            valid_from, _ = self._db.head()
            added = changed = unchanged = 0
            entries: tuple[Entry, ...] = (*new_customers.values(), *new_meters.values(), *new_cards.values())
            for entry in entries:
                before = self._latest(type(entry), _values(entry)[0])
                if before is not None and before.entry == entry:
                    unchanged += 1
                    continue
                version = 1 if before is None else before.version + 1
                row = (version, valid_from, wall_us, *_values(entry))
                columns = ", ".join((*_VERSIONED, *_columns(type(entry)), "seal"))
                marks = ", ".join("?" * (len(row) + 1))
                connection.execute(
                    f"INSERT INTO {_TABLES[type(entry)]} ({columns}) VALUES ({marks})", (*row, _seal(row))
                )
                added, changed = added + (before is None), changed + (before is not None)
        return ImportReport(added, changed, unchanged)

    def _check_references(
        self,
        customers: Mapping[str, Customer],
        meters: Mapping[str, Meter],
        cards: Mapping[str, CardHolder],
        mistakes: list[str],
    ) -> None:
        for meter in meters.values():
            if meter.customer_no not in customers and self.customer(meter.customer_no) is None:
                mistakes.append(f"meter {meter.meter_no}: customer {meter.customer_no} is not known")
        active: dict[str, str] = {}
        for card in cards.values():
            if card.customer_no not in customers and self.customer(card.customer_no) is None:
                mistakes.append(f"card {card.card_no}: customer {card.customer_no} is not known")
            its_meter = meters.get(card.meter_no) or self.meter(card.meter_no)
            if its_meter is None:
                mistakes.append(f"card {card.card_no}: meter {card.meter_no} is not known")
            elif its_meter.customer_no != card.customer_no:
                mistakes.append(f"card {card.card_no}: meter {card.meter_no} is customer {its_meter.customer_no}'s")
            if card.state is CardState.ACTIVE:
                there = self._belonging(CardHolder, "meter_no", card.meter_no)
                others = [c.card_no for c in there if c.state is CardState.ACTIVE and c.card_no not in cards]
                other = active.setdefault(card.meter_no, others[0] if others else card.card_no)
                if other != card.card_no:
                    mistakes.append(f"card {card.card_no}: meter {card.meter_no} already has the active card {other}")

    def _current(self, kind: type[_E], number: str) -> _E | None:
        latest = self._latest(kind, number)
        return None if latest is None else latest.entry

    def _latest(self, kind: type[_E], number: _Value) -> Version[_E] | None:
        key, table = _columns(kind)[0], _TABLES[kind]
        found = self._versions(
            kind, f"{key} = ?1 AND version = (SELECT max(version) FROM {table} WHERE {key} = ?1)", number
        )
        return found[0] if found else None

    def _belonging(self, kind: type[_E], column: str, value: str) -> tuple[_E, ...]:
        key, table = _columns(kind)[0], _TABLES[kind]
        newest = f"version = (SELECT max(version) FROM {table} AS newer WHERE newer.{key} = {table}.{key})"
        return tuple(found.entry for found in self._versions(kind, f"{column} = ? AND {newest}", value))

    def _versions(self, kind: type[_E], where: str, parameter: _Value) -> tuple[Version[_E], ...]:
        columns = ", ".join((*_VERSIONED, *_columns(kind), "seal"))
        sql = f"SELECT {columns} FROM {_TABLES[kind]} WHERE {where} ORDER BY {_columns(kind)[0]}, version"
        with translated(self._db.path):
            rows = self._db.connection.execute(sql, (parameter,)).fetchall()
        for row in rows:
            if _seal(row[:-1]) != row[-1]:
                raise DatabaseDamaged(
                    self._db.path, f"the register's row {_TABLES[kind]} {row[3]} is not the one that was written"
                )
        return tuple(Version(row[0], row[1], row[2], _entry(kind, row[3:-1])) for row in rows)


def broken_seal(connection: sqlite3.Connection) -> str | None:
    """Names the first register row whose values do not have their hash, for the verifier."""
    for kind, table in _TABLES.items():
        columns = ", ".join((*_VERSIONED, *_columns(kind), "seal"))
        for row in connection.execute(f"SELECT {columns} FROM {table} ORDER BY {_columns(kind)[0]}, version"):
            if _seal(row[:-1]) != row[-1]:
                return f"{table} {row[3]}, version {row[0]}"
    return None


def _parse(kind: type[_E], what: str, rows: Iterable[Mapping[str, object]], mistakes: list[str]) -> dict[str, _E]:
    entries: dict[str, _E] = {}
    parsers = _PARSERS[kind]
    for number, row in enumerate(rows, start=1):
        values: dict[str, object] = {}
        for name, parse in parsers.items():
            if name not in row:
                mistakes.append(f"{what} row {number}: {name} is missing")
                continue
            try:
                values[name] = parse(row[name])
            except ValueError as error:
                mistakes.append(f"{what} row {number}: {name} {error}, not {row[name]!r:.60}")
        mistakes.extend(f"{what} row {number}: {name} is not a field" for name in row if name not in parsers)
        if len(values) == len(parsers):
            key = str(values[_columns(kind)[0]])
            if key in entries:
                mistakes.append(f"{what} row {number}: {key} stands there twice")
            entries[key] = kind(**values)  # type: ignore[arg-type]  # each value comes from the parser of its own field
    return entries


def _columns(kind: type[Any]) -> tuple[str, ...]:
    return tuple(_PARSERS[kind])


def _values(entry: Entry) -> tuple[_Value, ...]:
    return tuple(_stored(getattr(entry, name)) for name in _columns(type(entry)))


def _stored(value: str | int | date) -> _Value:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else int(value)


def _entry(kind: type[_E], row: tuple[_Value, ...]) -> _E:
    values = {
        name: parse(bool(value) if parse is _yes_no else value)
        for (name, parse), value in zip(_PARSERS[kind].items(), row, strict=True)
    }
    return kind(**values)  # type: ignore[arg-type]


def _seal(row: tuple[_Value, ...]) -> str:
    return sha256(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")).hexdigest()
