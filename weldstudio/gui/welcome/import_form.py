"""The form for bringing in photographs and labels; the same for a new project and for an open one."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from weldstudio.domain.errors import UserError
from weldstudio.gui.background import Background
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme
from weldstudio.gui.welcome.label_preview import LabelPreview
from weldstudio.gui.welcome.wish import ImportWish, problem_of
from weldstudio.gui.words import counted

if TYPE_CHECKING:
    from weldstudio.studio.label_table import LabelTable

ALONE, FOLDER, PATTERN, COLUMN = "alone", "folder", "pattern", "column"
JOINTS = {
    ALONE: "Each photograph is a joint of its own",
    FOLDER: "Photographs in one folder show one joint",
    PATTERN: "By a pattern in the file's path",
    COLUMN: "By a column of the label file",
}


class PathField(QWidget):
    """A line for a path with a button that opens the system's chooser."""

    changed = Signal()

    def __init__(self, name: str, *, choose: Callable[[], str]) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.textChanged.connect(lambda _text: self.changed.emit())
        self.button = QPushButton("Choose…")
        self.button.setAccessibleName(f"Choose {name}")
        self.button.clicked.connect(lambda: self._take(choose()))
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.button)
        self.setFocusProxy(self.edit)

    @property
    def path(self) -> Path | None:
        text = self.edit.text().strip().strip('"')
        return Path(text).expanduser() if text else None

    def set_path(self, path: Path | None) -> None:
        self.edit.setText("" if path is None else str(path))

    def _take(self, chosen: str) -> None:
        if chosen:
            self.edit.setText(chosen)


