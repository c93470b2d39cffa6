"""The one font of all screens.

Noto Sans SC (OFL) has the rare characters of people's names and Latin letters of the same weight. It comes in one
weight; a bolder one is drawn with an outline (`kiosk.screens.parts.text`), because SDL's text has no fallback per
glyph and a second family would show.
"""

import pylopdf_fonts_zh_cn
from kivy.core.text import LabelBase

FACE = "Noto Sans SC"


def register() -> None:
    """Make `FACE` known to Kivy and the default of every label. May be called again."""
    path = str(pylopdf_fonts_zh_cn.sans_path())
    LabelBase.register(FACE, path)
    LabelBase.register("Roboto", path)
