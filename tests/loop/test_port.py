"""A serial port that never blocks, on a real pseudo-terminal."""

import os
import time

import pytest

from drivers.errors import PortInUse, PortLost, PortNotFound, PortRefused
from drivers.port import SerialPort
from drivers.wire import SerialSettings

pytestmark = pytest.mark.wire

SETTINGS = SerialSettings(9600)


def test_bytes_go_both_ways_unchanged(line):
    everything = bytes(range(256))
    with SerialPort(line.path, SETTINGS) as port:
        assert port.read() == b""
        line.write(everything)
        assert port.read() == everything
        assert port.write(everything) == 256
        assert line.read() == everything


def test_a_name_that_does_not_exist_is_not_found_and_the_message_says_what_to_look_at(tmp_path):
    with pytest.raises(PortNotFound, match=r"E-DR-01: .*nothing.*is the cable in"):
        SerialPort(str(tmp_path / "nothing"), SETTINGS)


def test_a_link_whose_device_is_gone_is_not_found(line):
    path = line.path
    line.unplug()
    os.symlink("/dev/pts/99999", path)
    with pytest.raises(PortNotFound):
        SerialPort(path, SETTINGS)
    os.unlink(path)


def test_a_second_owner_is_told_that_the_port_is_in_use_and_the_first_goes_on(line):
    with SerialPort(line.path, SETTINGS) as port:
        with pytest.raises(PortInUse, match=r"E-DR-02: .*another program uses this port"):
            SerialPort(line.path, SETTINGS)
        line.write(b"still here")
        assert port.read() == b"still here"
    SerialPort(line.path, SETTINGS).close()


@pytest.mark.parametrize("path", ["/dev/null", "/etc/hostname"])
def test_what_is_no_serial_port_is_refused(path):
    with pytest.raises(PortRefused, match="E-DR-03"):
        SerialPort(path, SETTINGS)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(PortRefused, match="E-DR-03"):
        SerialPort(str(tmp_path), SETTINGS)


def test_a_port_that_goes_away_is_lost_for_reading_and_for_writing(line):
    with SerialPort(line.path, SETTINGS) as port:
        line.unplug()
        with pytest.raises(PortLost, match="E-DR-04"):
            port.read()
        with pytest.raises(PortLost, match="E-DR-04"):
            port.write(b"hello")


def test_a_full_line_takes_what_fits_says_so_and_never_waits(line):
    with SerialPort(line.path, SETTINGS) as port:
        taken = attempts = 0
        while attempts < 20:  # the kernel moves what it has taken on in its own time
            count = port.write(b"x" * 10_000)
            taken += count
            attempts = 0 if count else attempts + 1
            time.sleep(0.001)
        assert 0 < taken < 1_000_000
        arrived = 0
        ends = time.monotonic() + 10
        while arrived < taken and time.monotonic() < ends:
            arrived += len(line.read())
        assert arrived == taken
        assert port.write(b"more") == 4
