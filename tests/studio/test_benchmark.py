import importlib
import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

import pytest

from weldstudio import paths
from weldstudio.domain.changes import Progress
from weldstudio.store import mirror
from weldstudio.store.store import Store
from weldstudio.studio import benchmark, labelling, reviewing
from weldstudio.studio.benchmark import Benchmark, RowResult, UnknownRow
from weldstudio.studio.benchmark_rows import Row

Report = TypeVar("Report")

SERVE = """
import json, sys
value = {value}
print(json.dumps({{"ready": True}}), flush=True)
for _ in sys.stdin:
    {step}
    print(json.dumps({{"value": value, "unit": "ms", "extra": {extra!r}}}), flush=True)
"""


def finish(work: Generator[Progress, None, Report]) -> Report:
    while True:
        try:
            assert isinstance(next(work), Progress)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes a script of the bench folder that answers with `value`, after `step`."""
    monkeypatch.setattr(paths, "resources", lambda: tmp_path)
    (tmp_path / "bench").mkdir()

    def write(name: str, value: float = 1.0, step: str = "pass", extra: object = None) -> None:
        (tmp_path / "bench" / f"{name}.py").write_text(SERVE.format(value=value, step=step, extra=extra))

    return write


def test_sides_are_measured_in_turns_and_the_median_of_ratios_decides(
    script: Callable[..., None], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    script("a_limit", 10, f"value *= 2; open({str(log)!r}, 'a').write('limit ')")
    script("a_ours", 15, f"value *= 2; open({str(log)!r}, 'a').write('ours ')")
    row = Row("a", "ours / limit", "a", goal=1.6, arguments=())
    report = finish(benchmark.run(rounds=3, rows=[row]))
    assert log.read_text().split() == ["limit", "ours"] * 3
    assert report.results[0].ratio == 1.5
    assert report.results[0].missed == ()
    assert report.to_json()["passed"]
    json.dumps(report.to_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("row", "ours", "missed"),
    [
        (Row("a", "", "a", goal=1.4), 15.0, ("1.50 x limit",)),
        (Row("a", "", "a", goal=1.5), 15.0, ()),
        (Row("a", "", "a", goal=0.65, rate=True), 6.0, ("0.60 x limit",)),
        (Row("a", "", "a", goal=0.65, rate=True), 30.0, ()),
        (Row("a", "", "a", goal=2, cap=12), 15.0, ("15.0 ms",)),
        (Row("a", "", "a", cap=20), 15.0, ()),
        (Row("a", "", "a", checks=(("early", []),)), 15.0, ("early: ['torch']",)),
        (Row("a", "", "a", checks=(("p95", 30.0),)), 15.0, ()),
        (Row("a", "", "a", checks=(("p95", 20.0), ("early", ["torch"]))), 15.0, ("p95: 29",)),
        (Row("a", "", "a", checks=(("gone", 20.0),)), 15.0, ("gone: None",)),
    ],
)
def test_what_was_missed_is_said(row: Row, ours: float, missed: tuple[str, ...]) -> None:
    result = RowResult(row, (10.0,), (ours,), "ms", {"early": ["torch"], "p95": 29})
    assert result.missed == missed


def test_a_side_that_fails_spoils_its_row_alone(script: Callable[..., None]) -> None:
    script("a_limit")
    script("a_ours", step="raise SystemExit('no such photograph')")
    script("b_limit")
    script("b_ours")
    rows = [Row(name, "", name, goal=1, arguments=()) for name in "ab"]
    bad, good = finish(benchmark.run(rounds=1, rows=rows)).results
    assert "no such photograph" in bad.problem
    assert bad.missed
    assert good.ratio == 1
    assert not Benchmark((bad, good), 1.0).to_json()["measured"]


def test_sides_in_different_units_are_no_row(script: Callable[..., None]) -> None:
    script("a_limit")
    script("a_ours")
    ours = paths.resources() / "bench" / "a_ours.py"
    ours.write_text(ours.read_text().replace('"ms"', '"s"'))
    (result,) = finish(benchmark.run(rounds=1, rows=[Row("a", "", "a", arguments=())])).results
    assert "units" in result.problem


def test_an_unknown_row_is_refused_with_the_nearest(script: Callable[..., None]) -> None:
    with pytest.raises(UnknownRow, match="Did you mean 'thumbnails'"):
        finish(benchmark.run(["thumbnail"]))


def test_closing_ends_the_processes_and_takes_the_photographs_away(script: Callable[..., None]) -> None:
    script("a_limit")
    script("a_ours", step="import time; time.sleep(60)")
    work = benchmark.run(rounds=1, rows=[Row("a", "", "a", arguments=())])
    while "round" not in next(work).text:
        pass
    work.close()  # the fixtures fail the test if a process or thread is left


def test_every_row_has_its_scripts_and_something_to_reach() -> None:
    folder = paths.resources() / "bench"
    for row in benchmark.ROWS:
        assert (folder / f"{row.limit_script or row.script}_limit.py").is_file(), row.name
        assert (folder / f"{row.script}_ours.py").is_file(), row.name
        assert row.goal is not None or row.cap is not None
    assert len(set(benchmark.names())) == len(benchmark.ROWS)


def test_a_limit_knows_nothing_of_weldstudio() -> None:
    for file in (paths.resources() / "bench").glob("*_limit.py"):
        assert "import weldstudio" not in file.read_text(encoding="utf-8")
        assert "from weldstudio" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["start-up", "label"])
def test_a_real_row_can_be_measured(name: str) -> None:
    (result,) = finish(benchmark.run([name], rounds=1)).results
    assert result.problem == ""
    assert result.ratio is not None
    assert result.ratio > 0
    if name == "start-up":
        assert result.details["early"] == []


def test_the_script_of_queues_knows_what_reviews_look_like(monkeypatch: pytest.MonkeyPatch, welds: Store) -> None:
    monkeypatch.syspath_prepend(paths.resources() / "bench")
    script = importlib.import_module("queues_ours")
    labelling.nothing_applies(welds, range(1, 13), who=script.WHO)
    seen = mirror.read(welds)
    script.review(seen)
    waiting = reviewing.queue_counts(seen, reviewing.queues(script.WHO))
    assert waiting["returned"] == 1
    assert waiting["second"] == 6
