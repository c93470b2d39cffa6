"""The common words for what validators report. Each protocol's `status` module maps its codes to them."""

from enum import Enum, StrEnum


class Trouble(Enum):
    """What keeps a validator from taking notes, or needs a person."""

    CASH_UNIT_FULL = "the cash unit is full"
    CASH_UNIT_OUT = "the cash unit is out"
    HEAD_JAMMED = "a note is jammed in the head"
    CASH_UNIT_JAMMED = "a note is jammed at the cash unit"
    CHEATED = "somebody has tried to pull a note back out"
    PAUSED = "a second note was pushed in"
    FAILURE = "the unit reports a failure of its own"
    SUSPECT_NOTE = "a suspected or counterfeit note is held"
    UNKNOWN_STATE = "the unit reports a state that the manual does not know"
    ECHO = "our own commands come back: the adapter echoes"
    NO_NOTE_TABLE = "the unit does not give its table of notes"
    GARBLED = "what comes on the line is not this protocol: noise, other line settings, or another device"
    REFUSED = "the unit refuses a command, a key or a version that is needed"
    REPORTS_LOST = "the unit has had more to report than it could keep"


class RefuseReason(StrEnum):
    """Why the acceptor itself gave a note back, in words that a customer can act on."""

    INSERTION = "insertion"
    """Put in askew or too fast: straighten and try again."""
    NOT_RECOGNISED = "not_recognised"
    """Failed verification: try another note, or the counter."""
    NOT_ACCEPTED_NOW = "not_accepted_now"
    """A value that the acceptor has been told not to take."""
    PREVIOUS_NOTE = "previous_note"
    """The note before it is still in the head: wait a moment."""
    TRANSPORT = "transport"
    UNKNOWN = "unknown"


class Doubt(Enum):
    """Why the outcome of a stack command is not known."""

    NO_REPORT = "30 s have passed since the stack command without a report"
    STOPPED = "the unit has stopped with the note under way"
    AT_REST = "the unit is at rest and has reported neither stacked nor returned"
    POWER_CUT = "the unit has lost its power with the note under way, and cannot tell"
    CONTRADICTION = "the unit reports the next note without having told what became of this one"


class Silence(Enum):
    """How long the unit has not answered."""

    OFFLINE = "two commands running were not answered"
    ABSENT = "no answer for five seconds"
    PORT_LOST = "the port is gone"
