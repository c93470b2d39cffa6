"""What every customer screen is drawn from, and the frame around it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.messages import Language
from kiosk.messages.units import clock, day, tier_name, unit_price
from kiosk.topup.order import Order, PricedLine
from kiosk.topup.session import House, Visit
from kiosk.topup.tariff import QuoteLine
from kiosk.view.shapes import Button, CustomerView, NoteLine, Progress, TierLine
from kiosk.view.wording import Wording


@dataclass(frozen=True, slots=True)
class Manner:
    """How this visitor wants to be served. Forgotten when the visit is over."""

    language: Language = "zh_CN"
    large_type: bool = False
    clerk_called: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What every screen of this hall shows, whoever stands in front of it."""

    hall_name: Mapping[str, str]
    service_phone: str
    opens: str
    closes: str
    now: datetime
    trading: bool
    tickets_possible: bool
    cash_places: Mapping[str, str]
    notices: tuple[Mapping[str, tuple[str, str]], ...]
    amounts_yuan: tuple[int, ...]
    volumes_m3: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a screen is drawn from."""

    visit: Visit
    house: House
    manner: Manner
    setting: Setting
    say: Wording


def dressed(view: CustomerView, scene: Scene, *, deadline_s: float | None) -> CustomerView:
    """The frame around a screen: hall, clock, telephone, the tools at the edge, the countdown."""
    setting, say, manner = scene.setting, scene.say, scene.manner
    left = None if deadline_s is None else max(0, round(deadline_s - scene.house.moment.mono_s))
    message, tone = view.message, view.message_tone
    if manner.clerk_called and not message:
        message, tone = say.say("clerk.called"), "good"
    return replace(
        view,
        language=manner.language,
        large_type=manner.large_type,
        tools=_tools(scene),
        hall_name=setting.hall_name[manner.language],
        clock_text=f"{day(setting.now.date(), manner.language)} {clock(setting.now)}",
        footer=say.say("notice.phone"),
        seconds_left=left,
        message=message,
        message_tone=tone,
    )


def _tools(scene: Scene) -> tuple[Button, ...]:
    say, manner = scene.say, scene.manner
    type_code = "button.normal_type" if manner.large_type else "button.large_type"
    return (
        Button("language", say.say("button.language"), "quiet"),
        Button("large_type", say.say(type_code), "quiet"),
        Button("call_clerk", say.say("button.call_clerk"), "quiet"),
    )


_STEPS = ("step.card", "step.choose", "step.pay", "step.write", "step.done")


def progress(scene: Scene, current: int) -> Progress:
    return Progress(tuple(scene.say.say(code) for code in _STEPS), current)


def busy(scene: Scene, code: str) -> CustomerView:
    """One sentence, and nothing to do but wait."""
    return CustomerView("busy", scene.say.say(code), card_must_stay=True)


def tier_lines(scene: Scene, lines: tuple[QuoteLine, ...] | tuple[PricedLine, ...]) -> tuple[TierLine, ...]:
    say, language = scene.say, scene.manner.language
    return tuple(
        TierLine(
            tier_name(line.tier, language),
            say.volume(line.volume_m3_hundredths),
            unit_price(line.price_fen_per_m3, language),
            say.money(line.amount_fen),
        )
        for line in lines
    )


def note_lines(scene: Scene, order: Order) -> tuple[NoteLine, ...]:
    kept = (note for note in order.notes if note.state.value == "stacked")
    return tuple(NoteLine(note.value_fen, scene.say.note(note.value_fen)) for note in kept)
