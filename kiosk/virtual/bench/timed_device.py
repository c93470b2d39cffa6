"""A simulated device that also says when things happened: `python -m kiosk.virtual.bench.timed_device NAME LINK SPEED`.

The words and events are those of `gashall virtual`; every event has `at` in monotonic seconds (one clock for all
processes of a machine). Besides them a serial device tells the bytes that passed, as `{"event": "line", "way": "in"
| "out", "chunks": [[at, hex], …]}`: one for each run of bytes in one direction, told when the direction turns, so
that telling does not disturb what is being timed.
"""

import contextlib
import json
import os
import sys
import time

from drivers.sim.note_acceptor_ccnet import CcnetValidator
from drivers.sim.pcscd import serve_card_reader
from drivers.sim.printer import VirtualPrinter
from drivers.sim.printer_runner import PrinterModel
from drivers.sim.pty import PtyRunner, WireModel


class LineLog:
    def __init__(self) -> None:
        self._way = ""
        self._chunks: list[tuple[float, str]] = []

    def __call__(self, way: str, data: bytes, at: float) -> None:
        if way != self._way:
            if self._chunks:
                _tell({"event": "line", "way": self._way, "chunks": self._chunks})
            self._way, self._chunks = way, []
        self._chunks.append((at, data.hex()))


def _tell(event: dict[str, object]) -> None:
    sys.stdout.write(json.dumps({**event, "at": time.monotonic()}) + "\n")
    sys.stdout.flush()


def _model(name: str, speed: float) -> WireModel:
    if name == "note-acceptor":
        return CcnetValidator(speed)
    return PrinterModel(VirtualPrinter(presenter=name == "ticket-dispenser", speed=speed, columns=48))


def main(name: str, link: str, speed: float) -> int:
    # A device has a processor of its own and never waits for ours. Where this is not allowed, it is part of the noise.
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -20)
    if name == "card-reader":
        return serve_card_reader(link, card_file=None, in_stream=sys.stdin, out_stream=sys.stdout, timed=True)
    PtyRunner(_model(name, speed), link, _tell, LineLog()).run(sys.stdin.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
