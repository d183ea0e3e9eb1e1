"""Going back to a snapshot: which there are, what each holds, and what becomes of the present state."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look, set_size
from weldstudio.gui.theme import EDGE, GROUP, theme
from weldstudio.gui.words import counted, when

if TYPE_CHECKING:
    from weldstudio.studio.restoring import Snapshot

HEADS = ("Kept", "Why", "Photographs", "Actions", "Newest action", "Size")
_NUMBERS = (2, 3, 5)
_NEWEST = 4


class RestoreDialog(QDialog):
    """Asks for a snapshot; `restore_asked` names it once the dialog is accepted."""

    restore_asked = Signal(str)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Go back to a snapshot")
        help_by_key(self, "desks")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.snapshots: tuple[Snapshot, ...] = ()
        title = QLabel("Go back to a snapshot")
        set_look(title, "page")
        self.table = QTableWidget(0, len(HEADS))
        for column, text in enumerate(HEADS):
            head = QTableWidgetItem(text)
            side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
            head.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.table.setHorizontalHeaderItem(column, head)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setAccessibleName("Snapshots of the project")
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.row_height)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(_NEWEST, QHeaderView.ResizeMode.Stretch)
        self.table.itemSelectionChanged.connect(self._judge)
        self.said = QLabel("Looking for snapshots …")
        self.said.setWordWrap(True)
        set_look(self.said, "secondary")
        self.restore_button = QPushButton("Go back")
        self.restore_button.setEnabled(False)
        self._lay_out(title)
        session.run(_kept).then(self._show)

    @property
    def chosen(self) -> "Snapshot | None":
        """The snapshot of the selected row."""
        rows = self.table.selectionModel().selectedRows()
        return self.snapshots[rows[0].row()] if rows else None

    def _lay_out(self, title: QLabel) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addWidget(title)
        layout.addWidget(self.table, 1)
        layout.addLayout(answer_row(self, self.restore_button, then=self._restore, beside=self.said))
        set_size(self, theme.px(820), theme.px(420))

    def _show(self, snapshots: "tuple[Snapshot, ...]") -> None:
        self.snapshots = snapshots
        self.table.setRowCount(len(snapshots))
        for y, one in enumerate(snapshots):
            cells = (
                when(one.made.timestamp()),
                one.kind,
                f"{one.photos:,}",
                f"{one.actions:,}",
                one.problem or one.last,
                f"{one.size / 1e6:,.1f} MB",
            )
            for x, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(one.problem or one.name)
                if x in _NUMBERS:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(y, x, item)
        if snapshots:
            self.table.selectRow(0)
            self.table.setFocus()
        self._judge()

    def _judge(self) -> None:
        chosen = self.chosen
        if not self.snapshots:
            self.said.setText("There is no snapshot yet; one is kept of every day on which something is changed.")
        elif chosen is None:
            self.said.setText("Choose the snapshot to go back to.")
        elif chosen.problem:
            self.said.setText(chosen.problem)
        else:
            self.said.setText(
                f"The project becomes what it was after {counted(chosen.actions, 'action')}. "
                "What is there now is kept as a snapshot too, so you can come back."
            )
        self.restore_button.setEnabled(chosen is not None and not chosen.problem)

    def _restore(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            self.accept()
            self.restore_asked.emit(chosen.name)


def _kept(store: Any) -> Any:
    from weldstudio.studio import restoring

    return restoring.kept(store.folder)
