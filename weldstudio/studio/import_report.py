"""What an import did, as a value and in words."""

from dataclasses import dataclass, field

from weldstudio.domain.photo import Collection
from weldstudio.studio.label_table import Problem
from weldstudio.studio.reading import FactsReport

EXAMPLES = 20
"""So many paths of each kind a report names; the counts are complete."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, and what it left out and why."""

    collection: Collection
    found: int
    """Photos in the folder."""
    new: int
    changed: int = 0
    """Photos known already whose file is another one now."""
    vanished: int = 0
    """Photos known already whose file is gone; they and their labels stay."""
    labelled: int = 0
    """Photos that the label file names."""
    labels: int = 0
    """Labels that changed by it."""
    unlabelled: int = 0
    """Photos of the folder that the label file does not name."""
    by_name: int = 0
    """Rows of the label file whose photo was recognised by its file name alone."""
    without_joint: int = 0
    """Photos on which the joint rule found nothing; each is a joint of its own."""
    skipped_count: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    """(path or line, reason) of files, folders and rows that were left out; the first `EXAMPLES` of each kind."""
    unlabelled_examples: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Lines of the label file that were not used, or not as they stand: all of them, by line."""
    new_flags: tuple[str, ...] = ()
    """Flags that the label file brought."""
    facts: FactsReport = field(default_factory=FactsReport)

    def lines(self) -> tuple[str, ...]:
        """The report in words, for people."""
        said = [f"{self.found:,} {'photo' if self.found == 1 else 'photos'} found, {self.new:,} of them new."]
        taken = f"labels taken from it: {self.labels:,}."
        for count, one, many in (
            (
                self.changed,
                "photo changed since the last import; it is read again.",
                "photos changed since the last import; they are read again.",
            ),
            (
                self.vanished,
                "photo from before is not in the folder any more; its labels are kept.",
                "photos from before are not in the folder any more; their labels are kept.",
            ),
            (
                self.labelled,
                f"photo is named by the label file; {taken}",
                f"photos are named by the label file; {taken}",
            ),
            (
                self.unlabelled if self.labelled else 0,
                "photo is not named by the label file.",
                "photos are not named by the label file.",
            ),
            (
                self.by_name,
                "row of the label file was recognised by the file name alone.",
                "rows of the label file were recognised by the file name alone.",
            ),
            (
                self.without_joint,
                "photo has no joint by the rule; it is a joint of its own.",
                "photos have no joint by the rule; each is a joint of its own.",
            ),
            (self.skipped_count, "file or row was left out:", "files or rows were left out:"),
        ):
            if count:
                said.append(f"{count:,} {one if count == 1 else many}")
        said += [f"  {where}: {reason}" for where, reason in self.skipped]
        return (*said, *self.facts.lines())
