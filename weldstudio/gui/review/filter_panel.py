"""The left panel: queues to work through, saved views, facts and flags to filter by, each with its live count."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QFontMetrics, QKeyEvent, QPainter, QPen
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
from weldstudio.gui.icons import pixmap
from weldstudio.gui.review.choice_menu import ChoiceMenu
from weldstudio.gui.review.shown import Shown
from weldstudio.gui.theme import theme
from weldstudio.gui.words import count
from weldstudio.store.mirror import Mirror
from weldstudio.studio import choices, views
from weldstudio.studio.choices import Choice
from weldstudio.studio.reviewing import Counts, Queue, Term, flag_term
from weldstudio.studio.views import View

WIDTH: Final = 204
_EDGE: Final = 16
_ROW: Final = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. A heading is no place to go."""

    text: str
    count: int | None = None
    hint: str = ""
    queue: Queue | None = None
    term: Term | None = None
    view: View | None = None
    fact: str = ""
    """A key of `choices.FACTS`: the row opens the choices of that fact."""
    keys: str = ""
    everything: bool = False
    active: bool = False

    @property
    def heading(self) -> bool:
        somewhere = self.queue is not None or self.term is not None or self.view is not None
        return not (somewhere or self.fact or self.everything)


@dataclass(frozen=True, slots=True)
class Counted:
    """Numbers of all photographs, whatever is filtered; before anything was counted there are none."""

    counts: Counts | None = None
    waiting: Mapping[str, int] = field(default_factory=dict)
    """By queue."""
    in_views: Mapping[int, int] = field(default_factory=dict)
    """By the id of a saved view."""


def entries(mirror: Mirror, shown: Shown, counted: Counted) -> list[Entry]:
    """The rows of the panel."""
    scheme, counts, waiting = mirror.scheme, counted.counts, counted.waiting
    view = shown.view
    active = shown.queue if view is None else None
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
            active=shown.everything and view is None,
        ),
    ]
    if mirror.views:
        rows += [Entry("Views"), *(_of_view(v, counted, active=v == view) for v in views.listed(mirror))]
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
    if len(mirror):
        rows += [Entry("Filter by"), *(_of_fact(key, shown) for key in choices.facts(mirror))]
    return rows


def _of_view(view: View, counted: Counted, *, active: bool) -> Entry:
    hint = "\n".join(part for part in (view.name, view.problem or view.filter.text, view.key) if part)
    return Entry(view.name, counted.in_views.get(view.id), hint, view=view, keys=view.key, active=active)


def _of_fact(key: str, shown: Shown) -> Entry:
    """A fact, with what is chosen of it."""
    name = choices.FACTS[key]
    words = choices.WORDS_OF_STATE
    chosen = [t for t in shown.filter.terms if (t.key in words if key == "state" else t.key == key) and not t.negated]
    text = f"{name}: {', '.join(t.value or words[t.key] for t in chosen)}" if chosen else name
    return Entry(text, hint=f"{name}: choose what is shown", fact=key, active=bool(chosen) and shown.queue is None)


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
        room = inner.width() - _paint_right(painter, inner, entry)
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


def _paint_right(painter: QPainter, inner: QRect, entry: Entry) -> int:
    """The count of a row, its key where there is room, or that choices open; the pixels that this takes."""
    if entry.fact:
        side = 16
        mark = pixmap("chevron_right", "secondary", side, ratio=painter.device().devicePixelRatioF())
        painter.drawPixmap(inner.right() - side + 1, inner.center().y() - side // 2 + 1, mark)
        return side + 8
    text = "" if entry.count is None else count(entry.count)
    right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
    painter.setFont(theme.font("secondary", figures=True))
    painter.setPen(theme.colour("secondary" if entry.count else "disabled"))
    painter.drawText(inner, right, text)
    taken = painter.fontMetrics().horizontalAdvance(text) + 8
    name = QFontMetrics(theme.font("body", bold=entry.active)).horizontalAdvance(entry.text)
    if entry.keys and name + taken + painter.fontMetrics().horizontalAdvance(entry.keys) + 8 <= inner.width():
        painter.setPen(theme.colour("secondary"))
        painter.drawText(inner.adjusted(0, 0, -taken, 0), right, entry.keys)
        taken += painter.fontMetrics().horizontalAdvance(entry.keys) + 8
    return taken


class FilterPanel(QListView):
    """A click or Return takes a queue or a view, puts a flag into the filter and out again, or opens the choices of a
    fact; the menu of a flag has all that can be chosen of it, that of a view what can be done with it.
    """

    queue_asked = Signal(object)
    """A `Queue`, or None for all photographs."""
    term_asked = Signal(object)
    """Toggle this `Term`."""
    view_asked = Signal(object)
    """A `View`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choices_of: Callable[[str], list[Choice]] = lambda _fact: []
        """What can be chosen of a fact."""
        self.counts_of: Callable[[Sequence[Term]], Iterator[int]] = lambda _terms: iter(())
        """How many photographs each term would show."""
        self.chosen: Callable[[], Sequence[Term]] = lambda: ()
        """The terms of the filter as it is."""
        self.view_actions: list[QAction] = []
        """What can be done with the view that is shown."""
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
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if not index.isValid():
            return
        entry = self.entries[index.row()]
        place = self.visualRect(index).bottomLeft() if by_key else event.pos()
        if entry.view is not None:
            self.view_asked.emit(entry.view)  # what is done is done with the one that is shown
        if (menu := self.menu_of(entry)) is not None:
            menu.exec(self.viewport().mapToGlobal(place))

    def menu_of(self, entry: Entry) -> QMenu | None:
        """All that can be chosen of a flag or fact, with counts; what can be done with a view."""
        if entry.view is not None:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addActions(self.view_actions)
            return menu
        if entry.term is not None:
            offered = choices.of_class(entry.term.value)
        elif entry.fact:
            offered = self.choices_of(entry.fact)
        else:
            return None
        return ChoiceMenu(offered, self.term_asked.emit, counts=self.counts_of, chosen=self.chosen(), parent=self)

    def _take(self, index: QModelIndex) -> None:
        entry = self.entries[index.row()]
        if entry.term is not None:
            self.term_asked.emit(entry.term)
        elif entry.view is not None:
            self.view_asked.emit(entry.view)
        elif entry.fact and (menu := self.menu_of(entry)) is not None:
            menu.exec(self.viewport().mapToGlobal(self.visualRect(index).topRight()))
        elif not entry.heading:
            self.queue_asked.emit(entry.queue)
