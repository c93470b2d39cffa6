"""The hall's side of the link: one asyncio server on a Unix socket.

It keeps who is connected in which role, the newest view of each role with its number, and the answers already given (a
command sent twice is carried out once). A role counts as present while a screen of it beats; it is gone when no beat
has come for `gone_s`.
"""

import asyncio
import contextlib
import logging
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.link.wire import LINE_MAX, PROTOCOL, Alive, Command, Hello, LinkError, Reply, line, parse

ANSWERS_KEPT = 1000
HELLO_S = 2.0
OUTBOX_MAX = 4 * 1024 * 1024
"""Bytes waiting for one screen that does not read; beyond it the screen is cut off and will get a snapshot when it is
back."""

log = logging.getLogger("gashall.link")


class LinkServer:
    """`carry_out` runs a command and answers it; `presence` hears when a role appears and when it has been gone for
    `gone_s`."""

    def __init__(
        self,
        path: str,
        *,
        roles: frozenset[str],
        carry_out: Callable[[Command], Reply],
        presence: Callable[[str, bool], None],
        gone_s: float,
    ) -> None:
        self.path = path
        self._roles = roles
        self._carry_out = carry_out
        self._presence = presence
        self._gone_s = gone_s
        self._views: dict[str, tuple[int, Any]] = {}
        self._screens: dict[asyncio.StreamWriter, str] = {}
        self._present: dict[str, asyncio.TimerHandle] = {}
        self._answers: OrderedDict[tuple[str, str], Reply] = OrderedDict()
        self._server: asyncio.AbstractServer | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self._server = await asyncio.start_unix_server(self._serve, self.path, limit=LINE_MAX)
        os.chmod(self.path, 0o660)

    async def close(self) -> None:
        for handle in self._present.values():
            handle.cancel()
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)

    def publish(self, role: str, view: Any) -> None:
        """Sends the view to every screen of the role, if it is another than the newest one."""
        number, newest = self._views.get(role, (0, None))
        if newest == view:
            return
        self._views[role] = (number + 1, view)
        message = line("event", {"sequence": number + 1, "view": view})
        for writer, of in list(self._screens.items()):
            if of == role:
                self._send(writer, message)

    def _send(self, writer: asyncio.StreamWriter, message: bytes) -> None:
        if writer.transport.get_write_buffer_size() > OUTBOX_MAX:
            log.warning("a %s screen does not read; it is cut off", self._screens.get(writer))
            writer.transport.abort()
            return
        writer.write(message)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        role = ""
        try:
            hello = parse(await asyncio.wait_for(reader.readline(), HELLO_S))
            refusal = self._refusal(hello)
            if refusal:
                writer.write(line("refused", {"reason": refusal}))
                return
            assert isinstance(hello, Hello)
            role = hello.role
            self._screens[writer] = role
            number, view = self._views.get(role, (0, None))
            writer.write(line("snapshot", {"sequence": number, "view": view}))
            self._beat(role)
            while data := await reader.readline():
                self._take(parse(data), role, writer)
        except (TimeoutError, LinkError, ConnectionError, ValueError) as error:
            log.info("a connection ends: %s", error)
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            self._screens.pop(writer, None)
            writer.close()

    def _refusal(self, hello: Hello | Alive | Command) -> str:
        if not isinstance(hello, Hello):
            return "the first line must be a hello"
        if hello.protocol != PROTOCOL:
            return f"this hall speaks protocol {PROTOCOL}, the screen speaks {hello.protocol}: update the older one"
        if hello.role not in self._roles:
            return f"no such role; there are {', '.join(sorted(self._roles))}"
        return ""

    def _take(self, message: Hello | Alive | Command, role: str, writer: asyncio.StreamWriter) -> None:
        match message:
            case Alive():
                self._beat(role)
            case Command():
                reply = self._answers.get((role, message.id))
                if reply is None:
                    reply = self._carry_out(replace(message, role=role))
                    self._answers[role, message.id] = reply
                    while len(self._answers) > ANSWERS_KEPT:
                        self._answers.popitem(last=False)
                self._send(writer, line("reply", {"id": message.id, **_reply_body(reply)}))
            case Hello():
                raise LinkError("a second hello")

    def _beat(self, role: str) -> None:
        handle = self._present.pop(role, None)
        if handle is None:
            self._presence(role, True)
        else:
            handle.cancel()
        self._present[role] = asyncio.get_running_loop().call_later(self._gone_s, self._gone, role)

    def _gone(self, role: str) -> None:
        del self._present[role]
        log.warning("the %s screen has been gone for %s s", role, self._gone_s)
        self._presence(role, False)


def _reply_body(reply: Reply) -> dict[str, Any]:
    return {"accepted": reply.accepted, "reason": reply.reason, "data": dict(reply.data)}
