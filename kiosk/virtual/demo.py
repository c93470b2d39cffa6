"""The demonstration: a whole virtual hall, with windows where there is a display, or played into a folder of pictures
where there is none."""

import base64
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from drivers.sim.pcscd import StackUnavailable
from kiosk.virtual.hall import Program, VirtualHall, Visitor

SCREEN_S = 30.0
"""How long a screen may take to come up and to be saved."""

BETWEEN_NOTES_S = 1.0
"""A person takes the next note out of the purse; an acceptor that is still busy would give it back."""

_DEVICE_NAMES = {
    "note_acceptor": "note-acceptor",
    "card_reader": "card-reader",
    "receipt_printer": "receipt-printer",
    "ticket_dispenser": "ticket-dispenser",
}


def run_headless(out: Path) -> int:
    """Plays one visit with a small mishap; saves `NN-name.png` of each screen, `receipt.bin`, `receipt.txt`,
    `ticket.txt`. 0 if all went well."""
    out.mkdir(parents=True, exist_ok=True)
    for old in (*out.glob("[0-9][0-9]-*.png"), *out.glob("receipt.*"), *out.glob("ticket.txt")):
        old.unlink()
    try:
        with tempfile.TemporaryDirectory(prefix="gashall-demo-") as folder, VirtualHall(Path(folder)) as hall:
            return _play(hall, out)
    except (StackUnavailable, TimeoutError) as error:
        click.echo(f"✗ {error}", err=True)
        return 1


class Stage:
    """The play: says what happens, and waits until each screen has been drawn and saved."""

    def __init__(self, hall: VirtualHall, visitor: Visitor, screen: Program) -> None:
        self.hall = hall
        self.visitor = visitor
        self.screen = screen
        self._began = time.monotonic()
        self._seen = 0

    def say(self, text: str) -> None:
        click.echo(f"[{time.monotonic() - self._began:6.1f} s] {text}")

    def expect(self, screen: str, text: str) -> None:
        """This screen comes up and is saved."""
        view = self.visitor.wait_for(screen, SCREEN_S)
        self.screen.wait_for(lambda event: event.get("screen") == screen and "captured" in event, SCREEN_S, self._seen)
        self._seen = len(self.screen.events)
        title = view.title or view.message
        self.say(f"{text}：“{title}”")

    def feed(self, words: str, noticed: str, text: str) -> None:
        """Something happens at the note acceptor, and the customer is told so."""
        time.sleep(BETWEEN_NOTES_S)
        since = len(self.visitor.views)
        self.hall.device("note-acceptor", words)
        self.visitor.wait_for(lambda view: len(self.visitor.views) > since and noticed in view.message, SCREEN_S)
        self.say(f"{text}：“{self.visitor.view.message}”")
        self.screen.wait_for(lambda event: "captured" in event, SCREEN_S, self._seen)
        self._seen = len(self.screen.events)


def _play(hall: VirtualHall, out: Path) -> int:
    click.echo("· Starting four simulated devices on real wires, and the hall")
    hall.start_devices()
    hall.start_hall()
    hall.wait_ready()
    hall.open_day()
    screen = start_screen(hall, "customer", "1080x1920", capture=out, headless=True)
    visitor = Visitor(hall.socket)
    try:
        stage = Stage(hall, visitor, screen)
        _visit(stage)
        _ticket(stage)
    finally:
        visitor.leave()
        screen.process.terminate()
        screen.end()
    _save_papers(hall, out)
    pictures = sorted(out.glob("[0-9][0-9]-*.png"))
    violations = hall.violations()
    for violation in violations:
        click.echo(f"✗ {violation}", err=True)
    click.echo(f"· {len(pictures)} pictures, receipt.bin, receipt.txt and ticket.txt are in {out}/")
    return 1 if violations or len(pictures) < _SCREENS_OF_THE_PLAY else 0


_SCREENS_OF_THE_PLAY = 10


