"""Two independent readings of the layout page agree: the hall's codec and the simulated meter."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.gas_card import codec
from devices.gas_card.fields import crc16
from drivers.sim import gas_meter
from drivers.sim.card_model import FACTORY_CONTENT


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


@given(digits(8), digits(10), digits(12), st.integers(0, 65535))
def test_both_issue_the_same_card(card_no: str, customer_no: str, meter_no: str, region: int) -> None:
    assert gas_meter.issue(FACTORY_CONTENT, card_no, customer_no, meter_no, region) == codec.new_card(
        card_no=card_no, customer_no=customer_no, meter_no=meter_no, region=region
    )


@given(st.binary(max_size=40))
def test_both_compute_the_same_check_code(data: bytes) -> None:
    assert gas_meter.crc16(data) == crc16(data)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_the_meter_takes_each_purchase_once_and_the_hall_sees_it(volumes: list[int]) -> None:
    image = codec.new_card(card_no="1" * 8, customer_no="2" * 10, meter_no="3" * 12, region=1)
    for number, volume in enumerate(volumes, 1):
        image = codec.with_purchase(image, volume_m3_hundredths=volume, sold_on=None)
        assert gas_meter.look(image) == gas_meter.Look("1" * 8, number, volume, number - 1 or None)
        for _ in range(2):
            image = after_meter(image)
        card = codec.decode(image)
        assert card.meter is not None
        assert (card.meter.accepted_sequence, card.meter.written_on) == (number, date(2026, 5, 1))
        assert card.meter.remaining_m3_hundredths == sum(volumes[:number])
        assert card.volume_on_card_m3_hundredths == 0


def after_meter(image: bytes) -> bytes:
    new = bytearray(image)
    for address, value in gas_meter.take_purchase(image, date(2026, 5, 1)):
        new[address] = value
    return bytes(new)


def test_a_meter_torn_at_any_byte_leaves_the_purchase_and_its_last_report(bought: bytes) -> None:
    image = after_meter(bought)
    image = codec.with_purchase(image, volume_m3_hundredths=5, sold_on=None)
    old, new = codec.decode(image), codec.decode(after_meter(image))
    torn = bytearray(image)
    for address, value in gas_meter.take_purchase(image, date(2026, 5, 1)):
        for half in range(256):
            torn[address] = half
            assert codec.decode(bytes(torn)) in (old, new)
        torn[address] = value


def test_a_meter_refuses_a_card_that_it_does_not_know() -> None:
    assert gas_meter.look(FACTORY_CONTENT) is None
    with pytest.raises(ValueError, match="does not know"):
        gas_meter.take_purchase(FACTORY_CONTENT, date(2026, 5, 1))
