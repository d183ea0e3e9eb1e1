"""A child that speaks the engine's lines without torch: the standard library alone, so it starts in 20 ms.

A model whose name holds 'crash' ends it while it is loaded. A photo whose path holds 'broken' fails, one with 'crash'
ends the process, one with 'slow' takes 0.3 s. The classes of card.json get the probabilities 0.1, 0.2, ..., and each a
map of 2 x 3 with that mean.
"""

import base64
import json
import os
import struct
import sys
import time
from pathlib import Path


def say(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def explain(request: int, photo: int, path: str, *, model: dict) -> None:
    if "slow" in path:
        time.sleep(0.3)
    if "crash" in path:
        sys.stderr.write("going down\n")
        sys.stderr.flush()
        os._exit(3)
    if "broken" in path:
        say(message="failed", request=request, sentence="The file is damaged.", detail="", photo_id=photo)
        return
    count = len(model["classes"])
    probabilities = [round(0.1 * (n + 1), 3) for n in range(count)]
    values = [p for p in probabilities for _ in range(6)]
    say(
        message="explained",
        request=request,
        photo_id=photo,
        model_id=model["id"],
        probabilities=probabilities,
        maps=base64.b64encode(struct.pack(f"<{len(values)}e", *values)).decode(),
        maps_shape=[count, 2, 3],
        frame=[0.0, 0.0, 1.0, 1.0],
    )


def score(request: int, photos: list[int], *, model: dict) -> None:
    values = [0.1 * (n + 1) for _ in photos for n in range(len(model["classes"]))]
    packed = base64.b64encode(struct.pack(f"<{len(values)}e", *values)).decode()
    say(message="scored", request=request, model_id=model["id"], photo_ids=photos, probabilities=packed, problems=[])
    say(message="completed", request=request)


def main() -> None:
    say(message="started", pid=os.getpid(), role="engine")
    model: dict = {}
    for line in sys.stdin:
        asked = json.loads(line)
        match asked["message"]:
            case "load_model":
                model = json.loads((Path(asked["folder"]) / "card.json").read_text(encoding="utf-8"))
                if "crash" in model["name"]:
                    sys.exit(3)
                say(message="model_ready", request=asked["request"], model_id=model["id"], device="cpu", seconds=0.0)
            case "score":
                score(asked["request"], asked["photo_ids"], model=model)
            case "explain":
                explain(asked["request"], asked["photo_id"], asked["path"], model=model)


if __name__ == "__main__":
    main()
