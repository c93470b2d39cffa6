"""Plays scenarios: what people do in front of a hall, and what happens to its devices, step by step.

A step is a verb and its arguments, as data; `VERBS` says what each does. A step that does not come about (the screen
that was to be seen is not there) raises `StepFailed` with what is there instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from devices.gas_card import codec
from drivers.sim.card_model import CPU_CARD_ATR, SLE4428_ATR, Chip
from drivers.sim.note_acceptor_ccnet import Doing
from kiosk.effects import Append, Effect
from kiosk.moment import ClockQuality
from kiosk.virtual import sample_hall
from kiosk.virtual.model import OPENING, ModelHall
from kiosk.virtual.reckoning import gas_on
from kiosk.virtual.write_ahead import WriteAheadWitness
from storage.ledger import Ledger
from storage.registers import CardState, Registers

SEE_WITHIN_S = 300.0


@dataclass(frozen=True, slots=True)
class Step:
    verb: str
    args: tuple[Any, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        words = [str(arg) for arg in self.args] + [f"{name}={value}" for name, value in self.more.items()]
        return " ".join([self.verb, *words])


class StepFailed(AssertionError):
    pass


class Stage:
    """A hall that is open for business, and everything that its people hold in their hands.

    `changes` are made to the sample hall's configuration before it starts: a line's beginning, and the line that takes
    its place.
    """

    def __init__(
        self,
        folder: Path,
        changes: Mapping[str, str] | None = None,
        *,
        before_effect: Callable[[Effect], None] = lambda effect: None,
    ) -> None:
        sample_hall.write_hall(folder)
        config = folder / "gashall.toml"
        lines = config.read_text().splitlines()
        for beginning, line in (changes or {}).items():
            at = next(n for n, old in enumerate(lines) if old.startswith(beginning))
            lines[at] = line
        config.write_text("\n".join(lines))
        self.witness = WriteAheadWitness()
        self.screens: list[str] = []
        self.seen: list[Any] = []
        """Every view that the customer's screen was sent, oldest first, without repetitions."""
        self._before_effect = before_effect
        self.model = ModelHall(folder, before_effect=self._note_effect)
        self.model.after_turn = self._look
        self.old_images: dict[str, bytes] = {}
        for name, make in CHIPS.items():
            self.model.chips[name] = make(self.model)
        self.model.boot()
        self.model.run(5.0)
        self.model.staff("day.open", who="clerk:1")
        self.model.run(3.0)

    def _note_effect(self, effect: Effect) -> None:
        self._before_effect(effect)
        self.witness.see(effect)
        if isinstance(effect, Append):
            self._no_credit_before_the_box(effect)

    def _no_credit_before_the_box(self, effect: Append) -> None:
        """A note is booked as stacked only when it lies in the cash unit."""
        account = f"cash_unit:{self.model.config.note_acceptor.cash_unit}"
        postings = [posting for record in effect.records for posting in record.postings]
        more = sum(posting.amount for posting in postings if posting.account == account)
        if more > 0 and self.model.database is not None:
            booked = more + Ledger(self.model.database).balance(account)
            if booked > 100 * sum(self.model.acceptor_model.box):
                self.witness.wrong.append(f"{booked} fen are to be booked, and less lies in the box")

    def _look(self) -> None:
        view = replace(self.model.customer, clock_text="", seconds_left=None)
        if not self.seen or self.seen[-1] != view:
            self.seen.append(view)
            if not self.screens or self.screens[-1] != view.screen:
                self.screens.append(view.screen)

    def play(self, steps: tuple[Step, ...]) -> None:
        for number, step in enumerate(steps):
            try:
                VERBS[step.verb](self, *step.args, **step.more)
            except AssertionError as error:
                raise StepFailed(f"step {number}, {step}: {error}") from error
            if self.model.hall is not None:
                self._look()

    def chip(self, name: str) -> Chip:
        return self.model.chips[NAMES.get(name, name)]

    def words_on_screen(self) -> str:
        return "\n".join(strings_of(self.model.customer))

    # The verbs -------------------------------------------------------------------------------------------------------

    def insert(self, name: str) -> None:
        self.model.run_until(lambda: self.model.card is None, 5.0)
        self.model.insert_card(self.chip(name))
        self.model.run(0.2)

    def pull(self) -> None:
        self.model.pull_card()
        self.model.run(0.2)

    def mute(self, inside: bool) -> None:
        if inside:
            self.model.insert_mute_card()
        else:
            self.model.take_mute_card()

    def touch(self, intent: str, **args: Any) -> None:
        """A button that is on the screen and can be touched."""
        view = self.model.customer
        keypad = view.keypad is not None and view.keypad.intent == intent
        buttons = [b for b in (*view.buttons, *view.tools) if b.intent == intent and b.enabled]
        buttons = [b for b in buttons if all(args.get(name, value) == value for name, value in b.args.items())]
        assert buttons or keypad, f"there is no such button on the screen {view.screen}: {view.title}"
        if buttons:
            args = {**buttons[0].args, **args}
        reply = self.model.touch(intent, **args)
        assert reply.accepted, reply.reason

    def touch_blindly(self, intent: str, **args: Any) -> None:
        """As a late touch arrives: whatever the screen shows by now."""
        self.model.touch(intent, **args)

    def feed(self, *yuan: int) -> None:
        """Notes, one after the other, each once the acceptor shows that it takes notes, and until it has settled."""
        for value in yuan:
            self.model.run_until(self._takes_notes, 15.0)
            self.model.machine(f"insert {value}")
            self.model.run_until(lambda: self.model.acceptor_model.body.note is None, 30.0)
            self.model.run(1.0)

    def push(self, value: int) -> None:
        """A note is put to the mouth, whatever comes of it."""
        self.model.machine(f"insert {value}")

    def put(self, value: int) -> None:
        """A note, once the acceptor takes notes; what comes of it is for the next steps."""
        self.model.run_until(self._takes_notes, 15.0)
        self.model.machine(f"insert {value}")

    def forge(self, value: int) -> None:
        self.model.run_until(self._takes_notes, 15.0)
        self.model.machine(f"counterfeit {value}")
        self.model.run(4.0)

    def _takes_notes(self) -> bool:
        unit = self.model.acceptor_model
        return unit.doing is Doing.WAITING and bool(unit.enabled_types) and unit.body.note is None

    def until(self, doing: str) -> None:
        """Waits until the acceptor is at this point of its work."""
        self.model.run_until(lambda: self.model.acceptor_model.doing is Doing[doing], 30.0)

    def acceptor(self, words: str) -> None:
        self.model.machine(words)

    def receipts(self, words: str) -> None:
        self.model.machine(words, "receipt_printer")

    def tickets(self, words: str) -> None:
        self.model.machine(words, "ticket_dispenser")

    def reader(self, there: bool) -> None:
        if there:
            self.model.reader_back()
        else:
            self.model.lose_reader()

    def tear(self, after_bytes: int, value: int | None = None) -> None:
        """The card in the reader will be torn out while byte number `after_bytes` of the next write is being
        programmed."""
        assert self.model.card is not None
        self.model.card.arm_tear(after_bytes, value)

    def meter(self, name: str) -> None:
        """The customer goes home and puts the card into the meter."""
        self.model.put_into_meter(self.chip(name))

    def bought_elsewhere(self, name: str, volume: int) -> None:
        """Another hall has sold gas on this card."""
        chip = self.chip(name)
        chip.main[:] = codec.with_purchase(bytes(chip.main), volume_m3_hundredths=volume, sold_on=OPENING.date())
        self.model.not_ours[sample_hall.CARD] += volume

    def keep_image(self, name: str) -> None:
        self.old_images[name] = bytes(self.chip(name).main)

    def restore_image(self, name: str) -> None:
        """Somebody has put an old copy back on the card."""
        chip = self.chip(name)
        before = gas_on(chip)
        chip.main[:] = self.old_images[name]
        self.model.not_ours[sample_hall.CARD] += gas_on(chip) - before

    def screen(self, present: bool) -> None:
        self.model.screen_present(present)

    def disk(self, full: bool) -> None:
        if full:
            self.model.fill_disk()
        else:
            self.model.free_disk()

    def little_room(self, mib: int) -> None:
        self.model.disk_free_mib = mib

    def clock(self, quality: str) -> None:
        self.model.clock_quality = ClockQuality(quality)

    def staff(self, name: str, **args: Any) -> None:
        reply = self.model.staff(name, **args)
        assert reply.accepted, reply.reason

    def records(self, **changes: Any) -> None:
        """The hall's registers say something else of the main customer from now on: `card_state`, `suspended`,
        `arrears_fen`."""
        assert self.model.database is not None
        card = replace(sample_hall.CARDS[0], state=CardState(changes.pop("card_state", CardState.ACTIVE)))
        Registers(self.model.database).put(replace(sample_hall.CUSTOMERS[0], **changes), card, wall_us=1)

    def wait(self, seconds: float) -> None:
        self.model.run(seconds)

    def see(self, screen: str, *words: str) -> None:
        """The screen with this name comes up, and says so."""
        self.model.run_until(lambda: self.model.customer.screen == screen, SEE_WITHIN_S)
        self.says(*words)

    def says(self, *words: str) -> None:
        shown = self.words_on_screen()
        for word in words:
            assert word in shown, f"{word!r} is not on the screen {self.model.customer.screen}:\n{shown}"

    def does_not_say(self, *words: str) -> None:
        shown = self.words_on_screen()
        for word in words:
            assert word not in shown, f"{word!r} is on the screen {self.model.customer.screen}:\n{shown}"

    def paper(self, *words: str) -> None:
        """The newest paper of the receipt printer."""
        assert self.model.receipts, "no paper"
        for word in words:
            assert word in self.model.receipts[-1], f"{word!r} is not on the paper:\n{self.model.receipts[-1]}"

    def ticket(self, *words: str) -> None:
        assert self.model.tickets, "no ticket"
        for word in words:
            assert word in self.model.tickets[-1], f"{word!r} is not on the ticket:\n{self.model.tickets[-1]}"

    def kill(self) -> None:
        self.model.kill()

    def boot(self) -> None:
        self.model.boot()
        self.model.run(6.0)


