"""The one text of a record that is hashed, and back again. Pure.

A record is sealed as one line of JSON: keys sorted, UTF-8, no spaces, integers only.

    {"after":"<hash before>","postings":[["cash_unit:1","fen",1000],…],
     "record":{"body":{…},"key":…,"kind":…,"sequence":…,"stamp":{…},"subject":…}}

Its hash is the SHA-256 of that line, and the next line begins with it: an exported journal is checked with `sha256sum`
and nothing else. The order of the keys puts the link and the postings first, so that a verifier compares bytes and
parses nothing.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from storage.errors import InvalidRecord, UnbalancedRecord
from storage.records import Json, NewRecord, Posting, Record, Stamp, Unit

INTEGER_MAX = 2**63 - 1
"""Largest integer in a body or a stamp (SQLite's and JSON readers' 64 bits)."""
INTEGER_MIN = -(2**63)
AMOUNT_MAX = 10**15
"""Largest posting, in fen or hundredths of a cubic metre: thousands of them add up without leaving 64 bits."""
NAME_CHARS_MAX = 200
"""Longest kind, subject, key, account, or field of a stamp."""
SEALED_BYTES_MAX = 1 << 20
"""Largest sealed record, in bytes of UTF-8."""
DEPTH_MAX = 32
"""Deepest nesting of a body."""
POSTINGS_MAX = 1000
"""Most postings of one record."""

_NAME = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
_ACCOUNT = re.compile(r"[a-z][a-z0-9_]*(:[^\s\"\\\x00-\x1f\x7f:\ud800-\udfff]+)*")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_dumps = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def genesis_hash(terminal_id: str) -> str:
    """What the first record of this terminal's journal follows."""
    return sha256(_dumps({"journal": "gashall", "terminal_id": terminal_id}).encode()).hexdigest()


def hash_of(sealed: bytes) -> str:
    return sha256(sealed).hexdigest()


def seal(new: NewRecord, stamp: Stamp, sequence: int, previous_hash: str) -> tuple[str, Record]:
    """The sealed line and the record that it says.

    Raises `InvalidRecord` for anything that has no canonical form or passes a limit, `UnbalancedRecord` for postings
    that do not balance.
    """
    postings = checked_postings(new.postings)
    body = _plain(new.body, "body", 0)
    if not isinstance(body, dict):
        raise InvalidRecord("a body is an object with named members")
    inner: dict[str, Json] = {
        "body": body,
        "key": None if new.key is None else _name(new.key, "key"),
        "kind": _name(new.kind, "kind"),
        "sequence": sequence,
        "stamp": _plain_stamp(stamp),
        "subject": _name(new.subject, "subject"),
    }
    sealed = f"{link_prefix(previous_hash, postings)}{_dumps(inner)}}}"
    try:
        raw = sealed.encode()
    except UnicodeEncodeError as error:
        raise InvalidRecord(f"a text in the body is not Unicode: {error.reason}") from error
    if len(raw) > SEALED_BYTES_MAX:
        raise InvalidRecord(f"a record of {len(raw)} bytes; {SEALED_BYTES_MAX} is the most")
    record = Record(sequence, new.kind, new.subject, body, postings, new.key, stamp, previous_hash, hash_of(raw))
    return sealed, record


def link_prefix(previous_hash: str, postings: Iterable[Posting]) -> str:
    """How the sealed line of a record with these postings, after that hash, must begin."""
    texts = ",".join(posting_text(posting.account, posting.unit, posting.amount) for posting in postings)
    return f'{{"after":"{previous_hash}","postings":[{texts}],"record":'


def posting_text(account: str, unit: str, amount: int) -> str:
    return f'["{account}","{unit}",{amount}]'


