"""What a person has set, once for all projects: a table of rows, and a file that holds only what differs.

`Settings` is passed to whoever needs it; there is no global one. Its fields are the table: each carries its
default, the text that the settings dialog shows, and what it may hold. The file is JSON with the changed
rows alone, so a better default reaches everybody who never touched that row. A file that cannot be understood
is kept aside and reported in `problems`; it never stops the program. Rows that this version does not know (a
newer one wrote them) are carried along untouched. Where a window stands and how wide a dock is are Qt's to
remember.
"""

import getpass
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

_RECENT_KEPT = 12


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. `choices`: what a text may be; `low`, `high`: a number's bounds, inclusive."""

    name: str
    default: Any
    text: str
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def problem(self, value: object) -> str | None:
        """Why `value` cannot be held by this row, as a sentence, or None if it can."""
        kind = type(self.default)
        # bool is an int to Python, and 1 is no yes to a reader of the file.
        fits = type(value) is kind or (kind is float and type(value) is int)
        if kind is tuple:
            fits = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
        if not fits:
            return f"Setting “{self.name}” must be {_KIND_WORDS[kind]}, not {value!r}."
        if self.choices and value not in self.choices:
            return f"Setting “{self.name}” must be one of {', '.join(self.choices)}, not {value!r}."
        if isinstance(value, int | float) and not isinstance(value, bool):
            # Written so that nan, which compares false with everything, is refused.
            if self.low is not None and not value >= self.low:
                return f"Setting “{self.name}” must be at least {self.low:g}, not {value!r}."
            if self.high is not None and not value <= self.high:
                return f"Setting “{self.name}” must be at most {self.high:g}, not {value!r}."
        return None


_KIND_WORDS = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    tuple: "a list of texts",
}


def _row(default: Any, text: str, **limits: Any) -> Any:
    return field(default=default, metadata={"text": text, **limits})


