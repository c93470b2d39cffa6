"""The customer screen as a person meets it: drawn in a real window at real size, touched by what the buttons say."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kiosk.screens import samples
from kiosk.view.shapes import Button, CustomerView, Keypad, Notice, Row

pytestmark = [pytest.mark.wire, pytest.mark.xdist_group("kivy")]

NAMES = tuple(samples.customer_views("zh_CN"))
MODES = [("zh_CN", False), ("en", False), ("zh_CN", True), ("en", True)]
WIDTH, HEIGHT = 1080, 1920


@pytest.fixture
def screen(stage: Any) -> Any:
    from kiosk.screens.customer.root import CustomerRoot

    stage.put(CustomerRoot)
    return stage


def spoken_by(view: CustomerView) -> Iterator[str]:
    """Every text of a view that a person must be able to read."""
    yield from (view.hall_name, view.clock_text, view.footer, view.title, view.subtitle, view.message)
    yield from view.body
    for row in (*view.rows, *((view.total,) if view.total else ())):
        yield from (row.name, row.value)
    for line in view.tier_lines:
        yield from (line.tier, line.volume, line.unit_price, line.amount)
    yield from (note.label for note in view.notes)
    yield from view.accepted
    for button in (*view.buttons, *view.tools):
        yield from (button.label, button.hint)
    for notice in view.notices:
        yield from (notice.title, notice.body)
    if view.keypad:
        yield from (view.keypad.unit_label, view.keypad.range_text, view.keypad.confirm_label)
    if view.progress:
        yield from view.progress.steps


def overlap(one: Any, other: Any) -> float:
    """The area that two boxes share."""
    width = min(one.right, other.right) - max(one.x, other.x)
    height = min(one.top, other.top) - max(one.y, other.y)
    return max(0.0, width) * max(0.0, height)


def ink_box(text: Any) -> Any:
    """Where the letters are: a line is higher than its letters, by half an em, and neighbours may share that white."""

    class Box:
        white = text.type_px * 0.28
        x, right = text.x, text.x + text.drawn_size[0]
        y, top = text.y + white * 0.7, text.y + text.drawn_size[1] - white

    return Box


def assert_readable(stage: Any, view: CustomerView) -> None:
    missing = {said for said in spoken_by(view) if said} - stage.says()
    assert not missing
    texts = stage.texts()
    for text in texts:
        assert text.drawn_size[0] > 0, f"{text.source!r} is not drawn"
        assert text.drawn_size[0] <= text.width + 1
        assert text.drawn_size[1] <= text.height + 1
        assert text.x >= 0, text.source
        assert text.right <= WIDTH, text.source
        assert text.y >= 0, text.source
        assert text.top <= HEIGHT, text.source
    boxes = [(text.source, ink_box(text)) for text in texts]
    for number, (source, box) in enumerate(boxes):
        for other_source, other in boxes[number + 1 :]:
            assert overlap(box, other) < 4, f"{source!r} stands on {other_source!r}"
    buttons = stage.buttons()
    for number, button in enumerate(buttons):
        assert button.width > 0
        assert button.x >= 0
        assert button.right <= WIDTH
        for text in (button.label, button.hint):
            if text.source:
                assert text.x >= button.x, text.source
                assert text.right <= button.right, text.source
                assert text.y >= button.y - text.type_px * 0.2, text.source
                assert text.top <= button.top + text.type_px * 0.2, text.source
        for other in buttons[number + 1 :]:
            assert overlap(button, other) == 0
    for text in texts:
        for button in buttons:
            if text not in (button.label, button.hint):
                assert overlap(ink_box(text), button) == 0, f"{text.source!r} lies on a button"


@pytest.mark.parametrize(("language", "large"), MODES)
@pytest.mark.parametrize("name", NAMES)
def test_everything_a_view_says_is_drawn_inside_the_window_and_nothing_on_something_else(
    screen: Any, name: str, language: Any, large: bool
) -> None:
    view = samples.customer_views(language, large)[name]
    screen.show(view)
    assert_readable(screen, view)


@pytest.mark.parametrize("large", [False, True])
def test_the_longest_names_wrap_and_shrink_instead_of_running_out(screen: Any, large: bool) -> None:
    view = replace(samples.crowded_view(), large_type=large)
    screen.show(view)
    assert_readable(screen, view)


@pytest.mark.parametrize(("language", "large"), MODES)
def test_type_is_as_large_as_old_eyes_need(screen: Any, language: Any, large: bool) -> None:
    for name, view in samples.customer_views(language, large).items():
        screen.root.show(view)
        sizes = {text.source: text.type_px for text in screen.texts()}
        title_least = 64 if not large else 70
        if name != "choose":  # presets and keypad take the room there
            assert sizes[view.title] >= title_least * (0.82 if language == "en" else 0.95), (name, sizes[view.title])
            assert all(sizes[said] >= 34 for said in view.body), name
        for button in screen.buttons():
            assert button.height >= 110, name
            assert button.label.source == "" or button.label.type_px >= 30, (name, button.label.source)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_large_type_keeps_everything_touchable_low(screen: Any, language: Any) -> None:
    for name, view in samples.customer_views(language, large_type=True).items():
        screen.root.show(view)
        highest = max((button.top for button in screen.buttons()), default=0)
        assert highest <= (HEIGHT * 0.5 if name not in ("choose", "choice", "ticket_services") else HEIGHT * 0.68), name


def test_the_primary_action_is_at_the_bottom_right(screen: Any) -> None:
    view = samples.customer_views("zh_CN")["card"]
    screen.show(view)
    primary, danger = screen.button("信息无误，继续"), screen.button("退卡")
    assert primary.right == pytest.approx(WIDTH - 60, abs=2)
    assert primary.width > danger.width
    assert primary.y == danger.y


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_the_view_before_remains(screen: Any, name: str) -> None:
    """Also not in a widget that is out of sight: neither as text, nor as pixels."""
    before = replace(samples.crowded_view(), notices=(Notice("旧通知", "旧内容"),), total=Row("旧数", "￥9.99"))
    view = replace(samples.customer_views("en")[name])
    for other in (before, samples.customer_views("zh_CN")["choose"], samples.customer_views("zh_CN")["paying"]):
        screen.root.show(other)
    old = {said for said in spoken_by(samples.crowded_view()) if said}
    screen.show(view)
    kept = {text.source for block in screen.root._blocks for text in _all_texts(block)}
    allowed = set(spoken_by(view))
    assert not (kept & (old | {"旧通知", "旧内容", "旧数", "￥9.99"})) - allowed


def _all_texts(widget: Any) -> Iterator[Any]:
    """Texts in a block and in the spare parts that it keeps outside the tree."""
    from kivy.uix.widget import Widget

    from kiosk.screens.parts.text import Text

    seen: set[int] = set()
    waiting: list[Any] = [widget]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, Text):
            yield part
        if isinstance(part, Widget):
            waiting += part.children
            waiting += [value for value in vars(part).values() if isinstance(value, Widget | list | dict)]
        elif isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


@pytest.mark.parametrize("name", ["done", "idle", "writing", "choose", "message"])
def test_a_screen_looks_the_same_whatever_came_before(screen: Any, name: str) -> None:
    view = replace(samples.customer_views("zh_CN")[name], seconds_left=None)
    screen.show(view)
    fresh = screen.pixels()
    for other in samples.customer_views("en", large_type=True).values():
        screen.root.show(other)
    screen.show(view)
    again = screen.pixels()
    same = fresh == again  # not in the assertion: a difference of six million bytes takes minutes to be explained
    assert same


def test_a_touch_sends_the_intent_with_the_screen_it_stood_on(screen: Any) -> None:
    screen.show(samples.customer_views("zh_CN")["card"])
    screen.tap("信息无误，继续")
    assert screen.commands == [("continue", "card", {})]


def test_a_preset_sends_its_amount(screen: Any) -> None:
    screen.show(samples.customer_views("zh_CN")["choose"])
    screen.tap("￥150")
    assert screen.commands == [("choose_amount", "choose", {"value": 150})]


def test_a_tool_at_the_edge_sends_its_arguments(screen: Any) -> None:
    screen.show(samples.customer_views("zh_CN")["idle"])
    screen.tap("English")
    assert screen.commands == [("set_language", "idle", {"language": "en"})]


def test_a_disabled_button_sends_nothing_and_says_why(screen: Any) -> None:
    view = samples.customer_views("zh_CN")["card"]
    off = Button("continue", "继续", "primary", enabled=False, hint="打印机缺纸，暂不能收现金")
    screen.show(replace(view, buttons=(off,)))
    screen.tap("继续")
    assert screen.commands == []
    assert "打印机缺纸，暂不能收现金" in screen.says()


def test_a_double_tap_sends_once(screen: Any) -> None:
    screen.show(samples.customer_views("zh_CN")["card"])
    screen.tap("信息无误，继续")
    screen.tap("信息无误，继续")
    screen.tap("退卡")
    assert len(screen.commands) == 1


def test_without_an_answer_a_button_works_again_after_two_seconds(screen: Any) -> None:
    screen.show(samples.customer_views("zh_CN")["card"])
    screen.tap("信息无误，继续")
    assert screen.button("信息无误，继续").held
    screen.pass_time(2.1)
    assert not screen.button("信息无误，继续").held
    screen.tap("信息无误，继续")
    assert len(screen.commands) == 2


def test_a_refused_command_frees_the_buttons_at_once(screen: Any) -> None:
    screen.show(samples.customer_views("zh_CN")["card"])
    screen.tap("信息无误，继续")
    screen.root.answered(False)
    screen.tap("退卡")
    assert [intent for intent, _, _ in screen.commands] == ["continue", "leave"]


def test_a_finger_that_comes_down_as_the_screen_changes_hits_nothing(screen: Any) -> None:
    views = samples.customer_views("zh_CN")
    screen.show(views["card"])
    screen.tap("信息无误，继续")
    screen.show(views["quote"], settled=False)
    screen.tap("去付款")
    assert [intent for intent, _, _ in screen.commands] == ["continue"]
    screen.pass_time(0.5)
    screen.tap("去付款")
    assert [intent for intent, _, _ in screen.commands] == ["continue", "accept"]


def test_a_new_view_of_the_same_screen_can_be_touched_at_once(screen: Any) -> None:
    view = samples.customer_views("zh_CN")["paying"]
    screen.show(view)
    screen.show(replace(view, total=Row("还需", "￥20.00")), settled=False)
    screen.tap("就买这些")
    assert [intent for intent, _, _ in screen.commands] == ["pay_less"]


def test_a_finger_that_slides_away_means_nothing(screen: Any) -> None:
    screen.show(samples.customer_views("zh_CN")["card"])
    button = screen.button("信息无误，继续")
    finger = screen.touch(button.center_x, button.center_y)
    finger.touch_down()
    finger.touch_move(button.center_x, button.top + 300)
    finger.touch_up()
    assert screen.commands == []
    assert not button.held


def test_a_trembling_finger_is_still_meant(screen: Any) -> None:
    screen.show(samples.customer_views("zh_CN")["card"])
    button = screen.button("信息无误，继续")
    finger = screen.touch(button.center_x, button.top - 5)
    finger.touch_down()
    finger.touch_move(button.center_x, button.top + 25)
    finger.touch_up()
    assert len(screen.commands) == 1


def test_the_keypad_sends_what_was_typed(screen: Any) -> None:
    screen.show(samples.customer_views("zh_CN")["choose"])
    for digit in "120":
        screen.tap(digit)
    assert "120" in screen.says()
    screen.tap("确定")
    assert screen.commands == [("choose_amount", "choose", {"value": 120})]


def test_a_number_out_of_range_is_not_sent(screen: Any) -> None:
    screen.show(samples.customer_views("zh_CN")["choose"])
    assert not screen.button("确定").enabled
    for digit in "5":
        screen.tap(digit)
    screen.tap("确定")
    for digit in "001":
        screen.tap(digit)
    screen.tap("确定")
    assert screen.commands == []
    screen.tap("清除")
    for digit in "1000":
        screen.tap(digit)
    screen.tap("确定")
    assert screen.commands == [("choose_amount", "choose", {"value": 1000})]


def test_typed_digits_stay_while_the_same_keypad_is_up_and_go_with_it(screen: Any) -> None:
    views = samples.customer_views("zh_CN")
    screen.show(views["choose"])
    for digit in "77":
        screen.tap(digit)
    screen.show(replace(views["choose"], clock_text="09:42"))
    assert "77" in screen.says()
    by_volume = Keypad("choose_volume", "立方米", 1, 400, "1 至 400", "确定")
    screen.show(replace(views["choose"], keypad=by_volume))
    assert "77" not in screen.says()
    for digit in "77":
        screen.tap(digit)
    screen.show(views["idle"])
    screen.show(replace(views["choose"], keypad=by_volume))
    assert "77" not in screen.says()


def test_the_countdown_runs_by_itself_and_stops_at_nought(screen: Any) -> None:
    screen.show(replace(samples.customer_views("zh_CN")["ticket_done"], seconds_left=15), settled=False)
    assert "15" in screen.says()
    screen.pass_time(4.0)
    assert "11" in screen.says()
    screen.pass_time(30.0)
    assert "0" in screen.says()


def test_a_screen_without_a_clock_draws_no_frame_while_nothing_happens(screen: Any) -> None:
    screen.show(samples.customer_views("zh_CN")["idle"])
    screen.frame(3)
    drawn: list[int] = []
    screen.window.bind(on_flip=lambda *_: drawn.append(1))
    screen.pass_time(20.0)
    assert drawn == []


def test_when_the_hall_is_gone_both_languages_say_so_and_nothing_can_be_touched(screen: Any) -> None:
    screen.show(samples.customer_views("zh_CN")["paying"])
    screen.root.show_hall_gone()
    screen.frame()
    says = screen.says()
    assert "系统正在恢复，请稍候。" in says
    assert "您的钱和卡内气量都有记录。" in says
    assert "Your money and the gas on your card are on record." in says
    assert screen.buttons() == []
    left_over = {"￥30.00", "￥100", "87", "请逐张放入纸币"} & says
    assert not left_over
    assert Counter(says)["服务热线 010-0000-1234（24 小时）"] == 1


def test_the_screen_is_right_again_when_the_hall_is_back(screen: Any) -> None:
    view = samples.customer_views("zh_CN")["paying"]
    screen.show(view)
    screen.root.show_hall_gone()
    screen.show(view)
    assert_readable(screen, view)
    screen.tap("就买这些")
    assert screen.commands == [("pay_less", "paying", {})]


def test_a_screen_of_a_newer_hall_is_drawn_with_all_it_has(screen: Any) -> None:
    view = replace(samples.customer_views("zh_CN")["card"], screen="something_new")
    screen.show(view)
    assert_readable(screen, view)


def test_a_window_of_another_size_shows_the_same_screen_smaller(screen: Any) -> None:
    view = samples.customer_views("zh_CN")["card"]
    screen.show(view)
    full = tuple(screen.button("退卡").size)
    screen.root.size = (540, 960)
    screen.frame()
    half = tuple(screen.button("退卡").size)
    assert half[0] == pytest.approx(full[0] / 2, abs=2)
    assert max(text.right for text in screen.texts()) <= 540
    screen.tap("退卡")
    assert screen.commands == [("leave", "card", {})]
