"""The customer screen as a whole: every block once, refilled with each view."""

from collections.abc import Callable, Mapping
from typing import Any

from kivy.clock import Clock
from kivy.properties import ColorProperty
from kivy.uix.widget import Widget

from kiosk.screens.customer.arrangement import arrange_buttons
from kiosk.screens.customer.controls import (
    Answers,
    ButtonBar,
    ChoosePad,
    KeypadPad,
    PresetGrid,
    ToolStrip,
)
from kiosk.screens.customer.countdown import SIZE as COUNTDOWN_SIZE
from kiosk.screens.customer.countdown import CountDown
from kiosk.screens.customer.figures import BigFigure, TierTable
from kiosk.screens.customer.frame import FOOTER_HEIGHT, HEADER_HEIGHT, SIDE, CardStrip, Footer, Header, ProgressSteps
from kiosk.screens.customer.note_stack import AcceptedNotes, NoteStack
from kiosk.screens.customer.opening import Heading, Hero, Welcome
from kiosk.screens.customer.recipes import Recipe, picture_of, recipe_of
from kiosk.screens.customer.sentences import NoticeBoard, Sentences
from kiosk.screens.parts.block import SHRINKS, Block, column_height
from kiosk.screens.parts.guard import CLOSED_MAX_S, TouchGuard
from kiosk.screens.parts.info_table import InfoTable
from kiosk.screens.parts.look import Look, look
from kiosk.screens.parts.message_bar import MessageBar
from kiosk.screens.parts.palette import rgba
from kiosk.screens.parts.rules import load_rules_of
from kiosk.screens.parts.touch_button import TouchButton
from kiosk.screens.phrases import HALL_GONE, caption
from kiosk.view.shapes import CustomerView

load_rules_of(__file__)

WIDTH, HEIGHT = 1080, 1920
GAP = 30
Command = Callable[[str, str, Mapping[str, object]], None]
"""Intent, the screen it was touched on, arguments."""


def hall_gone_view(before: CustomerView | None) -> CustomerView:
    """What stands here while there is no hall to say anything: both languages, nothing to touch.

    Of the view `before` only what belongs to the hall stays: its name, the telephone, the size of type.
    """
    (title_zh, body_zh), (title_en, body_en) = HALL_GONE
    return CustomerView(
        screen="",
        title=title_zh,
        subtitle=body_zh,
        body=(title_en, body_en),
        hall_name=before.hall_name if before else "",
        footer=before.footer if before else "",
        large_type=before.large_type if before else False,
    )


