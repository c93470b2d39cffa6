"""A silent device, noise, refusals, half frames, another protocol: a clear status within two seconds, no exception,
and service again once the device behaves."""

from itertools import cycle
from random import Random
from typing import Any

import pytest

from devices.note_acceptor_protocols import build_machine
from devices.status import CheckLevel, DeviceStatus
from drivers.sim.note_acceptor import SIMULATORS
from drivers.validator.machine import MachineOptions

FOREIGN = {
    "ccnet": "02 03 06 14 67 D4",
    "ict104": "80 8F 81 41 10 3E",
    "ssp": "7F 80 01 F0 23 80",
    "id003": "FC 05 11 27 56",
    "ebds": "02 0B 20 01 10 00 00 54 2A 03 44",
    "cctalk": "01 00 28 00 D7",
}
"""What units of these protocols say when all is well."""


def told_within_two_seconds(bench: Any) -> None:
    bench.run(2.0)
    assert not bench.acceptor.ready
    assert bench.acceptor.status not in (DeviceStatus.ONLINE, DeviceStatus.STARTING)
    assert bench.acceptor.fault is not None
    report = bench.acceptor.check_health(CheckLevel.INTERNAL)
    assert not report.ok
    assert bench.acceptor.fault.code in report.text


def behaves_again(bench: Any) -> None:
    bench.to_hall = bench.to_device = lambda data: data
    bench.answers_instead = bench.chatter = None
    bench.device.controller_restarts()
    bench.takes_the_next_note()
    bench.settled()


def test_silent_device(bench: Any) -> None:
    bench.to_hall = lambda data: b""
    told_within_two_seconds(bench)
    bench.run(10)
    assert bench.acceptor.status is DeviceStatus.POWER_OFF
    behaves_again(bench)


def test_device_that_stops_in_mid_frame(bench: Any) -> None:
    bench.to_hall = lambda data: data[: len(data) // 2]
    told_within_two_seconds(bench)
    bench.run(10)
    behaves_again(bench)


def test_device_that_refuses_everything(bench: Any) -> None:
    bench.answers_instead = SIMULATORS[bench.protocol].refuse
    told_within_two_seconds(bench)
    bench.run(10)
    behaves_again(bench)


@pytest.mark.parametrize("every_s", [0.004, 0.02, 0.2])
@pytest.mark.parametrize("seed", [1, 2])
def test_babble_in_the_devices_place(bench: Any, every_s: float, seed: int) -> None:
    random = Random(seed)
    bench.to_hall = lambda data: b""
    bench.chatter, bench.chatter_every_s = (lambda: random.randbytes(1 + int(every_s * 800))), every_s
    told_within_two_seconds(bench)
    bench.run(20)
    assert not bench.acceptor.ready
    assert bench.hall.credited == []
    behaves_again(bench)


def test_another_protocols_device_on_the_line(make_bench: Any) -> None:
    for name, words in FOREIGN.items():
        bench = make_bench()
        if name in bench.protocol:
            continue
        says = cycle([bytes.fromhex(words)])
        bench.answers_instead = lambda request, says=says: next(says)
        told_within_two_seconds(bench)
        bench.run(10)
        assert not bench.acceptor.ready
        bench.acceptor.enable(frozenset((2000,)), bench.now)
        behaves_again(bench)


@pytest.mark.parametrize("seed", range(4))
def test_noise_beside_a_good_device_costs_no_note(bench: Any, seed: int) -> None:
    random = Random(seed)
    bench.chatter, bench.chatter_every_s = (lambda: random.randbytes(random.randrange(1, 6))), 0.7
    for value in (10, 20, 50):
        bench.person(f"insert {value}")
        bench.run(7)
        assert sum(bench.hall.credited) <= sum(bench.device.body.box) * 100
    bench.chatter = None
    bench.device.controller_restarts()
    bench.run(45)
    bench.balanced()
    bench.takes_the_next_note(100)


def test_megabyte_of_noise_raises_nothing_and_is_worked_off_in_time(protocol: str) -> None:
    machine = build_machine(protocol, MachineOptions(entropy=Random(3).randbytes))
    machine.connection_made(0.0)
    noise = Random(7).randbytes(1_000_000)
    for start in range(0, len(noise), 4096):
        machine.data_to_send(start / 900)
        machine.receive_data(noise[start : start + 4096], start / 900)
    machine.take_events()
    deadline = machine.next_deadline()
    assert deadline is not None
    assert not machine.in_service
