"""What one visit at the terminal is: its state, what can happen to it, and what it may know of the house.

All are plain values; `kiosk.topup.machine` maps (state, event, house) to (state, effects).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from devices.card_reader import CardProblem, WriteOutcome
from devices.gas_card.card import GasCard
from devices.note_acceptor import RefuseReason
from kiosk.effects import Effect
from kiosk.moment import Moment
from kiosk.topup.limits import Limits
from kiosk.topup.order import Order
from kiosk.topup.tariff import Quote, Tariff


class Phase(StrEnum):
    """Where the visit is. One screen each (`kiosk.view.customer`)."""

    IDLE = "idle"
    READING = "reading"
    CARD = "card"
    CHOOSE = "choose"
    QUOTE = "quote"
    COLLECTING = "collecting"
    NOTE_IN_FLIGHT = "note_in_flight"
    """Money is no longer asked for, and the last note's outcome is still open."""
    CHOICE = "choice"
    """Given up after notes: gas for what is inserted, or a slip?"""
    CONFIRM = "confirm"
    RESUME = "resume"
    """A card with an order that is paid and not yet written."""
    WRITING = "writing"
    REINSERT = "reinsert"
    REREADING = "rereading"
    RECEIPT = "receipt"
    DONE = "done"
    MESSAGE = "message"
    CARD_LEFT = "card_left"
    """The visit is over and the card is still in the reader: nothing of its owner is shown."""


class Then(StrEnum):
    """What follows once the note in flight has been settled."""

    CHOICE = "choice"
    FINISH = "finish"
    """Process what is inserted (H01)."""
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class LastPurchase:
    """The newest purchase in our own books for this card."""

    on: date
    volume_m3_hundredths: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Holder:
    """What the registers and the books say of the card in the reader. Amounts in fen, volumes in hundredths of a cubic
    metre."""

    customer_no: str
    name: str
    address: str
    kind: str
    meter_no: str
    card_active: bool
    suspended: bool
    arrears_fen: int
    safety_notice: str
    credit_fen: int
    used_m3_hundredths: int
    """Bought for this meter in the running price cycle."""
    known_sequence: int
    """The purchase counter that the card must show if our books are right."""
    last_purchase: LastPurchase | None = None
    open_order: Order | None = None
    """Paid and not yet written."""


@dataclass(frozen=True, slots=True)
class HallFacts:
    """What stands at the head of every paper."""

    name_zh: str = ""
    terminal: str = ""
    service_phone: str = ""
    paper_columns: int = 48


@dataclass(frozen=True, slots=True)
class House:
    """What a step may know besides the state and the event: the clock, the devices as they stand, the rules."""

    moment: Moment
    fresh_order_id: str
    cash_unit: str
    tariffs: tuple[Tariff, ...]
    limits: Limits
    denominations_fen: frozenset[int]
    card_s: float
    choose_s: float
    pay_s: float
    confirm_s: float
    reinsert_s: float
    done_s: float
    message_s: float
    refuse_in_arrears: bool
    region: int
    cash_refusal: str = ""
    """Why no cash is taken now, as a message code; empty when it is."""
    can_print: bool = True
    stacked_count: int | None = None
    hall: HallFacts = HallFacts()
    chain_head: str = ""
    """The newest journal record's hash, for the paper."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit. Everything of a customer is in here, and is gone with it."""

    phase: Phase = Phase.IDLE
    token: str = ""
    card: GasCard | None = None
    image: bytes | None = None
    holder: Holder | None = None
    card_inside: bool = False
    mode: str = "amount"
    quote: Quote | None = None
    tariff_id: str = ""
    order: Order | None = None
    then: Then | None = None
    message: str = ""
    """A message code: on MESSAGE the sentence of the screen, elsewhere the newest thing that happened."""
    params: Mapping[str, str | int] = field(default_factory=dict)
    reader_problem: CardProblem | None = None
    deadline_s: float | None = None
    job_id: str = ""
    print_outcome: str = ""
    slip_no: str = ""
    check_code: str = ""
    cash_problem: str = ""
    """Why no further note is taken although the visit goes on, as a message code."""
    screen_gone: bool = False
    outcome: str = ""
    """How it ended, for the last screen: written, pending, slip, unknown, nothing."""


# What can happen -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CardCame:
    pass


@dataclass(frozen=True, slots=True)
class CardWent:
    pass


@dataclass(frozen=True, slots=True)
class CardIdentified:
    """The card has been read and looked up: `holder` is `None` if the registers do not know it."""

    token: str
    card: GasCard
    image: bytes
    holder: Holder | None


@dataclass(frozen=True, slots=True)
class CardNotUsable:
    token: str
    problem: CardProblem


@dataclass(frozen=True, slots=True)
class WriteFinished:
    token: str
    outcome: WriteOutcome
    problem: CardProblem | None
    detail: str


@dataclass(frozen=True, slots=True)
class NoteOffered:
    """A note is in escrow and waits."""

    note_type: int
    value_fen: int | None


@dataclass(frozen=True, slots=True)
class NoteSecured:
    note_type: int
    value_fen: int | None
    recovered: bool


@dataclass(frozen=True, slots=True)
class NoteGivenBack:
    note_type: int | None


@dataclass(frozen=True, slots=True)
class NoteRejected:
    reason: RefuseReason


@dataclass(frozen=True, slots=True)
class NoteLost:
    """The acceptor can not say what became of the note whose stacking was ordered."""

    code: str


@dataclass(frozen=True, slots=True)
class PrintDone:
    job_id: str
    outcome: str
    proof: str
    detail: str


@dataclass(frozen=True, slots=True)
class CashStopped:
    """No further cash can be taken (acceptor down, cash unit full, printer out): a message code."""

    why: str


@dataclass(frozen=True, slots=True)
class TimeUp:
    pass


@dataclass(frozen=True, slots=True)
class ScreenGone:
    """The customer's screen has been away for longer than the limit."""


@dataclass(frozen=True, slots=True)
class ScreenBack:
    pass


@dataclass(frozen=True, slots=True)
class Touched:
    """A button: its intent and its arguments."""

    intent: str
    args: Mapping[str, int | str | bool] = field(default_factory=dict)


Event = (
    CardCame
    | CardWent
    | CardIdentified
    | CardNotUsable
    | WriteFinished
    | NoteOffered
    | NoteSecured
    | NoteGivenBack
    | NoteRejected
    | NoteLost
    | PrintDone
    | CashStopped
    | TimeUp
    | ScreenGone
    | ScreenBack
    | Touched
)


@dataclass(frozen=True, slots=True)
class Step:
    """What one event leads to: the visit as it is now, and what is to be done, in this order."""

    visit: Visit
    effects: tuple[Effect, ...] = ()
