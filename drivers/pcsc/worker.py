"""One card reader behind PC/SC, as events and jobs.

Three threads, because a call into a hung reader can neither be timed nor cancelled:

* the *watcher* waits in SCardGetStatusChange for readers and cards, and asks again when pcscd has gone;
* the *lane* executes one job at a time on a card that it holds exclusively;
* the *supervisor* never calls PC/SC. It hears the two others, knows their deadlines, and is the only one that calls
`deliver`, so events
  come in one order. A lane that passes its deadline is abandoned: the command that hangs is its last.

Does not know: what is on a card, or which card it is. A card put back within 0.4 s after it was torn out of a
command can be reported absent until it is taken out again (pcscd's polling of some drivers); no program can see that
card.
"""

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from drivers.iso7816.apdu import CommandApdu, ResponseApdu
from drivers.iso7816.connection import TransmitError, TransmitFailure
from drivers.pcsc import scard
from drivers.pcsc.events import (
    CardAbsent,
    CardMuteSeen,
    CardPresent,
    Job,
    JobDone,
    JobFailure,
    JobFailureKind,
    LostReason,
    PcscEvent,
    ReaderArrived,
    ReaderLost,
)
from drivers.pcsc.scard import CardHandle, Context, ScardError

WATCH_TIMEOUT_MS = 1000
WATCH_GRACE_S = 5.0
"""A status call that returns so much later than asked for counts as hung."""
RETRY_S = 0.5
"""Between two attempts to reach a service or a reader that is not there."""
BUSY_RETRY_S = 0.1
BUSY_PATIENCE_S = 1.0
"""How long another program may hold the reader before a job fails."""
ABANDONED_MAX = 4
CLOSE_PATIENCE_S = 3.0

logger = logging.getLogger(__name__)

_FAILURE_KINDS = {
    TransmitFailure.SERVICE_LOST: JobFailureKind.SERVICE_LOST,
    TransmitFailure.READER_LOST: JobFailureKind.READER_LOST,
    TransmitFailure.ABANDONED: JobFailureKind.HUNG,
}

_SlotEvent = CardPresent | CardAbsent | CardMuteSeen


@dataclass(frozen=True, slots=True)
class _Beat:
    """The watcher is alive."""


@dataclass(frozen=True, slots=True)
class _Finished:
    lane: "_Lane"
    done: JobDone


@dataclass(frozen=True, slots=True)
class _Close:
    pass


_Message = ReaderArrived | ReaderLost | CardPresent | CardAbsent | CardMuteSeen | _Beat | _Finished | Job | _Close


