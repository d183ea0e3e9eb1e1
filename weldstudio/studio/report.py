"""The report of a model: one HTML file with everything that a manager or an auditor asks of it, and nothing outside.

What is said stands in `report_page`, how it is drawn in `report_plots`, how it looks in `resources/report/style.css`.
"""

import base64
import hashlib
import subprocess
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed, PhotoError, UserError
from weldstudio.domain.messages import Message
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.imaging.thumbs import make_thumb
from weldstudio.jobs.folder import RunFolder, replace_text
from weldstudio.jobs.process import command, environment
from weldstudio.store import mirror as mirrors
from weldstudio.store.store import Store
from weldstudio.studio import evaluating, learning_curve, registry, report_page
from weldstudio.studio.mistakes import costliest
from weldstudio.studio.report_page import Origin

ERRORS = 24
"""Of the costliest, each with a thumbnail."""
THUMB = 240
"""Longest side in pixels."""


@dataclass(frozen=True, slots=True)
class Written:
    """A report on disk."""

    file: Path
    model_id: str
    split: str
    mean_per_class_accuracy: float | None
    size: int
    """Bytes."""


def write(
    store: Store, file: Path | None = None, *, model_id: str | None = None, split: str = "test"
) -> Generator[Progress, None, Written]:
    """Writes the report of a model (the one adopted last by default), beside the model where no file is named.

    A file that ends in .pdf becomes pages, any other one HTML. Photos not yet scored are scored first. Raises JobFailed
    with a sentence.
    """
    card = registry.chosen(store, model_id, newest=True)
    target = file or registry.folder_of(store, card.id) / "report.html"
    mirror = mirrors.read(store)
    found = yield from evaluating.heard(store, card, mirror, splits=(split, Split.VALIDATION))
    yield Progress(0, 1, "writing the report")
    evaluation = evaluating.judged(mirror, found[split], found[Split.VALIDATION], split=split)
    known = found[split].labelled()
    errors = [(one, _picture(mirror.photo_path(one.photo_id))) for one in costliest(mirror, known, most=ERRORS)]
    origin = _origin(store, card.run_id or "none")
    growth = learning_curve.kept(store, card, split=split)
    text = report_page.page(evaluation, known, errors, project=store.name, origin=origin, growth=growth)
    try:
        if target.suffix.lower() == ".pdf":
            _print(text, target)
        else:
            replace_text(target, text)
    except OSError as error:
        raise JobFailed(f"The report cannot be written to {target}: {error.strerror or error}.") from error
    return Written(target, card.id, split, evaluation.mean_per_class_accuracy, target.stat().st_size)


def _print(text: str, file: Path) -> None:
    """Has a process that knows Qt lay the page out. Raises OSError, JobFailed."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        page.write_text(text, "utf-8")
        done = subprocess.run(
            command("paper", str(page), str(file.resolve())), env=environment(), capture_output=True, text=True
        )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise JobFailed(f"The report cannot be written to {file}: {said[-1] if said else 'printing failed'}")


def _picture(path: Path) -> str:
    """A photo as a small picture within the page; '' where it cannot be read any more."""
    try:
        jpeg = make_thumb(path, THUMB).jpeg
    except PhotoError:
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


def _origin(store: Store, run_id: str) -> Origin | None:
    """What is known of the run that made it; None where it is not here."""
    run = RunFolder(store.folder / "runs" / run_id)
    try:
        recipe: Recipe = run.recipe()
        manifest = run.manifest()
        messages: tuple[Message, ...] = tuple(run.replay())
    except UserError:
        return None
    digest = hashlib.sha256((run.path / "manifest.jsonl").read_bytes()).hexdigest()
    return Origin(run_id, recipe, manifest.counts(), {s.value: len(manifest.of(s)) for s in Split}, digest, messages)
