"""What the receipt printer and the ticket dispenser have in common: a document becomes ESC/POS, and the printer's
condition becomes status, fault and paper supply."""

from collections import OrderedDict
from dataclasses import dataclass

from devices.paper_layout import Line, layout
from devices.print_document import Document, Qr
from devices.printing import (
    PaperRetracted,
    PaperSupply,
    PaperSupplyChanged,
    PaperTaken,
    PrinterEvent,
    PrintFinished,
    PrintOutcome,
    Proof,
)
from devices.status import Action, CheckLevel, DeviceStatus, Fault, HealthReport, StatusChanged
from drivers.escpos import encoder
from drivers.escpos.commands import (
    ALIGN_CENTRE,
    ALIGN_LEFT,
    BOLD_OFF,
    BOLD_ON,
    LF,
    absolute_position,
    character_size,
)
from drivers.escpos.condition import Condition
from drivers.escpos.job import DrawnBack, Fence, JobFinished, PrintJob, TakenFromPresenter
from drivers.escpos.machine import EscposMachine
from drivers.escpos.phases import Timing
from drivers.escpos.profiles import PROFILES, Profile
from drivers.escpos.real_time import has_real_time
from drivers.escpos.text import Glyph, display_width, encode
from drivers.wire import SerialSettings

_GAP_AS_BLANKS_MAX = 4
"""Up to so many columns a gap is sent as blanks; ESC $ is four bytes."""

_REMEMBERED_JOBS = 256
_LINE_MM = 4
_QR_MM = 40


def render(
    document: Document, columns: int | None = None, profile: Profile | None = None, glyph: Glyph | None = None
) -> tuple[bytes, ...]:
    """The paper as ESC/POS, one segment a line; initialisation and cut are the machine's.

    `columns`: the printer's width, the profile's unless given. Raises `ValueError` for a QR code without data or with
    more than 512 bytes.
    """
    profile = profile or PROFILES["generic-80"]
    width = columns or profile.columns
    segments: list[bytes] = []
    for row in layout(document, width):
        if isinstance(row, Line):
            segments.append(_line(row, profile, glyph))
        elif isinstance(row, Qr):
            segments.append(encoder.qr(row.data, row.module_dots))
        else:
            bands = encoder.raster(row.width_dots, row.rows)
            segments.extend((ALIGN_CENTRE, *bands, ALIGN_LEFT))
    assert not has_real_time(b"".join(segments)), "a real-time command in a paper"
    return tuple(segments)


def _line(line: Line, profile: Profile, glyph: Glyph | None) -> bytes:
    out = bytearray()
    reached = 0
    for span in line.spans:
        gap = span.column - reached
        if gap > _GAP_AS_BLANKS_MAX:
            out += absolute_position(span.column * profile.dots_per_column)
        else:
            out += b" " * gap
        sized = (span.width, span.height) != (1, 1)
        if span.bold:
            out += BOLD_ON
        if sized:
            out += character_size(span.width, span.height)
        out += encode(span.text, glyph, width=span.width, height=span.height)
        if sized:
            out += character_size(1, 1)
        if span.bold:
            out += BOLD_OFF
        reached = span.column + display_width(span.text) * span.width
    return bytes(out) + LF


def length_mm(document: Document, columns: int | None = None) -> int:
    """About how long the paper gets."""
    total = 20
    for row in layout(document, columns):
        if isinstance(row, Line):
            total += _LINE_MM * row.height
        else:
            total += _QR_MM if isinstance(row, Qr) else row.height_dots // 8 + 1
    return total


@dataclass(frozen=True, slots=True)
class FaultTable:
    """Which fault is told when, the gravest first: name of the hindrance in `Condition`, and its fault."""

    silent: Fault
    lost: Fault
    rows: tuple[tuple[str, Fault], ...]

    def fault_of(self, condition: Condition) -> Fault | None:
        if not condition.connected:
            return self.lost
        if condition.answering is False:
            return self.silent
        for name, fault in self.rows:
            if getattr(condition, name):
                return fault
        return None


