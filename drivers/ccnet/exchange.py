"""One command and its reply: deadlines, gaps, ACK and NAK. Knows nothing of notes.

The controller is master of the line and has at most one command out. What a silent line, a damaged reply or a NAK
of the unit lead to is decided here; what a reply means, and which command is next, elsewhere.
"""

from dataclasses import dataclass
from enum import Enum, auto

from drivers.ccnet import codes
from drivers.ccnet.codes import Command
from drivers.ccnet.frame import LENGTH_MIN, FrameParser, encode

REPLY_S = 0.85
"""How long a reply may keep us waiting. The manual gives the unit 10 ms; the rest is for adapters and a busy
computer. A shorter time would take a late reply for the next command's. A poll period and two of these make less
than two seconds."""
QUIET_S = 0.050
"""After so long a silence inside a reply, nothing more of it will come. (5 ms by the manual; USB adapters deliver
in lumps of 16 ms.)"""
REPEAT_S = 0.2
"""A damaged reply may make the whole exchange longer by so much; a line that is never quiet ends it."""
REPEATS_MAX = 3
"""How often a damaged reply is asked for again, or a command that the unit did not understand is sent again."""


class Outcome(Enum):
    DATA = auto()
    """A data reply; it is confirmed by ACK unless that is withheld."""
    CONFIRMED = auto()
    """ACK: the unit carries it out."""
    ILLEGAL = auto()
    """The unit does not know the command, or not now: certainly not carried out."""
    SILENCE = auto()
    """No reply, or none that could be read: whether it was carried out is not known."""
    BABBLE = auto()
    """Bytes without end, and no reply in them: as `SILENCE`, and somebody else is talking."""


@dataclass(frozen=True, slots=True)
class Answer:
    command: Command
    outcome: Outcome
    payload: bytes = b""


_QUERIES = {Command.GET_STATUS: 6, Command.IDENTIFICATION: 34, Command.COUNTER_OF_STACKED_BILLS: 2}


def _fits(command: Command, payload: bytes) -> bool:
    """Whether this can be the reply to that command, by its length."""
    if command is Command.POLL:
        return len(payload) <= 2 and payload[0] != codes.ACK
    if command is Command.GET_BILL_TABLE:
        return len(payload) % 5 == 0
    if command in _QUERIES:
        return len(payload) == _QUERIES[command]
    return False


class Exchange:
    """The line's state. Times in seconds; `free_at` is when the next command may start."""

    def __init__(self, address: int = codes.BILL_VALIDATOR) -> None:
        self._address = address
        self._parser = FrameParser(address)
        self._short_frame_s = LENGTH_MIN * codes.SETTINGS.byte_time_s()
        self.damaged_replies = 0
        self.reset(0.0)

    def reset(self, now: float) -> None:
        """The line is fresh: nothing is out, nothing is owed."""
        self._parser.clear()
        self._command: Command | None = None
        self._frame = b""
        self._deadline: float | None = None
        self._give_up_at = 0.0
        self._owed: int | None = None
        self._repeat_at: float | None = None
        self._repeats = 0
        self._heard = False
        self.withheld = False
        self.free_at = now

    @property
    def idle(self) -> bool:
        """No command is out and no answer to a reply is owed."""
        return self._command is None and self._owed is None

    def send(self, command: Command, data: bytes, now: float) -> bytes:
        """The frame of a new command. Only when `idle` and not before `free_at`."""
        assert self.idle, "one command at a time"
        assert now >= self.free_at, "the gap after ACK and NAK is kept"
        self._parser.clear()
        self.withheld = False
        self._command, self._repeats = command, 0
        self._frame = encode(self._address, bytes((command,)) + data)
        self._give_up_at = now + REPLY_S
        return self._out(self._frame, now)

    def _out(self, frame: bytes, now: float) -> bytes:
        self._heard = False
        self._give_up_at = max(self._give_up_at, now + REPEAT_S)
        self._deadline = now + len(frame) * codes.SETTINGS.byte_time_s() + REPLY_S
        return frame

    def take(self, now: float) -> bytes:
        """ACK, NAK or a repeated command that is to go out now; else nothing."""
        if self._owed is not None:
            payload, self._owed = self._owed, None
            self.free_at = now + self._short_frame_s + codes.T_FREE_S
            frame = encode(self._address, bytes((payload,)))
            return self._out(frame, now) if self._command is not None else frame
        if self._repeat_at is not None and now >= self._repeat_at:
            self._repeat_at = None
            return self._out(self._frame, now)
        return b""

    def next_deadline(self) -> float | None:
        return self._repeat_at if self._repeat_at is not None else self._deadline

    def receive(self, data: bytes, now: float) -> Answer | None:
        """Takes bytes; what comes while no command is out is dropped, and so not confirmed: the unit will repeat
        what matters."""
        frames = self._parser.receive(data)
        if self._command is None or self._deadline is None or self._repeat_at is not None:
            self._parser.clear()
            return None
        for frame in frames:
            if (answer := self._read(frame.payload, now)) is not None:
                return answer
        if self._deadline is not None:
            self._heard = True
            self._deadline = min(now + QUIET_S, max(now, self._give_up_at))
        return None

    def expire(self, now: float) -> Answer | None:
        """The deadline has passed: a whole frame may stand behind noise; else a damaged reply is asked for again;
        else it is silence."""
        if self._command is None or self._deadline is None or now < self._deadline:
            return None
        for frame in self._parser.line_is_quiet():
            if (answer := self._read(frame.payload, now)) is not None:
                return answer
        if self._repeat_at is not None:
            return None
        if self._heard:
            self.damaged_replies += 1
            if now >= self._give_up_at:
                return self._end(Outcome.BABBLE, b"", now)
            if self._repeats < REPEATS_MAX:
                self._repeats += 1
                self._deadline, self._owed = None, codes.NAK
                return None
        return self._end(Outcome.SILENCE, b"", now)

    def _read(self, payload: bytes, now: float) -> Answer | None:
        assert self._command is not None
        single = payload[0] if len(payload) == 1 else None
        if single == codes.NAK:
            return self._again(now)
        if single == codes.ILLEGAL_COMMAND:
            return self._end(Outcome.ILLEGAL, b"", now)
        if _fits(self._command, payload):
            answer = self._end(Outcome.DATA, payload, now)
            self._owed = codes.ACK
            return answer
        if single == codes.ACK and self._command is not Command.POLL and self._command not in _QUERIES:
            return self._end(Outcome.CONFIRMED, b"", now)
        return None

    def _again(self, now: float) -> Answer | None:
        if self._repeats >= REPEATS_MAX:
            return self._end(Outcome.SILENCE, b"", now)
        self._repeats += 1
        self._deadline, self._repeat_at = None, now + codes.T_FREE_S
        return None

    def _end(self, outcome: Outcome, payload: bytes, now: float) -> Answer:
        assert self._command is not None
        answer = Answer(self._command, outcome, payload)
        self._command, self._deadline = None, None
        self.free_at = now + codes.T_FREE_S
        return answer

    def withhold(self) -> None:
        """Don't confirm the data reply that has just come; `confirm` does it later."""
        self._owed, self.withheld = None, True

    def confirm(self) -> bool:
        """Confirms the withheld reply, if no other command has gone out since."""
        if not self.withheld:
            return False
        self._owed, self.withheld = codes.ACK, False
        return True
