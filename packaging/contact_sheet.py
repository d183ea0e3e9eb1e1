"""Contact sheets of drawn photographs, to be looked at: `python packaging/contact_sheet.py FOLDER [--boxes]`.

One sheet per flag, photos that carry it in its upper half and photos that do not below; `--boxes` shows where a flag is
to be seen, or, for a flag of absence, the thing that it misses. `--mixed` makes a single sheet of photos as they come.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from weldstudio.imaging.drawn.collection import FLAGS, DrawnPhoto, draw, plan

COLUMNS = 4
TITLE = 18
POOL = 600


def main() -> int:
    """Make the sheets; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=12, help="photos per sheet")
    parser.add_argument("--width", type=int, default=400, help="of each, in pixels")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--flag", action="append", choices=FLAGS, help="only this one; may be given again")
    parser.add_argument("--boxes", action="store_true", help="show where each flag is to be seen")
    parser.add_argument("--mixed", action="store_true", help="one sheet, photos as they come")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    photos = plan(POOL, seed=asked.seed, balanced=True)
    if asked.mixed:
        chosen = photos[: asked.photos]
        sheet(chosen, asked.width, boxes=FLAGS if asked.boxes else ()).save(asked.folder / "mixed.png")
        return 0
    for flag in asked.flag or FLAGS:
        raised = [photo for photo in photos if flag in photo.raised][: -(-asked.photos // 2)]
        clear = [photo for photo in photos if flag not in photo.raised][: asked.photos // 2]
        file = asked.folder / f"{flag.lower().replace(' ', '-')}.png"
        sheet([*raised, *clear], asked.width, boxes=[flag] if asked.boxes else ()).save(file)
        print(file, flush=True)
    return 0


def sheet(photos: Sequence[DrawnPhoto], width: int, *, boxes: Iterable[str]) -> Image.Image:
    """The photos side by side, each with its name and flags."""
    height = width * 3 // 4 + TITLE
    rows = -(-len(photos) // COLUMNS)
    image = Image.new("RGB", (COLUMNS * width, rows * height), (24, 24, 26))
    pen = ImageDraw.Draw(image)
    for number, photo in enumerate(photos):
        left, top = number % COLUMNS * width, number // COLUMNS * height
        small = Image.fromarray(draw(photo)).resize((width, height - TITLE), Image.Resampling.LANCZOS)
        image.paste(small, (left, top))
        pen.text((left + 4, top + height - TITLE + 2), _name(photo)[: width // 6], fill=(200, 200, 200))
        for flag in boxes:
            for box in photo.places.get(flag, ()):
                x0, x1 = (left + box[place] * width for place in (0, 2))
                y0, y1 = (top + box[place] * (height - TITLE) for place in (1, 3))
                pen.rectangle((x0, y0, x1, y1), outline=(255, 60, 60) if flag in photo.raised else (80, 220, 255))
    return image


def _name(photo: DrawnPhoto) -> str:
    """Number of the joint, and each flag by its first letters."""
    flags = " ".join("".join(word[0] for word in flag.split()) for flag in FLAGS if flag in photo.raised)
    return f"{photo.joint[6:]}/{photo.path[-5]} {flags or 'perfect'}"


if __name__ == "__main__":
    raise SystemExit(main())
