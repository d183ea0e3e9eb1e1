"""Small labelled projects for tests, written straight into the store."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.photos import FLAGS, MadeCollection, make_collection
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.photo import FoundPhoto, PhotoFacts
from weldstudio.domain.scheme import Group, Scheme
from weldstudio.store import actions, events, first_pass, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store

SCHEME = Scheme().with_flag(FLAGS[0], 10).with_flag(FLAGS[1], 20).with_flag(FLAGS[2], 5)
EXCLUSIVE = SCHEME.with_group(Group("shape", (0, 1, 2)))


def labelled_project(folder: Path, *, count: int = 60, one_each: bool = True, scheme: Scheme = EXCLUSIVE) -> Store:
    """A project of `count` drawn photos, each a joint of its own, all flags known on all of them."""
    made = make_collection(folder / "photos", count, size=(64, 48), one_each=one_each)
    store = Store.create(folder / "project")
    scheme_rows.save(store, scheme)
    ids = add_photos(store, made)
    label(
        store,
        {i: [State.RAISED if f in s else State.CLEAR for f in FLAGS] for i, s in zip(ids, made.shown, strict=True)},
    )
    return store


def add_photos(store: Store, made: MadeCollection, hashes: Sequence[int] | None = None) -> list[int]:
    """The photos of a made collection as rows, in its order; `hashes` are perceptual ones. Returns their ids."""
    collection, _ = photos.add_collection(store, "made", made.folder)
    found = [FoundPhoto(path, 1, 1) for path in made.paths]
    first_pass.insert_found(store, collection.id, found)
    if hashes is not None:
        facts = [
            PhotoFacts(path, 64, 48, perceptual_hash=value) for path, value in zip(made.paths, hashes, strict=True)
        ]
        photos.record_facts(store, collection.id, facts)
    known = photos.known_paths(store, collection.id)
    return [known[path] for path in made.paths]


def label(store: Store, states: Mapping[int, Sequence[State]], *, source: Source = Source.IMPORT) -> None:
    """Labels of photos, in slot order, as one action."""
    with store.atomic(durable=True):
        written = actions.begin(store, who="Ann", kind="label", text="labels")
        rows = [
            (photo, slot, 0, label_byte(state, source))
            for photo, row in states.items()
            for slot, state in enumerate(row)
            if state != State.UNSEEN
        ]
        events.append(store, written, rows, source=source)
