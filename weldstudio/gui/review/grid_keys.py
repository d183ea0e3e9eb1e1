"""Where keys lead in the grid: from photograph to photograph, and from heading to heading of its groups."""

from PySide6.QtCore import Qt

from weldstudio.gui.review.layout import Layout


def key_target(key: Qt.Key, at: int | None, *, layout: Layout, height: int) -> int | None:
    """Index to which a key leads from `at` in a viewport of this height; None if the key leads nowhere."""
    if at is None or not layout.count:
        return None
    last = layout.count - 1
    page = max(1, height // layout.row_step) * layout.row_step
    match key:
        case Qt.Key.Key_Left:
            return max(0, at - 1)
        case Qt.Key.Key_Right:
            return min(last, at + 1)
        case Qt.Key.Key_Up:
            return layout.moved(at, -1)
        case Qt.Key.Key_Down:
            # The last row may be short: from above its end one comes to its end, not nowhere.
            return layout.moved(at, 1)
        case Qt.Key.Key_PageUp:
            return layout.moved(at, 0, pixels=-page)
        case Qt.Key.Key_PageDown:
            return layout.moved(at, 0, pixels=page)
        case Qt.Key.Key_Home:
            return 0
        case Qt.Key.Key_End:
            return last
        case _:
            return None


def heading_target(key: Qt.Key, at: int | None, *, layout: Layout, on_heading: bool) -> range | None:
    """The photographs of the group to whose heading Ctrl with a key leads from `at`; None if the key means no heading.

    Up leads to the heading above, from a heading to the one before it.
    """
    steps = {Qt.Key.Key_Up: -1 if on_heading else 0, Qt.Key.Key_Down: 1}
    if at is None or key not in steps or not layout.groups.header:
        return None
    group = layout.group_of(at) + steps[key]
    return layout.members(min(max(0, group), len(layout.groups.starts) - 1))
