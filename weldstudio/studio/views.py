"""Saved views: a filter and an order kept under a name, with a key if one likes; for window and command line alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import NO_CHANGES, Done
from weldstudio.domain.errors import EditRefused, SchemeError
from weldstudio.domain.scheme import Scheme, did_you_mean
from weldstudio.store import actions
from weldstudio.store import scheme as scheme_rows
from weldstudio.store import views as rows
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.store.views import NO_SLOT, ViewRow
from weldstudio.studio import action_keys, noting, reviewing
from weldstudio.studio.action_keys import Keys
from weldstudio.studio.filters import CLASS_KEYS, EVERYTHING, Filter, FilterError, parse
from weldstudio.studio.queues import Sort

LONGEST = 80
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class Order:
    """In which order photographs are shown."""

    sort: Sort = Sort.ADDED
    slot: int | None = None
    """The class that an order by the model means; None = all."""
    descending: bool = False
    seed: int = 0
    """Of a random order."""


@dataclass(frozen=True, slots=True)
class View:
    """A saved view."""

    id: int
    name: str
    key: str = ""
    """As Qt writes keys in portable text; '' = none."""
    filter: Filter = EVERYTHING
    order: Order = Order()
    problem: str = ""
    """Why it cannot be shown: a sentence."""

    def to_json(self, scheme: Scheme) -> dict[str, Any]:
        """Values that survive JSON."""
        order, slot = self.order, self.order.slot
        return {
            "name": self.name,
            "key": self.key,
            "filter": self.filter.text,
            "sort": order.sort.value,
            "flag": None if slot is None else scheme.by_slot(slot).name,
            "descending": order.descending,
            "seed": order.seed,
            "problem": self.problem,
        }


def listed(mirror: Mirror) -> tuple[View, ...]:
    """All views of the project, in the order in which they were made."""
    return tuple(_view(row, mirror.scheme) for row in mirror.views)


def named(views: Sequence[View], name: str) -> View | None:
    """The view of that name; upper and lower case do not count."""
    return next((view for view in views if _folded(view.name) == _folded(name)), None)


def select(mirror: Mirror, view: View) -> NDArray[np.int64]:
    """Rows of the photographs of a view, in its order. Raises FilterError where it cannot be shown any more."""
    if view.problem:
        raise FilterError(view.problem)
    order = view.order
    return reviewing.select(
        mirror, view.filter, sort=order.sort, slot=order.slot, descending=order.descending, seed=order.seed
    )


def save(store: Store, name: str, text: str, *, who: str, order: Order = Order(), key: str | None = None) -> Done:
    """Keep a filter (in its text form) and an order under a name, in place of the view that has the name already.

    A `key` of None leaves that view its key. Raises EditRefused for a name or a key that cannot be, FilterError for a
    text that means nothing.
    """
    wanted = parse(text, scheme_rows.load(store))
    return _edit(
        store, "Saved", name, who, lambda view: replace(view, filter=wanted, order=order, problem=""), key=key, new=True
    )


def save_all(store: Store, wanted: Sequence[View], *, who: str, text: str) -> Done:
    """Keep these views in place of those of the same names, as one action; their ids mean nothing.

    A key that cannot be is left out, so that the view keeps the one it has. Raises EditRefused for a name that cannot
    be.
    """
    with store.atomic(durable=True):
        scheme = scheme_rows.load(store)
        known = [_view(row, scheme) for row in rows.every(store)]
        before = {row.id: row for row in rows.every(store)}
        after: dict[int, ViewRow] = {}
        new_id = rows.new_id(store)
        for view in wanted:
            found = named(known, view.name)
            then = replace(view, id=new_id if found is None else found.id)
            others = [other for other in known if other.id != then.id]
            if wrong := refusal(then.name, "", of=None, views=others, scheme=scheme, keys={}):
                raise EditRefused(wrong)
            if refusal(then.name, then.key, of=None, views=others, scheme=scheme, keys={}) or not then.key:
                then = replace(then, key="" if found is None else found.key)
            if found is None:
                before[new_id] = _row(then, scheme, gone=True)
                new_id += 1
            known = [*others, then]
            after[then.id] = _row(then, scheme)
        change = noting.note([before[id_] for id_ in after], list(after.values()))
        return _written(store, change, who=who, text=text)


def change(store: Store, name: str, *, who: str, new_name: str | None = None, key: str | None = None) -> Done:
    """Give a view another name or another key ('' = none). Raises EditRefused."""
    return _edit(store, "Changed", name, who, lambda view: replace(view, name=(new_name or name).strip()), key=key)


def remove(store: Store, name: str, *, who: str) -> Done:
    """Take a view away; taking that back brings it again. Raises EditRefused where there is none."""
    return _edit(store, "Removed", name, who, None)


def refusal(name: str, key: str, *, of: View | None, views: Sequence[View], scheme: Scheme, keys: Keys) -> str:
    """Why a view cannot have this name and key, as a sentence; '' where it can. `of` is the view itself."""
    others = [view for view in views if of is None or view.id != of.id]
    if not name.strip():
        return "A view needs a name."
    if len(name.strip()) > LONGEST:
        return f"A name has at most {LONGEST} characters; this one has {len(name.strip())}."
    if (other := named(others, name)) is not None:
        return f"There is a view '{other.name}' already. Choose another name."
    taken = next((view.name for view in others if key and view.key.casefold() == key.casefold()), None)
    if taken is not None:
        return f"The key {key} is used for the view '{taken}'. Choose another one."
    return action_keys.refusal_on("review", key, keys, scheme=scheme)


def _edit(
    store: Store,
    verb: str,
    name: str,
    who: str,
    made: Callable[[View], View] | None,
    *,
    key: str | None = None,
    new: bool = False,
) -> Done:
    """Change, make or (`made` is None) remove the view of that name, as one action."""
    with store.atomic(durable=True):
        scheme = scheme_rows.load(store)
        known = [_view(row, scheme) for row in rows.every(store)]
        found = named(known, name)
        if found is None and not new:
            near = did_you_mean(name, (view.name for view in known))
            raise EditRefused(f"There is no view '{name}'.{near}")
        view = found or View(rows.new_id(store), name.strip())
        then = view if made is None else made(view)
        if key is not None:
            then = replace(then, key=key)
        wrong = refusal(then.name, then.key, of=view, views=known, scheme=scheme, keys={})
        if wrong and made is not None:
            raise EditRefused(wrong)
        before = _row(view, scheme, gone=True) if found is None else rows.read(store, [view.id])[0]
        if made is None:
            after = before._replace(gone=1)
        elif then.problem:  # its filter cannot be read: it stays as it is
            after = before._replace(name=then.name, key=then.key)
        else:
            after = _row(then, scheme)
        text = f"{verb} the view '{then.name}'"
        change = noting.note([before], [after])
        return _written(store, change, who=who, text=text)


def _written(store: Store, change: dict[str, Any], *, who: str, text: str) -> Done:
    """A note of views (`noting.note`) brought about as an action. Only inside `atomic`."""
    if not change:
        return Done(None, NO_CHANGES, f"{text}: nothing had to change")
    written = actions.begin(store, who=who, kind="view", text=text, payload={"views": change})
    changes = rows.write(store, change["after"]) | store.record(actions.news(written))
    return Done(written.action.id, changes, text)


def _view(row: ViewRow, scheme: Scheme) -> View:
    slot = None if row.slot == NO_SLOT else row.slot
    order = Order(Sort(row.sort), slot, bool(row.descending), row.seed)
    try:
        if slot is not None:
            scheme.by_slot(slot)
        return View(row.id, row.name, row.key, parse(row.filter, scheme), order)
    except (FilterError, SchemeError) as error:
        return View(row.id, row.name, row.key, problem=str(error))


def _row(view: View, scheme: Scheme, *, gone: bool = False) -> ViewRow:
    order = view.order
    slot = NO_SLOT if order.slot is None else order.slot
    return ViewRow(
        *(view.id, int(gone), view.name, view.key, _by_slots(view.filter, scheme).text),
        *(order.sort.value, slot, int(order.descending), order.seed),
    )


def _by_slots(wanted: Filter, scheme: Scheme) -> Filter:
    """The filter with the slots of classes in place of their names, which may change."""
    return Filter(
        tuple(
            replace(term, value=f"#{scheme.by_name(term.value).slot}")
            if term.key in CLASS_KEYS and term.value
            else term
            for term in wanted.terms
        )
    )


def _folded(name: str) -> str:
    return name.strip().casefold()
