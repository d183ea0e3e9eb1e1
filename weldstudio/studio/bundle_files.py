"""The file of a bundle: lines of JSON, packed with gzip, that are read whole or refused.

The first line says what it is, then come photographs (numbered in their order) and actions with their events, mixed;
the last line counts, so that half a file is never taken for a whole one.
"""

import gzip
import json
import os
import zlib
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.labelling import Action
from weldstudio.domain.scheme import Scheme
from weldstudio.store.desks import Address, SharedEvent
from weldstudio.studio.scheme_text import from_json, to_json

VERSION = 1
SUFFIX = ".weldlabels"

Entry = tuple[Action, list[SharedEvent]]
"""An action with its events, or with some of them: a large action comes in several."""


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


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle, read."""

    head: Head
    entries: tuple[Entry, ...]

    @property
    def events(self) -> int:
        return sum(len(events) for _, events in self.entries)


def write(file: Path, head: Head, entries: Iterable[Entry]) -> Generator[int, None, tuple[int, int]]:
    """Write a bundle, yielding the number of actions now and then; returns actions and events.

    The file appears when it is whole. Raises ImportRefused where it cannot be written.
    """
    part = file.with_name(file.name + ".part")
    actions: set[str] = set()
    lines = events = 0
    numbers: dict[Address, int] = {}
    try:
        with part.open("wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", filename="", compresslevel=6) as packed:
                _put(packed, _head_json(head))
                for action, some in entries:
                    _put_action(packed, action, some, numbers)
                    actions.add(action.id)
                    lines += 1
                    events += len(some)
                    yield len(actions)
                _put(packed, {"end": [lines, events]})
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(file)
    except OSError as error:
        raise ImportRefused(f"The bundle cannot be written to {file} ({error.strerror or error}).") from error
    finally:
        part.unlink(missing_ok=True)
    return len(actions), events


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
    head = Head(first["project"], first["made"], first["since"], first["by"], scheme)
    photos: list[Address] = []
    entries: list[Entry] = []
    for number, line in enumerate(lines):
        if number % 100 == 0 or "events" in line:
            yield number
        if "photo" in line:
            collection, path, content = line["photo"]
            photos.append(Address(str(collection), str(path), content))
        elif "end" in line:
            bundle = Bundle(head, tuple(entries))
            if line["end"] != [len(entries), bundle.events]:
                raise ImportRefused(f"{file.name} does not hold all that it says; copy it anew.")
            return bundle
        else:
            action = Action(*(line[key] for key in _ACTION_KEYS))
            if not (isinstance(action.id, str) and action.id.isalnum() and isinstance(action.clock, int)):
                raise ValueError("an action without a name")
            entries.append((action, [_event(values, photos) for values in line["events"]]))
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
    }


def _put_action(packed: gzip.GzipFile, action: Action, events: list[SharedEvent], numbers: dict[Address, int]) -> None:
    for event in events:
        if event.photo not in numbers:
            numbers[event.photo] = len(numbers)
            _put(packed, {"photo": [event.photo.collection, event.photo.path, event.photo.content_hash]})
    rows = [[e.n, numbers[e.photo], e.name, e.old, e.new, e.source, e.model_id, e.probability, e.saw] for e in events]
    _put(packed, {key: getattr(action, key) for key in _ACTION_KEYS} | {"events": rows})


def _put(packed: gzip.GzipFile, value: dict[str, Any]) -> None:
    packed.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n")
