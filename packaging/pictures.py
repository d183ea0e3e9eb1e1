"""Make the pictures of README and help anew: `python packaging/pictures.py`, in the environment of `run.py`.

They are pictures of the tour (`weldstudio demo --tour`), so each of them was checked for what it shows.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "resources" / "help" / "pictures"
NAMES = ("review", "large", "flags", "train", "models")
PHOTOS = 600


def main() -> int:
    """Make every picture; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=PHOTOS, help="how many photographs the tour's demo has")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weldstudio-pictures-") as place:
        out = Path(place) / "tour"
        words = ["demo", "--tour", str(out), "--photos", str(options.photos), "--theme", options.theme]
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        status = subprocess.call([sys.executable, "-m", "weldstudio", *words], env=environment)
        if status != 0:
            return status
        PICTURES.mkdir(exist_ok=True)
        for name in NAMES:
            print(keep(out / f"{name}.png"))
    return 0


def keep(picture: Path) -> Path:
    """Put a picture among those of the help, as WebP: photographs and letters in a fifth of the bytes of PNG."""
    file = PICTURES / f"{picture.stem}.webp"
    Image.open(picture).convert("RGB").save(file, quality=92, method=6)
    return file


if __name__ == "__main__":
    sys.exit(main())
