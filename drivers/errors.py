"""Failures of the edge: a port or a reader that the operating system does not give us.

What a *device* reports (jam, paper out) is never an exception; it is a value of the protocol. Each class here has a
stable code that appears in the log, on the technician's screen and in docs/runbook.
"""

from typing import ClassVar


class DriverError(Exception):
    """Base of everything the drivers raise."""

    code: ClassVar[str] = "E-DR-00"

    def __str__(self) -> str:
        return f"{self.code}: {super().__str__()}"


class PortNotFound(DriverError):
    """No such serial port: unplugged, or a wrong name in the configuration."""

    code = "E-DR-01"


class PortInUse(DriverError):
    """Another program holds the port's lock."""

    code = "E-DR-02"


class PortRefused(DriverError):
    """The operating system refuses the port: permissions, or line settings that did not stick."""

    code = "E-DR-03"


class PortLost(DriverError):
    """The port vanished while it was open."""

    code = "E-DR-04"


class ReaderServiceMissing(DriverError):
    """No PC/SC service answers (pcscd is not running or has died)."""

    code = "E-DR-11"


class ReaderMissing(DriverError):
    """The PC/SC service runs and knows no reader of the configured name."""

    code = "E-DR-12"


class ReaderBusy(DriverError):
    """Another program holds the reader or the card."""

    code = "E-DR-13"


class ReaderHung(DriverError):
    """A call into the reader passed its deadline. It cannot be cancelled; only ending the process clears it."""

    code = "E-DR-14"
