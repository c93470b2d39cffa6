"""An ICT-104 bill validator, from the device's side of the line.

Written from "ICT Protocol for RS232" V0.2/V0.3 and independent of the driver. Where the sources leave it open, the
unit behaves as is hardest on a controller: after ACCEPT in answer to its power-up it is enabled at once; it answers no
poll while it moves a note to the stacker or back; what happens to a note over a power cut is not reported.
"""

from drivers.sim.note_acceptor_body import Note, Stage
from drivers.sim.note_acceptor_unit import Unit
from drivers.wire import SerialSettings

REPLY_S = 0.002
SYNC_S = 2.0
SILENCE_MAX_S = 5.5
RESET_S = 0.2

ACCEPT, POLL, REJECT, HOLD, RESET, ENABLE, INHIBIT = 0x02, 0x0C, 0x0F, 0x18, 0x30, 0x3E, 0x5E
MOTOR, JAM, STACKER_OPEN, FISHING, STACKER_PROBLEM = 0x20, 0x22, 0x24, 0x27, 0x28
REJECTED, INVALID, CLEARED = 0x29, 0x2A, 0x2F

_MOVING = (Stage.TO_LEVER, Stage.TO_BOX, Stage.RETURNING)


def refuse(request: bytes) -> bytes:
    """What a unit says that refuses everything: invalid command, for each byte."""
    return bytes((INVALID,)) * len(request)


class Ict104Validator(Unit):
    """`violations` lists what no controller may do."""

    ESCROW_S = 5.0

    def __init__(self, speed: float = 1.0) -> None:
        super().__init__(speed)
        self._enabled = False
        self._synced = True
        self._sync_until = 0.0
        self._under_start = False
        self._silent_return = False
        self._last_heard: float | None = None
        self.stage = Stage.AT_REST

    @property
    def settings(self) -> SerialSettings:
        return SerialSettings(9600, parity="E")

    @property
    def accepts_notes(self) -> bool:
        return self._enabled and self._synced and self.stage not in (Stage.OFF, Stage.BOOTING, Stage.STARTING)

    def controller_restarts(self) -> None:
        super().controller_restarts()
        self._last_heard = None

    # The unit's side -------------------------------------------------------------------------------------------------

    def forget_ram(self) -> None:
        self._enabled = self._synced = False
        self._last_heard = None

    def forget_types(self) -> None:
        self._enabled = False

    def booted(self, now: float) -> None:
        self._enabled = self._synced = False
        self._sync_until = now + SYNC_S
        self._under_start = True
        self.send(b"\x80\x8f", now)
        self.start(now)

    def started(self, now: float) -> None:
        self._under_start = False

    def refusal(self, note: Note) -> int | None:
        return REJECTED if note.forged or note.value not in self.TYPES else None

    def came_to_escrow(self, now: float) -> None:
        self.send(bytes((0x81, 0x40 + self.note_type)), now)

    def escrow_over(self, now: float) -> None:
        self._silent_return = True
        self.give_back(now)

    def stacked(self, note_type: int, now: float) -> None:
        if not self._under_start:
            self.send(b"\x10", now)

    def returned(self, note_type: int, now: float) -> None:
        alone, self._silent_return = self._silent_return, False
        if not self._under_start:
            self.send(bytes((REJECTED,)) if alone else b"\x11", now)

    def rejected(self, code: int, now: float) -> None:
        self.send(bytes((REJECTED,)), now)

    def halted(self, now: float) -> None:
        error = self._error()
        if error is not None:
            self.send(bytes((error,)), now)

    def mended(self, now: float) -> None:
        self._enabled = False
        if self._error() is None:
            self.send(bytes((CLEARED,)), now)

    def cheated(self, now: float) -> None:
        self.send(bytes((FISHING,)), now)

    def _error(self) -> int | None:
        if self.body.jammed:
            return JAM
        if self.failure is not None:
            return MOTOR
        if not self.body.cassette_in:
            return STACKER_OPEN
        if self.body.cassette_full:
            return STACKER_PROBLEM
        return FISHING if self.stage is Stage.CHEATED else None

    # The controller's side -------------------------------------------------------------------------------------------

    def receive_data(self, data: bytes, now: float) -> None:
        self.handle_deadline(now)
        if not self.hears:
            return
        if self.lose_command:
            self.lose_command -= 1
            self.excused = True
            return
        last, self._last_heard = self._last_heard, now
        if last is not None and now - last > SILENCE_MAX_S and self._synced and not self.excused:
            self.violation(f"nothing was heard for {now - last:.1f} s; a poll is due every 5 s")
        self.excused = False
        for byte in data:
            self._byte(byte, now)

    def _byte(self, byte: int, now: float) -> None:
        answer = _COMMANDS[byte](self, now) if byte in _COMMANDS else INVALID
        if byte not in _COMMANDS:
            self.violation(f"{byte:02X} is no command")
        if answer is not None:
            self.send(bytes((answer,)), now + REPLY_S)

    def _accept(self, now: float) -> int | None:
        if self.stage is Stage.ESCROW:
            self.stack(now)
            return None
        if not self._synced:
            self._synced = self._enabled = True
            return None
        self.violation("ACCEPT without a note in escrow and without a power-up")
        return INVALID

    def _reject(self, now: float) -> int | None:
        return None if self.give_back(now) else INVALID

    def _hold(self, now: float) -> int | None:
        return None if self.hold(self.ESCROW_S or 0.0, now) else INVALID

    def _poll(self, now: float) -> int | None:
        if self.stage in _MOVING:
            return None
        if self.stage is Stage.ESCROW:
            self.violation("a poll while a note waits in escrow")
            return None
        error = self._error()
        if error is not None:
            return error
        return ENABLE if self.accepts_notes else INHIBIT

    def _enable(self, now: float) -> int | None:
        self._enabled = True
        return None

    def _inhibit(self, now: float) -> int | None:
        self._enabled = False
        return None

    def _reset(self, now: float) -> int | None:
        if self.body.note is not None:
            self.violation("RESET while a note is in the unit")
        self.forget_ram()
        self.begin(Stage.BOOTING, RESET_S * self.speed, now)
        return None


_COMMANDS = {
    ACCEPT: Ict104Validator._accept,
    POLL: Ict104Validator._poll,
    REJECT: Ict104Validator._reject,
    HOLD: Ict104Validator._hold,
    RESET: Ict104Validator._reset,
    ENABLE: Ict104Validator._enable,
    INHIBIT: Ict104Validator._inhibit,
}
