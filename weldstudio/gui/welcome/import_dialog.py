"""Bringing photographs or labels into the open project."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GROUP, theme
from weldstudio.gui.welcome.import_form import ImportForm
from weldstudio.gui.welcome.wish import ImportWish

if TYPE_CHECKING:
    from weldstudio.studio.forecast import Forecast


class ImportDialog(QDialog):
    """The form with two buttons; `import_asked` carries the `ImportWish`."""

    import_asked = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        *,
        known: tuple[str, ...] = (),
        foresee: "Callable[[ImportWish, Callable[[Forecast | str], None]], Callable[[], None]] | None" = None,
    ) -> None:
        """`known`: names of the project's flags and merges; `foresee` counts what a wish would do in it."""
        super().__init__(parent)
        self.setWindowTitle("Import photographs or labels")
        help_by_key(self, "welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = ImportForm(new=False, known=known, foresee=foresee)
        self.form.photos.edit.setPlaceholderText("empty = labels for photographs that are here already")
        self.why_not = QLabel()
        self.why_not.setWordWrap(True)
        set_look(self.why_not, "secondary")
        self.import_button = QPushButton("Import")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addWidget(self.form)
        layout.addStretch(1)
        layout.addLayout(answer_row(self, self.import_button, then=self._import, beside=self.why_not))
        self.setMinimumWidth(theme.px(680))
        self.form.changed.connect(self._judge)
        self._judge()

    def _judge(self) -> None:
        problem = self.form.problem()
        self.why_not.setText(problem)
        self.import_button.setEnabled(not problem)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            QTimer.singleShot(0, self, self._fit)  # the preview and what would happen come and go
        return super().event(event)

    def _fit(self) -> None:
        """As high as it must be, and with all of that on the screen."""
        # Not adjustSize: it stops at two thirds of the screen, and the form would lie over itself.
        screen, frame = self.screen().availableGeometry(), self.frameGeometry()
        layout = self.layout()
        assert layout is not None
        width = max(self.width(), layout.minimumSize().width())
        wanted = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        self.resize(width, min(wanted, screen.height() - (frame.height() - self.height())))
        frame = self.frameGeometry()
        over = frame.bottom() - screen.bottom()
        if over > 0:
            self.move(frame.x(), max(screen.top(), frame.y() - over))

    def _import(self) -> None:
        self.import_asked.emit(self.form.wish())
        self.accept()
