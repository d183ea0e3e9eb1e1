"""What reviewers say of the photograph, in a line or two of the inspector, and the buttons that say it."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from weldstudio.domain.clock import wall_seconds
from weldstudio.domain.review import Review, Standing
from weldstudio.gui.actions import Actions
from weldstudio.gui.icons import pixmap, set_icon
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.words import when

_EDGE: Final = 12
_ICON: Final = 16


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the line says."""

    text: str = ""
    icon: str = ""
    role: str = "secondary"
    """Of the icon and, but for 'secondary', of nothing else: words are read, not coloured."""
    more: str = ""
    """A second sentence: what to do, what is hidden."""


def spoken(review: Review | None, *, labelled: bool, looked_at: bool, audit: bool, owed: bool, hidden: bool) -> Spoken:
    """What to say of one photograph: what was said of it, and what is asked of the one who looks.

    `looked_at`: a person gave one of its labels; those of a file alone are no look.
    """
    if owed:
        return Spoken(
            "Second look, blind",
            "eye_off",
            "accent",
            "Say what you see, then Ctrl+Return. First labels and predictions are hidden.",
        )
    more = "Audit sample: correct what is wrong, then Ctrl+Return." if audit else ""
    if hidden:
        more = "Predictions are hidden until every flag is answered, or Ctrl+Return."
    if review is None:
        given = "Labels of a file, nobody has looked" if labelled else "Not labelled yet"
        return Spoken("Labelled, not yet reviewed" if looked_at else given, "unseen", more=more)
    if review.said == Standing.REVIEWED:
        return Spoken(f"Reviewed by {review.who}, {when(wall_seconds(review.clock))}", "check", "success", more)
    to = f" to {review.to}" if review.to else ""
    return Spoken(f"Returned{to} by {review.who}", "undo", "warning", f"“{review.reason}” {more}".strip())


class ReviewLine(QFrame):
    """How it stands and two buttons in one row, what there is to add below it; `say` changes the words alone."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spoken = Spoken()
        self.mark = QLabel()
        self.text, self.more = QLabel(), QLabel()
        for label in (self.text, self.more):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_look(self.more, "secondary")
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self.mark)
        row.addWidget(self.text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_EDGE, 4, _EDGE, 4)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self.more)
        self.buttons: dict[str, QToolButton] = {}
        for action_id, icon in (("review.done", "check"), ("review.return", "undo")):
            button = QToolButton()
            button.setProperty("look", "quiet")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            action = actions[action_id]
            button.setAccessibleName(action.text())
            set_icon(button, icon)
            button.clicked.connect(action.trigger)
            self.buttons[action_id] = button
            action.changed.connect(self._follow)
            row.addWidget(button)
        self._actions = actions
        self._follow()
        theme.changed.connect(self._draw)
        self._draw()

    @property
    def spoken(self) -> Spoken:
        return self._spoken

    def say(self, said: Spoken) -> None:
        """Show these words."""
        if said != self._spoken:
            self._spoken = said
            self._draw()

    def _follow(self) -> None:
        """Off while a window only looks on; the key that the tooltip names may be another one later."""
        for action_id, button in self.buttons.items():
            button.setEnabled(self._actions[action_id].isEnabled())
            button.setToolTip(self._actions[action_id].toolTip())

    def _draw(self) -> None:
        said = self._spoken
        self.text.setText(said.text or " ")
        self.text.setToolTip(said.text)
        self.more.setText(said.more)
        self.more.setVisible(bool(said.more))
        self.mark.setVisible(bool(said.icon))
        if said.icon:
            self.mark.setFixedSize(theme.px(_ICON), theme.px(_ICON))
            self.mark.setPixmap(pixmap(said.icon, said.role, theme.px(_ICON), ratio=self.devicePixelRatioF()))
