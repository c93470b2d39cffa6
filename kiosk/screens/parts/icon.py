"""The pictures on the screens, drawn from strokes: no font and no file, sharp at every size."""

from collections.abc import Callable

from kivy.uix.widget import Widget

from kiosk.screens.parts.pen import Pen, Point, curve


class Icon(Widget):
    """One picture of `ICONS`. An unknown name draws nothing."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0), **kwargs)
        self._drawn: tuple[object, ...] = ()

    def show(self, name: str, x: float, y: float, side: float, ink: str, ground: str, stroke: float = 6.0) -> None:
        """Draw picture `name` in the square at (x, y); `ground` is the colour behind it."""
        wanted = (name, round(x), round(y), round(side), ink, ground, stroke)
        if wanted == self._drawn:
            return
        self.hide()
        self._drawn = wanted
        draw = ICONS.get(name)
        if draw is None or side <= 0:
            return
        self.pos = (round(x), round(y))
        self.size = (round(side), round(side))
        draw(Pen(self.canvas, round(x), round(y), side, ink, ground, stroke))

    def hide(self) -> None:
        self.canvas.clear()
        self._drawn = ()
        self.size = (0, 0)


def _flame_outline(scale: float, x: float, y: float) -> list[Point]:
    """A drop with one lick to the right; `scale` 1 is 100 units high, standing on (x, y)."""
    path: list[Point] = []
    corners = [
        ((0, 0), (-34, 0), (-42, 26), (-34, 46)),
        ((-34, 46), (-28, 60), (-6, 70), (-4, 100)),
        ((-4, 100), (14, 92), (22, 76), (19, 60)),
        ((19, 60), (23, 60), (27, 66), (27, 71)),
        ((27, 71), (40, 54), (42, 34), (36, 20)),
        ((36, 20), (30, 6), (16, 0), (0, 0)),
    ]
    for start, first, second, end in corners:
        path += curve(start, first, second, end)
    return [(x + px * scale, y + py * scale) for px, py in path]


def flame(pen: Pen) -> None:
    pen.shape(_flame_outline(0.92, 50, 4), (50, 34))
    pen.use_ground()
    drop = [
        *curve((0, 0), (-24, 0), (-24, 26), (-2, 46)),
        *curve((-2, 46), (24, 26), (24, 0), (0, 0)),
    ]
    pen.shape([(50 + px, 10 + py) for px, py in drop], (50, 26))


def card(pen: Pen) -> None:
    pen.frame(6, 20, 88, 60, 9)
    pen.box(20, 46, 22, 18, 4)
    pen.line((20, 34), (46, 34))
    pen.line((60, 34), (78, 34))


def _card_upright(pen: Pen, bottom: float) -> None:
    pen.frame(28, bottom, 44, 58, 7)
    pen.box(42, bottom + 10, 16, 13, 3)


def card_in(pen: Pen) -> None:
    """A card going down into a slot."""
    _card_upright(pen, 32)
    pen.use_ground()
    pen.box(8, 12, 84, 22, 3)
    pen.use_ink()
    pen.box(8, 10, 84, 24, 8)
    pen.use_ground()
    pen.box(22, 25, 56, 4, 2)
    pen.use_ink()
    pen.line((50, 78), (50, 62))
    pen.line((42, 69), (50, 61), (58, 69))


def greeting(pen: Pen) -> None:
    """The picture of the idle screen, in its own colours: a white card over a lit slot. The ink is the arrow's."""
    pen.use("#0E4A6B")
    pen.disc(50, 50, 50)
    pen.use("#FFFFFF")
    pen.box(31, 36, 38, 50, 5)
    pen.use("#F5B95C")
    pen.box(42, 40, 16, 13, 2.5)
    pen.use("#0E4A6B")
    pen.line((45.5, 44.5), (54.5, 44.5), width=1)
    pen.line((45.5, 48.5), (54.5, 48.5), width=1)
    pen.use_ink()
    pen.line((50, 79), (50, 62), width=4.6)
    pen.line((43, 68), (50, 61), (57, 68), width=4.6)
    pen.use("#D5E6EF")
    pen.box(14, 18, 72, 20, 6)
    pen.use("#06304A")
    pen.box(25, 30.5, 50, 3.6, 1.8)
    pen.use_ink()
    pen.box(25, 23, 50, 2.4, 1.2)


def card_out(pen: Pen) -> None:
    """A card coming up out of a slot."""
    _card_upright(pen, 32)
    pen.use_ground()
    pen.box(8, 12, 84, 22, 3)
    pen.use_ink()
    pen.box(8, 10, 84, 24, 8)
    pen.use_ground()
    pen.box(22, 25, 56, 4, 2)
    pen.use_ink()
    pen.line((50, 80), (50, 62))
    pen.line((42, 72), (50, 80), (58, 72))