def strings_of(value: Any) -> list[str]:
    """Every text in a view, wherever it stands."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in strings_of(item)]
    if isinstance(value, tuple | list):
        return [text for item in value for text in strings_of(item)]
    if hasattr(value, "__dataclass_fields__"):
        return [text for name in value.__dataclass_fields__ for text in strings_of(getattr(value, name))]
    return []


VERBS: Mapping[str, Callable[..., None]] = {
    name: verb
    for name, verb in vars(Stage).items()
    if callable(verb) and not name.startswith("_") and name not in ("play", "chip", "words_on_screen")
}


# Cards ---------------------------------------------------------------------------------------------------------------


def _issued(card_no: str, customer_no: str, meter_no: str) -> Callable[[ModelHall], Chip]:
    return lambda model: model.new_card(card_no, customer_no, meter_no)


def _another_region(model: ModelHall) -> Chip:
    chip = Chip()
    chip.main[:] = codec.new_card(
        card_no="00001001", customer_no=sample_hall.CUSTOMER, meter_no=sample_hall.METER, region=9
    )
    return chip


def _another_trade(model: ModelHall) -> Chip:
    chip = Chip()
    chip.main[0x20:0x40] = b"ROOM 4711".ljust(32, b"\x00")
    return chip


def _damaged(model: ModelHall) -> Chip:
    chip = _bare()
    for slot in (0x40, 0x60):
        chip.main[slot + 3] ^= 0x55
        chip.main[slot + 29] = 0x00
    return chip


def _locked(model: ModelHall) -> Chip:
    chip = _bare()
    chip.error_counter = 0
    return chip


def _bare() -> Chip:
    chip = Chip()
    chip.main[:] = codec.new_card(
        card_no=sample_hall.CARD,
        customer_no=sample_hall.CUSTOMER,
        meter_no=sample_hall.METER,
        region=sample_hall.REGION,
    )
    return chip


NAMES = {"mine": f"card {sample_hall.CARD}", "hers": f"card {sample_hall.DEBTOR_CARD}"}

CHIPS: Mapping[str, Callable[[ModelHall], Chip]] = {
    NAMES["mine"]: _issued(sample_hall.CARD, sample_hall.CUSTOMER, sample_hall.METER),
    NAMES["hers"]: _issued(sample_hall.DEBTOR_CARD, sample_hall.DEBTOR, sample_hall.DEBTOR_METER),
    "unregistered": _issued("00009999", "1000009999", "202600009999"),
    "bank card": lambda model: Chip(atr=CPU_CARD_ATR),
    "other memory": lambda model: Chip(atr=SLE4428_ATR),
    "other region": _another_region,
    "other trade": _another_trade,
    "blank": lambda model: Chip(),
    "damaged": _damaged,
    "locked": _locked,
}
"""Every card that a scenario may name. `mine` and `hers` are the sample hall's two customers."""
