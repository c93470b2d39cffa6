"""In which order a card goes from one image to another, and what a card that was torn on the way must be taken for."""

from enum import StrEnum

from devices.gas_card import codec
from devices.gas_card import reference_layout as layout
from devices.gas_card.fields import Block
from devices.gas_card.problem import CardImageError
from drivers.memory_card.sle4442 import FIRST_WRITABLE, Patch


class Settlement(StrEnum):
    """What became of a write, told from the card alone."""

    WRITTEN = "written"
    """The card holds `after`: byte for byte, or with nothing but the report of a meter that has taken this very
    purchase."""
    NOT_WRITTEN = "not_written"
    """The card holds `before`, byte for byte."""
    TORN_REPAIRABLE = "torn_repairable"
    """The purchase that counts is still the one of `before`; only the slot that was being written differs. Not
    written; may be written again."""
    FOREIGN_CHANGE = "foreign_change"
    """Neither: another hall, a meter, another card. A person decides."""


def write_plan(before: bytes, after: bytes) -> tuple[Patch, ...]:
    """The patches that bring `before` to `after`, in an order in which every interruption leaves the old slot or the
    new one in force.

    First what lies outside slots and header; then each slot that changes: its commit mark away, its payload, its
    counter and CRC, its commit mark; the header last, so that an issue broken off leaves a card that is not yet one
    of ours. Raises `ValueError` if the images differ in 00…1F, which is never written.
    """
    if len(before) != layout.IMAGE_SIZE or len(after) != layout.IMAGE_SIZE:
        raise ValueError("an image has 256 bytes")
    if before[:FIRST_WRITABLE] != after[:FIRST_WRITABLE]:
        raise ValueError("00…1F is never written")
    patches: list[Patch] = []
    reserved = layout.REPORT.addresses[-1] + layout.REPORT.size
    if before[reserved:] != after[reserved:]:
        patches.append(Patch(reserved, after[reserved:]))
    for block in (layout.PURCHASE, layout.REPORT):
        for address in block.addresses:
            patches.extend(_slot_patches(before, after, block, address))
    header = layout.HEADER.addresses[0]
    header_end = header + layout.HEADER.size
    if before[header:header_end] != after[header:header_end]:
        patches.append(Patch(header, after[header:header_end]))
    return tuple(patches)


def _slot_patches(before: bytes, after: bytes, block: Block, address: int) -> list[Patch]:
    old, new = before[address : address + block.size], after[address : address + block.size]
    if old == new:
        return []
    mark = block.field("mark").offset
    counter, crc = block.fields[0], block.field("crc")
    patches = []
    if old[mark] == layout.COMMIT_MARK:
        patches.append(Patch(address + mark, bytes([layout.MARK_AWAY])))
    patches.append(Patch(address + counter.size, new[counter.size : mark]))
    patches.append(Patch(address, new[: counter.size]))
    patches.append(Patch(address + crc.offset, new[crc.offset :]))
    patches.append(Patch(address + mark, new[mark : mark + 1]))
    return patches


def settle(image_now: bytes, before: bytes, after: bytes) -> Settlement:
    """What became of a write from `before` to `after` (one purchase), told from what the card holds now."""
    if image_now == after:
        return Settlement.WRITTEN
    if image_now == before:
        return Settlement.NOT_WRITTEN
    if _taken_by_meter(image_now, after):
        return Settlement.WRITTEN
    start = codec.purchase_slots(before).inactive_address
    end = start + layout.PURCHASE.size
    if image_now[:start] != before[:start] or image_now[end:] != before[end:]:
        return Settlement.FOREIGN_CHANGE
    try:
        now, old = codec.decode(image_now), codec.decode(before)
    except CardImageError:
        return Settlement.FOREIGN_CHANGE
    return Settlement.TORN_REPAIRABLE if now == old else Settlement.FOREIGN_CHANGE


def _taken_by_meter(image_now: bytes, after: bytes) -> bool:
    """Whether the card is `after`, carried to the meter since: only report slots differ, and the meter says that it
    took the purchase."""
    start = layout.REPORT.addresses[0]
    end = layout.REPORT.addresses[-1] + layout.REPORT.size
    if image_now[:start] != after[:start] or image_now[end:] != after[end:]:
        return False
    try:
        card = codec.decode(image_now)
    except CardImageError:
        return False
    return card.purchase.sequence != 0 and card.previous_purchase_in_meter