def card_stay(pen: Pen) -> None:
    """A card with a lock: it must stay where it is."""
    pen.frame(4, 30, 80, 54, 8)
    pen.box(17, 52, 20, 17, 4)
    pen.line((17, 43), (38, 43))
    pen.use_ground()
    pen.box(53, 3, 46, 56, 8)
    pen.use_ink()
    pen.arc(76, 40, 11.5, 0, 180)
    pen.line((64.5, 40), (64.5, 32))
    pen.line((87.5, 40), (87.5, 32))
    pen.box(58, 8, 36, 29, 5)
    pen.use_ground()
    pen.disc(76, 23, 4.5)
    pen.use_ink()


def note(pen: Pen) -> None:
    pen.frame(4, 24, 92, 52, 7)
    pen.ring(50, 50, 13)
    pen.disc(20, 50, 4)
    pen.disc(80, 50, 4)


def note_in(pen: Pen) -> None:
    """A banknote going down into a slot."""
    pen.frame(22, 30, 56, 62, 6)
    pen.ring(50, 66, 11)
    pen.use_ground()
    pen.box(6, 8, 88, 28, 3)
    pen.use_ink()
    pen.box(6, 10, 88, 24, 8)
    pen.use_ground()
    pen.box(16, 25, 68, 4, 2)
    pen.use_ink()


def printer(pen: Pen) -> None:
    pen.box(8, 30, 84, 38, 8)
    pen.use_ground()
    pen.disc(79, 56, 4.5)
    pen.use_ink()
    pen.box(24, 74, 52, 18, 5)
    pen.use_ground()
    pen.box(20, 8, 60, 38, 4)
    pen.use_ink()
    pen.frame(25, 8, 50, 36, 4)
    pen.line((36, 32), (64, 32), width=5)
    pen.line((36, 22), (54, 22), width=5)


def receipt(pen: Pen) -> None:
    outline = [(20, 94), (80, 94), (80, 8), (70, 16), (60, 8), (50, 16), (40, 8), (30, 16), (20, 8)]
    pen.shape(outline, (50, 54))
    pen.use_ground()
    pen.line((34, 76), (66, 76))
    pen.line((34, 58), (66, 58))
    pen.line((34, 40), (52, 40))
    pen.use_ink()


def ticket(pen: Pen) -> None:
    pen.frame(6, 22, 88, 56, 8)
    pen.use_ground()
    pen.disc(4, 50, 11)
    pen.disc(96, 50, 11)
    pen.use_ink()
    pen.arc(6, 50, 9, -84, 84)
    pen.arc(94, 50, 9, 96, 264)
    pen.use_ink()
    for y in (33, 45, 57, 68):
        pen.line((66, y), (66, y + 2), width=5)
    pen.line((28, 58), (52, 58))
    pen.line((28, 42), (44, 42))


def check(pen: Pen) -> None:
    pen.line((18, 50), (41, 27), (83, 73), width=pen.stroke * 1.9)


def cross(pen: Pen) -> None:
    pen.line((26, 26), (74, 74), width=pen.stroke * 1.9)
    pen.line((26, 74), (74, 26), width=pen.stroke * 1.9)


def warning(pen: Pen) -> None:
    pen.line((50, 82), (50, 42), width=pen.stroke * 2.0)
    pen.disc(50, 19, pen.stroke * 1.25)


def info(pen: Pen) -> None:
    pen.line((50, 20), (50, 54), width=pen.stroke * 2.0)
    pen.disc(50, 79, pen.stroke * 1.25)


def question(pen: Pen) -> None:
    wide = pen.stroke
    pen.stroke = wide * 1.8
    pen.arc(50, 64, 19, -52, 178)
    pen.line((61.7, 49), (50, 38))
    pen.stroke = wide
    pen.disc(50, 17, wide * 1.2)


def clock(pen: Pen) -> None:
    pen.ring(50, 50, 40)
    pen.line((50, 74), (50, 50), (66, 40))


def phone(pen: Pen) -> None:
    path = [
        *curve((14, 78), (10, 40), (40, 10), (78, 14)),
        *curve((78, 14), (84, 15), (86, 20), (86, 26)),
        *curve((86, 26), (86, 33), (84, 35), (78, 37)),
        *curve((78, 37), (70, 40), (66, 40), (60, 33)),
        *curve((60, 33), (48, 38), (38, 48), (33, 60)),
        *curve((33, 60), (40, 66), (40, 70), (37, 78)),
        *curve((37, 78), (35, 84), (33, 86), (26, 86)),
        *curve((26, 86), (20, 86), (15, 84), (14, 78)),
    ]
    # Not every corner can be seen from one point, so the handle is filled in two halves.
    pen.shape(path[24 * 4 : 24 * 8] + path[0:12], (27, 64))
    pen.shape(path[12 : 24 * 4 + 1], (56, 24))
    pen.shape([path[12], path[24 * 4], path[24 * 4 + 12], path[6]], (36, 42))


