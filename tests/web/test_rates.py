"""How often strangers may ask: what an isolate lets through by itself, and when it asks the bindings."""

from __future__ import annotations

import asyncio
from collections import Counter

from terms import limits
from web.rates import Rates

NOW = 60 * 29_000_000.0
BOUND = 15  # of the bindings, each


class Bindings:
    """Two limits as the runtime has them: they count all that they are asked."""

    def __init__(self, address: int = BOUND, everyone: int = BOUND) -> None:
        self.asked: Counter[str] = Counter()
        self._most = {"all": everyone}
        self._address = address
        self.rates = Rates(self.within, self.within)

    async def within(self, key: str) -> bool:
        self.asked[key] += 1
        return self.asked[key] <= self._most.get(key, self._address)

    def ask(self, key: str, times: int = 1, now: float = NOW) -> int:
        """How many of so many requests in a row are let through."""

        async def run() -> int:
            return sum([await self.rates.within(key, now) for _ in range(times)])

        return asyncio.run(run())


def test_who_seldom_asks_is_let_through_and_no_binding_is_asked() -> None:
    bindings = Bindings()
    assert bindings.ask("a", limits.UNASKED) == limits.UNASKED
    assert not bindings.asked


def test_an_address_has_what_an_isolate_lets_through_and_what_its_binding_does() -> None:
    bindings = Bindings()
    assert bindings.ask("a", 100) == limits.UNASKED + BOUND
    assert bindings.ask("b") == 1
    assert bindings.asked == {"a": 100 - limits.UNASKED}


def test_all_have_what_an_isolate_lets_through_and_what_their_binding_does() -> None:
    bindings = Bindings()
    assert sum(bindings.ask(f"{number}") for number in range(1000)) == limits.UNASKED_IN_ALL + BOUND


def test_one_address_takes_nothing_from_the_others() -> None:
    """What is refused it counts for nobody."""
    bindings = Bindings()
    bindings.ask("flood", 10_000)
    assert bindings.asked["all"] == 0
    others = limits.UNASKED_IN_ALL - limits.UNASKED - BOUND
    assert sum(bindings.ask(f"{number}") for number in range(others)) == others
    assert bindings.asked["all"] == 0
    bindings.ask("flood", 100)
    assert bindings.asked["all"] == 0
    assert bindings.ask("late") == 1


def test_a_minute_later_it_begins_again_and_nobody_of_before_is_remembered() -> None:
    bindings = Bindings()
    bindings.ask("a", 100)
    bindings.asked.clear()
    assert bindings.ask("a", limits.UNASKED, NOW + limits.LIMITED_SECONDS) == limits.UNASKED
    assert not bindings.asked
    bindings.ask("b", now=NOW + 2 * limits.LIMITED_SECONDS)
    assert bindings.rates._asked == {"b": 1}


def test_no_more_addresses_are_remembered_than_are_let_through() -> None:
    bindings = Bindings()
    for number in range(3 * limits.UNASKED_IN_ALL):
        bindings.ask(f"{number}")
    assert len(bindings.rates._asked) == limits.UNASKED_IN_ALL
