"""Train and judge the network that ships with weldstudio, in the environment of `run.py`.

    python packaging/weldnet.py train [--photos 12000] [--seed 1]   draws, trains, judges, writes models/weldnet
    python packaging/weldnet.py again [--photos 3200] [--seed 7001]   after the drawing has changed: takes the shipped
                                                                    model through its last lesson anew, judges it
    python packaging/weldnet.py thresholds [--photos 1600] [--seed 3]   the same without teaching: chooses the
                                                                    thresholds of models/weldnet anew, judges it
    python packaging/weldnet.py check [--photos 1200] [--seed 99]   judges models/weldnet on photographs drawn anew

All print the table of the model card. `check` ends non-zero where the network is worse than the card promises: mean
per-class accuracy below 90 %, a flag below 75 %, or a map that points elsewhere in more than a fifth of the photos.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from weldstudio.domain.evaluation import Evaluation
from weldstudio.domain.messages import Alarm, Evaluated, Message, RunFinished, Stage
from weldstudio.imaging.drawn.collection import FLAGS, DrawnPhoto, plan, write
from weldstudio.ml import demonstration
from weldstudio.ml.scorer import Scorer

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "models" / demonstration.MODEL_ID
LEAST_RAISED = 100
LEAST_MEAN, LEAST_FLAG, LEAST_POINTING = 0.90, 0.75, 0.80


def main() -> int:
    """The exit status."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="weldstudio-weldnet-") as place:
        work = arguments.work or Path(place)
        if arguments.task == "train":
            train(arguments.photos, arguments.seed, work)
        if arguments.task == "again":
            teach_on(arguments.photos, arguments.seed, work)
        if arguments.task == "thresholds":
            adjust(arguments.photos, arguments.seed, work)
        if arguments.task != "check":
            return check(1200, arguments.seed + 1000, work / "fresh", rewrite=True)
        return check(arguments.photos, arguments.seed, work / "fresh")


def train(count: int, seed: int, work: Path) -> None:
    """Draw, train, and put the model into its place."""
    photos = drawn(count, seed, work / "photos")
    _tell(demonstration.teach(photos, work / "photos", work / "run"))


def teach_on(count: int, seed: int, work: Path) -> None:
    """Teach the shipped model on photographs as they are drawn now."""
    photos = drawn(count, seed, work / "photos")
    _tell(demonstration.teach_on(TARGET, photos, work / "photos", work / "run"))


def _tell(messages: Iterator[Message]) -> None:
    for message in messages:
        match message:
            case Evaluated():
                print(f"epoch {message.epoch:.1f}  accuracy {message.mean_per_class_accuracy or 0:.1%}", flush=True)
            case Stage(text=text, done=0) | Alarm(sentence=text) | RunFinished(sentence=text):
                print(text, flush=True)
            case _:
                pass


def adjust(count: int, seed: int, work: Path) -> None:
    """Choose the thresholds of the shipped model on photographs drawn as they are drawn now."""
    photos = drawn(count, seed, work / "photos")
    shutil.copytree(TARGET, work / "run" / "model")
    demonstration.choose_thresholds(work / "run" / "model", photos, work / "photos")


def check(count: int, seed: int, folder: Path, *, rewrite: bool = False) -> int:
    """Judge the network on photographs it never saw; the exit status."""
    photos = drawn(count, seed, folder)
    model = folder.parent / "run" / "model" if rewrite else TARGET
    scorer = Scorer(model)
    probabilities = demonstration.scored(scorer, photos, folder)
    evaluation = demonstration.judge(scorer.card, probabilities, photos)
    pointings = demonstration.point(scorer, photos, folder, probabilities)
    shown = demonstration.table(evaluation, pointings)
    print(f"\nOn {count} photographs drawn with seed {seed}:\n\n{shown}")
    if rewrite:
        origin = f"random; trained by packaging/weldnet.py on photographs drawn by weldstudio, judged on seed {seed}"
        demonstration.ship(model, TARGET, evaluation, origin)
        (TARGET / "README.md").write_text(_CARD.format(count=count, seed=seed, table=shown), encoding="utf-8")
    return _verdict(evaluation, pointings)


