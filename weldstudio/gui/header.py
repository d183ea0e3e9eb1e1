"""The line above a page: its title, its own widgets, whether everything is saved, and the menu."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QStackedWidget, QToolButton, QWidget

from weldstudio.gui.actions import Actions
from weldstudio.gui.icons import pixmap, set_icon
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme

_MARKS = {
    "saved": ("saved", "success", "saved"),
    "saving": ("saving", "secondary", "saving"),
    "not saved": ("not_saved", "danger", "not saved"),
    "read-only": ("eye", "secondary", "only looking"),
}


_FLAT = ("Project", "Edit")
"""Headings whose actions stand in the menu itself."""


class SavedMark(QWidget):
    """Icon and word: saved, saving, not saved. Its width never changes, so nothing beside it jumps."""

    def __init__(self) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._picture = QLabel()
        self.label = QLabel()
        layout.addWidget(self._picture)
        layout.addWidget(self.label, 1)
        self._state = "saved"
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_state(self, state: str, why: str = "") -> None:
        why = why or "Every label is on disk the moment this says saved."
        if why != self.toolTip():
            self.setToolTip(why)
        if state != self._state:  # it is said after every key, and mostly nothing is different
            self._state = state
            self._draw()

    def sizeHint(self) -> QSize:
        metrics = self.label.fontMetrics()
        widest = max(metrics.horizontalAdvance(word) for _, _, word in _MARKS.values())
        return QSize(widest + theme.px(16) + 4 + 8, super().sizeHint().height())

    def _draw(self) -> None:
        name, role, word = _MARKS[self._state]
        self._picture.setPixmap(pixmap(name, role, theme.px(16), ratio=self.devicePixelRatioF()))
        self.label.setText(word)
        look = "danger" if role == "danger" else "secondary"
        if look != self.label.property("look"):
            set_look(self.label, look)

    def _restyle(self) -> None:
        self._draw()
        self.setMinimumWidth(self.sizeHint().width())


class Header(QFrame):
    """See the module's text."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(EDGE, 0, GAP, 0)
        layout.setSpacing(GROUP)
        self.title = QLabel()
        set_look(self.title, "page")
        self.project = QLabel()
        set_look(self.project, "secondary")
        self._own = QStackedWidget()
        self._own.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._nothing = QWidget()
        self._own.addWidget(self._nothing)
        self.saved = SavedMark()
        self.menu_button = QToolButton()
        self.menu_button.setProperty("look", "quiet")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setToolTip("Menu")
        self.menu_button.setAccessibleName("Menu")
        set_icon(self.menu_button, "menu", "secondary")
        self.menu_button.setMenu(make_menu(actions, self))
        layout.addWidget(self.title)
        layout.addWidget(self._own, 1)
        layout.addWidget(self.saved)
        layout.addWidget(self.menu_button)
        self._resize()
        theme.changed.connect(self._resize)

    def show_page(self, title: str, own: QWidget | None) -> None:
        """Show a page's title and its own widgets (or none)."""
        self.title.setText(title)
        if own is None:
            self._own.setCurrentWidget(self._nothing)
            return
        if self._own.indexOf(own) < 0:
            self._own.addWidget(own)
        self._own.setCurrentWidget(own)

    def forget_pages(self) -> None:
        """Let go of the widgets of a project that is closed."""
        for index in reversed(range(self._own.count())):
            widget = self._own.widget(index)
            if widget is not None and widget is not self._nothing:
                self._own.removeWidget(widget)
                widget.deleteLater()

    def _resize(self) -> None:
        self.setFixedHeight(theme.px(52))


def make_menu(actions: Actions, parent: QWidget) -> QMenu:
    """The menu of everything, by heading, with a submenu for each heading of a page; filled when first opened."""
    menu = QMenu(parent)
    submenus: dict[str, QMenu] = {}

    def tidy() -> None:
        if menu.isEmpty():
            _fill(menu, actions, submenus)
        # A heading of a page that is not on screen has nothing to offer.
        for submenu in submenus.values():
            submenu.menuAction().setVisible(any(action.isEnabled() for action in submenu.actions()))

    menu.aboutToShow.connect(tidy)
    return menu


def _fill(menu: QMenu, actions: Actions, submenus: dict[str, QMenu]) -> None:
    heading = ""
    for row, action in actions.rows():
        if row.menu in _FLAT:
            if heading and row.menu != heading:
                menu.addSeparator()
            heading = row.menu
            menu.addAction(action)
            continue
        if row.menu not in submenus:
            if not submenus:
                menu.addSeparator()
            submenus[row.menu] = QMenu(row.menu, menu)
        submenus[row.menu].addAction(action)
    for name in sorted(submenus, key=lambda name: name == "Help"):  # help stands last, as everywhere
        menu.addMenu(submenus[name])
