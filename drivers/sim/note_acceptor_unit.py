"""What every simulated note acceptor has besides its protocol: mechanics in time, a panel, a line with faults.

`Unit` is the base of the protocols' models. It moves the note, keeps the physical truth (`body`) and carries out the
words of the panel; the protocol says what it reports and what it is told. Times are seconds; those of the mechanics
are divided by `speed`, those of the protocol are not.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from drivers.sim.note_acceptor_body import Body, Note, Place, Stage
from drivers.sim.pty import WireModel
from drivers.wire import SerialSettings

BOOT_S, START_S, ACCEPT_S, RETURN_S, REJECT_S, CHEATED_S = 0.8, 1.5, 1.0, 0.7, 0.7, 3.0
TO_LEVER_S, TO_BOX_S = 0.4, 0.6

Event = dict[str, object]


class NoteAcceptorModel(WireModel, Protocol):
    """What the virtual hall and the tests may ask of a simulated note acceptor, whatever it speaks."""

    body: Body
    counted: int
    """Notes stacked in its life, by the unit's own count."""
    violations: list[str]
    """What the controller did wrong, in words."""

    @property
    def stage(self) -> Stage: ...

    @property
    def accepts_notes(self) -> bool:
        """At least one note type is enabled."""

    def controller_restarts(self) -> None:
        """What a controller that has just died left unsaid is not held against its successor."""


