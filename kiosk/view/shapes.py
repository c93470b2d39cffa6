"""What the hall sends to a screen. Frozen values that travel as JSON (`kiosk.link.wire`); a screen draws them and
decides nothing.

Every string is ready to be shown, in the session's language. A screen sends back the `intent` of a touched button, with
the name of the screen it stood on; the hall ignores an intent of a screen that is no longer up, so a late or double
touch does nothing.
"""

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["normal", "good", "warn", "bad"]
RowTone = Literal["normal", "good", "warn", "bad", "strong"]


@dataclass(frozen=True, slots=True)
class Button:
    """`style`: primary (the one thing most people want), secondary, danger (gives something up), quiet (help,
    language)."""

    intent: str
    label: str
    style: Literal["primary", "secondary", "danger", "quiet"] = "secondary"
    args: dict[str, int | str | bool] = field(default_factory=dict)
    enabled: bool = True
    hint: str = ""
    """Small text under the label; for a disabled button, why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A name and its value; `tone` colours the value."""

    name: str
    value: str
    tone: RowTone = "normal"


@dataclass(frozen=True, slots=True)
class TierLine:
    """One line of the price: `tier` ("第一档"), `volume` ("41.66 立方米"), `unit_price` ("2.40 元/立方米"), `amount`
    ("￥99.98")."""

    tier: str
    volume: str
    unit_price: str
    amount: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note that was taken: its value in fen and as text ("￥100")."""

    value_fen: int
    label: str


@dataclass(frozen=True, slots=True)
class Keypad:
    """A keypad on the screen. The screen keeps the digits while they are typed and sends `intent` with `{"value":
    <int>}` in the unit's smallest step (`scale` decimals: 0 for whole yuan, 0 for whole cubic metres). Values outside
    min…max are not sent; `range_text` says why."""

    intent: str
    unit_label: str
    value_min: int
    value_max: int
    range_text: str
    confirm_label: str


@dataclass(frozen=True, slots=True)
class Notice:
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the visit is: `steps` are short words, `current` the index of the one at hand."""

    steps: tuple[str, ...]
    current: int


@dataclass(frozen=True, slots=True)
class CustomerView:
    """One screen of the customer kiosk. `screen` is its name and picks the layout; unused parts are empty.

    Layouts (`screen`): idle, busy (one sentence and a spinner), card (who, meter, what the card and the meter say),
    choose (presets and keypad), quote (price lines), paying (notes), confirm, choice (a question with two or three
    answers), writing (must not take the card), reinsert (put the card back), done (take card and receipt), message (a
    sentence, what to do, buttons), ticket_services, ticket_done, out_of_service (the notice the law asks for).
    """

    screen: str
    title: str
    language: Literal["zh_CN", "en"] = "zh_CN"
    large_type: bool = False
    tone: Tone = "normal"
    subtitle: str = ""
    body: tuple[str, ...] = ()
    """Sentences under the title."""
    rows: tuple[Row, ...] = ()
    tier_lines: tuple[TierLine, ...] = ()
    total: Row | None = None
    """The one figure that matters on this screen, drawn big (to pay, number of the ticket…)."""
    notes: tuple[NoteLine, ...] = ()
    accepted: tuple[str, ...] = ()
    """Notes that are taken now, as labels."""
    message: str = ""
    """The newest thing that happened ("这张纸币未能识别，请换一张"), drawn so that it is noticed."""
    message_tone: Tone = "normal"
    keypad: Keypad | None = None
    buttons: tuple[Button, ...] = ()
    tools: tuple[Button, ...] = ()
    """The strip at the edge: language, large type, call a clerk."""
    progress: Progress | None = None
    notices: tuple[Notice, ...] = ()
    hall_name: str = ""
    clock_text: str = ""
    footer: str = ""
    """Service telephone and the like."""
    seconds_left: int | None = None
    """What is left before the hall goes on by itself; `None` where no clock runs. The screen counts it down itself."""
    card_must_stay: bool = False
    speak: str = ""
    """A sentence to be spoken, once per change."""


@dataclass(frozen=True, slots=True)
class DeviceLine:
    device: str
    name: str
    status: str
    tone: Literal["good", "warn", "bad"]
    fault: str = ""
    what_to_do: str = ""


@dataclass(frozen=True, slots=True)
class CounterView:
    """The counter's screen: the day, the devices, what waits for a person. No revenue unless `revenue` rows are given
    (H07)."""

    title: str
    business_date: str
    day_state: str
    clock_text: str
    devices: tuple[DeviceLine, ...] = ()
    session: tuple[Row, ...] = ()
    queue: tuple[Row, ...] = ()
    checks: tuple[Row, ...] = ()
    open_matters: tuple[Row, ...] = ()
    """Orders that are owed or unknown: id, amount, owner, age."""
    count_denominations_fen: tuple[int, ...] = ()
    """While a blind count is asked for: the denominations to be counted; empty otherwise."""
    message: str = ""
    message_tone: Tone = "normal"
    buttons: tuple[Button, ...] = ()
