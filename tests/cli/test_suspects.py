"""`suspects`, `duplicates` and `quality` through the same door as a person."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.studio.featured import featured_project
from tests.studio.labelled import label
from tests.studio.test_refitting import refit
from weldstudio.cli import main
from weldstudio.domain.labelling import State
from weldstudio.domain.photo import PhotoFacts
from weldstudio.store import mirror as mirrors
from weldstudio.store import photos
from weldstudio.store.store import Store
from weldstudio.studio import labelling, twins


def test_a_wrong_label_is_found_answered_for_and_copied_labels_are_taken_back(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with featured_project(tmp_path, count=60, apart=6.0) as store:
        assert mirrors.read(store).states(0)[0] == State.RAISED
        label(
            store,
            {1: [State.CLEAR], 8: [State.RAISED, State.CLEAR, State.CLEAR], 9: [State.RAISED] + [State.CLEAR] * 2},
        )
        labelling.set_state(store, [9], 0, State.UNSEEN, who="Ann")
        for photo in photos.every(store)[7:9]:  # equal files
            facts = PhotoFacts(photo.path, 64, 48, content_hash="e" * 64, perceptual_hash=0)
            photos.record_facts(store, photo.collection_id, [facts])
        refit(store)
        project, path, like = store.folder, photos.every(store)[0].path, photos.every(store)[7].path
        flag = mirrors.read(store).scheme.by_slot(0).name
    found = run("suspects", project, "--flag", flag, "--kind", "missing")
    assert found["suspects"][0]["photo"] == path
    with Store.open(project) as store:
        assert twins.known(mirrors.read(store)), "near-duplicates were looked for on the way"
    run("suspects", project, "--photo", path, "--flag", flag, "--answer", "wrong", "--by", "Ann")
    again = run("suspects", project, "--flag", flag, "--kind", "missing")
    assert path not in [one["photo"] for one in again["suspects"]]
    assert again["flags"][0]["wrong"] == 1
    assert (8, 9) in [tuple(one["photo_ids"]) for one in run("duplicates", project)["duplicates"]]
    action = run("duplicates", project, "--labels-of", like, "--copy", "--by", "Ann")["action"]
    assert run("quality", project)["flags"][flag]["unseen"] == 0
    assert main.run(["history", str(project), "--revert", action[:8]], open_window=lambda _: 0) == 0
    capsys.readouterr()
    assert run("quality", project)["flags"][flag]["unseen"] == 1
