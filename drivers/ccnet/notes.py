"""Which note is under way and what has become of it: every note is told of once, whatever is lost or repeated on
the line.

The rules, each for a failure that other drivers are known for:

- 80h repeated while the note waits, or after STACK because a weak motor let it slip back, is the same note.
- 81h without a note in escrow since the last 81h is the same note again (our ACK was lost): nothing new.
- A note in escrow for which no STACK went out, and which is gone when the unit is at rest, was given back: the unit
  cannot stack it unasked.
- After STACK, only 81h, 82h, or a power-up with the bill in the validator decide. All else is doubt, and is told as
  doubt; a report that comes later still counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from drivers.ccnet import codes
from drivers.ccnet.events import Counterfeit, Doubt, Escrowed, OutcomeUnknown, Rejected, Returned, Stacked
from drivers.ccnet.status import PollReply, State

NoteEvent = Escrowed | Stacked | Returned | OutcomeUnknown | Rejected | Counterfeit

REST_POLLS_NO_STACK = 2
"""Polls at rest after which a note that was not to be stacked counts as given back."""
REST_POLLS_AFTER_STACK = 5
"""Polls at rest after which a missing report of a STACK counts as missing for good; as many are waited for after a
power-up with the bill in the stacker."""
STACK_TRIES_MAX = 3


class Step(Enum):
    IN_ESCROW = auto()
    STACK_SENT = auto()
    RETURN_SENT = auto()
    IN_DOUBT = auto()


@dataclass(slots=True)
class _OpenNote:
    note_type: int
    step: Step = Step.IN_ESCROW
    commands_sent: int = 0
    sent_at: float = 0.0
    comes_back: bool = False
    """The unit has said what makes it give the note back unless 81h contradicts."""


@dataclass(slots=True)
class _Secured:
    note_type: int
    acknowledged: bool = False


class NoteTracker:
    """Fed with every POLL reply and every verb that went out; gives the events in order."""

    def __init__(self) -> None:
        self._note: _OpenNote | None = None
        self._secured: _Secured | None = None
        self._any_seen = False
        self._rest_polls = 0
        self._rest_polls_wanted = 1
        self._bill_in_validator = False
        self._restarted = True
        self._last: PollReply | None = None

    @property
    def step(self) -> Step | None:
        return self._note.step if self._note else None

    @property
    def in_escrow(self) -> bool:
        """A note waits for `stack`, `return` or `hold`."""
        return self.step is Step.IN_ESCROW

    @property
    def commands_sent(self) -> int:
        return self._note.commands_sent if self._note else 0

    @property
    def awaits_acknowledgement(self) -> bool:
        return self._secured is not None and not self._secured.acknowledged

    @property
    def settled(self) -> bool:
        """Nothing is open in the unit: it is at rest, and has had its time to report what a power cut had left."""
        return (
            self.step in (None, Step.IN_DOUBT)
            and not self.awaits_acknowledgement
            and not self._bill_in_validator
            and self._rest_polls >= self._rest_polls_wanted
        )

    @property
    def outcome_due(self) -> float | None:
        """When a STACK or RETURN without report is overdue."""
        if self._note and self._note.step is Step.STACK_SENT:
            return self._note.sent_at + codes.OUTCOME_S
        return None

    def new_start(self) -> None:
        """The unit's start begins: what it reports until `start_complete` is recovered."""
        self._restarted = True
        self._rest_polls = 0

    def start_complete(self) -> None:
        self._restarted = False
        self._rest_polls_wanted = 1

    def acknowledged(self) -> None:
        if self._secured:
            self._secured.acknowledged = True

    def stack_sent(self, now: float) -> None:
        self._sent(Step.STACK_SENT, now)

    def return_sent(self, now: float) -> None:
        self._sent(Step.RETURN_SENT, now)

    def _sent(self, step: Step, now: float) -> None:
        note = self._note
        assert note is not None
        if note.commands_sent == 0:
            note.sent_at = now
        note.commands_sent += 1
        self._rest_polls = 0
        if note.step is not Step.IN_DOUBT:
            note.step = step

    def stack_refused(self) -> None:
        """ILLEGAL COMMAND: that STACK did nothing. If it was the only one, the note is where it was."""
        note = self._note
        if note and note.step is Step.STACK_SENT and note.commands_sent == 1:
            note.step = Step.IN_ESCROW

    def expire(self, now: float) -> list[NoteEvent]:
        due = self.outcome_due
        return self._doubt(Doubt.NO_REPORT, None) if due is not None and now >= due else []

    def poll(self, reply: PollReply) -> list[NoteEvent]:
        at_rest = reply.state in _AT_REST
        if not at_rest and reply.state is not State.ESCROW_POSITION:
            self._rest_polls = 0
        repeated, self._last = reply == self._last, reply
        if repeated and reply.state in _TOLD_ONCE:
            return []
        handler = _HANDLERS.get(reply.state)
        return handler(self, reply) if handler else []

    def _doubt(self, doubt: Doubt, reply: PollReply | None) -> list[NoteEvent]:
        note = self._note
        if note is None or note.step is not Step.STACK_SENT:
            return []
        note.step = Step.IN_DOUBT
        return [OutcomeUnknown(note.note_type, doubt, reply)]

    def _give_back(self) -> list[NoteEvent]:
        note, self._note = self._note, None
        self._bill_in_validator = False
        return [Returned(note.note_type if note else None)]

    def _escrow(self, reply: PollReply) -> list[NoteEvent]:
        assert reply.data is not None
        note, rested, self._rest_polls = self._note, self._rest_polls, 0
        events: list[NoteEvent] = []
        if note is not None:
            if note.note_type == reply.data and not rested and note.step is not Step.IN_DOUBT:
                return []
            if note.note_type == reply.data and note.step is Step.IN_DOUBT and not rested and not self._restarted:
                return []
            events += self._doubt(Doubt.AT_REST, reply)
            if note.step is not Step.IN_DOUBT:
                events += self._give_back()
        self._note = _OpenNote(reply.data)
        self._any_seen, self._bill_in_validator = True, False
        return [*events, Escrowed(reply.data)]

    def _stacked(self, reply: PollReply) -> list[NoteEvent]:
        assert reply.data is not None
        note, secured = self._note, self._secured
        if note is None and secured is not None and secured.note_type == reply.data:
            return []
        plain = note is not None and note.step is Step.STACK_SENT and not self._restarted
        self._note, self._secured = None, _Secured(reply.data)
        self._any_seen, self._bill_in_validator, self._rest_polls_wanted = True, False, 1
        return [Stacked(reply.data, recovered=not plain)]

    def _returned(self, reply: PollReply) -> list[NoteEvent]:
        news = self._note is not None or self._bill_in_validator or not self._any_seen
        self._note, self._any_seen, self._bill_in_validator = None, True, False
        return [Returned(reply.data)] if news else []

    def _rest(self, reply: PollReply) -> list[NoteEvent]:
        self._rest_polls += 1
        note = self._note
        if note is None:
            return self._give_back() if self._bill_in_validator and self._rest_polls >= REST_POLLS_NO_STACK else []
        if note.comes_back or note.step in (Step.IN_ESCROW, Step.RETURN_SENT):
            return self._give_back() if self._rest_polls >= REST_POLLS_NO_STACK else []
        return self._doubt(Doubt.AT_REST, reply) if self._rest_polls >= REST_POLLS_AFTER_STACK else []

    def _bill_is_in_validator(self, reply: PollReply) -> list[NoteEvent]:
        if self._note:
            self._note.comes_back = True
        self._bill_in_validator, self._rest_polls_wanted = True, REST_POLLS_NO_STACK
        return []

    def _bill_is_in_stacker(self, reply: PollReply) -> list[NoteEvent]:
        if self._note:
            self._note.comes_back = False
        self._bill_in_validator, self._rest_polls_wanted = False, REST_POLLS_AFTER_STACK
        return []

    def _cheated(self, reply: PollReply) -> list[NoteEvent]:
        if self._note:
            self._note.comes_back = True
        return []

    def _stopped(self, reply: PollReply) -> list[NoteEvent]:
        return self._doubt(Doubt.STOPPED, reply)

    def _rejecting(self, reply: PollReply) -> list[NoteEvent]:
        assert reply.data is not None
        return [Rejected(reply.data)]

    def _counterfeit(self, reply: PollReply) -> list[NoteEvent]:
        return [Counterfeit(reply)]


