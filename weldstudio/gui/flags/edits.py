"""What a person can do to the scheme: one `studio` call each, under one undo command, asked first if it matters."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import UserError
from weldstudio.domain.scheme import Flag, JointRule
from weldstudio.gui.flags.flag_dialog import FlagDialog
from weldstudio.gui.flags.merge_dialog import MergeDialog
from weldstudio.gui.flags.model import Column
from weldstudio.gui.flags.rows import count_states, merged_counts
from weldstudio.gui.session import Session
from weldstudio.gui.work import Pending


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
            name = dialog.name
            text, points, group = f"Add {name}", dialog.points, dialog.group
            self._edit_as(text, lambda store, *, who: scheme.add_flag(store, name, points, who=who, group=group)).then(
                lambda _done: self.made.emit(name)
            )

    def change(self, slot: int, column: int, value: Any) -> None:
        """Change one cell of the table."""
        from weldstudio.studio import scheme

        name = self._session.mirror.scheme.by_slot(slot).name
        match Column(column):
            case Column.NAME:
                self._edit(f"Rename {name} to {value}", scheme.rename_flag, slot, value)
            case Column.POINTS:
                self._edit(f"{name}: {value} points", scheme.change_points, slot, value)
            case Column.RULE:
                self._edit(f"{name}: {value}", scheme.change_joint_rule, slot, JointRule(value))
            case Column.KEY:
                self._edit(f"{name}: key {value or 'none'}", scheme.change_key, slot, value)

    def adopt(self, name_or_file: str | Path) -> None:
        """Take over the flags of a preset or of a scheme file."""
        from weldstudio.studio import scheme

        try:
            other = scheme.load_scheme(name_or_file)
        except UserError as error:
            self._session.tell(str(error))
            return
        self._edit(f"Take over the scheme {other.name}", scheme.adopt, other)

    def retire(self, slot: int) -> None:
        """Retire a flag: its labels stay, nobody is asked about it any more."""
        from weldstudio.studio import scheme

        self._edit(f"Retire {self._session.mirror.scheme.by_slot(slot).name}", scheme.retire_flag, slot)

    def bring_back(self, name: str) -> None:
        """Have people asked about a retired flag again."""
        from weldstudio.studio import scheme

        slot = self._session.mirror.scheme.by_name(name).slot
        self._edit_as(f"Bring back {name}", lambda store, *, who: scheme.retire_flag(store, slot, who=who, back=True))

    def reorder(self, slots: Sequence[int] | None) -> None:
        """Put the flags into this order; None or the present order: nothing happens."""
        from weldstudio.studio import scheme

        if slots is not None and tuple(slots) != tuple(flag.slot for flag in self._session.mirror.scheme.flags):
            self._edit("Move a flag", scheme.reorder, tuple(slots))

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
        counts = [count_states(mirror.states(slot)) for slot in chosen]
        dialog = MergeDialog(
            scheme,
            members,
            preview=merging.preview(mirror, chosen),
            counts=[*counts, merged_counts(mirror, chosen)],
            parent=self._window,
        )
        if dialog.exec():
            name = dialog.name
            self._edit(f"Merge into {name}", merging.merge, name, chosen).then(lambda _done: self.made.emit(name))

    def unmerge(self, name: str) -> None:
        """Take a merge apart again."""
        from weldstudio.studio import merging

        self._edit(f"Undo the merge {name}", merging.unmerge, name)

    def _edit(self, text: str, function: Callable[..., Done], *args: Any) -> Pending:
        return self._edit_as(text, lambda store, *, who: function(store, *args, who=who))

    def _edit_as(self, text: str, function: Callable[..., Done]) -> Pending:
        pending = self._session.edit(text, function, who=self._session.who)
        return pending.then(lambda done: self._session.tell(done.text or text, undo=done.action_id is not None))
