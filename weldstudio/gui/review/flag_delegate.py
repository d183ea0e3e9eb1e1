"""How a row of the inspector is painted: key cap, state by shape and word, name, points, and the model's bar below.

The places of all parts are computed once, in `parts_of`, for painting and for clicks alike.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from weldstudio.domain.labelling import State
from weldstudio.gui.flag_colour import shown
from weldstudio.gui.icons import pixmap
from weldstudio.gui.review.badges import GLYPH
from weldstudio.gui.review.flag_rows import FlagRow
from weldstudio.gui.theme import theme

EDGE: Final = 12
BAR: Final = 4
CAP: Final = 20
DEMONSTRATION: Final = "demo"
"""Said beside each number of a demonstration model; the row's tooltip and the banner have room for the whole word."""
_VCENTRE: Final = int(Qt.AlignmentFlag.AlignVCenter)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


@cache
def _font(size: str, *, bold: bool = False, figures: bool = False) -> QFont:
    """Fonts are asked for a hundred times a frame; making one takes longer than drawing a name."""
    return theme.font(size, bold=bold, figures=figures)


@cache
def _metrics(size: str) -> QFontMetrics:
    return QFontMetrics(theme.font(size, figures=size == "secondary"))


@lru_cache(maxsize=2048)
def _elided(text: str, width: int, size: str, *, bold: bool = False, middle: bool = False) -> str:
    """A text that fits, in `_font(size, bold=bold)`; the names and words of a scheme are few."""
    mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
    return QFontMetrics(_font(size, bold=bold)).elidedText(text, mode, width)


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of a row lie."""

    key: QRect
    state: QRect
    name: QRect
    mark: QRect
    points: QRect
    eye: QRect
    word: QRect
    bar: QRect
    number: QRect


def parts_of(rect: QRect, row: FlagRow) -> Parts:
    """Where the parts of this row lie that is shown in `rect`."""
    kind = bool(row.points), row.state is None, row.demonstration
    return _parts(
        (rect.x(), rect.y(), rect.width(), rect.height()), *kind, long_key=row.key if len(row.key) > 1 else ""
    )


@lru_cache(maxsize=512)
def _parts(
    place: tuple[int, int, int, int], points_shown: bool, mixed: bool, demonstration: bool, *, long_key: str
) -> Parts:
    """Two lines of text, the upper one for the name; `mixed`: the photographs differ, and the lower one says how."""
    rect = QRect(*place)
    small, body = _metrics("secondary"), _metrics("body")
    spare = max(0, rect.height() - body.height() - small.height())
    top = rect.top() + spare // 2
    low = rect.bottom() + 1 - spare // 2 - small.height()
    left, right = rect.left() + EDGE, rect.right() + 1 - EDGE
    cap = theme.px(CAP)
    wide = max(cap, small.horizontalAdvance(long_key) + 10)  # a key of the second bank has room for its Alt
    key = QRect(left, rect.center().y() - cap // 2 + 1, wide, cap)
    glyph = theme.px(18)
    state = QRect(key.right() + 9, rect.center().y() - glyph // 2 + 1, glyph, glyph)
    text = state.right() + 9
    eye = QRect(right - glyph, rect.center().y() - glyph // 2 + 1, glyph, glyph)
    points_wide = small.horizontalAdvance("0000")
    points = QRect(eye.left() - 6 - points_wide, top, points_wide, body.height())
    name = QRect(text, top, (points.left() + 4 if points_shown else eye.left() - 6) - text, body.height())
    word_wide = small.horizontalAdvance("unseen") + 8
    if mixed:
        word_wide = eye.left() - 6 - text
    word = QRect(text, low, word_wide, small.height())
    figures = small.horizontalAdvance(f"{DEMONSTRATION} 0.00" if demonstration else "0.00")
    number = QRect(eye.left() - 6 - figures, low, figures, small.height())
    # Its room is always kept, so that all bars are equally long.
    side = theme.px(16)
    mark = QRect(number.left() - side - 6, low + (small.height() - side) // 2, side, side)
    bar_left = word.right() + 1
    bar = QRect(bar_left, low, max(0, mark.left() - 6 - bar_left), small.height())
    return Parts(key, state, name, mark, points, eye, word, bar, number)


for _kept in (_font, _metrics, _elided, _parts):
    theme.changed.connect(_kept.cache_clear)


class FlagDelegate(QStyledItemDelegate):
    """See the module's text."""

    def __init__(self, row_role: int, shown_role: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row_role, self._shown_role = row_role, shown_role
        self.height = 36
        self.hovered: int | None = None
        """Slot of the row under the mouse."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, self.height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: FlagRow = index.data(self._row_role)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        parts, held = parts_of(rect, row), row.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, rect, chosen=chosen, focused=focused, hovered=row.slot == self.hovered)
        _paint_key(painter, parts.key, row)
        _paint_state(painter, parts, row, held)
        _paint_name(painter, parts, row, bold=held == State.RAISED)
        _paint_points(painter, parts, row, bold=held == State.RAISED)
        if row.probability is not None:
            _paint_bar(painter, parts, row)
        if index.data(self._shown_role):
            _icon(painter, parts.eye, "eye", "accent", size=parts.eye.width())
        elif row.slot == self.hovered and row.probability is not None:
            _icon(painter, parts.eye, "eye", "disabled", size=parts.eye.width())
        painter.restore()


def _paint_ground(painter: QPainter, rect: QRect, *, chosen: bool, focused: bool, hovered: bool) -> None:
    # A hairline says which bar belongs to which name where rows are low.
    painter.fillRect(QRect(rect.left() + EDGE, rect.bottom(), rect.width() - 2 * EDGE, 1), theme.colour("line"))
    if chosen or hovered:
        painter.fillRect(rect, theme.colour("chosen" if chosen else "hover"))
    if chosen:
        painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.colour("accent"))
    if focused:
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 4, 4)


def _paint_key(painter: QPainter, cap: QRect, row: FlagRow) -> None:
    """A cap to press, framed in the flag's colour; where nothing can be labelled its letter alone."""
    if not row.key:
        return
    if not row.read_only:
        frame = QPen(shown(row.colour), 2) if row.colour else QPen(theme.colour("control_line"), 1)
        inset = frame.widthF() / 2
        painter.setPen(frame)
        painter.setBrush(theme.colour("field"))
        painter.drawRoundedRect(QRectF(cap).adjusted(inset, inset, -inset, -inset), 4, 4)
    painter.setFont(_font("secondary", bold=not row.read_only))
    painter.setPen(theme.colour("disabled" if row.read_only else "secondary"))
    painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), row.key)


