"""Which note lies behind which channel of an acceptor that does not tell it.

The fifth series of the renminbi circulates in two issues: that of 1999, and the later ones (2005, 2015, 2019, 2020).
Some bill sets give each issue a channel of its own, so that a value may stand behind several channels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

FIFTH_SERIES = (1, 5, 10, 20, 50, 100)
"""Both issues of a value on one channel, the smallest value first."""
FIFTH_SERIES_BOTH_ISSUES = (1, 5, 10, 20, 50, 100, 1, 5, 10, 20, 50, 100)
"""A channel for each issue: first those of the earlier one, then those of the later one."""

_FEN_PER_YUAN = 100


@dataclass(frozen=True, slots=True)
class NoteProfile:
    """Values in yuan in the order of the channels; 0 for a channel without a note."""

    channels_yuan: Sequence[int] = FIFTH_SERIES

    def values_fen(self, first_note_type: int) -> dict[int, int]:
        """Note type -> fen, the first channel being `first_note_type`."""
        return {
            first_note_type + channel: yuan * _FEN_PER_YUAN for channel, yuan in enumerate(self.channels_yuan) if yuan
        }
