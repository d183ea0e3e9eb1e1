"""Two models beside each other: which one does better, by how much, and on which photographs they differ."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.models.model_list import ModelRow
from weldstudio.gui.quality.figure_table import FigureTable
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GROUP, theme
from weldstudio.gui.words import counted, percent, when
from weldstudio.gui.work import Work

if TYPE_CHECKING:
    from weldstudio.domain.comparison import Difference
    from weldstudio.studio.comparing import Comparison

HEADS: Final = (
    ("Flag", ""),
    ("First", "Mean per-class accuracy of the model chosen on the page"),
    ("Other", "Mean per-class accuracy of the model it is compared with"),
    ("Difference", "In percentage points; * where the range leaves out 0"),
    ("95 %", "Where the difference lies with 95 % certainty"),
    ("Right: first alone", "Labels that the first model alone got right"),
    ("Other alone", "Labels that the other model alone got right"),
)

BEFORE: Final = "Both are asked about the same test photographs, each at its own thresholds."


class ComparisonDialog(QDialog):
    """Compares `first` with another of `rows` on the test photographs."""

    def __init__(self, session: Session, first: ModelRow, rows: Sequence[ModelRow], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare models")
        help_by_key(self, "models")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._first = session, first
        self._work: Work | None = None
        self._photos: tuple[int, ...] = ()
        self.others = QComboBox()
        self.others.setAccessibleName("The model to compare with")
        for row in rows:
            if row.card.id != first.card.id:
                self.others.addItem(f"{row.card.name}, {when(row.card.created)}", row.card.id)
        self.words = QLabel(BEFORE)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.table = FigureTable("Differences per flag")
        self.table.hide()
        self.compare_button = QPushButton("Compare")
        self.photos_button = QPushButton("Show the photographs")
        self.photos_button.setToolTip("On the Review page: those of which the two say different things")
        self.photos_button.setEnabled(False)
        self.photos_button.clicked.connect(self._show_photos)
        self.others.currentIndexChanged.connect(self._forget)
        self._lay_out()

    def _lay_out(self) -> None:
        title = QLabel(f"{self._first.card.name}, {when(self._first.card.created)}")
        set_look(title, "page")
        across = QHBoxLayout()
        across.addWidget(QLabel("Compared with"))
        across.addWidget(self.others, 1)
        inner = QWidget()
        inner.setProperty("look", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.words)
        column.addWidget(self.table)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addWidget(title)
        layout.addLayout(across)
        layout.addWidget(area, 1)
        layout.addLayout(
            answer_row(self, self.compare_button, then=self.compare, left=[self.photos_button], out="Close")
        )
        self.resize(theme.px(880), theme.px(460))

    def compare(self) -> None:
        """Have the two compared, as work of the session."""
        from weldstudio.studio import comparing

        pair = [self._first.card.id, self.others.currentData()]
        self._work = self._session.start_work("Comparing two models", comparing.compare, pair)
        self.compare_button.setEnabled(False)
        self.words.setText("Asking both about the test photographs…")
        self._work.finished.connect(self._show)
        self._work.failed.connect(self._failed)
        self._work.cancelled.connect(self._failed)

    def _forget(self) -> None:
        """What was compared before says nothing of another pair."""
        self.table.hide()
        self.photos_button.setEnabled(False)
        self.words.setText(BEFORE)

    def _failed(self, _why: object = None) -> None:
        self.compare_button.setEnabled(True)
        self.words.setText("They could not be compared.")

    def _show(self, found: "Comparison") -> None:
        self.compare_button.setEnabled(True)
        (other,) = found.others
        self._photos = tuple(dict.fromkeys(flip.photo_id for flip in other.flips))
        self.photos_button.setEnabled(bool(self._photos))
        first, second = (scores["per_class"] for scores in found.scores)
        rows = [
            (name, *(percent(one[name]["mean_per_class_accuracy"]) for one in (first, second)), *_cells(change))
            for name, change in other.classes.items()
        ]
        means = (percent(scores["mean_per_class_accuracy"]) for scores in found.scores)
        self.table.show_figures(HEADS, [*rows, ("Mean", *means, *_cells(other.whole))])
        self.table.show()
        self.words.setText(" ".join(_sentences(found)))

    def _show_photos(self) -> None:
        self._session.show_photos(f"id:{','.join(map(str, self._photos))}")
        self.accept()


def _cells(change: "Difference") -> tuple[str, str, str, str]:
    if change.difference is None:
        return "–", "–", "–", "–"
    low, high = change.interval
    mark = " *" if change.proven else ""
    return (
        f"{100 * change.difference:+.1f}{mark}",
        f"{100 * low:+.1f} to {100 * high:+.1f}",
        f"{change.first_alone:,}",
        f"{change.second_alone:,}",
    )


def _sentences(found: "Comparison") -> list[str]:
    """What came of it, in words."""
    (other,) = found.others
    whole = other.whole
    if whole.difference is None:
        return ["No flag has both raised and clear test photographs, so there is nothing to compare."]
    if not whole.proven:
        first = "Neither is proven better: the range of the difference holds 0."
    else:
        better = "other" if whole.difference > 0 else "first"
        first = f"The {better} one is better on {counted(found.photos, 'photograph')}."
    photos = len({flip.photo_id for flip in other.flips})
    told = f"They say different things of {counted(photos, 'photograph')}"
    turned = f", and {counted(len(other.turned), 'joint')} would get another verdict." if other.turned else "."
    settings = ", ".join(f"{key} {one} and {two}" for key, (one, two) in list(other.settings.items())[:4])
    return [first, told + turned, other.snapshot, *([f"Settings that differ: {settings}."] if settings else [])]
