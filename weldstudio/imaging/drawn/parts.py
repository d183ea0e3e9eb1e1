"""Small plain things that fittings and clamps are built of: rods, faces and blocks of one colour.

There are dozens on a photo and most cover little of it, so that numpy would be called more than it reckons. Hence the
rays at all of them are followed at once; only then they are laid over the picture, one after the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weldstudio.imaging.drawn import textures
from weldstudio.imaging.drawn.canvas import TILE, Canvas
from weldstudio.imaging.drawn.hit import Colour, Frame, Surface, meet
from weldstudio.imaging.drawn.scene import Floats, cross
from weldstudio.imaging.drawn.textures import look, part

_ARCS = 16
_TURNS = np.linspace(0, 2 * np.pi, _ARCS + 1)
_RING = np.stack((np.cos(_TURNS), np.sin(_TURNS)), axis=1).astype(np.float32)
_SIDES = np.stack((_RING[:-1], _RING[1:]), axis=1)
_CORNERS = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)], np.float32)
_TIES = {"rod": 1e-3, "face": 0.03, "block": 1e-3}
"""What lies so little behind another thing is before it: at its rim a face lies as near as what it closes."""


@dataclass(frozen=True, slots=True)
class Coat:
    """What a part looks like."""

    colour: Colour
    gloss: float = 0.5
    metal: float = 0.0
    open: float = 1.0
    """How much of the sky it sees."""
    foot: float = 1.0
    """How much of that is left where a rod starts."""
    rough: float = 0.0
    """How much lighter it is in places."""
    dust: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """A thing from `start` to `stop` along the first axis of its frame."""

    shape: str
    """“rod” (without ends), “face” (a ring across the axis, seen from further along it) or “block”."""
    frame: Frame
    start: float
    stop: float
    high: float
    """Half its extent along the second axis: the radius of what is round."""
    wide: float
    """Half its extent along the third axis."""
    coat: Coat
    inner: float = -1.0
    """Radius of a ring's hole."""
    side: int = 0
    """1 for the upper half of a ring alone, -1 for the lower."""


def rod(frame: Frame, radius: float, start: float, stop: float, coat: Coat) -> Part:
    """A cylinder without its ends."""
    return Part("rod", frame, start, stop, radius, radius, coat)


def tube(first: Floats, last: Floats, radius: float, coat: Coat, *, beyond: float) -> Part:
    """A rod from a point of the world to another, and a little beyond both."""
    along = last - first
    long = float(np.linalg.norm(along))
    along = (along / long).astype(np.float32)
    aside = np.array((0, 0, 1) if abs(along[2]) < 0.8 else (1, 0, 0), np.float32)
    near = cross(along, aside)
    near /= np.linalg.norm(near)
    return rod((first.astype(np.float32), along, cross(near, along), near), radius, -beyond, long + beyond, coat)


def face(
    frame: Frame, place: float, radius: float, coat: Coat, *, inner: float = -1.0, facing: int = 1, side: int = 0
) -> Part:
    """A ring across the axis at `place`, facing along it (1) or against (-1)."""
    origin, along, up, near = frame
    place *= facing
    return Part("face", (origin, facing * along, up, near), place, place, radius, radius, coat, inner, side)


def block(frame: Frame, halves: tuple[float, float, float], coat: Coat) -> Part:
    """A box round the frame's origin, `halves` of its extent along, up and near."""
    return Part("block", frame, -halves[0], halves[0], halves[1], halves[2], coat)


