"""How much one person may buy and put in at once, and which notes may be taken next. Pure checks with named
refusals."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class LimitsInvalid(ValueError):
    """The limits contradict each other; the message says which."""


class LimitReason(StrEnum):
    """Why a purchase is refused, and the name of the limit that refuses it."""

    BELOW_LEAST_AMOUNT = "below_least_amount"
    BELOW_LEAST_VOLUME = "below_least_volume"
    ABOVE_VISIT_AMOUNT = "above_visit_amount"
    ABOVE_VISIT_VOLUME = "above_visit_volume"
    ABOVE_CARD_CAPACITY = "above_card_capacity"
    ABOVE_MONTH_VOLUME = "above_month_volume"


@dataclass(frozen=True, slots=True)
class LimitRefusal:
    """`limit` is the bound that was passed: fen for the amounts, hundredths of a cubic metre for the volumes. For
    the month and the card it is what may still be bought."""

    reason: LimitReason
    limit: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds in fen, in hundredths of a cubic metre, or in notes; every bound is itself allowed.

    `overpay_fen_max`: how far the notes may exceed the amount to be paid; the excess becomes credit or a slip.
    `cash_per_visit_fen_max`: all notes of one visit together; at least the largest purchase and its overpayment.
    `per_month_m3_hundredths_max`: `None` where the company sets no monthly limit.
    """

    per_visit_fen_max: int
    per_visit_m3_hundredths_max: int
    card_capacity_m3_hundredths: int
    overpay_fen_max: int
    notes_max: int
    per_visit_fen_min: int = 100
    per_visit_m3_hundredths_min: int = 1
    per_month_m3_hundredths_max: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.per_visit_fen_min <= self.per_visit_fen_max:
            raise LimitsInvalid("per_visit_fen_min must lie between 1 and per_visit_fen_max")
        if not 1 <= self.per_visit_m3_hundredths_min <= self.per_visit_m3_hundredths_max:
            raise LimitsInvalid("per_visit_m3_hundredths_min must lie between 1 and per_visit_m3_hundredths_max")
        if self.card_capacity_m3_hundredths < self.per_visit_m3_hundredths_min:
            raise LimitsInvalid(
                "card_capacity_m3_hundredths is below per_visit_m3_hundredths_min: nothing could be sold"
            )
        if self.overpay_fen_max < 0:
            raise LimitsInvalid("overpay_fen_max cannot be negative")
        if self.notes_max < 1:
            raise LimitsInvalid("notes_max must be at least 1")
        if self.per_month_m3_hundredths_max is not None and self.per_month_m3_hundredths_max < 0:
            raise LimitsInvalid("per_month_m3_hundredths_max cannot be negative")

    @property
    def cash_per_visit_fen_max(self) -> int:
        """The most that can lie in the cash unit from one visit."""
        return self.per_visit_fen_max + self.overpay_fen_max


def check_purchase(
    limits: Limits,
    *,
    amount_fen: int,
    volume_m3_hundredths: int,
    on_card_m3_hundredths: int = 0,
    bought_this_month_m3_hundredths: int = 0,
) -> LimitRefusal | None:
    """The first limit that this purchase breaks, or `None`. The customer's own limits (month, card) are named before
    those of the visit, because only they mean that another amount on another day, or the counter, helps."""
    if limits.per_month_m3_hundredths_max is not None:
        left = max(0, limits.per_month_m3_hundredths_max - bought_this_month_m3_hundredths)
        if volume_m3_hundredths > left:
            return LimitRefusal(LimitReason.ABOVE_MONTH_VOLUME, left)
    room = max(0, limits.card_capacity_m3_hundredths - on_card_m3_hundredths)
    if volume_m3_hundredths > room:
        return LimitRefusal(LimitReason.ABOVE_CARD_CAPACITY, room)
    if volume_m3_hundredths > limits.per_visit_m3_hundredths_max:
        return LimitRefusal(LimitReason.ABOVE_VISIT_VOLUME, limits.per_visit_m3_hundredths_max)
    if amount_fen > limits.per_visit_fen_max:
        return LimitRefusal(LimitReason.ABOVE_VISIT_AMOUNT, limits.per_visit_fen_max)
    if volume_m3_hundredths < limits.per_visit_m3_hundredths_min:
        return LimitRefusal(LimitReason.BELOW_LEAST_VOLUME, limits.per_visit_m3_hundredths_min)
    if amount_fen < limits.per_visit_fen_min:
        return LimitRefusal(LimitReason.BELOW_LEAST_AMOUNT, limits.per_visit_fen_min)
    return None


def volume_left_m3_hundredths(
    limits: Limits, *, on_card_m3_hundredths: int = 0, bought_this_month_m3_hundredths: int = 0
) -> int:
    """The largest volume that one purchase may have now: the upper end of the keypad. 0 if nothing may be bought."""
    bounds = [limits.per_visit_m3_hundredths_max, limits.card_capacity_m3_hundredths - on_card_m3_hundredths]
    if limits.per_month_m3_hundredths_max is not None:
        bounds.append(limits.per_month_m3_hundredths_max - bought_this_month_m3_hundredths)
    return max(0, min(bounds))


def acceptable_notes(
    to_pay_fen: int,
    inserted_fen: int,
    limits: Limits,
    denominations: Iterable[int],
    notes_inserted: int = 0,
) -> frozenset[int]:
    """The notes that may be taken next: those that leave the overpayment at or below `overpay_fen_max`. Empty once
    the amount is paid or
    `notes_max` notes lie in the cash unit. Values in fen."""
    missing_fen = to_pay_fen - inserted_fen
    if missing_fen <= 0 or notes_inserted >= limits.notes_max:
        return frozenset()
    return frozenset(value for value in denominations if 0 < value <= missing_fen + limits.overpay_fen_max)


def can_always_be_paid(limits: Limits, denominations: Iterable[int]) -> bool:
    """Whether no amount can leave a customer with a rest that no note may pay: true if the smallest note exceeds
    every rest by no more than
    `overpay_fen_max`. Asked when the configuration is read."""
    smallest = min((value for value in denominations if value > 0), default=None)
    return smallest is not None and smallest - 1 <= limits.overpay_fen_max
