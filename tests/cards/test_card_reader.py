"""The card reader as the hall sees it: a conversation of PC/SC events in, jobs and events out. No thread, no clock."""

from collections.abc import Callable
from datetime import date

import pytest

from devices.card_reader import (
    FAULTS,
    READ_DEADLINE_S,
    WRITE_DEADLINE_S,
    CardEvent,
    CardInserted,
    CardRead,
    CardReader,
    CardRemoved,
    CardWritten,
    WriteOutcome,
)
from devices.card_reader_trial import describe, masked
from devices.gas_card.codec import decode, with_purchase
from devices.gas_card.problem import CardProblem
from devices.gas_card.psc import MasterKey
from devices.status import Action, CheckLevel, DeviceStatus, Fault, StatusChanged
from drivers.pcsc.events import (
    CardAbsent,
    CardMuteSeen,
    CardPresent,
    JobDone,
    JobFailure,
    JobFailureKind,
    LostReason,
    ReaderArrived,
    ReaderLost,
)
from drivers.sim.card_connection import ModelConnection
from drivers.sim.card_model import CPU_CARD_ATR, SLE4428_ATR, SLE4442_ATR, CardModel, Chip
from drivers.sim.gas_meter import VIRTUAL_MASTER_KEY

KEY = MasterKey(VIRTUAL_MASTER_KEY)
ARRIVED = ReaderArrived("Virtual PCD 00 00")
PRESENT = CardPresent(SLE4442_ATR)
ONLINE = StatusChanged("card_reader", DeviceStatus.ONLINE)


class Bench:
    """A reader on a bench: time stands still unless told."""

    def __init__(self, region: int | None = None) -> None:
        self.reader = CardReader(KEY.psc_for, region=region)

    def feed(self, *events: object, now: float = 0.0) -> tuple[CardEvent | StatusChanged, ...]:
        for event in events:
            self.reader.receive_event(event, now)  # type: ignore[arg-type]
        return self.reader.take_events()

    def do_jobs(self, model: CardModel) -> tuple[CardEvent | StatusChanged, ...]:
        for job in self.reader.take_requests():
            self.reader.receive_event(JobDone(job.token, job.run(ModelConnection(model))), 0.0)
        return self.reader.take_events()

    def fail_jobs(self, kind: JobFailureKind, *, started: bool) -> tuple[CardEvent | StatusChanged, ...]:
        for job in self.reader.take_requests():
            self.reader.receive_event(JobDone(job.token, None, JobFailure(kind, started)), 0.0)
        return self.reader.take_events()


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.feed(ARRIVED, PRESENT)
    return bench


@pytest.fixture
def after(bought: bytes) -> bytes:
    return with_purchase(bought, volume_m3_hundredths=5000, sold_on=date(2026, 3, 1))


def test_it_starts_and_comes_online_when_the_reader_is_there() -> None:
    bench = Bench()
    assert bench.reader.status is DeviceStatus.STARTING
    assert not bench.reader.check_health(CheckLevel.INTERNAL).ok
    assert bench.feed(ARRIVED, CardAbsent()) == (ONLINE,)
    assert (bench.reader.status, bench.reader.fault, bench.reader.card_present) == (DeviceStatus.ONLINE, None, False)
    assert bench.reader.check_health(CheckLevel.INTERNAL).ok


def test_cards_come_and_go() -> None:
    bench = Bench()
    assert bench.feed(ARRIVED, CardAbsent(), PRESENT)[1:] == (CardInserted(SLE4442_ATR),)
    assert bench.reader.card_present
    assert bench.feed(CardAbsent()) == (CardRemoved(),)
    assert bench.feed(CardMuteSeen()) == (CardInserted(b""),)
    assert bench.feed(CardAbsent(), CardAbsent()) == (CardRemoved(),)


@pytest.mark.parametrize(
    ("reason", "code", "status", "action"),
    [
        (LostReason.SERVICE_MISSING, "E-CR-01", DeviceStatus.OFFLINE, Action.RESET),
        (LostReason.READER_MISSING, "E-CR-02", DeviceStatus.NO_DEVICE, Action.MAINTENANCE),
        (LostReason.HUNG, "E-CR-04", DeviceStatus.HARDWARE_ERROR, Action.RESET),
    ],
)
def test_a_lost_reader_is_a_fault_and_takes_its_card_with_it(
    bench: Bench, reason: LostReason, code: str, status: DeviceStatus, action: Action
) -> None:
    fault = Fault(code, action, "words")
    assert bench.feed(ReaderLost(reason, "words")) == (CardRemoved(), StatusChanged("card_reader", status, fault))
    assert bench.feed(ReaderLost(reason, "other words")) == ()
    assert not bench.reader.check_health(CheckLevel.EXTERNAL).ok
    assert bench.feed(ARRIVED, PRESENT) == (ONLINE, CardInserted(SLE4442_ATR))


