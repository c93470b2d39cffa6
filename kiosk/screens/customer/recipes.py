"""One line per screen of the visit: how it begins, what stands in the middle and in which order, how its buttons stand.

The order names every part, so whatever a view holds is shown on every screen; a recipe only says what comes first.
"""

from dataclasses import dataclass
from typing import Literal

from kiosk.screens.customer.arrangement import Style

Opening = Literal["heading", "hero", "welcome"]
Part = Literal["sentences", "rows", "tiers", "figure", "accepted", "notes", "notices"]


@dataclass(frozen=True, slots=True)
class Recipe:
    opening: Opening = "heading"
    icon: str = ""
    tone: str = ""
    """Of the picture; empty for the view's own."""
    order: tuple[Part, ...] = ("sentences", "rows", "tiers", "figure", "accepted", "notes", "notices")
    buttons: Style = "bar"
    giant_figure: bool = False
    field: bool = False
    """The picture and its sentence stand on a field of the tone's colour, for what must not be overlooked."""
    companions: tuple[str, ...] = ()
    """Smaller pictures at both sides of the main one."""


FACTS_FIRST: tuple[Part, ...] = ("rows", "tiers", "figure", "sentences", "accepted", "notes", "notices")
FIGURE_FIRST: tuple[Part, ...] = ("figure", "rows", "tiers", "sentences", "accepted", "notes", "notices")
MONEY_FIRST: tuple[Part, ...] = ("sentences", "accepted", "figure", "notes", "rows", "tiers", "notices")

RECIPES: dict[str, Recipe] = {
    "idle": Recipe("welcome"),
    "busy": Recipe("hero", "clock", "normal", field=True),
    "card": Recipe(order=FACTS_FIRST),
    "choose": Recipe(buttons="presets"),
    "quote": Recipe(order=("tiers", "figure", "rows", "sentences", "accepted", "notes", "notices")),
    "paying": Recipe(order=MONEY_FIRST),
    "confirm": Recipe(order=FACTS_FIRST),
    "choice": Recipe(buttons="stack"),
    "writing": Recipe("hero", "card_stay", "warn", field=True),
    "reinsert": Recipe("hero", "card_in", "warn", field=True, order=FACTS_FIRST),
    "done": Recipe("hero", order=FACTS_FIRST, companions=("card_out", "receipt")),
    "message": Recipe("hero", order=FACTS_FIRST),
    "ticket_services": Recipe(buttons="stack"),
    "ticket_done": Recipe("hero", "ticket", "good", order=FIGURE_FIRST, giant_figure=True),
    "out_of_service": Recipe("hero", "hand", "warn"),
}

MESSAGE_ICONS = {"normal": "info", "good": "check", "warn": "warning", "bad": "warning"}
"""The picture of a screen that has none of its own, by tone."""


PICTURES: dict[tuple[str, str], str] = {
    ("done", "normal"): "receipt",
    ("ticket_done", "warn"): "warning",
    ("ticket_done", "bad"): "warning",
    ("idle", "normal"): "greeting",
    ("idle", "good"): "greeting",
    ("idle", "warn"): "clock",
    ("idle", "bad"): "clock",
}
"""Where a screen of a certain tone needs another picture: nothing is ticked off that did not succeed, and no card is
asked for while the hall is closed.
"""


def picture_of(screen: str, tone: str) -> tuple[str, str]:
    """The picture of a screen and the tone in which it is drawn."""
    recipe = recipe_of(screen)
    bad_news = tone in ("warn", "bad")
    icon = PICTURES.get((screen, tone)) or recipe.icon or MESSAGE_ICONS[tone]
    return icon, tone if bad_news and recipe.tone == "good" else recipe.tone or tone


def recipe_of(screen: str) -> Recipe:
    """A screen that is not known here is drawn with everything it has, under a heading."""
    return RECIPES.get(screen, Recipe())
