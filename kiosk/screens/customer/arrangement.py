"""Which button goes where.

*Presets* are buttons of the `choose` screen that carry a whole number (an amount, a volume): they stand in a grid
beside the keypad. *Stacked* buttons are answers and services, one under the other across the screen. Everything else
is in the *bar* at the bottom, the primary one at its right, where a right hand rests and nothing else can be hit by
mistake.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kiosk.view.shapes import Button, CustomerView

Style = Literal["bar", "stack", "presets"]


@dataclass(frozen=True, slots=True)
class Arrangement:
    presets: tuple[Button, ...] = ()
    stacked: tuple[Button, ...] = ()
    bar_rows: tuple[tuple[Button, ...], ...] = ()
    """From the top; each row from the left."""


def arrange_buttons(view: CustomerView, style: Style) -> Arrangement:
    buttons = view.buttons
    presets: tuple[Button, ...] = ()
    stacked: tuple[Button, ...] = ()
    if style == "presets":
        presets = tuple(button for button in buttons if carries_number(button))
        buttons = tuple(button for button in buttons if not carries_number(button))
    elif style == "stack":
        stacked = tuple(button for button in buttons if _is_answer(button, buttons))
        buttons = tuple(button for button in buttons if not _is_answer(button, buttons))
    if view.keypad is not None:
        confirm = Button(view.keypad.intent, view.keypad.confirm_label, "primary")
        buttons = (*(_demoted(button) for button in buttons), confirm)
    return Arrangement(presets, stacked, bar_rows(buttons))


def _is_answer(button: Button, among: Sequence[Button]) -> bool:
    """Answers say something or explain themselves; a bare secondary button beside such ones is the way back."""
    if button.style == "primary":
        return True
    if button.style != "secondary":
        return False
    return bool(button.args or button.hint) or not any(other.args or other.hint for other in among)


def carries_number(button: Button) -> bool:
    return any(isinstance(value, int) and not isinstance(value, bool) for value in button.args.values())


def _demoted(button: Button) -> Button:
    """There is one primary action on a screen; with a keypad it is the keypad's."""
    if button.style != "primary":
        return button
    return Button(button.intent, button.label, "secondary", button.args, button.enabled, button.hint)


def bar_rows(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    """Rows of one to three. The last row ends with the primary button; one that gives something up stands at the far
    left of it.
    """
    primary = [button for button in buttons if button.style == "primary"]
    others = sorted(
        (button for button in buttons if button.style != "primary"), key=lambda button: button.style != "danger"
    )
    if not primary:
        return tuple(_pairs(others))
    others = [*others, *primary[1:]]
    beside = 1 if len(others) == 3 else min(2, len(others))
    return (*_pairs(others[beside:]), (*others[:beside], primary[0]))


def _pairs(buttons: Sequence[Button]) -> list[tuple[Button, ...]]:
    return [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
