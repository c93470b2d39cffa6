"""Draws smooth strokes and shapes in a square of 100 × 100 units, on a widget's canvas."""

import math
from collections.abc import Sequence
from typing import Any

from kivy.graphics import Color, Mesh, SmoothEllipse, SmoothLine, SmoothRoundedRectangle

from kiosk.screens.parts.palette import rgba

Point = tuple[float, float]


class Pen:
    """(0, 0) is the lower left corner of the square, as everywhere in Kivy. `stroke` is the line's width in units."""

    def __init__(
        self, canvas: Any, x: float, y: float, side: float, ink: str, ground: str, stroke: float = 6.0
    ) -> None:
        self._canvas = canvas
        self._x = x
        self._y = y
        self._unit = side / 100
        self.stroke = stroke
        self._ink = ink
        self._ground = ground
        self.use_ink()

    def use_ink(self) -> None:
        self.use(self._ink)

    def use_ground(self) -> None:
        """Paint with the colour behind the icon: cuts a shape out of another."""
        self.use(self._ground)

    def use(self, colour: str) -> None:
        self._canvas.add(Color(*rgba(colour)))

    def _at(self, x: float, y: float) -> Point:
        return self._x + x * self._unit, self._y + y * self._unit

    def line(self, *points: Point, width: float | None = None) -> None:
        """Straight strokes with round ends and corners."""
        stroke = (width or self.stroke) * self._unit
        flat = [number for point in points for number in self._at(*point)]
        self._canvas.add(SmoothLine(points=flat, width=max(0.6, stroke / 2)))
        for point in points:
            self._disc_at(*self._at(*point), stroke / 2)

    def disc(self, x: float, y: float, radius: float) -> None:
        self._disc_at(*self._at(x, y), radius * self._unit)

    def _disc_at(self, x: float, y: float, radius: float) -> None:
        self._canvas.add(SmoothEllipse(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius), segments=48))

    def ring(self, x: float, y: float, radius: float) -> None:
        cx, cy = self._at(x, y)
        self._canvas.add(SmoothLine(circle=(cx, cy, radius * self._unit), width=max(0.6, self.stroke * self._unit / 2)))

    def arc(self, x: float, y: float, radius: float, start_deg: float, end_deg: float) -> None:
        """Anticlockwise from `start_deg`, 0 being to the right."""
        steps = max(2, int(abs(end_deg - start_deg) / 6))
        points = []
        for step in range(steps + 1):
            angle = math.radians(start_deg + (end_deg - start_deg) * step / steps)
            points.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
        flat = [number for point in points for number in self._at(*point)]
        self._canvas.add(SmoothLine(points=flat, width=max(0.6, self.stroke * self._unit / 2)))
        for point in (points[0], points[-1]):
            self._disc_at(*self._at(*point), self.stroke * self._unit / 2)

    def box(self, x: float, y: float, width: float, height: float, radius: float) -> None:
        """A filled rounded box."""
        left, bottom = self._at(x, y)
        self._canvas.add(
            SmoothRoundedRectangle(
                pos=(left, bottom),
                size=(width * self._unit, height * self._unit),
                radius=[max(0.5, radius * self._unit)],
            )
        )

    def frame(self, x: float, y: float, width: float, height: float, radius: float) -> None:
        """The outline of a rounded box: a box with a box of the ground inside it."""
        self.box(x, y, width, height, radius)
        self.use_ground()
        inset = self.stroke
        self.box(x + inset, y + inset, width - 2 * inset, height - 2 * inset, max(0.5, radius - inset))
        self.use_ink()

    def shape(self, points: Sequence[Point], centre: Point) -> None:
        """A filled shape every point of which can be seen from `centre`, with smooth edges."""
        placed = [self._at(*point) for point in points]
        vertices: list[float] = []
        for px, py in [self._at(*centre), *placed, placed[0]]:
            vertices += [px, py, 0, 0]
        self._canvas.add(Mesh(vertices=vertices, indices=list(range(len(vertices) // 4)), mode="triangle_fan"))
        flat = [number for point in placed for number in point]
        self._canvas.add(SmoothLine(points=flat, width=0.8, close=True))


def curve(start: Point, first: Point, second: Point, end: Point, steps: int = 24) -> list[Point]:
    """A cubic Bézier curve, without its last point."""
    points = []
    for step in range(steps):
        t = step / steps
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        points.append(
            (
                a * start[0] + b * first[0] + c * second[0] + d * end[0],
                a * start[1] + b * first[1] + c * second[1] + d * end[1],
            )
        )
    return points
