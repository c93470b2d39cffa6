"""What a trial of the card reader says of each event, as one flat JSON object. Numbers of customers are masked."""

from devices.card_reader import CardInserted, CardRead, CardRemoved, CardWritten
from devices.gas_card.card import GasCard
from devices.status import StatusChanged

Described = dict[str, str | int | bool | None]

_SHOWN_DIGITS = 4


def describe(event: CardInserted | CardRemoved | CardRead | CardWritten | StatusChanged) -> Described:
    """Always has `event`, `atr`, `card` and `fault`; what does not apply is `None`. `card` is the masked card
    number, `fault` a fault code of the reader, or what is wrong with the card."""
    nothing: Described = {"event": None, "atr": None, "card": None, "fault": None}
    match event:
        case CardInserted(atr):
            return nothing | {"event": "inserted", "atr": atr.hex(" ").upper(), "fault": None if atr else "mute"}
        case CardRemoved():
            return nothing | {"event": "removed"}
        case CardRead(card=None):
            problem = event.problem.value if event.problem is not None else None
            return nothing | {"event": "read", "fault": problem, "detail": event.detail}
        case CardRead(card=GasCard() as card):
            return nothing | {"event": "read"} | _described_card(card)
        case CardWritten():
            problem = event.problem.value if event.problem is not None else None
            return nothing | {
                "event": "written",
                "outcome": event.outcome.value,
                "fault": problem,
                "detail": event.detail,
            }
        case StatusChanged(_device, status, fault):
            described: Described = {"event": "status", "status": status.value}
            if fault is not None:
                described |= {"fault": fault.code, "action": fault.action.value, "detail": fault.detail}
            return nothing | described
    raise AssertionError(f"no event of a card reader: {event!r}")


def _described_card(card: GasCard) -> Described:
    described: Described = {
        "card": masked(card.card_no),
        "customer": masked(card.customer_no),
        "meter": masked(card.meter_no),
        "region": card.region,
        "layout": card.layout,
        "sequence": card.purchase.sequence,
        "volume_m3_hundredths": card.purchase.volume_m3_hundredths,
        "in_meter": card.previous_purchase_in_meter,
    }
    if card.meter is not None:
        described["meter_remaining_m3_hundredths"] = card.meter.remaining_m3_hundredths
    return described


def masked(number: str) -> str:
    """The last four digits; stars for the others."""
    return number[-_SHOWN_DIGITS:].rjust(len(number), "*")
