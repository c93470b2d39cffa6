"""The PC/SC worker when service, reader or another program misbehave."""

import io
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devices.card_reader import CardInserted, CardRead, CardRemoved, CardWritten, WriteOutcome
from devices.gas_card.codec import with_purchase
from devices.gas_card.problem import CardProblem
from devices.gas_card.writing import Settlement, settle
from devices.status import DeviceStatus, StatusChanged
from drivers.iso7816.apdu import CommandApdu
from drivers.iso7816.connection import CardConnection, TransmitError, TransmitFailure
from drivers.pcsc.events import CardPresent, Job, JobDone, JobFailureKind, LostReason, ReaderArrived, ReaderLost
from drivers.pcsc.scard import Context
from drivers.sim.pcscd import READER_NAME, serve_card_reader

pytestmark = pytest.mark.wire

SELECT = CommandApdu(0xFF, 0xA4, 0, 0, b"\x06")


def with_fault(code: str | None) -> Callable[[StatusChanged], bool]:
    return lambda event: (event.fault.code if event.fault else None) == code


def insert(terminal: Any) -> None:
    terminal.stack.do("insert a", "inserted")
    terminal.wait(CardInserted)


def read(terminal: Any, token: str) -> CardRead:
    terminal.reader.read_card(token, 0.0)
    return terminal.wait(CardRead, lambda event: event.token == token)


def test_the_reader_is_found_and_its_slot_is_told(terminal: Any) -> None:
    terminal.wait(StatusChanged, with_fault(None))
    assert terminal.wait_raw(ReaderArrived).name == READER_NAME
    assert terminal.reader.status is DeviceStatus.ONLINE


def test_a_reader_of_another_name_is_missing(new_terminal: Any) -> None:
    terminal = new_terminal("ACS ACR39U")
    terminal.wait(StatusChanged, with_fault("E-CR-02"))
    assert terminal.reader.status is DeviceStatus.NO_DEVICE


def test_the_beginning_of_a_name_is_enough(new_terminal: Any) -> None:
    terminal = new_terminal("Virtual PCD")
    assert terminal.wait_raw(ReaderArrived).name == READER_NAME


def test_the_service_killed_and_started_again_with_a_card_in(terminal: Any) -> None:
    insert(terminal)
    assert read(terminal, "before").problem is None
    terminal.stack.stop_service()
    terminal.wait(CardRemoved)
    terminal.wait(StatusChanged, with_fault("E-CR-01"))
    assert read(terminal, "meanwhile").problem is CardProblem.UNREADABLE
    terminal.stack.start_service()
    terminal.wait(StatusChanged, with_fault(None))
    terminal.wait(CardInserted)
    assert read(terminal, "after").problem is None


def test_the_service_killed_while_a_card_is_written(terminal: Any, card_content: Any) -> None:
    insert(terminal)
    before = card_content("a")
    after = with_purchase(before, volume_m3_hundredths=4166, sold_on=None)
    terminal.reader.write_card("w", before, after, 0.0)
    terminal.pump(0.0)
    terminal.stack.wait_event("psc")
    terminal.stack.restart()
    assert terminal.wait(CardWritten).outcome is WriteOutcome.UNKNOWN
    terminal.wait(CardInserted)
    now = read(terminal, "r").image
    assert now is not None
    assert settle(now, before, after) is not Settlement.FOREIGN_CHANGE
    terminal.reader.write_card("w2", before, after, 0.0)
    assert terminal.wait(CardWritten).outcome is WriteOutcome.DONE
    assert card_content("a") == after


def test_no_reader_then_a_reader(terminal: Any) -> None:
    terminal.wait(StatusChanged, with_fault(None))
    terminal.stack.stop_service()
    terminal.stack.start_service(with_reader=False)
    terminal.wait(StatusChanged, with_fault("E-CR-02"))
    terminal.stack.restart()
    terminal.wait(StatusChanged, with_fault(None))


def test_another_program_that_holds_the_card_is_named_and_then_forgotten(terminal: Any) -> None:
    insert(terminal)
    context = Context()
    other = context.connect(READER_NAME)
    assert read(terminal, "held").problem is CardProblem.UNREADABLE
    terminal.wait(StatusChanged, with_fault("E-CR-03"))
    other.disconnect()
    context.release()
    assert read(terminal, "free").problem is None
    assert (terminal.reader.status, terminal.reader.fault) == (DeviceStatus.ONLINE, None)


