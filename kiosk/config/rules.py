"""What one value may be, with the words for it.

A `Rule` stands in a field's annotation. It says in one phrase what is allowed (`allowed`), and turns a TOML value
into the field's value or raises `ValueError`. The phrase is the message, so that a refusal always names the whole
range and never speaks of types of Python.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

FOUND_CHARACTERS_MAX = 40
"""How much of a wrong value is repeated in the message."""


def found(value: object) -> str:
    """A wrong value as it is repeated to the person who wrote it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= FOUND_CHARACTERS_MAX else text[: FOUND_CHARACTERS_MAX - 1] + "…"


@dataclass(frozen=True)
class Rule:
    """`allowed` completes the sentence "must be …"."""

    allowed: str
    parse: Callable[[object], object]

    def check(self, value: object) -> object:
        try:
            return self.parse(value)
        except (ValueError, TypeError):
            problem = f"must be {self.allowed}; found {found(value)}"
            raise PydanticCustomError("refused", "{problem}", {"problem": problem}) from None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))


def whole(low: int, high: int, unit: str = "") -> Rule:
    """A whole number from `low` to `high`, both included."""

    def parse(value: object) -> object:
        if type(value) is not int or not low <= value <= high:
            raise ValueError
        return value

    return Rule(f"a whole number{' of ' + unit if unit else ''} from {low} to {high}", parse)


def seconds(low: float, high: float) -> Rule:
    """A duration in seconds, whole or with a decimal point. Durations never hold money, so `float` is right for
    them."""

    def parse(value: object) -> object:
        if type(value) not in (int, float):
            raise ValueError
        assert isinstance(value, (int, float))
        if not low <= value <= high:
            raise ValueError
        return float(value)

    return Rule(f"seconds from {low:g} to {high:g}", parse)


def one_of(*values: int | str) -> Rule:
    def parse(value: object) -> object:
        if type(value) not in (int, str) or value not in values:
            raise ValueError
        return value

    return Rule("one of " + ", ".join(found(each) for each in values), parse)


def truth() -> Rule:
    def parse(value: object) -> object:
        if not isinstance(value, bool):
            raise ValueError
        return value

    return Rule("true or false, without quotes", parse)


def text(characters_max: int, what: str = "a text", *, empty: bool = False) -> Rule:
    """Characters that can be shown and printed: no control characters, not only blanks."""
    low = 0 if empty else 1

    def parse(value: object) -> object:
        if not isinstance(value, str) or not low <= len(value.strip()) <= len(value) <= characters_max:
            raise ValueError
        if any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in value):
            raise ValueError
        return value

    return Rule(f"{what} of {low} to {characters_max} characters on one line", parse)


def paragraph(characters_max: int) -> Rule:
    """A text that may have several lines."""

    def parse(value: object) -> object:
        if not isinstance(value, str) or not 1 <= len(value.strip()) <= len(value) <= characters_max:
            raise ValueError
        if any((ord(character) < 0x20 and character != "\n") or 0x7F <= ord(character) < 0xA0 for character in value):
            raise ValueError
        return value.strip()

    return Rule(f"a text of 1 to {characters_max} characters", parse)


def matching(pattern: str, allowed: str) -> Rule:
    compiled = re.compile(pattern)

    def parse(value: object) -> object:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            raise ValueError
        return value

    return Rule(allowed, parse)


def identifier() -> Rule:
    """A name for programs and ledger accounts: no colon, which separates the parts of an account."""
    return matching(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", "1 to 32 letters, digits, - or _ (a letter or digit first)")


def absolute_path(example: str, bytes_max: int = 4095) -> Rule:
    def parse(value: object) -> object:
        if not isinstance(value, str) or not value.startswith("/") or value.endswith("/") or "\0" in value:
            raise ValueError
        if len(value.encode()) > bytes_max:
            raise ValueError
        return value

    return Rule(f'an absolute path of at most {bytes_max} bytes, such as "{example}"', parse)


def clock_time() -> Rule:
    def parse(value: object) -> object:
        if not isinstance(value, str) or re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value) is None:
            raise ValueError
        return time(int(value[:2]), int(value[3:]))

    return Rule('a time of day from "00:00" to "23:59", in quotes', parse)


def calendar_date() -> Rule:
    def parse(value: object) -> object:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise ValueError
        return value

    return Rule("a date without quotes, such as 2026-01-31", parse)


def month_and_day() -> Rule:
    """A day that every year has, so that a yearly cycle can begin on it."""

    def parse(value: object) -> object:
        if not isinstance(value, str) or re.fullmatch(r"[0-9]{2}-[0-9]{2}", value) is None:
            raise ValueError
        date(2001, int(value[:2]), int(value[3:]))
        return value

    return Rule('month and day from "01-01" to "12-31", in quotes, not "02-29"', parse)


def listing(low: int, high: int, what: str) -> Rule:
    """An array of `low` to `high` values, none twice, in the order of the file."""

    def parse(value: object) -> object:
        if not isinstance(value, list) or not low <= len(value) <= high:
            raise ValueError
        if any(each in value[:index] for index, each in enumerate(value)):
            raise ValueError
        return tuple(value)

    return Rule(f"an array of {low} to {high} different {what}", parse)
