"""A hall process that kills itself before its n-th effect: `python -m kiosk.virtual.mortal CONFIG [N]`.

Without N it counts from a line `die N` on its standard input on: a drill that lives through many cuts arms each of them
when the visit begins. SIGKILL leaves no chance to tidy up, as a power cut: what is on disk stays, what is in memory is
gone, bytes not yet written are not sent. The effect that did not happen is named on standard output.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Iterable

from kiosk.app.hall_process import run_hall, set_up_logging
from kiosk.config import load_config
from kiosk.effects import Append, Effect


class Countdown:
    """`effects`: how many still run; `None` lets all of them run."""

    def __init__(self, effects: int | None = None) -> None:
        self.left = effects

    def __call__(self, effect: Effect) -> None:
        if self.left == 0:
            os.write(1, json.dumps({"event": "dies", "before": named(effect)}).encode() + b"\n")
            os.kill(os.getpid(), signal.SIGKILL)
        if self.left is not None:
            self.left -= 1

    def listen(self, lines: Iterable[str]) -> None:
        for line in lines:
            match line.split():
                case ["die", effects] if effects.isdigit():
                    self.left = int(effects)
                    os.write(1, json.dumps({"event": "armed", "after": self.left}).encode() + b"\n")


def named(effect: Effect) -> str:
    """The effect's name, and what it would have put on record."""
    name = type(effect).__name__
    return f"{name} {' '.join(record.kind for record in effect.records)}" if isinstance(effect, Append) else name


if __name__ == "__main__":
    set_up_logging()
    countdown = Countdown(int(sys.argv[2]) if len(sys.argv) > 2 else None)
    threading.Thread(target=countdown.listen, args=(sys.stdin,), name="orders-to-die", daemon=True).start()
    sys.exit(run_hall(load_config(sys.argv[1]), before_effect=countdown))