class Unit:
    """Base of a model. A protocol overrides the hooks below and `receive_data`."""

    TYPES: tuple[int, ...] = (1, 5, 10, 20, 50, 100)
    """The yuan of each channel, in order."""

    ESCROW_S: float | None = 10.0
    """How long a note waits in escrow for a command; `None`: the protocol counts that itself."""

    def __init__(self, speed: float = 1.0) -> None:
        self.body = Body()
        self.counted = 0
        self.violations: list[str] = []
        self.speed = speed
        self.stage = Stage.STARTING
        self.failure: int | None = None
        self.stalled = False
        self._until: float | None = None
        self._events: list[Event] = []
        self._out: list[tuple[float, bytes]] = []
        self._weak_motor = False
        self._next_reject: int | None = None
        self._reject_code = 0
        self.excused = False
        """The controller may be forgiven a repeated or missing word: a fault of the line has just been made."""
        self.lose_command = 0
        """How many of the controller's next messages the unit will not hear: the protocol counts them down."""
        self._lose_reply = self._corrupt_reply = 0

    # Hooks -----------------------------------------------------------------------------------------------------------

    @property
    def settings(self) -> SerialSettings:
        raise NotImplementedError

    @property
    def accepts_notes(self) -> bool:
        raise NotImplementedError

    def receive_data(self, data: bytes, now: float) -> None:
        """`now` is when the last of these bytes has arrived. Call `handle_deadline(now)` first."""
        raise NotImplementedError

    def forget_ram(self) -> None:
        """The power is gone: enabled types, unreported events, a half-received frame."""
        raise NotImplementedError

    def booted(self, now: float) -> None:
        """Can answer from now on. By default starts by itself."""
        self.start(now)

    def started(self, now: float) -> None:
        """Is at rest after its start; what lay in the machine has been stacked or given back."""

    def refusal(self, note: Note) -> int | None:
        """The protocol's code for a note that is not to reach escrow; `None` to take it."""
        raise NotImplementedError

    def came_to_escrow(self, now: float) -> None: ...

    def escrow_over(self, now: float) -> None:
        """Nobody has decided in time. By default the note goes back."""
        self.give_back(now)

    def stacked(self, note_type: int, now: float) -> None:
        """In the box, and counted."""

    def returned(self, note_type: int, now: float) -> None:
        """Given back from escrow, or after a power cut (then during the start, before `started`)."""

    def rejected(self, code: int, now: float) -> None:
        """Given back before escrow."""

    def halted(self, now: float) -> None:
        """Something has just gone wrong or been changed by hand: jam, failure, box out, full. See `trouble_now`."""

    def mended(self, now: float) -> None:
        """And is right again; the unit starts anew afterwards if it has power."""

    def cheated(self, now: float) -> None: ...

    def forget_types(self) -> None:
        """The unit disables itself without a word."""
        raise NotImplementedError

    # For the protocol ------------------------------------------------------------------------------------------------

    @property
    def powered(self) -> bool:
        return self.stage is not Stage.OFF

    @property
    def hears(self) -> bool:
        return self.stage not in (Stage.OFF, Stage.BOOTING)

    @property
    def out_of_order(self) -> bool:
        return self.body.jammed or self.failure is not None or not self.body.cassette_in or self.body.cassette_full

    @property
    def note_type(self) -> int:
        """Channel of the note under way, counted from 0."""
        assert self.body.note is not None
        return self.TYPES.index(self.body.note.value)

    def send(self, data: bytes, at: float) -> None:
        """Bytes go out at this time (or later, behind those before them)."""
        self._out.append((at, data))

    def say(self, event: str, **more: object) -> None:
        self._events.append({"event": event, **self.body.money(), "counted": self.counted, **more})

    def violation(self, text: str) -> None:
        self.violations.append(text)
        self._events.append({"event": "violation", "text": text})

    def begin(self, stage: Stage, seconds: float, now: float) -> None:
        self.stage, self._until = stage, now + seconds / self.speed

    def start(self, now: float) -> None:
        """Runs through its start; what lies in it is stacked or given back at the end."""
        self.begin(Stage.STARTING, START_S, now)

    def stack(self, now: float) -> bool:
        """False if no note lies in escrow."""
        if self.stage is not Stage.ESCROW:
            return False
        self.begin(Stage.TO_LEVER, TO_LEVER_S, now)
        return True

    def give_back(self, now: float) -> bool:
        if self.stage is not Stage.ESCROW:
            return False
        self.begin(Stage.RETURNING, RETURN_S, now)
        return True

    def hold(self, seconds: float, now: float) -> bool:
        """The escrow's time begins again."""
        if self.stage is not Stage.ESCROW:
            return False
        self._until = now + seconds
        return True

    # The machine as the runner and the tests drive it ----------------------------------------------------------------

    def controller_restarts(self) -> None:
        self.excused = True

    def take_events(self) -> tuple[Event, ...]:
        events, self._events = tuple(self._events), []
        return events

    def next_deadline(self) -> float | None:
        times = [self._until] if self._until is not None else []
        times += [at for at, _ in self._out[:1]]
        return min(times, default=None)

    def handle_deadline(self, now: float) -> None:
        while self._until is not None and now >= self._until:
            at, self._until = self._until, None
            _FINISHED[self.stage](self, at)

    def data_to_send(self, now: float) -> bytes:
        due = b""
        while self._out and self._out[0][0] <= now:
            due += self._damaged(self._out.pop(0)[1])
        return due

    def _damaged(self, data: bytes) -> bytes:
        if self._lose_reply:
            self._lose_reply -= 1
            self.excused = True
            return b""
        if self._corrupt_reply:
            self._corrupt_reply -= 1
            self.excused = True
            return data[:-1] + bytes([data[-1] ^ 0x10])
        return data

    # Mechanics in time -----------------------------------------------------------------------------------------------

    def _end_of_boot(self, now: float) -> None:
        self.stage = Stage.STARTING
        self.booted(now)

    def _end_of_start(self, now: float) -> None:
        self.stage = Stage.AT_REST
        if not self.body.jammed and self.body.note is not None:
            if self.body.place is Place.STACKER:
                self._end_of_stacking(now)
            else:
                self._end_of_return(now)
        self.started(now)

    def _end_of_accept(self, now: float) -> None:
        note = self.body.note
        assert note is not None
        code, self._next_reject = self._next_reject, None
        if code is None:
            code = self.refusal(note)
        if code is not None:
            self._reject_code = code
            self.begin(Stage.REJECTING, REJECT_S, now)
            return
        self.body.move_to(Place.ESCROW)
        self.stage, self._until = Stage.ESCROW, None if self.ESCROW_S is None else now + self.ESCROW_S
        self.say("escrow")
        self.came_to_escrow(now)

    def _end_of_escrow(self, now: float) -> None:
        self.escrow_over(now)

    def _end_of_reject(self, now: float) -> None:
        self.body.give_back()
        self.stage = Stage.AT_REST
        self.say("returned", reject=f"{self._reject_code:02X}")
        self.rejected(self._reject_code, now)

    def _end_of_return(self, now: float) -> None:
        note_type = self.note_type
        self.body.give_back()
        self.stage = Stage.AT_REST
        self.say("returned")
        self.returned(note_type, now)

    def _end_of_lever(self, now: float) -> None:
        if self._weak_motor:
            self._weak_motor = False
            self.stage, self._until = Stage.ESCROW, None if self.ESCROW_S is None else now + self.ESCROW_S
            self.say("slipped_back")
            self.came_to_escrow(now)
        elif not self.stalled:
            self.body.move_to(Place.STACKER)
            self.begin(Stage.TO_BOX, TO_BOX_S, now)
            self.say("in_stacker")

    def _end_of_stacking(self, now: float) -> None:
        note_type = self.note_type
        self.body.drop_into_box()
        self.counted += 1
        self.stage = Stage.AT_REST
        self.say("stacked")
        self.stacked(note_type, now)

    def _end_of_cheat(self, now: float) -> None:
        self.stage = Stage.AT_REST
        self.mended(now)

    # The panel -------------------------------------------------------------------------------------------------------

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

    def _panel_insert(self, words: list[str], now: float) -> None:
        self._feed(Note(int(words[0])), now)

    def _panel_insert_forged(self, words: list[str], now: float) -> None:
        self._feed(Note(int(words[0]) if words else 100, forged=True), now)

    def _feed(self, note: Note, now: float) -> None:
        if note.value <= 0:
            raise ValueError("no such note")
        if self.stage is not Stage.AT_REST or self.out_of_order or not self.accepts_notes:
            self.body.given_back.append(note.value)
            self.say("returned", not_taken=True)
            return
        self.body.take_in(note)
        self.begin(Stage.ACCEPTING, ACCEPT_S, now)
        self.say("inserted")

    def _halt(self, now: float) -> None:
        if self.stage not in (Stage.OFF, Stage.BOOTING, Stage.STARTING):
            self.stage, self._until = Stage.AT_REST, None
        if self.hears:
            self.halted(now)

    def _panel_jam(self, words: list[str], now: float) -> None:
        self.body.jammed = True
        self._halt(now)
        self.say("jammed")

    def _panel_fail(self, words: list[str], now: float) -> None:
        self.failure = int(words[0], 16) if words else 0x50
        self._halt(now)
        self.say("failed", failure=f"{self.failure:02X}")

    def _panel_clear(self, words: list[str], now: float) -> None:
        self.body.clear_jam()
        self.failure = None
        self.stalled = False
        self._mend(now)
        self.say("cleared")

    def _mend(self, now: float) -> None:
        if self.hears:
            self.mended(now)
            self.start(now)

    def _panel_box_out(self, words: list[str], now: float) -> None:
        self.body.cassette_in = self.body.cassette_full = False
        if self.hears:
            self.halted(now)
        self.say("box_out")

    def _panel_box_in(self, words: list[str], now: float) -> None:
        if self.body.cassette_in:
            return
        self.body.cassette_in = True
        self._mend(now)
        self.say("box_in")

    def _panel_box_empty(self, words: list[str], now: float) -> None:
        self.body.empty_box()
        self.say("box_emptied")

    def _panel_full(self, words: list[str], now: float) -> None:
        self.body.cassette_full = True
        if self.hears:
            self.halted(now)
        self.say("full")

    def _panel_cheat(self, words: list[str], now: float) -> None:
        """Somebody pulls the note back on a string; without a note, only tries."""
        if self.body.note:
            self.body.give_back()
        if self.hears and self.stage is not Stage.STARTING:
            self.begin(Stage.CHEATED, CHEATED_S, now)
            self.cheated(now)
        self.say("cheated")

    def _panel_power_off(self, words: list[str], now: float) -> None:
        self.stage, self._until = Stage.OFF, None
        self._out.clear()
        self.forget_ram()
        self.say("power_off")

    def _panel_power_on(self, words: list[str], now: float) -> None:
        if not self.powered:
            self.begin(Stage.BOOTING, BOOT_S, now)
        self.say("power_on")

    def _panel_reject(self, words: list[str], now: float) -> None:
        self._next_reject = int(words[0], 16)

    def _panel_stall(self, words: list[str], now: float) -> None:
        """The stacker's motor stands still, and the unit does not notice."""
        self.stalled = True

    def _panel_resume(self, words: list[str], now: float) -> None:
        self.stalled = False
        if self.stage is Stage.TO_LEVER and self._until is None:
            self.begin(Stage.TO_LEVER, TO_LEVER_S, now)

    def _panel_weak(self, words: list[str], now: float) -> None:
        self._weak_motor = True

    def _panel_forget_types(self, words: list[str], now: float) -> None:
        self.forget_types()

    def _panel_lose_reply(self, words: list[str], now: float) -> None:
        self._lose_reply += 1

    def _panel_corrupt(self, words: list[str], now: float) -> None:
        self._corrupt_reply += 1

    def _panel_lose_command(self, words: list[str], now: float) -> None:
        self.lose_command += 1


