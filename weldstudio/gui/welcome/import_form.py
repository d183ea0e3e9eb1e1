"""The form for bringing in photographs and labels; the same for a new project and for an open one."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from weldstudio.domain.errors import UserError
from weldstudio.gui.background import Background
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme
from weldstudio.gui.welcome.label_part import LabelPart
from weldstudio.gui.welcome.path_field import PathField
from weldstudio.gui.welcome.wish import ImportWish, problem_of
from weldstudio.gui.words import counted

if TYPE_CHECKING:
    from weldstudio.studio.forecast import Forecast

ALONE, FOLDER, PATTERN, COLUMN = "alone", "folder", "pattern", "column"
JOINTS = {
    ALONE: "Each photograph is a joint of its own",
    FOLDER: "Photographs in one folder show one joint",
    PATTERN: "By a pattern in the file's path",
    COLUMN: "By a column of the label file",
}


class ImportForm(QWidget):
    """`wish()` is what the form says now; `changed` is emitted when that may be another one."""

    changed = Signal()

    def __init__(
        self,
        *,
        new: bool,
        home: Path | None = None,
        known: tuple[str, ...] = (),
        foresee: Callable[["ImportWish", Callable[["Forecast | str"], None]], Callable[[], None]] | None = None,
    ) -> None:
        """`known`: names of the flags and merges that the open project has; without any, a file makes them all.

        `foresee` counts in the open project what a wish would do; without one there is no project yet.
        """
        super().__init__()
        self._new = new
        self._home = home
        self._foreseeing = Background(self)
        self._foresee = foresee or self._foresee_new
        self._counting = Background(self)
        self._looking = Background(self)
        self._project_touched = False
        self._proposed: Path | None = None
        self.photos = PathField("the folder with the photographs", choose=self._choose_folder)
        self.found = _secondary()
        self.part = LabelPart(self, known=known)
        self.labels, self.preview, self.new_flags = self.part.labels, self.part.preview, self.part.new_flags
        self.equipment = QLineEdit()
        self.equipment.setPlaceholderText("optional, such as Redbox; else read from the photographs")
        self.contractor = QLineEdit()
        self.contractor.setPlaceholderText("optional")
        self.kind, self.medium = QLineEdit(), QLineEdit()
        self.kind.setPlaceholderText("optional, such as coupler")
        self.medium.setPlaceholderText("optional, such as gas or water")
        self.kind.setAccessibleName("Type of the joints")
        self.medium.setAccessibleName("Medium")
        self.joint = QComboBox()
        for key, text in JOINTS.items():
            self.joint.addItem(text, key)
        self.joint_detail = QLineEdit()
        self.project = PathField("the project's folder", choose=self._choose_project)
        self._lay_out()
        self._connect()
        self._show_joint()
        self._offer_facts()

    def wish(self) -> ImportWish:
        """What the form says; labels only once they are read."""
        return ImportWish(
            folder=self.photos.path,
            labels=self.part.table,
            unlisted=self.preview.unlisted,
            new_flags=self.new_flags.isChecked(),
            all_or_nothing=self.part.all_or_nothing.isChecked(),
            several=str(self.part.several.currentData()),
            equipment=self.equipment.text().strip(),
            contractor=self.contractor.text().strip(),
            kind=self.kind.text().strip(),
            medium=self.medium.text().strip(),
            joint=self._joint_rule(),
            project=self.project.path if self._new else None,
        )

    def problem(self) -> str:
        """Why the form is not enough yet; '' if it is."""
        if self.labels.path is not None and self.part.table is None:
            return "The label file is not read."
        if self.joint.currentData() in (PATTERN, COLUMN) and not self.joint_detail.text().strip():
            return "Say which pattern or column tells the joint."
        if self.part.unknown and not self.new_flags.isChecked():
            return "The label file names what the scheme does not have. Have it added, or correct the file."
        return problem_of(self.wish(), new=self._new)

    def clear(self) -> None:
        """Say nothing again, as at first."""
        for field in (self.photos, self.project):
            field.set_path(None)
        for line in (self.equipment, self.contractor, self.kind, self.medium, self.joint_detail):
            line.clear()
        self.joint.setCurrentIndex(0)
        self.part.clear()
        self._proposed, self._project_touched = None, False

    def set_folder(self, folder: Path) -> None:
        """Fill in the photographs, as when a folder is dropped."""
        self.photos.set_path(folder)

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight nobody waits for what would happen."""
        self.part.stop()
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.part.judge(may_begin=not self.problem())

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
            ("", self.part.several),
            ("", self.part.all_or_nothing),
            ("", self.part.forecast),
            ("Equipment", self.equipment),
            ("Contractor", self.contractor),
            ("Joint type", _side_by_side(self.kind, "Medium", self.medium)),
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
        self.part.changed.connect(self.changed)
        self.changed.connect(lambda: self.part.judge(may_begin=not self.problem()))
        self.part.foresee = lambda answer: self._foresee(self.wish(), answer)
        self.joint.currentIndexChanged.connect(self._show_joint)
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
        self._offer_facts()
        self.changed.emit()

    def _offer_facts(self) -> None:
        """Equipment, contractor, ... are said of photographs that come: labels alone bring none."""
        for field in (self.equipment, self.contractor, self.kind, self.medium, self.joint, self.joint_detail):
            field.setEnabled(self._new or self.photos.path is not None)

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

    def _foresee_new(self, wish: ImportWish, answer: "Callable[[Forecast | str], None]") -> Callable[[], None]:
        """Count what the wish would do in a project that is still to be made."""

        def ended(forecast: "Forecast | None", error: Exception | None) -> None:
            if isinstance(error, UserError):
                answer(str(error))
            elif error is not None:
                raise error
            elif forecast is not None:
                answer(forecast)

        wanted = [True]

        def stop() -> None:
            wanted.clear()
            self._foreseeing.forget()

        if wish.folder is not None:
            folder = wish.folder
            self._foreseeing.ask(lambda: forecast_of(folder, wish, wanted), ended)
        return stop

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


def forecast_of(folder: Path, wish: ImportWish, wanted: list[bool]) -> "Forecast | None":
    """What an import into a new project would do; None once `wanted` is emptied. Raises ImportRefused."""
    from weldstudio.studio import foreseeing

    work = foreseeing.foresee_import(None, folder, labels=wish.labels, terms=wish.terms, joint=wish.joint or None)
    while wanted:
        try:
            next(work)
        except StopIteration as end:
            forecast: Forecast = end.value
            return forecast
    return None


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


def _side_by_side(first: QWidget, name: str, second: QWidget) -> QWidget:
    """Two fields in one line, the second with its name before it."""
    line = QWidget()
    layout = QHBoxLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GROUP)
    label = QLabel(name)
    label.setBuddy(second)
    layout.addWidget(first, 1)
    layout.addWidget(label)
    layout.addWidget(second, 1)
    line.setFocusProxy(first)
    return line


def _secondary() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    set_look(label, "secondary")
    label.hide()
    return label
