import ast
import os
from datetime import date, time
from pathlib import Path

import pytest

from kiosk.config import ConfigError, ConfigProblem, config_problems, load_config, parse_config, read_card_key
from kiosk.config import schema as schema_module

EXAMPLE = Path(__file__).parents[2] / "systemd" / "gashall.example.toml"


def problems_of(text: str, today: date | None = None) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "hall.toml", today)
    assert all(each.file == "hall.toml" for each in caught.value.problems)
    return {each.key: each.problem for each in caught.value.problems}


def changed(old: str, new: str, times: int = 1) -> str:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text, f"the example no longer holds {old!r}"
    return text.replace(old, new, times)


def test_the_example_is_a_complete_configuration() -> None:
    config = load_config(str(EXAMPLE), today=date(2026, 6, 1))
    assert config.hall.opens == time(8, 30)
    assert config.note_acceptor.denominations_yuan == (1, 5, 10, 20, 50, 100)
    assert [tier.upto_m3 for tier in config.tariff[0].tiers] == [300, 500, None]
    assert [row.prefix for row in config.service] == ["A", "B", "C"]
    assert config.timeouts.screen_gone_s == 2.0


def test_the_example_writes_the_defaults_that_the_program_has() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    head, tail = text.split("[limits]")[0], text.split("# Prices.")[1]
    without = parse_config(f"{head}#{tail}", "hall.toml")
    written = parse_config(text, "hall.toml")
    assert (without.limits, without.timeouts, without.policy, without.presets) == (
        written.limits,
        written.timeouts,
        written.policy,
        written.presets,
    )


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('id = "chengdong"', 'id = "cheng dong"', "hall.id", "letters, digits"),
        ('id = "chengdong"', 'id = ""', "hall.id", "1 to 32"),
        ('terminal = "k1"', "", "hall.terminal", "is missing; must be 1 to 32"),
        ('name_zh = "城东营业厅"', 'name_zh = "  "', "hall.name_zh", "1 to 40 characters"),
        ('name_zh = "城东营业厅"', 'name_zh = "a\\u0007b"', "hall.name_zh", "on one line"),
        ('service_phone = "0571-96777"', 'service_phone = "ring us"', "hall.service_phone", "digits"),
        ("region = 571", "region = 65536", "hall.region", "whole number from 0 to 65535; found 65536"),
        ("region = 571", "region = true", "hall.region", "found true"),
        ("region = 571", "region = 571.0", "hall.region", "whole number"),
        ('opens = "08:30"', 'opens = "8:30"', "hall.opens", '"00:00" to "23:59"'),
        ('opens = "08:30"', 'opens = "24:00"', "hall.opens", "found"),
        ('closes = "17:30"', 'closes = "08:30"', "hall.closes", "later than hall.opens"),
        ('opens = "08:30"', 'opens = "00:05"', "hall.check_minutes_before", "day before"),
        ("open_weekdays = [1, 2, 3, 4, 5, 6, 7]", "open_weekdays = [1, 1]", "hall.open_weekdays", "1 to 7 different"),
        ("open_weekdays = [1, 2, 3, 4, 5, 6, 7]", "open_weekdays = []", "hall.open_weekdays", "1 to 7 different"),
        ("open_weekdays = [1, 2,", "open_weekdays = [1, 8,", "hall.open_weekdays[2]", "from 1 to 7; found 8"),
        (
            'database = "/var/lib/gashall/hall.sqlite3"',
            'database = "hall.sqlite3"',
            "storage.database",
            "absolute path",
        ),
        ('socket = "/run/gashall/hall.sock"', f'socket = "/run/{"x" * 110}"', "link.socket", "107 bytes"),
        (
            'protocol = "ccnet"',
            'protocol = "ccent"',
            "note_acceptor.protocol",
            'one of "ccnet", "ict104", "id003"; found "ccent"',
        ),
        (
            "denominations_yuan = [1, 5,",
            "denominations_yuan = [2, 5,",
            "note_acceptor.denominations_yuan[1]",
            "one of 1,",
        ),
        ("capacity_notes = 1000", "capacity_notes = 49", "note_acceptor.capacity_notes", "from 50 to 5000; found 49"),
        ("baud = 19200", "baud = 1200", "receipt_printer.baud", "9600"),
        ("columns = 48", "columns = 40", "receipt_printer.columns", "one of 32, 48; found 40"),
        ('profile = "default"', 'profile = "a b"', "receipt_printer.profile", "printer profile"),
        (
            "per_visit_yuan_max = 2000",
            "per_visit_yuan_max = 0",
            "limits.per_visit_yuan_max",
            "from 1 to 50000; found 0",
        ),
        ("per_visit_m3_max = 500", "per_visit_m3_max = 1000", "limits.per_visit_m3_max", "card_capacity_m3_max (999)"),
        ("capacity_notes = 1000", "capacity_notes = 99", "limits.notes_max", "note_acceptor.capacity_notes (99)"),
        ("screen_gone_s = 2.0", "screen_gone_s = 0.5", "timeouts.screen_gone_s", "seconds from 1 to 10; found 0.5"),
        ("screen_gone_s = 2.0", "screen_gone_s = nan", "timeouts.screen_gone_s", "seconds from 1 to 10"),
        ("pay_s = 120", "pay_m = 2", "timeouts.pay_m", 'did you mean "pay_s"?'),
        ('arrears = "warn"', 'arrears = "no"', "policy.arrears", '"warn", "refuse"'),
        ("amounts_yuan = [50,", "amounts_yuan = [5000,", "presets.amounts_yuan[1]", "per_visit_yuan_max (2000)"),
        ("volumes_m3 = [10,", "volumes_m3 = [600,", "presets.volumes_m3[1]", "per_visit_m3_max (500)"),
        ('kind = "commercial"', 'kind = "shop"', "tariff[2].kind", '"resident", "commercial"'),
        ('id = "commercial-2026"', 'id = "resident-2026"', "tariff[2].id", "already belongs to tariff[1]"),
        ('kind = "commercial"', 'kind = "resident"', "tariff[2].valid_from", "only one can hold"),
        ("valid_from = 2026-01-01", 'valid_from = "2026-01-01"', "tariff[1].valid_from", "without quotes"),
        ('cycle_start = "01-01"', 'cycle_start = "02-29"', "tariff[1].cycle_start", 'not "02-29"'),
        ("upto_m3 = 500", "upto_m3 = 300", "tariff[1].tiers[2].upto_m3", "more than the tier before it (300)"),
        ("upto_m3 = 300, ", "", "tariff[1].tiers[1].upto_m3", "only the last tier"),
        (
            "{ price_fen_per_m3 = 360 }",
            "{ upto_m3 = 900, price_fen_per_m3 = 360 }",
            "tariff[1].tiers[3].upto_m3",
            "no end",
        ),
        ("price_fen_per_m3 = 288", "price_fen_per_m3 = 2.88", "tariff[1].tiers[2].price_fen_per_m3", "1 to 10000"),
        (
            "{ price_fen_per_m3 = 360 }",
            "{ price = 360 }",
            "tariff[1].tiers[3].price",
            "allowed: upto_m3, price_fen_per_m3",
        ),
        ("tiers = [{ price_fen_per_m3 = 398 }]", "tiers = []", "tariff[2].tiers", "1 to 10"),
        ("tiers = [{ price_fen_per_m3 = 398 }]", "tiers = [398]", "tariff[2].tiers[1]", "must be a table; found 398"),
        ("valid_to = 2027-12-31", "valid_to = 2025-12-31", "notice[1].valid_to", "not be before"),
        ('prefix = "B"', 'prefix = "A"', "service[2].prefix", '"A" already belongs to service[1]'),
        ('prefix = "B"', 'prefix = "b"', "service[2].prefix", '"A" to "Z"'),
        ("priority = true", 'priority = "yes"', "service[1].priority", "true or false"),
        ('[[window]]\nid = "2"', '[[window]]\nid = "1"', "window[2].id", "already belongs to window[1]"),
        ("[storage]", "[storrage]", "storrage", 'did you mean "storage"?'),
    ],
)
def test_each_mistake_names_its_key_and_what_is_allowed(old: str, new: str, key: str, words: str) -> None:
    assert words in problems_of(changed(old, new))[key]


