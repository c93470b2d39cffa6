"""The card reader and the card in it, as the hall sees them.

Reading never presents a PSC and never writes. Writing takes the image that the session has seen (`before`) and the
image that it wants (`after`): it reads again, refuses if the card is another or has changed, writes only the bytes
that differ, reads every byte back.

The order of events is a promise: an answer that is still due comes before the removal of the card that it is about.
So a card pulled in the middle of a write gives `CardWritten(UNKNOWN)`, then `CardRemoved`, and later `CardInserted`.

One thing no program can mend: a card that was torn out of a command and put back within about 0.4 s may be reported
absent for as long as it stays in (pcscd looks at some readers only every 0.4 s and has then lost count). After
UNKNOWN the customer is therefore told to take the card *fully out* and put it in again, and a long silence is
answered by saying so again.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from devices.card_work import ReadResult, WriteResult, read_gas_card, write_gas_card
from devices.gas_card.card import GasCard
from devices.gas_card.problem import CardProblem
from devices.status import Action, CheckLevel, DeviceStatus, Fault, HealthReport, StatusChanged
from drivers.memory_card.sle4442 import is_two_wire_card
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

__all__ = [
    "CardEvent",
    "CardInserted",
    "CardProblem",
    "CardRead",
    "CardReader",
    "CardRemoved",
    "CardWritten",
    "WriteOutcome",
]


@dataclass(frozen=True, slots=True)
class CardInserted:
    """`atr` is empty for a card that does not answer."""

    atr: bytes


@dataclass(frozen=True, slots=True)
class CardRemoved:
    pass


@dataclass(frozen=True, slots=True)
class CardRead:
    """The answer to `read_card`: either `card` and its 256-byte `image`, or a `problem`. `token` is the request's."""

    token: str
    card: GasCard | None
    image: bytes | None
    problem: CardProblem | None = None
    detail: str = ""


class WriteOutcome(StrEnum):
    DONE = "done"
    """Every byte was read back and equals `after`."""
    REFUSED = "refused"
    """Certainly nothing was written."""
    UNKNOWN = "unknown"
    """A write command may have reached the chip and its effect could not be read back."""


@dataclass(frozen=True, slots=True)
class CardWritten:
    """The answer to `write_card`."""

    token: str
    outcome: WriteOutcome
    problem: CardProblem | None = None
    image: bytes | None = None
    """What the card was read to hold afterwards, where it could be read."""
    detail: str = ""


CardEvent = CardInserted | CardRemoved | CardRead | CardWritten

READ_DEADLINE_S = 5.0
WRITE_DEADLINE_S = 15.0
"""An image of 224 bytes takes 1.1 s to program."""
ANSWER_GRACE_S = 3.0
"""How much later than its own deadline the answer of the PC/SC worker may come."""
BAD_CONTACTS_AFTER = 3
"""So many cards one after the other that could not be read point to the reader, not to the cards."""

FAULTS: dict[str, tuple[DeviceStatus, Action, str]] = {
    "E-CR-01": (DeviceStatus.OFFLINE, Action.RESET, "the PC/SC service does not answer"),
    "E-CR-02": (DeviceStatus.NO_DEVICE, Action.MAINTENANCE, "the card reader is not there"),
    "E-CR-03": (DeviceStatus.DEVICE_BUSY, Action.CONFIGURATION, "another program holds the card reader"),
    "E-CR-04": (DeviceStatus.HARDWARE_ERROR, Action.RESET, "the card reader does not answer"),
    "E-CR-05": (DeviceStatus.HARDWARE_ERROR, Action.CONFIGURATION, "the card reader does not carry memory cards"),
    "E-CR-06": (
        DeviceStatus.ONLINE,
        Action.MAINTENANCE,
        "several cards in a row could not be read: clean the contacts",
    ),
    "E-CR-07": (DeviceStatus.HARDWARE_ERROR, Action.RESET, "the work on a card failed in an unforeseen way"),
}
"""Code: the status that it means, who mends it, and what it is. A fault with status ONLINE does not stop the reader."""

_FAULT_OF_LOSS = {
    LostReason.SERVICE_MISSING: "E-CR-01",
    LostReason.READER_MISSING: "E-CR-02",
    LostReason.HUNG: "E-CR-04",
}
_PROBLEM_OF_FAILURE = {
    JobFailureKind.NO_CARD: CardProblem.PULLED,
    JobFailureKind.MUTE: CardProblem.MUTE,
    JobFailureKind.BUSY: CardProblem.UNREADABLE,
    JobFailureKind.READER_LOST: CardProblem.UNREADABLE,
    JobFailureKind.SERVICE_LOST: CardProblem.UNREADABLE,
    JobFailureKind.HUNG: CardProblem.UNREADABLE,
    JobFailureKind.CRASHED: CardProblem.UNREADABLE,
}
_FAULT_OF_FAILURE = {
    JobFailureKind.BUSY: "E-CR-03",
    JobFailureKind.HUNG: "E-CR-04",
    JobFailureKind.CRASHED: "E-CR-07",
}
_FAULTS_OF_ONE_CARD = frozenset({"E-CR-03", "E-CR-07"})
"""Over when the card is taken out: with the next one it is tried again."""


