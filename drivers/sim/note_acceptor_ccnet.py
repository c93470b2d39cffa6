"""A CCNET bill validator (address 03), from the device's side of the line.

Written from "CashCode NET Document 1, Common Specifications" rev. 2.6.0 and independent of the driver, its codec
included, so that a misunderstanding cannot cancel itself out. It does what the manual says a unit does, and writes
down what the manual says a controller must not do (`violations`). Where the manual leaves a plain validator open,
it behaves as follows: a report (1C, 81, 82) is repeated at every POLL until it is acknowledged, and is forgotten
with the power.

Times are seconds. Those of the mechanics are divided by `speed`; those of the protocol are not.
"""

from binascii import crc_hqx
from collections.abc import Callable, Mapping
from enum import Enum

from drivers.sim.note_acceptor_body import Body, Note, Place, Stage
from drivers.wire import SerialSettings

TYPES = (1, 5, 10, 20, 50, 100)
"""Bill type -> yuan."""

BOOT_S, INITIALIZE_S, ACCEPT_S, RETURN_S, REJECT_S, CHEATED_S = 0.8, 1.5, 1.0, 0.7, 0.7, 3.0
TO_LEVER_S, TO_BOX_S = 0.4, 0.6
ESCROW_S = 10.0
REPLY_S = 0.003
T_FREE_MIN_S = 0.010
POLL_MIN_S = 0.100
INTER_BYTE_S = 0.005
TOLERANCE_S = 0.0005

ACK, NAK, ILLEGAL = b"\x00", b"\xff", b"\x30"


def _mirrored(value: int, bits: int) -> int:
    return int(f"{value:0{bits}b}"[::-1], 2)


def checksum(data: bytes) -> bytes:
    """CRC-16/KERMIT by way of the standard library's unreflected CRC-CCITT; two bytes, least significant first."""
    mirrored = bytes(_mirrored(byte, 8) for byte in data)
    return _mirrored(crc_hqx(mirrored, 0), 16).to_bytes(2, "little")


def refuse(request: bytes) -> bytes:
    """What a unit says that refuses everything: NAK."""
    return reply_frame(NAK)


def reply_frame(payload: bytes) -> bytes:
    """A frame of the unit with up to 250 bytes of payload."""
    head = bytes([0x02, 0x03, len(payload) + 5]) + payload
    return head + checksum(head)


class Assembler:
    """Puts the controller's bytes together. A gap above 5 ms inside a frame makes the unit forget what it has."""

    def __init__(self) -> None:
        self._bytes = b""
        self._last = 0.0
        self.broken = False

    def feed(self, data: bytes, now: float) -> list[bytes | None]:
        """Payloads of whole frames; `None` for a frame with a wrong CRC."""
        byte_time = SerialSettings(9600).byte_time_s()
        self.broken = bool(self._bytes) and now - len(data) * byte_time - self._last > INTER_BYTE_S + TOLERANCE_S
        if self.broken:
            self._bytes = b""
        self._last = now
        self._bytes += data
        frames: list[bytes | None] = []
        while self._bytes:
            if self._bytes[0] != 0x02 or self._bytes[1:2] not in (b"", b"\x03"):
                self._bytes = self._bytes[1:]
                continue
            if len(self._bytes) < 3:
                break
            length, head = self._bytes[2], 3
            if length == 0:
                if len(self._bytes) < 6:
                    break
                length, head = self._bytes[4] << 8 | self._bytes[5], 6
            if length < head + 2 + (head == 3):
                self._bytes = self._bytes[1:]
                continue
            if len(self._bytes) < length:
                break
            frame, self._bytes = self._bytes[:length], self._bytes[length:]
            payload = frame[3:-2] if head == 3 else frame[3:4] + frame[6:-2]
            frames.append(payload if checksum(frame[:-2]) == frame[-2:] else None)
        return frames


class Doing(Enum):
    """What the unit is busy with, and its POLL code."""

    BOOTING = -1
    AWAITING_RESET = 0x10
    INITIALIZING = 0x13
    WAITING = 0x14
    ACCEPTING = 0x15
    STACKING_TO_LEVER = 0x17
    STACKING_TO_BOX = 0x117
    RETURNING = 0x18
    REJECTING = 0x1C
    HOLDING = 0x1A
    CHEATED = 0x45
    ESCROW = 0x80


