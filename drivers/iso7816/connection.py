"""The one method between all card logic and whatever carries it: a PC/SC reader, a model of a chip, a recorded
conversation."""

from enum import StrEnum
from typing import Protocol

from drivers.errors import DriverError
from drivers.iso7816.apdu import CommandApdu, ResponseApdu


class TransmitFailure(StrEnum):
    """Why no answer came."""

    CARD_REMOVED = "card removed"
    CARD_RESET = "card was reset by another program"
    NO_ANSWER = "no valid answer"
    READER_LOST = "reader lost"
    SERVICE_LOST = "PC/SC service lost"
    ABANDONED = "given up after its deadline"


class TransmitError(DriverError):
    """A command got no answer. **Whether the chip has carried it out is not known**, with one exception: a failure
    `ABANDONED` is raised before the command is sent."""

    code = "E-DR-22"

    def __init__(self, failure: TransmitFailure, detail: str = "") -> None:
        super().__init__(f"{failure.value}: {detail}" if detail else failure.value)
        self.failure = failure


class CardConnection(Protocol):
    def transmit(self, command: CommandApdu) -> ResponseApdu:
        """Sends one command and returns its answer, whatever the status word. Raises `TransmitError`."""
