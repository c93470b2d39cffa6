"""What is looked at before opening and after close (H20, H21), and what of it stands against opening."""

from collections.abc import Sequence
from dataclasses import dataclass

from devices.printing import PaperSupply
from devices.status import HealthReport
from kiosk.day.schedule import Plan
from kiosk.day.state import ASKED, Checking, Hindrance, check_key
from kiosk.moment import ClockQuality, Moment
from storage.records import Json, NewRecord

CASH_UNIT_ROOM_LOW_NOTES = 100
"""With less room than this the cash unit may fill up during the day."""


@dataclass(frozen=True, slots=True)
class Supplies:
    """What a check looks at besides the devices' own health. `notes_in_unit` is `None` where nobody knows it."""

    receipt_paper: PaperSupply
    ticket_paper: PaperSupply
    notes_in_unit: int | None
    disk_free_mib: int


def standing_against(supplies: Supplies, plan: Plan, moment: Moment) -> tuple[Hindrance, ...]:
    """What can be seen at any time, without a check."""
    found: list[Hindrance] = []
    if moment.quality is ClockQuality.IMPLAUSIBLE:
        found.append(Hindrance("clock_implausible", f"{moment.wall:%Y-%m-%d %H:%M}", blocks=True))
    if supplies.disk_free_mib < plan.disk_free_mib_min:
        found.append(Hindrance("disk_low", f"{supplies.disk_free_mib} MiB < {plan.disk_free_mib_min} MiB", blocks=True))
    for name, supply in (("receipt_paper", supplies.receipt_paper), ("ticket_paper", supplies.ticket_paper)):
        if supply is not PaperSupply.FULL:
            found.append(Hindrance(f"{name}_{supply.value}", "", blocks=False))
    if supplies.notes_in_unit is None:
        found.append(Hindrance("cash_unit_unknown", plan.cash_unit, blocks=False))
    else:
        room = plan.capacity_notes - supplies.notes_in_unit
        if room <= 0:
            found.append(Hindrance("cash_unit_full", str(room), blocks=False))
        elif room < CASH_UNIT_ROOM_LOW_NOTES:
            found.append(Hindrance("cash_unit_nearly_full", str(room), blocks=False))
    return tuple(found)


def check_records(
    checking: Checking, reports: Sequence[HealthReport], supplies: Supplies, plan: Plan, moment: Moment
) -> tuple[NewRecord, ...]:
    """One record for each device (H65), and the summary, whose key lets a scheduled check be recorded once and never
    again."""
    hindrances = [
        Hindrance("device_failed", f"{report.device}: {report.text}", blocks=False)
        for report in reports
        if not report.ok
    ]
    if not reports:
        hindrances.append(Hindrance("no_device_answered", "", blocks=False))
    hindrances += standing_against(supplies, plan, moment)
    each = tuple(
        NewRecord(
            "device.checked",
            report.device,
            {
                "check": checking.check,
                "date": checking.date,
                "level": report.level.value,
                "ok": report.ok,
                "text": report.text,
                "fault": None if report.fault is None else report.fault.code,
                "action": None if report.fault is None else report.fault.action.value,
            },
        )
        for report in reports
    )
    body: dict[str, Json] = {
        "check": checking.check,
        "due": checking.due.isoformat(timespec="seconds"),
        "at": moment.wall.isoformat(timespec="seconds"),
        "late": checking.late_s > 0,
        "late_s": checking.late_s,
        "devices": [[report.device, report.ok] for report in reports],
        "receipt_paper": supplies.receipt_paper.value,
        "ticket_paper": supplies.ticket_paper.value,
        "cash_unit_room_notes": None
        if supplies.notes_in_unit is None
        else plan.capacity_notes - supplies.notes_in_unit,
        "disk_free_mib": supplies.disk_free_mib,
        "clock": moment.quality.value,
        "hindrances": [{"code": one.code, "detail": one.detail, "blocks": one.blocks} for one in hindrances],
        "signed_by": checking.who,
        "countersigned_by": None,
    }
    key = None if checking.check == ASKED else check_key(checking.date, checking.check)
    return (*each, NewRecord("day.checked", checking.date, body, key=key))
