"""All predictions above a certainty in view, flag by flag, before they are accepted as labels."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from weldstudio.domain.errors import EditRefused
from weldstudio.gui.review.form_dialog import FormDialog, percentage, share_of
from weldstudio.gui.session import Session
from weldstudio.gui.theme import theme
from weldstudio.gui.words import count, counted
from weldstudio.studio import accepting

_HEADS = ("Flag", "Raised", "Clear")
CERTAINTY = 0.98
_MOST_ROWS = 12
_WIDTH = 560
"""Pixels: the longest names of the flags of pipe welds stand in one line."""


class AcceptTable(QTableWidget):
    """The flags with a box each, and how many labels of either kind would be accepted."""

    def __init__(self, session: Session) -> None:
        items = session.mirror.scheme.classes
        super().__init__(len(items), len(_HEADS))
        self.setHorizontalHeaderLabels(_HEADS)
        self.setAccessibleName("What would be accepted, flag by flag")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMinimumWidth(theme.px(_WIDTH))
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, theme.px(88))
            if (head := self.horizontalHeaderItem(column)) is not None:
                head.setTextAlignment(right)
        self.slots = [item.slot for item in items]
        self._boxes: list[QTableWidgetItem] = []
        self._numbers: list[tuple[QTableWidgetItem, QTableWidgetItem]] = []
        for row, item in enumerate(items):
            name = QTableWidgetItem(item.name)
            name.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            name.setCheckState(Qt.CheckState.Checked)
            name.setToolTip(item.name)
            self.setItem(row, 0, name)
            self._boxes.append(name)
            self._numbers.append((QTableWidgetItem(), QTableWidgetItem()))
            for column, number in enumerate(self._numbers[-1], 1):
                number.setTextAlignment(right)
                number.setFont(theme.font("body", figures=True))
                self.setItem(row, column, number)
        shown = min(len(items), _MOST_ROWS)
        self.setMinimumHeight((shown + 1) * theme.row_height + 6)

    @property
    def chosen(self) -> list[int]:
        """Slots of the flags whose box is ticked."""
        ticked = (box.checkState() == Qt.CheckState.Checked for box in self._boxes)
        return [slot for slot, on in zip(self.slots, ticked, strict=True) if on]

    def show_answers(self, answers: list[accepting.Answers]) -> None:
        """How many of each flag."""
        for (raised, clear), one in zip(self._numbers, answers, strict=True):
            raised.setText(count(one.raised))
            clear.setText(count(one.clear))


def ask_accept_all(session: Session, photo_ids: list[int], window: QWidget) -> None:
    """Ask how certain the model must be, show what that accepts, and accept it."""
    if session.mirror.model_id is None:
        session.tell(accepting.NO_MODEL)
        return
    if not photo_ids:
        session.tell("There is no photograph in view whose predictions could be accepted.")
        return
    certainty = percentage(CERTAINTY, low=50, high=100, decimals=1, step=0.5)
    table = AcceptTable(session)
    rows = session.mirror.rows(photo_ids)

    def say() -> str:
        found = accepting.answers(session.mirror, rows, certainty=share_of(certainty))
        table.blockSignals(True)
        table.show_answers(found)
        table.blockSignals(False)
        labels = sum(one.raised + one.clear for one in found if one.slot in table.chosen)
        if not labels:
            raise EditRefused("Nothing would be accepted: lower the certainty, or tick more flags.")
        return (
            f"{counted(labels, 'label')} on {counted(len(rows), 'photograph')} in view. Labels that are there stay. "
            "Accepted ones are marked as the model's and never used to judge a model."
        )

    dialog = FormDialog(
        "Accept what the model is certain of",
        [("&Certain to at least", certainty)],
        button="Accept",
        say=say,
        below=table,
        careful=True,
        parent=window,
    )
    table.itemChanged.connect(dialog.refresh)
    if dialog.exec():
        work = session.start_work(
            "Accepting predictions",
            accepting.accept_all,
            photo_ids,
            share_of(certainty),
            who=session.who,
            slots=table.chosen,
        )
        work.finished.connect(lambda report: session.tell(report.text, undo=report.action_id is not None))
