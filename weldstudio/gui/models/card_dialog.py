"""What a person says of a model: its name, what it is for, what it is bad at, under which licence its weights stand."""

from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from weldstudio.domain.model import ModelCard
from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.studio.model_cards import LONGEST, TEXTS


class CardDialog(QDialog):
    """`values` are what the fields hold, by the field of the card."""

    def __init__(self, card: ModelCard, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Describe the model")
        help_by_key(self, "models")
        self.fields: dict[str, QLineEdit | QPlainTextEdit] = {}
        title = QLabel("Describe the model")
        set_look(title, "page")
        words = QLabel("It stands in the report and in every exported file. Undo takes a change back.")
        words.setWordWrap(True)
        set_look(words, "secondary")
        grid = QGridLayout()
        grid.setHorizontalSpacing(GROUP)
        grid.setVerticalSpacing(GAP)
        for row, (field, text) in enumerate(TEXTS.items()):
            short = field in ("name", "weights_licence")
            edit = QLineEdit(getattr(card, field)) if short else QPlainTextEdit(getattr(card, field))
            if isinstance(edit, QPlainTextEdit):
                edit.setFixedHeight(theme.px(84))
                edit.setTabChangesFocus(True)
            else:
                edit.setMaxLength(LONGEST)
                edit.setCursorPosition(0)
            edit.setAccessibleName(text)
            label = QLabel(text)
            label.setWordWrap(True)
            label.setFixedWidth(theme.px(150))
            label.setBuddy(edit)
            grid.addWidget(label, row, 0)
            grid.addWidget(edit, row, 1)
            self.fields[field] = edit
        self.keep_button = QPushButton("Keep")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addWidget(title)
        layout.addWidget(words)
        layout.addLayout(grid)
        layout.addLayout(answer_row(self, self.keep_button))
        self.resize(theme.px(620), self.sizeHint().height())
        name = self.fields["name"]
        assert isinstance(name, QLineEdit)
        name.textChanged.connect(lambda text: self.keep_button.setEnabled(bool(text.strip())))

    @property
    def values(self) -> dict[str, str]:
        return {
            field: edit.text() if isinstance(edit, QLineEdit) else edit.toPlainText()
            for field, edit in self.fields.items()
        }
