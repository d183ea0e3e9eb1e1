"""An import's report in words that fit their counts."""

from weldstudio.domain.photo import Collection
from weldstudio.studio.import_report import ImportReport
from weldstudio.studio.reading import FactsReport


def test_one_is_said_otherwise_than_many() -> None:
    collection = Collection(1, "uuid", "welds")
    one = ImportReport(collection, found=1, new=1, changed=1, vanished=1, labelled=1, labels=3, skipped_count=1)
    assert one.lines() == (
        "1 photo found, 1 of them new.",
        "1 photo changed since the last import; it is read again.",
        "1 photo from before is not in the folder any more; its labels are kept.",
        "1 photo is named by the label file; labels taken from it: 3.",
        "1 file or row was left out:",
    )
    facts = FactsReport(problem_count=2, problems=(("a.jpg", "broken"),))
    many = ImportReport(collection, found=2000, new=0, by_name=2, without_joint=2, facts=facts)
    assert many.lines() == (
        "2,000 photos found, 0 of them new.",
        "2 rows of the label file were recognised by the file name alone.",
        "2 photos have no joint by the rule; each is a joint of its own.",
        "2 photos cannot be shown:",
        "  a.jpg: broken",
    )
