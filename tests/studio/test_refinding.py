"""Which file is which photo, where several have the same content."""

from weldstudio.domain.photo import FoundPhoto
from weldstudio.store.files import KnownFile
from weldstudio.studio.refinding import refind


def test_equal_files_keep_to_their_names_and_a_dangling_link_puts_nobody_out() -> None:
    names = ("changed.jpg", "link.jpg", "ren.jpg", "target.jpg", "one.jpg", "two.jpg")
    contents = {"changed.jpg": "c", "one.jpg": "1", "two.jpg": "2"}
    known = [KnownFile(i, name, 9, i, contents.get(name, "same"), None) for i, name in enumerate(names)]
    after = {"changed.jpg": "same", "new ren.jpg": "same", "a target.jpg": "same", "one.jpg": "2", "two.jpg": "1"}
    found = {path: FoundPhoto(path, 9, 100 + i) for i, path in enumerate(after)}
    there = {*after, "link.jpg"}
    result = refind(known, found, after, left=lambda file: file.path in there)
    assert {(file.path, photo.path) for file, photo in result.moved} == {
        ("ren.jpg", "new ren.jpg"),
        ("target.jpg", "a target.jpg"),
        ("one.jpg", "two.jpg"),
        ("two.jpg", "one.jpg"),
    }
    assert [file.path for file in result.missing] == ["link.jpg"]
    assert [file.path for file, _ in result.touched] == ["changed.jpg"]
    assert not result.new
    assert not result.displaced


def test_many_equal_files_are_brought_together_in_their_order() -> None:
    known = [KnownFile(i, f"a/{i:03}.jpg", 9, i, "same", None) for i in range(60)]
    found = {path: FoundPhoto(path, 9, 100) for path in (f"b/{i:03} new.jpg" for i in range(60))}
    result = refind(known, found, dict.fromkeys(found, "same"))
    assert sorted((file.path[2:5], photo.path[2:5]) for file, photo in result.moved) == [
        (f"{i:03}",) * 2 for i in range(60)
    ]
