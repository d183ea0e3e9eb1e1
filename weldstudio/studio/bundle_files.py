"""The file of a bundle: lines of JSON, packed with gzip, that are read whole or refused.

The first line says what it is, then come photographs (numbered in their order), schemes in force at decisions, and
actions with their events, mixed; the last line counts, so that half a file is never taken for a whole one. Files of
version 1 held labels alone, those of version 2 no reviews; both are read as well.
"""

import gzip
import json
import os
import zlib
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.labelling import Action
from weldstudio.domain.scheme import Scheme
from weldstudio.store.desks import Address, SharedEvent
from weldstudio.store.shared_words import SharedDecision, Word
from weldstudio.store.shared_words import from_json as from_words
from weldstudio.store.shared_words import to_json as words_to_json
from weldstudio.studio.scheme_text import from_json, to_json

VERSION = 3
SUFFIX = ".weldlabels"


@dataclass(frozen=True, slots=True)
class Entry:
    """An action with its events, or with some of them: a large action comes in several."""

    action: Action
    labels: list[SharedEvent] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    """Notes, decisions and reviews."""
    draw: dict[str, Any] | None = None
    """What the action noted of the photos that it drew."""

    def __len__(self) -> int:
        return len(self.labels) + len(self.words)


@dataclass(frozen=True, slots=True)
class Head:
    """What a bundle says of itself."""

    project: str
    """Name of the project it comes from."""
    made: str
    """Local time, ISO 8601."""
    since: str
    """First day of what it holds, ISO 8601; '' = all there was."""
    by: str
    scheme: Scheme
    formerly: dict[str, str] = field(default_factory=dict)
    """What classes of the scheme are called now, by the names that they had before."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle, read."""

    head: Head
    entries: tuple[Entry, ...]
    schemes: dict[str, str]
    """In force when something was decided, as JSON by their digests."""

    @property
    def events(self) -> int:
        return sum(map(len, self.entries))


def write(
    file: Path, head: Head, entries: Iterable[Entry], *, schemes: Callable[[str], dict[str, str]]
) -> Generator[int, None, int]:
    """Write a bundle, yielding the number of actions now and then; returns it.

    `schemes(digest)` is the scheme in force at a decision, by its digest; empty where it is not known. The file
    appears when it is whole. Raises ImportRefused where it cannot be written.
    """
    part = file.with_name(file.name + ".part")
    actions: set[str] = set()
    lines = events = 0
    numbers: dict[Address, int] = {}
    digests: set[str] = set()
    try:
        with part.open("wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", filename="", compresslevel=6) as packed:
                _put(packed, _head_json(head))
                for entry in entries:
                    used = {w.scheme for w in entry.words if isinstance(w, SharedDecision) and w.scheme} - digests
                    for digest in sorted(used):
                        _put(packed, {"schemes": schemes(digest)})
                    digests |= used
                    _put_entry(packed, entry, numbers)
                    actions.add(entry.action.id)
                    lines += 1
                    events += len(entry)
                    yield len(actions)
                _put(packed, {"end": [lines, events]})
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(file)
    except OSError as error:
        raise ImportRefused(f"The bundle cannot be written to {file} ({error.strerror or error}).") from error
    finally:
        part.unlink(missing_ok=True)
    return len(actions)


def read(file: Path) -> Generator[int, None, Bundle]:
    """Read a whole bundle, yielding the number of lines now and then.

    Raises ImportRefused for a file that is none, is cut off, or was made by a newer program.
    """
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            return (yield from _bundle(file, (json.loads(line) for line in lines)))
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise ImportRefused(f"The bundle {file} cannot be read ({error.strerror}).") from error
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ImportRefused(f"{file.name} is no bundle of labels, or was cut off; copy it anew.") from error
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise ImportRefused(f"{file.name} is no bundle of labels, or is damaged ({error}).") from error


def _bundle(file: Path, lines: Iterable[Any]) -> Generator[int, None, Bundle]:
    lines = iter(lines)
    first = next(lines, None)
    if not isinstance(first, dict) or "weldstudio_bundle" not in first:
        raise ImportRefused(f"{file.name} is no bundle of labels.")
    if first["weldstudio_bundle"] > VERSION:
        raise ImportRefused(f"{file.name} was made by a newer weldstudio; update weldstudio to take it.")
    scheme = from_json(first["scheme"])
    formerly = {str(old): str(new) for old, new in first.get("formerly", {}).items()}
    head = Head(first["project"], first["made"], first["since"], first["by"], scheme, formerly)
    schemes: dict[str, str] = {}
    photos: list[Address] = []
    entries: list[Entry] = []
    for number, line in enumerate(lines):
        if number % 100 == 0 or "events" in line:
            yield number
        if "photo" in line:
            collection, path, content = line["photo"]
            photos.append(Address(str(collection), str(path), content))
        elif "schemes" in line:
            schemes |= {str(digest): str(text) for digest, text in line["schemes"].items()}
        elif "end" in line:
            bundle = Bundle(head, tuple(entries), schemes)
            if line["end"] != [len(entries), bundle.events]:
                raise ImportRefused(f"{file.name} does not hold all that it says; copy it anew.")
            return bundle
        else:
            action = Action(*(line[key] for key in _ACTION_KEYS))
            if not (isinstance(action.id, str) and action.id.isalnum() and isinstance(action.clock, int)):
                raise ValueError("an action without a name")
            words = [from_words(values) for values in line.get("words", ())]
            draw = line.get("draw")
            if not (draw is None or isinstance(draw, dict)):
                raise ValueError("a draw that is none")
            entries.append(Entry(action, [_event(values, photos) for values in line["events"]], words, draw))
    raise ImportRefused(f"{file.name} was cut off; copy it anew.")


_ACTION_KEYS = ("id", "clock", "who", "kind", "text", "reverts")


def _event(values: list[Any], photos: list[Address]) -> SharedEvent:
    n, photo, name, old, new, source, model, probability, saw = values
    for byte in (old, new):
        if not 0 <= byte <= 255:
            raise ValueError(f"{byte} is no label")
    return SharedEvent(int(n), photos[photo], str(name), old, new, int(source), model, probability, tuple(saw))


def _head_json(head: Head) -> dict[str, Any]:
    return {
        "weldstudio_bundle": VERSION,
        "project": head.project,
        "made": head.made,
        "since": head.since,
        "by": head.by,
        "scheme": to_json(head.scheme),
        "formerly": head.formerly,
    }


def _put_entry(packed: gzip.GzipFile, entry: Entry, numbers: dict[Address, int]) -> None:
    for event in entry.labels:
        if event.photo not in numbers:
            numbers[event.photo] = len(numbers)
            _put(packed, {"photo": [event.photo.collection, event.photo.path, event.photo.content_hash]})
    line: dict[str, Any] = {key: getattr(entry.action, key) for key in _ACTION_KEYS}
    line["events"] = [
        [e.n, numbers[e.photo], e.name, e.old, e.new, e.source, e.model_id, e.probability, e.saw] for e in entry.labels
    ]
    if entry.words:
        line["words"] = [words_to_json(word) for word in entry.words]
    if entry.draw is not None:
        line["draw"] = entry.draw
    _put(packed, line)


def _put(packed: gzip.GzipFile, value: dict[str, Any]) -> None:
    packed.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n")
