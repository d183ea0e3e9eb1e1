"""A change of many photographs, before it is made: what becomes of their labels, and which verdicts would move."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.labelling import Source, State, count_words
from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import indent_number, set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.words import counted

if TYPE_CHECKING:
    from weldstudio.store.mirror import Mirror
    from weldstudio.studio.bulk_preview import BulkPreview

WIDTH = 620
SHOWN = 200
"""So many joints are listed one by one."""
CLASSES = 12
"""So many classes are listed one by one."""


class BulkDialog(QDialog):
    """Shows what `preview` says; accepted where the person wants it. `ask_above` is the setting beneath, if any."""

    def __init__(
        self,
        title: str,
        preview: "BulkPreview",
        *,
        mirror: "Mirror",
        ask_above: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Change many photographs")
        self.setMinimumWidth(theme.px(WIDTH))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        head = QLabel(title)
        head.setWordWrap(True)
        set_look(head, "page")
        first, *_ = preview.text.split("\n")
        summary = QLabel(first)
        summary.setObjectName("summary")
        summary.setWordWrap(True)
        verdicts = QLabel(preview.moves.sentence)
        verdicts.setObjectName("verdicts")
        verdicts.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, GROUP)
        layout.setSpacing(GROUP)
        layout.addWidget(head)
        layout.addWidget(summary)
        layout.addLayout(_classes(preview))
        layout.addWidget(verdicts)
        self.joints = _joints(preview, mirror)
        if self.joints is not None:
            layout.addWidget(self.joints)
        self.above = QSpinBox()
        indent_number(self.above)
        self.above.setRange(1, 1_000_000)
        self.above.setValue(ask_above or 1)
        self.above.setAccessibleName("Ask above so many photographs")
        ask = QHBoxLayout()
        ask.setSpacing(GAP)
        for part in (QLabel("Do not ask for"), self.above, QLabel("photographs or fewer")):
            ask.addWidget(part)
        ask.addStretch(1)
        if ask_above is not None:
            layout.addLayout(ask)
        layout.addLayout(self._buttons(preview.changed + preview.confirmed))

    def _buttons(self, photos: int) -> QHBoxLayout:
        safe = QLabel("One step of undo.")
        set_look(safe, "secondary")
        self.change_button = QPushButton(f"Change {counted(photos, 'photograph')}")
        return answer_row(self, self.change_button, beside=safe, careful=True)


def ask_first(
    session: Session,
    title: str,
    photo_ids: Iterable[int],
    wanted: Sequence[tuple[int, State]],
    *,
    source: Source,
    then: Callable[[], object],
    parent: QWidget | None,
) -> None:
    """Do it at once for few photographs; for more than the setting says, show what it would do and ask."""
    ids = tuple(photo_ids)
    if len(ids) <= session.settings.ask_above or session.read_only:
        then()
        return
    from weldstudio.studio.bulk_preview import preview

    found = preview(session.mirror, ids, wanted, source=source)
    if not found.changed + found.confirmed:
        then()  # the store says that nothing had to change
        return
    above = session.settings.ask_above
    dialog = BulkDialog(title, found, mirror=session.mirror, ask_above=above, parent=parent)

    def agreed() -> None:
        if dialog.above.value() != session.settings.ask_above:
            session.settings.change(ask_above=dialog.above.value())
        then()

    dialog.accepted.connect(agreed)
    session.closing.connect(dialog.reject)
    dialog.open()


def _classes(preview: "BulkPreview") -> QGridLayout:
    """A row for each class: its name, what it leaves, what it comes to."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(GROUP)
    grid.setVerticalSpacing(GAP)
    grid.setColumnStretch(0, 1)
    for y, one in enumerate(preview.classes[:CLASSES]):
        to = next(iter(one.after)).word if len(one.after) == 1 else count_words(one.after)
        for x, text in enumerate((one.name, count_words(one.before), f"→  {to}")):
            label = QLabel(text)
            label.setTextFormat(Qt.TextFormat.PlainText)
            if x == 1:
                label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label.setWordWrap(x == 0)
            grid.addWidget(label, y, x)
    more = len(preview.classes) - CLASSES
    if more > 0:
        rest = QLabel(f"and {counted(more, 'other flag')}")
        set_look(rest, "secondary")
        grid.addWidget(rest, CLASSES, 0)
    return grid


def _joints(preview: "BulkPreview", mirror: "Mirror") -> QListWidget | None:
    """The joints whose verdict moves, by name; None where none does."""
    if not preview.moved:
        return None
    joints, order, starts = mirror.joint_order
    listed = QListWidget()
    listed.setAccessibleName("Joints whose verdict moves")
    for one in preview.moved[:SHOWN]:
        place = int(joints.searchsorted(one.joint_id))
        photo = int(mirror.ids[order[starts[place]]])
        before, after = one.before.name.lower(), one.after.name.lower()
        listed.addItem(f"{mirror.joint_name(photo)}:  {before} → {after}")
    if len(preview.moved) > SHOWN:
        listed.addItem(f"and {counted(len(preview.moved) - SHOWN, 'other joint')}")
    listed.setFixedHeight(theme.px(112))
    return listed