def fault_table(prefix: str, presenter: bool) -> FaultTable:
    """The codes of one kind of printer; docs/runbook tells what to do at each."""
    rows = [
        ("paper_end", Fault(f"{prefix}-01", Action.CLEAR, "paper end")),
        ("cover_open", Fault(f"{prefix}-02", Action.CLEAR, "cover open")),
        ("jam", Fault(f"{prefix}-03", Action.CLEAR, "paper jam")),
        ("cutter_error", Fault(f"{prefix}-04", Action.MAINTENANCE, "cutter error")),
        ("unrecoverable_error", Fault(f"{prefix}-05", Action.MAINTENANCE, "unrecoverable error")),
        ("auto_recoverable_error", Fault(f"{prefix}-06", Action.NONE, "print head too hot, or supply voltage")),
        ("recoverable_error", Fault(f"{prefix}-07", Action.CLEAR, "recoverable mechanical error")),
        ("queue_stuck", Fault(f"{prefix}-10", Action.RESET, "answers status, but carries out no command")),
        ("feeding", Fault(f"{prefix}-11", Action.CLEAR, "the feed button is held")),
        ("offline", Fault(f"{prefix}-12", Action.CLEAR, "offline, without saying why")),
    ]
    if presenter:
        rows.insert(4, ("presenter_error", Fault(f"{prefix}-13", Action.CLEAR, "the presenter cannot be emptied")))
    return FaultTable(
        silent=Fault(f"{prefix}-08", Action.MAINTENANCE, "no answer"),
        lost=Fault(f"{prefix}-09", Action.MAINTENANCE, "no line to the printer"),
        rows=tuple(rows),
    )


_PROOFS: dict[Fence | None, Proof] = {
    None: Proof.NONE,
    Fence.PROCESS_ID: Proof.PROCESS_ID,
    Fence.QUEUED_STATUS: Proof.QUEUED_STATUS,
}

_USER_ERRORS = ("paper_end", "cover_open", "jam", "recoverable_error", "feeding", "presenter_error")
_HARDWARE_ERRORS = ("cutter_error", "unrecoverable_error", "queue_stuck")


def _status_of(condition: Condition, busy: bool) -> DeviceStatus:
    if not condition.connected:
        return DeviceStatus.NO_DEVICE
    if condition.answering is False:
        return DeviceStatus.POWER_OFF
    if any(getattr(condition, name) for name in _HARDWARE_ERRORS):
        return DeviceStatus.HARDWARE_ERROR
    if any(getattr(condition, name) for name in _USER_ERRORS):
        return DeviceStatus.USER_ERROR
    if condition.hindered:
        return DeviceStatus.OFFLINE
    if busy:
        return DeviceStatus.DEVICE_BUSY
    return DeviceStatus.ONLINE if condition.confirmed else DeviceStatus.STARTING


def _supply_of(condition: Condition) -> PaperSupply:
    if not condition.connected or not condition.answering:
        return PaperSupply.UNKNOWN
    if condition.jam:
        return PaperSupply.JAMMED
    if condition.paper_end:
        return PaperSupply.OUT
    if not condition.confirmed:
        return PaperSupply.UNKNOWN
    return PaperSupply.LOW if condition.paper_near_end else PaperSupply.FULL


PaperPrinterEvent = PrinterEvent | StatusChanged | HealthReport


