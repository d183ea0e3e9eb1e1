"""Contractors and their reject limits: who has which, since when, and which verdicts another one would move."""

from datetime import date
from typing import Final

from PySide6.QtCore import QDate, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.changes import Changes
from weldstudio.domain.photo import DEFAULT_LIMIT, EVER
from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import indent_number, set_look, set_size
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.words import count

WIDTH: Final = 640
MOST: Final = 1000
_PREVIEW_MS: Final = 150
_HEAD: Final = ("Contractor", "Reject at", "Joints made from", "Joints", "Rejected")
_NUMBERS: Final = (1, 3, 4)


class ContractorsDialog(QDialog):
    """A row for each limit. What is entered below is previewed at once and holds when it is set."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("Contractors and reject limits")
        help_by_key(self, "flags")
        self.setMinimumWidth(theme.px(WIDTH))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._rows: list[tuple[str, date | None, int]] = []
        """Of each row of the table: contractor, since when (None = the default), points."""
        title = QLabel("Contractors and reject limits")
        set_look(title, "page")
        hint = QLabel(
            f"A joint is rejected when its points reach the limit of the day on which it was made: {DEFAULT_LIMIT}, "
            "unless its contractor has another."
        )
        hint.setWordWrap(True)
        set_look(hint, "secondary")
        self._make_table()
        self._make_form()
        self.preview = QLabel(" ")
        self.preview.setWordWrap(True)
        self.preview.setObjectName("consequences")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PREVIEW_MS)
        self._timer.timeout.connect(self._show_preview)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, GROUP)
        layout.setSpacing(GROUP)
        layout.addWidget(title)
        layout.addWidget(hint)
        layout.addWidget(self.table, 1)
        layout.addLayout(self._form)
        layout.addWidget(self.preview)
        layout.addLayout(self._make_buttons())
        session.changed.connect(self._changed)
        session.closing.connect(self.close)
        self.finished.connect(self._timer.stop)
        set_size(self, theme.px(WIDTH), theme.px(560))
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.points.setFocus()

    def refresh(self) -> None:
        """Read the contractors again."""
        from weldstudio.studio import contractors

        rows = contractors.table(self._session.mirror)
        chosen = self.name.currentText()
        self._rows = []
        cells: list[tuple[str, ...]] = []
        for row in rows:
            limits = [(limit.valid_from, limit.points) for limit in row.limits]
            for n, (since, points) in enumerate(limits or [(None, DEFAULT_LIMIT)]):
                self._rows.append((row.name, since, points))
                day = "any day" if since in (None, EVER) else f"{since.day} {since:%b %Y}"
                numbers = (count(row.joints), count(row.rejected)) if n == 0 else ("", "")
                cells.append((row.name if n == 0 else "", str(points), day, *numbers))
        self.table.setRowCount(len(cells))
        for place, texts in enumerate(cells):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if column in _NUMBERS:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(place, column, item)
        self.name.blockSignals(True)
        self.name.clear()
        self.name.addItems([row.name for row in rows])
        self.name.setCurrentText(chosen or (rows[0].name if rows else ""))
        self.name.blockSignals(False)
        self._ask_preview()

    # --- parts --------------------------------------------------------------------------------------------------

    def _make_table(self) -> None:
        self.table = QTableWidget(0, len(_HEAD))
        for column, text in enumerate(_HEAD):
            item = QTableWidgetItem(text)
            side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.table.setHorizontalHeaderItem(column, item)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.row_height)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setMinimumHeight(theme.px(160))
        self.table.setAccessibleName("Contractors and their reject limits")
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setHighlightSections(False)
        self.table.itemSelectionChanged.connect(self._take_row)

    def _make_form(self) -> None:
        self.name = QComboBox()
        self.name.setEditable(True)
        self.name.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.name.setToolTip("One of the list, or a new contractor")
        self.points = QSpinBox()
        self.points.setRange(1, MOST)
        self.points.setValue(DEFAULT_LIMIT)
        self.points.setSuffix(" points")
        indent_number(self.points)
        self.dated = QCheckBox("Only joints made &from")
        self.day = QDateEdit(QDate.currentDate())
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("d MMM yyyy")
        self.day.setEnabled(False)
        indent_number(self.day)
        self.dated.toggled.connect(self.day.setEnabled)
        since = QHBoxLayout()
        since.setSpacing(GAP)
        since.addWidget(self.dated)
        since.addWidget(self.day)
        since.addStretch(1)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(GROUP)
        self._form.setVerticalSpacing(GAP)
        self._form.addRow("&Contractor", self.name)
        self._form.addRow("&Reject at", self.points)
        self._form.addRow("", since)
        for signal in (self.name.editTextChanged, self.points.valueChanged, self.dated.toggled, self.day.dateChanged):
            signal.connect(self._ask_preview)

    def _make_buttons(self) -> QHBoxLayout:
        self.remove_button = QPushButton("Remove this limit")
        self.remove_button.clicked.connect(self.remove_limit)
        self.set_button = QPushButton("Set the limit")
        return answer_row(self, self.set_button, then=self.set_limit, left=[self.remove_button], out="Close")

    # --- what a person asks for ---------------------------------------------------------------------------------

    @property
    def valid_from(self) -> date:
        """From which day on the limit holds."""
        if not self.dated.isChecked():
            return EVER
        chosen = self.day.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    def set_limit(self) -> None:
        """The limit entered holds from now on."""
        from weldstudio.studio import contractors

        name, points = self.name.currentText().strip(), self.points.value()
        self._session.edit_aloud(
            f"{name}: reject at {points}", contractors.set_limit, name, points, valid_from=self.valid_from, new=True
        )

    def remove_limit(self) -> None:
        """The limit of the chosen row holds no longer."""
        from weldstudio.studio import contractors

        place = self.table.currentRow()
        if 0 <= place < len(self._rows) and (since := self._rows[place][1]) is not None:
            name = self._rows[place][0]
            self._session.edit_aloud(f"{name}: limit removed", contractors.remove_limit, name, valid_from=since)

    def _take_row(self) -> None:
        place = self.table.currentRow()
        if 0 <= place < len(self._rows):
            name, since, points = self._rows[place]
            self.name.setCurrentText(name)
            self.points.setValue(points)
            self.dated.setChecked(since not in (None, EVER))
            if since not in (None, EVER):
                assert since is not None
                self.day.setDate(QDate(since.year, since.month, since.day))
        self._ask_preview()

    # --- news ---------------------------------------------------------------------------------------------------

    def _changed(self, changes: Changes) -> None:
        if changes.joints or changes.scheme or changes.photos:
            self.refresh()

    def _ask_preview(self) -> None:
        may = not self._session.read_only
        self.set_button.setEnabled(may and bool(self.name.currentText().strip()))
        place = self.table.currentRow()
        self.remove_button.setEnabled(may and 0 <= place < len(self._rows) and self._rows[place][1] is not None)
        self._timer.start()

    def _show_preview(self) -> None:
        from weldstudio.studio import contractors, joints

        mirror = self._session.mirror
        moves = contractors.preview(mirror, self.name.currentText(), self.points.value(), valid_from=self.valid_from)
        self.preview.setText(f"{moves.sentence}\n{joints.moving(mirror, moves)}".rstrip())
