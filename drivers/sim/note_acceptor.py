"""A virtual note acceptor on a pseudo-terminal: `gashall virtual note-acceptor`.

Standard input, one a line: `insert 10`, `counterfeit [100]`, `jam`, `clear`, `fail 50`, `cheat`, `box out`, `box
in`, `box empty`, `full`, `reject 66`, `stall`, `resume`, `weak motor`, `power off`, `power on`, `forget types`,
`lose ack`, `lose reply`, `lose command`, `corrupt next`, `unplug`, `plug`, `quit`. Standard output: one JSON object
a line for everything that physically happens, and for each mistake of the controller (`"event": "violation"`).
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

from drivers.sim import note_acceptor_ccnet, note_acceptor_ict104, note_acceptor_id003
from drivers.sim.note_acceptor_unit import NoteAcceptorModel
from drivers.sim.pty import PtyRunner, descriptor


@dataclass(frozen=True, slots=True)
class Simulator:
    """How a protocol's unit is made (`build(speed)`), and what one says to a request that refuses everything."""

    build: Callable[[float], NoteAcceptorModel]
    refuse: Callable[[bytes], bytes]


SIMULATORS: Mapping[str, Simulator] = {
    "ccnet": Simulator(note_acceptor_ccnet.CcnetValidator, note_acceptor_ccnet.refuse),
    "ict104": Simulator(note_acceptor_ict104.Ict104Validator, note_acceptor_ict104.refuse),
    "id003": Simulator(note_acceptor_id003.Id003Validator, note_acceptor_id003.refuse),
}
"""Every protocol that a virtual note acceptor speaks."""

PROTOCOLS = tuple(SIMULATORS)


def serve_note_acceptor(
    link: str,
    *,
    protocol: str = "ccnet",
    speed: float = 1.0,
    in_stream: IO[str] = sys.stdin,
    out_stream: IO[str] = sys.stdout,
) -> int:
    """Serves until `quit`, or until a pipe of commands ends. `speed` divides the times of the mechanics (1.0: as
    long as a real unit takes).

    Returns 0, or 2 for a protocol or speed that does not exist. Raises `OSError` if `link` cannot be made.
    """
    if protocol not in PROTOCOLS or speed <= 0:
        return 2

    def tell(event: dict[str, object]) -> None:
        out_stream.write(json.dumps(event) + "\n")
        out_stream.flush()

    PtyRunner(SIMULATORS[protocol].build(speed), link, tell).run(descriptor(in_stream))
    return 0
