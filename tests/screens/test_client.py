"""The screen's end of the socket, against a real Unix socket."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.screens import client as client_module
from kiosk.screens.client import Delivery, HallClient, HallLost, HallRefused, Replied, ViewArrived

pytestmark = pytest.mark.wire


class Screen:
    """A client with everything that it has delivered, and a frame loop that can be held up."""

    def __init__(self, path: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.delivered: list[Delivery] = []
        self._news = threading.Condition()
        self.client = HallClient(str(path), "customer", self._take, monotonic)
        self.hung = threading.Event()
        self._over = threading.Event()
        self._loop = threading.Thread(target=self._frames, daemon=True)
        self._loop.start()
        self.client.start()

    def _frames(self) -> None:
        while not self._over.wait(0.05):
            if not self.hung.is_set():
                self.client.frame_advanced()

    def _take(self, delivery: Delivery) -> None:
        with self._news:
            self.delivered.append(delivery)
            self._news.notify_all()

    def wait_for(self, kind: type, count: int = 1) -> list[Any]:
        with self._news:
            assert self._news.wait_for(lambda: len(self.of(kind)) >= count, timeout=10), self.delivered
        return self.of(kind)

    def of(self, kind: type) -> list[Any]:
        return [delivery for delivery in self.delivered if isinstance(delivery, kind)]

    def close(self) -> None:
        self._over.set()
        self._loop.join()
        self.client.stop()


@pytest.fixture
def open_screen(tmp_path: Path) -> Iterator[Callable[..., Screen]]:
    opened: list[Screen] = []

    def open_it(**kwargs: Any) -> Screen:
        opened.append(Screen(tmp_path / "hall.sock", **kwargs))
        return opened[-1]

    yield open_it
    for screen in opened:
        screen.close()


def test_says_hello_first_and_delivers_snapshot_and_events(hall: Any, open_screen: Any) -> None:
    screen = open_screen()
    assert hall.hear("hello") == {"role": "customer", "protocol": 1}
    hall.send("snapshot", {"sequence": 40, "view": {"screen": "idle", "title": "您好"}})
    hall.send("event", {"sequence": 41, "view": {"screen": "busy", "title": "请稍候"}})
    first, second = screen.wait_for(ViewArrived, 2)
    assert first == ViewArrived(40, {"screen": "idle", "title": "您好"}, snapshot=True)
    assert second == ViewArrived(41, {"screen": "busy", "title": "请稍候"}, snapshot=False)


def test_a_line_that_comes_in_pieces_is_read_whole(hall: Any, open_screen: Any) -> None:
    screen = open_screen()
    hall.hear("hello")
    line = '{"snapshot": {"sequence": 1, "view": {"title": "您好"}}}\n'.encode()
    for byte in range(0, len(line), 7):
        hall.send_raw(line[byte : byte + 7])
        time.sleep(0.002)
    assert screen.wait_for(ViewArrived)[0].view == {"title": "您好"}


def test_beats_while_the_frame_loop_runs_and_is_silent_when_it_hangs(hall: Any, open_screen: Any) -> None:
    screen = open_screen()
    numbers = [hall.hear("alive") for _ in range(3)]
    assert numbers == sorted(set(numbers))
    screen.hung.set()
    hall.hears_nothing("alive", 0.7)  # one may be on its way
    assert hall.hears_nothing("alive", 1.5)
    screen.hung.clear()
    assert hall.hear("alive") > numbers[-1]


def test_a_command_carries_its_own_id_and_is_answered(hall: Any, open_screen: Any) -> None:
    screen = open_screen()
    sent = screen.client.command("choose_amount", "choose", {"value": 100})
    command = hall.hear("command")
    assert command == {"id": sent, "name": "choose_amount", "screen": "choose", "args": {"value": 100}}
    hall.send("reply", {"id": sent, "accepted": False, "reason": "late", "data": {}})
    assert screen.wait_for(Replied) == [Replied(sent, False, "late", {})]


def test_an_unanswered_command_is_sent_again_with_the_same_id_after_a_reconnect(hall: Any, open_screen: Any) -> None:
    screen = open_screen()
    sent = screen.client.command("confirm", "confirm", {})
    assert hall.hear("command")["id"] == sent
    hall.drop()
    assert hall.hear("hello")["role"] == "customer"
    assert hall.hear("command")["id"] == sent
    hall.send("reply", {"id": sent, "accepted": True})
    screen.wait_for(Replied)
    hall.drop()
    hall.hear("hello")
    assert hall.hears_nothing("command", 0.3)


def test_a_command_that_has_grown_old_is_dropped_instead_of_surprising_the_next_person(
    hall: Any, open_screen: Any
) -> None:
    late_s = [0.0]
    screen = open_screen(monotonic=lambda: time.monotonic() + late_s[0])
    screen.client.command("confirm", "confirm", {})
    hall.hear("command")
    late_s[0] = client_module.COMMAND_LIFE_S + 1
    hall.drop()
    hall.hear("hello")
    assert hall.hears_nothing("command", 0.3)


def test_a_lost_hall_is_reported_once_and_found_again_by_itself(make_hall: Any, open_screen: Any) -> None:
    screen = open_screen()
    screen.wait_for(HallLost)
    time.sleep(0.4)
    assert len(screen.of(HallLost)) == 1
    hall = make_hall()
    hall.hear("hello")
    hall.send("snapshot", {"sequence": 1, "view": {}})
    screen.wait_for(ViewArrived)
    hall.close()
    screen.wait_for(HallLost, 2)
    again = make_hall()
    again.hear("hello")
    again.send("snapshot", {"sequence": 1, "view": {}})
    assert screen.wait_for(ViewArrived, 2)[-1].snapshot


def test_a_line_that_is_no_message_ends_the_connection_and_a_new_one_is_made(hall: Any, open_screen: Any) -> None:
    screen = open_screen()
    hall.hear("hello")
    hall.send("snapshot", {"sequence": 1, "view": {}})
    screen.wait_for(ViewArrived)
    hall.send_raw(b"{nonsense\n")
    assert hall.hear("hello")
    assert hall.connections == 2


def test_a_refusal_is_delivered(hall: Any, open_screen: Any) -> None:
    screen = open_screen()
    hall.hear("hello")
    hall.send("refused", {"reason": "protocol 1 is not spoken here"})
    assert screen.wait_for(HallRefused) == [HallRefused("protocol 1 is not spoken here")]


def test_commands_without_an_answer_are_bounded(open_screen: Any) -> None:
    screen = open_screen()
    for _ in range(client_module.PENDING_MAX):
        screen.client.command("x", "y", {})
    with pytest.raises(OverflowError):
        screen.client.command("x", "y", {})


def test_stopping_twice_is_harmless(open_screen: Any) -> None:
    screen = open_screen()
    screen.client.stop()
    screen.client.stop()
