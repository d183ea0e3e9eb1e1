"""Notes on the photograph and on its joint, in the inspector: written where they are read."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from weldstudio.gui.icons import pixmap
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import theme

_EDGE: Final = 12
_LINES: Final = 3
"""So many lines a field shows at most; more are scrolled."""
_MARK: Final = 16
_PADDING: Final = 4
"""Pixels above the text and below it: what the style sheet says, and the line round it."""
_ICONS: Final = {"photo": "photo", "joint": "joint"}
_WORDS: Final = {"photo": "photograph", "joint": "joint"}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a note is about, and what it says."""

    about: str
    """'photo' or 'joint'."""
    id: int
    text: str


class NoteField(QPlainTextEdit):
    """One note, behind a mark of what it is about. It is written when the field is left, or by Ctrl+Return.

    Escape leaves it as it was.
    """

    written = Signal(str, int, str)
    """(about, id, text)."""

    def __init__(self, about: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._subject = Subject(about, 0, "")
        self._mark = QLabel(self)
        set_look(self, "note")
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(1)
        self.set_read_only(False)
        self.textChanged.connect(self._fit)
        theme.changed.connect(self._dress)
        self._dress()

    def set_read_only(self, read_only: bool) -> None:
        """Whether the note can only be read; said in the field, too."""
        self.setReadOnly(read_only)
        name = f"ote on the {_WORDS[self._subject.about]}"
        self.setPlaceholderText(f"No n{name}" if read_only else f"N{name}")
        self.setAccessibleName(f"N{name}, only to be read" if read_only else f"N{name}")
        how = "only to be read" if read_only else "kept when you leave the field, or by Ctrl+Return; Escape drops it"
        self.setToolTip(f"N{name}: {how}")

    def show_note(self, subject: Subject) -> None:
        """Show the note on a subject; what is just being typed about the same one stays."""
        typing = self.hasFocus() and self.toPlainText().strip() != self._subject.text
        if typing and subject.id == self._subject.id:
            return
        if subject.id != self._subject.id:
            self.keep()
        self._subject = subject
        if self.toPlainText() != subject.text:
            self.setPlainText(subject.text)

    def keep(self) -> None:
        """Have what was typed written down."""
        text = self.toPlainText().strip()
        if self._subject.id and text != self._subject.text and not self.isReadOnly():
            self._subject = Subject(self._subject.about, self._subject.id, text)
            self.written.emit(self._subject.about, self._subject.id, text)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _ends(event):
            event.accept()  # while one writes, these keys end the note and do not mean the photograph
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _ends(event):
            super().keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Escape:
            self.setPlainText(self._subject.text)
        else:
            self.keep()
        self._leave()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.keep()

    def _leave(self) -> None:
        """Give the keys back to the photographs."""
        before = self._came_from
        if before is not None and before.isVisible():
            before.setFocus()
        else:
            self.clearFocus()

    _came_from: QWidget | None = None

    def begin(self) -> None:
        """Put the cursor at the end of the note."""
        window = self.window()
        self._came_from = window.focusWidget() if window.focusWidget() is not self else self._came_from
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.moveCursor(self.textCursor().MoveOperation.End)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _dress(self) -> None:
        side = theme.px(_MARK)
        self.setViewportMargins(side + 4, 0, 0, 0)
        self._mark.setPixmap(pixmap(_ICONS[self._subject.about], "secondary", side, ratio=self.devicePixelRatioF()))
        self._mark.setFixedSize(side, side)
        self._fit()

    def _fit(self) -> None:
        """As high as the lines that it shows."""
        every = max(1, round(self.document().size().height()))  # of plain text Qt counts in lines
        lines = min(_LINES, every)
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if every > lines else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        margin = 2 * (self.document().documentMargin() + _PADDING)
        height = self.fontMetrics().lineSpacing()
        self.setFixedHeight(round(lines * height + margin))
        self._mark.move(7, round((height + margin - theme.px(_MARK)) / 2))


def _ends(event: QKeyEvent) -> bool:
    """Whether a key ends the writing: Escape drops what was typed, Ctrl+Return keeps it."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.key() == Qt.Key.Key_Escape or (event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control)


class NoteBox(QFrame):
    """The notes of one photograph; nothing where none or several are chosen."""

    written = Signal(str, int, str)
    """(about, id, text)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = {about: NoteField(about, self) for about in ("photo", "joint")}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_EDGE, 4, _EDGE, 4)
        layout.setSpacing(4)
        for field in self.fields.values():
            field.written.connect(self.written)
            layout.addWidget(field)
        self.show_notes(())

    def set_read_only(self, read_only: bool) -> None:
        """Whether notes can only be read."""
        for field in self.fields.values():
            field.set_read_only(read_only)

    def show_notes(self, subjects: tuple[Subject, ...]) -> None:
        """Show these notes."""
        shown = {subject.about: subject for subject in subjects}
        for about, field in self.fields.items():
            field.show_note(shown.get(about, Subject(about, 0, "")))
            field.setVisible(about in shown)
        self.setVisible(bool(shown))

    def begin(self) -> None:
        """Write on the photograph's note."""
        field = self.fields["photo"]
        if field.isVisible():
            field.begin()