def _visit(stage: Stage) -> None:
    hall, visitor = stage.hall, stage.visitor
    stage.expect("idle", "Nobody is here")
    card = hall.new_card("wang")
    hall.device("card-reader", f"insert {card}")
    stage.expect("card", "A card is put in")
    visitor.touch("top_up")
    stage.expect("choose", "How much?")
    visitor.touch("amount", value=100)
    stage.expect("quote", "The price, tier by tier")
    visitor.touch("pay")
    stage.expect("paying", "Notes are asked for")
    stage.feed("counterfeit 100", "未能识别", "A note is refused")
    stage.feed("insert 50", "50", "50 yuan go in")
    stage.feed("insert 20", "20", "20 yuan go in")
    stage.feed("insert 20", "20", "20 yuan go in")
    time.sleep(BETWEEN_NOTES_S)
    hall.device("note-acceptor", "insert 10")
    stage.expect("confirm", "Paid")
    visitor.touch("confirm")
    stage.expect("writing", "The card is written")
    stage.expect("done", "Written and read back")
    hall.device("receipt-printer", "take")
    hall.device("card-reader", "pull")
    visitor.wait_for("idle", SCREEN_S)
    stage.say(f"The card is out, the next customer may come; {hall.in_box_fen / 100:.0f} yuan lie in the cash unit")


def _ticket(stage: Stage) -> None:
    stage.visitor.touch("take_ticket")
    stage.expect("ticket_services", "A second visitor wants a queue ticket")
    stage.visitor.touch("ticket_service", service="cards")
    stage.expect("ticket_done", "The ticket is printed")
    stage.hall.device("ticket-dispenser", "take")


def _save_papers(hall: VirtualHall, out: Path) -> None:
    receipt = next(e for e in hall.devices["receipt-printer"].events if e["event"] == "printed")
    (out / "receipt.bin").write_bytes(base64.b64decode(receipt["raw_base64"]))
    (out / "receipt.txt").write_text(receipt["text"] + "\n", encoding="utf-8")
    (out / "ticket.txt").write_text(hall.papers("ticket-dispenser")[0] + "\n", encoding="utf-8")


def start_screen(
    hall: VirtualHall,
    role: str,
    window: str,
    *,
    capture: Path | None = None,
    headless: bool = False,
    measure: int = 0,
) -> Program:
    """A Kivy screen as a program of its own; without a display it renders all the same."""
    environment = dict(hall.environment)
    if headless:
        environment["SDL_VIDEODRIVER"] = "offscreen"
    arguments = [sys.executable, "-m", "kiosk.cli", "screen", role, "--socket", hall.socket]
    arguments += ["--window", window]
    if capture is not None:
        arguments += ["--capture", str(capture)]
    if measure:
        arguments += ["--measure", str(measure)]
    return Program(f"{role}-screen", arguments, environment=environment, log=hall.folder / f"{role}-screen.log")


# With a display ------------------------------------------------------------------------------------------------------


class PanelControls:
    """The hardware panel's hands in the virtual hall (`kiosk.screens.panel.controls.HardwareControls`)."""

    def __init__(self, hall: VirtualHall) -> None:
        self._hall = hall

    def send(self, device: str, command: str) -> None:
        with contextlib.suppress(OSError):
            self._hall.device(_DEVICE_NAMES[device], command)

    def hall_kill(self) -> None:
        if self._hall.hall is not None:
            self._hall.kill_hall()

    def hall_start(self) -> None:
        if self._hall.hall is None:
            self._hall.start_hall()

    def snapshot(self) -> Mapping[str, Mapping[str, Any]]:
        shown: dict[str, Mapping[str, Any]] = {
            device: dict(self._hall.devices[name].newest) for device, name in _DEVICE_NAMES.items()
        }
        hall = self._hall.hall
        shown["hall"] = {"running": hall is not None and hall.process.poll() is None}
        return shown


def run_with_display() -> int:
    """Customer screen, counter and hardware panel in three windows; closing the panel ends everything."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        click.echo("there is no display; use: gashall demo --headless FOLDER", err=True)
        return 2
    from kiosk.screens.run import run_panel

    try:
        with tempfile.TemporaryDirectory(prefix="gashall-demo-") as folder, VirtualHall(Path(folder)) as hall:
            click.echo("· Starting four simulated devices on real wires, and the hall")
            hall.start_devices()
            hall.new_card("wang")
            hall.start_hall()
            hall.wait_ready()
            hall.open_day()
            screens = [
                start_screen(hall, "customer", "540x960+20+60"),
                start_screen(hall, "counter", "704x396+1200+60"),
            ]
            click.echo("· Use the hardware panel: put the card in, touch the customer screen, feed notes")
            try:
                return run_panel(PanelControls(hall), window=(600, 933), at=(580, 60))
            finally:
                for screen in screens:
                    screen.process.terminate()
                    screen.end()
    except (StackUnavailable, TimeoutError) as error:
        click.echo(f"✗ {error}", err=True)
        return 1
