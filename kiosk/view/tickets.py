"""The screens of somebody who takes a queue ticket."""

from dataclasses import replace

from kiosk.tickets.machine import TicketPhase, TicketVisit
from kiosk.topup.session import House, Visit
from kiosk.view.scene import Manner, Scene, Setting, dressed
from kiosk.view.shapes import Button, CustomerView, Row
from kiosk.view.wording import wording_for
from ticketing.line import Line


def ticket_view(ticket: TicketVisit, line: Line, house: House, manner: Manner, setting: Setting) -> CustomerView:
    """What the customer sees while taking a ticket. Pure."""
    visit = Visit()
    scene = Scene(visit, house, manner, setting, wording_for(visit, manner.language, phone=setting.service_phone))
    if ticket.phase is TicketPhase.SERVICES:
        view = _services(scene, ticket, line)
    elif ticket.phase is TicketPhase.PRINTING:
        view = CustomerView("busy", scene.say.say("busy.printing_ticket"))
    elif ticket.phase is TicketPhase.DONE:
        view = _done(scene, ticket)
    else:
        view = _failed(scene, ticket)
    return dressed(view, scene, deadline_s=ticket.deadline_s)


def _services(scene: Scene, ticket: TicketVisit, line: Line) -> CustomerView:
    say, english = scene.say, scene.manner.language == "en"
    buttons = [
        Button(
            "ticket_service",
            service.name_en if english else service.name_zh,
            "primary",
            args={"service": service.service_id},
            hint=say.say("ticket.ahead", count=str(len(line.waiting_tickets((service.service_id,))))),
        )
        for service in line.services
    ]
    priority = Button(
        "ticket_priority",
        say.say("button.priority_ticket"),
        "secondary",
        args={"wanted": not ticket.priority},
        hint=say.say("ticket.priority.granted") if ticket.priority else say.say("ticket.priority.ask"),
    )
    body = [say.say("ticket.body"), say.say("ticket.priority")]
    if ticket.order_id is not None:
        body.insert(0, say.say("ticket.order_carried"))
    return CustomerView(
        "ticket_services",
        say.say("ticket.title"),
        body=tuple(body),
        message=say.say("ticket.priority.granted") if ticket.priority else "",
        message_tone="good",
        buttons=(*buttons, priority, Button("ticket_leave", say.say("button.back"))),
    )


def _done(scene: Scene, ticket: TicketVisit) -> CustomerView:
    say = scene.say
    ahead = say.say("ticket.ahead", count=str(ticket.ahead)) if ticket.ahead else say.say("ticket.nobody_ahead")
    body = [say.say("ticket.done.todo"), ahead]
    if ticket.wait is not None:
        low, high = ticket.wait.band_min()
        code = "ticket.wait" if low else "ticket.wait_short"
        body.append(say.say(code, low=str(low), high=str(high)))
    if ticket.order_id is not None:
        body.append(say.say("ticket.order_carried"))
    view = CustomerView(
        "ticket_done",
        say.say("ticket.done.title", number=ticket.number),
        tone="good",
        body=tuple(body),
        total=Row(say.say("ticket.priority.mark") if ticket.priority else say.say("button.take_ticket"), ticket.number),
        buttons=(Button("ticket_leave", say.say("button.done"), "primary"),),
        speak=say.say("speak.ticket"),
    )
    return replace(view, total=Row("", ticket.number, "strong")) if not ticket.priority else view


def _failed(scene: Scene, ticket: TicketVisit) -> CustomerView:
    say = scene.say
    code = ticket.failure
    title, body = (
        (say.say(code, number=ticket.number), (say.say(f"{code}.todo"),))
        if code == "ticket.maybe_printed"
        else say.both(code)
    )
    retry = Button("take_ticket", say.say("button.retry"), args={"priority": ticket.priority})
    buttons: tuple[Button, ...] = (Button("ticket_leave", say.say("button.done"), "primary"),)
    if scene.setting.tickets_possible:
        buttons = (retry, *buttons)
    return CustomerView("message", title, tone="warn", body=body, buttons=buttons, speak=say.say("speak.sorry"))
