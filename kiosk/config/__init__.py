"""The configuration of one hall: a TOML file, read into frozen dataclasses, or refused with all of its mistakes at
once.

`schema` says what may stand in the file, `check` what must agree across it; `load` reads files and is the edge of
this package.
"""

from kiosk.config.card_key import CardKey, read_card_key
from kiosk.config.load import config_problems, load_config, parse_config
from kiosk.config.problem import ConfigError, ConfigProblem
from kiosk.config.schema import (
    CardReader,
    Config,
    Hall,
    Limits,
    Link,
    NoteAcceptor,
    NoticeRow,
    Policy,
    Presets,
    Printer,
    ServiceRow,
    Storage,
    TariffRow,
    TierRow,
    Timeouts,
    WindowRow,
)

__all__ = [
    "CardKey",
    "CardReader",
    "Config",
    "ConfigError",
    "ConfigProblem",
    "Hall",
    "Limits",
    "Link",
    "NoteAcceptor",
    "NoticeRow",
    "Policy",
    "Presets",
    "Printer",
    "ServiceRow",
    "Storage",
    "TariffRow",
    "TierRow",
    "Timeouts",
    "WindowRow",
    "config_problems",
    "load_config",
    "parse_config",
    "read_card_key",
]
