"""A blind count being typed: so many pieces of each value (H03). It knows nothing of what is expected."""

from collections.abc import Sequence

PIECES_MAX = 99_999


class Tally:
    """`selected` is the denomination, in fen, that the keypad is typing for."""

    def __init__(self, denominations_fen: Sequence[int]) -> None:
        self.denominations_fen = tuple(denominations_fen)
        self.selected = self.denominations_fen[0] if self.denominations_fen else 0
        self._pieces: dict[int, int | None] = dict.fromkeys(self.denominations_fen)

    def pieces(self, denomination_fen: int) -> int | None:
        """`None` until something has been typed: not counted yet is not the same as none."""
        return self._pieces[denomination_fen]

    def select(self, denomination_fen: int) -> None:
        if denomination_fen in self._pieces:
            self.selected = denomination_fen

    def press(self, digit: int) -> None:
        value = (self._pieces[self.selected] or 0) * 10 + digit
        if value <= PIECES_MAX:
            self._pieces[self.selected] = value

    def erase(self) -> None:
        value = self._pieces[self.selected]
        self._pieces[self.selected] = None if value is None or value < 10 else value // 10

    def clear(self) -> None:
        self._pieces[self.selected] = None

    def next(self) -> None:
        """Go on to the next denomination; stay at the last."""
        place = self.denominations_fen.index(self.selected)
        self.selected = self.denominations_fen[min(place + 1, len(self.denominations_fen) - 1)]

    @property
    def complete(self) -> bool:
        return bool(self._pieces) and all(value is not None for value in self._pieces.values())

    @property
    def total_fen(self) -> int:
        return sum(value * (count or 0) for value, count in self._pieces.items())

    def counts(self) -> dict[str, int]:
        """Denomination in fen, as text, to number of pieces: the arguments of the `count` command."""
        return {str(value): count or 0 for value, count in self._pieces.items()}


def yuan(value_fen: int) -> str:
    """￥1,234.50; whole yuan without decimals."""
    whole, fen = divmod(value_fen, 100)
    return f"￥{whole:,}" if fen == 0 else f"￥{whole:,}.{fen:02d}"
