"""One paper between driver and printer, with everything that can go wrong in it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import paper_text
from devices.print_document import Document, Feed, Pair, Picture, Qr, Text
from devices.printing import PaperSupply, PrintOutcome, Proof
from devices.status import Action, CheckLevel, DeviceStatus, StatusChanged
from drivers.escpos.job import ProcessIds
from drivers.sim.printer import Printed

MakeLine = Callable[..., Any]

LONG = Document("report", tuple(Pair(f"第{number}行", f"{number}.00") for number in range(60)))

KINDS = [
    pytest.param({}, Proof.PROCESS_ID, id="process-id"),
    pytest.param({"process_id": False}, Proof.QUEUED_STATUS, id="clone-that-prints-the-probe"),
    pytest.param({"profile": "queued-status-80"}, Proof.QUEUED_STATUS, id="queued-status"),
    pytest.param({"automatic_status": False}, Proof.PROCESS_ID, id="no-automatic-status"),
    pytest.param({"flow": "xon/xoff", "buffer_size": 400, "profile": "epson-80"}, Proof.PROCESS_ID, id="xon-xoff"),
    pytest.param({"buffer_size": 45}, Proof.PROCESS_ID, id="buffer-of-45-bytes"),
    pytest.param({"mm_s": 60}, Proof.PROCESS_ID, id="slow"),
]


@pytest.mark.parametrize(("kind", "proof"), KINDS)
def test_a_paper_is_printed_cut_and_proven(
    line: MakeLine, receipt: Document, kind: dict[str, Any], proof: Proof
) -> None:
    conversation = line(**kind)
    conversation.ready()
    conversation.print("job", receipt)
    finished = conversation.outcome("job")
    assert (finished.outcome, finished.proof, finished.cut) == (PrintOutcome.PRINTED, proof, True)
    assert len(conversation.printer.papers) == 1
    paper = conversation.printer.papers[0]
    assert "燃气充值凭证" in paper
    assert "￥100.00" in paper
    assert "12.50m3" in paper
    assert conversation.printer.violations == []


def test_the_proof_does_not_come_before_the_paper(line: MakeLine) -> None:
    conversation = line(mm_s=20)
    conversation.ready()
    conversation.print("job", LONG)
    conversation.outcome("job")
    cut_at = [happening for happening in conversation.happenings if isinstance(happening, Printed)]
    assert len(cut_at) == 1
    assert conversation.printer.hanging == ""


def test_papers_with_codes_and_pictures(line: MakeLine) -> None:
    conversation = line()
    conversation.ready()
    picture = Picture(96, bytes([0x10, 0x04, 0x14] * 4 * 60))
    conversation.print("job", Document("label", (Text("标题"), Qr("单号:123"), picture, Feed(2), Text("完"))))
    assert conversation.outcome("job").outcome is PrintOutcome.PRINTED
    paper = conversation.printer.papers[0].splitlines()
    assert paper[:2] == ["标题", "[QR] 单号:123"]
    assert paper[-3:] == ["", "", "完"]
    assert conversation.printer.violations == []


def test_twenty_four_chinese_lines_are_at_most_1200_bytes(line: MakeLine) -> None:
    blocks = tuple(Pair(f"项目名称{number}", f"￥{number}00.00") for number in range(12)) + tuple(
        Text("请妥善保管本凭证，如有疑问请拨打客服电话。") for _ in range(12)
    )
    conversation = line()
    conversation.ready()
    conversation.print("job", Document("receipt", blocks))
    assert conversation.outcome("job").outcome is PrintOutcome.PRINTED
    assert conversation.printer.papers[0].count("\n") == 23
    assert len(conversation.printer.raw_papers[0]) <= 1200


def test_many_papers_one_after_the_other(line: MakeLine, receipt: Document) -> None:
    conversation = line()
    conversation.ready()
    for number in range(5):
        conversation.print(f"job {number}", receipt)
    for number in range(5):
        assert conversation.outcome(f"job {number}").outcome is PrintOutcome.PRINTED
    assert len(conversation.printer.papers) == 5
    assert conversation.printer.violations == []


# -- before the first byte -------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "supply"),
    [
        ("paper out", "E-RP-01", PaperSupply.OUT),
        ("cover open", "E-RP-02", PaperSupply.UNKNOWN),
        ("cutter error", "E-RP-04", PaperSupply.UNKNOWN),
    ],
)
@pytest.mark.parametrize("automatic", [True, False])
def test_a_printer_that_cannot_print_refuses_before_the_first_byte(
    line: MakeLine, receipt: Document, words: str, code: str, supply: PaperSupply, automatic: bool
) -> None:
    conversation = line(automatic_status=automatic)
    conversation.ready()
    conversation.printer.command(words, conversation.now)
    conversation.print("job", receipt)
    assert conversation.outcome("job").outcome is PrintOutcome.REFUSED
    assert conversation.machine.fault is not None
    assert conversation.machine.fault.code == code
    assert conversation.machine.paper is supply
    assert not conversation.machine.can_print
    assert b"\x1b@\x1c&" not in conversation.sent
    conversation.printer.command(
        {"paper out": "paper ok", "cover open": "cover closed"}.get(words, "cutter ok"), conversation.now
    )
    conversation.ready()
    conversation.print("job", receipt)  # refused: safe to try again under its id
    conversation.run_until(lambda: len(conversation.outcomes()) == 2)
    assert conversation.outcomes()[-1].outcome is PrintOutcome.PRINTED
    assert len(conversation.printer.papers) == 1


def test_faults_of_an_idle_printer_are_told_within_two_seconds(line: MakeLine) -> None:
    for automatic in (True, False):
        conversation = line(automatic_status=automatic)
        conversation.ready()
        conversation.printer.command("paper out", conversation.now)
        took = conversation.run_until(lambda: conversation.machine.paper is PaperSupply.OUT)  # noqa: B023
        assert took < 2.0
        changed = [event for event in conversation.events if isinstance(event, StatusChanged)][-1]
        assert changed.status is DeviceStatus.USER_ERROR
        assert changed.fault is not None
        assert changed.fault.action is Action.CLEAR
        conversation.printer.command("paper near", conversation.now)
        conversation.ready()
        assert conversation.machine.paper is PaperSupply.LOW


@pytest.mark.parametrize("bit", [True, False])
def test_one_of_the_two_paper_bits_is_enough(line: MakeLine, bit: bool) -> None:
    conversation = line(one_paper_bit=bit, automatic_status=False)
    conversation.ready()
    conversation.printer.command("paper out", conversation.now)
    conversation.run(2.5)
    assert conversation.machine.paper is PaperSupply.OUT


def test_silence_is_never_paper(line: MakeLine, receipt: Document) -> None:
    conversation = line()
    conversation.printer.set_silent(True)
    conversation.run(5.0)
    assert conversation.machine.paper is PaperSupply.UNKNOWN
    assert not conversation.machine.can_print
    assert conversation.machine.status is DeviceStatus.POWER_OFF
    conversation.print("job", receipt)
    assert conversation.outcome("job", within_s=8.0).outcome is PrintOutcome.REFUSED
    assert conversation.printer.papers == []
    conversation.printer.set_silent(False)
    conversation.ready()


def test_a_stale_byte_is_never_the_new_answer(line: MakeLine, receipt: Document) -> None:
    """The printer answers 'healthy' late, after the paper has run out."""
    for delay_s in (0.6, 1.2, 1.9, 2.05, 2.4, 3.1):
        conversation = line(automatic_status=False)
        conversation.ready()
        conversation.run(3.0)
        conversation.printer.answer_delay_s = delay_s
        conversation.run(1.2)
        conversation.printer.paper = "out"
        conversation.run_until(lambda: not conversation.machine.can_print, 5.0)  # noqa: B023
        end = conversation.now + 6.0
        while conversation.now < end:
            conversation.step(end)
            assert not conversation.machine.can_print, f"a stale byte passed for the new one at {delay_s} s"
            assert conversation.machine.paper is not PaperSupply.FULL
        assert conversation.machine.paper is PaperSupply.OUT


def test_an_answer_too_many_voids_the_round(line: MakeLine, receipt: Document) -> None:
    conversation = line(automatic_status=False)
    conversation.ready()
    conversation.print("job", receipt)
    asked = conversation.printer.real_time_commands
    conversation.inject(b"\x12")  # as if it answered the first question of the preflight
    conversation.run_until(lambda: conversation.printer.hanging != "")
    assert conversation.printer.real_time_commands >= asked + 8
    assert conversation.outcome("job").outcome is PrintOutcome.PRINTED
    assert len(conversation.printer.papers) == 1


def test_a_lying_printer_prints_nothing_and_is_not_believed(line: MakeLine, receipt: Document) -> None:
    conversation = line()
    conversation.ready()
    conversation.printer.lying = True
    conversation.printer.paper = "out"
    conversation.print("job", receipt)
    assert conversation.outcome("job").outcome is PrintOutcome.REFUSED
    assert conversation.machine.fault is not None
    assert conversation.machine.fault.code in ("E-RP-08", "E-RP-10")


# -- in the middle of it -------------------------------------------------------------


def _begun(conversation: Any) -> None:
    """Runs until the first line is on paper."""
    conversation.run_until(lambda: conversation.printer.hanging.count("\n") >= 5)


def test_paper_out_in_the_middle_and_filled_in_time(line: MakeLine) -> None:
    conversation = line(mm_s=60)
    conversation.ready()
    conversation.print("job", LONG)
    _begun(conversation)
    conversation.printer.command("paper out", conversation.now)
    conversation.run(30.0)
    assert conversation.outcomes() == []
    assert conversation.machine.paper is PaperSupply.OUT
    conversation.printer.command("paper ok", conversation.now)
    finished = conversation.outcome("job")
    assert finished.outcome is PrintOutcome.PRINTED
    assert finished.detail != ""


@pytest.mark.parametrize("automatic", [True, False])
@pytest.mark.parametrize("paper_mm", [1, 40, 120, 224])
def test_paper_out_and_nobody_comes(line: MakeLine, paper_mm: int, automatic: bool) -> None:
    conversation = line(automatic_status=automatic, paper_mm=float(paper_mm), mm_s=60)
    conversation.ready()
    conversation.print("job", LONG)
    assert conversation.outcome("job").outcome is PrintOutcome.UNKNOWN
    assert conversation.printer.papers == []


def test_after_an_unknown_paper_the_scrap_is_cut_off_before_the_next(line: MakeLine, receipt: Document) -> None:
    conversation = line(mm_s=60)
    conversation.ready()
    conversation.print("job", LONG)
    _begun(conversation)
    conversation.printer.command("paper out", conversation.now)
    assert conversation.outcome("job").outcome is PrintOutcome.UNKNOWN
    conversation.printer.command("paper ok", conversation.now)
    conversation.ready()
    conversation.print("next", receipt)
    assert conversation.outcome("next").outcome is PrintOutcome.PRINTED
    assert [paper.count("第") > 0 for paper in conversation.printer.papers] == [True, False]
    assert conversation.printer.papers[-1].lstrip().startswith("燃气充值凭证")
    assert conversation.printer.violations == []


def test_cover_opened_and_closed_in_the_middle(line: MakeLine) -> None:
    conversation = line(mm_s=60)
    conversation.ready()
    conversation.print("job", LONG)
    _begun(conversation)
    conversation.printer.command("cover open", conversation.now)
    conversation.run(10.0)
    assert conversation.machine.fault is not None
    assert conversation.machine.fault.code == "E-RP-02"
    conversation.printer.command("cover closed", conversation.now)
    assert conversation.outcome("job").outcome is PrintOutcome.PRINTED


@pytest.mark.parametrize("kind", [{}, {"process_id": False}, {"automatic_status": False}])
def test_a_cutter_that_fails_is_not_a_printed_paper(line: MakeLine, receipt: Document, kind: dict[str, Any]) -> None:
    conversation = line(**kind)
    conversation.ready()
    conversation.printer.cutter_fails_next = True
    conversation.print("job", receipt)
    finished = conversation.outcome("job")
    assert finished.outcome is PrintOutcome.UNKNOWN
    assert not finished.cut
    conversation.run(5.0)
    assert conversation.machine.fault is not None
    assert conversation.machine.fault.code == "E-RP-04"
    assert conversation.machine.status is DeviceStatus.HARDWARE_ERROR


def test_a_printer_that_falls_silent_in_the_middle(line: MakeLine, receipt: Document) -> None:
    conversation = line()
    conversation.ready()
    conversation.print("job", receipt)
    conversation.run_until(lambda: conversation.printer.hanging != "")
    conversation.printer.set_silent(True)
    assert conversation.outcome("job").outcome is PrintOutcome.UNKNOWN
    assert conversation.machine.paper is PaperSupply.UNKNOWN
    conversation.printer.set_silent(False)
    conversation.ready()
    conversation.run(10.0)
    assert len([paper for paper in conversation.printer.papers if "户号" in paper]) == 1
    assert len(conversation.outcomes()) == 1


@pytest.mark.parametrize("kind", [{}, {"process_id": False}])
def test_power_cut_in_the_middle_is_unknown_and_the_next_paper_is_clean(
    line: MakeLine, receipt: Document, kind: dict[str, Any]
) -> None:
    conversation = line(mm_s=60, **kind)
    conversation.ready()
    conversation.print("job", LONG)
    _begun(conversation)
    conversation.printer.command("power off", conversation.now)
    conversation.run(2.0)
    conversation.printer.command("power on", conversation.now)
    assert conversation.outcome("job").outcome is PrintOutcome.UNKNOWN
    conversation.print("next", receipt)
    assert conversation.outcome("next").outcome is PrintOutcome.PRINTED
    assert "第" not in conversation.printer.papers[-1]
    assert conversation.printer.violations == []


def test_unplugged_in_the_middle_and_plugged_again(line: MakeLine, receipt: Document) -> None:
    conversation = line(mm_s=60)
    conversation.ready()
    conversation.print("job", LONG)
    _begun(conversation)
    conversation.unplug()
    assert conversation.outcome("job").outcome is PrintOutcome.UNKNOWN
    assert conversation.machine.status is DeviceStatus.NO_DEVICE
    conversation.print("refused", receipt)
    assert conversation.outcome("refused").outcome is PrintOutcome.REFUSED
    conversation.run(3.0)
    conversation.plug()
    conversation.ready()
    conversation.print("next", receipt)
    assert conversation.outcome("next").outcome is PrintOutcome.PRINTED
    assert conversation.printer.papers[-1].lstrip().startswith("燃气充值凭证")
    assert "第" not in conversation.printer.papers[-1]


def test_unplugged_before_the_first_byte_is_refused(line: MakeLine, receipt: Document) -> None:
    conversation = line()
    conversation.ready()
    conversation.print("job", receipt)
    conversation.unplug()
    assert conversation.outcome("job").outcome is PrintOutcome.REFUSED
    assert b"\x1c&" not in conversation.sent


# -- echoes that are not ours -------------------------------------------------------------


def test_a_foreign_echo_completes_nothing(line: MakeLine) -> None:
    conversation = line(mm_s=60)
    conversation.ready()
    conversation.print("job", LONG)
    conversation.run_until(lambda: conversation.printer.hanging.count("\n") >= 50)  # all is sent; the fence is awaited
    for echo in (b"0000", b"AAAA", b"job1", b"wxyz"):
        conversation.inject(b"\x37\x22" + echo + b"\x00")
    conversation.inject(b"\x00\x01\x00")  # answers to GS r, of a printer that is asked by id
    conversation.run(0.2)
    assert conversation.outcomes() == []
    assert conversation.outcome("job").outcome is PrintOutcome.PRINTED
    assert len(conversation.printer.papers) == 1


def test_a_late_echo_completes_neither_its_own_paper_nor_the_next(line: MakeLine, receipt: Document) -> None:
    conversation = line(mm_s=60)
    conversation.ready()
    conversation.print("job", LONG)
    _begun(conversation)
    conversation.printer.command("paper out", conversation.now)
    assert conversation.outcome("job").outcome is PrintOutcome.UNKNOWN
    conversation.print("next", receipt)
    assert conversation.outcome("next").outcome is PrintOutcome.REFUSED
    conversation.printer.command("paper ok", conversation.now)  # now the printer goes on, and echoes
    conversation.ready()
    assert [finished.job_id for finished in conversation.outcomes()] == ["job", "next"]


@pytest.mark.parametrize("late_s", [0.1, 3.0, 30.0])
def test_a_late_answer_without_an_id_completes_nothing(line: MakeLine, receipt: Document, late_s: float) -> None:
    conversation = line(profile="queued-status-80", mm_s=60)
    conversation.ready()
    conversation.print("job", LONG)
    _begun(conversation)
    conversation.printer.command("paper out", conversation.now)
    assert conversation.outcome("job").outcome is PrintOutcome.UNKNOWN
    conversation.run(late_s)
    conversation.printer.command("paper ok", conversation.now)
    conversation.print("next", receipt)
    conversation.outcome("next")
    proven = [finished.job_id for finished in conversation.outcomes() if finished.outcome is PrintOutcome.PRINTED]
    on_paper = [paper for paper in conversation.printer.papers if "户号" in paper]
    assert len(on_paper) == len(proven)


def test_one_answer_too_many_without_an_id_makes_the_paper_unknown(line: MakeLine) -> None:
    conversation = line(profile="queued-status-80", mm_s=60)
    conversation.ready()
    conversation.print("job", LONG)
    conversation.run_until(lambda: conversation.printer.hanging != "")
    conversation.inject(b"\x00")
    assert conversation.outcome("job").outcome is not PrintOutcome.PRINTED


def test_the_answer_that_hprt_sends_after_a_picture_is_no_fence(line: MakeLine) -> None:
    conversation = line(profile="queued-status-80", mm_s=60)
    conversation.ready()
    conversation.print("job", LONG)
    _begun(conversation)
    for _ in range(3):
        conversation.inject(b"\x06\x15")
    finished = conversation.outcome("job")
    assert finished.outcome is not PrintOutcome.PRINTED or len(conversation.printer.papers) == 1


# -- once and never twice -------------------------------------------------------------


def test_the_same_job_is_never_printed_twice(line: MakeLine, receipt: Document) -> None:
    conversation = line()
    conversation.ready()
    conversation.print("job", receipt)
    conversation.print("job", receipt)
    conversation.outcome("job")
    conversation.run(5.0)
    conversation.print("job", receipt)
    conversation.run(5.0)
    assert [finished.outcome for finished in conversation.outcomes()] == [PrintOutcome.PRINTED] * 2
    assert len(conversation.printer.papers) == 1


def test_an_unknown_job_is_not_sent_again(line: MakeLine, receipt: Document) -> None:
    conversation = line()
    conversation.ready()
    conversation.print("job", receipt)
    conversation.run_until(lambda: conversation.printer.hanging != "")
    conversation.unplug()
    conversation.run(1.0)
    conversation.plug()
    conversation.ready()
    conversation.print("job", receipt)
    conversation.run(10.0)
    assert {finished.outcome for finished in conversation.outcomes()} == {PrintOutcome.UNKNOWN}
    assert sum("户号" in paper for paper in conversation.printer.papers) <= 1


def test_a_paper_that_cannot_be_encoded_is_refused(line: MakeLine) -> None:
    conversation = line()
    conversation.ready()
    conversation.print("job", Document("label", (Qr(""),)))
    assert conversation.outcome("job").outcome is PrintOutcome.REFUSED


def test_too_many_papers_at_once_are_refused(line: MakeLine, receipt: Document) -> None:
    conversation = line()
    conversation.ready()
    for number in range(12):
        conversation.print(f"job {number}", receipt)
    conversation.run(60.0)
    outcomes = [finished.outcome for finished in conversation.outcomes()]
    assert len(outcomes) == 12
    assert PrintOutcome.REFUSED in outcomes
    assert outcomes.count(PrintOutcome.PRINTED) == len(conversation.printer.papers)


# -- idle -------------------------------------------------------------


def test_an_idle_printer_is_asked_about_once_a_second(line: MakeLine) -> None:
    conversation = line()
    conversation.ready()
    conversation.run(2.0)
    before = conversation.printer.real_time_commands
    conversation.run(60.0)
    asked = conversation.printer.real_time_commands - before
    assert 60 <= asked <= 130
    assert conversation.printer.violations == []
    assert conversation.printer.papers == []


def test_a_health_check_tells_what_is_known(line: MakeLine) -> None:
    conversation = line()
    assert not conversation.machine.check_health(CheckLevel.INTERNAL).ok
    conversation.ready()
    report = conversation.machine.check_health(CheckLevel.INTERNAL, conversation.now)
    conversation.flush()
    assert report.ok
    assert "process-id" in report.text
    conversation.run(1.0)
    assert conversation.machine.can_print


def test_noise_at_any_time_prints_nothing_and_breaks_nothing(line: MakeLine, receipt: Document) -> None:
    for seed in range(20):
        conversation = line()
        conversation.ready()
        noise = bytes((seed * 37 + at * 101) % 256 for at in range(40))
        conversation.inject(noise)
        conversation.run(10.0)
        conversation.print("job", receipt)
        assert conversation.outcome("job").outcome is PrintOutcome.PRINTED
        assert len(conversation.printer.papers) == 1


def test_a_cutter_that_fails_and_goes_on_is_found_out_by_its_status(line: MakeLine, receipt: Document) -> None:
    conversation = line(automatic_status=False, cutter_error_stops=False)
    conversation.ready()
    conversation.printer.cutter_fails_next = True
    conversation.print("job", receipt)
    assert conversation.outcome("job").outcome is PrintOutcome.UNKNOWN


def test_an_old_answer_without_an_id_at_the_start_does_not_spoil_the_first_paper(
    line: MakeLine, receipt: Document
) -> None:
    conversation = line(profile="queued-status-80")
    conversation.print("job", receipt)
    conversation.run_until(lambda: b"\x1dr\x01" in conversation.sent)
    conversation.inject(b"\x00")
    assert conversation.outcome("job").outcome is PrintOutcome.PRINTED


def test_good_news_that_was_not_asked_for_is_not_believed(line: MakeLine) -> None:
    conversation = line()
    conversation.ready()
    conversation.run(2.0)
    conversation.printer.set_silent(True)
    conversation.inject(b"\x18\x00\x0c\x0f")
    assert conversation.machine.paper is PaperSupply.OUT
    conversation.inject(b"\x10\x00\x00\x0f")
    assert not conversation.machine.can_print
    assert conversation.machine.paper is PaperSupply.UNKNOWN
    conversation.printer.set_silent(False)
    conversation.ready()


def test_an_xoff_that_no_xon_follows_does_not_stop_a_paper_for_ever(line: MakeLine) -> None:
    conversation = line()
    conversation.ready()
    conversation.print("job", LONG)
    _begun(conversation)
    conversation.inject(b"\x13")
    conversation.run(3.0)
    assert conversation.outcomes() == []
    assert conversation.outcome("job").outcome is PrintOutcome.PRINTED


@given(st.lists(st.text(max_size=6), max_size=70))
def test_a_process_id_is_printable_and_not_given_again_while_it_may_come_back(meanings: list[str]) -> None:
    ids = ProcessIds()
    given_ids = [ids.give(meaning) for meaning in meanings]
    assert all(len(one) == 4 and one.isalnum() for one in given_ids)
    for at in range(len(given_ids)):
        assert given_ids[at] not in given_ids[max(0, at - 64) : at]


def test_a_process_id_comes_from_what_it_stands_for() -> None:
    assert ProcessIds().give("a/body") == ProcessIds().give("a/body")
    assert ProcessIds().give("a/body") != ProcessIds().give("b/body")


def test_a_slow_printer_with_a_small_buffer_is_not_overrun(line: MakeLine) -> None:
    conversation = line(flow="xon/xoff", buffer_size=400, mm_s=40)
    conversation.ready()
    conversation.print("job", LONG)
    assert conversation.outcome("job").outcome is PrintOutcome.PRINTED
    assert conversation.printer.papers == ["\n".join(paper_text.lines(LONG))]
    assert conversation.printer.violations == []


@pytest.mark.parametrize("profile", ["generic-80", "queued-status-80"])
@pytest.mark.parametrize("after_s", [0.2, 0.7, 1.3, 2.1, 2.9])
def test_off_and_on_again_behind_the_back_of_a_long_report(line: MakeLine, profile: str, after_s: float) -> None:
    """The printer answers every fence after its restart; what it lost before must not pass for printed."""
    report = Document("report", tuple(Pair(f"第{number}行", f"{number}.00") for number in range(400)))
    conversation = line(profile=profile, mm_s=300)
    conversation.ready()
    conversation.print("job", report)
    conversation.run(after_s)
    conversation.printer.command("power off", conversation.now)
    conversation.run(0.1)
    conversation.printer.command("power on", conversation.now)
    assert conversation.outcome("job").outcome is PrintOutcome.UNKNOWN
