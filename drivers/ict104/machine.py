"""The controller's side of ICT-104.

Two phases. In START the unit is inhibited and polled until it says so; in SERVICE it is kept as the owner wants it. A
power-up, a silence and a doubt lead back to START. The unit speaks when it likes; a poll every half second shows that
it is there, except while a note waits in escrow, where only accept, reject and hold are legal.

What the protocol lacks is made up for by distrust: ACCEPT goes out for a note that the owner has decided about, or in
answer to a power-up, and never else; 10h counts only while an ACCEPT is pending; bytes of no meaning make everything
around them worthless.
"""

from collections.abc import Callable, Mapping
from enum import Enum, auto

from drivers.ict104 import codes
from drivers.ict104.codes import Command
from drivers.ict104.frame import ReportReader
from drivers.ict104.status import MODELS, REFUSAL, Kind, Report
from drivers.validator.events import (
    Answering,
    Ready,
    Refused,
    Silent,
    StateSeen,
    StrayReport,
    Troubled,
    UnitIdentity,
    ValidatorEvent,
)
from drivers.validator.machine import Capabilities
from drivers.validator.note import NoteRecord, Step
from drivers.validator.words import Doubt, RefuseReason, Silence, Trouble
from drivers.wire import SerialSettings

CAPABILITIES = Capabilities(
    protocol="ict104",
    has_escrow_hold=False,
    escrow_s=codes.DECISION_S,
    tells_denominations=False,
    has_serial_number=False,
    has_counter=False,
    acknowledges_credit=False,
    proves=frozenset(),
    refuses_types=False,
)

OFFLINE_AFTER_POLLS = 2
ABSENT_S = 5.0
STACKING_PATIENCE_S = 5.0
"""A unit that moves a note need not answer polls; after so long it is silent all the same."""
GIVEN_BACK_S = 6.0
"""A note that was to be given back, and of which nothing was heard for so long, has gone back: nothing can stack it."""
VERIFY_S = 0.1
"""After ENABLE or INHIBIT the unit is asked whether it has taken it."""
ENABLE_TRIES_MAX = 3
"""Then the unit is reset: it waits for an answer to a power-up that we have not heard."""
ENABLE_TRIES_AFTER_POWER_UP_MAX = 20
"""A unit whose power-up was answered is given the time for its start."""
RESETS_MAX = 2
SILENT_RESET_S = 8.0
"""A silent unit may be waiting for an answer to a power-up that we have missed: it is reset, once the time in which
it could be stacking or holding a note is over."""
CLEARED_POLLS = 20
"""So many plain answers running end an error whose end we have not heard."""
DIRT_MAX = 3
DIRT_S = 1.0
"""So many bytes of no meaning within that time: this is not our protocol, until as long a time without any."""
ECHO_S = 0.05


class Phase(Enum):
    START = auto()
    SERVICE = auto()


