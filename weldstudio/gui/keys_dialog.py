"""Other keys for actions: a list of all of them, and a field that takes the next key pressed."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.scheme import Scheme
from weldstudio.gui.actions import Actions
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.layout_keys import ChordField
from weldstudio.gui.style_sheet import set_look, set_size
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.settings import Settings
from weldstudio.studio import action_keys

_HEAD = ("Where", "Action", "Key")


class KeysDialog(QDialog):
    """Changes hold at once and are written into `settings`; saving these is the window's."""

    def __init__(self, settings: Settings, actions: Actions, scheme: Scheme | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Change keys")
        help_by_key(self, "keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings, self._actions, self._scheme = settings, actions, scheme
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find an action or a key")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._show_found)
        self._make_table()
        self.field = ChordField()
        self.field.setAccessibleName("The new key")
        self.field.editingFinished.connect(self._take_key)
        self.said = QLabel(" ")
        self.said.setWordWrap(True)
        self.none_button, self.default_button, close = (
            QPushButton("No key"),
            QPushButton("Default key"),
            QPushButton("Close"),
        )
        self.none_button.clicked.connect(lambda: self._set(""))
        self.default_button.clicked.connect(lambda: self._set(None))
        close.clicked.connect(self.accept)
        for button in (self.none_button, self.default_button, close):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(QLabel("New key"))
        row.addWidget(self.field, 1)
        for button in (self.none_button, self.default_button, close):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addWidget(self.filter)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.said)
        layout.addLayout(row)
        set_size(self, theme.px(760), theme.px(560))
        self._show()
        self.table.selectRow(0)

    @property
    def chosen(self) -> str | None:
        """Id of the action whose key is changed."""
        item = self.table.item(self.table.currentRow(), 0)
        return item.data(Qt.ItemDataRole.UserRole) if item is not None else None

    def choose(self, action_id: str) -> None:
        """As if its row had been clicked."""
        for row in range(self.table.rowCount()):
            item = self.table.item(row, 0)
            if item is not None and item.data(Qt.ItemDataRole.UserRole) == action_id:
                self.table.selectRow(row)

    def _make_table(self) -> None:
        self.table = QTableWidget(0, len(_HEAD))
        self.table.setHorizontalHeaderLabels(_HEAD)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.row_height)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setAccessibleName("Actions and their keys")
        head = self.table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        head.setHighlightSections(False)
        self.table.itemSelectionChanged.connect(self._row_chosen)
        self.table.doubleClicked.connect(lambda _index: self.field.setFocus())

    def _show(self) -> None:
        rows = list(self._actions.rows())
        self.table.setRowCount(len(rows))
        for place, (row, action) in enumerate(rows):
            texts = (row.menu, row.text.rstrip("…"), self._actions.key_text(action))
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setData(Qt.ItemDataRole.UserRole, row.id)
                if column == len(texts) - 1 and row.id in self._actions.own_keys:
                    item.setFont(theme.font("body", bold=True))
                self.table.setItem(place, column, item)
        for column in (0, 2):  # once: a header that follows its contents measures them anew at every cell
            self.table.resizeColumnToContents(column)
        self._show_found()

    def _show_found(self) -> None:
        wanted = self.filter.text().casefold().split()
        for row in range(self.table.rowCount()):
            words = " ".join(
                item.text().casefold() for column in range(len(_HEAD)) if (item := self.table.item(row, column))
            )
            self.table.setRowHidden(row, not all(word in words for word in wanted))

    def _row_chosen(self) -> None:
        chosen = self.chosen
        self.field.clear()
        self.default_button.setEnabled(chosen in self._actions.own_keys)
        self._say(" ")

    def _take_key(self) -> None:
        key = self.field.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if key:
            self._set(key)

    def _set(self, key: str | None) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        own = self._actions.own_keys
        wanted = action_keys.with_key(own, chosen, key)
        for one in action_keys.keys_of(action_keys.row_of(chosen), wanted):
            problem = action_keys.refusal(chosen, one, own, scheme=self._scheme)
            if problem:
                self._say(problem, wrong=True)
                self.field.clear()
                return
        self._settings.change(keys=action_keys.stored(wanted))
        self._actions.set_keys(wanted)
        self._show()
        self._row_chosen()
        text = self._actions.key_text(self._actions[chosen])
        self._say(f"{action_keys.row_of(chosen).text.rstrip('…')}: {text or 'no key'}")

    def _say(self, text: str, *, wrong: bool = False) -> None:
        set_look(self.said, "danger" if wrong else "secondary")
        self.said.setText(text)
