"""Answers kept for a moment in this isolate, so that a dashboard's repeated refreshes cost no database read."""

from terms import limits


class Cache:
    """Bodies by key, each for 30 s; the oldest go first when it is full."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, str]] = {}

    def get(self, key: str, now: float) -> str | None:
        """The body kept under a key, if it is fresh. now: epoch seconds."""
        kept_at, body = self._kept.get(key, (0.0, None))
        return body if body is not None and 0 <= now - kept_at < limits.CACHE_SECONDS else None

    def put(self, key: str, body: str, now: float) -> None:
        """Keep a body."""
        self._kept.pop(key, None)
        self._kept[key] = (now, body)
        while len(self._kept) > limits.CACHE_ENTRIES:
            del self._kept[next(iter(self._kept))]

    def clear(self) -> None:
        """Forget everything, as when someone's events were erased."""
        self._kept.clear()
