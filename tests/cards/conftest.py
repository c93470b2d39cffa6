from datetime import date

import pytest

from devices.gas_card import codec
from devices.gas_card.psc import derive_psc
from drivers.sim.card_model import CardModel, Chip
from drivers.sim.gas_meter import VIRTUAL_MASTER_KEY

CARD_NO, CUSTOMER_NO, METER_NO = "00000017", "0000001234", "202400000009"


@pytest.fixture
def issued() -> bytes:
    """A card that was issued and has never bought."""
    return codec.new_card(card_no=CARD_NO, customer_no=CUSTOMER_NO, meter_no=METER_NO, region=1)


@pytest.fixture
def bought(issued: bytes) -> bytes:
    """A card with two purchases, so that both slots have been used."""
    once = codec.with_purchase(issued, volume_m3_hundredths=4166, sold_on=date(2026, 1, 5))
    return codec.with_purchase(once, volume_m3_hundredths=10000, sold_on=date(2026, 2, 6))


@pytest.fixture
def psc() -> bytes:
    return derive_psc(VIRTUAL_MASTER_KEY, CARD_NO, CUSTOMER_NO)


@pytest.fixture
def model(bought: bytes, psc: bytes) -> CardModel:
    return CardModel(Chip(main=bytearray(bought), psc=psc))