class PaperPrinter:
    """A `WireMachine` that prints documents. Its kinds are `ReceiptPrinter` and `TicketDispenser`."""

    def __init__(
        self,
        device_id: str,
        faults: FaultTable,
        *,
        profile: Profile,
        baud: int | None = None,
        columns: int | None = None,
        glyph: Glyph | None = None,
        timing: Timing | None = None,
    ) -> None:
        encoder.load()
        self.device_id = device_id
        self.profile = profile
        self.columns = columns or profile.columns
        self._glyph = glyph
        self._faults = faults
        self._machine = EscposMachine(device_id, profile, baud=baud, timing=timing)
        self._events: list[PaperPrinterEvent] = []
        self._outcomes: OrderedDict[str, PrintFinished] = OrderedDict()
        self._under_way: set[str] = set()
        self._told = (self.status, self.fault)
        self._told_supply = self.paper

    # -- what is known -------------------------------------------------------------------------------------------

    @property
    def status(self) -> DeviceStatus:
        return _status_of(self._machine.condition, self._machine.busy)

    @property
    def fault(self) -> Fault | None:
        return self._faults.fault_of(self._machine.condition)

    @property
    def paper(self) -> PaperSupply:
        return _supply_of(self._machine.condition)

    @property
    def can_print(self) -> bool:
        """Whether a paper begun now would come out, as far as a printer can be believed. Never true on silence."""
        return self._machine.condition.ready

    @property
    def proof(self) -> Proof:
        """What the outcomes of this printer rest on; NONE until it has been asked."""
        return _PROOFS[self._machine.fence]

    # -- verbs ---------------------------------------------------------------------------------------------------

    def print_document(self, job_id: str, document: Document, now: float) -> None:
        """Prints one paper; the answer is `PrintFinished`. The caller has journaled `job_id` before.

        A job that is printed or unknown is never sent again under its id: the call is answered with the same outcome.
        One that was refused may be tried again. While it is under way, a second call changes nothing.
        """
        known = self._outcomes.get(job_id)
        if known is not None and known.outcome is not PrintOutcome.REFUSED:
            self._events.append(known)
            return
        if job_id in self._under_way:
            return
        try:
            segments = render(document, self.columns, self.profile, self._glyph)
        except ValueError as error:
            self._finish(PrintFinished(job_id, PrintOutcome.REFUSED, Proof.NONE, cut=False, detail=str(error)))
            return
        self._under_way.add(job_id)
        self._machine.print_job(PrintJob(job_id, segments, length_mm(document, self.columns)), now)
        self._translate()

    def clear_paper(self, now: float) -> None:
        """Cuts off what an earlier run of the program may have left hanging, before the next paper. Called by recovery
        when it finds a print intent without an outcome."""
        self._machine.clear_paper(now)
        self._translate()

    def check_health(self, level: CheckLevel, now: float | None = None) -> HealthReport:
        """What is known now. With `now`, an idle printer is also asked everything anew (the answers come as events)."""
        if now is not None:
            self._machine.check(now)
            self._translate()
        fault = self.fault
        words = f"{self._machine.condition.words()}; paper {self.paper.value}; proof {self.proof.value}"
        return HealthReport(self.device_id, level, self.can_print, words, fault)

    # -- the wire ------------------------------------------------------------------------------------------------

    @property
    def settings(self) -> SerialSettings:
        return self._machine.settings

    def connection_made(self, now: float) -> None:
        self._machine.connection_made(now)
        self._translate()

    def connection_lost(self, now: float) -> None:
        self._machine.connection_lost(now)
        self._translate()

    def receive_data(self, data: bytes, now: float) -> None:
        self._machine.receive_data(data, now)
        self._translate()

    def data_to_send(self, now: float) -> bytes:
        return self._machine.data_to_send(now)

    def next_deadline(self) -> float | None:
        return self._machine.next_deadline()

    def handle_deadline(self, now: float) -> None:
        self._machine.handle_deadline(now)
        self._translate()

    def take_events(self) -> tuple[PaperPrinterEvent, ...]:
        events = tuple(self._events)
        self._events.clear()
        return events

    # -- translation ---------------------------------------------------------------------------------------------

    def _translate(self) -> None:
        for event in self._machine.take_events():
            if isinstance(event, JobFinished):
                proof = _PROOFS[event.fence]
                self._finish(
                    PrintFinished(event.job_id, PrintOutcome(event.outcome.value), proof, event.cut, event.detail)
                )
            elif isinstance(event, TakenFromPresenter):
                self._events.append(PaperTaken(event.job_id))
            elif isinstance(event, DrawnBack):
                self._events.append(PaperRetracted(event.job_id))
        told = (self.status, self.fault)
        if told != self._told:
            self._told = told
            self._events.append(StatusChanged(self.device_id, *told))
        if self.paper is not self._told_supply:
            self._told_supply = self.paper
            self._events.append(PaperSupplyChanged(self.device_id, self.paper))

    def _finish(self, finished: PrintFinished) -> None:
        self._under_way.discard(finished.job_id)
        self._outcomes[finished.job_id] = finished
        while len(self._outcomes) > _REMEMBERED_JOBS:
            self._outcomes.popitem(last=False)
        self._events.append(finished)
