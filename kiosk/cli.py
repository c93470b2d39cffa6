"""The command line: `gashall`.

`--json` prints one JSON object a line and nothing else on standard output. Exit status: 0 done, 1 failed or refused, 2
wrong use or configuration. Each command only reads its arguments, calls one function, and prints what it answers.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import click

DEFAULT_CONFIG = "/etc/gashall/gashall.toml"

as_json = click.option("--json", "json_lines", is_flag=True, help="One JSON object a line on standard output.")
config_option = click.option(
    "--config",
    "config_path",
    default=DEFAULT_CONFIG,
    show_default=True,
    envvar="GASHALL_CONFIG",
    type=click.Path(dir_okay=False),
    help="The hall's configuration.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="gashall", prog_name="gashall")
def main() -> None:
    """Gashall: the self-service terminal and the counters of a gas company's business hall."""


def say(row: dict[str, Any], json_lines: bool) -> None:
    """One row, for a program or for a person."""
    if json_lines:
        click.echo(json.dumps(row, ensure_ascii=False))
    else:
        click.echo("  ".join(f"{key}: {_plain(value)}" for key, value in row.items() if value not in (None, "")))


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)


def read_config(path: str, json_lines: bool = False) -> Any:
    """The checked configuration, or exit 2 with every mistake in it."""
    from kiosk.config import ConfigError, load_config

    try:
        return load_config(path)
    except ConfigError as error:
        for problem in error.problems:
            if json_lines:
                say({"file": problem.file, "key": problem.key, "problem": problem.problem}, True)
            else:
                click.echo(str(problem), err=True)
        sys.exit(2)


# The hall and its screens --------------------------------------------------------------------------------------------


@main.command()
@config_option
def hall(config_path: str) -> None:
    """The hall process: devices, money, journal, timed loop."""
    from kiosk.app.hall_process import run_hall, set_up_logging
    from kiosk.config import ConfigError

    set_up_logging()
    try:
        sys.exit(run_hall(read_config(config_path)))
    except ConfigError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(2)


def _geometry(words: str) -> tuple[tuple[int, int], tuple[int, int] | None]:
    """As X11 writes it: 1080x1920 or 540x960+20+60."""
    found = re.fullmatch(r"(\d+)x(\d+)(?:\+(\d+)\+(\d+))?", words)
    if found is None:
        raise click.UsageError("--window is WIDTHxHEIGHT or WIDTHxHEIGHT+LEFT+TOP, such as 540x960+20+60")
    width, height, left, top = found.groups()
    return (int(width), int(height)), None if left is None else (int(left), int(top))


@main.command()
@click.argument("role", type=click.Choice(["customer", "counter"]))
@config_option
@click.option("--socket", "socket_path", help="The hall's socket, instead of the configuration's.")
@click.option("--window", help="WIDTHxHEIGHT or WIDTHxHEIGHT+LEFT+TOP, instead of the whole screen.")
@click.option("--capture", type=click.Path(file_okay=False), help="Save a picture of each view into this folder.")
@click.option("--measure", type=int, default=0, help="Make so many touches and print the time from each to its frame.")
def screen(
    role: str, config_path: str, socket_path: str | None, window: str | None, capture: str | None, measure: int
) -> None:
    """One screen: a process of its own, without any device."""
    from kiosk.screens.run import run_screen

    size, at = _geometry(window) if window else (None, None)
    path = socket_path or read_config(config_path).link.socket
    sys.exit(run_screen(role, path, window=size, capture_dir=capture, measure=measure, at=at))


@main.command()
@click.option(
    "--headless", "out_dir", type=click.Path(file_okay=False), help="Play a visit and save pictures into this folder."
)
def demo(out_dir: str | None) -> None:
    """The virtual hall: real programs, real wires, simulated machines."""
    from kiosk.virtual.demo import run_headless, run_with_display

    sys.exit(run_headless(Path(out_dir)) if out_dir else run_with_display())


# Asking a running hall -----------------------------------------------------------------------------------------------


