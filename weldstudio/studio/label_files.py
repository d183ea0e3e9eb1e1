"""Label files: CSV tables that say which photo (or joint) carries which flag, read into one lean value.

Four forms are told apart by what their columns mean (`studio.columns`): *wide* (`path,<flag>,...` with 1, 0 or
nothing), *class* (`path,class`, one class per photo), *flags* (`path,flags` with "A; B", empty = none) and *rows*
(`path,flag,state`, a row per photo and flag). A file of *facts* gives no labels, only joint, date, contractor. Where
a joint's reference stands in place of the path, a row is about all photos of that joint. A file is read from its first
line to its last and changes nothing; `label_import.apply_label_table` and `importing.import_photos` consume what comes
out of here.
"""

from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.labelling import State
from weldstudio.studio import columns as meanings
from weldstudio.studio.columns import FACTS, WORDS, Meaning
from weldstudio.studio.dates import DayOrder
from weldstudio.studio.label_look import Look, look
from weldstudio.studio.label_table import LabelRow, LabelTable, Problem
from weldstudio.studio.table_text import DELIMITERS, UNREADABLE, Records

_STEP = 5_000
_NOTHING: Mapping[str, str] = MappingProxyType({})


def read_label_file(path: Path, *, facts: Collection[str] = (), mapping: Mapping[str, str] = _NOTHING) -> LabelTable:
    """`reading_label_file` to its end, in one go."""
    work = reading_label_file(path, facts=facts, mapping=mapping)
    while True:
        try:
            next(work)
        except StopIteration as end:
            table: LabelTable = end.value
            return table


def reading_label_file(
    path: Path, *, facts: Collection[str] = (), mapping: Mapping[str, str] = _NOTHING
) -> Generator[Progress, None, LabelTable]:
    """The label file at `path`; no side effects, 127,655 rows of 17 flags take about a second.

    `mapping` says what columns mean, by name or number ('path', 'date', 'label:NAME', ... see `columns.Meaning`);
    the others mean what their names and values say. `facts` names columns (lower case) that are said of photos under
    their own name. Rows that make no sense are left out and listed in `problems`. Raises ImportRefused, with the
    reason, where the file cannot be read or is no label table.
    """
    glance = look(path, facts=facts, mapping=mapping)
    layout = _layout_of(glance, path, facts)
    records = Records(glance.text, keep_blanks=glance.exported)
    told = iter(records)
    header = next(told)[1]
    reading = _Reading(layout, header)
    records.width = layout.width
    for number, (line, cells) in enumerate(told):
        if isinstance(cells, str):
            reading.leave_out(line, cells)
        elif any(cells):
            # A last line without its end may have been cut off in the middle, so its missing cells are not "empty".
            reading.take(line, cells, cut_off=records.cut_off)
        if number % _STEP == _STEP - 1:
            yield Progress(number + 1, max(number + 1, glance.text.line_count), "Reading the label file")
    table = reading.table(path, glance, tuple(mapping.items()))
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
    subject: int
    """Of the path, or of the joint."""
    classes: tuple[tuple[int, str], ...]
    """(cell, name) of the flags of a wide file; (cell, '') of the one cell, or two, of the other forms."""
    columns: tuple[tuple[int, str], ...]
    by_joint: bool
    exported: bool


def _layout_of(glance: Look, path: Path, facts: Collection[str]) -> _Layout:
    """Raises ImportRefused for columns that make none of the forms."""
    form = "wide" if glance.exported else meanings.form_of(glance.columns, path.name)
    if glance.exported:
        meanings.refuse_doubled([column.flag for column in glance.columns if column.flag], path.name)
    places = {column.meaning: column.place for column in glance.columns}
    by_joint = Meaning.PATH not in places
    asked = [name.casefold() for name in facts]
    further = [(c.place, c.meaning.value) for c in glance.columns if c.meaning in FACTS]
    further += [(c.place, c.name.casefold()) for c in glance.columns if c.name.casefold() in asked]
    if by_joint:
        further = [(place, name) for place, name in further if name != Meaning.JOINT]
    if form in ("wide", "facts"):
        classes = [(column.place, column.flag) for column in glance.columns if column.meaning == Meaning.LABEL]
    elif form == "rows":
        classes = [(places[meaning], "") for meaning in (Meaning.FLAG, Meaning.STATE) if meaning in places]
    else:
        classes = [(places[Meaning(form)], "")]
    return _Layout(
        form,
        len(glance.columns),
        places[Meaning.JOINT if by_joint else Meaning.PATH],
        tuple(classes),
        tuple(further),
        by_joint,
        glance.exported,
    )


