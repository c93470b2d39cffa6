"""The reference layout: every field from end to end, slots, and what is taken for whose card."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.gas_card import codec, reference_layout
from devices.gas_card.card import MeterReport
from devices.gas_card.codec import decode, new_card, with_meter_report, with_purchase
from devices.gas_card.fields import Block, Field, FieldError, FieldType, Value, crc16
from devices.gas_card.problem import CardImageError, CardProblem
from devices.gas_card.sequence import is_newer, next_sequence

BLOCKS = [reference_layout.HEADER, reference_layout.PURCHASE, reference_layout.REPORT]
DATES = st.none() | st.dates()
RANGES = {
    FieldType.U8: (0, 255),
    FieldType.U16: (0, 65535),
    FieldType.U32: (0, 2**32 - 1),
    FieldType.I32: (-(2**31), 2**31 - 1),
}


def values_of(field: Field) -> st.SearchStrategy[Value]:
    if field.type in RANGES:
        low, high = RANGES[field.type]
        return st.sampled_from([low, high]) | st.integers(low, high)
    if field.type is FieldType.DATE:
        return DATES
    if field.type is FieldType.BCD:
        length = 2 * field.size
        return st.sampled_from(["0" * length, "9" * length]) | st.text("0123456789", min_size=length, max_size=length)
    return st.text(st.characters(max_codepoint=255), min_size=field.size, max_size=field.size)


def valued(block: Block) -> list[Field]:
    return [field for field in block.fields if field.type not in (FieldType.CRC16, FieldType.RESERVED)]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
@given(st.data())
def test_every_field_comes_back_as_it_went_in(block: Block, data: st.DataObject) -> None:
    values = {field.name: data.draw(values_of(field), label=field.name) for field in valued(block)}
    encoded = block.encode(values)
    assert len(encoded) == block.size == 32
    assert block.decode(encoded) == values


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
@given(data=st.data(), place=st.integers(0, 31), change=st.integers(1, 255))
def test_every_single_changed_byte_is_noticed(block: Block, data: st.DataObject, place: int, change: int) -> None:
    values = {field.name: data.draw(values_of(field)) for field in valued(block)}
    encoded = bytearray(block.encode(values))
    encoded[place] ^= change
    with pytest.raises(FieldError):
        block.decode(bytes(encoded))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (reference_layout.PURCHASE.field("volume"), 2**32),
        (reference_layout.PURCHASE.field("volume"), -1),
        (reference_layout.PURCHASE.field("sequence"), 65536),
        (reference_layout.REPORT.field("remaining"), -(2**31) - 1),
        (reference_layout.PURCHASE.field("volume"), True),
        (reference_layout.PURCHASE.field("volume"), "1"),
        (reference_layout.HEADER.field("card_no"), "1234567"),
        (reference_layout.HEADER.field("card_no"), "1234567x"),
        (reference_layout.HEADER.field("card_no"), "１２３４５６７８"),
        (reference_layout.HEADER.field("card_no"), 12345678),
        (reference_layout.PURCHASE.field("sold_on"), "20260101"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(field: Field, value: Value) -> None:
    with pytest.raises(FieldError):
        field.encode(value)


def test_blocks_neither_overlap_nor_leave_the_writable_area() -> None:
    taken: list[int] = []
    for block in BLOCKS:
        for address in block.addresses:
            taken.extend(range(address, address + block.size))
    assert len(taken) == len(set(taken))
    assert (min(taken), max(taken)) == (0x20, 0xBF)


def test_the_check_code_is_the_named_one() -> None:
    assert crc16(b"123456789") == 0x29B1


def test_a_new_card_has_never_bought_and_counts_as_taken(issued: bytes) -> None:
    card = decode(issued)
    assert (card.card_no, card.customer_no, card.meter_no) == ("00000017", "0000001234", "202400000009")
    assert (card.purchase.sequence, card.purchase.sold_on, card.meter) == (0, None, None)
    assert card.previous_purchase_in_meter
    assert card.volume_on_card_m3_hundredths == 0


def test_a_purchase_raises_sequence_and_sums_in_the_other_slot(issued: bytes) -> None:
    once = with_purchase(issued, volume_m3_hundredths=4166, sold_on=date(2026, 1, 5))
    twice = with_purchase(once, volume_m3_hundredths=10000, sold_on=date(2026, 2, 6))
    assert once[:0x60] == issued[:0x60]
    assert twice[0x60:] == once[0x60:]
    purchase = decode(twice).purchase
    assert (purchase.sequence, purchase.volume_m3_hundredths, purchase.previous_volume_m3_hundredths) == (
        2,
        10000,
        4166,
    )
    assert (purchase.cumulative_purchased_m3_hundredths, purchase.sold_on) == (14166, date(2026, 2, 6))
    assert decode(twice).volume_on_card_m3_hundredths == 10000


def test_alarm_ceiling_and_overdraft_are_carried_over() -> None:
    image = new_card(
        card_no="1" * 8, customer_no="2" * 10, meter_no="3" * 12, region=65535, reissue_count=255,
        alarm_m3_hundredths=500, ceiling_m3_hundredths=199900, overdraft_m3_hundredths=300,
    )  # fmt: skip
    image = with_purchase(image, volume_m3_hundredths=1, sold_on=None)
    values = codec.purchase_slots(image).values
    assert values is not None
    assert (values["alarm"], values["ceiling"], values["overdraft"]) == (500, 199900, 300)


@pytest.mark.parametrize("volume", [0, -1, 2**32, 2**32 - 14166])
def test_a_purchase_that_fits_no_field_is_refused(bought: bytes, volume: int) -> None:
    with pytest.raises(ValueError, match=r"nothing|volume|cumulative"):
        with_purchase(bought, volume_m3_hundredths=volume, sold_on=None)


@given(
    st.builds(
        MeterReport,
        st.sampled_from([0, 65535]) | st.integers(0, 65535),
        st.sampled_from([-(2**31), 2**31 - 1]) | st.integers(-(2**31), 2**31 - 1),
        st.sampled_from([0, 2**32 - 1]) | st.integers(0, 2**32 - 1),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        DATES,
    )
)
def test_a_meter_report_comes_back_as_it_went_in(report: MeterReport) -> None:
    image = new_card(card_no="1" * 8, customer_no="2" * 10, meter_no="3" * 12, region=0)
    for _ in range(3):
        image = with_meter_report(image, report)
        assert decode(image).meter == report


def test_the_newer_report_counts(bought: bytes) -> None:
    for remaining in range(5):
        report = MeterReport(2, remaining, 0, False, False, False, False, None)
        bought = with_meter_report(bought, report)
        assert decode(bought).meter == report
    assert decode(bought).previous_purchase_in_meter


def test_sequences_wrap_and_zero_stays_never_bought(issued: bytes) -> None:
    values = codec.purchase_slots(issued).values
    assert values is not None
    last = reference_layout.PURCHASE.encode(values | {"sequence": 65535})
    image = with_purchase(issued[:0x40] + last + issued[0x60:], volume_m3_hundredths=7, sold_on=None)
    assert decode(image).purchase.sequence == 1
    assert decode(with_purchase(image, volume_m3_hundredths=8, sold_on=None)).purchase.sequence == 2


@given(st.integers(0, 65535), st.integers(0, 65535))
def test_of_two_sequences_at_most_one_is_newer(a: int, b: int) -> None:
    assert not (is_newer(a, b) and is_newer(b, a))
    assert is_newer(next_sequence(a), a)
    assert next_sequence(a) != 0


def problem_of(image: bytes, region: int | None = None) -> CardProblem:
    with pytest.raises(CardImageError) as caught:
        decode(image, region=region)
    return caught.value.problem


def changed(image: bytes, *changes: tuple[int, int]) -> bytes:
    new = bytearray(image)
    for address, value in changes:
        new[address] ^= value
    return bytes(new)


def test_each_kind_of_unusable_card_is_told_apart(bought: bytes) -> None:
    other_version = reference_layout.HEADER.decode(bought[0x20:0x40]) | {"version": 9}
    assert problem_of(bought, region=2) is CardProblem.FOREIGN
    assert problem_of(changed(bought, (0x20, 1))) is CardProblem.FOREIGN
    assert (
        problem_of(bought[:0x20] + reference_layout.HEADER.encode(other_version) + bought[0x40:]) is CardProblem.FOREIGN
    )
    assert problem_of(changed(bought, (0x27, 1))) is CardProblem.DAMAGED
    assert problem_of(changed(bought, (0x44, 1), (0x64, 1))) is CardProblem.DAMAGED
    assert problem_of(bought[:0x20] + b"\xff" * 224) is CardProblem.BLANK
    assert problem_of(bought[:0x20] + bytes(224)) is CardProblem.BLANK
    assert problem_of(bought[:255]) is CardProblem.DAMAGED


def test_one_damaged_slot_leaves_the_other_in_force(bought: bytes) -> None:
    assert decode(changed(bought, (0x44, 1))).purchase.sequence == 1
    assert decode(changed(bought, (0x64, 1))).purchase.sequence == 2


@given(st.binary(min_size=256, max_size=256))
def test_no_image_upsets_the_decoder(image: bytes) -> None:
    with pytest.raises(CardImageError):
        decode(image)


@given(st.binary(min_size=160, max_size=160))
def test_no_slots_upset_the_decoder(slots: bytes) -> None:
    image = new_card(card_no="1" * 8, customer_no="2" * 10, meter_no="3" * 12, region=0)
    assert problem_of(image[:0x40] + slots + image[0xE0:]) is CardProblem.DAMAGED
