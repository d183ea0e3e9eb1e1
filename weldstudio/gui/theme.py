"""Light, dark or high contrast: colours by role, fonts, spacing, and the style sheet made from them.

There is one `theme` per process, as there is one QApplication whose palette and style sheet it sets. A widget that
paints itself asks `theme.colour(role)` while painting and is repainted by the change of style; one that keeps colours
(a plot, a pixmap) connects `theme.changed`.
"""

from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from weldstudio.gui.palette import CONTRAST, DARK, LIGHT, ROLES
from weldstudio.gui.style_sheet import style_sheet

GAP: Final = 8
"""Pixels between parts of one control group."""
GROUP: Final = 16
"""Pixels between groups."""
EDGE: Final = 24
"""Pixels at a page's edges."""
READABLE: Final = 1120
"""Width in pixels up to which the eye finds from the name of a row to its numbers."""
RADIUS: Final = 6
ICON: Final = 20
MOTION_MS: Final = 120
ROW: Final = {"comfortable": 32, "compact": 26}

SIZES: Final = {"secondary": 12, "body": 13, "section": 15, "page": 20}
"""Sizes of text in pixels at 96 dots per inch."""


class Theme(QObject):
    """Which theme holds, and what its roles look like. `changed` is emitted after the application was restyled."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._wish = "system"
        self._density = "comfortable"
        self._kind = LIGHT
        self._text = 100
        self._scale = 1.0
        self._colours: dict[tuple[str, float], QColor] = {}
        self._fonts: dict[tuple[str, bool, bool], QFont] = {}
        self._follows = False
        self._look: tuple[int, float, str] | None = None
        """Theme, scale and density that the application wears."""

    @property
    def kind(self) -> int:
        """Which theme of the palette: LIGHT, DARK or CONTRAST."""
        return self._kind

    @property
    def dark(self) -> bool:
        return self._kind != LIGHT

    @property
    def text(self) -> int:
        """Size of text, in percent of the system's."""
        return self._text

    @property
    def density(self) -> str:
        return self._density

    @property
    def row_height(self) -> int:
        """Height of a row in a list, in pixels."""
        return self.px(ROW[self._density])

    def px(self, pixels: float) -> int:
        """A length that grows with the text, in device-independent pixels; gaps do not."""
        return round(pixels * self._scale)

    def colour(self, role: str, *, alpha: float = 1.0) -> QColor:
        """The colour of a role of `palette.ROLES`, which nobody may change. KeyError for an unknown role, a bug."""
        found = self._colours.get((role, alpha))
        if found is None:
            found = QColor(ROLES[role][self._kind])
            found.setAlphaF(found.alphaF() * alpha)
            self._colours[role, alpha] = found
        return found

    def font(self, size: str = "body", *, bold: bool = False, figures: bool = False) -> QFont:
        """The system's font in a size of `SIZES`; `figures`: digits of equal width, for numbers that change."""
        font = self._fonts.get((size, bold, figures))
        if font is None:
            font = QFont(QApplication.font())
            font.setPixelSize(self.px(SIZES[size]))
            font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
            if figures:
                font.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[size, bold, figures] = font
        return QFont(font)

    def apply(self, wish: str = "system", *, density: str = "comfortable", text: int = 100) -> None:
        """Dress the application: `wish` is 'system', 'light', 'dark' or 'contrast', `text` the size of text in percent
        of what the system has. Needs a QApplication; GUI thread. Every widget is polished anew, which takes a good part
        of a second: where nothing would look different nothing is done, and `changed` not emitted.
        """
        self._wish, self._density, self._text = wish, density, text
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("a theme dresses an application; make that first")
        hints = QGuiApplication.styleHints()
        if not self._follows:
            hints.colorSchemeChanged.connect(self._system_changed)
            if hasattr(hints, "accessibility"):  # from Qt 6.10 on
                hints.accessibility().contrastPreferenceChanged.connect(self._system_changed)
            self._follows = True
        self._kind = _kind(wish)
        screen = QGuiApplication.primaryScreen()
        # 96 is what 100 % means to Qt; macOS says 72 and scales pixels instead.
        self._scale = max(1.0, screen.logicalDotsPerInch() / 96) if screen is not None else 1.0
        self._scale *= text / 100
        look = (self._kind, self._scale, density)
        if look == self._look and app.styleSheet():
            return
        self._look = look
        self._colours.clear()
        self._fonts.clear()
        if app.style().objectName() != "fusion":
            app.setStyle("fusion")
        app.setPalette(self._palette())
        font = QFont(app.font())
        font.setPixelSize(self.px(SIZES["body"]))
        app.setFont(font)
        app.setStyleSheet(style_sheet(self._kind, scale=self._scale, row=self.row_height))
        self.changed.emit()

    def _system_changed(self) -> None:
        if self._wish == "system" and QApplication.instance() is not None:
            self.apply("system", density=self._density, text=self._text)

    def _palette(self) -> QPalette:
        palette = QPalette()
        kinds = {
            QPalette.ColorRole.Window: "window",
            QPalette.ColorRole.WindowText: "text",
            QPalette.ColorRole.Base: "surface",
            QPalette.ColorRole.AlternateBase: "window",
            QPalette.ColorRole.Text: "text",
            QPalette.ColorRole.Button: "surface",
            QPalette.ColorRole.ButtonText: "text",
            QPalette.ColorRole.BrightText: "danger",
            QPalette.ColorRole.ToolTipBase: "lifted",
            QPalette.ColorRole.ToolTipText: "text",
            QPalette.ColorRole.PlaceholderText: "secondary",
            QPalette.ColorRole.Highlight: "accent",
            QPalette.ColorRole.HighlightedText: "on_accent",
            QPalette.ColorRole.Link: "link",
            QPalette.ColorRole.Light: "surface",
            QPalette.ColorRole.Midlight: "line",
            QPalette.ColorRole.Mid: "line",
            QPalette.ColorRole.Dark: "control_line",
            QPalette.ColorRole.Shadow: "shadow",
        }
        for kind, role in kinds.items():
            palette.setColor(kind, self.colour(role))
        for kind in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, kind, self.colour("disabled"))
        return palette


def _kind(wish: str) -> int:
    """The theme that is wished for; the system's own, where that is the wish."""
    if wish == "system":
        hints = QGuiApplication.styleHints()
        said = hints.accessibility().contrastPreference() if hasattr(hints, "accessibility") else None
        if said is not None and said == Qt.ContrastPreference.HighContrast:
            return CONTRAST
        return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT
    return {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}[wish]


theme: Final = Theme()
