"""Customers, meters and cards from a TOML file (`[[customer]]`, `[[meter]]`, `[[card]]`) into the registers."""

import tomllib
from pathlib import Path
from typing import Any

from drivers.loop import wall_clock
from kiosk.config import Config
from storage.database import open_database
from storage.errors import ImportRefused
from storage.registers import Registers


def import_file(file: Path, config: Config) -> dict[str, Any]:
    """All of the file, or nothing. Raises `ImportRefused` with every mistake, `DatabaseBusy` while the hall runs."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportRefused((f"{file}: not TOML: {error}",)) from error
    unknown = tables.keys() - {"customer", "meter", "card"}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise ImportRefused((f"{file}: unknown table {names}; there are customer, meter and card",))
    with open_database(Path(config.storage.database), create=False, terminal_id=config.hall.terminal) as database:
        report = Registers(database).import_rows(
            customers=tables.get("customer", ()),
            meters=tables.get("meter", ()),
            cards=tables.get("card", ()),
            wall_us=int(wall_clock().timestamp() * 1_000_000),
        )
    return {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}
