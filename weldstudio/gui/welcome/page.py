"""The page before there is a project: start one from a folder of photographs, open one, or go on with a recent one."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from weldstudio import paths
from weldstudio.gui.actions import Actions
from weldstudio.gui.icons import pixmap, set_icon
from weldstudio.gui.news import Banner
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, ICON, theme
from weldstudio.gui.welcome.recent import RecentList
from weldstudio.settings import Settings

if TYPE_CHECKING:
    from weldstudio.gui.welcome.import_form import ImportForm

_WIDTH = 960
_FORM_WIDTH = 720


class WelcomePage(QWidget):
    """See the module's text."""

    project_asked = Signal(Path)
    """Open this project."""
    creation_asked = Signal(object)
    """Create a project: an `ImportWish`."""

    def __init__(self, settings: Settings, actions: Actions) -> None:
        super().__init__()
        self._settings = settings
        self.setAcceptDrops(True)
        self.banner = Banner()
        self._stack = QStackedWidget()
        self.start = QWidget()
        self.drop_card = _DropCard()
        self.new_button = QPushButton(" New project from photographs")
        set_look(self.new_button, "primary")
        set_icon(self.new_button, "folder_plus", "on_accent")
        self.new_button.clicked.connect(actions["project.new"].trigger)
        self.open_button = QPushButton(" Open a project")
        set_icon(self.open_button, "folder")
        self.open_button.clicked.connect(actions["project.open"].trigger)
        self.demo_button = QPushButton(" Open the demo")
        self.demo_button.setToolTip("Drawn photographs of welds with labels and a model, to look round in")
        set_icon(self.demo_button, "star")
        self.demo_button.clicked.connect(actions["project.demo"].trigger)
        self.recent = RecentList(settings)
        self.recent.chosen.connect(self.project_asked)
        self.form: ImportForm | None = None
        """Made when first wanted: it is the larger part of this page, and not its first sight."""
        self._asked: Path | None = None
        """The folder of the project that was asked for last."""
        self.create_button = QPushButton("Create project")
        set_look(self.create_button, "primary")
        self.create_button.clicked.connect(self._create)
        self.back_button = QPushButton("Back")
        self.back_button.clicked.connect(self.show_start)
        self.why_not = QLabel()
        set_look(self.why_not, "secondary")
        self.why_not.setWordWrap(True)
        self._lay_out()

    def refresh(self, problem: str = "") -> None:
        """Show the start with the recent projects as they are now, and what went wrong if something did."""
        self.recent.refresh()
        self.banner.say(problem) if problem else self.banner.dismiss()
        self.show_start()

    def show_start(self) -> None:
        self._stack.setCurrentIndex(0)
        self.new_button.setFocus()

    def show_form(self, folder: Path | None = None) -> None:
        """The form for a new project, perhaps with the photographs filled in."""
        self.banner.dismiss()
        if self.form is None:
            self.form = self._make_form()
        elif self._asked is not None and (self._asked / "project.sqlite").is_file():
            self.form.clear()  # that project was made; this is another one
        self._asked = None
        if folder is not None:
            self.form.set_folder(folder)
        self._judge()
        self._stack.setCurrentIndex(1)
        self.form.photos.setFocus()

    def take_folder(self, folder: Path) -> None:
        """A folder was dropped: a project is opened, anything else becomes the photographs of a new one."""
        if (folder / "project.sqlite").is_file():
            self.project_asked.emit(folder)
        else:
            self.show_form(folder)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_folder(event.mimeData()) is not None:
            event.acceptProposedAction()
            self.drop_card.set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drop_card.set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_card.set_hot(False)
        folder = _dropped_folder(event.mimeData())
        if folder is not None:
            event.acceptProposedAction()
            self.take_folder(folder)

    # Inside

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.banner)
        outer.addWidget(self._stack, 1)
        self._stack.addWidget(self._lay_out_start())

    def _lay_out_start(self) -> QWidget:
        title, line = QLabel("weldstudio"), QLabel("Look, correct, retrain, until the verdicts can be trusted.")
        set_look(title, "page")
        set_look(line, "secondary")
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.new_button)
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.demo_button)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(GAP)
        column.addStretch(2)
        column.addWidget(title)
        column.addWidget(line)
        column.addSpacing(EDGE)
        column.addLayout(buttons)
        column.addSpacing(GROUP)
        column.addWidget(self.drop_card)
        column.addSpacing(EDGE)
        column.addWidget(self.recent)
        column.addStretch(3)
        _centre(self.start, column, _WIDTH)
        return self.start

    def _make_form(self) -> "ImportForm":
        from weldstudio.gui.welcome.import_form import ImportForm

        form = ImportForm(new=True, home=_projects_home())
        form.changed.connect(self._judge)
        self._stack.addWidget(self._lay_out_form(form))
        return form

    def _lay_out_form(self, form: "ImportForm") -> QWidget:
        title = QLabel("New project from photographs")
        set_look(title, "page")
        line = QLabel("The photographs stay where they are and are never changed; the project keeps labels and models.")
        line.setWordWrap(True)
        set_look(line, "secondary")
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.back_button)
        buttons.addWidget(self.why_not, 1)
        self.why_not.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        buttons.addWidget(self.create_button)
        column = QVBoxLayout()
        column.setSpacing(GAP)
        column.addWidget(title)
        column.addWidget(line)
        column.addSpacing(GAP)
        column.addWidget(form)
        column.addStretch(1)
        inside = QWidget()
        _centre(inside, column, _FORM_WIDTH)
        column.setContentsMargins(EDGE, EDGE, EDGE, 0)
        inside.setProperty("look", "scrolled")
        scroll = _Scrolled()
        scroll.setWidget(inside)
        # Below what scrolls: however long a label file makes the form, the way on is in sight.
        foot = QWidget()
        _centre(foot, buttons, _FORM_WIDTH)
        buttons.setContentsMargins(EDGE, GROUP, EDGE, GROUP)
        page = QWidget()
        down = QVBoxLayout(page)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(scroll)
        down.addWidget(foot)
        down.addStretch(1)
        return page

    def _judge(self) -> None:
        if self.form is None:
            return
        problem = self.form.problem()
        self.why_not.setText(problem)
        self.create_button.setEnabled(not problem)

    def _create(self) -> None:
        if self.form is not None:
            self._asked = self.form.project.path
            self.creation_asked.emit(self.form.wish())


