"""What is known of the printer, gathered from the status bytes. Pure functions from one condition to the next.

Bit meanings: Epson "ESC/POS Command Reference", DLE EOT and GS a; Custom KPM210 manual p. 36 for the full status.
"""

from dataclasses import dataclass, replace

from drivers.escpos.commands import Question
from drivers.escpos.profiles import PaperBits
from drivers.escpos.status import AutomaticStatusBack, FullStatus


@dataclass(frozen=True, slots=True)
class Condition:
    """`answering` is `None` until the first question has been answered or has not been. `confirmed`: a whole round of
    questions was answered in order and closed by a fence, so that none of its bytes can be an old one."""

    connected: bool = False
    answering: bool | None = None
    confirmed: bool = False
    queue_stuck: bool = False
    """Real-time questions are answered and queued commands are not, although the printer says that it is online."""
    offline: bool = False
    cover_open: bool = False
    feeding: bool = False
    paper_end: bool = False
    paper_near_end: bool = False
    recoverable_error: bool = False
    cutter_error: bool = False
    unrecoverable_error: bool = False
    auto_recoverable_error: bool = False
    jam: bool = False
    presenter_occupied: bool = False
    presenter_error: bool = False

    @property
    def ready(self) -> bool:
        """Whether a paper may be begun. Never true on silence."""
        return self.connected and self.answering is True and self.confirmed and not self.hindered

    @property
    def hindered(self) -> bool:
        """Whether the printer has said that it cannot print now."""
        return (
            self.offline
            or self.cover_open
            or self.feeding
            or self.paper_end
            or self.recoverable_error
            or self.cutter_error
            or self.unrecoverable_error
            or self.auto_recoverable_error
            or self.jam
            or self.queue_stuck
            or self.presenter_error
        )

    def words(self) -> str:
        """The hindrances in the manual's words, for the log."""
        names = (
            "paper_end",
            "cover_open",
            "cutter_error",
            "jam",
            "recoverable_error",
            "unrecoverable_error",
            "auto_recoverable_error",
            "presenter_error",
            "queue_stuck",
            "feeding",
            "offline",
        )
        found = [name.replace("_", " ") for name in names if getattr(self, name)]
        if not self.connected:
            return "no line"
        if self.answering is False:
            return "no answer"
        return ", ".join(found) or ("ready" if self.confirmed else "not yet asked")


def after_answer(condition: Condition, question: Question, value: int, paper: PaperBits) -> Condition:
    """Takes the answer to one DLE EOT n."""
    if question is Question.PRINTER:
        return replace(condition, offline=bool(value & 0x08))
    if question is Question.OFFLINE_CAUSE:
        # Bit 5 (stopped by paper end) adds to what DLE EOT 4 says, which comes after it in every round.
        stopped = bool(value & 0x20)
        return replace(
            condition,
            cover_open=bool(value & 0x04),
            feeding=bool(value & 0x08),
            paper_end=stopped or condition.paper_end,
        )
    if question is Question.ERROR_CAUSE:
        return replace(
            condition,
            recoverable_error=bool(value & 0x04),
            cutter_error=bool(value & 0x08),
            unrecoverable_error=bool(value & 0x20),
            auto_recoverable_error=bool(value & 0x40),
        )
    if question is Question.PAPER:
        return replace(
            condition,
            paper_near_end=bool(value & paper.near_end),
            paper_end=bool(value & paper.paper_end),
            presenter_occupied=bool(value & paper.in_presenter),
        )
    return condition


def after_automatic(condition: Condition, status: AutomaticStatusBack) -> Condition:
    """Takes an automatic status; it carries all of the four answers at once."""
    return replace(
        condition,
        offline=bool(status.first & 0x08),
        cover_open=bool(status.first & 0x20),
        feeding=bool(status.first & 0x40),
        recoverable_error=bool(status.second & 0x04),
        cutter_error=bool(status.second & 0x08),
        unrecoverable_error=bool(status.second & 0x20),
        auto_recoverable_error=bool(status.second & 0x40),
        paper_near_end=bool(status.third & 0x03),
        paper_end=bool(status.third & 0x0C),
    )


def after_full(condition: Condition, status: FullStatus) -> Condition:
    """Takes Custom's full status: it replaces paper and presenter, and adds jam and cutter."""
    return replace(
        condition,
        paper_end=bool(status.paper & 0x01),
        paper_near_end=bool(status.paper & 0x04),
        presenter_occupied=bool(status.paper & 0x20),
        cover_open=bool(status.user & 0x03),
        auto_recoverable_error=bool(status.recoverable & 0x09),
        jam=bool(status.recoverable & 0x40),
        cutter_error=bool(status.fatal & 0x01),
        unrecoverable_error=bool(status.fatal & 0x0C),
    )
