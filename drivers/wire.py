"""What every machine on a serial wire has in common: bytes and time go in, bytes and events come out.

A machine never opens a port, reads a clock, sleeps or starts a thread. The edge (`drivers.loop`) owns the file
descriptor and calls the machine; a test or a simulated hall calls it in the same way with invented bytes and times.

Times are seconds on the monotonic clock, as `float`; only their differences mean anything.
"""

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """How a line is set: bits a second, data bits, parity (N, E, O) and stop bits.

    `mark_damaged`: a byte with a parity error comes as FFh 00h and the byte, a good FFh comes twice (termios INPCK and
    PARMRK).
    """

    baud: int
    data_bits: Literal[7, 8] = 8
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    mark_damaged: bool = False

    def byte_time_s(self) -> float:
        """Seconds that one character occupies the line: start bit, data bits, parity bit, stop bits."""
        bits = 1 + self.data_bits + (self.parity != "N") + self.stop_bits
        return bits / self.baud


class WireMachine(Protocol):
    """A protocol without input or output. The edge keeps this order in every pass:

    1. exactly one of `connection_made`, `connection_lost`, `receive_data`, `handle_deadline`, or a verb of the device;
    2. `take_events`: what happened, oldest first, each reported once;
    3. after the hall has acted on them (and called further verbs): `data_to_send`, written to the port at once; also
       between 1 and 2, so that what a machine answers by itself does not wait for the hall;
    4. `next_deadline`: when to call `handle_deadline` unless something else happens before.
    """

    @property
    def settings(self) -> SerialSettings: ...

    def connection_made(self, now: float) -> None:
        """The port has just been opened; nothing is known of the device."""

    def connection_lost(self, now: float) -> None:
        """The port is gone (unplugged, or an error while reading or writing). The edge goes on trying to open it."""

    def receive_data(self, data: bytes, now: float) -> None:
        """Takes bytes as they came: split anywhere, with any noise. Never raises for what a device sends."""

    def data_to_send(self, now: float) -> bytes:
        """Takes what is to be written now; empty if the machine has nothing to say, or must wait for a gap first."""

    def next_deadline(self) -> float | None:
        """When `handle_deadline` must be called; `None` while the machine waits for nothing."""

    def handle_deadline(self, now: float) -> None:
        """`now` has reached `next_deadline()`. Being called early does nothing."""

    def take_events(self) -> tuple[object, ...]:
        """Takes the events since the last call, oldest first."""
