"""Image in, gas card out; gas card and a wish in, image out. Pure, derived from the field table of
`reference_layout`."""

from dataclasses import dataclass
from datetime import date

from devices.gas_card import reference_layout as layout
from devices.gas_card.card import GasCard, MeterReport, Purchase
from devices.gas_card.fields import Block, FieldError, Value
from devices.gas_card.problem import CardImageError, CardProblem
from devices.gas_card.sequence import is_newer, next_sequence

_FIRST_USED = 0x20
_ERASED = 0xFF
MANUFACTURER_AREA = bytes.fromhex("A2131091FFFF8115") + b"\xff" * 13 + bytes.fromhex("D27600000400") + b"\xff" * 5
"""00…1F as SLE4442 cards leave the factory."""


@dataclass(frozen=True, slots=True)
class Slots:
    """Two slots of one kind: the content of the one that counts and where it stands (`None`: none is valid), and
    where the next is written."""

    values: dict[str, Value] | None
    active_address: int | None
    inactive_address: int


def decode(image: bytes, *, region: int | None = None) -> GasCard:
    """The card that an image of 256 bytes holds.

    Raises `CardImageError`: FOREIGN (another magic, another version, another region than `region`), BLANK (20…FF
    erased or zero), DAMAGED (the header, or both purchase slots, fail their check codes).
    """
    header = _header(image)
    if region is not None and header["region"] != region:
        raise CardImageError(CardProblem.FOREIGN, f"region {header['region']}")
    purchase = purchase_slots(image).values
    if purchase is None:
        raise CardImageError(CardProblem.DAMAGED, "no valid purchase slot")
    report = report_slots(image).values
    return GasCard(
        card_no=_text(header, "card_no"),
        customer_no=_text(header, "customer_no"),
        meter_no=_text(header, "meter_no"),
        region=_number(header, "region"),
        reissue_count=_number(header, "reissue_count"),
        purchase=Purchase(
            sequence=_number(purchase, "sequence"),
            volume_m3_hundredths=_number(purchase, "volume"),
            previous_volume_m3_hundredths=_number(purchase, "previous_volume"),
            cumulative_purchased_m3_hundredths=_number(purchase, "cumulative_purchased"),
            sold_on=_day(purchase, "sold_on"),
        ),
        meter=None if report is None else _meter_report(report),
        layout=layout.LAYOUT,
    )


def with_purchase(image: bytes, *, volume_m3_hundredths: int, sold_on: date | None) -> bytes:
    """The image after one more purchase: sequence one higher, cumulative volume raised, in the slot that does not
    count now. Alarm threshold, ceiling, overdraft and flags are carried over.

    Raises `CardImageError` as `decode` does, `ValueError` for a volume that is not positive or sums that pass 32 bits.
    """
    decode(image)
    if volume_m3_hundredths <= 0:
        raise ValueError(f"a purchase is of more than nothing, not {volume_m3_hundredths}")
    slots = purchase_slots(image)
    assert slots.values is not None
    before = slots.values
    after = before | {
        "sequence": next_sequence(_number(before, "sequence")),
        "volume": volume_m3_hundredths,
        "previous_volume": before["volume"],
        "cumulative_purchased": _number(before, "cumulative_purchased") + volume_m3_hundredths,
        "sold_on": sold_on,
    }
    return _place(image, slots.inactive_address, layout.PURCHASE.encode(after))


def with_meter_report(image: bytes, report: MeterReport) -> bytes:
    """The image after a meter has written `report`, in the report slot that does not count now. Raises
    `CardImageError`, `ValueError`."""
    decode(image)
    slots = report_slots(image)
    count = 1 if slots.values is None else next_sequence(_number(slots.values, "count"))
    status = (
        (layout.STATUS_VALVE_CLOSED if report.valve_closed else 0)
        | (layout.STATUS_BATTERY_LOW if report.battery_low else 0)
        | (layout.STATUS_MAGNETIC_TAMPER if report.magnetic_tamper else 0)
        | (layout.STATUS_COVER_OPENED if report.cover_opened else 0)
    )
    block = layout.REPORT.encode(
        {
            "count": count,
            "accepted_sequence": report.accepted_sequence,
            "remaining": report.remaining_m3_hundredths,
            "cumulative_used": report.cumulative_used_m3_hundredths,
            "status": status,
            "written_on": report.written_on,
            "mark": layout.COMMIT_MARK,
        }
    )
    return _place(image, slots.inactive_address, block)


