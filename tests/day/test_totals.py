import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.day.report import ReportFacts, body_of, document, facts_of
from kiosk.day.totals import SalesLine, day_totals
from kiosk.topup import bookings
from kiosk.topup.order import Note, NoteState, Order, OrderState, PricedLine, Write
from storage.records import NewRecord, Posting, Unit

ORDER = Order(
    order_id="o1",
    card_no="1001",
    customer_no="88",
    meter_no="7",
    customer_kind="resident",
    tariff_id="resident-2026",
    used_m3_hundredths=29_000,
    volume_m3_hundredths=2_000,
    amount_fen=5_280,
    lines=(PricedLine(1, 1_000, 240, 2_400), PricedLine(2, 1_000, 288, 2_880)),
    credit_used_fen=0,
    write=Write("w1", bytes(256), bytes(256)),
)


def note(value_fen, number):
    return Note(f"n{number}", 0, value_fen, NoteState.STACK_SENT, None)


def test_the_postings_of_a_whole_visit_become_the_figures_of_the_day(desk):
    desk.append(
        (
            bookings.opened(ORDER),
            bookings.stacked(ORDER, note(5_000, 1), "1", recovered=False, evidence="event"),
            bookings.stacked(ORDER, note(1_000, 2), "1", recovered=False, evidence="event"),
            bookings.funded(ORDER, "paid"),
            bookings.write_verified(ORDER, "read back"),
            bookings.settled(ORDER, 720),
        )
    )
    totals = desk.totals()
    assert totals.sales == (
        SalesLine("resident-2026", 1, 1_000, 2_400),
        SalesLine("resident-2026", 2, 1_000, 2_880),
    )
    assert (totals.purchases, totals.sales_fen, totals.sales_m3_hundredths) == (1, 5_280, 2_000)
    assert totals.gas_on_card_m3_hundredths == 2_000
    assert (totals.cash_in_fen, totals.notes) == (6_000, ((1_000, 1), (5_000, 1)))
    assert (totals.owed_customer_fen, totals.orders_fen, totals.unexplained_fen) == (720, 0, 0)
    assert (totals.records, totals.first_sequence, totals.last_sequence) == (6, 1, 6)
    assert totals.head == desk.journal[-1].hash


def test_a_write_of_unknown_outcome_is_suspense_and_no_sale(desk):
    desk.append(
        (
            bookings.stacked(ORDER, note(10_000, 1), "1", recovered=False, evidence="event"),
            bookings.write_unknown(ORDER, "pulled"),
        )
    )
    totals = desk.totals()
    assert (totals.purchases, totals.sales_fen, totals.suspense_fen, totals.orders_fen) == (0, 0, 5_280, 4_720)
    assert totals.unexplained_fen == 0


def test_a_slip_an_unclaimed_and_an_unknown_note_are_named_each(desk):
    desk.append(
        (
            bookings.stacked(ORDER, note(2_000, 1), "1", recovered=False, evidence="event"),
            bookings.slip(ORDER, "S1", "77", 2_000),
            bookings.unclaimed("o1", 3, 500, "1"),
            bookings.note_unknown(ORDER, note(10_000, 2), "1", "jam"),
        )
    )
    totals = desk.totals()
    assert (totals.cash_in_fen, totals.owed_slip_fen, totals.unclaimed_fen) == (2_500, 2_000, 500)
    assert (totals.unconfirmed_fen, totals.suspense_fen, totals.unexplained_fen) == (10_000, 10_000, 0)


def test_credit_of_an_earlier_day_is_used_up(desk):
    order = replace(ORDER, credit_used_fen=5_280, state=OrderState.FUNDED)
    desk.append((bookings.funded(order, "credit"), bookings.write_verified(order, "read back")))
    totals = desk.totals()
    assert (totals.sales_fen, totals.cash_in_fen, totals.owed_customer_fen) == (5_280, 0, -5_280)
    assert totals.unexplained_fen == 0


def test_a_slip_that_is_paid_out_is_no_longer_owed(desk):
    paid = (Posting("owed:slip:S1", Unit.FEN, 2_000), Posting("till:1:a", Unit.FEN, -2_000))
    desk.append((NewRecord("slip.redeemed", "S1", {}, paid),))
    totals = desk.totals()
    assert (totals.slips_given_fen, totals.slips_paid_fen, totals.owed_slip_fen) == (0, 2_000, -2_000)
    assert (totals.other_fen, totals.unexplained_fen) == ((("till", -2_000),), 0)


def test_an_account_of_another_subject_is_shown_under_its_own_name(desk):
    desk.append(
        (
            NewRecord(
                "collection.made",
                "b1",
                {},
                (Posting("cash_unit:1", Unit.FEN, -500), Posting("remitted:b1", Unit.FEN, 500)),
            ),
        )
    )
    totals = desk.totals()
    assert (totals.cash_out_fen, totals.other_fen, totals.unexplained_fen) == (500, (("remitted", 500),), 0)


def test_records_belong_to_the_date_in_their_stamp_and_not_to_an_hour(desk):
    desk.opened()
    desk.sell("o1", 1_000, 1_000)
    desk.at("2026-06-02T03:00:00")
    desk.sell("o2", 2_000, 2_000)
    assert day_totals("2026-06-01", desk.journal).sales_fen == 3_000
    assert day_totals("2026-06-02", desk.journal).records == 0


def test_a_day_without_records_is_all_zero():
    totals = day_totals("2026-06-01", ())
    assert (totals.sales, totals.cash_in_fen, totals.records, totals.head) == ((), 0, 0, "")


@given(st.lists(st.tuples(st.sampled_from([100, 500, 10_000]), st.integers(0, 3)), max_size=12), st.randoms())
def test_two_halves_of_a_day_add_up_to_the_whole(make_desk, visits, chance: random.Random):
    desk = make_desk()
    for number, (fen, extra) in enumerate(visits):
        desk.sell(f"o{number}", fen, *([fen] * (1 + extra)))
    cut = chance.randint(0, len(desk.journal))
    whole = desk.totals()
    first, second = (day_totals("2026-06-01", part) for part in (desk.journal[:cut], desk.journal[cut:]))
    for name in ("sales_fen", "sales_m3_hundredths", "cash_in_fen", "credit_given_fen", "orders_fen", "purchases"):
        assert getattr(first, name) + getattr(second, name) == getattr(whole, name)
    assert whole.unexplained_fen == 0


def facts(desk) -> ReportFacts:
    desk.closed()
    return facts_of(desk.found("day.closed")[0].body["report"])


def test_a_stored_report_reads_back_as_it_was(desk):
    stored = facts(desk)
    assert facts_of(body_of(stored)) == stored
    assert stored.count is not None
    assert stored.count.counts == ((100, 0), (500, 0), (1000, 0), (2000, 0), (5000, 1), (10000, 1))


@pytest.mark.parametrize("columns", [32, 48])
def test_the_columns_of_the_paper_fit_its_width(desk, columns):
    paper = document(facts(desk), columns)
    assert paper.columns == columns
    widths = [sum(block.widths) for block in paper.blocks if hasattr(block, "widths")]
    assert widths
    assert set(widths) == {columns}
