"""Why a card cannot be used here."""

from enum import StrEnum


class CardProblem(StrEnum):
    """Why a card cannot be used here. Each has its own screen."""

    FOREIGN = "foreign"
    """Not a gas card of this company: another kind of chip, another magic, another region."""
    BLANK = "blank"
    """A new card that has not been issued."""
    DAMAGED = "damaged"
    """Ours, and its content does not agree with its check codes in any slot."""
    LOCKED = "locked"
    """The error counter forbids writing: the counter replaces the card."""
    MUTE = "mute"
    """No answer to reset: wrong way round, or dirty."""
    PULLED = "pulled"
    """Taken out while it was being read."""
    UNREADABLE = "unreadable"
    """The reader failed, not the card."""
    READER_UNSUITABLE = "reader_unsuitable"
    """The reader does not carry memory cards."""


class CardImageError(Exception):
    """An image that is not a usable gas card. `problem` is FOREIGN, BLANK or DAMAGED; `detail` names the place."""

    def __init__(self, problem: CardProblem, detail: str) -> None:
        super().__init__(f"{problem.value}: {detail}")
        self.problem = problem
        self.detail = detail
