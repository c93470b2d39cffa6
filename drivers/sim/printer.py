"""A virtual ESC/POS printer, with or without a presenter: the device side, without input or output.

Written from the manuals (Epson ESC/POS Command Reference; TM-T88III specification; Custom KPM210 manual for the
presenter), and stricter than a real printer: whatever a careful driver would not send is a violation.

Bytes go in with the time of their arrival; the mechanism takes its time (millimetres a second, the cut), and nothing in
the receive buffer is executed before its turn. Real-time commands are executed on arrival wherever they stand.
"""

from dataclasses import dataclass
from typing import Literal

from drivers.sim.printer_paper import LineBuffer, Paper

XON, XOFF = b"\x11", b"\x13"
LINE_MM = 3.75
CUT_S = 0.3
PRESENT_S = 0.5
BOOT_S = 1.0
BUSY_BELOW = 128
READY_ABOVE = 256
ANSWER_S = 0.002


@dataclass(frozen=True, slots=True)
class Printed:
    """One paper has been cut. `text` is what stands on it, `number` counts the printer's papers."""

    text: str
    number: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Presented:
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    text: str


@dataclass(frozen=True, slots=True)
class Retracted:
    text: str


@dataclass(frozen=True, slots=True)
class Ejected:
    text: str


@dataclass(frozen=True, slots=True)
class Violation:
    """The driver did what the manual does not allow."""

    text: str


@dataclass(frozen=True, slots=True)
class StateChanged:
    """What a person in front of the printer would see."""

    state: str


PrinterHappening = Printed | Presented | Taken | Retracted | Ejected | Violation | StateChanged


