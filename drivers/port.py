"""A serial port that never blocks: the only importer of pyserial.

pyserial opens the port, sets the line and takes the lock (`flock`, so that no second program drives the same device);
bytes go through the descriptor itself, because pyserial's non-blocking `write` spins while the kernel's buffer is full.
"""

import errno
import os
import select
import termios
from types import TracebackType

import serial

from drivers.errors import PortInUse, PortLost, PortNotFound, PortRefused
from drivers.wire import SerialSettings

_READ_SIZE = 4096
_PSEUDO_TERMINALS = "/dev/pts/"
_GONE = {errno.EIO, errno.ENXIO, errno.ENODEV, errno.EBADF}


class SerialPort:
    """An open port.

    Raises `PortNotFound`, `PortInUse` or `PortRefused` when it cannot be opened, `PortLost` from `read` and `write`
    once the device is gone.
    """

    def __init__(self, path: str, settings: SerialSettings) -> None:
        self.path = path
        if not os.path.exists(path):
            raise PortNotFound(f"{path}: no such serial port; is the cable in, is the configured name right?")
        # A pseudo-terminal has neither parity nor seven data bits, and refuses to be asked for them a second time.
        pseudo = os.path.realpath(path).startswith(_PSEUDO_TERMINALS)
        try:
            self._serial = serial.Serial(
                path,
                baudrate=settings.baud,
                bytesize=8 if pseudo else settings.data_bits,
                parity="N" if pseudo else settings.parity,
                stopbits=settings.stop_bits,
                timeout=0,
                write_timeout=0,
                exclusive=True,
            )
        except serial.SerialException as error:
            raise _refusal(path, error) from error
        except (OSError, ValueError) as error:
            raise PortRefused(f"{path}: {error}") from error
        self._fd: int = self._serial.fileno()
        if settings.mark_damaged:
            self._mark_damaged()

    def fileno(self) -> int:
        return self._fd

    def _mark_damaged(self) -> None:
        attributes = termios.tcgetattr(self._fd)
        attributes[0] = (attributes[0] & ~termios.IGNPAR) | termios.INPCK | termios.PARMRK
        try:
            termios.tcsetattr(self._fd, termios.TCSANOW, attributes)
        except termios.error as error:
            self._serial.close()
            raise PortRefused(f"{self.path}: parity errors cannot be marked ({error})") from error

    def read(self) -> bytes:
        """Whatever has arrived, up to 4096 bytes; empty when nothing has."""
        try:
            data = os.read(self._fd, _READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PortLost(f"{self.path}: {error.strerror}") from error
        if not data and self._hung_up():
            raise PortLost(f"{self.path}: the line was hung up")
        return data

    def _hung_up(self) -> bool:
        """An empty read means that nothing has arrived (VMIN is 0, termios(3)) or that nobody is there any more."""
        watch = select.poll()
        watch.register(self._fd, 0)
        return bool(watch.poll(0))

    def write(self, data: bytes) -> int:
        """Hands over as much as the kernel takes at once, and says how many bytes that was (0 when it takes none)."""
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise PortLost(f"{self.path}: {error.strerror}") from error

    def close(self) -> None:
        self._serial.close()

    def __enter__(self) -> "SerialPort":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _refusal(path: str, error: serial.SerialException) -> PortNotFound | PortInUse | PortRefused:
    """Which of the three it is. pyserial keeps the cause in `errno` or, for the lock, only in its sentence."""
    number = getattr(error, "errno", None)
    if number == errno.ENOENT or number in _GONE:
        return PortNotFound(f"{path}: no device behind this port ({os.strerror(number)})")
    if number in (errno.EBUSY, errno.EAGAIN) or "exclusively lock" in str(error):
        return PortInUse(f"{path}: another program uses this port; stop it, or name another port")
    if number in (errno.EACCES, errno.EPERM):
        return PortRefused(f"{path}: no permission; the service's user must be in the port's group (dialout)")
    return PortRefused(f"{path}: {error}")
