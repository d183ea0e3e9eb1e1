"""What a joint is: its type, what flows through the pipe, who made it; set for one joint or many, as one action."""

from collections.abc import Sequence
from dataclasses import dataclass

from weldstudio.domain.changes import NO_CHANGES, Done
from weldstudio.domain.errors import EditRefused
from weldstudio.store import actions, contractors
from weldstudio.store import joint_facts as rows
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import noting

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Description:
    """Of one joint, or what several have in common; None = they differ, '' = not known."""

    kind: str | None = None
    medium: str | None = None
    contractor: str | None = None


def described(mirror: Mirror, joint_ids: Sequence[int]) -> Description:
    """What these joints have in common."""

    def common(words: set[str]) -> str | None:
        return words.pop() if len(words) == 1 else None

    facts = mirror.joints
    return Description(
        common({facts.kinds.name_of(joint) for joint in joint_ids}),
        common({facts.mediums.name_of(joint) for joint in joint_ids}),
        common({facts.contractor_of(joint) for joint in joint_ids}),
    )


def known(mirror: Mirror) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Types, mediums and contractors that are in use, to choose from."""
    facts = mirror.joints
    names = facts.kinds.names, facts.mediums.names, tuple(c.name for c in facts.contractors.values())
    kinds, mediums, makers = (tuple(sorted(name for name in some if name)) for some in names)
    return kinds, mediums, makers


def describe(
    store: Store,
    joint_ids: Sequence[int],
    *,
    who: str,
    kind: str | None = None,
    medium: str | None = None,
    contractor: str | None = None,
) -> Done:
    """Set type, medium and contractor of joints, as one action; None leaves it as it is, '' takes it away.

    Raises EditRefused for a joint that is not there or a name that is too long.
    """
    wanted = {"type": kind, "medium": medium, "contractor": contractor}
    told = {what: name.strip() for what, name in wanted.items() if name is not None}
    if long := next((what for what, name in told.items() if len(name) > LONGEST), None):
        raise EditRefused(f"The {long} is too long; it has at most {LONGEST} characters.")
    said = ", ".join(f"{what} {name or 'not known'}" for what, name in told.items())
    with store.atomic(durable=True):
        before = rows.read(store, joint_ids)
        if len(before) < len(set(joint_ids)):
            raise EditRefused("Some of these joints are not in the project; nothing was changed.")
        maker = _contractor(store, told["contractor"]) if "contractor" in told else None
        after = [
            (
                joint,
                (told["type"] or None) if "type" in told else had_kind,
                (told["medium"] or None) if "medium" in told else had_medium,
                maker if "contractor" in told else had_maker,
            )
            for joint, had_kind, had_medium, had_maker in before
        ]
        change = noting.note(before, after)
        if not change:
            return Done(None, NO_CHANGES, f"{said}: nothing had to change")
        text = f"{said[:1].upper()}{said[1:]} of {_joints(len(change['after']))}"
        written = actions.begin(store, who=who, kind="joint", text=text, payload={"joint_facts": change})
        changes = rows.write(store, change["after"]) | store.record(actions.news(written))
    return Done(written.action.id, changes, text)


def _contractor(store: Store, name: str) -> int | None:
    if not name:
        return None
    folded = name.casefold()
    for contractor in contractors.every(store).values():
        if contractor.name.casefold() == folded:
            return contractor.id
    return contractors.add(store, name)


def _joints(count: int) -> str:
    return "1 joint" if count == 1 else f"{count:,} joints"
