"""What the panel remembers of the devices' reports, and how it says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kiosk.screens.panel.controls import NOTE_ACCEPTOR


def _yuan(value_fen: int) -> str:
    whole, fen = divmod(value_fen, 100)
    return f"￥{whole:,}.{fen:02d}" if fen else f"￥{whole:,}"


@dataclass(slots=True)
class BenchState:
    """`paper`: the text of the last paper; `violations`: mistakes of the controller that the device has seen."""

    last: str = ""
    holds: str = ""
    paper: str = ""
    violations: list[str] = field(default_factory=list)
    _seen: Mapping[str, Any] = field(default_factory=dict)

    def take(self, device: str, event: Mapping[str, Any]) -> bool:
        """Remember an event; `False` if it is the one already known."""
        if event == self._seen:
            return False
        self._seen = dict(event)
        name = str(event.get("event", ""))
        self.last = describe(event)
        if device == NOTE_ACCEPTOR and "in_box_fen" in event:
            self.holds = (
                f"钱箱 {_yuan(int(event['in_box_fen']))}　暂存 {_yuan(int(event.get('in_escrow_fen', 0) or 0))}"
            )
        elif "card" in event and event.get("card") is not None:
            self.holds = f"卡 {event['card']}　序号 {event.get('sequence', '—')}"
        elif name in ("pulled", "left"):
            self.holds = ""
        if name in ("printed", "presented") and event.get("text"):
            self.paper = str(event["text"])
        elif name in ("taken", "retracted"):
            self.paper = ""
        if name == "violation":
            self.violations.append(str(event.get("text", "")))
        return True


def describe(event: Mapping[str, Any]) -> str:
    """One short line: the event's name and its small values."""
    words = [str(event.get("event", ""))]
    for key, value in event.items():
        if key in ("event", "text", "raw_base64", "in_box_fen", "in_escrow_fen", "file") or value is None:
            continue
        if isinstance(value, bool | int | str) and len(str(value)) <= 16:
            words.append(f"{key} {value}")
    return "　".join(word for word in words if word)[:80]
