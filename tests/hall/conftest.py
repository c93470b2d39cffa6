"""A hall on real wires with one customer, and a bystander who counts what physically is where.

The bystander believes only the machines: notes in the box, bytes on the card, papers out of the printer. His figures
are held against the books, which must agree whatever has been cut off in between.
"""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.sim import gas_meter
from drivers.sim.card_file import load_chip
from kiosk.app.audit import audit
from kiosk.view.shapes import CustomerView
from kiosk.virtual import sample_hall
from kiosk.virtual.hall import VirtualHall, Visitor
from storage.database import open_readonly
from storage.journal import Journal
from storage.ledger import Ledger
from storage.records import Unit

SPEED = 25.0
PATIENCE_S = 40.0
ORDER_NO = re.compile(r"T01-\d{8}-\d{7}")
OUTCOMES = ("stacked", "returned")


class Bystander:
    """Counts notes, gas and papers by looking at the machines."""

    def __init__(self, hall: VirtualHall, card: Path, card_no: str) -> None:
        self.hall = hall
        self.card = card
        self.card_no = card_no
        self.fed_fen = 0
        self.gas_m3_hundredths = 0
        self.sequence = self.look().sequence

    def look(self) -> gas_meter.Look:
        seen = gas_meter.look(bytes(load_chip(self.card).main))
        assert seen is not None, "the card can be read by its meter"
        return seen

    def sees_the_card(self) -> int:
        """Hundredths of a cubic metre that this visit has put on the card."""
        seen = self.look()
        bought = seen.sequence - self.sequence
        assert bought in (0, 1), f"{bought} purchases in one visit"
        self.sequence = seen.sequence
        self.gas_m3_hundredths += seen.volume * bought
        return seen.volume * bought

    @property
    def notes(self) -> dict[str, int]:
        return {
            name: int(self.hall.devices["note-acceptor"].newest.get(name, 0))
            for name in ("in_box_fen", "in_escrow_fen", "in_transit_fen", "given_back_fen")
        }

    def reckons(self) -> dict[str, Any]:
        """Holds everything against the books. Returns the balances."""
        with open_readonly(self.hall.folder / "hall.sqlite3") as database:
            report = audit(database)
            assert report["sound"], report
            balances = Ledger(database).all_balances()
            jobs = [
                (record.kind, record.body["job_id"])
                for record in Journal(database).records()
                if record.kind.startswith("print.")
            ]
        fen, gas = balances.get(Unit.FEN, {}), balances.get(Unit.M3_HUNDREDTHS, {})
        notes = self.notes
        assert fen.get("cash_unit:1", 0) == notes["in_box_fen"], (fen, notes)
        assert fen.get("cash_unit_unconfirmed:1", 0) == 0, fen
        assert fen.get("unclaimed:1", 0) == 0, fen
        assert sum(notes.values()) == self.fed_fen, (notes, self.fed_fen)
        assert notes["in_escrow_fen"] == notes["in_transit_fen"] == 0, notes
        assert gas.get(f"gas_on_card:{self.card_no}", 0) == self.gas_m3_hundredths, (gas, self.gas_m3_hundredths)
        assert not {name: left for name, left in fen.items() if name.startswith(("order:", "suspense:")) and left}, fen
        intended = [job for kind, job in jobs if kind == "print.intended"]
        assert len(intended) == len(set(intended))
        assert sorted(intended) == sorted(job for kind, job in jobs if kind != "print.intended"), jobs
        return {"fen": fen, "gas": gas}

    def receipts(self) -> dict[str, int]:
        """How often each order's number stands on a receipt that was printed."""
        counts: dict[str, int] = {}
        for paper in self.hall.papers():
            for order in set(ORDER_NO.findall(paper)):
                counts[order] = counts.get(order, 0) + 1
        return counts


