"""What a person can do to the scheme: one `studio` call each, under one undo command, asked first if it matters."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget, QWidgetAction

from weldstudio.domain.scheme import Flag, JointRule, Level
from weldstudio.gui.flags.colour_field import ColourField
from weldstudio.gui.flags.flag_dialog import FlagDialog
from weldstudio.gui.flags.group_dialog import DISSOLVE, GroupDialog
from weldstudio.gui.flags.merge_dialog import MergeDialog
from weldstudio.gui.flags.model import Column
from weldstudio.gui.flags.rows import count_states
from weldstudio.gui.session import Session
from weldstudio.gui.words import counted

LEVELS: Final = {
    Level.MERGES: "Merges in place of their flags",
    Level.FLAGS: "The flags of merges",
    Level.BOTH: "The flags, and a merge where only that is known",
}


class SchemeEdits(QObject):
    """Edits of one session's scheme. `made` carries the name of a flag or merge that is new."""

    made = Signal(str)

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window

    def add(self) -> None:
        """Ask for a new flag and add it."""
        from weldstudio.studio import scheme

        dialog = FlagDialog(self._session.mirror.scheme, self._window)
        if dialog.exec():
            values = dialog.values
            name = values["name"]
            self._session.edit_aloud(
                f"Add {name}", lambda store, *, who: scheme.add_flag(store, **values, who=who)
            ).then(lambda _done: self.made.emit(name))

    def open_editor(self, slot: int) -> None:
        """Ask for other values of a flag or merge, all at once; one action."""
        from weldstudio.studio import scheme

        item = self._session.mirror.scheme.by_slot(slot)
        dialog = FlagDialog(self._session.mirror.scheme, self._window, item=item)
        if dialog.exec() and (values := dialog.values):
            self._session.edit_aloud(
                f"Edit {item.name}", lambda store, *, who: scheme.change_class(store, slot, who=who, **values)
            )

    def choose_colour(self, slot: int, at: QPoint) -> None:
        """Offer colours for a flag or merge in a small menu."""
        from weldstudio.studio import scheme

        item = self._session.mirror.scheme.by_slot(slot)
        field = ColourField(item.colour)
        menu = QMenu(self._window)
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(field)
        menu.addAction(holder)
        field.changed.connect(menu.close)
        field.changed.connect(
            lambda: self._session.edit_aloud(f"{item.name}: colour", scheme.change_colour, slot, field.colour)
        )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def group(self, slots: Sequence[int]) -> None:
        """Make a group of these flags, or change the one that one of them is in."""
        from weldstudio.studio import grouping

        mirror = self._session.mirror
        flags = [slot for slot in slots if isinstance(mirror.scheme.by_slot(slot), Flag)]
        group = next((g for slot in flags if (g := mirror.scheme.group_of(slot)) is not None), None)
        old = "" if group is None else group.name
        dialog = GroupDialog(
            mirror.scheme,
            flags,
            preview=lambda members: grouping.preview(mirror, members, name=old),
            group=group,
            parent=self._window,
        )
        answer = dialog.exec()
        if answer == DISSOLVE:
            self.ungroup(old)
        elif answer and group is None:
            members, name, default = dialog.members, dialog.name, dialog.default
            self._session.edit_aloud(
                f"Group {name}", lambda store, *, who: grouping.make(store, name, members, default=default, who=who)
            )
        elif answer:
            retired = [slot for slot in group.members if self._retired(slot)] if group is not None else []
            new_name, default, members = dialog.name, dialog.default, [*dialog.members, *retired]
            self._session.edit_aloud(
                f"Group {old}",
                lambda store, *, who: grouping.change(
                    store, old, who=who, new_name=new_name, members=members, default=default
                ),
            )

    def ungroup(self, name: str) -> None:
        """Take a group apart."""
        from weldstudio.studio import grouping

        self._session.edit_aloud(f"Dissolve the group {name}", grouping.dissolve, name)

    def save(self, file: Path) -> None:
        """Write the scheme to a file, with the pictures of its examples beside it."""
        from weldstudio.studio import scheme_files

        self._session.run(scheme_files.give_out, file).then(
            lambda found: self._session.tell(f"Saved {counted(len(found.flags), 'flag')} to {file}")
        )

    def _retired(self, slot: int) -> bool:
        item = self._session.mirror.scheme.by_slot(slot)
        return isinstance(item, Flag) and item.retired

    def change(self, slot: int, column: int, value: Any) -> None:
        """Change one cell of the table."""
        from weldstudio.studio import scheme

        name = self._session.mirror.scheme.by_slot(slot).name
        match Column(column):
            case Column.NAME:
                self._session.edit_aloud(f"Rename {name} to {value}", scheme.rename_flag, slot, value)
            case Column.POINTS:
                self._session.edit_aloud(f"{name}: {value} points", scheme.change_points, slot, value)
            case Column.RULE:
                self._session.edit_aloud(f"{name}: {value}", scheme.change_joint_rule, slot, JointRule(value))
            case Column.KEY:
                self._session.edit_aloud(f"{name}: key {value or 'none'}", scheme.change_key, slot, value)

    def adopt(self, name_or_file: str | Path) -> None:
        """Take over the flags of a preset or of a scheme file."""
        from weldstudio.studio import scheme_files

        self._session.edit_aloud(
            f"Take over the scheme {Path(name_or_file).stem}", scheme_files.take_over, name_or_file
        )

    def retire(self, slot: int) -> None:
        """Retire a flag: its labels stay, nobody is asked about it any more."""
        from weldstudio.studio import scheme

        self._session.edit_aloud(f"Retire {self._session.mirror.scheme.by_slot(slot).name}", scheme.retire_flag, slot)

    def bring_back(self, name: str) -> None:
        """Have people asked about a retired flag again."""
        from weldstudio.studio import scheme

        slot = self._session.mirror.scheme.by_name(name).slot
        self._session.edit_aloud(
            f"Bring back {name}", lambda store, *, who: scheme.retire_flag(store, slot, who=who, back=True)
        )

    def reorder(self, slots: Sequence[int] | None) -> None:
        """Put the flags into this order; None or the present order: nothing happens."""
        from weldstudio.studio import scheme

        if slots is not None and tuple(slots) != tuple(flag.slot for flag in self._session.mirror.scheme.flags):
            self._session.edit_aloud("Move a flag", scheme.reorder, tuple(slots))

    def merge(self, slots: Sequence[int]) -> None:
        """Merge flags, after showing what that would do."""
        from weldstudio.studio import merging

        mirror = self._session.mirror
        scheme = mirror.scheme
        for slot in slots:
            item = scheme.by_slot(slot)
            held = scheme.merge_of(slot) if isinstance(item, Flag) else item
            if held is not None:
                self._session.tell(f"“{held.name}” is a merge already. Undo it first, then merge anew.")
                return
        members = [flag for flag in scheme.live_flags if flag.slot in slots]
        if len(members) < 2:
            return
        chosen = [flag.slot for flag in members]
        dialog = MergeDialog(
            scheme,
            members,
            preview=lambda name, penalty: merging.preview(mirror, chosen, name=name, penalty=penalty),
            counts=[count_states(mirror.states(slot)) for slot in chosen],
            parent=self._window,
        )
        self._session.run(merging.confused_by_experts, chosen).then(dialog.show_confusion)
        if dialog.exec():
            name = dialog.name
            self._session.edit_aloud(f"Merge into {name}", merging.merge, name, chosen, penalty=dialog.penalty).then(
                lambda _done: self.made.emit(name)
            )

    def unmerge(self, name: str) -> None:
        """Take a merge apart again."""
        from weldstudio.studio import merging

        self._session.edit_aloud(f"Undo the merge {name}", merging.unmerge, name)

    def offer_levels(self, at: QPoint) -> None:
        """A menu of what verdicts may count, each with the verdicts that it would move."""
        from weldstudio.studio import merging

        mirror, menu = self._session.mirror, QMenu(self._window)
        for level, word in LEVELS.items():
            now = level == mirror.scheme.verdict_level
            moves = "" if now else merging.preview_verdicts(mirror, level).sentence.rstrip(".")
            text = f"{word}: {moves[0].lower()}{moves[1:]}" if moves else word
            entry = menu.addAction(
                text, partial(self._session.edit_aloud, f"Verdicts count {level}", merging.count_verdicts_by, level)
            )
            entry.setCheckable(True)
            entry.setChecked(now)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at - QPoint(menu.sizeHint().width(), 0))
