"""Everything Kivy reads before its first import, set in one place: the window, the inputs, the lock-down (H08).

Kivy looks at environment variables and its configuration while it is being imported, so `prepare` runs before
anything imports Kivy. Sources: Kivy 2.3 guide, "Controlling the environment" and "Configure Kivy".
"""

import os
import sys
import tempfile
from pathlib import Path

FRAMES_AWAKE_PER_S = 60
"""Upper bound of the frame loop while somebody uses the screen: a touch waits at most 17 ms for its frame."""
FRAMES_RESTING_PER_S = 30
"""The same when nobody has touched the screen for a while: half the wake-ups, and the first touch still waits at most
33 ms.
"""
REST_AFTER_S = 10.0


def prepare(window: tuple[int, int] | None, *, locked: bool, at: tuple[int, int] | None = None) -> None:
    """Set the environment and Kivy's configuration.

    `window`: width and height in pixels, or `None` for the whole display without a border. `locked`: a public screen,
    which gets no way out by keyboard. `at`: where the window's upper left corner goes. Raises `RuntimeError` if Kivy
    has been imported already, since the settings would come too late.
    """
    if "kivy" in sys.modules:
        raise RuntimeError("Kivy is already imported: prepare() must come first")
    os.environ["KIVY_NO_ARGS"] = "1"
    os.environ["KIVY_NO_CONFIG"] = "1"
    os.environ["KIVY_NO_ENV_CONFIG"] = "1"
    os.environ["KIVY_LOG_MODE"] = "PYTHON"
    # Sizes are design pixels times one factor of our own; Kivy must not scale them again by the display's density.
    os.environ["KIVY_METRICS_DENSITY"] = "1"
    os.environ["KIVY_METRICS_FONTSCALE"] = "1"
    os.environ["KIVY_DPI"] = "96"
    os.environ.setdefault("KIVY_HOME", _home())
    from kivy.config import Config

    settings: dict[str, dict[str, str]] = {
        "kivy": {
            "exit_on_escape": "0",
            "pause_on_minimize": "0",
            "keyboard_mode": "",
            "log_enable": "0",
            "window_icon": "",
            "desktop": "0" if locked else "1",
        },
        "graphics": {
            "maxfps": str(FRAMES_AWAKE_PER_S),
            "multisamples": "0",
            "resizable": "0" if locked else "1",
            "allow_screensaver": "0",
            "show_cursor": "0" if locked and window is None else "1",
            "borderless": "1" if window is None else "0",
            "fullscreen": "auto" if window is None else "0",
        },
    }
    if window is not None:
        settings["graphics"]["width"] = str(window[0])
        settings["graphics"]["height"] = str(window[1])
    if at is not None:
        settings["graphics"] |= {"position": "custom", "left": str(at[0]), "top": str(at[1])}
    for section, values in settings.items():
        for key, value in values.items():
            Config.set(section, key, value)
    # One pointer, from SDL alone: the providers that Kivy adds by itself report every touch a second time under X11,
    # and the mouse's right button would otherwise leave red multi-touch dots on a public screen.
    for key, _ in Config.items("input"):
        Config.remove_option("input", key)
    Config.set("input", "mouse", "mouse,disable_multitouch")
    # No inspector, no console, no screenshot key.
    for key, _ in Config.items("modules"):
        Config.remove_option("modules", key)


def _home() -> str:
    """A folder Kivy may write to: the service's runtime folder where there is one."""
    base = os.environ.get("RUNTIME_DIRECTORY") or os.environ.get("XDG_RUNTIME_DIR")
    if not base or not os.access(base, os.W_OK):
        base = tempfile.gettempdir()
    folder = Path(base) / f"gashall-screens-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return str(folder)
