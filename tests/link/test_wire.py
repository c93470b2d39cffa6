"""Lines of the link as values: what is a message, and that nothing else can be taken for one."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.link.wire import Alive, Command, Hello, LinkError, line, parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"hello": {"role": "customer", "protocol": 1}}, Hello("customer", 1)),
        ({"alive": 17}, Alive(17)),
        ({"command": {"id": "a", "name": "pay"}}, Command("a", "pay")),
        (
            {"command": {"id": "a", "name": "amount", "screen": "choose", "args": {"value": 100}}},
            Command("a", "amount", {"value": 100}, "choose"),
        ),
    ],
)
def test_a_message_is_read_as_it_was_meant(said, message):
    assert parse(json.dumps(said).encode()) == message


@given(st.binary())
def test_any_bytes_are_a_message_or_a_link_error(data):
    try:
        assert isinstance(parse(data), Hello | Alive | Command)
    except LinkError:
        return


@given(JSON, st.sampled_from(["hello", "alive", "command", "snapshot"]))
def test_any_object_is_a_message_or_a_link_error(body, kind):
    try:
        assert isinstance(parse(json.dumps({kind: body}).encode()), Hello | Alive | Command)
    except LinkError:
        return


@pytest.mark.parametrize("data", [b"[" * 200_000, b'{"alive": Infinity}', b'{"alive": ' + b"9" * 6000 + b"}"])
def test_what_breaks_a_careless_reader_is_a_link_error(data):
    with pytest.raises(LinkError):
        parse(data)


@dataclass
class Shown:
    title: str


def test_a_message_is_one_line_and_keeps_the_writing_of_names():
    data = line("snapshot", {"sequence": 1, "view": Shown("阿卜杜拉\n·")})
    assert data.count(b"\n") == 1
    assert "阿卜杜拉".encode() in data
    assert json.loads(data) == {"snapshot": {"sequence": 1, "view": {"title": "阿卜杜拉\n·"}}}


def test_what_is_no_plain_value_does_not_travel():
    with pytest.raises(TypeError, match="set does not travel"):
        line("snapshot", {1, 2})
