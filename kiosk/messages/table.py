"""Looks sentences up, and refuses a table in which the two languages do not say the same things."""

from collections.abc import Iterable, Mapping
from functools import cache
from string import Formatter
from typing import Final, Literal

from kiosk.messages.sentences import (
    card,
    counter,
    device,
    out_of_service,
    papers,
    paying,
    purchase,
    queue,
    spoken,
    visit,
)

Language = Literal["zh_CN", "en"]

GROUPS: Final = (visit, card, purchase, paying, out_of_service, queue, counter, device, papers, spoken)


class MessageError(LookupError):
    """A code that does not exist, or parameters that do not fit its sentence: a mistake of the program. `E-MS-01`."""

    code = "E-MS-01"

    def __str__(self) -> str:
        return f"{self.code}: {super().__str__()}"


def _gather(groups: Iterable[Mapping[str, tuple[str, str]]]) -> dict[str, tuple[str, str]]:
    table: dict[str, tuple[str, str]] = {}
    for group in groups:
        for code, sentences in group.items():
            if code in table:
                raise MessageError(f"{code} stands in the table twice")
            table[code] = sentences
    return table


_TABLE: Final = _gather(group.SENTENCES for group in GROUPS)


def codes() -> frozenset[str]:
    """Every code there is."""
    return frozenset(_TABLE)


def has(code: str) -> bool:
    """Whether the table holds this code: for codes that are put together from a device's own words."""
    return code in _TABLE


@cache
def _names(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def placeholders(code: str, language: Language = "zh_CN") -> frozenset[str]:
    """The names of the parameters that the sentence asks for."""
    return _names(_raw(code, language))


def _raw(code: str, language: Language) -> str:
    try:
        zh_cn, en = _TABLE[code]
    except KeyError:
        raise MessageError(f"no sentence has the code {code!r}") from None
    return en if language == "en" else zh_cn


def text(code: str, language: Language, **params: str | int) -> str:
    """The sentence with its parameters put in. Money, volumes and dates come as text (`kiosk.messages.units`).

    Raises `MessageError` for an unknown code, and for a parameter that is missing or that the sentence does not
    know."""
    sentence = _raw(code, language)
    asked = _names(sentence)
    if asked != params.keys():
        raise MessageError(f"{code}: asks for {sorted(asked)}, was given {sorted(params)}")
    return sentence.format(**params) if asked else sentence


def fault_text(code: str, language: Language) -> str:
    """What a fault code (`E-NA-03`) means to the staff: its own sentence, else that of its family (`NA`), else the
    general one."""
    family = code.split("-")[1] if code.count("-") >= 2 else ""
    for candidate in (f"fault.{code}", f"fault.{family}"):
        if has(candidate):
            return text(candidate, language)
    return text("fault.other", language)
