"""What a photograph in the grid says of itself: its labels at the bottom left, disagreement at the top right."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap

from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Group, Scheme, all_states
from weldstudio.gui.icons import pixmap
from weldstudio.gui.theme import theme
from weldstudio.store.mirror import Mirror
from weldstudio.studio.part import all_predicted, all_probabilities
from weldstudio.studio.review_terms import differing

GLYPH: Final = {State.RAISED: "raised", State.CLEAR: "clear", State.UNSURE: "unsure", State.UNSEEN: "unseen"}
"""The shape of a state: a filled flag, a check, a question mark, a hollow circle."""


@dataclass(frozen=True, slots=True)
class Badge:
    """What is worth saying of one photo; without a state there is nothing to say at the bottom."""

    state: State | None = None
    """Raised if any flag is; else unsure if any is; clear only if every flag is; else None."""
    name: str = ""
    """Of the raised (or unsure) flag with the highest points."""
    points: int = 0
    """Of all raised flags."""
    more: int = 0
    """How many further flags are raised (or unsure)."""
    disagreement: str = ""
    """The class on which experts, or label and model, differ most, in words; empty if they agree."""
    marked: bool = False
    """That is worth a mark in the grid: people differ, or the model is sure of the other."""
    noted: bool = False
    """There is a note on it or on its joint."""

    def words(self, *, names: bool) -> str:
        """What stands beside the glyph; `names`: there is room for the flag's name."""
        if self.state == State.CLEAR:
            return "clear" if names else ""
        more = f" +{self.more}" if self.more else ""
        if self.state == State.RAISED:
            points = str(self.points) if self.points else ""
            return " ".join(part for part in (points, self.name if names else "", more.strip()) if part)
        return f"{self.name}{more}" if names else more.strip()


NOTHING: Final = Badge()
LITTLE: Final = 0.1
"""A label to which the model gives less chance than this is marked in the grid.

Each class is a question of its own, and of 17 that are right nine times in ten one is wrong on most photos: with a mark
for each disagreement nearly every photo is marked and no mark tells anything. The thresholds do not help, for a flag
whose misses are dear is raised at a few percent, which the model itself does not believe. Probabilities are calibrated
when a model is made, so this is honest: of such labels nine in ten are wrong if the model knows itself. Queue,
filter and order of disagreements leave nothing out; they go by the thresholds as predictions do.
"""
Ids = NDArray[np.int64]
_KEPT_MOST = 20_000


class BadgeCache:
    """Badges by photo id; `badges_of(ids)` is asked once for each until it is forgotten."""

    def __init__(self, badges_of: Callable[[Ids], list[Badge]]) -> None:
        self._badges_of = badges_of
        self._kept: dict[int, Badge] = {}

    def get(self, photo_ids: Sequence[int]) -> Mapping[int, Badge]:
        """The badges of these photos (and of others)."""
        if len(self._kept) > _KEPT_MOST:
            self._kept.clear()
        missing = [photo_id for photo_id in photo_ids if photo_id not in self._kept]
        if missing:
            self._kept.update(zip(missing, self._badges_of(np.array(missing, np.int64)), strict=True))
        return self._kept

    def forget(self, photo_ids: frozenset[int] | None) -> None:
        """These are other ones now; None = all."""
        if photo_ids is None:
            self._kept.clear()
            return
        for photo_id in photo_ids & self._kept.keys():
            del self._kept[photo_id]


def badges(
    mirror: Mirror,
    rows: NDArray[np.int64],
    *,
    some: Mirror | None = None,
    bare: NDArray[np.bool_] | None = None,
) -> list[Badge]:
    """The badges of some photos (rows of the mirror), computed together.

    `some`: these photos alone, as they may be seen; `bare` (k,): of these nothing is told that others have said.
    """
    scheme = mirror.scheme
    classes = scheme.classes
    told = rows.tolist() if bare is None else np.where(bare, -1, rows).tolist()
    if not classes or not len(rows):
        return [_with_words(NOTHING, mirror, row) for row in told]
    seen, places = (mirror, rows) if some is None else (some, np.arange(len(rows)))
    states = all_states(scheme, seen.labels[places])
    contrary, sure = _contrary(seen, places, states)
    made = (_badge(states[i], contrary[i], _classes_of(scheme), sure=sure[i]) for i in range(len(rows)))
    return [_with_words(badge, mirror, row) for badge, row in zip(made, told, strict=True)]


