"""One visit on real wires, and what is physically where afterwards."""

import pytest

pytestmark = pytest.mark.wire


def test_a_purchase_ends_with_gas_on_the_card_notes_in_the_box_and_one_receipt(scene):
    scene.open()
    customer = scene.customer(yuan=100, note=50)
    assert customer.visits()
    # 20 m³ at 2.40 are left of the first tier, the other 52 yuan buy at 2.88.
    assert scene.bystander.sees_the_card() == 3805
    scene.settled()
    balances = scene.bystander.reckons()
    assert balances["fen"]["cash_unit:1"] == 10000
    assert balances["gas"] == {
        "gas_on_card:00001001": 3805,
        "gas_sold:resident-2026:1": -2000,
        "gas_sold:resident-2026:2": -1805,
    }
    (paper,) = scene.hall.papers()
    assert "100.00" in paper
    assert "38.05" in paper
    assert list(scene.bystander.receipts().values()) == [1]
    assert scene.violations() == []


def test_a_second_purchase_waits_until_the_first_is_in_the_meter(scene):
    scene.open()
    first = scene.customer(yuan=50)
    assert first.visits()
    again = scene.customer(yuan=50)
    assert again.visits()
    assert again.screens[-1] == "message"
    assert scene.bystander.notes["in_box_fen"] == 5000
    again.carry_card_to_meter()
    assert scene.bystander.sees_the_card() > 0
    assert scene.customer(yuan=50).visits()
    assert scene.bystander.sees_the_card() > 0
    scene.settled()
    assert scene.bystander.reckons()["fen"]["cash_unit:1"] == 10000


def test_a_forged_note_is_refused_and_said_so_and_the_good_one_counts(scene):
    scene.open()
    customer = scene.customer(yuan=50)
    told = []

    def with_a_forged_note_first(view):
        if view.screen == "paying" and not told:
            told.append(customer.feed(50, "counterfeit"))
            scene.visitor.wait_for(lambda shown: "未能识别" in shown.message, 10)
            return False
        return customer.buys(view)

    assert customer.visits(with_a_forged_note_first)
    assert told == ["returned"]
    scene.bystander.sees_the_card()
    scene.settled()
    assert scene.bystander.reckons()["fen"]["cash_unit:1"] == 5000


def test_who_stops_after_a_note_may_take_a_slip(scene):
    scene.open()
    customer = scene.customer(yuan=100)

    def changes_mind(view):
        if view.screen == "paying" and view.notes:
            scene.visitor.touch("cancel")
            return False
        if view.screen == "choice":
            scene.visitor.touch("slip")
            return False
        return customer.buys(view)

    assert customer.visits(changes_mind)
    assert scene.bystander.sees_the_card() == 0
    scene.settled()
    fen = scene.bystander.reckons()["fen"]
    assert [amount for name, amount in fen.items() if name.startswith("owed:slip:")] == [-5000]


def test_a_card_that_is_pulled_while_it_is_written_is_finished_when_it_is_put_back(scene):
    scene.open()
    customer = scene.customer(yuan=50)
    torn = []

    def pulls(view):
        if view.screen == "confirm" and not torn:
            torn.append(True)
            scene.hall.device("card-reader", "tear 7")
        return customer.buys(view)

    reader = scene.hall.devices["card-reader"]
    since = len(reader.events)

    def acts(view):
        if view.screen == "reinsert" and torn == [True]:
            torn.append(True)
            reader.wait_for(lambda event: event["event"] == "torn", 10, since)
            scene.hall.device("card-reader", "look")
            customer.card_in = any(event["event"] == "pulled" for event in reader.events[since:]) is False
        return pulls(view)

    assert customer.visits(acts)
    assert customer.screens[-1] == "done"
    assert scene.bystander.sees_the_card() > 0
    scene.settled()
    scene.bystander.reckons()
    assert torn == [True, True]
