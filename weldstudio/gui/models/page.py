"""The Models page: the registry at the left, the report of the chosen model at the right, and what can be done."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.changes import Changes
from weldstudio.domain.model import ModelCard, scheme_difference
from weldstudio.gui.actions import Actions
from weldstudio.gui.button_row import ButtonRow
from weldstudio.gui.empty_state import EmptyState
from weldstudio.gui.icons import set_icon
from weldstudio.gui.models.comparison_dialog import ComparisonDialog
from weldstudio.gui.models.files import ModelFiles
from weldstudio.gui.models.model_list import ModelList, ModelRow
from weldstudio.gui.models.report import Report
from weldstudio.gui.models.tabs import ModelTabs
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, READABLE, theme
from weldstudio.gui.words import counted
from weldstudio.gui.work import Work
from weldstudio.studio import first_training

if TYPE_CHECKING:
    from weldstudio.store.store import Store

LEFT: Final = 264
MORE: Final = ("model.describe", "model.export", "model.import", "model.weights", "model.reveal")
"""Behind the last button."""


class ModelsPage(QWidget):
    """See the module's text."""

    title = "Models"
    help_page = "models"

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._actions = session, actions
        self._work: Work | None = None
        self._reported = ""
        """Id of the model whose report is shown."""
        self._before: ModelCard | None = None
        """The model that was in use before the active one."""
        self.list = ModelList()
        self.report = Report()
        self.files = ModelFiles(session, self.list, self._hold, self)
        self.header = self._make_header()
        self._build()
        for action_id, slot in (
            ("model.activate", self.activate),
            ("model.evaluate", self.evaluate),
            ("model.predict", self.predict),
            ("model.compare", self.compare),
            ("model.report", self.files.write_report),
            ("model.export", self.files.export),
            ("model.import", self.files.take_in),
            ("model.weights", self.files.show_weights),
            ("model.back", self.go_back),
            ("model.describe", self.files.describe),
            ("model.add_demo", self.add_demo),
            ("model.reveal", self.files.reveal),
        ):
            actions.connect(action_id, slot)
        self.list.chosen.connect(self._show_report)
        session.changed.connect(self._session_changed)
        session.work_changed.connect(self._show_possible)
        self._show_possible()
        self.refresh()

    def activated(self) -> None:
        """Called whenever the page comes to the front."""
        self.refresh()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Read the registry again."""
        self._session.run(_read).then(self._show)

    # --- parts --------------------------------------------------------------------------------------------------

    def _make_header(self) -> ButtonRow:
        header = ButtonRow("More to do with this model")
        self._buttons: dict[str, QPushButton] = {}
        texts = {
            "model.report": ("Report…", "export"),
            "model.compare": ("Compare…", "table"),
            "model.predict": ("Predict all", "engine"),
            "model.evaluate": ("Evaluate on test", "quality"),
            "model.back": ("Go back", "undo"),
            "model.activate": ("Use this model", "star"),
        }
        for action_id, (text, icon) in texts.items():
            action = self._actions[action_id]
            button = QPushButton(text)
            primary = action_id == "model.activate"
            set_icon(button, icon, "on_accent" if primary else "text")
            if primary:
                set_look(button, "primary")
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            self._buttons[action_id] = button
            header.add(button, action)
        header.offer([self._actions[action_id] for action_id in MORE])
        return header

    def _build(self) -> None:
        # Each part is made inside what holds it, and the report put in last: Qt styles what moves anew.
        self._stack = QStackedWidget(self)
        full = QWidget(self._stack)
        area = self._area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName("Report of the model")
        self.report.setMaximumWidth(theme.px(READABLE))
        left = self._left = QWidget(full)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, GAP, 0, GAP)
        column.addWidget(self.list)
        self._add_buttons = [self._make_add_button(), self._make_add_button()]
        column.addWidget(self._add_buttons[0], alignment=Qt.AlignmentFlag.AlignHCenter)
        line = QFrame()
        line.setProperty("look", "upright")
        across = QHBoxLayout(full)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(left)
        across.addWidget(line)
        self.tabs = ModelTabs(self._session, area, full)
        area.setWidget(self.report)
        self.report.asked.connect(self.tabs.behind.open)
        self.report.again.connect(self.evaluate)
        self.report.curve_asked.connect(self.tabs.show_curves)
        self.tabs.errors.opened.connect(lambda: self._actions.trigger("photo.open"))
        across.addWidget(self.tabs, 1)
        self._empty = EmptyState("There is no model yet.", self._actions["page.train"], button="Go to Train")
        self._empty.offer(self._add_buttons[1])
        self._stack.addWidget(self._empty)
        self._stack.addWidget(full)
        unread = QWidget()  # nothing is said of models before the registry has been read
        self._stack.addWidget(unread)
        self._stack.setCurrentWidget(unread)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # Large text shall not leave the report less than the list.
        self._left.setFixedWidth(min(theme.px(LEFT), 2 * self.width() // 5))
        super().resizeEvent(event)

    def _make_add_button(self) -> QPushButton:
        action = self._actions["model.add_demo"]
        button = QPushButton(action.text())
        button.setToolTip("Trained on drawn photographs, to try the program with; not for real welds")
        set_look(button, "link")
        button.clicked.connect(action.trigger)
        return button

    # --- what a person asks for ---------------------------------------------------------------------------------

    def activate(self) -> None:
        """Have the chosen model answer from now on."""
        row = self.list.chosen_row
        if row is not None and not row.active:
            self._use(row.card)

    def _use(self, card: ModelCard) -> None:
        from weldstudio.studio import registry

        self._session.edit(f"Use model {card.name}", registry.activate, card.id, who=self._session.who).then(
            lambda _done: self._session.tell(f"Model {card.name} answers from now on", undo=True)
        )

    def evaluate(self) -> None:
        """Judge the chosen model on the test photographs, which it has never seen."""
        from weldstudio.studio import evaluating

        row = self.list.chosen_row
        if row is None:
            return
        work = self._session.start_work(
            f"Evaluating {row.card.name}", evaluating.evaluate, model_id=row.card.id, split="test"
        )
        work.finished.connect(lambda _evaluation: self.refresh())
        self._hold(work)

    def predict(self) -> None:
        """Score every photograph with the chosen model."""
        from weldstudio.studio import predicting

        row = self.list.chosen_row
        if row is not None:
            name = row.card.name
            work = self._session.start_work(f"Scoring with {name}", predicting.predict, model_id=row.card.id)
            photos = len(self._session.mirror.ids)
            work.finished.connect(
                lambda _report: self._session.tell(f"{counted(photos, 'photograph')} scored with {name}")
            )
            self._hold(work)

    def compare(self) -> None:
        """Ask which model to compare the chosen one with, and show how they differ."""
        row = self.list.chosen_row
        if row is not None:
            ComparisonDialog(self._session, row, self.list.models.rows, self).open()

    def go_back(self) -> None:
        """Have the model answer again that did so before the active one."""
        if self._before is not None:
            self._use(self._before)

    def add_demo(self) -> None:
        """Take the model that comes with the program into the registry; it answers once it is chosen."""
        from weldstudio.studio import demo, shipped

        def added(result: tuple[ModelCard, Changes]) -> None:
            self._session.tell(f"{result[0].name} is added, for trying out; choose “Use this model” to have it answer")

        self._session.run(shipped.add, demo.MODEL).then(added)

    def _hold(self, work: Work) -> None:
        self._work = work
        for signal in (work.finished, work.failed, work.cancelled):
            signal.connect(self._work_ended)
        self._show_possible()

    def _work_ended(self, _outcome: object = None) -> None:
        self._work = None
        self._show_possible()

    # --- showing ------------------------------------------------------------------------------------------------

    def _show(self, seen: "_Seen") -> None:
        rows, offered, self._before = seen
        scheme = self._session.mirror.scheme
        self._actions.set_enabled("model.add_demo", offered)
        for button in self._add_buttons:
            button.setVisible(offered)
        if not rows:
            self._empty.say(first_training.wanted(self._session.mirror).sentence)
        self._stack.setCurrentIndex(1 if rows else 0)
        self.list.show_rows([replace(row, difference=scheme_difference(row.card, scheme)) for row in rows])

    def _show_report(self, row: ModelRow | None) -> None:
        self._show_possible()
        self.tabs.show_model(row)
        if row is not None:
            bar = self._area.verticalScrollBar()
            place = bar.value() if self._reported == row.card.id else 0
            focused = QApplication.focusWidget()
            if focused is not None and self.report.isAncestorOf(focused):
                self._area.setFocus()  # what had it goes, and the next one would be scrolled to
            self._reported = row.card.id
            self.report.show_model(row)
            QTimer.singleShot(0, bar, lambda: bar.setValue(place))

    def _show_possible(self) -> None:
        row = self.list.chosen_row
        idle = self._work is None
        possible = {
            "model.activate": row is not None and not row.active,
            "model.evaluate": row is not None and idle,
            "model.predict": row is not None and idle,
            "model.compare": row is not None and idle and len(self.list.models.rows) > 1,
            "model.report": row is not None and idle,
            "model.export": row is not None and idle,
            "model.describe": row is not None,
            "model.back": self._before is not None,
            "model.reveal": row is not None,
        }
        for action_id, enabled in possible.items():
            self._actions.set_enabled(action_id, enabled)
            if action_id in self._buttons:
                self._buttons[action_id].setEnabled(enabled)
        active = row is not None and row.active
        self._buttons["model.activate"].setText("In use" if active else "Use this model")
        back = self._buttons["model.back"]
        self.header.want(back, active and self._before is not None)
        back.setToolTip(f"Have {self._before.name} answer again" if self._before is not None else "")

    def _session_changed(self, changes: Changes) -> None:
        if changes.models or changes.scheme:
            self.refresh()
        elif changes.labels and self.isVisible() and not self.list.models.rows:
            self._empty.say(first_training.wanted(self._session.mirror).sentence)


_Seen = tuple[list[ModelRow], bool, ModelCard | None]


def _read(store: "Store") -> _Seen:
    """The registry, whether the demonstration could be added to it, and which was in use before (store thread)."""
    from weldstudio.studio import demo, lineage, registry, shipped

    rows = [
        ModelRow(
            entry.card,
            entry.folder,
            entry.active,
            entry.evaluations,
            lineage=lineage.lineage(store, entry.card),
            labels_since=registry.labels_since(store, entry.evaluations),
        )
        for entry in registry.models(store)
    ]
    model = shipped.named(demo.MODEL)
    offered = model is not None and model.card.id not in {row.card.id for row in rows}
    return rows, offered, lineage.before_this(store)
