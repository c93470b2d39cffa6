"""The parts of the screens that need no window: colours, lines, numbers being typed, which button goes where."""

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens import samples
from kiosk.screens.capture import essence
from kiosk.screens.counter.tally import PIECES_MAX, Tally, yuan
from kiosk.screens.customer import recipes
from kiosk.screens.customer.arrangement import arrange_buttons, bar_rows
from kiosk.screens.customer.entry import Entry
from kiosk.screens.customer.recipes import picture_of
from kiosk.screens.decode import ViewError, view_from_json
from kiosk.screens.panel.state import BenchState
from kiosk.screens.parts.guard import CLOSED_MAX_S, SETTLE_S, TouchGuard
from kiosk.screens.parts.linebreak import balance_lines, break_lines, pieces
from kiosk.screens.parts.palette import DAYLIGHT, NIGHT, Palette, contrast
from kiosk.screens.phrases import caption
from kiosk.screens.voice import Voice, read_index
from kiosk.view.shapes import Button, CounterView, CustomerView


def measure(text: str) -> float:
    """Ten units for a Chinese character, five for a Latin one."""
    return sum(10 if ord(character) >= 0x2E80 else 5 for character in text)


# Colours


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [DAYLIGHT, NIGHT], ids=["daylight", "night"])
def test_every_text_has_aaa_contrast_on_every_ground_it_stands_on(palette: Palette) -> None:
    for name, ground in palette.grounds().items():
        for fill in {ground.fill, ground.pressed or ground.fill}:
            for ink in {ground.ink, ground.soft_ink}:
                assert contrast(fill, ink) >= 7, (name, fill, ink)
    for tone in ("normal", "good", "warn", "bad", "strong"):
        assert contrast(palette.plate.fill, palette.tone(tone).ink) >= 7, tone
        assert contrast(palette.page.fill, palette.tone(tone).ink) >= 7, tone


# Lines

TEXTS = st.text(alphabet="燃气卡充值，。：（）“”￥ 0123456789abcXYZ*./", max_size=60)


@given(TEXTS, st.integers(min_value=20, max_value=300))
def test_breaking_a_text_loses_nothing_but_spaces(text: str, width: int) -> None:
    assert "".join(break_lines(text, width, measure)).replace(" ", "") == text.replace(" ", "")
    assert "".join(balance_lines(text, width, measure)).replace(" ", "") == text.replace(" ", "")


@given(TEXTS, st.integers(min_value=40, max_value=300))
def test_no_line_is_wider_than_asked(text: str, width: int) -> None:
    for line in break_lines(text, width, measure):
        assert measure(line) <= width or len(line) <= 1


@given(TEXTS, st.integers(min_value=60, max_value=300))
def test_balanced_lines_are_as_many_as_needed_and_no_more(text: str, width: int) -> None:
    assert len(balance_lines(text, width, measure)) <= max(2, len(break_lines(text, width, measure)))


def test_punctuation_never_begins_a_line_and_brackets_never_end_one() -> None:
    for width in range(30, 200, 5):
        for line in break_lines("请把卡（芯片朝上）插入，稍候；“勿取”。应付￥100元", width, measure)[1:]:
            assert line[0] not in "，；。）”"
        for line in break_lines("请把卡（芯片朝上）插入，稍候；“勿取”。应付￥100元", width, measure)[:-1]:
            assert line[-1] not in "（“￥"


def test_numbers_words_and_masked_names_stay_whole() -> None:
    assert pieces("付￥100.50元给王*明 now") == ["付", "￥100.50", "元", "给", "王*明 ", "now"]


def test_a_title_breaks_at_its_pause() -> None:
    assert balance_lines("正在写卡，请勿取卡", 60, measure) == ["正在写卡，", "请勿取卡"]


def test_a_unit_and_a_word_of_the_trade_are_not_torn_apart() -> None:
    for width in range(40, 200, 10):
        lines = break_lines("卡内还有 20.69 立方米，请呼叫工作人员", width, measure)
        assert any("立方米" in line for line in lines), width
        assert any("工作人员" in line for line in lines), width


def test_a_latin_title_is_not_cut_inside_a_word() -> None:
    assert balance_lines("Return card", 35, measure) == ["Return", "card"]


# Typing


def typed(entry: Entry, digits: str) -> Entry:
    for digit in digits:
        entry.press(int(digit))
    return entry


def test_a_number_in_range_may_be_sent() -> None:
    assert typed(Entry(10, 1000), "120").in_range
    assert not typed(Entry(10, 1000), "5").in_range
    assert not Entry(10, 1000).in_range


