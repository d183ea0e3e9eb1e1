"""The client's side of the talk with an engine, without any I/O: what to send next, and which answers still count.

The window drives it with a process of its own, the command line with `process.Child`; tests drive it with lists.
The newest photo matters most: while one explanation is under way only the last request after it is kept. Photos that
are wanted beside it are explained by the engine one by one, whenever it does not wait.
"""

from collections.abc import Sequence

from weldstudio.domain.messages import (
    Completed,
    Drop,
    Explain,
    Explained,
    Failed,
    LoadModel,
    Message,
    ModelReady,
    Score,
    Scored,
)


class EngineProtocol:
    """State of one engine's client. Methods that ask return the messages to send now, in order."""

    def __init__(self) -> None:
        self.model_id: str | None = None
        """The model that answers; None until the first `ModelReady`."""
        self._last = 0
        self._load: int | None = None
        self._explaining: Explain | None = None
        self._next: Explain | None = None
        self._beside: set[int] = set()
        self._scoring: set[int] = set()

    def load(self, folder: str) -> list[Message]:
        """Make the model in this folder answer. What was asked of the former one no longer counts."""
        dropped: list[Message] = [Drop(request) for request in sorted(self._scoring)]
        self._scoring.clear()
        self._explaining = self._next = None
        self._beside.clear()
        self.model_id = None
        message = LoadModel(self._number(), folder)
        self._load = message.request
        return [*dropped, message]

    def explain(self, photo_id: int, path: str, heads: str = "") -> list[Message]:
        """Probabilities and overlays of one photo, before everything else that waits."""
        message = Explain(self._number(), photo_id, path, heads=heads)
        if self._explaining is not None:
            self._next = message
            return []
        self._explaining = message
        return [message]

    def explain_beside(self, photos: Sequence[tuple[int, str]], heads: str = "") -> list[Message]:
        """As `explain`, of (id, path) in this order, behind every photo that `explain` asks for.

        What still waits of those asked for before is forgotten.
        """
        dropped: list[Message] = [Drop(request) for request in sorted(self._beside)]
        messages = [Explain(self._number(), *photo, heads=heads, beside=True) for photo in photos]
        self._beside = {message.request for message in messages}
        return [*dropped, *messages]

    @property
    def explains_beside(self) -> bool:
        """Whether it is no photo of `explain` that is being explained, but one beside it."""
        return self._explaining is None and bool(self._beside)

    def score(self, photo_ids: Sequence[int], paths: Sequence[str]) -> tuple[int, list[Message]]:
        """Probabilities of many photos. Returns the request's number, by which its answers are known."""
        message = Score(self._number(), tuple(photo_ids), tuple(paths))
        self._scoring.add(message.request)
        return message.request, [message]

    def drop(self, request: int) -> list[Message]:
        """Forget a scoring."""
        if request not in self._scoring:
            return []
        self._scoring.discard(request)
        return [Drop(request)]

    def received(self, message: Message) -> tuple[bool, list[Message]]:
        """Whether this answer still counts, and what to send because of it."""
        match message:
            case ModelReady():
                if message.request != self._load:
                    return False, []
                self._load, self.model_id = None, message.model_id
                return True, []
            case Explained():
                return self._answered(message.request)
            case Scored():
                return message.request in self._scoring, []
            case Completed():
                counts = message.request in self._scoring
                self._scoring.discard(message.request)
                return counts, []
            case Failed():
                return self._failed(message)
            case _:
                return True, []

    def restarted(self) -> None:
        """The engine died and a new one was started: nothing is under way, no model is loaded."""
        self.model_id = self._load = self._explaining = self._next = None
        self._beside.clear()
        self._scoring.clear()

    @property
    def idle(self) -> bool:
        """Whether no answer is awaited."""
        return self._load is None and self._explaining is None and not self._scoring and not self._beside

    def _failed(self, message: Failed) -> tuple[bool, list[Message]]:
        if message.request in self._beside:
            return self._answered(message.request)
        if self._explaining is not None and message.request == self._explaining.request:
            return self._answered(message.request)
        if message.request in self._scoring:
            self._scoring.discard(message.request)
            return True, []
        if message.request == self._load:
            self._load = None
            return True, []
        return message.request < 0, []

    def _answered(self, request: int) -> tuple[bool, list[Message]]:
        """An explanation came. It counts unless a newer photo has been asked for; that one is sent now."""
        if request in self._beside:
            self._beside.discard(request)
            return True, []
        if self._explaining is None or request != self._explaining.request:
            return False, []
        answered, following = self._explaining, self._next
        self._explaining, self._next = following, None
        if following is None:
            return True, []
        return answered.photo_id == following.photo_id, [following]

    def _number(self) -> int:
        self._last += 1
        return self._last
