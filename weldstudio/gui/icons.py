"""Icons by name from `resources/icons`, tinted by a role of the palette.

Every drawing is an outline of 1.5 px on 20 px in `currentColor`. An icon that stays on a button is given by
`set_icon`, which tints it anew when the theme changes; a painter asks for `pixmap` each time.
"""

from functools import cache
from typing import Protocol

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from weldstudio import paths
from weldstudio.gui.theme import ICON, theme


class HasIcon(Protocol):
    """A button, a label's action: whatever shows one icon."""

    def setIcon(self, icon: QIcon, /) -> None: ...


@cache
def _drawing(name: str) -> str:
    """The text of a drawing. Raises FileNotFoundError for a name that does not exist, which is a bug."""
    return (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


_pixmaps: dict[tuple[str, str, int, int, float], QPixmap] = {}


def pixmap(name: str, role: str = "text", size: int = ICON, *, ratio: float = 1.0) -> QPixmap:
    """The icon as a square pixmap of `size` device-independent pixels at `ratio` device pixels each."""
    key = (name, role, theme.kind, size, ratio)
    found = _pixmaps.get(key)
    if found is None:
        colour = theme.colour(role)
        tinted = _drawing(name).replace("currentColor", colour.name())
        found = QPixmap(QSize(size, size) * ratio)
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        painter.setOpacity(colour.alphaF())
        QSvgRenderer(QByteArray(tinted.encode())).render(painter, QRectF(found.rect()))
        painter.end()
        found.setDevicePixelRatio(ratio)
        _pixmaps[key] = found
    return found


def icon(name: str, role: str = "text", size: int = ICON) -> QIcon:
    """The icon in the present theme, for normal and high-resolution screens, greyed where disabled."""
    result = QIcon()
    for ratio in (1.0, 2.0):
        result.addPixmap(pixmap(name, role, size, ratio=ratio))
        result.addPixmap(pixmap(name, "disabled", size, ratio=ratio), QIcon.Mode.Disabled)
    return result


def set_icon(target: HasIcon, name: str, role: str = "text", size: int = ICON) -> None:
    """Give `target` (a button or action) an icon that follows theme and text size for as long as the target lives."""
    target.setIcon(icon(name, role, theme.px(size)))
    if not isinstance(target, QObject):
        return
    previous = target.findChild(_Tint, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if previous is None:
        _Tint(target, name, role, size=size)
    else:
        previous.name, previous.role, previous.size = name, role, size


class _Tint(QObject):
    """Lives and dies with the button whose icon it keeps in the theme's colours."""

    def __init__(self, target: QObject, name: str, role: str, *, size: int) -> None:
        super().__init__(target)
        self.name, self.role, self.size = name, role, size
        theme.changed.connect(self._tint)

    def _tint(self) -> None:
        target = self.parent()
        if target is not None and hasattr(target, "setIcon"):
            target.setIcon(icon(self.name, self.role, theme.px(self.size)))
