"""Whatever happens in whatever order: a visit never raises, never loses money, books nothing twice, and every screen
can be drawn."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.card_reader import CardProblem, WriteOutcome
from devices.gas_card.card import MeterReport
from devices.gas_card.codec import decode, new_card, with_meter_report, with_purchase
from devices.note_acceptor import RefuseReason
from kiosk.config import load_config
from kiosk.effects import Append, Effect, PrintReceipt, WriteCard
from kiosk.messages import Language
from kiosk.moment import ClockQuality, Moment
from kiosk.topup import machine, recovery
from kiosk.topup.collecting import matching
from kiosk.topup.order import Order, OrderState, fold
from kiosk.topup.session import (
    CardCame,
    CardIdentified,
    CardNotUsable,
    CardWent,
    CashStopped,
    Event,
    HallFacts,
    Holder,
    House,
    NoteGivenBack,
    NoteLost,
    NoteOffered,
    NoteRejected,
    NoteSecured,
    Phase,
    PrintDone,
    ScreenBack,
    ScreenGone,
    TimeUp,
    Touched,
    Visit,
    WriteFinished,
)
from kiosk.view.customer import customer_view
from kiosk.view.scene import Manner, Setting
from kiosk.virtual import sample_hall
from kiosk.virtual.write_ahead import WriteAheadWitness
from storage.law import law_of_the_house
from storage.records import NewRecord, Unit

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
TYPES = {0: 100, 1: 500, 2: 1000, 3: 2000, 4: 5000, 5: 10000}
CREDIT_FEN = 3000
LANGUAGES: tuple[Language, ...] = ("zh_CN", "en")
INTENTS = sorted({intent for _, intent in machine.TOUCHES})
REFUSALS = (
    "acceptor_down",
    "printer_out",
    "clock_wrong",
    "disk_full",
    "idle.closed",
    "out_of_service",
    "paying.unit_full",
)


def _card(card_no: str, customer_no: str, meter_no: str, region: int = sample_hall.REGION) -> bytes:
    return new_card(card_no=card_no, customer_no=customer_no, meter_no=meter_no, region=region)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder: Path = tmp_path_factory.mktemp("hall")
    config = load_config(str(sample_hall.write_hall(folder)))
    return House(
        moment=Moment(0.0, MORNING, ClockQuality.SYNCHRONISED),
        fresh_order_id="",
        cash_unit="A",
        tariffs=config.tariffs(),
        limits=replace(config.purchase_limits(), notes_max=4),
        denominations_fen=frozenset(TYPES.values()),
        card_s=60.0,
        choose_s=60.0,
        pay_s=60.0,
        confirm_s=60.0,
        reinsert_s=60.0,
        done_s=20.0,
        message_s=20.0,
        refuse_in_arrears=False,
        region=sample_hall.REGION,
        hall=HallFacts("城东燃气营业厅", "T01", "0571-96777", 48),
    )


SETTING = Setting(
    hall_name={"zh_CN": "城东燃气营业厅", "en": "East Town Gas Hall"},
    service_phone="0571-96777",
    opens="08:30",
    closes="17:30",
    now=MORNING,
    trading=True,
    tickets_possible=True,
    cash_places={"zh_CN": "1号窗口", "en": "Window 1"},
    notices=(),
    amounts_yuan=(50, 100),
    volumes_m3=(10, 20),
)


@dataclass
class World:
    """A hall without devices and without a disk, and what is physically true around it."""

    base: House
    visit: Visit = field(default_factory=Visit)
    records: dict[str, list[NewRecord]] = field(default_factory=lambda: defaultdict(list))
    keys: set[str] = field(default_factory=set)
    balances: dict[Unit, dict[str, int]] = field(default_factory=lambda: {unit: defaultdict(int) for unit in Unit})
    witness: WriteAheadWitness = field(default_factory=WriteAheadWitness)
    box_fen: int = CREDIT_FEN
    now: float = 0.0
    made: int = 0
    image: bytes = _card(sample_hall.CARD, sample_hall.CUSTOMER, sample_hall.METER)
    hers: bytes = _card(sample_hall.DEBTOR_CARD, sample_hall.DEBTOR, sample_hall.DEBTOR_METER)
    papers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        fen = self.balances[Unit.FEN]
        fen["cash_unit:A"], fen[f"owed:customer:{sample_hall.CUSTOMER}"] = CREDIT_FEN, -CREDIT_FEN

    def house(self, refusal: str, can_print: bool) -> House:
        moment = Moment(self.now, MORNING + timedelta(seconds=self.now), ClockQuality.SYNCHRONISED)
        count = None if self.made % 3 == 0 else self.made
        fresh = f"T01-20261123-{self.made:07d}"
        return replace(
            self.base,
            moment=moment,
            fresh_order_id=fresh,
            cash_refusal=refusal,
            can_print=can_print,
            stacked_count=count,
        )

    def happen(self, event: Event, house: House) -> tuple[Effect, ...]:
        before = self.visit
        step = machine.step(before, event, house)
        for effect in step.effects:
            self.witness.see(effect)
            if isinstance(effect, Append):
                self.commit(effect.records)
            elif isinstance(effect, PrintReceipt):
                self.papers.append(effect.job_id)
            elif isinstance(effect, WriteCard):
                assert effect.before == self.image or self.visit.card_inside
        self.visit = step.visit
        if before.order is not None and (
            self.visit.order is None or self.visit.order.order_id != before.order.order_id
        ):
            self.conclude(before.order.order_id)
        return step.effects

    def commit(self, records: tuple[NewRecord, ...]) -> None:
        for record in records:
            self.made += 1
            if record.key is not None:
                assert record.key not in self.keys, f"{record.key} is written twice"
                self.keys.add(record.key)
            self.records[record.subject].append(record)
            for posting in record.postings:
                self.balances[posting.unit][posting.account] += posting.amount

    def conclude(self, order_id: str) -> None:
        """What the hall does with an order that its visit has left."""
        order = self.order(order_id)
        assert order is not None
        if "intended" not in (order.printing or {}).values():
            self.commit(recovery.ending(order, self.base.tariffs[0]))

    def order(self, order_id: str) -> Order | None:
        return fold(self.records.get(order_id, []))

    def orders(self) -> list[Order]:
        return [order for order in map(self.order, list(self.records)) if order is not None]

    def holder(self, card_no: str) -> Holder:
        mine = card_no == sample_hall.CARD
        customer, meter = (sample_hall.CUSTOMERS[0 if mine else 1], sample_hall.METERS[0 if mine else 1])
        waiting = [
            order
            for order in self.orders()
            if order.card_no == card_no and (order.is_paid_not_written or order.state is OrderState.COLLECTING)
        ]
        verified = [o for o in self.orders() if o.card_no == card_no and o.sold_fen and o.state != "write_unknown"]
        return Holder(
            customer_no=customer.customer_no,
            name=customer.name,
            address=customer.address,
            kind="resident",
            meter_no=meter.meter_no,
            card_active=True,
            suspended=False,
            arrears_fen=customer.arrears_fen,
            safety_notice=customer.safety_notice,
            credit_fen=-self.balances[Unit.FEN][f"owed:customer:{customer.customer_no}"],
            used_m3_hundredths=meter.cycle_used_before_m3_hundredths,
            known_sequence=len(verified),
            open_order=waiting[0] if waiting else None,
        )

    # What must be so after each event

    def check(self, event: Event, effects: tuple[Effect, ...], house: House) -> None:
        assert self.witness.wrong == []
        law = law_of_the_house(self.balances)
        assert law.holds, law.breaches
        assert self.balances[Unit.FEN]["cash_unit:A"] == self.box_fen
        credited = [r for e in effects if isinstance(e, Append) for r in e.records if r.kind == "note.stacked"]
        assert not credited or isinstance(event, NoteSecured)
        order = self.visit.order
        if order is not None:
            assert self.order(order.order_id) == order
            assert order.held_fen >= 0
        for old in self.orders():
            if old.state is OrderState.CLOSED:
                assert old.held_fen == 0
        for language in LANGUAGES:
            view = customer_view(self.visit, house, Manner(language=language), SETTING)
            assert view.title


Op = tuple[Any, ...]

TOUCH_ARGS = st.sampled_from(
    [
        {},
        {"value": 20},
        {"value": 50},
        {"value": 1},
        {"value": 9999},
        {"value": "x"},
        {"value": True},
        {"mode": "volume"},
    ]
)
OPS: st.SearchStrategy[Op] = st.one_of(
    *[st.tuples(st.just("expected"), st.integers(0, 7)) for _ in range(14)],
    st.tuples(st.just("touch"), st.sampled_from(INTENTS), TOUCH_ARGS),
    st.tuples(st.just("card"), st.sampled_from(["came", "went", "mine", "hers", "stale", "foreign", "meter"])),
    st.tuples(st.just("unusable"), st.sampled_from(list(CardProblem)), st.booleans()),
    st.tuples(st.just("write"), st.sampled_from(list(WriteOutcome)), st.booleans(), st.booleans()),
    st.tuples(st.just("offered"), st.sampled_from([*TYPES, 9]), st.booleans()),
    st.tuples(st.just("secured"), st.booleans()),
    st.tuples(st.just("note"), st.sampled_from(["back", "lost", "rejected"]), st.sampled_from(list(RefuseReason))),
    st.tuples(st.just("print"), st.sampled_from(["printed", "refused", "unknown"]), st.integers(0, 3)),
    st.tuples(st.just("stopped"), st.sampled_from(REFUSALS)),
    st.tuples(st.just("time"), st.just(0)),
    st.tuples(st.just("screen"), st.booleans()),
)


def _expected(world: World, choice: int) -> Op:
    """What would most likely happen next, so that the deeper phases are reached too."""
    phase = world.visit.phase
    table: dict[Phase, tuple[Op, ...]] = {
        Phase.IDLE: (("card", "came"), ("card", "meter")),
        Phase.READING: (("card", "mine"),),
        Phase.CARD: (("touch", "top_up", {}),),
        Phase.CHOOSE: (("touch", "amount", {"value": 20}), ("touch", "amount", {"value": 50})),
        Phase.QUOTE: (("touch", "pay", {}),),
        Phase.CONFIRM: (("touch", "confirm", {}),),
        Phase.CHOICE: (("touch", "buy_inserted", {}), ("touch", "slip", {}), ("touch", "go_on", {})),
        Phase.RESUME: (("touch", "confirm", {}),),
        Phase.WRITING: (("write", WriteOutcome.DONE, True, True), ("write", WriteOutcome.UNKNOWN, True, True)),
        Phase.REINSERT: (("card", "went"), ("card", "came")),
        Phase.REREADING: (("card", "mine"),),
        Phase.RECEIPT: (("print", "printed", 0),),
        Phase.DONE: (("card", "went"), ("time", 0)),
        Phase.MESSAGE: (("card", "went"), ("time", 0)),
        Phase.CARD_LEFT: (("card", "went"),),
    }
    ways: tuple[Op, ...] = table.get(phase, (("secured", False),))
    if phase is Phase.COLLECTING and world.visit.order is not None and world.visit.order.note_in_flight is None:
        ways = (
            ("offered", 3, True),
            ("offered", 4, True),
            ("offered", 0, True),
            ("touch", "cancel", {}),
            ("card", "went"),
        )
    return ways[choice % len(ways)]


def _event(world: World, op: Op) -> Event | None:
    """The event that an operation stands for in this world; `None` where the world makes it impossible."""
    visit = world.visit
    match op:
        case ("expected", choice):
            return _event(world, _expected(world, choice))
        case ("touch", intent, args):
            return Touched(intent, args)
        case ("card", "came"):
            return CardCame()
        case ("card", "went"):
            return CardWent()
        case ("card", "meter"):
            world.image = _into_meter(world.image)
            return None
        case ("card", which):
            return _identified(world, which)
        case ("unusable", problem, right):
            return CardNotUsable(visit.token if right else "old", problem)
        case ("write", outcome, right, holds):
            return _written(world, outcome, right, holds)
        case ("offered", note_type, known):
            return NoteOffered(note_type, TYPES.get(note_type) if known else None)
        case ("secured", recovered):
            return _secured(world, recovered)
        case ("note", "back", _):
            return NoteGivenBack(None)
        case ("note", "lost", _):
            return NoteLost("E-NA-10")
        case ("note", "rejected", reason):
            return NoteRejected(reason)
        case ("print", outcome, back):
            job = world.papers[-1 - back] if back < len(world.papers) else "ticket/x"
            return PrintDone(job, outcome, "process_id", "")
        case ("stopped", why):
            return CashStopped(why)
        case ("screen", present):
            return ScreenBack() if present else ScreenGone()
    return TimeUp()


def _identified(world: World, which: str) -> Event:
    image = {
        "mine": world.image,
        "hers": world.hers,
        "stale": with_purchase(world.image, volume_m3_hundredths=500, sold_on=MORNING.date()),
        "foreign": _card(sample_hall.CARD, sample_hall.CUSTOMER, sample_hall.METER, region=7),
    }[which]
    card = decode(image)
    return CardIdentified(world.visit.token, card, image, world.holder(card.card_no))


def _into_meter(image: bytes) -> bytes:
    report = MeterReport(decode(image).purchase.sequence, 100, 2000, False, False, False, False, MORNING.date())
    return with_meter_report(image, report)


def _written(world: World, outcome: WriteOutcome, right: bool, holds: bool) -> Event | None:
    order = world.visit.order
    if world.visit.phase is not Phase.WRITING or order is None or order.write is None:
        return WriteFinished("old", outcome, None, "")
    if not right:
        return WriteFinished("old", outcome, None, "")
    if outcome is WriteOutcome.DONE or (outcome is WriteOutcome.UNKNOWN and holds):
        if order.card_no != sample_hall.CARD:
            world.hers = order.write.after
        else:
            world.image = order.write.after
    problem = None if outcome is WriteOutcome.DONE else CardProblem.PULLED
    return WriteFinished(world.visit.token, outcome, problem, "no answer")


def _secured(world: World, recovered: bool) -> Event | None:
    """The hall sends a visit only the notes of its own order, before the sale (`kiosk.hall.notes`)."""
    order = world.visit.order
    if order is None or order.state in (OrderState.WRITE_VERIFIED, OrderState.SETTLED, OrderState.CLOSED):
        return None
    for note_type, value in TYPES.items():
        note = matching(order, note_type, value)
        if note is not None:
            world.box_fen += value
            return NoteSecured(note_type, value, recovered)
    return None


@settings(max_examples=400, deadline=None)
@given(
    ops=st.lists(
        st.tuples(OPS, st.sampled_from(["", "", "", "", *REFUSALS]), st.sampled_from([True, True, True, False])),
        max_size=60,
    )
)
def test_no_order_of_events_loses_money_or_breaks_a_screen(house: House, ops: list[tuple[Op, str, bool]]) -> None:
    world = World(house)
    for op, refusal, can_print in ops:
        world.now += 1.0
        event = _event(world, op)
        if event is None:
            continue
        now = world.house(refusal, can_print)
        world.check(event, world.happen(event, now), now)
