"""The window around a screen: the socket's deliveries come in, touches go out, nothing else gets out of it (H08)."""

import logging
import signal
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.screens.capture import Capture, View, report
from kiosk.screens.client import Delivery, HallClient, HallLost, HallRefused, Replied, ViewArrived
from kiosk.screens.counter.root import CounterRoot
from kiosk.screens.customer.root import CustomerRoot
from kiosk.screens.decode import VIEWS, ViewError, view_from_json
from kiosk.screens.environment import FRAMES_AWAKE_PER_S, FRAMES_RESTING_PER_S, REST_AFTER_S
from kiosk.screens.measure import TouchProbe, process_age_s
from kiosk.screens.voice import Voice
from kiosk.view.shapes import CustomerView

logger = logging.getLogger(__name__)

PULSE_EVERY_S = 0.2
"""How often the frame loop says that it advances; the client's beat is every 0.5 s."""
ROOTS: Mapping[str, Any] = {"customer": CustomerRoot, "counter": CounterRoot}


class ScreenApp(App):
    """One role's screen. `locked`: a public screen, which closes only by SIGTERM."""

    def __init__(
        self,
        role: str,
        socket_path: str,
        *,
        locked: bool,
        capture_dir: Path | None = None,
        clip_dir: Path | None = None,
        measure: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.title = f"Gashall · {role}"
        self._role = role
        self._locked = locked
        self._capture = Capture(capture_dir) if capture_dir is not None else None
        self._voice = Voice(clip_dir)
        self._spoken = ""
        self._client = HallClient(socket_path, role, self._deliver)
        self._arrived: deque[tuple[View, int]] = deque()
        self._on_screen: tuple[View, int] | None = None
        self._sequence = -1
        self._first_frame_done = False
        self._touched_s = time.monotonic()
        self._probe = TouchProbe(measure, self._probe_place) if measure else None
        self._exit_code = 0

    @property
    def exit_code(self) -> int:
        return self._exit_code

    # Kivy's side.

    def build(self) -> Any:
        root = ROOTS[self._role](self._send, time.monotonic)
        root.show_hall_gone()
        return root

    def on_start(self) -> None:
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        Window.bind(on_request_close=self._on_request_close, on_flip=self._on_flip, on_touch_down=self._on_touch)
        Clock.schedule_interval(self._pulse, PULSE_EVERY_S)
        if self._probe is not None:
            from kivy.base import EventLoop

            EventLoop.add_input_provider(self._probe)
        self._client.start()

    def on_stop(self) -> None:
        self._client.stop()
        self._voice.stop()

    def open_settings(self, *_: object) -> bool:
        """Kivy's settings panel does not exist here."""
        return False

    def _on_signal(self, _number: int, _frame: object) -> None:
        Clock.schedule_once(lambda _elapsed_s: self.stop(), 0)

    def _on_request_close(self, *_: object, **__: object) -> bool:
        return self._locked

    def _on_touch(self, *_: object) -> bool:
        self._touched_s = time.monotonic()
        self._set_frames(FRAMES_AWAKE_PER_S)
        return False

    def _pulse(self, _elapsed_s: float) -> None:
        self._client.frame_advanced()
        if time.monotonic() - self._touched_s > REST_AFTER_S:
            self._set_frames(FRAMES_RESTING_PER_S)

    def _set_frames(self, per_s: int) -> None:
        """The frame loop's upper bound. Kivy reads it from its configuration once; the clock looks at this attribute
        in every round.
        """
        if Clock._max_fps != per_s and Clock._max_fps > 0:
            Clock._max_fps = float(per_s)

    # The hall's side.

    def _deliver(self, delivery: Delivery) -> None:
        """In the client's thread: hand over to the frame loop."""
        Clock.schedule_once(lambda _elapsed_s: self._receive(delivery), -1)

    def _receive(self, delivery: Delivery) -> None:
        match delivery:
            case ViewArrived(sequence, body, snapshot):
                if not snapshot and sequence <= self._sequence:
                    return
                try:
                    view = view_from_json(VIEWS[self._role], body)
                except ViewError:
                    logger.exception("a view that can't be drawn")
                    return
                self._sequence = sequence
                self._take(view, sequence)
            case Replied(_, accepted, reason, _):
                if not accepted:
                    logger.info("the hall refused a command: %s", reason)
                self.root.answered(accepted)
            case HallRefused(reason):
                logger.error("the hall refused this screen: %s", reason)
                self._exit_code = 1
            case HallLost():
                self._arrived.clear()
                self._on_screen = None
                self.root.show_hall_gone()

    def _take(self, view: View, sequence: int) -> None:
        if self._capture is None:
            self._draw(view, sequence)
            return
        # Every new view gets a frame of its own, however quickly they come.
        self._arrived.append((view, sequence))
        if len(self._arrived) == 1:
            self._next_for_capture()

    def _next_for_capture(self) -> None:
        if self._arrived:
            self._draw(*self._arrived[0])
            Window.canvas.ask_update()

    def _draw(self, view: View, sequence: int) -> None:
        self._on_screen = (view, sequence)
        self.root.show(view)
        if isinstance(view, CustomerView) and view.speak != self._spoken:
            self._spoken = view.speak
            if view.speak:
                self._voice.speak(view.speak, view.language)

    def _send(self, intent: str, screen: str, args: Mapping[str, object]) -> None:
        try:
            self._client.command(intent, screen, args)
        except OverflowError:
            logger.error("the command %s was dropped: the hall has answered none of the last ones", intent)

    # Frames.

    def _on_flip(self, *_: object) -> None:
        """A frame is complete; it is swapped in right after this."""
        if not self._first_frame_done:
            self._first_frame_done = True
            report({"first_frame_s": round(process_age_s(), 3)})
        if self._probe is not None:
            self._probe.frame_shown()
        if self._capture is not None and self._arrived and self._on_screen == self._arrived[0]:
            view, sequence = self._arrived.popleft()
            if self._capture.wants(view):
                self._capture.frame_drawn(view, sequence, (Window.width, Window.height))
            if self._arrived:
                Clock.schedule_once(lambda _elapsed_s: self._next_for_capture(), 0)

    def _probe_place(self) -> tuple[float, float] | None:
        """The middle of a button that may be touched."""
        from kiosk.screens.parts.touch_button import TouchButton

        for part in self.root.walk(restrict=True):
            if isinstance(part, TouchButton) and part.enabled and part.width > 1 and part.may_touch():
                return float(part.center_x), float(part.center_y)
        return None
