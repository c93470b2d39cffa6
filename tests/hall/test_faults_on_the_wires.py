"""Things that break around a running hall: the screen, the PC/SC service, a cable, a machine's power."""

import re
import time

import pytest

from kiosk.virtual.hall import Visitor

pytestmark = pytest.mark.wire


def device_is(scene, name, status, limit_s=30.0):
    ends = time.monotonic() + limit_s
    while True:
        (row,) = [row for row in scene.hall.ask("status").data["devices"] if row["device"] == name]
        if row["status"] == status:
            return row
        assert time.monotonic() < ends, row
        time.sleep(0.05)


def pays_up_to(scene, customer, fen):
    """A visit until so much has been inserted."""

    def act(view):
        if view.screen == "paying" and sum(line.value_fen for line in view.notes) >= fen:
            return True
        return customer.buys(view)

    assert customer.visits(act)


@pytest.fixture
def patient(make_scene):
    return make_scene(done_s=60, idle_s=60)


def test_screen_killed_with_money_in_takes_no_more_notes_and_processes_what_is_inserted(patient):
    scene = patient
    scene.open()
    customer = scene.customer(yuan=100, note=50)
    pays_up_to(scene, customer, 5000)
    scene.visitor.leave()
    acceptor = scene.hall.devices["note-acceptor"]
    ends = time.monotonic() + 15
    while scene.hall.ask("status").data["session"]["phase"] == "collecting":
        assert time.monotonic() < ends
        time.sleep(0.02)
    time.sleep(0.5)
    since = len(acceptor.events)
    assert customer.feed(50) == "returned"
    assert [event["event"] for event in acceptor.events[since:]] == ["returned"], "it never was in escrow"
    ends = time.monotonic() + 30
    while scene.hall.ask("status").data["session"]["phase"] != "done":
        assert time.monotonic() < ends, scene.hall.ask("status").data
        time.sleep(0.05)
    scene.visitor = Visitor(scene.hall.socket)
    shown = scene.visitor.wait_for("done", 10)
    assert "购气成功" in shown.title
    customer.pull_card()
    assert scene.bystander.sees_the_card() > 0
    scene.settled()
    balances = scene.bystander.reckons()
    assert balances["fen"]["cash_unit:1"] == 5000
    assert scene.violations() == []


def test_screen_gone_without_money_cancels_and_keeps_nothing(patient):
    scene = patient
    scene.open()
    customer = scene.customer()
    pays_up_to(scene, customer, 0)
    scene.visitor.leave()
    ends = time.monotonic() + 15
    while scene.hall.ask("status").data["open_orders"]:
        assert time.monotonic() < ends
        time.sleep(0.02)
    scene.visitor = Visitor(scene.hall.socket)
    scene.visitor.wait_for(lambda view: view.screen != "paying", 10)
    customer.pull_card()
    assert scene.bystander.sees_the_card() == 0
    assert scene.bystander.reckons()["fen"] == {}


def test_pcscd_killed_and_started_again(scene):
    scene.open()
    reader = scene.hall.devices["card-reader"]
    reader.send("service stop")
    row = device_is(scene, "card_reader", "offline")
    assert row["fault"] == "E-CR-01"
    reader.send("service start")
    device_is(scene, "card_reader", "online")
    assert scene.customer(yuan=20, note=20).visits()
    assert scene.bystander.sees_the_card() > 0
    scene.settled()
    scene.bystander.reckons()


def test_pcscd_dies_while_a_card_is_in_and_money_is_being_paid(scene):
    scene.open()
    customer = scene.customer(yuan=20, note=10)
    pays_up_to(scene, customer, 1000)
    reader = scene.hall.devices["card-reader"]
    reader.send("service stop")
    device_is(scene, "card_reader", "offline")
    reader.send("service start")
    device_is(scene, "card_reader", "online")
    customer.comes_back(with_card_out_and_in=False)
    scene.settled()
    assert scene.bystander.sees_the_card() > 0
    assert scene.bystander.reckons()["fen"]["cash_unit:1"] == 1000


