"""A hall process that kills itself before its n-th effect: `python -m kiosk.virtual.mortal CONFIG N`.

SIGKILL leaves no chance to tidy up, as a power cut: what is on disk stays, what is in memory is gone, bytes not yet written are not sent.
"""

import os
import signal
import sys

from kiosk.app.hall_process import run_hall, set_up_logging
from kiosk.config import load_config
from kiosk.effects import Effect


class Countdown:
    def __init__(self, effects: int) -> None:
        self._left = effects

    def __call__(self, effect: Effect) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


if __name__ == "__main__":
    set_up_logging()
    sys.exit(run_hall(load_config(sys.argv[1]), before_effect=Countdown(int(sys.argv[2]))))
