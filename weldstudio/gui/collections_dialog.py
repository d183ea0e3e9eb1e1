"""The collections of the project: where each lies, whether it is watched; look at it again, or find it elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GROUP, theme
from weldstudio.gui.watching import Watching
from weldstudio.gui.words import counted

if TYPE_CHECKING:
    from weldstudio.studio.collections import CollectionRow

HEADS = ("Collection", "Photographs", "Not shown", "Watched", "Folder")
_WATCHED = HEADS.index("Watched")


class CollectionsDialog(QDialog):
    """Space in a row switches watching."""

    def __init__(self, session: Session, watching: Watching, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Collections and their folders")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._watching = session, watching
        self._rows: list[CollectionRow] = []
        self._filling = False
        self.table = self._make_table()
        self.said = QLabel("Looking for the folders …")
        self.said.setWordWrap(True)
        set_look(self.said, "secondary")
        self.find_button = QPushButton("Find the folder…")
        self.find_button.clicked.connect(self._find)
        self.rescan_button = QPushButton("Look again")
        buttons = answer_row(
            *(self, self.rescan_button),
            then=self._rescan,
            beside=self.said,
            between=[self.find_button],
            out="Close",
        )
        hint = QLabel(
            "While a collection is watched and this window is open, photographs that come into its folder are taken "
            "in by themselves. Files that were moved or renamed are known by their content and keep their labels."
        )
        hint.setWordWrap(True)
        set_look(hint, "secondary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addWidget(hint)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        self.resize(theme.px(860), theme.px(400))
        watching.taken.connect(self.refresh)
        self._judge()
        self.refresh()

    def refresh(self, _report: object = None) -> None:
        """Ask the store again."""
        self._session.run(_table).then(self._show)

    @property
    def chosen(self) -> "CollectionRow | None":
        """The collection of the selected row."""
        rows = self.table.selectionModel().selectedRows()
        return self._rows[rows[0].row()] if rows and rows[0].row() < len(self._rows) else None

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(HEADS))
        table.setHorizontalHeaderLabels(HEADS)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setAccessibleName("Collections")
        table.verticalHeader().hide()
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setStretchLastSection(True)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.itemSelectionChanged.connect(self._judge)
        table.itemChanged.connect(self._switched)
        return table

    def _show(self, rows: "list[CollectionRow]") -> None:
        at = max(0, self.table.currentRow())
        self._rows, self._filling = rows, True
        self.table.setRowCount(len(rows))
        for y, row in enumerate(rows):
            place = str(row.folder) if row.there else f"{row.folder} (not there)"
            texts = (row.name, f"{row.photos:,}", f"{row.missing:,}" if row.missing else "", "", place)
            for x, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if x in (1, 2):
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if x == _WATCHED:
                    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                    item.setCheckState(Qt.CheckState.Checked if row.watched else Qt.CheckState.Unchecked)
                    item.setToolTip("Take new photographs in by themselves while the window is open")
                if x == len(HEADS) - 1 and not row.there:
                    item.setForeground(theme.colour("danger"))
                self.table.setItem(y, x, item)
        self._filling = False
        if rows:
            self.table.setCurrentCell(min(at, len(rows) - 1), _WATCHED)
            if not self.table.hasFocus():
                self.table.setFocus()
        self._judge()

    def _judge(self) -> None:
        row = self.chosen
        for button in (self.find_button, self.rescan_button):
            button.setEnabled(row is not None)
        if row is None:
            self.said.setText("" if self._rows else "There is no collection yet; import photographs first.")
        elif not row.there:
            self.said.setText("Its folder is not there: connect its disk, or find the folder.")
        else:
            self.rescan_button.setEnabled(True)
            self.said.setText(f"{counted(row.missing, 'photograph')} cannot be shown." if row.missing else "")
        self.find_button.setText("Find the folder…" if row is None or not row.there else "It lies elsewhere…")

    def _switched(self, item: QTableWidgetItem) -> None:
        if self._filling or item.column() != _WATCHED:
            return
        row, on = self._rows[item.row()], item.checkState() == Qt.CheckState.Checked
        self._session.run(_switch, row.id, on).then(lambda _changes: self._watch_changed())

    def _watch_changed(self) -> None:
        self._watching.refresh()
        self.refresh()

    def _rescan(self) -> None:
        row = self.chosen
        if row is not None:
            self._work(self._watching.rescan((row.id,)), f"Looking at {row.name} …")

    def _find(self) -> None:
        row = self.chosen
        if row is None:
            return
        folder = choose_folder(row.name, row.folder, self)
        if folder is not None:
            self._work(self._watching.relocate(row.id, folder), f"Looking for {row.name} …")

    def _work(self, work: Any, text: str) -> None:
        self.said.setText(text)
        self.rescan_button.setEnabled(False)
        self.find_button.setEnabled(False)
        for signal in (work.failed, work.cancelled):
            signal.connect(lambda *_: self.refresh())


def choose_folder(name: str, folder: Path, parent: QWidget) -> Path | None:
    """Ask where a collection lies now."""
    above = next((p for p in folder.parents if p.is_dir()), Path.home())
    chosen = QFileDialog.getExistingDirectory(parent, f"Folder with the photographs of {name}", str(above))
    return Path(chosen) if chosen else None


# On the store thread


def _table(store: Any) -> Any:
    from weldstudio.studio import collections

    return collections.table(store)


def _switch(store: Any, collection_id: int, on: bool) -> Any:
    from weldstudio.studio import collections

    return collections.watch(store, collection_id, on)
