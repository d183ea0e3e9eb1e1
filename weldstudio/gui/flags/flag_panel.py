"""Below the table: what the chosen flag means, in words and in example photos."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from weldstudio.domain.scheme import Flag, SchemeClass
from weldstudio.gui.actions import Actions
from weldstudio.gui.example_pictures import SIZE, ExamplePictures
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme

if TYPE_CHECKING:
    from weldstudio.studio.examples import Shown

HINT = (
    "No examples yet. On the Review page choose the flag, then press Ctrl+T on a photograph that is typical of it, "
    "or Ctrl+Shift+T on one that only looks like it."
)


class FlagPanel(QFrame):
    """Shows one class at a time; `show_class` with None hides it."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._item: SchemeClass | None = None
        set_look(self, "card")
        self.name = QLabel()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        set_look(self.name, "section")
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.hint = QLabel(HINT)
        self.hint.setWordWrap(True)
        set_look(self.hint, "secondary")
        self.pictures = ExamplePictures()
        self.pictures.opened.connect(lambda photo: session.show_photos(f"id:{photo}"))
        self.pictures.removed.connect(self._remove)
        edit = QPushButton("Edit…")
        set_look(edit, "link")
        action = actions["scheme.edit"]
        edit.setToolTip(action.toolTip())
        edit.clicked.connect(action.trigger)
        action.enabledChanged.connect(edit.setEnabled)
        edit.setEnabled(action.isEnabled())
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(edit)
        left = QVBoxLayout()
        left.setSpacing(GAP // 2)
        left.addLayout(top)
        left.addWidget(self.words, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(GROUP, GAP + 4, GROUP, GAP + 4)
        row.setSpacing(GROUP)
        row.addLayout(left, 2)
        row.addWidget(self.hint, 3)
        row.addWidget(self.pictures, 0)
        self.setFixedHeight(theme.px(SIZE.height()) + 60)

    def show_class(self, item: SchemeClass | None) -> None:
        """Show this flag or merge."""
        if item == self._item:
            return
        self._item = item
        self.setVisible(item is not None)
        if item is None:
            return
        self.name.setText(item.name)
        self.name.setToolTip(item.name)
        self.words.setText(item.description or "Nobody has written down what it means yet.")
        self.words.setToolTip(item.description)
        set_look(self.words, "" if item.description else "secondary")
        from weldstudio.studio import examples

        scheme = self._session.mirror.scheme
        wanted = examples.examples_of(scheme, item.slot) if item in (*scheme.flags, *scheme.live_merges) else ()
        self.hint.setVisible(not wanted)
        if not wanted:
            self.pictures.show_examples(())
            return
        slot = item.slot
        self._session.run(examples.shown, wanted).then(lambda found: self._show_pictures(slot, found))

    def _show_pictures(self, slot: int, found: "list[Shown]") -> None:
        if self._item is not None and self._item.slot == slot:
            self.pictures.show_examples(found)

    def _remove(self, content: str) -> None:
        from weldstudio.studio import examples

        item = self._item
        if item is None:
            return
        members = (item.slot,) if isinstance(item, Flag) else item.members
        scheme = self._session.mirror.scheme
        for slot in members:
            if any(e.content_hash == content for e in examples.examples_of(scheme, slot)):
                self._session.edit_aloud("An example less", examples.remove, slot, content)
