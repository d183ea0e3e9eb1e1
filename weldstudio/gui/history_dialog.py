"""The history of a photograph, a joint, a flag or the whole project, from which any action can be taken back.

Answers in which two experts differ stand above it, for here one sees who said what.
"""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import State
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.history_table import HistoryTable
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look, set_size
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.words import when
from weldstudio.studio.review_terms import pending

if TYPE_CHECKING:
    from weldstudio.studio.conflicts import Conflict, Differing
    from weldstudio.studio.history import Effect, Entry

PHOTO, JOINT, FLAG, ALL = "photo", "joint", "flag", "all"


class HistoryDialog(QDialog):
    """See the module's text. Begins with the current photograph, if there is one."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("History")
        help_by_key(self, "desks")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._photo = session.current
        self.entries: list[Entry] = []
        self.scope = QComboBox()
        self.scope.setAccessibleName("History of")
        self.flag = QComboBox()
        self.flag.setAccessibleName("Flag")
        self.table = HistoryTable()
        self.conflicts = ConflictBox(session)
        self.effect = QLabel()
        self.effect.setWordWrap(True)
        set_look(self.effect, "secondary")
        self.revert_button = QPushButton("Take back")
        self.revert_button.setEnabled(False)
        self.revert_button.clicked.connect(self._revert)
        self._fill()
        self._lay_out()
        self.scope.currentIndexChanged.connect(self.look)
        self.flag.currentIndexChanged.connect(self.look)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._judge())
        session.changed.connect(self._changed)
        session.closing.connect(self.close)
        self.table.setFocus()
        self.look()

    @property
    def chosen(self) -> "Entry | None":
        """The action of the selected row."""
        return self.table.chosen

    def look(self) -> None:
        """Read the history that is asked for."""
        kind = self.scope.currentData()
        self.flag.setVisible(kind == FLAG)
        self._session.run(_read, kind, self._photo, self.flag.currentData()).then(self._show)

    def _fill(self) -> None:
        mirror = self._session.mirror
        if self._photo in pending(mirror.reviews, self._session.who):
            self._photo = None  # its history would tell the first labels before the second look is given
        if self._photo is not None:
            row = mirror.row(self._photo)
            self.scope.addItem(f"Photograph {mirror.paths[row]}", PHOTO)
            # Also that of one photograph: what was decided is in its history.
            self.scope.addItem(f"Joint {mirror.joint_name(self._photo)}", JOINT)
        if mirror.scheme.classes:
            self.scope.addItem("A flag", FLAG)
        self.scope.addItem("Everything", ALL)
        for item in mirror.scheme.classes:
            self.flag.addItem(item.name, item.slot)
        at = self.flag.findData(self._session.chosen_flag)
        self.flag.setCurrentIndex(max(0, at))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.scope)
        top.addWidget(self.flag)
        top.addStretch(1)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.effect, 1)
        buttons.addWidget(self.revert_button)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addLayout(top)
        layout.addWidget(self.conflicts)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        set_size(self, theme.px(1080), theme.px(560))

    def _show(self, found: "tuple[list[Entry], tuple[Conflict | Differing, ...]]") -> None:
        self.entries, conflicts = found
        self.conflicts.show_conflicts(conflicts)
        self.table.show_entries(self.entries)
        self._judge()

    def _changed(self, changes: Changes) -> None:
        if changes.labels or changes.actions or changes.photos or changes.scheme or changes.joints or changes.decisions:
            self.look()

    def _judge(self) -> None:
        chosen = self.chosen
        if chosen is None:
            self.effect.setText("Nothing was done yet." if not self.entries else "")
            self.revert_button.setEnabled(False)
            return
        self._session.run(_effect, chosen.action_id).then(lambda effect: self._say_effect(chosen.action_id, effect))

    def _say_effect(self, action_id: str, effect: "Effect") -> None:
        if self.chosen is None or self.chosen.action_id != action_id:
            return
        self.effect.setText(f"Taking it back: {effect.text}.")
        self.revert_button.setEnabled(bool(effect.labels or effect.others) and not self._session.read_only)

    def _revert(self) -> None:
        from weldstudio.studio import labelling

        chosen, session = self.chosen, self._session
        if chosen is None:
            return
        pending = session.edit(f"Taken back: {chosen.text}", labelling.revert, chosen.action_id, who=session.who)
        pending.then(lambda done: session.tell(f"Taken back: {done.text}"))


class ConflictBox(QFrame):
    """What two experts differ about on one photograph and its joint; labels with their answers as buttons."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._rows: list[QWidget] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        self.hide()

    def show_conflicts(self, conflicts: "tuple[Conflict | Differing, ...]") -> None:
        """Show these, and nothing where there are none."""
        from weldstudio.studio.conflicts import Conflict

        for row in self._rows:
            row.setParent(None)
            row.deleteLater()
        self._rows = [self._row(one) if isinstance(one, Conflict) else _told(one.text) for one in conflicts]
        for row in self._rows:
            self._layout.addWidget(row)
        self.setVisible(bool(self._rows))

    def _row(self, conflict: "Conflict") -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP)
        said = ", ".join(f"{one.who} {one.state.word} ({when(one.at)})" for one in conflict.answers)
        label = QLabel(f"{conflict.name}: {said}. What holds?")
        label.setWordWrap(True)
        line.addWidget(label, 1)
        for state in (State.RAISED, State.CLEAR, State.UNSURE):
            button = QPushButton(state.word.capitalize())
            button.setEnabled(not self._session.read_only)
            button.setAccessibleName(f"{conflict.name}: {state.word}")
            button.clicked.connect(lambda _checked=False, state=state: self._settle(conflict, state))
            line.addWidget(button)
        return row

    def _settle(self, conflict: "Conflict", state: State) -> None:
        from weldstudio.studio import conflicts

        session = self._session
        text = f"{conflict.name}: {state.word}, conflict settled"
        session.edit(text, conflicts.settle, conflict.photo_id, conflict.slot, state, who=session.who)


def _told(text: str) -> QLabel:
    """Decisions that differ are settled where one decides."""
    label = QLabel(f"{text}. Decide again to settle it.")
    label.setWordWrap(True)
    return label


def _read(store: Any, kind: str, photo: int | None, slot: int | None) -> Any:
    from weldstudio.studio import conflicts, history

    found: tuple[Any, ...] = ()
    if photo is not None and kind in (PHOTO, JOINT):
        joint = history.joint_of(store, photo)
        found = (*conflicts.listed(store, photo_id=photo), *conflicts.joints_listed(store, joint_id=joint))
    if kind == PHOTO and photo is not None:
        return history.of_photo(store, photo), found
    if kind == JOINT and photo is not None:
        return history.of_joint(store, history.joint_of(store, photo)), found
    if kind == FLAG and slot is not None:
        return history.of_class(store, slot), found
    return history.everything(store), found


def _effect(store: Any, action_id: str) -> Any:
    from weldstudio.studio import history

    return history.effect(store, action_id)
