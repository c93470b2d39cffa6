"""A card model without any reader: for card logic in tests and for the simulated hall, in no time."""

from drivers.iso7816.apdu import CommandApdu, ResponseApdu
from drivers.iso7816.connection import TransmitError, TransmitFailure
from drivers.sim.card_model import CardModel, PowerLost


class ModelConnection:
    """A `CardConnection` into a model. Making it powers the card up, as connecting to a reader does."""

    def __init__(self, model: CardModel) -> None:
        self._model = model
        model.power_on()

    def transmit(self, command: CommandApdu) -> ResponseApdu:
        try:
            return ResponseApdu.from_bytes(self._model.answer(command.to_bytes()))
        except PowerLost as error:
            raise TransmitError(TransmitFailure.NO_ANSWER) from error
