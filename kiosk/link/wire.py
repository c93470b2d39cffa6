"""The messages of the link as values, and their JSON lines."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PROTOCOL = 1
LINE_MAX = 256 * 1024
"""Bytes in one line; a longer one ends the connection."""


class LinkError(ValueError):
    """A line that is not a message of this protocol."""


@dataclass(frozen=True, slots=True)
class Hello:
    role: str
    protocol: int


@dataclass(frozen=True, slots=True)
class Alive:
    beat: int


@dataclass(frozen=True, slots=True)
class Command:
    """`id` is the sender's and makes it idempotent; `screen` is the screen it was touched on, empty from a command
    line."""

    id: str
    name: str
    args: Mapping[str, Any] = field(default_factory=dict)
    screen: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    accepted: bool
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def parse(line: bytes) -> Hello | Alive | Command:
    """A line from a screen. Raises `LinkError`."""
    try:
        message = json.loads(line)
        (kind, body), *rest = message.items()
        if rest:
            raise LinkError("one message a line")
        if kind == "hello":
            return Hello(str(body["role"]), int(body["protocol"]))
        if kind == "alive":
            return Alive(int(body))
        if kind == "command":
            args = body.get("args", {})
            if not isinstance(args, dict):
                raise LinkError("args must be an object")
            return Command(str(body["id"]), str(body["name"]), args, str(body.get("screen", "")))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise LinkError(f"not a message: {error}") from error
    raise LinkError(f"unknown message {kind!r}")


def line(kind: str, body: Any) -> bytes:
    """One message to a screen; dataclasses become objects."""
    return json.dumps({kind: body}, ensure_ascii=False, separators=(",", ":"), default=_plain).encode() + b"\n"


def view_body(view: Any) -> dict[str, Any]:
    """A view as an object of plain values."""
    return dataclasses.asdict(view)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{type(value).__name__} does not travel over the link")
