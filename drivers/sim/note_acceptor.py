"""A virtual note acceptor on a pseudo-terminal: `gashall virtual note-acceptor`.

Standard input, one a line: `insert 10`, `counterfeit [100]`, `jam`, `clear`, `fail 50`, `cheat`, `box out`, `box
in`, `box empty`, `full`, `reject 66`, `stall`, `resume`, `weak motor`, `power off`, `power on`, `forget types`,
`lose ack`, `lose reply`, `lose command`, `corrupt next`, `unplug`, `plug`, `quit`. Standard output: one JSON object
a line for everything that physically happens, and for each mistake of the controller (`"event": "violation"`).
"""

import json
import sys
from typing import IO

from drivers.sim.note_acceptor_ccnet import CcnetValidator
from drivers.sim.pty import PtyRunner, descriptor

PROTOCOLS = ("ccnet",)


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

    PtyRunner(CcnetValidator(speed), link, tell).run(descriptor(in_stream))
    return 0
