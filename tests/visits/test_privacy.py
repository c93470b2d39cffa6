"""Nothing of one customer is ever shown to the next: what the second visit sees is what it would have seen if the
first had never been."""

import re
from pathlib import Path

import pytest

from kiosk.virtual.scenarios import BY_NAME, do
from kiosk.virtual.stage import Stage, strings_of

NEXT_VISIT = (
    do("insert", "hers"),
    do("see", "card"),
    do("touch", "top_up"),
    do("touch", "mode", mode="volume"),
    do("touch", "mode", mode="amount"),
    do("touch", "amount", value=50),
    do("touch", "pay"),
    do("feed", 20, 50),
    do("see", "confirm"),
    do("touch", "cancel"),
    do("touch", "go_on"),
    do("touch", "confirm"),
    do("see", "done"),
    do("pull"),
    do("see", "idle"),
)
FIRST_VISITS = (
    "by amount",
    "overpaid, and the credit is used the next time",
    "in english, in large type",
    "left at the price",
    "cancelled after notes: a slip",
    "time-out after notes",
    "pulled at the card",
    "pulled after notes, put back",
    "torn, not put back, shown the next day",
    "not written, shown again and pulled",
    "paid, not written, and another hall has sold on the card since",
    "lost card",
    "gas still on the card",
    "a jam with the second note in flight",
    "the screen is gone at the price",
    "no ticket chosen",
)
PERSONAL = ("王*明", "王小明", "******0001", "1000000001", "幸福路")
_NUMBER = re.compile(r"T01-\d{8}-\d{7}")


def _shown(stage: Stage) -> set[str]:
    return {_NUMBER.sub("T01", text) for view in stage.seen for text in strings_of(view)}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What the second visit sees in a hall where nobody was before it."""
    stage = Stage(tmp_path_factory.mktemp("alone") / "hall")
    stage.play(NEXT_VISIT)
    stage.model.close()
    return _shown(stage)


@pytest.mark.parametrize("name", FIRST_VISITS)
def test_the_next_customer_sees_nothing_of_the_one_before(name: str, alone: set[str], tmp_path: Path) -> None:
    stage = Stage(tmp_path / "hall", BY_NAME[name].changes)
    stage.play(BY_NAME[name].steps)
    stage.model.run(5.0)
    stage.seen.clear()
    papers = len(stage.model.receipts)
    stage.play(NEXT_VISIT)
    stage.model.close()
    assert _shown(stage) - alone == set()
    assert not [word for paper in stage.model.receipts[papers:] for word in PERSONAL if word in paper]


@pytest.mark.parametrize("name", FIRST_VISITS)
def test_a_screen_that_nobody_stands_at_names_nobody(name: str, tmp_path: Path) -> None:
    stage = Stage(tmp_path / "hall", BY_NAME[name].changes)
    stage.play(BY_NAME[name].steps)
    stage.model.run(5.0)
    stage.model.close()
    public = [
        view for view in stage.seen if view.screen in ("idle", "out_of_service") or "您的卡还在机器里" in view.title
    ]
    assert public
    texts = [text for view in public for text in strings_of(view)]
    assert not [text for text in texts if _NUMBER.search(text) or any(word in text for word in PERSONAL)]
