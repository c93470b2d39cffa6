"""What codes and long replies mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.id003.codes import enable_data
from drivers.id003.machine import Id003Machine
from drivers.id003.replies import read_currency_assignment, read_text, read_version
from drivers.id003.status import FAILURE_CODES, KINDS, REFUSALS, REJECT_CODES, Kind, State, StatusReply, read_status
from drivers.validator.events import NoteValue

EUROS = bytes.fromhex("61000000 62E00500 63E00A00 64E01400 65E03200 66E00A01 67E01401 68E03201")


def test_every_state_is_of_a_kind_and_every_reason_has_a_common_word() -> None:
    assert set(KINDS) == set(State)
    assert set(REFUSALS) == set(REJECT_CODES)
    assert [state for state in State if KINDS[state] is Kind.REPORT] == [State.VEND_VALID]
    assert FAILURE_CODES[0xA2] == "stacker motor"


@pytest.mark.parametrize(
    ("payload", "reply"),
    [
        ("11", StatusReply(State.IDLING)),
        ("13 63", StatusReply(State.ESCROW, b"\x63")),
        ("17 79", StatusReply(State.REJECTING, b"\x79")),
        ("49", StatusReply(State.FAILURE)),
        ("15", StatusReply(State.VEND_VALID)),
        ("13", None),
        ("1C", None),
    ],
)
def test_status(payload: str, reply: StatusReply | None) -> None:
    assert read_status(bytes.fromhex(payload)) == reply


@pytest.mark.parametrize(
    ("types", "data"),
    [
        (frozenset(), "FF FF"),
        (frozenset(range(1, 17)), "00 00"),
        (frozenset((1,)), "FE FF"),
        (frozenset((9, 16)), "FF 7E"),
        (frozenset(range(9, 17)), "FF 00"),
    ],
)
def test_a_set_bit_is_a_denomination_that_is_not_taken(types: frozenset[int], data: str) -> None:
    assert enable_data(types) == bytes.fromhex(data)


@given(st.frozensets(st.integers(-3, 20), min_size=1))
def test_denominations_out_of_range_are_refused(types: frozenset[int]) -> None:
    if types <= frozenset(range(1, 17)):
        assert len(enable_data(types)) == 2
        return
    with pytest.raises(ValueError, match="1 to 16"):
        enable_data(types)


def test_currency_assignment_of_a_real_unit() -> None:
    table = read_currency_assignment(EUROS)
    assert table is not None
    assert {note_type: value.digits * 10**value.exponent for note_type, value in table.items()} == {
        2: 5,
        3: 10,
        4: 20,
        5: 50,
        6: 100,
        7: 200,
        8: 500,
    }
    assert {value.country for value in table.values()} == {"EUR"}


def test_country_that_is_not_known_is_no_yuan_unless_the_model_says_so() -> None:
    entry = bytes.fromhex("61 5A 01 02")
    assert read_currency_assignment(entry) == {1: NoteValue(1, "?5A", 2)}
    assert read_currency_assignment(entry, yuan=0x5A) == {1: NoteValue(1, "CNY", 2)}
    assert read_currency_assignment(bytes.fromhex("612D0102")) == {1: NoteValue(1, "CNY", 2)}
    assert Id003Machine("country-5A").capabilities.protocol == "id003"


@pytest.mark.parametrize("model", ["country", "country-5", "country-XY", "ipro"])
def test_unknown_model_is_refused(model: str) -> None:
    with pytest.raises(ValueError, match=r"country|base 16"):
        Id003Machine(model)


@pytest.mark.parametrize("payload", ["", "61 2D 01", "61 2D 01 00 62"])
def test_table_of_another_length_is_no_table(payload: str) -> None:
    assert read_currency_assignment(bytes.fromhex(payload)) is None


def test_texts() -> None:
    assert read_version(b"i(CHN)100-SS ID003-05V280-42 01AUG17 964D") == (
        "i(CHN)100-SS",
        "ID003-05V280-42 01AUG17 964D",
    )
    assert read_text(b"\x00231000760443\x00") == "231000760443"
