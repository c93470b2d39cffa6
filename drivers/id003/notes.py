"""What has become of the note under way, from what the unit shows.

The common record (`drivers.validator.note`) knows what a stacked note, a returned one and a doubt are; here is what
this protocol can say about them:

- VEND VALID stays until it is acknowledged. So a note that lies in escrow, with no power cut since, was not stacked,
  whatever became of the command.
- VEND VALID names no note: it is the one under way. Seen again after the acknowledgement went out, with no other
  state in between, it is the same report: the acknowledgement was lost, for it gets no answer.
- A note that was rejected, that was being returned, or that was pulled back, and that is gone when the unit is at
  rest, has been given back. So has one for which no stack command went out.
- After a stack command, rest without any of these proves nothing.
"""

from collections.abc import Callable, Mapping
from enum import Enum, auto

from drivers.id003.codes import ESCROW_CODE_FIRST
from drivers.id003.status import State, StatusReply
from drivers.validator.note import NoteEvent, NoteRecord, Step
from drivers.validator.words import Doubt, Trouble

REST_REPLIES = 2
"""Replies at rest until a note without a stack command counts as given back."""
REST_REPLIES_AFTER_STACK = 5
STACK_TRIES_MAX = 3


class NextStep(Enum):
    """What the note asks for by itself, whatever the owner wishes."""

    NOTHING = auto()
    STACK_AGAIN = auto()
    """It lies in escrow although it was to be stacked: the command did not arrive, or the note slipped back."""
    RETURN = auto()


