"""Reads a configuration file. `parse_config` is pure; `load_config` opens the file and nothing else.

Each table and each row of an array is validated alone, so that a mistake in one hides no mistake in another, and the
checks across tables run with whatever is sound.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import MISSING, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from kiosk.config.check import Tables, check
from kiosk.config.problem import ConfigError, ConfigProblem
from kiosk.config.rules import Rule, found
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

Section = TypeVar("Section")

FILE_BYTES_MAX = 1_000_000
"""A hall's configuration is a few kilobytes; what is larger is another file."""

ROWS_MAX = 200
"""How many rows one array of tables may have."""


def load_config(path: str, today: date | None = None) -> Config:
    """The configuration in `path`. With `today`, a kind of customer for whom no tariff is in force is a mistake too.

    Raises `ConfigError` with everything that is wrong with it.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
    except FileNotFoundError:
        raise _whole_file(path, "there is no such file; systemd/gashall.example.toml is a complete example") from None
    except OSError as error:
        raise _whole_file(path, f"the file cannot be read: {error.strerror}") from error
    if len(content) > FILE_BYTES_MAX:
        raise _whole_file(path, f"is larger than {FILE_BYTES_MAX} bytes: not a hall's configuration")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError((ConfigProblem(path, f"line {line}", "is not UTF-8; save the file as UTF-8"),)) from error
    return parse_config(text, path, today)


def config_problems(path: str, today: date | None = None) -> tuple[ConfigProblem, ...]:
    """All that is wrong with the configuration in `path`; empty where nothing is (`gashall config check`)."""
    try:
        load_config(path, today)
    except ConfigError as error:
        return error.problems
    return ()


def parse_config(text: str, file: str, today: date | None = None) -> Config:
    """The configuration in `text`; `file` is its name in messages. Raises `ConfigError`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError((_not_toml(text, file, str(error)),)) from error
    reading = _Reading(file, raw)
    reading.refuse_unknown_tables()
    hall = reading.table("hall", Hall)
    storage = reading.table("storage", Storage)
    link = reading.table("link", Link)
    note_acceptor = reading.table("note_acceptor", NoteAcceptor)
    card_reader = reading.table("card_reader", CardReader)
    receipt_printer = reading.table("receipt_printer", Printer)
    ticket_dispenser = reading.table("ticket_dispenser", Printer)
    limits = reading.table("limits", Limits)
    timeouts = reading.table("timeouts", Timeouts)
    policy = reading.table("policy", Policy)
    presets = reading.table("presets", Presets)
    tariff = reading.rows("tariff", TariffRow, rows_min=1)
    notice = reading.rows("notice", NoticeRow)
    service = reading.rows("service", ServiceRow)
    window = reading.rows("window", WindowRow)
    tables = Tables(
        hall=hall,
        note_acceptor=note_acceptor,
        receipt_printer=receipt_printer,
        ticket_dispenser=ticket_dispenser,
        limits=limits,
        presets=presets,
        tariff=tariff,
        notice=notice,
        service=service,
        window=window,
        today=today,
    )
    reading.problems += [ConfigProblem(file, key, problem) for key, problem in check(tables)]
    if (
        reading.problems
        or hall is None
        or storage is None
        or link is None
        or note_acceptor is None
        or card_reader is None
        or receipt_printer is None
        or ticket_dispenser is None
        or limits is None
        or timeouts is None
        or policy is None
        or presets is None
    ):
        raise ConfigError(tuple(reading.problems))
    return Config(
        hall=hall,
        storage=storage,
        link=link,
        note_acceptor=note_acceptor,
        card_reader=card_reader,
        receipt_printer=receipt_printer,
        ticket_dispenser=ticket_dispenser,
        limits=limits,
        timeouts=timeouts,
        policy=policy,
        presets=presets,
        tariff=tuple(row for _, row in tariff),
        notice=tuple(row for _, row in notice),
        service=tuple(row for _, row in service),
        window=tuple(row for _, row in window),
    )


