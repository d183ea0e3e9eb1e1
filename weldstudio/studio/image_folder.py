"""Folders of photos by class, as `torchvision.datasets.ImageFolder` loads them, for photos with exactly one class.

    DEST/<class>/<name>-<photo id>.jpg     copies of the originals, or hard links to them
    DEST/manifest.json                     scheme, counts, and of each photo its hash, class, collection and path
    DEST/names.csv                         which folder is which class
    DEST/left_out.csv                      which photos are not there, and why

All of it is built in a hidden folder inside DEST and moved up at the end.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from weldstudio.domain.changes import Progress
from weldstudio.studio.placing import ExportRefused, disk_refused, free_bytes, line_of, make_folder, remove_made
from weldstudio.studio.scheme_text import to_json
from weldstudio.studio.selecting import Exported, ExportReport, Selection
from weldstudio.studio.single_class import file_name, folder_names, sort_into_classes

LOADED = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")
"""Suffixes that ImageFolder looks at."""

BESIDE = ("manifest.json", "names.csv", "left_out.csv")
_STEP_S = 0.03
_PART = ".weldstudio-part"
_BLOCK = 1 << 20
_SPARE_BYTES = 1 << 20


def refuse_filled(dest: Path) -> None:
    """Raises ExportRefused unless `dest` is new or an empty folder."""
    if dest.exists() and not dest.is_dir():
        raise ExportRefused(f"{dest} is a file; name a new or empty folder.")
    try:
        if dest.is_dir() and any(dest.iterdir()):
            raise ExportRefused(f"{dest} is not empty; name a new or empty folder.")
    except OSError as error:
        raise ExportRefused(f"{dest} cannot be looked at ({error.strerror}); name another folder.") from error


@dataclass(slots=True)
class _Written:
    """What was put there so far."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    linked: int = 0
    changed: list[str] = field(default_factory=list)


def write(selection: Selection, dest: Path, *, links: bool) -> Generator[Progress, None, ExportReport]:
    """Write the photos that have exactly one class. Raises ExportRefused when none has, or the disk refuses."""
    chosen, left_out = _choose(selection)
    if not chosen:
        why = left_out[0][1] if left_out else "there are none"
        raise ExportRefused(
            f"None of the {len(selection.rows):,} photos has exactly one class (the first: {why}); "
            "export as csv instead."
        )
    made = make_folder(dest)
    part = dest / _PART
    placed: list[Path] = []
    done = False
    try:
        _refuse_too_large(chosen, dest, links=links)
        part.mkdir()
        folders = folder_names(_in_scheme_order(selection, chosen), taken=BESIDE)
        written = _Written(counts=dict.fromkeys(folders, 0))
        for folder in folders.values():
            (part / folder).mkdir()
        due = time.monotonic() + _STEP_S
        for number, (row, name) in enumerate(chosen):
            _put(row, name, part / folders[name], written, links=links)
            if time.monotonic() > due:
                yield Progress(number + 1, len(chosen), "Copying photos")
                due = time.monotonic() + _STEP_S
        _refuse_incomplete(part, folders, written, len(chosen))
        _describe(selection, part, folders, written, left_out)
        for entry in sorted(part.iterdir()):
            placed.append(dest / entry.name)
            entry.rename(placed[-1])
        part.rmdir()
        done = True
    except OSError as error:
        raise disk_refused(dest, error) from error
    finally:
        if not done:
            _clear([part, *placed])
            remove_made(made)
    return ExportReport(
        dest,
        "imagefolder",
        len(selection.rows),
        len(chosen),
        tuple(left_out),
        written.counts,
        selection.reviewed,
        written.linked,
        tuple(written.changed),
    )


def _choose(selection: Selection) -> tuple[list[tuple[Exported, str]], list[tuple[str, str]]]:
    """(photo, class) of those that fit, (path, reason) of the others."""
    found = sort_into_classes(selection.scheme, selection.labels, level=selection.level)
    chosen: list[tuple[Exported, str]] = []
    left_out: list[tuple[str, str]] = []
    for row, name, reason in zip(selection.rows, found.classes, found.reasons, strict=True):
        suffix = PurePosixPath(row.photo.path).suffix
        if name is None:
            left_out.append((row.photo.path, reason))
        elif row.photo.problem is not None:
            left_out.append((row.photo.path, row.photo.problem))
        elif suffix.lower() not in LOADED:
            left_out.append((row.photo.path, f"ImageFolder loads no {suffix or 'files without a suffix'}"))
        else:
            chosen.append((row, name))
    return chosen, left_out


