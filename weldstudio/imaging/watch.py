"""What changes in a folder tree while one looks: photos that come, change and go.

Looking again is cheap: of each folder only its time is asked, and a folder whose time is another one is listed anew.
That works on network drives, which tell nobody of changes, and with any number of folders. What a folder's time does
not show (a file written over in place) is found by the look at everything now and then.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from weldstudio.domain.photo import FoundPhoto
from weldstudio.imaging.scan import Place, folders, one_folder, readable

YOUNG_NS = 3_000_000_000
"""A folder changed so short a time ago may change again within the same tick of its clock, and is listed once more."""


@dataclass(slots=True)
class Seen:
    """What is different from what was told before."""

    found: list[FoundPhoto] = field(default_factory=list)
    """New or changed."""
    gone: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """(path, reason) of what was left out where a look came by."""

    def __bool__(self) -> bool:
        return bool(self.found or self.gone)

    def note(self, path: str, reason: str) -> None:
        """What a scan tells of what it leaves out."""
        self.skipped.append((path, reason))


class Watch:
    """The tree below `root`. One thread.

    A file that is new or changed is told once two looks in a row have found it alike: it may still be being copied.
    """

    def __init__(self, root: Path, *, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._root = root
        self._clock_ns = clock_ns
        self._folders: dict[str, tuple[int, Place]] = {}
        """(time of the last change as of its listing, place); with a time of 0 it is listed again in any case."""
        self._told: dict[str, dict[str, FoundPhoto]] = {}
        """By folder."""
        self._unsettled: dict[str, dict[str, FoundPhoto]] = {}
        """By folder; folders without any are missing."""

    @property
    def unsettled(self) -> bool:
        """Whether files are waited for that were still changing."""
        return bool(self._unsettled)

    def everything(self, *, at_once: bool = False) -> Seen:
        """Lists the whole tree. `at_once` tells of every file, settled or not. Raises PhotoError without the root."""
        seen = Seen()
        known = set(self._folders)
        for folder, photos in folders(self._root, {readable(self._root)}, report=seen.note):
            known.discard(folder)
            self._look_into(folder, photos, seen, at_once=at_once)
        for folder in known:
            self._forget(folder, seen)
        return seen

    def again(self) -> Seen:
        """Looks at the folders that have changed. Raises PhotoError without the root."""
        readable(self._root)
        seen = Seen()
        now = {folder: self._stat(folder) for folder in self._folders}
        # Those that are gone first: a folder that was renamed is the same place under another name.
        for folder in [folder for folder, told in now.items() if told is None]:
            self._forget(folder, seen)
        for folder, (changed, _) in list(self._folders.items()):
            told = now[folder]
            if told is not None and (told[0] != changed or folder in self._unsettled):
                photos, inner = one_folder(self._root, folder, report=seen.note)
                self._look_into(folder, photos, seen)
                for new in inner:
                    if new not in self._folders:
                        self._enter(new, seen)
        return seen

    def _enter(self, start: str, seen: Seen) -> None:
        """Lists a folder that has come, with all below it."""
        told = self._stat(start)
        places = {place for _, place in self._folders.values()}
        if told is None or told[1] in places:
            return
        for folder, photos in folders(self._root, places | {told[1]}, start=start, report=seen.note):
            self._look_into(folder, photos, seen)

    def _look_into(self, folder: str, photos: Iterable[FoundPhoto], seen: Seen, *, at_once: bool = False) -> None:
        told = self._stat(folder)
        if told is None:
            return  # gone again already
        young = abs(self._clock_ns() - told[0]) <= YOUNG_NS
        # Its time from before the listing: what changes meanwhile is then listed again.
        self._folders[folder] = (0 if young else told[0], told[1])
        known, waited = self._told.setdefault(folder, {}), self._unsettled.pop(folder, {})
        missing, unsettled = set(known), {}
        for photo in photos:
            missing.discard(photo.path)
            if known.get(photo.path) == photo:
                continue
            if at_once or waited.get(photo.path) == photo:
                known[photo.path] = photo
                seen.found.append(photo)
            else:
                unsettled[photo.path] = photo
        if unsettled:
            self._unsettled[folder] = unsettled
        if missing and folder in {path for path, _ in seen.skipped}:
            return  # it cannot be read just now, so nobody knows what is gone
        for path in missing:
            del known[path]
        seen.gone += sorted(missing)

    def _forget(self, folder: str, seen: Seen) -> None:
        seen.gone += self._told.pop(folder, {})
        del self._folders[folder]
        self._unsettled.pop(folder, None)

    def _stat(self, folder: str) -> tuple[int, Place] | None:
        try:
            told = (self._root / folder if folder else self._root).stat()
        except OSError:
            return None
        return told.st_mtime_ns, (told.st_dev, told.st_ino)
