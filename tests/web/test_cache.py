"""Answers kept for a moment."""

from __future__ import annotations

from terms import limits
from web.cache import Cache


def test_an_answer_is_kept_for_30_seconds() -> None:
    cache: Cache[str] = Cache()
    cache.put("a", "body", 100.0)
    assert cache.get("a", 129.9) == "body"
    assert cache.get("a", 130.0) is None
    assert cache.get("a", 99.0) is None, "a clock that goes back trusts nothing"
    assert cache.get("b", 100.0) is None
    cache.clear()
    assert cache.get("a", 100.0) is None


def test_it_does_not_grow() -> None:
    cache: Cache[str] = Cache()
    for number in range(limits.CACHE_ENTRIES * 2):
        cache.put(str(number), "body", 100.0)
    assert cache.get("0", 100.0) is None
    assert cache.get(str(limits.CACHE_ENTRIES * 2 - 1), 100.0) == "body"
