"""The PC/SC calls that are used here, each as one method that returns a value or raises `ScardError`. Nothing else
imports pyscard.

Uses pyscard's raw layer: its `CardMonitor` dies for good when pcscd restarts, and its `PCSCCardConnection` loses a
handle when connected twice. The client library takes the socket of pcscd from the environment variable
PCSCLITE_CSOCK_NAME, once in the life of a process.
"""

from dataclasses import dataclass

from smartcard import scard

from drivers.iso7816.apdu import CommandApdu, ResponseApdu
from drivers.iso7816.connection import TransmitError, TransmitFailure

E_CANCELLED = 0x80100002
E_INVALID_HANDLE = 0x80100003
E_UNKNOWN_READER = 0x80100009
E_TIMEOUT = 0x8010000A
E_SHARING_VIOLATION = 0x8010000B
E_NO_SMARTCARD = 0x8010000C
E_NOT_READY = 0x80100010
F_COMM_ERROR = 0x80100013
E_NOT_TRANSACTED = 0x80100016
E_READER_UNAVAILABLE = 0x80100017
E_NO_SERVICE = 0x8010001D
E_SERVICE_STOPPED = 0x8010001E
E_NO_READERS_AVAILABLE = 0x8010002E
W_UNSUPPORTED_CARD = 0x80100065
W_UNRESPONSIVE_CARD = 0x80100066
W_UNPOWERED_CARD = 0x80100067
W_RESET_CARD = 0x80100068
W_REMOVED_CARD = 0x80100069

SERVICE_GONE = frozenset({E_INVALID_HANDLE, F_COMM_ERROR, E_NO_SERVICE, E_SERVICE_STOPPED})
READER_GONE = frozenset({E_UNKNOWN_READER, E_READER_UNAVAILABLE, E_NO_READERS_AVAILABLE})
CARD_MUTE = frozenset({W_UNSUPPORTED_CARD, W_UNRESPONSIVE_CARD, W_UNPOWERED_CARD})
CARD_GONE = frozenset({E_NO_SMARTCARD, W_REMOVED_CARD})

STATE_UNAWARE = scard.SCARD_STATE_UNAWARE
STATE_UNKNOWN = scard.SCARD_STATE_UNKNOWN
STATE_UNAVAILABLE = scard.SCARD_STATE_UNAVAILABLE
STATE_PRESENT = scard.SCARD_STATE_PRESENT
STATE_MUTE = scard.SCARD_STATE_MUTE
STATE_CHANGED = scard.SCARD_STATE_CHANGED

_ANY_PROTOCOL = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
_READERS_CHANGED = "\\\\?PnP?\\Notification"


class ScardError(Exception):
    """A PC/SC call that did not return SCARD_S_SUCCESS."""

    def __init__(self, call: str, result: int) -> None:
        super().__init__(f"{call}: {scard.SCardGetErrorMessage(result)} ({result & 0xFFFFFFFF:08X})")
        self.result = result & 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class SlotState:
    """What `SCardGetStatusChange` says of one slot. The upper 16 bits of `state` count insertions and removals."""

    state: int
    atr: bytes

    @property
    def event_count(self) -> int:
        return self.state >> 16 & 0xFFFF


class Context:
    """One SCARDCONTEXT: for one thread at a time, except `cancel`."""

    def __init__(self) -> None:
        """Raises `ScardError` (`SERVICE_GONE`)."""
        result, self._handle = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        _check("SCardEstablishContext", result)

    def release(self) -> None:
        scard.SCardReleaseContext(self._handle)

    def cancel(self) -> None:
        """Ends a `wait` of another thread."""
        scard.SCardCancel(self._handle)

    def readers(self) -> tuple[str, ...]:
        result, names = scard.SCardListReaders(self._handle, [])
        if result & 0xFFFFFFFF == E_NO_READERS_AVAILABLE:
            return ()
        _check("SCardListReaders", result)
        return tuple(names)

    def wait(self, reader: str | None, known_state: int, timeout_ms: int) -> SlotState | None:
        """Waits until the slot is other than `known_state`, or readers come or go. `None` if the slot did not change.

        Returns at once with the current state for `STATE_UNAWARE`.
        """
        states = [(_READERS_CHANGED, STATE_UNAWARE)]
        if reader is not None:
            states.insert(0, (reader, known_state & ~STATE_CHANGED))
        result, changed = scard.SCardGetStatusChange(self._handle, timeout_ms, states)
        if result & 0xFFFFFFFF in (E_TIMEOUT, E_CANCELLED):
            return None
        _check("SCardGetStatusChange", result)
        if reader is None:
            return None
        _name, state, atr = changed[0]
        state &= 0xFFFFFFFF
        return SlotState(state, bytes(atr)) if state & STATE_CHANGED else None

    def connect(self, reader: str) -> "CardHandle":
        """Connects exclusively. Raises `ScardError`."""
        result, handle, protocol = scard.SCardConnect(self._handle, reader, scard.SCARD_SHARE_EXCLUSIVE, _ANY_PROTOCOL)
        _check("SCardConnect", result)
        return CardHandle(handle, protocol)


class CardHandle:
    """One SCARDHANDLE, as a `CardConnection`."""

    def __init__(self, handle: int, protocol: int) -> None:
        self._handle = handle
        self._pci = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0

    def transmit(self, command: CommandApdu) -> ResponseApdu:
        result, response = scard.SCardTransmit(self._handle, self._pci, list(command.to_bytes()))
        result &= 0xFFFFFFFF
        if result != scard.SCARD_S_SUCCESS:
            raise TransmitError(_transmit_failure(result), f"{result:08X}")
        # A card pulled in the middle gives "success" and no answer.
        if len(response) < 2:
            raise TransmitError(TransmitFailure.NO_ANSWER, f"{len(response)} bytes")
        return ResponseApdu.from_bytes(bytes(response))

    def disconnect(self) -> None:
        """Powers the card down: a PSC that was presented is forgotten."""
        scard.SCardDisconnect(self._handle, scard.SCARD_UNPOWER_CARD)


def _transmit_failure(result: int) -> TransmitFailure:
    if result in CARD_GONE:
        return TransmitFailure.CARD_REMOVED
    if result == W_RESET_CARD:
        return TransmitFailure.CARD_RESET
    if result in SERVICE_GONE:
        return TransmitFailure.SERVICE_LOST
    if result in READER_GONE:
        return TransmitFailure.READER_LOST
    return TransmitFailure.NO_ANSWER


def _check(call: str, result: int) -> None:
    if result != scard.SCARD_S_SUCCESS:
        raise ScardError(call, result)
