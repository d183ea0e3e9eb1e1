"""How a scheme is shown on the command line: to machines with names in place of slots, to people as a table."""

from typing import TYPE_CHECKING, Any

from weldstudio.cli import answer

if TYPE_CHECKING:
    from weldstudio.domain.scheme import Scheme


def to_json(found: "Scheme") -> dict[str, Any]:
    """The scheme for machines: names in place of slots, the keys that hold."""
    from weldstudio.studio.flag_keys import flag_keys

    keys = flag_keys(found.classes)
    names = {flag.slot: flag.name for flag in found.flags}
    flags = []
    for flag in found.flags:
        in_group, merge = found.group_of(flag.slot), found.merge_of(flag.slot)
        flags.append(
            {
                "name": flag.name,
                "points": flag.points,
                "key": keys.get(flag.slot, ""),
                "own_key": flag.key,
                "colour": flag.colour,
                "description": flag.description,
                "joint_rule": flag.joint_rule.value,
                "group": None if in_group is None else in_group.name,
                "merge": None if merge is None else merge.name,
                "retired": flag.retired,
                "examples": [
                    {"path": e.path, "content_hash": e.content_hash, "looks_like": e.look_alike} for e in flag.examples
                ],
            }
        )
    return {
        "name": found.name,
        "verdicts": found.verdict_level.value,
        "flags": flags,
        "groups": [
            {"name": g.name, "default": g.default, "members": [names[slot] for slot in g.members]} for g in found.groups
        ],
        "merges": [
            {
                "name": m.name,
                "members": [names[slot] for slot in m.members],
                "points": found.points_of(m.slot),
                "key": keys.get(m.slot, ""),
                "own_key": m.key,
                "colour": m.colour,
                "description": m.description,
            }
            for m in found.live_merges
        ],
    }


def as_table(found: dict[str, Any]) -> str:
    """The answer of `to_json` as text."""
    if not found["flags"]:
        return "The project has no flags yet; add some, or load a preset: weldstudio scheme PROJECT load pipe-welds"
    rows: list[tuple[object, ...]] = [
        (
            flag["key"] or None,
            flag["name"] + (" (retired)" if flag["retired"] else ""),
            flag["points"],
            flag["joint_rule"],
            flag["group"],
            flag["merge"],
            len(flag["examples"]),
        )
        for flag in found["flags"]
    ]
    text = answer.table(("key", "flag", "points", "joint rule", "group", "merged into", "examples"), rows)
    for each in found["groups"]:
        none = f", or {each['default']}" if each["default"] else ""
        text += f"\nAt most one holds ({each['name']}): {', '.join(each['members'])}{none}"
    for each in found["merges"]:
        text += f"\nMerged ({each['name']}, key {each['key'] or '-'}): {', '.join(each['members'])}"
    if found["merges"]:
        text += f"\nVerdicts count {'flags and merges' if found['verdicts'] == 'both' else found['verdicts']}."
    return text