class ImportForm(QWidget):
    """`wish()` is what the form says now; `changed` is emitted when that may be another one."""

    changed = Signal()

    def __init__(self, *, new: bool, home: Path | None = None, known: tuple[str, ...] = ()) -> None:
        """`known`: names of the flags and merges that the open project has; without any, a file makes them all."""
        super().__init__()
        self._known = known
        self._unknown: list[str] = []
        self._new = new
        self._home = home
        self._table: LabelTable | None = None
        self._reading = Background(self)
        self._counting = Background(self)
        self._looking = Background(self)
        self._project_touched = False
        self._proposed: Path | None = None
        self.photos = PathField("the folder with the photographs", choose=self._choose_folder)
        self.found = _secondary()
        self.labels = PathField("the label file", choose=self._choose_labels)
        self.labels.edit.setPlaceholderText("optional: a CSV table")
        self.preview = LabelPreview()
        self.new_flags = QCheckBox()
        self.new_flags.hide()
        self.equipment = QLineEdit()
        self.equipment.setPlaceholderText("optional, such as Redbox; else read from the photographs")
        self.contractor = QLineEdit()
        self.contractor.setPlaceholderText("optional")
        self.joint = QComboBox()
        for key, text in JOINTS.items():
            self.joint.addItem(text, key)
        self.joint_detail = QLineEdit()
        self.project = PathField("the project's folder", choose=self._choose_project)
        self._lay_out()
        self._connect()
        self._show_joint()

    def wish(self) -> ImportWish:
        """What the form says; labels only once they are read."""
        return ImportWish(
            folder=self.photos.path,
            labels=self._table,
            unlisted=self.preview.unlisted,
            new_flags=self.new_flags.isChecked(),
            equipment=self.equipment.text().strip(),
            contractor=self.contractor.text().strip(),
            joint=self._joint_rule(),
            project=self.project.path if self._new else None,
        )

    def problem(self) -> str:
        """Why the form is not enough yet; '' if it is."""
        if self.labels.path is not None and self._table is None:
            return "The label file is not read."
        if self.joint.currentData() in (PATTERN, COLUMN) and not self.joint_detail.text().strip():
            return "Say which pattern or column tells the joint."
        if self._unknown and not self.new_flags.isChecked():
            return "The label file names what the scheme does not have. Have it added, or correct the file."
        return problem_of(self.wish(), new=self._new)

    def clear(self) -> None:
        """Say nothing again, as at first."""
        for field in (self.photos, self.labels, self.project):
            field.set_path(None)
        for line in (self.equipment, self.contractor, self.joint_detail):
            line.clear()
        self.joint.setCurrentIndex(0)
        self.new_flags.setChecked(False)
        self.preview.forget_answer()
        self._proposed, self._project_touched = None, False

    def set_folder(self, folder: Path) -> None:
        """Fill in the photographs, as when a folder is dropped."""
        self.photos.set_path(folder)

    # Inside

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GROUP)
        grid.setVerticalSpacing(GAP)
        grid.setColumnMinimumWidth(0, theme.px(110))
        grid.setColumnStretch(1, 1)
        rows: list[tuple[str, QWidget]] = [
            ("Photographs", self.photos),
            ("", self.found),
            ("Labels", self.labels),
            ("", self.preview),
            ("", self.new_flags),
            ("Equipment", self.equipment),
            ("Contractor", self.contractor),
            ("Joints", self.joint),
            ("", self.joint_detail),
        ]
        if self._new:
            rows.append(("Keep project in", self.project))
        for y, (name, widget) in enumerate(rows):
            if name:
                label = QLabel(name)
                label.setBuddy(widget)
                label.setFixedHeight(theme.row_height)
                grid.addWidget(label, y, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(widget, y, 1)

    def _connect(self) -> None:
        self.photos.changed.connect(self._photos_changed)
        self.labels.changed.connect(self._labels_changed)
        self.joint.currentIndexChanged.connect(self._show_joint)
        self.preview.answered.connect(self.changed)
        self.new_flags.toggled.connect(lambda _on: self.changed.emit())
        self.joint_detail.textChanged.connect(lambda _text: self.changed.emit())
        self.project.edit.textEdited.connect(self._touch_project)
        self.project.changed.connect(self.changed)

    def _photos_changed(self) -> None:
        folder = self.photos.path
        self.found.setText("")
        self.found.hide()
        self._counting.forget()
        if folder is not None and folder.is_dir():
            if self._new and not self._project_touched and self._home is not None:
                self.project.set_path(_free_name(self._home, folder.resolve().name))
            self._counting.ask(lambda: count_photos(folder), self._counted)
        self._propose_labels(folder)
        self.changed.emit()

    def _propose_labels(self, folder: Path | None) -> None:
        """The one label table that lies in the folder, unless a person has said something else."""
        self._looking.forget()
        if self.labels.path == self._proposed and folder is not None and folder.is_dir():
            self._looking.ask(lambda: label_tables(folder), self._tables_found)

    def _tables_found(self, tables: list[Path] | None, _error: Exception | None) -> None:
        # A folder that cannot be read is said where its photographs are counted.
        if self.labels.path == self._proposed:
            self._proposed = tables[0] if tables is not None and len(tables) == 1 else None
            self.labels.set_path(self._proposed)

    def _counted(self, count: int | None, error: Exception | None) -> None:
        if error is not None or count is None:
            text = f"The folder cannot be read: {error}"
        elif count == 0:
            text = "No photographs were found in this folder or below it."
        else:
            text = f"{counted(count, 'photograph')} in this folder and below it"
        self.found.setText(text)
        set_look(self.found, "secondary" if count else "warning")
        self.found.show()

    def _labels_changed(self) -> None:
        self._table = None
        self._show_unknown()
        self._reading.forget()
        path = self.labels.path
        if path is None:
            self.preview.show_nothing()
        elif not path.is_file():
            self.preview.show_nothing(f"There is no file {path.name} there.", "warning")
        else:
            from weldstudio.studio import label_files

            self.preview.show_nothing("Reading the label file …")
            self._reading.ask(lambda: label_files.read_label_file(path), self._labels_read)
        self.changed.emit()

    def _labels_read(self, table: "LabelTable | None", error: Exception | None) -> None:
        self._table = table
        self._show_unknown()
        if table is not None:
            self.preview.show_table(table)
        elif isinstance(error, UserError):
            self.preview.show_nothing(str(error), "danger")
        elif error is not None:
            raise error
        self.changed.emit()

    def _show_unknown(self) -> None:
        """Ask about flags that only the file knows, by name."""
        from weldstudio.studio.matching import unknown_names

        self._unknown = unknown_names(self._table.classes, self._known) if self._table and self._known else []
        self.new_flags.setVisible(bool(self._unknown))
        self.new_flags.setChecked(False)
        names = ", ".join(self._unknown[:3]) + (f" and {len(self._unknown) - 3} more" if len(self._unknown) > 3 else "")
        self.new_flags.setText(f"Add to the scheme what it does not have yet: {names}")
        self.new_flags.setToolTip(", ".join(self._unknown))

    def _show_joint(self, *_ignored: Any) -> None:
        kind = self.joint.currentData()
        self.joint_detail.setVisible(kind in (PATTERN, COLUMN))
        self.joint_detail.setPlaceholderText(
            r"a regular expression such as (J-\d+)" if kind == PATTERN else "the column's name, such as joint"
        )
        self.changed.emit()

    def _joint_rule(self) -> str:
        detail = self.joint_detail.text().strip()
        return {ALONE: "", FOLDER: "folder", PATTERN: detail, COLUMN: f"column:{detail}"}[self.joint.currentData()]

    def _touch_project(self, _text: str) -> None:
        self._project_touched = True

    def _choose_folder(self) -> str:
        return QFileDialog.getExistingDirectory(
            self, "Folder with the photographs", str(self.photos.path or Path.home())
        )

    def _choose_labels(self) -> str:
        start = self.labels.path or self.photos.path or Path.home()
        return QFileDialog.getOpenFileName(self, "Label file", str(start), "Tables (*.csv *.tsv *.txt);;All files (*)")[
            0
        ]

    def _choose_project(self) -> str:
        chosen = QFileDialog.getExistingDirectory(self, "Folder to keep the project in", str(self._home or Path.home()))
        if chosen:
            self._project_touched = True
        if chosen and any(Path(chosen).iterdir()) and (photos := self.photos.path) is not None:
            return str(_free_name(Path(chosen), photos.name))
        return chosen


def count_photos(folder: Path) -> int:
    """How many photographs a scan of the folder finds."""
    from weldstudio.imaging import scan

    return sum(1 for _ in scan.scan(folder))


def label_tables(folder: Path) -> list[Path]:
    """The tables that lie in the folder itself."""
    return sorted(path for path in folder.iterdir() if path.suffix.casefold() == ".csv")


def _free_name(home: Path, name: str) -> Path:
    """A folder below `home` that does not exist yet."""
    path, number = home / (name or "project"), 2
    while path.exists():
        path = home / f"{name or 'project'} {number}"
        number += 1
    return path


def _secondary() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    set_look(label, "secondary")
    label.hide()
    return label