def test_reading_answers_with_card_and_image_and_touches_nothing(bench: Bench, model: CardModel, bought: bytes) -> None:
    bench.reader.read_card("r1", 0.0)
    assert bench.do_jobs(model) == (CardRead("r1", decode(bought), bought),)
    assert (model.journal.psc_presentations, model.journal.programmed, model.journal.violations) == (0, [], [])


def test_writing_answers_done_and_every_byte_is_there(
    bench: Bench, model: CardModel, bought: bytes, after: bytes
) -> None:
    bench.reader.write_card("w1", bought, after, 0.0)
    assert bench.do_jobs(model) == (CardWritten("w1", WriteOutcome.DONE, None, after),)
    assert bytes(model.chip.main) == after
    assert model.journal.violations == []


def test_a_write_torn_is_unknown_and_can_be_finished_at_the_next_insertion(
    bench: Bench, model: CardModel, bought: bytes, after: bytes
) -> None:
    bench.reader.write_card("w1", bought, after, 0.0)
    model.arm_tear(7, 0x33)
    (job,) = bench.reader.take_requests()
    result = job.run(ModelConnection(model))
    assert bench.feed(CardAbsent()) == (), "the removal waits for the answer"
    events = bench.feed(JobDone("w1", result))
    assert isinstance(events[0], CardWritten)
    assert events[0].outcome is WriteOutcome.UNKNOWN
    assert events[1:] == (CardRemoved(),)
    assert bench.feed(PRESENT) == (CardInserted(SLE4442_ATR),)
    bench.reader.write_card("w1", bought, after, 0.0)
    (written,) = bench.do_jobs(model)
    assert isinstance(written, CardWritten)
    assert (written.outcome, written.image) == (WriteOutcome.DONE, after)


def test_a_card_that_has_changed_since_is_refused_untouched(
    bench: Bench, model: CardModel, issued: bytes, after: bytes
) -> None:
    bench.reader.write_card("w1", issued, after, 0.0)
    (written,) = bench.do_jobs(model)
    assert isinstance(written, CardWritten)
    assert (written.outcome, written.problem) == (WriteOutcome.REFUSED, CardProblem.FOREIGN)
    assert (model.journal.psc_presentations, model.journal.programmed) == (0, [])


def test_a_locked_card_is_refused(bench: Bench, model: CardModel, bought: bytes, after: bytes) -> None:
    model.chip.error_counter = 0
    bench.reader.write_card("w1", bought, after, 0.0)
    (written,) = bench.do_jobs(model)
    assert isinstance(written, CardWritten)
    assert (written.outcome, written.problem) == (WriteOutcome.REFUSED, CardProblem.LOCKED)


def test_a_card_of_ours_with_another_psc_is_refused_after_one_presentation(
    bench: Bench, model: CardModel, bought: bytes, after: bytes
) -> None:
    model.chip.psc = b"\x01\x02\x03"
    for token in ("w1", "w2"):
        bench.reader.write_card(token, bought, after, 0.0)
        (written,) = bench.do_jobs(model)
        assert isinstance(written, CardWritten)
        assert (written.outcome, written.problem) == (WriteOutcome.REFUSED, CardProblem.LOCKED)
    assert model.journal.psc_presentations == 1
    assert "01 02 03" not in written.detail


@pytest.mark.parametrize("atr", [CPU_CARD_ATR, SLE4428_ATR, b"\x3b\x00"])
def test_a_foreign_chip_is_recognised_without_a_single_command(atr: bytes, bought: bytes, after: bytes) -> None:
    bench = Bench()
    bench.feed(ARRIVED, CardPresent(atr))
    bench.reader.read_card("r", 0.0)
    bench.reader.write_card("w", bought, after, 0.0)
    assert bench.reader.take_requests() == ()
    read, written = bench.reader.take_events()
    assert isinstance(read, CardRead)
    assert isinstance(written, CardWritten)
    assert (read.problem, written.problem, written.outcome) == (
        CardProblem.FOREIGN,
        CardProblem.FOREIGN,
        WriteOutcome.REFUSED,
    )


