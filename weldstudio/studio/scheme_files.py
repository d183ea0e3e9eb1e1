"""A project's scheme from a file and into one, with the pictures of its examples."""

from pathlib import Path

from weldstudio.domain.changes import Done
from weldstudio.domain.scheme import Scheme
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import examples
from weldstudio.studio import scheme as schemes


def take_over(store: Store, name_or_file: str | Path, *, who: str) -> Done:
    """Take over the flags of a preset or of a scheme file by name; see `scheme.adopt`. Raises SchemeError."""
    other = schemes.load_scheme(name_or_file)
    done = schemes.adopt(store, other, who=who)
    examples.take_along(store.folder, other, Path(name_or_file))
    return done


def give_out(store: Store, file: Path) -> Scheme:
    """Write the project's scheme to a file that `take_over` and `init --scheme` read, its examples beside it."""
    scheme = scheme_rows.load(store)
    schemes.write_scheme(scheme, file)
    examples.give_along(store.folder, scheme, file)
    return scheme
