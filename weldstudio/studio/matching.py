"""Which photo a row of a label file means, and which joint a photo shows."""

import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from weldstudio.domain.errors import ImportRefused
from weldstudio.studio.label_files import read_label_file
from weldstudio.studio.label_table import LabelRow, LabelTable, Problem, RowsRefused

COLUMN = "column:"


@dataclass(frozen=True, slots=True)
class Matched:
    """A label file brought together with the photos of one folder."""

    table: LabelTable
    """The rows that have a photo; their `path` is the photo's."""
    problems: tuple[Problem, ...]
    """Of the table, and of rows without a photo; by line."""
    by_name: int
    """Rows whose photo was recognised by its file name alone."""
    unlabelled: tuple[str, ...]
    """Photos without a row."""


def match_rows(table: LabelTable, paths: Sequence[str], folder: Path) -> Matched:
    """Finds the photo of each row among `paths`, which are relative to `folder`.

    A path counts as relative to the folder, else as absolute, else as relative to where the label file lies, else
    its letters' case, accents' encoding and blanks at its ends are passed over, and at last a file name that only one
    photo has will do.
    """
    finder = _Finder(paths, folder, table.file)
    rows: list[LabelRow] = []
    taken: dict[str, int] = {}
    problems = list(table.problems)
    by_name = 0
    for row in table.rows:
        path, only_name = finder.find(row.path)
        if path is None:
            problems.append(_left_out(row, finder.reason(row.path)))
        elif path in taken:
            problems.append(_left_out(row, f"means the same photo as line {taken[path]}"))
        else:
            taken[path] = row.line
            by_name += only_name
            rows.append(row if path == row.path else replace(row, path=path))
    unlabelled = tuple(path for path in paths if path not in taken)
    return _matched(table, rows, problems, by_name=by_name, unlabelled=unlabelled)


def match_found(table: LabelTable, paths: Sequence[str], folder: Path, joint_of: "JointOf | None") -> Matched:
    """`match_rows`, or of a table by joint the rows of the joints that the photos show by the rule.

    Raises RowsRefused where no row means a photo or joint.
    """
    if not table.by_joint:
        matched = match_rows(table, paths, folder)
        if not matched.table.rows:
            where = f" '{table.rows[0].path}' is one of its paths," if table.rows else ""
            first = table.problems[0] if table.problems and not table.rows else None
            raise RowsRefused(
                f"The label file names no photo of {folder}:{where} '{paths[0]}' one of the folder's."
                if first is None
                else f"No row of the label file can be used; line {first.line}: {first.reason}.",
                matched.problems,
            )
        return matched
    references = {path: joint_of(path, None) if joint_of else None for path in paths}
    shown = {reference for reference in references.values() if reference}
    rows = [row for row in table.rows if row.path in shown]
    missing = [_left_out(row, "no photo of the folder shows a joint of this reference") for row in table.rows]
    problems = [*table.problems, *(p for p, row in zip(missing, table.rows, strict=True) if row.path not in shown)]
    named = {row.path for row in rows}
    unlabelled = tuple(path for path, reference in references.items() if reference not in named)
    if not rows:
        raise RowsRefused(f"The label file names no joint of {folder}.", tuple(problems))
    return _matched(table, rows, problems, by_name=0, unlabelled=unlabelled)


def _matched(
    table: LabelTable, rows: list[LabelRow], problems: list[Problem], *, by_name: int, unlabelled: tuple[str, ...]
) -> Matched:
    problems.sort(key=lambda problem: problem.line)
    return Matched(replace(table, rows=tuple(rows)), tuple(problems), by_name, unlabelled)


def _left_out(row: LabelRow, reason: str) -> Problem:
    return Problem(row.line, f"{row.path}: {reason}", path=row.path)


