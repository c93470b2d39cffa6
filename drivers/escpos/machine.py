"""The conversation with one ESC/POS printer, as a table.

A paper goes QUEUED → preflight → SENDING → BODY_FENCE → CUT_FENCE → VERDICT → printed. What it rests on:

* **A fence** is a queued command that the printer answers when its turn comes: `GS ( H` fn 48 echoes our four bytes
  "when the printing is completed"; a printer that does not know it answers `GS r 1` in the same order, without an id.
  Which of the two it is, is found out at each connection. A real-time answer overtakes the buffer and proves nothing.
* **A round** asks DLE EOT 1–4 one at a time and ends with a fence. Answers do not say which question they belong to;
  but the printer keeps their order, so a stale one among them makes one too many before the fence comes back, and the
  whole round is void. Bad news is believed at once; good news only from a round that was closed like this.
* **Silence** is a state of its own: after an unanswered question everything is drained before the next is asked.
* **Three answers.** Before the first byte of the paper: refused. After both fences and a clear DLE EOT 3: printed.
  Anything else, at its deadline or when the line is lost: unknown. Then what may hang out of the printer, or sit in its
  buffer, is cut off before the next paper, so that no customer gets a piece of another's.

The machine does not know what stands on the paper, and never sends a paper twice.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from drivers.escpos import encoder
from drivers.escpos.commands import (
    CHINESE_ON,
    DISABLE_REAL_TIME_PULSE_AND_POWER_OFF,
    INITIALISE,
    AutomaticStatus,
    Question,
    automatic_status_back,
    feed_lines,
)
from drivers.escpos.condition import Condition, after_answer, after_automatic, after_full
from drivers.escpos.fences import Fences, Told
from drivers.escpos.job import (
    Anomaly,
    ConditionChanged,
    DrawnBack,
    EscposEvent,
    Fence,
    JobFinished,
    Outcome,
    PrintJob,
    TakenFromPresenter,
)
from drivers.escpos.phases import Phase, Purpose, Stimulus, Timing
from drivers.escpos.profiles import Profile
from drivers.escpos.status import (
    AutomaticStatusBack,
    Block,
    Demultiplexer,
    FlowControl,
    FullStatus,
    ProcessIdEcho,
    QueuedStatus,
    RealTimeStatus,
)
from drivers.wire import SerialSettings

_SHORT_ROUND = (Question.PRINTER, Question.PAPER)
_FULL_ROUND = (Question.PRINTER, Question.OFFLINE_CAUSE, Question.ERROR_CAUSE, Question.PAPER)
_PADDING = b"\x00" * 2048
"""Longer than any command of ours: a printer left in the middle of one (a picture, a QR code) takes it as the rest."""
_PADDINGS_MAX = 2
_PREAMBLE = b"\x00" * 16
"""Sent before the first question: a printer left in a command's header takes its missing numbers as zero, rather than
take our questions for them. By itself NUL prints nothing."""
_QUEUE_MAX = 8
_AHEAD_BYTES = 48
"""A segment is handed over when this many bytes of the one before are still on the line: never dry, XOFF soon heard."""


class EscposMachine:
    """A `WireMachine`. `print_job` and `clear_paper` are its verbs, `condition` is what it knows."""

    def __init__(self, name: str, profile: Profile, *, baud: int | None = None, timing: Timing | None = None) -> None:
        self.name = name
        self.profile = profile
        self.condition = Condition()
        self._settings = SerialSettings(baud or profile.baud)
        self._timing = timing or Timing()
        self._demultiplexer = Demultiplexer(full_status=profile.presenter is not None)
        self._fences = Fences()
        self._events: list[EscposEvent] = []
        self._out = bytearray()

        self._phase = Phase.DOWN
        self._phase_until: float | None = None
        self._rounds = 0

        self._question: Question | None = None
        self._question_until = 0.0
        self._asked_last = 0.0
        self._doubt = False
        """A question of this job went unanswered, so a late answer may still come."""

        self._purpose = Purpose.BRING_UP
        self._to_ask: deque[Question] = deque()
        self._paddings = 0
        self._automatic_alive = False

        self._jobs: deque[tuple[PrintJob, float]] = deque()
        self._job: PrintJob | None = None
        self._segments: deque[bytes] = deque()
        self._send_at = 0.0
        self._line_free_at = 0.0
        self._paused, self._paused_until = False, 0.0
        self._watch_at = 0.0
        self._hindered_since: float | None = None
        self._give_up_at = 0.0
        self._was_hindered = False

        self._verdict_by = 0.0
        self._cut_unseen = False
        """The question of how the cutter is, asked while it cut, is still open."""
        self._scrap = False
        self._clearings = 0
        """How often the presenter has been told to empty itself, since it was last seen empty."""
        self._presented: str | None = None
        self._presented_at = 0.0

    # -- the wire ------------------------------------------------------------------------------------------------

    @property
    def settings(self) -> SerialSettings:
        return self._settings

    @property
    def phase(self) -> Phase:
        return self._phase

    @property
    def fence(self) -> Fence | None:
        """Which fence this printer answers; `None` until it has been found out."""
        return self._fences.kind

    @property
    def busy(self) -> bool:
        return self._job is not None or bool(self._jobs)

    def connection_made(self, now: float) -> None:
        self._fences.connect(f"{self.name}/{now!r}")
        self._automatic_alive = False
        self._paused, self._paused_until = False, 0.0
        self._set_condition(Condition(connected=True))
        self._drain(now, self._timing.quiet_s)

    def connection_lost(self, now: float) -> None:
        self._finish_lost("the line was lost")
        self._out.clear()
        self._question = None
        self._fences.give_up()
        self._demultiplexer.reset()
        self._set_condition(Condition())
        self._enter(Phase.DOWN, None)

    def receive_data(self, data: bytes, now: float) -> None:
        if self._phase is Phase.DOWN:
            return
        for reply in self._demultiplexer.feed(data, now):
            self._take(reply, now)
        self._pump(now)

    def data_to_send(self, now: float) -> bytes:
        data = bytes(self._out)
        self._out.clear()
        return data

    def next_deadline(self) -> float | None:
        deadlines = [at for at in (self._phase_until,) if at is not None]
        if self._question is not None:
            deadlines.append(self._question_until)
        if self._phase is Phase.SENDING and self._may_send():
            deadlines.append(max(self._send_at, self._paused_until))
        if self._phase in _WATCHED and self._question is None:
            deadlines.append(self._watch_at)
        if self._jobs and self._job is None:
            deadlines.append(self._jobs[0][1])
        return min(deadlines, default=None)

    def handle_deadline(self, now: float) -> None:
        if self._question is not None and now >= self._question_until:
            self._question = None
            self._doubt = True
            self._dispatch(Stimulus.UNANSWERED, now)
        if self._phase_until is not None and now >= self._phase_until:
            self._dispatch(Stimulus.TIME, now)
        while self._job is None and self._jobs and now >= self._jobs[0][1]:
            job, _ = self._jobs.popleft()
            self._report(job, Outcome.REFUSED, detail=self.condition.words())
        self._pump(now)
        if self._phase in _WATCHED and self._question is None and now >= self._watch_at:
            self._watch(now)

    def take_events(self) -> tuple[EscposEvent, ...]:
        events = tuple(self._events)
        self._events.clear()
        return events

    # -- verbs ---------------------------------------------------------------------------------------------------

    def print_job(self, job: PrintJob, now: float) -> None:
        """Prints one paper. The answer is `JobFinished`; with no line, or a queue of eight, it is refused at once."""
        if self._phase is Phase.DOWN:
            self._report(job, Outcome.REFUSED, detail="no line")
        elif len(self._jobs) >= _QUEUE_MAX:
            self._report(job, Outcome.REFUSED, detail="too many papers are waiting")
        else:
            self._jobs.append((job, now + self._timing.preflight_s))
            if self._phase is Phase.IDLE:
                self._start_round(Purpose.PREFLIGHT, now)

    def clear_paper(self, now: float) -> None:
        """Cuts off what may hang out of the printer, before the next paper. For a paper that an earlier run of the
        program left unproven; after its own unproven papers the machine does it by itself."""
        self._scrap = True
        if self._phase is Phase.IDLE:
            self._start_round(Purpose.BRING_UP, now)

    def check(self, now: float) -> None:
        """Asks everything now rather than at the next poll."""
        if self._phase is Phase.IDLE:
            self._start_round(Purpose.BRING_UP, now)

    # -- what comes in -------------------------------------------------------------------------------------------

    def _take(self, reply: object, now: float) -> None:
        if isinstance(reply, FlowControl):
            self._paused = reply.paused
            self._paused_until = now + self._timing.pause_s if reply.paused else 0.0
        elif self._phase is Phase.DRAIN:
            assert self._phase_until is not None
            self._phase_until = max(self._phase_until, now + self._timing.quiet_s)
        elif isinstance(reply, RealTimeStatus):
            if self._question is None or self._question is Question.FULL:
                self._dispatch(Stimulus.SURPLUS, now)
            else:
                question, self._question = self._question, None
                self._set_condition(
                    replace(after_answer(self.condition, question, reply.value, self.profile.paper), answering=True)
                )
                self._dispatch(Stimulus.ANSWERED, now)
        elif isinstance(reply, FullStatus):
            # Labelled by its header, so that even one that nobody asked for is true.
            self._set_condition(replace(after_full(self.condition, reply), answering=True))
            if self._question is Question.FULL:
                self._question = None
                self._dispatch(Stimulus.ANSWERED, now)
        elif isinstance(reply, AutomaticStatusBack):
            self._automatic_alive = True
            self._take_automatic(reply, now)
        elif isinstance(reply, ProcessIdEcho):
            self._take_fence(self._fences.echo(reply.process_id), reply, now)
        elif isinstance(reply, QueuedStatus):
            self._take_fence(self._fences.queued_status(reply.value), reply, now)
        elif isinstance(reply, Block):
            self._events.append(Anomaly(f"block {reply.header:02X} {reply.payload!r}"))
        else:
            self._events.append(Anomaly(f"noise {reply!r}"))

    def _take_automatic(self, status: AutomaticStatusBack, now: float) -> None:
        was_hindered = self.condition.hindered
        told = after_automatic(self.condition, status)
        if was_hindered and not told.hindered and self._job is None:
            # Good news is not believed before it has been asked for.
            told = replace(told, confirmed=False)
        self._set_condition(told)
        if self._phase is Phase.IDLE and told.hindered != was_hindered:
            self._start_round(Purpose.POLL, now)

    def _take_fence(self, told: Told, reply: ProcessIdEcho | QueuedStatus, now: float) -> None:
        if told is Told.DONE:
            self._dispatch(Stimulus.FENCE, now)
        elif told is Told.SURPLUS:
            self._dispatch(Stimulus.QUEUED_SURPLUS, now)
        elif told is Told.FOREIGN:
            self._events.append(Anomaly(f"an answer that is not awaited: {reply}"))

    def _dispatch(self, stimulus: Stimulus, now: float) -> None:
        act = _TABLE.get((self._phase, stimulus))
        if act is not None:
            act(self, now)

    # -- asking --------------------------------------------------------------------------------------------------

    def _ask(self, question: Question, now: float) -> None:
        self._out += question.command()
        self._question = question
        self._asked_last = now
        if self._phase in (Phase.SENDING, Phase.BODY_FENCE):
            # It may have to wait behind a paper that the printer takes slowly. Nothing more is sent before the answer:
            # a printer that was off and on again has lost the question, and cannot be led past what else it lost.
            self._question_until = self._give_up_at
        elif self._phase in _WATCHED:
            self._question_until = now + self._timing.working_answer_s
        else:
            self._question_until = now + self._timing.answer_s

    def _send_fence(self, meaning: str, kind: Fence | None = None, answers: int = 1) -> None:
        kind = kind or self._fences.kind
        assert kind is not None, "a fence before the printer's kind is known"
        self._out += self._fences.command(meaning, kind, answers)

    def _start_round(self, purpose: Purpose, now: float) -> None:
        self._purpose = purpose
        self._rounds += 1
        short = purpose is Purpose.POLL and self._automatic_alive and self.condition.ready
        self._to_ask = deque(_SHORT_ROUND if short else _FULL_ROUND)
        if self.profile.presenter is not None:
            self._to_ask.append(Question.FULL)
        self._enter(Phase.ROUND, None)
        self._ask(self._to_ask.popleft(), now)

    def _drain(self, now: float, for_s: float) -> None:
        self._question = None
        self._fences.give_up()
        self._doubt = False
        self._demultiplexer.reset()
        self._enter(Phase.DRAIN, now + for_s)

    def _round_answered(self, now: float) -> None:
        if self._to_ask:
            self._ask(self._to_ask.popleft(), now)
        elif replace(self.condition, queue_stuck=False).hindered:
            self._set_condition(replace(self.condition, confirmed=False))
            self._refuse_waiting()
            self._idle(now)
        elif self._purpose is Purpose.POLL and self.condition.ready:
            self._idle(now)
        else:
            kind = self._fences.kind or (
                Fence.PROCESS_ID if self.profile.process_id == "probe" else Fence.QUEUED_STATUS
            )
            self._sync(kind, now)

    def _sync(self, kind: Fence, now: float) -> None:
        self._send_fence(f"round {self._rounds}", kind)
        if self._fences.kind is None and kind is Fence.PROCESS_ID:
            # A printer that does not know the command may have taken its parameters for text.
            self._out += INITIALISE
        self._enter(Phase.SYNC, now + self._timing.sync_s)

    def _round_unanswered(self, now: float) -> None:
        self._set_condition(replace(self.condition, answering=False, confirmed=False))
        self._drain(now, self._timing.drain_s)

    def _round_void(self, now: float) -> None:
        self._events.append(Anomaly("an answer too many: the round is asked again"))
        self._set_condition(replace(self.condition, confirmed=False))
        self._drain(now, self._timing.quiet_s)

    def _sync_late(self, now: float) -> None:
        """No fence came back: another kind of fence, then padding for a command left open, then a pause."""
        self._fences.give_up()
        if self._fences.kind is None and self._fences.trying is Fence.PROCESS_ID:
            self._sync(Fence.QUEUED_STATUS, now)
        elif self._paddings < _PADDINGS_MAX:
            self._paddings += 1
            self._fences.forget_kind()
            self._set_condition(replace(self.condition, confirmed=False))
            self._out += _PADDING
            # The padding takes its time on the line; the round after it must not overtake it.
            self._drain(now, len(_PADDING) * self._settings.byte_time_s() + self._timing.quiet_s)
        else:
            self._paddings = 0
            self._fences.forget_kind()
            self._set_condition(replace(self.condition, queue_stuck=True, confirmed=False))
            self._refuse_waiting()
            self._drain(now, self._timing.retry_s)

    def _synced(self, now: float) -> None:
        probing = self._fences.kind is None
        self._fences.settle_kind()
        if self._fences.trying is Fence.QUEUED_STATUS and (probing or self._purpose is Purpose.BRING_UP):
            self._enter(Phase.SETTLE, now + self._timing.quiet_s)
        else:
            self._round_closed(now)

    def _round_closed(self, now: float) -> None:
        """The round is true: nothing stale was in it."""
        self._paddings = 0
        self._doubt = False
        if self._purpose is Purpose.BRING_UP:
            self._out += INITIALISE + self._modes()
        if self._scrap:
            self._set_condition(replace(self.condition, queue_stuck=False))
            self._clear_scrap(now)
            return
        self._set_condition(replace(self.condition, confirmed=True, queue_stuck=False))
        if not self._jobs:
            self._idle(now)
        elif self._purpose is not Purpose.PREFLIGHT:
            self._start_round(Purpose.PREFLIGHT, now)
        elif self.profile.presenter is None:
            self._begin(now)
        elif self.condition.presenter_occupied:
            # The next paper is wanted: the one before it is not waited for.
            self._presented = self._presented or ""
            self._empty_presenter(now)
        else:
            if self._presented is not None:
                self._presenter_empty(now)
            self._begin(now)

    def _idle(self, now: float) -> None:
        presenter = self.profile.presenter
        self._enter(Phase.IDLE, now + self._timing.poll_s)
        if presenter is not None:
            self._watch_presenter(now)
            if self._phase is not Phase.IDLE:
                return
            if self._presented is not None:
                self._phase_until = now + presenter.poll_s
        if self._jobs:
            self._start_round(Purpose.PREFLIGHT, now)

    def _poll(self, now: float) -> None:
        self._start_round(Purpose.POLL if self._fences.kind is not None else Purpose.BRING_UP, now)

    # -- one paper -----------------------------------------------------------------------------------------------

    def _modes(self) -> bytes:
        """After every ESC @, which switches all of it off."""
        modes = b""
        if self.profile.guards_real_time:
            modes += DISABLE_REAL_TIME_PULSE_AND_POWER_OFF
        if self.profile.automatic_status:
            modes += automatic_status_back(AutomaticStatus.ONLINE | AutomaticStatus.ERROR | AutomaticStatus.PAPER)
        return modes

    def _begin(self, now: float) -> None:
        self._job, _ = self._jobs.popleft()
        self._segments = deque((INITIALISE + CHINESE_ON + self._modes(), *self._job.segments))
        self._send_at = self._line_free_at = now
        self._paused, self._paused_until = False, 0.0
        self._hindered_since = None
        self._was_hindered = False
        self._give_up_at = now + self._allowance(self._job) + 2 * self._timing.recovery_s
        self._watch_at = now + self._timing.watch_s
        self._enter(Phase.SENDING, now + self._allowance(self._job))

    def _allowance(self, job: PrintJob) -> float:
        """Seconds within which a sound printer has taken and printed the paper."""
        transfer = sum(map(len, job.segments)) * self._settings.byte_time_s()
        return transfer + job.length_mm / self.profile.speed_mm_s + self._timing.slack_s

    def _may_send(self) -> bool:
        return bool(self._segments) and not self.condition.hindered and self._question is None

    def _pump(self, now: float) -> None:
        """Hands over what is due. No question goes out while a segment is being handed over, none inside one."""
        if self._phase in _CUTTING and self.condition.cutter_error:
            # Mended, the printer may go on behind the cut that it has not made, and answer the fence.
            self._cutter_failed(now)
        elif self._job is not None and self._phase in _WATCHED:
            self._note_hindrance(now)
        while self._phase is Phase.SENDING and self._may_send() and now >= max(self._send_at, self._paused_until):
            segment = self._segments.popleft()
            self._out += segment
            self._line_free_at = max(now, self._line_free_at) + len(segment) * self._settings.byte_time_s()
            self._send_at = max(now, self._line_free_at - _AHEAD_BYTES * self._settings.byte_time_s())
        if self._phase is Phase.SENDING and not self._segments and self._job is not None:
            self._send_fence(f"{self._job.job_id}/body")
            self._enter(Phase.BODY_FENCE, now + self._allowance(self._job))

    def _note_hindrance(self, now: float) -> None:
        """A printer that says what keeps it is given time; one that is silent is not."""
        hindered = self.condition.hindered
        if hindered and self._hindered_since is None:
            self._hindered_since = now
            self._was_hindered = True
            self._phase_until = min(now + self._timing.recovery_s, self._give_up_at)
        elif not hindered and self._hindered_since is not None:
            assert self._job is not None
            self._hindered_since = None
            if self._paused:
                self._paused_until = now + self._timing.pause_s
            self._phase_until = min(now + self._allowance(self._job), self._give_up_at)

    def _watch_from(self, now: float) -> None:
        self._to_ask.clear()
        self._watch_at = now + self._timing.watch_s

    def _watch(self, now: float) -> None:
        """While a paper is being printed or cut: what keeps it, if anything. Asked only between segments."""
        self._watch_at = now + self._timing.watch_s
        if not self._to_ask:
            self._to_ask = deque((Question.ERROR_CAUSE,) if self._phase in _CUTTING else _FULL_ROUND)
        self._ask(self._to_ask.popleft(), now)

    def _body_done(self, now: float) -> None:
        assert self._job is not None
        self._watch_from(now)
        if self._question is not None:
            self._question_until = now + self._timing.working_answer_s
        self._out += self._cut()
        if self.profile.presenter is not None:
            self._out += self.profile.presenter.present
        self._send_fence(f"{self._job.job_id}/cut", answers=2)
        self._enter(Phase.CUT_FENCE, now + self._timing.cut_s)

    def _cut(self) -> bytes:
        feed = feed_lines(self.profile.feed_before_cut) if self.profile.feed_before_cut else b""
        return feed + encoder.cut()

    def _cut_done(self, now: float) -> None:
        self._verdict_by = now + self._timing.verdict_s
        self._to_ask = self._verdict_questions()
        self._cut_unseen = self._question is not None
        if self._question is not None:
            self._enter(Phase.VERDICT, self._verdict_by)
        elif self._doubt:
            # A late answer to a question of a moment ago must not pass for this one.
            self._enter(Phase.VERDICT, now + self._timing.drain_s)
        else:
            self._enter(Phase.VERDICT, self._verdict_by)
            self._ask(self._to_ask.popleft(), now)

    def _verdict_questions(self) -> deque[Question]:
        full = (Question.FULL,) if self.profile.presenter is not None else ()
        return deque((Question.ERROR_CAUSE, *full))

    def _verdict_answered(self, now: float) -> None:
        self._cut_unseen = False
        if self.condition.cutter_error or self.condition.jam or self.condition.unrecoverable_error:
            self._finish_unknown(now, "both fences came back, but the printer reports: " + self.condition.words())
        elif self._to_ask:
            self._ask(self._to_ask.popleft(), now)
        else:
            self._finish_printed(now)

    def _verdict_unanswered(self, now: float) -> None:
        if self._cut_unseen:
            self._cut_unwatched(now)
            return
        self._to_ask = self._verdict_questions()
        self._phase_until = now + self._timing.drain_s

    def _verdict_time(self, now: float) -> None:
        if self._doubt and self._question is None and now < self._verdict_by:
            self._doubt = False
            self._phase_until = self._verdict_by
            self._ask(self._to_ask.popleft(), now)
        else:
            self._finish_unknown(now, "both fences came back, but the cutter's state was not answered")

    def _job_surplus(self, now: float) -> None:
        self._doubt = True
        self._events.append(Anomaly("an answer that nobody asked for, in the middle of a paper"))

    def _order_lost(self, now: float) -> None:
        self._finish_unknown(now, "an answer too many to GS r: the fences cannot be told apart")

    def _watch_answered(self, now: float) -> None:
        self._watch_at = now if self._to_ask else now + self._timing.watch_s

    def _sight_lost(self, now: float) -> None:
        """Off and on again, it has lost a piece of the paper, and would answer the fence behind it all the same."""
        self._set_condition(replace(self.condition, answering=False))
        self._finish_unknown(now, "the printer fell silent in the middle of the paper")

    def _cutter_failed(self, now: float) -> None:
        if self._phase is Phase.CUT_FENCE:
            self._finish_unknown(now, "all lines are proven; the cutter failed")
        else:
            self._clearing_late(now)

    def _cut_unwatched(self, now: float) -> None:
        """Slower than a sound cut, and nobody knows why: it may have failed, been mended, and been passed over."""
        self._finish_unknown(now, "all lines are proven; the cutter's state during the cut was not answered")

    def _sending_late(self, now: float) -> None:
        self._finish_unknown(now, f"the printer stopped taking data: {self.condition.words()}")

    def _body_late(self, now: float) -> None:
        self._finish_unknown(now, f"no fence after the last line: {self.condition.words()}")

    def _cut_late(self, now: float) -> None:
        self._finish_unknown(now, f"all lines are proven, the cut is not: {self.condition.words()}")

    # -- ends ----------------------------------------------------------------------------------------------------

    @property
    def _begun(self) -> bool:
        """Whether a byte of the paper has been handed over. The initialisation before it counts too."""
        return self._job is not None and len(self._segments) <= len(self._job.segments)

    def _take_job(self, now: float) -> PrintJob:
        """Ends the paper in hand; the time of those that wait begins."""
        assert self._job is not None
        job, self._job = self._job, None
        self._jobs = deque((waiting, now + self._timing.preflight_s) for waiting, _ in self._jobs)
        return job

    def _finish_printed(self, now: float) -> None:
        job = self._take_job(now)
        detail = "the printer was held up in the middle of it" if self._was_hindered else ""
        self._report(job, Outcome.PRINTED, fence=self._fences.kind, cut=True, detail=detail)
        if self.profile.presenter is not None:
            self._presented, self._presented_at = job.job_id, now
        self._set_condition(replace(self.condition, answering=True))
        self._idle(now)

    def _finish_unknown(self, now: float, detail: str) -> None:
        begun = self._begun
        job = self._take_job(now)
        self._segments.clear()
        self._report(job, Outcome.UNKNOWN if begun else Outcome.REFUSED, detail=detail)
        self._scrap = self._scrap or begun
        self._paused, self._paused_until = False, 0.0
        self._set_condition(replace(self.condition, confirmed=False))
        self._drain(now, self._timing.drain_s)

    def _finish_lost(self, detail: str) -> None:
        if self._job is not None:
            begun = self._begun
            job, self._job = self._job, None
            self._segments.clear()
            self._report(job, Outcome.UNKNOWN if begun else Outcome.REFUSED, detail=detail)
            self._scrap = self._scrap or begun
        while self._jobs:
            waiting, _ = self._jobs.popleft()
            self._report(waiting, Outcome.REFUSED, detail=detail)

    def _refuse_waiting(self) -> None:
        while self._jobs:
            job, _ = self._jobs.popleft()
            self._report(job, Outcome.REFUSED, detail=self.condition.words())

    def _report(
        self, job: PrintJob, outcome: Outcome, *, fence: Fence | None = None, cut: bool = False, detail: str = ""
    ) -> None:
        self._events.append(JobFinished(job.job_id, outcome, fence, cut, detail))

    # -- scrap and presenter -------------------------------------------------------------------------------------

    def _clear_scrap(self, now: float) -> None:
        presenter = self.profile.presenter
        emptying = b"" if presenter is None else presenter.retract or presenter.eject or b""
        # First what lies in the mouth: nothing may be cut onto it.
        self._out += emptying + INITIALISE + self._modes() + self._cut() + emptying
        self._watch_from(now)
        self._send_fence("scrap")
        self._enter(Phase.CLEARING, now + self._timing.cut_s)

    def _watch_presenter(self, now: float) -> None:
        """Takes note of what lies in the mouth: ours, or (`_presented` empty) one of before the program's start."""
        presenter = self.profile.presenter
        assert presenter is not None
        if self._presented is None and self.condition.presenter_occupied and self.condition.confirmed:
            self._presented, self._presented_at = "", now
        if self._presented is None:
            return
        if not self.condition.presenter_occupied:
            self._presenter_empty(now)
        elif now - self._presented_at >= presenter.not_taken_s and self._fences.kind is not None:
            self._empty_presenter(now)

    def _presenter_empty(self, now: float) -> None:
        job_id, clearings = self._presented, self._clearings
        self._presented, self._clearings = None, 0
        if self.condition.presenter_error:
            self._set_condition(replace(self.condition, presenter_error=False))
        if not job_id:
            return
        presenter = self.profile.presenter
        assert presenter is not None
        if clearings == 0:
            self._events.append(TakenFromPresenter(job_id))
        else:
            self._events.append(DrawnBack(job_id, ejected=clearings > 1 or presenter.retract is None))

    def _empty_presenter(self, now: float) -> None:
        """Retracts; ejects where that is not possible or did not help; then it is a fault."""
        presenter = self.profile.presenter
        assert presenter is not None
        commands = [command for command in (presenter.retract, presenter.eject) if command is not None]
        if self._clearings >= len(commands):
            self._set_condition(replace(self.condition, presenter_error=True, confirmed=False))
            self._refuse_waiting()
            self._enter(Phase.IDLE, now + self._timing.poll_s)
            return
        self._out += commands[self._clearings]
        self._clearings += 1
        self._watch_from(now)
        self._send_fence("presenter")
        self._enter(Phase.CLEARING, now + self._timing.cut_s)

    def _cleared(self, now: float) -> None:
        """The fence after the clearing is back; a whole round then shows whether it helped."""
        if self._question is not None:
            return  # how the cutter is doing has been asked; the answer decides
        self._scrap = False
        self._start_round(Purpose.PREFLIGHT if self._jobs else Purpose.BRING_UP, now)

    def _clearing_answered(self, now: float) -> None:
        if self.condition.cutter_error:
            self._clearing_late(now)
        elif not self._fences.awaited:
            self._cleared(now)
        else:
            self._watch_answered(now)

    def _clearing_late(self, now: float) -> None:
        self._set_condition(replace(self.condition, confirmed=False))
        self._drain(now, self._timing.drain_s)

    def _start_again(self, now: float) -> None:
        self._out += _PREAMBLE
        self._start_round(Purpose.BRING_UP, now)

    # -- bookkeeping ---------------------------------------------------------------------------------------------

    def _enter(self, phase: Phase, until: float | None) -> None:
        self._phase = phase
        self._phase_until = until

    def _set_condition(self, condition: Condition) -> None:
        if condition != self.condition:
            self.condition = condition
            self._events.append(ConditionChanged())