Event = dict[str, object]


class CcnetValidator:
    """The unit. `body` is the physical truth; `violations` is what the controller did wrong, in words."""

    def __init__(self, speed: float = 1.0, *, has_counter: bool = True, forgets_reports: bool = False) -> None:
        self.body = Body()
        self.counted = 0
        self.violations: list[str] = []
        self.forgets_reports = forgets_reports
        """A unit that does not repeat a report whose ACK it missed."""
        self._has_counter = has_counter
        self._speed = speed
        self._events: list[Event] = []
        self._powered = True
        self._lose_reply = self._corrupt_reply = self._lose_ack = self._lose_command = 0
        self._next_reject: int | None = None
        self._stalled = self._weak_motor = False
        self._last_poll_at = -1e9
        self._forget_ram()
        self._doing = Doing.AWAITING_RESET

    def _forget_ram(self) -> None:
        self._doing = Doing.BOOTING
        self._until: float | None = None
        self._enabled = 0
        self._report: bytes | None = None
        self._reject_code = 0
        self._failure: int | None = None
        self._assembler = Assembler()
        self._reply: bytes = b""
        self._reply_at: float | None = None
        self._last_reply: bytes = b""
        self._awaits_ack = False
        self._excused = False
        self._free_at = -1.0
        self._line_free_at = -1.0

    # What tests look at

    @property
    def settings(self) -> SerialSettings:
        return SerialSettings(9600)

    @property
    def box(self) -> list[int]:
        """Values in the cassette, in yuan."""
        return self.body.box

    @property
    def escrow(self) -> int | None:
        return self.body.escrow

    @property
    def given_back(self) -> list[int]:
        return self.body.given_back

    @property
    def doing(self) -> Doing:
        return self._doing

    @property
    def stage(self) -> Stage:
        return _STAGES[self._doing] if self._powered else Stage.OFF

    @property
    def accepts_notes(self) -> bool:
        return self._enabled != 0

    @property
    def enabled_types(self) -> frozenset[int]:
        return frozenset(number for number in range(24) if self._enabled >> number & 1)

    def controller_restarts(self) -> None:
        """What a controller that has just died left unsaid is not held against its successor."""
        self._excused = True
        self._last_poll_at = -1e9

    # The machine as the runner and the tests drive it

    def take_events(self) -> tuple[Event, ...]:
        events, self._events = tuple(self._events), []
        return events

    def next_deadline(self) -> float | None:
        if not self._powered:
            return None
        times = [time for time in (self._until, self._reply_at) if time is not None]
        return min(times, default=None)

    def handle_deadline(self, now: float) -> None:
        while self._powered and self._until is not None and now >= self._until:
            at, self._until = self._until, None
            _FINISHED[self._doing](self, at)

    def data_to_send(self, now: float) -> bytes:
        if not self._powered or self._reply_at is None or now < self._reply_at:
            return b""
        reply, self._reply, self._reply_at = self._reply, b"", None
        self._line_free_at = now + len(reply) * self.settings.byte_time_s()
        if self._lose_reply:
            self._lose_reply -= 1
            self._excused = True
            return b""
        if self._corrupt_reply:
            self._corrupt_reply -= 1
            self._excused = True
            return reply[:-1] + bytes([reply[-1] ^ 0x10])
        return reply

    def receive_data(self, data: bytes, now: float) -> None:
        """`now` is when the last of these bytes has arrived."""
        self.handle_deadline(now)
        if not self._powered or self._doing is Doing.BOOTING:
            return
        frames = self._assembler.feed(data, now)
        if self._assembler.broken:
            self._violation("a gap above 5 ms inside a frame")
        for payload in frames:
            self._frame(payload, now, len(data))

    # The line

    def _say(self, event: str, **more: object) -> None:
        self._events.append({"event": event, **self.body.money(), "counted": self.counted, **more})

    def _violation(self, text: str) -> None:
        self.violations.append(text)
        self._events.append({"event": "violation", "text": text})

    def _answer(self, payload: bytes, now: float) -> None:
        self._last_reply = reply_frame(payload)
        self._reply, self._reply_at = self._last_reply, now + REPLY_S
        self._awaits_ack = payload not in (ACK, NAK, ILLEGAL)
        self._excused = False

    def _frame(self, payload: bytes | None, now: float, length: int) -> None:
        if self._reply_at is not None or now < self._line_free_at - TOLERANCE_S:
            self._violation("spoken to before the reply was out")
        started = now - length * self.settings.byte_time_s()
        if payload == ACK:
            self._acknowledged(now)
            return
        if payload == NAK:
            self._free_at = now
            if self._last_reply:
                self._reply, self._reply_at = self._last_reply, now + REPLY_S
            return
        if started < self._free_at + T_FREE_MIN_S - TOLERANCE_S:
            self._violation(f"a command {1000 * (started - self._free_at):.1f} ms after ACK or NAK, 10 ms is the least")
        if self._lose_command:
            self._lose_command -= 1
            return
        if payload is None:
            self._answer(NAK, now)
            return
        if self._awaits_ack and not self._excused and self._last_reply[3] != 0x81:
            self._violation("a data reply was not acknowledged before the next command")
        if self._awaits_ack and self.forgets_reports and self._last_reply[3:-2] == self._report:
            self._report = None
        self._awaits_ack = False
        self._command(payload, now)

    def _acknowledged(self, now: float) -> None:
        self._free_at = now
        if self._lose_ack:
            self._lose_ack -= 1
            self._excused = True
            return
        if not self._awaits_ack:
            self._violation("an ACK that no data reply asked for")
            return
        self._awaits_ack = False
        if self._last_reply[3:-2] == self._report:
            self._report = None
        self._last_reply = b""

    # Commands

    def _command(self, payload: bytes, now: float) -> None:
        code, data = payload[0], payload[1:]
        lengths = _DATA_LENGTHS.get(code)
        if lengths is None:
            self._answer(ILLEGAL, now)
        elif len(data) not in lengths:
            self._violation(f"command {code:02X} with {len(data)} bytes of data")
            self._answer(ILLEGAL, now)
        else:
            self._answer(_COMMANDS[code](self, data, now), now)

    def _poll(self, data: bytes, now: float) -> bytes:
        if now - self._last_poll_at < POLL_MIN_S - TOLERANCE_S:
            self._violation(f"polled again after {1000 * (now - self._last_poll_at):.0f} ms, 100 ms is the least")
        self._last_poll_at = now
        return self._state()

    def _state(self) -> bytes:
        if self._doing is Doing.AWAITING_RESET:
            return {None: b"\x10", Place.STACKER: b"\x12"}.get(self.body.place, b"\x11")
        if self._doing is Doing.INITIALIZING:
            return b"\x13"
        if self._report is not None:
            return self._report
        if self.body.jammed:
            return b"\x44" if self.body.place is Place.STACKER else b"\x43"
        if self._failure is not None:
            return bytes([0x47, self._failure])
        if self._doing is Doing.CHEATED:
            return b"\x45"
        if not self.body.cassette_in:
            return b"\x42"
        if self._doing is Doing.WAITING:
            if self.body.cassette_full:
                return b"\x41"
            return b"\x14" if self._enabled else b"\x19"
        if self._doing is Doing.ESCROW:
            return bytes([0x80, self._type_in_escrow()])
        if self._doing is Doing.REJECTING:
            return bytes([0x1C, self._reject_code])
        return bytes([self._doing.value & 0xFF])

    def _type_in_escrow(self) -> int:
        assert self.body.note is not None
        return TYPES.index(self.body.note.value)

    def _reset(self, data: bytes, now: float) -> bytes:
        self._report = None if self._report is None or self._report[0] != 0x81 else self._report
        self._enabled = 0
        self._begin(Doing.INITIALIZING, INITIALIZE_S, now)
        return ACK

    def _get_status(self, data: bytes, now: float) -> bytes:
        return self._enabled.to_bytes(3, "big") + bytes(3)

    def _set_security(self, data: bytes, now: float) -> bytes:
        return ACK

    def _enable(self, data: bytes, now: float) -> bytes:
        if self._doing in (Doing.AWAITING_RESET, Doing.INITIALIZING):
            return ILLEGAL
        types, escrow = int.from_bytes(data[:3], "big"), int.from_bytes(data[3:], "big")
        if types & ~escrow:
            self._violation("bill types enabled without escrow: the unit would stack them unasked")
        if types and self._report and self._report[0] == 0x81:
            self._violation("bill types enabled while a stacked note is not acknowledged: its credit may be lost")
        self._enabled = types
        return ACK

    def _stack(self, data: bytes, now: float) -> bytes:
        if self._state()[0] not in (0x80, 0x1A):
            return ILLEGAL
        self._begin(Doing.STACKING_TO_LEVER, TO_LEVER_S, now)
        return ACK

    def _return(self, data: bytes, now: float) -> bytes:
        if self._state()[0] not in (0x80, 0x1A):
            return ILLEGAL
        self._begin(Doing.RETURNING, RETURN_S, now)
        return ACK

    def _hold(self, data: bytes, now: float) -> bytes:
        if self._state()[0] not in (0x80, 0x1A):
            return ILLEGAL
        self._doing, self._until = Doing.HOLDING, now + ESCROW_S
        return ACK

    def _answers_questions(self) -> bool:
        return self._state()[0] in (0x10, 0x11, 0x12, 0x13, 0x19, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47)

    def _identification(self, data: bytes, now: float) -> bytes:
        if not self._answers_questions():
            return ILLEGAL
        return b"SM-CN1314      " + b"21KC03002217" + bytes([0xE7, 0x8F, 0x00, 0x00, 0x01, 0x22, 0x17])

    def _bill_table(self, data: bytes, now: float) -> bytes:
        if not self._answers_questions():
            return ILLEGAL
        table = b""
        for value in TYPES:
            zeros = len(str(value)) - 1
            table += bytes([value // 10**zeros]) + b"CHN" + bytes([zeros])
        return table.ljust(120, b"\x00")

    def _firmware_crc(self, data: bytes, now: float) -> bytes:
        return b"\x5a\x17\x00\xc3"

    def _escrow_timeouts(self, data: bytes, now: float) -> bytes:
        return ACK

    def _counter(self, data: bytes, now: float) -> bytes:
        return (self.counted % 0x10000).to_bytes(2, "big") if self._has_counter else ILLEGAL

    # Mechanics in time

    def _begin(self, doing: Doing, seconds: float, now: float) -> None:
        self._doing, self._until = doing, now + seconds / self._speed

    def _booted(self, now: float) -> None:
        self._doing = Doing.AWAITING_RESET

    def _initialised(self, now: float) -> None:
        self._doing = Doing.WAITING
        if self.body.jammed or self.body.note is None:
            return
        if self.body.place is Place.STACKER:
            self._stacked(now)
        else:
            self.body.give_back()
            self._say("returned")

    def _accepted(self, now: float) -> None:
        note = self.body.note
        assert note is not None
        code, self._next_reject = self._next_reject, None
        if code is None and note.forged:
            code = 0x66
        if code is None and note.value not in TYPES:
            code = 0x65
        if code is None and not self._enabled >> TYPES.index(note.value) & 1:
            code = 0x68
        if code is not None:
            self._reject_code = code
            self._begin(Doing.REJECTING, REJECT_S, now)
            return
        self.body.move_to(Place.ESCROW)
        self._doing, self._until = Doing.ESCROW, now + ESCROW_S
        self._say("escrow")

    def _rejected(self, now: float) -> None:
        self.body.give_back()
        self._doing, self._report = Doing.WAITING, bytes([0x1C, self._reject_code])
        self._say("returned", reject=f"{self._reject_code:02X}")

    def _escrow_over(self, now: float) -> None:
        self._begin(Doing.RETURNING, RETURN_S, now)

    def _returned(self, now: float) -> None:
        report = bytes([0x82, self._type_in_escrow()])
        self.body.give_back()
        self._doing, self._report = Doing.WAITING, report
        self._say("returned")

    def _at_lever(self, now: float) -> None:
        if self._weak_motor:
            self._weak_motor = False
            self._doing, self._until = Doing.ESCROW, now + ESCROW_S
            self._say("slipped_back")
        elif not self._stalled:
            self.body.move_to(Place.STACKER)
            self._begin(Doing.STACKING_TO_BOX, TO_BOX_S, now)
            self._say("in_stacker")

    def _stacked(self, now: float) -> None:
        report = bytes([0x81, self._type_in_escrow()])
        self.body.drop_into_box()
        self.counted += 1
        self._doing, self._report = Doing.WAITING, report
        self._say("stacked")

    def _cheated_over(self, now: float) -> None:
        self._doing = Doing.WAITING

    # The hardware panel

    def command(self, line: str, now: float) -> bool:
        """Does what a person (or a fault) does to the machine; false for words that it does not know."""
        self.handle_deadline(now)
        words = line.split()
        for count in (2, 1):
            action = _PANEL.get(" ".join(words[:count]))
            if action and len(words) >= count:
                try:
                    action(self, words[count:], now)
                except (ValueError, IndexError):
                    return False
                return True
        return False

    def _insert(self, words: list[str], now: float) -> None:
        self._feed(Note(int(words[0])), now)

    def _insert_forged(self, words: list[str], now: float) -> None:
        self._feed(Note(int(words[0]) if words else 100, forged=True), now)

    def _feed(self, note: Note, now: float) -> None:
        if note.value <= 0:
            raise ValueError("no such note")
        taken = self._powered and self._report is None and self._state() == b"\x14"
        if not taken:
            self.body.given_back.append(note.value)
            self._say("returned", not_taken=True)
            return
        self.body.take_in(note)
        self._begin(Doing.ACCEPTING, ACCEPT_S, now)
        self._say("inserted")

    def _jam(self, words: list[str], now: float) -> None:
        self.body.jammed = True
        self._halt()
        self._say("jammed")

    def _halt(self) -> None:
        if self._doing not in (Doing.BOOTING, Doing.AWAITING_RESET, Doing.INITIALIZING):
            self._doing, self._until = Doing.WAITING, None

    def _clear(self, words: list[str], now: float) -> None:
        self.body.clear_jam()
        self._failure = None
        self._stalled = False
        self._restart(now)
        self._say("cleared")

    def _restart(self, now: float) -> None:
        """The unit starts anew by itself, as after its door was open."""
        if self._powered and self._doing not in (Doing.BOOTING, Doing.AWAITING_RESET):
            self._enabled = 0
            self._begin(Doing.INITIALIZING, INITIALIZE_S, now)

    def _box_out(self, words: list[str], now: float) -> None:
        self.body.cassette_in = self.body.cassette_full = False
        self._say("box_out")

    def _box_in(self, words: list[str], now: float) -> None:
        self.body.cassette_in = True
        self._restart(now)
        self._say("box_in")

    def _box_empty(self, words: list[str], now: float) -> None:
        self.body.empty_box()
        self._say("box_emptied")

    def _full(self, words: list[str], now: float) -> None:
        self.body.cassette_full = True
        self._say("full")

    def _cheat(self, words: list[str], now: float) -> None:
        """Somebody pulls the note back on a string; without a note, only tries."""
        if self.body.note:
            self.body.give_back()
        if self._powered and self._doing not in (Doing.BOOTING, Doing.AWAITING_RESET):
            self._begin(Doing.CHEATED, CHEATED_S, now)
        self._say("cheated")

    def _fail(self, words: list[str], now: float) -> None:
        self._failure = int(words[0], 16) if words else 0x50
        self._halt()
        self._say("failed", failure=f"{self._failure:02X}")

    def _power_off(self, words: list[str], now: float) -> None:
        self._powered = False
        self._forget_ram()
        self._say("power_off")

    def _power_on(self, words: list[str], now: float) -> None:
        if not self._powered:
            self._powered = True
            self._forget_ram()
            self._begin(Doing.BOOTING, BOOT_S, now)
        self._say("power_on")

    def _reject(self, words: list[str], now: float) -> None:
        self._next_reject = int(words[0], 16)

    def _stall(self, words: list[str], now: float) -> None:
        """The stacker's motor stands still, and the unit does not notice."""
        self._stalled = True

    def _resume(self, words: list[str], now: float) -> None:
        self._stalled = False
        if self._doing is Doing.STACKING_TO_LEVER and self._until is None:
            self._begin(Doing.STACKING_TO_LEVER, TO_LEVER_S, now)

    def _weak(self, words: list[str], now: float) -> None:
        self._weak_motor = True

    def _forget_types(self, words: list[str], now: float) -> None:
        """The unit disables itself without a word."""
        self._enabled = 0

    def _do_lose_ack(self, words: list[str], now: float) -> None:
        self._lose_ack += 1

    def _do_lose_reply(self, words: list[str], now: float) -> None:
        self._lose_reply += 1

    def _do_lose_command(self, words: list[str], now: float) -> None:
        self._lose_command += 1

    def _do_corrupt(self, words: list[str], now: float) -> None:
        self._corrupt_reply += 1


_STAGES: Mapping[Doing, Stage] = {
    Doing.BOOTING: Stage.BOOTING,
    Doing.AWAITING_RESET: Stage.STARTING,
    Doing.INITIALIZING: Stage.STARTING,
    Doing.WAITING: Stage.AT_REST,
    Doing.ACCEPTING: Stage.ACCEPTING,
    Doing.STACKING_TO_LEVER: Stage.TO_LEVER,
    Doing.STACKING_TO_BOX: Stage.TO_BOX,
    Doing.RETURNING: Stage.RETURNING,
    Doing.REJECTING: Stage.REJECTING,
    Doing.HOLDING: Stage.ESCROW,
    Doing.CHEATED: Stage.CHEATED,
    Doing.ESCROW: Stage.ESCROW,
}

_DATA_LENGTHS: Mapping[int, tuple[int, ...]] = {
    0x30: (0,),
    0x31: (0,),
    0x32: (3,),
    0x33: (0,),
    0x34: (6,),
    0x35: (0,),
    0x36: (0,),
    0x37: (0,),
    0x38: (0,),
    0x41: (0,),
    0x51: (0,),
    0x5A: (8,),
    0x5B: (0,),
}

_COMMANDS: Mapping[int, Callable[[CcnetValidator, bytes, float], bytes]] = {
    0x30: CcnetValidator._reset,
    0x31: CcnetValidator._get_status,
    0x32: CcnetValidator._set_security,
    0x33: CcnetValidator._poll,
    0x34: CcnetValidator._enable,
    0x35: CcnetValidator._stack,
    0x36: CcnetValidator._return,
    0x37: CcnetValidator._identification,
    0x38: CcnetValidator._hold,
    0x41: CcnetValidator._bill_table,
    0x51: CcnetValidator._firmware_crc,
    0x5A: CcnetValidator._escrow_timeouts,
    0x5B: CcnetValidator._counter,
}

_FINISHED: Mapping[Doing, Callable[[CcnetValidator, float], None]] = {
    Doing.BOOTING: CcnetValidator._booted,
    Doing.INITIALIZING: CcnetValidator._initialised,
    Doing.ACCEPTING: CcnetValidator._accepted,
    Doing.REJECTING: CcnetValidator._rejected,
    Doing.ESCROW: CcnetValidator._escrow_over,
    Doing.HOLDING: CcnetValidator._escrow_over,
    Doing.RETURNING: CcnetValidator._returned,
    Doing.STACKING_TO_LEVER: CcnetValidator._at_lever,
    Doing.STACKING_TO_BOX: CcnetValidator._stacked,
    Doing.CHEATED: CcnetValidator._cheated_over,
}

_PANEL: Mapping[str, Callable[[CcnetValidator, list[str], float], None]] = {
    "insert": CcnetValidator._insert,
    "counterfeit": CcnetValidator._insert_forged,
    "jam": CcnetValidator._jam,
    "clear": CcnetValidator._clear,
    "box out": CcnetValidator._box_out,
    "box in": CcnetValidator._box_in,
    "box empty": CcnetValidator._box_empty,
    "full": CcnetValidator._full,
    "cheat": CcnetValidator._cheat,
    "fail": CcnetValidator._fail,
    "power off": CcnetValidator._power_off,
    "power on": CcnetValidator._power_on,
    "reject": CcnetValidator._reject,
    "stall": CcnetValidator._stall,
    "resume": CcnetValidator._resume,
    "weak motor": CcnetValidator._weak,
    "forget types": CcnetValidator._forget_types,
    "lose ack": CcnetValidator._do_lose_ack,
    "lose reply": CcnetValidator._do_lose_reply,
    "lose command": CcnetValidator._do_lose_command,
    "corrupt next": CcnetValidator._do_corrupt,
}