def new_card(
    *,
    card_no: str,
    customer_no: str,
    meter_no: str,
    region: int,
    reissue_count: int = 0,
    card_class: int = 0,
    alarm_m3_hundredths: int = 0,
    ceiling_m3_hundredths: int = 0xFFFF_FFFF,
    overdraft_m3_hundredths: int = 0,
    manufacturer_area: bytes = MANUFACTURER_AREA,
) -> bytes:
    """The image of a card that has just been issued: no purchase yet (sequence 0), no meter has written to it.

    `card_no` 8 digits, `customer_no` 10, `meter_no` 12. Raises `ValueError` for what does not fit its field.
    """
    if len(manufacturer_area) != _FIRST_USED:
        raise ValueError("the manufacturer's area has 32 bytes")
    image = manufacturer_area + bytes([_ERASED]) * (layout.IMAGE_SIZE - _FIRST_USED)
    header = layout.HEADER.encode(
        {
            "magic": layout.MAGIC,
            "version": layout.VERSION,
            "region": region,
            "card_class": card_class,
            "card_no": card_no,
            "customer_no": customer_no,
            "meter_no": meter_no,
            "reissue_count": reissue_count,
        }
    )
    purchase = layout.PURCHASE.encode(
        {
            "sequence": 0,
            "volume": 0,
            "previous_volume": 0,
            "cumulative_purchased": 0,
            "alarm": alarm_m3_hundredths,
            "ceiling": ceiling_m3_hundredths,
            "overdraft": overdraft_m3_hundredths,
            "sold_on": None,
            "flags": 0,
            "mark": layout.COMMIT_MARK,
        }
    )
    image = _place(image, layout.HEADER.addresses[0], header)
    return _place(image, layout.PURCHASE.addresses[0], purchase)


def purchase_slots(image: bytes) -> Slots:
    return _slots(image, layout.PURCHASE, "sequence")


def report_slots(image: bytes) -> Slots:
    return _slots(image, layout.REPORT, "count")


def _slots(image: bytes, block: Block, counter: str) -> Slots:
    first, second = block.addresses
    at_first, at_second = _slot(image, block, first), _slot(image, block, second)
    if at_first is None and at_second is None:
        return Slots(None, None, first)
    if at_second is None:
        return Slots(at_first, first, second)
    if at_first is not None and not is_newer(_number(at_second, counter), _number(at_first, counter)):
        return Slots(at_first, first, second)
    return Slots(at_second, second, first)


def _slot(image: bytes, block: Block, address: int) -> dict[str, Value] | None:
    """What a slot holds, or `None` if its mark, its CRC or a date in it is wrong."""
    raw = image[address : address + block.size]
    if raw[block.field("mark").offset] != layout.COMMIT_MARK:
        return None
    try:
        return block.decode(raw)
    except FieldError:
        return None


def _header(image: bytes) -> dict[str, Value]:
    if len(image) != layout.IMAGE_SIZE:
        raise CardImageError(CardProblem.DAMAGED, f"an image of {len(image)} bytes")
    if set(image[_FIRST_USED:]) in ({_ERASED}, {0}):
        raise CardImageError(CardProblem.BLANK, "nothing has been written to it")
    address = layout.HEADER.addresses[0]
    raw = image[address : address + layout.HEADER.size]
    if layout.HEADER.field("magic").decode(raw) != layout.MAGIC:
        raise CardImageError(CardProblem.FOREIGN, "another magic")
    try:
        header = layout.HEADER.decode(raw)
    except FieldError as error:
        raise CardImageError(CardProblem.DAMAGED, str(error)) from error
    if header["version"] != layout.VERSION:
        raise CardImageError(CardProblem.FOREIGN, f"layout version {header['version']}")
    return header


def _meter_report(report: dict[str, Value]) -> MeterReport:
    status = _number(report, "status")
    return MeterReport(
        accepted_sequence=_number(report, "accepted_sequence"),
        remaining_m3_hundredths=_number(report, "remaining"),
        cumulative_used_m3_hundredths=_number(report, "cumulative_used"),
        valve_closed=bool(status & layout.STATUS_VALVE_CLOSED),
        battery_low=bool(status & layout.STATUS_BATTERY_LOW),
        magnetic_tamper=bool(status & layout.STATUS_MAGNETIC_TAMPER),
        cover_opened=bool(status & layout.STATUS_COVER_OPENED),
        written_on=_day(report, "written_on"),
    )


def _place(image: bytes, address: int, block: bytes) -> bytes:
    return image[:address] + block + image[address + len(block) :]


def _number(values: dict[str, Value], name: str) -> int:
    value = values[name]
    assert isinstance(value, int)
    return value


def _text(values: dict[str, Value], name: str) -> str:
    value = values[name]
    assert isinstance(value, str)
    return value


def _day(values: dict[str, Value], name: str) -> date | None:
    value = values[name]
    assert value is None or isinstance(value, date)
    return value
