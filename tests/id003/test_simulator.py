"""The simulated unit judges its controller; independent hosts may rely on what it answers."""

import pytest

from drivers.sim.note_acceptor_id003 import Id003Validator, make_frame, refuse


class Host:
    def __init__(self) -> None:
        self.unit = Id003Validator()
        self.now = 10.0

    def says(self, text: str) -> str:
        request = make_frame(bytes.fromhex(text))
        self.now += 0.05
        self.unit.handle_deadline(self.now)
        self.unit.receive_data(request, self.now)
        self.now += 0.02
        return self.unit.data_to_send(self.now)[2:-2].hex(" ")

    def waits(self, seconds: float) -> None:
        """Polling, as a host must."""
        for _ in range(round(seconds / 0.1)):
            self.now += 0.03
            self.says("11")

    def brought_up(self) -> "Host":
        assert self.says("11") == "40"
        assert self.says("40") == "50"
        self.waits(1.6)
        assert self.says("11") == "1a"
        assert self.says("C0 00 00") == "c0 00 00"
        assert self.says("C3 00") == "c3 00"
        assert self.says("11") == "11"
        return self


def test_a_plain_host_stacks_a_note() -> None:
    host = Host().brought_up()
    host.unit.command("insert 10", host.now)
    assert host.says("11") == "12"
    host.waits(1.1)
    assert host.says("11") == "13 63"
    assert host.says("41") == "50"
    assert host.says("11") == "14"
    host.waits(0.5)
    assert host.says("11") == "15"
    assert host.says("11") == "15"
    assert host.says("50") == ""
    host.waits(1.0)
    assert host.says("11") == "11"
    assert host.unit.body.box == [10]
    assert host.unit.violations == []


def test_enabling_before_reset_is_invalid_and_a_fault_of_the_controller() -> None:
    host = Host()
    assert host.says("C3 00") == "4b"
    assert host.unit.violations == ["INHIBIT before RESET"]


def test_questions() -> None:
    host = Host().brought_up()
    assert host.says("83") == "83 00"
    assert host.says("80") == "80 00 00"
    assert host.says("91") == "91 32 33 31 30 30 30 37 36 30 34 34 33"
    assert host.says("8A").startswith("8a 61 2d 01 00 62 2d 05 00 63 2d 01 01")


def test_unpolled_unit_gives_the_note_back_after_three_seconds() -> None:
    host = Host().brought_up()
    host.unit.command("insert 10", host.now)
    host.waits(1.1)
    host.now += 3.2
    assert host.says("11") == "17 79"
    host.waits(1.0)
    assert host.unit.body.given_back == [10]


def test_polled_unit_gives_the_note_back_after_ten_seconds_and_hold_prolongs() -> None:
    host = Host().brought_up()
    host.unit.command("insert 10", host.now)
    host.waits(6.0)
    assert host.says("44") == "50"
    host.waits(8.0)
    assert host.unit.body.escrow == 10
    host.waits(4.0)
    assert host.unit.body.given_back == [10]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["50"], "an acknowledgement without VEND VALID"),
        (["C3 07"], "INHIBIT 07"),
        (["C0 00"], "ENABLE with 1 bytes"),
        (["77"], "77 is no command"),
    ],
)
def test_mistakes_of_a_controller_are_written_down(words: list[str], fault: str) -> None:
    host = Host().brought_up()
    for word in words:
        host.says(word)
    assert host.unit.violations == [fault]


def test_reset_with_a_note_in_the_unit_is_a_mistake() -> None:
    host = Host().brought_up()
    host.unit.command("insert 10", host.now)
    host.waits(1.2)
    host.says("40")
    assert host.unit.violations == ["RESET with a note in the unit"]


def test_damaged_command_is_a_communication_error() -> None:
    host = Host().brought_up()
    host.unit.receive_data(bytes.fromhex("FC 05 11 27 57"), host.now)
    assert host.unit.data_to_send(host.now + 0.1)[2:3] == b"\x4a"


def test_refusal() -> None:
    assert refuse(make_frame(b"\x11")) == bytes.fromhex("FC 05 4B F8 AB")
    assert refuse(make_frame(b"\x50")) == b""
