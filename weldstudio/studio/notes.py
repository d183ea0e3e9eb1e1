"""Notes of experts on photos and joints: written, taken back like every edit, looked for."""

from dataclasses import dataclass

from weldstudio.domain.changes import NO_CHANGES, Done
from weldstudio.domain.errors import EditRefused
from weldstudio.store import actions, named, photos
from weldstudio.store import notes as note_rows
from weldstudio.store.notes import JOINT, PHOTO
from weldstudio.store.store import Store

LONGEST = 10_000
"""Characters of a note."""
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Note:
    """One note. `name` is the path of the photo or the reference of the joint."""

    about: str
    """'photo' or 'joint'."""
    subject: int
    """Id of the photo or joint."""
    name: str
    text: str

    def to_json(self) -> dict[str, str]:
        return {"about": self.about, "name": self.name, "text": self.text}


def note_photo(store: Store, photo_id: int, text: str, *, who: str) -> Done:
    """Set the note on a photo; '' takes it away. Raises EditRefused for an unknown photo or an endless text."""
    photo = photos.get(store, photo_id)
    if photo is None:
        raise EditRefused("This photo is not in the project, so nothing can be noted on it.")
    return _note(store, PHOTO, photo_id, text, who=who, name=photo.name)


def note_joint(store: Store, joint_id: int, text: str, *, who: str) -> Done:
    """Set the note on a joint; '' takes it away. Raises EditRefused for an unknown joint or an endless text."""
    if photos.joint(store, joint_id) is None:
        raise EditRefused("This joint is not in the project, so nothing can be noted on it.")
    return _note(store, JOINT, joint_id, text, who=who, name=named.joint_name(store, joint_id))


def on_photo(store: Store, photo_id: int) -> str:
    """The note on a photo; '' where there is none."""
    return note_rows.present(store, PHOTO, photo_id)


def on_joint(store: Store, joint_id: int) -> str:
    """The note on a joint; '' where there is none."""
    return note_rows.present(store, JOINT, joint_id)


def listed(store: Store, *, containing: str = "") -> tuple[Note, ...]:
    """All notes, or those that contain a word (upper or lower case), photos first."""
    found = note_rows.read(store)
    word = containing.casefold()
    names = {photo.id: photo.path for photo in photos.every(store, sorted(found.photos))} if found.photos else {}
    every = [Note(PHOTO, photo, names[photo], text) for photo, text in sorted(found.photos.items())]
    every += [Note(JOINT, joint, named.joint_name(store, joint), text) for joint, text in sorted(found.joints.items())]
    return tuple(note for note in every if word in note.text.casefold())


def _note(store: Store, about: str, subject: int, text: str, *, who: str, name: str) -> Done:
    text = text.strip()
    if len(text) > LONGEST:
        raise EditRefused(f"A note has at most {LONGEST:,} characters; this one has {len(text):,}.")
    with store.atomic(durable=True):
        old = note_rows.present(store, about, subject)
        said = f"Note on {name}: {_shortened(text)}" if text else f"Note on {name} taken away"
        if text == old:
            return Done(None, NO_CHANGES, f"{said}: nothing had to change")
        written = actions.begin(store, who=who, kind="note", text=said)
        changes = note_rows.append(store, written, [(about, subject, old, text)])
    return Done(written.action.id, changes, said)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1].rstrip() + "…"
