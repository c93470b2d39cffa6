"""The colours of the screens, chosen for old eyes: every text on its ground has a contrast of at least 7 : 1 (WCAG
2.2, 1.4.6, AAA).
"""

from dataclasses import dataclass, fields

Rgba = tuple[float, float, float, float]


def rgba(text: str, alpha: float = 1.0) -> Rgba:
    """`#RRGGBB` as four numbers from 0 to 1."""
    value = int(text.removeprefix("#"), 16)
    return ((value >> 16 & 255) / 255, (value >> 8 & 255) / 255, (value & 255) / 255, alpha)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(text: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgba(text)[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground with what stands on it. `pressed`: the ground while a finger rests on it."""

    fill: str
    ink: str
    edge: str
    soft: str = ""
    """Less important text; `ink` where empty."""
    pressed: str = ""

    @property
    def soft_ink(self) -> str:
        return self.soft or self.ink


@dataclass(frozen=True, slots=True)
class Palette:
    page: Ground
    plate: Ground
    head: Ground
    accent: str
    """The flame. Graphics only, never text."""
    figure: Ground
    primary: Ground
    secondary: Ground
    danger: Ground
    quiet: Ground
    disabled: Ground
    normal: Ground
    good: Ground
    warn: Ground
    bad: Ground
    strong: Ground

    def tone(self, name: str) -> Ground:
        """The ground of a tone (normal, good, warn, bad, strong) or of a button's style."""
        found = getattr(self, name)
        assert isinstance(found, Ground)
        return found

    def grounds(self) -> dict[str, Ground]:
        return {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name != "accent"}


DAYLIGHT = Palette(
    page=Ground("#F2F6F8", "#0A2236", "#D0DCE4", soft="#33485A"),
    plate=Ground("#FFFFFF", "#0A2236", "#D0DCE4", soft="#3A4E5E"),
    head=Ground("#06304A", "#FFFFFF", "#06304A", soft="#DCEBF3"),
    accent="#F58A1F",
    figure=Ground("#E3F0F5", "#063A52", "#00536F", soft="#24465A"),
    primary=Ground("#00536F", "#FFFFFF", "#00536F", soft="#E6F3F8", pressed="#00384C"),
    secondary=Ground("#FFFFFF", "#004058", "#00708F", soft="#354857", pressed="#D3E8F0"),
    danger=Ground("#FFFFFF", "#8A1212", "#B83A32", soft="#5E3434", pressed="#F9D9D6"),
    quiet=Ground("#E1EBF0", "#0A2F45", "#E1EBF0", soft="#2C4050", pressed="#C9DCE6"),
    disabled=Ground("#E9EEF1", "#404D58", "#D3DCE2"),
    normal=Ground("#E3F0F5", "#063A52", "#00708F"),
    good=Ground("#E2F4E8", "#0A4D2B", "#1E8E54"),
    warn=Ground("#FFF0D2", "#5E3300", "#E8930C"),
    bad=Ground("#FDE6E3", "#7F1010", "#D3392F"),
    strong=Ground("#FFFFFF", "#063A52", "#00536F"),
)
"""Deep blue and teal on a cool white, one warm accent."""

NIGHT = Palette(
    page=Ground("#04111B", "#FFFFFF", "#3E586B", soft="#E3ECF2"),
    plate=Ground("#0C2231", "#FFFFFF", "#4E6B80", soft="#E3ECF2"),
    head=Ground("#000000", "#FFFFFF", "#000000", soft="#E3ECF2"),
    accent="#FFB02E",
    figure=Ground("#FFD84D", "#04111B", "#FFD84D", soft="#04111B"),
    primary=Ground("#FFD84D", "#04111B", "#FFD84D", soft="#04111B", pressed="#E0B41F"),
    secondary=Ground("#0C2231", "#FFFFFF", "#FFFFFF", soft="#E3ECF2", pressed="#2A4A60"),
    danger=Ground("#2A0F10", "#FFC4BC", "#FF9A8F", soft="#FFD9D4", pressed="#4A1A1A"),
    quiet=Ground("#1B3649", "#FFFFFF", "#1B3649", soft="#E3ECF2", pressed="#0A1D2A"),
    disabled=Ground("#16242E", "#B9C6CF", "#33485A"),
    normal=Ground("#12364C", "#FFFFFF", "#7CC7E6"),
    good=Ground("#0A3B22", "#B9F7CF", "#5CD68D"),
    warn=Ground("#4A3000", "#FFE7AE", "#FFC24A"),
    bad=Ground("#54120E", "#FFD6D0", "#FF8A7D"),
    strong=Ground("#0C2231", "#FFD84D", "#FFD84D"),
)
"""High contrast for the large-type mode: light on dark does not glare, and yellow is the last colour that ageing eyes
lose.
"""
