"""What gas costs: tiers by the meter's volume in its yearly cycle, in whole fen, explained line by line.

Everything rests on one function of the cumulative volume, `P(v)`: the price in fen of the first `v` hundredths of a
cubic metre of a cycle, rounded once, half-up. A purchase of `a` after `u` costs `P(u + a) - P(u)`, and each line of
its explanation is such a difference too. So prices add up exactly, however a volume is split into purchases:

    price(u, a + b) = price(u, a) + price(u + a, b)

and the lines always sum to the total. Seen alone, a purchase can differ by one fen from its own volume times its
price, in either direction; over a cycle these differences cancel out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

TariffKind = Literal["resident", "commercial", "public_welfare"]

_HUNDREDTHS = 100


class TariffInvalid(ValueError):
    """The tariff table contradicts itself; the message names the tariff and what is wrong with it."""


class NoTariffInForce(LookupError):
    """No tariff of this kind is valid on this day, so nothing can be sold to such a customer."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of the price. `upto_m3_hundredths` is the cumulative volume at which it ends, that volume included;
    `None` for the last. `price_fen_per_m3` is at least 1."""

    upto_m3_hundredths: int | None
    price_fen_per_m3: int


@dataclass(frozen=True, slots=True)
class Tariff:
    """A price list for one kind of customer, in force from the start of `valid_from` until a later one of the same
    kind.

    `cycle_start` is the (month, day) on which the cumulative volume of the tiers starts again from nothing; 29
    February is not allowed. Raises `TariffInvalid` unless the tiers rise strictly and only the last is open.
    """

    tariff_id: str
    name_zh: str
    name_en: str
    kind: TariffKind
    valid_from: date
    cycle_start: tuple[int, int]
    tiers: tuple[Tier, ...]

    def __post_init__(self) -> None:
        def refuse(what: str) -> None:
            raise TariffInvalid(f"tariff {self.tariff_id!r}: {what}")

        if not self.tiers:
            refuse("has no tiers")
        if self.tiers[-1].upto_m3_hundredths is not None:
            refuse("the last tier must have no upper end")
        below = 0
        for number, tier in enumerate(self.tiers, start=1):
            if tier.price_fen_per_m3 < 1:
                refuse(f"tier {number}: the price must be at least 1 fen for a cubic metre")
            if tier.upto_m3_hundredths is None:
                if number != len(self.tiers):
                    refuse(f"tier {number}: only the last tier may have no upper end")
                continue
            if tier.upto_m3_hundredths <= below:
                refuse(f"tier {number}: must end above {below} hundredths of a cubic metre")
            below = tier.upto_m3_hundredths
        try:
            date(2023, *self.cycle_start)  # a year without 29 February
        except (ValueError, TypeError):
            refuse(f"cycle_start {self.cycle_start!r} is not a day of every year")


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """The part of a purchase that falls into one tier. `tier` counts from 1."""

    tier: int
    volume_m3_hundredths: int
    price_fen_per_m3: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What a purchase costs. `lines` has no line without volume; their volumes and amounts sum to the quote's.

    `remainder_fen` is what is left of the money that was offered (0 when a volume was asked for)."""

    volume_m3_hundredths: int
    amount_fen: int
    lines: tuple[QuoteLine, ...]
    remainder_fen: int = 0


def cumulative_price_fen(tariff: Tariff, volume_m3_hundredths: int) -> int:
    """`P(v)`: the price in fen of the first `v` hundredths of a cubic metre of a cycle, half-up to the fen. Raises
    `ValueError` below 0."""
    if volume_m3_hundredths < 0:
        raise ValueError(f"a volume cannot be negative: {volume_m3_hundredths}")
    price_fen_hundredths = 0
    below = 0
    for tier in tariff.tiers:
        end = tier.upto_m3_hundredths
        top = volume_m3_hundredths if end is None else min(end, volume_m3_hundredths)
        if top <= below:
            break
        price_fen_hundredths += (top - below) * tier.price_fen_per_m3
        below = top
    return (price_fen_hundredths + _HUNDREDTHS // 2) // _HUNDREDTHS


def quote_volume(tariff: Tariff, used_m3_hundredths: int, volume_m3_hundredths: int) -> Quote:
    """The price of a volume, bought after `used_m3_hundredths` in the same cycle. Raises `ValueError` for a negative
    volume."""
    if used_m3_hundredths < 0 or volume_m3_hundredths < 0:
        raise ValueError(f"volumes cannot be negative: {used_m3_hundredths}, {volume_m3_hundredths}")
    end = used_m3_hundredths + volume_m3_hundredths
    lines: list[QuoteLine] = []
    below = 0
    for number, tier in enumerate(tariff.tiers, start=1):
        low = max(below, used_m3_hundredths)
        high = end if tier.upto_m3_hundredths is None else min(tier.upto_m3_hundredths, end)
        if high > low:
            amount_fen = cumulative_price_fen(tariff, high) - cumulative_price_fen(tariff, low)
            lines.append(QuoteLine(number, high - low, tier.price_fen_per_m3, amount_fen))
        if tier.upto_m3_hundredths is not None:
            below = tier.upto_m3_hundredths
    return Quote(volume_m3_hundredths, sum(line.amount_fen for line in lines), tuple(lines))


def quote_money(tariff: Tariff, used_m3_hundredths: int, money_fen: int) -> Quote:
    """The largest volume whose price is not above `money_fen`, with what is left over: the exact inverse of
    `quote_volume`.

    Raises `ValueError` for negative money or volume."""
    if money_fen < 0:
        raise ValueError(f"money cannot be negative: {money_fen}")
    target_fen = cumulative_price_fen(tariff, used_m3_hundredths) + money_fen
    # P(v) <= target  <=>  the unrounded price of v, in hundredths of a fen, is at most 100 * target + 49
    room = target_fen * _HUNDREDTHS + _HUNDREDTHS // 2 - 1
    end = 0
    for tier in tariff.tiers:
        affordable = room // tier.price_fen_per_m3
        if tier.upto_m3_hundredths is None or affordable < tier.upto_m3_hundredths - end:
            end += affordable
            break
        room -= (tier.upto_m3_hundredths - end) * tier.price_fen_per_m3
        end = tier.upto_m3_hundredths
    quote = quote_volume(tariff, used_m3_hundredths, end - used_m3_hundredths)
    return Quote(quote.volume_m3_hundredths, quote.amount_fen, quote.lines, money_fen - quote.amount_fen)


def tariff_in_force(tariffs: Iterable[Tariff], kind: TariffKind, on: date) -> Tariff:
    """The newest tariff of `kind` that is valid on the day `on`. Raises `NoTariffInForce`, or `TariffInvalid` where
    two of them start on the same day."""
    valid = [tariff for tariff in tariffs if tariff.kind == kind and tariff.valid_from <= on]
    if not valid:
        raise NoTariffInForce(f"no tariff for {kind} customers is in force on {on.isoformat()}")
    newest = max(tariff.valid_from for tariff in valid)
    first, *others = [tariff for tariff in valid if tariff.valid_from == newest]
    if others:
        names = ", ".join(sorted(tariff.tariff_id for tariff in (first, *others)))
        raise TariffInvalid(f"tariffs {names} for {kind} customers all start on {newest.isoformat()}")
    return first


def cycle_start_date(tariff: Tariff, on: date) -> date:
    """The first day of the tier cycle in which `on` lies: what was bought before it does not count for the tiers."""
    month, day = tariff.cycle_start
    this_year = date(on.year, month, day)
    return this_year if on >= this_year else date(on.year - 1, month, day)
