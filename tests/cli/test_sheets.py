"""`sheet` from end to end: the command, and the hands that paint for it."""

import json
from pathlib import Path

import pytest

from tests.photos import make_photo
from weldstudio import __main__ as program
from weldstudio.cli import main
from weldstudio.imaging.scan import scan
from weldstudio.store import first_pass, photos
from weldstudio.studio import projects


@pytest.fixture
def welds(tmp_path: Path) -> Path:
    for number in range(9):
        make_photo(tmp_path / f"photos/{number}.jpg", seed=number)
    (tmp_path / "photos/3.jpg").write_bytes(b"")
    with projects.create(tmp_path / "welds") as store:
        collection, _ = photos.add_collection(store, "photos", tmp_path / "photos")
        first_pass.insert_found(store, collection.id, list(scan(tmp_path / "photos")))
    return tmp_path / "welds"


def test_a_contact_sheet_is_written_whole_or_not_at_all(
    qapp: object, welds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def sheet(*words: object) -> dict[str, object]:
        argv = ["sheet", str(welds), *map(str, words), "--json"]
        main.run(argv, open_window=lambda _: 0, write_sheet=program.write_sheet)
        answer: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
        return answer

    file = tmp_path / "out.pdf"
    assert sheet(file) == {"file": str(file), "photos": 9, "pages": 1}
    whole = file.read_bytes()
    assert whole.startswith(b"%PDF")
    assert whole.count(b"/Type /Page\n") == 1
    assert sheet(file, "--columns", 1, "--paper", "letter", "--where", "-id:1")["pages"] == 8
    assert file.read_bytes().count(b"/Type /Page\n") == 8
    assert "no photograph to print" in str(sheet(file, "--where", "id:99")["error"])
    assert "is a folder" in str(sheet(tmp_path)["error"])
    assert "cannot be written" in str(sheet(tmp_path / "none/out.pdf")["error"])
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