class PcscWorker:
    """Watches the reader `reader_name` and works on the card in it.

    `reader_name`: the name as PC/SC lists it, or its beginning; `None` for the first reader there is.
    `deliver` is called from a thread of the worker, never from two at once, and must not block.
    """

    def __init__(self, reader_name: str | None, deliver: Callable[[PcscEvent], None]) -> None:
        self._deliver = deliver
        self._inbox: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._watcher = _Watcher(reader_name, self._inbox.put)
        self._lane: _Lane | None = None
        self._abandoned: list[_Lane] = []
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._job_due = 0.0
        self._last_beat = time.monotonic()
        self._watch_hung = False
        self._lane_hung = False
        self._reader: ReaderArrived | None = None
        self._slot: _SlotEvent | None = None
        self._lost: ReaderLost | None = None
        self._shown: ReaderArrived | ReaderLost | None = None
        self._shown_slot: _SlotEvent | None = None
        self._supervisor = threading.Thread(target=self._supervise, name="pcsc-supervisor", daemon=True)
        self._watcher.start()
        self._supervisor.start()

    def submit(self, job: Job) -> None:
        """Jobs are executed in the order in which they are submitted. The answer is a `JobDone`."""
        self._inbox.put(job)

    def close(self) -> None:
        """Ends the threads; `deliver` is not called any more. A job under way may finish for three seconds; its
        answer is dropped."""
        self._inbox.put(_Close())
        self._supervisor.join()
        self._watcher.stop()
        lane = self._lane
        if lane is not None:
            lane.end()
            lane.join(CLOSE_PATIENCE_S)
            lane.abandon()
        self._watcher.join(CLOSE_PATIENCE_S)

    # The rest runs in the supervisor's thread.

    def _supervise(self) -> None:
        while True:
            try:
                message = self._inbox.get(timeout=self._timeout_s())
            except queue.Empty:
                message = None
            if isinstance(message, _Close):
                return
            if message is not None:
                self._take(message)
            self._check_deadlines(time.monotonic())
            self._show()
            self._start_next()

    def _timeout_s(self) -> float:
        due = self._last_beat + WATCH_TIMEOUT_MS / 1000 + WATCH_GRACE_S
        if self._watch_hung:
            due += WATCH_GRACE_S
        if self._running is not None:
            due = min(due, self._job_due)
        return max(0.01, due - time.monotonic())

    def _take(self, message: _Message) -> None:
        match message:
            case _Beat():
                self._last_beat = time.monotonic()
                self._watch_hung = False
            case ReaderArrived():
                self._reader, self._slot, self._lost = message, None, None
                # A reader that comes anew is worth a new lane, unless too many calls have been lost already.
                self._lane_hung = len(self._abandoned) >= ABANDONED_MAX
            case ReaderLost():
                self._reader, self._slot, self._lost = None, None, message
                self._lane_hung = False
            case CardPresent() | CardAbsent() | CardMuteSeen():
                self._slot = message
                self._show()
            case Job():
                self._waiting.append(message)
            case _Finished(lane, done):
                if lane is self._lane:
                    self._running = None
                    self._deliver(done)
                else:
                    self._abandoned.remove(lane)
                    self._lane_hung = self._lane_hung and bool(self._abandoned)

    def _check_deadlines(self, now: float) -> None:
        if now >= self._last_beat + WATCH_TIMEOUT_MS / 1000 + WATCH_GRACE_S:
            self._watch_hung = True
        if self._running is None or now < self._job_due or self._lane is None:
            return
        job, lane = self._running, self._lane
        started = lane.abandon()
        self._abandoned.append(lane)
        self._running, self._lane, self._lane_hung = None, None, True
        logger.error("job %s passed its deadline of %.1f s and is abandoned", job.token, job.deadline_s)
        self._deliver(JobDone(job.token, None, JobFailure(JobFailureKind.HUNG, started, f"{job.deadline_s:g} s")))

    def _show(self) -> None:
        """Delivers what has changed since the last time."""
        wanted: ReaderArrived | ReaderLost | None = self._reader or self._lost
        if self._watch_hung or (self._lane_hung and self._reader is not None):
            wanted = ReaderLost(LostReason.HUNG)
        slot = self._slot if isinstance(wanted, ReaderArrived) else None
        if wanted is not None and _differs(wanted, self._shown):
            self._shown, self._shown_slot = wanted, None
            self._deliver(wanted)
        if slot is not None and slot is not self._shown_slot:
            self._shown_slot = slot
            self._deliver(slot)

    def _start_next(self) -> None:
        while self._running is None and self._waiting:
            job = self._waiting.popleft()
            refusal = self._refusal()
            if refusal is not None or self._reader is None:
                self._deliver(JobDone(job.token, None, refusal))
                continue
            if self._lane is None:
                self._lane = _Lane(self._inbox.put)
                self._lane.start()
            self._running, self._job_due = job, time.monotonic() + job.deadline_s
            self._lane.put(job, self._reader.name)

    def _refusal(self) -> JobFailure | None:
        """Why no job can be started now; the first reason that holds."""
        if self._watch_hung or self._lane_hung:
            return JobFailure(JobFailureKind.HUNG, started=False)
        if self._lost is not None and self._lost.reason is LostReason.SERVICE_MISSING:
            return JobFailure(JobFailureKind.SERVICE_LOST, started=False, detail=self._lost.detail)
        if self._reader is None:
            return JobFailure(JobFailureKind.READER_LOST, started=False)
        return None


