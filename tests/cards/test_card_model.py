"""The judge is judged: the model must notice what a careless driver does."""

import pytest

from drivers.sim.card_model import CPU_CARD_ATR, CardModel, Chip, PowerLost

PSC = b"\xa1\xb2\xc3"
SELECT = bytes.fromhex("FFA400000106")
PRESENT = bytes.fromhex("FF20000003") + PSC


@pytest.fixture
def model() -> CardModel:
    model = CardModel(Chip(psc=PSC))
    model.power_on()
    model.answer(SELECT)
    return model


def test_three_wrong_pscs_lock_the_card_for_ever(model: CardModel) -> None:
    answers = [model.answer(bytes.fromhex("FF20000003000000")) for _ in range(3)]
    assert answers == [b"\x90\x06", b"\x90\x04", b"\x90\x00"]
    assert model.answer(PRESENT) == b"\x90\x00"
    assert model.answer(bytes.fromhex("FFD000400101")) == b"\x90\x00"
    assert model.chip.main[0x40] == 0xFF


def test_the_psc_is_forgotten_with_the_power(model: CardModel) -> None:
    assert model.answer(PRESENT) == b"\x90\x07"
    model.power_off()
    model.power_on()
    model.answer(SELECT)
    model.answer(bytes.fromhex("FFD000400101"))
    assert model.chip.main[0x40] == 0xFF
    assert model.journal.violations == ["a write without the PSC"]


@pytest.mark.parametrize(
    ("commands", "violation"),
    [
        (["FFD000000101"], "a write to 00, in the manufacturer's area"),
        (["FF20000003" + PSC.hex(), "FF20000003" + PSC.hex()], "PSC presented twice"),
        (["FF20000003111111"], "wrong PSC presented"),
        (["FF20000003" + PSC.hex(), "FFD0004001FF"], "byte 40 programmed with the value that it has"),
        (["FFD20001031122AA"], "D2 cannot be undone and was not asked for"),
        (["FFB000FF02"], "a read of 2 bytes at FF"),
        (["00B0000001"], "class 00 sent to a memory card"),
        (["FFA400000105"], "SELECT_CARD_TYPE 00 00 01 05 for an SLE4442"),
    ],
)
def test_careless_commands_are_written_down(model: CardModel, commands: list[str], violation: str) -> None:
    for command in commands:
        model.answer(bytes.fromhex(command))
    assert violation in model.journal.violations


def test_a_command_before_selection_is_written_down() -> None:
    model = CardModel()
    model.power_on()
    assert model.answer(bytes.fromhex("FFB0000001")) == b"\x63\x00"
    assert model.journal.violations == ["B0 before SELECT_CARD_TYPE"]


def test_a_foreign_card_notices_psc_and_write() -> None:
    model = CardModel(Chip(atr=CPU_CARD_ATR))
    model.power_on()
    model.answer(PRESENT)
    model.answer(bytes.fromhex("FFD000400101"))
    assert len(model.journal.violations) == 2


def test_a_tear_leaves_the_bytes_before_it_whole_and_one_torn(model: CardModel) -> None:
    model.answer(PRESENT)
    model.arm_tear(2, 0x5C)
    with pytest.raises(PowerLost):
        model.answer(bytes.fromhex("FFD0004004") + b"\x01\x02\x03\x04")
    assert bytes(model.chip.main[0x40:0x44]) == b"\x01\x02\x5c\xff"
    with pytest.raises(PowerLost):
        model.answer(SELECT)


def test_leaving_an_exchange_in_the_middle_leaves_an_erased_byte(model: CardModel) -> None:
    model.answer(PRESENT)
    steps = model.exchange(bytes.fromhex("FFD0004002") + b"\x01\x02")
    next(steps)
    next(steps)
    steps.close()
    assert bytes(model.chip.main[0x40:0x42]) == b"\x01\xff"