def test_a_number_that_may_still_become_right_is_not_called_wrong() -> None:
    assert not typed(Entry(10, 1000), "5").out_of_range
    assert typed(Entry(10, 500), "501").out_of_range
    assert typed(Entry(100, 500), "099").digits == "99"


@given(st.integers(0, 500), st.integers(0, 5000), st.text(alphabet="0123456789<c", max_size=20))
def test_typing_never_gets_longer_than_the_greatest_number_and_never_sends_another(
    least: int, more: int, keys: str
) -> None:
    entry = Entry(least, least + more)
    for key in keys:
        if key == "<":
            entry.erase()
        elif key == "c":
            entry.clear()
        else:
            entry.press(int(key))
        assert len(entry.digits) <= len(str(least + more))
        assert not entry.in_range or least <= int(entry.digits) <= least + more
        assert not (entry.in_range and entry.out_of_range)


# Counting


def test_a_count_is_complete_only_when_every_value_has_been_typed() -> None:
    tally = Tally((10000, 100))
    tally.press(3)
    assert not tally.complete
    tally.next()
    tally.press(0)
    assert tally.complete
    assert tally.counts() == {"10000": 3, "100": 0}
    assert tally.total_fen == 30000


def test_a_count_can_be_corrected() -> None:
    tally = Tally((500,))
    for digit in (1, 2, 7):
        tally.press(digit)
    tally.erase()
    assert tally.pieces(500) == 12
    tally.erase()
    tally.erase()
    assert tally.pieces(500) is None


def test_a_count_has_a_bound() -> None:
    tally = Tally((100,))
    for _ in range(9):
        tally.press(9)
    assert tally.pieces(100) == PIECES_MAX


def test_nothing_asked_is_never_complete() -> None:
    assert not Tally(()).complete


def test_yuan_shows_fen_only_where_there_are_some() -> None:
    assert [yuan(123456), yuan(120000), yuan(5)] == ["￥1,234.56", "￥1,200", "￥0.05"]


# Buttons


def test_the_primary_button_ends_the_last_row_and_danger_begins_it() -> None:
    primary, danger, other = Button("a", "a", "primary"), Button("b", "b", "danger"), Button("c", "c")
    assert bar_rows((primary, other, danger)) == ((danger, other, primary),)
    assert bar_rows((primary,)) == ((primary,),)
    assert bar_rows(()) == ()


def test_every_button_has_exactly_one_place() -> None:
    for count in range(1, 8):
        buttons = tuple(
            Button(str(number), str(number), "primary" if number == 2 else "secondary") for number in range(count)
        )
        placed = [button for row in bar_rows(buttons) for button in row]
        assert sorted(button.intent for button in placed) == [str(number) for number in range(count)]


def test_presets_are_the_buttons_that_carry_a_number() -> None:
    view = samples.customer_views("zh_CN")["choose"]
    arrangement = arrange_buttons(view, "presets")
    assert [button.label for button in arrangement.presets] == ["￥50", "￥100", "￥150", "￥200", "￥300", "￥500"]
    assert [[button.label for button in row] for row in arrangement.bar_rows] == [["退卡", "按气量购买", "确定"]]


def test_a_bare_secondary_button_beside_services_is_the_way_back() -> None:
    services = (Button("ticket", "购气", "primary", {"service": "A"}), Button("ticket_leave", "返回"))
    arrangement = arrange_buttons(CustomerView("ticket_services", "业务", buttons=services), "stack")
    assert [button.label for button in arrangement.stacked] == ["购气"]
    assert [[button.label for button in row] for row in arrangement.bar_rows] == [["返回"]]


# Pictures


def test_nothing_is_ticked_off_that_did_not_succeed() -> None:
    assert picture_of("done", "good") == ("check", "good")
    assert picture_of("done", "normal") == ("receipt", "normal")
    assert picture_of("done", "warn") == ("warning", "warn")
    assert picture_of("ticket_done", "bad") == ("warning", "bad")


def test_no_card_is_asked_for_while_the_hall_is_closed() -> None:
    assert picture_of("idle", "normal")[0] == "greeting"
    assert picture_of("idle", "warn")[0] == "clock"


def test_every_picture_that_is_named_can_be_drawn() -> None:
    drawn = Path(recipes.__file__).parent.parent.joinpath("parts/icon.py").read_text(encoding="utf-8")
    named = {*recipes.PICTURES.values(), *recipes.MESSAGE_ICONS.values()}
    for recipe in recipes.RECIPES.values():
        named |= {recipe.icon, *recipe.companions}
    for name in named - {""}:
        assert f'"{name}": {name},' in drawn, name


