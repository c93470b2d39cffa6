"""A block: something on a screen that can say how high it would be, and then be put in its place.

Layout is explicit and done at once: ask the heights, place the blocks, draw. Kivy's own layouts would need several
rounds of deferred triggers, and a screen would be seen half-way.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from kivy.uix.widget import Widget

from kiosk.screens.parts.look import Look
from kiosk.screens.parts.text import Text

Part = TypeVar("Part", bound=Widget)

SHRINKS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5)


class Block(Widget):
    """Blocks are built once. An empty one is 0 high and is taken out of the tree."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0), **kwargs)

    def height_for(self, look: Look, width: float) -> float:
        """The height this block needs in a column `width` pixels wide; 0 when it has nothing to show."""
        raise NotImplementedError

    def arrange(self, look: Look, x: float, top: float, width: float, height: float) -> None:
        """Draw inside the box whose top left corner is (x, top)."""
        raise NotImplementedError

    def clear(self) -> None:
        """Keep nothing of what was shown."""
        for text in texts_in(self):
            text.wipe()

    def set_box(self, x: float, top: float, width: float, height: float) -> None:
        self.pos = (x, top - height)
        self.size = (width, height)

    def keep_parts(self, parts: list[Part], make: type[Part], count: int) -> list[Part]:
        """The first `count` of a growing pool of parts, all in the tree; the others wiped and taken out."""
        while len(parts) < count:
            parts.append(make())
        for part in parts[:count]:
            if part.parent is None:
                self.add_widget(part)
        for part in parts[count:]:
            if part.parent is not None:
                for text in texts_in(part):
                    text.wipe()
                self.remove_widget(part)
        return parts[:count]


def texts_in(widget: Widget) -> Iterator[Text]:
    """Every text in a tree of widgets."""
    for part in widget.walk(restrict=True):
        if isinstance(part, Text):
            yield part


def column_height(blocks: Sequence[Block], look: Look, width: float, gap: float) -> float:
    """The height of blocks that stand under each other; empty ones take no gap."""
    heights = [height for height in (block.height_for(look, width) for block in blocks) if height > 0]
    return sum(heights) + look.gap(gap) * max(0, len(heights) - 1)
