"""A stage for the screens: a real window at the real size, rendered offscreen; a finger that finds buttons by what
they say.
"""

import contextlib
import json
import os
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


class Stage:
    """One root widget in the window. Time stands still unless `pass_time` is called."""

    def __init__(self, window: Any, event_loop: Any, clock: Any) -> None:
        self.window = window
        self.event_loop = event_loop
        self.clock = clock
        self.now_s = 1000.0
        self.commands: list[tuple[str, str, dict[str, object]]] = []
        self.root: Any = None

    def monotonic(self) -> float:
        return self.now_s

    def command(self, intent: str, screen: str, args: Any) -> None:
        self.commands.append((intent, screen, dict(args)))

    def put(self, make: Callable[..., Any], size: tuple[int, int] = (1080, 1920)) -> Any:
        """Build a root and put it into the window."""
        self.root = make(self.command, self.monotonic, size_hint=(None, None), size=size)
        self.window.add_widget(self.root)
        return self.root

    def frame(self, count: int = 2) -> None:
        for _ in range(count):
            self.event_loop.idle()

    def show(self, view: Any, *, settled: bool = True) -> None:
        self.root.show(view)
        if settled:
            self.pass_time(1.0)
        self.frame()

    def pass_time(self, seconds: float) -> None:
        """In steps, as the frame loop would see it."""
        end = self.now_s + seconds
        while self.now_s < end:
            self.now_s = min(end, self.now_s + 0.5)
            self.event_loop.idle()

    def texts(self) -> list[Any]:
        """Every text in the tree that says something."""
        from kiosk.screens.parts.block import texts_in

        return [text for text in texts_in(self.root) if text.source]

    def says(self) -> set[str]:
        return {text.source for text in self.texts()}

    def buttons(self) -> list[Any]:
        from kiosk.screens.parts.touch_button import TouchButton

        return [part for part in self.root.walk(restrict=True) if isinstance(part, TouchButton)]

    def button(self, label: str) -> Any:
        found = [button for button in self.buttons() if button.label.source == label]
        assert len(found) == 1, f"{len(found)} buttons say {label!r}"
        return found[0]

    def tap(self, label: str) -> None:
        button = self.button(label)
        self.tap_at(button.center_x, button.center_y)

    def touch(self, x: float, y: float) -> Any:
        from kivy.tests.common import UnitTestTouch

        return UnitTestTouch(x, y)

    def tap_at(self, x: float, y: float) -> None:
        finger = self.touch(x, y)
        finger.touch_down()
        self.frame(1)
        finger.touch_up()
        self.frame(1)

    def pixels(self) -> bytes:
        """What the window shows."""
        from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels

        seen: list[bytes] = []
        width, height = self.window.width, self.window.height

        def read(*_: object) -> None:
            seen.append(bytes(glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)))

        self.window.bind(on_flip=read)
        self.window.canvas.ask_update()
        self.frame(2)
        self.window.unbind(on_flip=read)
        return seen[-1]


@pytest.fixture(scope="session")
def kivy_window(tmp_path_factory: pytest.TempPathFactory) -> Any:
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    os.environ["KIVY_HOME"] = str(tmp_path_factory.mktemp("kivy"))
    from kiosk.screens.environment import prepare

    prepare((1080, 1920), locked=True)
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.core.window import Window

    from kiosk.screens import fonts

    fonts.register()
    Clock._max_fps = 0
    Window.register()
    Window.initialized = True
    EventLoop.status = "started"
    return Window


@pytest.fixture
def stage(kivy_window: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    from kivy.base import EventLoop
    from kivy.clock import Clock

    made = Stage(kivy_window, EventLoop, Clock)
    # The test before may have left the clock in its own future: time never runs backwards.
    started_s = max(Clock.time(), Clock._last_tick) + 1.0
    monkeypatch.setattr(Clock, "time", lambda: started_s + made.now_s - 1000.0, raising=False)
    yield made
    for child in kivy_window.children[:]:
        kivy_window.remove_widget(child)
    EventLoop.touches.clear()
    for event in Clock.get_events():
        event.cancel()


class FakeHall:
    """The hall's end of the socket, as far as a screen can see it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self.connections = 0
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.unlink(missing_ok=True)
        self._listener.bind(str(path))
        self._listener.listen()
        self._link: socket.socket | None = None
        self._connected = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            self._link = link
            self.connections += 1
            self._connected.set()
            with contextlib.suppress(OSError), link.makefile("rb") as lines:
                for line in lines:
                    self.heard.put(json.loads(line))
            link.close()

    def hear(self, kind: str, timeout_s: float = 10.0) -> Any:
        """The next message of this kind; others are passed over."""
        while True:
            message = self.heard.get(timeout=timeout_s)
            if kind in message:
                return message[kind]

    def hears_nothing(self, kind: str, during_s: float) -> bool:
        try:
            self.hear(kind, during_s)
        except queue.Empty:
            return True
        return False

    def send(self, kind: str, body: Any) -> None:
        assert self._connected.wait(10)
        assert self._link is not None
        self._link.sendall(json.dumps({kind: body}, ensure_ascii=False).encode() + b"\n")

    def send_raw(self, data: bytes) -> None:
        assert self._connected.wait(10)
        assert self._link is not None
        self._link.sendall(data)

    def drop(self) -> None:
        """Cut the connection."""
        assert self._link is not None
        self._connected.clear()
        self._link.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # closed already
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self._link is not None:
            with contextlib.suppress(OSError):
                self._link.shutdown(socket.SHUT_RDWR)
            self._link.close()
        self._thread.join(5)


@pytest.fixture
def make_hall(tmp_path: Path) -> Iterator[Callable[[], FakeHall]]:
    halls: list[FakeHall] = []

    def make() -> FakeHall:
        halls.append(FakeHall(tmp_path / "hall.sock"))
        return halls[-1]

    yield make
    for hall in halls:
        hall.close()


@pytest.fixture
def hall(make_hall: Callable[[], FakeHall]) -> FakeHall:
    return make_hall()
