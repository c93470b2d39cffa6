"""The phases of the conversation with a printer, what can happen in them, and how long each may take."""

from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. All are bounds of waiting, none is a delay of the good case, except the two quiet times."""

    answer_s: float = 0.5
    """A real-time question is answered by then, or counts as unanswered."""
    working_answer_s: float = 1.0
    """The same while it cuts."""
    drain_s: float = 1.5
    """After an unanswered question: how long late answers are thrown away."""
    quiet_s: float = 0.2
    """Silence on the line after which nothing old can still come."""
    sync_s: float = 0.8
    """The fence of a round is answered by then; nothing is printed before it."""
    poll_s: float = 1.0
    preflight_s: float = 6.0
    """A job that has not begun by then is refused."""
    slack_s: float = 10.0
    """What a fence may take beyond transfer and print time."""
    cut_s: float = 6.0
    verdict_s: float = 5.0
    recovery_s: float = 90.0
    """How long a begun paper waits for someone to fill paper or close the cover."""
    retry_s: float = 3.0
    """Pause before a printer whose queue is stuck is tried again."""
    watch_s: float = 0.5
    pause_s: float = 5.0
    """How long XOFF holds without another hindrance. A sound printer frees its buffer sooner; a lost XON would not."""


class Phase(Enum):
    DOWN = auto()
    """No line."""
    DRAIN = auto()
    """Everything that arrives is thrown away until the line is quiet."""
    ROUND = auto()
    """Asking, one question at a time."""
    SYNC = auto()
    """The round's fence is on its way."""
    SETTLE = auto()
    """After a fence without an id: is there another answer on its way, to an older one?"""
    IDLE = auto()
    SENDING = auto()
    BODY_FENCE = auto()
    CUT_FENCE = auto()
    VERDICT = auto()
    CLEARING = auto()
    """The presenter is being emptied, or scrap of an unproven paper cut off; its fence is on its way."""


class Stimulus(Enum):
    ANSWERED = auto()
    UNANSWERED = auto()
    FENCE = auto()
    SURPLUS = auto()
    """A real-time answer that nobody asked for: the order of answers can no longer be trusted."""
    QUEUED_SURPLUS = auto()
    """The same with the answers to GS r, which carry no id: a fence may have been taken from the wrong one."""
    TIME = auto()


class Purpose(Enum):
    BRING_UP = auto()
    POLL = auto()
    PREFLIGHT = auto()
