"""Ctrl+K: every action that can be done now, found by typing any part of its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from weldstudio.gui.actions import Actions
from weldstudio.gui.floating import Floating
from weldstudio.gui.theme import GAP, GROUP, theme

_WIDTH, _ROWS = 560, 10
FLAGS = "Flags"
_KEYS, _MENU = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
_OWN_KEYS = (*_STEPS, Qt.Key.Key_Return, Qt.Key.Key_Enter)


if TYPE_CHECKING:
    from weldstudio.domain.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be chosen."""

    text: str
    menu: str
    keys: str
    action: QAction


class CommandPalette(Floating):
    """A field and a list over the upper part of the window."""

    def __init__(self, actions: Actions, parent: QWidget, *, scheme: "Scheme | None" = None) -> None:
        super().__init__(parent)
        self._entries = [
            Entry(action.text(), row.menu, actions.key_text(action), action)
            for row, action in actions.rows()
            if action.isEnabled() and row.id != "app.palette"
        ]
        self._entries += [
            Entry(f"Raise or clear {scheme.by_slot(slot).name}", FLAGS, actions.key_text(action), action)
            for slot, action in actions.raising()
            if scheme is not None and action.isEnabled()
        ]
        self.field = QLineEdit()
        self.field.setPlaceholderText("What do you want to do?")
        self.field.setAccessibleName("Find an action")
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setProperty("look", "bare")
        self.list.setItemDelegate(_Row(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.itemClicked.connect(lambda _item: self._do())
        inside = QVBoxLayout(self)
        inside.setContentsMargins(GROUP, GROUP, GROUP, GAP)
        inside.setSpacing(GAP)
        inside.addWidget(self.field)
        inside.addWidget(self.list)
        self.setFixedSize(theme.px(_WIDTH), theme.px(64) + _ROWS * theme.row_height)
        self.closed.connect(self.deleteLater)
        self._fill("")

    def open(self) -> None:
        """Show in the upper middle of the window, ready for typing."""
        self.float_at((self.over.width() - self.width()) // 2, theme.px(60))
        self.field.setFocus()

    def shown(self) -> list[str]:
        """The texts in the list, best first."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.field or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride and event.key() in _OWN_KEYS and not _commanding(event):
            # Return opens a photograph elsewhere in the window; here it is the palette's.
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress:
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                row = self.list.currentRow() + step
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do()
                return True
        return super().eventFilter(watched, event)

    def _fill(self, text: str) -> None:
        self.list.clear()
        for entry in rank(self._entries, text):
            item = QListWidgetItem(entry.action.icon(), entry.text)
            item.setData(_KEYS, entry.keys)
            item.setData(_MENU, entry.menu)
            item.setToolTip(f"{entry.menu}: {entry.text}")
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _do(self) -> None:
        if self.list.currentRow() < 0:
            return
        item = self.list.currentItem()
        action = next(e.action for e in self._entries if e.text == item.text() and e.menu == item.data(_MENU))
        self.dismiss()
        action.trigger()


def _commanding(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier))


class _Row(QStyledItemDelegate):
    """Icon, words, heading in grey, keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        return QSize(200, theme.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        here = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("chosen"))
            painter.drawRoundedRect(here, 6, 6)
        picture = index.data(Qt.ItemDataRole.DecorationRole)  # type: ignore[attr-defined]
        if picture is not None and not picture.isNull():
            picture.paint(painter, here.left() + GAP, here.top(), 20, here.height())
        words = here.adjusted(GAP + 20 + GAP + 4, 0, -GAP, 0)
        keys = index.data(_KEYS)  # type: ignore[attr-defined]
        painter.setFont(theme.font("secondary"))
        painter.setPen(theme.colour("secondary"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, right, keys)
        words.setRight(words.right() - painter.fontMetrics().horizontalAdvance(keys) - GROUP)
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text"))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        text = index.data(Qt.ItemDataRole.DisplayRole)  # type: ignore[attr-defined]
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, left, text)
        words.setLeft(words.left() + painter.fontMetrics().horizontalAdvance(text) + GAP)
        painter.setFont(theme.font("secondary"))
        painter.setPen(theme.colour("secondary"))
        menu = painter.fontMetrics().elidedText(
            index.data(_MENU),  # type: ignore[attr-defined]
            Qt.TextElideMode.ElideRight,
            max(0, words.width()),
        )
        painter.drawText(words, left, menu)
        painter.restore()


def rank(entries: Sequence[Entry], text: str) -> list[Entry]:
    """The entries in which each word of `text` occurs (in order of letters at least), the best fit first."""
    words = text.casefold().split()
    scored: list[tuple[int, int, Entry]] = []
    for order, entry in enumerate(entries):
        scores = [_fit(word, f"{entry.text} {entry.menu}".casefold()) for word in words]
        if all(score is not None for score in scores):
            scored.append((sum(score for score in scores if score is not None), order, entry))
    return [entry for _, _, entry in sorted(scored, key=lambda row: row[:2])]


def _fit(word: str, text: str) -> int | None:
    """0 where a word of the text begins so, 1 where it stands inside, 2 where its letters occur in order, else None."""
    if any(part.startswith(word) for part in text.split()):
        return 0
    if word in text:
        return 1
    place = 0
    for letter in word:
        place = text.find(letter, place) + 1
        if place == 0:
            return None
    return 2
