"""What a business day came to, from the postings of its journal records and from nothing else.

`day_totals` is the only source of the figures on screen, X report and Z report, so these cannot differ. A record
belongs to a day by the business date in its stamp, never by the time of the clock.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from storage.records import Posting, Record, Unit


@dataclass(frozen=True, slots=True)
class SalesLine:
    """Gas sold by one tariff in one tier (counted from 1; 0 where the account names none)."""

    tariff: str
    tier: int
    volume_m3_hundredths: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class DayTotals:
    """Amounts in fen, volumes in hundredths of a cubic metre. What the hall owes or holds for others is positive when
    it grew."""

    business_date: str
    purchases: int
    sales: tuple[SalesLine, ...]
    sales_fen: int
    sales_m3_hundredths: int
    gas_on_card_m3_hundredths: int
    cash_in_fen: int
    cash_out_fen: int
    notes: tuple[tuple[int, int], ...]
    """(value in fen, how many) of the notes that went into the cash unit, smallest first."""
    orders_fen: int
    """Paid into orders that are still open."""
    credit_given_fen: int
    """Added to customers' credit."""
    credit_used_fen: int
    """Paid out of customers' credit."""
    slips_given_fen: int
    slips_paid_fen: int
    suspense_fen: int
    unclaimed_fen: int
    unconfirmed_fen: int
    """Notes that may lie in the cash unit: counted neither as in nor as out."""
    over_short_fen: int
    """Counted less expected: more than the books is positive, less is negative."""
    other_fen: tuple[tuple[str, int], ...]
    """Any other account, by the first part of its name, as debited."""
    records: int
    first_sequence: int
    last_sequence: int
    head: str
    """Hash of the day's newest record; empty while there is none."""

    @property
    def owed_customer_fen(self) -> int:
        """By how much customers' credit grew."""
        return self.credit_given_fen - self.credit_used_fen

    @property
    def owed_slip_fen(self) -> int:
        """By how much what is owed on slips grew."""
        return self.slips_given_fen - self.slips_paid_fen

    @property
    def unexplained_fen(self) -> int:
        """The law of the house for one day, cash on the one side and what it became on the other: always zero. A
        count that was taken into the books stands on both sides and is left out."""
        cash_fen = self.cash_in_fen - self.cash_out_fen + self.unconfirmed_fen
        became_fen = (
            self.sales_fen
            + self.orders_fen
            + self.owed_customer_fen
            + self.owed_slip_fen
            + self.suspense_fen
            + self.unclaimed_fen
            - sum(amount for _, amount in self.other_fen)
        )
        return cash_fen - became_fen


_CREDIT_ACCOUNTS = ("order", "suspense", "unclaimed", "over_short")


def day_totals(business_date: str, records: Iterable[Record]) -> DayTotals:
    """The figures of one business date; records of other dates are passed over."""
    balance: defaultdict[str, int] = defaultdict(int)
    given: defaultdict[str, int] = defaultdict(int)
    taken: defaultdict[str, int] = defaultdict(int)
    other: defaultdict[str, int] = defaultdict(int)
    amounts: defaultdict[tuple[str, int], int] = defaultdict(int)
    volumes: defaultdict[tuple[str, int], int] = defaultdict(int)
    notes: Counter[int] = Counter()
    purchases = count = first = last = cash_in = cash_out = on_card = 0
    head = ""
    for record in records:
        if record.stamp.business_date != business_date:
            continue
        count += 1
        first = first or record.sequence
        last, head = record.sequence, record.hash
        counted = any(posting.account.startswith("over_short:") for posting in record.postings)
        sold = False
        for posting in record.postings:
            root = _root(posting)
            match root, posting.unit:
                case "sales", Unit.FEN:
                    amounts[_tier(posting.account)] -= posting.amount
                    sold = True
                case "gas_sold", Unit.M3_HUNDREDTHS:
                    volumes[_tier(posting.account)] -= posting.amount
                case "gas_on_card", Unit.M3_HUNDREDTHS:
                    on_card += posting.amount
                case "cash_unit", Unit.FEN if not counted:
                    if posting.amount > 0:
                        cash_in += posting.amount
                        notes[posting.amount] += 1
                    else:
                        cash_out -= posting.amount
                case "cash_unit", Unit.FEN:
                    pass  # brought to the counted figure: the other leg is over_short
                case "cash_unit_unconfirmed", Unit.FEN:
                    balance[root] += posting.amount
                case "owed:customer" | "owed:slip", Unit.FEN if posting.amount > 0:
                    taken[root] += posting.amount
                case "owed:customer" | "owed:slip", Unit.FEN:
                    given[root] -= posting.amount
                case _, Unit.FEN if root in _CREDIT_ACCOUNTS:
                    balance[root] -= posting.amount
                case _, Unit.FEN:
                    other[root] += posting.amount
        purchases += sold
    sales = tuple(
        SalesLine(tariff, tier, volumes[tariff, tier], amounts[tariff, tier])
        for tariff, tier in sorted(set(amounts) | set(volumes))
    )
    return DayTotals(
        business_date=business_date,
        purchases=purchases,
        sales=sales,
        sales_fen=sum(line.amount_fen for line in sales),
        sales_m3_hundredths=sum(line.volume_m3_hundredths for line in sales),
        gas_on_card_m3_hundredths=on_card,
        cash_in_fen=cash_in,
        cash_out_fen=cash_out,
        notes=tuple(sorted(notes.items())),
        orders_fen=balance["order"],
        credit_given_fen=given["owed:customer"],
        credit_used_fen=taken["owed:customer"],
        slips_given_fen=given["owed:slip"],
        slips_paid_fen=taken["owed:slip"],
        suspense_fen=balance["suspense"],
        unclaimed_fen=balance["unclaimed"],
        unconfirmed_fen=balance["cash_unit_unconfirmed"],
        over_short_fen=balance["over_short"],
        other_fen=tuple(sorted((root, amount) for root, amount in other.items() if amount)),
        records=count,
        first_sequence=first,
        last_sequence=last,
        head=head,
    )


def _root(posting: Posting) -> str:
    parts = posting.account.split(":")
    return ":".join(parts[:2]) if parts[0] == "owed" else parts[0]


def _tier(account: str) -> tuple[str, int]:
    parts = account.split(":")
    return parts[1], int(parts[2]) if len(parts) > 2 and parts[2].isdecimal() else 0
