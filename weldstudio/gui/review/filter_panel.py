"""The left panel: queues to work through and flags to filter by, each with its live count."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Scheme
from weldstudio.gui.review.shown import Shown
from weldstudio.gui.theme import theme
from weldstudio.gui.words import count
from weldstudio.studio.reviewing import Counts, Queue, Term, flag_term

WIDTH: Final = 204
_EDGE: Final = 16
_ROW: Final = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. A heading has neither queue nor term and is no place to go."""

    text: str
    count: int | None = None
    hint: str = ""
    queue: Queue | None = None
    term: Term | None = None
    everything: bool = False
    active: bool = False

    @property
    def heading(self) -> bool:
        return self.queue is None and self.term is None and not self.everything


def entries(scheme: Scheme, shown: Shown, *, counts: Counts | None, waiting: Mapping[str, int]) -> list[Entry]:
    """The rows of the panel. `counts` and `waiting` (by queue) are of all photographs, whatever is filtered.

    Before anything was counted the rows are there without numbers.
    """
    active = shown.queue
    every = [
        Entry(queue.title, waiting.get(queue.id), queue.hint, queue=queue, active=queue == active)
        for queue in shown.queues()
        if (scheme.groups or queue.id != "contradictions")
        and (not queue.quiet or waiting.get(queue.id) or queue == active)
    ]
    of_joints = [entry for entry in every if entry.queue is not None and entry.queue.by_joint]
    rows = [
        *([Entry("Joints"), *of_joints] if scheme.has_points else []),
        Entry("Photographs"),
        *(entry for entry in every if entry not in of_joints),
        Entry(
            "All photographs",
            counts.photos if counts else None,
            "Everything in the project",
            everything=True,
            active=shown.everything,
        ),
    ]
    if scheme.classes:
        rows.append(Entry("Raised"))
    for item in scheme.classes:
        term = _active_term(shown, item.name)
        number, hint = None, item.name
        if counts is not None:
            four = counts.classes.get(item.slot, (0, 0, 0, 0))
            number = four[State.RAISED if term is None else term.states[0]]
            hint += "\n" + ", ".join(f"{four[state]:,} {state.word}" for state in (*list(State)[1:], State.UNSEEN))
        rows.append(Entry(item.name, number, hint, term=term or flag_term(item.name), active=term is not None))
    return rows


def _active_term(shown: Shown, name: str) -> Term | None:
    """What the filter says of a class's labels."""
    return next((t for t in shown.filter.terms if t.key == "flag" and t.value == name and not t.negated), None)


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def show_entries(self, entries: list[Entry]) -> None:
        if [e.text for e in entries] != [e.text for e in self.entries]:
            self.beginResetModel()
            self.entries = entries
            self.endResetModel()
        elif entries != self.entries:
            self.entries = entries
            self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and self.entries[index.row()].heading:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.hint or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.text}, {entry.count}" if entry.count is not None else entry.text
        return entry if role == _ROW else None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        entry: Entry = index.data(_ROW)
        return QSize(80, theme.px(34) if entry.heading else theme.row_height - 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(_ROW)
        rect, state = option.rect, option.state
        inner = rect.adjusted(_EDGE, 0, -_EDGE + 4, 0)
        painter.save()
        if entry.heading:
            painter.setFont(theme.font("secondary", bold=True))
            painter.setPen(theme.colour("secondary"))
            low = int(Qt.AlignmentFlag.AlignBottom)
            painter.drawText(inner.adjusted(0, 0, 0, -6), low, entry.text)
            painter.restore()
            return
        if entry.active:
            painter.fillRect(rect, theme.colour("chosen"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.colour("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.colour("hover"))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 4, 4)
        text = "" if entry.count is None else count(entry.count)
        painter.setFont(theme.font("secondary", figures=True))
        painter.setPen(theme.colour("secondary" if entry.count else "disabled"))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text)
        room = inner.width() - painter.fontMetrics().horizontalAdvance(text) - 8
        painter.setFont(theme.font("body", bold=entry.active))
        painter.setPen(theme.colour("text"))
        name = entry.text
        if entry.term is not None and entry.active and entry.term.states != (State.RAISED,):
            name = f"{entry.text}: {', '.join(s.word for s in entry.term.states)}"
        painter.drawText(
            inner,
            int(Qt.AlignmentFlag.AlignVCenter),
            painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room),
        )
        painter.restore()


class FilterPanel(QListView):
    """A click or Return takes a queue, or puts a flag into the filter and out again; its menu has the other states."""

    queue_asked = Signal(object)
    """A `Queue`, or None for all photographs."""
    term_asked = Signal(object)
    """Toggle this `Term`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setProperty("look", "bare")
        self.setAutoFillBackground(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName("Queues and filters")
        self.clicked.connect(self._take)
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    @property
    def entries(self) -> list[Entry]:
        return self._model.entries

    def show_entries(self, entries: list[Entry]) -> None:
        self._model.show_entries(entries)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
        else:
            event.ignore()  # letters are the window's keys, not a search in the list

    def take_current(self) -> bool:
        """As a click on the row with the focus; False if there is none."""
        if not self.hasFocus() or not self.currentIndex().isValid():
            return False
        self._take(self.currentIndex())
        return True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if index.isValid() and (menu := self.menu_of(self.entries[index.row()])) is not None:
            menu.exec(event.globalPos())

    def menu_of(self, entry: Entry) -> QMenu | None:
        """The other ways to filter by a flag."""
        if entry.term is None:
            return None
        name = entry.term.value
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        terms = {f"Labelled {state.word}": flag_term(name, state) for state in (*list(State)[1:], State.UNSEEN)}
        terms["The model raises it"] = Term("model", name, (State.RAISED,))
        terms["Label and model disagree"] = Term("disagrees", name)
        for text, term in terms.items():
            menu.addAction(text).triggered.connect(lambda _=False, term=term: self.term_asked.emit(term))
        return menu

    def _take(self, index: QModelIndex) -> None:
        entry = self.entries[index.row()]
        if entry.term is not None:
            self.term_asked.emit(entry.term)
        elif not entry.heading:
            self.queue_asked.emit(entry.queue)
