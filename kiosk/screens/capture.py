"""Pictures of the screens, for the documentation and the headless demo: `NN-name.png`, one for each view that says
something new.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk.view.shapes import CounterView, CustomerView

View = CustomerView | CounterView


def essence(view: View) -> View:
    """A view without what merely runs on: two views of the same essence are one picture."""
    if isinstance(view, CustomerView):
        return replace(view, clock_text="", seconds_left=None, speak="")
    return replace(view, clock_text="")


def name_of(view: View) -> str:
    return view.screen if isinstance(view, CustomerView) else "counter"


def report(fields: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
    sys.stdout.flush()


class Capture:
    """Saves the frame that is being shown. Call `frame_drawn` when a frame of `view` is ready, before it is swapped
    in.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._last: View | None = None
        self._count = 0

    def wants(self, view: View) -> bool:
        """Whether `view` would be a new picture."""
        return self._last is None or essence(view) != essence(self._last)

    def frame_drawn(self, view: View, sequence: int, size: tuple[int, int]) -> Path:
        from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
        from PIL import Image

        self._last = view
        self._count += 1
        path = self._folder / f"{self._count:02d}-{name_of(view)}.png"
        pixels = glReadPixels(0, 0, size[0], size[1], GL_RGB, GL_UNSIGNED_BYTE)
        picture = Image.frombytes("RGB", size, bytes(pixels)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        picture.save(path, optimize=False, compress_level=3)
        report({"captured": str(path), "screen": name_of(view), "sequence": sequence})
        return path
