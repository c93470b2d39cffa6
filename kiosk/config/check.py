"""What must agree across a configuration: each check sees the tables that are sound by themselves, and finds all that
it can.

Every function takes validated tables (`None` where a table itself is wrong) and yields (key, problem).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from drivers.escpos.profiles import PROFILES
from kiosk.config.schema import (
    Hall,
    Limits,
    NoteAcceptor,
    NoticeRow,
    Presets,
    Printer,
    ServiceRow,
    TariffRow,
    WindowRow,
)

Finding = tuple[str, str]
Row = TypeVar("Row")
Numbered = Sequence[tuple[int, Row]]
"""Sound rows of an array with their place in the file, counted from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What was sound by itself. `today` is `None` if nothing shall be said about what is in force."""

    hall: Hall | None
    note_acceptor: NoteAcceptor | None
    receipt_printer: Printer | None
    ticket_dispenser: Printer | None
    limits: Limits | None
    presets: Presets | None
    tariff: Numbered[TariffRow]
    notice: Numbered[NoticeRow]
    service: Numbered[ServiceRow]
    window: Numbered[WindowRow]
    today: date | None


def hours(tables: Tables) -> Iterator[Finding]:
    hall = tables.hall
    if hall is None:
        return
    if hall.closes <= hall.opens:
        yield (
            "hall.closes",
            f"must be later than hall.opens ({hall.opens:%H:%M}), the same day; found {hall.closes:%H:%M}",
        )
    if hall.opens.hour * 60 + hall.opens.minute < hall.check_minutes_before:
        yield "hall.check_minutes_before", "must not reach back to the day before opening"


def ports(tables: Tables) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    devices = {
        "note_acceptor": tables.note_acceptor,
        "receipt_printer": tables.receipt_printer,
        "ticket_dispenser": tables.ticket_dispenser,
    }
    for name, device in devices.items():
        if device is None:
            continue
        owner = owners.setdefault(device.port, name)
        if owner != name:
            yield f"{name}.port", f"{device.port} is already the port of [{owner}]; two devices cannot share one port"


def printers(tables: Tables) -> Iterator[Finding]:
    """The profile is a name of `drivers.escpos.profiles`, so a printer is never driven by guess."""
    for name, printer in (("receipt_printer", tables.receipt_printer), ("ticket_dispenser", tables.ticket_dispenser)):
        if printer is not None and printer.profile not in ("default", *PROFILES):
            allowed = ", ".join(("default", *sorted(PROFILES)))
            yield f"{name}.profile", f'there is no printer profile "{printer.profile}"; allowed: {allowed}'


def limits(tables: Tables) -> Iterator[Finding]:
    allowed = tables.limits
    if allowed is None:
        return
    if allowed.per_visit_m3_max > allowed.card_capacity_m3_max:
        yield (
            "limits.per_visit_m3_max",
            f"must be at most limits.card_capacity_m3_max ({allowed.card_capacity_m3_max}); "
            f"found {allowed.per_visit_m3_max}",
        )
    acceptor = tables.note_acceptor
    if acceptor is not None and allowed.notes_max > acceptor.capacity_notes:
        yield (
            "limits.notes_max",
            f"must be at most note_acceptor.capacity_notes ({acceptor.capacity_notes}); found {allowed.notes_max}",
        )
    if acceptor is None:
        return
    smallest = min(acceptor.denominations_yuan)
    if smallest > allowed.per_visit_yuan_max:
        yield "limits.per_visit_yuan_max", f"must allow the smallest note that is taken ({smallest} yuan)"
    if smallest > allowed.overpay_yuan_max:
        yield (
            "limits.overpay_yuan_max",
            f"must be at least the smallest note that is taken ({smallest}), or a rest could not be paid; "
            f"found {allowed.overpay_yuan_max}",
        )


def presets(tables: Tables) -> Iterator[Finding]:
    offered, allowed = tables.presets, tables.limits
    if offered is None or allowed is None:
        return
    for place, amount in enumerate(offered.amounts_yuan, start=1):
        if amount > allowed.per_visit_yuan_max:
            most = allowed.per_visit_yuan_max
            yield (
                f"presets.amounts_yuan[{place}]",
                f"must be at most limits.per_visit_yuan_max ({most}); found {amount}",
            )
    for place, volume in enumerate(offered.volumes_m3, start=1):
        if volume > allowed.per_visit_m3_max:
            most = allowed.per_visit_m3_max
            yield f"presets.volumes_m3[{place}]", f"must be at most limits.per_visit_m3_max ({most}); found {volume}"


def tiers(tables: Tables) -> Iterator[Finding]:
    for place, tariff in tables.tariff:
        below = 0
        for number, tier in enumerate(tariff.tiers, start=1):
            key = f"tariff[{place}].tiers[{number}].upto_m3"
            last = number == len(tariff.tiers)
            if tier.upto_m3 is None:
                if not last:
                    yield key, "is missing; only the last tier has no end"
                continue
            if last:
                yield key, f"must be left out: the last tier of {tariff.id} has no end; found {tier.upto_m3}"
            if tier.upto_m3 <= below:
                yield key, f"must be more than the tier before it ({below}); found {tier.upto_m3}"
            below = max(below, tier.upto_m3)


def tariffs(tables: Tables) -> Iterator[Finding]:
    begins: dict[tuple[str, date], int] = {}
    for place, tariff in tables.tariff:
        first = begins.setdefault((tariff.kind, tariff.valid_from), place)
        if first != place:
            yield (
                f"tariff[{place}].valid_from",
                f"tariff[{first}] is for {tariff.kind} from the same day ({tariff.valid_from}); only one can hold",
            )
    if tables.today is None:
        return
    for kind in dict.fromkeys(tariff.kind for _, tariff in tables.tariff):
        of_kind = [(place, tariff) for place, tariff in tables.tariff if tariff.kind == kind]
        if all(tariff.valid_from > tables.today for _, tariff in of_kind):
            place, earliest = min(of_kind, key=lambda pair: pair[1].valid_from)
            yield (
                f"tariff[{place}].valid_from",
                f"no tariff for {kind} is in force today ({tables.today}); "
                f"the earliest begins on {earliest.valid_from}",
            )


def notices(tables: Tables) -> Iterator[Finding]:
    for place, notice in tables.notice:
        if notice.valid_to < notice.valid_from:
            yield (
                f"notice[{place}].valid_to",
                f"must not be before valid_from ({notice.valid_from}); found {notice.valid_to}",
            )


def _repeated(table: str, key: str, rows: Numbered[Row], value_of: Callable[[Row], str]) -> Iterator[Finding]:
    owners: dict[str, int] = {}
    for place, row in rows:
        value = value_of(row)
        owner = owners.setdefault(value, place)
        if owner != place:
            yield f"{table}[{place}].{key}", f'"{value}" already belongs to {table}[{owner}]; each needs its own'


def names(tables: Tables) -> Iterator[Finding]:
    yield from _repeated("tariff", "id", tables.tariff, lambda row: row.id)
    yield from _repeated("service", "id", tables.service, lambda row: row.id)
    yield from _repeated("service", "prefix", tables.service, lambda row: row.prefix)
    yield from _repeated("window", "id", tables.window, lambda row: row.id)


CHECKS = (hours, ports, printers, limits, presets, tiers, tariffs, notices, names)


def check(tables: Tables) -> tuple[Finding, ...]:
    """All that does not agree, in the order of `CHECKS`."""
    return tuple(finding for each in CHECKS for finding in each(tables))
