"""What the hall holds in memory. All of it can be made anew from the journal and from the devices."""

from dataclasses import dataclass, field

from devices.status import Fault
from kiosk.config import Config
from kiosk.day.state import DayState
from kiosk.moment import Moment
from kiosk.tickets.machine import TicketVisit
from kiosk.topup.session import Visit
from kiosk.view.scene import Manner
from storage.errors import StorageError
from ticketing.line import CallingRules, Line, Service


@dataclass(slots=True)
class Trouble:
    """Why the disk is not trusted now, and the reports of notes that could not be booked. They are booked first when
    it is back."""

    error: StorageError
    retry_s: float
    unbooked: list[object] = field(default_factory=list)


@dataclass(slots=True)
class HallState:
    """`moment` is the reading of the clocks of the pass that runs."""

    line: Line
    moment: Moment | None = None
    visit: Visit = field(default_factory=Visit)
    ticket: TicketVisit = field(default_factory=TicketVisit)
    manner: Manner = field(default_factory=Manner)
    day: DayState = field(default_factory=DayState)
    trouble: Trouble | None = None
    screen_present: bool = False
    counter_refusal: str = ""
    """Why the counter screen's newest command was refused."""
    port_faults: dict[str, Fault] = field(default_factory=dict)

    @property
    def now(self) -> Moment:
        assert self.moment is not None, "a pass begins with a reading of the clocks"
        return self.moment


def empty_line(config: Config) -> Line:
    services = tuple(Service(row.id, row.prefix, row.name_zh, row.name_en, row.priority) for row in config.service)
    return Line(services, CallingRules())