_FINISHED: Mapping[Stage, Callable[[Unit, float], None]] = {
    Stage.BOOTING: Unit._end_of_boot,
    Stage.STARTING: Unit._end_of_start,
    Stage.ACCEPTING: Unit._end_of_accept,
    Stage.ESCROW: Unit._end_of_escrow,
    Stage.TO_LEVER: Unit._end_of_lever,
    Stage.TO_BOX: Unit._end_of_stacking,
    Stage.RETURNING: Unit._end_of_return,
    Stage.REJECTING: Unit._end_of_reject,
    Stage.CHEATED: Unit._end_of_cheat,
}

_PANEL: Mapping[str, Callable[[Unit, list[str], float], None]] = {
    "insert": Unit._panel_insert,
    "counterfeit": Unit._panel_insert_forged,
    "jam": Unit._panel_jam,
    "fail": Unit._panel_fail,
    "clear": Unit._panel_clear,
    "box out": Unit._panel_box_out,
    "box in": Unit._panel_box_in,
    "box empty": Unit._panel_box_empty,
    "full": Unit._panel_full,
    "cheat": Unit._panel_cheat,
    "power off": Unit._panel_power_off,
    "power on": Unit._panel_power_on,
    "reject": Unit._panel_reject,
    "stall": Unit._panel_stall,
    "resume": Unit._panel_resume,
    "weak motor": Unit._panel_weak,
    "forget types": Unit._panel_forget_types,
    "lose reply": Unit._panel_lose_reply,
    "lose command": Unit._panel_lose_command,
    "corrupt next": Unit._panel_corrupt,
}
