"""Saved views as a text file, to carry them from project to project: TOML that a person can read and write."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from weldstudio.domain.changes import NO_CHANGES, Done
from weldstudio.domain.errors import EditRefused, UserError
from weldstudio.domain.scheme import Scheme
from weldstudio.store import mirror as mirrors
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import views
from weldstudio.studio.filters import parse
from weldstudio.studio.placing import replaced
from weldstudio.studio.queues import Sort
from weldstudio.studio.scheme_text import quoted
from weldstudio.studio.views import Order, View

_HEAD: Final = "# Saved views of weldstudio: filters with their order."
_KINDS: Final = {"name": str, "key": str, "filter": str, "sort": str, "flag": str, "descending": bool, "seed": int}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the views of a file."""

    done: Done
    names: tuple[str, ...] = ()
    """Of those that the project has now."""
    left_out: tuple[tuple[str, str], ...] = ()
    """(name, reason)."""

    @property
    def text(self) -> str:
        """In a sentence or two."""
        said = self.done.text
        if self.left_out:
            name, reason = self.left_out[0]
            said += f". {len(self.left_out)} left out, the first: '{name}' ({reason.rstrip('.')})"
        return said


def give_out(store: Store, file: Path) -> int:
    """Write all views of a project to a file that `take_over` reads; how many there are. Raises EditRefused."""
    mirror = mirrors.read(store)
    known = [view for view in views.listed(mirror) if not view.problem]
    if not known:
        raise EditRefused("There are no views to write; keep a filter as a view first.")
    if file.exists() and not _ours(file):
        raise EditRefused(f"{file} is there already and holds no views; name another file.")
    with replaced(file) as handle:
        handle.write(f"{_HEAD}\n")
        handle.writelines(_block(view, mirror.scheme) for view in known)
    return len(known)


def take_over(store: Store, file: Path, *, who: str) -> Taken:
    """Keep the views of a file in a project as one action, in place of views of the same names.

    A view that means nothing here is left out with its reason; a key that is taken is left out of its view. Raises
    EditRefused for a file that holds no views.
    """
    entries = _read(file)
    scheme = scheme_rows.load(store)
    wanted: list[View] = []
    left_out: list[tuple[str, str]] = []
    for number, entry in enumerate(entries, 1):
        try:
            wanted.append(_view(entry, scheme))
        except UserError as error:
            left_out.append((str(entry.get("name", f"number {number}")), str(error)))
    if not wanted:
        return Taken(Done(None, NO_CHANGES, f"{file.name} holds no view that can be used here"), (), tuple(left_out))
    done = views.save_all(store, wanted, who=who, text=f"Took {len(wanted)} views from {file.name}")
    return Taken(done, tuple(view.name for view in wanted), tuple(left_out))


def _ours(file: Path) -> bool:
    try:
        with file.open(encoding="utf-8", errors="replace") as handle:
            return handle.readline().rstrip() == _HEAD
    except OSError:
        return False


def _block(view: View, scheme: Scheme) -> str:
    order = view.order
    lines = ["", "[[views]]", f"name = {quoted(view.name)}"]
    lines += [f"key = {quoted(view.key)}"] if view.key else []
    lines += [f"filter = {quoted(view.filter.text)}", f"sort = {quoted(order.sort.value)}"]
    lines += [f"flag = {quoted(scheme.by_slot(order.slot).name)}"] if order.slot is not None else []
    lines += ["descending = true"] if order.descending else []
    lines += [f"seed = {order.seed}"] if order.seed else []
    return "\n".join(lines) + "\n"


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise EditRefused(f"{file} cannot be read ({error.strerror or error}).") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EditRefused(f"{file.name} is no readable file of views: {error}.") from error
    entries = data.get("views")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise EditRefused(f"{file.name} holds no views; each begins with a line [[views]].")
    return entries


def _view(entry: Mapping[str, Any], scheme: Scheme) -> View:
    """Raises UserError where the entry means nothing in this project."""
    for word, value in entry.items():
        if word not in _KINDS:
            raise EditRefused(f"'{word}' belongs to no view.")
        if type(value) is not _KINDS[word]:
            raise EditRefused(f"'{word}' cannot be {value!r}.")
    name = entry.get("name", "").strip()
    if wrong := views.refusal(name, "", of=None, views=(), scheme=scheme, keys={}):
        raise EditRefused(wrong)
    sort = entry.get("sort", Sort.ADDED.value)
    if sort not in [known.value for known in Sort]:
        raise EditRefused(f"There is no order '{sort}'.")
    slot = scheme.by_name(entry["flag"]).slot if "flag" in entry else None
    order = Order(Sort(sort), slot, entry.get("descending", False), entry.get("seed", 0))
    return View(0, name, entry.get("key", ""), parse(entry.get("filter", ""), scheme), order)
