"""What was recognised in a label file: how it is written, what its columns mean, its classes, what it leaves open."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from weldstudio.domain.labelling import State
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP
from weldstudio.gui.welcome.column_table import ColumnTable
from weldstudio.gui.words import counted
from weldstudio.studio.label_look import Look
from weldstudio.studio.label_table import LabelTable

FORMS = {
    "wide": "One column per flag",
    "class": "One class per photograph",
    "flags": "A list of raised flags per photograph",
    "rows": "One row per photograph and flag",
    "facts": "No labels, only what is said of each photograph",
}


class LabelPreview(QWidget):
    """Shows a file's columns, and asks what is not listed means where the file leaves that open."""

    answered = Signal()

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        self.table = ColumnTable()
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        set_look(self.summary, "secondary")
        self.question = QLabel("This file lists raised flags only. A flag that is not listed for a photograph …")
        self.question.setWordWrap(True)
        self.clear = QRadioButton("… was looked for and is clear")
        self.unseen = QRadioButton("… was perhaps never looked for: leave it unseen")
        self._choice = QButtonGroup(self)
        for button in (self.clear, self.unseen):
            self._choice.addButton(button)
            button.toggled.connect(lambda _on: self.answered.emit())
        for widget in (self.table, self.summary, self.question, self.clear, self.unseen):
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.show_nothing()

    @property
    def unlisted(self) -> State | None:
        """Clear, unseen, or None while nobody has said."""
        if self.clear.isChecked():
            return State.CLEAR
        return State.UNSEEN if self.unseen.isChecked() else None

    def forget_answer(self) -> None:
        """Nobody has said what is not listed means, nor what columns mean."""
        self.table.forget()
        self._choice.setExclusive(False)
        self.clear.setChecked(False)
        self.unseen.setChecked(False)
        self._choice.setExclusive(True)

    def show_nothing(self, sentence: str = "", look: str = "secondary") -> None:
        """No file: say why, or nothing at all."""
        self.table.hide()
        self.say(sentence, look)
        # Empty it takes no room at all, not even the gap to the next row of the form.
        self.setVisible(bool(sentence))

    def show_look(self, look: Look) -> None:
        """The columns, before the file is read to its end."""
        self.table.show_look(look)
        self.table.show()
        self.show()

    def say(self, sentence: str, look: str = "secondary") -> None:
        """What is going on with the file, or what is wrong with it."""
        self.summary.setText(sentence)
        set_look(self.summary, look)
        self.summary.setVisible(bool(sentence))
        for widget in (self.question, self.clear, self.unseen):
            widget.hide()

    def show_table(self, labels: LabelTable, *, written: str = "") -> None:
        """The file is read. `written` is how it is written, in words."""
        self.show()
        self.say(summary_of(labels) + (f" Written in {written}." if written else ""))
        for widget in (self.question, self.clear, self.unseen):
            widget.setVisible(labels.lists_raised_only)


def summary_of(labels: LabelTable) -> str:
    """What was recognised, in words."""
    names = ", ".join(labels.classes[:5]) + (" …" if len(labels.classes) > 5 else "")
    noun = "class" if labels.form == "class" else "flag"
    plural = "classes" if noun == "class" else "flags"
    form, subject = FORMS.get(labels.form, labels.form), "photograph"
    if labels.by_joint:
        form, subject = form.replace("photograph", "joint"), "joint"
    text = f"{form}: {counted(len(labels.rows), subject)}"
    text += f", {counted(len(labels.classes), noun, plural)} ({names})." if names else "."
    if labels.columns:
        text += f" Also read: {', '.join(labels.columns)}."
    if labels.unused:
        text += f" Not used, for its values are no labels: {', '.join(labels.unused)}."
    left_out = [problem for problem in labels.problems if problem.left_out]
    if left_out:
        first = left_out[0]
        text += f" {counted(len(left_out), 'row')} cannot be used; the first is line {first.line}: {first.reason}."
    return text
