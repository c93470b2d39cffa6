"""One simulated device, as a program of its own: `gashall virtual`."""

import sys

import click

from drivers.sim.note_acceptor import PROTOCOLS, serve_note_acceptor
from drivers.sim.pcscd import serve_card_reader
from drivers.sim.printer_runner import serve_printer

_SPEAKS = {
    "note-acceptor": PROTOCOLS,
    "printer": ("escpos",),
    "receipt-printer": ("escpos",),
    "ticket-dispenser": ("escpos",),
    "card-reader": ("sle4442",),
}


def serve(device: str, protocol: str | None, link: str, speed: float, card: str | None) -> int:
    """Runs the device until `quit` or until standard input ends."""
    spoken = protocol or _SPEAKS[device][0]
    if spoken not in _SPEAKS[device]:
        raise click.UsageError(f"a virtual {device} speaks {', '.join(_SPEAKS[device])}; not {spoken}")
    if speed <= 0:
        raise click.UsageError("--speed must be above 0")
    if device == "note-acceptor":
        return serve_note_acceptor(link, protocol=spoken, speed=speed)
    if device == "card-reader":
        return serve_card_reader(link, card_file=card, in_stream=sys.stdin, out_stream=sys.stdout)
    presenter = device == "ticket-dispenser"
    return serve_printer(link, presenter=presenter, speed=speed, in_stream=sys.stdin, out_stream=sys.stdout)
