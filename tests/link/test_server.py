"""The hall's end of the socket, against screens that behave and screens that do not."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from kiosk.link.client import HallNotRunning, ask
from kiosk.link.wire import LINE_MAX

pytestmark = pytest.mark.wire


def test_a_screen_gets_a_snapshot_and_then_events_numbered_without_a_gap(link):
    async def play(house):
        house.server.publish("customer", {"screen": "idle"})
        screen = await house.greeted()
        for name in ("card", "choose", "quote"):
            house.server.publish("customer", {"screen": name})
        numbers = [(await screen.hears())["event"]["sequence"] for _ in range(3)]
        assert numbers == [2, 3, 4]
        later = await house.screen()
        later.hello()
        assert await later.hears() == {"snapshot": {"sequence": 4, "view": {"screen": "quote"}}}

    link(play)


def test_a_view_that_is_the_same_is_not_sent_again(link):
    async def play(house):
        screen = await house.greeted()
        house.server.publish("customer", {"screen": "idle"})
        house.server.publish("customer", {"screen": "idle"})
        house.server.publish("customer", {"screen": "card"})
        assert [(await screen.hears())["event"]["view"]["screen"] for _ in range(2)] == ["idle", "card"]

    link(play)


def test_a_role_sees_only_its_own_views(link):
    async def play(house):
        counter = await house.greeted("counter")
        house.server.publish("customer", {"screen": "card", "name": "王"})
        house.server.publish("counter", {"title": "counter"})
        assert (await counter.hears())["event"]["view"] == {"title": "counter"}

    link(play)


def test_before_the_first_view_the_snapshot_is_empty(link):
    async def play(house):
        screen = await house.screen()
        screen.hello()
        assert await screen.hears() == {"snapshot": {"sequence": 0, "view": None}}

    link(play)


def test_a_command_sent_twice_is_carried_out_once_and_answered_twice(link):
    async def play(house):
        screen = await house.greeted()
        screen.command("one", value=100)
        first = await screen.hears()
        screen.command("one", value=100)
        assert await screen.hears() == first
        back = await house.greeted()
        back.command("one", value=100)
        assert await back.hears() == first
        assert first == {"reply": {"id": "one", "accepted": True, "reason": "", "data": {"times": 1}}}

    house = link(play)
    assert [(c.id, c.role, c.screen, dict(c.args)) for c in house.carried_out] == [
        ("one", "customer", "idle", {"value": 100})
    ]


def test_an_id_of_one_role_says_nothing_to_another(link):
    async def play(house):
        (await house.greeted("staff")).command("one")
        await house.until(lambda: len(house.carried_out) == 1)
        customer = await house.greeted("customer")
        customer.command("one")
        assert (await customer.hears())["reply"]["data"] == {"times": 2}

    link(play)


def test_the_hello_decides_the_role_of_a_command_whatever_it_says(link):
    async def play(house):
        screen = await house.greeted("customer")
        screen.say({"command": {"id": "x", "name": "day.open", "role": "staff", "args": {"role": "staff"}}})
        await screen.hears()

    assert [command.role for command in link(play).carried_out] == ["customer"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"hello": {"role": "customer", "protocol": 2}}\n', "protocol 1"),
        (b'{"hello": {"role": "director", "protocol": 1}}\n', "counter, customer, staff"),
        (b'{"alive": 1}\n', "first line must be a hello"),
    ],
)
def test_a_hello_that_does_not_fit_is_refused_with_the_reason(link, line, reason):
    async def play(house):
        screen = await house.screen()
        screen.say_bytes(line)
        message = await screen.hears()
        assert reason in message["refused"]["reason"]
        assert await screen.hears() is None

    assert link(play).presence == []


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff\xfe\x00\n",
        b"[]\n",
        b"{}\n",
        b'{"hello": "customer"}\n',
        b'{"hello": {"role": "customer", "protocol": 1}, "alive": 2}\n',
        b'{"order": {"gas": "please"}}\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_garbage_ends_its_own_connection_and_no_other(link, garbage):
    async def play(house):
        good = await house.greeted("counter")
        bad = await house.screen()
        bad.say_bytes(garbage)
        assert await bad.hears() is None
        talks = await house.greeted()
        talks.say_bytes(garbage)
        assert await talks.hears() is None
        house.server.publish("counter", {"title": "here"})
        assert (await good.hears())["event"]["view"] == {"title": "here"}

    assert link(play).carried_out == []


def test_a_command_without_a_proper_form_is_not_carried_out(link):
    async def play(house):
        for body in ({"name": "x"}, {"id": "1"}, {"id": "1", "name": "x", "args": []}, "x"):
            screen = await house.greeted()
            screen.say({"command": body})
            assert await screen.hears() is None

    assert link(play).carried_out == []


def test_an_oversized_line_ends_the_connection(link):
    async def play(house):
        screen = await house.greeted()
        screen.say_bytes(b'{"command": {"id": "' + b"x" * (LINE_MAX + 10) + b'"}}\n')
        assert await screen.hears() is None

    assert link(play).carried_out == []


def test_a_second_hello_ends_the_connection(link):
    async def play(house):
        screen = await house.greeted()
        screen.hello()
        assert await screen.hears() is None

    link(play)


def test_a_connection_that_says_nothing_is_closed(link, monkeypatch):
    monkeypatch.setattr("kiosk.link.server.HELLO_S", 0.1)

    async def play(house):
        screen = await house.screen()
        assert await screen.hears() is None

    assert link(play).presence == []


def test_a_screen_that_does_not_read_is_cut_off_and_the_others_go_on(link, monkeypatch):
    monkeypatch.setattr("kiosk.link.server.OUTBOX_MAX", 256 * 1024)

    async def play(house):
        slow = await house.greeted()
        slow.reader._transport.pause_reading()
        quick = await house.greeted()
        for number in range(60):
            house.server.publish("customer", {"number": number, "text": "x" * 50_000})
            assert (await quick.hears())["event"]["view"]["number"] == number
        assert len(house.server._screens) == 1
        back = await house.screen()
        back.hello()
        assert (await back.hears())["snapshot"]["view"]["number"] == 59

    link(play)


def test_a_screen_that_asks_and_never_listens_is_cut_off(link, monkeypatch):
    monkeypatch.setattr("kiosk.link.server.OUTBOX_MAX", 256 * 1024)

    async def play(house):
        slow = await house.greeted()
        slow.reader._transport.pause_reading()
        for number in range(20_000):
            slow.command(f"{number:0200}")
            if number % 500 == 0:
                await asyncio.sleep(0)
            if slow.writer.is_closing():
                break
        await house.until(lambda: not house.server._screens)

    link(play)


def test_a_role_is_present_while_it_beats_and_gone_when_no_beat_has_come(link):
    async def play(house):
        screen = await house.greeted()
        assert house.presence == [("customer", True)]
        for beat in range(10):
            screen.say({"alive": beat})
            await asyncio.sleep(0.1)
        assert house.presence == [("customer", True)]
        await house.until(lambda: len(house.presence) == 2)
        assert house.presence[1] == ("customer", False)
        screen.say({"alive": 11})
        await house.until(lambda: len(house.presence) == 3)
        assert house.presence[2] == ("customer", True)

    link(play)


def test_a_screen_whose_connection_ends_is_gone_after_the_same_time(link):
    async def play(house):
        screen = await house.greeted()
        await screen.close()
        assert house.presence == [("customer", True)], "a restart within the time is no absence"
        back = await house.greeted()
        back.say({"alive": 1})
        await house.until(lambda: len(house.presence) == 2)

    assert link(play).presence == [("customer", True), ("customer", False)]


def test_the_socket_is_for_its_owner_and_group_and_is_gone_afterwards(link):
    async def play(house):
        assert stat.S_IMODE(os.stat(house.path).st_mode) == 0o660

    assert not Path(link(play).path).exists()


def test_a_socket_left_by_a_dead_hall_is_replaced(link, tmp_path):
    (tmp_path / "hall.sock").touch()

    async def play(house):
        await house.greeted()

    link(play)


def test_the_command_line_asks_and_gets_its_answer(link):
    async def play(house):
        house.server.publish("staff", {"noise": 1})
        reply = await asyncio.to_thread(ask, house.path, "status", {"deep": True})
        assert reply.accepted
        assert dict(reply.data) == {"times": 1}

    (command,) = link(play).carried_out
    assert (command.name, command.role, dict(command.args)) == ("status", "staff", {"deep": True})


def test_without_a_hall_the_command_line_says_where_it_looked(tmp_path):
    path = str(tmp_path / "hall.sock")
    with pytest.raises(HallNotRunning, match=r"E-HL-01.*hall\.sock"):
        ask(path, "status", {})
