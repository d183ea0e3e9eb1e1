"""Schemes as text: TOML files for people (presets, files of one's own) and plain values for the action log."""

import tomllib
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from weldstudio.domain.errors import SchemeError
from weldstudio.domain.scheme import Example, Flag, Group, JointRule, Level, Merge, Scheme, did_you_mean

_FLAG_KEYS = tuple(field.name for field in fields(Flag) if field.name != "slot")
_MERGE_KEYS = ("name", "members", "key", "colour", "description", "penalty")
_GROUP_KEYS = ("name", "members", "default")
_TOP_KEYS = ("name", "description", "verdicts", "flags", "groups", "merges")


def to_json(scheme: Scheme) -> dict[str, Any]:
    """The scheme as values that survive JSON, slots included."""
    return asdict(scheme)


def from_json(data: dict[str, Any]) -> Scheme:
    """The inverse of `to_json`."""
    return Scheme(
        tuple(_flag(f) for f in data["flags"]),
        tuple(Group(**{**g, "members": tuple(g["members"])}) for g in data["groups"]),
        tuple(Merge(**{**m, "members": tuple(m["members"])}) for m in data["merges"]),
        name=data["name"],
        verdict_level=Level(data.get("verdict_level", Level.MERGES)),
    )


def _flag(data: dict[str, Any]) -> Flag:
    examples = tuple(Example(**example) for example in data.get("examples", ()))
    return Flag(**{**data, "joint_rule": JointRule(data["joint_rule"]), "examples": examples})


def read_toml(path: Path) -> Scheme:
    """The scheme in a TOML file. Raises SchemeError saying what is wrong with it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SchemeError(f"The scheme {path} cannot be read ({error.strerror or error}).") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SchemeError(f"{path.name} is no readable scheme file: {error}.") from error
    try:
        return _from_toml(data, path.stem)
    except (TypeError, ValueError, KeyError) as error:
        raise SchemeError(f"{path.name} holds something that does not belong in a scheme: {error}.") from error


def _from_toml(data: dict[str, Any], stem: str) -> Scheme:
    _refuse_unknown_keys(data, _TOP_KEYS, "the scheme")
    flags = []
    for slot, entry in enumerate(_tables(data, "flags")):
        _refuse_unknown_keys(entry, _FLAG_KEYS, f"the flag '{entry.get('name', slot + 1)}'")
        rule = str(entry.get("joint_rule", JointRule.ANY.value))
        if rule not in [known.value for known in JointRule]:
            raise SchemeError(
                f"'{rule}' is no joint rule for '{entry['name']}'; write '{JointRule.ANY}' or '{JointRule.ALL}'."
            )
        points = entry.get("points", 0)
        if not isinstance(points, int) or isinstance(points, bool):
            raise SchemeError(f"The points of '{entry['name']}' must be a whole number, not {points!r}.")
        flags.append(_flag({**entry, "slot": slot, "joint_rule": rule}))
    by_name = {flag.name: flag.slot for flag in flags}

    def slots(entry: dict[str, Any]) -> tuple[int, ...]:
        for name in entry["members"]:
            if name not in by_name:
                raise SchemeError(
                    f"'{entry['name']}' names a flag '{name}'.{did_you_mean(name, by_name)} There is none."
                )
        return tuple(by_name[name] for name in entry["members"])

    groups = []
    for entry in _tables(data, "groups"):
        _refuse_unknown_keys(entry, _GROUP_KEYS, "a group")
        groups.append(Group(entry["name"], slots(entry), entry.get("default", "")))
    merges = []
    for slot, entry in enumerate(_tables(data, "merges"), len(flags)):
        _refuse_unknown_keys(entry, _MERGE_KEYS, "a merge")
        penalty = str(entry.get("penalty", "maximum"))
        merges.append(Merge(**{**entry, "slot": slot, "members": slots(entry), "penalty": penalty}))
    level = data.get("verdicts", Level.MERGES.value)
    if level not in [known.value for known in Level]:
        raise SchemeError(f"Verdicts cannot count '{level}'; write {', '.join(Level)}.")
    return Scheme(
        tuple(flags), tuple(groups), tuple(merges), name=str(data.get("name", stem)), verdict_level=Level(level)
    )


def _tables(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise SchemeError(f"'{key}' must be written as [[{key}]] tables.")
    return found


def _refuse_unknown_keys(entry: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in entry:
        if key not in known:
            raise SchemeError(f"There is no '{key}' in {where}.{did_you_mean(key, known)}")


def to_toml(scheme: Scheme) -> str:
    """The scheme as TOML that `read_toml` takes; undone merges are left out, and so are slots."""
    lines = [f"name = {quoted(scheme.name)}"]
    if scheme.verdict_level != Level.MERGES:
        lines.append(f"verdicts = {quoted(scheme.verdict_level)}")
    names = {flag.slot: flag.name for flag in scheme.flags}
    for flag in scheme.flags:
        lines += ["", "[[flags]]", f"name = {quoted(flag.name)}", f"points = {flag.points}"]
        lines += [f"{word} = {quoted(getattr(flag, word))}" for word in ("key", "colour") if getattr(flag, word)]
        if flag.joint_rule != JointRule.ANY:
            lines.append(f"joint_rule = {quoted(flag.joint_rule.value)}")
        if flag.description:
            lines.append(f"description = {quoted(flag.description)}")
        if flag.retired:
            lines.append("retired = true")
        if flag.examples:
            lines += ["examples = [", *(f"    {_example(example)}," for example in flag.examples), "]"]
    for group in scheme.groups:
        lines += ["", "[[groups]]", f"name = {quoted(group.name)}", _members(group.members, names)]
        if group.default:
            lines.append(f"default = {quoted(group.default)}")
    for merge in scheme.live_merges:
        lines += ["", "[[merges]]", f"name = {quoted(merge.name)}", _members(merge.members, names)]
        lines += [
            f"{word} = {quoted(getattr(merge, word))}"
            for word in ("key", "colour", "description")
            if getattr(merge, word)
        ]
        if merge.penalty != "maximum":
            lines.append(f"penalty = {quoted(merge.penalty)}")
    return "\n".join(lines) + "\n"


def _example(example: Example) -> str:
    look_alike = ", look_alike = true" if example.look_alike else ""
    path = f", path = {quoted(example.path)}" if example.path else ""
    return f"{{content_hash = {quoted(example.content_hash)}{look_alike}{path}}}"


def _members(slots: tuple[int, ...], names: dict[int, str]) -> str:
    return f"members = [{', '.join(quoted(names[slot]) for slot in slots)}]"


def quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if ord(c) >= 32 and ord(c) != 127 else f"\\u{ord(c):04x}" for c in escaped) + '"'