class _Scrolled(QScrollArea):
    """As high as what it holds while there is room for that; Qt's own wish ends at 24 lines of text."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        inside = self.widget()
        if inside is None:
            return super().sizeHint()
        wide = inside.sizeHint().width()
        # Words that wrap guess their height for a width of their own.
        return QSize(wide, inside.heightForWidth(max(wide, self.width())))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)


class _DropCard(QFrame):
    """Says that a folder can be dropped; takes the accent while one hovers."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "card")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GROUP, GROUP, GROUP, GROUP)
        layout.setSpacing(GROUP)
        self._picture = QLabel()
        text = QLabel("Or drop a folder here: a project is opened, photographs begin a new one.")
        set_look(text, "secondary")
        text.setWordWrap(True)
        layout.addWidget(self._picture)
        layout.addWidget(text, 1)
        self._hot = False
        theme.changed.connect(self._tint)
        self._tint()

    def set_hot(self, hot: bool) -> None:
        self._hot = hot
        set_look(self, "hot" if hot else "card")
        self._tint()

    def _tint(self) -> None:
        role = "accent" if self._hot else "secondary"
        self._picture.setPixmap(pixmap("import", role, theme.px(ICON), ratio=self.devicePixelRatioF()))

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(0, 64))


def _dropped_folder(data: QMimeData) -> Path | None:
    """The one folder that is being dropped, or None."""
    urls = data.urls()
    folder = Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
    return folder if folder is not None and folder.is_dir() else None


def _projects_home() -> Path:
    """Where new projects are proposed to lie."""
    documents = Path.home() / "Documents"
    return (documents if documents.is_dir() else paths.user_data()) / "weldstudio projects"


def _centre(holder: QWidget, column: QBoxLayout, width: int) -> None:
    """Lay a column of at most `width` pixels in the middle of its holder."""
    inner = QWidget()
    inner.setMaximumWidth(theme.px(width))
    inner.setLayout(column)
    column.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
    across = QHBoxLayout(holder)
    across.setContentsMargins(0, 0, 0, 0)
    across.addStretch(1)
    across.addWidget(inner, 1000)
    across.addStretch(1)
