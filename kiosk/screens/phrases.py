"""The few words that a screen must be able to say without the hall, and captions that belong to a drawing rather than
to a view.
"""

from typing import Literal

Language = Literal["zh_CN", "en"]

HALL_GONE: tuple[tuple[str, str], ...] = (
    ("系统正在恢复，请稍候。", "您的钱和卡内气量都有记录。"),
    ("The system is being restored. Please wait.", "Your money and the gas on your card are on record."),
)
"""Shown while the screen has no connection to the hall: a title and a sentence in each language."""

_CAPTIONS: dict[str, tuple[str, str]] = {
    "seconds": ("秒", "s"),
    "inserted": ("已放入", "Inserted"),
    "accepted": ("可放入", "Accepted"),
    "clear": ("清除", "Clear"),
    "devices": ("设备", "Devices"),
    "session": ("自助机当前办理", "Customer at the kiosk"),
    "queue": ("排队", "Queue"),
    "checks": ("今日检查", "Checks today"),
    "open_matters": ("待处理事项", "Open matters"),
    "nothing_open": ("没有待处理事项", "Nothing is open"),
    "count_title": ("按面额输入张数", "Number of notes of each value"),
    "count_sum": ("合计", "Total"),
    "count_send": ("提交盘点", "Send the count"),
    "pieces": ("张", "notes"),
    "keep_card_in": ("办理中，请勿取卡", "Please leave the card in"),
}


def caption(name: str, language: Language) -> str:
    """The caption `name` in `language`; raises `KeyError` for a name that is not known."""
    chinese, english = _CAPTIONS[name]
    return english if language == "en" else chinese