class CustomerRoot(Widget):
    """Fills its window with the 1080×1920 design, scaled as one. `monotonic`: seconds that never run backwards."""

    ground = ColorProperty((1, 1, 1, 1))

    def __init__(self, command: Command, monotonic: Callable[[], float], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._command = command
        self._monotonic = monotonic
        self.guard = TouchGuard()
        self.view: CustomerView | None = None
        self.hall_gone = False
        self._reopen: Any = None
        self._build()
        self.bind(size=self._on_size)

    def _build(self) -> None:
        self.header = Header()
        self.progress = ProgressSteps()
        self.card_strip = CardStrip()
        self.heading = Heading()
        self.hero = Hero()
        self.welcome = Welcome()
        self.countdown = CountDown(self._monotonic)
        self.sentences = Sentences()
        self.rows = InfoTable()
        self.tiers = TierTable()
        self.figure = BigFigure()
        self.accepted = AcceptedNotes()
        self.notes = NoteStack()
        self.notices = NoticeBoard()
        self.message = MessageBar()
        self.bar = ButtonBar(self._tapped, self._may_touch)
        self.answers = Answers(self._tapped, self._may_touch)
        self.keypad = KeypadPad(self._keypad_changed)
        self.pad = ChoosePad(PresetGrid(self._tapped, self._may_touch), self.keypad)
        self.tools = ToolStrip(self._tapped, self._may_touch)
        self.footer = Footer()
        self._middle: dict[str, Block] = {
            "sentences": self.sentences,
            "rows": self.rows,
            "tiers": self.tiers,
            "figure": self.figure,
            "accepted": self.accepted,
            "notes": self.notes,
            "notices": self.notices,
        }
        self._openings: dict[str, Block] = {"heading": self.heading, "hero": self.hero, "welcome": self.welcome}
        self._blocks: tuple[Block, ...] = (
            self.header,
            self.progress,
            self.card_strip,
            *self._openings.values(),
            self.countdown,
            *self._middle.values(),
            self.message,
            self.answers,
            self.pad,
            self.bar,
            self.tools,
            self.footer,
        )

    # What the hall sends.

    def show(self, view: CustomerView) -> None:
        """Draw `view`, and nothing else: what it does not hold is wiped."""
        changed = self.view is None or self.hall_gone or self.view.screen != view.screen
        keep_digits = not changed
        self.hall_gone = False
        self._show(view, keep_digits)
        self.guard.view_shown(self._monotonic(), changed)

    def show_hall_gone(self) -> None:
        """The connection is gone; say so in both languages, and take no touch."""
        self.hall_gone = True
        self._show(hall_gone_view(self.view), keep_digits=False)

    def answered(self, accepted: bool) -> None:
        """The hall's reply to a command. A refused one changes nothing, so the screen may be touched again at once."""
        if not accepted:
            self._open_again()

    def _show(self, view: CustomerView, keep_digits: bool) -> None:
        self._cancel_reopen()
        self.view = view
        self._fill(view, keep_digits)
        self._arrange()

    def _fill(self, view: CustomerView, keep_digits: bool) -> None:
        recipe = self._recipe(view)
        for block in self._blocks:
            if not (keep_digits and block is self.pad):
                block.clear()
        self.header.fill(view.hall_name, view.clock_text)
        self.footer.fill(view.footer)
        self.progress.fill(view.progress)
        stay = view.card_must_stay and view.screen not in ("writing", "busy")
        self.card_strip.fill(caption("keep_card_in", view.language) if stay else "")
        if recipe.opening == "heading":
            self.heading.fill(view.title, view.subtitle, view.tone)
        elif recipe.opening == "hero":
            icon, tone = ("shield", "normal") if self.hall_gone else picture_of(view.screen, view.tone)
            self.hero.fill(view.title, view.subtitle, icon, tone, recipe.companions, recipe.field)
        elif recipe.opening == "welcome":
            self.welcome.fill(view.title, view.subtitle, picture_of(view.screen, view.tone)[0])
        self.countdown.fill(view.seconds_left, caption("seconds", view.language))
        self.sentences.fill(view.body, centred=recipe.opening != "heading")
        self.rows.fill(view.rows)
        self.tiers.fill(view.tier_lines)
        self.figure.fill(view.total, recipe.giant_figure)
        self.accepted.fill(view.accepted, caption("accepted", view.language))
        self.notes.fill(view.notes, caption("inserted", view.language))
        self.notices.fill(view.notices)
        self.message.fill(view.message, view.message_tone)
        arrangement = arrange_buttons(view, recipe.buttons)
        self.answers.fill(arrangement.stacked)
        self.pad.presets.fill(arrangement.presets)
        self.keypad.fill(view.keypad, caption("clear", view.language), keep_digits)
        self.bar.fill(arrangement.bar_rows)
        self._keypad_changed(draw=False)
        self.tools.fill(view.tools)

    def _recipe(self, view: CustomerView) -> Recipe:
        return Recipe("hero", "shield", "normal") if self.hall_gone else recipe_of(view.screen)

    # Places.

    def _on_size(self, *_: object) -> None:
        if self.view is not None:
            self._arrange()

    def _arrange(self) -> None:
        view = self.view
        assert view is not None
        unit = min(self.width / WIDTH, self.height / HEIGHT)
        if unit <= 0:
            return
        base = look(unit, view.large_type)
        self.ground = rgba(base.palette.page.fill)
        left = self.x + (self.width - WIDTH * unit) / 2
        top = self.y + self.height - (self.height - HEIGHT * unit) / 2
        self._arrange_column(base, view, left, top)

    def _arrange_column(self, base: Look, view: CustomerView, left: float, top: float) -> None:
        recipe = self._recipe(view)
        x, width = left + base.px(SIDE), base.px(WIDTH - 2 * SIDE)
        shown = self._arrange_frame(base, left, top)
        ceiling = self._arrange_top(base, recipe, x, top - base.px(HEADER_HEIGHT), width, shown)
        counting = self.countdown in shown
        self.heading.reserved_px = base.px(COUNTDOWN_SIZE + 30) if counting else 0.0
        middle = [self._openings[recipe.opening], *(self._middle[name] for name in recipe.order), self.message]
        ground = top - base.px(HEIGHT - FOOTER_HEIGHT - (0 if view.tools else 24))
        controls = ((self.tools, 34), (self.bar, GAP), (self.pad, GAP), (self.answers, GAP))
        self.keypad.compact = False
        heights = {block: block.height_for(base, width) for block, _ in controls}
        fitted, needed = self._fit(base, middle, width, ceiling - ground - _stacked(base, controls, heights))
        if fitted.shrink < 0.9:
            self.keypad.compact = True
            heights[self.pad] = self.pad.height_for(base, width)
            fitted, needed = self._fit(base, middle, width, ceiling - ground - _stacked(base, controls, heights))
        if heights[self.answers] > 0:
            spare = ceiling - ground - _stacked(base, controls, heights) - needed - base.px(GAP)
            heights[self.answers] = self.answers.height_at_most(base, width, heights[self.answers] + max(0.0, spare))
        floor = ground
        for block, gap in controls:
            if heights[block] > 0:
                block.arrange(base, x, floor + heights[block], width, heights[block])
                shown.append(block)
                floor += heights[block] + base.px(gap)
        self._arrange_middle(fitted, recipe, middle, x, ceiling, floor, width, needed, shown)
        self._keep_only(shown)

    def _arrange_frame(self, base: Look, left: float, top: float) -> list[Block]:
        self.header.arrange(base, left, top, base.px(WIDTH), base.px(HEADER_HEIGHT))
        bottom = top - base.px(HEIGHT - FOOTER_HEIGHT)
        self.footer.arrange(base, left + base.px(SIDE), bottom, base.px(WIDTH - 2 * SIDE), base.px(FOOTER_HEIGHT))
        return [self.header, self.footer]

    def _arrange_top(
        self, base: Look, recipe: Recipe, x: float, ceiling: float, width: float, shown: list[Block]
    ) -> float:
        """The steps, the reminder about the card, the countdown; returns where the free room begins."""
        for block in (self.progress, self.card_strip):
            high = block.height_for(base, width)
            if high > 0:
                block.arrange(base, x, ceiling - base.px(28), width, high)
                shown.append(block)
                ceiling -= high + base.px(28)
        ceiling -= base.px(36)
        if self.countdown.height_for(base, width) > 0:
            side = base.px(COUNTDOWN_SIZE)
            inset = base.px(26) if recipe.field else -base.px(8)
            self.countdown.arrange(base, x + width - side - inset, ceiling - inset, side, side)
            shown.append(self.countdown)
        return ceiling

    def _fit(self, base: Look, middle: list[Block], width: float, room: float) -> tuple[Look, float]:
        """The largest type at which `middle` fits into `room`, and the height it then needs."""
        fitted, needed = base, 0.0
        for shrink in SHRINKS:
            fitted = base.shrunk(shrink)
            needed = column_height(middle, fitted, width, GAP)
            if needed <= room:
                break
        return fitted, needed

    def _arrange_middle(
        self,
        fitted: Look,
        recipe: Recipe,
        middle: list[Block],
        x: float,
        ceiling: float,
        floor: float,
        width: float,
        needed: float,
        shown: list[Block],
    ) -> None:
        """Spread what is read between `ceiling` and `floor`; the message always stands close to the controls."""
        heights = {block: block.height_for(fitted, width) for block in middle}
        filled = [block for block in middle if heights[block] > 0]
        spare = max(0.0, ceiling - floor - needed)
        gap = fitted.gap(GAP) + min(spare / max(2, len(filled)) * 0.35, fitted.px(26))
        spare = max(0.0, ceiling - floor - sum(heights.values()) - gap * (len(filled) - 1))
        opening = self._openings[recipe.opening]
        at = ceiling
        if recipe.opening == "welcome":
            heights[opening] += spare
        elif recipe.field:
            heights[opening] += min(spare, fitted.px(460))
        elif recipe.opening == "hero":
            at -= spare * 0.38
        for block in filled:
            if block is self.message and recipe.opening == "heading":
                at = floor + heights[block]
            block.arrange(fitted, x, at, width, heights[block])
            shown.append(block)
            at -= heights[block] + gap

    def _keep_only(self, shown: list[Block]) -> None:
        """These blocks in the tree and no others, in the order of `_blocks`: a later one is drawn over an earlier
        one.
        """
        wanted = [block for block in self._blocks if block in shown]
        if list(reversed(self.children)) != wanted:
            self.clear_widgets()
            for block in wanted:
                self.add_widget(block)

    # What a finger does.

    def _may_touch(self) -> bool:
        return not self.hall_gone and self.guard.may_touch(self._monotonic())

    def _tapped(self, widget: TouchButton, intent: str, args: Mapping[str, object]) -> None:
        view = self.view
        if view is None or not self._may_touch():
            widget.set_held(False)
            return
        if view.keypad is not None and widget is self._confirm_button():
            if self.keypad.value is None:
                widget.set_held(False)
                return
            args = {**args, "value": self.keypad.value}
        self.guard.tapped(self._monotonic())
        self._cancel_reopen()
        self._reopen = Clock.schedule_once(lambda _elapsed_s: self._open_again(), CLOSED_MAX_S)
        self._command(intent, view.screen, args)

    def _confirm_button(self) -> TouchButton | None:
        view = self.view
        return self.bar.last_button if view is not None and view.keypad is not None else None

    def _keypad_changed(self, draw: bool = True) -> None:
        """The confirming button can be touched only while the number may be sent."""
        confirm = self._confirm_button()
        if confirm is None:
            return
        confirm.set_enabled(self.keypad.value is not None, draw)

    def _open_again(self) -> None:
        self._cancel_reopen()
        self.guard.answered(self._monotonic())
        for controls in (self.bar, self.answers, self.pad, self.tools):
            controls.release()

    def _cancel_reopen(self) -> None:
        if self._reopen is not None:
            self._reopen.cancel()
            self._reopen = None


def _stacked(base: Look, controls: tuple[tuple[Block, int], ...], heights: dict[Block, float]) -> float:
    """The height of the controls with the white space above each."""
    return sum(heights[block] + base.px(gap) for block, gap in controls if heights[block] > 0)
