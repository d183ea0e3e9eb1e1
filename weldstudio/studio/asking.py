"""One question to an engine of our own, answered at the end of it."""

from collections.abc import Generator
from typing import TypeVar

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import Failed, Message, Stage
from weldstudio.jobs.process import Child

Answer = TypeVar("Answer")
POLL_S = 0.05


def answered(question: Message, kind: type[Answer], text: str) -> Generator[Progress, None, Answer]:
    """The answer of that kind. Closing the generator ends the engine. Raises JobFailed with the engine's sentence."""
    yield Progress(0, None, text)
    with Child("engine") as engine:
        engine.send(question)
        while True:
            match engine.poll(POLL_S):
                case Failed() as failure:
                    raise JobFailed(failure.sentence)
                case Stage() as stage:
                    yield Progress(stage.done, stage.total or None, stage.text)
                case found if isinstance(found, kind):
                    return found
                case _:
                    yield Progress(0, None, text)
