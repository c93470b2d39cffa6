"""What the hardware panel can do to the simulated devices, and the buttons it offers: the words are those of `gashall
virtual`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

NOTE_ACCEPTOR = "note_acceptor"
CARD_READER = "card_reader"
RECEIPT_PRINTER = "receipt_printer"
TICKET_DISPENSER = "ticket_dispenser"


class HardwareControls(Protocol):
    """The virtual hall as a person's hands reach it. Every call returns at once."""

    def send(self, device: str, command: str) -> None:
        """Give a simulated device one line, as on its standard input."""

    def hall_kill(self) -> None:
        """Cut the power of the hall process."""

    def hall_start(self) -> None:
        """Start the hall process again."""

    def snapshot(self) -> Mapping[str, Mapping[str, Any]]:
        """Device -> the last JSON object that it printed, and `hall` -> `{"running": bool}`."""
        ...


Style = Literal["primary", "secondary", "danger", "quiet"]


@dataclass(frozen=True, slots=True)
class Act:
    """A button: what it says and the line it sends."""

    label: str
    command: str
    style: Style = "secondary"


@dataclass(frozen=True, slots=True)
class Bench:
    """One device on the bench: `rows` are rows of buttons."""

    device: str
    title: str
    icon: str
    rows: tuple[tuple[Act, ...], ...]


def _printer(device: str, title: str, icon: str) -> Bench:
    return Bench(
        device,
        title,
        icon,
        (
            (
                Act("取纸", "take", "primary"),
                Act("缺纸", "paper out", "danger"),
                Act("纸将尽", "paper near"),
                Act("装纸", "paper ok"),
            ),
            (
                Act("开盖", "cover open"),
                Act("合盖", "cover closed"),
                Act("断电", "power off", "danger"),
                Act("通电", "power on"),
            ),
        ),
    )


BENCHES: tuple[Bench, ...] = (
    Bench(
        CARD_READER,
        "读卡器",
        "card_in",
        (
            (
                Act("插卡", "insert", "primary"),
                Act("拔卡", "pull"),
                Act("卡去上表", "meter"),
                Act("插外来卡", "foreign", "danger"),
            ),
        ),
    ),
    Bench(
        NOTE_ACCEPTOR,
        "纸币器",
        "note_in",
        (
            tuple(Act(f"￥{yuan}", f"insert {yuan}", "primary") for yuan in (100, 50, 20, 10, 5, 1)),
            (Act("假币", "counterfeit", "danger"), Act("卡钞", "jam", "danger"), Act("清除卡钞", "clear")),
            (
                Act("取出钱箱", "box out"),
                Act("装回钱箱", "box in"),
                Act("断电", "power off", "danger"),
                Act("通电", "power on"),
            ),
        ),
    ),
    _printer(RECEIPT_PRINTER, "收据打印机", "printer"),
    _printer(TICKET_DISPENSER, "取号机", "ticket"),
)
