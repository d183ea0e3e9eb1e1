"""A view of a scene made into pixels: things are painted one by one, then lens and sensor see them."""

from dataclasses import replace

import numpy as np
from PIL import Image

from weldstudio.imaging.drawn.camera import View
from weldstudio.imaging.drawn.canvas import Canvas
from weldstudio.imaging.drawn.clamps import paint_clamps
from weldstudio.imaging.drawn.fitting import paint_fitting
from weldstudio.imaging.drawn.ground import paint_ground
from weldstudio.imaging.drawn.lens import expose, put_finger, sensor_size
from weldstudio.imaging.drawn.parts import paint_parts
from weldstudio.imaging.drawn.pipe import paint_pipes
from weldstudio.imaging.drawn.props import leads, marker_pen, paint_litter
from weldstudio.imaging.drawn.scene import Scene


def photograph(scene: Scene, view: View) -> Image.Image:
    """The photo."""
    canvas = Canvas(view, sensor_size(view))
    if view.spoilt == "ground":
        paint_ground(canvas, scene, bare=True)
        return expose(canvas, view)
    paint_ground(canvas, scene)
    paint_litter(canvas, scene)
    paint_pipes(canvas, scene, view)
    small = [*paint_fitting(canvas, scene), *paint_clamps(canvas, scene), *leads(scene), *marker_pen(scene)]
    paint_parts(canvas, small)
    if view.spoilt == "finger":
        put_finger(canvas, view)
    if view.spoilt == "dark":
        random = np.random.default_rng((view.seed, 6))
        view = replace(view, exposure=view.exposure * float(random.uniform(0.007, 0.019)), noise=0.03)
    return expose(canvas, view)
