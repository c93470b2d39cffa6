"""No note, no gas and no paper moves before its record. `test_scenarios` has the witness watch every effect of every
scenario; here it is shown
that the witness sees each wrong order, and that the scenarios make every kind of effect happen."""

from pathlib import Path

import pytest

from devices.print_document import Document
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
from kiosk.virtual.scenarios import BY_NAME
from kiosk.virtual.stage import Stage
from kiosk.virtual.write_ahead import WriteAheadWitness
from storage.records import NewRecord

PAPER = Document("receipt", ())


def _record(kind: str, **body: str) -> Append:
    return Append((NewRecord(kind, "o1", dict(body)),))


PAIRS: dict[str, tuple[Append, Effect]] = {
    "stack": (_record("note.stack_intended", note_id="n1"), StackNote("n1")),
    "acknowledge": (_record("note.stacked", note_id="n1"), AcknowledgeNote("n1")),
    "acknowledge an unclaimed note": (_record("note.unclaimed"), AcknowledgeNote(None)),
    "return": (_record("note.return_intended"), ReturnNote(None)),
    "write": (_record("card.write_intended", token="w1", before="00", after="01"), WriteCard("w1", b"\x00", b"\x01")),
    "receipt": (_record("print.intended", job_id="j1"), PrintReceipt("j1", PAPER)),
    "ticket": (_record("print.intended", job_id="j1"), PrintTicket("j1", PAPER)),
}


def _watched(*effects: Effect) -> WriteAheadWitness:
    witness = WriteAheadWitness()
    for effect in effects:
        witness.see(effect)
    return witness


@pytest.mark.parametrize("name", PAIRS)
def test_an_effect_after_its_record_is_in_order(name: str) -> None:
    assert _watched(*PAIRS[name]).wrong == []


@pytest.mark.parametrize("name", PAIRS)
def test_an_effect_before_its_record_is_seen(name: str) -> None:
    record, effect = PAIRS[name]
    assert len(_watched(effect, record).wrong) >= 1


@pytest.mark.parametrize("name", PAIRS)
def test_an_effect_under_the_record_of_another_is_seen(name: str) -> None:
    others = [
        record for other, (record, _) in PAIRS.items() if record.records[0].kind != PAIRS[name][0].records[0].kind
    ]
    assert len(_watched(*others, _record("note.returned", note_id="n1"), PAIRS[name][1]).wrong) >= 1


def test_a_write_with_another_image_than_the_journaled_one_is_seen() -> None:
    assert _watched(PAIRS["write"][0], WriteCard("w1", b"\x00", b"\x02")).wrong


def test_every_kind_of_moving_effect_happens_in_the_scenarios(tmp_path: Path) -> None:
    moved: set[str] = set()
    for number, name in enumerate(("by amount", "notes when none are wanted", "a ticket")):
        stage = Stage(tmp_path / str(number))
        stage.play(BY_NAME[name].steps)
        stage.model.close()
        assert stage.witness.wrong == []
        moved |= set(stage.witness.moved)
    assert moved >= {"StackNote", "AcknowledgeNote", "WriteCard", "PrintReceipt", "PrintTicket"}
