"""Messages as JSON lines: what children and their owners write to each other, and what a run writes down."""

import dataclasses
import json
import math
import re
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any

from weldstudio.domain import messages
from weldstudio.domain.messages import Message


class WireError(ValueError):
    """A line that is no message: damaged, of an unknown kind, or with a field that does not fit."""


def encode(message: Message) -> str:
    """One line of JSON without a line end. Numbers that are not finite become null."""
    fields = {field.name: getattr(message, field.name) for field in dataclasses.fields(message)}
    body = {"message": _kind(type(message)), **fields}
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return json.dumps(_finite(body), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def decode(line: str) -> Message:
    """The message of a line. Raises WireError."""
    try:
        body = json.loads(line)
        kind = body.pop("message")
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise WireError(f"no message: {line[:200]!r}") from error
    table = _kinds()
    if not isinstance(kind, str) or kind not in table:
        raise WireError(f"unknown kind of message '{kind}'")
    cls, readers = table[kind]
    if unknown := body.keys() - readers.keys():
        raise WireError(f"a message '{kind}' has no {', '.join(sorted(unknown))}")
    try:
        message: Message = cls(**{name: readers[name](value) for name, value in body.items()})
    except (TypeError, ValueError, AttributeError) as error:
        raise WireError(f"a message '{kind}' does not fit: {error}") from error
    return message


@cache
def _kinds() -> dict[str, tuple[Callable[..., Message], dict[str, Callable[[Any], Any]]]]:
    """Kind -> (class, field -> reader of its JSON value)."""
    table: dict[str, tuple[Callable[..., Message], dict[str, Callable[[Any], Any]]]] = {}
    for cls in typing.get_args(Message):
        hints = typing.get_type_hints(cls, vars(messages))
        table[_kind(cls)] = (cls, {name: _reader(hint) for name, hint in hints.items()})
    return table


def _reader(hint: Any) -> Callable[[Any], Any]:
    """What turns a JSON value back into a value of this type: JSON has neither tuples nor NaN."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple and inner[1:] == (Ellipsis,):
        each = _reader(inner[0])
        return lambda value: tuple(each(item) for item in value)
    if origin is tuple:
        readers = [_reader(item) for item in inner]
        return lambda value: tuple(read(item) for read, item in zip(readers, value, strict=True))
    if origin is dict:
        each_value = _reader(inner[1])
        return lambda value: {key: each_value(item) for key, item in value.items()}
    if origin in (types.UnionType, typing.Union):
        wanted = [_reader(item) for item in inner if item is not type(None)]
        return lambda value: None if value is None else wanted[0](value)
    if hint is float:
        return lambda value: math.nan if value is None else float(value)
    if hint in (int, str, bool):
        return _exactly(hint)
    return lambda value: value


def _exactly(wanted: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not wanted:
            raise TypeError(f"{value!r} is no {wanted.__name__}")
        return value

    return read


def _kind(cls: type) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