@dataclass(frozen=True, slots=True)
class _Due:
    """A job that was handed out and whose answer has not come."""

    token: str
    writes: bool
    due_at: float


class CardReader:
    """One reader. Pure: PC/SC events go in with the time, jobs for the PC/SC worker and events for the hall come out.

    `psc_for` gives the PSC of a card of ours; it is called in the worker's thread, after the card has been read and
    found to be the expected one. `region`: cards of another region are FOREIGN; `None` takes any.
    """

    def __init__(
        self, psc_for: Callable[[GasCard], bytes], *, region: int | None = None, device: str = "card_reader"
    ) -> None:
        self._psc_for = psc_for
        self._region = region
        self._device = device
        self._requests: list[Job] = []
        self._events: list[CardEvent | StatusChanged] = []
        self._due: deque[_Due] = deque()
        self._held: list[CardInserted | CardRemoved] = []
        self._atr: bytes | None = None
        self._reader_name: str | None = None
        self._status = DeviceStatus.STARTING
        self._fault: Fault | None = None
        self._unread_in_a_row = 0

    @property
    def status(self) -> DeviceStatus:
        return self._status

    @property
    def fault(self) -> Fault | None:
        return self._fault

    @property
    def card_present(self) -> bool:
        """Whether a card is in the reader, by the newest report."""
        return self._atr is not None

    def read_card(self, token: str, now: float) -> None:
        """Answered by one `CardRead` with this token."""
        problem = self._obstacle()
        if problem is not None:
            self._report(CardRead(token, None, None, problem, self._obstacle_detail()))
            return
        self._request(Job(token, partial(read_gas_card, region=self._region), READ_DEADLINE_S), now, writes=False)

    def write_card(self, token: str, before: bytes, after: bytes, now: float) -> None:
        """Answered by one `CardWritten` with this token. May be asked again with the same images after UNKNOWN: a card
        that holds `after` already is not written again."""
        problem = self._obstacle()
        if problem is not None:
            self._report(CardWritten(token, WriteOutcome.REFUSED, problem, None, self._obstacle_detail()))
            return
        run = partial(write_gas_card, before=before, after=after, psc_for=self._psc_for, region=self._region)
        self._request(Job(token, run, WRITE_DEADLINE_S), now, writes=True)

    def receive_event(self, event: PcscEvent, now: float) -> None:
        """Takes one event of the PC/SC worker."""
        match event:
            case ReaderArrived(name):
                self._reader_name = name
                self._set_status(DeviceStatus.ONLINE, None)
            case ReaderLost(reason, detail):
                self._reader_name = None
                self._card_gone()
                self._set_fault(_FAULT_OF_LOSS[reason], detail)
            case CardPresent(atr):
                self._card_came(atr)
            case CardMuteSeen():
                self._card_came(b"")
            case CardAbsent():
                self._card_gone()
            case JobDone(token, result, failure):
                self._job_done(token, result, failure)

    def take_requests(self) -> tuple[Job, ...]:
        """Takes the jobs that are to be submitted to the PC/SC worker, in order."""
        requests, self._requests = tuple(self._requests), []
        return requests

    def take_events(self) -> tuple[CardEvent | StatusChanged, ...]:
        """Takes the events since the last call, oldest first."""
        events, self._events = tuple(self._events), []
        return events

    def next_deadline(self) -> float | None:
        return self._due[0].due_at if self._due else None

    def handle_deadline(self, now: float) -> None:
        """An answer that the worker owes and never gave (it always should): the outcome is unknown, the reader hung."""
        while self._due and now >= self._due[0].due_at:
            due = self._due[0]
            self._job_done(due.token, None, JobFailure(JobFailureKind.HUNG, started=True, detail="no answer at all"))

    def check_health(self, level: CheckLevel) -> HealthReport:
        """What is known now. A reader without a card has nothing to move or to try, so all levels look at the same:
        is it there, does the service answer, did it work the last time."""
        stops = self._status is not DeviceStatus.ONLINE
        if self._fault is not None:
            text = (
                f"{FAULTS[self._fault.code][2]} ({self._fault.detail})"
                if self._fault.detail
                else FAULTS[self._fault.code][2]
            )
        elif stops:
            text = f"not ready: {self._status.value}"
        else:
            text = f"{self._reader_name}, {'card in it' if self.card_present else 'empty'}"
        return HealthReport(self._device, level, not stops, text, self._fault)

    def _obstacle(self) -> CardProblem | None:
        """Why no job is worth starting, told without asking the reader."""
        if self._reader_name is None:
            return CardProblem.UNREADABLE
        if self._atr is None or self._held:
            return CardProblem.PULLED
        if not self._atr:
            return CardProblem.MUTE
        return None if is_two_wire_card(self._atr) else CardProblem.FOREIGN

    def _obstacle_detail(self) -> str:
        if self._fault is not None and self._reader_name is None:
            return self._fault.code
        return f"ATR {self._atr.hex(' ').upper()}" if self._atr else ""

    def _request(self, job: Job, now: float, *, writes: bool) -> None:
        start = max((due.due_at for due in self._due), default=now)
        self._due.append(_Due(job.token, writes, max(start, now) + job.deadline_s + ANSWER_GRACE_S))
        self._requests.append(job)

    def _card_came(self, atr: bytes) -> None:
        if self._atr is not None:
            self._card_gone()
        self._atr = atr
        self._slot_event(CardInserted(atr))

    def _card_gone(self) -> None:
        if self._atr is None:
            return
        self._atr = None
        self._slot_event(CardRemoved())
        if self._reader_name is not None and self._fault is not None and self._fault.code in _FAULTS_OF_ONE_CARD:
            self._set_status(DeviceStatus.ONLINE, None)

    def _slot_event(self, event: CardInserted | CardRemoved) -> None:
        if self._due:
            self._held.append(event)
        else:
            self._report(event)

    def _job_done(self, token: str, result: object, failure: JobFailure | None) -> None:
        due = next((due for due in self._due if due.token == token), None)
        if due is None:
            return
        self._due.remove(due)
        if due.writes:
            self._report(self._written(token, result, failure))
        else:
            self._report(self._read(token, result, failure))
        if failure is not None and failure.kind in _FAULT_OF_FAILURE and self._reader_name is not None:
            self._set_fault(_FAULT_OF_FAILURE[failure.kind], failure.detail)
        if not self._due:
            held, self._held = self._held, []
            for event in held:
                self._report(event)

    def _read(self, token: str, result: object, failure: JobFailure | None) -> CardRead:
        if failure is not None:
            read = ReadResult(None, None, _PROBLEM_OF_FAILURE[failure.kind], failure.detail or failure.kind.value)
        else:
            assert isinstance(result, ReadResult)
            read = result
        self._judge_reader(read.problem, worked=failure is None)
        if self._held:
            # The card has left since; what was read may even be the next customer's.
            return CardRead(token, None, None, CardProblem.PULLED, "taken out while it was being read")
        return CardRead(token, read.card, read.image, read.problem, read.detail)

    def _written(self, token: str, result: object, failure: JobFailure | None) -> CardWritten:
        if failure is not None:
            outcome = WriteOutcome.UNKNOWN if failure.started else WriteOutcome.REFUSED
            problem = _PROBLEM_OF_FAILURE[failure.kind]
            return CardWritten(token, outcome, problem, None, failure.detail or failure.kind.value)
        assert isinstance(result, WriteResult)
        self._judge_reader(result.problem, worked=True)
        return CardWritten(token, WriteOutcome(result.outcome.value), result.problem, result.image, result.detail)

    def _judge_reader(self, problem: CardProblem | None, *, worked: bool) -> None:
        """What one piece of work says about the reader rather than about the card."""
        if self._reader_name is None:
            return
        if problem is CardProblem.READER_UNSUITABLE:
            self._set_fault("E-CR-05")
        elif problem is CardProblem.UNREADABLE and worked:
            self._unread_in_a_row += 1
            if self._unread_in_a_row >= BAD_CONTACTS_AFTER:
                self._set_fault("E-CR-06")
        elif worked:
            self._unread_in_a_row = 0
            self._set_status(DeviceStatus.ONLINE, None)

    def _set_fault(self, code: str, detail: str = "") -> None:
        status, action, _text = FAULTS[code]
        self._set_status(status, Fault(code, action, detail))

    def _set_status(self, status: DeviceStatus, fault: Fault | None) -> None:
        known, code = self._fault.code if self._fault else None, fault.code if fault else None
        if (status, code) != (self._status, known):
            self._status, self._fault = status, fault
            self._report(StatusChanged(self._device, status, fault))

    def _report(self, event: CardEvent | StatusChanged) -> None:
        self._events.append(event)
