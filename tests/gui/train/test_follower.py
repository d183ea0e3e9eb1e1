from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.train.scripted import finish, make_run, say, story
from weldstudio.domain.curves import Curves
from weldstudio.domain.messages import Step
from weldstudio.gui.train import follower
from weldstudio.gui.train.follower import Follower


@pytest.fixture
def following(qtbot: QtBot) -> Follower:
    made = Follower()
    yield made
    made.follow(None)


def test_lines_appear_as_they_are_written(qtbot: QtBot, tmp_path: Path, following: Follower) -> None:
    run = make_run(tmp_path, "a")
    following.follow(run.path)
    assert following.curves.last_known_step == 0
    say(run, *story(5))
    with qtbot.waitSignal(following.grown, timeout=5000):
        pass
    assert following.curves.last_known_step == 5
    say(run, Step(6, 0.6, 0.1, 0.01, 47.0))
    with qtbot.waitSignal(following.grown, timeout=5000):
        pass
    assert following.curves.last_known_step == 6


def test_half_a_line_waits_for_its_other_half(tmp_path: Path, following: Follower) -> None:
    run = make_run(tmp_path, "a")
    say(run, *story(3))
    following.follow(run.path)
    whole = run.messages_file.read_bytes().splitlines()[-1].replace(b'"step":3', b'"step":4')
    with run.messages_file.open("ab") as file:
        file.write(whole[:20])
    following.poll()
    assert following.curves.last_known_step == 3
    with run.messages_file.open("ab") as file:
        file.write(whole[20:] + b"\n")
    following.poll()
    assert following.curves.last_known_step == 4


def test_the_end_of_a_live_run_is_told_once_and_the_looking_ends(
    qtbot: QtBot, tmp_path: Path, following: Follower
) -> None:
    run = make_run(tmp_path, "a")
    say(run, *story(3))
    following.follow(run.path)
    ends: list[Curves] = []
    following.ended.connect(ends.append)
    finish(run)
    qtbot.waitUntil(lambda: bool(ends))
    following.poll()
    assert len(ends) == 1
    assert ends[0].finished is not None


def test_an_old_run_is_read_by_the_same_way_and_never_again(tmp_path: Path, following: Follower) -> None:
    run = make_run(tmp_path, "a")
    say(run, *story(20, finished=True))
    ends: list[Curves] = []
    following.ended.connect(ends.append)
    following.follow(run.path, live=False)
    assert following.curves.last_known_step == 20
    assert following.curves.finished is not None
    assert ends == []


def test_a_long_story_is_read_in_another_thread(
    qtbot: QtBot, tmp_path: Path, following: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "BIG", 100)
    run = make_run(tmp_path, "a")
    say(run, *story(20))
    following.follow(run.path)
    assert following.curves.last_known_step == 0  # still being read
    qtbot.waitUntil(lambda: following.curves.last_known_step == 20)


def test_a_story_asked_for_and_dropped_is_not_shown(
    qtbot: QtBot, tmp_path: Path, following: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "BIG", 100)
    first, second = make_run(tmp_path, "a"), make_run(tmp_path, "b")
    say(first, *story(20))
    say(second, *story(7))
    following.follow(first.path, live=False)
    following.follow(second.path, live=False)
    qtbot.waitUntil(lambda: following.curves.last_known_step > 0)
    assert following.curves.last_known_step == 7


def test_a_damaged_folder_is_a_failed_run(tmp_path: Path, following: Follower) -> None:
    run = make_run(tmp_path, "a")
    run.messages_file.write_text("not a message\n", encoding="utf-8")
    following.follow(run.path)
    assert "damaged" in following.curves.failure


def test_nothing_is_followed_after_none(tmp_path: Path, following: Follower) -> None:
    run = make_run(tmp_path, "a")
    say(run, *story(3))
    following.follow(run.path)
    following.follow(None)
    assert following.folder is None
    assert following.curves.last_known_step == 0
