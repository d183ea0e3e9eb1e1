"""Every message survives the wire, and nothing else passes for one."""

import json
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain import messages
from weldstudio.domain.messages import Evaluated, Explain, Heartbeat, Message, RunStarted, Step
from weldstudio.jobs import wire

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def _values(hint: typing.Any) -> st.SearchStrategy[typing.Any]:
    """Values of one field's type."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint is typing.Any:
        return _JSON
    if hint is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if origin is tuple and inner[1:] == (Ellipsis,):
        return st.lists(_values(inner[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(_values(item) for item in inner))
    if origin is dict:
        return st.dictionaries(st.text(), _values(inner[1]), max_size=3)
    if inner:
        return st.one_of(*(st.none() if item is type(None) else _values(item) for item in inner))
    return st.from_type(hint)


def _any_message() -> st.SearchStrategy[Message]:
    kinds = []
    for cls in typing.get_args(Message):
        hints = typing.get_type_hints(cls, vars(messages))
        kinds.append(st.builds(cls, **{name: _values(hint) for name, hint in hints.items()}))
    return st.one_of(*kinds)


@given(_any_message())
def test_a_message_comes_back_equal_from_one_line(message: Message) -> None:
    line = wire.encode(message)
    assert "\n" not in line
    assert wire.decode(line) == message


def test_kinds_are_the_class_names_in_snake_case() -> None:
    assert json.loads(wire.encode(Heartbeat(1.5))) == {"message": "heartbeat", "time": 1.5}
    assert json.loads(wire.encode(RunStarted(1, 2.0, "cpu", ("a",))))["message"] == "run_started"


def test_tuples_inside_mappings_come_back_as_tuples() -> None:
    message = RunStarted(1, 2.0, "cpu", ("a",), {"train": {"a": (3, 4)}}, {"train": 7}, 5)
    assert wire.decode(wire.encode(message)) == message


def test_numbers_that_are_not_finite_leave_valid_json_behind() -> None:
    line = wire.encode(Step(1, 0.1, float("nan"), 0.1, float("inf"), None))
    assert json.loads(line, parse_constant=lambda text: pytest.fail(text))["loss"] is None
    back = wire.decode(line)
    assert isinstance(back, Step)
    assert back.loss != back.loss
    assert back.seconds_left is None
    assert wire.encode(Evaluated(0, 0.0, 0.1, None, None, {"a": {"auc": float("nan")}}))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no JSON",
        "[]",
        "3",
        "null",
        '{"time": 1}',
        '{"message": "unheard_of"}',
        '{"message": ["heartbeat"], "time": 1}',
        '{"message": "heartbeat"}',
        '{"message": "heartbeat", "time": "soon"}',
        '{"message": "heartbeat", "time": 1, "more": 2}',
        '{"message": "explain", "request": "1", "photo_id": 1, "path": "a"}',
        '{"message": "explain", "request": true, "photo_id": 1, "path": "a"}',
        '{"message": "scored", "request": 1, "model_id": "m", "photo_ids": 3, "probabilities": ""}',
        '{"message": "explained", "maps_shape": [1, 2]}',
    ],
)
def test_what_is_no_message_is_refused(line: str) -> None:
    with pytest.raises(wire.WireError):
        wire.decode(line)


def test_messages_are_small_enough_to_be_written_in_thousands() -> None:
    assert len(wire.encode(Explain(1, 2, "/photos/a.jpg"))) < 100
