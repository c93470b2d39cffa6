"""Plain JSON values -> the frozen values of `kiosk.view.shapes`.

Reading is strict where a screen would otherwise draw nonsense (a missing title, a number where text belongs) and
lenient towards a newer hall: keys that are not known here are ignored, keys that are missing take their default.
"""

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from kiosk.view.shapes import CounterView, CustomerView

Shape = TypeVar("Shape")
VIEWS: Mapping[str, type[CustomerView] | type[CounterView]] = {"customer": CustomerView, "counter": CounterView}
"""Which view a role is sent."""


class ViewError(ValueError):
    """What the hall sent is not a view of this role."""


def view_from_json(shape: type[Shape], value: object) -> Shape:
    """Build `shape`, a frozen dataclass, from a JSON object. Raises `ViewError` naming the field that does not fit."""
    return typing.cast(Shape, _build(shape, value, shape.__name__))


@functools.cache
def _hints(shape: type) -> dict[str, Any]:
    return typing.get_type_hints(shape)


def _build(hint: Any, value: object, where: str) -> Any:
    origin = typing.get_origin(hint)
    if origin is typing.Literal:
        if value not in typing.get_args(hint):
            raise ViewError(f"{where}: {value!r} is none of {typing.get_args(hint)}")
        return value
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise ViewError(f"{where}: a list is needed, not {type(value).__name__}")
        item = typing.get_args(hint)[0]
        return tuple(_build(item, entry, f"{where}[{number}]") for number, entry in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise ViewError(f"{where}: an object is needed, not {type(value).__name__}")
        _, item = typing.get_args(hint)
        return {str(key): _build(item, entry, f"{where}.{key}") for key, entry in value.items()}
    if origin in (types.UnionType, typing.Union):
        return _choose(typing.get_args(hint), value, where)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _record(hint, value, where)
    if isinstance(hint, type) and isinstance(value, hint) and not (hint is int and isinstance(value, bool)):
        return value
    raise ViewError(f"{where}: {getattr(hint, '__name__', hint)} is needed, not {value!r}")


def _choose(options: tuple[Any, ...], value: object, where: str) -> Any:
    if value is None and types.NoneType in options:
        return None
    problems = []
    for option in options:
        if option is types.NoneType:
            continue
        try:
            return _build(option, value, where)
        except ViewError as problem:
            problems.append(str(problem))
    raise ViewError(problems[-1] if problems else f"{where}: nothing may stand here")


def _record(shape: type, value: object, where: str) -> Any:
    if not isinstance(value, dict):
        raise ViewError(f"{where}: an object is needed, not {type(value).__name__}")
    hints = _hints(shape)
    known: dict[str, Any] = {}
    for entry in dataclasses.fields(shape):
        if entry.name in value:
            known[entry.name] = _build(hints[entry.name], value[entry.name], f"{where}.{entry.name}")
        elif entry.default is dataclasses.MISSING and entry.default_factory is dataclasses.MISSING:
            raise ViewError(f"{where}.{entry.name} is missing")
    return shape(**known)
