"""`gashall try` against `gashall virtual`: driver and device as two programs on a real wire."""

import json
import re
import time

import pytest

pytestmark = pytest.mark.wire


def starts_device(program, until, tmp_path, device, *arguments):
    link = tmp_path / device
    served = program("virtual", device, "--link", link, "--speed", "25", *arguments)
    until(link.is_symlink, f"{device} has its port")
    return served, link


def ends(trial, until):
    until(lambda: trial.process.poll() is not None, "the trial ends")
    return trial.process.returncode


def broken_rules(device):
    """What the device holds against the driver, but for milliseconds: on a busy machine a pty delivers late, and the
    device then measures its own sleep. They are judged under an invented clock (tests/note_acceptor)."""
    told = [event["text"] for event in device.events if event["event"] == "violation"]
    return [text for text in told if not re.search(r"\bms\b", text)]


# Note acceptor --------------------------------------------------------------------------------------------------------


def test_a_note_acceptor_is_driven_and_says_what_happens(program, until, tmp_path):
    device, link = starts_device(program, until, tmp_path, "note-acceptor", "--protocol", "ccnet", "--json")
    arguments = ("--protocol", "ccnet", "--port", link, "--stack", "10,20", "--seconds", "5", "--json")
    trial = program("try", "note-acceptor", *arguments)
    ready = trial.wait_for(lambda event: event["event"] == "ready", 20)
    assert ready["currency"] == "CNY"
    assert ready["values_fen"] == [100, 500, 1000, 2000, 5000, 10000]
    time.sleep(0.5)
    for words, answer in (
        ("insert 10", {"event": "stacked", "value_fen": 1000, "currency": "CNY"}),
        ("insert 50", {"event": "returned", "value_fen": 5000, "currency": "CNY"}),
        ("insert 20", {"event": "stacked", "value_fen": 2000, "currency": "CNY"}),
    ):
        device.send(words)
        told = trial.wait_for(lambda event, answer=answer: answer.items() <= event.items(), 10)
        assert told["event"] == answer["event"]
        time.sleep(0.3)
    device.send("counterfeit 100")
    refused = trial.wait_for(lambda event: event["event"] == "rejected", 10)
    assert refused["code"]
    assert refused["reason"]
    assert ends(trial, until) == 0
    assert [event["event"] for event in trial.events if event["event"] in ("escrowed", "stacked", "returned")] == [
        "escrowed",
        "stacked",
        "escrowed",
        "returned",
        "escrowed",
        "stacked",
    ]
    assert device.newest["in_box_fen"] == 3000
    assert device.newest["in_escrow_fen"] == 0
    assert broken_rules(device) == []


def test_a_trial_stacks_nothing_unless_told_to(program, until, tmp_path):
    device, link = starts_device(program, until, tmp_path, "note-acceptor")
    trial = program("try", "note-acceptor", "--port", link, "--seconds", "3", "--json")
    trial.wait_for(lambda event: event["event"] == "ready", 20)
    time.sleep(0.5)
    device.send("insert 100")
    trial.wait_for(lambda event: event["event"] == "returned", 10)
    assert ends(trial, until) == 0
    assert device.newest["in_box_fen"] == 0


def test_a_note_under_way_at_the_end_of_a_trial_is_seen_to_its_end(program, until, tmp_path):
    device, link = starts_device(program, until, tmp_path, "note-acceptor")
    trial = program("try", "note-acceptor", "--port", link, "--stack", "all", "--seconds", "3", "--json")
    trial.wait_for(lambda event: event["event"] == "ready", 20)
    time.sleep(0.5)
    device.send("stall")
    device.send("insert 10")
    trial.wait_for(lambda event: event["event"] == "escrowed", 10)
    time.sleep(3.5)
    assert trial.process.poll() is None
    device.send("resume")
    assert ends(trial, until) == 0
    assert trial.events[-1]["event"] == "stacked"
    assert device.newest["in_box_fen"] == 1000


