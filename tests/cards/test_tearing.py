"""A card torn out while it is written: at every byte, with every value that the half-programmed byte may hold."""

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.card_work import write_gas_card
from devices.gas_card import codec
from devices.gas_card.card import GasCard, MeterReport
from devices.gas_card.codec import decode, new_card, with_meter_report, with_purchase
from devices.gas_card.psc import MasterKey
from devices.gas_card.writing import Settlement, settle, write_plan
from drivers.memory_card.sle4442 import UpdateOutcome
from drivers.sim.card_connection import ModelConnection
from drivers.sim.card_model import CardModel, Chip
from drivers.sim.gas_meter import VIRTUAL_MASTER_KEY

KEY = MasterKey(VIRTUAL_MASTER_KEY)
VOLUMES = st.sampled_from([1, 2**31 - 1]) | st.integers(1, 2**31 - 1)


def card_with(*volumes: int) -> bytes:
    image = new_card(card_no="00000017", customer_no="0000001234", meter_no="202400000009", region=1)
    for volume in volumes:
        image = with_purchase(image, volume_m3_hundredths=volume, sold_on=date(2026, 1, 5))
    return image


def model_of(image: bytes) -> CardModel:
    return CardModel(Chip(main=bytearray(image), psc=KEY.psc_for(decode(image))))


def write(model: CardModel, before: bytes, after: bytes) -> UpdateOutcome:
    return write_gas_card(ModelConnection(model), before, after, KEY.psc_for).outcome


def programming(before: bytes, after: bytes) -> list[tuple[int, int]]:
    """Address and value of each byte that the driver programs, in order."""
    steps: list[tuple[int, int]] = []
    image = bytearray(before)
    for patch in write_plan(before, after):
        for address, value in enumerate(patch.data, patch.offset):
            if image[address] != value:
                steps.append((address, value))
                image[address] = value
    assert bytes(image) == after
    return steps


def torn_images(before: bytes, after: bytes) -> Iterator[bytes]:
    """Every content that a tear can leave."""
    image = bytearray(before)
    for address, value in programming(before, after):
        for torn in range(256):
            image[address] = torn
            yield bytes(image)
        image[address] = value


@pytest.mark.parametrize("volumes", [(), (4166,), (4166, 10000)], ids=["first purchase", "second", "third"])
def test_a_torn_card_is_the_old_one_or_the_new_one_and_is_settled_rightly(volumes: tuple[int, ...]) -> None:
    before = card_with(*volumes)
    after = with_purchase(before, volume_m3_hundredths=5000, sold_on=date(2026, 3, 1))
    old, new = decode(before), decode(after)
    seen = set()
    for image in torn_images(before, after):
        card, settlement = decode(image), settle(image, before, after)
        seen.add(settlement)
        if image == after:
            assert (card, settlement) == (new, Settlement.WRITTEN)
        else:
            assert card == old
            assert settlement in (Settlement.NOT_WRITTEN, Settlement.TORN_REPAIRABLE)
            assert (settlement is Settlement.NOT_WRITTEN) == (image == before)
    assert seen == {Settlement.WRITTEN, Settlement.NOT_WRITTEN, Settlement.TORN_REPAIRABLE}


@settings(max_examples=25, deadline=None)
@given(st.lists(VOLUMES, max_size=1), VOLUMES, st.sampled_from(range(256)))
def test_no_content_makes_a_torn_slot_count(volumes: list[int], volume: int, sieve: int) -> None:
    before = card_with(*volumes)
    after = with_purchase(before, volume_m3_hundredths=volume, sold_on=date(2099, 12, 31))
    old = decode(before)
    for number, image in enumerate(torn_images(before, after)):
        if number % 16 == sieve % 16 and image != after:
            assert decode(image) == old


def test_a_refunded_attempt_never_comes_back_through_later_tears() -> None:
    """Torn, refunded, then another purchase torn as well: at no moment does the refunded one count."""
    before = card_with(4166)
    refunded = with_purchase(before, volume_m3_hundredths=99999, sold_on=date(2026, 3, 1))
    steps = len(programming(before, refunded))
    for number, torn in enumerate(torn_images(before, refunded)):
        if torn == refunded or number % 37:
            continue
        other = with_purchase(torn, volume_m3_hundredths=5, sold_on=date(2026, 3, 2))
        for second, image in enumerate(torn_images(torn, other)):
            if second % 41 == number % 41 or second > 256 * (steps - 1):
                assert decode(image).purchase.volume_m3_hundredths in (4166, 5)