@pytest.mark.parametrize(
    ("content", "region", "problem"),
    [
        (lambda image: image[:0x20] + b"\xff" * 224, None, CardProblem.BLANK),
        (lambda image: image[:0x20] + b"XX" + image[0x22:], None, CardProblem.FOREIGN),
        (lambda image: image, 9, CardProblem.FOREIGN),
        (lambda image: image[:0x40] + bytes(64) + image[0x80:], None, CardProblem.DAMAGED),
        (lambda image: bytes(4) + image[4:], None, CardProblem.UNREADABLE),
    ],
    ids=["blank", "other magic", "other region", "damaged", "no ATR in memory"],
)
def test_a_card_that_is_not_usable_is_neither_unlocked_nor_written(
    content: Callable[[bytes], bytes], region: int | None, problem: CardProblem, bought: bytes, after: bytes
) -> None:
    bench = Bench(region)
    bench.feed(ARRIVED, PRESENT)
    model = CardModel(Chip(main=bytearray(content(bought))))
    bench.reader.read_card("r", 0.0)
    bench.reader.write_card("w", content(bought), after, 0.0)
    read, written = bench.do_jobs(model)
    assert isinstance(read, CardRead)
    assert isinstance(written, CardWritten)
    assert (read.card, read.problem) == (None, problem)
    assert (written.outcome, written.problem) == (WriteOutcome.REFUSED, problem)
    assert (model.journal.psc_presentations, model.journal.programmed, model.journal.violations) == (0, [], [])


def test_without_a_card_or_reader_a_verb_is_answered_at_once(bought: bytes, after: bytes) -> None:
    bench = Bench()
    bench.reader.read_card("r1", 0.0)
    bench.feed(ReaderLost(LostReason.SERVICE_MISSING))
    bench.reader.write_card("w1", bought, after, 0.0)
    (written,) = bench.reader.take_events()
    assert written == CardWritten("w1", WriteOutcome.REFUSED, CardProblem.UNREADABLE, None, "E-CR-01")
    bench.feed(ARRIVED, CardAbsent())
    bench.reader.read_card("r2", 0.0)
    assert bench.reader.take_events() == (CardRead("r2", None, None, CardProblem.PULLED),)
    bench.feed(CardMuteSeen())
    bench.reader.read_card("r3", 0.0)
    assert bench.reader.take_events() == (CardRead("r3", None, None, CardProblem.MUTE),)
    assert bench.reader.take_requests() == ()


@pytest.mark.parametrize("kind", list(JobFailureKind))
@pytest.mark.parametrize("started", [False, True])
def test_a_failed_write_is_refused_only_if_no_command_was_sent(
    bench: Bench, bought: bytes, after: bytes, kind: JobFailureKind, started: bool
) -> None:
    bench.reader.write_card("w", bought, after, 0.0)
    written = bench.fail_jobs(kind, started=started)[0]
    assert isinstance(written, CardWritten)
    assert written.outcome is (WriteOutcome.UNKNOWN if started else WriteOutcome.REFUSED)
    assert written.problem is not None


def test_what_was_read_is_kept_back_once_the_card_has_left(bench: Bench, model: CardModel) -> None:
    bench.reader.read_card("r", 0.0)
    bench.feed(CardAbsent(), PRESENT)
    assert bench.do_jobs(model) == (
        CardRead("r", None, None, CardProblem.PULLED, "taken out while it was being read"),
        CardRemoved(),
        CardInserted(SLE4442_ATR),
    )


def test_a_verb_between_removal_and_answer_does_not_reach_the_next_card(bench: Bench, model: CardModel) -> None:
    bench.reader.read_card("r1", 0.0)
    bench.feed(CardAbsent(), PRESENT)
    bench.reader.read_card("r2", 0.0)
    assert bench.reader.take_events() == (CardRead("r2", None, None, CardProblem.PULLED, "ATR 3B 04 A2 13 10 91"),)


def test_an_answer_that_never_comes_is_unknown_in_time(bench: Bench, bought: bytes, after: bytes) -> None:
    bench.reader.write_card("w", bought, after, 100.0)
    deadline = bench.reader.next_deadline()
    assert deadline is not None
    assert 100.0 + WRITE_DEADLINE_S < deadline < 100.0 + WRITE_DEADLINE_S + 10
    bench.reader.handle_deadline(deadline - 0.1)
    assert bench.reader.take_events() == ()
    bench.reader.handle_deadline(deadline)
    written, status = bench.reader.take_events()
    assert isinstance(written, CardWritten)
    assert written.outcome is WriteOutcome.UNKNOWN
    assert isinstance(status, StatusChanged)
    assert status.fault is not None
    assert status.fault.code == "E-CR-04"
    assert bench.reader.next_deadline() is None
    assert bench.feed(JobDone("w", None, JobFailure(JobFailureKind.HUNG, True))) == (), "a late answer is nothing new"