def _paint_state(painter: QPainter, parts: Parts, row: FlagRow, state: State | None) -> None:
    if state is None:
        _icon(painter, parts.state, "minus", "secondary", size=parts.state.width())
    else:
        _icon(painter, parts.state, GLYPH[state], state.word, size=parts.state.width())
    painter.setFont(_font("secondary"))
    painter.setPen(theme.colour("secondary" if state in (None, State.UNSEEN) else state.word))
    painter.drawText(parts.word, _VCENTRE, _elided(row.words, parts.word.width(), "secondary"))


def _paint_name(painter: QPainter, parts: Parts, row: FlagRow, *, bold: bool) -> None:
    painter.setFont(_font("body", bold=bold))
    painter.setPen(theme.colour("text"))
    painter.drawText(parts.name, _VCENTRE, _elided(row.name, parts.name.width(), "body", bold=bold, middle=True))
    if row.disagrees:
        _icon(painter, parts.mark, "disagreement", "disagreement", size=parts.mark.width())


def _paint_points(painter: QPainter, parts: Parts, row: FlagRow, *, bold: bool) -> None:
    if row.points:
        painter.setFont(_font("secondary", figures=True, bold=bold))
        painter.setPen(theme.colour("text" if bold else "secondary"))
        painter.drawText(parts.points, _RIGHT, str(row.points))


def _paint_bar(painter: QPainter, parts: Parts, row: FlagRow) -> None:
    """Probability as a thin bar; the threshold is a tick that stands out of it above and below."""
    assert row.probability is not None
    track = QRectF(parts.bar.left(), parts.bar.center().y() - BAR / 2 + 1, parts.bar.width(), BAR)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("track"))
    painter.drawRoundedRect(track, BAR / 2, BAR / 2)
    strong = row.predicted and not row.stale
    role = "disabled" if row.stale else "raised" if strong else "unseen"
    filled = QRectF(track)
    filled.setWidth(max(2.0, track.width() * min(1.0, max(0.0, row.probability))))
    painter.setBrush(theme.colour(role))
    painter.drawRoundedRect(filled, BAR / 2, BAR / 2)
    if row.before is not None and abs(row.before - row.probability) >= 0.005:
        _paint_before(painter, track, row.before, row.probability)
    at = track.left() + track.width() * row.threshold
    painter.fillRect(QRectF(at - 1, track.top() - 3, 2, BAR + 6), theme.colour("text"))
    painter.setFont(_font("secondary", figures=True))
    painter.setPen(theme.colour("disabled" if row.stale else "text" if strong else "secondary"))
    said = f"{row.probability:.2f}"
    painter.drawText(parts.number, _RIGHT, f"{DEMONSTRATION} {said}" if row.demonstration else said)


def _paint_before(painter: QPainter, track: QRectF, before: float, now: float) -> None:
    """How far the last label has moved the bar: a band from where it was, which a hollow ring marks."""
    was, is_ = (track.left() + track.width() * min(1.0, max(0.0, p)) for p in (before, now))
    painter.setBrush(theme.colour("accent"))
    middle = track.center().y()
    painter.drawRect(QRectF(min(was, is_), middle - 1, abs(was - is_), 2))
    painter.setPen(QPen(theme.colour("accent"), 1.5))
    painter.setBrush(theme.colour("surface"))
    painter.drawEllipse(QRectF(was - 3, middle - 3, 6, 6))
    painter.setPen(Qt.PenStyle.NoPen)


def _icon(painter: QPainter, area: QRect, name: str, role: str, *, size: int) -> None:
    ratio = painter.device().devicePixelRatio()
    drawn = pixmap(name, role, size, ratio=ratio)
    painter.drawPixmap(area.center().x() - size // 2 + 1, area.center().y() - size // 2 + 1, drawn)
