"""The scheme as a table model: what each cell says, which may be edited, and what a drop asks for."""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QByteArray, QMimeData, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from weldstudio.domain.labelling import State
from weldstudio.gui.flags.rows import Kind, Row
from weldstudio.gui.theme import theme
from weldstudio.gui.words import count, counted

Index = QModelIndex | QPersistentModelIndex
MIME: Final = "application/x-weldstudio-flags"
ROW_ROLE: Final = Qt.ItemDataRole.UserRole


class Column(IntEnum):
    """Columns of the table, in their order."""

    KEY = 0
    NAME = 1
    POINTS = 2
    RULE = 3
    GROUP = 4
    RAISED = 5
    CLEAR = 6
    UNSURE = 7
    UNSEEN = 8
    SHARE = 9
    UNDO = 10


HEADS: Final = {
    Column.KEY: ("Key", "The key that raises the flag on the Review page"),
    Column.NAME: ("Flag", "Drop one flag on another to merge them; between two to move it"),
    Column.POINTS: ("Points", "Penalty points; a joint is rejected when its points reach the reject limit"),
    Column.RULE: ("Joint rule", "How the photos of a joint decide the flag of the joint"),
    Column.GROUP: ("Group", "Flags of a group exclude one another"),
    Column.RAISED: ("Raised", "Photographs labelled raised"),
    Column.CLEAR: ("Clear", "Photographs labelled clear"),
    Column.UNSURE: ("Unsure", "Photographs labelled unsure"),
    Column.UNSEEN: ("Unseen", "Photographs without a label of this flag"),
    Column.SHARE: ("Labels", "Raised, clear, unsure and unseen as parts of all photographs"),
    Column.UNDO: ("", ""),
}
STATE_OF: Final = {
    Column.RAISED: State.RAISED,
    Column.CLEAR: State.CLEAR,
    Column.UNSURE: State.UNSURE,
    Column.UNSEEN: State.UNSEEN,
}
EDITABLE: Final = (Column.KEY, Column.NAME, Column.POINTS, Column.RULE)
MERGE_EDITABLE: Final = (Column.KEY, Column.NAME)
"""The rest of a merge follows from its members."""


class SchemeModel(QAbstractTableModel):
    """Rows as they are; an edit is only asked for, the row changes when the store has it."""

    edited = Signal(int, int, object)
    """(slot, Column, value): somebody wants to change this."""
    dropped_on = Signal(tuple, int)
    """(slots, slot): these flags were dropped on that one."""
    dropped_between = Signal(tuple, int)
    """(slots, row): these flags were dropped before that row."""

    def __init__(self, key_of: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key_of = key_of
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these; selection and scroll position survive where only numbers changed."""
        same = [(row.slot, row.kind) for row in rows] == [(row.slot, row.kind) for row in self.rows]
        if same:
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(Column) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def row_of(self, slot: int) -> int:
        """Row of a class, -1 if it is not shown."""
        return next((i for i, row in enumerate(self.rows) if row.slot == slot), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADS[Column(section)][0]
        if role == Qt.ItemDataRole.ToolTipRole:
            return HEADS[Column(section)][1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_alignment(Column(section)))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.EditRole:
                return {Column.NAME: row.name, Column.POINTS: row.points, Column.KEY: row.key}.get(
                    column, str(row.joint_rule)
                )
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(_alignment(column))
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(row, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{HEADS[column][0]} {self._text(row, column)}"
            case Qt.ItemDataRole.FontRole if column in STATE_OF or column == Column.POINTS:
                return theme.font(figures=True)
            case Qt.ItemDataRole.ForegroundRole if row.kind == Kind.RETIRED:
                return theme.colour("disabled")
            case Qt.ItemDataRole.ForegroundRole if column in (Column.RULE, Column.GROUP):
                return theme.colour("secondary")
            case _ if role == ROW_ROLE:
                return row
        return None

    def _text(self, row: Row, column: Column) -> str:
        if column in STATE_OF:
            return count(row.count(STATE_OF[column]))
        return {
            Column.KEY: self._key_of(row.slot),
            Column.NAME: row.name,
            Column.POINTS: str(row.points),
            Column.RULE: str(row.joint_rule),
            Column.GROUP: row.group,
        }.get(column, "")

    def _tip(self, row: Row, column: Column) -> str:
        if column == Column.NAME:
            kind = {Kind.MERGE: "Merge", Kind.MEMBER: "Part of the merge above", Kind.RETIRED: "Retired"}.get(row.kind)
            return "\n".join(part for part in (row.name, kind, row.description) if part)
        if column == Column.SHARE:
            return ", ".join(f"{count(row.count(state))} {state.word}" for state in (STATE_OF.values()))
        if column == Column.POINTS and row.kind == Kind.MERGE:
            return "The highest points of its members"
        if column in STATE_OF:
            state = STATE_OF[column]
            text = counted(row.count(state), "photograph") + f" {state.word}"
            apart = row.unreviewed[state]
            return f"{text}; {count(apart)} of them no person has looked at" if apart else text
        return HEADS[column][1]

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDropEnabled
        if not index.isValid():
            return flags
        row, column = self.rows[index.row()], Column(index.column())
        if row.is_flag:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        if column in (EDITABLE if row.is_flag else MERGE_EDITABLE) and row.kind != Kind.RETIRED:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        if value == self.data(index, Qt.ItemDataRole.EditRole):
            return False
        self.edited.emit(self.rows[index.row()].slot, index.column(), value)
        return True

    # Dragging

    def supportedDropActions(self) -> Qt.DropAction:
        # Copy, not move: a view removes the rows of a move itself.
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        slots = dict.fromkeys(self.rows[index.row()].slot for index in indexes)
        data = QMimeData()
        data.setData(MIME, QByteArray(",".join(map(str, slots)).encode()))
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        slots = tuple(int(word) for word in bytes(data.data(MIME).data()).decode().split(",") if word)
        if not slots:
            return False
        if parent.isValid():
            target = self.rows[parent.row()].slot
            if target in slots:
                return False
            self.dropped_on.emit(slots, target)
        else:
            self.dropped_between.emit(slots, len(self.rows) if row < 0 else row)
        return False  # nothing was moved by Qt; the scheme changes through the store


def _alignment(column: Column) -> Qt.AlignmentFlag:
    numbers = column == Column.POINTS or column in STATE_OF
    side = Qt.AlignmentFlag.AlignRight if numbers else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