class NoteTracker:
    """Fed with every status reply and with the commands that go out."""

    def __init__(self) -> None:
        self._record = NoteRecord()
        self.next_step = NextStep.NOTHING
        self.reported = False
        """The last VEND VALID is booked, and the unit has not been seen in another state since."""
        self._comes_back = False
        self._powered_up = False
        self._rested = 0
        self._ordered = False
        self._tries = self._stacks_sent = 0

    @property
    def step(self) -> Step | None:
        return self._record.step

    @property
    def in_escrow(self) -> bool:
        """It waits there, and nobody has ordered to stack it."""
        return self._record.in_escrow and not self._ordered

    @property
    def escrowed_at(self) -> float | None:
        """When the note that still waits for a decision came to escrow."""
        return self._record.note.since if self._record.note and self.in_escrow else None

    @property
    def awaits_commit(self) -> bool:
        return self._record.awaits_commit

    @property
    def outcome_due(self) -> float | None:
        return self._record.outcome_due

    @property
    def settled(self) -> bool:
        """Nothing is under way, nothing waits for the owner, and rest has been seen long enough."""
        wanted = REST_REPLIES_AFTER_STACK if self._powered_up else REST_REPLIES
        return self._record.settled and not self._comes_back and self._rested >= wanted

    def line_is_new(self) -> None:
        """The unit was silent: what it showed before it need not be what it shows now."""
        self._rested = 0

    def stack_sent(self, now: float) -> None:
        self._record.stack_sent(now)
        self._ordered, self.next_step = True, NextStep.NOTHING
        self._stacks_sent += 1
        self._tries += 1

    def stack_refused(self) -> None:
        """The unit says that this STACK did nothing. If it was the only one, the note is where it was."""
        note = self._record.note
        if note is not None and note.step is Step.STACK_SENT:
            self._stacks_sent -= 1
            if self._stacks_sent == 0:
                note.step = Step.IN_ESCROW

    def return_sent(self, now: float) -> None:
        self._record.return_sent(now)
        self.next_step = NextStep.NOTHING

    def committed(self) -> bool:
        if not self._record.committed():
            return False
        self.reported = True
        return True

    def expire(self, now: float) -> list[NoteEvent]:
        return self._record.expire(now)

    def see(self, reply: StatusReply, now: float, *, gap: bool) -> list[NoteEvent]:
        """`gap`: the line was broken for so long since the last reply that one note may have been exchanged for
        another."""
        if reply.state not in _REST:
            self._rested = 0
        if reply.state not in _KEEP_REPORT:
            self.reported = False
        if reply.state is State.ESCROW:
            return self._escrow(reply, now, gap)
        handler = _HANDLERS.get(reply.state)
        return handler(self) if handler else []

    def stopped(self, trouble: Trouble | None) -> list[NoteEvent]:
        """The unit has stopped with the note under way: only a report that comes later will tell."""
        return self._record.doubt(Doubt.STOPPED, trouble)

    def _escrow(self, reply: StatusReply, now: float, gap: bool) -> list[NoteEvent]:
        assert reply.code is not None
        note_type = reply.code - ESCROW_CODE_FIRST + 1
        note = self._record.note
        if note is None or note.note_type != note_type or self._powered_up:
            return self._another_note(note_type, now)
        self._comes_back = False
        enough = gap or self._tries >= STACK_TRIES_MAX
        if note.step in (Step.RETURN_SENT, Step.IN_DOUBT) or (self._ordered and enough):
            self._give_back_after_all()
        elif self._ordered:
            note.step, self.next_step = Step.IN_ESCROW, NextStep.STACK_AGAIN
        return []

    def _give_back_after_all(self) -> None:
        """It lies there and is not stacked: once it is given back, its outcome is certain."""
        assert self._record.note is not None
        self._record.note.step, self.next_step = Step.RETURN_SENT, NextStep.RETURN

    def _another_note(self, note_type: int, now: float) -> list[NoteEvent]:
        """Whatever note was open has left without VEND VALID, which would still stand unless the power was cut: it
        was given back."""
        events: list[NoteEvent] = []
        note = self._record.note
        if note is not None and note.step is not Step.IN_DOUBT:
            if self._stacks_sent and self._powered_up and not self._comes_back:
                note.step = Step.STACK_SENT
                events += self._record.doubt(Doubt.POWER_CUT)
            else:
                events += self._record.given_back()
        self._over()
        return [*events, *self._record.escrow(note_type, now)]

    def _vend_valid(self) -> list[NoteEvent]:
        if self.reported or self._record.awaits_commit:
            return []
        note, plain = self._record.note, not self._powered_up
        if note is not None and self._stacks_sent and note.step is not Step.IN_DOUBT:
            note.step = Step.STACK_SENT
        self._over()
        return self._record.secured(None, recovered=not plain)

    def _rest(self) -> list[NoteEvent]:
        self._rested += 1
        step = self._record.step
        if step is None:
            if self._comes_back and self._rested >= REST_REPLIES:
                self._over()
                return self._record.given_back()
            return []
        if self._comes_back or self._stacks_sent == 0 or step is Step.RETURN_SENT:
            if self._rested < REST_REPLIES:
                return []
            self._over()
            return self._record.given_back()
        if self._rested < REST_REPLIES_AFTER_STACK:
            return []
        note = self._record.note
        assert note is not None
        if note.step is Step.IN_ESCROW:
            note.step = Step.STACK_SENT
        return self._record.doubt(Doubt.POWER_CUT if self._powered_up else Doubt.AT_REST)

    def _over(self) -> None:
        self._comes_back = self._powered_up = self._ordered = False
        self._tries = self._stacks_sent = 0
        self.next_step = NextStep.NOTHING

    def _power_up(self) -> list[NoteEvent]:
        self._powered_up, self.next_step = True, NextStep.NOTHING
        return []

    def _power_up_in_acceptor(self) -> list[NoteEvent]:
        self._power_up()
        self._comes_back = True
        return []

    def _power_up_in_stacker(self) -> list[NoteEvent]:
        self._power_up()
        self._comes_back = False
        return []

    def _leaves(self) -> list[NoteEvent]:
        self._comes_back = self._comes_back or self._record.note is not None
        return []


_REST = frozenset((State.IDLING, State.INHIBITED, State.ACCEPTING))
"""ACCEPTING too: the head takes a new note only when the one before it has left."""

_KEEP_REPORT = frozenset(
    (
        State.VEND_VALID,
        State.POWER_UP,
        State.POWER_UP_BILL_IN_ACCEPTOR,
        State.POWER_UP_BILL_IN_STACKER,
        State.INITIALIZE,
    )
)
"""States that do not show that the acknowledgement has arrived."""

_HANDLERS: Mapping[State, Callable[[NoteTracker], list[NoteEvent]]] = {
    State.IDLING: NoteTracker._rest,
    State.INHIBITED: NoteTracker._rest,
    State.ACCEPTING: NoteTracker._rest,
    State.VEND_VALID: NoteTracker._vend_valid,
    State.REJECTING: NoteTracker._leaves,
    State.RETURNING: NoteTracker._leaves,
    State.CHEATED: NoteTracker._leaves,
    State.POWER_UP: NoteTracker._power_up,
    State.POWER_UP_BILL_IN_ACCEPTOR: NoteTracker._power_up_in_acceptor,
    State.POWER_UP_BILL_IN_STACKER: NoteTracker._power_up_in_stacker,
}
