"""Label files: CSV tables that say which photo carries which flag, read into one lean value.

Three forms are told apart by their header: *wide* (`path,<flag>,...` with 1, 0 or nothing), *class* (`path,class`,
one class per photo) and *flags* (`path,flags` with "A; B", empty = none). A file is read as a whole and changes
nothing; `labelling.apply_label_table` and `importing.import_photos` consume what comes out of here.
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.labelling import State

EXPORT_HEADER = ("path", "collection", "sha256", "equipment", "joint", "split")
"""A header that begins so was written by our own export: what follows are classes by position, names as they are."""

KNOWN_COLUMNS = (
    *("date", "equipment", "contractor", "joint", "type", "medium", "note"),
    *("collection", "sha256", "split"),
)
"""Columns that are facts about the photo or its joint and never flags."""

_PATH_NAMES = ("path", "file", "filename", "file_name", "image", "photo")
_CLASS_NAMES = ("class", "label")
_FLAGS_NAMES = ("flags", "labels")
_DELIMITERS = (",", ";", "\t")
_WORDS: Mapping[str, State | None] = {
    **dict.fromkeys(("", "unseen"), None),
    **dict.fromkeys(("1", "1.0", "yes", "true", "raised"), State.RAISED),
    **dict.fromkeys(("0", "0.0", "no", "false", "clear"), State.CLEAR),
    "unsure": State.UNSURE,
}
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LabelRow:
    """What the file says of one photo."""

    line: int
    """Line in the file, from 1 (the header is line 1)."""
    path: str
    """As in the file, with '/' for '\\' and without a leading './'."""
    states: Mapping[str, State]
    """By class name; classes the file says nothing of are left out. Rows share these mappings: never change one."""
    columns: Mapping[str, str]
    """Cells of the known further columns (`KNOWN_COLUMNS`) that are not empty."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the file that a person should know, by line."""

    line: int
    reason: str
    left_out: bool = True
    """Whether the row is not among `LabelTable.rows` because of it."""


@dataclass(frozen=True, slots=True)
class LabelTable:
    """A label file as read. Every path occurs in one row only."""

    form: str
    """'wide', 'class' (exactly one of `classes` is raised, the others clear) or 'flags'."""
    classes: tuple[str, ...]
    """Names of flags (or merges) in the order of the header, else of their first appearance."""
    rows: tuple[LabelRow, ...]
    problems: tuple[Problem, ...] = ()
    lists_raised_only: bool = False
    """The file never says that a flag is clear, so somebody must say what 'not listed' means."""
    columns: tuple[str, ...] = ()
    """Known further columns that the file has."""
    file: Path | None = None
    default: str = ""
    """Name of 'none of them' for the group that a class file makes; empty, as every photo then has one of them."""


def read_label_file(path: Path, *, facts: Collection[str] = ()) -> LabelTable:
    """The label file at `path`; no side effects, 127,655 rows of 17 flags take about a second.

    `facts` names columns, beside those of `KNOWN_COLUMNS`, that are no flags either (lower case).
    Takes UTF-8 (with or without byte order mark), UTF-16 with one, else Windows-1252; commas, semicolons or tabs.
    Rows that make no sense are left out and listed in `problems`. Raises ImportRefused, with the reason, where the
    file cannot be read or is no label table.
    """
    text = _text_of(path)
    delimiter, text, first_line = _delimiter_of(text, path)
    # People put blanks after their commas; in our own export a name may begin with one.
    exported = text.startswith(",".join(EXPORT_HEADER))
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=not exported)
    try:
        header = next(lines, [])
        layout = _layout_of(header, path, facts)
        # A last line without its end may have been cut off in the middle, so its missing cells are not "empty".
        reading = _Reading(layout, cut_off=not text.endswith(("\n", "\r")), last_line=_line_count(text))
        for cells in lines:
            if any(cells):
                reading.take(lines.line_num, cells)
    except csv.Error as error:
        raise ImportRefused(f"{path.name} is no readable CSV table (near line {lines.line_num}: {error}).") from error
    table = reading.table(path, first_line)
    if not table.rows and not table.problems:
        raise ImportRefused(f"{path.name} has a header but no rows, so there is nothing to import from it.")
    return table