def test_two_devices_on_one_port_are_refused() -> None:
    found = problems_of(changed("/dev/gashall/ticket-dispenser", "/dev/gashall/receipt-printer"))
    assert found == {
        "ticket_dispenser.port": "/dev/gashall/receipt-printer is already the port of [receipt_printer]; "
        "two devices cannot share one port"
    }


def test_notes_that_cannot_pay_a_rest_are_refused() -> None:
    text = changed("denominations_yuan = [1, 5, 10, 20, 50, 100]", "denominations_yuan = [50, 100]")
    found = problems_of(text.replace("overpay_yuan_max = 100", "overpay_yuan_max = 49"))
    assert list(found) == ["limits.overpay_yuan_max"]
    assert "smallest note that is taken (50)" in found["limits.overpay_yuan_max"]


def test_all_mistakes_are_reported_at_once() -> None:
    text = changed("region = 571", "region = -1")
    text = text.replace("capacity_notes = 1000", "capacity_notes = 1")
    text = text.replace('prefix = "C"', 'prefix = "A"')
    text = text.replace("upto_m3 = 500", "upto_m3 = 200")
    assert set(problems_of(text)) == {
        "hall.region",
        "note_acceptor.capacity_notes",
        "service[3].prefix",
        "tariff[1].tiers[2].upto_m3",
    }