def ask_hall(config_path: str, name: str, args: dict[str, Any], json_lines: bool) -> dict[str, Any]:
    """The answer's data, or exit 1 with the reason."""
    from kiosk.link.client import HallNotRunning, ask

    config = read_config(config_path, json_lines)
    try:
        reply = ask(config.link.socket, name, args)
    except HallNotRunning as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    if not reply.accepted:
        if json_lines:
            say({"refused": reply.reason, **reply.data}, True)
        else:
            click.echo(f"refused: {reply.reason} {_plain(dict(reply.data)) if reply.data else ''}", err=True)
        sys.exit(1)
    return dict(reply.data)


@main.command()
@config_option
@as_json
def status(config_path: str, json_lines: bool) -> None:
    """Devices, session, cash, business day of a running hall."""
    data = ask_hall(config_path, "status", {}, json_lines)
    for device in data.pop("devices", []):
        say(device, json_lines)
    say(data, json_lines)


@main.command()
@config_option
@as_json
@click.option(
    "--level", type=click.Choice(["internal", "external", "interactive"]), default="internal", show_default=True
)
def check(config_path: str, json_lines: bool, level: str) -> None:
    """Check the health of every device; the results are logged."""
    data = ask_hall(config_path, "check", {"level": level}, json_lines)
    failed = False
    for report in data["reports"]:
        failed = failed or report["result"] != "ok"
        say(report, json_lines)
    sys.exit(1 if failed else 0)


@main.group()
def day() -> None:
    """The hall's day: open, count, close, reports."""


def _day_command(name: str, args: dict[str, Any], config_path: str, json_lines: bool) -> None:
    say(ask_hall(config_path, f"day.{name}", args, json_lines), json_lines)


who_option = click.option("--who", required=True, help="Who does it: a clerk's number.")


def _clerk(who: str) -> str:
    return who if ":" in who else f"clerk:{who}"


@day.command("status")
@config_option
@as_json
def day_status(config_path: str, json_lines: bool) -> None:
    """Where the day stands, without a revenue figure."""
    _day_command("status", {}, config_path, json_lines)


@day.command("open")
@config_option
@as_json
@who_option
def day_open(config_path: str, json_lines: bool, who: str) -> None:
    """Begin the business day."""
    _day_command("open", {"who": _clerk(who)}, config_path, json_lines)


@day.command("close")
@config_option
@as_json
@who_option
@click.option("--count", "counts", multiple=True, help="YUAN=NOTES, once for each denomination; a blind count.")
@click.option("--reason", help="Why the count differs from the books.")
def day_close(config_path: str, json_lines: bool, who: str, counts: tuple[str, ...], reason: str | None) -> None:
    """End trading, enter the blind count, close with the Z report.

    Called again it goes on where the day stands: a count that differs is asked for once more, then the difference is
    shown and wants a reason.
    """
    clerk = _clerk(who)
    state = ask_hall(config_path, "day.status", {}, json_lines)["state"]
    if state == "open":
        _day_command("end", {"who": clerk}, config_path, json_lines)
        state = "ended"
    if state in ("ended", "recount"):
        if not counts:
            raise click.UsageError("count the cash unit and give the notes: --count 100=3 --count 50=0 …")
        counted = ask_hall(config_path, "day.count", {"who": clerk, "counts": _counts(counts)}, json_lines)
        say(counted, json_lines)
        if counted.get("recount"):
            sys.exit(1)
    if reason:
        _day_command("reason", {"who": clerk, "text": reason}, config_path, json_lines)
    _day_command("close", {"who": clerk}, config_path, json_lines)


def _counts(pairs: tuple[str, ...]) -> dict[str, int]:
    counts = {}
    for pair in pairs:
        yuan, _, notes = pair.partition("=")
        if not (yuan.isdigit() and notes.isdigit()):
            raise click.UsageError(f"--count {pair}: give YUAN=NOTES, such as 100=3")
        counts[str(int(yuan) * 100)] = int(notes)
    return counts


@day.command("x")
@config_option
@as_json
@who_option
@click.option("--no-print", is_flag=True, help="Show it only.")
def day_x(config_path: str, json_lines: bool, who: str, no_print: bool) -> None:
    """The X report: the day so far."""
    _day_command("x", {"who": _clerk(who), "print": not no_print}, config_path, json_lines)


