import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.gas_card import codec
from devices.gas_card.psc import MasterKey, derive_psc
from drivers.sim import gas_meter

KEY = bytes(range(16))
DIGITS = st.text("0123456789", min_size=8, max_size=10)


@given(st.binary(min_size=16, max_size=64), DIGITS, DIGITS)
def test_a_psc_is_its_own_and_neither_factory_nor_zero(key: bytes, card_no: str, customer_no: str) -> None:
    psc = derive_psc(key, card_no, customer_no)
    assert len(psc) == 3
    assert psc not in (b"\xff\xff\xff", b"\x00\x00\x00")
    assert psc == derive_psc(key, card_no, customer_no) == gas_meter.card_psc(key, card_no, customer_no)


def test_a_known_psc() -> None:
    assert derive_psc(KEY, "00000017", "0000001234").hex() == "98464a"


def test_each_of_the_inputs_matters() -> None:
    pscs = {
        derive_psc(KEY, "00000017", "0000001234"),
        derive_psc(KEY, "00000018", "0000001234"),
        derive_psc(KEY, "00000017", "0000001235"),
        derive_psc(bytes(16), "00000017", "0000001234"),
    }
    assert len(pscs) == 4


@pytest.mark.parametrize("size", [0, 15])
def test_a_short_master_key_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        MasterKey(bytes(size))
    with pytest.raises(ValueError, match="16 bytes"):
        derive_psc(bytes(size), "1", "2")


def test_a_master_key_shows_nothing_and_is_not_pickled(issued: bytes) -> None:
    key = MasterKey(KEY)
    assert key.psc_for(codec.decode(issued)) == derive_psc(KEY, "00000017", "0000001234")
    assert repr(key) == str(key) == "MasterKey(…)"
    with pytest.raises(TypeError):
        pickle.dumps(key)
