"""A JCM bill validator that speaks ID-003, from the device's side of the line.

Written from public captures and drivers (docs/protocols/id003.md) and independent of the driver, its codec included.
Where the sources leave it open, the unit behaves as is hardest on a controller: after any start it is inhibited; a
VEND VALID is forgotten with the power, and only a note that lay in the stacker at the cut is reported afterwards, if
the power-recovery option is set; RESET wipes a report that was not acknowledged.
"""

from binascii import crc_hqx
from collections.abc import Callable, Mapping

from drivers.sim.note_acceptor_body import Note, Place, Stage
from drivers.sim.note_acceptor_unit import Unit
from drivers.wire import SerialSettings

REPLY_S = 0.004
INTER_BYTE_S = 0.020
UNPOLLED_S = 3.0
MUTE_S = 60.0
TOLERANCE_S = 0.0005

ACK, COMMUNICATION_ERROR, INVALID = b"\x50", b"\x4a", b"\x4b"
INHIBIT_REJECT, DISCRIMINATION_REJECT = 0x79, 0x76
POWER_RECOVERY = 0x02
CNY = 0x2D


def _mirrored(value: int, bits: int) -> int:
    return int(f"{value:0{bits}b}"[::-1], 2)


def checksum(data: bytes) -> bytes:
    """CRC-16/KERMIT by way of the standard library's unreflected CRC-CCITT; two bytes, least significant first."""
    mirrored = bytes(_mirrored(byte, 8) for byte in data)
    return _mirrored(crc_hqx(mirrored, 0), 16).to_bytes(2, "little")


def make_frame(payload: bytes) -> bytes:
    head = b"\xfc" + bytes((len(payload) + 4,)) + payload
    return head + checksum(head)


def refuse(request: bytes) -> bytes:
    """What a unit says that refuses everything: invalid command; nothing to an acknowledgement."""
    return b"" if request[2:3] == ACK else make_frame(INVALID)


class Assembler:
    """Puts the controller's bytes together; a pause inside a frame makes the unit forget what it has."""

    def __init__(self) -> None:
        self._bytes = b""
        self._last = 0.0

    def feed(self, data: bytes, now: float) -> list[bytes | None]:
        """Payloads of whole frames; `None` for a frame with a wrong CRC."""
        began = now - len(data) * SerialSettings(9600, parity="E").byte_time_s()
        if began - self._last > INTER_BYTE_S + TOLERANCE_S:
            self._bytes = b""
        self._last = now
        self._bytes += data
        frames: list[bytes | None] = []
        while self._bytes:
            if self._bytes[0] != 0xFC or (len(self._bytes) > 1 and self._bytes[1] < 5):
                self._bytes = self._bytes[1:]
            elif len(self._bytes) < 2 or len(self._bytes) < self._bytes[1]:
                break
            else:
                frame, self._bytes = self._bytes[: self._bytes[1]], self._bytes[self._bytes[1] :]
                frames.append(frame[2:-2] if checksum(frame[:-2]) == frame[-2:] else None)
        return frames


