"""The service units, judged by systemd's own tools. Neither needs a running systemd."""

import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.cli import main

UNITS = ("gashall-hall.service", "gashall-screen@.service")
EXPOSURE_MAX = 20
"""In tenths: 2.0. A unit without any confinement scores 9.6."""


def _verify(root: Path, *units: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "verify", f"--root={root}", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "notice"},
    )


def _settings(unit: Path) -> list[tuple[str, str]]:
    lines = (line.strip() for line in unit.read_text(encoding="utf-8").splitlines())
    return [(key, value) for key, _, value in (line.partition("=") for line in lines if "=" in line and line[0] != "#")]


def test_systemd_finds_nothing_wrong_with_the_units(staged_root: Path) -> None:
    outcome = _verify(staged_root, "gashall-hall.service", "gashall-screen@customer.service")
    assert outcome.returncode == 0, outcome.stderr
    # An unknown key is only warned about, so silence is part of passing.
    assert outcome.stderr == ""


def test_a_misspelt_key_would_be_noticed(staged_root: Path) -> None:
    unit = staged_root / "etc/systemd/system/gashall-hall.service"
    unit.write_text(unit.read_text().replace("ProtectSystem=", "ProtectSytem="))
    assert "ProtectSytem" in _verify(staged_root, "gashall-hall.service").stderr


def test_a_missing_program_would_be_noticed(staged_root: Path) -> None:
    (staged_root / "opt/gashall/bin/gashall").unlink()
    assert _verify(staged_root, "gashall-hall.service").returncode != 0


@pytest.mark.parametrize("unit", UNITS)
def test_exposure_is_below_two(installed: Path, unit: str) -> None:
    path = installed / "etc/systemd/system" / unit
    outcome = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "SYSTEMD_PAGER": "", "COLUMNS": "200"},
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("unit", UNITS)
def test_the_unit_starts_the_command_that_the_package_installs(project: Path, unit: str) -> None:
    scripts = tomllib.loads((project / "pyproject.toml").read_text())["project"]["scripts"]
    settings = dict(_settings(project / "systemd" / unit))
    command = [word for word in shlex.split(settings["ExecStart"]) if word.startswith("/opt/gashall/bin/")]
    assert [Path(word).name for word in command] == ["gashall"]
    assert "gashall" in scripts


def test_the_hall_unit_reaches_serial_lines_and_no_other_device(project: Path) -> None:
    settings = _settings(project / "systemd/gashall-hall.service")
    assert ("DevicePolicy", "closed") in settings
    assert {value for key, value in settings if key == "DeviceAllow"} == {
        "char-ttyUSB rw",
        "char-ttyACM rw",
        "char-ttyS rw",
    }


def test_a_screen_reaches_no_serial_line_and_not_the_devices_group(project: Path) -> None:
    settings = _settings(project / "systemd/gashall-screen@.service")
    allowed = " ".join(value for key, value in settings if key == "DeviceAllow")
    groups = " ".join(value for key, value in settings if key == "SupplementaryGroups").split()
    assert "tty" not in allowed
    assert "gashall-devices" not in groups


def test_a_screen_comes_back_and_fails_loudly_without_a_display(project: Path) -> None:
    settings = _settings(project / "systemd/gashall-screen@.service")
    assert ("Restart", "always") in settings
    assert ("RestartSec", "1") in settings
    assert any(key == "Environment" and re.search(r"\bSDL_VIDEODRIVER=\w+", value) for key, value in settings)


def test_no_key_leaves_the_one_program_on_the_screen(project: Path) -> None:
    # cage(1): -s allows switching to another virtual terminal.
    command = shlex.split(dict(_settings(project / "systemd/gashall-screen@.service"))["ExecStart"])
    assert "-s" not in command[: command.index("--")]


def test_the_hall_is_watched_and_says_when_it_is_ready(project: Path) -> None:
    settings = dict(_settings(project / "systemd/gashall-hall.service"))
    assert settings["Type"] == "notify"
    assert settings["NotifyAccess"] == "main"
    assert int(settings["WatchdogSec"]) <= 30


def test_stopping_leaves_time_for_a_note_on_its_way_into_the_cassette(project: Path) -> None:
    # CCNET specification 2.6: the answer to STACK may take 30 s.
    settings = dict(_settings(project / "systemd/gashall-hall.service"))
    assert int(settings["TimeoutStopSec"]) > 30


def _example(project: Path) -> dict[str, dict[str, str]]:
    return tomllib.loads((project / "systemd/gashall.example.toml").read_text(encoding="utf-8"))


def test_the_example_configuration_lives_in_the_folders_that_the_unit_makes(project: Path) -> None:
    settings = dict(_settings(project / "systemd/gashall-hall.service"))
    example = _example(project)
    assert Path(example["storage"]["database"]).parent == Path("/var/lib") / settings["StateDirectory"]
    assert Path(example["link"]["socket"]).parent == Path("/run") / settings["RuntimeDirectory"]


def test_the_example_configuration_takes_the_card_key_from_systemd(project: Path) -> None:
    name, _, source = dict(_settings(project / "systemd/gashall-hall.service"))["LoadCredential"].partition(":")
    assert source.startswith("/etc/gashall/")
    # systemd.exec(5), CREDENTIALS_DIRECTORY: the folder's place is fixed for system services.
    assert _example(project)["card_reader"]["key_file"] == f"/run/credentials/gashall-hall.service/{name}"


def test_nobody_but_the_hall_reads_the_money(project: Path) -> None:
    settings = _settings(project / "systemd/gashall-hall.service")
    assert ("StateDirectoryMode", "0700") in settings
    assert ("UMask", "0077") in settings


def test_a_wrong_configuration_is_not_tried_again(project: Path) -> None:
    # Exit status 2: wrong use or configuration.
    assert ("RestartPreventExitStatus", "2") in _settings(project / "systemd/gashall-hall.service")


def _command(project: Path, unit: str, instance: str = "") -> list[str]:
    """The words that a unit gives to `gashall`."""
    words = shlex.split(dict(_settings(project / "systemd" / unit))["ExecStart"].replace("%i", instance))
    return words[words.index("/opt/gashall/bin/gashall") + 1 :]


@pytest.mark.parametrize(
    ("unit", "instance"),
    [
        ("gashall-hall.service", ""),
        ("gashall-screen@.service", "customer"),
        ("gashall-screen@.service", "counter"),
    ],
)
def test_the_command_line_of_the_unit_is_understood(project: Path, unit: str, instance: str) -> None:
    # Options are read before --help acts, so one that does not exist is refused.
    outcome = CliRunner().invoke(main, [*_command(project, unit, instance), "--help"])
    assert outcome.exit_code == 0, outcome.output


def test_an_option_that_does_not_exist_would_be_noticed(project: Path) -> None:
    words = [*_command(project, "gashall-hall.service"), "--no-such-option", "--help"]
    assert CliRunner().invoke(main, words).exit_code == 2


def test_the_screen_looks_for_the_hall_where_it_listens(project: Path) -> None:
    words = _command(project, "gashall-screen@.service", "customer")
    assert words[words.index("--socket") + 1] == _example(project)["link"]["socket"]
