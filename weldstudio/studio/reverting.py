"""Taking back what an action did to the scheme, the registry or reject limits: it noted what was before and after.

A note ("payload") is {"scheme": {"before": ..., "after": ...}}, {"active_model": {"before": ..., "after": ...}},
{"model_card": {"model": ..., "before": ..., "after": ...}} or
{"reject_limits": {"contractor": ..., "before": ..., "after": ...}}. It is looked at field by field: the points of one
flag, the members of one group, the limit of one day. Only fields that still are as the action left them are put back;
the others were changed since and stay (see `domain.owning`). {"altered": ...} is looked at photo by photo, what was
noted of joints and photos (`noting`) field by field as well. What was said of joints has events of its own.
"""

from typing import Any

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.domain.owning import Standing, standing
from weldstudio.domain.scheme import Level
from weldstudio.store import actions, models, past
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import confirming, contractors, model_cards, noting
from weldstudio.studio.scheme_text import from_json, to_json

Field = tuple[str, ...]
"""What is one field: ('flag', slot, 'points'), ('group', name, 'member', slot), ('limit', contractor, day), ..."""

_MODEL: Field = ("model",)
_ORDER: Field = ("order",)
_NAME: Field = ("name",)
_LEVEL: Field = ("verdict_level",)


def payload_of_revert(store: Store, action_id: str) -> tuple[dict[str, Any] | None, int]:
    """The payload of an action that takes this one back (None = nothing to do), and how much was changed since.

    Raises SchemeError where what would be left of the scheme contradicts itself.
    """
    payload = actions.payload(store, action_id)
    if not payload:
        return None, 0
    found = _standings(store, action_id, payload)
    ours = {field: one for field, one in found.items() if one.ours and one.present != one.before}
    changed_since = sum(one.changed_since for one in found.values())
    back: dict[str, Any] = {}
    if "scheme" in payload:
        now = scheme_rows.load(store)
        then = from_json(_restored(to_json(now), ours, kept=scheme_rows.slots_in_use(store) | _touched_since(found)))
        if then != now:
            back["scheme"] = {"before": to_json(now), "after": to_json(then)}
    if _MODEL in ours:
        back["active_model"] = {"before": ours[_MODEL].present, "after": ours[_MODEL].before}
    limits = {field[2]: one.before for field, one in ours.items() if field[0] == "limit"}
    if limits:
        back["reject_limits"] = contractors.restored(store, payload["reject_limits"]["contractor"], limits)
    texts = {field: one for field, one in ours.items() if field[0] == "card"}
    if texts:
        back["model_card"] = {
            "model": payload["model_card"]["model"],
            "before": {field[2]: one.present for field, one in texts.items()},
            "after": {field[2]: one.before for field, one in texts.items()},
        }
    if "altered" in payload:
        marks = confirming.payload_of_revert(store, payload["altered"])
        changed_since += marks is None
        if marks is not None:
            back["altered"] = marks
    facts, kept = noting.payload_of_revert(store, payload)
    return (back | facts) or None, changed_since + kept


def restore(store: Store, payload: dict[str, Any]) -> Changes:
    """Bring about what a payload holds under 'after'. Only inside `atomic`."""
    changes = NO_CHANGES
    if "scheme" in payload:
        changes |= scheme_rows.save(store, from_json(payload["scheme"]["after"]))
    if "active_model" in payload:
        changes |= models.activate(store, payload["active_model"]["after"])
    if "reject_limits" in payload:
        changes |= contractors.restore(store, payload["reject_limits"])
    if "model_card" in payload:
        changes |= model_cards.restore(store, payload["model_card"])
    if "altered" in payload:
        changes |= confirming.restore(store, payload["altered"])
    return changes | noting.restore(store, payload)


def _standings(store: Store, action_id: str, payload: dict[str, Any]) -> dict[Field, Standing[Any]]:
    """How everything that the action changed stands now, replayed from all that was noted."""
    wanted = dict(_changed(payload))
    histories: dict[Field, list[tuple[str, str | None, Any]]] = {field: [] for field in wanted}
    first: dict[Field, Any] = {}
    for done, other in past.noted(store):
        for field, (before, after) in _changed(other).items():
            if field in wanted:
                first.setdefault(field, before)
                histories[field].append((done.action.id, done.action.reverts, after))
    return {field: standing(history, action_id, first[field]) for field, history in histories.items()}


def _touched_since(found: dict[Field, Standing[Any]]) -> frozenset[int]:
    """Slots of flags of which somebody has changed something that the action gave."""
    return frozenset(int(field[1]) for field, one in found.items() if field[0] == "flags" and one.changed_since)


