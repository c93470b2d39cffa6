"""What may be bought, and which notes may come next."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.topup.limits import (
    LimitReason,
    LimitRefusal,
    Limits,
    LimitsInvalid,
    acceptable_notes,
    can_always_be_paid,
    check_purchase,
    volume_left_m3_hundredths,
)

NOTES = (100, 500, 1_000, 2_000, 5_000, 10_000)
LIMITS = Limits(
    per_visit_fen_max=200_000,
    per_visit_m3_hundredths_max=50_000,
    card_capacity_m3_hundredths=199_900,
    overpay_fen_max=2_000,
    notes_max=50,
    per_visit_fen_min=1_000,
    per_month_m3_hundredths_max=80_000,
)


@pytest.mark.parametrize(
    ("purchase", "refusal"),
    [
        ({"amount_fen": 10_000, "volume_m3_hundredths": 4_166}, None),
        ({"amount_fen": 200_000, "volume_m3_hundredths": 50_000}, None),
        (
            {"amount_fen": 200_001, "volume_m3_hundredths": 50_000},
            LimitRefusal(LimitReason.ABOVE_VISIT_AMOUNT, 200_000),
        ),
        ({"amount_fen": 10_000, "volume_m3_hundredths": 50_001}, LimitRefusal(LimitReason.ABOVE_VISIT_VOLUME, 50_000)),
        ({"amount_fen": 999, "volume_m3_hundredths": 400}, LimitRefusal(LimitReason.BELOW_LEAST_AMOUNT, 1_000)),
        ({"amount_fen": 0, "volume_m3_hundredths": 0}, LimitRefusal(LimitReason.BELOW_LEAST_VOLUME, 1)),
        (
            {"amount_fen": 10_000, "volume_m3_hundredths": 4_166, "on_card_m3_hundredths": 199_000},
            LimitRefusal(LimitReason.ABOVE_CARD_CAPACITY, 900),
        ),
        (
            {"amount_fen": 10_000, "volume_m3_hundredths": 4_166, "bought_this_month_m3_hundredths": 90_000},
            LimitRefusal(LimitReason.ABOVE_MONTH_VOLUME, 0),
        ),
    ],
)
def test_each_limit_refuses_by_name_and_says_what_is_allowed(
    purchase: dict[str, Any], refusal: LimitRefusal | None
) -> None:
    assert check_purchase(LIMITS, **purchase) == refusal


@given(st.integers(0, 300_000), st.integers(0, 200_000))
def test_the_volume_that_is_left_is_the_largest_that_is_not_refused(on_card: int, bought: int) -> None:
    left = volume_left_m3_hundredths(LIMITS, on_card_m3_hundredths=on_card, bought_this_month_m3_hundredths=bought)

    def refused(volume: int) -> bool:
        return (
            check_purchase(
                LIMITS,
                amount_fen=5_000,
                volume_m3_hundredths=volume,
                on_card_m3_hundredths=on_card,
                bought_this_month_m3_hundredths=bought,
            )
            is not None
        )

    assert refused(left + 1)
    assert left == 0 or not refused(left)


@given(st.integers(1, 200_000), st.integers(0, 220_000), st.integers(0, 60))
def test_a_note_is_taken_exactly_if_the_overpayment_stays_in_bounds(to_pay: int, inserted: int, count: int) -> None:
    taken = acceptable_notes(to_pay, inserted, LIMITS, NOTES, count)
    for note in NOTES:
        fits = inserted < to_pay and inserted + note - to_pay <= LIMITS.overpay_fen_max and count < LIMITS.notes_max
        assert (note in taken) == fits


@given(st.integers(1, 200_000), st.data())
def test_any_sequence_of_taken_notes_ends_paid_or_at_the_note_limit(to_pay: int, data: st.DataObject) -> None:
    inserted, count = 0, 0
    while choices := acceptable_notes(to_pay, inserted, LIMITS, NOTES, count):
        inserted += data.draw(st.sampled_from(sorted(choices)))
        count += 1
    assert inserted >= to_pay or count == LIMITS.notes_max
    assert inserted <= to_pay + LIMITS.overpay_fen_max
    assert inserted <= LIMITS.cash_per_visit_fen_max


def test_a_hundred_is_not_taken_for_the_last_forty_yuan() -> None:
    assert acceptable_notes(10_000, 6_000, LIMITS, NOTES) == {100, 500, 1_000, 2_000, 5_000}
    assert acceptable_notes(10_000, 9_998, LIMITS, NOTES) == {100, 500, 1_000, 2_000}
    assert acceptable_notes(10_000, 10_000, LIMITS, NOTES) == frozenset()


def test_a_rest_that_no_note_may_pay_is_found_when_the_configuration_is_read() -> None:
    assert can_always_be_paid(LIMITS, NOTES)
    assert not can_always_be_paid(LIMITS, (5_000, 10_000))
    assert not can_always_be_paid(LIMITS, ())


@pytest.mark.parametrize(
    "change",
    [
        {"per_visit_fen_max": 0},
        {"per_visit_m3_hundredths_max": 0},
        {"card_capacity_m3_hundredths": 0},
        {"overpay_fen_max": -1},
        {"notes_max": 0},
        {"per_visit_fen_min": 0},
        {"per_month_m3_hundredths_max": -1},
    ],
)
def test_limits_that_could_never_hold_are_refused(change: dict[str, int]) -> None:
    values: dict[str, Any] = {
        "per_visit_fen_max": 200_000,
        "per_visit_m3_hundredths_max": 50_000,
        "card_capacity_m3_hundredths": 199_900,
        "overpay_fen_max": 2_000,
        "notes_max": 50,
    }
    with pytest.raises(LimitsInvalid):
        Limits(**{**values, **change})
