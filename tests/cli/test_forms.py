"""What every command has in common: help, exit status, and where its words go."""

import json

import click
import pytest

from kiosk.cli import main


def _commands(group, path=()):
    yield path
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from _commands(command, (*path, name))


ALL = list(_commands(main))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_explains_itself(gashall, path):
    ran = gashall(*path, "--help")
    assert ran.status == 0
    assert ran.out.startswith("Usage: ")
    assert len(ran.out.splitlines()) > 3
    assert ran.err == ""


def test_the_contracted_commands_are_there():
    wanted = {
        "demo",
        "hall",
        "screen",
        "status",
        "check",
        "try note-acceptor",
        "try printer",
        "try card-reader",
        "virtual",
        "paper",
        "ledger verify",
        "ledger evidence",
        "ledger export",
        "day status",
        "day open",
        "day close",
        "day x",
        "day z",
        "config check",
        "registers import",
    }
    assert wanted <= {" ".join(path) for path in ALL}


@pytest.mark.parametrize(
    "arguments",
    [
        ["somersault"],
        ["day", "open"],
        ["day", "close", "--who", "1", "--count", "hundred", "--config", "/nowhere.toml"],
        ["check", "--level", "deep"],
        ["screen", "director"],
        ["screen", "customer", "--window", "large"],
        ["try", "note-acceptor"],
        ["try", "note-acceptor", "--port", "/dev/null", "--protocol", "morse"],
        ["try", "note-acceptor", "--port", "/dev/null", "--stack", "ten"],
        ["try", "printer", "--port", "/dev/null", "--paper", "nonsense"],
        ["try", "printer", "--port", "/dev/null", "--profile", "nonsense"],
        ["virtual", "toaster", "--link", "/tmp/x"],
        ["virtual", "note-acceptor"],
        ["virtual", "note-acceptor", "--link", "/tmp/x", "--protocol", "morse"],
        ["virtual", "note-acceptor", "--link", "/tmp/x", "--speed", "0"],
        ["paper", "nonsense"],
        ["paper", "receipt", "--profile", "nonsense"],
        ["ledger", "export", "--format", "pdf"],
        ["registers", "import", "/nowhere.toml"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_exit_status_2_with_a_word_on_standard_error(gashall, arguments):
    ran = gashall(*arguments)
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.strip()


NEED_A_CONFIGURATION = [
    ["hall"],
    ["screen", "customer"],
    ["status"],
    ["check"],
    ["day", "status"],
    ["day", "open", "--who", "1"],
    ["day", "close", "--who", "1"],
    ["day", "x", "--who", "1"],
    ["day", "z", "--who", "1"],
    ["ledger", "verify"],
    ["ledger", "evidence", "x"],
    ["ledger", "export"],
]


@pytest.mark.parametrize("arguments", NEED_A_CONFIGURATION, ids=" ".join)
def test_without_a_configuration_every_command_names_the_file_and_ends_with_2(gashall, tmp_path, arguments):
    ran = gashall(*arguments, "--config", tmp_path / "nowhere.toml")
    assert ran.status == 2
    assert str(tmp_path / "nowhere.toml") in ran.err
    assert "Traceback" not in ran.err


ASK_THE_HALL = [
    ["status"],
    ["check"],
    ["day", "status"],
    ["day", "open", "--who", "1"],
    ["day", "close", "--who", "1", "--count", "100=1"],
    ["day", "x", "--who", "1"],
    ["day", "z", "--who", "1"],
]


@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["words", "json"])
@pytest.mark.parametrize("arguments", ASK_THE_HALL, ids=" ".join)
def test_without_a_hall_the_answer_is_1_and_says_so(gashall, sample_config, arguments, as_json):
    ran = gashall(*arguments, *as_json, "--config", sample_config)
    assert ran.status == 1
    assert ran.out == ""
    assert "E-HL-01" in ran.err
    assert "hall.sock" in ran.err


def test_the_version_is_told(gashall):
    ran = gashall("--version")
    assert ran.status == 0
    assert "gashall" in ran.out


# config check ---------------------------------------------------------------------------------------------------------


def test_a_sound_configuration_is_exit_status_0(gashall, sample_config):
    ran = gashall("config", "check", sample_config)
    assert (ran.status, ran.err) == (0, "")
    assert "nothing is wrong" in ran.out
    quiet = gashall("config", "check", sample_config, "--json")
    assert (quiet.status, quiet.out) == (0, "")


def test_many_mistakes_are_all_told_at_once_as_file_key_and_problem(gashall, sample_config):
    text = sample_config.read_text()
    for right, wrong in (
        ('opens = "08:30"', 'opens = "25:00"'),
        ("disk_free_mib_min = 16", "disk_free_mib_min = 1"),
        ("per_visit_yuan_max = 2000", "per_visit_yuan_maximum = 2000"),
        ('arrears = "warn"', 'arrears = "shout"'),
        ('prefix = "B"', 'prefix = "A"'),
        ("price_fen_per_m3 = 240", "price_fen_per_m3 = 2.4"),
        ("[receipt_printer]\n", '[receipt_printer]\nprofile = "inkjet"\n'),
    ):
        assert right in text
        text = text.replace(right, wrong, 1)
    sample_config.write_text(text)
    ran = gashall("config", "check", sample_config, "--json")
    assert ran.status == 2
    keys = {row["key"] for row in ran.rows}
    assert {
        "hall.opens",
        "storage.disk_free_mib_min",
        "limits.per_visit_yuan_maximum",
        "policy.arrears",
        "service[2].prefix",
        "tariff[1].tiers[1].price_fen_per_m3",
        "receipt_printer.profile",
    } <= keys
    assert all(row["file"] == str(sample_config) and row["problem"] for row in ran.rows)
    words = gashall("config", "check", sample_config)
    assert words.status == 2
    assert words.out == ""
    assert len(words.err.splitlines()) == len(ran.rows)


def test_an_unknown_printer_profile_is_told_with_those_there_are(gashall, sample_config):
    text = sample_config.read_text().replace("[ticket_dispenser]\n", '[ticket_dispenser]\nprofile = "inkjet"\n')
    sample_config.write_text(text)
    (row,) = gashall("config", "check", sample_config, "--json").rows
    assert row["key"] == "ticket_dispenser.profile"
    assert "inkjet" in row["problem"]
    assert "default, citizen-ppu700, custom-vkp80" in row["problem"]


# paper ----------------------------------------------------------------------------------------------------------------

PAPERS = ("receipt", "ticket", "slip", "x-report", "z-report", "self-test")


@pytest.mark.parametrize("name", PAPERS)
def test_a_sample_paper_as_text_bytes_and_picture(gashall, tmp_path, name):
    text = gashall("paper", name, "--text")
    assert text.status == 0
    assert len(text.out.splitlines()) > 5
    out, png = tmp_path / "paper.bin", tmp_path / "paper.png"
    both = gashall("paper", name, "--out", out, "--png", png)
    assert (both.status, both.out) == (0, "")
    assert b"\x1b" in out.read_bytes()
    assert png.read_bytes().startswith(b"\x89PNG")


def test_a_narrow_printer_gets_another_paper(gashall):
    wide = gashall("paper", "receipt", "--text", "--profile", "generic-80")
    narrow = gashall("paper", "receipt", "--text", "--profile", "generic-58")
    assert "=" * 48 in wide.out
    assert "=" * 32 in narrow.out
    assert "=" * 33 not in narrow.out


def test_a_file_that_cannot_be_written_is_told(gashall, tmp_path):
    ran = gashall("paper", "receipt", "--out", tmp_path / "missing" / "paper.bin")
    assert ran.status == 1
    assert "paper.bin" in ran.err


# ledger and registers of a hall that does not run ---------------------------------------------------------------------


def test_the_books_of_a_fresh_hall_are_sound(gashall, sample_config):
    ran = gashall("ledger", "verify", "--config", sample_config, "--json")
    assert ran.status == 0
    (row,) = ran.rows
    assert row["rows"] >= 0
    assert row["broken_at"] is None
    assert row["sound"] is True
    assert "head" in row


def test_books_that_are_missing_or_no_books_are_exit_status_1(gashall, sample_config):
    database = sample_config.parent / "hall.sqlite3"
    database.unlink()
    missing = gashall("ledger", "verify", "--config", sample_config, "--json")
    assert missing.status == 1
    assert missing.rows[0]["sound"] is False
    assert "E-ST-09" in missing.rows[0]["problem"]
    database.write_text("these are no books" * 500)
    for arguments in (["ledger", "evidence", "x"], ["ledger", "export"]):
        ran = gashall(*arguments, "--config", sample_config)
        assert (ran.status, ran.out) == (1, "")
        assert "E-ST-" in ran.err


def test_evidence_of_an_unknown_order_is_exit_status_1(gashall, sample_config):
    ran = gashall("ledger", "evidence", "T01-20260101-0000001", "--config", sample_config, "--json")
    assert (ran.status, ran.out) == (1, "")
    assert "T01-20260101-0000001" in ran.err


CUSTOMER = """
[[customer]]
customer_no = "2000000001"
name = "赵雷"
address = "和平路1号"
phone = "13900000000"
kind = "resident"
household_size = 3
arrears_fen = 0
safety_notice = ""
suspended = false
"""


def test_registers_are_taken_whole_or_not_at_all(gashall, sample_config, tmp_path):
    file = tmp_path / "registers.toml"

    def take(text):
        file.write_text(text)
        return gashall("registers", "import", file, "--config", sample_config, "--json")

    wrong = take(CUSTOMER + '[[customer]]\ncustomer_no = "1"\n[[card]]\ncard_no = "x"\n')
    assert (wrong.status, wrong.out) == (2, "")
    assert len(wrong.err.splitlines()) > 2, "every mistake is told"
    assert take(CUSTOMER + "[[house]]\n").status == 2
    assert take("[[customer\n").status == 2
    assert take(CUSTOMER).rows == [{"added": 1, "changed": 0, "unchanged": 0}]
    assert take(CUSTOMER).rows == [{"added": 0, "changed": 0, "unchanged": 1}]
    assert take(CUSTOMER.replace("赵雷", "赵磊")).rows == [{"added": 0, "changed": 1, "unchanged": 0}]


def test_json_has_no_escaped_chinese(gashall, sample_config):
    text = sample_config.read_text().replace('arrears = "warn"', 'arrears = "警告"')
    sample_config.write_text(text)
    ran = gashall("config", "check", sample_config, "--json")
    assert "警告" in ran.out
    assert json.loads(ran.out)["key"] == "policy.arrears"
