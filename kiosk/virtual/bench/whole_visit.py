"""How much longer a visit takes than its devices need: a purchase from the card's going in until card and receipt
can be taken.

The customer needs no time: every touch comes with the screen, every note as soon as the acceptor takes it. What the
devices need is what they told in the same visit (`kiosk.virtual.bench.own_time`).
"""

from kiosk.virtual.bench.own_time import acceptor_waits, acceptor_work, covered_s, printer_work, reader_work
from kiosk.virtual.bench.row import Row, percentile, summary
from kiosk.virtual.bench.setting import Setting
from kiosk.virtual.bench.timed_hall import TimedHall
from kiosk.virtual.bench.visit import buy, meet_meter
from kiosk.virtual.hall import Visitor

NOTES_YUAN = (50, 20, 20, 10)
GOAL = 0.05


def measure(setting: Setting) -> list[Row]:
    visits = setting.amount(5, 1)
    notes = NOTES_YUAN if not setting.quick else NOTES_YUAN[:1]
    times, kinds = [], []
    with setting.folder() as folder, TimedHall(folder, timeouts={"done_s": 3}) as hall:
        hall.start_devices()
        hall.start_hall()
        hall.wait_ready()
        hall.open_day()
        visitor = Visitor(hall.socket)
        try:
            card = hall.new_card("bench")
            for visit in range(visits):
                if visit:
                    meet_meter(hall, card)
                times.append(buy(hall, visitor, card, notes))
                setting.progress("visits", visit + 1, visits)
        finally:
            visitor.leave()
        acceptor = list(hall.devices["note-acceptor"].events)
        work = {
            "note acceptor": acceptor_work(acceptor),
            "card reader": reader_work(hall.devices["card-reader"].events),
            "receipt printer": printer_work(hall.devices["receipt-printer"].events),
        }
        waits = acceptor_waits(acceptor)
        violations = hall.violations()
    walls, works, owns = [], [], []
    everything = [stretch for stretches in work.values() for stretch in stretches]
    for one in times:
        span = (one.card_in_s, one.sold_s)
        walls.append(one.sold_s - one.card_in_s)
        works.append(covered_s(everything, *span))
        owns.append(covered_s(everything + waits, *span))
        kinds.append({name: round(covered_s(stretches, *span), 3) for name, stretches in work.items()})
    added = [wall - own for wall, own in zip(walls, owns, strict=True)]
    added_strictly = [wall - work for wall, work in zip(walls, works, strict=True)]
    shares = [100 * more / own for more, own in zip(added, owns, strict=True)]
    strict = [100 * more / work for more, work in zip(added_strictly, works, strict=True)]
    middle = percentile(shares, 0.5)
    detail = {
        "share_percent": summary(shares),
        "added_s": summary(added),
        "visit_s": summary(walls),
        "own_s": summary(owns),
        "work_of_each_s": kinds[0],
        "notes": len(notes),
        "violations": violations,
    }
    alone = percentile(owns, 0.5)
    return [
        Row(
            "whole visit, added to the devices' own time",
            percentile(added, 0.5),
            "s",
            "devices alone, with prescribed waits",
            alone,
            "≤ 5 %",
            middle <= 100 * GOAL,
            detail,
        ),
        Row(
            "whole visit, prescribed waits counted too",
            percentile(added_strictly, 0.5),
            "s",
            "devices alone, no waits",
            percentile(works, 0.5),
            detail={"share_percent": summary(strict)},
        ),
    ]