def test_acceptor_cable_pulled_while_paying_and_put_back(scene):
    scene.open()
    customer = scene.customer(yuan=100, note=50)
    pays_up_to(scene, customer, 5000)
    acceptor = scene.hall.devices["note-acceptor"]
    acceptor.send("unplug")
    device_is(scene, "note_acceptor", "noDevice")
    customer.comes_back(with_card_out_and_in=False)
    assert scene.bystander.sees_the_card() > 0
    scene.settled()
    acceptor.send("plug")
    device_is(scene, "note_acceptor", "online")
    customer.carry_card_to_meter()
    assert scene.customer(yuan=50).visits()
    assert scene.bystander.sees_the_card() > 0
    scene.settled()
    assert scene.bystander.reckons()["fen"]["cash_unit:1"] == 10000


def test_acceptor_cable_pulled_while_a_note_is_being_stacked(scene):
    scene.open()
    customer = scene.customer(yuan=100, note=50)
    pays_up_to(scene, customer, 0)
    acceptor = scene.hall.devices["note-acceptor"]
    acceptor.send("stall")
    since = len(acceptor.events)
    acceptor.send("insert 50")
    scene.bystander.fed_fen += 5000
    acceptor.wait_for(lambda event: event["event"] == "escrow", 10, since)
    time.sleep(0.5)
    acceptor.send("unplug")
    device_is(scene, "note_acceptor", "noDevice")
    acceptor.send("resume")
    acceptor.send("plug")
    device_is(scene, "note_acceptor", "online")
    customer.comes_back(with_card_out_and_in=False)
    scene.bystander.sees_the_card()
    scene.settled()
    assert scene.bystander.notes["in_box_fen"] in (0, 5000)
    scene.bystander.reckons()


def test_without_a_receipt_printer_no_cash_is_taken_and_with_it_again(scene):
    scene.open()
    printer = scene.hall.devices["receipt-printer"]
    printer.send("power off")
    ends = time.monotonic() + 30
    while scene.hall.ask("status").data["cash_refusal"] != "printer_out":
        assert time.monotonic() < ends
        time.sleep(0.05)
    customer = scene.customer()
    assert customer.visits()
    assert "paying" not in customer.screens
    printer.send("power on")
    device_is(scene, "receipt_printer", "online")
    assert scene.customer(yuan=20, note=20).visits()
    assert scene.bystander.sees_the_card() > 0
    scene.settled()
    scene.bystander.reckons()


def test_printer_loses_power_in_the_middle_of_the_receipt(scene):
    scene.open()
    customer = scene.customer(yuan=20, note=20)
    printer = scene.hall.devices["receipt-printer"]
    off = []

    def act(view):
        if view.screen == "writing" and not off:
            off.append(True)
            card = scene.hall.devices["card-reader"]
            card.wait_for(lambda event: event["event"] == "programmed", 10)
            time.sleep(0.45)
            printer.send("power off")
        return customer.buys(view)

    assert customer.visits(act)
    printer.send("power on")
    device_is(scene, "receipt_printer", "online")
    assert scene.bystander.sees_the_card() > 0
    scene.settled()
    scene.bystander.reckons()


NUMBER = re.compile(r"\bA\d{3}\b")


def test_ticket_numbers_are_printed_once_whatever_dies(scene):
    scene.open(mortal=True)
    deaths = []
    for effect in range(20):
        scene.hall.die_before(effect)
        scene.visitor.wait_for("idle", 20)
        scene.visitor.touch("take_ticket")
        died = takes_a_ticket(scene)
        if not died:
            break
        deaths.append(scene.hall.bury_hall())
        scene.open(mortal=True)
        scene.excuse()
    assert len(deaths) >= 3
    numbers = [number for paper in scene.hall.papers("ticket-dispenser") for number in set(NUMBER.findall(paper))]
    assert numbers
    assert len(numbers) == len(set(numbers)), numbers


def takes_a_ticket(scene) -> bool:
    ends = time.monotonic() + 30
    touched = -1
    while time.monotonic() < ends:
        if scene.hall.hall_is_dead:
            return True
        view = scene.visitor.view
        if view.screen == "ticket_services" and touched != len(scene.visitor.views):
            touched = len(scene.visitor.views)
            scene.visitor.touch("ticket_service", service="top-up")
        if view.screen == "ticket_done":
            return False
        time.sleep(0.01)
    raise TimeoutError(f"no ticket: {scene.visitor.view}")
