"""Where light is gathered: rays through every pixel, what they hit, and the light that comes back.

Pixels that a thing covers are taken out as flat arrays, so that only they are reckoned with; colours are (3, n) of
linear light.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from weldstudio.imaging.drawn.camera import View
from weldstudio.imaging.drawn.hit import Colour, Frame, Hit, Surface, dot, lean, meet, told
from weldstudio.imaging.drawn.scene import Floats
from weldstudio.imaging.drawn.textures import look, noise, part

TILE = 4
"""Width and height of the picture are multiples of it."""
# Below this strength of the sun nobody sees its highlights.
_DULL = 0.5
NEAR = 0.4
"""What is nearer to the eye than this is not looked at."""


@lru_cache(maxsize=8)
def _grids(width: int, height: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Of a picture of that size: flat indices of the pixels of each little square, (squares, TILE * TILE), and for
    each pixel, flat, that of its value in a picture of half the size.
    """
    every = np.arange(height * width, dtype=np.int32)
    squares = every.reshape(height // TILE, TILE, width // TILE, TILE).swapaxes(1, 2)
    halves = every[: every.size // 4].reshape(height // 2, width // 2)
    return squares.reshape(-1, TILE * TILE), halves.repeat(2, axis=0).repeat(2, axis=1).reshape(-1)


class Canvas:
    """The picture while it is made, at the size the sensor sees."""

    def __init__(self, view: View, size: tuple[int, int]) -> None:
        self.width, self.height = size
        self.eye = np.array(view.eye, np.float32)
        self.basis = view.basis
        """To the right, up, forward, a row each."""
        self.axes = self.basis.T
        self.light = view.light
        aspect = self.height / self.width
        self.u = ((2 * np.arange(self.width, dtype=np.float32) + 1) / self.width - 1) / np.float32(view.lens)
        self.v = (1 - (2 * np.arange(self.height, dtype=np.float32) + 1) / self.height) * np.float32(aspect / view.lens)
        self.tiles, self.halves = _grids(*size)
        self.focal = 0.5 * self.width * view.lens
        self.fineness = self.focal / float(np.linalg.norm(self.eye))
        """Pixels per radius of the pipe, about where the joint is."""
        self.colour = np.zeros((3, self.height * self.width), np.float32)
        self.depth = np.full(self.height * self.width, np.inf, np.float32)
        # Of each ray: one over its length, how steeply it rises, and one over its length when it is added to the sun's.
        whole = slice(0, self.height), slice(0, self.width)
        self._unit = 1 / np.sqrt(self.u * self.u + (1 + self.v * self.v)[:, None]).reshape(-1)
        self._rise = self.ray(np.array((0, 0, 1), np.float32), *whole).reshape(-1) * self._unit
        into_sun = self.ray(np.array(view.light.sun, np.float32), *whole).reshape(-1) * self._unit
        self._halving = 1 / np.sqrt((2 - 2 * into_sun).clip(1e-6, 4))
        warm = view.light.warmth
        self.sun: Colour = (
            view.light.strength * (1.0 + 0.1 * warm),
            view.light.strength * 0.96,
            view.light.strength * (0.86 - 0.12 * warm),
        )
        self.sky: Colour = (0.60 + 0.03 * warm, 0.66, 0.76 - 0.04 * warm)
        self.bounce: Colour = (0.22, 0.2, 0.17)
        self.shade: Floats = self._cast(view)

    def _cast(self, view: View) -> Floats:
        """How much sun reaches each pixel past what is out of the picture: a tree, the trench's edge, a person."""
        random = np.random.default_rng((view.scene_seed, 7))
        kind = random.random()
        shade = np.ones(self.height * self.width, np.float32)
        if view.light.strength < 1 or kind > 0.68:
            return shade
        # Every other pixel is enough for the soft edges of shadows.
        rows, columns = slice(0, self.height, 2), slice(0, self.width, 2)
        axes = np.eye(3, dtype=np.float32)
        t = (np.float32(-self.eye[2]) / np.minimum(self.ray(axes[2], rows, columns), np.float32(-0.05))).reshape(-1)
        x = self.ray(axes[0], rows, columns).reshape(-1) * t + self.eye[0]
        y = self.ray(axes[1], rows, columns).reshape(-1) * t + self.eye[1]
        if kind < 0.3:
            # A straight edge, of the trench or of a van.
            turn = random.normal(0, 0.7)
            away = y * np.float32(np.cos(turn)) + x * np.float32(np.sin(turn)) - np.float32(random.uniform(-2.5, 2.5))
            shade = (away * np.float32(random.choice([-1, 1]) / 0.35) + 0.5).clip(0, 1)
        elif kind < 0.45:
            # The photographer's own head and shoulders, from the near side.
            x = x - np.float32(random.normal(0, 2.0)) - 0.2 * y
            top = np.float32(random.uniform(-1.2, 0.6))
            head = np.hypot(x, (y - top) * 0.8) - 0.7
            body = np.hypot(x * 0.75, np.maximum(y - top + 1.9, 0)) - 1.2
            shade = (np.minimum(head, body) * 5 + 0.5).clip(0, 1)
        else:
            # Leaves of a tree: patches of light.
            values = look(noise(), x * np.float32(0.07) + np.float32(kind), y * np.float32(0.07))
            shade = ((part(values, 1) + 0.22 * part(values, 0) - np.float32(random.uniform(0.35, 0.75))) * 7).clip(0, 1)
        return (shade * np.float32(0.88) + np.float32(0.12)).take(self.halves)

    def ray(self, vector: Floats, rows: slice, columns: slice) -> Floats:
        """The component along `vector` of the direction of every ray of a part of the picture, (h, w)."""
        right, up, forward = self.basis @ vector
        return (self.u[columns] * right + forward) + (self.v[rows] * up)[:, None]

    def bounds(self, points: Floats, margin: int) -> tuple[NDArray[np.intp], Floats]:
        """The box in the picture round each of several sets of points (sets, n, 3), in pixels, and the least depth.

        Left, top, right and bottom, (sets, 4); empty for what is outside, all of the picture for what is behind.
        """
        seen = (points - self.eye) @ self.axes
        far = seen[..., 2:]
        places = seen[..., :2] / np.maximum(far, np.float32(0.3)) * np.array((self.focal, -self.focal), np.float32)
        places += np.array((0.5 * self.width, 0.5 * self.height), np.float32)
        size = self.width, self.height
        boxes = np.empty((len(points), 4), np.intp)
        boxes[:, :2] = (places.min(axis=1) - margin).clip(0, size)
        boxes[:, 2:] = (places.max(axis=1) + (margin + 1)).clip(0, size)
        near = far[..., 0].min(axis=1)
        boxes[near < 0.3] = (0, 0, *size)
        return boxes, near

    def deepest(self) -> Floats:
        """The largest depth in each little square, (rows, columns) of them."""
        lines = self.depth.reshape(-1, TILE, self.width).max(axis=1)
        return lines.reshape(-1, self.width // TILE, TILE).max(axis=2)

    def places(self, points: Floats) -> Floats:
        """Where points (..., 3) of the world are in the picture: x and y in pixels, and how far away."""
        seen: Floats = (points - self.eye) @ self.axes
        scale = self.focal / np.maximum(seen[..., 2], np.float32(NEAR))
        seen[..., 0] = 0.5 * self.width + scale * seen[..., 0]
        seen[..., 1] = 0.5 * self.height - scale * seen[..., 1]
        return seen

    def within(
        self, frame: Frame, radius: float, start: float, stop: float, *, surely: bool = False
    ) -> NDArray[np.intp]:
        """Flat indices of the pixels on which a cylinder may be seen, whatever else is there; or surely its inside."""
        origin, along, up, near = frame
        eye = self.eye - origin
        eye_along, eye_up, eye_near = (float(eye @ vector) for vector in (along, up, near))
        far = math.hypot(eye_up, eye_near)
        if far <= radius:
            return np.arange(0 if surely else self.depth.size)
        # Between the two lines where rays touch it, which the middles of the ends may exceed.
        over = 1.0 if surely else (far - radius * radius / far) / (far - radius)
        start, stop = (
            min(start, eye_along + (start - eye_along) * over),
            max(stop, eye_along + (stop - eye_along) * over),
        )
        # What is not before the eye is left out.
        away, ahead = float(self.basis[2] @ along), radius + NEAR + float(self.basis[2] @ eye)
        if away > 1e-6:
            start = max(start, ahead / away)
        elif away < -1e-6:
            stop = min(stop, ahead / away)
        if start >= stop:
            return np.arange(0)
        turn, reach = math.atan2(eye_near, eye_up), math.acos(radius / far)
        rims = [radius * (math.cos(angle) * up + math.sin(angle) * near) for angle in (turn - reach, turn + reach)]
        ends = (start * along + rims[0], stop * along + rims[0], stop * along + rims[1], start * along + rims[1])
        return self._quadrangle(self.places(np.array(ends) + origin)[:, :2].tolist())

    def _quadrangle(self, corners: Sequence[Sequence[float]]) -> NDArray[np.intp]:
        """Flat indices of the pixels in a convex quadrangle, from its corners in order."""
        lines = np.arange(self.height, dtype=np.float64)
        left, right = np.zeros(self.height), np.full(self.height, float(self.width))
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
        clockwise = (cx - ax) * (dy - by) > (cy - ay) * (dx - bx)
        for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
            high = y1 - y0 if abs(y1 - y0) > 1e-3 else 1e-3
            edge = x0 + (x1 - x0) / high * (lines - y0)
            if (high > 0) == clockwise:
                np.minimum(right, edge, out=right)
            else:
                np.maximum(left, edge, out=left)
        first = np.ceil(left).astype(np.intp)
        counts = (np.ceil(right).astype(np.intp) - first).clip(0, None)
        starts = first + np.arange(self.height) * self.width - (counts.cumsum() - counts)
        return np.arange(counts.sum()) + starts.repeat(counts)

    def rays(self, index: NDArray[np.signedinteger]) -> tuple[Floats, Floats]:
        """How far to the right and upwards the rays through pixels go, for 1 forward."""
        line = index // self.width
        return self.u.take(index - line * self.width), self.v.take(line)

    def cylinder(
        self,
        frame: Frame,
        radius: float,
        start: float,
        stop: float,
        *,
        over: float = 0.0,
        collar: tuple[float, float] = (0.0, 0.0),
    ) -> Hit | None:
        """What is seen of a cylinder from `start` to `stop` along its axis; `over` lifts it before what is as near.

        `collar`: how long its ends are thicker, and by how much.
        """
        origin, along, up, near = frame
        eye = self.eye - origin
        eye_along, eye_up, eye_near = (float(eye @ vector) for vector in (along, up, near))
        middle, half = 0.5 * (start + stop), 0.5 * (stop - start)
        pixel = float(np.linalg.norm(eye - middle * along)) / self.focal
        thick, room = radius + collar[1], 1.5 * pixel
        index = self.within(frame, thick + room, start - room, stop + room)
        right, rise = self.rays(index)
        turn = np.stack((along, up, near)) @ self.axes
        to_along, to_up, to_near = (right * row[0] + rise * row[1] + row[2] for row in turn)

        def met(radius: float) -> tuple[Floats, Floats, Floats]:
            disc, t = meet(to_up, to_near, np.float32(eye_up), np.float32(eye_near), np.float32(radius))
            return disc, t, t * to_along + np.float32(eye_along)

        disc, t, s = met(radius)
        scale = np.full(index.size, 1 / radius, np.float32)
        if collar[0]:
            disc_, t_, s_ = met(thick)
            away = np.abs(s_ - np.float32(middle))
            on = (disc_ > 0) & (away > np.float32(half - collar[0])) & (away < np.float32(half + pixel))
            disc, t, s = np.where(on, disc_, disc), np.where(on, t_, t), np.where(on, s_, s)
            scale[on] = 1 / thick
        cover = disc * np.float32(0.5 / radius / pixel)
        np.minimum(cover, (s - np.float32(start)) * np.float32(1 / pixel), out=cover)
        np.minimum(cover, (np.float32(stop) - s) * np.float32(1 / pixel), out=cover)
        cover += np.float32(0.5)
        behind = self.depth.take(index) + np.float32(over + 1e-3)
        where = np.flatnonzero((cover > 0) & (t > np.float32(0.05)) & (t < behind))
        if not where.size:
            return None
        t, scale = t.take(where), scale.take(where)
        to_along, to_up, to_near = to_along.take(where), to_up.take(where), to_near.take(where)
        return Hit(
            index.take(where),
            cover.take(where).clip(0, 1),
            t,
            (to_along, to_up, to_near),
            s.take(where),
            (0.0, (to_up * t + np.float32(eye_up)) * scale, (to_near * t + np.float32(eye_near)) * scale),
            told(self.light.sun, frame),
            told((0.0, 0.0, 1.0), frame),
        )

    def paint(self, hit: Hit, surface: Surface) -> None:
        """Light the surface and lay it over what is there."""
        if surface.slopes is not None:
            lean(hit, *surface.slopes)
        facing_sun, facing_sky = dot(hit.normal, hit.sun), dot(hit.normal, hit.high)
        colours = self.reflect(hit.index, facing_sun, facing_sky, dot(hit.normal, hit.ray), surface)
        self.lay(hit.index, hit.cover, colours)
        solid = np.flatnonzero(hit.cover > np.float32(0.5))
        self.depth[hit.index.take(solid)] = hit.t.take(solid)

    def reflect(
        self, index: NDArray[np.intp], facing_sun: Floats, facing_sky: Floats, slant: Floats, surface: Surface
    ) -> list[Floats]:
        """What comes back from a surface at pixels, a band each; from its normal times the sun, upwards and the ray."""
        slant *= self._unit.take(index)
        # What is mirrored: a bright sky above, the dim ground below, with a soft edge between.
        above = slant * facing_sky
        above *= -4.4
        above += self._rise.take(index) * np.float32(2.2)
        above += np.float32(0.35)
        np.clip(above, 0.06, 1, out=above)
        lit = self.shade.take(index)
        lit *= surface.lit
        shine: Floats | None = None
        if self.light.strength > _DULL:
            # The sun's own image in a skin that is not quite smooth: how well the normal halves sun and eye.
            shine = ((facing_sun - slant) * self._halving.take(index)).clip(0, 1)
            for _ in range(surface.sharp):
                shine *= shine
            shine *= np.float32((2**surface.sharp + 2) * 0.011)
            shine *= surface.gloss
            shine *= lit
        graze = slant.clip(-1, 0)
        graze += 1
        graze *= graze
        graze *= graze
        mirror = (graze * np.float32(0.5) + (0.045 + 0.5 * surface.metal)) * surface.gloss
        above *= mirror
        above *= surface.open
        keep = 1 - mirror.clip(0, 0.9)
        sunlit = facing_sun.clip(0, 1)
        sunlit *= lit
        sunlit *= keep
        keep *= surface.open
        sky = keep * (facing_sky * np.float32(0.5) + np.float32(0.5))
        keep -= sky
        metal = np.asarray(surface.metal) > 0 if np.any(surface.metal) else None
        colours = []
        for band, albedo in enumerate(surface.albedo):
            own = sunlit * np.float32(self.sun[band])
            own += sky * np.float32(self.sky[band])
            own += keep * np.float32(self.bounce[band])
            own *= albedo
            back = above * np.float32(self.sky[band])
            if shine is not None:
                back += shine * np.float32(self.sun[band])
            if metal is not None:
                back *= np.where(metal, albedo * np.float32(1.6), np.float32(1))
            own += back
            colours.append(own)
        return colours

    def lay(self, index: NDArray[np.signedinteger], cover: Floats, colours: Sequence[Floats]) -> None:
        """Lay colours over what is there, which shines through where they do not cover a pixel."""
        edge = np.flatnonzero(cover < 1)
        at, share = index.take(edge), cover.take(edge)
        for target, own in zip(self.colour, colours, strict=True):
            if edge.size:
                under = target.take(at)
                own[edge] = under + (own.take(edge) - under) * share
            target[index] = own
