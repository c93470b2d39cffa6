"""What is done with a card once the reader is ours: two pieces of work over one connection, each from beginning to end.

They run in the PC/SC worker's thread and touch nothing but the connection that they are given.
"""

from collections.abc import Callable
from dataclasses import dataclass

from devices.gas_card import codec
from devices.gas_card.card import GasCard
from devices.gas_card.problem import CardImageError, CardProblem
from devices.gas_card.writing import Settlement, settle, write_plan
from drivers.iso7816.apdu import ApduError
from drivers.iso7816.connection import CardConnection, TransmitError, TransmitFailure
from drivers.memory_card.sle4442 import Sle4442, UnsuitableReader, Update, UpdateOutcome, UpdateReason, is_two_wire_card

_PULLED = (TransmitFailure.CARD_REMOVED, TransmitFailure.NO_ANSWER, TransmitFailure.CARD_RESET)


@dataclass(frozen=True, slots=True)
class ReadResult:
    card: GasCard | None
    image: bytes | None
    problem: CardProblem | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """`image`: what was read last, if that was after the last write command, or if no write command was sent."""

    outcome: UpdateOutcome
    image: bytes | None
    problem: CardProblem | None = None
    detail: str = ""


def read_gas_card(connection: CardConnection, region: int | None = None) -> ReadResult:
    """Reads the whole memory and decodes it. Presents no PSC and writes nothing, whatever the card is."""
    image = _read(Sle4442(connection))
    if isinstance(image, ReadResult):
        return image
    try:
        return ReadResult(codec.decode(image, region=region), image)
    except CardImageError as error:
        return ReadResult(None, image, error.problem, error.detail)


def write_gas_card(
    connection: CardConnection,
    before: bytes,
    after: bytes,
    psc_for: Callable[[GasCard], bytes],
    region: int | None = None,
) -> WriteResult:
    """Brings the card from `before` to `after`.

    Reads first. Done without a command if the card holds `after` already; refused if it holds anything but `before`,
    or `before` with the slot torn that is to be written; the PSC is presented only after that.
    """
    card = Sle4442(connection)
    image = _read(card)
    if isinstance(image, ReadResult):
        return WriteResult(UpdateOutcome.REFUSED, None, image.problem, image.detail)
    try:
        psc_owner = codec.decode(image, region=region)
    except CardImageError as error:
        return WriteResult(UpdateOutcome.REFUSED, image, error.problem, error.detail)
    if image == after:
        return WriteResult(UpdateOutcome.DONE, image, detail="the card held it already")
    if settle(image, before, after) not in (Settlement.NOT_WRITTEN, Settlement.TORN_REPAIRABLE):
        return WriteResult(
            UpdateOutcome.REFUSED, image, CardProblem.FOREIGN, "another card, or changed since it was read"
        )
    update = card.update(image, write_plan(image, after), psc_for(psc_owner))
    return _write_result(update, image)


def _write_result(update: Update, image_before: bytes) -> WriteResult:
    image = update.image
    if update.outcome is UpdateOutcome.REFUSED and image is None:
        image = image_before
    problem = {
        UpdateReason.NONE: None,
        UpdateReason.LOCKED: CardProblem.LOCKED,
        UpdateReason.TRIES_USED: CardProblem.LOCKED,
        UpdateReason.PSC_REFUSED: CardProblem.LOCKED,
        UpdateReason.NO_ANSWER: CardProblem.PULLED,
        UpdateReason.WRITE_FAILED: CardProblem.DAMAGED,
    }[update.reason]
    detail = f"{update.reason.value}: {update.detail}" if update.detail else str(update.reason.value)
    return WriteResult(update.outcome, image, problem, "" if problem is None else detail)


def _read(card: Sle4442) -> bytes | ReadResult:
    try:
        card.select()
        image = card.read()
    except UnsuitableReader as error:
        return ReadResult(None, None, CardProblem.READER_UNSUITABLE, str(error))
    except ApduError as error:
        return ReadResult(None, None, CardProblem.UNREADABLE, str(error))
    except TransmitError as error:
        problem = CardProblem.PULLED if error.failure in _PULLED else CardProblem.UNREADABLE
        return ReadResult(None, None, problem, str(error))
    if not is_two_wire_card(b"\x3b\x04" + image[:4]):
        return ReadResult(None, None, CardProblem.UNREADABLE, "the memory does not begin with an answer to reset")
    return image
