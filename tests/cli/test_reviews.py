"""Queues, reviews, audits, second looks, accepting and passing, through the same door as a person."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.studio.conftest import FLAGS
from tests.studio.scored import score
from weldstudio.domain.labelling import State
from weldstudio.domain.photo import FoundPhoto
from weldstudio.store import first_pass, photos
from weldstudio.studio import labelling, projects


@pytest.fixture
def welds(tmp_path: Path) -> Path:
    """Twelve photos; 1 to 8 labelled by Ann, all scored."""
    with projects.create(tmp_path / "welds", scheme=FLAGS) as store:
        collection, _ = photos.add_collection(store, "north", tmp_path / "photos")
        first_pass.insert_found(store, collection.id, [FoundPhoto(f"a/{n:02}.jpg", 100, n) for n in range(12)])
        labelling.nothing_applies(store, range(1, 9), who="Ann")
        labelling.set_state(store, [1], 0, State.RAISED, who="Ann")
        score(store, range(1, 13), [[0.001, 0.001, 0.001, 0.001]] * 12)
    return tmp_path / "welds"


def test_a_photo_goes_from_labeller_to_reviewer_and_back(welds: Path, run: Run) -> None:
    assert run("queue", welds)["queues"]["review"] == 8
    run("review", welds, "00.jpg", "01.jpg", "--reviewed", "--by", "Bea")
    run("review", welds, "a/02.jpg", "--return", "look at the clamp", "--by", "Bea")
    [one] = run("review", welds, "--returned-to", "Ann")["photos"]
    assert (one["photo"], one["by"], one["reason"]) == ("a/02.jpg", "Bea", "look at the clamp")
    assert run("queue", welds, "returned", "--by", "Ann")["photos"] == ["a/02.jpg"]
    assert run("queue", welds, "returned", "--by", "Bea")["photos"] == []
    run("review", welds, "02.jpg", "--again", "--by", "Ann")
    assert run("queue", welds)["queues"]["review"] == 6
    assert {p["state"] for p in run("review", welds)["photos"]} == {"reviewed"}


def test_words_that_do_not_go_together_are_refused(welds: Path, run: Run) -> None:
    run("review", welds, "00.jpg", status=2)
    run("review", welds, "--reviewed", status=2)
    run("review", welds, "00.jpg", "--return", " ", status=1)
    run("queue", welds, "nonsense", status=2)
    run("second", welds, status=2)
    run("second", welds, "--to", "Bea", "--share", "0%", status=2)
    run("second", welds, "--to", "Bea", "--share", "lots", status=2)
    run("accept", welds, status=2)
    run("accept", welds, "00.jpg", "--dry-run", status=2)


def test_an_audit_is_drawn_and_says_what_was_wrong(welds: Path, run: Run) -> None:
    run("audit", welds, "--draw", 8, "--seed", 3, "--by", "Lee")
    assert run("queue", welds)["queues"]["audit"] == 8
    run("review", welds, "01.jpg", "--reviewed", "--by", "Lee")
    [audit] = run("audit", welds)["audits"]
    assert (audit["seed"], audit["photos"], audit["out_of"], audit["done"]) == (3, 8, 8, 1)
    assert audit["wrong"]["found"] == 0


def test_a_second_reviewer_is_compared_flag_by_flag(welds: Path, run: Run) -> None:
    run("second", welds, "--to", "Bea", "--share", "100%", "--by", "Lee")
    waiting = run("queue", welds, "second", "--by", "Bea")
    assert waiting["count"] == 8
    run("second", welds, "--answer", "00.jpg", "--raised", "soil", "--by", "Bea")
    run("second", welds, "--answer", "01.jpg", "--raised", "soil", "--unsure", "water", "--by", "Bea")
    run("second", welds, "--answer", "01.jpg", "--by", "Bea", status=1)
    found = run("agreement", welds)
    assert (found["given"], found["waiting"], found["differing"]) == ({"Bea": 2}, {"Bea": 6}, 2)
    assert (found["flags"]["soil"]["both"], found["flags"]["soil"]["second"]) == (1, 1)
    assert len(run("conflicts", welds)["conflicts"]) == 2
    run("conflicts", welds, "--settle", "01.jpg", "soil", "clear", "--by", "Lee")
    assert run("agreement", welds)["settled"] == 1


def test_predictions_are_accepted_by_name_or_by_certainty(welds: Path, run: Run) -> None:
    run("accept", welds, "08.jpg", "--flag", "water")
    counts = run("accept", welds, "--certainty", 0.9, "--filter", "-name:10.jpg", "--dry-run")
    assert counts["flags"]["soil"] == {"raised": 0, "clear": 3}
    assert counts["flags"]["water"] == {"raised": 0, "clear": 2}
    done = run("accept", welds, "--certainty", 0.9, "--filter", "-name:10.jpg")
    assert (done["labels"], done["photos"]) == (11, 3)
    run("accept", welds, "99.jpg", status=1)


def test_safe_joints_are_counted_drawn_and_accepted(welds: Path, run: Run) -> None:
    seen = run("safe", welds, "--inspect", "20%")
    assert (seen["safe"], seen["inspected"], seen["passed"], seen["accepted"]) == (11, 3, 8, False)
    assert run("queue", welds)["queues"]["safe"] == 11
    done = run("safe", welds, "--inspect", "20%", "--accept", "--by", "Lee")
    assert (done["inspected"], done["accepted"], bool(done["action_id"])) == (3, True, True)
    assert run("queue", welds)["queues"]["inbox"] == 4
    [audit] = run("audit", welds)["audits"]
    assert (audit["purpose"], audit["photos"]) == ("safe", 3)
    run("safe", welds, status=0)
    run("safe", welds, "--accept", status=1)
