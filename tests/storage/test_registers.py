"""The registers know who, which meter and which card, today and at any time before; and take in nothing half right."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from storage.database import HallDatabase, open_database
from storage.errors import DatabaseDamaged, ImportRefused
from storage.journal import Journal
from storage.records import NewRecord, Stamp
from storage.registers import (
    CardHolder,
    CardState,
    Customer,
    CustomerKind,
    ImportReport,
    Inlet,
    Meter,
    Registers,
    Version,
)

WANG = Customer("K-1", "王小明", "和平路 1 号 2-301", "010-12345678", CustomerKind.RESIDENT, 3, 0, "", False)
METER = Meter("M-1", "K-1", "G2.5", Inlet.LEFT, date(2020, 5, 1), 12000)
CARD = CardHolder("00000123", "K-1", "M-1", CardState.ACTIVE, 7)

CUSTOMER_ROW = {
    "customer_no": "K-1",
    "name": "王小明",
    "address": "和平路 1 号 2-301",
    "phone": "010-12345678",
    "kind": "resident",
    "household_size": "3",
    "arrears_fen": "0",
    "safety_notice": "",
    "suspended": "false",
}
METER_ROW = {
    "meter_no": "M-1",
    "customer_no": "K-1",
    "model": "G2.5",
    "inlet": "left",
    "installed_on": "2020-05-01",
    "cycle_used_before_m3_hundredths": "12000",
}
CARD_ROW = {"card_no": "00000123", "customer_no": "K-1", "meter_no": "M-1", "state": "active", "opening_sequence": "7"}


@pytest.fixture
def registers(db: HallDatabase) -> Registers:
    return Registers(db)


def test_rows_of_a_file_become_entries(registers: Registers) -> None:
    report = registers.import_rows(customers=[CUSTOMER_ROW], meters=[METER_ROW], cards=[CARD_ROW], wall_us=1)
    assert report == ImportReport(3, 0, 0)
    assert (registers.customer("K-1"), registers.meter("M-1"), registers.card("00000123")) == (WANG, METER, CARD)
    assert (registers.meters_of("K-1"), registers.cards_of("K-1")) == ((METER,), (CARD,))
    assert registers.customer("K-2") is None


def test_the_same_import_again_changes_nothing(registers: Registers) -> None:
    registers.put(WANG, METER, CARD, wall_us=1)
    report = registers.import_rows(customers=[CUSTOMER_ROW], meters=[METER_ROW], cards=[CARD_ROW], wall_us=2)
    assert report == ImportReport(0, 0, 3)
    assert len(registers.history(Customer, "K-1")) == 1


def test_a_change_keeps_what_was_before_and_from_when(db: HallDatabase, registers: Registers, stamp: Stamp) -> None:
    registers.put(WANG, wall_us=1)
    Journal(db).append([NewRecord("k", "s", {}), NewRecord("k", "s", {})], stamp)
    owing = replace(WANG, arrears_fen=12345, suspended=True)
    assert registers.put(owing, wall_us=2) == ImportReport(0, 1, 0)
    assert registers.customer("K-1") == owing
    assert registers.history(Customer, "K-1") == (Version(1, 0, 1, WANG), Version(2, 2, 2, owing))
    assert registers.put(WANG, wall_us=3) == ImportReport(0, 1, 0)
    assert [found.entry.arrears_fen for found in registers.history(Customer, "K-1")] == [0, 12345, 0]


def test_a_meter_that_moved_belongs_to_its_new_customer_only(registers: Registers) -> None:
    li = replace(WANG, customer_no="K-2", name="李娜")
    registers.put(WANG, li, METER, wall_us=1)
    registers.put(replace(METER, customer_no="K-2"), wall_us=2)
    assert registers.meters_of("K-1") == ()
    assert [meter.meter_no for meter in registers.meters_of("K-2")] == ["M-1"]


def test_every_mistake_of_every_row_is_named_at_once_and_nothing_is_kept(registers: Registers) -> None:
    with pytest.raises(ImportRefused) as caught:
        registers.import_rows(
            customers=[
                CUSTOMER_ROW,
                CUSTOMER_ROW,
                {**CUSTOMER_ROW, "customer_no": "K 2", "phone": "call me", "kind": "king"},
                {**CUSTOMER_ROW, "customer_no": "K-3", "arrears_fen": "1.5", "suspended": "maybe", "colour": "red"},
                {name: value for name, value in CUSTOMER_ROW.items() if name != "name"},
            ],
            meters=[{**METER_ROW, "customer_no": "K-9", "installed_on": "2020-02-30", "inlet": "up"}],
            cards=[{**CARD_ROW, "meter_no": "M-9", "opening_sequence": "-1"}, {**CARD_ROW, "meter_no": "M-8"}],
            wall_us=1,
        )
    mistakes = caught.value.mistakes
    for beginning in (
        "customers row 2: K-1 stands there twice",
        "customers row 3: customer_no",
        "customers row 3: phone",
        "customers row 3: kind is one of resident, commercial, public_welfare",
        "customers row 4: arrears_fen",
        "customers row 4: suspended",
        "customers row 4: colour is not a field",
        "customers row 5: name is missing",
        "meters row 1: installed_on",
        "meters row 1: inlet",
        "cards row 1: opening_sequence",
        "card 00000123: meter M-8 is not known",
    ):
        assert any(mistake.startswith(beginning) for mistake in mistakes), (beginning, mistakes)
    assert len(mistakes) == 12
    assert registers.customer("K-1") is None


@pytest.mark.parametrize("value", [1.0, True, None, "1e3", "", "９９"])
def test_money_is_a_whole_number(registers: Registers, value: object) -> None:
    with pytest.raises(ImportRefused, match="arrears_fen"):
        registers.import_rows(customers=[{**CUSTOMER_ROW, "arrears_fen": value}], wall_us=1)


def test_a_card_opens_a_meter_of_its_own_customer(registers: Registers) -> None:
    li = replace(WANG, customer_no="K-2")
    with pytest.raises(ImportRefused, match="meter M-1 is customer K-1's"):
        registers.put(WANG, li, METER, replace(CARD, customer_no="K-2"), wall_us=1)


def test_a_meter_has_one_active_card(registers: Registers) -> None:
    registers.put(WANG, METER, CARD, wall_us=1)
    second = replace(CARD, card_no="00000124")
    with pytest.raises(ImportRefused, match="already has the active card 00000123"):
        registers.put(second, wall_us=2)
    registers.put(replace(CARD, state=CardState.REPLACED), second, wall_us=3)
    assert [(card.card_no, card.state) for card in registers.cards_of("K-1")] == [
        ("00000123", CardState.REPLACED),
        ("00000124", CardState.ACTIVE),
    ]


@pytest.mark.parametrize("table", ["customer", "meter", "card"])
@pytest.mark.parametrize(
    "verb", ["UPDATE {} SET version = 9", "DELETE FROM {}", "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"]
)
def test_history_cannot_be_rewritten(db: HallDatabase, registers: Registers, table: str, verb: str) -> None:
    registers.put(WANG, METER, CARD, wall_us=1)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.connection.execute(verb.format(table))


def test_a_row_changed_behind_the_rules_is_damage(path: Path, without_rules: Callable[..., None]) -> None:
    with open_database(path) as db:
        Registers(db).put(WANG, wall_us=1)
    without_rules(path, "UPDATE customer SET arrears_fen = 1")
    with open_database(path) as db, pytest.raises(DatabaseDamaged, match="customer K-1"):
        Registers(db).customer("K-1")