def test_half_a_configuration_names_each_missing_table_and_what_it_needs() -> None:
    found = problems_of('[hall]\nid = "a"\n')
    assert set(found) == {
        "hall.terminal",
        "hall.name_zh",
        "hall.name_en",
        "hall.service_phone",
        "hall.region",
        "storage",
        "link",
        "note_acceptor",
        "card_reader",
        "receipt_printer",
        "ticket_dispenser",
        "tariff",
    }
    assert found["card_reader"] == "the table [card_reader] is missing; it needs key_file"


def test_a_single_table_where_an_array_belongs_is_explained() -> None:
    text = changed("[[window]]", "[window]").rsplit("[[window]]", 1)[0]
    assert problems_of(text) == {"window": "must be an array of tables: write [[window]] before each"}


def test_a_value_where_a_table_belongs_is_explained() -> None:
    assert problems_of("limits = 3\n" + EXAMPLE.read_text(encoding="utf-8").replace("[limits]", "[x]"))["limits"] == (
        "must be a table: write [limits]"
    )


def test_a_kind_without_a_tariff_in_force_today_is_refused() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    found = problems_of(text, today=date(2025, 12, 31))
    assert found["tariff[1].valid_from"] == (
        "no tariff for resident is in force today (2025-12-31); the earliest begins on 2026-01-01"
    )
    assert len(found) == 3


def test_tariffs_and_limits_are_handed_on_in_fen_and_hundredths() -> None:
    config = parse_config(changed("# per_month_m3_max = 200", "per_month_m3_max = 200"), "hall.toml")
    resident = config.tariffs()[0]
    assert (resident.tariff_id, resident.kind, resident.cycle_start) == ("resident-2026", "resident", (1, 1))
    assert [(tier.upto_m3_hundredths, tier.price_fen_per_m3) for tier in resident.tiers] == [
        (30000, 240),
        (50000, 288),
        (None, 360),
    ]
    limits = config.purchase_limits()
    assert (limits.per_visit_fen_max, limits.per_visit_m3_hundredths_max) == (200_000, 50_000)
    assert (limits.card_capacity_m3_hundredths, limits.overpay_fen_max) == (99_900, 10_000)
    assert (limits.notes_max, limits.per_month_m3_hundredths_max) == (100, 20_000)


def test_notices_are_shown_from_their_first_day_to_their_last() -> None:
    config = load_config(str(EXAMPLE))
    shown = {day: len(config.notices_on(day)) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2027, 12, 31))}
    assert shown == {date(2025, 12, 31): 0, date(2026, 1, 1): 1, date(2027, 12, 31): 1}
    assert config.notices_on(date(2028, 1, 1)) == ()


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("[hall]\nid = chengdong\n", "line 2", "is not TOML"),
        ("[hall]\nid = 'a'\nid = 'b'\n", "line 3", "is not TOML"),
        ("[hall", "line 1", ""),
        ("[hall]\nx = [1,\n", "line 3", "ends too early"),
    ],
)
def test_what_is_not_toml_is_reported_with_its_line(text: str, key: str, words: str) -> None:
    found = problems_of(text)
    assert list(found) == [key]
    assert words in found[key]


