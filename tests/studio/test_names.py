"""Names survive every round trip: scheme file, store, CSV, class folders, filter text, bundle, command line."""

import csv
import json
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.photos import make_collection
from tests.studio.labelled import add_photos
from weldstudio.cli import main
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Flag, Group, Merge, Scheme
from weldstudio.store import mirror, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import bundling, exporting, label_import, labelling
from weldstudio.studio import scheme as schemes
from weldstudio.studio.filters import flag_term, parse
from weldstudio.studio.label_files import read_label_file
from weldstudio.studio.scheme_text import from_json, to_json

HARD = (
    *("yes", "no", "on", "CON", "nul.txt", " leading", "trailing ", 'a "quoted" one', "a,b;c", "a/b\\c", "Größe"),
    *("无地垫", "🔥 hot", "=1+1", "-dash", "path", "flags", "class", "1", "0", "e\u0301", "\u00e9", "'", "#x"),
    *("a: b", "[x]", "{y}", "x\u2028y", "x\u0085y", "raised", "unseen", "none"),
)
CONTROLS = "".join(map(chr, [*range(32), 127]))
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters=CONTROLS)
NAME = st.one_of(st.sampled_from(HARD), st.text(LETTERS, min_size=1, max_size=30)).filter(lambda name: name.strip())
NAMES = st.lists(NAME, min_size=3, max_size=5, unique=True)


def finished(work: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project of four photos and no flags."""
    folder = tmp_path_factory.mktemp("names")
    collection = make_collection(folder / "photos", 4, size=(32, 24))
    with Store.create(folder / "project") as store:
        add_photos(store, collection)
    return folder


def scheme_of(names: list[str]) -> Scheme:
    flags = tuple(Flag(slot, name) for slot, name in enumerate(names))
    return Scheme(flags, name=names[0])


@given(NAMES, st.text(max_size=10))
@example([*HARD], "\x00")
def test_files_and_the_log(names: list[str], words: str) -> None:
    first, second, *rest = names
    flags = tuple(Flag(slot, name, description=words) for slot, name in enumerate((first, second, *rest[1:])))
    merge = Merge(len(flags), rest[0], (0, 1), description=words)
    scheme = Scheme(flags, (Group(first, (0, 1), second),), (merge,), name=first)
    assert from_json(json.loads(json.dumps(to_json(scheme)))) == scheme
    with tempfile.TemporaryDirectory() as folder:
        schemes.write_scheme(scheme, Path(folder) / "a.toml")
        assert schemes.load_scheme(Path(folder) / "a.toml") == scheme


@given(NAMES)
@example([*HARD])
def test_the_text_of_a_filter(names: list[str]) -> None:
    scheme = scheme_of(names)
    for name in names:
        for states in ((State.RAISED,), (State.UNSURE, State.UNSEEN)):
            term = flag_term(name, *states)
            assert parse(term.text, scheme).terms == (term,)


def test_store_csv_folders_and_bundle(made: Path, tmp_path: Path, trials: Any) -> None:
    rounds = iter(range(10_000))

    @settings(max_examples=trials(6, 300), deadline=None)
    @given(NAMES)
    @example(["yes", ' lead, "q"', "CON"])
    def check(names: list[str]) -> None:
        folder = tmp_path / str(next(rounds))
        shutil.copytree(made / "project", folder / "a")
        with Store.open(folder / "a") as store:
            scheme_rows.save(store, scheme_of(names))
            assert scheme_rows.load(store) == scheme_of(names)
            ids = mirror.read(store).ids.tolist()
            shutil.copytree(folder / "a", folder / "b")
            for photo, slot in zip(ids, range(len(names)), strict=False):
                labelling.set_state(store, [photo], slot, State.RAISED, who="Ann")
            wanted = states_of(store)
            finished(exporting.export(store, folder / "out.csv", format="csv"))
            report = finished(exporting.export(store, folder / "folders", format="imagefolder"))
            finished(bundling.make(store, folder / "a.weldlabels", who="Ann"))
        assert report.counts == dict.fromkeys(names[:4], 1)
        with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as handle:
            assert set(names) <= set(next(csv.reader(handle)))
        with Store.open(folder / "b") as store:
            finished(label_import.apply_label_table(store, read_label_file(folder / "out.csv"), who="Bob"))
            assert states_of(store) == wanted
        shutil.copytree(made / "project", folder / "c")
        with Store.open(folder / "c") as store:
            finished(bundling.take(store, folder / "a.weldlabels", who="Bob", new_flags=True))
            assert {flag.name for flag in scheme_rows.load(store).flags} == set(names)
            assert states_of(store) == wanted
        shutil.rmtree(folder)

    check()


def states_of(store: Store) -> dict[tuple[str, str], State]:
    """Raised labels by path and name."""
    seen = mirror.read(store)
    paths = {photo.id: photo.path for photo in photos.every(store)}
    return {
        (paths[int(photo)], flag.name): State.RAISED
        for flag in seen.scheme.flags
        for photo in seen.ids[seen.states(flag.slot) == State.RAISED]
    }


@pytest.mark.parametrize("name", [" leading", "a,b\"c'/d", "Größe 🔥", "yes", "--points", "NUL"])
def test_the_command_line(made: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(made / "project", tmp_path / "p")
    project = str(tmp_path / "p")
    for words in (["add", "--by", "A", "--", name], ["points", "--by", "A", "--", name, "7"]):
        assert main.run(["scheme", project, *words], open_window=lambda _: 0) == 0
    capsys.readouterr()
    main.run(["scheme", project, "--json"], open_window=lambda _: 0)
    (flag,) = json.loads(capsys.readouterr().out.splitlines()[-1])["flags"]
    assert (flag["name"], flag["points"]) == (name, 7)