def normal_path(text: str) -> str:
    """A path as written in a file, with '/' as separator, no './' before it and no doubled '/'."""
    text = text.strip().replace("\\", "/")
    while text.startswith("./"):
        text = text[2:]
    # Two leading slashes name a Windows share and are kept.
    while "//" in text[1:]:
        text = text[0] + text[1:].replace("//", "/")
    return text


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which cell of a row means what."""

    form: str
    width: int
    path: int
    classes: tuple[tuple[int, str], ...]
    """(cell, name) of the flags of a wide file; (cell, '') of the one cell of the other forms."""
    columns: tuple[tuple[int, str], ...]
    exported: bool


def _layout_of(header: list[str], path: Path, facts: Collection[str]) -> _Layout:
    """Raises ImportRefused for a header that is not one of the three forms."""
    if tuple(header[: len(EXPORT_HEADER)]) == EXPORT_HEADER:
        count = len(EXPORT_HEADER)
        _refuse_doubled(header[count:], path)
        return _Layout(
            form="wide",
            width=len(header),
            path=0,
            classes=tuple((i, name) for i, name in enumerate(header) if i >= count),
            columns=tuple((i, name) for i, name in enumerate(header) if 0 < i < count),
            exported=True,
        )
    names = [name.strip() for name in header]
    folded = [name.casefold() for name in names]
    at = next((folded.index(name) for name in _PATH_NAMES if name in folded), None)
    if at is None:
        shown = ", ".join(f"'{name}'" for name in names[:5] if name) or "nothing"
        raise ImportRefused(
            f"{path.name} has no column 'path' (its first line holds {shown}). "
            "Name the column with the photos' file names 'path'."
        )
    # Columns without a name are what spreadsheets and data frames write for row numbers.
    others = [i for i, name in enumerate(folded) if i != at and name and not name.startswith("unnamed:")]
    _refuse_doubled([folded[i] for i in others], path)
    columns = tuple((i, folded[i]) for i in others if folded[i] in KNOWN_COLUMNS or folded[i] in facts)
    flags = [i for i in others if (i, folded[i]) not in columns]
    if not flags:
        raise ImportRefused(
            f"{path.name} has a column of paths but none with labels. "
            "Add a column per flag, or one named 'class' or 'flags'."
        )
    form = "wide"
    if len(flags) == 1:
        form = {**dict.fromkeys(_CLASS_NAMES, "class"), **dict.fromkeys(_FLAGS_NAMES, "flags")}.get(
            folded[flags[0]], form
        )
    classes = tuple((i, names[i] if form == "wide" else "") for i in flags)
    return _Layout(form, len(header), at, classes, columns, exported=False)


def _refuse_doubled(names: list[str], path: Path) -> None:
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ImportRefused(f"{path.name} has two columns named '{doubled[0]}'; give one of them another name.")


class _Reading:
    """Collects the rows of one file. Cells that were seen together before share one mapping of states."""

    def __init__(self, layout: _Layout, *, cut_off: bool, last_line: int) -> None:
        self._layout = layout
        self._cut_off_line = last_line if cut_off else -1
        self._cells = [i for i, _ in layout.classes]
        self._names = [name for _, name in layout.classes]
        self._known: dict[tuple[str, ...], Mapping[str, State] | str] = {}
        self._classes: dict[str, None] = dict.fromkeys(name for name in self._names if name)
        self._rows: dict[str, LabelRow] = {}
        self._contradicted: dict[str, int] = {}
        self._problems: list[Problem] = []
        self._empty_cells = False

    def take(self, line: int, cells: list[str]) -> None:
        """One row of the file that is not blank."""
        layout = self._layout
        if len(cells) != layout.width:
            if len(cells) > layout.width and any(cell.strip() for cell in cells[layout.width :]):
                self._leave_out(line, f"it has {len(cells)} cells, the header {layout.width}")
                return
            if len(cells) < layout.width and (line == self._cut_off_line or len(cells) <= layout.path):
                self._leave_out(line, f"it ends after {len(cells)} of {layout.width} cells; the file may be cut off")
                return
            # Spreadsheets leave out empty cells at the end of a row.
            cells = [*cells, *[""] * (layout.width - len(cells))]
        path = cells[layout.path] if layout.exported else normal_path(cells[layout.path])
        if not path:
            self._leave_out(line, "it has no path")
            return
        key = tuple([cells[i] for i in self._cells])
        states = self._known.get(key)
        if states is None:
            states = self._known[key] = self._states_of(key)
        if isinstance(states, str):
            self._leave_out(line, f"{path}: {states}")
            return
        # A joint of our own export may be a folder whose name begins with a blank.
        columns = {n: cells[i] if layout.exported else cells[i].strip() for i, n in layout.columns if cells[i].strip()}
        row = LabelRow(line, path, states, columns or _NOTHING)
        known_as = f"{columns.get('collection', '')}\0{path}" if layout.exported else path
        if known_as in self._rows or known_as in self._contradicted:
            self._take_again(known_as, row)
        else:
            self._rows[known_as] = row

    def table(self, path: Path, first_line: int) -> LabelTable:
        """What was read. `first_line` is the line of the header."""
        layout = self._layout
        if layout.form == "class":
            for states in self._known.values():
                if isinstance(states, dict) and states:
                    states.update({name: State.CLEAR for name in self._classes if name not in states})
        used = {id(row.states): row.states for row in self._rows.values()}.values()
        said = {state for states in used for state in states.values()}
        wide_raised_only = State.RAISED in said and State.CLEAR not in said and self._empty_cells
        lists_raised_only = layout.form == "flags" or (
            layout.form == "wide" and not layout.exported and wide_raised_only
        )
        before = first_line - 1
        rows = tuple(self._rows.values())
        if before:
            rows = tuple(LabelRow(r.line + before, r.path, r.states, r.columns) for r in rows)
        return LabelTable(
            form=layout.form,
            classes=tuple(self._classes),
            rows=rows,
            problems=tuple(
                Problem(p.line + before, p.reason, p.left_out) for p in sorted(self._problems, key=_by_line)
            ),
            lists_raised_only=lists_raised_only,
            columns=tuple(name for _, name in layout.columns),
            file=path,
        )

    def _leave_out(self, line: int, reason: str) -> None:
        self._problems.append(Problem(line, reason))

    def _states_of(self, key: tuple[str, ...]) -> Mapping[str, State] | str:
        """States of the label cells of a row, or what is wrong with them."""
        form = self._layout.form
        if form == "wide":
            return self._wide_states_of(key)
        cell = key[0].strip()
        names = [cell] if form == "class" else [part.strip() for part in cell.replace("|", ";").split(";")]
        names = list(dict.fromkeys(name for name in names if name))
        self._classes.update(dict.fromkeys(names))
        return dict.fromkeys(names, State.RAISED)

    def _wide_states_of(self, key: tuple[str, ...]) -> Mapping[str, State] | str:
        states: dict[str, State] = {}
        for name, cell in zip(self._names, key, strict=True):
            try:
                state = _WORDS[cell.strip().casefold()]
            except KeyError:
                return f"'{cell.strip()}' under '{name}' is no label; use 1, 0, unsure or nothing"
            if state is not None:
                states[name] = state
        self._empty_cells = self._empty_cells or len(states) < len(key)
        return states

    def _take_again(self, known_as: str, row: LabelRow) -> None:
        """A second row of the same photo: joined where the two agree, both left out where they contradict."""
        if known_as in self._contradicted:
            self._leave_out(row.line, f"{row.path}: contradicts line {self._contradicted[known_as]}")
            return
        first = self._rows[known_as]
        # "No flag at all" and a flag contradict each other in a file that lists flags.
        listing = self._layout.form == "flags"
        differing = [n for n in first.states if n in row.states and row.states[n] != first.states[n]]
        if self._layout.form == "class" and first.states and row.states and first.states is not row.states:
            differing = list(row.states)
        if differing or (listing and bool(first.states) != bool(row.states)):
            of = f" about '{differing[0]}'" if differing and self._layout.form == "wide" else ""
            self._contradicted[known_as] = first.line
            del self._rows[known_as]
            self._leave_out(first.line, f"{row.path}: contradicts line {row.line}{of}; neither is taken")
            self._leave_out(row.line, f"{row.path}: contradicts line {first.line}{of}; neither is taken")
            return
        if row.states == first.states:
            self._leave_out(row.line, f"{row.path}: says the same as line {first.line}")
            return
        joined = first.states or row.states
        if self._layout.form != "class":
            joined = {**first.states, **row.states}
        self._rows[known_as] = LabelRow(first.line, first.path, joined, {**row.columns, **first.columns})
        self._problems.append(Problem(row.line, f"{row.path}: joined with line {first.line}", left_out=False))


def _by_line(problem: Problem) -> int:
    return problem.line


def _text_of(path: Path) -> str:
    """The file as text. Raises ImportRefused."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ImportRefused(f"The label file {path} cannot be read: {error.strerror or error}.") from error
    if not content.strip():
        raise ImportRefused(f"{path.name} is empty.")
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig"), (b"", "cp1252")):
        if content.startswith(mark):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text
            break
    raise ImportRefused(f"{path.name} is no text file. Save the table as CSV (UTF-8) and choose that file.")


