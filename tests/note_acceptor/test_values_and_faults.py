"""Values from the bill table, and the table of faults."""

import pytest

from devices.note_acceptor import (
    _SILENCE_FAULTS,
    _TROUBLE_FAULTS,
    FAULTS,
    NoteAcceptor,
    fault,
    value_fen,
)
from devices.note_profile import FIFTH_SERIES_BOTH_ISSUES, NoteProfile
from devices.status import Action, CheckLevel, DeviceStatus
from drivers.ccnet.replies import BillType
from drivers.ccnet.status import MEANINGS, REFUSALS, REJECT_CODES, TROUBLES, Kind, State
from drivers.validator.words import Silence, Trouble


@pytest.mark.parametrize(
    ("bill", "fen"),
    [
        (BillType(1, "CHN", 0), 100),
        (BillType(1, "CNY", 2), 10000),
        (BillType(5, "CHN", 1), 5000),
        (BillType(10, "CHN", 0), 1000),
        (BillType(5, "CHN", -1), 50),
        (BillType(1, "CHN", -2), 1),
        (BillType(1, "CHN", -3), None),
        (BillType(5, "USA", 0), None),
        (BillType(5, "", 0), None),
    ],
)
def test_value_of_a_bill_type(bill: BillType, fen: int | None) -> None:
    assert value_fen(bill) == fen


def test_every_code_that_is_told_is_in_the_table() -> None:
    told = {*_SILENCE_FAULTS.values(), *_TROUBLE_FAULTS.values(), "E-NA-10"}
    assert told == set(FAULTS)
    assert set(_SILENCE_FAULTS) == set(Silence)
    assert set(_TROUBLE_FAULTS) == set(Trouble)


def test_every_state_in_which_the_device_has_stopped_is_a_fault() -> None:
    stopped = {state for state, meaning in MEANINGS.items() if meaning.kind is Kind.STOPPED}
    assert stopped == set(TROUBLES) - {State.SUSPECTED_NOTE, State.COUNTERFEIT_NOTE}


def test_every_fault_has_somebody_who_mends_it() -> None:
    assert all(entry.action is not Action.NONE and entry.status is not DeviceStatus.ONLINE for entry in FAULTS.values())
    assert fault("E-NA-07", "string").action is Action.SUSPEND
    with pytest.raises(KeyError):
        fault("E-NA-99")


def test_refusals_of_notes_have_a_reason() -> None:
    assert {code for code in REJECT_CODES if code < 0x90} == set(REFUSALS)


def test_a_new_acceptor_claims_nothing() -> None:
    acceptor = NoteAcceptor("na", known_note_types={2: 1000})
    assert acceptor.status is DeviceStatus.STARTING
    assert not acceptor.ready
    assert acceptor.stacked_count is None
    assert acceptor.note_types == {2: 1000}
    report = acceptor.check_health(CheckLevel.INTERNAL)
    assert (report.ok, report.text) == (False, "starting")


def test_profile_counts_channels_from_the_protocols_first() -> None:
    assert NoteProfile().values_fen(0) == {0: 100, 1: 500, 2: 1000, 3: 2000, 4: 5000, 5: 10000}
    assert NoteProfile((10, 0, 100)).values_fen(1) == {1: 1000, 3: 10000}


def test_both_issues_of_the_fifth_series_have_the_same_values() -> None:
    values = NoteProfile(FIFTH_SERIES_BOTH_ISSUES).values_fen(1)
    assert len(values) == 12
    assert all(values[channel] == values[channel + 6] for channel in range(1, 7))
