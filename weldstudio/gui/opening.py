"""How the window opens a project: to write or only to look, newly made, or after going back to a snapshot.

An `Opening` is called with the folder on the store thread and hands back the store.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weldstudio.store.store import Store


@dataclass(frozen=True, slots=True)
class Opening:
    """See the module's text."""

    create: bool = False
    read_only: bool = False
    snapshot: str = ""
    """Name of the snapshot that the project is made again before it is opened."""

    def __call__(self, folder: Path) -> "Store":
        # Here, not above: this brings sqlite_utils along, half a second that must not stand before the first paint.
        from weldstudio.studio import projects, restoring

        if self.create:
            return projects.create(folder)
        if self.snapshot:
            for _ in restoring.restore(folder, self.snapshot):
                pass
        return projects.open_project(folder, read_only=self.read_only)


TO_WRITE = Opening()
"""As a project is opened mostly."""
