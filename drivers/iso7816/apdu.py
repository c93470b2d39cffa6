"""Command and response APDU in short form (ISO/IEC 7816-4, section 5.1). Extended length is not known here: no card
of ours has it."""

from dataclasses import dataclass, field

from drivers.errors import DriverError
from drivers.iso7816.status_word import StatusWord


@dataclass(frozen=True, slots=True)
class CommandApdu:
    """One command. `data`: 0…255 bytes; `le`: the number of bytes expected, 1…256, or `None` for none.

    `secret` marks a data field that must not appear in a log (a PSC, a PIN, a key): `repr` and `str` leave it out.
    Raises `ValueError` for a field out of range.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    le: int | None = None
    secret: bool = False

    def __post_init__(self) -> None:
        for name in ("cla", "ins", "p1", "p2"):
            if not 0 <= getattr(self, name) <= 0xFF:
                raise ValueError(f"{name} is one byte, not {getattr(self, name):#x}")
        if len(self.data) > 255:
            raise ValueError(f"a short command carries at most 255 bytes, not {len(self.data)}")
        if self.le is not None and not 1 <= self.le <= 256:
            raise ValueError(f"Le is 1…256, not {self.le}")

    def to_bytes(self) -> bytes:
        header = bytes((self.cla, self.ins, self.p1, self.p2))
        body = bytes((len(self.data),)) + self.data if self.data else b""
        tail = b"" if self.le is None else bytes((self.le & 0xFF,))
        return header + body + tail

    def __str__(self) -> str:
        """For the log: hexadecimal, with the data of a secret command as dots."""
        if not self.secret:
            return self.to_bytes().hex(" ").upper()
        header = bytes((self.cla, self.ins, self.p1, self.p2, len(self.data)))
        return f"{header.hex(' ').upper()} {' '.join(['..'] * len(self.data))}"


@dataclass(frozen=True, slots=True)
class ResponseApdu:
    data: bytes
    status: StatusWord

    @classmethod
    def from_bytes(cls, response: bytes) -> "ResponseApdu":
        """Raises `ValueError` for fewer than the two bytes of a status word."""
        if len(response) < 2:
            raise ValueError(f"a response has at least its status word, not {len(response)} bytes")
        return cls(response[:-2], StatusWord(int.from_bytes(response[-2:], "big")))


class ApduError(DriverError):
    """The card or the reader answered a command with a status word that is not the wanted one."""

    code = "E-DR-21"

    def __init__(self, command: CommandApdu, status: StatusWord) -> None:
        super().__init__(f"{command} was answered {status}")
        self.command = command
        self.status = status
