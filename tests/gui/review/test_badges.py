import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from tests.gui.review.made import made_mirror, made_scheme
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Group
from weldstudio.gui.review.badges import NOTHING, Badge, BadgeCache, BadgePainter, badges
from weldstudio.studio import reviewing


def all_badges(mirror) -> list[Badge]:
    return badges(mirror, np.arange(len(mirror)))


def test_a_photo_says_its_worst_flag_and_all_its_points() -> None:
    badge = all_badges(made_mirror(["crr"]))[0]
    assert (badge.state, badge.name, badge.points, badge.more) == (State.RAISED, "Bent", 50, 1)
    assert badge.words(names=True) == "50 Bent +1"
    assert badge.words(names=False) == "50 +1"


def test_clear_is_said_only_when_every_flag_is() -> None:
    clear, half, nothing = all_badges(made_mirror(["ccc", "cc.", "..."]))
    assert clear.state == State.CLEAR
    assert half == nothing == NOTHING


def test_unsure_comes_after_raised() -> None:
    unsure, both = all_badges(made_mirror(["cu.", "ru."]))
    assert (unsure.state, unsure.name) == (State.UNSURE, "Soil")
    assert both.state == State.RAISED


def test_the_strongest_disagreement_is_named() -> None:
    mirror = made_mirror(["rc.", "rcc"], probabilities=[[0.4, 0.95, 0.9], [0.9, 0.1, 0.2]])
    differ, agree = all_badges(mirror)
    assert differ.disagreement.startswith("Soil: labelled clear")
    assert not agree.disagreement


def test_only_what_the_model_is_sure_of_is_marked() -> None:
    labels = ["rc.", "rc.", "rcc", "rrc"]
    probabilities = [[0.9, 0.85, 0.9], [0.9, 0.95, 0.9], [0.09, 0.2, 0.2], [0.45, 0.05, 0.8]]
    weak, clear, raised, both = all_badges(made_mirror(labels, probabilities=probabilities))
    assert weak.disagreement == "Soil: labelled clear, the model leans to the other"
    assert clear.disagreement == "Soil: labelled clear, the model is sure of the other"
    assert raised.disagreement.startswith("Clamp: labelled raised")
    # What is marked is what the words speak of, though another class lies as far from its threshold.
    assert both.disagreement.startswith("Soil: labelled raised")
    assert [badge.marked for badge in (weak, clear, raised, both)] == [False, True, True, True]


def test_a_mark_is_painted_where_it_is_due(qapp: QApplication) -> None:
    def top_right(badge: Badge) -> QColor:
        canvas = QPixmap(200, 150)
        canvas.fill(QColor("white"))
        painter = QPainter(canvas)
        BadgePainter().paint(painter, canvas.rect(), badge, cell=canvas.rect())
        painter.end()
        return canvas.toImage().pixelColor(198, 2)

    words = "Soil: labelled clear"
    assert top_right(Badge(disagreement=words)) == QColor("white")
    assert top_right(Badge(disagreement=words, marked=True)) != QColor("white")


def test_the_disagreement_named_is_the_one_that_a_sort_by_it_finds() -> None:
    rng = np.random.default_rng(3)
    labels = ["".join(rng.choice(list("rcu."), 3)) for _ in range(200)]
    probabilities = rng.choice([0.1, 0.4, 0.5, 0.7, 0.95, np.nan], (200, 3)).tolist()
    mirror = made_mirror(labels, probabilities=probabilities)
    by_class = np.stack([reviewing.disagreement(mirror, slot) for slot in range(3)], axis=1)
    names = np.array(["Clamp", "Soil", "Bent"])
    for badge, strengths in zip(all_badges(mirror), by_class, strict=True):
        assert (badge.disagreement != "") == strengths.any()
        if badge.disagreement and not badge.marked:
            assert badge.disagreement.partition(":")[0] == names[int(np.argmax(strengths))]
        if badge.marked:
            assert badge.disagreement.partition(":")[0] in names[strengths > 0]


def test_of_a_group_only_the_highest_points_count() -> None:
    scheme = made_scheme().with_group(Group("surface", (1, 2)))
    assert all_badges(made_mirror(["rrr"], scheme=scheme))[0].points == 85


def test_badges_are_asked_for_once_until_forgotten() -> None:
    asked: list[list[int]] = []

    def ask(ids):
        asked.append(ids.tolist())
        return [NOTHING] * len(ids)

    cache = BadgeCache(ask)
    cache.get([1, 2])
    cache.get([2, 3])
    cache.forget(frozenset((2,)))
    cache.get([1, 2, 3])
    assert asked == [[1, 2], [3], [2]]


def test_a_name_too_long_for_a_narrow_picture_reaches_over_its_sides(qapp: QApplication) -> None:
    cell, picture = QRect(0, 0, 165, 124), QRect(62, 0, 40, 124)
    canvas = QPixmap(cell.size())
    canvas.fill(QColor("white"))
    painter = QPainter(canvas)
    BadgePainter().paint(painter, picture, Badge(State.RAISED, "mountains", 0, 1), cell=cell)
    painter.end()
    row = canvas.toImage().convertToFormat(QImage.Format.Format_RGB32)
    touched = [x for x in range(cell.width()) if row.pixelColor(x, cell.height() - 2) != QColor("white")]
    assert touched[0] < picture.left()
    assert touched[-1] > picture.right()
    assert 2 * abs((touched[0] + touched[-1]) / 2 - picture.center().x()) <= 4
