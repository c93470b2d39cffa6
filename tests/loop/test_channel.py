"""The pump between a port and a machine: order of calls, loss and return of the port, full lines, deadlines."""

import asyncio

import pytest

import drivers.loop
from drivers.errors import PortInUse, PortLost, PortNotFound
from drivers.loop import SerialChannel
from drivers.port import SerialPort

pytestmark = pytest.mark.wire

PATIENCE_S = 10.0


@pytest.fixture(autouse=True)
def _quick_reopening(monkeypatch):
    monkeypatch.setattr(drivers.loop, "REOPEN_S", 0.05)


class Pumped:
    def __init__(self, path, machine, react=None):
        self.machine = machine
        self.told = []
        self.states = []
        self.sent = b""
        self.react = react or (lambda events, now: None)
        self.channel = SerialChannel(path, machine, self.on_events, self.states.append, self.on_sent)
        self.channel.start()

    def on_events(self, events, now):
        self.told += events
        self.react(events, now)

    def on_sent(self, data, now):
        self.sent += data

    async def until(self, reached):
        async with asyncio.timeout(PATIENCE_S):
            while not reached():
                await asyncio.sleep(0.002)


def play(path, machine, scene, react=None):
    async def played():
        pumped = Pumped(path, machine, react)
        try:
            await scene(pumped)
        finally:
            pumped.channel.close()
        return pumped

    return asyncio.run(played())


def test_an_answer_made_of_an_event_goes_out_in_the_same_pass(line, machine):
    def react(events, now):
        if b"ping" in events:
            machine.to_send += b"pong"

    async def scene(pumped):
        line.write(b"ping")
        await pumped.until(lambda: machine.received == b"ping")
        assert line.read() == b"pong", "already written when the pass is over"

    pumped = play(line.path, machine, scene, react)
    assert pumped.told == ["made", b"ping"]
    assert pumped.sent == b"pong"
    assert [state.open for state in pumped.states] == [True]


def test_a_verb_outside_a_pass_goes_out_with_flush(line, machine):
    async def scene(pumped):
        machine.to_send = b"verb"
        await asyncio.sleep(0.02)
        assert line.read() == b""
        pumped.channel.flush()
        assert line.read() == b"verb"

    play(line.path, machine, scene)


def test_a_port_that_is_not_there_is_reported_once_and_taken_when_it_comes(line, machine):
    line.unplug()

    async def scene(pumped):
        await asyncio.sleep(0.3)
        assert [type(state.error) for state in pumped.states] == [PortNotFound]
        assert machine.calls == []
        line.plug()
        await pumped.until(lambda: machine.calls == ["made"])
        line.write(b"x")
        await pumped.until(lambda: machine.received == b"x")

    pumped = play(line.path, machine, scene)
    assert [(state.open, type(state.error)) for state in pumped.states] == [(False, PortNotFound), (True, type(None))]


def test_a_port_in_use_is_reported_and_taken_when_it_is_given_back(line, machine):
    owner = SerialPort(line.path, machine.settings)

    async def scene(pumped):
        await asyncio.sleep(0.2)
        assert [type(state.error) for state in pumped.states] == [PortInUse]
        owner.close()
        await pumped.until(lambda: pumped.channel.state.open)

    try:
        play(line.path, machine, scene)
    finally:
        owner.close()


def test_a_port_that_is_lost_is_told_to_the_machine_and_opened_again(line, machine):
    async def scene(pumped):
        await pumped.until(lambda: machine.calls == ["made"])
        line.unplug()
        await pumped.until(lambda: "lost" in machine.calls)
        line.plug()
        await pumped.until(lambda: machine.calls == ["made", "lost", "made"])
        line.write(b"again")
        await pumped.until(lambda: machine.received == b"again")

    pumped = play(line.path, machine, scene)
    errors = [type(state.error) for state in pumped.states]
    assert errors[:2] == [type(None), PortLost]
    assert errors[-1] is type(None)
    assert pumped.told == ["made", "lost", "made", b"again"]


def test_what_was_not_yet_sent_when_the_port_was_lost_is_never_sent_later(line, machine):
    async def scene(pumped):
        machine.to_send = b"x" * 200_000
        pumped.channel.flush()
        assert len(pumped.sent) < 200_000
        line.unplug()
        await pumped.until(lambda: "lost" in machine.calls)
        line.plug()
        await pumped.until(lambda: machine.calls[-1] == "made")
        machine.to_send = b"new"
        pumped.channel.flush()
        await asyncio.sleep(0.05)
        assert line.read() == b"new"

    play(line.path, machine, scene)


def test_more_than_the_line_takes_arrives_whole_and_in_order(line, machine):
    data = bytes(number % 251 for number in range(300_000))

    async def scene(pumped):
        machine.to_send = data[:200_000]
        pumped.channel.flush()
        machine.to_send = data[200_000:]
        pumped.channel.flush()
        assert len(pumped.sent) < len(data)
        arrived = b""
        async with asyncio.timeout(PATIENCE_S):
            while len(arrived) < len(data):
                arrived += line.read()
                await asyncio.sleep(0)
        assert arrived == data

    assert play(line.path, machine, scene).sent == data


def test_a_line_that_is_full_does_not_keep_bytes_from_coming_in(line, machine):
    async def scene(pumped):
        machine.to_send = b"x" * 200_000
        pumped.channel.flush()
        line.write(b"busy")
        await pumped.until(lambda: machine.received == b"busy")

    play(line.path, machine, scene)


def test_a_deadline_is_kept_and_not_before_its_time(line, machine):
    async def scene(pumped):
        machine.deadline = asyncio.get_running_loop().time() + 0.15
        wanted = machine.deadline
        pumped.channel.flush()
        line.write(b"meanwhile")
        await pumped.until(lambda: machine.received == b"meanwhile")
        await pumped.until(lambda: "due" in machine.calls)
        assert machine.due_at[0] >= wanted - 0.001
        assert machine.due_at[0] < wanted + 2.0

    assert play(line.path, machine, scene).machine.calls.count("due") == 1


def test_a_deadline_that_moves_is_kept_at_its_newest_time(line, machine):
    async def scene(pumped):
        machine.deadline = asyncio.get_running_loop().time() + 30.0
        pumped.channel.flush()
        machine.deadline = asyncio.get_running_loop().time() + 0.02
        pumped.channel.flush()
        await pumped.until(lambda: machine.calls.count("due") == 1)

    play(line.path, machine, scene)


def test_deadlines_go_on_while_the_port_is_away(line, machine):
    line.unplug()

    async def scene(pumped):
        machine.deadline = asyncio.get_running_loop().time() + 0.02
        pumped.channel.flush()
        await pumped.until(lambda: machine.calls == ["due"])

    play(line.path, machine, scene)


def test_after_close_nothing_is_called_and_the_port_is_free(line, machine):
    async def scene(pumped):
        machine.deadline = asyncio.get_running_loop().time() + 0.02
        pumped.channel.flush()
        pumped.channel.close()
        line.write(b"late")
        await asyncio.sleep(0.1)
        assert machine.calls == ["made"]
        SerialPort(line.path, machine.settings).close()

    play(line.path, machine, scene)


def test_a_channel_that_is_closed_from_within_an_event_stops_there(line, machine):
    holder = []

    def react(events, now):
        if b"stop" in events:
            machine.to_send = b"too late"
            holder[0].channel.close()

    async def scene(pumped):
        holder.append(pumped)
        line.write(b"stop")
        await pumped.until(lambda: machine.received == b"stop")
        await asyncio.sleep(0.02)
        assert line.read() == b""

    play(line.path, machine, scene, react)
