"""The devices that a hall has, by what the hall asks of them.

These are the verbs and answers of `devices`; the hall is written against them and not against ports, so the same hall
runs on real wires and in a simulation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from devices.print_document import Document
from devices.printing import PaperSupply
from devices.status import CheckLevel, DeviceStatus, Fault, HealthReport


class Device(Protocol):
    @property
    def status(self) -> DeviceStatus: ...
    @property
    def fault(self) -> Fault | None: ...
    def check_health(self, level: CheckLevel) -> HealthReport: ...


class Acceptor(Device, Protocol):
    @property
    def ready(self) -> bool: ...
    @property
    def stacked_count(self) -> int | None: ...
    def enable(self, values_fen: frozenset[int], now: float) -> None: ...
    def disable(self, now: float) -> None: ...
    def stack(self, now: float) -> bool: ...
    def return_note(self, now: float) -> bool: ...
    def acknowledge(self, now: float) -> bool: ...


class Reader(Device, Protocol):
    @property
    def card_present(self) -> bool: ...
    def read_card(self, token: str, now: float) -> None: ...
    def write_card(self, token: str, before: bytes, after: bytes, now: float) -> None: ...


class Printer(Device, Protocol):
    @property
    def paper(self) -> PaperSupply: ...
    @property
    def can_print(self) -> bool: ...
    def clear_paper(self, now: float) -> None: ...
    def print_document(self, job_id: str, document: Document, now: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Devices:
    note_acceptor: Acceptor
    card_reader: Reader
    receipt_printer: Printer
    ticket_dispenser: Printer

    def each(self) -> Mapping[str, Device]:
        return {
            "note_acceptor": self.note_acceptor,
            "card_reader": self.card_reader,
            "receipt_printer": self.receipt_printer,
            "ticket_dispenser": self.ticket_dispenser,
        }
