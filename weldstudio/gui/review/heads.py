"""What stands above the photographs of a joint when the grid groups them: the joint, its points, its verdict."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from weldstudio.domain.decision import Override
from weldstudio.domain.verdict import Verdict
from weldstudio.gui.icons import pixmap
from weldstudio.gui.review.layout import Layout
from weldstudio.gui.review.verdict_banner import ICONS, Said, points_words
from weldstudio.gui.theme import theme
from weldstudio.gui.words import counted
from weldstudio.store.mirror import Mirror
from weldstudio.studio import deciding

Ids = NDArray[np.int64]
HEIGHT: Final = 30
"""Pixels, before they grow with the text."""
_EDGE: Final = 6
_ICON: Final = 16
_PART: Final = 12


@dataclass(frozen=True, slots=True)
class Head:
    """What is said of one joint."""

    title: str
    photos: int
    """Of the joint, shown or not."""
    labels: Verdict | None = None
    """What its labels say; None where there are no points, or where nothing may be told."""
    override: Override | None = None

    def words(self, shown: int) -> str:
        """All of it in one line; `shown`: how many of its photographs are."""
        parts = [self.title, self.told, self.number(shown)]
        return ", ".join(part for part in parts if part)

    @property
    def told(self) -> str:
        """'65 points, reject'."""
        if self.labels is None:
            return ""
        return f"{points_words(self.labels)}, {Said('', self.labels, override=self.override).word.lower()}"

    def number(self, shown: int) -> str:
        """'3 photographs', or '2 of 3 photographs' where the filter hides some."""
        if shown == self.photos:
            return counted(self.photos, "photograph")
        return f"{shown:,} of {counted(self.photos, 'photograph')}"


def head_of(mirror: Mirror, photo_id: int, *, seen: Callable[[Ids], Mirror | None]) -> Head:
    """The head of the joint that a photo shows. `seen(rows)`: these rows as they may be seen; None = as they are."""
    row = mirror.row(photo_id)
    joint = int(mirror.joint[row])
    joints, order, starts = mirror.joint_order
    place = int(joints.searchsorted(joint))
    stop = starts[place + 1] if place + 1 < len(starts) else len(order)
    rows = order[starts[place] : stop]
    title = mirror.joints.references.get(joint) or mirror.paths[row].rpartition("/")[2]
    if not mirror.scheme.has_points:
        return Head(title, len(rows))
    if (small := seen(rows)) is not None:
        return Head(title, len(rows), deciding.verdict_of(small, joint, rows=np.arange(len(rows))))
    return Head(title, len(rows), deciding.verdict_of(mirror, joint, rows=rows), mirror.decided.overrides.get(joint))


class Heads:
    """The heads of groups by the first photograph of each, kept until labels change; `head_of(photo_id)` is asked."""

    def __init__(self, head_of: Callable[[int], Head]) -> None:
        self._head_of = head_of
        self._kept: dict[int, Head] = {}

    def get(self, photo_id: int) -> Head:
        """The head of the group that this photograph begins."""
        found = self._kept.get(photo_id)
        if found is None:
            found = self._kept[photo_id] = self._head_of(photo_id)
        return found

    def forget(self) -> None:
        """Ask for all of them again."""
        self._kept.clear()

    def renewed(self, layout: Layout, ids: Ids, area: QRect) -> list[QRect]:
        """Ask again for those in an area of the surface, and forget the others; where what is said is another now."""
        before, self._kept = self._kept, {}
        found = []
        for group, top in layout.headers(area.top(), area.height()):
            first = int(ids[layout.members(group).start])
            if self.get(first) != before.get(first):
                found.append(QRect(0, top - area.top(), area.width(), layout.groups.header))
        return found

    def paint(self, painter: QPainter, dirty: QRect, layout: Layout, *, ids: Ids, top: int) -> None:
        """All that lie in a part of the viewport, which is scrolled to `top`."""
        for group, head_top in layout.headers(top + dirty.top(), dirty.height()):
            members = layout.members(group)
            line = QRect(0, head_top - top, layout.width, layout.groups.header)
            paint_head(painter, line, self.get(int(ids[members.start])), shown=len(members))


def paint_head(painter: QPainter, line: QRect, head: Head, *, shown: int) -> None:
    """One line on the well: the joint, points and verdict, how many photographs. What is too long is left out last
    to first, the name is elided.
    """
    inner = line.adjusted(_EDGE, 0, -_EDGE, 0)
    middle = int(Qt.AlignmentFlag.AlignVCenter)
    small = theme.font("secondary", figures=True)
    narrow = QFontMetrics(small).horizontalAdvance
    told, number = head.told, head.number(shown)
    room = inner.width() - (narrow(told) + _ICON + _PART + 4 if told else 0)
    bold = theme.font("body", bold=True)
    title = QFontMetrics(bold).elidedText(head.title, Qt.TextElideMode.ElideMiddle, max(40, room))
    painter.setFont(bold)
    painter.setPen(theme.colour("on_well"))
    painter.drawText(inner, middle, title)
    left = QFontMetrics(bold).horizontalAdvance(title) + _PART
    painter.setFont(small)
    if head.labels is not None:
        outcome = Said("", head.labels, override=head.override).outcome
        role = f"well_{outcome.value}"
        icon = pixmap(ICONS[outcome], role, _ICON, ratio=painter.device().devicePixelRatio())
        painter.drawPixmap(inner.left() + left, line.center().y() - _ICON // 2 + 1, icon)
        left += _ICON + 4
        painter.setPen(theme.colour(role))
        painter.drawText(inner.adjusted(left, 0, 0, 0), middle, told)
        left += narrow(told) + _PART
    if left + narrow(number) <= inner.width():
        painter.setPen(theme.colour("on_well_secondary"))
        painter.drawText(inner.adjusted(left, 0, 0, 0), middle, number)
