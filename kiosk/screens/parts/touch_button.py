"""A button for a finger: large, with one picture and one thing to say."""

from collections.abc import Callable
from typing import Any

from kivy.uix.widget import Widget

from kiosk.screens.parts.icon import Icon
from kiosk.screens.parts.look import Look
from kiosk.screens.parts.palette import Ground
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.text import Text

SLOP = 40
"""Design pixels by which a finger may slide off a button and still mean it: old hands tremble."""

MayTouch = Callable[[], bool]


def _always() -> bool:
    return True


class TouchButton(Widget):
    """Dispatches `on_tap` when a finger is lifted where it came down. `may_touch` is asked when it comes down."""

    __events__ = ("on_tap",)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0), **kwargs)
        self.plate = Plate()
        self.label = Text()
        self.hint = Text()
        self.icon = Icon()
        for part in (self.plate, self.icon, self.label, self.hint):
            self.add_widget(part)
        self.enabled = True
        self.may_touch: MayTouch = _always
        self.held = False
        self._style = "secondary"
        self._icon_name = ""
        self._trailing_icon = False
        self._look: Look | None = None
        self._type = 0.0
        self._align_left = False
        self._label_source = ""
        self._hint_source = ""

    def fill(
        self,
        label: str,
        *,
        hint: str = "",
        style: str = "secondary",
        enabled: bool = True,
        icon: str = "",
        trailing_icon: bool = False,
        align_left: bool = False,
    ) -> None:
        self._label_source = label
        self._hint_source = hint
        self._style = style
        self.enabled = enabled
        self._icon_name = icon
        self._trailing_icon = trailing_icon
        self._align_left = align_left
        self.held = False

    def empty(self) -> None:
        """Keep nothing of what it said, and take no touch."""
        self.fill("", enabled=False)
        self.label.wipe()
        self.hint.wipe()
        self.icon.hide()

    def height_for(self, look: Look, width: float, type_design: float, height_design: float) -> float:
        """The height a button of at least `height_design` needs so that label and hint stand in it at a readable
        size.
        """
        inset = look.px(24)
        inner = width - 2 * inset
        if self._icon_name:
            side = look.px(type_design * (0.8 if self._trailing_icon else 1.15))
            inner -= side + inset + look.px(12 if self._trailing_icon else 0)
        label = self.label.set(self._label_source, look.px(type_design), "#000000", bold=True, even=True)
        hint = self.hint.set(self._hint_source, look.px(look.scale.hint), "#000000")
        label.yield_lines(inner)
        hint.yield_lines(inner)
        needed = label.height_in(inner) + hint.height_in(inner) + look.px(33)
        return max(look.px(height_design), needed)

    def arrange(self, look: Look, x: float, y: float, width: float, height: float, type_design: float) -> None:
        self.pos = (round(x), round(y))
        self.size = (round(width), round(height))
        self._look = look
        self._type = type_design
        self._draw()

    @property
    def ground(self) -> Ground:
        assert self._look is not None
        return self._look.palette.tone(self._style if self.enabled else "disabled")

    def set_enabled(self, enabled: bool, draw: bool = True) -> None:
        if enabled != self.enabled:
            self.enabled = enabled
            if draw and self._look is not None and self.width > 0:
                self._draw()

    def set_held(self, held: bool) -> None:
        """Look pressed or not."""
        self.held = held
        if self._look is not None and self.width > 0:
            self._paint()

    def _paint(self) -> None:
        assert self._look is not None
        ground = self.ground
        fill = ground.pressed if self.held and ground.pressed else ground.fill
        self.plate.paint(fill, ground.edge, radius=self._look.px(26), border=self._look.px(4))
        if self._icon_name:
            side = self._icon_side()
            self.icon.show(
                self._icon_name, self._icon_x(side), self.y + (self.height - side) / 2, side, ground.ink, fill, 8
            )
        else:
            self.icon.hide()

    def _icon_side(self) -> float:
        assert self._look is not None
        return min(self._look.px(self._type * (0.8 if self._trailing_icon else 1.15)), self.height * 0.6)

    def _icon_x(self, side: float) -> float:
        assert self._look is not None
        inset = self._look.px(30)
        if self._trailing_icon:
            return float(self.right - inset - side)
        if self._align_left or not self._label_source:
            return float(self.x + inset) if self._label_source else float(self.center_x - side / 2)
        # Picture and words stand together in the middle.
        words = min(self.label.drawn_size[0], self.width - side - 3 * inset)
        return float(max(self.x + inset * 0.7, self.center_x - (words + side + inset * 0.6) / 2))

    def _draw(self) -> None:
        look = self._look
        assert look is not None
        ground = self.ground
        self.plate.set_box(self.x, self.y, self.width, self.height)
        inset = look.px(24)
        left, right = self.x + inset, self.right - inset
        if self._icon_name:
            side = self._icon_side()
            if self._trailing_icon:
                right -= side + inset
                left += look.px(12)
            else:
                left += side + inset * 0.8
        width = right - left
        align = "left" if self._align_left else "center"
        self.label.set(self._label_source, look.px(self._type), ground.ink, bold=True, align=align, even=True)  # type: ignore[arg-type]
        self.hint.set(self._hint_source, look.px(look.scale.hint), ground.soft_ink, align=align)  # type: ignore[arg-type]
        self.label.yield_lines(width)
        self.hint.yield_lines(width)
        room = self.height - look.px(32)
        smallest = look.px(24)
        if self._hint_source:
            self.hint.fit(width, room * 0.45, smallest)
            hint_height = self.hint.height_in(width)
            self.label.fit(width, room - hint_height, smallest)
            label_height = self.label.height_in(width)
            # The two lines stand a little closer than their full line heights.
            closer = look.px(self._type) * 0.12
            bottom = self.y + (self.height - hint_height - label_height + closer) / 2
            self.label.place_in(left, bottom + hint_height - closer, width, label_height)
            self.hint.place_in(left, bottom, width, hint_height)
        else:
            self.hint.wipe()
            if self._icon_name and not self._trailing_icon and not self._align_left and self._label_source:
                self.label.fit(width, room, smallest)
                words = min(self.label.natural_width, width)
                group = words + self._icon_side() + inset * 0.8
                left = max(left, self.center_x - group / 2 + self._icon_side() + inset * 0.8)
                self.label.place_in(left, self.y, min(width, words), self.height, smallest)
            else:
                self.label.place_in(left, self.y, width, self.height, smallest)
        self._paint()

    def _near(self, touch: Any) -> bool:
        slop = self._look.px(SLOP) if self._look is not None else 0
        return bool(self.x - slop <= touch.x <= self.right + slop and self.y - slop <= touch.y <= self.top + slop)

    def on_touch_down(self, touch: Any) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        if self.enabled and self.may_touch():
            touch.grab(self)
            self.set_held(True)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if self.enabled and self._near(touch):
            self.dispatch("on_tap")
        else:
            self.set_held(False)
        return True

    def on_tap(self) -> None:
        """Default handler: nothing."""
