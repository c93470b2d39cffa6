"""Both languages say the same things, politely; every word that a device or a limit can utter has its sentence."""

import re
from enum import StrEnum

import pytest

from devices import card_reader, note_acceptor, receipt_printer, ticket_dispenser
from devices.card_reader import CardProblem
from devices.note_acceptor import RefuseReason
from devices.printing import PaperSupply
from devices.status import Action, DeviceStatus
from kiosk.messages import Language, MessageError, codes, fault_text, has, placeholders, text
from kiosk.moment import ClockQuality
from kiosk.topup.limits import LimitReason
from ticketing.line import RefusalReason

CODES = sorted(codes())
LANGUAGES: tuple[Language, Language] = ("zh_CN", "en")
HANZI = re.compile("[\u4e00-\u9fff]")
STAFF = (
    "staff.",
    "counter.",
    "day.",
    "check.",
    "device.",
    "status.",
    "action.",
    "paper_supply.",
    "fault.",
    "age.",
    "paper.",
)
CUSTOMER_CODES = [code for code in CODES if not code.startswith((*STAFF, "queue.refused."))]


def filled(code: str, language: Language) -> str:
    return text(code, language, **dict.fromkeys(placeholders(code, language), "8"))


def test_both_languages_say_something_and_ask_for_the_same_parameters() -> None:
    assert [code for code in CODES if placeholders(code, "zh_CN") != placeholders(code, "en")] == []
    for code in CODES:
        for language in LANGUAGES:
            sentence = filled(code, language)
            assert sentence, code
            assert "{" not in sentence, code
            assert sentence == sentence.strip(), code


def test_each_language_keeps_to_itself() -> None:
    both = {"paper.test.hanzi", "button.language"}
    only_latin = [code for code in CODES if re.search("[A-Za-z]", filled(code, "zh_CN")) and code not in both]
    assert [code for code in only_latin if not HANZI.search(filled(code, "zh_CN"))] == []
    assert [code for code in CODES if HANZI.search(filled(code, "en")) and code not in both] == []


def test_there_is_a_sentence_for_the_whole_visit() -> None:
    assert len(CODES) >= 200
    for group in ("idle", "card", "choose", "quote", "paying", "confirm", "choice", "writing", "reinsert", "done"):
        assert any(code.startswith(f"{group}.") for code in CODES), group
    for group in ("cancelled", "timeout", "printer_out", "acceptor_down", "reader_down", "ticket", "notice", "speak"):
        assert any(code.startswith(f"{group}.") for code in CODES), group


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("paying.refused.", RefuseReason),
        ("card.", CardProblem),
        ("limit.", LimitReason),
        ("status.", DeviceStatus),
        ("action.", Action),
        ("paper_supply.", PaperSupply),
        ("check.clock.", ClockQuality),
        ("queue.refused.", RefusalReason),
    ],
)
def test_every_word_of_a_vocabulary_has_its_sentence(prefix: str, words: type[StrEnum]) -> None:
    assert [word.value for word in words if not has(prefix + word.value)] == []


def test_every_card_that_is_refused_comes_with_what_to_do() -> None:
    assert [problem.value for problem in CardProblem if not has(f"card.{problem.value}.todo")] == []


@pytest.mark.parametrize("code", [code for code in CUSTOMER_CODES if code.endswith(".todo")])
def test_what_to_do_is_asked_politely(code: str) -> None:
    # H40: 请 and 您 in Chinese, please or thanks in English, or a plain fact that calms.
    chinese, english = filled(code, "zh_CN"), filled(code, "en")
    assert any(word in chinese for word in ("请", "您", "谢谢"))
    calm = ("need not", "is used at your next", "is complete", "is on record", "Thank you")
    assert "lease" in english or any(words in english for words in calm) or "It is being written" in english


def test_the_ten_polite_words_are_used() -> None:
    everything = "".join(filled(code, "zh_CN") for code in CUSTOMER_CODES)
    for word in ("您好", "请", "谢谢", "对不起", "再见"):
        assert word in everything


def test_a_visit_is_greeted_answered_and_sent_off() -> None:
    assert "您好" in text("speak.greeting", "zh_CN")
    assert "请" in text("speak.insert_notes", "zh_CN")
    assert "再见" in text("speak.farewell", "zh_CN")
    assert "再见" in text("cancelled.nothing_paid.todo", "zh_CN")


@pytest.mark.parametrize("problem", sorted(set(CardProblem) - {CardProblem.PULLED}))
def test_a_refused_card_is_an_apology_not_a_reproach(problem: CardProblem) -> None:
    assert text(f"card.{problem.value}", "zh_CN").startswith("对不起")


def test_a_sentence_to_a_customer_is_short_and_without_jargon() -> None:
    jargon = re.compile(r"E-[A-Z]{2}-\d|PSC|APDU|ESC|null|错误码|异常码|非法|禁止")
    said = {code: filled(code, "zh_CN") for code in CUSTOMER_CODES}
    assert [code for code, sentence in said.items() if len(sentence) > 40] == []
    assert [code for code, sentence in said.items() if jargon.search(sentence)] == []


def test_what_is_spoken_has_no_placeholders() -> None:
    assert [code for code in CODES if code.startswith("speak.") and placeholders(code)] == []


def test_what_is_printed_can_be_printed_by_every_chinese_printer() -> None:
    for code in CODES:
        if code.startswith(("paper.", "service.", "kind.")):
            for language in LANGUAGES:
                filled(code, language).encode("gbk")


def test_the_law_s_notice_names_means_places_and_telephone() -> None:
    said = text("notice.means", "zh_CN", means="现金、微信") + text(
        "notice.cash_where", "zh_CN", places="1 至 3 号柜台"
    )
    said += text("notice.phone", "zh_CN", phone="0571-96177")
    for part in ("支付方式", "现金、微信", "地点", "1 至 3 号柜台", "服务电话", "0571-96177"):
        assert part in said


def test_no_sentence_to_a_customer_speaks_of_revenue() -> None:
    everything = "".join(filled(code, "zh_CN") for code in CUSTOMER_CODES)
    assert not re.search("营业额|销售额|营收|收入合计", everything)


def test_a_wrong_code_or_wrong_parameters_are_a_mistake_of_the_program() -> None:
    with pytest.raises(MessageError, match=r"E-MS-01: .*card\.nonsense"):
        text("card.nonsense", "zh_CN")
    with pytest.raises(MessageError, match="asks for"):
        text("paying.note_accepted", "zh_CN")
    with pytest.raises(MessageError, match="asks for"):
        text("done.take_card", "en", amount="¥1.00")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("E-DR-02", "串口被其他程序占用"),
        ("E-NA-77", "收钞器故障"),
        ("E-ZZ-01", "设备报告故障"),
        ("", "设备报告故障"),
        ("E-NA", "设备报告故障"),
    ],
)
def test_a_fault_without_a_sentence_of_its_own_falls_back_to_its_family(code: str, expected: str) -> None:
    assert fault_text(code, "zh_CN") == expected


def test_every_fault_of_a_device_has_a_sentence_of_its_own() -> None:
    printers = (receipt_printer.FAULTS, ticket_dispenser.FAULTS)
    faults = {fault.code for table in printers for fault in (table.silent, table.lost, *(one for _, one in table.rows))}
    faults |= {*note_acceptor.FAULTS, *card_reader.FAULTS}
    assert sorted(code for code in faults if not has(f"fault.{code}")) == []
