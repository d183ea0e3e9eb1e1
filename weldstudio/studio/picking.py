"""Which photos are meant where a person names them by a filter, by a saved view, or by both."""

from weldstudio.domain.errors import EditRefused
from weldstudio.domain.scheme import did_you_mean
from weldstudio.store.mirror import Mirror
from weldstudio.studio import known_names, reviewing, views
from weldstudio.studio.reviewing import Rows


def pick(mirror: Mirror, *, where: str = "", view: str = "") -> Rows:
    """Rows of the photos that a filter's text and a view (by its name) both let through, in the order of the view.

    Raises FilterError for a text that means nothing, EditRefused where there is no such view.
    """
    if not view.strip():
        return reviewing.select(mirror, known_names.asked(mirror, where))
    known = views.listed(mirror)
    found = views.named(known, view)
    if found is None:
        raise EditRefused(f"There is no view '{view}'.{did_you_mean(view, (each.name for each in known))}")
    rows = views.select(mirror, found)
    return rows[reviewing.matching(mirror, known_names.asked(mirror, where))[rows]]
