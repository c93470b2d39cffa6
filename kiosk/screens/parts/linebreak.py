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
    for character in text:
        if not found or _may_break(found[-1], character):
            found.append(character)
        else:
            found[-1] += character
    return found


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