class Ict104Machine:
    """`drivers.validator.machine.ValidatorMachine`. `model` is a name in `status.MODELS`; raises `KeyError` for
    another."""

    def __init__(self, model: str = "") -> None:
        self._model = MODELS[model]
        self._reader = ReportReader(self._model)
        self._record = NoteRecord()
        self._events: list[ValidatorEvent] = []
        self._outbox = bytearray()
        self._connected = False
        self._phase = Phase.START
        self._wanted: frozenset[int] = frozenset()
        self._order: Command | None = None
        self._given_back_unheard: tuple[int, float] | None = None
        """A note that never was the owner's: its type, and since when it is on its way out."""
        self._answers = False
        self._silence: Silence | None = None
        self._trouble_told = False
        self._heard_at = 0.0
        self._poll_at = 0.0
        self._poll_out = False
        self._missed = 0
        self._invalid = 0
        self._reset_at: float | None = None
        self._error: int | None = None
        self._plain_polls = 0
        self._state_told = False
        self._enable_tries = 0
        self._enable_tries_max = ENABLE_TRIES_MAX
        self._resets = 0
        self._dirt: list[float] = []
        self._dirty_until = 0.0
        self._garbled = False

    # What it is

    @property
    def settings(self) -> SerialSettings:
        return codes.SETTINGS

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    @property
    def in_service(self) -> bool:
        return self._phase is Phase.SERVICE

    @property
    def stacked_count(self) -> int | None:
        """The protocol has no counter."""
        return None

    @property
    def bookmark(self) -> str:
        return ""

    @property
    def damaged_replies(self) -> int:
        """Bytes with a parity error, all of them taken for absent."""
        return self._reader.damaged

    # Verbs

    def set_note_types(self, types: frozenset[int]) -> None:
        """The unit itself takes all types or none; one that is not wanted is given back from escrow."""
        if bool(types) != bool(self._wanted):
            self._enable_tries = self._resets = 0
        changed, self._wanted = bool(types) != bool(self._wanted), types
        if changed and self._phase is Phase.SERVICE:
            self._set_enabled()

    def stack(self) -> bool:
        return self._decide(Command.ACCEPT)

    def return_note(self) -> bool:
        return self._decide(Command.REJECT)

    def hold(self, now: float) -> bool:
        """The note is kept until three seconds after it came; the protocol's own hold is not relied on."""
        if self._order is not None or not self._record.in_escrow:
            return False
        self._outbox.append(Command.HOLD)
        return True

    def acknowledge(self) -> bool:
        return self._record.committed()

    def reset(self) -> bool:
        if not self._record.settled or self._given_back_unheard is not None:
            return False
        self._outbox.append(Command.RESET)
        return True

    def _decide(self, command: Command) -> bool:
        if self._order is not None or not self._record.in_escrow:
            return False
        self._order = command
        return True

    # Wire

    def connection_made(self, now: float) -> None:
        self._connected = True
        self._reader.clear()
        self._outbox.clear()
        self._answers, self._silence, self._garbled = False, None, False
        self._dirt.clear()
        self._heard_at = now
        self._missed, self._poll_out = 0, False
        self._reset_at = now + SILENT_RESET_S
        # Whatever waits in escrow from before is nobody's: it goes back. REJECT can stack nothing.
        self._outbox.append(Command.REJECT)
        self._start(now)

    def connection_lost(self, now: float) -> None:
        self._connected = False
        self._outbox.clear()
        self._reader.clear()
        self._fall_silent(Silence.PORT_LOST)

    def data_to_send(self, now: float) -> bytes:
        if not self._connected:
            self._outbox.clear()
            return b""
        if self._order is not None:
            order, self._order = self._order, None
            self._outbox.append(order)
            if order is Command.ACCEPT:
                self._record.stack_sent(now)
            else:
                self._record.return_sent(now)
            self._poll_at, self._poll_out = now + codes.POLL_S, False
        if now >= self._poll_at and not self._record.in_escrow and not self._garbled:
            self._outbox.append(Command.POLL)
            self._poll_at, self._poll_out = now + codes.POLL_S, True
        data = bytes(self._outbox)
        self._outbox.clear()
        return data

    def receive_data(self, data: bytes, now: float) -> None:
        for report in self._reader.receive(data, now):
            self._hear(report, now)

    def next_deadline(self) -> float | None:
        times = [self._record.outcome_due]
        if self._connected:
            times += [self._reader.pair_due(), self._return_due()]
            if self._record.in_escrow and self._order is None and self._record.note is not None:
                times.append(self._record.note.since + codes.DECISION_S)
            if self._garbled:
                times.append(self._dirt[-1] + DIRT_S)
            elif not self._record.in_escrow:
                times.append(self._poll_at)
            if not self._answers and not self._garbled and self._silence is not Silence.ABSENT:
                times.append(self._heard_at + ABSENT_S)
        return min((time for time in times if time is not None), default=None)

    def handle_deadline(self, now: float) -> None:
        self._expire_note(now)
        if not self._connected:
            return
        for report in self._reader.expire(now):
            self._hear(report, now)
        if self._garbled and now >= self._dirt[-1] + DIRT_S:
            self._garbled = False
            self._dirt.clear()
            self._start(now)
        if self._poll_out and now >= self._poll_at:
            self._unanswered(now)
        if not self._answers and not self._garbled and now >= self._heard_at + ABSENT_S:
            self._fall_silent(Silence.ABSENT)

    def take_events(self) -> tuple[ValidatorEvent, ...]:
        events, self._events = tuple(self._events), []
        return events

    # Time

    def _return_due(self) -> float | None:
        if self._given_back_unheard is not None:
            return self._given_back_unheard[1] + GIVEN_BACK_S
        if self._record.step is Step.RETURN_SENT and self._record.note is not None:
            return self._record.note.since + GIVEN_BACK_S
        return None

    def _expire_note(self, now: float) -> None:
        note = self._record.note
        if (due := self._record.outcome_due) is not None and now >= due:
            self._events += self._record.expire(now)
            self._start(now)
        if (gone := self._return_due()) is not None and now >= gone:
            self._gave_back()
        undecided = self._connected and self._order is None and self._record.in_escrow
        if undecided and note is not None and now >= note.since + codes.DECISION_S:
            self._order = Command.REJECT

    def _unanswered(self, now: float) -> None:
        self._poll_out = False
        note = self._record.note
        if note is not None and note.step is Step.STACK_SENT and now < note.since + STACKING_PATIENCE_S:
            return
        self._missed += 1
        if self._missed < OFFLINE_AFTER_POLLS:
            return
        if self._invalid >= OFFLINE_AFTER_POLLS:
            self._tell_trouble(Trouble.REFUSED, "the unit calls a poll an invalid command")
        else:
            self._fall_silent(Silence.OFFLINE)
        if self._reset_at is None:
            self._reset_at = self._heard_at + SILENT_RESET_S
        if now >= self._reset_at and self._record.note is None:
            self._reset_at = now + SILENT_RESET_S
            self._outbox.append(Command.RESET)

    def _fall_silent(self, silence: Silence) -> None:
        self._answers, self._phase = False, Phase.START
        if silence is not self._silence and not (silence is Silence.OFFLINE and self._silence is Silence.ABSENT):
            self._silence = silence
            self._trouble_told = False
            self._events.append(Silent(silence))

    def _tell_trouble(self, trouble: Trouble, detail: str) -> None:
        self._answers, self._phase = False, Phase.START
        if not self._trouble_told:
            self._trouble_told, self._silence = True, None
            self._events.append(Troubled(trouble, detail))

    def _start(self, now: float) -> None:
        """Inhibits the unit and asks it; a note that waits for a decision goes back."""
        self._phase = Phase.START
        self._enable_tries = 0
        self._state_told = False
        if self._record.in_escrow and self._order is None:
            self._order = Command.REJECT
        self._outbox.append(Command.INHIBIT)
        self._poll_at = now

    # What comes in

    def _hear(self, report: Report, now: float) -> None:
        if report.kind is Kind.UNKNOWN:
            self._dirty(now, report.code)
            return
        if self._garbled or now < self._dirty_until:
            return
        if report.kind is Kind.INVALID_COMMAND:
            self._invalid += 1
            return
        self._heard_at = now
        self._missed = self._invalid = 0
        self._poll_out = False
        self._reset_at = None
        if not self._answers:
            self._answers, self._silence, self._trouble_told = True, None, False
            self._events.append(Answering())
            if report.kind is not Kind.POWER_UP:
                self._start(now)
                self._poll_at = now + VERIFY_S
        _HEARD[report.kind](self, report, now)
        if self._answers and not self._state_told:
            self._tell_state()

    def _dirty(self, now: float, byte: int) -> None:
        self._dirt = [*(at for at in self._dirt if now - at < DIRT_S), now][-DIRT_MAX:]
        self._dirty_until = now + ECHO_S
        if len(self._dirt) >= DIRT_MAX:
            self._garbled = True
            self._tell_trouble(Trouble.GARBLED, f"bytes of no meaning, the last {byte:02X}h")

    def _tell_state(self) -> None:
        self._state_told = True
        if self._error is None:
            self._events.append(StateSeen(None))
        else:
            trouble, word = self._model.errors[self._error]
            self._events.append(StateSeen(trouble, f"{self._error:02X}h {word}"))

    def _power_up(self, report: Report, now: float) -> None:
        """Nothing says what has become of a note that was under way. No note can wait in escrow: ACCEPT is safe."""
        if self._record.step is Step.STACK_SENT:
            self._events += self._record.doubt(Doubt.POWER_CUT)
        else:
            self._events += self._record.gone()
        self._record.note = None
        self._order = None
        self._gave_back_unwanted()
        self._error = None
        self._enable_tries_max = ENABLE_TRIES_AFTER_POWER_UP_MAX
        self._outbox.clear()
        self._outbox.append(Command.ACCEPT)
        self._start(now)
        self._poll_at = now + VERIFY_S

    def _escrow(self, report: Report, now: float) -> None:
        step, note = self._record.step, self._record.note
        if step is Step.IN_ESCROW and note is not None and note.note_type == report.code:
            return
        if step is Step.STACK_SENT:
            # It may be the next note, or this one come back from a weak motor: nothing tells them apart.
            self._events += self._record.doubt(Doubt.CONTRADICTION)
            self._start(now)
        if self._phase is Phase.SERVICE and report.code in self._wanted:
            self._gave_back_unwanted()
            self._order = None
            self._events += self._record.escrow(report.code, now)
        else:
            self._given_back_unheard = (report.code, now)
            self._outbox.append(Command.REJECT)
            self._poll_at = now + codes.POLL_S

    def _stacked(self, report: Report, now: float) -> None:
        note = self._record.note
        if note is None or note.step not in (Step.STACK_SENT, Step.IN_DOUBT) or self._given_back_unheard is not None:
            self._events.append(StrayReport(f"{report.code:02X}"))
            return
        late = note.step is Step.IN_DOUBT
        self._events += self._record.secured(None, recovered=late)
        self._poll_at = min(self._poll_at, now + VERIFY_S)

    def _not_accepted(self, report: Report, now: float) -> None:
        if self._given_back_unheard is not None:
            self._gave_back_unwanted()
        elif self._record.step is Step.STACK_SENT and not self._model.not_accepted_is_returned:
            self._events += self._record.doubt(Doubt.STOPPED, Trouble.CASH_UNIT_JAMMED)
            self._start(now)
        elif self._record.note is not None:
            self._order = None
            self._events += self._record.given_back()
        else:
            self._events.append(Refused(REFUSAL, f"{report.code:02X}"))

    def _rejected(self, report: Report, now: float) -> None:
        if self._record.note is not None and self._given_back_unheard is None:
            self._order = None
            self._events += self._record.given_back()
        elif self._given_back_unheard is not None:
            self._gave_back_unwanted()
        else:
            self._events.append(Refused(REFUSAL, f"{report.code:02X}"))

    def _gave_back(self) -> None:
        if self._given_back_unheard is not None:
            self._gave_back_unwanted()
        else:
            self._events += self._record.gone()

    def _gave_back_unwanted(self) -> None:
        if self._given_back_unheard is not None:
            note_type, self._given_back_unheard = self._given_back_unheard[0], None
            code = f"{codes.TYPE_FIRST + note_type:02X}"
            self._events.append(Refused(RefuseReason.NOT_ACCEPTED_NOW, code))

    def _poll_answered(self, report: Report, now: float) -> None:
        if self._error is not None:
            self._plain_polls += 1
            if self._plain_polls < CLEARED_POLLS:
                return
            self._clear_error()
        if report.kind is Kind.BUSY:
            return
        enabled = report.kind is Kind.ENABLED
        if self._phase is Phase.SERVICE:
            if enabled == bool(self._wanted):
                self._enable_tries = self._resets = 0
            else:
                self._set_enabled()
        elif enabled:
            self._outbox.append(Command.INHIBIT)
            self._poll_at = now + VERIFY_S
        elif self._record.settled and self._given_back_unheard is None:
            self._phase = Phase.SERVICE
            if not self._state_told:
                self._tell_state()
            self._events.append(Ready(UnitIdentity(), None, None))

    def _set_enabled(self) -> None:
        """Tells the unit what is wanted, and asks soon whether it has taken it."""
        if self._wanted and self._enable_tries >= self._enable_tries_max:
            self._enable_tries, self._enable_tries_max = 0, ENABLE_TRIES_MAX
            self._resets += 1
            if self._resets > RESETS_MAX:
                self._resets = 0
                self._tell_trouble(Trouble.REFUSED, "the unit stays inhibited, also after a reset")
            elif self._record.settled:
                self._outbox.append(Command.RESET)
            return
        self._enable_tries += bool(self._wanted)
        self._outbox.append(Command.ENABLE if self._wanted else Command.INHIBIT)

    def _failed(self, report: Report, now: float) -> None:
        self._plain_polls = 0
        if report.code != self._error:
            self._error = report.code
            self._tell_state()
        self._stop(report, now)

    def _stop(self, report: Report, now: float) -> None:
        if self._record.step is Step.STACK_SENT:
            self._events += self._record.doubt(Doubt.STOPPED, self._model.errors[report.code][0])
            self._start(now)
            self._poll_at = now + codes.POLL_S
        elif self._record.step is Step.RETURN_SENT:
            self._events += self._record.gone()
        elif self._record.in_escrow:
            self._order = Command.REJECT

    def _error_cleared(self, report: Report, now: float) -> None:
        self._clear_error()
        self._poll_at = min(self._poll_at, now + VERIFY_S)

    def _clear_error(self) -> None:
        if self._error is not None:
            self._error = None
            self._tell_state()

    def _nothing(self, report: Report, now: float) -> None:
        """Told by what leads here."""


_HEARD: Mapping[Kind, Callable[[Ict104Machine, Report, float], None]] = {
    Kind.POWER_UP: Ict104Machine._power_up,
    Kind.ESCROW: Ict104Machine._escrow,
    Kind.STACKED: Ict104Machine._stacked,
    Kind.NOT_ACCEPTED: Ict104Machine._not_accepted,
    Kind.REJECTED: Ict104Machine._rejected,
    Kind.ENABLED: Ict104Machine._poll_answered,
    Kind.INHIBITED: Ict104Machine._poll_answered,
    Kind.BUSY: Ict104Machine._poll_answered,
    Kind.ERROR: Ict104Machine._failed,
    Kind.ERROR_CLEARED: Ict104Machine._error_cleared,
    Kind.INVALID_COMMAND: Ict104Machine._nothing,
    Kind.UNKNOWN: Ict104Machine._nothing,
}