class VirtualPrinter:
    """One printer. `papers` is what has been cut off, as text; `violations` what the driver did wrong.

    `process_id`: GS ( H fn 48 is answered; if not, its bytes are taken as junk and text, as poor clones do.
    `flow`: "xon/xoff" sends 13h and 11h, "dtr" relies on `room` (the edge stops reading), "none" loses bytes.
    `speed` divides every mechanical time. `cutter_error_stops` false: the printer goes on, and only its status tells.
    """

    def __init__(
        self,
        *,
        columns: int = 48,
        presenter: bool = False,
        process_id: bool = True,
        automatic_status: bool = True,
        flow: Literal["xon/xoff", "dtr", "none"] = "dtr",
        buffer_size: int = 4096,
        speed: float = 1.0,
        mm_s: float = 150.0,
        paper_mm: float | None = None,
        one_paper_bit: bool = False,
        presenter_stuck: bool = False,
        cutter_error_stops: bool = True,
    ) -> None:
        self.columns = columns
        self.dots = columns * 12
        self.presenter = presenter
        self.process_id = process_id
        self.automatic_status = automatic_status
        self.flow = flow
        self.buffer_size = buffer_size
        self.speed = speed
        self.mm_s = mm_s
        self.paper_mm = paper_mm
        self.one_paper_bit = one_paper_bit
        self.presenter_stuck = presenter_stuck
        self.cutter_error_stops = cutter_error_stops

        self.papers: list[str] = []
        self.raw_papers: list[bytes] = []
        self.pictures: list[tuple[int, int, bytes]] = []
        """Width in dots, height in rows and dots of each raster."""
        self.glyphs: list[bytes] = []
        self.violations: list[str] = []
        self.in_mouth: str | None = None
        self.taken: list[str] = []
        self.retracted: list[str] = []
        self.pulses = 0
        self.real_time_commands = 0

        self.powered = True
        self.silent = False
        self.lying = False
        self.cover_open = False
        self.paper: Literal["ok", "near", "out"] = "ok"
        self.cutter_error = False
        self.cutter_fails_next = False
        self.answer_delay_s = 0.0
        """Added to the next real-time answer only."""

        self._happenings: list[PrinterHappening] = []
        self._output: list[tuple[float, int, bytes]] = []
        self._output_number = 0
        self._buffer = bytearray()
        self._free_at = 0.0
        self._paused_sender = False
        self._since_pause = 0
        self._real_time = bytearray()
        self._inside: str | None = None
        self._hanging = Paper()
        self._held: str | None = None
        self._switch_on()

    # -- outside ---------------------------------------------------------------------------------------------------

    def room(self) -> int:
        """How many bytes the printer takes now. With "dtr", the line stops at 0."""
        if not self.powered or self._starved:
            # A command whose end is missing has left the buffer: the interpreter holds it.
            return self.buffer_size
        return max(0, self.buffer_size - len(self._buffer))

    def receive(self, data: bytes, now: float) -> None:
        if not self.powered or now < self._booted_at:
            return
        for byte in data:
            self._scan_real_time(byte, now)
            if self._paused_sender:
                self._since_pause += 1
                if self._since_pause == BUSY_BELOW:
                    self._violate("XOFF was not obeyed")
            if self._starved or len(self._buffer) < self.buffer_size:
                self._buffer.append(byte)
            elif self.flow != "dtr":
                self._violate("the receive buffer overran; a byte is lost")
            else:
                raise AssertionError("the line must stop when room() is 0")
        self.run(now)

    def run(self, now: float) -> None:
        """Executes what the mechanism has had time for."""
        while self._step(now):
            pass
        self._steer_sender(now)
        self._tell_automatic_status(now)

    def next_event(self) -> float | None:
        """When `run` or `take_output` has something to do."""
        times = [at for at, _, _ in self._output]
        if self.powered and self._buffer and not self._hindered() and not self._starved:
            times.append(self._free_at)
        return min(times, default=None)

    def take_output(self, now: float) -> bytes:
        due = sorted(entry for entry in self._output if entry[0] <= now)
        self._output = [entry for entry in self._output if entry[0] > now]
        return b"".join(data for _, _, data in due)

    def take_happenings(self) -> tuple[PrinterHappening, ...]:
        happenings = tuple(self._happenings)
        self._happenings.clear()
        return happenings

    @property
    def hanging(self) -> str:
        """What is printed and not yet cut off."""
        return self._hanging.text()

    # -- a person --------------------------------------------------------------------------------------------------

    def command(self, words: str, now: float) -> bool:
        """One command as typed: `paper out`, `cover open`, … False if there is no such command."""
        acts = {
            "paper out": lambda: self.set_paper("out", now),
            "paper near": lambda: self.set_paper("near", now),
            "paper ok": lambda: self.set_paper("ok", now),
            "cover open": lambda: self.set_cover(True, now),
            "cover closed": lambda: self.set_cover(False, now),
            "cutter error": lambda: self.set_cutter_error(True, now),
            "cutter ok": lambda: self.set_cutter_error(False, now),
            "silent": lambda: self.set_silent(True),
            "talk": lambda: self.set_silent(False),
            "power off": lambda: self.power_off(now),
            "power on": lambda: self.power_on(now),
            "take": lambda: self.take(now),
        }
        act = acts.get(" ".join(words.split()).lower())
        if act is None:
            return False
        act()
        return True

    def set_paper(self, paper: Literal["ok", "near", "out"], now: float) -> None:
        filled = self.paper == "out" and paper != "out"
        self.paper = paper
        if filled:
            self.paper_mm = None
            if self._hanging.lines:
                self._hanging.lines.append("~~~~ new roll ~~~~")
        self._state(f"paper {paper}", now)

    def set_cover(self, is_open: bool, now: float) -> None:
        self.cover_open = is_open
        self._state("cover open" if is_open else "cover closed", now)

    def set_cutter_error(self, error: bool, now: float) -> None:
        self.cutter_error = error
        self.cutter_fails_next = False
        self._state("cutter error" if error else "cutter ok", now)

    def set_silent(self, silent: bool) -> None:
        self.silent = silent
        self._happenings.append(StateChanged("silent" if silent else "talks"))

    def power_off(self, now: float) -> None:
        self.powered = False
        self._buffer.clear()
        self._output.clear()
        self._paused_sender = False
        self._happenings.append(StateChanged("power off"))

    def power_on(self, now: float) -> None:
        if not self.powered:
            self.powered = True
            self._switch_on()
            self._booted_at = now + BOOT_S / self.speed
            self._happenings.append(StateChanged("power on"))

    def take(self, now: float) -> None:
        """The customer takes what lies in the presenter's mouth."""
        if self.in_mouth is not None:
            text, self.in_mouth = self.in_mouth, None
            self.taken.append(text)
            self._happenings.append(Taken(text))

    # -- state -----------------------------------------------------------------------------------------------------

    def _switch_on(self) -> None:
        self._booted_at = 0.0
        self._real_time.clear()
        self._line = LineBuffer(self.dots)
        self._starved = False
        self._initialised = False
        self._symbol: dict[str, object] = {}
        self._reset_modes()

    def _reset_modes(self) -> None:
        self._chinese = False
        self._width = self._height = 1
        self._automatic_mask = 0
        self._automatic_last: bytes | None = None
        self._pulse_allowed = True
        self._line.clear()
        self._line.align = 0

    def _state(self, state: str, now: float) -> None:
        self._happenings.append(StateChanged(state))
        self._free_at = max(self._free_at, now)
        self.run(now)

    def _violate(self, text: str) -> None:
        self.violations.append(text)
        self._happenings.append(Violation(text))

    def _hindered(self) -> bool:
        return self.cover_open or self.paper == "out" or (self.cutter_error and self.cutter_error_stops)

    def _emit(self, data: bytes, now: float, delay_s: float = ANSWER_S) -> None:
        if not self.silent and self.powered:
            self._output_number += 1
            self._output.append((now + delay_s, self._output_number, data))

    # -- status ----------------------------------------------------------------------------------------------------

    def _real_time_status(self, n: int) -> int:
        if self.lying:
            return 0x12
        out, near = self.paper == "out", self.paper in ("out", "near")
        if n == 1:
            return 0x12 | 0x08 * self._hindered()
        if n == 2:
            return 0x12 | 0x04 * self.cover_open | 0x20 * out | 0x40 * self.cutter_error
        if n == 3:
            return 0x12 | 0x08 * self.cutter_error
        if self.one_paper_bit:
            return 0x12 | 0x04 * near | 0x20 * out
        return 0x12 | 0x0C * near | 0x60 * out

    def _full_status(self) -> bytes:
        out, near = self.paper == "out", self.paper in ("out", "near")
        paper = 0x01 * out | 0x04 * near | 0x20 * (self.in_mouth is not None)
        return bytes((0x10, 0x0F, paper, 0x02 * self.cover_open, 0x00, 0x01 * self.cutter_error))

    def _automatic_status(self) -> bytes:
        if self.lying:
            return b"\x10\x00\x00\x0f"
        out, near = self.paper == "out", self.paper in ("out", "near")
        first = 0x10 | 0x08 * self._hindered() | 0x20 * self.cover_open
        return bytes((first, 0x08 * self.cutter_error, 0x03 * near | 0x0C * out, 0x0F))

    def _tell_automatic_status(self, now: float) -> None:
        if self.powered and self.automatic_status and self._automatic_mask:
            status = self._automatic_status()
            if status != self._automatic_last:
                self._automatic_last = status
                self._emit(status, now)

    def _steer_sender(self, now: float) -> None:
        if self.flow != "xon/xoff" or not self.powered:
            return
        free = self.buffer_size - len(self._buffer)
        if not self._paused_sender and free < BUSY_BELOW:
            self._paused_sender, self._since_pause = True, 0
            self._emit(XOFF, now, 0.0)
        elif self._paused_sender and free > READY_ABOVE:
            self._paused_sender = False
            self._emit(XON, now, 0.0)

    # -- real-time commands ----------------------------------------------------------------------------------------

    def _scan_real_time(self, byte: int, now: float) -> None:
        seen = self._real_time
        if not seen:
            if byte == 0x10:
                seen.append(byte)
            return
        seen.append(byte)
        if len(seen) == 2 and byte not in (0x04, 0x05, 0x14):
            seen.clear()
            if byte == 0x10:
                seen.append(byte)
        elif seen[:2] == b"\x10\x04" and len(seen) == 3:
            seen.clear()
            self._answer_real_time(byte, now)
        elif seen[:2] == b"\x10\x05" and len(seen) == 3:
            seen.clear()
            self._violate(f"DLE ENQ {byte}: nothing is to be recovered from")
        elif seen[:2] == b"\x10\x14" and len(seen) == 5:
            function = seen[2]
            seen.clear()
            if function in (1, 2) and self._pulse_allowed:
                self.pulses += 1
                self._violate(f"DLE DC4 {function} was fired: drawer pulse or power-off")

    def _answer_real_time(self, n: int, now: float) -> None:
        self.real_time_commands += 1
        delay_s, self.answer_delay_s = ANSWER_S + self.answer_delay_s, 0.0
        if 1 <= n <= 4:
            self._emit(bytes((self._real_time_status(n),)), now, delay_s)
        elif n == 0x14 and self.presenter:
            self._emit(self._full_status(), now, delay_s)
        else:
            self._violate(f"DLE EOT {n}: no such status")

    # -- the receive buffer ----------------------------------------------------------------------------------------

    def _step(self, now: float) -> bool:
        """Executes one command. False when there is none, none complete, or the mechanism is busy or hindered."""
        self._starved = False
        if not self.powered or not self._buffer or now < self._free_at or self._hindered():
            return False
        paper = self._hanging
        length = self._execute(bytes(self._buffer[:8]), now)
        if length == 0:
            self._starved = True
            return False
        paper.raw += self._buffer[:length]
        del self._buffer[:length]
        return True

    def _take(self, length: int) -> bytes | None:
        return bytes(self._buffer[:length]) if len(self._buffer) >= length else None

    def _execute(self, head: bytes, now: float) -> int:
        """The length of the command at the front, executed; 0 when its end has not arrived."""
        first = head[0]
        if first in (0x1B, 0x1C, 0x1D, 0x10):
            if len(head) < 2:
                return 0
            families = {
                0x1B: self._escape,
                0x1C: self._file_separator,
                0x1D: self._group_separator,
                0x10: self._dle,
            }
            return families[first](head, now)
        if first == 0x0A:
            self._print_line(now)
            return 1
        if first == 0x00:
            return 1
        if first >= 0x80:
            return self._chinese_character(now)
        if 0x20 <= first <= 0x7E:
            self._character(chr(first), 12, now)
            return 1
        self._violate(f"control character {first:02X}h")
        return 1

    def _dle(self, head: bytes, now: float) -> int:
        """Already executed on arrival; here it is only taken out of the buffer."""
        if head[1] in (0x04, 0x05):
            return 3 if len(head) >= 3 else 0
        if head[1] == 0x14:
            return 5 if len(head) >= 5 else 0
        self._violate(f"DLE {head[1]:02X}h")
        return 2

    # -- text ------------------------------------------------------------------------------------------------------

    def _character(self, text: str, dots: int, now: float) -> None:
        if not self._initialised:
            self._violate("text after a cut or power-on without ESC @")
            self._initialised = True
        wide = dots * self._width
        if not self._line.room_for(wide):
            self._violate(f"text beyond the line: {text!r}")
            self._print_line(now)
        self._line.put(text, wide, self._height)

    def _chinese_character(self, now: float) -> int:
        if not self._chinese:
            self._violate(f"byte {self._buffer[0]:02X}h outside Chinese mode")
            return 1
        pair = self._take(2)
        if pair is None:
            return 0
        if 0x30 <= pair[1] <= 0x39:
            if len(self._buffer) < 4:
                return 0
            self._violate(f"four-byte GB18030 code {bytes(self._buffer[:4]).hex()}")
            return 4
        try:
            text = pair.decode("gbk")
        except UnicodeDecodeError:
            self._violate(f"{pair.hex()} is no GBK code")
            return 2
        self._character(text, 24, now)
        return 2

    def _print_line(self, now: float) -> None:
        height_mm = max(LINE_MM, self._line.height * 3.0)
        self._feed(height_mm, now)
        if self.paper == "out":
            self._hanging.lines.append(f"~torn~ {self._line.text()}".rstrip())
        else:
            self._hanging.lines.append(self._line.text())
        align = self._line.align
        self._line.clear()
        self._line.align = align

    def _feed(self, length_mm: float, now: float) -> None:
        self._hanging.length_mm += length_mm
        self._free_at = max(self._free_at, now) + length_mm / self.mm_s / self.speed
        if self.paper_mm is not None:
            self.paper_mm -= length_mm
            if self.paper_mm < 0:
                self.paper = "out"
                self._happenings.append(StateChanged("paper out"))

    # -- ESC, FS, GS -----------------------------------------------------------------------------------------------

    def _escape(self, head: bytes, now: float) -> int:
        code = chr(head[1])
        if code == "@":
            self._reset_modes()
            self._initialised = True
            return 2
        if code == "2":
            return 2
        if code == "*":
            return self._bit_image(now)
        if code == "$":
            argument = self._take(4)
            if argument is None:
                return 0
            position = int.from_bytes(argument[2:4], "little")
            if position > self.dots:
                self._violate(f"ESC $ beyond the line: {position}")
            self._line.position = position
            return 4
        if code not in "Ead3JtRM-G!":
            self._violate(f"unknown command ESC {code!r}")
            return 2
        if len(head) < 3:
            return 0
        n = head[2]
        if code == "a":
            if not self._line.empty:
                self._violate("ESC a in the middle of a line")
            self._line.align = n % 48
        elif code == "d":
            if not self._line.empty:
                self._print_line(now)
            self._feed(n * LINE_MM, now)
            self._hanging.lines.extend([""] * n)
        elif code == "J":
            if not self._line.empty:
                self._print_line(now)
            self._feed(n / 8, now)
        elif code == "t" or code == "R":
            self._violate(f"ESC {code}: code pages have no place in Chinese mode")
        return 3

    def _bit_image(self, now: float) -> int:
        header = self._take(5)
        if header is None:
            return 0
        if header[2] not in (32, 33):
            self._violate(f"ESC * mode {header[2]}")
        columns = int.from_bytes(header[3:5], "little")
        whole = self._take(5 + columns * 3)
        if whole is None:
            return 0
        self._check_data(whole[5:])
        self.glyphs.append(whole[5:])
        if not self._line.room_for(columns):
            self._violate("a bit image beyond the line")
            self._print_line(now)
        self._line.put("▦", columns, 1)
        return len(whole)

    def _file_separator(self, head: bytes, now: float) -> int:
        code = chr(head[1])
        if code == "&":
            if not self._line.empty:
                self._violate("FS & in the middle of a line: some printers obey from the next line on")
            self._chinese = True
            return 2
        if code == ".":
            self._chinese = False
            return 2
        self._violate(f"unknown command FS {code!r}")
        return 2

    def _group_separator(self, head: bytes, now: float) -> int:
        code = chr(head[1])
        if code == "(":
            return self._parenthesis(now)
        if code == "v":
            return self._raster(now)
        if len(head) < 3:
            return 0
        n = head[2]
        if code == "!":
            self._width, self._height = (n >> 4) + 1, (n & 0x0F) + 1
            return 3
        if code == "V":
            if n in (0x41, 0x42):
                if len(head) < 4:
                    return 0
                self._cut(now)
                return 4
            if n not in (0, 1, 0x30, 0x31):
                self._violate(f"GS V {n}")
            self._cut(now)
            return 3
        if code == "a":
            self._automatic_mask = n
            self._automatic_last = None
            return 3
        if code == "r":
            if n not in (1, 2, 49, 50):
                self._violate(f"GS r {n}")
            self._emit(bytes((0x03 * (self.paper == "near") if n in (1, 49) else 0,)), now)
            return 3
        if code == "I":
            self._emit(b"\x20" if n < 64 else b"_GASHALL VIRTUAL\x00", now)
            return 3
        if code == "e" and self.presenter:
            return self._ejector(n, head, now)
        self._violate(f"unknown command GS {code!r}")
        return 2

    def _parenthesis(self, now: float) -> int:
        header = self._take(5)
        if header is None:
            return 0
        code, length = chr(header[2]), int.from_bytes(header[3:5], "little")
        if code == "H" and not self.process_id:
            # A clone that knows the name and not the length: "00" and the id are text to it.
            self._initialised = True
            return 5
        whole = self._take(5 + length)
        if whole is None:
            return 0
        argument = whole[5:]
        if code == "H":
            if length != 6 or argument[:2] != b"00" or any(not 0x20 <= byte <= 0x7E for byte in argument[2:]):
                self._violate(f"GS ( H {argument.hex()}")
            else:
                self._emit(b"\x37\x22" + argument[2:] + b"\x00", now)
        elif code == "D":
            if argument[:1] == b"\x14":
                self._pulse_allowed = argument[2:3] not in (b"\x00", b"0")
        elif code == "k":
            self._two_dimensional(argument, now)
        else:
            self._violate(f"unknown command GS ( {code!r}")
        return len(whole)

    def _two_dimensional(self, argument: bytes, now: float) -> None:
        if argument[:1] != b"1":
            self._violate(f"GS ( k: only QR codes here, not {argument[:1]!r}")
            return
        function = argument[1]
        if function == 80:
            self._check_data(argument[3:])
            self._symbol["data"] = argument[3:].decode("utf-8", "replace")
        elif function == 81:
            if "data" not in self._symbol:
                self._violate("GS ( k 81: nothing stored to print")
                return
            if not self._line.empty:
                self._violate("a QR code in the middle of a line")
            self._feed(30.0, now)
            self._hanging.lines.append(f"[QR] {self._symbol['data']}")
        elif function not in (65, 67, 69):
            self._violate(f"GS ( k function {function}")

    def _raster(self, now: float) -> int:
        header = self._take(8)
        if header is None:
            return 0
        width_bytes = int.from_bytes(header[4:6], "little")
        rows = int.from_bytes(header[6:8], "little")
        whole = self._take(8 + width_bytes * rows)
        if whole is None:
            return 0
        if header[2:4] not in (b"0\x00", b"00"):
            self._violate(f"GS v {header[2:4].hex()}")
        if width_bytes * 8 > self.dots:
            self._violate("a raster wider than the head")
        if width_bytes * rows > self.buffer_size:
            self._violate("a raster taller than the buffer: the rest prints as text")
        self._check_data(whole[8:])
        self.pictures.append((width_bytes * 8, rows, whole[8:]))
        self._feed(rows / 8, now)
        self._hanging.lines.append(f"[picture {width_bytes * 8}x{rows}]")
        return len(whole)

    def _check_data(self, data: bytes) -> None:
        for command in (b"\x10\x04", b"\x10\x05", b"\x10\x14"):
            if command in data:
                self._violate(f"real-time command {command.hex()} inside data")

    # -- cutter and presenter --------------------------------------------------------------------------------------

    def _cut(self, now: float) -> None:
        if not self._line.empty:
            self._violate("a cut with an unprinted line in the buffer")
        if self.cutter_fails_next:
            self.cutter_fails_next = False
            self.cutter_error = True
            self._happenings.append(StateChanged("cutter error"))
            return
        if self.presenter and (self.in_mouth is not None or self._held is not None):
            self._violate("a paper is cut while another lies in the presenter")
        self._free_at = max(self._free_at, now) + CUT_S / self.speed
        paper, self._hanging = self._hanging, Paper()
        self._initialised = False
        self._symbol.clear()
        self.papers.append(paper.text())
        self.raw_papers.append(bytes(paper.raw))
        self._happenings.append(Printed(paper.text(), len(self.papers), bytes(paper.raw)))
        if self.presenter:
            self._held = paper.text()

    def _ejector(self, n: int, head: bytes, now: float) -> int:
        length = 4 if n == 3 else 3
        if len(head) < length:
            return 0
        if n not in (2, 3, 5):
            self._violate(f"GS e {n}")
            return length
        text = self._held if self._held is not None else self.in_mouth
        if n == 3:
            if self._held is None:
                self._violate("GS e 3: nothing to present")
            else:
                self._held, self.in_mouth = None, text
                self._happenings.append(Presented(text or ""))
        elif text is not None and not self.presenter_stuck:
            self._held = self.in_mouth = None
            if n == 2:
                self.retracted.append(text)
                self._happenings.append(Retracted(text))
            else:
                self._happenings.append(Ejected(text))
        self._free_at = max(self._free_at, now) + PRESENT_S / self.speed
        return length
