"""The paper of a queue ticket."""

from typing import TYPE_CHECKING

from devices.print_document import Document
from kiosk.messages.masking import mask_number
from kiosk.paper.facts import Head, TicketFacts
from kiosk.paper.ticket import ticket as paper_ticket
from ticketing.line import Service, Ticket
from ticketing.waiting import WaitEstimate

if TYPE_CHECKING:
    from kiosk.tickets.machine import TicketHouse


def _carried(order_id: str | None) -> str:
    """An order's number; of a customer without an order only the end of theirs."""
    kind, colon, number = (order_id or "").partition(":")
    return mask_number(number) if colon else kind


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
            order_no=_carried(held.order_id),
        )
    )