def globe(pen: Pen) -> None:
    pen.ring(50, 50, 40)
    pen.line((12, 50), (88, 50))
    for sign in (-1, 1):
        arc = curve((50, 90), (50 + sign * 27, 70), (50 + sign * 27, 30), (50, 10), 20)
        pen.line(*arc, (50, 10), width=pen.stroke * 0.9)


def person(pen: Pen) -> None:
    pen.disc(50, 70, 19)
    dome = [(12, 10), (88, 10), *curve((88, 10), (88, 56), (12, 56), (12, 10))]
    pen.shape(dome, (50, 20))


def people(pen: Pen) -> None:
    pen.disc(34, 66, 15)
    pen.shape([(4, 16), (64, 16), *curve((64, 16), (64, 54), (4, 54), (4, 16))], (34, 24))
    pen.disc(72, 68, 12)
    pen.shape([(72, 16), (98, 16), *curve((98, 16), (98, 46), (80, 52), (68, 47)), (72, 30)], (80, 30))


def bell(pen: Pen) -> None:
    body = [
        (12, 24),
        (88, 24),
        *curve((88, 24), (76, 36), (78, 48), (76, 60)),
        *curve((76, 60), (72, 80), (60, 86), (50, 86)),
        *curve((50, 86), (40, 86), (28, 80), (24, 60)),
        *curve((24, 60), (22, 48), (24, 36), (12, 24)),
    ]
    pen.shape(body, (50, 46))
    pen.disc(50, 90, 6)
    pen.arc(50, 17, 10, 190, 350)


def letters(pen: Pen) -> None:
    """A small and a large A: the size of type."""
    pen.line((4, 20), (18, 56), (32, 20), width=pen.stroke * 1.1)
    pen.line((9, 32), (27, 32), width=pen.stroke * 1.1)
    pen.line((40, 20), (68, 88), (96, 20), width=pen.stroke * 1.5)
    pen.line((50, 43), (86, 43), width=pen.stroke * 1.5)


def back(pen: Pen) -> None:
    pen.line((62, 82), (30, 50), (62, 18), width=pen.stroke * 1.6)


def forward(pen: Pen) -> None:
    pen.line((38, 82), (70, 50), (38, 18), width=pen.stroke * 1.6)


def backspace(pen: Pen) -> None:
    pen.shape([(4, 50), (30, 82), (94, 82), (94, 18), (30, 18)], (54, 50))
    pen.use_ground()
    pen.line((48, 36), (74, 64), width=pen.stroke * 1.3)
    pen.line((48, 64), (74, 36), width=pen.stroke * 1.3)
    pen.use_ink()


def hand(pen: Pen) -> None:
    """A raised palm: stop."""
    wide = 11.5
    for x, top in ((31, 74), (44, 84), (57, 82), (70, 70)):
        pen.line((x, 44), (x, top), width=wide)
    pen.line((27, 34), (14, 50), width=wide)
    pen.box(24, 8, 52.5, 42, 18)


def shield(pen: Pen) -> None:
    body = [
        (50, 94),
        *curve((86, 82), (86, 44), (74, 20), (50, 6)),
        *curve((50, 6), (26, 20), (14, 44), (14, 82)),
        (14, 82),
    ]
    pen.shape(body, (50, 50))
    pen.use_ground()
    pen.line((32, 52), (46, 38), (69, 64), width=pen.stroke * 1.5)
    pen.use_ink()


def meter(pen: Pen) -> None:
    pen.frame(10, 14, 80, 62, 9)
    pen.line((28, 76), (28, 92), width=9)
    pen.line((72, 76), (72, 92), width=9)
    pen.box(24, 46, 52, 17, 3)
    pen.line((26, 30), (52, 30))
    pen.disc(70, 30, 5)


ICONS: dict[str, Callable[[Pen], None]] = {
    "flame": flame,
    "card": card,
    "card_in": card_in,
    "greeting": greeting,
    "card_out": card_out,
    "card_stay": card_stay,
    "note": note,
    "note_in": note_in,
    "printer": printer,
    "receipt": receipt,
    "ticket": ticket,
    "check": check,
    "cross": cross,
    "warning": warning,
    "info": info,
    "question": question,
    "clock": clock,
    "phone": phone,
    "globe": globe,
    "person": person,
    "people": people,
    "bell": bell,
    "letters": letters,
    "back": back,
    "forward": forward,
    "backspace": backspace,
    "hand": hand,
    "shield": shield,
    "meter": meter,
}
