"""What an isolate knows of its deployment."""

from __future__ import annotations

import asyncio

from storage import events
from tests.database import NOW, new_event
from tests.serving import Served


def test_two_deployments_share_nothing() -> None:
    one, other = Served().deployment, Served().deployment
    assert one.cache is not other.cache
    assert one.memory is not other.memory
    assert one.keeper is not other.keeper


def test_its_pepper_is_the_one_that_is_set() -> None:
    def user(**variables: str) -> str:
        ((_, user_id_hash),) = asyncio.run(Served(**variables).deployment.keeper.erased_by("someone", None))
        return user_id_hash

    assert user(HASH_PEPPER="one") == user(HASH_PEPPER="one")
    assert len({user(HASH_PEPPER="one"), user(HASH_PEPPER="two"), user(), user()}) == 4


def test_it_forgets_answers_and_what_it_read() -> None:
    served = Served(ANALYTICS_PUBLIC="true")
    served.send("GET", "/analytics/summary")
    asyncio.run(events.add(served.database, [new_event(1, NOW)]))
    before = served.send("GET", "/analytics/summary").body or ""
    assert '"total_invocations": 0' in before
    served.deployment.forget()
    after = served.send("GET", "/analytics/summary").body or ""
    assert '"total_invocations": 1' in after