def _delimiter_of(text: str, path: Path) -> tuple[str, str, int]:
    """The delimiter, the text from its header on, and the line of the header (from 1)."""
    hint = ""
    for line, (start, content) in enumerate(_lines(text), 1):
        told = content.strip()
        if not hint and told.casefold().startswith("sep=") and len(told) == 5:
            hint = told[4]  # how Excel tells itself; the header comes after it
        elif told:
            return hint or _delimiter_in(content), text[start:], line
    raise ImportRefused(f"{path.name} is empty.")


def _delimiter_in(header: str) -> str:
    """The delimiter of a header line: of those that set a path column apart, the one that stands there most often.

    A file of semicolons need not quote the commas of a flag's name, and may have more of them.
    """
    unquoted = "".join(header.split('"')[::2])

    def fits(delimiter: str) -> tuple[bool, int]:
        cells = (cell.strip(' "').casefold() for cell in header.split(delimiter))
        return any(cell in _PATH_NAMES for cell in cells), unquoted.count(delimiter)

    return max(_DELIMITERS, key=fits)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """(offset, line without its end) one by one, without cutting up the whole text."""
    start = 0
    for line in io.StringIO(text, newline=""):
        yield start, line.rstrip("\r\n")
        start += len(line)


def _line_count(text: str) -> int:
    """Lines as csv counts them, for files with any kind of line end."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    return unix.count("\n") + (not unix.endswith("\n"))
