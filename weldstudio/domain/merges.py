"""What labels given at the merged level mean: found by name, also while their merge is undone."""

from weldstudio.domain.errors import SchemeError
from weldstudio.domain.scheme import Scheme, SchemeClass


def for_labels(scheme: Scheme, name: str) -> SchemeClass:
    """What a label file means by a name: a flag or merge, else a merge of that name that was undone.

    The labels of an undone merge are kept for when it is made again, and wait to be split among its flags. Raises
    SchemeError as `Scheme.by_name` does.
    """
    try:
        return scheme.by_name(name)
    except SchemeError:
        wanted = name.strip().casefold()
        undone = [merge for merge in scheme.merges if merge.undone and merge.name.strip().casefold() == wanted]
        if not undone:
            raise
        return undone[-1]


def names_for_labels(scheme: Scheme) -> tuple[str, ...]:
    """The names that `for_labels` knows, those of retired flags left aside."""
    return tuple(item.name for item in scheme.live_flags + scheme.merges)
