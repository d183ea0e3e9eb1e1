"""One table of everything a person can do in the window: texts, keys, pages. Plain values, without Qt.

Menus, shortcuts, the command palette and the cheat sheet are made from it (`gui.actions`). It lies on this floor
because the command line must know as well which keys are taken when a flag is given one (`flag_keys`).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Action:
    """One row. `key` as Qt writes key sequences, alternatives parted by ' | '."""

    id: str
    text: str
    key: str = ""
    icon: str = ""
    page: str = ""
    """The page on which it holds; empty = everywhere."""
    menu: str = ""
    """The heading under which menu, palette and cheat sheet list it."""
    checkable: bool = False
    project: bool = True
    """Whether it needs an open project."""


def _page(page: str, menu: str, *rows: tuple[str, ...], checkable: tuple[str, ...] = ()) -> tuple[Action, ...]:
    """Rows (id, text, key, icon) that share their page and heading; key and icon may be left out."""
    padded = [(*row, "", "")[:4] for row in rows]
    return tuple(
        Action(name, text, key, icon, page, menu, checkable=name in checkable) for name, text, key, icon in padded
    )


TABLE: Final[tuple[Action, ...]] = (
    Action("project.new", "New project…", "Ctrl+Shift+N", "folder_plus", menu="Project", project=False),
    Action("project.open", "Open project…", "Ctrl+O", "folder", menu="Project", project=False),
    Action("project.demo", "Open the demo", "", "star", menu="Project", project=False),
    Action("project.close", "Close project", "Ctrl+W", "close", menu="Project"),
    Action("collection.import", "Import photographs or labels…", "Ctrl+I", "import", menu="Project"),
    Action("collection.rescan", "Look at the folders again", "Ctrl+R", "refresh", menu="Project"),
    Action("collection.manage", "Collections and their folders…", "Ctrl+Shift+R", "folder", menu="Project"),
    Action("project.export", "Export labels…", "Ctrl+E", "export", menu="Project"),
    Action("project.bundle", "Make a bundle of labels…", "", "export", menu="Project"),
    Action("project.take", "Take a bundle of labels in…", "", "import", menu="Project"),
    Action("project.restore", "Go back to a snapshot…", "", "history", menu="Project"),
    Action("app.settings", "Settings…", "Ctrl+,", "settings", menu="Project", project=False),
    Action("app.quit", "Quit", "Ctrl+Q", "", menu="Project", project=False),
    Action("edit.undo", "Undo", "Ctrl+Z", "undo", menu="Edit"),
    Action("edit.redo", "Redo", "Ctrl+Shift+Z | Ctrl+Y", "redo", menu="Edit"),
    Action("history.open", "History…", "Ctrl+H", "history", menu="Edit"),
    Action("page.review", "Review", "Ctrl+1", "review", menu="Go to"),
    Action("page.flags", "Flags", "Ctrl+2", "flags", menu="Go to"),
    Action("page.train", "Train", "Ctrl+3", "train", menu="Go to"),
    Action("page.models", "Models", "Ctrl+4", "models", menu="Go to"),
    Action("page.quality", "Quality", "Ctrl+5", "quality", menu="Go to"),
    Action("work.list", "Running work", "Ctrl+J", "history", menu="Go to"),
    Action("work.predict", "Predict all photographs in the background", "", "engine", menu="Project", checkable=True),
    Action("work.learn", "Learn from every label at once", "", "star", menu="Project", checkable=True),
    Action("work.teach", "Teach mode: show what each label changes", "", "star", menu="Project", checkable=True),
    Action("work.similar", "Find photographs like this one", "", "search", menu="Go to"),
    Action("work.next", "What to label next", "", "star", menu="Go to"),
    Action("work.moved", "Show the joints whose verdict the last label changed", "", "joint", menu="Go to"),
    Action("app.palette", "Command palette…", "Ctrl+K", "command", menu="Help", project=False),
    Action("app.keys", "Keys", "?", "keyboard", menu="Help", project=False),
    Action("app.change_keys", "Change keys…", "", "keyboard", menu="Help", project=False),
    Action("app.help", "Help", "F1", "help", menu="Help", project=False),
    Action("app.steps", "First steps", "", "star", menu="Help"),
    Action("app.changes", "What is new", "", "info", menu="Help", project=False),
    Action("app.theme", "Switch between light and dark", "Ctrl+Shift+L", "moon", menu="Help", project=False),
    Action("app.contrast", "High contrast, on or off", "Ctrl+Alt+H", "sun", menu="Help", project=False),
    Action("app.text_larger", "Larger text", "Ctrl+Alt++ | Ctrl+Alt+=", "", menu="Help", project=False),
    Action("app.text_smaller", "Smaller text", "Ctrl+Alt+-", "", menu="Help", project=False),
    *_page(
        "review",
        "Photographs",
        ("photo.next", "Next photograph", "Right | Space", "chevron_right"),
        ("photo.previous", "Previous photograph", "Left | Shift+Space", "chevron_left"),
        ("photo.next_unreviewed", "Next photograph nobody has reviewed", "Ctrl+Right"),
        ("photo.seek", "Go to a photograph or joint…", "Ctrl+L | '", "search"),
        ("photo.open", "Open the photograph large", "Return | Enter", "photo"),
        ("photo.grid", "Back to the grid", "Escape", "grid"),
        ("photo.select_all", "Select all photographs shown", "Ctrl+A"),
        ("photo.select_none", "Select nothing", "Ctrl+Shift+A"),
        ("photo.filter", "Filter photographs", "Ctrl+F | /", "filter"),
        ("photo.clear_filter", "Show all photographs", "Ctrl+Shift+F"),
        ("views.save", "Keep the filter as a view…", "Ctrl+Shift+K", "star"),
        ("views.change", "Name and key of this view…", "", "edit"),
        ("views.remove", "Remove this view", "", "trash"),
        ("views.export", "Write all views to a file…", "", "export"),
        ("views.import", "Take views in from a file…", "", "import"),
        ("photo.predict", "Predict the photographs shown with the active model", "Ctrl+Shift+P", "engine"),
        ("photo.confirm", "The labels hold for the changed file", "F5", "check"),
        ("photo.note", "Write a note on the photograph", "F4", "edit"),
        ("photo.reveal", "Show the file in its folder", "", "folder"),
        ("photo.about", "About the photograph: file, joint, camera…", "Alt+Return", "info"),
        ("photo.figure", "Save a figure for a report, with the overlay…", "Ctrl+Alt+S", "export"),
        ("photo.copy", "Copy the photographs, to paste into another program", "Ctrl+C", "file"),
        ("photo.print", "Print a contact sheet…", "Ctrl+P", "table"),
        ("photo.larger", "Larger thumbnails", "Ctrl++ | Ctrl+="),
        ("photo.smaller", "Smaller thumbnails", "Ctrl+-"),
        ("photo.by_joint", "Group the photographs by joint", "Ctrl+Shift+J", "joint"),
        checkable=("photo.by_joint",),
    ),
    *_page(
        "review",
        "Large photograph",
        ("view.zoom_in", "Zoom in", "+ | =", "zoom_in"),
        ("view.zoom_out", "Zoom out", "-", "zoom_out"),
        ("view.fit", "Fit into the window", "F", "zoom_fit"),
        ("view.actual", "One pixel to one pixel", "Z", "zoom_one"),
        ("view.turn_right", "Turn to the right, for looking", "Alt+Right", "turn_right"),
        ("view.turn_left", "Turn to the left, for looking", "Alt+Left", "turn_left"),
        ("view.adjust", "Brightness, contrast and shadows", "Ctrl+U", "settings"),
        ("view.keep_look", "Keep this look for the next photographs", "Ctrl+Shift+U", "pin"),
        ("view.plain", "Show the photograph as it is", "Ctrl+0", "undo"),
        ("view.window", "The photograph in a window of its own", "Ctrl+F11", "photo"),
        checkable=("view.adjust", "view.keep_look", "view.window"),
    ),
    *_page(
        "review",
        "Side by side",
        ("beside.joint", "Beside it: the joint's other photographs", "F2", "joint"),
        ("beside.similar", "Beside it: photographs that look alike", "F3", "photo"),
        ("beside.examples", "Beside it: examples of the chosen flag", "Shift+F2", "flag"),
        ("beside.raised", "Beside it: the overlays of all raised flags", "Shift+F3", "overlay"),
        ("beside.contrast", "Beside it: the most alike with the same and with the opposite label", "Ctrl+F3", "photo"),
        ("beside.more", "One photograph more side by side", "Ctrl+]"),
        ("beside.fewer", "One photograph fewer side by side", "Ctrl+["),
        checkable=("beside.joint", "beside.similar", "beside.examples", "beside.raised", "beside.contrast"),
    ),
    *_page(
        "review",
        "Overlay",
        ("overlay.toggle", "Show or hide the overlay", "O", "overlay"),
        ("overlay.stronger", "Stronger overlay", "]"),
        ("overlay.weaker", "Weaker overlay", "["),
        ("overlay.strongest", "Overlay of what the model is surest of", "Ctrl+Shift+O"),
        ("overlay.signed", "Overlay: for and against the flag", "Ctrl+Alt+O"),
        ("overlay.contour", "Overlay: a line round the strongest evidence", ""),
        ("overlay.squares", "Overlay: as coarse as the network sees", ""),
        checkable=("overlay.toggle", "overlay.signed", "overlay.contour", "overlay.squares"),
    ),
    *_page(
        "review",
        "Labels",
        ("label.raise", "Raise the chosen flag", "R", "raised"),
        ("label.clear", "Mark the chosen flag clear", "C", "clear"),
        ("label.unsure", "Mark the chosen flag unsure", "U", "unsure"),
        ("label.unseen", "Take the label of the chosen flag away", "Backspace", "unseen"),
        ("label.nothing", "Reviewed, nothing applies", "N", "check"),
        ("label.copy", "Copy the labels of the photograph before", "Ctrl+D"),
        ("label.copy_joint", "Copy the labels of the joint's other photograph", "Ctrl+Shift+D"),
        ("label.copy_alike", "Copy the labels to near-duplicates", ""),
        ("flag.next", "Choose the next flag", "Ctrl+Down | .", "chevron_down"),
        ("flag.previous", "Choose the previous flag", "Ctrl+Up | ,", "chevron_up"),
        ("flag.about", "What the chosen flag means", "Shift+F1", "info"),
        ("example.typical", "Use as a typical example of the chosen flag", "Ctrl+T", "flag"),
        ("example.look_alike", "Use as one that looks like the chosen flag, but is not", "Ctrl+Shift+T", ""),
        ("label.advance", "Go on to the next photograph after each label", "", ""),
        checkable=("label.advance",),
    ),
    *_page(
        "review",
        "Reviewing",
        ("review.done", "Mark reviewed, or give the second look", "Ctrl+Return", "check"),
        ("review.return", "Return with a reason…", "Ctrl+Backspace", "undo"),
        ("review.again", "Hand in for review again as it is", ""),
        ("suspect.right", "The label in doubt is right", "F12", "check"),
        ("suspect.wrong", "The label in doubt is wrong: turn it round", "Shift+F12", "edit"),
        ("suspect.unsure", "The label in doubt: unsure", "Ctrl+F12", "unsure"),
        ("accept.flag", "Accept what the model says of the chosen flag", "Ctrl+G", "success"),
        ("accept.photo", "Accept what the model says of this photograph", "Ctrl+Shift+G", "success"),
        ("accept.all", "Accept all that the model is certain of, in view…", "", "success"),
        ("review.blind", "Blind mode: hide predictions until a photograph is reviewed", "Ctrl+B", "eye_off"),
        ("review.audit", "Draw an audit sample…", "", "search"),
        ("review.second", "Send a share to a second reviewer…", "", "eye_off"),
        ("review.pass", "Pass the safe joints…", "", "joint"),
        checkable=("review.blind",),
    ),
    *_page(
        "review",
        "Joint",
        ("joint.accept", "Accept the joint", "F6", "success"),
        ("joint.reject", "Reject the joint", "F7", "error"),
        ("joint.new_photo", "Ask for a new photo of the joint", "F8", "photo"),
        ("joint.override", "Set the verdict against the points…", "F9", "edit"),
        ("joint.describe", "Type, medium and contractor of the joint…", "F10", "joint"),
        ("joint.follow", "Let the points decide the verdict again", "", ""),
        ("joint.withdraw", "Take back what was decided of the joint", "", ""),
        ("joint.next", "Next joint", "Ctrl+Space", "joint"),
        ("joint.only", "Filter by this joint, or no longer", "", "joint"),
    ),
    *_page(
        "flags",
        "Scheme",
        ("scheme.add", "Add a flag…", "Insert | Ctrl+N", "plus"),
        ("scheme.edit", "Edit the flag…", "Ctrl+Return", "edit"),
        ("scheme.rename", "Rename…", "F2", ""),
        ("scheme.points", "Change the points…", "F3", ""),
        ("scheme.key", "Change the key…", "F4", "keyboard"),
        ("scheme.colour", "Change the colour…", "", ""),
        ("scheme.group", "Group of flags…", "Ctrl+G", "table"),
        ("scheme.ungroup", "Dissolve the group", "Ctrl+Shift+G", ""),
        ("scheme.merge", "Merge the selected flags…", "Ctrl+M", "merge"),
        ("scheme.unmerge", "Undo the merge", "Ctrl+Shift+M", "split"),
        ("scheme.retire", "Retire the flag…", "Delete", "retire"),
        ("scheme.up", "Move up", "Alt+Up", "chevron_up"),
        ("scheme.down", "Move down", "Alt+Down", "chevron_down"),
        ("scheme.preset", "Load a scheme…", "", "flags"),
        ("scheme.save", "Save the scheme as a file…", "Ctrl+S", "export"),
        ("scheme.verdicts", "What verdicts count…", "Ctrl+Shift+V", ""),
        ("scheme.contractors", "Contractors and reject limits…", "Ctrl+L", "joint"),
    ),
    *_page(
        "train",
        "Training",
        ("train.start", "Start training", "Ctrl+Return", "play"),
        ("train.pause", "Pause the run", "", "pause"),
        ("train.resume", "Resume the run", "", "play"),
        ("train.stop", "Stop the run", "Ctrl+.", "stop"),
        ("train.sooner", "Begin sooner", "Alt+Up", "chevron_up"),
        ("train.later", "Begin later", "Alt+Down", "chevron_down"),
        ("train.more", "Show every setting of the recipe", "", "settings"),
        ("train.runs", "All runs: table and comparison", "Ctrl+T", "table"),
        ("train.duplicate", "Train again with the run's recipe", "Ctrl+D", "edit"),
        ("train.star", "Star the run, or take its star away", "Ctrl+B", "star"),
        ("train.note", "Note on the run…", "F4", "edit"),
        ("train.export", "Write the run's curves: table, picture, TensorBoard…", "", "export"),
        ("train.delete", "Delete the run", "Ctrl+Delete", "trash"),
        checkable=("train.more", "train.runs"),
    ),
    *_page(
        "models",
        "Models",
        ("model.activate", "Use this model", "Ctrl+Return", "star"),
        ("model.back", "Go back to the model before", "", "undo"),
        ("model.describe", "Describe the model…", "", "edit"),
        ("model.evaluate", "Evaluate on the test photographs", "Ctrl+T", "quality"),
        ("model.predict", "Predict all photographs with this model", "Ctrl+Shift+P", "engine"),
        ("model.compare", "Compare with another model…", "", "table"),
        ("model.report", "Write the model's report…", "", "export"),
        ("model.export", "Write the model as ONNX or TorchScript…", "", "export"),
        ("model.import", "Import a model of another project…", "", "import"),
        ("model.weights", "Weights to begin with…", "", "models"),
        ("model.add_demo", "Add the demonstration model", "", "plus"),
        ("model.reveal", "Show the model's folder", "", "folder"),
    ),
    *_page(
        "quality",
        "Quality",
        ("quality.refresh", "Count again", "F5", "refresh"),
        ("quality.review", "Look at these photographs", "Return", "review"),
    ),
)

_WRITING = (
    "collection.",
    "edit.",
    "label.",
    "review.",
    "accept.",
    "suspect.",
    "example.",
    "views.",
    "scheme.",
    "joint.",
    "train.st",
    "train.pause",
    "train.resume",
    "train.sooner",
    "train.later",
    "train.note",
    "train.delete",
    "model.",
)
_LOOKING = (
    "label.advance",
    "review.blind",
    "joint.next",
    "joint.only",
    "scheme.contractors",
    "scheme.save",
    "views.export",
    "model.reveal",
    "model.report",
    "model.export",
    "model.weights",
)
_WRITING_TOO = ("work.next", "project.restore", "project.take", "photo.predict", "photo.note", "photo.confirm")


def writes(action_id: str) -> bool:
    """Whether an action changes the project, and so is off while this window only looks on."""
    return action_id in _WRITING_TOO or (action_id.startswith(_WRITING) and action_id not in _LOOKING)
