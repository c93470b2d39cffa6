"""The window around the hardware panel."""

import signal
from typing import Any

from kivy.app import App
from kivy.clock import Clock

from kiosk.screens.panel.controls import HardwareControls
from kiosk.screens.panel.root import PanelRoot

REFRESH_S = 0.25


class PanelApp(App):
    """Looks at the devices four times a second; draws only what has changed."""

    def __init__(self, controls: HardwareControls, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.title = "Gashall · hardware"
        self._controls = controls

    def build(self) -> Any:
        return PanelRoot(self._controls)

    def on_start(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: Clock.schedule_once(lambda _elapsed_s: self.stop(), 0))
        Clock.schedule_interval(lambda _elapsed_s: self.root.refresh(), REFRESH_S)

    def open_settings(self, *_: object) -> bool:
        return False
