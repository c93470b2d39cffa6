"""A hall with a clerk at the counter: the day's machine over a journal whose records are sealed and read back."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, timezone

import pytest

from devices.printing import PaperSupply, PrintFinished, PrintOutcome, Proof
from devices.status import CheckLevel, HealthReport
from kiosk.day.checks import Supplies
from kiosk.day.events import Answer, DayCommand, DayEvent, DevicesChecked, HallStarted, House, Step, Tick
from kiosk.day.machine import lookup, step
from kiosk.day.schedule import Plan
from kiosk.day.state import DayState, business_date, fold, z_key
from kiosk.day.totals import DayTotals, day_totals
from kiosk.effects import Append, CheckDevices, Effect, PrintReceipt
from kiosk.moment import ClockQuality, Moment
from storage.canonical import genesis_hash, seal, unseal
from storage.records import Json, NewRecord, Posting, Record, Stamp, Unit

CHINA = timezone(timedelta(hours=8))

PLAN = Plan(
    hall_name_zh="城东营业厅",
    terminal="k1",
    opens=time(8, 30),
    closes=time(17, 30),
    check_minutes_before=10,
    open_weekdays=(1, 2, 3, 4, 5, 6, 7),
    cash_unit="1",
    denominations_fen=(100, 500, 1000, 2000, 5000, 10000),
    capacity_notes=1000,
    disk_free_mib_min=256,
)
SUPPLIES = Supplies(PaperSupply.FULL, PaperSupply.FULL, 0, 10_000)
DEVICES = ("note_acceptor", "card_reader", "receipt_printer", "ticket_dispenser")


@dataclass
class Desk:
    """Does what the hall does around a step: looks up, commits, takes the state; never decides."""

    moment: Moment
    plan: Plan = PLAN
    state: DayState = field(default_factory=DayState)
    journal: list[Record] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    supplies: Supplies = SUPPLIES
    visit_open: bool = False
    broken: frozenset[str] = frozenset()
    silent: bool = False
    """The devices never answer a check."""

    def at(self, wall: str, quality: ClockQuality = ClockQuality.SYNCHRONISED) -> None:
        """The wall clock shows this now; the monotonic clock goes on by a second, whatever the wall clock does."""
        self.moment = Moment(self.moment.mono_s + 1, datetime.fromisoformat(wall).replace(tzinfo=CHINA), quality)

    def wait(self, seconds: float) -> None:
        self.moment = replace(
            self.moment, mono_s=self.moment.mono_s + seconds, wall=self.moment.wall + timedelta(seconds=seconds)
        )

    def balance(self, account: str) -> int:
        sums: defaultdict[str, int] = defaultdict(int)
        for record in self.journal:
            for posting in record.postings:
                sums[posting.account] += posting.amount
        return sums[account]

    def totals(self) -> DayTotals:
        return day_totals(business_date(self.state, self.moment), self.journal)

    def house(self, event: DayEvent) -> House:
        wanted = lookup(self.state, event, self.moment)
        stored = [each for each in self.journal if wanted.z_number and each.key == z_key(wanted.z_number)]
        return House(
            moment=self.moment,
            plan=self.plan,
            supplies=self.supplies,
            expected_fen=self.balance(f"cash_unit:{self.plan.cash_unit}"),
            unconfirmed_fen=self.balance(f"cash_unit_unconfirmed:{self.plan.cash_unit}"),
            visit_open=self.visit_open,
            totals=None if wanted.totals_of is None else day_totals(wanted.totals_of, self.journal),
            stored_z=stored[0].body if stored else None,
        )

    def happen(self, event: DayEvent) -> Step:
        taken = step(self.state, event, self.house(event))
        stamp_date = business_date(self.state, self.moment)
        for effect in taken.effects:
            if isinstance(effect, Append):
                self.append(effect.records, stamp_date)
        self.state = taken.state
        self.effects += taken.effects
        return taken

    def append(self, records: tuple[NewRecord, ...], stamp_date: str | None = None) -> None:
        wall_us = int(self.moment.wall.timestamp() * 1_000_000)
        date = stamp_date or business_date(self.state, self.moment)
        stamp = Stamp(date, "boot-1", int(self.moment.mono_s * 1e9), wall_us, self.moment.quality.value, "hall")
        for new in records:
            taken = {record.key for record in self.journal if record.key is not None}
            assert new.key not in taken, f"the key {new.key} exists already"
            head = self.journal[-1].hash if self.journal else genesis_hash("k1")
            sealed, record = seal(new, stamp, len(self.journal) + 1, head)
            self.journal.append(unseal(sealed, record.hash))

    def ask(self, name: str, **args: Json) -> Answer:
        answer = self.happen(DayCommand(name, args, "clerk:wang")).answer
        assert answer is not None
        return answer

    def do(self, name: str, **args: Json) -> Mapping[str, Json]:
        """A command that must be done."""
        answer = self.ask(name, **args)
        assert answer.done, f"{name} was refused: {answer.reason}"
        return answer.data

    def refusal(self, name: str, **args: Json) -> str:
        answer = self.ask(name, **args)
        assert not answer.done, f"{name} was done"
        return answer.reason

    def count(self, **notes: int) -> Mapping[str, Json]:
        """count(y100=3, y50=1): notes by their value in yuan."""
        return self.do("count", counts={str(int(name[1:]) * 100): number for name, number in notes.items()})

    def tick(self) -> CheckDevices | None:
        """One tick of the timed loop; if it asks for a check, the devices answer at once."""
        effects = self.happen(Tick()).effects
        asked = next((effect for effect in effects if isinstance(effect, CheckDevices)), None)
        if asked is not None and not self.silent:
            self.happen(DevicesChecked(asked.token, self.reports(asked.level)))
        return asked

    def reports(self, level: CheckLevel = CheckLevel.INTERNAL) -> tuple[HealthReport, ...]:
        return tuple(
            HealthReport(name, level, name not in self.broken, "jammed" if name in self.broken else "ready")
            for name in DEVICES
        )

    def printed(self, outcome: PrintOutcome = PrintOutcome.PRINTED) -> None:
        """Every open paper comes to its end."""
        for job_id, _ in self.state.papers_open:
            self.happen(PrintFinished(job_id, outcome, Proof.PROCESS_ID, cut=True))

    def papers(self) -> list[PrintReceipt]:
        return [effect for effect in self.effects if isinstance(effect, PrintReceipt)]

    def found(self, kind: str) -> list[Record]:
        return [record for record in self.journal if record.kind == kind]

    def restart(self) -> None:
        """Power cut and start: all that is left is the journal."""
        self.state = fold(self.journal)
        self.happen(HallStarted())

    def sell(self, order: str, amount_fen: int, *notes_fen: int, tier: int = 1) -> None:
        """A visit as the ledger sees it: notes in, gas sold, the rest to the customer's credit."""
        account = f"order:{order}"
        records = [
            NewRecord(
                "note.stacked",
                order,
                {},
                (Posting("cash_unit:1", Unit.FEN, note_fen), Posting(account, Unit.FEN, -note_fen)),
            )
            for note_fen in notes_fen
        ]
        volume = amount_fen * 100 // 240
        records.append(
            NewRecord(
                "card.write_verified",
                order,
                {},
                (
                    Posting(account, Unit.FEN, amount_fen),
                    Posting(f"sales:resident:{tier}", Unit.FEN, -amount_fen),
                    Posting(f"gas_sold:resident:{tier}", Unit.M3_HUNDREDTHS, -volume),
                    Posting("gas_on_card:1001", Unit.M3_HUNDREDTHS, volume),
                ),
            )
        )
        rest_fen = sum(notes_fen) - amount_fen
        if rest_fen:
            rest = (Posting(account, Unit.FEN, rest_fen), Posting("owed:customer:88", Unit.FEN, -rest_fen))
            records.append(NewRecord("order.settled", order, {}, rest))
        self.append(tuple(records))

    def opened(self) -> "Desk":
        self.at("2026-06-01T08:20:00")
        self.tick()
        self.at("2026-06-01T08:30:00")
        self.do("open")
        return self

    def ended(self) -> "Desk":
        self.opened()
        self.sell("o1", 14_880, 10_000, 5_000)
        self.at("2026-06-01T17:30:00")
        self.do("end")
        return self

    def recounting(self) -> "Desk":
        self.ended()
        self.count(y100=1)
        return self

    def counted(self) -> "Desk":
        self.ended()
        self.count(y100=1, y50=1)
        return self

    def closed(self) -> "Desk":
        self.counted()
        self.do("close")
        self.printed()
        return self


@pytest.fixture
def desk() -> Desk:
    return Desk(Moment(1000.0, datetime(2026, 6, 1, 7, 0, tzinfo=CHINA), ClockQuality.SYNCHRONISED))


@pytest.fixture(scope="session")
def make_desk() -> Callable[[], Desk]:
    """A fresh hall for each example of a property."""
    return lambda: Desk(Moment(1000.0, datetime(2026, 6, 1, 7, 0, tzinfo=CHINA), ClockQuality.SYNCHRONISED))
