"""Runs effects: each in its turn, each to the one who carries it out."""

from collections.abc import Callable, Sequence
from typing import Any

from kiosk.effects import (
    AcknowledgeNote,
    Append,
    CheckDevices,
    ClearPaper,
    DisableNotes,
    Effect,
    EnableNotes,
    PrintReceipt,
    PrintTicket,
    ReadCard,
    ReturnNote,
    StackNote,
    WriteCard,
)
from kiosk.hall.books import Books
from kiosk.hall.devices import Devices
from kiosk.hall.state import HallState
from storage.records import NewRecord


class Runner:
    """`before_effect` is called before each effect: the drills cut there. `checks` are the checks that were asked for
    and wait for their answer."""

    def __init__(
        self, state: HallState, books: Books, devices: Devices, before_effect: Callable[[Effect], None]
    ) -> None:
        self._state = state
        self._books = books
        self._devices = devices
        self._before_effect = before_effect
        self.checks: list[CheckDevices] = []

    def run(self, effects: Sequence[Effect], who: str = "hall") -> None:
        """From the left. Raises `StorageError` from an `Append` that is not on disk: nothing after it has been run."""
        for effect in effects:
            self._before_effect(effect)
            self._do(effect, who)

    def note_down(self, kind: str, body: dict[str, Any]) -> None:
        """A fact that moves nothing."""
        subject = body.get("device", kind.partition(".")[0])
        self._books.commit((NewRecord(kind, subject, body),), self._state.now)

    def _do(self, effect: Effect, who: str) -> None:
        now, devices = self._state.now.mono_s, self._devices
        match effect:
            case Append(records):
                self._books.commit(records, self._state.now, who)
            case EnableNotes(values):
                devices.note_acceptor.enable(values, now)
            case DisableNotes():
                devices.note_acceptor.disable(now)
            case StackNote():
                devices.note_acceptor.stack(now)
            case ReturnNote():
                devices.note_acceptor.return_note(now)
            case AcknowledgeNote():
                devices.note_acceptor.acknowledge(now)
            case ReadCard(token):
                devices.card_reader.read_card(token, now)
            case WriteCard(token, before, after):
                devices.card_reader.write_card(token, before, after, now)
            case PrintReceipt(job_id, document):
                devices.receipt_printer.print_document(job_id, document, now)
            case PrintTicket(job_id, document):
                devices.ticket_dispenser.print_document(job_id, document, now)
            case ClearPaper("receipt_printer"):
                devices.receipt_printer.clear_paper(now)
            case ClearPaper():
                devices.ticket_dispenser.clear_paper(now)
            case CheckDevices():
                self.checks.append(effect)
