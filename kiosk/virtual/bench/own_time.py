"""What the devices themselves need for a visit, from what they told: stretches of time in which one of them was at
work.

Four kinds, and nothing else, count as a device's own time:

- the note acceptor's mechanics, from drawing a note in to escrow and from STACK to the cash unit;
- the bytes of a report that says what has happened, and of the poll that fetches it;
- the reader's: finding the card, and every exchange with it, programming included;
- the receipt printer's: as long as the same bytes take on the same printer when nothing else speaks to it.

A protocol's prescribed waits are kept apart: the rest of the poll period (200 ms from poll to poll is what CCNET
recommends), and ACK and pause before a command.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drivers.ccnet import codes
from drivers.sim.printer import VirtualPrinter
from drivers.sim.printer_runner import PrinterModel
from kiosk.virtual.bench.timed_hall import Frame, frames

Event = Mapping[str, Any]
ACK_AND_PAUSE_S = 6 * codes.SETTINGS.byte_time_s() + codes.T_FREE_S
_POLL, _STACK, _ESCROW, _STACKED = 0x33, 0x35, 0x80, 0x81
_INITIALISE, _STATUS_REQUEST = b"\x1b@", b"\x10\x04"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Monotonic seconds."""

    began: float
    ended: float


def acceptor_work(events: Sequence[Event]) -> list[Stretch]:
    """Mechanics and the reports of their end."""
    line = frames(events)
    work = [Stretch(a["at"], b["at"]) for a, b in _pairs(events, "inserted", "escrow")]
    stack_sent = [frame.began for frame in line if frame.way == "in" and frame.code == _STACK]
    for stacked in (event["at"] for event in events if event["event"] == "stacked"):
        work.append(Stretch(max(at for at in stack_sent if at < stacked), stacked))
    return work + [Stretch(poll.began, report.ended) for poll, report in _first_reports(line)]


def acceptor_waits(events: Sequence[Event]) -> list[Stretch]:
    """From the end of a movement to when the next poll is due, and from the escrow report to when STACK may begin."""
    line = frames(events)
    polls = [frame.began for frame in line if frame.way == "in" and frame.code == _POLL]
    waits = []
    for event in events:
        if event["event"] in ("escrow", "stacked"):
            last = max((at for at in polls if at <= event["at"]), default=event["at"])
            waits.append(Stretch(event["at"], max(event["at"], last + codes.POLL_S)))
    for _, report in _first_reports(line):
        if report.code == _ESCROW:
            waits.append(Stretch(report.ended, report.ended + ACK_AND_PAUSE_S))
    return waits


def reader_work(events: Sequence[Event]) -> list[Stretch]:
    """Every exchange with the card, and from putting it in to the first of them: how fast the PC/SC service looks
    is its own affair."""
    exchanges = [Stretch(event["began"], event["at"]) for event in events if event["event"] == "exchanged"]
    for put_in in (event["at"] for event in events if event["event"] == "inserted"):
        first = min((stretch.began for stretch in exchanges if stretch.began >= put_in), default=put_in)
        exchanges.append(Stretch(put_in, first))
    return exchanges


def printer_work(events: Sequence[Event]) -> list[Stretch]:
    """For each slip, from its first byte on the line for as long as the printer alone takes, its cut included."""
    sent = [
        (at, bytes.fromhex(text))
        for event in events
        if event["event"] == "line" and event["way"] == "in"
        for at, text in event["chunks"]
    ]
    sent = [(at, data) for at, data in sent if not data.startswith(_STATUS_REQUEST)]
    work = []
    starts = [number for number, (_, data) in enumerate(sent) if data.startswith(_INITIALISE)]
    for start, end in zip(starts, [*starts[1:], len(sent)], strict=True):
        alone_s = printing_alone_s(b"".join(data for _, data in sent[start:end]))
        work.append(Stretch(sent[start][0], sent[start][0] + alone_s))
    return work


def printing_alone_s(job: bytes) -> float:
    """How long these bytes keep a printer busy that is sent nothing else: line and mechanics."""
    model = PrinterModel(VirtualPrinter(columns=48))
    model.receive_data(job, 0.0)
    now = 0.0
    while (due := model.next_deadline()) is not None:
        now = due
        model.handle_deadline(now)
        model.data_to_send(now)
    return now


def covered_s(stretches: Iterable[Stretch], began: float, ended: float) -> float:
    """How much of the time from `began` to `ended` lies in at least one of the stretches."""
    covered, reached = 0.0, began
    for stretch in sorted(stretches, key=lambda each: each.began):
        start, end = max(stretch.began, reached), min(stretch.ended, ended)
        if end > start:
            covered += end - start
            reached = end
    return covered


def _pairs(events: Sequence[Event], first: str, then: str) -> list[tuple[Event, Event]]:
    pairs, waiting = [], None
    for event in events:
        if event["event"] == first:
            waiting = event
        elif event["event"] == then and waiting is not None:
            pairs.append((waiting, event))
            waiting = None
    return pairs


def _first_reports(line: Sequence[Frame]) -> list[tuple[Frame, Frame]]:
    """Poll and reply, where the reply is the first of an escrow or of a stacked note."""
    found, poll, newest = [], None, 0
    for frame in line:
        if frame.way == "in" and frame.code == _POLL:
            poll = frame
        elif frame.way == "out" and poll is not None:
            if frame.code in (_ESCROW, _STACKED) and frame.code != newest:
                found.append((poll, frame))
            newest, poll = frame.code, None
    return found