def _with_words(badge: Badge, mirror: Mirror, row: int) -> Badge:
    """The badge with what people said beyond labels: notes, and answers in which they differ. Of row -1 nothing."""
    if row < 0:
        return badge
    photo = int(mirror.ids[row])
    if slots := sorted({*mirror.conflicts.get(photo, ()), *differing(mirror).get(photo, ())}):
        names = " and ".join(mirror.scheme.by_slot(slot).name for slot in slots)
        badge = replace(badge, disagreement=f"{names}: two experts gave different answers", marked=True)
    if int(mirror.ids[row]) in mirror.altered:
        badge = replace(badge, disagreement="The file has changed since it was labelled", marked=True)
    notes = mirror.notes
    if (notes.photos or notes.joints) and (
        int(mirror.ids[row]) in notes.photos or int(mirror.joint[row]) in notes.joints
    ):
        badge = replace(badge, noted=True)
    return badge


def _contrary(
    mirror: Mirror, rows: NDArray[np.int64], states: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """`reviewing.disagreement` of every class, (n, classes): for a few photos far quicker than class by class; and
    where the model is sure of it.
    """
    probability = all_probabilities(mirror, rows)
    if np.isnan(probability).all():
        return np.zeros(states.shape, np.float32), np.zeros(states.shape, np.bool_)
    predicted = all_predicted(mirror, rows, probability)
    thresholds = np.array([mirror.threshold(item.slot) for item in mirror.scheme.classes], np.float32)
    apart = np.where(predicted, states == State.CLEAR, (states == State.RAISED) & ~np.isnan(probability))
    # Exactly on the threshold they disagree as well, so the distance never counts as none.
    strength = np.maximum(np.abs(probability - thresholds), np.float32(1e-6))
    chance = np.where(states == State.RAISED, probability, 1 - probability)
    return np.where(apart, strength, np.float32(0)), apart & (chance < LITTLE)


@dataclass(frozen=True, slots=True, eq=False)
class _Classes:
    """What badges ask of a scheme's classes, in their order."""

    names: tuple[str, ...]
    points: NDArray[np.int64]
    groups: tuple[Group | None, ...]


@lru_cache(maxsize=4)
def _classes_of(scheme: Scheme) -> _Classes:
    classes = scheme.classes
    return _Classes(
        tuple(item.name for item in classes),
        np.array([scheme.points_of(item.slot) for item in classes]),
        tuple(scheme.group_of(item.slot) for item in classes),
    )


def _badge(
    states: NDArray[np.uint8], contrary: NDArray[np.float32], classes: _Classes, *, sure: NDArray[np.bool_]
) -> Badge:
    names, points = classes.names, classes.points
    marked = bool(sure.any())
    worst = int(np.argmax(np.where(sure, contrary, 0) if marked else contrary))
    disagreement = ""
    if contrary[worst] > 0:
        held = State(int(states[worst])).word
        model = "the model is sure of the other" if marked else "the model leans to the other"
        disagreement = f"{names[worst]}: labelled {held}, {model}"
    for state in (State.RAISED, State.UNSURE):
        found = np.flatnonzero(states == state)
        if len(found):
            first = found[np.argmax(points[found])]
            total = _total(found, classes) if state == State.RAISED else 0
            return Badge(state, names[first], total, len(found) - 1, disagreement, marked)
    whole = State.CLEAR if (states == State.CLEAR).all() else None
    return Badge(whole, disagreement=disagreement, marked=marked)


def _total(found: NDArray[np.int64], classes: _Classes) -> int:
    """Points of raised classes; of a group only the highest count."""
    alone = 0
    highest: dict[int, int] = {}
    for index in found.tolist():
        group, points = classes.groups[index], int(classes.points[index])
        if group is None:
            alone += points
        else:
            highest[id(group)] = max(highest.get(id(group), 0), points)
    return alone + sum(highest.values())


class BadgePainter:
    """Paints badges; each different one is drawn once and kept, for a frame has many and they are alike."""

    ROOM_FOR_NAMES: Final = 176
    """From this width of a photograph on, flags are named."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], QPixmap] = {}
        theme.changed.connect(self._kept.clear)

    def paint(self, painter: QPainter, picture: QRect, badge: Badge, *, cell: QRect) -> None:
        """Into the lower left and the upper corners of a picture; a name too long for it reaches over its sides,
        as far as the cell goes.
        """
        if badge.state is not None:
            # Where flags have no points, the name is all there is to say.
            names = picture.width() >= self.ROOM_FOR_NAMES or (badge.state == State.RAISED and not badge.points)
            ratio = _ratio(painter)
            room = cell.width() if names else picture.width()
            strip = self._strip(badge.state, badge.words(names=names), room, names=names, ratio=ratio)
            beyond = max(0, round(strip.width() / ratio) - picture.width())
            left = max(cell.left(), picture.left() - beyond // 2)
            painter.drawPixmap(left, picture.bottom() + 1 - round(strip.height() / ratio), strip)
        if badge.marked:
            ratio = _ratio(painter)
            mark = self._mark("disagreement", "well_disagreement", ratio)
            painter.drawPixmap(picture.right() + 1 - round(mark.width() / ratio), picture.top(), mark)
        if badge.noted:
            painter.drawPixmap(picture.left(), picture.top(), self._mark("edit", "on_well", _ratio(painter)))

    def _strip(self, state: State, text: str, room: int, *, names: bool, ratio: float) -> QPixmap:
        key = (state, text, room, names, ratio)
        found = self._kept.get(key)
        if found is None:
            found = self._drawn(state, text, room, names=names, ratio=ratio)
            self._keep(key, found)
        return found

    @staticmethod
    def _drawn(state: State, text: str, room: int, *, names: bool, ratio: float) -> QPixmap:
        font = theme.font("secondary", figures=True)
        metrics = QFontMetrics(font)
        high = metrics.height() + 4
        glyph = high - 4
        room -= glyph + 14
        if not names and metrics.horizontalAdvance(text) > room:
            text = ""  # half a number is worse than none
        name, plus, more = text.rpartition(" +") if names else (text, "", "")
        if plus:
            # How many more there are is never what is left out.
            room_for_name = room - metrics.horizontalAdvance(plus + more)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room_for_name) + plus + more
        else:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        wide = glyph + 8 + (metrics.horizontalAdvance(text) + 5 if text else 0)
        drawn = _blank(wide, high, ratio)
        painter = QPainter(drawn)
        painter.fillRect(QRectF(0, 0, wide, high), theme.colour("veil"))
        painter.drawPixmap(QPointF(4, 2), pixmap(GLYPH[state], f"well_{state.word}", glyph, ratio=ratio))
        painter.setFont(font)
        painter.setPen(theme.colour("on_well"))
        painter.drawText(QRectF(glyph + 8, 0, wide, high), int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()
        return drawn

    def _mark(self, icon: str, role: str, ratio: float) -> QPixmap:
        key = (icon, ratio)
        found = self._kept.get(key)
        if found is None:
            found = _blank(22, 22, ratio)
            painter = QPainter(found)
            painter.fillRect(QRectF(0, 0, 22, 22), theme.colour("veil"))
            painter.drawPixmap(QPointF(3, 3), pixmap(icon, role, 16, ratio=ratio))
            painter.end()
            self._keep(key, found)
        return found

    def _keep(self, key: tuple[object, ...], drawn: QPixmap) -> None:
        if len(self._kept) > 2000:
            self._kept.clear()
        self._kept[key] = drawn


def _ratio(painter: QPainter) -> float:
    return painter.device().devicePixelRatio()


def _blank(width: float, height: float, ratio: float) -> QPixmap:
    blank = QPixmap(round(width * ratio), round(height * ratio))
    blank.setDevicePixelRatio(ratio)
    blank.fill(Qt.GlobalColor.transparent)
    return blank
