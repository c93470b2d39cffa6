"""Prices against an oracle in exact fractions, and the properties that the law of the house asks of every tariff."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.topup.tariff import (
    NoTariffInForce,
    Tariff,
    TariffInvalid,
    Tier,
    cumulative_price_fen,
    cycle_start_date,
    quote_money,
    quote_volume,
    tariff_in_force,
)


def tariff(
    *tiers: tuple[int | None, int],
    tariff_id: str = "t",
    kind: str = "resident",
    valid_from: date = date(2026, 1, 1),
    cycle_start: tuple[int, int] = (1, 1),
) -> Tariff:
    return Tariff(
        tariff_id,
        "居民用气",
        "Household",
        kind,  # type: ignore[arg-type]
        valid_from,
        cycle_start,
        tuple(Tier(upto, price) for upto, price in tiers),
    )


LADDER = tariff((30_000, 240), (60_000, 288), (None, 360))


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    ends = sorted(draw(st.sets(st.integers(1, 100_000), max_size=4)))
    prices = draw(st.lists(st.integers(1, 2_000), min_size=len(ends) + 1, max_size=len(ends) + 1))
    return tariff(*zip([*ends, None], prices, strict=True))


volumes = st.integers(0, 150_000)
money = st.integers(0, 2_000_000)


def oracle(subject: Tariff, volume: int) -> int:
    """P(v) from its definition, hundredth by tier, in fractions."""
    total, below = Fraction(0), 0
    for tier in subject.tiers:
        top = volume if tier.upto_m3_hundredths is None else min(volume, tier.upto_m3_hundredths)
        total += Fraction(max(0, top - below), 100) * tier.price_fen_per_m3
        below = max(below, top)
    return int((total + Fraction(1, 2)).__floor__())


@given(tariffs(), volumes)
def test_the_cumulative_price_is_the_exact_price_rounded_half_up_once(subject: Tariff, volume: int) -> None:
    assert cumulative_price_fen(subject, volume) == oracle(subject, volume)


@given(tariffs(), volumes, volumes, volumes)
def test_a_price_is_the_sum_of_the_prices_of_its_parts(subject: Tariff, used: int, a: int, b: int) -> None:
    whole = quote_volume(subject, used, a + b).amount_fen
    assert whole == quote_volume(subject, used, a).amount_fen + quote_volume(subject, used + a, b).amount_fen


@given(tariffs(), volumes, volumes)
def test_the_lines_sum_to_the_total_and_agree_with_the_oracle_tier_by_tier(
    subject: Tariff, used: int, volume: int
) -> None:
    quote = quote_volume(subject, used, volume)
    assert quote.amount_fen == oracle(subject, used + volume) - oracle(subject, used)
    assert sum(line.amount_fen for line in quote.lines) == quote.amount_fen
    assert sum(line.volume_m3_hundredths for line in quote.lines) == quote.volume_m3_hundredths == volume
    assert all(line.volume_m3_hundredths > 0 for line in quote.lines)
    assert [line.tier for line in quote.lines] == sorted({line.tier for line in quote.lines})
    for line in quote.lines:
        assert line.price_fen_per_m3 == subject.tiers[line.tier - 1].price_fen_per_m3
        exact = Fraction(line.volume_m3_hundredths * line.price_fen_per_m3, 100)
        assert abs(line.amount_fen - exact) <= 1


@given(tariffs(), volumes, money)
def test_the_volume_for_money_is_the_largest_that_the_money_pays(subject: Tariff, used: int, offered: int) -> None:
    quote = quote_money(subject, used, offered)
    assert quote.amount_fen + quote.remainder_fen == offered
    assert quote.remainder_fen >= 0
    assert quote.amount_fen == quote_volume(subject, used, quote.volume_m3_hundredths).amount_fen
    assert quote_volume(subject, used, quote.volume_m3_hundredths + 1).amount_fen > offered


@given(tariffs(), volumes, st.integers(1, 150_000))
def test_money_for_a_volume_buys_that_volume_back(subject: Tariff, used: int, volume: int) -> None:
    price = quote_volume(subject, used, volume).amount_fen
    back = quote_money(subject, used, price)
    assert back.amount_fen == price
    assert back.remainder_fen == 0
    assert back.volume_m3_hundredths >= volume
    assume(all(tier.price_fen_per_m3 >= 100 for tier in subject.tiers))
    assert back.volume_m3_hundredths == volume


@given(tariffs(), volumes, money, money)
def test_more_money_never_buys_less(subject: Tariff, used: int, a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert quote_money(subject, used, low).volume_m3_hundredths <= quote_money(subject, used, high).volume_m3_hundredths


def test_1944_yuan_over_three_tiers_is_700_cubic_metres() -> None:
    quote = quote_money(LADDER, 0, 194_400)
    assert quote.volume_m3_hundredths == 70_000
    assert quote.remainder_fen == 0
    assert [(line.tier, line.volume_m3_hundredths, line.amount_fen) for line in quote.lines] == [
        (1, 30_000, 72_000),
        (2, 30_000, 86_400),
        (3, 10_000, 36_000),
    ]


def test_1944_yuan_with_four_steps_of_which_the_last_is_not_reached() -> None:
    subject = tariff((30_000, 240), (60_000, 288), (90_000, 360), (None, 420))
    assert quote_money(subject, 0, 194_400).volume_m3_hundredths == 70_000
    assert len(quote_money(subject, 0, 194_400).lines) == 3


def test_a_hundred_yuan_at_two_forty_is_41_67_cubic_metres() -> None:
    quote = quote_money(LADDER, 0, 10_000)
    # 41.67 m³ cost 100.008 yuan, which is 100.01 half-up: too much. 41.66 m³ cost 99.984.
    assert (quote.volume_m3_hundredths, quote.amount_fen, quote.remainder_fen) == (4_166, 9_998, 2)


@pytest.mark.parametrize(
    ("used", "volume", "tiers"),
    [
        (0, 30_000, [1]),
        (29_999, 1, [1]),
        (29_999, 2, [1, 2]),
        (30_000, 1, [2]),
        (60_000, 1, [3]),
        (0, 60_001, [1, 2, 3]),
    ],
)
def test_a_tier_ends_with_its_last_hundredth(used: int, volume: int, tiers: list[int]) -> None:
    assert [line.tier for line in quote_volume(LADDER, used, volume).lines] == tiers


def test_nothing_costs_nothing() -> None:
    assert quote_volume(LADDER, 12_345, 0).lines == ()
    assert quote_money(LADDER, 12_345, 0).volume_m3_hundredths == 0


@pytest.mark.parametrize(("used", "volume"), [(-1, 1), (1, -1)])
def test_negative_volumes_are_not_priced(used: int, volume: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        quote_volume(LADDER, used, volume)


def test_negative_money_is_not_priced() -> None:
    with pytest.raises(ValueError, match="negative"):
        quote_money(LADDER, 0, -1)


@pytest.mark.parametrize(
    "tiers",
    [
        (),
        ((30_000, 240),),
        ((None, 240), (None, 288)),
        ((30_000, 240), (30_000, 288), (None, 360)),
        ((0, 240), (None, 360)),
        ((30_000, 0), (None, 360)),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(tiers: tuple[tuple[int | None, int], ...]) -> None:
    with pytest.raises(TariffInvalid, match="tariff 't'"):
        tariff(*tiers)


@pytest.mark.parametrize("cycle_start", [(2, 29), (13, 1), (4, 31), (0, 1)])
def test_a_cycle_starts_on_a_day_that_every_year_has(cycle_start: tuple[int, int]) -> None:
    with pytest.raises(TariffInvalid, match="cycle_start"):
        tariff((None, 240), cycle_start=cycle_start)


def test_the_newest_tariff_that_has_begun_is_in_force() -> None:
    old = tariff((None, 240), tariff_id="old", valid_from=date(2025, 1, 1))
    new = tariff((None, 260), tariff_id="new", valid_from=date(2026, 7, 1))
    shop = tariff((None, 320), tariff_id="shop", kind="commercial", valid_from=date(2026, 8, 1))
    book = (new, shop, old)
    assert tariff_in_force(book, "resident", date(2026, 6, 30)) is old
    assert tariff_in_force(book, "resident", date(2026, 7, 1)) is new
    with pytest.raises(NoTariffInForce):
        tariff_in_force(book, "commercial", date(2026, 7, 31))
    with pytest.raises(NoTariffInForce):
        tariff_in_force(book, "public_welfare", date(2026, 12, 31))


def test_two_tariffs_that_start_on_one_day_are_a_mistake_of_the_table() -> None:
    book = (tariff((None, 240), tariff_id="a"), tariff((None, 250), tariff_id="b"))
    with pytest.raises(TariffInvalid, match="a, b"):
        tariff_in_force(book, "resident", date(2026, 5, 1))


@pytest.mark.parametrize(
    ("start", "on", "expected"),
    [
        ((1, 1), date(2026, 1, 1), date(2026, 1, 1)),
        ((1, 1), date(2026, 12, 31), date(2026, 1, 1)),
        ((7, 1), date(2026, 6, 30), date(2025, 7, 1)),
        ((7, 1), date(2026, 7, 1), date(2026, 7, 1)),
        ((12, 31), date(2024, 2, 29), date(2023, 12, 31)),
    ],
)
def test_the_cycle_of_a_day(start: tuple[int, int], on: date, expected: date) -> None:
    assert cycle_start_date(tariff((None, 240), cycle_start=start), on) == expected
