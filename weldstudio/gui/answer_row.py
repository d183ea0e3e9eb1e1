"""The foot of a dialog: what is to be said at the left, then the way out, then what the dialog is for."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QWidget

from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP


def answer_row(
    dialog: QDialog,
    primary: QPushButton,
    *,
    then: Callable[[], object] | None = None,
    beside: QWidget | None = None,
    left: Sequence[QPushButton] = (),
    between: Sequence[QPushButton] = (),
    out: str = "Cancel",
    careful: bool = False,
) -> QHBoxLayout:
    """Lays out the buttons; `primary` becomes the dialog's default and accepts it, or calls `then`.

    `beside` is what takes the room that is left; `left` stand before that, `between` beside the primary one. Where one
    should be `careful`, the way out is the default and has the focus.
    """
    set_look(primary, "primary")
    primary.clicked.connect(lambda _checked=False: dialog.accept() if then is None else then())
    cancel = QPushButton(out, dialog)
    cancel.clicked.connect(dialog.reject)
    (cancel if careful else primary).setDefault(True)
    if careful:
        cancel.setFocus()
    row = QHBoxLayout()
    row.setSpacing(GAP)
    for button in left:
        row.addWidget(button)
    if beside is None:
        row.addStretch(1)
    else:
        row.addWidget(beside, 1)
    for button in (cancel, *between, primary):
        row.addWidget(button)
    return row
