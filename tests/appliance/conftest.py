"""A staged root: what `make install` puts in place, beside the distribution's own units, in a temporary folder."""

import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def _needs(tool: str) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed (systemd/packages-development.txt)")


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The files that `make install DESTDIR=…` puts in place, without the virtual environment."""
    _needs("make")
    root = tmp_path / "root"
    root.mkdir()
    subprocess.run(
        ["make", "--silent", "install-files", f"DESTDIR={root}"], cwd=PROJECT, check=True, capture_output=True
    )
    return root


@pytest.fixture
def staged_root(installed: Path) -> Path:
    """`installed` as a root that systemd's tools can be pointed at (`--root=`)."""
    _needs("systemd-analyze")
    distribution = next(p for p in (Path("/usr/lib/systemd/system"), Path("/lib/systemd/system")) if p.is_dir())
    shutil.copytree(distribution, installed / "usr/lib/systemd/system", symlinks=True)
    (installed / "lib").symlink_to("usr/lib")
    # The program and the compositor as files that can be executed: that a unit names them rightly is what is checked.
    for command in ("opt/gashall/bin/gashall", "usr/bin/cage"):
        path = installed / command
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    return installed


@pytest.fixture
def root_with_accounts(staged_root: Path) -> Path:
    """`staged_root` with the accounts that systemd-sysusers makes from the distribution's files and ours."""
    for name, line in (("passwd", "root:x:0:0:root:/root:/bin/bash\n"), ("group", "root:x:0:\n")):
        (staged_root / "etc" / name).write_text(line)
    vendor = Path("/usr/lib/sysusers.d")
    shutil.copytree(vendor, staged_root / "usr/lib/sysusers.d")
    outcome = subprocess.run(
        ["systemd-sysusers", f"--root={staged_root}"], capture_output=True, text=True, check=False, timeout=30
    )
    assert outcome.returncode == 0, outcome.stderr
    # Refused lines are only told about, and the exit status stays 0.
    assert "gashall.conf:" not in outcome.stderr, outcome.stderr
    return staged_root
