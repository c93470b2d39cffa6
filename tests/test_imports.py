"""The arrows between the packages: each contract of .importlinter bites, and no folder has been forgotten."""

import ast
import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
ROOTS = {
    "kiosk": PROJECT / "kiosk",
    "drivers": PROJECT / "drivers",
    "devices": PROJECT / "devices",
    "storage": PROJECT / "storage",
    "ticketing": PROJECT / "queue" / "ticketing",
}

EDGES = {
    "drivers.loop": "the only reader of the clock",
    "drivers.port": "pyserial",
    "drivers.pcsc": "pyscard, in a worker of its own",
    "drivers.sim": "the device side: ptys and a virtual reader",
    "kiosk.app": "constructs and wires",
    "kiosk.cli": "the command line",
    "kiosk.config": "reads the configuration file and the card key",
    "kiosk.hall": "the event loop",
    "kiosk.link": "the Unix socket",
    "kiosk.screens": "Kivy, in processes of their own",
    "kiosk.virtual": "the virtual hall",
}
"""Where the outside world is touched. Everything else under kiosk and drivers is the pure middle."""

PLANTED = {
    "layers": ("kiosk/view/planted_layers.py", "import kiosk.screens"),
    "pure-middle": ("devices/planted_pure.py", "import time"),
    "kivy-in-screens": ("kiosk/messages/planted_kivy.py", "import kivy"),
    "serial-in-port": ("drivers/planted_serial.py", "import serial"),
    "smartcard-in-pcsc": ("drivers/planted_smartcard.py", "import smartcard"),
    "sqlite-in-storage": ("kiosk/link/planted_sqlite.py", "import sqlite3"),
    "hall-without-kivy": ("kiosk/link/planted_screens.py", "import kiosk.screens"),
    "screens-hold-no-truth": ("kiosk/screens/planted_storage.py", "import storage.records"),
    "drivers-alone": ("drivers/planted_devices.py", "import devices.status"),
    "storage-alone": ("storage/planted_devices.py", "import devices.status"),
    "ticketing-alone": ("queue/ticketing/planted_storage.py", "import storage.records"),
    "devices-on-drivers": ("devices/planted_storage.py", "import storage.records"),
    "simulators-outside": ("devices/planted_sim.py", "import drivers.sim"),
}
"""For each contract, one line that breaks it and the file that it is planted in."""

pytestmark = pytest.mark.xdist_group("imports")


def _contracts() -> dict[str, configparser.SectionProxy]:
    parser = configparser.ConfigParser()
    parser.read(PROJECT / ".importlinter", encoding="utf-8")
    prefix = "importlinter:contract:"
    return {name.removeprefix(prefix): parser[name] for name in parser.sections() if name.startswith(prefix)}


def _lint(tree: Path) -> str:
    outcome = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": f"{tree}{os.pathsep}{tree / 'queue'}", "COLUMNS": "300", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return outcome.stdout + outcome.stderr


def _copy(target: Path) -> Path:
    for folder in ("kiosk", "drivers", "devices", "storage", "queue"):
        shutil.copytree(PROJECT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / ".importlinter", target)
    return target


def _verdicts(report: str) -> dict[str, str]:
    found = {}
    for key, contract in _contracts().items():
        match = re.search(rf"^{re.escape(contract['name'])} (KEPT|BROKEN)", report, re.MULTILINE)
        found[key] = match[1] if match else f"no verdict in:\n{report}"
    return found


def _children(root: str) -> set[str]:
    folder = ROOTS[root]
    modules = {path.stem for path in folder.glob("*.py") if path.stem not in ("__init__", "__main__")}
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    return {f"{root}.{name}" for name in modules | packages}


def test_every_contract_is_kept(tmp_path: Path) -> None:
    assert set(_verdicts(_lint(_copy(tmp_path))).values()) == {"KEPT"}


def test_every_contract_notices_a_planted_line(tmp_path: Path) -> None:
    tree = _copy(tmp_path)
    for file, line in PLANTED.values():
        (tree / file).write_text(line + "\n", encoding="utf-8")
    verdicts = _verdicts(_lint(tree))
    assert verdicts == dict.fromkeys(PLANTED, "BROKEN")


def test_the_pure_middle_is_watched_through_other_modules(tmp_path: Path) -> None:
    tree = _copy(tmp_path)
    (tree / "storage" / "planted_clock.py").write_text("import time\n", encoding="utf-8")
    (tree / "kiosk" / "topup" / "planted_indirect.py").write_text("import storage.planted_clock\n", encoding="utf-8")
    assert _verdicts(_lint(tree))["pure-middle"] == "BROKEN"


def test_every_module_is_either_pure_or_a_named_edge() -> None:
    pure = set(_contracts()["pure-middle"]["source_modules"].split())
    unclassified = (_children("kiosk") | _children("drivers")) - pure - set(EDGES)
    assert unclassified == set(), "add it to source_modules of the contract pure-middle in .importlinter, or to EDGES"
    assert pure & set(EDGES) == set()
    assert {"devices", "ticketing"} <= pure


def test_every_package_of_the_application_has_a_layer() -> None:
    layers = set(re.findall(r"[a-z_.]+", _contracts()["layers"]["layers"]))
    assert _children("kiosk") - layers == set()


def test_everything_below_the_edges_is_kept_from_the_simulators() -> None:
    kept = set(_contracts()["simulators-outside"]["source_modules"].split())
    allowed = {"drivers.sim", "kiosk.virtual", "kiosk.cli"}
    assert (_children("kiosk") | _children("drivers") | {"devices", "storage", "ticketing"}) - kept - allowed == set()


def _pure_files() -> list[Path]:
    files: list[Path] = []
    for module in _contracts()["pure-middle"]["source_modules"].split():
        root, _, rest = module.partition(".")
        path = ROOTS[root].joinpath(*rest.split(".")) if rest else ROOTS[root]
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    return files


CLOCK_READERS = {"now", "utcnow", "today"}
WORLD_TOUCHERS = {"open", "print", "input", "exec", "eval"}


def _forbidden_calls(source: str) -> list[str]:
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    clocks = [call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in CLOCK_READERS]
    touched = [call.id for call in calls if isinstance(call, ast.Name) and call.id in WORLD_TOUCHERS]
    return clocks + touched


def test_the_pure_middle_reads_no_clock_and_opens_no_file() -> None:
    # datetime is allowed there for its arithmetic, so the import contract cannot see datetime.now().
    files = _pure_files()
    assert len(files) > 20
    found = {str(file.relative_to(PROJECT)): _forbidden_calls(file.read_text(encoding="utf-8")) for file in files}
    assert {file: calls for file, calls in found.items() if calls} == {}


def test_a_clock_reading_would_be_noticed() -> None:
    assert _forbidden_calls("from datetime import date\nday = date.today()\nopen('x')\n") == ["today", "open"]
