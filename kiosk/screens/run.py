"""Where a screen's process begins. Nothing above this imports Kivy before the environment is set."""

from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.screens.environment import prepare

if TYPE_CHECKING:
    from kiosk.screens.panel.controls import HardwareControls

ROLES = ("customer", "counter")
DESIGN_SIZE = {"customer": (1080, 1920), "counter": (1920, 1080), "panel": (900, 1400)}


def run_screen(
    role: str,
    socket_path: str,
    *,
    window: tuple[int, int] | None,
    capture_dir: str | None = None,
    clip_dir: str | None = None,
    measure: int = 0,
    at: tuple[int, int] | None = None,
) -> int:
    """Show the screen of `role` until SIGTERM; returns the exit code.

    `window`: size in pixels, or `None` for the whole display, locked. `capture_dir`: save each new view as
    `NN-name.png` and say so on standard output. `clip_dir`: recorded prompts (`kiosk.screens.voice`). `measure`: that
    many touches are made and timed (`kiosk.screens.measure`). The time of the first frame is always reported. Raises
    `ValueError` for a role without a screen.
    """
    if role not in ROLES:
        raise ValueError(f"no screen for the role {role!r}; known: {', '.join(ROLES)}")
    prepare(window, locked=window is None, at=at)
    from kiosk.screens import fonts

    fonts.register()
    from kiosk.screens.app import ScreenApp

    app = ScreenApp(
        role,
        socket_path,
        locked=window is None,
        capture_dir=Path(capture_dir) if capture_dir else None,
        clip_dir=Path(clip_dir) if clip_dir else None,
        measure=measure,
    )
    app.run()
    return app.exit_code


def run_panel(
    controls: "HardwareControls",
    *,
    window: tuple[int, int] = DESIGN_SIZE["panel"],
    at: tuple[int, int] | None = None,
) -> int:
    """Show the hardware panel until its window is closed."""
    prepare(window, locked=False, at=at)
    from kiosk.screens import fonts

    fonts.register()
    from kiosk.screens.panel.app import PanelApp

    PanelApp(controls).run()
    return 0
