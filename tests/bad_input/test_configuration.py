"""A configuration that is half there, wrong or too open: exit 2, file and key named, nothing touched."""

import os

import pytest

from kiosk.config import ConfigError, load_config

pytestmark = pytest.mark.wire


def _problems(file):
    try:
        load_config(file)
    except ConfigError as error:
        return error.problems or pytest.fail("refused without a reason")
    return ()


def test_half_a_configuration_is_refused_wherever_it_breaks_off(house):
    text = house.config.read_text()
    half = house.folder / "half.toml"
    whole = 0
    for end in range(0, len(text), 23):
        half.write_text(text[:end])
        problems = _problems(str(half))
        whole += not problems
        assert all(problem.file == str(half) and problem.problem for problem in problems)
    assert whole < len(text) // 23 // 3, "only what is optional may be missing"


def test_the_hall_says_what_is_wrong_and_does_not_start(house):
    text = house.config.read_text()
    house.config.write_text(text[: len(text) // 3])
    before = house.database.read_bytes()
    ran = house.run("hall", "--config", house.config)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert str(house.config) in ran.stderr
    assert "Traceback" not in ran.stderr
    assert house.database.read_bytes() == before
    assert not os.path.exists(house.hall.socket)


@pytest.mark.parametrize("table", ["receipt_printer", "ticket_dispenser"])
def test_an_unknown_printer_profile_is_refused(house, table):
    text = house.config.read_text().replace(f"[{table}]\n", f'[{table}]\nprofile = "inkjet"\n')
    house.config.write_text(text)
    ran = house.run("hall", "--config", house.config)
    assert ran.returncode == 2
    assert f'{table}.profile: there is no printer profile "inkjet"; allowed: default, ' in ran.stderr


def test_every_profile_there_is_may_be_named(house):
    from drivers.escpos.profiles import PROFILES

    text = house.config.read_text()
    for name in (*PROFILES, "default"):
        house.config.write_text(text.replace("[receipt_printer]\n", f'[receipt_printer]\nprofile = "{name}"\n'))
        assert load_config(str(house.config)).receipt_printer.profile == name


def _missing(key):
    key.unlink()


def _readable(key):
    key.chmod(0o644)


def _short(key):
    key.write_text("00ff")


def _folder(key):
    key.unlink()
    key.mkdir()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_missing, "there is no such file; put the company's card key there"),
        (_readable, "chmod 600"),
        (_short, "must hold exactly 64 hexadecimal digits"),
        (_folder, "must be a plain file"),
    ],
)
def test_a_key_file_that_will_not_do_is_refused_and_never_shown(house, spoil, told):
    key = house.folder / "card.key"
    secret = key.read_text()
    spoil(key)
    ran = house.run("hall", "--config", house.config)
    assert ran.returncode == 2
    assert str(key) in ran.stderr
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
    assert secret not in ran.stderr + ran.stdout
    house.books_are_sound()


def test_a_configuration_that_is_no_text_is_refused(house):
    for content in (b"\xff\xfe\x00\x01", b"\x00" * 100, os.urandom(4096)):
        house.config.write_bytes(content)
        ran = house.run("config", "check", house.config, "--json")
        assert ran.returncode == 2
        assert "Traceback" not in ran.stderr
