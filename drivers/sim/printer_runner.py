"""The virtual printer on a pseudo-terminal: bytes arrive at the line's pace, happenings leave as JSON lines."""

import base64
import json
from collections import deque
from typing import IO

from drivers.sim.printer import (
    Ejected,
    Presented,
    Printed,
    PrinterHappening,
    Retracted,
    StateChanged,
    Taken,
    Violation,
    VirtualPrinter,
)
from drivers.sim.pty import PtyRunner, descriptor
from drivers.wire import SerialSettings


class PrinterModel:
    """Adapts `VirtualPrinter` to the runner. A pseudo-terminal delivers at once what a line at `baud` brings byte by
    byte, so the bytes wait here for their time, and for room in the printer's buffer."""

    def __init__(self, printer: VirtualPrinter, *, baud: int = 19200) -> None:
        self.printer = printer
        self._settings = SerialSettings(baud)
        self._line: deque[tuple[float, int]] = deque()
        self._line_free_at = 0.0

    @property
    def settings(self) -> SerialSettings:
        return self._settings

    def receive_data(self, data: bytes, now: float) -> None:
        for byte in data:
            self._line_free_at = max(self._line_free_at, now) + self._settings.byte_time_s()
            self._line.append((self._line_free_at, byte))

    def data_to_send(self, now: float) -> bytes:
        return self.printer.take_output(now)

    def next_deadline(self) -> float | None:
        times = [self.printer.next_event()]
        if self._line and self.printer.room():
            # Woken for a handful of bytes at a time; the printer sees their number and order, not their microseconds.
            times.append(self._line[min(len(self._line), 16) - 1][0])
        return min((at for at in times if at is not None), default=None)

    def handle_deadline(self, now: float) -> None:
        arrived = bytearray()
        while self._line and self._line[0][0] <= now and len(arrived) < self.printer.room():
            arrived.append(self._line.popleft()[1])
        self.printer.receive(bytes(arrived), now)
        self.printer.run(now)

    def command(self, line: str, now: float) -> bool:
        return self.printer.command(line, now)

    def take_events(self) -> tuple[dict[str, object], ...]:
        return tuple(as_event(happening) for happening in self.printer.take_happenings())


def as_event(happening: PrinterHappening) -> dict[str, object]:
    """One happening as a JSON object."""
    match happening:
        case Printed(text, number, raw):
            encoded = base64.b64encode(raw).decode("ascii")
            return {"event": "printed", "text": text, "printed": number, "raw_base64": encoded}
        case Presented(text):
            return {"event": "presented", "text": text}
        case Taken(text):
            return {"event": "taken", "text": text}
        case Retracted(text):
            return {"event": "retracted", "text": text}
        case Ejected(text):
            return {"event": "ejected", "text": text}
        case Violation(text):
            return {"event": "violation", "text": text}
        case StateChanged(state):
            return {"event": "state", "state": state}


def serve_printer(
    link: str,
    *,
    presenter: bool = False,
    speed: float = 1.0,
    baud: int = 19200,
    columns: int = 48,
    process_id: bool = True,
    in_stream: IO[str],
    out_stream: IO[str],
) -> int:
    """Runs a virtual printer behind `link` until `quit` or the end of a pipe of commands; returns the exit status.

    Commands, one a line: see `VirtualPrinter.command`, and `unplug`, `plug`, `quit`. `speed` divides mechanical times;
    the line keeps its own. `process_id` false: a printer that does not know GS ( H.
    """
    printer = VirtualPrinter(presenter=presenter, speed=speed, columns=columns, process_id=process_id)

    def tell(event: dict[str, object]) -> None:
        out_stream.write(json.dumps(event, ensure_ascii=False) + "\n")
        out_stream.flush()

    PtyRunner(PrinterModel(printer, baud=baud), link, tell).run(descriptor(in_stream))
    return 0