@dataclass(slots=True)
class Settings:
    """The settings of one person. Read the fields; write through `change`, which refuses nonsense."""

    expert: str = _row("", "Your name; it signs every label you give")
    theme: str = _row("system", "Theme", choices=("system", "light", "dark", "contrast"))
    text_size: int = _row(100, "Size of text, in percent of the system's", low=80, high=200)
    density: str = _row("comfortable", "Density of lists", choices=("comfortable", "compact"))
    recent_projects: tuple[str, ...] = _row((), "Projects opened last, newest first")
    overlay_opacity: float = _row(0.5, "Opacity of the overlay", low=0.0, high=1.0)
    overlay_signed: bool = _row(False, "Overlay: what speaks for a flag, and against it")
    overlay_contour: bool = _row(False, "Overlay: a line round the strongest evidence")
    overlay_level: float = _row(
        0.5, "Overlay: the line runs at this part of the strongest evidence", low=0.05, high=0.95
    )
    overlay_squares: bool = _row(False, "Overlay: as coarse as the network sees, not smoothed")
    beside: str = _row(
        "nothing",
        "Beside the large photograph",
        choices=("nothing", "joint", "similar", "examples", "contrast", "raised"),
    )
    panes: int = _row(4, "Photographs side by side, the large one included", low=2, high=4)
    photo_window: bool = _row(False, "The large photograph stands in a window of its own")
    thumbnail_size: int = _row(160, "Width of a thumbnail in the grid, in pixels", low=64, high=512)
    thumbnail_room: int = _row(
        4000, "Room for the thumbnails of a project, in megabytes; the oldest go", low=50, high=1_000_000
    )
    by_joint: bool = _row(False, "Group the photographs of the grid by joint")
    auto_advance: bool = _row(True, "Go on to the next photo after a label is given by key")
    ask_above: int = _row(
        200, "Show what will change, and ask, before more photographs than this are changed", low=1, high=1_000_000
    )

    megapixels: int = _row(250, "Largest photograph that is opened, in millions of pixels", low=250, high=10_000)
    keys: tuple[str, ...] = _row((), "Keys of actions other than those of the program, as 'label.nothing=Ctrl+0'")
    predict_all: bool = _row(True, "Predict the whole collection in the background")
    learn: bool = _row(True, "Learn from every label at once")
    teach: bool = _row(False, "Teach mode: show what each label changes")
    blind: bool = _row(False, "Blind mode: hide predictions until a photo is reviewed")
    guarantee: float = _row(0.01, "Safe to pass: chance to reach the limit below", low=0.0001, high=0.5)
    first_steps: bool = _row(True, "Show the first steps in the demo's window")

    path: Path | None = field(default=None, init=False, compare=False)
    problems: tuple[str, ...] = field(default=(), init=False, compare=False)
    _changed: set[str] = field(default_factory=set, init=False, compare=False, repr=False)
    _account: str = field(default="", init=False, compare=False, repr=False)
    """The account's name once it was asked for: the system looks it up in its files, and a label key asks often."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read `path`; a file that is missing gives the defaults. Never raises: see `problems`."""
        settings = cls()
        settings.path = path
        problems: list[str] = []
        try:
            stored = _read(path)
        except OSError as error:
            problems.append(f"The settings could not be read, so the defaults hold: {error}.")
            stored = {}
        except ValueError as error:
            problems.append(_put_aside(path, error))
            stored = {}
        for row in table():
            if row.name not in stored:
                continue
            problem = row.problem(stored[row.name])
            if problem is None:
                settings._set(row, stored[row.name])
            else:
                problems.append(f"{problem} Its default, {row.default!r}, is used.")
        settings.problems = tuple(problems)
        return settings

    def change(self, **values: object) -> None:
        """Set rows by name, all or none; `save` keeps them. ValueError carries the sentence for a person."""
        rows = {row.name: row for row in table()}
        for name, value in values.items():
            if name not in rows:
                raise ValueError(f"There is no setting “{name}”.")
            problem = rows[name].problem(value)
            if problem is not None:
                raise ValueError(problem)
        for name, value in values.items():
            self._set(rows[name], value)
            self._changed.add(name)

    def remember_project(self, folder: Path) -> None:
        """Put `folder` first among the recent projects."""
        newest = str(folder.resolve())
        others = [other for other in self.recent_projects if other != newest]
        self.change(recent_projects=[newest, *others][:_RECENT_KEPT])

    def forget_project(self, folder: Path) -> None:
        """Take `folder` off the recent projects; its files are not touched."""
        gone = {str(folder), str(folder.resolve())}
        self.change(recent_projects=[other for other in self.recent_projects if other not in gone])

    @property
    def signature(self) -> str:
        """The name under which labels are given: the one that was set, or else the account's."""
        if self.expert.strip():
            return self.expert.strip()
        if not self._account:
            try:
                self._account = getpass.getuser()
            except (OSError, KeyError, ImportError):  # an account without a name, as in some containers
                self._account = "unnamed"
        return self._account

    def save(self) -> None:
        """Replace the file by one with this object's changes; what another window changed meanwhile stays.

        A row set back to its default leaves the file. OSError if it cannot be written; the old file then
        stands untouched.
        """
        if self.path is None:
            raise ValueError("These settings have no file.")
        try:
            stored = _read(self.path)
        except ValueError as error:
            self.problems = (*self.problems, _put_aside(self.path, error))
            stored = {}
        for row in table():
            if row.name not in self._changed:
                continue
            value = getattr(self, row.name)
            if value == row.default:
                stored.pop(row.name, None)
            else:
                stored[row.name] = value
        _replace(self.path, stored)
        self._changed.clear()

    def _set(self, row: Setting, value: Any) -> None:
        # JSON knows neither tuples nor that 1 was meant as 1.0.
        setattr(self, row.name, type(row.default)(value))


def table() -> tuple[Setting, ...]:
    """The rows, in the order in which a dialog shows them."""
    return tuple(Setting(row.name, row.default, **row.metadata) for row in fields(Settings) if "text" in row.metadata)


def _read(path: Path) -> dict[str, Any]:
    """What the file holds; ValueError if that is no table of settings."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    stored = json.loads(text)
    if not isinstance(stored, dict):
        raise ValueError("it holds no table of settings")
    return stored


def _put_aside(path: Path, error: ValueError) -> str:
    """Move a file that cannot be understood aside, never over an older one; says so in a sentence."""
    number = 1
    while (aside := path.with_name(f"{path.name}.broken-{number}")).exists():
        number += 1
    try:
        path.replace(aside)
    except OSError as failure:
        return f"The settings file can neither be understood ({error}) nor moved aside ({failure})."
    return f"The settings file could not be understood ({error}); it is kept as {aside}, and the defaults hold."


def _replace(path: Path, values: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=path.name, suffix=".new", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(values, file, indent=2, ensure_ascii=False, sort_keys=True)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
