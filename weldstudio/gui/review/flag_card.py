"""What a flag means, beside its row: everything the row says, the description, and example photos."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from weldstudio.gui.example_pictures import ExamplePictures
from weldstudio.gui.review.flag_rows import FlagRow
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from weldstudio.studio.examples import Shown


class FlagCard(QFrame):
    """A tooltip with pictures; it takes no focus and goes when the mouse leaves or a key is pressed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        set_look(self, "lifted")
        self.slot: int | None = None
        """Whose card it is while it is shown."""
        self.title, self.facts, self.words = QLabel(), QLabel(), QLabel()
        set_look(self.title, "section")
        set_look(self.facts, "secondary")
        self.pictures = ExamplePictures(editable=False)
        down = QVBoxLayout(self)
        down.setContentsMargins(GROUP, GAP + 4, GROUP, GAP + 4)
        down.setSpacing(GAP)
        for label in (self.title, self.words, self.facts):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setMinimumWidth(theme.px(300))
            label.setMaximumWidth(theme.px(700))
            down.addWidget(label)
        down.insertWidget(2, self.pictures)

    def show_about(self, row: FlagRow, description: str, found: "Sequence[Shown]", *, at: QPoint) -> None:
        """Show what there is about a class, its right edge left of `at` (a global point)."""
        self.slot = row.slot
        first, *rest = row.tooltip().split("\n")
        self.title.setText(first)
        self.words.setText(description)
        self.words.setVisible(bool(description))
        self.facts.setText("\n".join(rest))
        self.pictures.show_examples(found)
        self.adjustSize()
        room = self.screen().availableGeometry()
        left = max(room.left() + GAP, at.x() - self.width() - GAP)
        top = max(room.top() + GAP, min(at.y() - GAP, room.bottom() - self.height() - GAP))
        self.move(left, top)
        self.show()

    def dismiss(self) -> None:
        """Away with it."""
        self.slot = None
        self.hide()