# Taps


def test_after_a_tap_the_guard_is_closed_until_an_answer_or_two_seconds() -> None:
    guard = TouchGuard()
    assert guard.may_touch(10.0)
    guard.tapped(10.0)
    assert not guard.may_touch(10.0 + CLOSED_MAX_S - 0.01)
    assert guard.may_touch(10.0 + CLOSED_MAX_S)
    guard.tapped(20.0)
    guard.view_shown(20.1, screen_changed=False)
    assert guard.may_touch(20.1)
    guard.view_shown(30.0, screen_changed=True)
    assert not guard.may_touch(30.0 + SETTLE_S / 2)
    assert guard.may_touch(30.0 + SETTLE_S)


def test_a_refusal_opens_the_guard() -> None:
    guard = TouchGuard()
    guard.tapped(1.0)
    guard.answered(1.2)
    assert guard.may_touch(1.2)


# Views


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_sample_survives_the_socket(language: samples.Language) -> None:
    for view in samples.customer_views(language, large_type=True).values():
        assert view_from_json(CustomerView, json.loads(json.dumps(dataclasses.asdict(view)))) == view
    for counter in (samples.counter_view(), samples.counting_view()):
        assert view_from_json(CounterView, json.loads(json.dumps(dataclasses.asdict(counter)))) == counter


def test_a_newer_halls_fields_are_ignored_and_missing_ones_take_their_default() -> None:
    view = view_from_json(CustomerView, {"screen": "idle", "title": "您好", "hologram": True})
    assert view == CustomerView("idle", "您好")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"screen": "idle"}, "CustomerView.title"),
        ({"screen": "idle", "title": 7}, "CustomerView.title"),
        ({"screen": "idle", "title": "x", "tone": "loud"}, "CustomerView.tone"),
        ({"screen": "idle", "title": "x", "rows": [{"name": "a"}]}, "CustomerView.rows[0].value"),
        ({"screen": "idle", "title": "x", "seconds_left": True}, "CustomerView.seconds_left"),
        ([], "CustomerView"),
    ],
)
def test_what_is_no_view_is_refused_by_the_name_of_the_field(body: object, named: str) -> None:
    with pytest.raises(ViewError) as refused:
        view_from_json(CustomerView, body)
    assert named in str(refused.value)


def test_a_clock_that_ticks_makes_no_new_picture() -> None:
    view = samples.customer_views("zh_CN")["paying"]
    later = dataclasses.replace(view, clock_text="09:42", seconds_left=3)
    assert essence(view) == essence(later)
    assert essence(view) != essence(dataclasses.replace(view, message="又放入一张"))


def test_samples_cover_every_layout_in_both_languages() -> None:
    assert set(samples.customer_views("zh_CN")) == set(samples.customer_views("en")) == set(recipes.RECIPES)


def test_captions_exist_in_both_languages() -> None:
    assert caption("clear", "zh_CN") == "清除"
    assert caption("clear", "en") == "Clear"
    with pytest.raises(KeyError):
        caption("unknown", "en")


# Voice


def test_without_clips_nothing_is_spoken() -> None:
    assert not Voice().speak("您好", "zh_CN")


def test_clips_are_found_by_language_and_sentence_and_missing_files_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "zh_CN"
    folder.mkdir()
    (folder / "hello.ogg").write_bytes(b"")
    (folder / "index.json").write_text('{"您好": "hello.ogg", "再见": "gone.ogg"}', encoding="utf-8")
    assert read_index(tmp_path) == {("zh_CN", "您好"): folder / "hello.ogg"}


# The panel's memory


def test_the_panel_remembers_money_paper_and_mistakes() -> None:
    state = BenchState()
    assert state.take("note_acceptor", {"event": "stacked", "in_box_fen": 12300, "in_escrow_fen": 1000})
    assert state.holds == "钱箱 ￥123　暂存 ￥10"
    assert not state.take("note_acceptor", {"event": "stacked", "in_box_fen": 12300, "in_escrow_fen": 1000})
    state.take("note_acceptor", {"event": "violation", "text": "STACK without escrow"})
    assert state.violations == ["STACK without escrow"]
    printer = BenchState()
    printer.take("receipt_printer", {"event": "printed", "text": "购气凭证", "printed": 1})
    assert printer.paper == "购气凭证"
    printer.take("receipt_printer", {"event": "taken", "text": "购气凭证"})
    assert printer.paper == ""
