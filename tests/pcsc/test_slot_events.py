"""What happened in a slot between two looks of PC/SC. Pure."""

import pytest

from drivers.pcsc.events import CardAbsent, CardMuteSeen, CardPresent
from drivers.pcsc.scard import STATE_MUTE, STATE_PRESENT, STATE_UNAWARE
from drivers.pcsc.worker import slot_events

EMPTY, IN_USE, EXCLUSIVE = 0x10, 0x100, 0x80
ATR = b"\x3b\x00"


def state(count: int, bits: int) -> int:
    return count << 16 | 2 | bits


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        (STATE_UNAWARE, state(0, EMPTY), (CardAbsent(),)),
        (STATE_UNAWARE, state(1, STATE_PRESENT), (CardPresent(ATR),)),
        (STATE_UNAWARE, state(1, STATE_PRESENT | STATE_MUTE), (CardMuteSeen(),)),
        (state(0, EMPTY), state(1, STATE_PRESENT), (CardPresent(ATR),)),
        (state(1, STATE_PRESENT), state(2, EMPTY), (CardAbsent(),)),
        (state(1, STATE_PRESENT), state(1, STATE_PRESENT | EXCLUSIVE | IN_USE), ()),
        (state(1, STATE_PRESENT | IN_USE), state(1, STATE_PRESENT), ()),
        (state(1, STATE_PRESENT), state(3, STATE_PRESENT), (CardAbsent(), CardPresent(ATR))),
        (state(1, STATE_PRESENT), state(1, STATE_PRESENT | STATE_MUTE), (CardAbsent(), CardMuteSeen())),
        (state(0, EMPTY), state(2, EMPTY), ()),
        (state(0xFFFF, STATE_PRESENT), state(0, EMPTY), (CardAbsent(),)),
    ],
)
def test_a_change_of_state_is_told_as_events(before: int, after: int, events: tuple[object, ...]) -> None:
    assert slot_events(before, after, ATR) == events
