"""What the documents say is there: every file they point at, every command they name, every fault code in the code."""

import ast
import dataclasses
import functools
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from devices.status import Action, Fault

PROJECT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "queue").glob("*.md")],
    key=lambda path: str(path),
)
PLACES = ("kiosk", "drivers", "devices", "storage", "queue", "tests", "docs", "systemd", ".ci")
FAULT_CODE = re.compile(r"\bE-[A-Z]{2}-\d{2}\b")


def _is_there(path: Path) -> bool:
    """A file, or a folder with something in it: git keeps no empty ones."""
    return path.is_file() or (path.is_dir() and any(path.iterdir()))


def _name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    local = [link.split("#")[0] for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if link and not _is_there(document.parent / link)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_path_in_code_style_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"`((?:" + "|".join(map(re.escape, PLACES)) + r")/[\w./@-]*\w/?)`", text)
    assert [path for path in named if not _is_there(PROJECT / path)] == []


@pytest.mark.parametrize("document", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_the_two_commands_and_shows_the_screen(document: str) -> None:
    text = (PROJECT / document).read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text
    assert re.search(r"!\[[^\]]+\]\(docs/pictures/[\w-]+\.png\)", text)


def test_both_readmes_show_the_same_commands_and_pictures() -> None:
    def shown(name: str) -> tuple[list[str], list[str]]:
        text = (PROJECT / name).read_text(encoding="utf-8")
        blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
        commands = [line.split("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]
        return [c for c in commands if c], re.findall(r"\]\((docs/pictures/[^)]+)\)", text)

    assert shown("README.md") == shown("README.zh-CN.md")


def test_the_ci_run_calls_the_readme_s_test_command() -> None:
    script = (PROJECT / ".ci/run").read_text(encoding="utf-8")
    assert re.search(r"^make test\b", script, re.MULTILINE)


def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z][\w-]*):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target for path in DOCUMENTS for target in re.findall(r"`make ([a-z-]+)", path.read_text(encoding="utf-8"))
    }
    assert named <= targets


def _faults_within(value: object) -> Iterator[tuple[str, Action]]:
    """(code, who mends it) of every fault in a device's table, whatever the table is made of."""
    if isinstance(value, Fault):
        yield value.code, value.action
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            if isinstance(key, str) and FAULT_CODE.fullmatch(key):
                row = entry if isinstance(entry, tuple) else (entry.action,)
                yield key, next(part for part in row if isinstance(part, Action))
            else:
                yield from _faults_within(entry)
    elif isinstance(value, tuple | list):
        for entry in value:
            yield from _faults_within(entry)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _faults_within(getattr(value, field.name))


def _declared_by_devices() -> dict[str, Action]:
    modules = [importlib.import_module(f"devices.{path.stem}") for path in (PROJECT / "devices").glob("[a-z]*.py")]
    return dict(pair for module in modules for pair in _faults_within(getattr(module, "FAULTS", ())))


@functools.cache
def _codes_in_code() -> dict[str, set[str]]:
    """Fault codes that stand as strings of their own, and those of the devices' tables, with where they come from."""
    found: dict[str, set[str]] = {code: {"devices"} for code in _declared_by_devices()}
    for package in ("drivers", "devices", "storage", "kiosk", "queue"):
        for path in sorted((PROJECT / package).rglob("*.py")):
            if "sim" in path.parts or "virtual" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                value = node.value if isinstance(node, ast.Constant) else None
                if isinstance(value, str) and FAULT_CODE.fullmatch(value):
                    found.setdefault(value, set()).add(_name(path))
    return found


def _codes_in_runbook() -> list[str]:
    text = (PROJECT / "docs/runbook/README.md").read_text(encoding="utf-8")
    return re.findall(r"^\| (E-[A-Z]{2}-\d{2}) \|", text, re.MULTILINE)


def test_every_fault_code_has_a_line_in_the_runbook() -> None:
    codes = _codes_in_code()
    assert codes
    assert {code: files for code, files in codes.items() if code not in _codes_in_runbook()} == {}


def test_the_runbook_has_no_line_for_a_code_that_does_not_exist() -> None:
    assert [code for code in _codes_in_runbook() if code not in _codes_in_code()] == []


def test_no_code_has_two_lines() -> None:
    codes = _codes_in_runbook()
    assert sorted(set(codes)) == sorted(codes)


def test_every_line_of_the_runbook_says_who_mends_it_and_how() -> None:
    text = (PROJECT / "docs/runbook/README.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if FAULT_CODE.match(line.removeprefix("| "))]
    assert rows
    assert [row[0].strip() for row in rows if len(row) < 4 or not all(cell.strip() for cell in row)] == []


def test_the_runbook_sends_the_same_person_as_the_device_does() -> None:
    text = (PROJECT / "docs/runbook/README.md").read_text(encoding="utf-8")
    who = dict(re.findall(r"^\| (E-[A-Z]{2}-\d{2}) \|[^|]*\| ([a-z]+) \|", text, re.MULTILINE))
    declared = _declared_by_devices()
    assert len(declared) > 30
    assert {code: who.get(code) for code in declared} == {code: str(action) for code, action in declared.items()}