def test_two_verbs_are_waited_for_one_after_the_other(
    bench: Bench, model: CardModel, bought: bytes, after: bytes
) -> None:
    bench.reader.read_card("r", 0.0)
    first = bench.reader.next_deadline()
    bench.reader.write_card("w", bought, after, 0.0)
    assert bench.reader.next_deadline() == first
    assert first is not None
    assert first > READ_DEADLINE_S
    events = bench.do_jobs(model)
    assert [type(event) for event in events] == [CardRead, CardWritten]


def test_a_busy_reader_is_a_fault_until_the_card_is_taken_out(bench: Bench) -> None:
    bench.reader.read_card("r", 0.0)
    read, status = bench.fail_jobs(JobFailureKind.BUSY, started=False)
    assert isinstance(read, CardRead)
    assert read.problem is CardProblem.UNREADABLE
    assert isinstance(status, StatusChanged)
    assert (status.status, status.fault and status.fault.code) == (DeviceStatus.DEVICE_BUSY, "E-CR-03")
    assert bench.feed(CardAbsent()) == (CardRemoved(), ONLINE)


def test_an_unsuitable_reader_is_named(bench: Bench) -> None:
    bench.reader.read_card("r", 0.0)
    status, read = bench.do_jobs(CardModel(older_reader=True))
    assert isinstance(status, StatusChanged)
    assert isinstance(read, CardRead)
    assert (status.fault and status.fault.code, read.problem) == ("E-CR-05", CardProblem.READER_UNSUITABLE)
    assert not bench.reader.check_health(CheckLevel.INTERNAL).ok


def test_three_unreadable_cards_in_a_row_point_to_the_reader(bench: Bench, bought: bytes, model: CardModel) -> None:
    dirty = CardModel(Chip(main=bytearray(256)))
    for number in range(3):
        bench.reader.read_card(f"r{number}", 0.0)
        events = bench.do_jobs(dirty)
    assert bench.reader.fault is not None
    assert bench.reader.fault.code == "E-CR-06"
    assert bench.reader.status is DeviceStatus.ONLINE
    assert any(isinstance(event, StatusChanged) for event in events)
    assert bench.reader.check_health(CheckLevel.INTERNAL).ok
    bench.reader.read_card("good", 0.0)
    bench.do_jobs(model)
    assert bench.reader.fault is None


def test_every_fault_has_a_code_a_status_and_someone_who_mends_it() -> None:
    for code, (status, action, text) in FAULTS.items():
        assert code.startswith("E-CR-")
        assert isinstance(status, DeviceStatus)
        assert action is not Action.NONE
        assert text


def test_nothing_that_is_handed_out_shows_a_psc(bench: Bench, bought: bytes, after: bytes, psc: bytes) -> None:
    bench.reader.write_card("w", bought, after, 0.0)
    (job,) = bench.reader.take_requests()
    assert repr(job) == f"Job(token='w', deadline_s={WRITE_DEADLINE_S})"
    assert psc.hex() not in repr(job.run)


def test_a_trial_describes_every_event_and_masks_the_customer(bench: Bench, model: CardModel) -> None:
    bench.reader.read_card("r", 0.0)
    (read,) = bench.do_jobs(model)
    described = describe(read)
    assert described["card"] == "****0017"
    assert described["customer"] == "******1234"
    assert "00000017" not in str(described)
    assert "0000001234" not in str(described)
    assert (described["sequence"], described["volume_m3_hundredths"]) == (2, 10000)
    assert describe(CardInserted(SLE4442_ATR)) == {
        "event": "inserted",
        "atr": "3B 04 A2 13 10 91",
        "card": None,
        "fault": None,
    }
    assert describe(CardInserted(b""))["fault"] == "mute"
    assert describe(CardRemoved())["event"] == "removed"
    assert describe(CardRead("r", None, None, CardProblem.BLANK))["fault"] == "blank"
    assert describe(CardWritten("w", WriteOutcome.UNKNOWN, CardProblem.PULLED))["outcome"] == "unknown"
    lost = StatusChanged("card_reader", DeviceStatus.NO_DEVICE, Fault("E-CR-02", Action.MAINTENANCE, "no reader"))
    assert (describe(lost)["fault"], describe(lost)["action"]) == ("E-CR-02", "maintenance")
    for event in (read, CardRemoved(), lost, ONLINE):
        assert {"event", "atr", "card", "fault"} <= describe(event).keys()


def test_masking_leaves_four_digits() -> None:
    assert [masked(number) for number in ("12345678", "1234", "12")] == ["****5678", "1234", "12"]