class _Watcher(threading.Thread):
    """Reports readers and cards as they come and go, and a beat at least every `WATCH_TIMEOUT_MS`."""

    def __init__(self, reader_name: str | None, post: Callable[[_Message], None]) -> None:
        super().__init__(name="pcsc-watcher", daemon=True)
        self._reader_name = reader_name
        self._post = post
        self._ending = threading.Event()
        self._pcsc: Context | None = None

    def stop(self) -> None:
        self._ending.set()
        context = self._pcsc
        if context is not None:
            context.cancel()

    def run(self) -> None:
        while not self._ending.is_set():
            try:
                context = Context()
            except (ScardError, SystemError) as error:
                self._post(_Beat())
                self._post(ReaderLost(LostReason.SERVICE_MISSING, str(error)))
                self._ending.wait(RETRY_S)
                continue
            self._pcsc = context
            try:
                self._watch(context)
            except (ScardError, SystemError) as error:
                if not self._ending.is_set():
                    self._post(ReaderLost(LostReason.SERVICE_MISSING, str(error)))
            finally:
                self._pcsc = None
                context.release()

    def _watch(self, context: Context) -> None:
        """Returns when the watcher is stopped; raises when the service does not answer any more."""
        reader: str | None = None
        state = scard.STATE_UNAWARE
        while not self._ending.is_set():
            self._post(_Beat())
            chosen = self._choose(context.readers())
            if chosen != reader or chosen is None:
                reader, state = chosen, scard.STATE_UNAWARE
                self._post(ReaderArrived(chosen) if chosen is not None else self._missing())
            try:
                slot = context.wait(reader, state, WATCH_TIMEOUT_MS)
            except ScardError as error:
                if error.result not in scard.READER_GONE:
                    raise
                reader = None
                self._post(self._missing())
                self._ending.wait(RETRY_S)
                continue
            if slot is None:
                continue
            if slot.state & (scard.STATE_UNKNOWN | scard.STATE_UNAVAILABLE):
                reader = None
                self._post(self._missing())
                self._ending.wait(RETRY_S)
                continue
            for event in slot_events(state, slot.state, slot.atr):
                self._post(event)
            state = slot.state

    def _choose(self, names: tuple[str, ...]) -> str | None:
        wanted = self._reader_name
        return next((name for name in sorted(names) if wanted is None or name.startswith(wanted)), None)

    def _missing(self) -> ReaderLost:
        return ReaderLost(LostReason.READER_MISSING, self._reader_name or "no reader at all")


def slot_events(before: int, after: int, atr: bytes) -> tuple[_SlotEvent, ...]:
    """What happened in a slot between two states of SCardGetStatusChange; `STATE_UNAWARE` before the first.

    A card swapped between two looks shows only in the count of events; it is reported as taken out and put in.
    """
    held = (scard.STATE_PRESENT, scard.STATE_MUTE)
    first = before == scard.STATE_UNAWARE
    same_card = not first and before >> 16 == after >> 16
    if not after & scard.STATE_PRESENT:
        return () if not first and not before & scard.STATE_PRESENT else (CardAbsent(),)
    if same_card and all(before & bit == after & bit for bit in held):
        return ()
    now: _SlotEvent = CardMuteSeen() if after & scard.STATE_MUTE or not atr else CardPresent(atr)
    return (now,) if first or not before & scard.STATE_PRESENT else (CardAbsent(), now)


