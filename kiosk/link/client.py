"""One command to a running hall, and its answer: what the command line uses."""

import contextlib
import json
import socket
import uuid
from collections.abc import Mapping
from typing import Any

from kiosk.link.wire import PROTOCOL, Reply

ANSWER_S = 10.0


class HallNotRunning(Exception):
    """Nobody answers on the socket. `E-HL-01`."""

    code = "E-HL-01"


def ask(path: str, name: str, args: Mapping[str, Any], *, timeout_s: float = ANSWER_S) -> Reply:
    """Sends one command in the role of staff. Raises `HallNotRunning`."""
    command = {"id": uuid.uuid4().hex, "name": name, "args": dict(args)}
    try:
        with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as link:
            link.settimeout(timeout_s)
            link.connect(path)
            hello = {"hello": {"role": "staff", "protocol": PROTOCOL}}
            link.sendall((json.dumps(hello) + "\n" + json.dumps({"command": command}) + "\n").encode())
            with link.makefile("rb") as lines:
                for line in lines:
                    message = json.loads(line)
                    if "refused" in message:
                        return Reply(False, message["refused"]["reason"])
                    if message.get("reply", {}).get("id") == command["id"]:
                        body = message["reply"]
                        return Reply(body["accepted"], body["reason"], body["data"])
    except (OSError, ValueError) as error:
        raise HallNotRunning(
            f"E-HL-01: no hall answers on {path} ({error}); is it running, and is this its socket?"
        ) from error
    raise HallNotRunning(f"E-HL-01: the hall on {path} closed the connection without an answer")