class _Reading:
    """One pass over one file: hands out what is sound, collects what is not."""

    def __init__(self, file: str, raw: dict[str, Any]) -> None:
        self.file = file
        self.raw = raw
        self.problems: list[ConfigProblem] = []

    def refuse(self, key: str, problem: str) -> None:
        self.problems.append(ConfigProblem(self.file, key, problem))

    def refuse_unknown_tables(self) -> None:
        known = [each.name for each in fields(Config)]
        for name in self.raw:
            if name not in known:
                self.refuse(name, f"there is no such table{_suggestion(name, known)}")

    def table(self, name: str, section: type[Section]) -> Section | None:
        """One table; a missing one is read as empty, so that its defaults hold or its required keys are named."""
        value = self.raw.get(name, {})
        if name not in self.raw and _required(section):
            self.refuse(name, f"the table [{name}] is missing; it needs {', '.join(_required(section))}")
            return None
        if not isinstance(value, dict):
            self.refuse(name, f"must be a table: write [{name}]")
            return None
        return self._validated(name, section, value)

    def rows(self, name: str, section: type[Section], rows_min: int = 0) -> list[tuple[int, Section]]:
        """The sound rows of an array of tables, with their places counted from 1."""
        value = self.raw.get(name, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.refuse(name, f"must be an array of tables: write [[{name}]] before each")
            return []
        if not rows_min <= len(value) <= ROWS_MAX:
            self.refuse(name, f"there must be {rows_min} to {ROWS_MAX} [[{name}]]; found {len(value)}")
        read = [(place, self._validated(f"{name}[{place}]", section, row)) for place, row in enumerate(value, start=1)]
        return [(place, row) for place, row in read if row is not None]

    def _validated(self, prefix: str, section: type[Section], value: dict[str, Any]) -> Section | None:
        try:
            return TypeAdapter(section).validate_python(value)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self.refuse(_dotted(prefix, detail["loc"]), _in_words(section, detail))
            return None


def _required(section: type[object]) -> list[str]:
    return [
        each.name
        for each in fields(section)  # type: ignore[arg-type]
        if each.default is MISSING and each.default_factory is MISSING
    ]


def _dotted(prefix: str, place: Iterable[int | str]) -> str:
    return prefix + "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in place)


def _in_words(section: type[object], detail: ErrorDetails) -> str:
    """pydantic's finding in words of this file. `section` is the outermost table; a tier is the only table inside
    another."""
    owner: type[object] = TierRow if section is TariffRow and len(detail["loc"]) > 1 else section
    name = str(detail["loc"][-1])
    match detail["type"]:
        case "refused":
            return detail["msg"]
        case "missing":
            rule = _rule(owner, name)
            return f"is missing; must be {rule.allowed}" if rule else "is missing"
        case "unexpected_keyword_argument":
            known = [each.name for each in fields(owner)]  # type: ignore[arg-type]
            return f"there is no such key{_suggestion(name, known)}"
        case "dataclass_type":
            return f"must be a table; found {found(detail['input'])}"
        case _:
            return f"{detail['msg']}; found {found(detail['input'])}"


def _rule(section: type[object], name: str) -> Rule | None:
    hint = get_type_hints(section, include_extras=True).get(name)
    return next((each for each in get_args(hint) if isinstance(each, Rule)), None)


def _suggestion(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f'; did you mean "{near[0]}"?' if near else f"; allowed: {', '.join(known)}"


def _not_toml(text: str, file: str, message: str) -> ConfigProblem:
    placed = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message, re.DOTALL)
    if placed is None:
        return ConfigProblem(file, f"line {text.count(chr(10)) + 1}", f"the file ends too early: {message}")
    return ConfigProblem(file, f"line {placed[2]}", f"is not TOML: {placed[1]} (column {placed[3]})")


def _whole_file(path: str, problem: str) -> ConfigError:
    return ConfigError((ConfigProblem(path, "", problem),))