def test_another_program_that_lets_go_within_a_second_is_waited_for(terminal: Any) -> None:
    insert(terminal)
    context = Context()
    other = context.connect(READER_NAME)
    terminal.reader.read_card("r", 0.0)
    terminal.pump(0.3)
    other.disconnect()
    context.release()
    assert terminal.wait(CardRead).problem is None


def test_many_jobs_leak_neither_handles_nor_descriptors(terminal: Any) -> None:
    insert(terminal)
    read(terminal, "first")
    open_files = len(os.listdir("/proc/self/fd"))
    for number in range(40):
        assert read(terminal, f"r{number}").problem is None
    assert len(os.listdir("/proc/self/fd")) <= open_files
    context = Context()
    context.connect(READER_NAME).disconnect()
    context.release()


def answer_to(terminal: Any, job: Job) -> JobDone:
    terminal.worker.submit(job)
    ends = time.monotonic() + 15
    while time.monotonic() < ends:
        terminal.pump(0.02)
        for event in terminal.raw:
            if isinstance(event, JobDone) and event.token == job.token:
                return event
    raise AssertionError("no answer")


def test_a_job_that_fails_is_reported_and_the_next_one_works(terminal: Any) -> None:
    insert(terminal)

    def broken(_connection: CardConnection) -> object:
        raise ZeroDivisionError

    failure = answer_to(terminal, Job("broken", broken, 5.0)).failure
    assert failure is not None
    assert (failure.kind, failure.started, failure.detail) == (JobFailureKind.CRASHED, True, "ZeroDivisionError")
    assert read(terminal, "next").problem is None


def test_a_job_past_its_deadline_is_given_up_and_sends_nothing_more(terminal: Any) -> None:
    insert(terminal)
    released, ended = threading.Event(), threading.Event()
    raised: list[TransmitFailure] = []

    def hanging(connection: CardConnection) -> object:
        connection.transmit(SELECT)
        released.wait(20)
        try:
            connection.transmit(SELECT)
        except TransmitError as error:
            raised.append(error.failure)
        ended.set()
        return None

    failure = answer_to(terminal, Job("hanging", hanging, 0.3)).failure
    assert failure is not None
    assert (failure.kind, failure.started) == (JobFailureKind.HUNG, True)
    terminal.wait(StatusChanged, with_fault("E-CR-04"))
    assert read(terminal, "meanwhile").problem is CardProblem.UNREADABLE
    released.set()
    terminal.wait(StatusChanged, with_fault(None))
    assert ended.wait(5)
    assert raised == [TransmitFailure.ABANDONED]
    terminal.wait(CardInserted)
    assert read(terminal, "after").problem is None


def test_a_service_that_stands_still_is_noticed_and_comes_back(terminal: Any) -> None:
    insert(terminal)
    assert read(terminal, "before").problem is None
    terminal.stack.do("service pause", "service")
    try:
        failure = answer_to(terminal, Job("still", lambda connection: connection.transmit(SELECT), 0.5)).failure
        assert failure is not None
        assert (failure.kind, failure.started) == (JobFailureKind.HUNG, False)
        assert terminal.wait_raw(ReaderLost).reason is LostReason.HUNG
    finally:
        terminal.stack.do("service resume", "service")
    terminal.wait(StatusChanged, with_fault(None))
    terminal.wait(CardInserted)
    assert read(terminal, "after").problem is None


def test_nothing_is_delivered_after_close_and_no_thread_stays(new_terminal: Any) -> None:
    terminal = new_terminal(None)
    terminal.wait_raw(ReaderArrived)
    terminal.worker.close()
    terminal.stack.do("insert a", "inserted")
    terminal.pump(0.6)
    assert not [event for event in terminal.raw if isinstance(event, CardPresent)]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("pcsc-")]


def test_a_virtual_card_reader_of_its_own(tmp_path: Path, stack: Any) -> None:
    card, link, told = tmp_path / "x.card", tmp_path / "pcscd.comm", io.StringIO()
    lines = [f"new {card} 00000042 0000004242 424242424242\n", "insert\n", "frobnicate\n", "look\n", "quit\n"]
    assert serve_card_reader(str(link), card_file=None, in_stream=lines, out_stream=told) == 0
    events = [json.loads(line) for line in told.getvalue().splitlines()]
    assert [event["event"] for event in events if event["event"] != "ready"] == [
        "created",
        "inserted",
        "error",
        "looked",
    ]
    assert (events[-1]["card"], events[-1]["sequence"], events[-1]["volume"]) == ("00000042", 0, 0)
    assert not link.is_symlink()
    assert card.stat().st_size == 264
