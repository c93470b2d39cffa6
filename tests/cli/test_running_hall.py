"""The commands that ask a running hall, and the books beside it while it runs."""

import csv
import io

import pytest

pytestmark = pytest.mark.wire


def test_a_business_day_from_open_to_close(running, gashall, until):
    config = ("--config", running.config, "--json")

    def does(*arguments, status=0):
        ran = gashall(*arguments, *config)
        assert ran.status == status, ran
        return ran.rows

    # Before the day.
    *devices, house = does("status")
    assert {row["device"] for row in devices} == {
        "note_acceptor",
        "card_reader",
        "receipt_printer",
        "ticket_dispenser",
    }
    assert all({"device", "status", "fault", "action"} <= row.keys() and row["status"] == "online" for row in devices)
    assert house["day"] == "closed"
    assert does("day", "status")[0]["state"] == "closed"
    assert does("day", "z", "--who", "1", "--number", "1", status=1)[0]["refused"] == "no_such_z"
    assert does("day", "close", "--who", "1", "--count", "100=0", status=1)[0]["refused"]

    # Open.
    (opened,) = does("day", "open", "--who", "001")
    assert opened["opened_by"] == "clerk:001"
    assert does("day", "open", "--who", "001", status=1)[0]["refused"] == "already_open"
    until(lambda: does("day", "status")[0]["state"] == "open", "the day is open")

    # Trade.
    running.buys_for_20_yuan()
    until(lambda: does("status")[-1]["session"]["phase"] == "idle", "the customer has gone")
    (x,) = does("day", "x", "--who", "001", "--no-print")
    assert "2000" in str(x)
    printed = len(running.hall.papers())
    does("day", "x", "--who", "001")
    until(lambda: len(running.hall.papers()) == printed + 1, "the X report is printed")

    # Close: the count differs, once more, then the difference wants a reason.
    *_, first = does("day", "close", "--who", "001", "--count", "10=1", status=1)
    assert first["recount"] is True
    assert "expected_fen" not in first, "a blind count"
    second, refusal = does("day", "close", "--who", "001", "--count", "10=1", status=1)
    assert (second["recount"], second["difference_fen"]) == (False, -1000)
    assert refusal["refused"] == "reason_owed"
    printed = len(running.hall.papers())
    (closed,) = does("day", "close", "--who", "001", "--reason", "一张纸币卡在钱箱口")[-1:]
    assert closed["number"] == 1
    until(lambda: len(running.hall.papers()) == printed + 1, "the Z report is printed")
    assert "一张纸币卡在钱箱口" in running.hall.papers()[-1]
    state = does("day", "status")[0]
    assert (state["state"], state["z_last"]) == ("closed", 1)

    # The Z report again, as a marked copy.
    (copy,) = does("day", "z", "--who", "002", "--number", "1")
    assert (copy["number"], copy["copy"]) == (1, 1)
    until(lambda: len(running.hall.papers()) == printed + 2, "the copy is printed")
    assert does("day", "z", "--who", "002", "--no-print")[0]["number"] == 1
    assert does("day", "z", "--who", "002", "--number", "7", status=1)[0]["refused"] == "no_such_z"


def test_a_health_check_reports_every_device(running, gashall):
    ran = gashall("check", "--level", "internal", "--config", running.config, "--json")
    assert ran.status == 0
    assert {row["device"] for row in ran.rows} == {
        "note_acceptor",
        "card_reader",
        "receipt_printer",
        "ticket_dispenser",
    }
    assert all({"device", "level", "result", "text"} <= row.keys() and row["result"] == "ok" for row in ran.rows)


def test_a_device_that_fails_the_check_is_exit_status_1(running, gashall, until):
    running.hall.device("ticket-dispenser", "paper out")
    until(
        lambda: gashall("check", "--config", running.config, "--json").status == 1,
        "the check finds the dispenser without paper",
    )
    ran = gashall("check", "--config", running.config, "--json")
    assert [row["device"] for row in ran.rows if row["result"] != "ok"] == ["ticket_dispenser"]
    running.hall.device("ticket-dispenser", "paper ok")
    until(lambda: gashall("check", "--config", running.config).status == 0, "and well again")


def test_the_books_can_be_checked_and_taken_out_while_the_hall_runs(running, gashall):
    running.has_traded()
    config = ("--config", running.config)
    (audit,) = gashall("ledger", "verify", *config, "--json").rows
    assert (audit["sound"], audit["broken_at"], audit["law"]) == (True, None, "holds")
    journal = gashall("ledger", "export", *config, "--format", "jsonl")
    rows = journal.rows
    assert len(rows) >= audit["rows"]
    orders = {row["record"]["subject"] for row in rows if row["record"]["kind"] == "order.opened"}
    assert len(orders) == 1
    (order,) = orders
    evidence = gashall("ledger", "evidence", order, *config, "--json").rows
    kinds = [row["kind"] for row in evidence]
    assert kinds[0] == "order.opened"
    assert kinds[-1] == "order.closed"
    assert {"note.stack_intended", "note.stacked", "card.write_intended", "card.write_verified"} <= set(kinds)
    assert all(row["hash"] and row["previous_hash"] for row in evidence)
    postings = list(csv.DictReader(io.StringIO(gashall("ledger", "export", *config, "--format", "csv").out)))
    assert postings
    units = {row["unit"] for row in postings}
    assert len(units) == 2
    assert all(sum(int(row["amount"]) for row in postings if row["unit"] == unit) == 0 for unit in units)


def test_registers_are_not_changed_behind_a_running_hall(running, gashall, tmp_path):
    file = tmp_path / "registers.toml"
    file.write_text("")
    ran = gashall("registers", "import", file, "--config", running.config)
    assert ran.status == 1
    assert "E-ST-05" in ran.err


def test_a_second_hall_on_the_same_books_ends_and_leaves_the_first_alone(running, run_program, gashall):
    ran = run_program("hall", "--config", running.config)
    assert ran.status == 1
    assert "E-ST-05" in ran.err
    assert "Traceback" not in ran.err
    assert gashall("status", "--config", running.config).status == 0


def test_words_for_a_person(running, gashall):
    ran = gashall("status", "--config", running.config)
    assert "device: note_acceptor" in ran.out
    assert "status: online" in ran.out
