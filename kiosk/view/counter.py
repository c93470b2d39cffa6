"""The counter's screen: the day, the devices with what to do about them, what waits for a person. No revenue (H07)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from devices.status import Action, DeviceStatus, Fault
from kiosk.day.state import CheckDone, DayState, Phase
from kiosk.messages import Language, fault_text, has, text
from kiosk.messages.units import clock, day, money
from kiosk.topup.order import NoteState, Order, OrderState
from kiosk.view.shapes import Button, CounterView, DeviceLine, Row, Tone
from ticketing.line import Line

_LANGUAGE: Language = "zh_CN"


@dataclass(frozen=True, slots=True)
class DeviceFact:
    device: str
    status: DeviceStatus
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class CounterScene:
    """All that the counter's screen is drawn from."""

    hall_name: str
    now: datetime
    business_date: str
    state: DayState
    devices: Sequence[DeviceFact]
    kiosk_busy: bool
    clerk_called: bool
    cash_refusal: str
    orders: Sequence[Order]
    line: Line
    denominations_fen: tuple[int, ...]
    storage_error: str = ""
    refusal: str = ""
    """Why the counter's newest command was refused: a code of `kiosk.day`, or a sentence."""


def counter_view(scene: CounterScene) -> CounterView:
    """Pure."""
    message, tone = _message(scene)
    counting = scene.state.phase in (Phase.ENDED, Phase.RECOUNT)
    return CounterView(
        title=scene.hall_name,
        business_date=scene.business_date,
        day_state=text(_DAY_STATES[scene.state.phase], _LANGUAGE),
        clock_text=f"{day(scene.now.date(), _LANGUAGE)} {clock(scene.now)}",
        devices=tuple(_device(fact) for fact in scene.devices),
        session=(_session(scene),),
        queue=tuple(_queue(scene)),
        checks=tuple(_checks(scene.state.opening_check)),
        open_matters=tuple(_matter(order, scene.now) for order in scene.orders if _is_open(order)),
        count_denominations_fen=scene.denominations_fen if counting else (),
        message=message,
        message_tone=tone,
        buttons=tuple(_buttons(scene.state, clerk_called=scene.clerk_called)),
    )


_DAY_STATES: Mapping[Phase, str] = {
    Phase.CLOSED: "day.not_open",
    Phase.OPEN: "day.open",
    Phase.ENDED: "day.ended",
    Phase.RECOUNT: "day.ended",
    Phase.COUNTED: "day.counted",
}


def _message(scene: CounterScene) -> tuple[str, Tone]:
    if scene.storage_error:
        return scene.storage_error, "bad"
    if scene.refusal:
        code = f"day.refused.{scene.refusal}"
        return text(code, _LANGUAGE) if has(code) else scene.refusal, "bad"
    if scene.clerk_called:
        return text("counter.clerk_wanted", _LANGUAGE), "warn"
    if scene.state.phase is Phase.RECOUNT:
        return text("day.count.recount", _LANGUAGE), "warn"
    if scene.state.phase is Phase.ENDED:
        return text("day.count.blind", _LANGUAGE), "normal"
    if scene.state.phase is Phase.COUNTED and scene.state.difference_fen:
        return text("day.count.reason", _LANGUAGE, amount=money(scene.state.difference_fen, _LANGUAGE)), "warn"
    return "", "normal"


def _device(fact: DeviceFact) -> DeviceLine:
    good = fact.fault is None and fact.status in (DeviceStatus.ONLINE, DeviceStatus.DEVICE_BUSY)
    action = fact.fault.action if fact.fault else Action.NONE
    return DeviceLine(
        device=fact.device,
        name=text(f"device.{fact.device}", _LANGUAGE),
        status=text(f"status.{fact.status.value}", _LANGUAGE),
        tone="good" if good else "warn" if fact.status is DeviceStatus.STARTING else "bad",
        fault=f"{fact.fault.code} {fault_text(fact.fault.code, _LANGUAGE)}" if fact.fault else "",
        what_to_do=text(f"action.{action.value}", _LANGUAGE) if fact.fault else "",
    )


def _session(scene: CounterScene) -> Row:
    busy = "counter.kiosk_session" if scene.kiosk_busy else "counter.kiosk_idle"
    reason = "" if not scene.cash_refusal else text(_title_of(scene.cash_refusal), _LANGUAGE)
    return Row(text(busy, _LANGUAGE), reason, "warn" if reason else "normal")


def _title_of(code: str) -> str:
    return code if has(code) else f"{code}.title"


def _queue(scene: CounterScene) -> list[Row]:
    rows = [Row(text("counter.row.waiting", _LANGUAGE), str(len(scene.line.waiting)))]
    for service in scene.line.services:
        waiting = scene.line.waiting_tickets((service.service_id,))
        numbers = " ".join(ticket.number for ticket in waiting[:6])
        rows.append(Row(f"{service.prefix} {service.name_zh}", numbers or "—"))
    return rows


def _checks(check: CheckDone | None) -> list[Row]:
    if check is None:
        return []
    title = text("check.opening", _LANGUAGE) + (" ⚠" if check.late else "")
    rows = [Row(title, check.date)]
    for device, ok in check.devices:
        code = "check.ok" if ok else "check.failed"
        rows.append(Row(text(f"device.{device}", _LANGUAGE), text(code, _LANGUAGE), "good" if ok else "bad"))
    rows.extend(Row(one.code, one.detail, "bad" if one.blocks else "warn") for one in check.hindrances)
    return rows


def _is_open(order: Order) -> bool:
    return order.is_paid_not_written or any(
        note.state in (NoteState.UNKNOWN, NoteState.STACK_SENT) for note in order.notes
    )


def _matter(order: Order, now: datetime) -> Row:
    if order.unknown_notes_fen:
        code, amount, owner = "counter.matter.note_unknown", order.unknown_notes_fen, "staff.supervisor"
    elif order.state is OrderState.WRITE_UNKNOWN:
        code, amount, owner = "counter.matter.write_unknown", order.amount_fen, "staff.supervisor"
    else:
        code, amount, owner = "counter.matter.owed_write", order.held_fen, "staff.clerk"
    days = (now.date() - datetime.fromisoformat(order.opened_on).date()).days
    value = text(
        "counter.matter.value",
        _LANGUAGE,
        amount=money(amount, _LANGUAGE),
        owner=text(owner, _LANGUAGE),
        age=text("age.days", _LANGUAGE, count=str(days)),
    )
    return Row(f"{text(code, _LANGUAGE)} {order.order_id}", value, "warn")


def _buttons(state: DayState, *, clerk_called: bool) -> list[Button]:
    buttons = [Button("check", text("counter.button.check", _LANGUAGE))]
    if clerk_called:
        buttons.append(Button("clerk.seen", text("counter.button.coming", _LANGUAGE), "primary"))
    if state.phase is Phase.CLOSED:
        buttons.append(Button("day.open", text("counter.button.open_day", _LANGUAGE), "primary"))
    elif state.phase is Phase.OPEN:
        buttons.append(Button("day.x", text("counter.button.x_report", _LANGUAGE)))
        buttons.append(Button("day.end", text("counter.button.end_day", _LANGUAGE), "danger"))
    elif state.reason_owed:
        reasons = (text(f"day.reason.{reason}", _LANGUAGE) for reason in ("unknown", "counting", "device"))
        buttons.extend(Button("day.reason", reason, args={"text": reason}) for reason in reasons)
    elif state.phase is Phase.COUNTED:
        buttons.append(Button("day.close", text("counter.button.close_day", _LANGUAGE), "primary"))
    return buttons
