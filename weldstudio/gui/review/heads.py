"""What stands above the photographs of a joint when the grid groups them: the joint, its points, its verdict."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from weldstudio.domain.decision import Override
from weldstudio.domain.verdict import Verdict
from weldstudio.gui.icons import pixmap
from weldstudio.gui.review.layout import GAP, Layout
from weldstudio.gui.review.selection import Selection
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

    def shorter(self, shown: int) -> list[tuple[str, str]]:
        """Verdict and number in words, each pair taking less room than the one before."""
        points = "" if self.labels is None else points_words(self.labels)
        figure = points.removesuffix("s").removesuffix(" point")
        return [(self.told, self.number(shown)), (self.told, ""), (points, ""), (figure, ""), ("", "")]

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
        for group, left, top, width in layout.headers(area.top(), area.height()):
            first = int(ids[layout.members(group).start])
            if self.get(first) != before.get(first):
                found.append(QRect(left, top - area.top(), width, layout.groups.header))
        return found

    def paint(
        self, painter: QPainter, dirty: QRect, layout: Layout, *, ids: Ids, top: int, held: int | None = None
    ) -> None:
        """All that lie in a part of the viewport, which is scrolled to `top`; `held`: where the keyboard is."""
        for group, left, head_top, width in layout.headers(top + dirty.top(), dirty.height()):
            members = layout.members(group)
            line = QRect(left, head_top - top, width, layout.groups.header)
            # A line as long as the group: where joints share a row it shows which photographs are whose.
            long = min(len(members), layout.columns) * (layout.cell_width + GAP) - GAP
            painter.fillRect(QRect(left, line.bottom() - 1, long, 1), theme.colour("on_well", alpha=0.28))
            paint_head(painter, line, self.get(int(ids[members.start])), shown=len(members))
            if group == held:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.colour("well_accent"), 2))
                painter.drawRect(line.adjusted(1, 1, -1, -1))


def held_group(layout: Layout, state: Selection) -> int | None:
    """The group whose heading the keyboard is on: all of its photographs are selected, and the first is the current."""
    if state.current is None or not layout.groups.header or not state.is_selected(state.current):
        return None
    group = layout.group_of(state.current)
    members = layout.members(group)
    whole = members.start == state.current and all(map(state.is_selected, members))
    return group if whole else None


def paint_head(painter: QPainter, line: QRect, head: Head, *, shown: int) -> None:
    """One line on the well: the joint, points and verdict, how many photographs. Where there is no room for all of it,
    the number goes, then words of the verdict; the last that is shortened is the joint's name.
    """
    inner = line.adjusted(_EDGE, 0, -_EDGE, 0)
    bold, small = theme.font("body", bold=True), theme.font("secondary", figures=True)
    wide, narrow = QFontMetrics(bold).horizontalAdvance, QFontMetrics(small).horizontalAdvance
    side = theme.px(_ICON)
    mark = side + _PART if head.labels is not None else 0
    for told, number in head.shorter(shown):
        needed = mark + sum(narrow(text) + _PART for text in (told, number) if text)
        if wide(head.title) + needed <= inner.width():
            break
    middle = int(Qt.AlignmentFlag.AlignVCenter)
    title = QFontMetrics(bold).elidedText(head.title, Qt.TextElideMode.ElideMiddle, inner.width() - needed)
    painter.setFont(bold)
    painter.setPen(theme.colour("on_well"))
    painter.drawText(inner, middle, title)
    left = wide(title) + _PART
    painter.setFont(small)
    if head.labels is not None:
        outcome = Said("", head.labels, override=head.override).outcome
        role = f"well_{outcome.value}"
        icon = pixmap(ICONS[outcome], role, side, ratio=painter.device().devicePixelRatio())
        painter.drawPixmap(inner.left() + left, line.center().y() - side // 2 + 1, icon)
        left += side + 4
        painter.setPen(theme.colour(role))
        painter.drawText(inner.adjusted(left, 0, 0, 0), middle, told)
        left += narrow(told) + _PART
    painter.setPen(theme.colour("on_well_secondary"))
    painter.drawText(inner.adjusted(left, 0, 0, 0), middle, number)
