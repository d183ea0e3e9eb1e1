"""The 17 flags of pipe welds: which of them a photograph of a scene carries, and where one sees it.

Labels follow from geometry alone: what is there (`scene`), and how much of it the photo shows (`camera`). A photo on
which one could argue, with half a clamp on it, is none: `judge` answers None and another one is taken.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from weldstudio.imaging.drawn.camera import Box, View
from weldstudio.imaging.drawn.scene import ARMS, CLAMP_WIDTH, Floats, Patch, Scene

NO_SHEET = "No Ground Sheet"
NO_LINE = "No Insertion Depth Markings"
NO_HATCH = "No Visible Hatch Markings"
OTHER = "Other"
CLAMPS_UNSEEN = "Photo Does Not Show Enough Of Clamps"
ZONES_UNSEEN = "Photo Does Not Show Enough Of Scrape Zones"
NEAR_FITTING = "Fitting Proximity"
SOIL_LOW = "Soil Contamination Low Risk"
POOR_SCRAPING = "Unsuitable Scraping Or Peeling"
WATER_LOW = "Water Contamination Low Risk"
BENT = "Joint Misaligned"
BAD_CLAMPS = "Inadequate Or Incorrect Clamping"
NO_CLAMP = "No Clamp Used"
NO_SCRAPING = "No Visible Evidence Of Scraping Or Peeling"
SOIL_HIGH = "Soil Contamination High Risk"
WATER_HIGH = "Water Contamination High Risk"
NO_WELD = "Unsuitable Photo"
FLAGS = (
    *(NO_SHEET, NO_LINE, NO_HATCH, OTHER, CLAMPS_UNSEEN, ZONES_UNSEEN, NEAR_FITTING, SOIL_LOW, POOR_SCRAPING),
    *(WATER_LOW, BENT, BAD_CLAMPS, NO_CLAMP, NO_SCRAPING, SOIL_HIGH, WATER_HIGH, NO_WELD),
)
"""In the order of the scheme `pipe-welds`."""
ABSENCES = (NO_SHEET, NO_LINE, NO_HATCH, CLAMPS_UNSEEN, ZONES_UNSEEN, NO_CLAMP, NO_SCRAPING)
"""Flags of something that is not there: their region is where it is, on photos that do show it."""
ENTIRE: Box = (0.0, 0.0, 1.0, 1.0)
_FACING = (0.15, 0.5, 0.85, 1.2, 1.55)
_ROUND = (-0.9, -0.2, 0.5, 1.1, 1.7)
_SHOWN, _HIDDEN = 0.6, 0.15
Thing = tuple[str, int]
"""What a photo may show: its name, and its arm or number."""
Finding = tuple[str, bool | None, tuple[Box, ...]]
"""A flag, whether it holds (None: one could argue), and where."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an expert who misses nothing says of a photo."""

    raised: frozenset[str]
    places: Mapping[str, tuple[Box, ...]]
    """Flag -> where it is, or for a flag of absence that is clear: where the thing is that it misses."""


def judge(scene: Scene, view: View) -> Judgement | None:
    """The flags of a photo; None where too much is half in the picture for one answer."""
    if view.spoilt:
        return Judgement(frozenset({NO_WELD}), {NO_WELD: (ENTIRE,)})
    raised: set[str] = set()
    places: dict[str, tuple[Box, ...]] = {}
    seen = _Sight(scene, view)
    for flag, holds, boxes in _findings(scene, view, seen):
        if holds is None:
            return None
        if holds:
            raised.add(flag)
        if boxes and holds != (flag in ABSENCES):
            places[flag] = boxes
    return Judgement(frozenset(raised), places)


def cover_end(scene: Scene) -> float:
    """`s` up to which a rag or tape on the scraped zone reaches."""
    return scene.zone_end + 0.08


class _Sight:
    """Of each thing of a scene: what share of it lies inside a photo, and its box."""

    def __init__(self, scene: Scene, view: View) -> None:
        self._things, points = _things(scene)
        self._places = view.project(points)
        margin = 0.01
        inside = (self._places > margin) & (self._places < 1 - margin)
        self._inside = inside[:, 0] & inside[:, 1]

    def share(self, thing: Thing) -> float:
        return float(self._inside[self._things[thing]].mean())

    def box(self, thing: Thing) -> Box | None:
        """Cut at the photo's edges; None where nothing of it is inside."""
        places = self._places[self._things[thing]].clip(0, 1)
        (left, top), (right, bottom) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
        return (left, top, right, bottom) if right - left > 1e-3 and bottom - top > 1e-3 else None

    def boxes(self, things: Iterable[Thing]) -> tuple[Box, ...]:
        return tuple(box for thing in things if (box := self.box(thing)))

    def all_of(self, name: str) -> list[Thing]:
        return [thing for thing in self._things if thing[0] == name]