class _Finder:
    """The photos of a folder by all the names a file may call them. The costly ones are made when first needed."""

    def __init__(self, paths: Sequence[str], folder: Path, file: Path | None) -> None:
        self._paths = paths
        self._exact = set(paths)
        self._root = _absolute(folder)
        self._beside = _absolute(file.parent) if file is not None else self._root
        self._alike: dict[str, str | None] = {}
        self._names: dict[str, str | None] = {}

    def find(self, path: str) -> tuple[str | None, bool]:
        """The photo's path or None, and whether nothing but its file name fits."""
        if path in self._exact:
            return path, False
        if not self._alike:
            self._alike = _unique(self._paths, _folded)
            self._names = _unique(self._paths, lambda known: _folded(posixpath.basename(known)))
        candidates = [self._inside(posixpath.join(self._root, path)), self._inside(posixpath.join(self._beside, path))]
        for candidate in candidates:
            if candidate in self._exact:
                return candidate, False
        for candidate in (path, *candidates):
            if candidate is not None and (found := self._alike.get(_folded(candidate))):
                return found, False
        found = self._names.get(_folded(posixpath.basename(path)))
        return found, found is not None

    def reason(self, path: str) -> str:
        """Why there is no photo for a row."""
        if _folded(posixpath.basename(path)) in self._names:
            return "several photos have this file name, and none of them this path"
        return "no such photo in the folder"

    def _inside(self, path: str) -> str | None:
        """An absolute path as one relative to the root; None if it lies elsewhere."""
        path = posixpath.normpath(path)
        return path[len(self._root) + 1 :] if path.startswith(f"{self._root}/") else None


def _absolute(folder: Path) -> str:
    return folder.absolute().as_posix().rstrip("/")


def _folded(path: str) -> str:
    """Equal for names that differ in case, in how an accent is written (macOS takes names apart), or by blanks at the
    ends, which tables lose.
    """
    return unicodedata.normalize("NFC", path).casefold().strip()


def _unique(paths: Iterable[str], name: Callable[[str], str]) -> dict[str, str | None]:
    """Name -> the only path of that name, or None where several have it."""
    found: dict[str, str | None] = {}
    for path in paths:
        key = name(path)
        found[key] = path if key not in found else None
    return found


JointOf = Callable[[str, LabelRow | None], str | None]
"""Reference of the joint that a photo (path, its row of the label file) shows; None = a joint of its own."""


def joint_rule(rule: str | None, table: LabelTable | None) -> JointOf | None:
    """How joints are recognised: 'folder', 'column:NAME' of the label file, or a regular expression with one group.

    Without a rule, a label file's column 'joint' is one. None = every photo is its own joint. Raises ImportRefused.
    """
    if rule is None:
        if table is None or "joint" not in table.columns:
            return None
        rule = COLUMN + "joint"
    if rule == "folder":
        return lambda path, row: posixpath.dirname(path) or None
    if rule.startswith(COLUMN):
        name = rule.removeprefix(COLUMN).strip().casefold()
        if table is None:
            raise ImportRefused(f"'{rule}' needs a label file with a column '{name}'; name one with --labels.")
        if name not in table.columns:
            known = f" It has {', '.join(table.columns)}." if table.columns else ""
            raise ImportRefused(f"The label file has no column '{name}' to take joints from.{known}")
        return lambda path, row: row.columns.get(name) if row is not None else None
    try:
        pattern = re.compile(rule)
    except re.error as error:
        raise ImportRefused(f"The joint rule '{rule}' is no regular expression ({error}).") from error
    if pattern.groups != 1:
        raise ImportRefused(
            f"The joint rule '{rule}' has {pattern.groups} groups; put round brackets round the one part of the path "
            "that names the joint."
        )

    def by_pattern(path: str, row: LabelRow | None) -> str | None:
        found = pattern.search(path)
        return (found.group(1) or None) if found else None

    return by_pattern


def with_joint_column(table: LabelTable | None, rule: str | None) -> LabelTable | None:
    """The table, read again where the joint rule names a column that was taken for a flag. Raises ImportRefused."""
    if table is None or table.file is None or rule is None or not rule.startswith(COLUMN):
        return table
    name = rule.removeprefix(COLUMN).strip().casefold()
    if name in table.columns:
        return table
    return read_label_file(table.file, facts=(name,), mapping=dict(table.mapping))


def unknown_names(classes: Iterable[str], known: Sequence[str]) -> list[str]:
    """Those of `classes` that no flag or merge is called; case and surrounding blanks do not count."""
    folded = {name.strip().casefold() for name in known}
    return [name for name in classes if name.strip().casefold() not in folded]
