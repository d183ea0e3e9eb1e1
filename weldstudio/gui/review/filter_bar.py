"""The page's own widgets in the header line: the filter's text, the sort, the size of the thumbnails."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QSlider, QToolButton, QWidget

from weldstudio.gui.icons import icon, pixmap, set_icon
from weldstudio.gui.review.completion_list import CompletionList
from weldstudio.gui.review.grid import LARGEST, SMALLEST
from weldstudio.gui.review.shown import SORTS
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, ICON, theme
from weldstudio.studio.completing import Completion, Completions
from weldstudio.studio.reviewing import KEYS, WORDS
from weldstudio.studio.views import Order

_TYPED_MS: Final = 350
_ROOM_FOR_SIZE: Final = 620
"""Pixels from which on there is room for the slider."""
_CLEAR_BUTTON: Final = 32
"""Pixels at the right end of the field that its button for clearing takes."""
_STEPS: Final = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_OWN_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Tab, *_STEPS)


class FilterField(QLineEdit):
    """Keeps Return, Escape, Tab and the arrows to itself, which are keys of the window elsewhere.

    While it is typed into, ways to go on are offered below: Down and Up choose one, Return or Tab takes it, Tab the
    first if none is chosen, Escape takes the list away. Alt+Down asks for them.
    """

    left = Signal()
    """Escape or Down: back to the photographs."""

    def __init__(self) -> None:
        super().__init__()
        self.complete: Callable[[str, int], Completions] = lambda _text, cursor: Completions(cursor, cursor, ())
        """How the word at a place of the text could go on."""
        self.offered = CompletionList(self)
        self.offered.taken.connect(self._take)
        self.textEdited.connect(lambda _text: self.offer())
        self.found = QLabel(self)
        """How many photographs the filter lets through; inside the field, so that nothing beside it moves."""
        set_look(self.found, "secondary")
        self.found.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.found.setFont(theme.font("secondary", figures=True))
        self.found.hide()

    def show_found(self, text: str) -> None:
        """Say it at the right; '' takes it away."""
        self.found.setText(text)
        self.found.setVisible(bool(text))
        self.found.adjustSize()
        self.setTextMargins(0, 0, self.found.width() + GAP if text else 0, 0)
        self._place()

    def offer(self, *, anyway: bool = False) -> None:
        """Offer ways to go on with the word at the cursor; where there is none only if `anyway`."""
        completions = self.complete(self.text(), self.cursorPosition())
        if anyway or completions.start < self.cursorPosition():
            self.offered.offer(completions)
        else:
            self.offered.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.offered.isVisible():
            self.offer()
        self._place()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.offered.hide()
        super().focusOutEvent(event)

    def _place(self) -> None:
        self.found.move(self.width() - self.found.width() - _CLEAR_BUTTON, (self.height() - self.found.height()) // 2)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _OWN_KEYS
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab:
            way = self.offered.current or next(iter(self.offered.ways), None)
            if way is not None:
                self._take(way)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.offer(anyway=True)
        elif self.offered.isVisible() and key in _STEPS:
            self.offered.step(_STEPS[Qt.Key(key)])
        elif self.offered.current is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.offered.current)
        elif self.offered.isVisible() and key == Qt.Key.Key_Escape:
            self.offered.hide()
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _take(self, way: Completion) -> None:
        """Put a way to go on in place of the word at the cursor, as if it had been typed."""
        at = self.complete(self.text(), self.cursorPosition())
        before, after = self.text()[: at.start], self.text()[at.end :]
        text = way.text + (" " if way.whole and not after.startswith(" ") else "")
        self.setText(before + text + after)
        self.setCursorPosition(len(before) + len(text) + (way.whole and after.startswith(" ")))
        self.offered.hide()
        self.textEdited.emit(self.text())


class FilterBar(QWidget):
    """Asks by signals; `show_filter` says what holds."""

    typed = Signal(str)
    """A text that has come to rest for a moment: apply it if it makes sense, say nothing if it does not yet."""
    entered = Signal(str)
    """Return: apply it, or say what is wrong with it."""
    left = Signal()
    """Back to the photographs."""
    sort_asked = Signal(object)
    """A `Sort`."""
    turned = Signal(bool)
    """Whether the order is to be turned round."""
    size_asked = Signal(int)
    """Width of a thumbnail."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = FilterField()
        self.field.setPlaceholderText("Filter: part of a file name or note, unsure, flag:Name, model:Name>0.8 …")
        self.field.setClearButtonEnabled(True)
        self.field.setAccessibleName("Filter")
        self.field.setToolTip(_help())
        self._glass = self.field.addAction(
            icon("search", "secondary", theme.px(ICON)), QLineEdit.ActionPosition.LeadingPosition
        )
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(lambda: self.typed.emit(self.field.text()))
        self.field.textEdited.connect(lambda _text: self._rest.start(_TYPED_MS))
        self.field.returnPressed.connect(self._enter)
        self.field.left.connect(self.left)
        self.sort = QComboBox()
        self.sort.setAccessibleName("Order of the photographs")
        self.sort.setToolTip(
            "Order of the photographs; by the model: for the chosen flag. Shuffled again: another order"
        )
        for sort, words in SORTS.items():
            self.sort.addItem(words, sort)
        self.sort.activated.connect(lambda place: self.sort_asked.emit(self.sort.itemData(place)))
        self.turn = QToolButton()
        self.turn.setCheckable(True)
        self.turn.setToolTip("Turn the order round")
        self.turn.setAccessibleName("Turn the order round")
        set_icon(self.turn, "sort")
        self.turn.toggled.connect(self.turned)
        self.by_joint = QToolButton()
        """Groups the photographs by joint; the page gives it its action."""
        self.keep = QToolButton()
        """Keeps the filter as a view; the page gives it its action."""
        for button in (self.keep, self.by_joint):
            button.setMaximumWidth(theme.px(36))  # they say what they do in their tooltips
        self._small, self._large = QLabel(), QLabel()
        self.thumbs = QSlider(Qt.Orientation.Horizontal)
        self.thumbs.setRange(SMALLEST, LARGEST)
        self.thumbs.setPageStep(32)
        self.thumbs.setFixedWidth(104)
        self.thumbs.setToolTip("Size of the thumbnails  (Ctrl and the wheel)")
        self.thumbs.setAccessibleName("Size of the thumbnails")
        self.thumbs.valueChanged.connect(self.size_asked)
        # With large text it is the order that may be cut off, not what is written.
        self.field.setMinimumWidth(theme.px(110))
        self.sort.setMinimumWidth(64)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.keep)
        layout.addWidget(self.sort)
        layout.addWidget(self.turn)
        layout.addWidget(self.by_joint)
        layout.addSpacing(GROUP - GAP)
        layout.addWidget(self._small)
        layout.addWidget(self.thumbs)
        layout.addWidget(self._large)
        theme.changed.connect(self._draw)
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The size of the thumbnails has keys and the wheel as well; the text of the filter has nowhere else to go.
        for widget in (self._small, self.thumbs, self._large):
            widget.setVisible(self.width() >= theme.px(_ROOM_FOR_SIZE))

    def show_filter(self, text: str, order: Order) -> None:
        """What holds now; no signal."""
        self._rest.stop()
        if self.field.text() != text:
            self.field.offered.hide()
            self.field.setText(text)
            self.field.setCursorPosition(0)  # of a long one its beginning says what is shown
        self.sort.setCurrentIndex(self.sort.findData(order.sort))
        with QSignalBlocker(self.turn):
            self.turn.setChecked(order.descending)

    def show_found(self, found: int, of: int) -> None:
        """How many of the photographs the filter lets through; nothing while there is none."""
        self.field.show_found(f"{found:,} of {of:,}" if self.field.text().strip() else "")

    def show_size(self, size: int) -> None:
        with QSignalBlocker(self.thumbs):
            self.thumbs.setValue(size)

    def show_wrong(self, wrong: bool) -> None:
        """Mark the text as one that means nothing."""
        set_look(self.field, "wrong" if wrong else "")

    def _enter(self) -> None:
        self._rest.stop()
        self.field.offered.hide()
        self.entered.emit(self.field.text())

    def _draw(self) -> None:
        self._glass.setIcon(icon("search", "secondary", theme.px(ICON)))
        self._small.setPixmap(pixmap("grid", "secondary", theme.px(14), ratio=self.devicePixelRatioF()))
        self._large.setPixmap(pixmap("photo", "secondary", theme.px(20), ratio=self.devicePixelRatioF()))


def _help() -> str:
    """Every word that a filter knows, for the field's tooltip."""
    words = "".join(f"<tr><td><b>{word}</b>&nbsp;</td><td>{meaning}</td></tr>" for word, meaning in WORDS.items())
    keys = "".join(
        f"<tr><td><b>{key}:</b>&nbsp;</td><td>{meaning.replace('<', '&lt;')}</td></tr>" for key, meaning in KEYS.items()
    )
    hint = "All terms must hold; a minus before one turns it round. Alt+Down lists them."
    return f"<p>{hint}</p><table>{words}{keys}</table>"
