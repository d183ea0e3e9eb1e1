"""The first glance at a label file: how it is written, what its columns mean, its first rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from weldstudio.studio import columns as meanings
from weldstudio.studio.columns import Column, Meaning
from weldstudio.studio.table_text import DELIMITERS, Records, TableText, look_at

EXPORT_HEADER = ("path", "collection", "sha256", "equipment", "joint", "split")
"""A header that begins so was written by our own export: what follows are classes by position, names as they are."""

EXPORT_FACTS = (*EXPORT_HEADER, "reviewed", "note", "joint note")
"""What an export writes now: whether a person has looked at the photo, and what is noted on it and its joint."""
_NOT_TAKEN = ("reviewed", "note", "joint note")
"""Of these: a file looks at nothing, and notes travel in bundles."""

SAMPLE = 200
"""Rows from which the meaning of columns is concluded."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Look:
    """The first glance at a label file: what can be shown at once, however long it is."""

    text: TableText
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    """The first rows, cell by cell."""
    exported: bool

    @property
    def words(self) -> str:
        """How the file is written, for people."""
        names = {"cp1252": "Windows-1252", "mixed": "UTF-8 and Windows-1252 mixed"}
        encoding = names.get(self.text.encoding, self.text.encoding.upper())
        return f"{encoding}, parted by {DELIMITERS.get(self.text.delimiter, repr(self.text.delimiter))}"


def look(path: Path, *, facts: Collection[str] = (), mapping: Mapping[str, str] = _NOTHING) -> Look:
    """How a file is written and what its columns mean. Raises ImportRefused where it cannot be read."""
    text = look_at(path, path_names=meanings.PATH_NAMES)
    # People put blanks after their commas; in our own export a name may begin with one.
    exported = text.header.startswith(",".join(EXPORT_HEADER)) and not mapping
    records = (cells for _, cells in Records(text, keep_blanks=exported) if not isinstance(cells, str))
    header = next(records, [])
    rows = tuple(tuple(cells) for cells in islice((c for c in records if any(c)), SAMPLE))
    if exported:
        # Older exports had fewer columns before the classes.
        facts = EXPORT_FACTS if tuple(header[: len(EXPORT_FACTS)]) == EXPORT_FACTS else EXPORT_HEADER
        count = len(facts)
        found = [
            Column(n, name, Meaning.IGNORE if name in _NOT_TAKEN else Meaning(name)) for n, name in enumerate(facts)
        ]
        found += [Column(n, name, Meaning.LABEL, name) for n, name in enumerate(header) if n >= count]
    else:
        found = meanings.propose(header, rows, facts=[name.casefold() for name in facts])
        found = meanings.with_mapping(found, mapping)
    return Look(text, tuple(found), rows, exported)
