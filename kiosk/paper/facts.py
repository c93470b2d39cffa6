"""What papers are made of. Money in fen, gas in hundredths of a cubic metre, times as the hall's wall clock had
them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from kiosk.messages import Language

CheckResult = Literal["ok", "warn", "failed"]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the head of every paper. `columns`: 48 on 80 mm paper, 32 on 58 mm."""

    hall_name: str
    terminal: str
    service_phone: str
    columns: int = 48


@dataclass(frozen=True, slots=True)
class PriceLine:
    """What one tier (from 1) has cost."""

    tier: int
    volume_m3_hundredths: int
    price_fen_per_m3: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class NoteCount:
    """So many notes of one value."""

    value_fen: int
    count: int

    @property
    def amount_fen(self) -> int:
        return self.value_fen * self.count


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """A purchase that is written to the card and read back. `receipt_no` is the same on every copy. `slip_no`: the
    slip that was printed for the overpayment, or ''. `copy`: 0 for the paper itself, n for the n-th time that it is
    printed again."""

    head: Head
    at: datetime
    receipt_no: str
    customer_no: str
    customer_name: str
    card_no: str
    meter_no: str
    kind: str
    """resident, commercial or public_welfare."""
    tariff_name: str
    purchase_sequence: int
    card_before_m3_hundredths: int
    bought_m3_hundredths: int
    card_after_m3_hundredths: int
    lines: tuple[PriceLine, ...]
    amount_fen: int
    credit_used_fen: int
    notes: tuple[NoteCount, ...]
    credit_left_fen: int
    chain_head: str
    """Hash of the journal's newest record when the purchase was settled, in hex."""
    slip_no: str = ""
    language: Language = "zh_CN"
    copy: int = 0
    is_test: bool = False


class SlipReason(StrEnum):
    CANCELLED = "cancelled"
    OVERPAID = "overpaid"
    NOT_WRITTEN = "not_written"
    WRITE_UNKNOWN = "write_unknown"
    NOTE_UNKNOWN = "note_unknown"
    DEVICE_FAILED = "device_failed"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """Money that the hall owes. `amount_fen` is paid out at the counter at once, `pending_fen` only after a person
    has looked (a note or a write whose outcome is unknown). Both may not be 0. `check_code` shows the counter that
    the slip is the hall's own."""

    head: Head
    at: datetime
    slip_no: str
    check_code: str
    amount_fen: int
    reason: SlipReason
    order_no: str
    customer_no: str
    customer_name: str
    card_no: str
    chain_head: str
    pending_fen: int = 0
    language: Language = "zh_CN"
    copy: int = 0


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """A queue ticket. No figure of money stands on it (H07): the order that it carries (H43) is named, not told.
    `wait_min`: from and to, in minutes, or `None` while nothing is known. `missed_behind`: how many places on a
    missed ticket comes back."""

    head: Head
    at: datetime
    number: str
    service_name: str
    ahead: int
    wait_min: tuple[int, int] | None = None
    priority: bool = False
    missed_behind: int = 3
    order_no: str = ""
    language: Language = "zh_CN"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing that was looked at, in the words of the staff."""

    name: str
    result: CheckResult
    text: str = ""


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """The check before opening (H20). `blocking`: how many findings keep the hall from opening. `done_at` after
    `due_at` by more than the hall allows is `late`."""

    head: Head
    business_date: date
    due_at: datetime
    done_at: datetime
    late: bool
    lines: tuple[CheckLine, ...]
    blocking: int
    on_duty: str


@dataclass(frozen=True, slots=True)
class SalesLine:
    """Gas sold by one tariff in one tier."""

    tariff_name: str
    tier: int
    volume_m3_hundredths: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class CashCount:
    """The blind count of the cash unit (H03) as it was accepted. `rounds`: 2 if it was counted again."""

    notes: tuple[NoteCount, ...]
    expected_fen: int
    rounds: int = 1
    reason: str = ""
    approved_by: str = ""

    @property
    def counted_fen(self) -> int:
        return sum(one.amount_fen for one in self.notes)

    @property
    def difference_fen(self) -> int:
        """Above zero: more in the unit than in the books (长款)."""
        return self.counted_fen - self.expected_fen


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """An X report (`number` is `None`) or a Z report. Every figure is derived from the ledger by one function; this
    paper adds up nothing but what it shows. `copy`: 0 for the paper itself, n for the n-th time that it is printed
    again."""

    head: Head
    number: int | None
    business_date: date
    opened_at: datetime
    opened_by: str
    taken_at: datetime
    taken_by: str
    purchases: int
    sales: tuple[SalesLine, ...]
    notes: tuple[NoteCount, ...]
    """Notes that went into the cash unit in this period."""
    credit_used_fen: int
    cash_out_fen: int
    orders_open_fen: int
    credit_given_fen: int
    slips_given_fen: int
    slips_paid_fen: int
    suspense_fen: int
    unconfirmed_fen: int
    """Notes that may lie in the cash unit: counted neither as in nor as out."""
    first_sequence: int
    last_sequence: int
    chain_head: str
    count: CashCount | None = None
    copy: int = 0


@dataclass(frozen=True, slots=True)
class SelfTestFacts:
    """`device` and `profile` as configured, `status` in the device's own words."""

    head: Head
    at: datetime
    device: str
    profile: str
    status: str
