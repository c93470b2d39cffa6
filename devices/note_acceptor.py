"""The note acceptor, whatever protocol it speaks.

A note goes: escrowed -> (the hall decides and journals) -> stack or return -> stacked or returned. Credit arises at
`NoteStacked` only. The device's report of a stacked note is acknowledged by `acknowledge`, after the hall's commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.note_profile import NoteProfile
from devices.status import Action, CheckLevel, DeviceStatus, Fault, HealthReport, StatusChanged
from drivers.ccnet.machine import CcnetMachine
from drivers.validator import events as driver
from drivers.validator.events import NoteValue, UnitIdentity
from drivers.validator.machine import Capabilities, ValidatorMachine
from drivers.validator.words import Doubt, RefuseReason, Silence, Trouble
from drivers.wire import SerialSettings

__all__ = (
    "FAULTS",
    "AcceptorEvent",
    "AcceptorReady",
    "CashUnitInserted",
    "CashUnitNearFull",
    "CashUnitRemoved",
    "NoteAcceptor",
    "NoteEscrowed",
    "NoteOutcomeUnknown",
    "NoteRefused",
    "NoteReturned",
    "NoteStacked",
    "RefuseReason",
    "StrayReport",
    "fault",
    "value_fen",
)


@dataclass(frozen=True, slots=True)
class NoteEscrowed:
    """A note is in escrow and waits for `stack`, `return_note` or `hold`. `value_fen` is `None` only if no table is
    known yet."""

    note_type: int
    value_fen: int | None


@dataclass(frozen=True, slots=True)
class NoteStacked:
    """The note is secured in the cash unit: the credit point. Reported until `acknowledge` is called; the same note
    is reported once by this class, however often the device repeats it. `recovered`: the report follows a power-up
    or a restart. `note_type` and `value_fen` are `None` if the report of a protocol without values in it follows a
    restart: the journal knows them (R5)."""

    note_type: int | None
    value_fen: int | None
    recovered: bool = False


@dataclass(frozen=True, slots=True)
class NoteReturned:
    """The note that was in escrow has been given back to the customer.

    `note_type` is `None` after a power cut with the note inside, when the device gives it back without saying which
    it was.
    """

    note_type: int | None
    value_fen: int | None


@dataclass(frozen=True, slots=True)
class NoteRefused:
    """The acceptor gave a note back before it reached escrow."""

    reason: RefuseReason
    code: str


@dataclass(frozen=True, slots=True)
class NoteOutcomeUnknown:
    """`stack` was sent and no report of stacked or returned came in the time the manual allows (or a jam took its
    place)."""

    note_type: int
    value_fen: int | None
    fault_code: str


@dataclass(frozen=True, slots=True)
class AcceptorReady:
    """The acceptor has been brought up and asked everything; it takes no notes until `enable`. Comes after every
    (re)connection, once whatever a restart or a power cut had left open in it has been reported.

    `stacked_count` is the device's own counter of stacked notes (modulo 65536), `None` where it has none:
    the evidence that settles a note whose fate is open. `note_types` maps the device's note type to its value in fen.
    """

    serial_number: str
    part_number: str
    stacked_count: int | None
    note_types: dict[int, int]


@dataclass(frozen=True, slots=True)
class CashUnitRemoved:
    """The cassette has been taken out."""


@dataclass(frozen=True, slots=True)
class CashUnitInserted:
    """The cassette is back."""


@dataclass(frozen=True, slots=True)
class CashUnitNearFull:
    """The device itself says that the cassette will soon be full."""


@dataclass(frozen=True, slots=True)
class StrayReport:
    """The device reports a stacked note that cannot be told from noise or a repeat: never a credit, always an alarm."""

    code: str


AcceptorEvent = (
    NoteEscrowed
    | NoteStacked
    | NoteReturned
    | NoteRefused
    | NoteOutcomeUnknown
    | AcceptorReady
    | CashUnitRemoved
    | CashUnitInserted
    | CashUnitNearFull
    | StrayReport
)


@dataclass(frozen=True, slots=True)
class FaultEntry:
    """One row of the table of faults: who mends it, what the device's status is meanwhile, and what it is, for the
    runbook."""

    action: Action
    status: DeviceStatus
    text: str


FAULTS: Mapping[str, FaultEntry] = {
    "E-NA-01": FaultEntry(Action.MAINTENANCE, DeviceStatus.OFFLINE, "the acceptor does not answer"),
    "E-NA-02": FaultEntry(Action.MAINTENANCE, DeviceStatus.POWER_OFF, "the acceptor is without power or not connected"),
    "E-NA-03": FaultEntry(Action.CLEAR, DeviceStatus.USER_ERROR, "the cash unit is full"),
    "E-NA-04": FaultEntry(Action.CLEAR, DeviceStatus.USER_ERROR, "the cash unit is out"),
    "E-NA-05": FaultEntry(Action.CLEAR, DeviceStatus.HARDWARE_ERROR, "a note is jammed in the head"),
    "E-NA-06": FaultEntry(Action.CLEAR, DeviceStatus.HARDWARE_ERROR, "a note is jammed at the cash unit"),
    "E-NA-07": FaultEntry(Action.SUSPEND, DeviceStatus.FRAUD_ATTEMPT, "somebody has tried to pull a note back out"),
    "E-NA-08": FaultEntry(Action.CLEAR, DeviceStatus.USER_ERROR, "a second note was pushed in; it has to be taken out"),
    "E-NA-09": FaultEntry(Action.MAINTENANCE, DeviceStatus.HARDWARE_ERROR, "the acceptor reports a failure of its own"),
    "E-NA-10": FaultEntry(
        Action.RESET, DeviceStatus.HARDWARE_ERROR, "a note was to be stacked, and nothing was reported of it"
    ),
    "E-NA-11": FaultEntry(
        Action.RESET, DeviceStatus.HARDWARE_ERROR, "the acceptor is in a state that its protocol does not know"
    ),
    "E-NA-12": FaultEntry(
        Action.CONFIGURATION, DeviceStatus.HARDWARE_ERROR, "the line returns our own commands: the adapter echoes"
    ),
    "E-NA-13": FaultEntry(Action.CONFIGURATION, DeviceStatus.HARDWARE_ERROR, "the acceptor knows no notes in yuan"),
    "E-NA-14": FaultEntry(
        Action.SUSPEND, DeviceStatus.POTENTIAL_FRAUD, "the acceptor holds a suspected or counterfeit note"
    ),
    "E-NA-15": FaultEntry(
        Action.CONFIGURATION, DeviceStatus.HARDWARE_ERROR, "what comes on the line is not the configured protocol"
    ),
    "E-NA-16": FaultEntry(
        Action.CONFIGURATION, DeviceStatus.HARDWARE_ERROR, "the acceptor refuses a command, a key or a version"
    ),
    "E-NA-17": FaultEntry(
        Action.RESET, DeviceStatus.HARDWARE_ERROR, "the acceptor has had more to report than it could keep"
    ),
}
"""Every fault of a note acceptor. Codes never change their meaning."""

_SILENCE_FAULTS: Mapping[Silence, str] = {
    Silence.OFFLINE: "E-NA-01",
    Silence.ABSENT: "E-NA-02",
    Silence.PORT_LOST: "E-NA-02",
}

_TROUBLE_FAULTS: Mapping[Trouble, str] = {
    Trouble.CASH_UNIT_FULL: "E-NA-03",
    Trouble.CASH_UNIT_OUT: "E-NA-04",
    Trouble.HEAD_JAMMED: "E-NA-05",
    Trouble.CASH_UNIT_JAMMED: "E-NA-06",
    Trouble.CHEATED: "E-NA-07",
    Trouble.PAUSED: "E-NA-08",
    Trouble.FAILURE: "E-NA-09",
    Trouble.UNKNOWN_STATE: "E-NA-11",
    Trouble.ECHO: "E-NA-12",
    Trouble.NO_NOTE_TABLE: "E-NA-13",
    Trouble.SUSPECT_NOTE: "E-NA-14",
    Trouble.GARBLED: "E-NA-15",
    Trouble.REFUSED: "E-NA-16",
    Trouble.REPORTS_LOST: "E-NA-17",
}

_YUAN = ("CHN", "CNY")
_FEN_PER_YUAN = 100


def value_fen(bill: NoteValue) -> int | None:
    """The value of an entry of the device's table of notes in fen; `None` for another currency, or a value that is no
    whole number of fen."""
    if bill.country not in _YUAN:
        return None
    if bill.exponent >= 0:
        return int(bill.digits * 10**bill.exponent * _FEN_PER_YUAN)
    fen, rest = divmod(bill.digits * _FEN_PER_YUAN, 10**-bill.exponent)
    return None if rest else int(fen)


def fault(code: str, detail: str = "") -> Fault:
    """The fault with this code; `detail` is the device's own words. Raises `KeyError` for a code that `FAULTS` does
    not list."""
    return Fault(code, FAULTS[code].action, detail)


class NoteAcceptor:
    """A note acceptor as the hall sees it, whatever its protocol: a `drivers.wire.WireMachine` with verbs.

    What a protocol cannot do or prove is in `capabilities`; what follows holds for one that proves everything
    (CCNET). Where a gap is not proven, a note that it hits stays open: neither `NoteStacked` nor `NoteReturned` comes
    before `AcceptorReady`, and its count is `None`.

    A verb given in the pass in which an event arose goes out in that pass, with the protocol's gap. Verbs return
    whether they can have an effect: `stack` is refused once `return_note` has been called for the same note, and
    the other way round. The acceptor keeps the values of the last `enable` enabled over its own resets and power
    cuts, until `disable`; a new object starts disabled.

    Events are those of this module and `StatusChanged`. After `NoteStacked` the line waits for `acknowledge` (call
    it after the commit; for at most a second nothing is sent; then the device repeats its report, which is not told
    again).

    **What a new object reports when the device was not idle** (the hall was restarted; likewise after a power cut
    of the device or of both). In each case `AcceptorReady` is last, and no note is taken before it:

    - *nothing in it*: `AcceptorReady`.
    - *a note in escrow*: `NoteEscrowed` (its value from `known_note_types`). The hall calls `return_note` or
      `stack`; then `NoteReturned` or `NoteStacked(recovered=True)`, `acknowledge`, `AcceptorReady`. If it calls
      nothing the device gives the note back by itself after 10 s.
    - *being stacked*: `NoteStacked(recovered=True)`, `acknowledge`, `AcceptorReady`. If the note jams: the fault;
      `AcceptorReady` once it is mended.
    - *stacked, report not acknowledged*: as above. The commit may have been made before the restart; the hall knows
      that from its journal.
    - *power cut with the note before the stacker's lever* (11h): the device gives it back: `NoteReturned` (with
      `note_type=None` if this object has not seen the note), `AcceptorReady`.
    - *power cut with the note behind the lever* (12h): `NoteStacked(recovered=True)`, `acknowledge`, `AcceptorReady`.

    A device may have forgotten a report with its power: then neither `NoteStacked` nor `NoteReturned` comes before
    `AcceptorReady` (an object that had sent the STACK itself tells `NoteOutcomeUnknown` first). The hall settles
    such a note by `stacked_count`: journal `acceptor.stacked_count` and `serial_number` with the intent, before
    `stack`. With the same serial number and c the journaled count, `AcceptorReady.stacked_count` == c says that the
    note was not stacked, (c + 1) mod 65536 that it was; anything else, or `None`, leaves it unknown.

    `NoteOutcomeUnknown` is not the end: a `NoteStacked(recovered=True)` or `NoteReturned` of that note may follow
    at any later time, and once the device is at rest `AcceptorReady` comes again with the count.
    """

    def __init__(
        self,
        device_id: str,
        *,
        machine: ValidatorMachine | None = None,
        known_note_types: Mapping[int, int] | None = None,
        note_profile: NoteProfile | None = None,
    ) -> None:
        """`machine`: the protocol's; CCNET without it. `known_note_types`: note type -> fen as in the last
        `AcceptorReady` of this device; used until the table can be read again. `note_profile` stands in for the
        table where the protocol has none."""
        self.device_id = device_id
        self._machine: ValidatorMachine = CcnetMachine() if machine is None else machine
        self._profile = note_profile or NoteProfile()
        self._note_types = dict(known_note_types or {})
        self._values: frozenset[int] = frozenset()
        self._identity = UnitIdentity()
        self._events: list[AcceptorEvent | StatusChanged] = []
        self._status = DeviceStatus.STARTING
        self._fault: Fault | None = None
        self._standing: dict[str, Fault] = {}
        self._ready = False
        self._cash_unit_out = False

    # What it is

    @property
    def settings(self) -> SerialSettings:
        return self._machine.settings

    @property
    def capabilities(self) -> Capabilities:
        return self._machine.capabilities

    @property
    def bookmark(self) -> str:
        """To be committed with each credit, and given to the machine at the next start; see
        `drivers.validator.machine.ValidatorMachine.bookmark`. Empty where the protocol needs none."""
        return self._machine.bookmark

    @property
    def status(self) -> DeviceStatus:
        return self._status

    @property
    def fault(self) -> Fault | None:
        return self._fault

    @property
    def ready(self) -> bool:
        """It can take notes as soon as they are enabled."""
        return self._status is DeviceStatus.ONLINE

    @property
    def stacked_count(self) -> int | None:
        """The device's counter of stacked notes (modulo 65536), up to date from `NoteStacked` on; `None` if
        unknown."""
        return self._machine.stacked_count

    @property
    def identity(self) -> UnitIdentity:
        """Empty strings until the first `AcceptorReady`."""
        return self._identity

    @property
    def note_types(self) -> dict[int, int]:
        """Note type -> fen, as far as known."""
        return dict(self._note_types)

    def check_health(self, level: CheckLevel) -> HealthReport:
        """Tells what is known now, which is never older than two seconds. Moves nothing."""
        if self._fault:
            text = f"{self._fault.code}: {FAULTS[self._fault.code].text}"
            text += f" ({self._fault.detail})" if self._fault.detail else ""
        elif self.ready:
            values = ", ".join(str(fen // _FEN_PER_YUAN) for fen in sorted(set(self._note_types.values())))
            name = " ".join(word for word in (self._identity.part_number, self._identity.serial_number) if word)
            text = f"{name or self.capabilities.protocol}: answers; takes {values} yuan"
            text += f"; firmware {self._identity.firmware}" if self._identity.firmware else ""
            text += f"; {self.stacked_count} notes stacked" if self.stacked_count is not None else ""
        else:
            text = "starting"
        if self._machine.damaged_replies:
            text += f"; {self._machine.damaged_replies} damaged replies on the line"
        if level is CheckLevel.INTERACTIVE:
            text += "; feed a note to check the head"
        return HealthReport(self.device_id, level, self.ready, text, self._fault)

    # Verbs

    def enable(self, values_fen: frozenset[int], now: float) -> None:
        """Take notes of these values and no others. May be called at any time; has its effect when the acceptor is
        ready."""
        self._values = values_fen
        self._machine.set_note_types(self._types())

    def disable(self, now: float) -> None:
        """Take no notes. One that is already on its way is still brought to escrow or given back."""
        self.enable(frozenset(), now)

    def stack(self, now: float) -> bool:
        """Move the note in escrow into the cash unit. Journal the intent first."""
        return self._machine.stack()

    def return_note(self, now: float) -> bool:
        """Give the note in escrow back."""
        return self._machine.return_note()

    def hold(self, now: float) -> bool:
        """Keep the note in escrow until `stack` or `return_note`."""
        return self._machine.hold(now)

    def acknowledge(self, now: float) -> bool:
        """The stacked note has been committed."""
        return self._machine.acknowledge()

    def reset(self, now: float) -> bool:
        """Start the device anew. Refused while a note is in it."""
        return self._machine.reset()

    # Wire

    def connection_made(self, now: float) -> None:
        self._machine.connection_made(now)
        self._take_over()

    def connection_lost(self, now: float) -> None:
        self._machine.connection_lost(now)
        self._take_over()

    def receive_data(self, data: bytes, now: float) -> None:
        self._machine.receive_data(data, now)
        self._take_over()

    def handle_deadline(self, now: float) -> None:
        self._machine.handle_deadline(now)
        self._take_over()

    def data_to_send(self, now: float) -> bytes:
        return self._machine.data_to_send(now)

    def next_deadline(self) -> float | None:
        return self._machine.next_deadline()

    def take_events(self) -> tuple[object, ...]:
        events, self._events = tuple(self._events), []
        return events

    # What the driver's events mean for the hall

    def _take_over(self) -> None:
        for event in self._machine.take_events():
            self._translate(event)
            self._judge()
        if self._ready and not self._machine.in_service:
            self._ready = False
            self._judge()

    def _types(self) -> frozenset[int]:
        return frozenset(note_type for note_type, fen in self._note_types.items() if fen in self._values)

    def _judge(self) -> None:
        """Status and fault from everything that stands; the first in this order is told: silence, trouble, state,
        doubt."""
        told = next(
            (
                self._standing[cause]
                for cause in ("silence", "trouble", "state", "doubt", "notes")
                if cause in self._standing
            ),
            None,
        )
        standing = DeviceStatus.ONLINE if self._ready else DeviceStatus.STARTING
        status = FAULTS[told.code].status if told else standing
        if (status, told) != (self._status, self._fault):
            self._status, self._fault = status, told
            self._events.append(StatusChanged(self.device_id, status, told))

    def _stand(self, cause: str, code: str | None, detail: str = "") -> None:
        if code is None:
            self._standing.pop(cause, None)
        else:
            self._standing[cause] = fault(code, detail)

    def _value(self, note_type: int | None) -> int | None:
        return None if note_type is None else self._note_types.get(note_type)

    def _translate(self, event: driver.ValidatorEvent) -> None:
        match event:
            case driver.Escrowed(note_type):
                self._events.append(NoteEscrowed(note_type, self._value(note_type)))
            case driver.Stacked(stacked_type, recovered):
                self._events.append(NoteStacked(stacked_type, self._value(stacked_type), recovered))
            case driver.Returned(returned_type):
                self._events.append(NoteReturned(returned_type, self._value(returned_type)))
            case driver.Refused(reason, code):
                self._events.append(NoteRefused(reason, code))
            case driver.OutcomeUnknown():
                self._unknown(event)
            case driver.StrayReport(code):
                self._events.append(StrayReport(code))
            case driver.CashUnitNearFull():
                self._events.append(CashUnitNearFull())
            case driver.StateSeen(trouble, detail):
                self._state_seen(trouble, detail)
            case driver.Ready():
                self._made_ready(event)
            case driver.Silent(silence):
                self._silent(silence)
            case driver.Answering():
                self._ready = False
                self._stand("silence", None)
            case driver.Troubled(trouble, detail):
                self._stand("trouble", _TROUBLE_FAULTS[trouble], detail)
            case driver.CountRead():
                pass  # stacked_count asks the driver

    def _unknown(self, event: driver.OutcomeUnknown) -> None:
        code = "E-NA-10"
        if event.doubt is Doubt.STOPPED and event.trouble:
            code = _TROUBLE_FAULTS[event.trouble]
        else:
            self._stand("doubt", code, event.doubt.value)
        self._events.append(NoteOutcomeUnknown(event.note_type, self._value(event.note_type), code))

    def _state_seen(self, trouble: Trouble | None, detail: str) -> None:
        self._stand("silence", None)
        if "trouble" in self._standing and self._standing["trouble"].code != _TROUBLE_FAULTS[Trouble.NO_NOTE_TABLE]:
            self._stand("trouble", None)
        self._stand("state", _TROUBLE_FAULTS[trouble] if trouble else None, detail)
        out = trouble is Trouble.CASH_UNIT_OUT
        if out != self._cash_unit_out:
            self._cash_unit_out = out
            self._events.append(CashUnitRemoved() if out else CashUnitInserted())

    def _made_ready(self, event: driver.Ready) -> None:
        if event.note_values is None:
            self._note_types = self._profile.values_fen(self.capabilities.first_note_type)
        else:
            values = {note_type: value_fen(note) for note_type, note in event.note_values.items()}
            self._note_types = {note_type: fen for note_type, fen in values.items() if fen is not None}
        self._identity = event.identity
        self._ready = True
        for cause in ("trouble", "doubt"):
            self._stand(cause, None)
        self._stand("notes", None if self._note_types else "E-NA-13")
        self._machine.set_note_types(self._types())
        self._events.append(
            AcceptorReady(
                event.identity.serial_number, event.identity.part_number, event.stacked_count, dict(self._note_types)
            )
        )

    def _silent(self, silence: Silence) -> None:
        self._ready = False
        self._standing = {cause: standing for cause, standing in self._standing.items() if cause == "doubt"}
        self._stand("silence", _SILENCE_FAULTS[silence], silence.value)