_CUTTING = frozenset((Phase.CUT_FENCE, Phase.CLEARING))
_WATCHED = frozenset((Phase.SENDING, Phase.BODY_FENCE)) | _CUTTING

_Act = Callable[[EscposMachine, float], None]
_M = EscposMachine

_TABLE: dict[tuple[Phase, Stimulus], _Act] = {
    (Phase.DRAIN, Stimulus.TIME): _M._start_again,
    (Phase.ROUND, Stimulus.ANSWERED): _M._round_answered,
    (Phase.ROUND, Stimulus.UNANSWERED): _M._round_unanswered,
    (Phase.ROUND, Stimulus.SURPLUS): _M._round_void,
    (Phase.ROUND, Stimulus.QUEUED_SURPLUS): _M._round_void,
    (Phase.SYNC, Stimulus.FENCE): _M._synced,
    (Phase.SYNC, Stimulus.SURPLUS): _M._round_void,
    (Phase.SYNC, Stimulus.TIME): _M._sync_late,
    (Phase.SETTLE, Stimulus.SURPLUS): _M._round_void,
    (Phase.SETTLE, Stimulus.QUEUED_SURPLUS): _M._round_void,
    (Phase.SETTLE, Stimulus.TIME): _M._round_closed,
    (Phase.IDLE, Stimulus.SURPLUS): _M._round_void,
    (Phase.IDLE, Stimulus.QUEUED_SURPLUS): _M._round_void,
    (Phase.IDLE, Stimulus.TIME): _M._poll,
    (Phase.SENDING, Stimulus.ANSWERED): _M._watch_answered,
    (Phase.SENDING, Stimulus.UNANSWERED): _M._sight_lost,
    (Phase.SENDING, Stimulus.SURPLUS): _M._job_surplus,
    (Phase.SENDING, Stimulus.QUEUED_SURPLUS): _M._order_lost,
    (Phase.SENDING, Stimulus.TIME): _M._sending_late,
    (Phase.BODY_FENCE, Stimulus.ANSWERED): _M._watch_answered,
    (Phase.BODY_FENCE, Stimulus.UNANSWERED): _M._sight_lost,
    (Phase.BODY_FENCE, Stimulus.SURPLUS): _M._job_surplus,
    (Phase.BODY_FENCE, Stimulus.QUEUED_SURPLUS): _M._order_lost,
    (Phase.BODY_FENCE, Stimulus.FENCE): _M._body_done,
    (Phase.BODY_FENCE, Stimulus.TIME): _M._body_late,
    (Phase.CUT_FENCE, Stimulus.ANSWERED): _M._watch_answered,
    (Phase.CUT_FENCE, Stimulus.UNANSWERED): _M._cut_unwatched,
    (Phase.CUT_FENCE, Stimulus.SURPLUS): _M._job_surplus,
    (Phase.CUT_FENCE, Stimulus.QUEUED_SURPLUS): _M._order_lost,
    (Phase.CUT_FENCE, Stimulus.FENCE): _M._cut_done,
    (Phase.CUT_FENCE, Stimulus.TIME): _M._cut_late,
    (Phase.VERDICT, Stimulus.ANSWERED): _M._verdict_answered,
    (Phase.VERDICT, Stimulus.UNANSWERED): _M._verdict_unanswered,
    (Phase.VERDICT, Stimulus.SURPLUS): _M._job_surplus,
    (Phase.VERDICT, Stimulus.QUEUED_SURPLUS): _M._order_lost,
    (Phase.VERDICT, Stimulus.TIME): _M._verdict_time,
    (Phase.CLEARING, Stimulus.ANSWERED): _M._clearing_answered,
    (Phase.CLEARING, Stimulus.UNANSWERED): _M._clearing_late,
    (Phase.CLEARING, Stimulus.FENCE): _M._cleared,
    (Phase.CLEARING, Stimulus.TIME): _M._clearing_late,
}
"""What is done in which phase; a pair that is not here changes nothing."""
