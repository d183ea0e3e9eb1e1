"""Label files that are older than the scheme: what they call as it was called before means the flag of today."""

from collections.abc import Mapping
from dataclasses import replace

from weldstudio.domain.labelling import State
from weldstudio.domain.merges import names_for_labels
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio.label_table import LabelTable, Problem
from weldstudio.studio.matching import unknown_names
from weldstudio.studio.scheme_differences import former_names


def with_present_names(store: Store, table: LabelTable) -> LabelTable:
    """The table with former names of flags and merges in today's words, each said in a remark.

    A name is left alone where the table has today's as well: then the two mean different things to whoever wrote it.
    """
    unknown = unknown_names(table.classes, names_for_labels(scheme_rows.load(store)))
    if not unknown:
        return table
    former = {_folded(old): new for old, new in former_names(store).items()}
    named = {_folded(name) for name in table.classes}
    today: dict[str, str] = {}
    for name in unknown:
        new = former.get(_folded(name))
        if new is not None and _folded(new) not in named:
            named.add(_folded(new))
            today[name] = new
    if not today:
        return table
    shared: dict[int, Mapping[str, State]] = {}  # rows that say the same go on sharing their states
    for row in table.rows:
        if id(row.states) not in shared:
            shared[id(row.states)] = {today.get(name, name): state for name, state in row.states.items()}
    remarks = [Problem(1, f"'{old}' is called '{new}' now", left_out=False) for old, new in today.items()]
    return replace(
        table,
        classes=tuple(today.get(name, name) for name in table.classes),
        rows=tuple(replace(row, states=shared[id(row.states)]) for row in table.rows),
        problems=(*remarks, *table.problems),
    )


def _folded(name: str) -> str:
    return name.strip().casefold()
