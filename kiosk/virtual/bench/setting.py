"""What every measurement is given: a folder on the disk that is measured, whether it is to be short, and where to
say how far it is."""

import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SAY_EVERY_S = 5.0


@dataclass(slots=True)
class Setting:
    """`quick`: a few samples only, to see that it works; its figures are worth nothing."""

    out: Path
    quick: bool = False
    _said_s: float = field(default=0.0, init=False)

    def amount(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def say(self, text: str) -> None:
        sys.stderr.write(f"· {text}\n")
        sys.stderr.flush()
        self._said_s = time.monotonic()

    def progress(self, what: str, done: int, of: int) -> None:
        """Said now and then, so that a long step is seen to move."""
        if time.monotonic() - self._said_s >= SAY_EVERY_S:
            self.say(f"  {what}: {done} of {of}")

    @contextlib.contextmanager
    def folder(self) -> Iterator[Path]:
        """An empty folder beside the results, so on the same disk. Its name is short: a socket's path has at most
        107 bytes."""
        path = Path(tempfile.mkdtemp(prefix="w", dir=self.out)).resolve()
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
