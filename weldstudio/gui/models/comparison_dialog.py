"""Two to eight models beside each other: who does better, by how much, and on which photographs they differ."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.model import ModelCard
from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.cell_table import Cell, CellTable
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.models.model_list import ModelRow
from weldstudio.gui.roomy import Roomy
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.words import count, counted, percent, percent_range, when
from weldstudio.gui.work import Work
from weldstudio.studio import picks

if TYPE_CHECKING:
    from weldstudio.domain.comparison import Difference
    from weldstudio.studio.comparing import Against, Comparison, Flip
    from weldstudio.studio.judging import Ids

MOST: Final = 8
"""Models that are compared at a time, the chosen one among them."""
MODEL_HEADS: Final = (
    ("Model", ""),
    ("Per class", "Mean per-class accuracy, each at its own thresholds. Click: its errors"),
    ("95 %", "Where it lies with 95 % certainty. Click: its errors"),
    ("Better by", "In percentage points, than the first; * where the range leaves out 0. Click: where they differ"),
    ("95 %", "Where the difference lies with 95 % certainty. Click: where they differ"),
    ("Verdicts", "Joints that would get another verdict than by the first model. Click: show them"),
    ("Photographs", "Of which it says something else than the first. Click: show them"),
)
FLAG_HEADS: Final = (
    ("Flag", ""),
    ("First", "Mean per-class accuracy of the model chosen on the page. Click: its errors"),
    ("This", "Mean per-class accuracy of the model it is compared with. Click: its errors"),
    ("Better by", "In percentage points; * where the range leaves out 0. Click: where they differ"),
    ("95 %", "Where the difference lies with 95 % certainty. Click: where they differ"),
    ("First alone", "Labels that the first model alone got right. Click: show the photographs"),
    ("This alone", "Labels that this model alone got right. Click: show the photographs"),
)
OWN: Final = 2
"""The last column, in both tables, of what a model does by itself."""
VERDICTS: Final = 5
ALONE: Final = (5, 6)
"""Of the table of flags."""
BEFORE: Final = "All are asked about the same test photographs, each at its own thresholds. Tick up to seven."


class ComparisonDialog(QDialog):
    """Compares `first` with others of `rows` on the test photographs."""

    def __init__(self, session: Session, first: ModelRow, rows: Sequence[ModelRow], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare models")
        help_by_key(self, "models")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._first = session, first
        self._work: Work | None = None
        self._found: Comparison | None = None
        self.others = QListWidget()
        self.others.setAccessibleName("The models to compare with")
        self.others.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for row in rows:
            if row.card.id != first.card.id:
                item = QListWidgetItem(f"{row.card.name}, {when(row.card.created)}")
                item.setData(Qt.ItemDataRole.UserRole, row.card.id)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                first_one = self.others.count() == 0
                item.setCheckState(Qt.CheckState.Checked if first_one else Qt.CheckState.Unchecked)
                self.others.addItem(item)
        self.others.setCurrentRow(0)
        self.words = QLabel(BEFORE)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.models, self.table = CellTable("Models compared"), CellTable("Differences per flag")
        self.models.show_heads(MODEL_HEADS)
        self.table.show_heads(FLAG_HEADS)
        self.about = QLabel()
        set_look(self.about, "section")
        self.compare_button = QPushButton("Compare")
        self.photos_button = QPushButton("Show the photographs")
        self.photos_button.setToolTip("On the Review page: those of which the models say different things")
        self.photos_button.clicked.connect(
            lambda: self._show_flips("", [f for one in self._against() for f in one.flips])
        )
        self.others.itemChanged.connect(lambda _item: self._forget())
        self.models.currentCellChanged.connect(lambda row, *_: self._show_flags(row - 1))
        self.models.opened.connect(self._open_model)
        self.table.opened.connect(self._open_flag)
        self._lay_out()
        self._forget()

    def _lay_out(self) -> None:
        title = QLabel(f"{self._first.card.name}, {when(self._first.card.created)}")
        set_look(title, "page")
        self.others.setFixedHeight(min(5, self.others.count()) * theme.row_height + GAP)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for widget in (self.words, self.models, self.about, self.table):
            column.addWidget(widget)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addWidget(title)
        layout.addWidget(QLabel("Compared with"))
        layout.addWidget(self.others)
        layout.addWidget(Roomy(inner), 1)
        layout.addLayout(
            answer_row(self, self.compare_button, then=self.compare, left=[self.photos_button], out="Close")
        )
        self.resize(theme.px(960), theme.px(620))

    @property
    def chosen(self) -> list[str]:
        """Ids of the models that are ticked."""
        items = [self.others.item(n) for n in range(self.others.count())]
        return [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked]

    def compare(self) -> None:
        """Have them compared, as work of the session."""
        from weldstudio.studio import comparing

        ids = [self._first.card.id, *self.chosen]
        self._work = self._session.start_work(f"Comparing {len(ids)} models", comparing.compare, ids)
        self.compare_button.setEnabled(False)
        self.others.setEnabled(False)
        self.words.setText("Asking all about the test photographs…")
        self._work.finished.connect(self._show)
        self._work.failed.connect(self._failed)
        self._work.cancelled.connect(self._failed)

    def _forget(self) -> None:
        """What was compared before says nothing of others."""
        self._found = None
        for widget in (self.models, self.about, self.table):
            widget.hide()
        self.photos_button.setEnabled(False)
        many = len(self.chosen) >= MOST
        self.compare_button.setEnabled(bool(self.chosen) and not many)
        self.words.setText("Tick seven at most." if many else BEFORE)

    def _failed(self, _why: object = None) -> None:
        self.compare_button.setEnabled(True)
        self.others.setEnabled(True)
        self.words.setText("They could not be compared.")

    def _show(self, found: "Comparison") -> None:
        self.compare_button.setEnabled(True)
        self.others.setEnabled(True)
        self._found = found
        self.photos_button.setEnabled(any(one.flips for one in found.others))
        self.models.show_cells([_first(found), *(_model(found, one) for one in found.others)])
        self.models.setVisible(True)
        self.models.setCurrentCell(1, 0)
        self._show_flags(0)
        self.models.setFocus()

    def _show_flags(self, number: int) -> None:
        """What differs between the first model and another, flag by flag."""
        if self._found is None or number < 0:
            return
        other = self._found.others[number]
        self.words.setText(" ".join(_sentences(self._found, other)))
        self.about.setText(f"{other.card.name} against {self._first.card.name}, flag by flag")
        scores = self._found.scores[0]["per_class"], self._found.scores[number + 1]["per_class"]
        wrong = self._found.errors[0], self._found.errors[number + 1]
        rows = [
            [
                Cell(name),
                *(
                    Cell(percent(one[name]["mean_per_class_accuracy"]), opens=len(errors[name]) > 0)
                    for one, errors in zip(scores, wrong, strict=True)
                ),
                *_difference(change, opens=change.first_alone + change.second_alone > 0),
                Cell(count(change.first_alone), opens=change.first_alone > 0),
                Cell(count(change.second_alone), opens=change.second_alone > 0),
            ]
            for name, change in other.classes.items()
        ]
        self.table.show_cells(rows)
        self.about.setVisible(True)
        self.table.setVisible(True)

    def _against(self) -> "Sequence[Against]":
        return self._found.others if self._found is not None else ()

    def _open_model(self, row: int, column: int) -> None:
        found = self._found
        if found is not None and column <= OWN:
            card = found.cards[row]
            self._show_ids(f"errors of {card.name}", np.unique(np.concatenate([*found.errors[row].values()])), by=card)
        elif found is not None and column == VERDICTS:
            other = found.others[row - 1]
            self._show_ids(f"joints judged otherwise by {other.card.name}", other.turned_photos)
        elif found is not None:
            self._show_flips("", found.others[row - 1].flips)

    def _open_flag(self, row: int, column: int) -> None:
        found, number = self._found, max(1, self.models.currentRow())
        if found is None:
            return
        other = found.others[number - 1]
        name = list(other.classes)[row]
        if column <= OWN:
            card = found.cards[0 if column == 1 else number]
            ids = found.errors[0 if column == 1 else number][name]
            self._show_ids(f"{name}, errors of {card.name}", ids, by=card, name=name)
            return
        flips = [flip for flip in other.flips if flip.name == name and flip.better is not None]
        if column in ALONE:
            second = column == ALONE[1]
            card = other.card if second else self._first.card
            flips = [flip for flip in flips if flip.better is second]
            self._show_flips(f"{name}, right by {card.name} alone", flips, by=card)
        else:
            self._show_flips(f"{name}, models differ", flips, by=other.card)

    def _show_flips(self, words: str, flips: "Sequence[Flip]", *, by: ModelCard | None = None) -> None:
        """`by`: the model whose overlays of the flag are wanted."""
        ids = np.array(list(dict.fromkeys(flip.photo_id for flip in flips)), np.int64)
        self._show_ids(words or "models differ", ids, by=by, name=flips[0].name if flips and by is not None else "")

    def _show_ids(self, words: str, ids: "Ids", *, by: ModelCard | None = None, name: str = "") -> None:
        """`by`: the model whose overlays are wanted, of the flag `name`."""
        if len(ids):
            if by is not None and name:
                self._session.choose_flag(next(item.slot for item in by.classes if item.name == name))
            text = picks.pick(self._session.mirror, words, ids)
            self._session.show_photos(text, by="" if by is None else by.id)
            self.accept()


def _first(found: "Comparison") -> list[Cell]:
    return [
        Cell(found.cards[0].name),
        *_own(found, 0),
        *(Cell("") for _ in range(4)),
    ]


def _model(found: "Comparison", one: "Against") -> list[Cell]:
    photos = len({flip.photo_id for flip in one.flips})
    return [
        Cell(one.card.name),
        *_own(found, found.cards.index(one.card)),
        *_difference(one.whole, opens=photos > 0),
        Cell(count(len(one.turned)), opens=len(one.turned) > 0),
        Cell(count(photos), opens=photos > 0),
    ]


def _own(found: "Comparison", number: int) -> tuple[Cell, Cell]:
    scores, opens = found.scores[number], any(len(ids) for ids in found.errors[number].values())
    mean, interval = percent(scores["mean_per_class_accuracy"]), percent_range(*scores["interval"])
    return Cell(mean, opens=opens), Cell(interval, opens=opens)


def _difference(change: "Difference", *, opens: bool) -> tuple[Cell, Cell]:
    if change.difference is None:
        return Cell("–"), Cell("–")
    low, high = change.interval
    mark = " *" if change.proven else ""
    by, range_ = f"{100 * change.difference:+.1f}{mark}", f"{100 * low:+.1f} to {100 * high:+.1f}"
    return Cell(by, opens=opens), Cell(range_, opens=opens)


def _sentences(found: "Comparison", other: "Against") -> list[str]:
    """What came of it, in words."""
    whole = other.whole
    if whole.difference is None:
        return ["No flag has both raised and clear test photographs, so there is nothing to compare."]
    if not whole.proven:
        first = "Neither is proven better: the range of the difference holds 0."
    else:
        better = other.card.name if whole.difference > 0 else found.cards[0].name
        first = f"{better} is better on {counted(found.photos, 'photograph')}."
    photos = len({flip.photo_id for flip in other.flips})
    told = f"They say different things of {counted(photos, 'photograph')}"
    turned = f", and {counted(len(other.turned), 'joint')} would get another verdict." if other.turned else "."
    settings = ", ".join(f"{key} {one} and {two}" for key, (one, two) in list(other.settings.items())[:4])
    return [first, told + turned, other.snapshot, *([f"Settings that differ: {settings}."] if settings else [])]
