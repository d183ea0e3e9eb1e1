"""Go to a photograph or joint by the first letters of its name: a small field over the photographs."""

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from weldstudio.gui.actions import Actions
from weldstudio.gui.background import Background
from weldstudio.gui.floating import Floating
from weldstudio.gui.review.going import Going
from weldstudio.gui.review.shown import Shown
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme
from weldstudio.studio.seeking import Indexes, Names

_STEPS: Final = {Qt.Key.Key_Down: 1, Qt.Key.Key_F3: 1, Qt.Key.Key_Up: -1}
_LEAVING: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_NONE: Final = np.empty(0, np.int64)


class SeekBox(Floating):
    """While one types, the photographs move to the first that begins so, from where one was on. Down and Up go on to
    the next and back; Return stays there, Escape goes back to where one was.
    """

    def __init__(self, session: Session, actions: Actions, *, shown: Shown, going: Going, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._shown, self._going = session, shown, going
        self._began: int | None = None
        """The photograph from which one began."""
        self._names: Names | None = None
        self.hits: Indexes = _NONE
        """Places in the order shown."""
        self._at = 0
        self.field = QLineEdit()
        self.field.setPlaceholderText("File name or joint")
        self.field.setAccessibleName("Go to a photograph or joint")
        self.field.setFixedWidth(theme.px(220))
        self.field.textEdited.connect(self._typed)
        self.field.installEventFilter(self)
        self.said = QLabel()
        self.said.setFont(theme.font("secondary", figures=True))
        self.said.setMinimumWidth(theme.px(120))
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP, GAP, GROUP, GAP)
        row.setSpacing(GROUP)
        row.addWidget(self.field)
        row.addWidget(self.said)
        self.setFocusProxy(self.field)
        self._background = Background(self)
        actions.connect("photo.seek", self.begin)

    def begin(self) -> None:
        """Open the empty field over the photographs."""
        names = Names(self._session.mirror)
        self._began, self._names, self.hits = self._session.current, names, _NONE
        self._background.ask(names.prepare, lambda _nothing, _error: None)  # before the first key comes
        with QSignalBlocker(self.field):
            self.field.clear()
        self._say()
        well = self._going.well
        corner = well.mapTo(self.over, well.rect().topLeft())
        self.float_at(corner.x() + GROUP, corner.y() + GROUP)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and self.isVisible():
            key = Qt.Key(event.key())
            if event.type() == QEvent.Type.ShortcutOverride:
                if key == Qt.Key.Key_Escape and self._began is not None:
                    self._going.go_to(self._began)
                elif watched is self.field and key in (*_STEPS, *_LEAVING):
                    event.accept()
                    return True
            elif event.type() == QEvent.Type.KeyPress and watched is self.field:
                if key in _STEPS:
                    self._step(_STEPS[key])
                    return True
                if key in _LEAVING:
                    self.dismiss()
                    return True
        return super().eventFilter(watched, event)

    def _typed(self, text: str) -> None:
        mirror, ids = self._session.mirror, self._shown.ids
        if self._names is None or len(self._names) != len(mirror):
            self._names = Names(mirror)  # photographs have come meanwhile
        self.hits = np.flatnonzero(self._names.seek(text)[mirror.rows(ids)])
        began = np.flatnonzero(ids == self._began)
        self._at = int(self.hits.searchsorted(began[0])) if len(began) else 0
        self._step(0)

    def _step(self, by: int) -> None:
        if len(self.hits):
            self._at = (self._at + by) % len(self.hits)
            self._going.go_to(int(self._shown.ids[self.hits[self._at]]))
        self._say()

    def _say(self) -> None:
        found, typed = len(self.hits), self.field.text().strip()
        set_look(self.said, "danger" if typed and not found else "secondary")
        self.said.setText(f"{self._at + 1:,} of {found:,}" if found else "none shown here" if typed else "")
