"""One layout: what the plain text shows is what the printer puts on paper."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from devices import paper_picture, paper_text
from devices.print_document import Block, Columns, Document, Feed, Pair, Qr, Rule, Text
from devices.printer_trial import describe
from devices.printing import (
    PaperRetracted,
    PaperSupply,
    PaperSupplyChanged,
    PaperTaken,
    PrintFinished,
    PrintOutcome,
    Proof,
)
from devices.receipt_printer import FAULTS, render
from devices.status import Action, DeviceStatus, Fault, StatusChanged
from devices.ticket_dispenser import FAULTS as TICKET_FAULTS
from drivers.escpos.profiles import PROFILES, profile_named
from drivers.escpos.text import display_width
from drivers.sim.printer import VirtualPrinter

BLOCKS: tuple[Block, ...] = (
    Text("燃气充值凭证", align="centre", width=2, height=2, bold=True),
    Rule("solid"),
    Pair("户号", "10012345"),
    Pair("一个非常非常非常非常非常长的名称在左边", "而右边也有一个很长很长的值"),
    Columns(("阶梯", "气量", "单价", "金额"), (12, 12, 12, 12), ("left", "right", "right"), bold=True),
    Columns(
        ("第一阶梯居民生活用气", "12.50㎥", "3.45", "￥43.13"), (12, 12, 12, 12), ("left", "right", "right", "right")
    ),
    Rule("double"),
    Feed(2),
    Text("右", align="right"),
    Text("请妥善保管本凭证，如有疑问请拨打客服电话 95777，或到任一营业厅查询。"),
    Qr("单号:1"),
)


@pytest.mark.parametrize(("columns", "profile"), [(48, "generic-80"), (32, "generic-58")])
def test_the_plain_text_is_what_stands_on_paper(columns: int, profile: str) -> None:
    document = Document("receipt", BLOCKS)
    printer = VirtualPrinter(columns=columns, speed=1e9)
    printer.receive(b"\x1b@\x1c&" + b"".join(render(document, columns, PROFILES[profile])), 0.0)
    for later in range(100):
        printer.run(float(later))
    assert printer.violations == []
    assert printer.hanging.split("\n") == list(paper_text.lines(document, columns))


@given(
    st.lists(
        st.one_of(
            st.builds(
                Text,
                st.text(max_size=60),
                st.sampled_from(["left", "centre", "right"]),
                st.booleans(),
                st.integers(1, 4),
                st.integers(1, 4),
            ),
            st.builds(Pair, st.text(max_size=40), st.text(max_size=40)),
            st.builds(
                lambda a, b: Columns((a, b), (30, 18), ("left", "right")), st.text(max_size=40), st.text(max_size=40)
            ),
        ),
        max_size=6,
    ),
    st.sampled_from([32, 48]),
)
def test_no_line_is_wider_than_the_paper_and_no_value_is_lost(blocks: list[Block], columns: int) -> None:
    document = Document("receipt", tuple(blocks))
    printer = VirtualPrinter(columns=columns, speed=1e9)
    printer.receive(
        b"\x1b@\x1c&" + b"".join(render(document, columns, PROFILES["generic-80" if columns == 48 else "generic-58"])),
        0.0,
    )
    for later in range(100):
        printer.run(float(later))
    assert printer.violations == []
    assert all(display_width(line.replace("▦", "〓")) <= columns for line in paper_text.lines(document, columns))


def test_the_picture_of_a_paper_has_its_width_and_its_ink() -> None:
    fonts = pytest.importorskip("pylopdf_fonts_zh_cn")
    document = Document("receipt", BLOCKS)
    image = Image.open(io.BytesIO(paper_picture.png(document, str(fonts.sans_path()))))
    image.load()
    assert image.width > 48 * paper_picture.COLUMN_PX
    dark = sum(image.convert("L").histogram()[:100])
    assert 0.02 < dark / (image.width * image.height) < 0.4
    again = paper_picture.png(document, str(fonts.sans_path()))
    assert again == paper_picture.png(document, str(fonts.sans_path()))


def test_a_character_of_the_font_that_gbk_lacks_is_drawn_on_paper() -> None:
    fonts = pytest.importorskip("pylopdf_fonts_zh_cn")
    glyph = paper_picture.FontGlyphs(str(fonts.sans_path()))
    dots = glyph("䶮")
    assert dots is not None
    assert len(dots) == 72
    assert glyph("\U0010fffd") is None
    (segment,) = render(Document("receipt", (Text("李䶮"),)), glyph=glyph)
    assert b"\x1b*\x21\x18\x00" in segment


def test_fault_codes_are_one_to_one_and_say_who_mends() -> None:
    for faults, prefix in ((FAULTS, "E-RP-"), (TICKET_FAULTS, "E-TD-")):
        codes = [fault.code for _, fault in faults.rows] + [faults.silent.code, faults.lost.code]
        assert len(codes) == len(set(codes))
        assert all(code.startswith(prefix) for code in codes)
    by_name = dict(FAULTS.rows)
    assert by_name["paper_end"].action is Action.CLEAR
    assert by_name["cutter_error"].action is Action.MAINTENANCE


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match="generic-80"):
        profile_named("no-such")


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            PrintFinished("j", PrintOutcome.PRINTED, Proof.PROCESS_ID, cut=True),
            {"event": "finished", "outcome": "printed", "proof": "process-id", "cut": True},
        ),
        (
            PrintFinished("j", PrintOutcome.UNKNOWN, Proof.NONE, cut=False, detail="no fence"),
            {"outcome": "unknown", "proof": "none", "detail": "no fence"},
        ),
        (
            StatusChanged("p", DeviceStatus.USER_ERROR, Fault("E-RP-01", Action.CLEAR, "paper end")),
            {"event": "status", "status": "userError", "code": "E-RP-01", "action": "clear"},
        ),
        (PaperSupplyChanged("p", PaperSupply.LOW), {"event": "paper", "supply": "low"}),
        (PaperTaken("j"), {"event": "taken", "job": "j"}),
        (PaperRetracted("j"), {"event": "retracted", "job": "j"}),
    ],
)
def test_a_trial_tells_outcome_proof_and_status(event: object, expected: dict[str, Any]) -> None:
    described = describe(event)
    assert {key: described[key] for key in expected} == expected


def test_a_document_of_every_block_prints(line: Callable[..., Any]) -> None:
    conversation = line()
    conversation.ready()
    conversation.print("job", Document("receipt", BLOCKS))
    assert conversation.outcome("job").outcome is PrintOutcome.PRINTED
    assert conversation.printer.papers[0] == "\n".join(paper_text.lines(Document("receipt", BLOCKS))).rstrip("\n")
