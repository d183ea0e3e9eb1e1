"""The part of the import form that is about the label file: read, its columns changed, its terms, what it would do."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from weldstudio.domain.errors import UserError
from weldstudio.gui.background import Background
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP
from weldstudio.gui.welcome.label_preview import LabelPreview
from weldstudio.gui.welcome.path_field import PathField
from weldstudio.gui.words import count, counted

if TYPE_CHECKING:
    from weldstudio.studio.forecast import Forecast
    from weldstudio.studio.label_look import Look
    from weldstudio.studio.label_table import LabelTable, Problem

_COUNT_AFTER_MS = 250

Foresee = Callable[[Callable[["Forecast | str"], None]], Callable[[], None]]
"""Asks what the wish of the form would do; answers with that, or a sentence, and hands over how to stop asking."""


class LabelPart(QObject):
    """Fields for a form to lay out; `changed` says that `table` or an answer may be another one."""

    changed = Signal()

    def __init__(self, parent: QWidget, *, known: tuple[str, ...]) -> None:
        """`known`: names of the flags and merges that the open project has; without any, a file makes them all."""
        super().__init__(parent)
        self._known = known
        self._window = parent
        self.table: LabelTable | None = None
        self.unknown: list[str] = []
        """Names of the file that the scheme does not have."""
        self._look: Look | None = None
        self._reading = _FileReading(self)
        self.foresee: Foresee | None = None
        """Counts what the whole form would do; the form sets it while it may be carried out."""
        self._stop: Callable[[], None] | None = None
        self._count_soon = QTimer(self)
        self._count_soon.setSingleShot(True)
        self._count_soon.setInterval(_COUNT_AFTER_MS)
        self._count_soon.timeout.connect(self._count)
        self.labels = PathField("the label file", choose=self._choose)
        self.labels.edit.setPlaceholderText("optional: a CSV table")
        self.preview = LabelPreview()
        self.new_flags = QCheckBox()
        self.all_or_nothing = QCheckBox("Take nothing if a single line cannot be used")
        self.several = QComboBox()
        for key, text in (
            ("unsure", "Some photograph of the joint must show it: those without a label become unsure"),
            ("leave", "Some photograph of the joint must show it: leave the label out"),
        ):
            self.several.addItem(text, key)
        self.forecast = _ForecastLine(parent)
        for widget in (self.new_flags, self.all_or_nothing, self.several):
            widget.hide()
        self._connect()

    def know(self, names: Iterable[str]) -> None:
        """Further names that are no new flags: those that flags and merges had before."""
        self._known = (*self._known, *names) if self._known else ()
        if self.unknown:
            self._set_table(self.table)
            self.changed.emit()

    def clear(self) -> None:
        """Say nothing again, as at first."""
        self.labels.set_path(None)
        self.new_flags.setChecked(False)
        self.all_or_nothing.setChecked(False)
        self.several.setCurrentIndex(0)
        self.preview.forget_answer()

    def stop(self) -> None:
        """Nobody wants to know any more what would happen."""
        self._count_soon.stop()
        self._stop_counting()

    def judge(self, *, may_begin: bool) -> None:
        """What the form says may be another thing: count anew what it would do, or do not."""
        self._stop_counting()
        self.forecast.say("")
        self._count_soon.stop()
        if may_begin and self.table is not None and self.foresee is not None:
            self._count_soon.start()

    # Inside

    def _connect(self) -> None:
        self.labels.changed.connect(self._path_changed)
        self.preview.table.changed.connect(self._read)
        self.preview.answered.connect(self.changed)
        self._reading.looked.connect(self._looked)
        self._reading.progressed.connect(self._read_so_far)
        for box in (self.new_flags, self.all_or_nothing):
            box.toggled.connect(lambda _on: self.changed.emit())
        self.several.currentIndexChanged.connect(lambda _index: self.changed.emit())

    def _path_changed(self) -> None:
        self.preview.table.forget()
        self._read()

    def _read(self) -> None:
        self._set_table(None)
        self._reading.stop()
        path, mapping = self.labels.path, dict(self.preview.table.mapping)
        if path is None:
            self.preview.show_nothing()
        elif not path.is_file():
            self.preview.show_nothing(f"There is no file {path.name} there.", "warning")
        else:
            self.preview.show()
            self.preview.say("Reading the label file …")
            self._reading.read(path, mapping, self._is_read)
        self.changed.emit()

    def _looked(self, look: "Look") -> None:
        """The columns can be shown and changed before the file is read to its end."""
        self._look = look
        self.preview.show_look(look)

    def _read_so_far(self, done: int, total: int) -> None:
        self.preview.say(f"Reading the label file … {count(done)} of about {count(total)} lines")

    def _is_read(self, table: "LabelTable | None", error: Exception | None) -> None:
        self._set_table(table)
        if table is not None and self._look is not None:
            self.preview.show_table(table, written=self._look.words)
        elif isinstance(error, UserError):
            self.preview.show()
            self.preview.say(str(error), "danger")
        elif error is not None:
            raise error
        self.changed.emit()

    def _set_table(self, table: "LabelTable | None") -> None:
        """The file that was read; asks about flags that only it knows, by name."""
        from weldstudio.studio.matching import unknown_names

        self.table = table
        self.unknown = unknown_names(table.classes, self._known) if table is not None and self._known else []
        self.new_flags.setVisible(bool(self.unknown))
        self.new_flags.setChecked(False)
        more = len(self.unknown) - 3
        names = ", ".join(self.unknown[:3]) + (f" and {more} more" if more > 0 else "")
        self.new_flags.setText(f"Add to the scheme what it does not have yet: {names}")
        self.new_flags.setToolTip(", ".join(self.unknown))
        self.all_or_nothing.setVisible(table is not None)
        self.several.setVisible(table is not None and table.by_joint)

    def _count(self) -> None:
        if self.foresee is not None:
            self.forecast.say("Counting what would happen …")
            self._stop = self.foresee(self._counted)

    def _counted(self, outcome: "Forecast | str") -> None:
        self._stop = None
        self.forecast.show_outcome(outcome)

    def _stop_counting(self) -> None:
        if self._stop is not None:
            self._stop()
            self._stop = None

    def _choose(self) -> str:
        start = self.labels.path or Path.home()
        tables = "Tables (*.csv *.tsv *.txt);;All files (*)"
        return QFileDialog.getOpenFileName(self._window, "Label file", str(start), tables)[0]


class _ForecastLine(QWidget):
    """What would happen, in words, with the way to the lines that cannot be used."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._window = window
        self._problems: tuple[Problem, ...] = ()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.show_lines = QPushButton()
        set_look(self.show_lines, "link")
        self.show_lines.clicked.connect(self._open_list)
        below = QHBoxLayout()
        below.addWidget(self.show_lines)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.text)
        layout.addLayout(below)
        self.say("")

    def say(self, sentence: str, look: str = "secondary") -> None:
        self._problems = ()
        self.show_lines.hide()
        self.text.setText(sentence)
        set_look(self.text, look)
        self.setVisible(bool(sentence))

    def show_outcome(self, outcome: "Forecast | str") -> None:
        """What would happen, or why nothing can."""
        if isinstance(outcome, str):
            self.say(outcome, "danger")
            return
        self.say(" ".join(outcome.lines()), "danger" if outcome.refusal else "")
        self._problems = outcome.problems
        if outcome.problems:
            self.show_lines.setText(f"Show {counted(len(outcome.problems), 'line')} with a remark…")
            self.show_lines.show()

    def _open_list(self) -> None:
        from weldstudio.gui.welcome.report import ReportDialog

        text = "Nothing is written yet. Correct the file and choose it again, or go on without these lines."
        ReportDialog(text, self._window, problems=self._problems, title="Label file").open()


class _FileReading(QObject):
    """Reads a label file in a thread of its own, with progress, until somebody wants another one."""

    looked = Signal(object)
    """A `Look`, at once."""
    progressed = Signal(int, int)
    """Lines read, and about how many there are."""
    _glanced = Signal(int, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._glanced.connect(self._hand_over)
        self._background = Background(self)
        self._wanted = 0

    def stop(self) -> None:
        """End the reading under way; its answer is no longer wanted."""
        self._wanted += 1
        self._background.forget()

    def read(
        self, path: Path, mapping: dict[str, str], answer: "Callable[[LabelTable | None, Exception | None], None]"
    ) -> None:
        self._wanted += 1
        number = self._wanted

        def run() -> "LabelTable | None":
            from weldstudio.studio import label_files, label_look

            self._glanced.emit(number, label_look.look(path, mapping=mapping))
            work = label_files.reading_label_file(path, mapping=mapping)
            while self._wanted == number:
                try:
                    step = next(work)
                except StopIteration as end:
                    table: LabelTable = end.value
                    return table
                self.progressed.emit(step.done, step.total or step.done)
            return None

        self._background.ask(run, answer)

    def _hand_over(self, number: int, look: "Look") -> None:
        if number == self._wanted:
            self.looked.emit(look)
