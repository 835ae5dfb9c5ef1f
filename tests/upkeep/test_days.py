"""The sum of a day where its hours have counted rare values together."""

from __future__ import annotations

import asyncio
import random
from itertools import zip_longest

import pytest

from counting.tally import Tally
from storage import events, rollups
from storage.events import NewEvent
from terms import limits
from terms.dates import DAY, HOUR
from tests.asking import ask
from tests.database import NOW, CountingDatabase
from tests.upkeep.running import assert_exact, event, rows, settle
from upkeep import days, erasure
from upkeep.rewrite import total

MIDNIGHT = NOW // DAY * DAY
FIRST = MIDNIGHT // HOUR


def a_day(versions: dict[str, int], rare: int, seed: int = 1) -> list[NewEvent]:
    """Yesterday's events, at random times: of these versions so many, and of others one each."""
    chance = random.Random(seed)
    named = [version for version, number in versions.items() for _ in range(number)] + [
        f"rare {it}" for it in range(rare)
    ]
    return [
        event(
            number,
            MIDNIGHT - 1 - int(chance.random() * DAY),
            number % 9,
            tool_version=version,
            duration_ms=number % 50,
            status=("success", "error")[number % 2],
        )
        for number, version in enumerate(named)
    ]


async def folded(new: list[NewEvent]) -> CountingDatabase:
    """A database whose day is over and added up."""
    database = CountingDatabase()
    await events.add(database, new)
    await settle(database, NOW)
    assert rows(database, "SELECT count(*) FROM sums WHERE hours = 24") == [1]
    return database


async def versions_of(database: CountingDatabase) -> dict[str, int]:
    answer = await ask(database, "breakdown", NOW, days=7, by="version")
    return {row["key"]: row["invocations"] for row in answer}


def test_every_frequent_value_is_exact_however_many_rare_ones_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that is among the rare in each of its hours."""
    monkeypatch.setattr(limits, "VALUES", 8)

    async def play() -> None:
        given = {"most": 100, "some": 30, "few": 3, "two": 2}
        found = await versions_of(await folded(a_day(given, 300)))
        assert {version: found.get(version) for version in ("most", "some", "few")} == {
            "most": 100,
            "some": 30,
            "few": 3,
        }
        assert sum(found.values()) == 435, "and no event is lost or counted twice"
        assert found["(other)"] > 200

    asyncio.run(play())


def test_without_rare_values_a_day_is_what_its_quarters_are() -> None:
    async def play() -> None:
        database = await folded(a_day({"most": 100, "some": 30}, 20))
        assert database.ran["events/frequent"] == 0
        state, quarters = await rollups.state(database), await rollups.quarters(database, FIRST - 24)
        assert await days.sum_of(database, state, FIRST - 24, list(quarters.values())) == total(list(quarters.values()))
        await assert_exact(database, NOW, 7)

    asyncio.run(play())


def test_all_that_is_told_of_a_frequent_value_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Durations, outcomes and people too; and what is left is of the rare, and nobody is missing there."""
    monkeypatch.setattr(limits, "VALUES", 8)

    async def play() -> None:
        new = a_day({"most": 100, "some": 30}, 300)
        database = await folded(new)
        _, sums = await rollups.find(database, [FIRST - 1])
        kept = sums[24, FIRST - 24]
        some = Tally.from_json(kept["version"]["some"])
        mine = [it for it in new if it.fields["tool_version"] == "some"]
        assert some.invocations == len(mine)
        assert some.duration_ms == sum(it.fields["duration_ms"] for it in mine)
        assert len(some.people) == len({it.user_id_hash for it in mine})
        assert (some.first, some.last) == (min(it.time for it in mine), max(it.time for it in mine))
        whole = [Tally.from_json(fields) for fields in kept["version"].values()]
        everything = Tally.from_json(kept["all"]["all"])
        assert [sum(at) for at in zip_longest(*(it.counts for it in whole), fillvalue=0)] == everything.counts
        assert sum(it.duration_ms for it in whole) == everything.duration_ms

    asyncio.run(play())


def test_a_filter_finds_what_is_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    """It never answers 0 for what has events."""
    monkeypatch.setattr(limits, "VALUES", 8)

    async def play() -> None:
        database = await folded(a_day({"most": 100}, 300))
        for version, number in (("most", 100), ("rare 7", 1), ("rare 299", 1), ("nobody", 0)):
            summary = await ask(database, "summary", NOW, days=7, version=version)
            assert summary["total_invocations"] == number
            rows_ = await ask(database, "breakdown", NOW, days=7, version=version, by="version")
            assert [row["invocations"] for row in rows_] == [number] * bool(number)

    asyncio.run(play())


def test_what_is_made_again_is_exact_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "VALUES", 8)

    async def play() -> None:
        database = await folded(a_day({"most": 100, "some": 30}, 300))
        one = event(0, 0, 3)
        await erasure.erase(database, [(one.mark, one.user_id_hash)], NOW)
        await settle(database, NOW)
        left = dict(rows(database, "SELECT tool_version, count(*) FROM events GROUP BY 1"))
        found = await versions_of(database)
        assert (found["most"], found["some"]) == (left["most"], left["some"])
        assert sum(found.values()) == sum(left.values())

    asyncio.run(play())


def test_a_day_whose_events_may_be_gone_is_what_its_quarters_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "VALUES", 8)

    async def play() -> None:
        database = await folded(a_day({"most": 100, "some": 30}, 300))
        quarters = list((await rollups.quarters(database, FIRST - 24)).values())
        state = await rollups.state(database)
        database.ran.clear()
        gone = state._replace(expiring=FIRST - 23)
        assert await days.sum_of(database, gone, FIRST - 24, quarters) == total(quarters)
        assert await days.sum_of(database, state, FIRST - 24, []) == {}
        assert database.ran["events/frequent"] == 0

    asyncio.run(play())
