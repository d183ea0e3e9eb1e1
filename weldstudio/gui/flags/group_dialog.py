"""A group: its name, what "none of them" is called, its flags; and what it would mean, before it is made."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.scheme import Group, Scheme
from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme

if TYPE_CHECKING:
    from weldstudio.studio.grouping import GroupPreview

WIDTH: Final = 480
DISSOLVE: Final = 2
"""What `exec` returns where the group shall be taken apart."""


class GroupDialog(QDialog):
    """Asks for a new group of the flags `chosen`, or for changes of `group`. `name`, `default`, `members` answer."""

    def __init__(
        self,
        scheme: Scheme,
        chosen: Collection[int],
        *,
        preview: "Callable[[list[int]], GroupPreview]",
        group: Group | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._scheme, self._group, self._preview = scheme, group, preview
        words = "Group of flags" if group is None else f"Group “{group.name}”"
        self.setWindowTitle("Group of flags")
        help_by_key(self, "flags")
        self.setMinimumWidth(theme.px(WIDTH))
        title = QLabel(words)
        set_look(title, "page")
        hint = QLabel("Of the flags of a group at most one holds. Labelling one clears the others, in one step.")
        hint.setWordWrap(True)
        set_look(hint, "secondary")
        self.name_field = QLineEdit("" if group is None else group.name)
        self.name_field.setPlaceholderText("Clamps")
        self.default_field = QLineEdit("" if group is None else group.default)
        self.default_field.setPlaceholderText("Clamp Detected")
        self.default_field.setToolTip("What holds where none of them is raised; empty if every photo has one of them")
        self.list = QListWidget()
        self.list.setAccessibleName("Flags of the group")
        self.list.setMinimumHeight(theme.px(240))
        self._fill(group.members if group is not None else chosen)
        self.consequences = QLabel(" ")
        self.consequences.setWordWrap(True)
        self.consequences.setMinimumHeight(theme.px(36))
        form = QFormLayout()
        form.setHorizontalSpacing(GROUP)
        form.setVerticalSpacing(GAP)
        form.addRow("&Name", self.name_field)
        form.addRow("None of &them", self.default_field)
        form.addRow("&Flags", self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, GROUP)
        layout.setSpacing(GROUP)
        for part in (title, hint):
            layout.addWidget(part)
        layout.addLayout(form)
        layout.addWidget(self.consequences)
        layout.addLayout(self._buttons())
        self.name_field.textChanged.connect(self._check)
        self.list.itemChanged.connect(self._members_changed)
        self._members_changed()

    @property
    def name(self) -> str:
        text = self.name_field.text()
        return text if self._group is not None and text == self._group.name else text.strip()

    @property
    def default(self) -> str:
        return self.default_field.text().strip()

    @property
    def members(self) -> list[int]:
        """Slots of the flags that are ticked, in the order of the scheme."""
        items = (self.list.item(row) for row in range(self.list.count()))
        ticked = {i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() == Qt.CheckState.Checked}
        return [flag.slot for flag in self._scheme.live_flags if flag.slot in ticked]

    def _fill(self, chosen: Collection[int]) -> None:
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        for flag in sorted(self._scheme.live_flags, key=lambda flag: flag.slot not in chosen):
            other = self._scheme.group_of(flag.slot)
            elsewhere = other is not None and other != self._group
            item = QListWidgetItem(f"{flag.name}   (in “{other.name}”)" if elsewhere and other else flag.name)
            item.setToolTip(item.text())
            item.setData(Qt.ItemDataRole.UserRole, flag.slot)
            item.setSizeHint(QSize(0, theme.row_height))  # else the boxes to tick touch each other
            ticked = flag.slot in chosen and not elsewhere
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            if elsewhere:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.list.addItem(item)

    def _buttons(self) -> QHBoxLayout:
        left = []
        if self._group is not None:
            self.dissolve_button = QPushButton("Dissolve the group")
            self.dissolve_button.setToolTip("Its flags may hold beside each other again; labels stay")
            self.dissolve_button.setAutoDefault(False)
            self.dissolve_button.clicked.connect(lambda: self.done(DISSOLVE))
            left.append(self.dissolve_button)
        self.make_button = QPushButton("Make the group" if self._group is None else "Save")
        return answer_row(self, self.make_button, left=left)

    def _members_changed(self) -> None:
        members = self.members
        self.consequences.setText(
            self._preview(members).sentence if len(members) > 1 else "Tick two flags or more that exclude each other."
        )
        self._check()

    def _check(self) -> None:
        taken = any(g.name == self.name and g != self._group for g in self._scheme.groups)
        self.name_field.setToolTip(f"There is a group “{self.name}” already" if taken else "")
        set_look(self.name_field, "wrong" if taken else "")
        self.make_button.setEnabled(bool(self.name) and not taken and len(self.members) > 1)
