"""What codes and long replies mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ccnet.codes import bill_types_data
from drivers.ccnet.replies import (
    BillType,
    read_bill_table,
    read_counter,
    read_identification,
    read_status,
)
from drivers.ccnet.status import FAILURE_CODES, MEANINGS, REJECT_CODES, Kind, PollReply, State, read_poll_reply


def test_every_state_has_a_meaning() -> None:
    assert set(MEANINGS) == set(State)


@pytest.mark.parametrize(
    ("payload", "reply"),
    [
        ("14", PollReply(State.IDLING)),
        ("80 02", PollReply(State.ESCROW_POSITION, 2)),
        ("81 05", PollReply(State.BILL_STACKED, 5)),
        ("1C 68", PollReply(State.REJECTING, 0x68)),
        ("47 50", PollReply(State.FAILURE, 0x50)),
        ("90", PollReply(State.COUNTERFEIT_NOTE)),
        ("16", None),
        ("30", None),
        ("81", None),
    ],
)
def test_poll_reply(payload: str, reply: PollReply | None) -> None:
    assert read_poll_reply(bytes.fromhex(payload)) == reply


def test_unit_takes_no_bill_types_while_it_starts() -> None:
    starting = [state for state, meaning in MEANINGS.items() if meaning.kind in (Kind.POWERED_UP, Kind.INITIALISING)]
    assert not any(MEANINGS[state].bill_types for state in starting)
    assert len(starting) == 4


def test_reasons_have_words() -> None:
    assert REJECT_CODES[0x68] == "denomination inhibited"
    assert FAILURE_CODES[0x50] == "stack motor"
    assert 0x6B not in REJECT_CODES


@pytest.mark.parametrize(
    ("types", "data"),
    [
        (frozenset(), "000000 000000"),
        (frozenset(range(6)), "00003F 00003F"),
        (frozenset((23,)), "800000 800000"),
        (frozenset((0, 8, 16)), "010101 010101"),
        (frozenset(range(24)), "FFFFFF FFFFFF"),
    ],
)
def test_bill_types_always_go_through_escrow(types: frozenset[int], data: str) -> None:
    assert bill_types_data(types) == bytes.fromhex(data)


@pytest.mark.parametrize("wrong", [-1, 24])
def test_bill_type_out_of_range(wrong: int) -> None:
    with pytest.raises(ValueError, match="0 to 23"):
        bill_types_data(frozenset((wrong,)))


@given(st.frozensets(st.integers(0, 23)))
def test_status_reads_what_enable_sets(types: frozenset[int]) -> None:
    assert read_status(bill_types_data(types)[:3] + bytes(3)) == types


def test_identification_of_a_real_unit() -> None:
    payload = bytes.fromhex(
        "46 4C 53 2D 45 55 31 30 2D 36 39 33 36 33 39 30 37 4B 49 34 31 41 53 37 34 38 32 75 ED 8D C8 03 3F 7B"
    )
    identification = read_identification(payload)
    assert identification is not None
    assert identification.part_number == "FLS-EU10-693639"
    assert identification.serial_number == "07KI41AS7482"
    assert identification.asset_number == bytes.fromhex("75 ED 8D C8 03 3F 7B")
    assert read_identification(payload[:-1]) is None


def test_bill_table_leaves_empty_entries_out() -> None:
    entries = bytes([1]) + b"CHN\x00" + bytes(5) + bytes([5]) + b"CHN\x81" + bytes([1]) + b"USA\x02"
    assert read_bill_table(entries) == {0: BillType(1, "CHN", 0), 2: BillType(5, "CHN", -1), 3: BillType(1, "USA", 2)}
    assert read_bill_table(entries[:-1]) is None
    assert read_bill_table(b"") is None


def test_counter_is_most_significant_byte_first() -> None:
    assert read_counter(b"\x01\x02") == 258
    assert read_counter(b"\x01") is None


@given(st.binary(min_size=1, max_size=130))
def test_no_reply_of_a_device_makes_a_reader_fail(payload: bytes) -> None:
    read_poll_reply(payload)
    for read in (read_identification, read_bill_table, read_status, read_counter):
        read(payload)
    assert read_poll_reply(payload) is None or payload[0] in set(State)