@day.command("z")
@config_option
@as_json
@who_option
@click.option("--number", type=int, help="Which Z report; the newest one without it.")
@click.option("--no-print", is_flag=True, help="Show it only.")
def day_z(config_path: str, json_lines: bool, who: str, number: int | None, no_print: bool) -> None:
    """A stored Z report again, as a marked copy."""
    args: dict[str, Any] = {"who": _clerk(who), "print": not no_print}
    if number is not None:
        args["number"] = number
    _day_command("z", args, config_path, json_lines)


# The waiting line ----------------------------------------------------------------------------------------------------


@main.group("queue")
def queue_group() -> None:
    """The waiting line, for windows without a screen."""


@queue_group.command("status")
@config_option
@as_json
def queue_status(config_path: str, json_lines: bool) -> None:
    """Who waits, and who is at which window."""
    data = ask_hall(config_path, "queue.status", {}, json_lines)
    for ticket in (*data["at_windows"], *data["waiting"]):
        say(ticket, json_lines)
    if not json_lines:
        click.echo(f"business date {data['business_date']}: {len(data['waiting'])} waiting")


def _window_command(name: str, text: str) -> None:
    @queue_group.command(name, help=text)
    @config_option
    @as_json
    @who_option
    @click.option("--window", required=True, help="The window's id.")
    @click.option("--ticket", help="The number; without it the ticket that is at the window.")
    def command(config_path: str, json_lines: bool, who: str, window: str, ticket: str | None) -> None:
        args = {"who": _clerk(who), "window": window, "ticket": ticket}
        say(ask_hall(config_path, f"queue.{name}", args, json_lines), json_lines)


for _name, _text in (
    ("recall", "Call the ticket again."),
    ("no-show", "Nobody came."),
    ("serve", "The customer is here."),
    ("finish", "The customer has been served."),
):
    _window_command(_name, _text)


@queue_group.command("call")
@config_option
@as_json
@who_option
@click.option("--window", required=True, help="The window's id.")
@click.option("--service", "services", multiple=True, help="Only this service; all without it.")
def queue_call(config_path: str, json_lines: bool, who: str, window: str, services: tuple[str, ...]) -> None:
    """Call the next customer to a window."""
    args = {"who": _clerk(who), "window": window, "services": list(services)}
    say(ask_hall(config_path, "queue.call", args, json_lines), json_lines)


@queue_group.command("transfer")
@config_option
@as_json
@who_option
@click.option("--window", required=True, help="Where the customer is now.")
@click.option("--to-service", help="The service that the customer is handed on to; the same without it.")
@click.option("--to-window", help="One window of it; any without it.")
@click.option("--to-owner", help="Who answers for the customer from now on (H42).")
def queue_transfer(
    config_path: str,
    json_lines: bool,
    who: str,
    window: str,
    to_service: str | None,
    to_window: str | None,
    to_owner: str | None,
) -> None:
    """Hand the customer on, with number and order."""
    args = {
        "who": _clerk(who),
        "window": window,
        "to_service": to_service,
        "to_window": to_window,
        "to_owner": _clerk(to_owner) if to_owner else None,
    }
    say(ask_hall(config_path, "queue.transfer", args, json_lines), json_lines)


# The books -----------------------------------------------------------------------------------------------------------


@main.group()
def ledger() -> None:
    """The journal and the books; also while the hall runs."""


def _open_books(config_path: str) -> Any:
    from storage.database import open_readonly
    from storage.errors import StorageError

    try:
        return open_readonly(Path(read_config(config_path).storage.database))
    except StorageError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@ledger.command("create")
@config_option
def ledger_create(config_path: str) -> None:
    """Makes the empty database of a new terminal. The hall never does: a disk that is not mounted must not become new,
    empty books."""
    from storage.database import open_database
    from storage.errors import StorageError

    config = read_config(config_path)
    path = Path(config.storage.database)
    if path.exists():
        click.echo(f"{path} is there already; nothing was changed", err=True)
        sys.exit(1)
    try:
        open_database(path, terminal_id=config.hall.terminal).close()
    except StorageError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(f"made {path} for terminal {config.hall.terminal}")