def _changed(payload: dict[str, Any]) -> dict[Field, tuple[Any, Any]]:
    """What an action changed, field by field, as (before, after)."""
    before: dict[Field, Any] = {}
    after: dict[Field, Any] = {}
    if "scheme" in payload:
        before, after = (_of_scheme(payload["scheme"][when]) for when in ("before", "after"))
        if _common(before[_ORDER], after[_ORDER]) == _common(after[_ORDER], before[_ORDER]):
            del before[_ORDER], after[_ORDER]  # a flag more or less is no other order
    if "active_model" in payload:
        before[_MODEL], after[_MODEL] = (payload["active_model"][when] for when in ("before", "after"))
    if "reject_limits" in payload:
        change = payload["reject_limits"]
        before |= {("limit", change["contractor"], day): points for day, points in change["before"]}
        after |= {("limit", change["contractor"], day): points for day, points in change["after"]}
    if "model_card" in payload:
        before |= model_cards.fields_of(payload["model_card"], "before")
        after |= model_cards.fields_of(payload["model_card"], "after")
    every = dict.fromkeys((*before, *after))
    return {f: (before.get(f), after.get(f)) for f in every if before.get(f) != after.get(f)}


def _common(slots: list[int], others: list[int]) -> list[int]:
    return [slot for slot in slots if slot in others]


def _of_scheme(scheme: dict[str, Any]) -> dict[Field, Any]:
    """A scheme (as values for JSON), field by field; None stands for what is not there."""
    fields: dict[Field, Any] = {_NAME: scheme["name"], _ORDER: [flag["slot"] for flag in scheme["flags"]]}
    fields[_LEVEL] = scheme.get("verdict_level", Level.MERGES)  # not noted in actions older than the choice
    for kind in ("flags", "merges"):
        for item in scheme[kind]:
            fields |= {(kind, str(item["slot"]), key): value for key, value in item.items()}
    for group in scheme["groups"]:
        fields[("groups", group["name"], "default")] = group["default"]
        fields |= {("groups", group["name"], "member", str(slot)): True for slot in group["members"]}
    return fields


def _restored(now: dict[str, Any], ours: dict[Field, Standing[Any]], *, kept: frozenset[int]) -> dict[str, Any]:
    """The scheme `now` with these fields as they were before; an added flag is retired where its slot is `kept`.

    A flag or merge is there if its field 'slot' is.
    """
    back = {field: one.before for field, one in ours.items()}
    scheme = {**now}
    for kind, gone in (("flags", "retired"), ("merges", "undone")):
        items = {str(item["slot"]): dict(item) for item in now[kind]}
        for field, value in back.items():
            if field[0] == kind and field[1:2] and ((kind, field[1], "slot") in back or field[1] in items):
                items.setdefault(field[1], {})[field[2]] = value
        added = [slot for slot in items if (kind, slot, "slot") in back and back[kind, slot, "slot"] is None]
        for slot in added:
            present = next(dict(item) for item in now[kind] if str(item["slot"]) == slot)
            if kind == "merges":
                items[slot] = present | ({gone: True} if (kind, slot, gone) in back else {})
            elif int(slot) in kept:
                items[slot] = present | {gone: True}
            else:
                del items[slot]
        scheme[kind] = list(items.values())
    scheme["groups"] = _restored_groups(now, back, {flag["slot"] for flag in scheme["flags"]})
    if _ORDER in back:
        order = {slot: place for place, slot in enumerate(back[_ORDER])}
        scheme["flags"] = sorted(scheme["flags"], key=lambda flag: order.get(flag["slot"], len(order)))
    scheme["name"] = back.get(_NAME, now["name"])
    scheme["verdict_level"] = back.get(_LEVEL, now["verdict_level"])
    return scheme


def _restored_groups(now: dict[str, Any], back: dict[Field, Any], slots: set[int]) -> list[dict[str, Any]]:
    """Groups with their members as they were before, as far as these are among `slots`; an empty one is none."""
    defaults = {group["name"]: group["default"] for group in now["groups"]}
    members = {group["name"]: dict.fromkeys(group["members"], True) for group in now["groups"]}
    for field, value in back.items():
        if field[0] == "groups" and field[2] == "default" and value is not None:
            defaults[field[1]] = value
        elif field[0] == "groups" and field[2] == "member":
            members.setdefault(field[1], {})[int(field[3])] = bool(value)
    found = []
    for name, inside in members.items():
        left = [slot for slot, there in inside.items() if there and slot in slots]
        if left:
            found.append({"name": name, "members": left, "default": defaults.get(name, "")})
    return found
