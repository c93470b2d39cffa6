"""Tickets: proven, presented, taken or drawn back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from devices.print_document import Document, Text
from devices.printing import PaperRetracted, PaperTaken, PrintOutcome, Proof
from devices.ticket_dispenser import TicketDispenser
from drivers.escpos.profiles import PROFILES

MakeLine = Callable[..., Any]

TICKET = Document("ticket", (Text("A001", width=4, height=4, align="centre"), Text("前面还有 3 人", align="centre")))


def _of(conversation: Any, kind: type) -> list[Any]:
    return [event for event in conversation.events if isinstance(event, kind)]


def test_a_ticket_is_printed_presented_and_taken(line: MakeLine) -> None:
    conversation = line(presenter=True)
    conversation.ready()
    conversation.print("t1", TICKET)
    finished = conversation.outcome("t1")
    assert (finished.outcome, finished.proof, finished.cut) == (PrintOutcome.PRINTED, Proof.PROCESS_ID, True)
    assert conversation.printer.in_mouth is not None
    conversation.run(5.0)
    assert _of(conversation, PaperTaken) == []
    conversation.printer.take(conversation.now)
    conversation.run(1.0)
    assert _of(conversation, PaperTaken) == [PaperTaken("t1")]
    assert conversation.printer.violations == []
    assert "A001" in conversation.printer.taken[0]


def test_a_ticket_that_is_left_is_retracted_after_its_time(line: MakeLine) -> None:
    conversation = line(presenter=True, not_taken_s=20.0)
    conversation.ready()
    conversation.print("t1", TICKET)
    conversation.outcome("t1")
    conversation.run(15.0)
    assert conversation.printer.in_mouth is not None
    conversation.run(10.0)
    assert conversation.printer.in_mouth is None
    assert len(conversation.printer.retracted) == 1
    assert _of(conversation, PaperRetracted) == [PaperRetracted("t1")]
    assert _of(conversation, PaperTaken) == []
    conversation.ready()


def test_a_ticket_grabbed_while_it_comes_out_is_taken(line: MakeLine) -> None:
    conversation = line(presenter=True)
    conversation.ready()
    conversation.print("t1", TICKET)
    conversation.run_until(lambda: conversation.printer.in_mouth is not None)
    conversation.printer.take(conversation.now)
    assert conversation.outcome("t1").outcome is PrintOutcome.PRINTED
    conversation.run(1.0)
    assert _of(conversation, PaperTaken) == [PaperTaken("t1")]


def test_the_next_ticket_does_not_wait_for_one_that_was_left(line: MakeLine) -> None:
    conversation = line(presenter=True)
    conversation.ready()
    conversation.print("t1", TICKET)
    conversation.outcome("t1")
    conversation.run(2.0)
    conversation.print("t2", TICKET)
    assert conversation.outcome("t2").outcome is PrintOutcome.PRINTED
    assert _of(conversation, PaperRetracted) == [PaperRetracted("t1")]
    assert len(conversation.printer.papers) == 2
    assert conversation.printer.violations == []


def test_a_ticket_of_before_the_start_is_removed_without_a_word(line: MakeLine) -> None:
    conversation = line(presenter=True, not_taken_s=5.0)
    conversation.printer.in_mouth = "old"
    conversation.ready()
    conversation.run(10.0)
    assert conversation.printer.retracted == ["old"]
    assert _of(conversation, PaperRetracted) == _of(conversation, PaperTaken) == []


def test_a_presenter_that_cannot_be_emptied_is_a_fault_until_a_hand_empties_it(line: MakeLine) -> None:
    conversation = line(presenter=True, not_taken_s=5.0, presenter_stuck=True)
    conversation.ready()
    conversation.print("t1", TICKET)
    conversation.outcome("t1")
    conversation.run_until(lambda: conversation.machine.fault is not None)
    assert conversation.machine.fault.code == "E-TD-13"
    conversation.print("t2", TICKET)
    assert conversation.outcome("t2").outcome is PrintOutcome.REFUSED
    conversation.printer.take(conversation.now)
    conversation.ready()
    assert conversation.machine.fault is None
    conversation.print("t2", TICKET)
    conversation.run_until(lambda: len(conversation.printer.papers) == 2)


def test_ejected_where_the_presenter_cannot_retract(line: MakeLine) -> None:
    presenter = PROFILES["custom-vkp80"].presenter
    assert presenter is not None
    profile = replace(PROFILES["custom-vkp80"], presenter=replace(presenter, retract=None, not_taken_s=5.0))
    model = line(presenter=True)
    conversation = type(model)(TicketDispenser("ticket", profile=profile), model.printer)
    conversation.ready()
    conversation.print("t1", TICKET)
    conversation.outcome("t1")
    conversation.run(8.0)
    assert conversation.printer.in_mouth is None
    assert conversation.printer.retracted == []
    assert _of(conversation, PaperRetracted) == [PaperRetracted("t1")]


def test_a_half_printed_ticket_is_not_given_out(line: MakeLine) -> None:
    conversation = line(presenter=True, paper_mm=10.0)
    conversation.ready()
    conversation.print("t1", TICKET)
    assert conversation.outcome("t1").outcome is PrintOutcome.UNKNOWN
    conversation.printer.command("paper ok", conversation.now)
    conversation.ready()
    assert conversation.printer.in_mouth is None
    assert conversation.printer.taken == []
    conversation.print("t2", TICKET)
    assert conversation.outcome("t2").outcome is PrintOutcome.PRINTED
    assert conversation.printer.violations == []


def test_a_dispenser_without_a_presenter(line: MakeLine) -> None:
    model = line()
    conversation = type(model)(TicketDispenser("ticket", profile=PROFILES["generic-80"]), model.printer)
    conversation.ready()
    conversation.print("t1", TICKET)
    assert conversation.outcome("t1").outcome is PrintOutcome.PRINTED
    conversation.run(60.0)
    assert _of(conversation, PaperTaken) == _of(conversation, PaperRetracted) == []