class Id003Validator(Unit):
    """`violations` lists what no controller may do."""

    def __init__(self, speed: float = 1.0, *, knows_stack_2: bool = True, serial: bytes = b"231000760443") -> None:
        super().__init__(speed)
        self._knows_stack_2 = knows_stack_2
        self._serial = serial
        self._option = b"\x00\x00"
        self.forget_ram()
        self._awaits_reset = True

    def forget_ram(self) -> None:
        self._assembler = Assembler()
        self._disabled = 0
        self._inhibited = True
        self._awaits_reset = False
        self._vend_valid = False
        self._told_at: float | None = None
        self._polled_at: float | None = None
        self._vends_early = self._vended = False
        self._under_start = False
        self._shows_stacked = False
        self._reject_shown = 0
        self._line_free_at = -1.0

    @property
    def settings(self) -> SerialSettings:
        return SerialSettings(9600, parity="E")

    @property
    def accepts_notes(self) -> bool:
        return not self._inhibited and self._disabled != 0xFFFF and not self._vend_valid

    @property
    def mute(self) -> bool:
        """VEND VALID was left without an acknowledgement for too long: only RESET is heard."""
        return self._told_at is not None and self._clock >= self._told_at + MUTE_S

    _clock = 0.0

    # The unit's side -------------------------------------------------------------------------------------------------

    def controller_restarts(self) -> None:
        super().controller_restarts()
        self._line_free_at = -1.0

    def forget_types(self) -> None:
        self._inhibited = True

    def booted(self, now: float) -> None:
        self._awaits_reset = True

    def started(self, now: float) -> None:
        self._inhibited = True

    def refusal(self, note: Note) -> int | None:
        if note.value not in self.TYPES or self._disabled >> self.TYPES.index(note.value) & 1:
            return INHIBIT_REJECT
        return DISCRIMINATION_REJECT if note.forged else None

    def came_to_escrow(self, now: float) -> None:
        self._polled_at = now
        self._vends_early = False

    def escrow_over(self, now: float) -> None:
        self._reject_shown = INHIBIT_REJECT
        self.give_back(now)

    def handle_deadline(self, now: float) -> None:
        self._clock = now
        super().handle_deadline(now)
        if self._vends_early and self.stage is not Stage.TO_LEVER:
            self._vends_early, self._vended = False, self.stage is Stage.TO_BOX
            self._vend_valid = self._vend_valid or self._vended
        if self.stage is Stage.ESCROW and self._polled_at is not None and now >= self._polled_at + UNPOLLED_S:
            self._reject_shown = INHIBIT_REJECT
            self.give_back(self._polled_at + UNPOLLED_S)

    def next_deadline(self) -> float | None:
        times = [super().next_deadline()]
        if self.stage is Stage.ESCROW and self._polled_at is not None:
            times.append(self._polled_at + UNPOLLED_S)
        return min((time for time in times if time is not None), default=None)

    def stacked(self, note_type: int, now: float) -> None:
        starting, vended = self._under_start, self._vended
        self._under_start = self._vended = False
        if not vended and (not starting or self._option[0] & POWER_RECOVERY):
            self._vend_valid = True

    def start(self, now: float) -> None:
        if not self._awaits_reset:
            self._under_start = self.body.place is Place.STACKER
            super().start(now)

    def returned(self, note_type: int, now: float) -> None:
        self._reject_shown = 0

    # The controller's side -------------------------------------------------------------------------------------------

    def receive_data(self, data: bytes, now: float) -> None:
        self.handle_deadline(now)
        if not self.hears:
            return
        for payload in self._assembler.feed(data, now):
            if self.lose_command:
                self.lose_command -= 1
                self.excused = True
            else:
                self._frame(payload, now)

    def _frame(self, payload: bytes | None, now: float) -> None:
        if now < self._line_free_at - TOLERANCE_S and not self.excused:
            self.violation("spoken to before the reply was out")
        if payload is None:
            if not self.mute:
                self._answer(COMMUNICATION_ERROR, now)
            return
        if self.mute and payload[0] != 0x40:
            return
        code, data = payload[0], payload[1:]
        excused, self.excused = self.excused, False
        if code == 0x50:
            self._acknowledged(excused)
        elif code in _COMMANDS and (code >= 0xC0 or not data):
            self._answer(_COMMANDS[code](self, data, now), now)
        else:
            self.violation(f"{payload.hex(' ')} is no command")
            self._answer(INVALID, now)

    def _answer(self, payload: bytes, now: float) -> None:
        frame = make_frame(payload)
        self._line_free_at = now + REPLY_S + len(frame) * self.settings.byte_time_s()
        self.send(frame, now + REPLY_S)

    def _acknowledged(self, excused: bool) -> None:
        if self._vend_valid:
            self._vend_valid, self._told_at, self._shows_stacked = False, None, True
        elif not self._awaits_reset and not excused:
            self.violation("an acknowledgement without VEND VALID")

    def _status(self, data: bytes, now: float) -> bytes:
        self._polled_at = now
        state = self._state()
        if state == b"\x15" and self._told_at is None:
            self._told_at = now
        if state == b"\x16":
            self._shows_stacked = False
        return state

    def _state(self) -> bytes:
        if self._awaits_reset:
            return {None: b"\x40", Place.STACKER: b"\x42"}.get(self.body.place, b"\x41")
        if self.stage is Stage.STARTING:
            return b"\x1b"
        if self._vend_valid:
            return b"\x15"
        if self.body.jammed:
            return b"\x46" if self.body.place is Place.STACKER else b"\x45"
        if self.failure is not None:
            return bytes((0x49, self.failure))
        if self.stage is Stage.CHEATED:
            return b"\x48"
        if not self.body.cassette_in:
            return b"\x44"
        if self.stage is Stage.AT_REST:
            if self._shows_stacked:
                return b"\x16"
            if self.body.cassette_full:
                return b"\x43"
            return b"\x1a" if self._inhibited or self._disabled == 0xFFFF else b"\x11"
        if self.stage is Stage.ESCROW:
            return bytes((0x13, 0x61 + self.note_type))
        if self.stage is Stage.REJECTING:
            return bytes((0x17, self._reject_code))
        if self.stage is Stage.RETURNING and self._reject_shown:
            return bytes((0x17, self._reject_shown))
        return _MOVING[self.stage]

    def _reset(self, data: bytes, now: float) -> bytes:
        if self.body.note is not None and not self._awaits_reset and not self.body.jammed:
            self.violation("RESET with a note in the unit")
        elif self._vend_valid and not self.mute:
            self.violation("RESET while VEND VALID is not acknowledged")
        self._awaits_reset = self._vend_valid = self._shows_stacked = False
        self._told_at = None
        self._inhibited = True
        self.start(now)
        return ACK

    def _stack_1(self, data: bytes, now: float) -> bytes:
        if not self.stack(now):
            return INVALID
        self._vends_early = True
        return ACK

    def _stack_2(self, data: bytes, now: float) -> bytes:
        return ACK if self._knows_stack_2 and self.stack(now) else INVALID

    def _return(self, data: bytes, now: float) -> bytes:
        return ACK if self.give_back(now) else INVALID

    def _hold(self, data: bytes, now: float) -> bytes:
        return ACK if self.hold(10.0, now) else INVALID

    def _wait(self, data: bytes, now: float) -> bytes:
        return ACK

    def _enable(self, data: bytes, now: float) -> bytes:
        if self._awaits_reset:
            return INVALID
        if len(data) != 2:
            self.violation(f"ENABLE with {len(data)} bytes")
            return INVALID
        self._disabled = int.from_bytes(data, "little")
        return b"\xc0" + data

    def _inhibit(self, data: bytes, now: float) -> bytes:
        if self._awaits_reset:
            self.violation("INHIBIT before RESET")
            return INVALID
        if data not in (b"\x00", b"\x01"):
            self.violation(f"INHIBIT {data.hex()}")
            return INVALID
        if data == b"\x00" and self._vend_valid:
            self.violation("notes are enabled before VEND VALID is acknowledged")
        self._inhibited = data == b"\x01"
        return b"\xc3" + data

    def _optional_function(self, data: bytes, now: float) -> bytes:
        if len(data) != 2:
            self.violation(f"OPTIONAL FUNCTION with {len(data)} bytes")
            return INVALID
        self._option = data
        return b"\xc5" + data

    def _communication_mode(self, data: bytes, now: float) -> bytes:
        return b"\xc2" + data if data == b"\x00" else INVALID

    def _security(self, data: bytes, now: float) -> bytes:
        return b"\xc1" + data if len(data) == 2 else INVALID

    def _direction(self, data: bytes, now: float) -> bytes:
        return b"\xc4" + data if len(data) == 1 else INVALID

    def _enable_status(self, data: bytes, now: float) -> bytes:
        return b"\x80" + self._disabled.to_bytes(2, "little")

    def _inhibit_status(self, data: bytes, now: float) -> bytes:
        return b"\x83" + (b"\x01" if self._inhibited else b"\x00")

    def _optional_function_status(self, data: bytes, now: float) -> bytes:
        return b"\x85" + self._option

    def _version(self, data: bytes, now: float) -> bytes:
        return b"\x88" + b"i(CHN)100-SS ID003-05V280-42 01AUG17 964D"

    def _currency(self, data: bytes, now: float) -> bytes:
        table = b""
        for channel in range(8):
            value = self.TYPES[channel] if channel < len(self.TYPES) else 0
            zeros = len(str(value)) - 1
            table += bytes((0x61 + channel, CNY if value else 0, value // 10**zeros, zeros))
        return b"\x8a" + table

    def _serial_number(self, data: bytes, now: float) -> bytes:
        return b"\x91" + self._serial


_MOVING: Mapping[Stage, bytes] = {
    Stage.ACCEPTING: b"\x12",
    Stage.TO_LEVER: b"\x14",
    Stage.TO_BOX: b"\x14",
    Stage.RETURNING: b"\x18",
}

_COMMANDS: Mapping[int, Callable[[Id003Validator, bytes, float], bytes]] = {
    0x11: Id003Validator._status,
    0x40: Id003Validator._reset,
    0x41: Id003Validator._stack_1,
    0x42: Id003Validator._stack_2,
    0x43: Id003Validator._return,
    0x44: Id003Validator._hold,
    0x45: Id003Validator._wait,
    0x80: Id003Validator._enable_status,
    0x83: Id003Validator._inhibit_status,
    0x85: Id003Validator._optional_function_status,
    0x88: Id003Validator._version,
    0x8A: Id003Validator._currency,
    0x91: Id003Validator._serial_number,
    0xC0: Id003Validator._enable,
    0xC1: Id003Validator._security,
    0xC2: Id003Validator._communication_mode,
    0xC3: Id003Validator._inhibit,
    0xC4: Id003Validator._direction,
    0xC5: Id003Validator._optional_function,
}
