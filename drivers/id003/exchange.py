"""One command and its reply: deadlines, damaged replies, frames that answer something else. Knows nothing of notes.

The controller is master of the line and has at most one command out. The protocol has no repeat of a lost reply:
states stand until they are asked for again, and whether an operation command arrived is seen from the next state.
"""

from dataclasses import dataclass
from enum import Enum, auto

from drivers.id003 import codes
from drivers.id003.codes import OPERATIONS, QUESTIONS, Command
from drivers.id003.frame import FrameParser, encode


class Outcome(Enum):
    DATA = auto()
    """A status, or the answer to a question."""
    CONFIRMED = auto()
    """ACK, or the echo of a setting."""
    REFUSED = auto()
    """COMMUNICATION ERROR or INVALID COMMAND: certainly not carried out."""
    ECHO = auto()
    """A question came back as it went out, without data: no unit says that."""
    SILENCE = auto()
    """No reply to this command: whether it was carried out is not known."""
    DAMAGED = auto()
    """As `SILENCE`, but bytes came."""


@dataclass(frozen=True, slots=True)
class Answer:
    command: Command
    outcome: Outcome
    payload: bytes = b""


_REFUSALS = (codes.COMMUNICATION_ERROR, codes.INVALID_COMMAND)


def _read(command: Command, payload: bytes) -> Outcome | None:
    """What this frame means as a reply to that command; `None` if it answers something else, late or unasked."""
    code = payload[0]
    if code in _REFUSALS and len(payload) == 1:
        return Outcome.REFUSED
    if command is Command.STATUS_REQUEST:
        return Outcome.DATA if code < 0x80 and code not in (codes.ENQ, codes.ACK) else None
    if command in OPERATIONS:
        return Outcome.CONFIRMED if code == codes.ACK else None
    if code != command:
        return None
    if command in QUESTIONS:
        return Outcome.DATA if len(payload) > 1 else Outcome.ECHO
    return Outcome.CONFIRMED


class Exchange:
    """The line's state. Times in seconds; `free_at` is when the next command may start."""

    def __init__(self) -> None:
        self._parser = FrameParser()
        self.damaged_replies = 0
        self.reset(0.0)

    def reset(self, now: float) -> None:
        """The line is fresh: nothing is out."""
        self._parser.clear()
        self._command: Command | None = None
        self._deadline: float | None = None
        self._give_up_at = 0.0
        self._noise = False
        self.free_at = now

    @property
    def idle(self) -> bool:
        return self._command is None

    def send(self, command: Command, data: bytes, now: float, reply_s: float = codes.REPLY_S) -> bytes:
        """The frame of a new command. Only when `idle` and not before `free_at`."""
        assert self.idle, "one command at a time"
        assert now >= self.free_at, "the gap is kept"
        self._parser.clear()
        frame = encode(bytes((command,)) + data)
        sent_at = now + len(frame) * codes.SETTINGS.byte_time_s()
        if command is Command.ACK:
            self.free_at = sent_at + codes.GAP_S
            return frame
        self._command, self._noise = command, False
        self._deadline = self._give_up_at = sent_at + reply_s
        return frame

    def next_deadline(self) -> float | None:
        return self._deadline

    def receive(self, data: bytes, now: float) -> Answer | None:
        """Takes bytes; what comes while no command is out is dropped: the unit keeps showing what matters."""
        payloads = self._parser.receive(data)
        if self._command is None:
            self._parser.clear()
            return None
        if (answer := self._first_fitting(payloads, now)) is not None:
            return answer
        if not self._parser.is_empty or not payloads:
            self._noise = True
            self._deadline = min(now + codes.QUIET_S, max(now, self._give_up_at))
        return None

    def expire(self, now: float) -> Answer | None:
        """The deadline has passed: a whole frame may stand behind noise; else there is none."""
        if self._command is None or self._deadline is None or now < self._deadline:
            return None
        if (answer := self._first_fitting(self._parser.line_is_quiet(), now)) is not None:
            return answer
        if self._noise:
            self.damaged_replies += 1
            return self._end(Outcome.DAMAGED, b"", now)
        return self._end(Outcome.SILENCE, b"", now)

    def _first_fitting(self, payloads: tuple[bytes, ...], now: float) -> Answer | None:
        assert self._command is not None
        for payload in payloads:
            if (outcome := _read(self._command, payload)) is not None:
                return self._end(outcome, payload, now)
        return None

    def _end(self, outcome: Outcome, payload: bytes, now: float) -> Answer:
        assert self._command is not None
        answer = Answer(self._command, outcome, payload)
        self._command = self._deadline = None
        self.free_at = now + codes.GAP_S
        return answer
