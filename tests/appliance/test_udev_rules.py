"""The rules that name the hall's serial devices, read by udev's own parser.

`udevadm verify` exists since systemd 254. Debian 12 has 252: there `udevadm test` reads all rules before it plays an
event for a device, and complains in the same words. It looks in fixed folders only, so it runs in a mount name space in
which they are ours. Where the machine gives no mount name space (a container without privileges), a smaller reading of
udev(7)'s grammar takes its place.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEVICE = Path("/sys/class/tty/tty0")

TOKEN = re.compile(r'(?P<key>[A-Z_]+)(?:\{[^}]+\})?(?P<operator>==|!=|\+=|-=|:=|=)"(?P<value>[^"]*)"')
COMPARED = {"ACTION", "SUBSYSTEM", "KERNEL", "ENV", "SYMLINK"}
ASSIGNED = {"GOTO", "LABEL", "SYMLINK", "GROUP", "MODE", "ENV"}


def _small_reading(root: Path) -> list[str]:
    """Complaints about what udev(7) does not allow, for the keys that our rules use."""
    groups = {line.split(":")[0] for line in (root / "etc/group").read_text().splitlines()}
    labels: dict[str, list[str]] = {"GOTO": [], "LABEL": []}
    complaints = []
    for number, line in enumerate((root / "etc/udev/rules.d/70-gashall.rules").read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        for token in line.split(", "):
            match = TOKEN.fullmatch(token)
            if match is None:
                complaints.append(f"{number}: not KEY, operator, value: {token}")
                continue
            key, operator, value = match["key"], match["operator"], match["value"]
            if key not in (COMPARED if operator in ("==", "!=") else ASSIGNED):
                complaints.append(f"{number}: {key} does not go with {operator}")
            if "ID_SERIAL_SHORT" in token and operator != "==":
                complaints.append(f"{number}: a serial number is compared, never set")
            if key == "GROUP" and value not in groups:
                complaints.append(f"{number}: unknown group {value}")
            if key in labels:
                labels[key].append(value)
    if set(labels["GOTO"]) != set(labels["LABEL"]):
        complaints.append(f"GOTO and LABEL do not meet: {labels}")
    return complaints


def _says(command: list[str]) -> str:
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return outcome.stdout + outcome.stderr


def _complaints(root: Path) -> list[str]:
    """What udev says about 70-gashall.rules in a root with our accounts."""
    if shutil.which("udevadm") is None:
        pytest.skip("udevadm is not installed (systemd/packages-development.txt)")
    if "verify" in _says(["udevadm", "--help"]):
        said = _says(["udevadm", "verify", f"--root={root}", str(root / "etc/udev/rules.d/70-gashall.rules")])
        return re.findall(r"70-gashall\.rules:\d+.*", said)
    unshare = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--mount"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode != 0 or not DEVICE.exists():
        return _small_reading(root)
    script = (
        'for name in passwd group; do mount --bind "$1/etc/$name" "/etc/$name"; done\n'
        'mkdir -p /etc/udev/rules.d; mount --bind "$1/etc/udev/rules.d" /etc/udev/rules.d\n'
        f'exec udevadm test --action=add "{DEVICE}"'
    )
    said = _says([*unshare, "bash", "-euc", script, "bash", str(root)])
    # Otherwise silence would only mean that the file was never opened.
    assert "Reading rules file: /etc/udev/rules.d/70-gashall.rules" in said, said
    return re.findall(r"70-gashall\.rules:\d+.*", said)


def test_udev_reads_every_rule(root_with_accounts: Path) -> None:
    assert _complaints(root_with_accounts) == []
    assert _small_reading(root_with_accounts) == []


MISTAKES = [("GROUP=", "GROPE="), ("gashall-devices", "no-such-group"), ("ID_SERIAL_SHORT}==", "ID_SERIAL_SHORT}~=")]


@pytest.mark.parametrize(("right", "wrong"), MISTAKES)
def test_a_mistake_in_a_rule_would_be_noticed(root_with_accounts: Path, right: str, wrong: str) -> None:
    rules = root_with_accounts / "etc/udev/rules.d/70-gashall.rules"
    rules.write_text(rules.read_text().replace(right, wrong))
    assert _complaints(root_with_accounts)
    assert _small_reading(root_with_accounts)


def _assignments(project: Path) -> list[str]:
    text = (project / "systemd/70-gashall.rules").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if "SYMLINK+=" in line]


def test_no_device_is_named_by_the_order_of_plugging(project: Path) -> None:
    assert not [line for line in _assignments(project) if "ttyUSB" in line or "ttyACM" in line]


def test_no_example_can_match_a_real_device(project: Path) -> None:
    active = [line for line in _assignments(project) if not line.startswith("#")]
    assert active
    assert [line for line in active if "EXAMPLE" not in line] == []


def test_the_example_configuration_uses_the_names_that_the_rules_give(project: Path) -> None:
    named = set(re.findall(r'SYMLINK\+="(gashall/[a-z-]+)"', "\n".join(_assignments(project))))
    configuration = (project / "systemd/gashall.example.toml").read_text(encoding="utf-8")
    used = set(re.findall(r'"/dev/(gashall/[a-z-]+)"', configuration))
    assert used
    assert used <= named


def test_only_the_hall_s_device_group_may_open_the_ports(project: Path) -> None:
    lines = _assignments(project)
    assert [line for line in lines if 'GROUP="gashall-devices", MODE="0660"' not in line] == []
