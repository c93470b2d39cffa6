"""Where a sentence may be broken into lines.

Chinese may break between any two characters, except that closing punctuation never begins a line and opening
punctuation never ends one; numbers with their unit, Latin words and masked names stay whole. (GB/T 15834-2011, 5.1:
position of punctuation marks.)
"""

from collections.abc import Callable

Measure = Callable[[str], float]

_NOT_FIRST = set("，。、；：？！）》」』】〉”’…—～·,.;:?!)]}%％°℃")
_PAUSES = set("，。；：！？,.;:!?")
_NOT_LAST = set("（《「『【〈“‘([{￥¥#＃№")

_WORDS = [
    "立方米",
    "工作人员",
    "营业厅",
    "燃气卡",
    "燃气表",
    "燃气费",
    "燃气",
    "购气",
    "气量",
    "气价",
    "用气",
    "纸币",
    "现金",
    "凭条",
    "凭证",
    "小票",
    "收据",
    "号票",
    "退款",
    "余额",
    "账户",
    "业务",
    "窗口",
    "柜台",
    "办理",
    "排队",
    "打印",
    "取出",
    "取回",
    "插入",
    "插回",
    "继续",
    "确认",
    "选择",
    "记录",
    "金额",
    "稍候",
    "分钟",
    "提示",
    "检查",
    "安全",
    "电话",
    "费用",
]
"""Words of the trade that read badly when they are torn apart. Not a dictionary: what is missing may be broken
anywhere.
"""


def break_lines(text: str, width: float, measure: Measure) -> list[str]:
    """`text` as lines no wider than `width`, as far as its unbreakable pieces allow; one that is too wide is cut at
    any character.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_fill(pieces(paragraph), width, measure))
    return lines


def balance_lines(text: str, width: float, measure: Measure) -> list[str]:
    """Like `break_lines`, with the same number of lines, but of lengths as even as possible: a title leaves no single
    character behind.
    """
    lines = break_lines(text, width, measure)
    if len(lines) < 2:
        return lines
    if len(lines) == 2 and "\n" not in text:
        halves = _at_a_pause(text, width, measure)
        if halves:
            return halves
    widest = max(measure(piece.rstrip()) for piece in pieces(text))
    low, high = min(width, max(width / 2, widest)), width
    for _ in range(8):
        middle = (low + high) / 2
        if len(break_lines(text, middle, measure)) > len(lines):
            low = middle
        else:
            high = middle
    return break_lines(text, high, measure)


def _at_a_pause(text: str, width: float, measure: Measure) -> list[str]:
    """Two lines that part after a comma or a full stop, if neither becomes much shorter than the other."""
    best: list[str] = []
    best_width = width
    for cut in range(1, len(text)):
        if text[cut - 1] in _PAUSES and _may_break(text[cut - 1], text[cut].strip() or "字"):
            halves = [text[:cut].rstrip(), text[cut:].strip()]
            widths = [measure(half) for half in halves]
            if max(widths) <= best_width and min(widths) >= 0.35 * max(widths):
                best, best_width = halves, max(widths)
    return best


def pieces(text: str) -> list[str]:
    """The parts of `text` between which a line may end; a trailing space belongs to the piece before it."""
    found: list[str] = []
    whole = _inside_words(text)
    for place, character in enumerate(text):
        if not found or (place not in whole and _may_break(found[-1], character)):
            found.append(character)
        else:
            found[-1] += character
    return found


def _inside_words(text: str) -> set[int]:
    """Places in `text` before which no line ends, because they are inside one of the trade's words."""
    inside: set[int] = set()
    for word in _WORDS:
        start = text.find(word)
        while start >= 0:
            inside.update(range(start + 1, start + len(word)))
            start = text.find(word, start + 1)
    return inside


def _may_break(before: str, character: str) -> bool:
    last = before[-1]
    if character.isspace() or character in _NOT_FIRST or last in _NOT_LAST:
        return False
    if last.isspace():
        return True
    if character == "*" or last == "*":
        return False
    if last == "/" and not _is_wide(character):
        return True
    return _is_wide(last) or _is_wide(character)


def _is_wide(character: str) -> bool:
    return ord(character) >= 0x2E80


def _fill(parts: list[str], width: float, measure: Measure) -> list[str]:
    lines: list[str] = []
    line = ""
    for part in parts:
        if not line or measure((line + part).rstrip()) <= width:
            line += part
        else:
            lines.append(line.rstrip())
            line = part
        while measure(line.rstrip()) > width and len(line.rstrip()) > 1:
            cut = _longest(line, width, measure)
            lines.append(line[:cut])
            line = line[cut:]
    lines.append(line.rstrip())
    return lines


def _longest(line: str, width: float, measure: Measure) -> int:
    for cut in range(len(line) - 1, 1, -1):
        if measure(line[:cut]) <= width:
            return cut
    return 1