def unseal(sealed: str | bytes, record_hash: str) -> Record:
    """The record that a sealed line says. It is trusted: a broken chain is found by the verifier, not here."""
    line: dict[str, Any] = json.loads(sealed)
    inner = line["record"]
    return Record(
        sequence=inner["sequence"],
        kind=inner["kind"],
        subject=inner["subject"],
        body=inner["body"],
        postings=tuple(Posting(account, Unit(unit), amount) for account, unit, amount in line["postings"]),
        key=inner["key"],
        stamp=Stamp(**inner["stamp"]),
        previous_hash=line["after"],
        hash=record_hash,
    )


def checked_postings(postings: Sequence[Posting]) -> tuple[Posting, ...]:
    """The postings, if each is whole and in range and together they sum to zero in each unit."""
    if not postings:
        return ()
    if len(postings) > POSTINGS_MAX:
        raise InvalidRecord(f"{len(postings)} postings in one record; {POSTINGS_MAX} is the most")
    sums: dict[Unit, int] = {}
    for posting in postings:
        if type(posting.amount) is not int:
            raise InvalidRecord(f"{posting.account}: an amount is an int, not {type(posting.amount).__name__}")
        if not -AMOUNT_MAX <= posting.amount <= AMOUNT_MAX:
            raise InvalidRecord(f"{posting.account}: amount {posting.amount} is out of range")
        if not isinstance(posting.unit, Unit):
            raise InvalidRecord(f"{posting.account}: {posting.unit!r} is not a unit")
        if not isinstance(posting.account, str) or not _ACCOUNT.fullmatch(posting.account):
            raise InvalidRecord(f"{posting.account!r} is not the name of an account")
        if len(posting.account) > NAME_CHARS_MAX:
            raise InvalidRecord(f"an account's name of {len(posting.account)} characters; {NAME_CHARS_MAX} is the most")
        sums[posting.unit] = sums.get(posting.unit, 0) + posting.amount
    for unit, total in sums.items():
        if total != 0:
            raise UnbalancedRecord(f"the postings in {unit.value} sum to {total}, not to 0")
    return tuple(postings)


def _plain_stamp(stamp: Stamp) -> dict[str, Json]:
    if not isinstance(stamp.business_date, str) or not _DATE.fullmatch(stamp.business_date):
        raise InvalidRecord(f"{stamp.business_date!r} is not a business date (YYYY-MM-DD)")
    for value, what in ((stamp.mono_ns, "mono_ns"), (stamp.wall_us, "wall_us")):
        if type(value) is not int or not INTEGER_MIN <= value <= INTEGER_MAX:
            raise InvalidRecord(f"{what} of a stamp is a 64-bit int, not {value!r}")
    return {
        "boot_id": _name(stamp.boot_id, "boot_id"),
        "business_date": stamp.business_date,
        "clock_quality": _name(stamp.clock_quality, "clock_quality"),
        "mono_ns": stamp.mono_ns,
        "wall_us": stamp.wall_us,
        "who": _name(stamp.who, "who"),
    }


def _name(value: str, what: str) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value) or len(value) > NAME_CHARS_MAX:
        raise InvalidRecord(f"{what} is 1 to {NAME_CHARS_MAX} printable characters, not {value!r:.80}")
    return value


def _plain(value: Json, where: str, depth: int) -> Json:
    """A copy that nobody else holds, of plain types only: what is returned equals what will be read back."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        if not INTEGER_MIN <= value <= INTEGER_MAX:
            raise InvalidRecord(f"{where}: {value} does not fit 64 bits")
        return int(value)
    if depth >= DEPTH_MAX:
        raise InvalidRecord(f"{where}: nested deeper than {DEPTH_MAX}")
    if isinstance(value, Mapping):
        copy: dict[str, Json] = {}
        for name, member in value.items():
            if not isinstance(name, str):
                raise InvalidRecord(f"{where}: the name of a member is text, not {name!r}")
            copy[str(name)] = _plain(member, f"{where}.{name}", depth + 1)
        return copy
    if isinstance(value, (list, tuple)):
        return [_plain(member, f"{where}[{index}]", depth + 1) for index, member in enumerate(value)]
    raise InvalidRecord(
        f"{where}: {type(value).__name__} has no place in a record (text, int, bool, None, lists and objects of them)"
    )