def drawn(count: int, seed: int, folder: Path) -> list[DrawnPhoto]:
    """A balanced collection, drawn unless it lies there already, large enough for each flag."""
    photos = plan(count, seed=seed, balanced=True, wrong_share=0.0)
    raised = Counter(flag for photo in photos for flag in photo.raised)
    rare = min(FLAGS, key=lambda flag: raised[flag])
    if raised[rare] < LEAST_RAISED:
        print(f"'{rare}' is raised on {raised[rare]} photographs only; draw more of them (--photos).", file=sys.stderr)
    missing = [photo for photo in photos if not (folder / photo.path).exists()]
    began = time.monotonic()
    for number in write(folder, missing, workers=os.cpu_count() or 1):
        if number % 500 == 0 or number == len(missing):
            print(f"{number} of {len(missing)} drawn, {number / (time.monotonic() - began):.0f} a second", flush=True)
    return photos


def _verdict(evaluation: Evaluation, pointings: Sequence[demonstration.Pointing]) -> int:
    faults = []
    mean = evaluation.mean_per_class_accuracy or 0.0
    if mean < LEAST_MEAN:
        faults.append(f"the mean is {mean:.1%}, below {LEAST_MEAN:.0%}")
    for name, scores in evaluation.classes.items():
        accuracy = scores.mean_per_class_accuracy or 0.0
        if accuracy < LEAST_FLAG:
            faults.append(f"'{name}' is at {accuracy:.1%}, below {LEAST_FLAG:.0%}")
    faults += [
        f"the map of '{item.flag}' points at its reason on {item.share:.0%} only"
        for item in pointings
        if item.photos and item.share < LEAST_POINTING
    ]
    print("\n" + ("\n".join(faults) if faults else "The card's promises hold."))
    return 1 if faults else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    tasks = parser.add_subparsers(dest="task", required=True)
    for name, photos, seed, text in (
        ("train", 12_000, 1, "draw, train, judge and write models/weldnet"),
        ("again", 3_200, 7001, "teach models/weldnet on, and judge it"),
        ("thresholds", 1_600, 3, "choose the thresholds of models/weldnet anew, and judge it"),
        ("check", 1_200, 99, "judge models/weldnet on photographs drawn anew"),
    ):
        task = tasks.add_parser(name, help=text)
        task.add_argument("--photos", type=int, default=photos, help=f"how many to draw (default {photos})")
        task.add_argument("--seed", type=int, default=seed, help=f"of the drawing (default {seed})")
        task.add_argument("--work", type=Path, help="a folder to keep the photographs in; they are reused")
    return parser.parse_args()


_CARD = """# weldnet: a demonstration, not for real welds

This network was trained from random weights on photographs that weldstudio draws itself. It has never seen a real
weld, and what it says of one means nothing. It is there so that the demo project has predictions and overlays from
the first second on. It is in use in the demo project alone; elsewhere it has to be chosen, and is marked.

- Network: weldnet (`weldstudio/ml/weldnet.py`), 224 x 224 pixels, one output for each of the 17 flags of pipe welds.
- Taught twice: which flags hold, and then also where what is to be seen lies (`weldstudio/ml/pointing.py`). The drawer
  knows both. Networks that you train learn from flags alone; expect their maps to be coarser.
- Made by `python packaging/weldnet.py train`; after the drawing had changed, taught on by `... again`. Judged anew on
  any seed by `python packaging/weldnet.py check --seed N`.
- Judged on {count} photographs drawn with seed {seed}, none of which it was trained on; its thresholds were chosen on
  others again.

*Found* is the share of raised photographs that it says are raised, *let pass* the share of clear ones that it says are
clear, per-class accuracy the mean of the two. *Map points at it*: for flags of presence, how often the peak of the
activation map lies in the region that the drawer knows to be the reason, on photographs rightly called raised; for
flags of absence the same for the map *against* the flag, where the thing is to be seen, on those rightly called clear.

{table}
"""

if __name__ == "__main__":
    sys.exit(main())
