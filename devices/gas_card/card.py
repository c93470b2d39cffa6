"""What a gas card holds, whatever its layout."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Purchase:
    """The newest purchase on the card. `sequence` (0…65535, serial arithmetic) rises by one with each purchase: the
    card is its own witness. Volumes in hundredths of a cubic metre."""

    sequence: int
    volume_m3_hundredths: int
    previous_volume_m3_hundredths: int
    cumulative_purchased_m3_hundredths: int
    sold_on: date | None


@dataclass(frozen=True, slots=True)
class MeterReport:
    """What the meter wrote back when the card was last in it (H11)."""

    accepted_sequence: int
    remaining_m3_hundredths: int
    cumulative_used_m3_hundredths: int
    valve_closed: bool
    battery_low: bool
    magnetic_tamper: bool
    cover_opened: bool
    written_on: date | None


@dataclass(frozen=True, slots=True)
class GasCard:
    """One card as it was read. `meter` is `None` until a meter has written to it."""

    card_no: str
    customer_no: str
    meter_no: str
    region: int
    reissue_count: int
    purchase: Purchase
    meter: MeterReport | None
    layout: str = field(default="reference-1")

    @property
    def previous_purchase_in_meter(self) -> bool:
        """Whether the meter has taken the newest purchase. A card that has never bought counts as taken."""
        if self.purchase.sequence == 0:
            return True
        return self.meter is not None and self.meter.accepted_sequence == self.purchase.sequence

    @property
    def volume_on_card_m3_hundredths(self) -> int:
        """Gas that is still on the card, waiting for the meter."""
        return 0 if self.previous_purchase_in_meter else self.purchase.volume_m3_hundredths
