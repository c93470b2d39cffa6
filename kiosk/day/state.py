"""Where the hall's day stands, and how each journal record moves it.

The state changes through `apply` alone, both while the hall runs and when `fold` reads the journal after a restart;
so the two cannot differ. What a restart forgets (a check that is under way) is in `checking`, which no record touches.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import reduce

from kiosk.day.schedule import next_date
from kiosk.moment import Moment
from storage.records import Json, NewRecord, Record


class Phase(StrEnum):
    CLOSED = "closed"
    """No day is open."""
    OPEN = "open"
    """Trading."""
    ENDED = "ended"
    """Trading has stopped; the cash unit waits for its blind count. Not closed: nothing has been audited."""
    RECOUNT = "recount"
    """The first count was not what the books say, and a second is asked for. Nobody has been told which way."""
    COUNTED = "counted"
    """Counted, the expected figure shown; a difference waits for its reason."""


OPENING = "opening"
CLOSING = "closing"
ASKED = "asked"
"""A check that a person asked for: any number of them in a day."""

X_REPORT = "x-report"
Z_REPORT = "z-report"

CHECKED_DATES_MAX = 4000
"""Dates whose checks are remembered: ten years. Older ones could only come up again if the clock stepped back as
far."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Something that stands against opening. `blocks`: the hall does not open while it lasts; otherwise it opens with
    less."""

    code: str
    detail: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class CheckDone:
    """The newest check of one sort. `devices`: (name, ok)."""

    date: str
    late: bool
    devices: tuple[tuple[str, bool], ...]
    hindrances: tuple[Hindrance, ...]


@dataclass(frozen=True, slots=True)
class Checking:
    """A check that is under way. `due` is when it should have begun; `deadline_s` (monotonic) when it is given up."""

    token: str
    check: str
    date: str
    due: datetime
    late_s: int
    who: str
    deadline_s: float


@dataclass(frozen=True, slots=True)
class DayState:
    """`day` is the open business date (ISO), which stays the same past midnight until a clerk closes it."""

    phase: Phase = Phase.CLOSED
    day: str | None = None
    opened_by: str = ""
    opened_at: str = ""
    count_round: int = 0
    counts: tuple[tuple[int, int], ...] = ()
    """(denomination in fen, notes) of the newest count."""
    counted_fen: int = 0
    expected_fen: int | None = None
    """What the books said at the final count; `None` until it may be shown."""
    reason: str = ""
    last_closed: str | None = None
    last_close_fen: int = 0
    last_closed_at: str = ""
    z_last: int = 0
    z_paper: str = ""
    """How the print of the newest Z report went: open, printed, refused, unknown."""
    z_copies: tuple[tuple[int, int], ...] = ()
    """(number, copies) of the Z reports that were printed again."""
    counts_taken: int = 0
    """Counts of this day so far, recounts among them."""
    papers: int = 0
    """Papers of the day that were ever begun: the next one's number."""
    papers_open: tuple[tuple[str, str], ...] = ()
    """(job id, paper) of papers whose outcome is not known yet."""
    opening_check: CheckDone | None = None
    closing_check: CheckDone | None = None
    checked: tuple[str, ...] = ()
    """Keys of the checks that were done, oldest first."""
    checking: Checking | None = None

    @property
    def trading(self) -> bool:
        return self.phase is Phase.OPEN

    @property
    def difference_fen(self) -> int | None:
        """Counted less expected; `None` while the count is blind."""
        return None if self.expected_fen is None else self.counted_fen - self.expected_fen

    @property
    def reason_owed(self) -> bool:
        return bool(self.difference_fen) and not self.reason

    @property
    def closing_check_owed(self) -> bool:
        """The devices have not been checked since the last close (H21)."""
        return (
            self.phase is Phase.CLOSED
            and self.last_closed is not None
            and check_key(self.last_closed, CLOSING) not in self.checked
        )


def check_key(date: str, check: str) -> str:
    """The unique key of a scheduled check's record."""
    return f"check:{date}:{check}"


def z_key(number: int) -> str:
    """The unique key of the record that stores a Z report."""
    return f"z:{number}"


def business_date(state: DayState, moment: Moment) -> str:
    """The business date of whatever happens now, for the stamp of every record.

    While a day is open, or ended and not closed, it is that day's date, past midnight too. After a close it is at
    least the following date: what comes late belongs to the next day, so that a Z report that was taken stays true.
    """
    if state.day is not None:
        return state.day
    today = moment.wall.date().isoformat()
    if state.last_closed is not None and today <= state.last_closed:
        return next_date(state.last_closed)
    return today


def fold(records: Iterable[Record]) -> DayState:
    """The state after these journal records; records of other subjects are passed over. Their kinds are `KINDS`."""
    return reduce(apply, records, DayState())


DAY_KINDS = (
    "day.opened",
    "day.ended",
    "day.counted",
    "day.count_voided",
    "day.over_short",
    "day.closed",
    "day.checked",
    "day.report_read",
)
"""The kinds of record of the day itself: a restart reads all of them, a handful for each day."""

PAPER_KINDS = ("print.intended", "print.printed", "print.refused", "print.unknown")
"""Papers of the day, among those of everybody else. A restart needs only what came after the last `day.closed`, which
carries on what was open then: so that the start of an old hall is no slower than that of a new one."""