@pytest.mark.parametrize("torn_value", [0x00, 0x5A, 0xA5, 0xFF])
def test_the_driver_finishes_a_torn_card_with_the_same_image(torn_value: int) -> None:
    before = card_with(4166, 10000)
    after = with_purchase(before, volume_m3_hundredths=5000, sold_on=date(2026, 3, 1))
    for byte in range(len(programming(before, after))):
        model = model_of(before)
        model.arm_tear(byte, torn_value)
        assert write(model, before, after) is UpdateOutcome.UNKNOWN
        assert settle(bytes(model.chip.main), before, after) is not Settlement.FOREIGN_CHANGE
        assert write(model, before, after) is UpdateOutcome.DONE
        assert bytes(model.chip.main) == after
        assert model.journal.violations == []


def test_writing_again_what_is_there_touches_nothing() -> None:
    before = card_with(4166)
    after = with_purchase(before, volume_m3_hundredths=5000, sold_on=None)
    model = model_of(after)
    assert write(model, before, after) is UpdateOutcome.DONE
    assert (model.journal.psc_presentations, model.journal.programmed) == (0, [])


def test_the_plan_takes_the_mark_away_first_and_sets_it_last() -> None:
    before = card_with(4166, 10000)
    after = with_purchase(before, volume_m3_hundredths=5000, sold_on=None)
    addresses = [address for address, _value in programming(before, after)]
    assert addresses[0] == addresses[-1] == 0x60 + 29
    assert set(addresses) <= set(range(0x60, 0x80))
    # Of the counter only the low byte changes (0 to 3); both bytes of the CRC do.
    assert addresses[-4:-1] == [0x61, 0x7E, 0x7F]


def test_an_issue_broken_off_is_not_yet_a_card_of_ours() -> None:
    after = card_with()
    before = after[:0x20] + b"\xff" * 224
    for image in torn_images(before, after):
        if image != after:
            with pytest.raises(codec.CardImageError):
                decode(image)


def test_no_plan_touches_the_manufacturers_area() -> None:
    image = card_with()
    with pytest.raises(ValueError, match="never written"):
        write_plan(b"\x00" + image[1:], image)


def report(sequence: int) -> MeterReport:
    return MeterReport(sequence, 15000, 0, False, False, False, False, date(2026, 4, 1))


@pytest.mark.parametrize(
    ("change", "settlement"),
    [
        ("nothing", Settlement.NOT_WRITTEN),
        ("written", Settlement.WRITTEN),
        ("written and taken by the meter", Settlement.WRITTEN),
        ("not written, and the meter has reported since", Settlement.FOREIGN_CHANGE),
        ("written, and a meter reports an older purchase", Settlement.FOREIGN_CHANGE),
        ("bought elsewhere", Settlement.FOREIGN_CHANGE),
        ("another card", Settlement.FOREIGN_CHANGE),
        ("reserved byte", Settlement.FOREIGN_CHANGE),
        ("active slot torn", Settlement.FOREIGN_CHANGE),
        ("header torn", Settlement.FOREIGN_CHANGE),
        ("inactive slot torn", Settlement.TORN_REPAIRABLE),
    ],
)
def test_what_became_of_a_write(change: str, settlement: Settlement) -> None:
    before = card_with(4166)
    after = with_purchase(before, volume_m3_hundredths=5000, sold_on=date(2026, 3, 1))
    assert decode(before).purchase.sequence == 1
    now = {
        "nothing": before,
        "written": after,
        "written and taken by the meter": with_meter_report(after, report(2)),
        "not written, and the meter has reported since": with_meter_report(before, report(1)),
        "written, and a meter reports an older purchase": with_meter_report(after, report(1)),
        "bought elsewhere": with_purchase(before, volume_m3_hundredths=5001, sold_on=date(2026, 3, 1)),
        "another card": new_card(card_no="2" * 8, customer_no="2" * 10, meter_no="3" * 12, region=1),
        "reserved byte": before[:0xC0] + b"\x00" + before[0xC1:],
        "active slot torn": before[:0x64] + b"\x77" + before[0x65:],
        "header torn": before[:0x26] + b"\x77" + before[0x27:],
        "inactive slot torn": before[:0x44] + b"\x77" + before[0x45:],
    }[change]
    assert settle(now, before, after) is settlement


def test_meter_and_hall_may_alternate_for_years() -> None:
    image = card_with()
    cards: list[GasCard] = []
    for number in range(1, 40):
        after = with_purchase(image, volume_m3_hundredths=number, sold_on=None)
        model = model_of(image)
        assert write(model, image, after) is UpdateOutcome.DONE
        image = with_meter_report(bytes(model.chip.main), report(number))
        cards.append(decode(image))
    assert [card.purchase.sequence for card in cards] == list(range(1, 40))
    assert all(card.previous_purchase_in_meter for card in cards)
    assert cards[-1].purchase.cumulative_purchased_m3_hundredths == sum(range(1, 40))
