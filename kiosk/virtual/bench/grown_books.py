"""Books as they are after most of a year: a day of a busy terminal, as the hall itself writes it, once for every day.

One day is played in the model hall and its records are taken as they were committed; every other day is the same
day with other dates, another customer and the next Z report. The records go through `Journal.append`, so chain,
checkpoints, indexes and postings are those of a real hall. The file is kept beside the results, under a name that
changes with what the hall writes.
"""

import json
import shutil
import tempfile
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from drivers.sim.card_model import Chip
from kiosk.virtual import sample_hall
from kiosk.virtual.bench.setting import Setting
from kiosk.virtual.model import OPENING, ModelHall
from storage.database import HallDatabase, open_database
from storage.journal import Journal
from storage.migrations import SCHEMA_VERSION
from storage.records import NewRecord, Posting, Record, Stamp, Unit
from storage.registers import CardHolder, CardState, Customer, CustomerKind, Inlet, Meter, Registers

LAST_DAY = date(2026, 11, 20)
"""Before today, whenever that is: records of the future would make the clock look wrong."""
NOTES_YUAN = (50, 20, 20, 10)
_CLERK = "clerk:001"
_GROUP = 20
"""Records in one commit: about one visit. A tenth of the real number of commits, which no start can see."""


def grown_books(setting: Setting, rows: int, visits: int = 20) -> Path:
    """A closed database of the sample hall with at least `rows` records in whole days of `visits` purchases."""
    day = _model_day(visits)
    fingerprint = sha256("".join(_text(record) for record in day).encode()).hexdigest()[:8]
    path = setting.out / f"books-{rows}-{SCHEMA_VERSION}-{fingerprint}.sqlite3"
    if path.exists():
        return path
    for old in setting.out.glob(f"books-{rows}-*"):
        old.unlink()
    setting.say(f"  writing books of {rows} records; they are kept for the next time")
    with setting.folder() as folder:
        unfinished = folder / path.name
        with open_database(unfinished, terminal_id=sample_hall.TERMINAL) as database:
            _write(setting, database, day, rows)
        shutil.move(unfinished, path)
    return path


def _write(setting: Setting, database: HallDatabase, day: list[Record], rows: int) -> None:
    days = -(-rows // len(day))
    registers, journal = Registers(database), Journal(database)
    registers.put(*sample_hall.CUSTOMERS, *sample_hall.METERS, *sample_hall.CARDS, wall_us=0)
    for number in range(days):
        setting.progress("days", number, days)
        registers.put(*_household(number), wall_us=0)
        records = [_moved(record, number, LAST_DAY - timedelta(days=days - 1 - number)) for record in day]
        for start in range(0, len(records), _GROUP):
            group = records[start : start + _GROUP]
            journal.append([new for new, _ in group], group[0][1])


def _numbers(day: int) -> tuple[str, str, str]:
    """Card, customer and meter that this day's purchases are for."""
    return f"{20000 + day:08d}", f"{2000000000 + day}", f"{202700000000 + day}"


def _household(day: int) -> tuple[Customer, Meter, CardHolder]:
    card_no, customer_no, meter_no = _numbers(day)
    return (
        Customer(customer_no, "李小红", f"和平路{day}号", "13800009999", CustomerKind.RESIDENT, 3, 0, "", False),
        Meter(meter_no, customer_no, "G2.5", Inlet.LEFT, date(2024, 5, 1), 0),
        CardHolder(card_no, customer_no, meter_no, CardState.ACTIVE, 0),
    )


def _moved(record: Record, number: int, to: date) -> tuple[NewRecord, Stamp]:
    """The record as it would be on another day."""
    card_no, customer_no, meter_no = _numbers(number)
    text = _text(record)
    for old, new in (
        (OPENING.date().isoformat(), to.isoformat()),
        (f"{OPENING:%Y%m%d}", f"{to:%Y%m%d}"),
        (sample_hall.CARD, card_no),
        (sample_hall.CUSTOMER, customer_no),
        (sample_hall.METER, meter_no),
        ('"z:1"', f'"z:{number + 1}"'),
        ("z-report-1", f"z-report-{number + 1}"),
    ):
        text = text.replace(old, new)
    kind, subject, key, body, postings = json.loads(text)
    if kind == "day.closed":
        body["number"] = body["report"]["number"] = number + 1
    shift_us = int((to - OPENING.date()).total_seconds()) * 1_000_000
    stamp = Stamp(
        to.isoformat(),
        f"boot-{number + 1}",
        record.stamp.mono_ns,
        record.stamp.wall_us + shift_us,
        record.stamp.clock_quality,
        record.stamp.who,
    )
    posted = tuple(Posting(account, Unit(unit), amount) for account, unit, amount in postings)
    return NewRecord(kind, subject, body, posted, key), stamp


def _text(record: Record) -> str:
    postings = [[posting.account, posting.unit.value, posting.amount] for posting in record.postings]
    return json.dumps([record.kind, record.subject, record.key, record.body, postings], ensure_ascii=False)


def _model_day(visits: int) -> list[Record]:
    """From the hall's start to the printed Z report and the closing check."""
    with tempfile.TemporaryDirectory(prefix="gashall-day-") as folder:
        hall = ModelHall(Path(folder))
        try:
            hall.boot()
            hall.run(8.0)
            _staff(hall, "day.open")
            chip = hall.new_card()
            for _ in range(visits):
                buy_in_model(hall, chip)
                hall.put_into_meter(chip)
            _staff(hall, "day.end")
            counts = {str(100 * yuan): visits * NOTES_YUAN.count(yuan) for yuan in set(NOTES_YUAN)}
            _staff(hall, "day.count", counts=counts)
            _staff(hall, "day.close")
            hall.run(20.0)
            assert hall.database is not None
            return list(Journal(hall.database).records())
        finally:
            hall.close()


def _staff(hall: ModelHall, name: str, **args: Any) -> None:
    reply = hall.staff(name, who=_CLERK, **args)
    assert reply.accepted, reply


def buy_in_model(hall: ModelHall, chip: Chip) -> None:
    """One purchase, from putting the card in to the idle screen."""
    hall.insert_card(chip)
    _see(hall, "card")
    hall.touch("top_up")
    hall.touch("amount", value=sum(NOTES_YUAN))
    hall.touch("pay")
    _see(hall, "paying")
    for yuan in NOTES_YUAN:
        hall.run(1.0)
        wanted = len(hall.acceptor_model.box) + 1
        hall.machine(f"insert {yuan}")
        hall.run_until(partial(_holds, hall, wanted))
    _see(hall, "confirm")
    papers = len(hall.receipts)
    hall.touch("confirm")
    _see(hall, "done")
    hall.run_until(lambda: len(hall.receipts) > papers)
    hall.pull_card()
    hall.machine("take", "receipt_printer")
    _see(hall, "idle")


def _see(hall: ModelHall, screen: str) -> None:
    hall.run_until(lambda: bool(hall.customer.screen == screen))


def _holds(hall: ModelHall, notes: int) -> bool:
    return len(hall.acceptor_model.box) >= notes
