"""What was recognised in a label file: its form, its classes, its first rows, what was left out."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHeaderView,
    QLabel,
    QRadioButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.labelling import State
from weldstudio.gui.icons import icon
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.words import counted
from weldstudio.studio.label_table import LabelRow, LabelTable

_ROWS = 4
_COLUMNS = 5
_PATH_WIDTH, _LONG_PATH_WIDTH = 150, 300
FORMS = {
    "wide": "One column per flag",
    "class": "One class per photograph",
    "flags": "A list of raised flags per photograph",
}


class LabelPreview(QWidget):
    """Shows a `LabelTable`, and asks what is not listed means where the file leaves that open."""

    answered = Signal()

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        set_look(self.summary, "secondary")
        self.table = QTableWidget()
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setFocusPolicy(self.table.focusPolicy().NoFocus)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.question = QLabel("This file lists raised flags only. A flag that is not listed for a photograph …")
        self.question.setWordWrap(True)
        self.clear = QRadioButton("… was looked for and is clear")
        self.unseen = QRadioButton("… was perhaps never looked for: leave it unseen")
        self._choice = QButtonGroup(self)
        for button in (self.clear, self.unseen):
            self._choice.addButton(button)
            button.toggled.connect(lambda _on: self.answered.emit())
        for widget in (self.summary, self.table, self.question, self.clear, self.unseen):
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._shown: LabelTable | None = None
        theme.changed.connect(self._tint)
        self.show_nothing()

    @property
    def unlisted(self) -> State | None:
        """Clear, unseen, or None while nobody has said."""
        if self.clear.isChecked():
            return State.CLEAR
        return State.UNSEEN if self.unseen.isChecked() else None

    def forget_answer(self) -> None:
        """Nobody has said what is not listed means."""
        self._choice.setExclusive(False)
        self.clear.setChecked(False)
        self.unseen.setChecked(False)
        self._choice.setExclusive(True)

    def show_nothing(self, sentence: str = "", look: str = "secondary") -> None:
        """No table: say why, or nothing at all."""
        self._shown = None
        self.summary.setText(sentence)
        set_look(self.summary, look)
        self.summary.setVisible(bool(sentence))
        for widget in (self.table, self.question, self.clear, self.unseen):
            widget.hide()
        # Empty it takes no room at all, not even the gap to the next row of the form.
        self.setVisible(bool(sentence))

    def show_table(self, labels: LabelTable) -> None:
        self.show()
        self._shown = labels
        self.summary.setText(summary_of(labels))
        set_look(self.summary, "secondary")
        self.summary.show()
        asked = labels.lists_raised_only
        for widget in (self.question, self.clear, self.unseen):
            widget.setVisible(asked)
        self._fill(labels)

    def _tint(self) -> None:
        """The shapes of the states again, in the colours of another theme."""
        if self._shown is not None:
            self._fill(self._shown)

    def _fill(self, labels: LabelTable) -> None:
        rows = labels.rows[:_ROWS]
        self.table.setVisible(bool(rows))
        self.table.clear()
        self.table.setRowCount(len(rows))
        if labels.form == "wide":
            self._fill_wide(rows, labels.classes[:_COLUMNS])
        else:
            self._fill_list(rows, "Class" if labels.form == "class" else "Raised flags")
        for y, row in enumerate(rows):
            item = QTableWidgetItem(row.path)
            item.setToolTip(row.path)
            self.table.setItem(y, 0, item)
            self.table.setRowHeight(y, theme.row_height)
        header = self.table.horizontalHeader()
        self._share_width(header, _PATH_WIDTH if labels.form == "wide" else _LONG_PATH_WIDTH)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setFixedHeight(theme.row_height)
        self.table.setFixedHeight((1 + len(rows)) * theme.row_height + 4)

    def _share_width(self, header: QHeaderView, path_width: int) -> None:
        """Every name in full where there is room for that, else all columns but the path's alike."""
        names = range(1, self.table.columnCount())
        wished = {place: header.sectionSizeHint(place) for place in names}
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        if len(wished) > 1 and sum(wished.values()) + theme.px(path_width) <= self.table.width():
            for place, width in wished.items():
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(place, width)
            return
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(0, theme.px(path_width))

    def _fill_wide(self, rows: tuple[LabelRow, ...], classes: tuple[str, ...]) -> None:
        """A column per flag. The shape says the state; the word would be cut off where there are many."""
        self.table.setColumnCount(1 + len(classes))
        self.table.setHorizontalHeaderLabels(["Photograph", *classes])
        for y, row in enumerate(rows):
            for x, name in enumerate(classes):
                state = row.states.get(name)
                word = state.word if state is not None else "nothing said"
                item = QTableWidgetItem()
                item.setToolTip(f"{name}: {word}")
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}: {word}")
                if state is not None:
                    item.setIcon(icon(state.word, state.word, 16))
                self.table.setItem(y, 1 + x, item)

    def _fill_list(self, rows: tuple[LabelRow, ...], heading: str) -> None:
        """The names of what is raised."""
        self.table.setColumnCount(2)
        self.table.setHorizontalHeaderLabels(["Photograph", heading])
        for y, row in enumerate(rows):
            raised = [name for name, state in row.states.items() if state == State.RAISED]
            item = QTableWidgetItem("; ".join(raised) or "none")
            item.setToolTip(item.text())
            if raised:
                item.setIcon(icon("raised", "raised", 16))
            self.table.setItem(y, 1, item)


def summary_of(labels: LabelTable) -> str:
    """What was recognised, in words."""
    names = ", ".join(labels.classes[:5]) + (" …" if len(labels.classes) > 5 else "")
    noun = "class" if labels.form == "class" else "flag"
    plural = "classes" if noun == "class" else "flags"
    text = f"{FORMS.get(labels.form, labels.form)}: {counted(len(labels.rows), 'photograph')}, "
    text += f"{counted(len(labels.classes), noun, plural)} ({names})."
    if labels.columns:
        text += f" Also read: {', '.join(labels.columns)}."
    left_out = [problem for problem in labels.problems if problem.left_out]
    if left_out:
        first = left_out[0]
        text += f" {counted(len(left_out), 'row')} cannot be used; the first is line {first.line}: {first.reason}"
    return text