class Customer:
    """Wants gas for so many yuan, and does what the screen says."""

    def __init__(self, hall: VirtualHall, bystander: Bystander, visitor: Visitor, *, yuan: int = 100, note: int = 50):
        self.hall = hall
        self.bystander = bystander
        self.visitor = visitor
        self.yuan = yuan
        self.note = note
        self.card_in = False
        self.screens: list[str] = []

    # Hands ------------------------------------------------------------------------------------------------------------

    def insert_card(self) -> None:
        self._card(f"insert {self.bystander.card}", "inserted")
        self.card_in = True

    def pull_card(self) -> None:
        self._card("pull", "pulled")
        self.card_in = False

    def carry_card_to_meter(self) -> None:
        assert not self.card_in
        self._card(f"meter {self.bystander.card}", "metered")

    def _card(self, words: str, answer: str) -> None:
        reader = self.hall.devices["card-reader"]
        since = len(reader.events)
        reader.send(words)
        told = reader.wait_for(lambda event: event["event"] in (answer, "error"), PATIENCE_S, since)
        assert told["event"] == answer, (told, self.screens, reader.events[-12:])

    def feed(self, yuan: int, words: str = "insert") -> str:
        """One note. Returns what became of it: stacked, returned; or `dead` when the hall died over it."""
        acceptor = self.hall.devices["note-acceptor"]
        since = len(acceptor.events)
        acceptor.send(f"{words} {yuan}")
        self.bystander.fed_fen += yuan * 100
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            told = [event["event"] for event in acceptor.events[since:] if event["event"] in OUTCOMES]
            if told:
                return str(told[0])
            if self.hall.hall_is_dead:
                return "dead"
            time.sleep(0.01)
        raise TimeoutError(f"the note is nowhere: {acceptor.events[since:]}")

    # Head -------------------------------------------------------------------------------------------------------------

    def visits(self, do: "Callable[[CustomerView], bool] | None" = None) -> bool:
        """From the card put in until it is taken out again. False: the hall died first."""
        seen = len(self.visitor.views)
        self.insert_card()
        while "busy" not in [view.screen for view in self.visitor.views[seen:]]:
            if self.hall.hall_is_dead:
                return False
            time.sleep(0.01)
        return self._acts(do or self.buys, seen)

    def comes_back(self, *, with_card_out_and_in: bool) -> None:
        """After the hall has come up again: finishes what is owed, buys nothing new."""
        if with_card_out_and_in and self.card_in:
            self.pull_card()
            time.sleep(0.1)
        assert self._acts(self.finishes), "the hall died again"

    def _acts(self, do: Callable[[CustomerView], bool], seen: int = 0) -> bool:
        """Acts once on each view after number `seen`, and again after a second. True when `do` is done."""
        ends = time.monotonic() + PATIENCE_S
        acted_on, acted_at = -1, 0.0
        while time.monotonic() < ends:
            if self.hall.hall_is_dead:
                return False
            number = len(self.visitor.views)
            fresh = number != acted_on or time.monotonic() - acted_at > 1.0
            if number > seen and fresh and not self.visitor.lost:
                self.screens.append(self.visitor.view.screen)
                acted_on, acted_at = number, time.monotonic()
                if do(self.visitor.view):
                    return True
            time.sleep(0.01)
        raise TimeoutError(f"the visit has no end; screens: {self.screens[-20:]}, {self.visitor.view}")

    def buys(self, view: CustomerView) -> bool:
        match view.screen:
            case "card":
                self.visitor.touch("top_up")
            case "choose":
                self.visitor.touch("amount", value=self.yuan)
            case "quote":
                self.visitor.touch("pay")
            case "paying" if sum(line.value_fen for line in view.notes) < self.yuan * 100:
                self.feed(self.note)
            case _:
                return self.finishes(view)
        return False

    def finishes(self, view: CustomerView) -> bool:
        match view.screen:
            case "idle" if not self.card_in:
                self.insert_card()
            case "card" | "choose" | "quote":
                self.visitor.touch("leave")
            case "confirm":
                self.visitor.touch("confirm")
            case "choice":
                self.visitor.touch("buy_inserted")
            case "reinsert":
                if self.card_in:
                    self.pull_card()
                self.insert_card()
            case "message" if "核对" in "".join((view.title, *view.body)):
                if self.card_in:
                    self.pull_card()
                    time.sleep(0.3)
                self.insert_card()
            case "message" | "done":
                if self.card_in:
                    self.pull_card()
                return True
        return False


class Scene:
    """One hall, one customer, one life of the books."""

    def __init__(self, folder: Path, **timeouts: float) -> None:
        self.hall = VirtualHall(folder, speed=SPEED, timeouts={"done_s": 3, "idle_s": 3, **timeouts})
        text = self.hall.config.read_text()
        assert 'opens = "08:30"\ncloses = "17:30"' in text
        all_day = 'opens = "00:00"\ncloses = "23:59"\ncheck_minutes_before = 0'
        self.hall.config.write_text(text.replace('opens = "08:30"\ncloses = "17:30"', all_day))
        self.hall.start_devices()
        card = self.hall.new_card("wang")
        self.bystander = Bystander(self.hall, card, sample_hall.CARD)
        self.excused = 0
        self.visitor: Visitor | None = None

    def open(self, *, mortal: bool = False) -> Visitor:
        self.hall.start_hall(mortal=mortal)
        self.hall.wait_ready()
        self.hall.open_day()
        self._wait(lambda: self.hall.ask("day.status").data["opening_check"] is not None, "the opening check is done")
        if self.visitor is None:
            self.visitor = Visitor(self.hall.socket)
        self.visitor.wait_for(lambda view: not self.visitor.lost, PATIENCE_S)
        return self.visitor

    def _wait(self, reached: Callable[[], bool], what: str) -> None:
        ends = time.monotonic() + PATIENCE_S
        while not reached():
            if time.monotonic() > ends:
                raise TimeoutError(f"not within {PATIENCE_S:g} s: {what}")
            time.sleep(0.02)

    def customer(self, **wants: int) -> Customer:
        assert self.visitor is not None
        return Customer(self.hall, self.bystander, self.visitor, **wants)

    def settled(self) -> None:
        """Waits until no order is open and no paper is under way."""

        def quiet() -> bool:
            status = self.hall.ask("status").data
            return status["open_orders"] == 0 and status["session"]["phase"] in ("idle", "message", "done")

        self._wait(quiet, "no order is open")

    def violations(self) -> list[str]:
        """What the machines hold against the hall, but for milliseconds: on a busy computer a pty delivers late, the
        machine then measures its own sleep. They are judged under an invented clock (tests/note_acceptor)."""
        return [text for text in self.hall.violations()[self.excused :] if not re.search(r"\bms\b", text)]

    def excuse(self) -> None:
        """What a hall that was killed left unsaid on the lines is nobody's mistake."""
        self.excused = len(self.hall.violations())

    def close(self) -> None:
        if self.visitor is not None:
            self.visitor.leave()
        self.hall.close()


@pytest.fixture
def make_scene(tmp_path: Path) -> Iterator[Callable[..., Scene]]:
    """Makes a hall with these timeouts; closed at the end of the test."""
    made: list[Scene] = []

    def make(**timeouts: float) -> Scene:
        made.append(Scene(tmp_path / f"hall{len(made)}", **timeouts))
        return made[-1]

    yield make
    for scene in made:
        scene.close()


@pytest.fixture
def scene(make_scene: Callable[..., Scene]) -> Scene:
    return make_scene()