class _Lane(threading.Thread):
    """Executes jobs, one at a time, with one context."""

    def __init__(self, post: Callable[[_Message], None]) -> None:
        super().__init__(name="pcsc-lane", daemon=True)
        self._post = post
        self._jobs: queue.SimpleQueue[tuple[Job, str] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._given_up = threading.Event()
        self._job_began = False
        self._pcsc: Context | None = None

    def put(self, job: Job, reader: str) -> None:
        with self._lock:
            self._job_began = False
        self._jobs.put((job, reader))

    def end(self) -> None:
        self._jobs.put(None)

    def abandon(self) -> bool:
        """From now on this lane sends no further command. Returns whether its job had begun to send any."""
        with self._lock:
            self._given_up.set()
            started = self._job_began
        self.end()
        return started

    def run(self) -> None:
        while (item := self._jobs.get()) is not None:
            job, reader = item
            self._post(_Finished(self, self._execute(job, reader)))
        self._drop_context()

    def _execute(self, job: Job, reader: str) -> JobDone:
        try:
            handle = self._connect(reader)
        except (ScardError, SystemError) as error:
            return JobDone(job.token, None, JobFailure(_connect_failure(error), started=False, detail=str(error)))
        try:
            with self._lock:
                if self._given_up.is_set():
                    return JobDone(job.token, None, JobFailure(JobFailureKind.HUNG, started=False))
                self._job_began = True
            return JobDone(job.token, job.run(_GuardedConnection(handle, self._given_up)))
        except TransmitError as error:
            kind = _FAILURE_KINDS.get(error.failure, JobFailureKind.NO_CARD)
            return JobDone(job.token, None, JobFailure(kind, started=True, detail=str(error)))
        except Exception as error:
            logger.exception("job %s failed", job.token)
            return JobDone(
                job.token, None, JobFailure(JobFailureKind.CRASHED, started=True, detail=type(error).__name__)
            )
        finally:
            handle.disconnect()

    def _connect(self, reader: str) -> CardHandle:
        """Connects; once more with a new context if the service has been restarted; for a while if another program
        has the card, or if it does not answer yet: swapped quickly, it is mute until pcscd has noticed."""
        patience_ends = time.monotonic() + BUSY_PATIENCE_S
        renewed = False
        while True:
            try:
                if self._pcsc is None:
                    self._pcsc = Context()
                    renewed = True
                return self._pcsc.connect(reader)
            except ScardError as error:
                if error.result in scard.SERVICE_GONE:
                    self._drop_context()
                    if renewed:
                        raise
                    continue
                passing = error.result == scard.E_SHARING_VIOLATION or error.result in scard.CARD_MUTE
                if not passing or time.monotonic() >= patience_ends:
                    raise
                if self._given_up.wait(BUSY_RETRY_S):
                    raise

    def _drop_context(self) -> None:
        context, self._pcsc = self._pcsc, None
        if context is not None:
            context.release()


class _GuardedConnection:
    """A card connection that stops sending as soon as its lane has been given up."""

    def __init__(self, handle: CardHandle, given_up: threading.Event) -> None:
        self._handle = handle
        self._given_up = given_up

    def transmit(self, command: CommandApdu) -> ResponseApdu:
        if self._given_up.is_set():
            raise TransmitError(TransmitFailure.ABANDONED)
        return self._handle.transmit(command)


def _differs(wanted: ReaderArrived | ReaderLost, shown: ReaderArrived | ReaderLost | None) -> bool:
    """Whether it is news: for a loss only the reason counts, the service's words change from call to call."""
    if isinstance(wanted, ReaderLost) and isinstance(shown, ReaderLost):
        return wanted.reason is not shown.reason
    return wanted != shown


def _connect_failure(error: ScardError | SystemError) -> JobFailureKind:
    if not isinstance(error, ScardError):
        return JobFailureKind.READER_LOST
    if error.result in scard.CARD_GONE:
        return JobFailureKind.NO_CARD
    if error.result in scard.CARD_MUTE:
        return JobFailureKind.MUTE
    if error.result == scard.E_SHARING_VIOLATION:
        return JobFailureKind.BUSY
    if error.result in scard.SERVICE_GONE:
        return JobFailureKind.SERVICE_LOST
    return JobFailureKind.READER_LOST
