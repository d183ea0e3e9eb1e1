"""Finding photos by the first letters of their file's name or of their joint's: quick enough for every key typed."""

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from weldstudio.store.mirror import Mirror

Bools = NDArray[np.bool_]
Indexes = NDArray[np.int64]


class Names:
    """The names of a mirror's photos and joints as they are now, made when first looked into."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._joint = mirror.joint

    def __len__(self) -> int:
        return len(self._joint)

    def prepare(self) -> None:
        """Make what the first key looks into; any thread."""
        _ = self._files, self._joints, self._ids

    def seek(self, text: str) -> Bools:
        """(n,) whether the file name or joint of each photo begins with a text; upper and lower case do not count.

        Where none begins so: whether its path or joint contains it.
        """
        wanted = text.strip().casefold()
        if not wanted:
            return np.zeros(len(self._joint), np.bool_)
        found = self._files.begin(wanted) | self._by_joint(self._joints.begin(wanted))
        if not found.any():
            found = self._paths.contain(wanted) | self._by_joint(self._joints.contain(wanted))
        return found

    @cached_property
    def _paths(self) -> "_Lines":
        return _Lines(self._mirror.folded_paths)

    @cached_property
    def _files(self) -> "_Lines":
        return _Lines([path.rpartition("/")[2] for path in self._mirror.folded_paths])

    @cached_property
    def _joints(self) -> "_Lines":
        return _Lines([name.casefold() for name in self._mirror.joints.references.values()])

    @cached_property
    def _ids(self) -> Indexes:
        references = self._mirror.joints.references
        return np.fromiter(references, np.int64, len(references))

    def _by_joint(self, chosen: Bools) -> Bools:
        return np.isin(self._joint, self._ids[chosen])


class _Lines:
    """Many short texts as one, which is searched in one go."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._text = "\n" + "\n".join(lines)
        lengths = np.fromiter((len(line) + 1 for line in lines), np.int64, len(lines))
        self._starts = np.cumsum(lengths) - lengths

    def begin(self, wanted: str) -> Bools:
        return self._found(f"\n{wanted}")

    def contain(self, wanted: str) -> Bools:
        return self._found(wanted)

    def _found(self, wanted: str) -> Bools:
        hits = np.fromiter((hit.start() for hit in re.finditer(re.escape(wanted), self._text)), np.int64)
        result = np.zeros(len(self._starts), np.bool_)
        result[self._starts.searchsorted(hits, "right") - 1] = True
        return result
