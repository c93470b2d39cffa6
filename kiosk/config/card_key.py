"""The key that gas cards are opened with. It is read once, shown nowhere."""

import os
import re
import stat
from dataclasses import dataclass, field

from kiosk.config.problem import ConfigError, ConfigProblem

KEY_BYTES = 32
FILE_BYTES_MAX = 1024
"""A key file is 64 digits and a line end; anything longer is another file."""


@dataclass(frozen=True, slots=True)
class CardKey:
    """32 secret bytes. Neither `repr` nor `str` shows them."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"a card key has {KEY_BYTES} bytes")


def read_card_key(path: str) -> CardKey:
    """Reads the key from a file of 64 hexadecimal digits (blanks and line ends are ignored).

    Raises `ConfigError` (key `card_reader.key_file`) if the file is missing, is not a plain file, may be read or
    written by others than its owner, or does not hold a key. The reason never repeats what stands in the file.
    """

    def refuse(problem: str) -> ConfigError:
        return ConfigError((ConfigProblem(path, "card_reader.key_file", problem),))

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise refuse(
            "there is no such file; put the company's card key there: 64 hexadecimal digits, mode 0600"
        ) from None
    except OSError as error:
        raise refuse(f"the file cannot be opened: {error.strerror}") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise refuse("must be a plain file")
    with os.fdopen(descriptor, "rb") as file:
        mode = stat.S_IMODE(status.st_mode)
        if mode & 0o077 and not _is_credential(path):
            raise refuse(
                f"may be used by its group or by others (mode {mode:04o}); allowed is 0600 or 0400: chmod 600 {path}"
            )
        if status.st_uid not in (0, os.geteuid()):
            raise refuse("belongs to another user; it must belong to the hall's own user or to root")
        content = file.read(FILE_BYTES_MAX + 1)
    digits = b"".join(content.split())
    if re.fullmatch(rb"[0-9A-Fa-f]{%d}" % (2 * KEY_BYTES), digits) is None:
        raise refuse(f"must hold exactly {2 * KEY_BYTES} hexadecimal digits and nothing else")
    secret = bytes.fromhex(digits.decode("ascii"))
    if len(set(secret)) == 1:
        raise refuse("holds the same byte 32 times, which is nobody's key")
    return CardKey(secret)


def _is_credential(path: str) -> bool:
    """Whether systemd has put the file there for this service alone (`LoadCredential=`): it guards it by an access
    list, which shows as permissions of the group."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    return bool(folder) and os.path.dirname(os.path.realpath(path)) == os.path.realpath(folder)