def _in_scheme_order(selection: Selection, chosen: list[tuple[Exported, str]]) -> list[str]:
    """The classes that have photos; an empty folder is one that ImageFolder refuses."""
    used = {name for _, name in chosen}
    ordered = [item.name for item in selection.classes if item.name in used]
    return ordered + sorted(used - set(ordered))


def _refuse_too_large(chosen: list[tuple[Exported, str]], dest: Path, *, links: bool) -> None:
    needed = sum(row.photo.size for row, _ in chosen) + _SPARE_BYTES
    if not links and free_bytes(dest) < needed:
        raise ExportRefused(
            f"{dest} has room for {free_bytes(dest) / 1e9:.1f} GB, the photos need {needed / 1e9:.1f} GB; "
            "make room, or name a folder on another disk."
        )


def _put(row: Exported, name: str, folder: Path, written: _Written, *, links: bool) -> None:
    """One photo into its folder, its content hashed on the way."""
    target = folder / file_name(row.photo.id, row.photo.path)
    if target.exists():
        raise RuntimeError(f"{target.name} would be written twice")
    linked = False
    if links:
        try:
            os.link(row.file, target)
            linked = True
        except OSError:
            # Another disk, or one without hard links: then a copy. A file that is gone fails there, with its reason.
            linked = False
    try:
        digest = _hash(row.file) if linked else _copy(row.file, target)
    except OSError as error:
        if not row.file.is_file():
            raise ExportRefused(f"{row.file} is not there any more; nothing was exported.") from error
        raise
    if row.photo.content_hash is not None and digest != row.photo.content_hash:
        written.changed.append(row.photo.path)
    written.linked += linked
    written.counts[name] += 1
    written.entries.append(
        {
            "file": f"{folder.name}/{target.name}",
            "class": name,
            "sha256": digest,
            "collection": row.collection,
            "path": row.photo.path,
            "photo": row.photo.id,
            "joint": row.joint,
            "split": row.split,
        }
    )


def _copy(source: Path, target: Path) -> str:
    """Copies a file; returns the SHA-256 of what was written."""
    digest = hashlib.sha256()
    with source.open("rb") as reading, target.open("xb") as writing:
        while block := reading.read(_BLOCK):
            digest.update(block)
            writing.write(block)
    return digest.hexdigest()


def _hash(file: Path) -> str:
    with file.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").hexdigest()


def _refuse_incomplete(part: Path, folders: dict[str, str], written: _Written, wanted: int) -> None:
    """What lies there must be what was selected, no file more or less."""
    for name, folder in folders.items():
        there = sum(1 for _ in (part / folder).iterdir())
        if there != written.counts[name]:
            raise ExportRefused(f"The folder of '{name}' holds {there} files in place of {written.counts[name]}.")
    if len(written.entries) != wanted:
        raise RuntimeError(f"{len(written.entries)} of {wanted} photos were written")


def _describe(
    selection: Selection, part: Path, folders: dict[str, str], written: _Written, left_out: list[tuple[str, str]]
) -> None:
    manifest = {
        "format": "weldstudio imagefolder",
        "version": 1,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "project": selection.project,
        "scheme": to_json(selection.scheme),
        "selected": len(selection.rows),
        "exported": len(written.entries),
        "classes": [{"class": name, "folder": folders[name], "photos": written.counts[name]} for name in folders],
        "photos": written.entries,
        "left_out": [{"path": path, "reason": reason} for path, reason in left_out],
        "changed": written.changed,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    _write_text(part / "manifest.json", text + "\n")
    _write_text(part / "names.csv", "".join(map(line_of, [("folder", "class"), *((f, n) for n, f in folders.items())])))
    _write_text(part / "left_out.csv", "".join(map(line_of, [("path", "reason"), *left_out])))


def _write_text(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())


def _clear(entries: list[Path]) -> None:
    """Take back what this export has put there, and nothing else."""
    for entry in entries:
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
