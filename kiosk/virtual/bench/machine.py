"""The machine that the figures are from: without it they say nothing."""

import os
import platform
from pathlib import Path
from typing import Any


def machine(folder: Path) -> dict[str, Any]:
    """`folder` lies on the disk that was measured. `load` is the run queue's mean of the last minute: other work on
    the machine shows here."""
    return {
        "system": _system(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "cores": os.cpu_count() or 0,
        "file_system": _file_system(folder.resolve()),
        "graphics": "GPU" if list(Path("/dev/dri").glob("renderD*")) else "none, drawn by the processor",
        "load": round(os.getloadavg()[0], 2),
    }


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.system()


def _file_system(folder: Path) -> str:
    """Of the deepest mount above the folder (proc(5), /proc/self/mounts)."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    above = [(fields[1], fields[2]) for fields in mounts if folder.is_relative_to(fields[1])]
    return max(above, key=lambda mount: len(mount[0]))[1] if above else "unknown"