@dataclass(frozen=True, slots=True)
class _Group:
    """Parts of one shape and the rays (n,) through the boxes round them."""

    shape: str
    canvas: Canvas
    numbers: NDArray[np.intp]
    """Of its parts among all."""
    parts: list[Part]
    owner: NDArray[np.intp]
    """Of each ray, the number of its part here."""
    index: NDArray[np.signedinteger]
    """Flat indices of their pixels."""
    to: list[Floats]
    """Their directions along the axes of the part's own frame."""
    eyes: Floats
    """(parts, 3), the eye in each frame."""
    suns: Floats
    """(parts, 3), the sun's direction in each."""
    highs: Floats
    """(parts, 3), the world's upwards in each."""

    def each(self, values: Floats | Sequence[float]) -> Floats:
        """Values of the parts as values of their rays."""
        return np.asarray(values, np.float32).take(self.owner)

    def seen(self, cover: Floats, t: Floats, over: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The rays that something at `t` is seen on, as far as what was painted before goes, and their parts."""
        near = (t > np.float32(0.05)) & (t < self.canvas.depth.take(self.index) + np.float32(over))
        where = np.flatnonzero((cover > 0) & near)
        return where, self.owner.take(where)


_Met = tuple[NDArray[np.intp], NDArray[np.intp], Floats, Floats, Floats, Floats, Floats, Floats]
"""Number in the group, index, t, cover, place along the axis; the normal times the sun, upwards and the ray; (n,)."""


def _meet_rods(group: _Group) -> _Met:
    each, to, eyes = group.each, group.to, group.eyes
    radius = np.array([one.high for one in group.parts], np.float32)
    middle = np.array([0.5 * (one.start + one.stop) for one in group.parts], np.float32)
    fine = each(group.canvas.focal / np.sqrt((eyes[:, 0] - middle) ** 2 + eyes[:, 1] ** 2 + eyes[:, 2] ** 2))
    high, near, round_ = each(eyes[:, 1]), each(eyes[:, 2]), each(radius)
    disc, t = meet(to[1], to[2], high, near, round_)
    s = t * to[0] + each(eyes[:, 0])
    cover = disc / (round_ + round_)
    np.minimum(cover, s - each([one.start for one in group.parts]), out=cover)
    np.minimum(cover, each([one.stop for one in group.parts]) - s, out=cover)
    cover *= fine
    cover += np.float32(0.5)
    where, owner = group.seen(cover, t, _TIES["rod"])
    t, inverse = t.take(where), (1 / radius).take(owner)
    up, aside = to[1].take(where), to[2].take(where)
    n1, n2 = (up * t + high.take(where)) * inverse, (aside * t + near.take(where)) * inverse
    sun = n1 * group.suns[:, 1].take(owner) + n2 * group.suns[:, 2].take(owner)
    sky = n1 * group.highs[:, 1].take(owner) + n2 * group.highs[:, 2].take(owner)
    return owner, group.index.take(where), t, cover.take(where), s.take(where), sun, sky, n1 * up + n2 * aside


def _meet_faces(group: _Group) -> _Met:
    each, to, eyes = group.each, group.to, group.eyes
    place = np.array([one.stop for one in group.parts], np.float32) - eyes[:, 0]
    fine = group.canvas.focal / np.sqrt(place * place + eyes[:, 1] ** 2 + eyes[:, 2] ** 2)
    t = each(place) / np.minimum(to[0], np.float32(-1e-5))
    x, y = to[1] * t + each(eyes[:, 1]), to[2] * t + each(eyes[:, 2])
    far = np.sqrt(x * x + y * y)
    cover = np.minimum(each([one.high for one in group.parts]) - far, far - each([one.inner for one in group.parts]))
    cover *= each(fine)
    cover += np.float32(0.5)
    # Of a half ring the other half is left out.
    cover[x * each([one.side for one in group.parts]) < 0] = 0
    where, owner = group.seen(cover, t, _TIES["face"])
    sun, sky = group.suns[:, 0].take(owner), group.highs[:, 0].take(owner)
    return (
        owner,
        group.index.take(where),
        t.take(where),
        cover.take(where),
        far.take(where),
        sun,
        sky,
        to[0].take(where),
    )


def _meet_blocks(group: _Group) -> _Met:
    each, to, eyes = group.each, group.to, group.eyes
    halves = np.array([(one.stop, one.high, one.wide) for one in group.parts], np.float32)
    enters, leaves = [], []
    for axis, ray in enumerate(to):
        inverse = 1 / np.where(np.abs(ray) < 1e-6, np.float32(1e-6), ray)
        one, two = (each(edge - eyes[:, axis]) * inverse for edge in (-halves[:, axis], halves[:, axis]))
        enters.append(np.minimum(one, two))
        leaves.append(np.maximum(one, two))
    t = np.maximum(np.maximum(enters[0], enters[1]), enters[2])
    # Near its outline a ray passes through little of it.
    cover = np.minimum(np.minimum(leaves[0], leaves[1]), leaves[2])
    cover -= t
    cover *= each(0.6 * group.canvas.focal / np.sqrt((eyes * eyes).sum(axis=1)))
    where, owner = group.seen(cover, t, _TIES["block"])
    t = t.take(where)
    # One sees the sides that are turned to the eye.
    side = np.where(enters[0].take(where) == t, 0, np.where(enters[1].take(where) == t, 1, 2))
    turn = np.where(eyes < 0, np.float32(-1), np.float32(1))
    at = 3 * owner + side
    sun, sky = (group.suns * turn).reshape(-1).take(at), (group.highs * turn).reshape(-1).take(at)
    rays = [ray.take(where) for ray in to]
    slant = np.where(side == 0, rays[0], np.where(side == 1, rays[1], rays[2])) * turn.reshape(-1).take(at)
    s = rays[0] * t + eyes[:, 0].take(owner)
    return owner, group.index.take(where), t, cover.take(where), s, sun, sky, slant


_MEETINGS = {"rod": _meet_rods, "face": _meet_faces, "block": _meet_blocks}


def _wide(part: Part) -> bool:
    """Whether it is a ring, and so large that boxes round its arcs hold much less than one round it."""
    return part.inner > max(0.5 * part.high, 0.4)


def _pieces(parts: Sequence[Part]) -> tuple[NDArray[np.intp], Floats]:
    """Pieces of the parts, for boxes round these hold less that is none: whose each is, and its corners (n, 8, 3)."""
    whole = np.array([number for number, one in enumerate(parts) if not _wide(one)], np.intp)
    rings = np.array([number for number, one in enumerate(parts) if _wide(one)], np.intp)
    bounds = np.array([(one.start, one.stop, one.high, one.wide, one.inner) for one in parts], np.float32)
    start, stop, high, wide, _ = bounds[whole].T
    sizes = np.stack((stop - start, 2 * high, 2 * wide), axis=1)
    # What is long is cut across into pieces about as long as wide.
    longest, ordered = sizes.argmax(axis=1), np.sort(sizes, axis=1)
    many = (ordered[:, 2] / ordered[:, 1]).astype(np.intp).clip(1, 12)
    cut = np.repeat(np.arange(whole.size), many)
    number = np.arange(cut.size) - np.repeat(many.cumsum() - many, many)
    sizes[np.arange(whole.size), longest] /= many
    corners = np.stack((start, -high, -wide), axis=1)[cut]
    corners[np.arange(cut.size), longest[cut]] += number * ordered[cut, 2] / many[cut]
    corners = corners[:, None] + _CORNERS * sizes[cut, None]
    _, stop, high, _, inner = bounds[rings].T
    near, far = (reach[:, None, None, None] * _SIDES for reach in (inner, np.float32(1.02) * high))
    round_ = np.empty((rings.size, _ARCS, 8, 3), np.float32)
    round_[..., 0] = stop[:, None, None]
    round_[..., :2, 1:] = round_[..., 4:6, 1:] = near
    round_[..., 2:4, 1:] = round_[..., 6:, 1:] = far
    return np.concatenate((whole[cut], rings.repeat(_ARCS))), np.concatenate((corners, round_.reshape(-1, 8, 3)))


def _groups(canvas: Canvas, parts: Sequence[Part]) -> Iterator[_Group]:
    """Those of the parts that may be seen, by their shapes."""
    frames = np.concatenate([vector for one in parts for vector in one.frame]).astype(np.float32).reshape(-1, 4, 3)
    origins, axes = frames[:, 0], frames[:, 1:]
    eyes = ((canvas.eye - origins)[:, None, :] * axes).sum(axis=2)
    owners, pieces = _pieces(parts)
    bounds, nearest = canvas.bounds(pieces @ axes[owners] + origins[owners, None], margin=1)
    bounds[:, 2:] += TILE - 1
    # Squares all of which something nearer covers are left out.
    nearest -= np.float32(max(_TIES.values()))
    deepest = canvas.deepest()
    squares = np.zeros((len(parts), *deepest.shape), np.bool_)
    for number, box, near in zip(owners.tolist(), (bounds // TILE).tolist(), nearest.tolist(), strict=True):
        left, top, right, bottom = box
        squares[number, top:bottom, left:right] |= deepest[top:bottom, left:right] > near
    marks = squares.reshape(len(parts), -1)
    for shape in _MEETINGS:
        own = [number for number, one in enumerate(parts) if one.shape == shape]
        marked = np.flatnonzero(marks[own])
        if not marked.size:
            continue
        owner, square = np.divmod(marked, marks.shape[1])
        owner = owner.repeat(TILE * TILE)
        index = canvas.tiles.take(square, axis=0).reshape(-1)
        right, up = canvas.rays(index)
        turns = [turn.take(owner) for turn in (axes[own] @ canvas.axes).reshape(-1, 9).T]
        yield _Group(
            shape,
            canvas,
            np.array(own),
            [parts[number] for number in own],
            owner,
            index,
            [turns[n] * right + turns[n + 1] * up + turns[n + 2] for n in (0, 3, 6)],
            eyes[own],
            axes[own] @ np.array(canvas.light.sun, np.float32),
            axes[own][:, :, 2],
        )


def _seen_from(eye: Floats, ring: Part) -> bool:
    """Whether a face is turned to the eye."""
    origin, along, _, _ = ring.frame
    return float((eye - origin) @ along) > ring.stop


def paint_parts(canvas: Canvas, parts: Sequence[Part]) -> None:
    """Paint parts, in this order where two lie in one place."""
    parts = [one for one in parts if one.shape != "face" or _seen_from(canvas.eye, one)]
    groups = list(_groups(canvas, parts)) if parts else []
    if not groups:
        return
    met = [(group.numbers[owner], *rest) for group in groups for owner, *rest in [_MEETINGS[group.shape](group)]]
    owner, index, t, cover, *others = (np.concatenate(values) for values in zip(*met, strict=True))
    solid = np.flatnonzero(cover > np.float32(0.5))
    np.minimum.at(canvas.depth, index.take(solid), t.take(solid))
    ties = np.array([_TIES[one.shape] for one in parts], np.float32)
    seen = np.flatnonzero(t < canvas.depth.take(index) + ties.take(owner))
    seen = seen.take(owner.take(seen).astype(np.uint16).argsort(kind="stable"))
    owner, index, t, cover, s, sun, sky, slant = (
        values.take(seen) for values in (owner, index.astype(np.intp), t, cover, *others)
    )
    colours = canvas.reflect(index, sun, sky, slant, _surface(parts, owner, s, t))
    # What covers pixels wholly, then outlines: those of one shape seldom meet in a pixel.
    shapes = list(_MEETINGS)
    layers = np.array([1 + shapes.index(one.shape) for one in parts]).take(owner) * (cover < 1)
    for layer in range(1 + len(shapes)):
        where = np.flatnonzero(layers == layer)
        canvas.lay(index.take(where), cover.take(where), [own.take(where) for own in colours])


def _surface(parts: Sequence[Part], owner: NDArray[np.intp], s: Floats, t: Floats) -> Surface:
    """What the coats of the parts look like where they were met."""
    coats = [one.coat for one in parts]

    def each(values: Sequence[float]) -> Floats:
        return np.array(values, np.float32).take(owner)

    albedo = np.array([coat.colour for coat in coats], np.float32).T.take(owner, axis=1)
    if any(coat.rough or coat.dust for coat in coats):
        shift = each([float(one.frame[0][0]) for one in parts])
        grain = look(textures.noise(), s * np.float32(0.5) + shift, t * np.float32(0.9))
        albedo *= 1 + part(grain, 0) * each([coat.rough for coat in coats])
        albedo += (part(grain, 1) - np.float32(0.62)).clip(0, 1) * each([coat.dust for coat in coats])
    open_ = each([coat.open for coat in coats])
    if any(coat.foot < 1 for coat in coats):
        rise = (s - each([one.start for one in parts])) * each([2 / max(0.1, one.stop - one.start) for one in parts])
        open_ *= 1 - (1 - rise.clip(0, 1)) * each([1 - coat.foot for coat in coats])
    metal = each([coat.metal for coat in coats]) if any(coat.metal for coat in coats) else 0.0
    return Surface(albedo, each([coat.gloss for coat in coats]), open=open_, metal=metal)
