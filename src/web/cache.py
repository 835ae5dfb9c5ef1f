"""Answers kept for a moment in this isolate, so that a dashboard's repeated refreshes cost no database read."""

from typing import Generic, TypeVar

from terms import limits

Answer = TypeVar("Answer")


class Cache(Generic[Answer]):
    """Answers by key, each for so many seconds; the oldest go first when it is full."""

    def __init__(self, seconds: int = limits.CACHE_SECONDS) -> None:
        self._seconds = seconds
        self._kept: dict[str, tuple[float, Answer]] = {}

    def get(self, key: str, now: float) -> Answer | None:
        """The answer kept under a key, if it is fresh. now: epoch seconds."""
        kept_at, answer = self._kept.get(key, (0.0, None))
        return answer if answer is not None and 0 <= now - kept_at < self._seconds else None

    def last(self, key: str) -> Answer | None:
        """The answer kept under a key, however old."""
        return self._kept[key][1] if key in self._kept else None

    def put(self, key: str, answer: Answer, now: float) -> None:
        """Keep an answer."""
        self._kept.pop(key, None)
        self._kept[key] = (now, answer)
        while len(self._kept) > limits.CACHE_ENTRIES:
            del self._kept[next(iter(self._kept))]

    def clear(self) -> None:
        """Forget everything, as when someone's events were erased."""
        self._kept.clear()
