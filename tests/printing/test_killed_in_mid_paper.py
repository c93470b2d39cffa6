"""The program dies after any byte of a receipt: its successor does not print it again, and gets the printer back."""

from collections.abc import Callable
from typing import Any

from devices.print_document import Document, Qr, Text
from devices.receipt_printer import ReceiptPrinter
from drivers.escpos.profiles import PROFILES
from drivers.sim.printer import VirtualPrinter

DOCUMENT = Document(
    "receipt", (Text("甲乙丙丁戊己庚辛", bold=True, width=2, height=2), Text("金额 ￥12.00"), Qr("单号:0001"))
)
NEXT = Document("receipt", (Text("下一位"),))


def test_killed_after_every_byte_of_a_receipt(line: Callable[..., Any]) -> None:
    whole = line()
    whole.ready()
    before = len(whole.sent)
    whole.print("job", DOCUMENT)
    whole.outcome("job")
    stream = bytes(whole.sent[before:])
    assert len(stream) > 150

    line_type = type(whole)
    for killed_after in range(len(stream) + 1):
        printer = VirtualPrinter(speed=50.0)
        printer.receive(b"\x1b@", 0.0)
        printer.receive(stream[:killed_after], 1.0)
        successor = line_type(ReceiptPrinter("receipt", profile=PROFILES["generic-80"], baud=115200), printer, lump=64)
        successor.machine.clear_paper(successor.now)
        successor.ready()
        successor.print("next", NEXT)
        assert successor.outcome("next").outcome == "printed", killed_after
        assert sum("甲乙" in paper for paper in printer.papers) <= 1, killed_after
        assert printer.papers[-1] == "下一位", killed_after
        assert printer.hanging == ""


def test_a_successor_by_itself_prints_nothing(line: Callable[..., Any]) -> None:
    first = line()
    first.ready()
    first.print("job", DOCUMENT)
    first.run_until(lambda: first.printer.hanging != "")
    successor = type(first)(ReceiptPrinter("receipt", profile=PROFILES["generic-80"]), first.printer, now=first.now)
    successor.run(30.0)
    assert successor.machine.can_print
    assert sum("甲乙" in paper for paper in first.printer.papers) == 0
    assert first.printer.hanging.count("甲乙") == 1
