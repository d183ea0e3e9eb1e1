"""What a merge would do, before it is made: how many photographs, the overlap, and which verdicts would change."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import PENALTIES, Flag, Scheme
from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.words import count, counted

if TYPE_CHECKING:
    from weldstudio.studio.merging import MergePreview

WIDTH = 560
TOGETHER = "Together"
Counts = tuple[int, int, int, int]
"""Photographs by `State`."""


class MergeDialog(QDialog):
    """Asks for a name and shows what would become of the labels. `name` holds the answer once accepted.

    `preview` is asked with a name, where it is that of something known and else '', and a rule for points; `counts`
    has one entry per member.
    """

    def __init__(
        self,
        scheme: Scheme,
        members: Sequence[Flag],
        *,
        preview: Callable[[str, str], "MergePreview"],
        counts: Sequence[Counts],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._scheme, self._members = scheme, members
        self._ask = preview
        self._asked: tuple[str, str] | None = None
        self._refusal = self._confusion = ""
        self.setWindowTitle("Merge flags")
        help_by_key(self, "flags")
        self.setMinimumWidth(theme.px(WIDTH))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, GROUP)
        layout.setSpacing(GROUP)

        title = QLabel(f"Merge {len(members)} flags into one")
        set_look(title, "page")
        layout.addWidget(title)
        layout.addLayout(self._name_row(proposed_name(scheme, members)))
        layout.addLayout(self._penalty_row(members))
        self.together: dict[State, QLabel] = {}
        nothing = (0, 0, 0, 0)
        names = [*(flag.name for flag in members), TOGETHER]
        layout.addWidget(_counts_table(names, [*counts, nothing], last=self.together))
        self.consequences = QLabel()
        self.consequences.setWordWrap(True)
        self.consequences.setObjectName("consequences")
        layout.addWidget(self.consequences)
        safe = QLabel("The labels of the members stay as they are. The merge can be undone at any time.")
        set_look(safe, "secondary")
        safe.setWordWrap(True)
        layout.addWidget(safe)
        self.merge_button = QPushButton("Merge")
        layout.addLayout(answer_row(self, self.merge_button))
        self._check()

    @property
    def name(self) -> str:
        """The name of the merge."""
        return self.name_field.text().strip()

    def _name_row(self, proposed: str) -> QVBoxLayout:
        self.name_field = QLineEdit(proposed)
        self.name_field.setAccessibleName("Name of the merge")
        self.name_field.selectAll()
        self.name_field.textChanged.connect(self._check)
        label = QLabel("&Name")
        label.setBuddy(self.name_field)
        self.problem = QLabel()
        set_look(self.problem, "danger")
        box = QVBoxLayout()
        box.setSpacing(4)
        box.addWidget(label)
        box.addWidget(self.name_field)
        box.addWidget(self.problem)
        return box

    def show_confusion(self, photos: int) -> None:
        """On how many photographs experts took one for another: counted while one looks at the rest."""
        if photos:
            self._confusion = f"Experts took one for another on {counted(photos, 'photograph')}."
            self._asked = None
            self._check()

    @property
    def penalty(self) -> str:
        """The rule for the points of the merge."""
        return str(self.penalty_field.currentData())

    def _penalty_row(self, members: Sequence[Flag]) -> QHBoxLayout:
        self.penalty_field = QComboBox()
        points = [flag.points for flag in members]
        for rule, word in (("maximum", "the most of them"), ("minimum", "the fewest"), ("sum", "all together")):
            self.penalty_field.addItem(f"{word}: {PENALTIES[rule](points)}", rule)
        label = QLabel("&Points")
        label.setBuddy(self.penalty_field)
        self.penalty_field.currentIndexChanged.connect(self._check)
        for widget in (label, self.penalty_field):
            if not any(points):
                widget.hide()
        row = QHBoxLayout()
        row.setSpacing(GROUP)
        row.addWidget(label)
        row.addWidget(self.penalty_field, 1)
        return row

    def _check(self) -> None:
        level, back = self._level_named(), self._undone_named()
        taken = self._scheme.has_name(self.name) and not level
        self._look_ahead(self.name if level or back else "")
        problem = self._refusal
        if problem:
            pass
        elif not self.name:
            problem = "A merge needs a name."
        elif taken:
            problem = f"“{self.name}” is there already; choose another name."
        set_look(self.problem, "danger" if problem else "secondary")
        if not problem and (level or back):
            what = "flag of this name" if level else "merge of this name that was undone"
            self.problem.setText(f"What was said of the {what} counts for the merge as a whole.")
            self.merge_button.setEnabled(True)
            return
        self.problem.setText(problem or " ")  # a blank keeps the dialog from jumping
        self.merge_button.setEnabled(not problem)

    def _look_ahead(self, known: str) -> None:
        """Show what the merge would do; anew where the name or the points say something else than before."""
        asked = known, self.penalty
        if asked == self._asked:
            return
        self._asked = asked
        found = self._ask(*asked)
        self._refusal = found.problem
        self.consequences.setText("\n".join([*in_words(found), *([self._confusion] if self._confusion else [])]))
        for state, label in self.together.items():
            label.setText(count(found.together[state]))

    def _undone_named(self) -> bool:
        """Whether the name is that of a merge of these flags that was undone: it comes back."""
        slots = {flag.slot for flag in self._members}
        return any(m.undone and m.name == self.name and set(m.members) == slots for m in self._scheme.merges)

    def _level_named(self) -> bool:
        """Whether the name is that of a flag which then stands for the merge as a whole."""
        called_so = [flag for flag in self._scheme.live_flags if flag.name == self.name]
        return bool(called_so) and self._scheme.merge_of(called_so[0].slot) is None


def proposed_name(scheme: Scheme, members: Sequence[Flag]) -> str:
    """The words that all members begin with, else their names joined; never one that is taken."""
    words = [flag.name.split() for flag in members]
    shared: list[str] = []
    for column in zip(*words, strict=False):
        if len({word.casefold() for word in column}) > 1:
            break
        shared.append(column[0])
    name = " ".join(shared) if len(shared) > 1 else " or ".join(flag.name for flag in members)
    return name if not scheme.has_name(name) else f"{name} (merged)"


def _counts_table(names: Sequence[str], counts: Sequence[Counts], *, last: dict[State, QLabel]) -> QWidget:
    """A row for each name; `last` receives the numbers of the last one, by state."""
    frame = QFrame()
    set_look(frame, "card")
    grid = QGridLayout(frame)
    grid.setContentsMargins(12, 12, 12, 12)
    grid.setHorizontalSpacing(GROUP)
    grid.setVerticalSpacing(GAP)
    grid.setColumnStretch(0, 1)
    states = (State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN)
    for column, state in enumerate(states, 1):
        head = QLabel(state.word.capitalize())
        set_look(head, "secondary")
        grid.addWidget(head, 0, column, Qt.AlignmentFlag.AlignRight)
    for row, (name, numbers) in enumerate(zip(names, counts, strict=True), 1):
        at_end = row == len(names)
        label = QLabel(name)
        label.setWordWrap(True)
        label.setFont(theme.font("body", bold=at_end))
        grid.setRowMinimumHeight(row, theme.px(20))
        grid.addWidget(label, row, 0)
        for column, state in enumerate(states, 1):
            number = QLabel(count(numbers[state]))
            number.setFont(theme.font("body", bold=at_end, figures=True))
            grid.addWidget(number, row, column, Qt.AlignmentFlag.AlignRight)
            if at_end:
                last[state] = number
    return frame


def in_words(preview: "MergePreview") -> list[str]:
    """Overlap, confusion and verdicts as sentences."""
    both = "both" if len(preview.members) == 2 else "more than one of them"
    carry = counted(preview.overlap, "photograph carries", "photographs carry")
    lines = [f"{carry if preview.overlap else 'No photograph carries'} {both}."]
    if preview.disagreements:
        apart = counted(preview.disagreements, "photograph has", "photographs have")
        lines.append(f"{apart} one raised and another clear: the merge takes these for raised.")
    if preview.confused:
        lines.append(f"The active model takes one for another on {counted(preview.confused, 'photograph')}.")
    if preview.joints_changed:
        lines.append(f"The verdict of {counted(preview.joints_changed, 'joint')} would change.")
    else:
        lines.append("No verdict would change.")
    return lines
