"""Measures, prints a table, writes the same as JSON: `python -m kiosk.virtual.bench`."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from drivers.sim.pcscd import StackUnavailable
from kiosk.virtual.bench import commits, hall_start, idle, screen, stack_command, whole_visit
from kiosk.virtual.bench.machine import machine
from kiosk.virtual.bench.row import Row
from kiosk.virtual.bench.setting import Setting

MEASUREMENTS: Mapping[str, Callable[[Setting], list[Row]]] = {
    "commits": commits.measure,
    "stack-command": stack_command.measure,
    "whole-visit": whole_visit.measure,
    "hall-start": hall_start.measure,
    "screen": screen.measure,
    "idle": idle.measure,
}


@click.command()
@click.option(
    "--quick", is_flag=True, help="A few samples of each, to see that it works. The figures are worth nothing."
)
@click.option(
    "--only", multiple=True, type=click.Choice(list(MEASUREMENTS)), help="This one; may be given several times."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=os.environ.get("BENCH_OUTPUT", "bench-output"),
    show_default=True,
    help="Where bench.json goes; the disk below it is what is measured.",
)
def main(quick: bool, only: tuple[str, ...], out: Path) -> None:
    """Measure the whole product on simulated devices and real wires. Exit status: 0 all measured, 1 something could
    not be."""
    out.mkdir(parents=True, exist_ok=True)
    setting = Setting(out, quick)
    facts = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "quick": quick, "machine": machine(out)}
    rows: list[Row] = []
    failures: dict[str, str] = {}
    for name in only or MEASUREMENTS:
        setting.say(name)
        try:
            rows += MEASUREMENTS[name](setting)
        except (TimeoutError, StackUnavailable, OSError) as error:
            failures[name] = str(error)
            setting.say(f"✗ {name}: {error}")
    result = {**facts, "rows": [row.as_json() for row in rows], "failed": failures}
    (out / "bench.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo("\n".join(table(rows)))
    click.echo(f"· {out / 'bench.json'}")
    sys.exit(1 if failures else 0)


def table(rows: list[Row]) -> list[str]:
    """One line a row, in columns."""
    lines = [("measured", "value", "reference", "", "ratio", "goal", "met")]
    for row in rows:
        met = {None: "", True: "yes", False: "NO"}[row.met]
        value, reference = f"{_figure(row.value)} {row.unit}", f"{_figure(row.reference)} {row.unit}"
        ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
        lines.append((row.name, value, reference, row.reference_name, ratio, row.goal or "", met))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def _figure(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


if __name__ == "__main__":
    main()