@lru_cache(maxsize=4)
def _things(scene: Scene) -> tuple[dict[Thing, slice], Floats]:
    """Everything that is looked for on photos of a scene: where in the points (n, 3) each thing's are."""
    where: dict[Thing, slice] = {}
    points: list[Floats] = []

    def add(name: str, number: int, those: Floats) -> None:
        start = sum(map(len, points))
        where[name, number] = slice(start, start + len(those))
        points.append(those)

    beside, end = scene.neighbour, scene.zone_end
    for arm in ARMS:
        middle = scene.clamp_s(arm)
        ring = (middle - CLAMP_WIDTH / 2, middle, middle + CLAMP_WIDTH / 2)
        add("clamp", arm, scene.on_pipe(arm, ring, _ROUND, 1.35))
        add("zone", arm, scene.on_pipe(arm, np.linspace(scene.half, end, 4).tolist(), _FACING))
        if arm in scene.line_arms:
            add("line", arm, scene.on_pipe(arm, (scene.line_at - 0.05, scene.line_at + 0.05), _FACING))
        add("bend", arm, scene.on_pipe(arm, (scene.half, scene.half + 0.5, scene.half + 0.9), _FACING))
        if scene.causes.hatch:
            add("hatch", arm, scene.on_pipe(arm, np.linspace(*scene.hatch_span, 4).tolist(), _FACING))
            add(
                "rest of hatch", arm, scene.on_pipe(arm, np.linspace(cover_end(scene), end + 0.46, 4).tolist(), _FACING)
            )
    if beside is not None:
        stretch = np.linspace(beside.start, beside.middle, 4).tolist()
        add("neighbour", beside.arm, scene.on_pipe(beside.arm, stretch, _FACING, scene.radius))
    for name, patches in (("soil", scene.soil), ("water", scene.water), ("damage", (scene.damage,))):
        for number, patch in enumerate(patches):
            if patch is not None:
                add(name, number, _patch_points(scene, patch))
    across = np.linspace(-3.2, 3.2, 5)
    add("sheet", 0, np.array([(x, y, -scene.height) for x in across for y in (-2.4, 0, 2.4)], np.float32))
    return where, np.concatenate(points)


def _patch_points(scene: Scene, patch: Patch) -> Floats:
    return scene.on_pipe(
        patch.arm,
        (patch.s - patch.length, patch.s, patch.s + patch.length),
        (patch.theta - 0.7 * patch.width, patch.theta, patch.theta + 0.7 * patch.width),
        scene.radius if patch.s < scene.half else 1.0,
    )


def _findings(scene: Scene, view: View, seen: _Sight) -> Iterator[Finding]:
    yield from _clamp_findings(scene, seen)
    yield from _zone_findings(scene, view, seen)
    # A picture that the fitting fills shows no ground.
    bare = not scene.sheet or view.framing == "crop"
    yield NO_SHEET, bare, () if bare else (seen.box(("sheet", 0)) or ENTIRE,)
    line_hidden = bool(view.cover) and scene.line_at_edge
    yield _absence(seen, NO_LINE, [] if line_hidden else seen.all_of("line"))
    yield _absence(seen, NO_HATCH, seen.all_of("rest of hatch" if view.cover else "hatch"))
    yield _presence(seen, OTHER, seen.all_of("damage"))
    yield _presence(seen, NEAR_FITTING, seen.all_of("neighbour"), least=0.5)
    for name, low, high in (("soil", SOIL_LOW, SOIL_HIGH), ("water", WATER_LOW, WATER_HIGH)):
        risk = scene.causes.soil if name == "soil" else scene.causes.water
        yield _presence(seen, low, seen.all_of(name) if risk == "low" else [])
        yield _presence(seen, high, seen.all_of(name) if risk == "high" else [])
    flag, holds, boxes = _presence(seen, BENT, seen.all_of("bend") if scene.causes.bent else [], every=True)
    yield flag, holds, (_union(boxes),) if boxes else ()
    yield NO_WELD, False, ()


def _clamp_findings(scene: Scene, seen: _Sight) -> Iterator[Finding]:
    """Clamps are judged at both places where they belong, also where none is: one must see that it is missing."""
    rings = seen.all_of("clamp")
    shares = [seen.share(ring) for ring in rings]
    unseen = _decide(max(shares) <= _HIDDEN, min(shares) >= _SHOWN)
    there = seen.boxes(ring for ring in rings if ring[1] in scene.clamps)
    wrong = scene.causes.clamps
    yield CLAMPS_UNSEEN, unseen, there
    yield NO_CLAMP, False if unseen else wrong == "none", () if unseen else there
    bad = not unseen and wrong in ("one", "skewed", "open")
    yield BAD_CLAMPS, bad, seen.boxes([("clamp", scene.one_arm)])


def _zone_findings(scene: Scene, view: View, seen: _Sight) -> Iterator[Finding]:
    """Scraping is judged where the zones are in full view; hidden ones say nothing of it."""
    zones = seen.all_of("zone")
    shares = [0.0 if view.cover else seen.share(zone) for zone in zones]
    unseen = _decide(max(shares) <= _HIDDEN, min(shares) >= 0.8)
    boxes = seen.boxes(zones)
    scraping = scene.causes.scraping
    yield ZONES_UNSEEN, unseen, boxes
    yield NO_SCRAPING, not unseen and scraping == "none", () if unseen else boxes
    yield POOR_SCRAPING, not unseen and scraping == "poor", boxes


def _decide(yes: bool, no: bool) -> bool | None:
    return True if yes else False if no else None


def _presence(seen: _Sight, flag: str, things: list[Thing], *, least: float = _SHOWN, every: bool = False) -> Finding:
    """Raised where one of the things (or `every` one) is in full view, clear where none is to be seen."""
    shares = {thing: seen.share(thing) for thing in things}
    shown = [thing for thing, share in shares.items() if share >= least]
    enough = len(shown) == len(things) if every else bool(shown)
    holds = _decide(bool(things) and enough, max(shares.values(), default=0.0) <= _HIDDEN)
    return flag, holds, seen.boxes(shown)


def _absence(seen: _Sight, flag: str, things: list[Thing]) -> Finding:
    """Raised where none of the things is to be seen, clear where one is in full view."""
    _, shown, boxes = _presence(seen, flag, things)
    return flag, None if shown is None else not shown, boxes


def _union(boxes: tuple[Box, ...]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return (min(left), min(top), max(right), max(bottom))