@pytest.mark.parametrize(
    ("content", "key", "words"),
    [
        (None, "", "there is no such file"),
        (b"[hall]\nid = '\xff'\n", "line 2", "not UTF-8"),
        (b"#" * 1_000_001, "", "larger than"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_problem(
    tmp_path: Path, content: bytes | None, key: str, words: str
) -> None:
    path = tmp_path / "hall.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_config(str(path))
    (problem,) = caught.value.problems
    assert (problem.file, problem.key) == (str(path), key)
    assert words in problem.problem


def test_a_directory_is_not_a_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_config(str(tmp_path))


def test_a_problem_is_one_line_with_file_key_and_what_is_allowed() -> None:
    error = ConfigError(
        (ConfigProblem("/etc/h.toml", "hall.region", "must be 1"), ConfigProblem("/etc/h.toml", "", "x"))
    )
    assert str(error).splitlines() == [
        "E-CF-01: the configuration cannot be used",
        "/etc/h.toml: hall.region: must be 1",
        "/etc/h.toml: x",
    ]


def test_a_check_lists_the_problems_and_nothing_for_a_good_file(tmp_path: Path) -> None:
    assert config_problems(str(EXAMPLE), date(2026, 6, 1)) == ()
    path = tmp_path / "hall.toml"
    path.write_text(changed("region = 571", "region = -5"), encoding="utf-8")
    assert config_problems(str(path)) == (
        ConfigProblem(str(path), "hall.region", "must be a whole number from 0 to 65535; found -5"),
    )


def test_a_configuration_cannot_be_changed_afterwards() -> None:
    config = load_config(str(EXAMPLE))
    with pytest.raises(AttributeError):
        config.hall.region = 1  # type: ignore[misc]


def test_every_key_says_what_it_is_with_its_default_or_that_it_is_required() -> None:
    tree = ast.parse(Path(schema_module.__file__).read_text(encoding="utf-8"))
    undocumented = []
    for table in [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name != "Config"]:
        for position, node in enumerate(table.body):
            if not isinstance(node, ast.AnnAssign):
                continue
            following = table.body[position + 1] if position + 1 < len(table.body) else None
            text = following.value.value if isinstance(following, ast.Expr) else None  # type: ignore[attr-defined]
            assert isinstance(node.target, ast.Name)
            mark = "Required" if node.value is None else ("Default", "left out")
            marks = (mark,) if isinstance(mark, str) else mark
            if not isinstance(text, str) or not any(each in text for each in marks):
                undocumented.append(f"{table.name}.{node.target.id}")
    assert undocumented == []


KEY = "00112233445566778899aabbccddeeff" * 2


def key_file(tmp_path: Path, content: str, mode: int = 0o600) -> str:
    path = tmp_path / "card.key"
    path.write_text(content, encoding="ascii")
    path.chmod(mode)
    return str(path)


def test_a_card_key_is_read_and_never_shown(tmp_path: Path) -> None:
    key = read_card_key(key_file(tmp_path, KEY + "\n"))
    assert key.secret == bytes.fromhex(KEY)
    assert "11" not in repr(key)
    assert "11" not in str(key)


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        (KEY, 0o640, "mode 0640"),
        (KEY, 0o604, "chmod 600"),
        (KEY[:-2], 0o600, "exactly 64 hexadecimal digits"),
        (KEY + "00", 0o600, "exactly 64 hexadecimal digits"),
        (KEY[:-1] + "g", 0o600, "exactly 64 hexadecimal digits"),
        ("", 0o600, "exactly 64 hexadecimal digits"),
        ("00" * 32, 0o600, "nobody's key"),
        (" " * 2000, 0o600, "exactly 64 hexadecimal digits"),
    ],
)
def test_an_unsafe_or_wrong_key_file_is_refused_without_repeating_it(
    tmp_path: Path, content: str, mode: int, words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read_card_key(key_file(tmp_path, content, mode))
    (problem,) = caught.value.problems
    assert problem.key == "card_reader.key_file"
    assert words in problem.problem
    assert KEY[:8] not in str(caught.value)


def test_a_missing_key_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="put the company's card key there"):
        read_card_key(str(tmp_path / "none"))


def test_a_pipe_is_no_key_file_and_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path, 0o600)
    with pytest.raises(ConfigError, match="plain file"):
        read_card_key(str(path))