KINDS = (*DAY_KINDS, *PAPER_KINDS)
"""All the kinds that `apply` knows."""


def apply(state: DayState, fact: NewRecord | Record) -> DayState:
    """The state after one more record."""
    body = fact.body
    match fact.kind:
        case "day.opened":
            return replace(
                state,
                phase=Phase.OPEN,
                day=fact.subject,
                opened_by=_text(body, "signed_by"),
                opened_at=_text(body, "at"),
                count_round=1,
                counts_taken=0,
                counts=(),
                counted_fen=0,
                expected_fen=None,
                reason="",
            )
        case "day.ended":
            return replace(state, phase=Phase.ENDED)
        case "day.counted":
            final = body["final"] is True
            return replace(
                state,
                phase=Phase.COUNTED if final else Phase.RECOUNT,
                counts_taken=state.counts_taken + 1,
                counts=_counts(body["counts"]),
                counted_fen=_whole(body, "counted_fen"),
                expected_fen=_whole(body, "expected_fen") if final else None,
                reason="",
            )
        case "day.count_voided":
            round_next = state.count_round + 1
            return replace(
                state, phase=Phase.ENDED, count_round=round_next, counts=(), counted_fen=0, expected_fen=None, reason=""
            )
        case "day.over_short":
            return replace(state, reason=_text(body, "reason"))
        case "day.closed":
            return replace(
                state,
                phase=Phase.CLOSED,
                day=None,
                last_closed=fact.subject,
                last_close_fen=_whole(body, "counted_fen"),
                last_closed_at=_text(body, "at"),
                z_last=_whole(body, "number"),
                papers=_whole(body, "papers"),
                papers_open=_papers(body["papers_open"]),
                opened_by="",
                opened_at="",
                counts=(),
                counted_fen=0,
                expected_fen=None,
                reason="",
            )
        case "day.checked":
            return _checked(state, fact)
        case "day.report_read" if body["printed"] is True and body["report"] == Z_REPORT:
            number = _whole(body, "number")
            copies = dict(state.z_copies)
            copies[number] = copies.get(number, 0) + 1
            return replace(state, z_copies=tuple(sorted(copies.items())))
        case "print.intended" if body.get("paper") in (X_REPORT, Z_REPORT):
            paper = _text(body, "paper")
            original = paper == Z_REPORT and body.get("copy") == 0
            return replace(
                state,
                papers=state.papers + 1,
                papers_open=(*state.papers_open, (_text(body, "job_id"), paper)),
                z_paper="open" if original else state.z_paper,
            )
        case "print.printed" | "print.refused" | "print.unknown":
            return _paper_ended(state, _text(body, "job_id"), fact.kind.removeprefix("print."))
    return state


def z_job(number: int) -> str:
    """The job id of a Z report's first print."""
    return f"{Z_REPORT}-{number}"


def _paper_ended(state: DayState, job_id: str, outcome: str) -> DayState:
    still_open = tuple(paper for paper in state.papers_open if paper[0] != job_id)
    z_paper = outcome if job_id == z_job(state.z_last) and still_open != state.papers_open else state.z_paper
    return replace(state, papers_open=still_open, z_paper=z_paper)


def _checked(state: DayState, fact: NewRecord | Record) -> DayState:
    check = _text(fact.body, "check")
    if fact.key is None:
        return state
    done = CheckDone(
        date=fact.subject,
        late=fact.body["late"] is True,
        devices=_devices(fact.body["devices"]),
        hindrances=_hindrances(fact.body["hindrances"]),
    )
    checked = (*state.checked, fact.key)[-CHECKED_DATES_MAX:]
    if check == OPENING:
        return replace(state, checked=checked, opening_check=done)
    return replace(state, checked=checked, closing_check=done)


def _text(body: Mapping[str, Json], name: str) -> str:
    value = body[name]
    assert isinstance(value, str), f"{name} is not a text: {value!r}"
    return value


def _whole(body: Mapping[str, Json], name: str) -> int:
    value = body[name]
    assert type(value) is int, f"{name} is not a whole number: {value!r}"
    return value


def _rows(value: Json) -> list[Json]:
    assert isinstance(value, list), f"not a list: {value!r}"
    return value


def _counts(value: Json) -> tuple[tuple[int, int], ...]:
    pairs: list[tuple[int, int]] = []
    for row in _rows(value):
        denomination, notes = _rows(row)
        assert isinstance(denomination, int)
        assert isinstance(notes, int)
        pairs.append((denomination, notes))
    return tuple(pairs)


def _papers(value: Json) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for row in _rows(value):
        job_id, paper = _rows(row)
        assert isinstance(job_id, str)
        assert isinstance(paper, str)
        pairs.append((job_id, paper))
    return tuple(pairs)


def _devices(value: Json) -> tuple[tuple[str, bool], ...]:
    pairs: list[tuple[str, bool]] = []
    for row in _rows(value):
        device, ok = _rows(row)
        assert isinstance(device, str)
        pairs.append((device, ok is True))
    return tuple(pairs)


def _hindrances(value: Json) -> tuple[Hindrance, ...]:
    found: list[Hindrance] = []
    for row in _rows(value):
        assert isinstance(row, dict)
        found.append(Hindrance(_text(row, "code"), _text(row, "detail"), row["blocks"] is True))
    return tuple(found)
