"""Watches a hall's effects as they are run: nothing that moves money, gas or paper comes before the record that names
it."""

from collections.abc import Sequence

from kiosk.effects import (
    AcknowledgeNote,
    Append,
    Effect,
    PrintReceipt,
    PrintTicket,
    ReturnNote,
    StackNote,
    WriteCard,
)
from storage.records import Json, NewRecord

_NAMES: dict[str, str] = {
    "note.stack_intended": "note_id",
    "note.stacked": "note_id",
    "card.write_intended": "token",
    "print.intended": "job_id",
}
"""Which records name something that is going to be moved, and by which field of theirs."""
_UNNAMED_STACKED = ("note.unclaimed", "note.repeated")


class WriteAheadWitness:
    """`see` takes the effects in the order in which they are run; `wrong` says what came before its record."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.moved: list[str] = []
        """The kinds of moving effects that were seen, in their order."""
        self._named: set[tuple[str, Json]] = set()
        self._images: dict[Json, tuple[Json, Json]] = {}
        self._returns = 0
        self._last: Sequence[NewRecord] = ()

    def see(self, effect: Effect) -> None:
        match effect:
            case Append(records):
                self._remember(records)
                return
            case StackNote(note_id):
                self._wants(("note.stack_intended", note_id), effect)
            case AcknowledgeNote(None):
                if not any(record.kind in _UNNAMED_STACKED for record in self._last):
                    self._complain(effect)
            case AcknowledgeNote(note_id):
                self._wants(("note.stacked", note_id), effect)
            case ReturnNote():
                self._returns -= 1
                if self._returns < 0:
                    self._complain(effect)
            case WriteCard(token, before, after):
                self._wants(("card.write_intended", token), effect)
                if self._images.get(token) != (before.hex(), after.hex()):
                    self._complain(effect)
            case PrintReceipt(job_id) | PrintTicket(job_id):
                self._wants(("print.intended", job_id), effect)
            case _:
                return
        self.moved.append(type(effect).__name__)

    def _remember(self, records: Sequence[NewRecord]) -> None:
        self._last = records
        for record in records:
            field = _NAMES.get(record.kind)
            if field is not None:
                self._named.add((record.kind, record.body[field]))
            if record.kind == "card.write_intended":
                self._images[record.body["token"]] = (record.body["before"], record.body["after"])
            if record.kind == "note.return_intended":
                self._returns += 1

    def _wants(self, name: tuple[str, Json], effect: Effect) -> None:
        if name not in self._named:
            self._complain(effect)

    def _complain(self, effect: Effect) -> None:
        self.wrong.append(f"{type(effect).__name__} before the record that names it: {str(effect)[:120]}")
