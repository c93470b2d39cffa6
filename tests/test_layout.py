"""The shape of the tree: what nothing else would notice until it hurts."""

import queue
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
TEXT_SUFFIXES = {".py", ".kv", ".md", ".toml", ".txt", ".conf", ".rules", ".service", ".lock", ".sh", ".json", ""}


def _is_built(parts: tuple[str, ...]) -> bool:
    """Caches and results, in a tree without git to tell them."""
    return any(
        part in ("__pycache__", "demo-output", "bench-output", "build", "dist")
        or part.endswith(".egg-info")
        or (part.startswith(".") and part not in (".ci", ".gitignore", ".importlinter"))
        for part in parts
    )


def _files() -> list[Path]:
    """Files of the project: tracked, or new and not ignored. In an unpacked archive, all that nobody builds."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        found = [PROJECT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in PROJECT.rglob("*") if not _is_built(path.relative_to(PROJECT).parts)]
    return [path for path in found if path.is_file()]


def _texts() -> list[tuple[str, str]]:
    texts = []
    for path in _files():
        if path.suffix in TEXT_SUFFIXES:
            texts.append((str(path.relative_to(PROJECT)), path.read_text(encoding="utf-8")))
    return texts


def test_queue_is_the_standard_library_s() -> None:
    assert Path(queue.__file__).parent == Path(sysconfig.get_path("stdlib"))


def test_the_folder_queue_is_not_a_package() -> None:
    assert not (PROJECT / "queue" / "__init__.py").exists()


def test_thread_pools_work_from_the_project_s_root() -> None:
    # What a package named queue at the root breaks first (docs/adr/0001-layout.md).
    script = (
        "import concurrent.futures as f, multiprocessing.pool; print(f.ThreadPoolExecutor().submit(int, '7').result())"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=60
    )
    assert outcome.stdout.strip() == "7", outcome.stderr


def test_ticketing_is_imported_from_the_queue_folder() -> None:
    import ticketing

    assert Path(ticketing.__file__).parent == PROJECT / "queue" / "ticketing"


def test_no_package_under_tests() -> None:
    assert list((PROJECT / "tests").rglob("__init__.py")) == []


def test_the_wheel_holds_every_package() -> None:
    packages = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    there = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"tests"}
    assert set(packages["packages"]) == there | {"queue/ticketing"}


def test_every_folder_with_python_in_a_package_is_a_package() -> None:
    bare = set()
    for path in _files():
        parts = path.relative_to(PROJECT).parts
        if path.suffix == ".py" and parts[0] in {"kiosk", "drivers", "devices", "storage", "queue"}:
            folder = path.parent
            if folder != PROJECT / "queue" and not (folder / "__init__.py").exists():
                bare.add(str(folder.relative_to(PROJECT)))
    assert bare == set()


def test_nothing_is_called_common_or_utils() -> None:
    names = {"utils", "util", "common", "helpers", "misc"}
    assert [str(path) for path in _files() if names & {path.stem, *path.relative_to(PROJECT).parts}] == []


MACHINE_PATHS = re.compile(r"(?<![\w.}])/(?:work|root|Users|home/[a-z]\w*)/")


def test_no_file_names_a_place_on_somebody_s_machine() -> None:
    found = []
    for name, text in _texts():
        if name == "tests/test_layout.py":
            continue
        found += [f"{name}: {line.strip()}" for line in text.splitlines() if MACHINE_PATHS.search(line)]
    assert found == []


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX"])
def test_no_note_to_oneself_is_left(word: str) -> None:
    pattern = re.compile(rf"\b{word}\b")
    found = [name for name, text in _texts() if name != "tests/test_layout.py" and pattern.search(text)]
    assert found == []


def test_no_merge_conflict_is_left() -> None:
    assert [name for name, text in _texts() if re.search(r"^(?:<{7}|>{7}) ", text, re.MULTILINE)] == []


def test_the_locked_versions_lie_in_the_declared_ranges() -> None:
    from packaging.requirements import Requirement

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + [line for extra in project["optional-dependencies"].values() for line in extra]
    locked = dict(
        line.lower().split("==")
        for line in (PROJECT / "requirements.lock").read_text().splitlines()
        if line and not line.startswith("#")
    )
    outside = []
    for requirement in map(Requirement, wanted):
        version = locked.get(requirement.name.lower())
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            outside.append(f"{requirement}: locked {version}")
    assert outside == []