def test_an_acceptor_that_loses_power_is_lost_and_back(program, until, tmp_path):
    device, link = starts_device(program, until, tmp_path, "note-acceptor")
    trial = program("try", "note-acceptor", "--port", link, "--seconds", "6", "--json")
    trial.wait_for(lambda event: event["event"] == "ready", 20)
    device.send("power off")
    lost = trial.wait_for(lambda event: event["event"] == "lost", 10)
    assert lost["code"]
    device.send("power on")
    trial.wait_for(lambda event: event["event"] == "back", 10, len(trial.events))
    assert ends(trial, until) == 0


def test_a_jam_is_a_fault_with_a_code(program, until, tmp_path):
    device, link = starts_device(program, until, tmp_path, "note-acceptor")
    trial = program("try", "note-acceptor", "--port", link, "--seconds", "4", "--json")
    trial.wait_for(lambda event: event["event"] == "ready", 20)
    time.sleep(0.5)
    device.send("jam")
    fault = trial.wait_for(lambda event: event["event"] == "fault", 10)
    assert fault["code"]
    assert "jam" in fault["reason"].lower()


def test_a_port_that_is_not_there_is_lost_and_exit_status_1(run_program, tmp_path):
    ran = run_program("try", "note-acceptor", "--port", tmp_path / "nothing", "--seconds", "0.2", "--json")
    assert ran.status == 1
    (row,) = ran.rows
    assert (row["event"], row["code"]) == ("lost", "E-DR-01")
    assert "nothing" in row["reason"]


def test_a_port_in_use_is_told(run_program, program, until, tmp_path):
    _, link = starts_device(program, until, tmp_path, "note-acceptor")
    first = program("try", "note-acceptor", "--port", link, "--seconds", "20", "--json")
    first.wait_for(lambda event: event["event"] == "ready", 20)
    ran = run_program("try", "note-acceptor", "--port", link, "--seconds", "0.2", "--json")
    assert ran.status == 1
    assert ran.rows[0]["code"] == "E-DR-02"
    first.kill()


def test_without_json_a_person_can_read_it(run_program, program, until, tmp_path):
    _, link = starts_device(program, until, tmp_path, "note-acceptor")
    ran = run_program("try", "note-acceptor", "--port", link, "--seconds", "3")
    assert ran.status == 0
    assert "event: ready" in ran.out


# Printer --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["generic-80", "epson-80", "queued-status-80"])
def test_a_paper_is_printed_and_the_last_line_says_what_is_proven(run_program, program, until, tmp_path, profile):
    device, link = starts_device(program, until, tmp_path, "printer", "--protocol", "escpos")
    ran = run_program("try", "printer", "--port", link, "--profile", profile, "--paper", "receipt", "--json")
    assert ran.status == 0
    last = ran.rows[-1]
    assert last["outcome"] == "printed"
    assert last["proof"] in ("process-id", "queued-status")
    assert last["status"] == "online"
    (paper,) = [event for event in device.events if event["event"] == "printed"]
    assert "购气凭证" in paper["text"]
    assert paper["printed"] == 1
    assert broken_rules(device) == []


def test_a_printer_without_paper_refuses(run_program, program, until, tmp_path):
    device, link = starts_device(program, until, tmp_path, "receipt-printer")
    device.send("paper out")
    ran = run_program("try", "printer", "--port", link, "--paper", "self-test", "--json")
    assert ran.status == 1
    assert ran.rows[-1]["outcome"] == "refused"
    assert ran.rows[-1]["proof"] == "none"
    assert ran.rows[-1]["status"] != "online"
    assert not [event for event in device.events if event["event"] == "printed"]


def test_a_printer_that_is_not_there_is_told_at_once(run_program, tmp_path):
    began = time.monotonic()
    ran = run_program("try", "printer", "--port", tmp_path / "nothing", "--json")
    assert ran.status == 1
    (last,) = ran.rows
    assert (last["outcome"], last["proof"], last["status"]) == ("refused", "none", "noDevice")
    assert "E-DR-01" in last["detail"]
    assert time.monotonic() - began < 20


def test_a_printer_that_is_switched_off_in_mid_paper_is_unknown_or_refused_never_printed(
    program, until, tmp_path, run_program
):
    device, link = starts_device(program, until, tmp_path, "receipt-printer")
    device.send("power off")
    trial = program("try", "printer", "--port", link, "--paper", "receipt", "--json")
    assert ends(trial, until) == 1
    until(lambda: any("outcome" in event for event in trial.events), "the last word")
    assert trial.events[-1]["outcome"] in ("refused", "unknown")
    assert trial.events[-1]["proof"] == "none"


