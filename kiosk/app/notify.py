"""What the service manager is told (sd_notify(3)): one datagram to the socket in NOTIFY_SOCKET. Without it nothing is
sent."""

import os
import socket


def notify(*assignments: str) -> None:
    """Sends `READY=1`, `WATCHDOG=1`, `STATUS=…`. A manager that does not listen is no reason to stop."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        try:
            sender.sendto("\n".join(assignments).encode(), address)
        except OSError:
            return


def watchdog_s() -> float | None:
    """How often the manager wants to hear `WATCHDOG=1`, in seconds; `None` if it does not watch this process."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    watched = os.environ.get("WATCHDOG_PID", str(os.getpid()))
    if not microseconds.isdigit() or watched != str(os.getpid()):
        return None
    return int(microseconds) / 1_000_000
