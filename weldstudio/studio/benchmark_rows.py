"""The rows of the benchmark: what is measured against what, and how near it has to come."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. The ratio is ours / limit; for rates (photos/s) it may not fall below `goal`, for times not rise
    above it.
    """

    name: str
    text: str
    script: str
    """`<script>_limit.py` and `<script>_ours.py` in the folder of scripts."""
    goal: float | None = None
    """None where only the cap is asked for."""
    rate: bool = False
    """More is better."""
    cap: float | None = None
    """What our side may take at most whatever the limit is, on two cores; in `cap_unit`."""
    arguments: tuple[str, ...] = ("{photos}",)
    limit_script: str = ""
    """Where the limit is another row's."""
    rounds: int = 5
    cap_unit: str = "ms"
    checks: tuple[tuple[str, Any], ...] = ()
    """Further values that our side must say: (key, value), or (key, at most) for numbers."""

    @property
    def goal_text(self) -> str:
        parts = []
        if self.goal is not None:
            parts.append(f"{'>=' if self.rate else '<='} {self.goal:g} x limit")
        if self.cap is not None:
            parts.append(f"at most {self.cap:g} {self.cap_unit}")
        return ", ".join(parts)


ROWS = (
    Row(
        "start-up",
        "first window painted / a trivial window with sqlite3, numpy and PIL",
        "start",
        goal=2.0,
        cap=800,
        arguments=(),
        rounds=7,
        checks=(("early", []),),
    ),
    Row("import", "rows of 20,000 photos stored / scan, stat and plain insert", "import", goal=2.0),
    Row("thumbnails", "thumbnails built / Pillow draft and bilinear in threads", "thumbs", goal=0.85, rate=True),
    Row("prediction", "one photo asked to answered / decode and forward pass", "prediction", goal=1.25, cap=40),
    Row("overlay", "scores and the maps of all flags / plain forward pass", "overlay", goal=1.15),
    Row("label", "a label stored / a plain sqlite3 transaction", "label", goal=3.0, arguments=()),
    Row(
        "label-key",
        "key press to label stored and repainted / a plain sqlite3 transaction",
        "label_key",
        cap=8,
        limit_script="label",
        checks=(("p95", 30.0),),
    ),
    Row(
        "verdicts",
        "verdicts of all joints of 127,655 photos / points of raised flags by bare numpy",
        "verdicts",
        goal=2.0,
        cap=50,
        arguments=(),
    ),
    Row(
        "thresholds",
        "all thresholds moved, figures, verdicts and hours of 127,655 photos / points of raised flags by bare numpy",
        "thresholds",
        cap=100,
        arguments=(),
        limit_script="verdicts",
    ),
    Row(
        "joint-queues",
        "after a label, the slowest queue of 127,655 photos in its order / points by bare numpy",
        "queues",
        cap=40,
        arguments=(),
        limit_script="verdicts",
    ),
    Row(
        "large-open",
        "127,655 photographs, 400,000 events: opened and the first page painted / read by plain sqlite3, PIL",
        "open",
        cap=400,
        arguments=("{large}",),
        rounds=3,
    ),
    Row(
        "large-label-key",
        "key press to label stored and repainted there / a plain sqlite3 transaction",
        "label_key",
        cap=8,
        arguments=("{photos}", "{large}"),
        limit_script="label",
        checks=(("p95", 30.0),),
    ),
    Row(
        "large-bulk",
        "10,000 photographs labelled at once there / a plain sqlite3 transaction",
        "large",
        cap=3000,
        arguments=("bulk", "{large}"),
        limit_script="bulk",
    ),
    Row(
        "large-undo",
        "10,000 photographs' labels taken back there / a plain sqlite3 transaction",
        "large",
        cap=3000,
        arguments=("undo", "{large}"),
        limit_script="bulk",
    ),
    Row(
        "large-first-pages",
        "after a label, the slowest queue's first page there / a ranking by bare numpy",
        "large",
        cap=50,
        arguments=("first-pages", "{large}"),
        limit_script="ranking",
    ),
    Row(
        "large-counts",
        "after a label, the numbers beside flags and queues there / a ranking by bare numpy",
        "large",
        cap=50,
        arguments=("counts", "{large}"),
        limit_script="ranking",
    ),
    Row(
        "large-verdicts",
        "verdicts of all joints there / points of raised flags by bare numpy",
        "large",
        goal=2.0,
        cap=50,
        arguments=("verdicts", "{large}"),
        limit_script="verdicts",
    ),
    Row(
        "large-merge",
        "the preview of a merge there / points of raised flags by bare numpy",
        "large",
        cap=100,
        arguments=("merge", "{large}"),
        limit_script="verdicts",
    ),
    Row(
        "large-filters",
        "after a label, the slowest of all kinds of filters and orders there / a ranking by bare numpy",
        "large",
        cap=50,
        arguments=("filters", "{large}"),
        limit_script="ranking",
    ),
    *(
        Row(
            f"large-{name}",
            text,
            "viewing",
            cap=cap,
            arguments=(name, "{photos}", "{large}"),
            rounds=3,
            cap_unit=unit,
            checks=checks,
        )
        for name, text, cap, unit, checks in (
            ("scroll", "one row of the grid further there / bare cells", 8, "ms", (("p99", 16.0),)),
            (
                "next",
                "key press to the next photograph painted there / decoded and painted",
                20,
                "ms",
                (("p95", 60.0),),
            ),
            ("overlay", "a map to its colours on a photograph there / by a table, scaled by Qt", 20, "ms", ()),
            ("memory", "what the window's process holds there / a bare window", 400, "MB", ()),
            (
                "delay",
                "ticks of the window's timer while photos are predicted / of a bare window beside forward passes",
                25,
                "ms",
                (("worst", 60.0),),
            ),
        )
    ),
    Row(
        "scoring",
        "photos/s of many photographs scored and stored / decoded and plain forward passes",
        "scoring",
        goal=0.85,
        rate=True,
        rounds=3,
    ),
    *(
        Row(
            name,
            f"photos/s of {what} / bare channels-last steps of all layers in memory",
            "training",
            goal=goal,
            rate=True,
            arguments=(epoch, "{photos}", "224", "16"),
            rounds=3,
        )
        for name, epoch, what, goal in (
            ("training", "first", "a fine-tuning from disk, its first epoch", 0.65),
            ("training-later", "later", "its later epochs", 0.9),
            ("training-memory", "memory", "its loop on photos in memory", 0.95),
            ("training-frozen", "frozen", "its later epochs with all stages frozen but the last", 5.0),
        )
    ),
    Row(
        "curves",
        "20 runs of 5,000 points over each other, one more point each, redrawn / 20 lines of 1,000 points painted",
        "curves",
        cap=50,
        arguments=(),
        rounds=3,
    ),
    Row(
        "refit-label",
        "one label changed, its flag of 13,790 x 1,280 scored anew and kept / one bare step",
        "refit",
        cap=100,
        arguments=("flip", "13790", "1280"),
        rounds=3,
    ),
    Row(
        "large-refit-label",
        "one label changed, its flag of 127,655 x 512 scored anew and kept / one bare step",
        "refit",
        cap=500,
        arguments=("flip", "127655", "512"),
        rounds=3,
    ),
    Row(
        "features",
        "photos/s of which scores and features are kept / decoded and plain forward passes",
        "scoring",
        goal=0.85,
        rate=True,
        arguments=("{photos}", "features"),
        rounds=3,
    ),
    *(
        Row(
            name,
            f"17 flags fitted to all labels of {photos} x {width}, kept / bare preconditioned L-BFGS",
            "refit",
            goal=1.3,
            cap=cap,
            arguments=("full", photos.replace(",", ""), width.replace(",", "")),
            rounds=3,
        )
        for name, photos, width, cap in (
            ("refit", "13,790", "2,048", 3000),
            ("large-refit", "127,655", "512", 5000),
        )
    ),
    Row(
        "drawing",
        "a weld drawn and saved / noise of its size saved, on one core",
        "drawing",
        cap=50,
        arguments=(),
        rounds=3,
    ),
)
"""Goals and caps are those of the project's performance study."""