def test_a_ticket_dispenser_takes_the_same_words(program, until, tmp_path):
    device, link = starts_device(program, until, tmp_path, "ticket-dispenser", "--protocol", "escpos")
    for words in ("paper near", "paper ok", "cover open", "cover closed", "cutter error", "take", "power off"):
        device.send(words)
    device.send("power on")
    device.wait_for(lambda event: event.get("state") == "power on", 10)
    assert not [event for event in device.events if event["event"] == "not_understood"]
    device.send("dance")
    device.wait_for(lambda event: event["event"] == "not_understood", 10)
    device.send("quit")
    until(lambda: device.process.poll() is not None, "it ends")
    assert device.process.returncode == 0
    assert not link.is_symlink()


# Card reader ----------------------------------------------------------------------------------------------------------


def test_a_card_is_read_and_never_touched(program, until, tmp_path):
    device, link = starts_device(program, until, tmp_path, "card-reader", "--protocol", "sle4442")
    device.wait_for(lambda event: event["event"] == "ready", 20)
    card = tmp_path / "wang.card"
    device.send(f"new {card} 00001001 1000000001 202600000001")
    device.wait_for(lambda event: event["event"] == "created", 10)
    before = card.read_bytes()
    trial = program(
        "try", "card-reader", "--reader", "Virtual", "--seconds", "4", "--json", PCSCLITE_CSOCK_NAME=str(link)
    )
    trial.wait_for(lambda event: event["event"] == "status" and event["status"] == "online", 20)
    device.send(f"insert {card}")
    inserted = trial.wait_for(lambda event: event["event"] == "inserted", 10)
    assert inserted["atr"]
    read = trial.wait_for(lambda event: event["event"] == "read", 10)
    assert read["card"] == "****1001"
    assert read["fault"] is None
    device.send("pull")
    trial.wait_for(lambda event: event["event"] == "removed", 10)
    device.send("foreign")
    trial.wait_for(lambda event: event["event"] == "read" and event["fault"], 10, len(trial.events))
    assert ends(trial, until) == 0
    assert all({"event", "atr", "card", "fault"} <= event.keys() for event in trial.events)
    assert card.read_bytes() == before
    assert not [event for event in device.events if event["event"] in ("psc", "programmed", "violation")]


def test_without_pcscd_the_fault_is_told_with_exit_status_1(run_program, tmp_path):
    ran = run_program(
        "try", "card-reader", "--seconds", "1", "--json", PCSCLITE_CSOCK_NAME=str(tmp_path / "nobody.comm")
    )
    assert ran.status == 1
    assert [row for row in ran.rows if row["fault"]], ran.rows


def test_a_reader_of_another_name_is_told_with_exit_status_1(run_program, program, until, tmp_path):
    device, link = starts_device(program, until, tmp_path, "card-reader")
    device.wait_for(lambda event: event["event"] == "ready", 20)
    ran = run_program(
        "try", "card-reader", "--reader", "ACR39U", "--seconds", "1", "--json", PCSCLITE_CSOCK_NAME=str(link)
    )
    assert ran.status == 1
    assert "ACR39U" in json.dumps(ran.rows)


@pytest.mark.parametrize("protocol", ["ict104", "id003"])
def test_every_other_protocol_is_tried_against_its_own_unit(program, until, tmp_path, protocol):
    device, link = starts_device(program, until, tmp_path, "note-acceptor", "--protocol", protocol)
    arguments = ("--protocol", protocol, "--port", link, "--stack", "10", "--seconds", "8", "--json")
    trial = program("try", "note-acceptor", *arguments)
    trial.wait_for(lambda event: event["event"] == "ready", 20)
    time.sleep(1.0)
    device.send("insert 10")
    stacked = trial.wait_for(lambda event: event["event"] == "stacked", 10)
    assert stacked["value_fen"] == 1000
    assert device.newest["in_box_fen"] == 1000
