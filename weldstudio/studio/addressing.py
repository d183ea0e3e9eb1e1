"""What a person names in words: a photo by its path, a joint by its reference, a class by its name."""

from weldstudio.domain.errors import EditRefused
from weldstudio.domain.scheme import SchemeClass, did_you_mean
from weldstudio.store import actions, named
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store


def photo_of(store: Store, path: str) -> int:
    """Id of the photo with this path, or whose path ends in it. Raises EditRefused where that is none or several."""
    found = named.photos_at(store, path)
    if not found:
        raise EditRefused(f"There is no photo '{path}' in the project; write its path as `export` does.")
    if len(found) > 1:
        raise EditRefused(f"Several photos go by '{path}'; write more of the path.")
    return found[0]


def joint_of(store: Store, reference: str) -> int:
    """Id of the joint with this reference, or of the photo of that path. Raises EditRefused."""
    found = named.joints_called(store, reference)
    if len(found) > 1:
        raise EditRefused(f"Several collections have a joint '{reference}'; name one of its photos instead.")
    if found:
        return found[0]
    try:
        return named.joint_of_photo(store, photo_of(store, reference))
    except EditRefused:
        raise EditRefused(f"There is no joint '{reference}' in the project.") from None


def action_of(store: Store, beginning: str) -> str:
    """Id of the action whose id begins so. Raises EditRefused where that is none or several."""
    found = actions.ids_from(store, beginning)
    if len(found) != 1:
        word = "Several actions begin" if found else "No action begins"
        raise EditRefused(f"{word} with '{beginning}'; `history` lists them.")
    return found[0]


def class_of(store: Store, name: str) -> SchemeClass:
    """The flag or merge of this name. Raises EditRefused naming the nearest."""
    scheme = scheme_rows.load(store)
    every: tuple[SchemeClass, ...] = (*scheme.flags, *scheme.merges)
    for item in every:
        if item.name == name:
            return item
    raise EditRefused(f"There is no flag or merge '{name}'.{did_you_mean(name, [item.name for item in every])}")
