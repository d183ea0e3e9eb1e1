"""How far weldstudio is from what this machine can do at all: each row against its own limit, in the same run.

A limit and our own side are scripts in `resources/bench`, each a process of its own; here they are measured in turns,
A B A B, because a machine's pace drifts by half within minutes, and the row is the median of the rounds' ratios.
"""

import json
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from weldstudio import paths
from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed, UserError
from weldstudio.domain.scheme import did_you_mean
from weldstudio.jobs import process
from weldstudio.studio.benchmark_rows import ROWS, Row

POLL_S = 0.02
PREPARING_S = 300.0
MEASURING_S = 300.0
PHOTOS, LINKS = 40, 20_000


class UnknownRow(UserError):
    """A row was asked for that does not exist."""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What was measured for one row: a value per round for both sides, or the `problem` that kept it from being."""

    row: Row
    limit: tuple[float, ...] = ()
    ours: tuple[float, ...] = ()
    unit: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    """What else our side said in its last round."""
    problem: str = ""

    @property
    def ratios(self) -> tuple[float, ...]:
        return tuple(ours / limit for ours, limit in zip(self.ours, self.limit, strict=True))

    @property
    def ratio(self) -> float | None:
        """The median of the rounds' ratios."""
        return statistics.median(self.ratios) if self.ours else None

    @property
    def missed(self) -> tuple[str, ...]:
        """What was not reached, in words; empty when all was."""
        if self.ratio is None:
            return (self.problem or "not measured",)
        row, ours = self.row, statistics.median(self.ours)
        missed = []
        if row.goal is not None and (self.ratio < row.goal if row.rate else self.ratio > row.goal):
            missed.append(f"{self.ratio:.2f} x limit")
        if row.cap is not None and ours > row.cap:
            missed.append(f"{ours:,.1f} {self.unit}")
        for key, wanted in row.checks:
            said = self.details.get(key)
            fits = said is not None and (said <= wanted if isinstance(wanted, float) else said == wanted)
            if not fits:
                missed.append(f"{key}: {said:,.1f}" if isinstance(said, float) else f"{key}: {said}")
        return tuple(missed)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.row.name,
            "what": self.row.text,
            "goal": self.row.goal_text,
            "unit": self.unit,
            "limit": statistics.median(self.limit) if self.limit else None,
            "ours": statistics.median(self.ours) if self.ours else None,
            "ratio": self.ratio,
            "ratios": list(self.ratios),
            "passed": not self.missed,
            "missed": list(self.missed),
            "problem": self.problem,
            "details": self.details,
        }


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All rows of one run."""

    results: tuple[RowResult, ...]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": [result.to_json() for result in self.results],
            "passed": all(not result.missed for result in self.results),
            "measured": all(not result.problem for result in self.results),
            "seconds": self.seconds,
        }


def names() -> tuple[str, ...]:
    """The rows that exist, in their order."""
    return tuple(row.name for row in ROWS)


def run(
    chosen: Sequence[str] = (), *, rounds: int | None = None, rows: Sequence[Row] = ROWS
) -> Generator[Progress, None, Benchmark]:
    """Measure the rows named `chosen` (all when empty), `rounds` times each or as often as the row says.

    Everything is written below a temporary folder. A row whose script fails is reported with the reason, and the
    others go on. Raises UnknownRow before anything is started.
    """
    known = {row.name: row for row in rows}
    for name in chosen:
        if name not in known:
            raise UnknownRow(
                f"There is no benchmark row '{name}'.{did_you_mean(name, known)} Rows: {', '.join(known)}."
            )
    wanted = [row for row in rows if not chosen or row.name in chosen]
    begin = time.monotonic()
    results: list[RowResult] = []
    with tempfile.TemporaryDirectory(prefix="weldstudio-bench-", ignore_cleanup_errors=True) as folder:
        photos = Path(folder) / "photos"
        asked = {word for row in wanted for word in row.arguments}
        if asked & {"{photos}", "{large}"}:
            words = [str(photos), "--count", str(PHOTOS), "--links", str(LINKS)]
            yield from _prepare("photos", words, "drawing photographs")
        if "{large}" in asked:
            words = [str(photos.with_name("large")), str(photos)]
            yield from _prepare("large_project", words, "writing a large project")
        for row in wanted:
            try:
                results.append((yield from _measure(row, photos, rounds or row.rounds, len(results), len(wanted))))
            except JobFailed as error:
                results.append(RowResult(row, problem=str(error)))
    return Benchmark(tuple(results), time.monotonic() - begin)


def _prepare(name: str, words: Sequence[str], text: str) -> Generator[Progress, None, None]:
    """Run a script that makes what rows need."""
    with _Script(name, words, serve=False) as script:
        yield from script.answer(text, PREPARING_S)


def _measure(row: Row, photos: Path, rounds: int, number: int, total: int) -> Generator[Progress, None, RowResult]:
    """One row: both sides are prepared, then asked in turns. Raises JobFailed where a side cannot."""
    places = {"{photos}": str(photos), "{large}": str(photos.with_name("large"))}
    words = [places.get(word, word) for word in row.arguments]
    limit_words = words[-2:] if row.script == "training" else words
    with (
        _Script(f"{row.limit_script or row.script}_limit", limit_words) as limit,
        _Script(f"{row.script}_ours", words) as ours,
    ):
        for side in (limit, ours):
            for _ in side.answer(row.name, PREPARING_S):
                yield Progress(number, total, f"{row.name}: preparing")
        said: dict[_Script, list[dict[str, Any]]] = {limit: [], ours: []}
        for turn in range(rounds):
            for side in (limit, ours):
                side.ask()
                reply = side.answer(row.name, MEASURING_S)
                try:
                    while True:
                        next(reply)
                        yield Progress(number, total, f"{row.name}: round {turn + 1} of {rounds}")
                except StopIteration as end:
                    said[side].append(end.value)
    unit = str(said[ours][-1]["unit"])
    if said[limit][-1]["unit"] != unit:
        raise JobFailed(f"The two sides of '{row.name}' measure in different units.")
    details = {key: value for key, value in said[ours][-1].items() if key not in ("value", "unit")}
    return RowResult(
        row,
        tuple(float(reply["value"]) for reply in said[limit]),
        tuple(float(reply["value"]) for reply in said[ours]),
        unit,
        details,
    )


class _Script:
    """A script of `resources/bench` as a process that is asked for one round after the other."""

    def __init__(self, name: str, words: Sequence[str], *, serve: bool = True) -> None:
        self._name = name
        file = paths.resources() / "bench" / f"{name}.py"
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._process = subprocess.Popen(
            [sys.executable, str(file), *words, *(["--serve"] if serve else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            # What our children are given, so that the limit is not handicapped.
            env=process.environment() | {"QT_QPA_PLATFORM": "offscreen"},
            encoding="utf-8",
            start_new_session=sys.platform != "win32",
        )
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name=f"bench {name}", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.close()
            self._process.wait(2 * POLL_S)
        except (OSError, subprocess.TimeoutExpired):
            self._process.terminate()
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._reader.join()
        self._process.stdout.close()
        self._errors.close()

    def ask(self) -> None:
        """Begin the next round. Raises JobFailed when the script has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("again\n")
            self._process.stdin.flush()
        except OSError as error:
            raise JobFailed(self._why()) from error

    def answer(self, name: str, patience_s: float) -> Generator[Progress, None, dict[str, Any]]:
        """The next line the script says, yielding while it is awaited. Raises JobFailed when none comes."""
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            try:
                line = self._lines.get(timeout=POLL_S)
            except queue.Empty:
                yield Progress(0, None, name)
                continue
            if line is None:
                raise JobFailed(self._why())
            if line.startswith("{"):
                reply: dict[str, Any] = json.loads(line)
                return reply
        raise JobFailed(f"The script {self._name} said nothing for {patience_s:.0f} s.")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _why(self) -> str:
        """Why the script ended, by its own last words."""
        try:
            status: int | None = self._process.wait(2)
        except subprocess.TimeoutExpired:
            status = None
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", errors="replace").strip().splitlines()
        return f"The script {self._name} ended with status {status}: {said[-1] if said else 'it said nothing'}"