@ledger.command("verify")
@config_option
@as_json
def ledger_verify(config_path: str, json_lines: bool) -> None:
    """Checks every link of the chain and the law of the house."""
    from kiosk.app.audit import audit, not_readable
    from storage.database import open_readonly
    from storage.errors import StorageError

    try:
        with open_readonly(Path(read_config(config_path, json_lines).storage.database)) as database:
            result = audit(database)
    except StorageError as error:
        click.echo(str(error), err=True)
        result = not_readable(error)
    say(result, json_lines)
    sys.exit(0 if result["sound"] else 1)


@ledger.command("evidence")
@click.argument("order")
@config_option
@as_json
def ledger_evidence(order: str, config_path: str, json_lines: bool) -> None:
    """Every record of one order, with the hashes around it."""
    from kiosk.app.audit import evidence

    with _open_books(config_path) as database:
        rows = evidence(database, order)
    for row in rows:
        say(row, json_lines)
    if not rows:
        click.echo(f"no record is about {order}", err=True)
        sys.exit(1)


@ledger.command("export")
@config_option
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="jsonl", show_default=True)
def ledger_export(config_path: str, form: str) -> None:
    """The whole journal (jsonl) or its postings (csv) on standard output."""
    from storage.export import export_csv, export_jsonl

    with _open_books(config_path) as database:
        if form == "jsonl":
            export_jsonl(database, sys.stdout)
        else:
            export_csv(database, postings=sys.stdout)


@main.group()
def registers() -> None:
    """Customers, meters and cards."""


@registers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@config_option
@as_json
def registers_import(file: str, config_path: str, json_lines: bool) -> None:
    """Takes customers, meters and cards from a TOML file; all of it, or nothing and every mistake. The hall must be
    stopped."""
    from kiosk.app.registers_file import import_file
    from storage.errors import ImportRefused, StorageError

    try:
        say(import_file(Path(file), read_config(config_path)), json_lines)
    except ImportRefused as error:
        for mistake in error.mistakes:
            click.echo(mistake, err=True)
        sys.exit(2)
    except StorageError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


# Proof ---------------------------------------------------------------------------------------------------------------


@main.command("drill")
@as_json
@click.option("--depth", type=click.IntRange(1, 2), default=1, show_default=True, help="2: cut the recovery as well.")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Only each n-th moment.")
@click.option("--all", "every_scenario", is_flag=True, help="Every scenario, not only those of the standard set.")
def drill_command(json_lines: bool, depth: int, every: int, every_scenario: bool) -> None:
    """Cut the hall before every effect of every scenario, recover, and compare the books with the world."""
    import tempfile

    from kiosk.virtual.drill import drill, drilled
    from kiosk.virtual.scenarios import SCENARIOS

    scenarios = SCENARIOS if every_scenario else drilled()
    with tempfile.TemporaryDirectory(prefix="gashall-drill-") as folder:
        report = drill(scenarios, Path(folder), depth, every=every, say=lambda line: click.echo(line, err=True))
    for violation in report.violations:
        click.echo(str(violation), err=True)
    say({"scenarios": report.scenarios, "cuts": report.cuts, "violations": len(report.violations)}, json_lines)
    sys.exit(1 if report.violations else 0)


# Configuration and paper ---------------------------------------------------------------------------------------------


@main.group("config")
def config_group() -> None:
    """The configuration file."""


@config_group.command("check")
@click.argument("file", type=click.Path(dir_okay=False))
@as_json
def config_check(file: str, json_lines: bool) -> None:
    """Says all that is wrong with a configuration, at once."""
    read_config(file, json_lines)
    if not json_lines:
        click.echo(f"{file}: nothing is wrong")


