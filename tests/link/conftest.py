"""A real server on a real socket, and screens that say exactly what a test wants them to say."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kiosk.link.server import LinkServer
from kiosk.link.wire import Command, Reply

PATIENCE_S = 10.0
GONE_S = 0.3


class RawScreen:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def say_bytes(self, data: bytes) -> None:
        self.writer.write(data)

    def say(self, message: dict[str, Any]) -> None:
        self.say_bytes(json.dumps(message).encode() + b"\n")

    def hello(self, role: str = "customer", protocol: int = 1) -> None:
        self.say({"hello": {"role": role, "protocol": protocol}})

    def command(self, command_id: str, name: str = "touch", **args: Any) -> None:
        self.say({"command": {"id": command_id, "name": name, "screen": "idle", "args": args}})

    async def hears(self) -> dict[str, Any] | None:
        """The next message; `None` when the hall has closed the connection."""
        line = await asyncio.wait_for(self.reader.readline(), PATIENCE_S)
        return json.loads(line) if line else None

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return


@dataclass
class House:
    """The hall's side: writes down what reaches it."""

    path: str
    server: LinkServer = field(init=False)
    carried_out: list[Command] = field(default_factory=list)
    presence: list[tuple[str, bool]] = field(default_factory=list)
    screens: list[RawScreen] = field(default_factory=list)

    def carry_out(self, command: Command) -> Reply:
        self.carried_out.append(command)
        return Reply(True, "", {"times": len(self.carried_out)})

    async def screen(self) -> RawScreen:
        screen = RawScreen(*await asyncio.open_unix_connection(self.path, limit=64 * 1024 * 1024))
        self.screens.append(screen)
        return screen

    async def greeted(self, role: str = "customer") -> RawScreen:
        screen = await self.screen()
        screen.hello(role)
        message = await screen.hears()
        assert message is not None
        assert "snapshot" in message
        return screen

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not reached():
                await asyncio.sleep(0.005)


@pytest.fixture
def link(tmp_path: Path) -> Callable[[Callable[[House], Awaitable[None]]], House]:
    """Runs a play with a server; everything is closed when it is over."""

    def run(play: Callable[[House], Awaitable[None]]) -> House:
        house = House(str(tmp_path / "hall.sock"))

        async def played() -> None:
            house.server = LinkServer(
                house.path,
                roles=frozenset({"customer", "counter", "staff"}),
                carry_out=house.carry_out,
                presence=lambda role, present: house.presence.append((role, present)),
                gone_s=GONE_S,
            )
            await house.server.start()
            try:
                await play(house)
            finally:
                for screen in house.screens:
                    await screen.close()
                await house.server.close()

        asyncio.run(played())
        return house

    return run
