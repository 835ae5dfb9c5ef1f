"""How often strangers may ask in a minute, each address and all of them: what an isolate counts, then the bindings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from terms import limits

Limit = Callable[[str], Awaitable[bool]]
_ALL = "all"


class Rates:
    """The limits of a minute, of which an isolate lets the first requests through by itself.

    Asking a binding is a good part of what a POST of one event costs. Each isolate adds at most UNASKED_IN_ALL
    requests a minute to the limits of wrangler.toml, UNASKED of each address.
    """

    def __init__(self, by_address: Limit, in_all: Limit) -> None:
        """Both take a key and answer whether it is within its limit."""
        self._by_address = by_address
        self._in_all = in_all
        self._minute = 0
        self._let_through = 0
        self._asked: dict[str, int] = {}  # by key, in this minute: at most UNASKED_IN_ALL of them

    async def within(self, key: str, now: float) -> bool:
        """Whether whoever is known by a key may ask. now: epoch seconds. Who may not takes nothing from the others."""
        minute = int(now) // limits.LIMITED_SECONDS
        if minute != self._minute:
            self._minute, self._let_through, self._asked = minute, 0, {}
        if self._let_through >= limits.UNASKED_IN_ALL:
            return await self._by_address(key) and await self._in_all(_ALL)
        self._asked[key] = self._asked.get(key, 0) + 1
        if self._asked[key] > limits.UNASKED and not await self._by_address(key):
            return False
        self._let_through += 1
        return True