@main.command()
@click.argument("name")
@click.option("--profile", default="generic-80", show_default=True, help="The printer that it is meant for.")
@click.option("--out", type=click.Path(dir_okay=False), help="Save the bytes for the printer.")
@click.option("--text", "as_text", is_flag=True, help="Print it as text.")
@click.option("--png", type=click.Path(dir_okay=False), help="Save it as a picture.")
def paper(name: str, profile: str, out: str | None, as_text: bool, png: str | None) -> None:
    """One sample of a paper."""
    from kiosk.app.sample_papers import UnknownPaper, sample_bytes, sample_png, sample_text

    try:
        if out:
            Path(out).write_bytes(sample_bytes(name, profile))
        if png:
            Path(png).write_bytes(sample_png(name, profile))
        if as_text or not (out or png):
            click.echo(sample_text(name, profile))
    except UnknownPaper as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except OSError as error:
        click.echo(f"{error.filename}: {error.strerror}", err=True)
        sys.exit(1)


# One device alone ----------------------------------------------------------------------------------------------------


@main.group("try")
def try_group() -> None:
    """One driver alone: no database, no money."""


@try_group.command("note-acceptor")
@click.option("--protocol", type=click.Choice(["ccnet", "ict104", "id003"]), default="ccnet", show_default=True)
@click.option("--port", required=True)
@click.option("--stack", default="none", show_default=True, help="all, none, or values in yuan: 10,20")
@click.option("--seconds", type=float, default=30.0, show_default=True)
@as_json
def try_note_acceptor(protocol: str, port: str, stack: str, seconds: float, json_lines: bool) -> None:
    """Drives one note acceptor and says what it reports."""
    from devices.note_acceptor_trial import StackPolicy
    from kiosk.app.trial import trial_note_acceptor

    try:
        policy = StackPolicy.parse(stack)
    except ValueError as error:
        raise click.UsageError(f"--stack {error}") from error
    sys.exit(trial_note_acceptor(protocol, port, policy, seconds, lambda row: say(row, json_lines)))


@try_group.command("printer")
@click.option("--port", required=True)
@click.option("--baud", type=int, default=19200, show_default=True)
@click.option("--profile", default="generic-80", show_default=True)
@click.option("--paper", "name", default="self-test", show_default=True)
@as_json
def try_printer(port: str, baud: int, profile: str, name: str, json_lines: bool) -> None:
    """Prints one sample paper and says what is proven."""
    from kiosk.app.sample_papers import UnknownPaper, known_profile, sample_document
    from kiosk.app.trial import trial_printer

    try:
        document = sample_document(name, profile)
        sys.exit(trial_printer(port, baud, known_profile(profile), document, lambda row: say(row, json_lines)))
    except UnknownPaper as error:
        click.echo(str(error), err=True)
        sys.exit(2)


@try_group.command("card-reader")
@click.option("--reader", help="A part of the reader's name; the first reader without it.")
@click.option("--seconds", type=float, default=30.0, show_default=True)
@as_json
def try_card_reader(reader: str | None, seconds: float, json_lines: bool) -> None:
    """Shows what reader and card say. Presents no PSC, writes nothing."""
    from kiosk.app.trial import trial_card_reader

    sys.exit(trial_card_reader(reader, seconds, lambda row: say(row, json_lines)))


@main.command("virtual")
@click.argument(
    "device", type=click.Choice(["note-acceptor", "printer", "receipt-printer", "ticket-dispenser", "card-reader"])
)
@click.option("--protocol", help="ccnet, escpos, sle4442: the device's own without it.")
@click.option(
    "--link", required=True, type=click.Path(), help="Where the device is found: a link to its pty or socket."
)
@click.option("--speed", type=float, default=1.0, show_default=True, help="Divides mechanical times.")
@click.option("--card", type=click.Path(dir_okay=False), help="card-reader: the image of the card.")
@click.option("--json", is_flag=True, expose_value=False, help="For the sake of form: events are always JSON lines.")
def virtual_device(device: str, protocol: str | None, link: str, speed: float, card: str | None) -> None:
    """The device side of one protocol; commands on standard input, events on standard output.

    A printer is a receipt-printer.
    """
    from kiosk.virtual.devices import serve

    sys.exit(serve(device, protocol, link, speed, card))


if __name__ == "__main__":
    main()