class _Reading:
    """Collects the rows of one file. Cells that were seen together before share one mapping of states."""

    def __init__(self, layout: _Layout, header: list[str] | str) -> None:
        self._layout = layout
        self._header = header
        self._cells = [i for i, _ in layout.classes]
        self._names = [name for _, name in layout.classes]
        self._known: dict[tuple[str, ...], Mapping[str, State] | str] = {}
        self._classes: dict[str, None] = dict.fromkeys(name for name in self._names if name)
        self._rows: dict[str, LabelRow] = {}
        self._said: dict[str, dict[str, int]] = {}
        """Of a table with a row per flag: by photo and flag the line and state, as line * 4 + state; 0 = neither."""
        self._contradicted: dict[str, int] = {}
        self._problems: list[Problem] = []
        self._empty_cells = False
        self._days = DayOrder()

    def take(self, line: int, cells: list[str], *, cut_off: bool) -> None:
        """One row of the file that is not blank."""
        layout = self._layout
        if len(cells) != layout.width:
            wrong = self._wrong_width(cells, cut_off=cut_off)
            if wrong:
                self.leave_out(line, wrong)
                return
            # Spreadsheets leave out empty cells at the end of a row.
            cells = [*cells, *[""] * (layout.width - len(cells))]
        subject = cells[layout.subject]
        path = subject if layout.exported else subject.strip() if layout.by_joint else normal_path(subject)
        if not path:
            self.leave_out(line, f"it has no {'joint' if layout.by_joint else 'path'}")
            return
        if damaged := _damage_in(cells):
            self.leave_out(line, damaged, path.replace("\0", ""))
            return
        if cells == self._header:
            self._problems.append(Problem(line, "repeats the header", left_out=False))
            return
        key = tuple([cells[i] for i in self._cells])
        states = self._known.get(key)
        if states is None:
            states = self._known[key] = self._states_of(key)
        if isinstance(states, str):
            self.leave_out(line, f"{path}: {states}", path)
            return
        # A joint of our own export may be a folder whose name begins with a blank.
        columns = {n: cells[i] if layout.exported else cells[i].strip() for i, n in layout.columns if cells[i].strip()}
        if "date" in columns:
            self._days.learn(columns["date"])
        self._keep(LabelRow(line, path, states, columns or _NOTHING))

    def _keep(self, row: LabelRow) -> None:
        known_as = f"{row.columns.get('collection', '')}\0{row.path}" if self._layout.exported else row.path
        if known_as in self._rows or known_as in self._contradicted:
            if self._layout.form == "rows":
                self._add(row)
            else:
                self._take_again(known_as, row)
            return
        self._rows[known_as] = row
        if self._layout.form == "rows":
            self._said[row.path] = {name: row.line * 4 + state for name, state in row.states.items()}

    def table(self, path: Path, glance: Look, mapping: tuple[tuple[str, str], ...]) -> LabelTable:
        """What was read."""
        layout = self._layout
        if layout.form == "class":
            for states in self._known.values():
                if isinstance(states, dict) and states:
                    states.update({name: State.CLEAR for name in self._classes if name not in states})
        if layout.form == "flags":
            self._part_at_commas()
        rows = self._joined() if layout.form == "rows" else tuple(self._rows.values())
        rows = self._dated(rows)
        said = {s for states in {id(row.states): row.states for row in rows}.values() for s in states.values()}
        raised_only = State.RAISED in said and State.CLEAR not in said
        if layout.form == "wide":
            raised_only = raised_only and self._empty_cells and not layout.exported
        if glance.text.encoding == "mixed":
            reason = "the file mixes UTF-8 with Windows-1252; what is not UTF-8 was read as Windows-1252"
            self._problems.append(Problem(glance.text.header_line, reason, left_out=False))
        return LabelTable(
            form=layout.form,
            classes=tuple(self._classes),
            rows=rows,
            problems=tuple(sorted(self._problems, key=_by_line)),
            lists_raised_only=layout.form == "flags" or (layout.form != "class" and raised_only),
            columns=tuple(name for _, name in layout.columns),
            file=path,
            by_joint=layout.by_joint,
            exported=layout.exported,
            unused=tuple(column.name for column in glance.columns if not column.certain),
            mapping=mapping,
        )

    def _part_at_commas(self) -> None:
        """'A, B' is two flags where each stands somewhere by itself; a comma within a flag's own name parts nothing."""
        alone = {name for name in self._classes if "," not in name}
        lists = {name: [part.strip() for part in name.split(",")] for name in self._classes if name not in alone}
        lists = {name: parts for name, parts in lists.items() if alone.issuperset(parts)}
        for states in self._known.values():
            if isinstance(states, dict):
                for name in lists.keys() & states.keys():
                    del states[name]
                    states.update(dict.fromkeys(lists[name], State.RAISED))
        for name in lists:
            del self._classes[name]

    def leave_out(self, line: int, reason: str, path: str = "") -> None:
        self._problems.append(Problem(line, reason, path=path))

    def _note(self, row: LabelRow, reason: str) -> None:
        self._problems.append(Problem(row.line, f"{row.path}: {reason}", left_out=False, path=row.path))

    def _wrong_width(self, cells: list[str], *, cut_off: bool) -> str:
        """What is wrong with a row of so many cells; '' where it can be filled up or cut."""
        width = self._layout.width
        if len(cells) > width:
            surplus = any(cell.strip() for cell in cells[width:])
            return f"it has {len(cells)} cells, the header {width}" if surplus else ""
        if cut_off or len(cells) <= self._layout.subject:
            return f"it ends after {len(cells)} of {width} cells; the file may be cut off"
        if len(cells) == 1 and any(delimiter in cells[0] for delimiter in DELIMITERS):
            return f"it is one cell where the header has {width}; it is parted by something else than the header"
        return ""

    def _states_of(self, key: tuple[str, ...]) -> Mapping[str, State] | str:
        """States of the label cells of a row, or what is wrong with them."""
        form = self._layout.form
        if form in ("wide", "facts"):
            return self._wide_states_of(key)
        cell = key[0].strip()
        if form == "rows":
            state: State | None = State.RAISED
            if len(key) > 1:
                if key[1].strip().casefold() not in WORDS:
                    return f"'{key[1].strip()}' is no label for '{cell}'; use 1, 0, unsure or nothing"
                state = WORDS[key[1].strip().casefold()]
            if not cell:
                return "it says a state and no flag" if len(key) > 1 and state is not None else {}
            self._classes.setdefault(cell)
            return {} if state is None else {cell: state}
        names = [cell] if form == "class" else [part.strip() for part in cell.replace("|", ";").split(";")]
        names = list(dict.fromkeys(name for name in names if name))
        self._classes.update(dict.fromkeys(names))
        return dict.fromkeys(names, State.RAISED)

    def _wide_states_of(self, key: tuple[str, ...]) -> Mapping[str, State] | str:
        states: dict[str, State] = {}
        for name, cell in zip(self._names, key, strict=True):
            word = cell.strip().casefold()
            if word not in WORDS:
                return f"'{cell.strip()}' under '{name}' is no label; use 1, 0, unsure or nothing"
            state = WORDS[word]
            if state is not None:
                states[name] = state
        self._empty_cells = self._empty_cells or len(states) < len(key)
        return states

    def _add(self, row: LabelRow) -> None:
        """Another flag of a photo that rows were about before."""
        said = self._said[row.path]
        for name, state in row.states.items():
            before = said.get(name)
            if before is None:
                said[name] = row.line * 4 + state
            elif before == 0:
                self.leave_out(row.line, f"{row.path}: contradicts an earlier line about '{name}'", row.path)
            elif before % 4 == state:
                self._note(row, f"says the same as line {before // 4}")
            else:
                first = before // 4
                of = f" about '{name}'; neither is taken"
                self.leave_out(first, f"{row.path}: contradicts line {row.line}{of}", row.path)
                self.leave_out(row.line, f"{row.path}: contradicts line {first}{of}", row.path)
                said[name] = 0
        first_row = self._rows[row.path]
        if row.columns and row.columns != first_row.columns:
            self._rows[row.path] = self._with_columns(first_row, row)

    def _joined(self) -> tuple[LabelRow, ...]:
        """Of a table with a row per flag: a row per photo. Photos labelled alike share their states."""
        shared: dict[tuple[tuple[str, int], ...], Mapping[str, State]] = {}
        rows = []
        for known_as, row in self._rows.items():
            said = tuple(sorted((name, both % 4) for name, both in self._said[known_as].items() if both))
            states = shared.get(said)
            if states is None:
                states = shared[said] = {name: State(state) for name, state in said}
            if states or row.columns or not self._said[known_as]:
                rows.append(LabelRow(row.line, row.path, states, row.columns))
        self._said.clear()
        return tuple(rows)

    def _take_again(self, known_as: str, row: LabelRow) -> None:
        """A second row of the same photo: joined where the two agree, both left out where they contradict."""
        if known_as in self._contradicted:
            self.leave_out(row.line, f"{row.path}: contradicts line {self._contradicted[known_as]}", row.path)
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
            self.leave_out(first.line, f"{row.path}: contradicts line {row.line}{of}; neither is taken", row.path)
            self.leave_out(row.line, f"{row.path}: contradicts line {first.line}{of}; neither is taken", row.path)
            return
        if row.states == first.states and row.columns == first.columns:
            self._note(row, f"says the same as line {first.line}")
            return
        joined = first.states or row.states
        if self._layout.form != "class":
            joined = {**first.states, **row.states}
        self._rows[known_as] = self._with_columns(LabelRow(first.line, first.path, joined, first.columns), row)
        self._note(row, f"joined with line {first.line}")

    def _with_columns(self, first: LabelRow, row: LabelRow) -> LabelRow:
        """The first row with what a later one of the same photo says beside labels; of two answers the first counts."""
        for name, said in row.columns.items():
            if first.columns.get(name, said) != said:
                reason = f"'{said}' as its {name} contradicts line {first.line}, which counts"
                self._problems.append(Problem(row.line, f"{row.path}: {reason}", path=row.path))
        return LabelRow(first.line, first.path, first.states, {**row.columns, **first.columns})

    def _dated(self, rows: tuple[LabelRow, ...]) -> tuple[LabelRow, ...]:
        """The rows with their dates as ISO 8601; what is no date is left out and said."""
        if not self._days.asked:
            return rows
        result = []
        for row in rows:
            text = row.columns.get("date")
            if text is not None:
                iso = self._days.iso(text)
                columns = {**row.columns, "date": iso or ""}
                if iso is None:
                    reason = f"{row.path}: '{text}' is no date; write 2024-05-31"
                    self._problems.append(Problem(row.line, reason, path=row.path))
                    del columns["date"]
                row = LabelRow(row.line, row.path, row.states, columns)
            result.append(row)
        return tuple(result)


def _damage_in(cells: list[str]) -> str:
    """What is wrong with the characters of a row; '' where nothing is."""
    joined = "".join(cells)
    if "\0" in joined:
        return "it holds NUL characters; the file is damaged there"
    return "it holds bytes that are no characters in UTF-8 or Windows-1252" if UNREADABLE in joined else ""


def _by_line(problem: Problem) -> int:
    return problem.line
