"""Picking example photos on the Review page, and showing what a flag means where somebody asks."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QCursor, QHelpEvent
from PySide6.QtWidgets import QMenu

from weldstudio.domain.scheme import Flag
from weldstudio.gui.actions import Actions
from weldstudio.gui.review.flag_card import FlagCard
from weldstudio.gui.review.flag_list import FlagList
from weldstudio.gui.review.flag_rows import FlagRow
from weldstudio.gui.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from weldstudio.studio.examples import Shown

_AWAY = (
    *(QEvent.Type.Leave, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.Hide),
    *(QEvent.Type.KeyPress, QEvent.Type.FocusOut, QEvent.Type.WindowDeactivate),
)


class Examples(QObject):
    """Actions `example.*` and `flag.about`, and the card that a flag's row shows in place of a tooltip."""

    def __init__(self, session: Session, actions: Actions, flags: FlagList) -> None:
        super().__init__(flags)
        self._session, self._flags = session, flags
        self.card = FlagCard(flags)
        flags.installEventFilter(self)
        flags.viewport().installEventFilter(self)
        actions.connect("example.typical", lambda: self.pick(look_alike=False))
        actions.connect("example.look_alike", lambda: self.pick(look_alike=True))
        actions.connect("flag.about", self.show_chosen)
        session.chosen_flag_changed.connect(lambda _slot: self.card.dismiss())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ToolTip and watched is self._flags.viewport() and isinstance(event, QHelpEvent):
            index = self._flags.indexAt(event.pos())
            if index.isValid():
                self._show(self._flags.flags.rows[index.row()])
            return index.isValid()
        if kind == QEvent.Type.MouseMove and watched is self._flags.viewport() and self.card.slot is not None:
            index = self._flags.indexAt(event.position().toPoint())  # type: ignore[attr-defined]
            if not index.isValid() or self._flags.flags.rows[index.row()].slot != self.card.slot:
                self.card.dismiss()
        if kind in _AWAY and self.card.slot is not None:
            self.card.dismiss()
        return False

    def pick(self, *, look_alike: bool) -> None:
        """Have the photograph in view stand as an example of the chosen flag; of a merge it is asked which flag."""
        slot = self._session.chosen_flag
        if self._session.current is None:
            self._session.tell("Choose a photograph first.")
            return
        item = self._session.mirror.scheme.by_slot(slot) if slot is not None else None
        if isinstance(item, Flag):
            self._add(item.slot, look_alike)
            return
        menu = self.menu(look_alike=look_alike, members=item.members if item is not None else None)
        menu.popup(QCursor.pos())

    def menu(self, *, look_alike: bool, members: tuple[int, ...] | None = None) -> QMenu:
        """The flags in use, or members of a merge, to choose the one that the photograph is an example of."""
        menu = QMenu(self._flags)
        menu.addSection("Looks like, but is not" if look_alike else "Typical of")
        for flag in self._session.mirror.scheme.live_flags:
            if members is None or flag.slot in members:
                text = flag.name.replace("&", "&&")
                menu.addAction(text, partial(self._add, flag.slot, look_alike))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def show_chosen(self) -> None:
        """The card of the chosen flag; away with it where it is shown."""
        place = self._flags.flags.place_of(self._session.chosen_flag)
        if self.card.slot is not None:
            self.card.dismiss()
        elif place < 0:
            self._session.tell("Choose a flag first: click on its row, or press Alt and its key.")
        else:
            self._show(self._flags.flags.rows[place])

    def _show(self, row: FlagRow) -> None:
        from weldstudio.studio import examples

        wanted = examples.examples_of(self._session.mirror.scheme, row.slot)
        self.card.slot = row.slot
        self._session.run(examples.shown, wanted).then(lambda found: self._show_card(row, found))

    def _show_card(self, row: FlagRow, found: "Sequence[Shown]") -> None:
        place = self._flags.flags.place_of(row.slot)
        if self.card.slot != row.slot or place < 0:
            return
        at = self._flags.viewport().mapToGlobal(self._flags.visualRect(self._flags.flags.index(place)).topLeft())
        description = self._session.mirror.scheme.by_slot(row.slot).description
        self.card.show_about(row, description, found, at=QPoint(at))

    def _add(self, slot: int, look_alike: bool) -> None:
        from weldstudio.studio import examples

        photo = self._session.current
        if photo is not None:
            self._session.edit_aloud("Example", examples.add, slot, photo, look_alike=look_alike)
