"""A card as a file of 264 bytes: what its cells hold, whether it is in a reader or in a pocket.

000-0FF main memory, 100-103 protection bits, 104 error counter, 105-107 PSC. Written byte by byte as the chip
programs, so the file is the physical truth at any moment, also after the process that played the card has been killed.
"""

import os
from pathlib import Path

from drivers.sim.card_model import Chip

FILE_SIZE = 264


def load_chip(path: Path) -> Chip:
    """Raises `ValueError` for a file of another size, `OSError`."""
    raw = path.read_bytes()
    if len(raw) != FILE_SIZE:
        raise ValueError(f"{path} is no card: {len(raw)} bytes, not {FILE_SIZE}")
    return Chip(bytearray(raw[:256]), bytearray(raw[256:260]), raw[260], raw[261:264])


def save_chip(path: Path, chip: Chip) -> None:
    """The whole card, at once or not at all."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(bytes(chip.main) + bytes(chip.protection) + bytes((chip.error_counter,)) + chip.psc)
    os.replace(new, path)


def save_byte(path: Path, chip: Chip, address: int) -> None:
    """One byte of the main memory, in place."""
    with path.open("r+b", buffering=0) as file:
        file.seek(address)
        file.write(chip.main[address : address + 1])
        file.seek(260)
        file.write(bytes((chip.error_counter,)))
