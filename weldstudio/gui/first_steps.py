"""The first steps: a line under the page that says what to press first, and ticks off what was done.

It has room of its own and covers nothing. It shows itself in the demo's window until it is dismissed, which is
remembered; by its action it comes in any project.
"""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from weldstudio.domain.changes import Changes
from weldstudio.gui.icons import pixmap, set_icon
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from weldstudio.gui.actions import Actions
    from weldstudio.gui.session import Session
    from weldstudio.store.store import Store

_MARK = 16
_DONE = "That is the loop: look, correct, retrain. F1 tells more about every page."


class Step(QWidget):
    """A mark, a key cap and what it does. Once ticked it stays so."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.done = False
        self._mark, self.cap, self.words = QLabel(), QLabel(), QLabel()
        set_look(self.cap, "key")
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self._mark)
        layout.addWidget(self.cap, alignment=Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.words, 1)
        theme.changed.connect(self._draw)
        self._draw()

    def say(self, key: str, words: str) -> None:
        self.cap.setText(key)
        self.words.setText(words)
        self._fit()
        self.setAccessibleName(f"{key}: {words}{', done' if self.done else ''}")

    def _fit(self) -> None:
        """Room for the longest word at least, else it would be cut."""
        width = self.words.fontMetrics().horizontalAdvance
        self.words.setMinimumWidth(max(40, *(width(word) + 2 for word in self.words.text().split() or [""])))

    def tick(self, done: bool = True) -> None:
        self.done = done
        self.say(self.cap.text(), self.words.text())
        self._draw()

    def _draw(self) -> None:
        self._fit()
        name, role = ("success", "success") if self.done else ("unseen", "secondary")
        self._mark.setPixmap(pixmap(name, role, theme.px(_MARK), ratio=self.devicePixelRatioF()))
        set_look(self.words, "secondary" if self.done else "")


class FirstSteps(QFrame):
    """See the module's text. `follow` a session once its Review page is there; `dismissed` when the cross was used."""

    dismissed = Signal()

    def __init__(self, actions: "Actions") -> None:
        super().__init__()
        self._actions = actions
        self._session: Session | None = None
        self._over = False
        set_look(self, "surface")
        self.title = QLabel("First steps")
        self.overlay, self.label, self.training = Step("overlay"), Step("label"), Step("training")
        self.cross = QToolButton()
        self.cross.setProperty("look", "quiet")
        self.cross.setToolTip("Do not show this again  (Escape)")
        self.cross.setAccessibleName("Close the first steps")
        set_icon(self.cross, "close", "secondary", _MARK)
        self.cross.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(EDGE, 6, GAP, 6)
        layout.setSpacing(GROUP)
        layout.addWidget(self.title)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(GROUP)
        for step in self.steps:
            self._row.addWidget(step, 1)
        layout.addLayout(self._row, 1)
        layout.addWidget(self.cross, alignment=Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.overlay, self.label, self.training

    def follow(self, session: "Session", review: Any) -> None:
        """Tick off what is done in this session; in a demo, show oneself. `review` is its Review page."""
        from weldstudio.gui.train import run_watcher

        self._session, self._over = session, False
        for step in self.steps:
            step.tick(False)
            step.show()
        self.title.setText("First steps")
        watcher = run_watcher.watch(session)
        overlays = getattr(review, "overlays", None)
        if overlays is not None:
            overlays.shown_changed.connect(lambda slot: self._tick(self.overlay, slot is not None))
        watcher.changed.connect(lambda: self._tick(self.training, bool(watcher.rows)))
        session.changed.connect(self._changed)
        session.closing.connect(self.hide)
        self._say()
        self._look_at_labels(session.mirror.labels)
        self._tick(self.training, bool(watcher.rows))
        if session.settings.first_steps:
            session.run(_is_demo).then(self._offer)

    def open(self) -> None:
        """Show oneself, whatever was dismissed before."""
        if self._session is not None:
            self.show()

    def dismiss(self) -> None:
        """Hide, and stay hidden in the next window too."""
        self.hide()
        if self._session is not None:
            self._session.settings.change(first_steps=False)
        self.dismissed.emit()

    # Inside

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One below the other where they do not fit beside each other, as with large text."""
        needed = sum(step.minimumSizeHint().width() + GROUP for step in self.steps if not step.isHidden())
        room = self.width() - self.title.sizeHint().width() - self.cross.sizeHint().width() - EDGE - 3 * GROUP
        beside = needed <= room
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._row.setSpacing(GROUP if beside else 4)
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _restyle(self) -> None:
        self.title.setFont(theme.font("body", bold=True))

    def _offer(self, is_demo: bool) -> None:
        if is_demo and not self._over:
            self.show()

    def _say(self) -> None:
        session = self._session
        assert session is not None
        mirror = session.mirror
        self.overlay.say(self._key("overlay.toggle"), "shows where the model looked")
        # Without a model there is no overlay yet: it is the training that brings one.
        self.overlay.setVisible(mirror.model_id is not None)
        keys = [self._actions.flag_key(item.slot) for item in mirror.scheme.classes]
        named = next((key for key in keys if key), "")
        self.label.say(named, "sets a flag; again: clear")
        self.training.say(f"{self._key('page.train')}  {self._key('train.start')}", "trains on your labels")

    def _key(self, action_id: str) -> str:
        return self._actions.key_text(self._actions[action_id]).split(" or ")[0]

    def _changed(self, changes: Changes) -> None:
        if (changes.scheme or changes.models) and not self._over:
            self._say()
        if changes.labels and not self.label.done:
            assert self._session is not None
            mirror = self._session.mirror
            self._look_at_labels(mirror.labels[mirror.rows(changes.labels)])

    def _look_at_labels(self, labels: "NDArray[np.uint8]") -> None:
        from weldstudio.domain.labelling import looked_at

        self._tick(self.label, bool(len(labels)) and bool(looked_at(labels).any()))

    def _tick(self, step: Step, done: bool) -> None:
        if not done or step.done:
            return
        step.tick()
        if all(other.done or other.isHidden() for other in self.steps):
            self._over = True
            self.title.setText(_DONE)
            for other in self.steps:
                other.hide()


def _is_demo(store: "Store") -> bool:
    from weldstudio.studio import demo

    return demo.read(store.folder) is not None
