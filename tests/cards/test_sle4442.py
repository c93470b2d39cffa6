"""The SLE4442 driver against the strict model: what it sends, and what it says afterwards."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.iso7816.apdu import CommandApdu, ResponseApdu
from drivers.iso7816.connection import TransmitError, TransmitFailure
from drivers.iso7816.status_word import StatusWord
from drivers.memory_card.sle4442 import (
    Patch,
    Sle4442,
    UnsuitableReader,
    Update,
    UpdateOutcome,
    UpdateReason,
    is_two_wire_card,
)
from drivers.sim.card_connection import ModelConnection
from drivers.sim.card_model import CPU_CARD_ATR, SLE4428_ATR, SLE4442_ATR, CardModel, Chip

PSC = bytes.fromhex("A1B2C3")


def fresh(**changes: object) -> CardModel:
    return CardModel(Chip(psc=PSC, **changes))  # type: ignore[arg-type]


def update(model: CardModel, *patches: Patch, psc: bytes = PSC) -> Update:
    card = Sle4442(ModelConnection(model))
    card.select()
    return card.update(card.read(), patches, psc)


def test_reading_gives_all_256_bytes_and_presents_nothing() -> None:
    model = fresh(main=bytearray(range(256)))
    card = Sle4442(ModelConnection(model))
    card.select()
    assert card.read() == bytes(range(256))
    assert card.error_counter() == 7
    assert (model.journal.psc_presentations, model.journal.programmed, model.journal.violations) == (0, [], [])


def test_an_update_programs_only_what_differs_and_is_read_back() -> None:
    model = fresh()
    model.chip.main[0x41] = 0x02
    done = update(model, Patch(0x40, b"\x01\x02\x03"))
    assert done.outcome is UpdateOutcome.DONE
    assert done.image == bytes(model.chip.main)
    assert model.journal.programmed == [0x40, 0x42]
    assert model.journal.violations == []
    assert model.journal.psc_presentations == 1


def test_nothing_to_program_presents_no_psc() -> None:
    model = fresh()
    assert update(model, Patch(0x40, b"\xff\xff")).outcome is UpdateOutcome.DONE
    assert model.journal.psc_presentations == 0


def test_patches_are_programmed_in_their_order_also_twice_the_same_byte() -> None:
    model = fresh()
    model.chip.main[0x50] = 0xA5
    done = update(model, Patch(0x50, b"\x00"), Patch(0x60, b"\x07"), Patch(0x50, b"\xa5"))
    assert done.outcome is UpdateOutcome.DONE
    assert model.journal.programmed == [0x50, 0x60, 0x50]


@pytest.mark.parametrize(("offset", "size"), [(0x00, 1), (0x1F, 1), (0x1F, 2), (0xFF, 2)])
def test_a_patch_of_the_manufacturers_area_cannot_be_made(offset: int, size: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        Patch(offset, bytes(size))


@pytest.mark.parametrize("counter", [0x06, 0x04, 0x03, 0x05, 0x01])
def test_a_psc_is_withheld_once_a_try_has_been_used(counter: int) -> None:
    model = fresh(error_counter=counter)
    refused = update(model, Patch(0x40, b"\x01"))
    assert (refused.outcome, refused.reason) == (UpdateOutcome.REFUSED, UpdateReason.TRIES_USED)
    assert model.journal.psc_presentations == 0


def test_a_locked_card_is_left_alone() -> None:
    model = fresh(error_counter=0)
    refused = update(model, Patch(0x40, b"\x01"))
    assert (refused.outcome, refused.reason) == (UpdateOutcome.REFUSED, UpdateReason.LOCKED)
    assert model.journal.psc_presentations == 0


def test_a_wrong_psc_costs_one_try_and_is_never_repeated() -> None:
    model = fresh()
    for _ in range(3):
        refused = update(model, Patch(0x40, b"\x01"), psc=b"\x00\x00\x01")
        assert refused.outcome is UpdateOutcome.REFUSED
    assert model.journal.psc_presentations == 1
    assert model.chip.error_counter == 0x06
    assert model.journal.programmed == []


class Scripted:
    """A connection that answers from a model, except where a script knows better."""

    def __init__(self, model: CardModel, script: dict[int, list[bytes | TransmitFailure]]) -> None:
        self._inner = ModelConnection(model)
        self._script = script

    def transmit(self, command: CommandApdu) -> ResponseApdu:
        answers = self._script.get(command.ins)
        if not answers:
            return self._inner.transmit(command)
        answer = answers.pop(0)
        if isinstance(answer, TransmitFailure):
            raise TransmitError(answer)
        return ResponseApdu.from_bytes(answer)


def scripted_update(model: CardModel, script: dict[int, list[bytes | TransmitFailure]]) -> Update:
    card = Sle4442(Scripted(model, script))
    card.select()
    return card.update(card.read(), (Patch(0x40, b"\x01"), Patch(0x60, b"\x02")), PSC)


def test_9000_to_present_means_locked_and_nothing_is_written() -> None:
    model = fresh()
    refused = scripted_update(model, {0x20: [b"\x90\x00"]})
    assert (refused.outcome, refused.reason) == (UpdateOutcome.REFUSED, UpdateReason.LOCKED)
    assert model.journal.programmed == []


def test_9000_to_a_write_is_not_believed() -> None:
    model = fresh()
    result = scripted_update(model, {0xD0: [b"\x90\x00"]})
    assert (result.outcome, result.reason) == (UpdateOutcome.UNKNOWN, UpdateReason.WRITE_FAILED)
    assert "40" in result.detail


def test_writes_that_changed_nothing_are_refused_because_the_card_says_so() -> None:
    model = fresh()
    result = scripted_update(model, {0xD0: [b"\x90\x00", b"\x90\x00"]})
    assert (result.outcome, result.image) == (UpdateOutcome.REFUSED, bytes(model.chip.main))


def test_a_write_error_stops_further_writes_and_the_card_is_read() -> None:
    model = fresh()
    result = scripted_update(model, {0xD0: [b"\x63\x00"]})
    assert result.outcome is UpdateOutcome.REFUSED
    assert model.journal.programmed == []
    assert "6300" in result.detail


@pytest.mark.parametrize("failure", list(TransmitFailure))
def test_no_answer_to_the_psc_is_certainly_nothing_written(failure: TransmitFailure) -> None:
    model = fresh()
    result = scripted_update(model, {0x20: [failure]})
    assert (result.outcome, result.reason) == (UpdateOutcome.REFUSED, UpdateReason.NO_ANSWER)


@pytest.mark.parametrize("failure", list(TransmitFailure))
def test_no_answer_to_a_write_is_unknown(failure: TransmitFailure) -> None:
    result = scripted_update(fresh(), {0xD0: [failure]})
    assert (result.outcome, result.image) == (UpdateOutcome.UNKNOWN, None)


def test_no_answer_to_the_reading_back_is_unknown() -> None:
    model = fresh()
    card = Sle4442(connection := Scripted(model, {}))
    card.select()
    image = card.read()
    connection._script[0xB0] = [TransmitFailure.CARD_REMOVED]
    result = card.update(image, (Patch(0x40, b"\x01"),), PSC)
    assert result.outcome is UpdateOutcome.UNKNOWN
    assert model.chip.main[0x40] == 1


@pytest.mark.parametrize(
    "model", [CardModel(older_reader=True), CardModel(memory_reader=False)], ids=["ACR38 before CCID", "plain CCID"]
)
def test_a_reader_of_another_dialect_is_named_unsuitable(model: CardModel) -> None:
    with pytest.raises(UnsuitableReader):
        Sle4442(ModelConnection(model)).select()
    assert model.journal.psc_presentations == 0


def test_an_answer_of_another_length_is_unsuitable_too() -> None:
    model = fresh()
    with pytest.raises(UnsuitableReader):
        Sle4442(Scripted(model, {0xB0: [b"\x01\x02\x03\x90\x00"]})).select()


def test_only_two_wire_cards_are_taken_for_ours() -> None:
    assert is_two_wire_card(SLE4442_ATR)
    assert is_two_wire_card(SLE4442_ATR + bytes(27))
    assert not any(is_two_wire_card(atr) for atr in (SLE4428_ATR, CPU_CARD_ATR, b"", b"\x3b\x04\xa2"))


@settings(deadline=None)
@given(
    st.binary(min_size=224, max_size=224),
    st.lists(st.tuples(st.integers(0x20, 0xFF), st.binary(min_size=1, max_size=224)), max_size=6),
)
def test_any_patches_end_up_on_the_card_without_a_violation(content: bytes, wishes: list[tuple[int, bytes]]) -> None:
    model = fresh()
    model.chip.main[0x20:] = content
    patches = tuple(Patch(offset, data[: 256 - offset]) for offset, data in wishes)
    wanted = bytes(model.chip.main)
    for patch in patches:
        wanted = patch.apply(wanted)
    assert update(model, *patches).outcome is UpdateOutcome.DONE
    assert bytes(model.chip.main) == wanted
    assert model.journal.violations == []


def test_status_words_of_the_dialect_are_not_iso() -> None:
    assert not StatusWord(0x9007).ok
