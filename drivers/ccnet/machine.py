"""The controller's side of CCNET: which command goes out next, and when.

The machine is always in one of three phases. In START it finds out what the unit is doing: a unit that has lost its
power is RESET, one that still runs from before is disabled, a note left in it is told of and settled. In ASK it
puts its questions to the disabled unit. In SERVICE it keeps the unit at the wanted bill types. POLL goes on every
200 ms in all three. The unit falls back to START when it has started anew by itself or has not answered: it may be
another unit.

What a byte means is in `status` and `replies`, what has become of a note in `notes`, the line in `exchange`.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto

from drivers.ccnet import codes
from drivers.ccnet.codes import Command
from drivers.ccnet.events import Counterfeit, OutcomeUnknown, Rejected
from drivers.ccnet.exchange import REPLY_S, Answer, Exchange, Outcome
from drivers.ccnet.notes import STACK_TRIES_MAX, NoteEvent, NoteTracker, Step
from drivers.ccnet.replies import (
    BillType,
    Identification,
    read_bill_table,
    read_counter,
    read_identification,
    read_status,
)
from drivers.ccnet.status import REFUSALS, TROUBLES, Kind, PollReply, State, read_poll_reply, state_seen
from drivers.validator.events import (
    Answering,
    CountRead,
    Escrowed,
    Ready,
    Refused,
    Silent,
    Stacked,
    Troubled,
    UnitIdentity,
    ValidatorEvent,
)
from drivers.validator.events import OutcomeUnknown as OutcomeUnknownToAll
from drivers.validator.machine import COUNT_MODULUS, Capabilities, Gap
from drivers.validator.words import RefuseReason, Silence, Trouble
from drivers.wire import SerialSettings

CAPABILITIES = Capabilities(
    protocol="ccnet",
    has_escrow_hold=True,
    escrow_s=codes.ESCROW_S,
    tells_denominations=True,
    has_serial_number=True,
    has_counter=True,
    acknowledges_credit=True,
    proves=frozenset(Gap),
)

OFFLINE_AFTER_SILENCES = 2
HOLD_REPEAT_S = 4.0
"""HOLD keeps a note for 10 s; repeated well before."""
COMMIT_WAIT_S = 1.0
"""While the owner commits a stacked note, polling pauses for at most so long. Then the unit is polled again and
repeats its 81h."""
LISTEN_S = 0.150
"""After opening the port: whoever had it before may have left the unit in the middle of a reply; the bill table
takes 130 ms."""
QUERY_TRIES_MAX = 3
RESET_PATIENCE_POLLS = 10
"""Polls that still show a power-up after RESET, before RESET is sent again."""
_BUSY_UNIT_S = 0.1

_NOTHING: frozenset[int] = frozenset()
_QUERIES = (
    Command.GET_STATUS,
    Command.GET_BILL_TABLE,
    Command.IDENTIFICATION,
    Command.COUNTER_OF_STACKED_BILLS,
)


class Phase(Enum):
    START = auto()
    ASK = auto()
    SERVICE = auto()


class _Wish(Enum):
    """What the owner wants done with the note in escrow."""

    STACK = Command.STACK
    RETURN = Command.RETURN
    HOLD = Command.HOLD


class CcnetMachine:
    """`drivers.validator.machine.ValidatorMachine` for one bill validator at address 03."""

    def __init__(self) -> None:
        self._line = Exchange()
        self._notes = NoteTracker()
        self._events: list[ValidatorEvent] = []
        self._connected = False
        self._phase = Phase.START
        self._reply: PollReply | None = None
        self._silence: Silence | None = None
        self._answers = False
        self._silences = 0
        self._silent_since: float | None = None
        self._poll_at = 0.0
        self._wish: _Wish | None = None
        self._wish_at: float | None = None
        self._wanted = _NOTHING
        self._enabled: frozenset[int] | None = None
        self._types_due = False
        self._reset_due = False
        self._count_due = False
        self._count_asked = False
        self._queries: list[Command] = []
        self._query_due = False
        self._query_tries = 0
        self._types_sent = _NOTHING
        self._trouble: Troubled | None = None
        self._doubt = False
        self._polls_since_reset = 0
        self._polled_at = 0.0
        self._count: int | None = None
        self._clear_answers()

    def _clear_answers(self) -> None:
        self._identification = Identification("", "", b"")
        self._bill_table: dict[int, BillType] | None = None

    @property
    def settings(self) -> SerialSettings:
        return codes.SETTINGS

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    @property
    def bookmark(self) -> str:
        """The unit repeats what is not acknowledged, and counts; nothing more has to be kept."""
        return ""

    @property
    def phase(self) -> Phase:
        return self._phase

    @property
    def in_service(self) -> bool:
        return self._phase is Phase.SERVICE

    @property
    def reply(self) -> PollReply | None:
        """The last POLL reply; `None` while the unit does not answer."""
        return self._reply

    @property
    def stacked_count(self) -> int | None:
        """The unit's counter: as last read, one more for each note reported stacked since. `None` if it has none or
        was not asked yet."""
        return self._count

    @property
    def damaged_replies(self) -> int:
        """Replies since the start of the program that were asked for again because they came damaged."""
        return self._line.damaged_replies

    # Verbs

    def set_note_types(self, types: frozenset[int]) -> None:
        """Which bill types (0–23) are to be taken; kept up over resets of the unit until called again."""
        self._wanted = types
        self._types_due = True

    def stack(self) -> bool:
        """STACK the note in escrow. False if none waits there, or RETURN has already gone out."""
        return self._wish_for(_Wish.STACK)

    def return_note(self) -> bool:
        """RETURN the note in escrow. False if none waits there, or STACK has already gone out."""
        return self._wish_for(_Wish.RETURN)

    def hold(self, now: float) -> bool:
        """HOLD the note in escrow, again every 4 s until `stack` or `return_note`. False if none waits there."""
        if self._wish is _Wish.HOLD:
            return True
        if not self._wish_for(_Wish.HOLD):
            return False
        self._wish_at = now
        return True

    def _wish_for(self, wish: _Wish) -> bool:
        if not self._notes.in_escrow or self._wish in (_Wish.STACK, _Wish.RETURN):
            return False
        self._wish, self._wish_at = wish, None
        return True

    def acknowledge(self) -> bool:
        """The owner has committed the stacked note: ACK it now, or when the unit repeats it. False if none awaits
        that."""
        if not self._notes.awaits_acknowledgement:
            return False
        self._notes.acknowledged()
        if self._line.confirm():
            self._poll_at = self._polled_at + codes.POLL_S
        self._count_due = self._phase is Phase.SERVICE and self._count is not None
        return True

    def reset(self) -> bool:
        """RESET the unit. False while a note is in it: RESET would decide its fate."""
        if self._notes.step not in (None, Step.IN_DOUBT) or self._notes.awaits_acknowledgement:
            return False
        self._reset_due = True
        return True

    # Wire

    def connection_made(self, now: float) -> None:
        self._connected = True
        self._line.reset(now)
        self._poll_at = now + LISTEN_S
        self._silences, self._silent_since, self._silence = 0, None, None
        self._answers = False
        self._start()

    def connection_lost(self, now: float) -> None:
        self._connected = False
        self._line.reset(now)
        self._fall_silent(Silence.PORT_LOST)

    def take_events(self) -> tuple[ValidatorEvent, ...]:
        events, self._events = tuple(self._events), []
        return events

    def receive_data(self, data: bytes, now: float) -> None:
        answer = self._line.receive(data, now)
        if answer:
            self._handle(answer, now)

    def handle_deadline(self, now: float) -> None:
        if not self._connected:
            self._tell_of_notes(self._notes.expire(now))
            return
        answer = self._line.expire(now)
        if answer:
            self._handle(answer, now)
        self._tell_of_notes(self._notes.expire(now))
        if self._silent_since is not None and now >= self._silent_since + codes.NON_RESPONSE_S:
            self._fall_silent(Silence.ABSENT)

    def next_deadline(self) -> float | None:
        times = [self._notes.outcome_due]
        if self._connected:
            times.append(self._line.next_deadline())
            if self._line.idle:
                times.append(self._next_command()[0])
            if self._silent_since is not None and self._silence is not Silence.ABSENT:
                times.append(self._silent_since + codes.NON_RESPONSE_S)
        return min((time for time in times if time is not None), default=None)

    def data_to_send(self, now: float) -> bytes:
        if not self._connected:
            return b""
        if data := self._line.take(now):
            return data
        if not self._line.idle:
            return b""
        due, command = self._next_command()
        if now < due:
            return b""
        return self._line.send(command, self._sending(command, now), now)

    # What goes out next

    def _next_command(self) -> tuple[float, Command]:
        free = self._line.free_at
        if self._line.withheld:
            return max(free, self._poll_at), Command.POLL
        if self._wish in (_Wish.STACK, _Wish.RETURN) and self._wish_at is None:
            return free, Command(self._wish.value)
        if self._reset_due:
            return free, Command.RESET
        if self._types_due and self._types() != self._enabled and self._may_set_types():
            return free, Command.ENABLE_BILL_TYPES
        if self._phase is Phase.ASK and self._query_due:
            return free, self._queries[0]
        if self._count_due:
            return free, Command.COUNTER_OF_STACKED_BILLS
        poll_at = max(free, self._poll_at)
        if self._wish is _Wish.HOLD and self._wish_at is not None and self._wish_at < poll_at:
            return max(free, self._wish_at), Command.HOLD
        return poll_at, Command.POLL

    def _types(self) -> frozenset[int]:
        """The bill types that the unit ought to have enabled in this phase."""
        return self._wanted if self._phase is Phase.SERVICE else _NOTHING

    def _may_set_types(self) -> bool:
        if self._reply is None or not self._reply.meaning.bill_types:
            return False
        return self._phase is Phase.SERVICE or self._reply.state in (State.IDLING, State.ACCEPTING)

    def _sending(self, command: Command, now: float) -> bytes:
        """Notes that the command goes out; returns its data."""
        if command is Command.POLL:
            self._polled_at, self._poll_at = now, now + codes.POLL_S
        elif command is Command.STACK:
            self._wish_at = float("inf")
            self._notes.stack_sent(now)
        elif command is Command.RETURN:
            self._wish_at = float("inf")
            self._notes.return_sent(now)
        elif command is Command.HOLD:
            self._wish_at = now + HOLD_REPEAT_S
        elif command is Command.RESET:
            self._reset_due = False
            self._polls_since_reset = 0
            self._enabled = None
        elif command is Command.ENABLE_BILL_TYPES:
            self._types_due = False
            self._enabled, self._types_sent = None, self._types()
            return codes.bill_types_data(self._types_sent)
        elif command is Command.COUNTER_OF_STACKED_BILLS:
            self._count_due = self._query_due = False
        else:
            self._query_due = False
        return b""

    # What came in

    def _handle(self, answer: Answer, now: float) -> None:
        if answer.outcome is Outcome.SILENCE:
            self._unanswered(answer.command, now)
            return
        if answer.outcome is Outcome.BABBLE:
            self._garbled(answer.command, now)
            return
        self._answered()
        _ANSWERS.get(answer.command, CcnetMachine._query_answered)(self, answer, now)

    def _unanswered(self, command: Command, now: float) -> None:
        self._silences += 1
        if self._silent_since is None:
            self._silent_since = now - REPLY_S
        self._poll_at = now
        if command in _QUERIES:
            self._query_failed()
        if self._silences >= OFFLINE_AFTER_SILENCES and self._silence is None:
            self._fall_silent(Silence.OFFLINE)

    def _garbled(self, command: Command, now: float) -> None:
        """Whoever talks there, it is not the unit; it may be another one when it answers again."""
        self._poll_at = now
        if command in _QUERIES:
            self._query_failed()
        self._answers = self._count_asked = False
        self._reply = None
        self._tell_trouble(Trouble.GARBLED, "bytes without end, and no reply in them")

    def _fall_silent(self, silence: Silence) -> None:
        self._answers = self._count_asked = False
        self._reply = None
        if silence is not self._silence:
            self._silence = silence
            self._events.append(Silent(silence))

    def _answered(self) -> None:
        self._silences, self._silent_since = 0, None
        if not self._answers:
            self._answers, self._silence = True, None
            self._events.append(Answering())
            self._start()

    def _start(self) -> None:
        self._phase = Phase.START
        self._reply = None
        self._enabled = None
        self._trouble = None
        self._queries = []
        self._count_due = self._query_due = False
        self._notes.new_start()

    def _polled(self, answer: Answer, now: float) -> None:
        if answer.outcome is not Outcome.DATA:
            return
        reply = read_poll_reply(answer.payload)
        if reply is None:
            self._reply = None
            echo = answer.payload[0] == Command.POLL
            self._tell_trouble(Trouble.ECHO if echo else Trouble.UNKNOWN_STATE, answer.payload.hex(" "))
            return
        if self._trouble and self._trouble.trouble is not Trouble.NO_NOTE_TABLE:
            self._trouble = None
        self._see_restart(reply)
        if reply != self._reply:
            self._events.append(state_seen(reply))
        self._reply = reply
        if reply.state is State.DEVICE_BUSY and reply.data:
            self._poll_at = max(self._poll_at, now + reply.data * _BUSY_UNIT_S)
        if self._must_count_first(reply):
            return
        news = self._notes.poll(reply)
        if any(isinstance(event, Escrowed) for event in news):
            self._wish = self._wish_at = None
        if any(isinstance(event, Stacked) for event in news) and self._count is not None:
            self._count = (self._count + 1) % COUNT_MODULUS
        self._tell_of_notes(news)
        if reply.state is State.BILL_STACKED and self._notes.awaits_acknowledgement:
            self._line.withhold()
            self._poll_at = now + COMMIT_WAIT_S
        self._follow_note(reply)
        self._follow_phase(reply)

    def _must_count_first(self, reply: PollReply) -> bool:
        """A note found in escrow before the unit's counter was ever read is told of one POLL later, after the
        count: the owner may want to stack it, and the count before STACK is the evidence if its outcome gets lost."""
        if reply.state is not State.ESCROW_POSITION or self._count is not None or self._count_asked:
            return False
        self._count_due = self._count_asked = True
        return True

    def _see_restart(self, reply: PollReply) -> None:
        """A unit that has lost its power, or starts anew by itself, has forgotten its bill types, and may be
        another unit."""
        if reply.meaning.kind not in (Kind.POWERED_UP, Kind.INITIALISING):
            return
        if self._phase is not Phase.START:
            self._start()
        self._enabled = None
        if reply.meaning.kind is Kind.POWERED_UP:
            new = self._reply is None or self._reply.meaning.kind is not Kind.POWERED_UP
            self._polls_since_reset += 1
            self._reset_due = new or self._polls_since_reset > RESET_PATIENCE_POLLS

    def _tell_of_notes(self, news: Sequence[NoteEvent]) -> None:
        self._events += (told for event in news if (told := _in_common_words(event)) is not None)
        self._doubt = self._doubt or any(isinstance(event, OutcomeUnknown) for event in news)

    def _follow_note(self, reply: PollReply) -> None:
        """What the reply means for the owner's wish: a command that did not reach the unit is sent again, a wish
        that is met ends."""
        step = self._notes.step
        in_escrow = reply.state is State.ESCROW_POSITION
        if step is None:
            self._wish = self._wish_at = None
        elif step is Step.IN_DOUBT:
            # Given up as unknown, and in escrow after all: once it is given back its outcome is certain.
            self._wish, self._wish_at = (_Wish.RETURN, None) if in_escrow else (None, None)
        elif in_escrow and self._wish in (_Wish.STACK, _Wish.RETURN) and self._notes.commands_sent < STACK_TRIES_MAX:
            self._wish_at = None

    def _follow_phase(self, reply: PollReply) -> None:
        self._types_due = True
        if self._phase is Phase.SERVICE:
            self._serve(reply)
        elif reply.state is not State.UNIT_DISABLED:
            self._phase = Phase.START
            if reply.state is State.IDLING:
                self._enabled = None
        elif self._phase is Phase.START and self._notes.settled:
            self._phase = Phase.ASK
            self._clear_answers()
            self._queries, self._query_tries = list(_QUERIES), 0
        self._query_due = self._phase is Phase.ASK

    def _serve(self, reply: PollReply) -> None:
        at_rest = reply.state in (State.IDLING, State.UNIT_DISABLED)
        if self._doubt and at_rest and self._notes.step in (None, Step.IN_DOUBT):
            self._start()
        elif at_rest and (reply.state is State.IDLING) != bool(self._enabled):
            self._enabled = None

    def _types_answered(self, answer: Answer, now: float) -> None:
        if answer.outcome is Outcome.CONFIRMED:
            self._enabled = self._types_sent

    def _stack_answered(self, answer: Answer, now: float) -> None:
        if answer.outcome is Outcome.ILLEGAL:
            self._notes.stack_refused()

    def _nothing_to_do(self, answer: Answer, now: float) -> None:
        """The next POLL shows what has come of it."""

    def _query_answered(self, answer: Answer, now: float) -> None:
        if self._phase is not Phase.ASK:
            if answer.command is Command.COUNTER_OF_STACKED_BILLS and answer.outcome is Outcome.DATA:
                self._count = read_counter(answer.payload)
                if self._count is not None:
                    self._events.append(CountRead(self._count))
            return
        if answer.command is Command.COUNTER_OF_STACKED_BILLS:
            self._count = read_counter(answer.payload)
            self._count_asked = True
            self._next_query()
            return
        if answer.outcome is not Outcome.DATA:
            self._query_failed()
            return
        if answer.command is Command.GET_STATUS:
            self._enabled = read_status(answer.payload)
        elif answer.command is Command.GET_BILL_TABLE:
            self._bill_table = read_bill_table(answer.payload)
        else:
            self._identification = read_identification(answer.payload) or self._identification
        self._next_query()

    def _query_failed(self) -> None:
        """Tried again after the next POLL; a model without the command is left alone after some tries."""
        self._query_tries += 1
        if self._phase is Phase.ASK and self._queries and self._query_tries >= QUERY_TRIES_MAX:
            self._next_query()

    def _next_query(self) -> None:
        self._query_tries = 0
        del self._queries[0]
        self._query_due = bool(self._queries)
        if self._queries:
            return
        if not self._bill_table:
            self._phase = Phase.START
            self._tell_trouble(Trouble.NO_NOTE_TABLE, self._identification.part_number)
            return
        self._phase = Phase.SERVICE
        self._doubt = False
        self._trouble = None
        self._notes.start_complete()
        identity = UnitIdentity(self._identification.part_number, self._identification.serial_number)
        self._events.append(Ready(identity, dict(self._bill_table), self._count))

    def _tell_trouble(self, trouble: Trouble, detail: str) -> None:
        told = Troubled(trouble, detail)
        if told != self._trouble:
            self._trouble = told
            self._events.append(told)


def _in_common_words(event: NoteEvent) -> ValidatorEvent | None:
    match event:
        case OutcomeUnknown(note_type, doubt, reply):
            return OutcomeUnknownToAll(note_type, doubt, TROUBLES.get(reply.state) if reply else None)
        case Rejected(code):
            return Refused(REFUSALS.get(code, RefuseReason.UNKNOWN), f"{code:02X}")
        case Counterfeit():
            return None  # it is a state too, and is told as one
        case _:
            return event


_ANSWERS: Mapping[Command, Callable[[CcnetMachine, Answer, float], None]] = {
    Command.POLL: CcnetMachine._polled,
    Command.ENABLE_BILL_TYPES: CcnetMachine._types_answered,
    Command.STACK: CcnetMachine._stack_answered,
    Command.RETURN: CcnetMachine._nothing_to_do,
    Command.HOLD: CcnetMachine._nothing_to_do,
    Command.RESET: CcnetMachine._nothing_to_do,
}
