"""Ports and readers that are not there, or not ours: one clear message, no cash, nothing lost, all well when mended."""

import pytest

from drivers.port import SerialPort
from drivers.wire import SerialSettings

pytestmark = pytest.mark.wire


def test_unknown_serial_ports_are_told_by_name_and_taken_when_they_come(house):
    house.starts("card-reader", "receipt-printer", "ticket-dispenser")
    house.until(lambda: house.device("note_acceptor").get("fault") == "E-DR-01", "the missing port is told")
    row = house.device("note_acceptor")
    assert (row["status"], row["action"]) == ("noDevice", "maintenance")
    assert f"E-DR-01: {house.folder}/note-acceptor: no such serial port; is the cable in" in house.log
    house.hall.open_day()
    house.tells_the_customer("不能收现金")
    house.until(lambda: house.status()["cash_refusal"] != "printer_out", "the printer is up")
    house.takes_no_cash_and_has_lost_nothing("acceptor_down")
    house.hall.start_device("note-acceptor")
    house.until(lambda: house.status()["cash_refusal"] == "", "the port has come")
    assert house.log.count("no such serial port") == 1, "told once, not at each try"


def test_a_port_in_use_is_told_and_taken_when_it_is_free(house):
    house.hall.start_devices()
    with SerialPort(str(house.folder / "note-acceptor"), SerialSettings(9600)):
        house.hall.start_hall()
        house.until(lambda: house.device("note_acceptor").get("fault") == "E-DR-02", "the lock is told")
        assert house.device("note_acceptor")["action"] == "configuration"
        assert "another program uses this port; stop it, or name another port" in house.log
        house.hall.open_day()
        house.tells_the_customer("不能收现金")
        house.until(lambda: house.status()["cash_refusal"] != "printer_out", "the printer is up")
        house.takes_no_cash_and_has_lost_nothing("acceptor_down")
    house.until(lambda: house.status()["cash_refusal"] == "", "the port is free")


def test_two_programs_behind_one_port_name_is_a_matter_of_the_configuration(house):
    text = house.config.read_text().replace(f"{house.folder}/ticket-dispenser", f"{house.folder}/receipt-printer")
    house.config.write_text(text)
    ran = house.run("hall", "--config", house.config)
    assert ran.returncode == 2
    assert "two devices cannot share one port" in ran.stderr


def test_without_pcscd_the_reader_is_down_and_comes_by_itself(house):
    house.starts("note-acceptor", "receipt-printer", "ticket-dispenser")
    house.until(lambda: bool(house.device("card_reader").get("fault")), "no PC/SC service is told")
    assert house.device("card_reader")["status"] != "online"
    house.hall.open_day()
    house.tells_the_customer("不能读卡")
    house.books_are_sound()
    house.hall.start_device("card-reader")
    house.until(lambda: house.device("card_reader")["status"] == "online", "the reader has come")


def test_pcscd_without_a_reader_is_told_and_the_reader_comes_by_itself(house):
    house.hall.start_devices()
    reader = house.hall.devices["card-reader"]
    since = len(reader.events)
    reader.send("service start-without-reader")
    reader.wait_for(lambda event: event["event"] == "service", 10, since)
    house.hall.start_hall()
    house.until(lambda: bool(house.device("card_reader").get("fault")), "no reader is told")
    assert house.device("card_reader")["status"] != "online"
    house.books_are_sound()
    reader.send("service start")
    house.until(lambda: house.device("card_reader")["status"] == "online", "the reader has come")


def test_a_device_that_is_silent_is_not_online(house):
    house.hall.start_devices()
    house.hall.device("note-acceptor", "power off")
    house.hall.start_hall()
    house.until(lambda: house.device("note_acceptor").get("fault") is not None, "silence is told")
    house.hall.open_day()
    house.tells_the_customer("不能收现金")
    house.until(lambda: house.status()["cash_refusal"] == "acceptor_down", "no cash")
    house.books_are_sound()
