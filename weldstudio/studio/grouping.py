"""Groups: flags of which at most one holds, looked at before, made, changed and dissolved as actions of the log.

No label is touched: where two flags of a new group are raised, the photo is listed (the filter `contradiction`) and
only the highest points count.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import SchemeError
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Flag, Group, Scheme, did_you_mean
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio.deciding import outcomes
from weldstudio.studio.reviewing import contradicting
from weldstudio.studio.scheme import edit_scheme


@dataclass(frozen=True, slots=True)
class GroupPreview:
    """What a group would mean, before it is made. Counts are photos unless said."""

    raised: int
    """With a flag of it raised."""
    contradictions: int
    """With two or more raised."""
    joints_changed: int
    """Joints whose verdict would change."""

    @property
    def sentence(self) -> str:
        if not self.contradictions:
            return f"On no photo are two of them raised; one is raised on {self.raised:,}."
        photos = f"{self.contradictions:,} photo{'' if self.contradictions == 1 else 's'}"
        joints = f"{self.joints_changed:,} verdict{'' if self.joints_changed == 1 else 's'}"
        return f"On {photos} two of them are raised: these are listed under Contradictions. {joints} would change."


def preview(mirror: Mirror, slots: Iterable[int], *, name: str = "") -> GroupPreview:
    """What it would mean if these flags were the group of that name, one that exists or a new one."""
    members = tuple(dict.fromkeys(slots))
    others = tuple(g for g in mirror.scheme.groups if g.name != name and not set(g.members) & set(members))
    group = Group(name or "\N{BULLET}", members)
    grouped = replace(mirror.scheme, groups=(*others, group))
    raised = sum((mirror.states(slot) == State.RAISED).astype(int) for slot in members)
    return GroupPreview(
        raised=int((raised > 0).sum()) if members else 0,
        contradictions=int(contradicting(mirror, (group,)).sum()),
        joints_changed=int((outcomes(mirror) != outcomes(mirror, scheme=grouped)).sum()),
    )


def make(store: Store, name: str, members: Iterable[int | str], *, default: str = "", who: str) -> Done:
    """A new group of flags (slots or names); `default` names "none of them". Raises SchemeError."""
    wanted = tuple(members)
    return edit_scheme(
        store,
        lambda scheme: scheme.with_group(Group(name, _slots(scheme, wanted), default)),
        who=who,
        text=f"Made the group '{name}'",
    )


def change(
    store: Store,
    name: str,
    *,
    who: str,
    new_name: str | None = None,
    members: Iterable[int | str] | None = None,
    default: str | None = None,
) -> Done:
    """Another name, other members or another default of a group; what is None stays."""
    wanted = None if members is None else tuple(members)

    def changed(scheme: Scheme) -> Scheme:
        old = group_called(scheme, name)
        new = Group(
            old.name if new_name is None else new_name,
            old.members if wanted is None else _slots(scheme, wanted),
            old.default if default is None else default,
        )
        return replace(scheme, groups=tuple(new if group == old else group for group in scheme.groups))

    text = f"Changed the group '{name}'" if new_name in (None, name) else f"Renamed the group '{name}' to '{new_name}'"
    return edit_scheme(store, changed, who=who, text=text)


def dissolve(store: Store, name: str, *, who: str) -> Done:
    """Take a group apart: its flags may hold beside each other again. Labels stay."""

    def without(scheme: Scheme) -> Scheme:
        old = group_called(scheme, name)
        return replace(scheme, groups=tuple(group for group in scheme.groups if group != old))

    return edit_scheme(store, without, who=who, text=f"Dissolved the group '{name}'")


def group_called(scheme: Scheme, name: str) -> Group:
    """The group of that name. Raises SchemeError naming the nearest."""
    for group in scheme.groups:
        if group.name == name:
            return group
    near = did_you_mean(name, (group.name for group in scheme.groups))
    raise SchemeError(f"There is no group '{name}'.{near}")


def _slots(scheme: Scheme, members: tuple[int | str, ...]) -> tuple[int, ...]:
    """Slots of two flags or more, given by slot or name; a retired one stays where it is a member already."""
    slots: dict[int, None] = {}
    for member in members:
        item = scheme.by_slot(member) if isinstance(member, int) else scheme.by_name(member)
        if not isinstance(item, Flag):
            raise SchemeError(f"'{item.name}' is a merge; a group is made of flags.")
        slots[item.slot] = None
    if len(slots) < 2:
        raise SchemeError("A group needs at least two flags; of one flag alone nothing has to be excluded.")
    return tuple(slots)
