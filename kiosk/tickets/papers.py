"""The paper of a queue ticket."""

from typing import TYPE_CHECKING

from devices.print_document import Document
from kiosk.paper.facts import Head, TicketFacts
from kiosk.paper.ticket import ticket as paper_ticket
from ticketing.line import Service, Ticket
from ticketing.waiting import WaitEstimate

if TYPE_CHECKING:
    from kiosk.tickets.machine import TicketHouse


def ticket(held: Ticket, service: Service, ahead: int, wait: WaitEstimate | None, house: "TicketHouse") -> Document:
    """Number, service, how many are ahead, and until when it counts. No figure of money (H07)."""
    head = Head(house.hall_name, "", house.service_phone, house.columns)
    return paper_ticket(
        TicketFacts(
            head=head,
            at=house.moment.wall,
            number=held.number,
            service_name=service.name_zh,
            ahead=ahead,
            wait_min=wait.band_min() if wait else None,
            priority=held.priority,
            order_no=held.order_id or "",
        )
    )
