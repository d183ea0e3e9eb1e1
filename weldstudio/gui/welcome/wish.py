"""What a person wants brought in, as the form knows it: a value, and the sentence that says why it is not enough."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weldstudio.domain.labelling import State
    from weldstudio.studio.describing import Told
    from weldstudio.studio.label_import import Terms
    from weldstudio.studio.label_table import LabelTable


@dataclass(frozen=True, slots=True)
class ImportWish:
    """Photographs, labels, or both, and what is said of them."""

    folder: Path | None
    """Root of the photographs; None = labels only."""
    labels: "LabelTable | None" = None
    unlisted: "State | None" = None
    """Clear or unseen: what the file means by not listing a flag; needed where it lists raised flags only."""
    new_flags: bool = False
    """Whether flags that the scheme does not have may be added to it."""
    all_or_nothing: bool = False
    """Whether one line that cannot be used refuses the whole file."""
    several: str = "unsure"
    """Of labels by joint, what becomes of one that some photo must carry: 'unsure' or 'leave'."""
    equipment: str = ""
    contractor: str = ""
    kind: str = ""
    """Type of the joints."""
    medium: str = ""
    joint: str = ""
    """'' = each photograph its own joint, 'folder', a regular expression, or 'column:NAME'."""
    project: Path | None = None
    """Where a new project is kept; None = into the open one."""

    @property
    def terms(self) -> "Terms":
        """On which terms the label file is taken."""
        from weldstudio.studio.joint_labels import Several
        from weldstudio.studio.label_import import Terms

        return Terms(
            unlisted=self.unlisted,
            new_flags=self.new_flags,
            all_or_nothing=self.all_or_nothing,
            several=Several(self.several),
        )

    @property
    def told(self) -> "Told":
        """What is said of all photos and joints."""
        from weldstudio.studio.describing import Told

        return Told(*(text or None for text in (self.equipment, self.contractor, self.kind, self.medium)))


def problem_of(wish: ImportWish, *, new: bool) -> str:
    """Why the wish cannot be carried out, as a sentence; '' if it can."""
    if wish.folder is None and (new or wish.labels is None):
        return "Choose the folder with the photographs." if new else "Choose photographs or a label file."
    if wish.folder is not None and not wish.folder.is_dir():
        return f"There is no folder {wish.folder}."
    if wish.labels is not None and wish.labels.lists_raised_only and wish.unlisted is None:
        return "Say what it means that a flag is not listed."
    if new:
        if wish.project is None:
            return "Say where the project is kept."
        if (wish.project / "project.sqlite").exists():
            return "There is a project in that folder already; open it, or choose another folder."
        if wish.folder is not None and wish.project.resolve() == wish.folder.resolve():
            return "Keep the project outside the folder with the photographs."
        if wish.project.is_dir() and any(wish.project.iterdir()):
            return "That folder is not empty; choose another one for the project."
    return ""
