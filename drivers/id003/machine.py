"""The controller's side of ID-003: which command goes out next, and when.

The machine is always in one of three phases. In START it finds out what the unit is doing: a unit that has lost its
power is RESET, one that still runs from before is inhibited, a note left in it is told of and settled. In ASK it puts
its questions to the inhibited unit. In SERVICE it keeps the unit at the wanted denominations. The status is asked for
every 100 ms in all three. The unit falls back to START when it has started anew by itself or has not answered: it may
be another unit.

What a byte means is in `status` and `replies`, what has become of a note in `notes`, the line in `exchange`.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto

from drivers.id003 import codes
from drivers.id003.codes import Command
from drivers.id003.exchange import Answer, Exchange, Outcome
from drivers.id003.notes import NextStep, NoteTracker
from drivers.id003.replies import read_currency_assignment, read_text, read_version
from drivers.id003.status import REFUSALS, TROUBLES, Kind, State, StatusReply, read_status, state_seen
from drivers.validator.events import (
    Answering,
    Escrowed,
    NoteValue,
    OutcomeUnknown,
    Ready,
    Refused,
    Silent,
    Troubled,
    UnitIdentity,
    ValidatorEvent,
)
from drivers.validator.machine import Capabilities, Gap
from drivers.validator.note import NoteEvent, Step
from drivers.validator.words import RefuseReason, Silence, Trouble
from drivers.wire import SerialSettings

CAPABILITIES = Capabilities(
    protocol="id003",
    has_escrow_hold=False,
    escrow_s=codes.ESCROW_S,
    tells_denominations=True,
    has_serial_number=True,
    has_counter=False,
    acknowledges_credit=True,
    proves=frozenset((Gap.RESTART,)),
    first_note_type=1,
)

OFFLINE_AFTER_SILENCES = 2
GARBLED_AFTER = 3
"""So many exchanges running without a reply that could be read, some of them with bytes."""
REFUSED_AFTER = 3
"""So many status requests or settings running that the unit refused."""
GAP_S = 1.0
"""After so long without a status one note may have been exchanged for another: returning it and feeding the next takes
longer."""
LISTEN_S = 0.100
"""After opening the port: whoever had it before may have left the unit in the middle of a reply."""
QUERY_TRIES_MAX = 3
RESET_PATIENCE_REPLIES = 10
"""Replies that still show a power-up after RESET, before RESET is sent again."""
MUTE_S = 15.0
"""A unit whose VEND VALID was left unacknowledged for a minute hears nothing but RESET. After so long a silence it gets
one, if no note is open that it could still report, and again after `MUTE_AGAIN_S`."""
MUTE_AGAIN_S = 10.0
MUTE_REPLY_S = 0.1
"""RESET follows this soon on a status request without answer, so that a unit that has just been plugged in is asked
for its status first."""

_NOTHING: frozenset[int] = frozenset()
_QUESTIONS = (
    Command.VERSION,
    Command.SERIAL_NUMBER,
    Command.CURRENCY_ASSIGNMENT,
    Command.OPTIONAL_FUNCTION_STATUS,
)


class Phase(Enum):
    START = auto()
    ASK = auto()
    SERVICE = auto()


class _Wish(Enum):
    """What is to be done with the note in escrow."""

    STACK = auto()
    RETURN = auto()


class Id003Machine:
    """`drivers.validator.machine.ValidatorMachine` for one unit.

    `model` may be `country-NN`: the hexadecimal country number under which the unit lists the yuan, if it is not the
    known one (2D). Raises `ValueError` for another model.
    """

    def __init__(self, model: str = "") -> None:
        self._yuan = _country(model)
        self._line = Exchange()
        self._notes = NoteTracker()
        self._events: list[ValidatorEvent] = []
        self._connected = False
        self._phase = Phase.START
        self._reply: StatusReply | None = None
        self._answers = False
        self._silence: Silence | None = None
        self._bad = self._silences = self._refusals = self._settings_refused = 0
        self._silent_since: float | None = None
        self._seen_at = float("-inf")
        self._poll_at = 0.0
        self._reset_at: float | None = None
        self._probing = False
        self._wish: _Wish | None = None
        self._wanted = _NOTHING
        self._mask: frozenset[int] | None = None
        self._inhibited: bool | None = None
        self._settings_due = False
        self._reset_due = self._ack_due = False
        self._replies_since_reset = 0
        self._echo_free = False
        self._questions: list[Command] = []
        self._question_due = False
        self._question_tries = 0
        self._recovery: bytes | None = None
        self._stack_command = Command.STACK_2
        self._trouble: Troubled | None = None
        self._doubt = False
        self._identity = UnitIdentity()
        self._note_values: dict[int, NoteValue] | None = None

    @property
    def settings(self) -> SerialSettings:
        return codes.SETTINGS

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    @property
    def phase(self) -> Phase:
        return self._phase

    @property
    def in_service(self) -> bool:
        return self._phase is Phase.SERVICE

    @property
    def stacked_count(self) -> int | None:
        """The protocol has no counter."""
        return None

    @property
    def bookmark(self) -> str:
        """The unit repeats what is not acknowledged; nothing more has to be kept."""
        return ""

    @property
    def damaged_replies(self) -> int:
        return self._line.damaged_replies

    # Verbs

    def set_note_types(self, types: frozenset[int]) -> None:
        """Which denominations (1 to 16) are to be taken; kept up over resets of the unit until called again."""
        codes.enable_data(types)
        self._wanted = types
        self._settings_due = True

    def stack(self) -> bool:
        """STACK-2 the note in escrow. False if none waits there, or RETURN has been ordered."""
        return self._wish_for(_Wish.STACK)

    def return_note(self) -> bool:
        """RETURN the note in escrow. False if none waits there, or STACK has been ordered."""
        return self._wish_for(_Wish.RETURN)

    def hold(self, now: float) -> bool:
        """The note waits in any case, until 3 s after it came: nothing can prolong that. False if none waits."""
        return self._notes.in_escrow and self._wish is None

    def _wish_for(self, wish: _Wish) -> bool:
        if not self._notes.in_escrow or self._wish is not None:
            return False
        self._wish = wish
        return True

    def acknowledge(self) -> bool:
        """The owner has committed the stacked note: ACK it now, or when the unit shows it again. False if none awaits
        that."""
        if not self._notes.committed():
            return False
        self._ack_due = self._reply is not None and self._reply.state is State.VEND_VALID
        return True

    def reset(self) -> bool:
        """RESET the unit. False while a note is in it: RESET would decide its fate."""
        if self._notes.step not in (None, Step.IN_DOUBT) or self._notes.awaits_commit:
            return False
        self._reset_due = True
        return True

    # Wire

    def connection_made(self, now: float) -> None:
        self._connected = True
        self._line.reset(now)
        self._poll_at = now + LISTEN_S
        self._bad = self._silences = self._refusals = 0
        self._silent_since, self._silence = None, None
        self._reset_at = None
        self._answers = self._echo_free = False
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
        if self._connected:
            answer = self._line.expire(now)
            if answer:
                self._handle(answer, now)
            absent_at = self._absent_at()
            if absent_at is not None and now >= absent_at:
                self._fall_silent(Silence.ABSENT)
            escrow_due = self._escrow_due()
            if escrow_due is not None and now >= escrow_due:
                self._wish = _Wish.RETURN
        self._tell_of_notes(self._notes.expire(now))

    def _absent_at(self) -> float | None:
        if self._silence is not Silence.OFFLINE or self._silent_since is None:
            return None
        return self._silent_since + codes.NON_RESPONSE_S

    def _escrow_due(self) -> float | None:
        at = self._notes.escrowed_at
        return at + codes.ESCROW_S if at is not None and self._wish is None else None

    def next_deadline(self) -> float | None:
        times = [self._notes.outcome_due]
        if self._connected:
            times += [self._line.next_deadline(), self._escrow_due(), self._absent_at()]
            if self._line.idle:
                times.append(self._next_command()[0])
        return min((time for time in times if time is not None), default=None)

    def data_to_send(self, now: float) -> bytes:
        if not self._connected or not self._line.idle:
            return b""
        due, command = self._next_command()
        if now < due:
            return b""
        reply_s = MUTE_REPLY_S if command is Command.STATUS_REQUEST and self._is_mute(now) else codes.REPLY_S
        return self._line.send(command, self._sending(command, now), now, reply_s)

    # What goes out next

    def _next_command(self) -> tuple[float, Command]:
        free = self._line.free_at
        if self._ack_due:
            return free, Command.ACK
        if (command := self._note_command()) is not None:
            return free, command
        if self._reset_due:
            return free, Command.RESET
        if self._question_due and not self._echo_free:
            return free, Command.VERSION
        if (setting := self._next_setting()) is not None:
            return free, setting
        if self._phase is Phase.ASK and self._question_due:
            return free, self._questions[0]
        return max(free, self._poll_at), Command.STATUS_REQUEST

    def _note_command(self) -> Command | None:
        """Only on sight of the note: what lies in escrow after a silence is looked at first."""
        if self._reply is None or self._reply.state not in (State.ESCROW, State.HOLDING):
            return None
        if self._notes.next_step is NextStep.STACK_AGAIN or (self._wish is _Wish.STACK and self._notes.in_escrow):
            return self._stack_command
        if self._notes.next_step is NextStep.RETURN or (self._wish is _Wish.RETURN and self._notes.in_escrow):
            return Command.RETURN
        return None

    def _next_setting(self) -> Command | None:
        """ENABLE and INHIBIT, as far as the unit is not set as it ought to be in this phase and takes it now."""
        if not self._settings_due or self._reply is None:
            return None
        inhibit = self._phase is not Phase.SERVICE or not self._wanted
        if not inhibit and (self._reply.kind not in _ENABLES or self._notes.awaits_commit):
            return None
        if inhibit and self._reply.kind not in _INHIBITS:
            return None
        if not inhibit and self._mask != self._wanted:
            return Command.ENABLE
        return Command.INHIBIT if self._inhibited is not inhibit else None

    def _sending(self, command: Command, now: float) -> bytes:
        """Notes that the command goes out; returns its data."""
        if command is Command.STATUS_REQUEST:
            self._poll_at = now + codes.POLL_S
            self._probing = self._is_mute(now)
        elif command is Command.ACK:
            self._ack_due = False
            self._poll_at = max(self._poll_at, now + codes.POLL_S)
        elif command in (Command.STACK_1, Command.STACK_2):
            self._wish = None
            self._notes.stack_sent(now)
        elif command is Command.RETURN:
            self._wish = None
            self._notes.return_sent(now)
        elif command is Command.RESET:
            self._reset_due = False
            self._replies_since_reset = 0
            self._mask = self._inhibited = None
        elif command is Command.ENABLE:
            self._mask = self._wanted
            return codes.enable_data(self._wanted)
        elif command is Command.INHIBIT:
            self._inhibited = self._phase is not Phase.SERVICE or not self._wanted
            return codes.INHIBITED if self._inhibited else codes.UNINHIBITED
        elif command is Command.OPTIONAL_FUNCTION:
            self._question_due = False
            return self._recovery or b""
        else:
            self._question_due = False
        return b""

    # What came in

    def _handle(self, answer: Answer, now: float) -> None:
        if answer.outcome in (Outcome.SILENCE, Outcome.DAMAGED):
            self._unanswered(answer, now)
            return
        self._bad = self._silences = 0
        self._silent_since = self._reset_at = None
        if answer.outcome is Outcome.REFUSED and answer.command is Command.STATUS_REQUEST:
            self._status_refused(answer)
            return
        if not self._answers:
            self._answers, self._silence = True, None
            self._events.append(Answering())
            self._start()
        _ANSWERS.get(answer.command, Id003Machine._question_answered)(self, answer, now)

    def _unanswered(self, answer: Answer, now: float) -> None:
        self._bad += 1
        self._silences += answer.outcome is Outcome.SILENCE
        if self._silent_since is None:
            self._silent_since = now - codes.REPLY_S
        self._poll_at = now if self._bad < GARBLED_AFTER else now + codes.POLL_S
        self._setting_failed(answer.command)
        if answer.command in _QUESTIONS or answer.command is Command.OPTIONAL_FUNCTION:
            self._question_failed()
        if self._silences >= OFFLINE_AFTER_SILENCES:
            if self._silence is None:
                self._fall_silent(Silence.OFFLINE)
        elif self._bad >= GARBLED_AFTER:
            self._out_of_reach()
            self._tell_trouble(Trouble.GARBLED, "bytes, and no reply in them")
        if self._probing and answer.command is Command.STATUS_REQUEST and answer.outcome is Outcome.SILENCE:
            self._reset_at, self._reset_due = now, True
        self._probing = False

    def _is_mute(self, now: float) -> bool:
        """Silent for so long that only a RESET may help, and it can cost no report."""
        if self._silence is not Silence.ABSENT or self._silent_since is None or self._notes.step is not None:
            return False
        since = self._silent_since + MUTE_S if self._reset_at is None else self._reset_at + MUTE_AGAIN_S
        return now >= since

    def _status_refused(self, answer: Answer) -> None:
        self._refusals += 1
        if self._refusals >= REFUSED_AFTER:
            self._out_of_reach()
            self._tell_trouble(Trouble.REFUSED, f"{answer.command:02X}: {answer.payload.hex()}")

    def _out_of_reach(self) -> None:
        """Whoever talks there, we are not understood; it may be another unit when it answers again."""
        trouble = self._trouble
        self._answers = self._echo_free = False
        self._start()
        self._trouble = trouble

    def _fall_silent(self, silence: Silence) -> None:
        self._out_of_reach()
        if silence is not self._silence:
            self._silence = silence
            self._trouble = None
            self._events.append(Silent(silence))

    def _start(self) -> None:
        self._phase = Phase.START
        self._reply = None
        self._mask = self._inhibited = None
        self._trouble = None
        self._questions = []
        self._question_due = self._settings_due = self._ack_due = self._reset_due = False
        self._question_tries = 0
        self._notes.line_is_new()

    def _status_came(self, answer: Answer, now: float) -> None:
        self._refusals = 0
        reply = read_status(answer.payload)
        if reply is None:
            self._reply = None
            self._tell_trouble(Trouble.UNKNOWN_STATE, answer.payload.hex(" "))
            return
        if not self._echo_free:
            self._question_due = True
            if self._trouble and self._trouble.trouble is Trouble.ECHO:
                return
        self._settings_due = True
        if self._trouble and self._trouble.trouble is not Trouble.NO_NOTE_TABLE:
            self._trouble = None
        self._see_restart(reply)
        last, self._reply = self._reply, reply
        if reply != last:
            self._events.append(state_seen(reply))
            self._tell_of_refusal(reply)
        gap, self._seen_at = now > self._seen_at + GAP_S, now
        news = self._notes.see(reply, now, gap=gap)
        if reply.kind is Kind.STOPPED and reply.state not in (State.CHEATED, State.PAUSE):
            news += self._notes.stopped(TROUBLES.get(reply.state))
        if any(isinstance(event, Escrowed) for event in news):
            # Anything longer than an escrow code is a ticket with its bar code, which nobody has enabled.
            self._wish = _Wish.RETURN if len(reply.data) > 1 else None
        self._tell_of_notes(news)
        if self._notes.step is None:
            self._wish = None
        self._ack_due = self._notes.reported and reply.state is State.VEND_VALID
        self._follow_phase(reply)

    def _tell_of_refusal(self, reply: StatusReply) -> None:
        """A note of which nothing was known before is given back: refused. One from escrow is told as returned."""
        if reply.state is State.REJECTING and self._notes.step is None:
            code = reply.code
            reason = REFUSALS.get(code, RefuseReason.UNKNOWN) if code is not None else RefuseReason.UNKNOWN
            self._events.append(Refused(reason, f"{code:02X}" if code is not None else ""))

    def _see_restart(self, reply: StatusReply) -> None:
        """A unit that has lost its power, or starts anew by itself, has forgotten its settings, and may be another
        unit."""
        if reply.kind not in (Kind.POWERED_UP, Kind.INITIALISING):
            return
        last = self._reply
        if self._phase is not Phase.START:
            self._start()
        self._mask = self._inhibited = None
        if reply.kind is Kind.POWERED_UP:
            new = last is None or last.kind is not Kind.POWERED_UP
            self._replies_since_reset += 1
            self._reset_due = self._reset_due or new or self._replies_since_reset > RESET_PATIENCE_REPLIES

    def _tell_of_notes(self, news: Sequence[NoteEvent]) -> None:
        self._events += news
        self._doubt = self._doubt or any(isinstance(event, OutcomeUnknown) for event in news)

    def _follow_phase(self, reply: StatusReply) -> None:
        if self._phase is Phase.SERVICE:
            self._serve(reply)
        elif reply.state is not State.INHIBITED:
            self._phase = Phase.START
            if reply.state is State.IDLING:
                self._inhibited = None
        elif self._phase is Phase.START and self._echo_free and self._notes.settled:
            self._phase = Phase.ASK
            self._identity, self._note_values, self._recovery = UnitIdentity(), None, None
            self._questions, self._question_tries = list(_QUESTIONS), 0
        if self._phase is Phase.ASK:
            self._question_due = True

    def _serve(self, reply: StatusReply) -> None:
        at_rest = reply.kind is Kind.AT_REST
        if self._doubt and at_rest and self._notes.step in (None, Step.IN_DOUBT):
            self._start()
        elif at_rest and (reply.state is State.INHIBITED) is not self._inhibited:
            self._mask = self._inhibited = None

    def _setting_answered(self, answer: Answer, now: float) -> None:
        if answer.outcome is Outcome.CONFIRMED:
            self._settings_refused = 0
            return
        self._setting_failed(answer.command)
        self._settings_refused += 1
        if self._settings_refused >= REFUSED_AFTER:
            self._tell_trouble(Trouble.REFUSED, f"{answer.command:02X}: {answer.payload.hex()}")

    def _setting_failed(self, command: Command) -> None:
        """Sent again after the next status."""
        if command is Command.ENABLE:
            self._mask, self._settings_due = None, False
        elif command is Command.INHIBIT:
            self._inhibited, self._settings_due = None, False

    def _stack_answered(self, answer: Answer, now: float) -> None:
        if answer.outcome is Outcome.REFUSED:
            self._notes.stack_refused()
            if answer.payload[0] == codes.INVALID_COMMAND:
                # A unit that knows only the other one; if it was too late for either, that is refused as well.
                self._stack_command = Command.STACK_1

    def _nothing_to_do(self, answer: Answer, now: float) -> None:
        """The next status shows what has come of it."""

    def _question_answered(self, answer: Answer, now: float) -> None:
        if answer.outcome is Outcome.ECHO:
            self._phase = Phase.START
            self._echo_free = False
            self._tell_trouble(Trouble.ECHO, answer.payload.hex())
            return
        self._echo_free = True
        if self._phase is not Phase.ASK or not self._questions:
            return
        if answer.outcome is not Outcome.DATA and answer.command is not Command.OPTIONAL_FUNCTION:
            self._question_failed()
            return
        data = answer.payload[1:]
        if answer.command is Command.VERSION:
            model, firmware = read_version(data)
            self._identity = UnitIdentity(model, self._identity.serial_number, firmware)
        elif answer.command is Command.SERIAL_NUMBER:
            self._identity = UnitIdentity(self._identity.part_number, read_text(data), self._identity.firmware)
        elif answer.command is Command.CURRENCY_ASSIGNMENT:
            self._note_values = read_currency_assignment(data, self._yuan)
        elif answer.command is Command.OPTIONAL_FUNCTION_STATUS and not data[0] & codes.POWER_RECOVERY:
            self._recovery = bytes((data[0] | codes.POWER_RECOVERY,)) + data[1:]
            self._questions.append(Command.OPTIONAL_FUNCTION)
        self._next_question()

    def _question_failed(self) -> None:
        """Put again after the next status; a model that does not know it is left alone after some tries."""
        if not self._echo_free:
            self._question_due = False
            self._question_tries += 1
            self._echo_free = self._question_tries >= QUERY_TRIES_MAX and self._answers
            return
        self._question_tries += 1
        if self._phase is Phase.ASK and self._questions and self._question_tries >= QUERY_TRIES_MAX:
            self._next_question()

    def _next_question(self) -> None:
        self._question_tries = 0
        del self._questions[0]
        self._question_due = bool(self._questions)
        if self._questions:
            return
        if not self._note_values:
            self._phase = Phase.START
            self._tell_trouble(Trouble.NO_NOTE_TABLE, self._identity.part_number)
            return
        self._phase = Phase.SERVICE
        self._doubt = False
        self._trouble = None
        self._mask = self._inhibited = None
        self._settings_due = True
        self._events.append(Ready(self._identity, dict(self._note_values), None))

    def _tell_trouble(self, trouble: Trouble, detail: str) -> None:
        told = Troubled(trouble, detail)
        if told != self._trouble:
            self._trouble = told
            self._events.append(told)


def _country(model: str) -> int | None:
    if not model:
        return None
    word, _, number = model.partition("-")
    if word != "country" or len(number) != 2:
        raise ValueError(f"{model!r}: nothing, or country-NN with two hexadecimal digits")
    return int(number, 16)


_ENABLES = frozenset((Kind.AT_REST,))
"""States in which the unit is told to take notes, or which."""
_INHIBITS = frozenset((Kind.AT_REST, Kind.MOVING, Kind.STOPPED))
"""States in which it is told to take none."""

_ANSWERS: Mapping[Command, Callable[[Id003Machine, Answer, float], None]] = {
    Command.STATUS_REQUEST: Id003Machine._status_came,
    Command.ENABLE: Id003Machine._setting_answered,
    Command.INHIBIT: Id003Machine._setting_answered,
    Command.STACK_1: Id003Machine._stack_answered,
    Command.STACK_2: Id003Machine._stack_answered,
    Command.RETURN: Id003Machine._nothing_to_do,
    Command.RESET: Id003Machine._nothing_to_do,
}
