"""`make install` puts each file where the operating system looks for it, and keeps what a hall has changed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PLACES = {
    "etc/systemd/system/gashall-hall.service": 0o644,
    "etc/systemd/system/gashall-screen@.service": 0o644,
    "etc/udev/rules.d/70-gashall.rules": 0o644,
    "etc/sysusers.d/gashall.conf": 0o644,
    "etc/tmpfiles.d/gashall.conf": 0o644,
    "etc/modules-load.d/gashall.conf": 0o644,
    "etc/sysctl.d/70-gashall.conf": 0o644,
    "etc/systemd/journald.conf.d/gashall.conf": 0o644,
    "etc/systemd/logind.conf.d/gashall.conf": 0o644,
    "etc/polkit-1/rules.d/50-gashall.rules": 0o644,
    "etc/gashall/gashall.toml": 0o640,
    "opt/gashall/share/doc/gashall/runbook/README.md": 0o644,
}


def _install(project: Path, root: Path, *settings: str) -> None:
    subprocess.run(
        ["make", "--silent", "install-files", f"DESTDIR={root}", *settings],
        cwd=project,
        check=True,
        capture_output=True,
    )


def test_every_file_is_in_its_place(installed: Path) -> None:
    modes = {place: (installed / place).stat().st_mode & 0o777 for place in PLACES if (installed / place).is_file()}
    assert modes == PLACES


def test_every_file_of_the_appliance_is_installed(project: Path, installed: Path) -> None:
    there = {path.read_bytes() for path in installed.rglob("*") if path.is_file()}
    kept_here = {"packages-appliance.txt", "packages-development.txt"}
    forgotten = [
        path.name
        for path in (project / "systemd").iterdir()
        if path.is_file() and path.name not in kept_here and path.read_bytes() not in there
    ]
    assert forgotten == []


def test_a_hall_s_own_settings_are_kept(project: Path, installed: Path) -> None:
    mine = {"etc/gashall/gashall.toml": "# ours\n", "etc/udev/rules.d/70-gashall.rules": "# our devices\n"}
    for place, text in mine.items():
        (installed / place).write_text(text)
    _install(project, installed)
    assert {place: (installed / place).read_text() for place in mine} == mine
    assert (installed / "etc/gashall/gashall.toml.new").read_bytes() == (
        project / "systemd/gashall.example.toml"
    ).read_bytes()


def test_another_prefix_reaches_the_units(project: Path, tmp_path: Path) -> None:
    _install(project, tmp_path, "PREFIX=/srv/gas")
    unit = (tmp_path / "etc/systemd/system/gashall-hall.service").read_text()
    assert "ExecStart=/srv/gas/bin/gashall hall" in unit
    assert "/opt/gashall" not in unit


def test_no_install_file_is_a_secret(installed: Path) -> None:
    assert not (installed / "etc/gashall/card.key").exists()


def test_the_accounts_are_made(root_with_accounts: Path) -> None:
    users = {line.split(":")[0]: line for line in (root_with_accounts / "etc/passwd").read_text().splitlines()}
    groups = {line.split(":")[0] for line in (root_with_accounts / "etc/group").read_text().splitlines()}
    assert users["gashall"].endswith("/usr/sbin/nologin")
    assert users["gashall-screen"].endswith("/usr/sbin/nologin")
    assert {"gashall", "gashall-screen", "gashall-devices"} <= groups


def test_tmpfiles_reads_every_line(root_with_accounts: Path) -> None:
    # 65 (EX_DATAERR) for a line that it cannot read or an account that does not exist. Only root may give folders
    # away; for anybody else the lines are read and none is carried out.
    root = os.geteuid() == 0
    limits = [] if root else ["--prefix=/nonexistent"]
    outcome = subprocess.run(
        ["systemd-tmpfiles", "--create", f"--root={root_with_accounts}", *limits, "gashall.conf"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (outcome.returncode, outcome.stderr) == (0, "")
    if root:
        assert (root_with_accounts / "var/lib/gashall").stat().st_mode & 0o777 == 0o700
        assert (root_with_accounts / "etc/gashall").stat().st_mode & 0o777 == 0o750
        assert (root_with_accounts / "etc/gashall/gashall.toml").stat().st_mode & 0o777 == 0o640


def test_tmpfiles_would_notice_a_wrong_line(root_with_accounts: Path) -> None:
    path = root_with_accounts / "etc/tmpfiles.d/gashall.conf"
    path.write_text(path.read_text() + "dd /nowhere\n")
    outcome = subprocess.run(
        ["systemd-tmpfiles", "--create", f"--root={root_with_accounts}", "--prefix=/nonexistent", "gashall.conf"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert outcome.returncode == 65


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_journald_knows_every_setting(installed: Path) -> None:
    # systemd-analyze cat-config only joins files. The default file that comes with systemd names every setting.
    vendor = Path("/etc/systemd/journald.conf")
    if not vendor.exists():
        vendor = Path("/usr/lib/systemd/journald.conf")
    known = {line.lstrip("#").partition("=")[0] for line in vendor.read_text().splitlines() if "=" in line}
    ours = (installed / "etc/systemd/journald.conf.d/gashall.conf").read_text()
    used = {line.partition("=")[0] for line in ours.splitlines() if "=" in line and not line.startswith("#")}
    assert used
    assert used <= known
