"""What a training would use if it were started now: photographs per split, raised per class, and warnings."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from weldstudio.domain.scores import FEW
from weldstudio.domain.split import Split
from weldstudio.gui.icons import pixmap
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.words import count

SPLITS = (Split.TRAIN, Split.VALIDATION, Split.TEST)
HEADS = {Split.TRAIN: "train", Split.VALIDATION: "valid.", Split.TEST: "test"}
Counts = Mapping[str, Mapping[str, tuple[int, int]]]


class SnapshotPanel(QFrame):
    """A small table of counts, with the warnings in words below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(GAP)
        title = QLabel("What will be used")
        title.setFont(theme.font("body", bold=True))
        layout.addWidget(title)
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        layout.addWidget(self._table)
        self.left_out = QLabel()
        self.left_out.setWordWrap(True)
        self.left_out.hide()
        set_look(self.left_out, "secondary")
        layout.addWidget(self.left_out)
        self._warnings = QVBoxLayout()
        self._warnings.setSpacing(4)
        layout.addLayout(self._warnings)
        self.warnings: tuple[str, ...] = ()

    def show_snapshot(
        self,
        photos: Mapping[str, int],
        counts: Counts,
        warnings: tuple[str, ...],
        *,
        reviewed: Mapping[str, int],
        joints: Mapping[str, int] | None = None,
        left_out: Mapping[str, int] | None = None,
    ) -> None:
        """`photos` by split; `counts`: split -> class -> (raised, clear); `warnings` as sentences.

        `reviewed` are the photos by split that a person has looked at, `left_out` why how many are not used.
        """
        _empty(self._grid)
        self._add_row(0, "", {split: HEADS[split] for split in SPLITS}, look="secondary")
        totals = {split: count(photos.get(split, 0)) for split in SPLITS}
        self._add_row(1, "photographs", totals, look="")
        of_joints = {split: count((joints or {}).get(split, 0)) for split in SPLITS}
        self._add_row(2, "joints", of_joints, look="")
        seen = {split: count(reviewed.get(split, 0)) for split in SPLITS}
        self._add_row(3, "looked at by a person", seen, look="")
        names = list(counts.get(Split.TRAIN, {}))
        if names:
            self._add_row(4, "of these raised", {}, look="secondary")
        for i, name in enumerate(names):
            pairs = {split: counts.get(split, {}).get(name, (0, 0)) for split in SPLITS}
            self._add_class(5 + i, name, pairs)
        said = ", ".join(f"{count(number)} {reason}" for reason, number in (left_out or {}).items())
        self.left_out.setText(f"Not used: {said}." if said else "")
        self.left_out.setVisible(bool(said))
        self._show_warnings(warnings)

    def _add_class(self, row: int, name: str, pairs: Mapping[Split, tuple[int, int]]) -> None:
        tip = "\n".join(
            [name, *(f"{split}: {count(pairs[split][0])} raised, {count(pairs[split][1])} clear" for split in SPLITS)]
        )
        label = _Elided(name)
        label.setToolTip(tip)
        self._grid.addWidget(label, row, 0)
        for column, split in enumerate(SPLITS, 1):
            number = QLabel(count(pairs[split][0]))
            number.setFont(theme.font("secondary", figures=True))
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            number.setToolTip(tip)
            few = split == Split.TRAIN and pairs[split][0] < FEW
            set_look(number, "warning" if few else "")
            if few:
                number.setToolTip(f"{tip}\nToo few to learn: {pairs[split][0]} of {FEW}")
            self._grid.addWidget(number, row, column)

    def _add_row(self, row: int, name: str, values: Mapping[Split, str], *, look: str) -> None:
        for column, text in enumerate((name, *(values.get(split, "") for split in SPLITS))):
            label = QLabel(text)
            if look:
                set_look(label, look)
            else:
                label.setFont(theme.font("secondary", figures=True))
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(label, row, column)

    def _show_warnings(self, warnings: tuple[str, ...]) -> None:
        self.warnings = warnings
        _empty(self._warnings)
        for sentence in warnings:
            line = QWidget()
            grid = QGridLayout(line)
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setHorizontalSpacing(GAP)
            grid.setColumnStretch(1, 1)
            mark = QLabel()
            mark.setPixmap(pixmap("warning", "warning", 16, ratio=self.devicePixelRatioF()))
            words = QLabel(sentence)
            words.setWordWrap(True)
            set_look(words, "secondary")
            grid.addWidget(mark, 0, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, 0, 1)
            self._warnings.addWidget(line)


class _Elided(QLabel):
    """A label that gives way: the name is cut in the middle, the tooltip holds it whole."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._whole = text
        self.setFont(theme.font("secondary"))
        self.setMinimumWidth(40)
        self.setText(text)

    def resizeEvent(self, event: object) -> None:
        text = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width())
        if text != self.text():
            self.setText(text)


def _empty(layout: QGridLayout | QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
