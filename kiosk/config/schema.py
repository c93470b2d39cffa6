"""What may stand in a hall's configuration file: one dataclass for each table, one field for each key, the unit in
its name.

Under each field: what it is, its default (or *required*), its smallest and largest value. A key that does not stand
here is refused, so a mistyped limit is never silently the default.
"""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from kiosk.config.rules import (
    absolute_path,
    calendar_date,
    clock_time,
    identifier,
    listing,
    matching,
    month_and_day,
    one_of,
    paragraph,
    seconds,
    text,
    truth,
    whole,
)
from kiosk.topup import limits as topup_limits
from kiosk.topup import tariff as topup_tariff

_CONFIG = ConfigDict(extra="forbid")

Identifier = Annotated[str, identifier()]
Name = Annotated[str, text(40, "a name")]
Port = Annotated[str, absolute_path("/dev/gashall/receipt-printer")]
Kind = Literal["resident", "commercial", "public_welfare"]

UNIX_SOCKET_BYTES_MAX = 107
"""`sun_path` of Linux holds 108 bytes with its closing zero (unix(7))."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Hall:
    """[hall]: which hall this is, and when it is open."""

    id: Identifier
    """The hall. Required; 1 to 32 letters, digits, - or _."""
    terminal: Identifier
    """The terminal in the hall; with the hall's id it must be the company's only one. Required; 1 to 32 letters,
    digits, - or _."""
    name_zh: Name
    """The hall's name on screens and papers. Required; 1 to 40 characters."""
    name_en: Name
    """The same in English. Required; 1 to 40 characters."""
    service_phone: Annotated[str, matching(r"[0-9][0-9 -]{2,19}", "a telephone number of 3 to 20 digits, blanks and -")]
    """The telephone that a customer is told to call. Required; 3 to 20 digits, blanks and -."""
    region: Annotated[int, whole(0, 65535)]
    """The region that this hall's cards carry; a card of another region is foreign here. Required; 0 to 65535."""
    opens: Annotated[time, clock_time()] = time(8, 30)
    """Local time of opening. Default "08:30"; "00:00" to "23:59"."""
    closes: Annotated[time, clock_time()] = time(17, 30)
    """Local time of closing, the same day. Default "17:30"; after `opens`, at most "23:59"."""
    check_minutes_before: Annotated[int, whole(0, 120, "minutes")] = 10
    """How long before opening the devices are checked (H20). Default 10; 0 to 120."""
    open_weekdays: Annotated[tuple[Annotated[int, whole(1, 7)], ...], listing(1, 7, "weekdays (1 is Monday)")] = (
        1,
        2,
        3,
        4,
        5,
        6,
        7,
    )
    """Weekdays on which the hall opens, ISO 8601: 1 is Monday. Default all seven; 1 to 7."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Storage:
    """[storage]: where the journal is kept."""

    database: Annotated[str, absolute_path("/var/lib/gashall/hall.sqlite3")]
    """The journal's file. Required; an absolute path."""
    disk_free_mib_min: Annotated[int, whole(16, 100_000, "MiB")] = 256
    """With less free space than this the hall takes no cash. Default 256; 16 to 100000."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Link:
    """[link]: the socket between the hall and its screens."""

    socket: Annotated[str, absolute_path("/run/gashall/hall.sock", UNIX_SOCKET_BYTES_MAX)]
    """The Unix socket. Required; an absolute path of at most 107 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class NoteAcceptor:
    """[note_acceptor]: the note validator and the cash unit under it."""

    protocol: Annotated[Literal["ccnet", "ict104", "id003"], one_of("ccnet", "ict104", "id003")] = "ccnet"
    """The language of its wire. Default "ccnet"; "ccnet", "ict104" or "id003"."""
    port: Port
    """Its serial port. Required; an absolute path."""
    cash_unit: Identifier = "1"
    """The cash unit's name in the ledger (`cash_unit:{name}`). Default "1"; 1 to 32 letters, digits, - or _."""
    denominations_yuan: Annotated[tuple[Annotated[int, one_of(1, 5, 10, 20, 50, 100)], ...], listing(1, 6, "notes")] = (
        1,
        5,
        10,
        20,
        50,
        100,
    )
    """Notes that are taken. Default all six; any of 1, 5, 10, 20, 50, 100."""
    capacity_notes: Annotated[int, whole(50, 5000, "notes")] = 1000
    """How many notes the cash unit holds. Default 1000; 50 to 5000."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class CardReader:
    """[card_reader]: the reader of gas cards, behind PC/SC."""

    name: Annotated[str, text(128, "a part of the reader's name", empty=True)] = ""
    """A part of the reader's PC/SC name; empty takes the first reader. Default ""; at most 128 characters."""
    key_file: Annotated[str, absolute_path("/etc/gashall/card.key")]
    """The file with the key that cards are opened with: 64 hexadecimal digits, for the hall's own user alone.
    Required; an absolute path."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Printer:
    """[receipt_printer] and [ticket_dispenser]: an ESC/POS printer on a serial port."""

    port: Port
    """Its serial port. Required; an absolute path."""
    baud: Annotated[int, one_of(9600, 19200, 38400, 57600, 115200)] = 19200
    """Bits a second. Default 19200; one of 9600, 19200, 38400, 57600, 115200."""
    profile: Annotated[str, matching(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", "the name of a printer profile")] = "default"
    """What kind of printer it is (`gashall try printer --help` names the profiles). Default "default"."""
    columns: Annotated[Literal[32, 48], one_of(32, 48)] = 48
    """Paper width in half-width characters: 48 on 80 mm paper, 32 on 58 mm. Default 48; 32 or 48."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Limits:
    """[limits]: what one visit may do."""

    per_visit_yuan_max: Annotated[int, whole(1, 50_000, "yuan")] = 2000
    """The most that one visit may pay. Default 2000; 1 to 50000."""
    per_visit_m3_max: Annotated[int, whole(1, 10_000, "cubic metres")] = 500
    """The most gas that one visit may buy. Default 500; 1 to 10000, at most `card_capacity_m3_max`."""
    per_month_m3_max: Annotated[int, whole(1, 100_000, "cubic metres")] | None = None
    """The most gas that one card may buy in a calendar month. Default: no such limit; 1 to 100000."""
    card_capacity_m3_max: Annotated[int, whole(1, 100_000, "cubic metres")] = 999
    """The most gas that a card and its meter may hold together. Default 999; 1 to 100000."""
    overpay_yuan_max: Annotated[int, whole(1, 100, "yuan")] = 100
    """By how much the notes of a visit may go over its price; what is over becomes credit. Default 100; 1 to 100, at
    least the smallest note that is taken."""
    notes_max: Annotated[int, whole(1, 1000, "notes")] = 100
    """The most notes that one visit may put in. Default 100; 1 to 1000, at most `note_acceptor.capacity_notes`."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Timeouts:
    """[timeouts]: how long the hall waits for a person before it goes on by itself. All in seconds."""

    card_s: Annotated[float, seconds(5, 600)] = 30.0
    """Welcome and card screens. Default 30; 5 to 600."""
    choose_s: Annotated[float, seconds(10, 600)] = 90.0
    """Choosing amount or volume, looking at the price. Default 90; 10 to 600."""
    pay_s: Annotated[float, seconds(15, 600)] = 120.0
    """Since the last note or touch while paying; then what was put in is processed (H01). Default 120; 15 to 600."""
    confirm_s: Annotated[float, seconds(10, 600)] = 60.0
    """A question that must be answered. Default 60; 10 to 600."""
    reinsert_s: Annotated[float, seconds(10, 600)] = 120.0
    """A card that was pulled too early and must be put back. Default 120; 10 to 600."""
    done_s: Annotated[float, seconds(3, 600)] = 30.0
    """Taking card and receipt. Default 30; 3 to 600."""
    idle_s: Annotated[float, seconds(3, 600)] = 20.0
    """A message that only wants to be read. Default 20; 3 to 600."""
    screen_gone_s: Annotated[float, seconds(1, 10)] = 2.0
    """A screen that has not been heard for this long is gone: no further note is taken. Default 2; 1 to 10."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Policy:
    """[policy]: what the company decides, not the program."""

    arrears: Annotated[Literal["warn", "refuse"], one_of("warn", "refuse")] = "warn"
    """A customer in arrears is shown it and may buy ("warn") or may not ("refuse") (H10). Default "warn"."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Presets:
    """[presets]: what the buttons of the choosing screen offer."""

    amounts_yuan: Annotated[tuple[Annotated[int, whole(1, 50_000, "yuan")], ...], listing(1, 6, "amounts")] = (
        50,
        100,
        200,
        300,
        500,
    )
    """Amounts. Default 50, 100, 200, 300, 500; 1 to 6 of them, each at most `limits.per_visit_yuan_max`."""
    volumes_m3: Annotated[tuple[Annotated[int, whole(1, 10_000, "cubic metres")], ...], listing(1, 6, "volumes")] = (
        10,
        20,
        50,
        100,
    )
    """Volumes. Default 10, 20, 50, 100; 1 to 6 of them, each at most `limits.per_visit_m3_max`."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class TierRow:
    """One tier of a tariff: its price up to a yearly volume."""

    upto_m3: Annotated[int, whole(1, 10_000_000, "cubic metres")] | None = None
    """The yearly volume that the tier ends at; left out in the last tier, which has no end. 1 to 10000000."""
    price_fen_per_m3: Annotated[int, whole(1, 10_000, "fen")]
    """Price of one cubic metre. Required; 1 to 10000."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class TariffRow:
    """[[tariff]]: what gas costs one kind of customer from a day on."""

    id: Identifier
    """Its name in the ledger and on papers. Required; 1 to 32 letters, digits, - or _; no other tariff's."""
    name_zh: Name
    """Required; 1 to 40 characters."""
    name_en: Name
    """Required; 1 to 40 characters."""
    kind: Annotated[Kind, one_of("resident", "commercial", "public_welfare")]
    """Whom it is for. Required; "resident", "commercial" or "public_welfare"."""
    valid_from: Annotated[date, calendar_date()]
    """The first business date that it holds for; it ends when the next of its kind begins. Required; a date without
    quotes."""
    cycle_start: Annotated[str, month_and_day()] = "01-01"
    """Month and day on which the yearly volume begins again. Default "01-01"; any day but "02-29"."""
    tiers: Annotated[tuple[TierRow, ...], listing(1, 10, "tiers")]
    """Tiers, lowest first; the last has no `upto_m3`. Required; 1 to 10 of them."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class NoticeRow:
    """[[notice]]: what the idle screen says while it is in date (H28)."""

    title_zh: Annotated[str, text(40)]
    """Required; 1 to 40 characters."""
    body_zh: Annotated[str, paragraph(400)]
    """Required; 1 to 400 characters."""
    title_en: Annotated[str, text(80)]
    """Required; 1 to 80 characters."""
    body_en: Annotated[str, paragraph(800)]
    """Required; 1 to 800 characters."""
    valid_from: Annotated[date, calendar_date()]
    """The first day that it is shown on. Required; a date without quotes."""
    valid_to: Annotated[date, calendar_date()]
    """The last day that it is shown on. Required; a date without quotes, not before `valid_from`."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class ServiceRow:
    """[[service]]: one thing that people queue for."""

    id: Identifier
    """Required; 1 to 32 letters, digits, - or _; no other service's."""
    prefix: Annotated[str, matching(r"[A-Z]", 'one letter from "A" to "Z"')]
    """The letter of its tickets. Required; "A" to "Z", no other service's."""
    name_zh: Name
    """Required; 1 to 40 characters."""
    name_en: Name
    """Required; 1 to 40 characters."""
    priority: Annotated[bool, truth()] = True
    """Whether people who need help may take a priority ticket for it (H41). Default true."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class WindowRow:
    """[[window]]: one counter window."""

    id: Identifier
    """Required; 1 to 32 letters, digits, - or _; no other window's."""
    name_zh: Name
    """Required; 1 to 40 characters."""
    name_en: Name
    """Required; 1 to 40 characters."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Config:
    """A configuration that has been checked as a whole."""

    hall: Hall
    storage: Storage
    link: Link
    note_acceptor: NoteAcceptor
    card_reader: CardReader
    receipt_printer: Printer
    ticket_dispenser: Printer
    limits: Limits
    timeouts: Timeouts
    policy: Policy
    presets: Presets
    tariff: tuple[TariffRow, ...]
    notice: tuple[NoticeRow, ...]
    service: tuple[ServiceRow, ...]
    window: tuple[WindowRow, ...]

    def tariffs(self) -> tuple[topup_tariff.Tariff, ...]:
        """The price lists, as a purchase uses them."""
        return tuple(
            topup_tariff.Tariff(
                tariff_id=row.id,
                name_zh=row.name_zh,
                name_en=row.name_en,
                kind=row.kind,
                valid_from=row.valid_from,
                cycle_start=(int(row.cycle_start[:2]), int(row.cycle_start[3:])),
                tiers=tuple(
                    topup_tariff.Tier(None if tier.upto_m3 is None else tier.upto_m3 * 100, tier.price_fen_per_m3)
                    for tier in row.tiers
                ),
            )
            for row in self.tariff
        )

    def purchase_limits(self) -> topup_limits.Limits:
        """The limits of one visit, in fen and hundredths of a cubic metre."""
        month_m3 = self.limits.per_month_m3_max
        return topup_limits.Limits(
            per_visit_fen_max=self.limits.per_visit_yuan_max * 100,
            per_visit_m3_hundredths_max=self.limits.per_visit_m3_max * 100,
            card_capacity_m3_hundredths=self.limits.card_capacity_m3_max * 100,
            overpay_fen_max=self.limits.overpay_yuan_max * 100,
            notes_max=self.limits.notes_max,
            per_month_m3_hundredths_max=None if month_m3 is None else month_m3 * 100,
        )

    def notices_on(self, day: date) -> tuple[NoticeRow, ...]:
        """The notices that are in date (H28)."""
        return tuple(row for row in self.notice if row.valid_from <= day <= row.valid_to)