_AT_REST = frozenset((State.IDLING, State.UNIT_DISABLED, State.ACCEPTING))
"""ACCEPTING too: the head takes a new note only when the one before it has left."""

_TOLD_ONCE = frozenset((State.REJECTING, State.SUSPECTED_NOTE, State.COUNTERFEIT_NOTE))
"""Reports without a note of their own: the same one twice running is a repeat, because between two notes the unit
is in other states."""

_HANDLERS: Mapping[State, Callable[[NoteTracker, PollReply], list[NoteEvent]]] = {
    State.POWER_UP_BILL_IN_VALIDATOR: NoteTracker._bill_is_in_validator,
    State.POWER_UP_BILL_IN_STACKER: NoteTracker._bill_is_in_stacker,
    State.IDLING: NoteTracker._rest,
    State.ACCEPTING: NoteTracker._rest,
    State.UNIT_DISABLED: NoteTracker._rest,
    State.REJECTING: NoteTracker._rejecting,
    State.DROP_CASSETTE_OUT_OF_POSITION: NoteTracker._stopped,
    State.VALIDATOR_JAMMED: NoteTracker._stopped,
    State.DROP_CASSETTE_JAMMED: NoteTracker._stopped,
    State.FAILURE: NoteTracker._stopped,
    State.CHEATED: NoteTracker._cheated,
    State.ESCROW_POSITION: NoteTracker._escrow,
    State.BILL_STACKED: NoteTracker._stacked,
    State.BILL_RETURNED: NoteTracker._returned,
    State.SUSPECTED_NOTE: NoteTracker._counterfeit,
    State.COUNTERFEIT_NOTE: NoteTracker._counterfeit,
}
