"""The scheme's rows: flags, groups and merges, each with its slot, in the order people gave them."""

import json

from weldstudio.domain.changes import Changes
from weldstudio.domain.scheme import Example, Flag, Group, JointRule, Level, Merge, Scheme
from weldstudio.store.store import Store


def load(store: Store) -> Scheme:
    """The scheme as it is now. Read again only after somebody changed something: it is asked for at every label."""
    version = int(store.value("PRAGMA data_version"))
    if store.known_scheme is None or store.known_scheme[0] != version:
        store.known_scheme = version, _read(store)
    return store.known_scheme[1]


def _read(store: Store) -> Scheme:
    flags = store.rows(
        "SELECT slot, name, points, key, colour, description, joint_rule, retired, examples"
        " FROM flags ORDER BY position"
    )
    groups = store.rows("SELECT name, members, none_name FROM groups ORDER BY position")
    merges = store.rows(
        "SELECT slot, name, members, key, colour, description, undone, penalty FROM merges ORDER BY position"
    )
    return Scheme(
        tuple(
            Flag(slot, name, points, key, colour, description, JointRule(rule), bool(retired), _examples(examples))
            for slot, name, points, key, colour, description, rule, retired, examples in flags
        ),
        tuple(Group(name, tuple(json.loads(members)), default) for name, members, default in groups),
        tuple(
            Merge(slot, name, tuple(json.loads(members)), key, colour, description, bool(undone), penalty)
            for slot, name, members, key, colour, description, undone, penalty in merges
        ),
        name=str(store.value("SELECT scheme_name FROM project")),
        verdict_level=Level(store.value("SELECT verdict_level FROM project")),
    )


def save(store: Store, scheme: Scheme) -> Changes:
    """Replace the stored scheme."""
    with store.atomic(durable=True):
        store.known_scheme = None
        for table in ("flags", "groups", "merges"):
            store.execute(f"DELETE FROM {table}")
        store.executemany(
            "INSERT INTO flags (position, slot, name, points, key, colour, description, joint_rule, retired, examples)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(n, *_flag_row(flag)) for n, flag in enumerate(scheme.flags)],
        )
        store.executemany(
            "INSERT INTO groups (position, name, members, none_name) VALUES (?, ?, ?, ?)",
            [(n, g.name, json.dumps(g.members), g.default) for n, g in enumerate(scheme.groups)],
        )
        store.executemany(
            "INSERT INTO merges (position, slot, name, members, key, colour, description, undone, penalty)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (n, m.slot, m.name, json.dumps(m.members), m.key, m.colour, m.description, int(m.undone), m.penalty)
                for n, m in enumerate(scheme.merges)
            ],
        )
        store.execute("UPDATE project SET scheme_name = ?, verdict_level = ?", (scheme.name, scheme.verdict_level))
        return store.record(Changes(scheme=True))


def _flag_row(flag: Flag) -> tuple[object, ...]:
    examples = json.dumps([[e.content_hash, e.look_alike, e.path] for e in flag.examples], ensure_ascii=False)
    rule, retired = flag.joint_rule.value, int(flag.retired)
    return flag.slot, flag.name, flag.points, flag.key, flag.colour, flag.description, rule, retired, examples


def _examples(text: str) -> tuple[Example, ...]:
    return tuple(Example(*values) for values in json.loads(text))


def slots_in_use(store: Store) -> frozenset[int]:
    """Slots that labels were ever given in: their class can be retired, never taken away."""
    return frozenset(slot for (slot,) in store.rows("SELECT DISTINCT slot FROM label_events"))
