"""How a screen begins: a heading, a large picture with a sentence, or the welcome of the idle screen."""

from kiosk.screens.parts.block import Block
from kiosk.screens.parts.icon import Icon
from kiosk.screens.parts.look import Look
from kiosk.screens.parts.plate import Plate
from kiosk.screens.parts.text import Text


class Heading(Block):
    """Title and subtitle, from the left."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._title = Text()
        self._subtitle = Text()
        self.add_widget(self._title)
        self.add_widget(self._subtitle)
        self._sources = ("", "", "normal")
        self.reserved_px = 0.0
        """Room kept free at the right of the title, in window pixels."""

    def fill(self, title: str, subtitle: str, tone: str) -> None:
        self._sources = (title, subtitle, tone)

    def clear(self) -> None:
        self._sources = ("", "", "normal")
        super().clear()

    def _set(self, look: Look) -> None:
        title, subtitle, tone = self._sources
        page = look.palette.page
        ink = page.ink
        if tone != "normal":
            ink = look.palette.tone(tone).ink
        self._title.set(title, look.type(look.scale.title), ink, bold=True, even=True)
        self._subtitle.set(subtitle, look.type(look.scale.body), page.soft_ink, even=True)

    def height_for(self, look: Look, width: float) -> float:
        self._set(look)
        room = width - self.reserved_px
        self._title.yield_lines(room)
        return self._title.height_in(room) + self._subtitle.height_in(room)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        room = width - self.reserved_px
        self.height_for(look, width)
        used = self._title.place(x, top, room)
        self._subtitle.place(x, top - used, room)


class Hero(Block):
    """A picture in a disc of the tone's colour, title and subtitle below it, all in the middle; on a field where it
    must not be overlooked.
    """

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._field = Plate()
        self._title = Text()
        self._subtitle = Text()
        self.add_widget(self._field)
        self._discs = [(Plate(), Icon()) for _ in range(3)]
        for disc, icon in self._discs:
            self.add_widget(disc)
            self.add_widget(icon)
        self.add_widget(self._title)
        self.add_widget(self._subtitle)
        self._sources = ("", "")
        self._icon = ""
        self._tone = "normal"
        self._companions: tuple[str, ...] = ()
        self._on_field = False

    def fill(
        self, title: str, subtitle: str, icon: str, tone: str, companions: tuple[str, ...] = (), on_field: bool = False
    ) -> None:
        self._sources = (title, subtitle)
        self._icon = icon
        self._tone = tone
        self._companions = companions
        self._on_field = on_field

    def clear(self) -> None:
        self._sources = ("", "")
        for disc, icon in self._discs:
            disc.fold()
            icon.hide()
        self._field.fold()
        super().clear()

    def _disc_px(self, look: Look) -> float:
        return look.px(330 if self._on_field else 290) * look.shrink**1.5

    def _pad(self, look: Look) -> float:
        return look.gap(56) if self._on_field else 0.0

    def _inner(self, look: Look, width: float) -> float:
        return width - (look.px(80) if self._on_field else 0.0)

    def _set(self, look: Look) -> None:
        title, subtitle = self._sources
        ground = look.palette.tone(self._tone) if self._on_field else look.palette.page
        size = look.scale.title * (1.1 if self._on_field else 1.0)
        self._title.set(title, look.type(size), ground.ink, bold=True, align="center", even=True)
        self._subtitle.set(subtitle, look.type(look.scale.body * 1.08), ground.soft_ink, align="center", even=True)

    def _words(self, look: Look, width: float) -> float:
        gap = look.gap(16) if self._sources[1] else 0.0
        return self._title.height_in(width) + gap + self._subtitle.height_in(width)

    def height_for(self, look: Look, width: float) -> float:
        self._set(look)
        self._title.yield_lines(self._inner(look, width))
        return self._disc_px(look) + look.gap(34) + self._words(look, self._inner(look, width)) + 2 * self._pad(look)

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        ground = look.palette.tone(self._tone)
        if self._on_field:
            self._field.paint(ground.fill, ground.edge, radius=look.px(36), border=look.px(5))
            self._field.set_box(x, top - height, width, height)
        inner = self._inner(look, width)
        left = x + (width - inner) / 2
        spare = height - self.height_for(look, width)  # sets the texts as well
        at = top - self._pad(look) - spare * 0.45
        side = self._disc_px(look)
        centre = x + width / 2
        self._draw_disc(0, look, centre, at - side / 2, side, self._icon, self._tone)
        for number, name in enumerate(self._companions[:2]):
            offset = side * 0.94 * (-1 if number == 0 else 1)
            self._draw_disc(number + 1, look, centre + offset, at - side / 2, side * 0.6, name, "normal")
        at -= side + look.gap(34)
        at -= self._title.place(left, at, inner) + look.gap(16)
        self._subtitle.place(left, at, inner)

    def _draw_disc(self, number: int, look: Look, x: float, y: float, side: float, name: str, tone: str) -> None:
        disc, icon = self._discs[number]
        ground = look.palette.tone(tone)
        fill = look.palette.plate.fill if self._on_field else ground.fill
        disc.paint(fill, ground.edge, radius=side / 2, border=look.px(6))
        disc.set_box(x - side / 2, y - side / 2, side, side)
        inner = side * 0.56
        ink = ground.edge if tone == "normal" else ground.ink
        icon.show(name, x - inner / 2, y - inner / 2, inner, ink, fill, 6)


class Welcome(Block):
    """The idle screen's greeting: a deep blue field, the card going into its slot."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._field = Plate()
        self._picture = Icon()
        self._title = Text()
        self._subtitle = Text()
        for part in (self._field, self._picture, self._title, self._subtitle):
            self.add_widget(part)
        self._sources = ("", "")
        self._picture_name = "greeting"

    def fill(self, title: str, subtitle: str, picture: str = "greeting") -> None:
        self._sources = (title, subtitle)
        self._picture_name = picture

    def clear(self) -> None:
        self._sources = ("", "")
        self._picture.hide()
        super().clear()

    def _set(self, look: Look) -> None:
        head = look.palette.head
        title, subtitle = self._sources
        self._title.set(title, look.type(look.scale.title * 1.2), head.ink, bold=True, align="center", even=True)
        self._subtitle.set(subtitle, look.type(look.scale.body * 1.25), head.soft_ink, align="center", even=True)

    def _words(self, look: Look, width: float) -> float:
        return self._title.height_in(width) + look.gap(14) + self._subtitle.height_in(width)

    def height_for(self, look: Look, width: float) -> float:
        self._set(look)
        return self._words(look, width - look.px(120)) + look.px(430) * look.shrink**1.5

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        self.set_box(x, top, width, height)
        self._set(look)
        palette = look.palette
        head = palette.head
        self._field.paint(
            head.fill, palette.page.edge if look.large else head.fill, radius=look.px(36), border=look.px(3)
        )
        self._field.set_box(x, top - height, width, height)
        inner = width - look.px(120)
        words = self._words(look, inner)
        side = min(look.px(420), height - words - look.px(120))
        spare = height - words - side
        at = top - spare * 0.36
        # Only the card over its slot fills its square; a plain picture would look too large in it.
        drawn = side if self._picture_name == "greeting" else side * 0.62
        inset = (side - drawn) / 2
        self._picture.show(
            self._picture_name, x + (width - drawn) / 2, at - side + inset, drawn, palette.accent, head.fill, 5
        )
        at -= side + spare * 0.2
        at -= self._title.place(x + look.px(60), at, inner) + look.gap(14)
        self._subtitle.place(x + look.px(60), at, inner)
