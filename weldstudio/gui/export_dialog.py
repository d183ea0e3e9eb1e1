"""Exporting labels: which photographs, in which form, where to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.scheme import Level
from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.welcome.import_form import PathField
from weldstudio.gui.words import counted
from weldstudio.studio import picking, views

FORMATS = {
    "csv": (
        "Table (CSV)",
        "One row per photograph, one column per flag: 1 raised, 0 clear, unsure, empty where unseen.",
    ),
    "imagefolder": (
        "Folders by class",
        "One folder per class, as torchvision's ImageFolder reads them; photographs that show exactly one class.",
    ),
}


class ExportDialog(QDialog):
    """Starts the export as work of the session when accepted."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export labels")
        help_by_key(self, "desks")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        count, chosen = len(session.mirror.ids), len(session.selection)
        self.all = QRadioButton(f"All {counted(count, 'photograph')}")
        self.selected = QRadioButton(
            f"The {counted(chosen, 'selected photograph')}" if chosen else "The selected photographs (none are)"
        )
        self.selected.setEnabled(bool(chosen))
        self._shown = session.shown()
        filtered = 0 < len(self._shown) < count
        self.shown = QRadioButton(f"The {counted(len(self._shown), 'photograph')} that the filter shows")
        self.shown.setVisible(filtered)
        self.view = QRadioButton("Those of the view")
        self.views = _views(session)
        self.views.activated.connect(lambda _place: self.view.setChecked(True))
        group = QButtonGroup(self)
        for button in (self.all, self.shown, self.selected, self.view):
            group.addButton(button)
        (self.selected if chosen > 1 else self.shown if filtered else self.all).setChecked(True)
        self.format = QComboBox()
        for key, (name, _) in FORMATS.items():
            self.format.addItem(name, key)
        self.meaning = QLabel()
        self.meaning.setWordWrap(True)
        set_look(self.meaning, "secondary")
        self.level = QComboBox()
        for text, level in (
            ("Merges in place of their flags", Level.MERGES),
            ("Flags, without the merges", Level.FLAGS),
            ("Flags and merges", Level.BOTH),
        ):
            self.level.addItem(text, level)
        self.links = QComboBox()
        self.links.addItem("Copy the photographs", False)
        self.links.addItem("Link to the photographs, which takes no room", True)
        self.target = PathField("where to export to", choose=self._choose)
        self.why_not = QLabel()
        set_look(self.why_not, "secondary")
        self.export_button = QPushButton("Export")
        self._lay_out()
        self.format.currentIndexChanged.connect(self._judge)
        self.target.changed.connect(self._judge)
        self._judge()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GROUP)
        grid.setVerticalSpacing(GAP)
        grid.setColumnStretch(1, 1)
        self.links_label, self.level_label = QLabel("Photographs"), QLabel("Classes")
        merged = bool(self._session.mirror.scheme.live_merges)
        self.level.setVisible(merged)
        self.level_label.setVisible(merged)
        # As wide as its widest word from the beginning, so that nothing moves sideways with the form.
        grid.setColumnMinimumWidth(0, self.links_label.sizeHint().width())
        rows: list[tuple[Any, QWidget]] = [
            ("Which", self.all),
            ("", self.shown),
            ("", self.selected),
            *([("", _beside(self.view, self.views))] if self.views.count() else []),
            ("Form", self.format),
            ("", self.meaning),
            (self.level_label, self.level),
            (self.links_label, self.links),
            ("To", self.target),
        ]
        for y, (name, widget) in enumerate(rows):
            grid.addWidget(QLabel(name) if isinstance(name, str) else name, y, 0)
            grid.addWidget(widget, y, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addLayout(grid)
        layout.addStretch(1)
        layout.addLayout(answer_row(self, self.export_button, then=self._export, beside=self.why_not))
        self.setMinimumWidth(theme.px(600))

    def _judge(self) -> None:
        form = self.format.currentData()
        self.meaning.setText(FORMATS[form][1])
        for widget in (self.links, self.links_label):
            widget.setVisible(form == "imagefolder")
        problem = "" if self.target.path is not None else "Choose where to export to."
        self.why_not.setText(problem)
        self.export_button.setEnabled(not problem)
        self._fit()

    def _fit(self) -> None:
        """As high as the rows shown need: a dialog does not grow by itself for a row that appears in it."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            high = layout.totalHeightForWidth(max(self.width(), self.minimumWidth()))
            self.setMinimumHeight(high)
            self.resize(self.width(), high)

    def _choose(self) -> str:
        if self.format.currentData() == "csv":
            start = str(self._session.folder.parent / f"{self._session.folder.name}.csv")
            return QFileDialog.getSaveFileName(self, "Export to", start, "Tables (*.csv)")[0]
        return QFileDialog.getExistingDirectory(self, "Export into", str(self._session.folder.parent))

    def photo_ids(self) -> Sequence[int] | None:
        """Which photographs are exported; None = all."""
        if self.selected.isChecked():
            return self._session.selection
        if self.shown.isChecked():
            return self._shown
        if self.view.isChecked():
            mirror = self._session.mirror
            ids: list[int] = mirror.ids[picking.pick(mirror, view=self.views.currentText())].tolist()
            return ids
        return None

    def _export(self) -> None:
        session, target = self._session, self.target.path
        if target is None:
            return
        work = session.start_work(
            "Exporting",
            _export,
            target,
            format=self.format.currentData(),
            photo_ids=self.photo_ids(),
            links=self.links.currentData(),
            level=self.level.currentData(),
        )
        work.finished.connect(lambda report: session.tell(f"Exported to {target}. {_words(report)}".strip()))
        self.accept()


def _views(session: Session) -> QComboBox:
    """The views that can be shown, with how many photographs each has."""
    found = QComboBox()
    found.setAccessibleName("View")
    for view in views.listed(session.mirror):
        if not view.problem:
            found.addItem(view.name, view.id)
    return found


def _beside(button: QRadioButton, choice: QComboBox) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GAP)
    row.addWidget(button)
    row.addWidget(choice, 1)
    return holder


def _words(report: object) -> str:
    """What an export report says of itself."""
    text = getattr(report, "text", "")
    return text() if callable(text) else str(text)


def _export(store: Any, target: Path, **wish: Any) -> Any:
    from weldstudio.studio import exporting

    return exporting.export(store, target, **wish)
