"""Whoever wants to be gone is gone, also from a day that is known as a whole only."""

from __future__ import annotations

import asyncio
import json

import pytest

from storage import events, people
from storage.database import Row, Statement
from terms import limits
from terms.dates import DAY, HOUR
from terms.errors import DatabaseError
from terms.keys import time_of
from tests.asking import ask
from tests.database import NOW, SqliteDatabase, new_event
from upkeep import erasure, step

MIDNIGHT = NOW // DAY * DAY


async def day_too_wide(monkeypatch: pytest.MonkeyPatch) -> SqliteDatabase:
    """A day with another person in each of four hours, whose row gave up its hours; one more event waits."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    monkeypatch.setattr(limits, "ROLLUP_CHARACTERS", 10)
    database = SqliteDatabase()
    for number in range(4):
        await events.add(database, [new_event(number, MIDNIGHT + number * HOUR)])
        assert await step.roll_up_pending(database, MIDNIGHT + (number + 1) * HOUR) == 1
    await events.add(database, [new_event(2, MIDNIGHT + 5 * HOUR)])
    return database


def test_a_day_without_hours_is_searched_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        database = await day_too_wide(monkeypatch)
        user = new_event(2, 0).user_id_hash
        assert await erasure.erase(database, user, MIDNIGHT + 6 * HOUR) == 2
        assert await people.number(database, user) is None
        assert not database.connection.execute(
            "SELECT 1 FROM skill_usage_events WHERE user_id_hash = ?", (user,)
        ).fetchall()
        summary = await ask(database, "summary", MIDNIGHT + 6 * HOUR, days=30)
        assert (summary["total_invocations"], summary["unique_users"]) == (3, 3)

    asyncio.run(play())


def test_a_day_without_hours_is_a_day_and_not_its_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        database = await day_too_wide(monkeypatch)
        buckets = await ask(database, "timeseries", MIDNIGHT + 20 * HOUR, days=2)
        assert [(bucket["t"][-8:], bucket["invocations"]) for bucket in buckets] == [
            ("00:00:00", 0),
            ("00:00:00", 0),
            ("00:00:00", 5),
        ]

    asyncio.run(play())


def test_a_day_that_two_windows_part_belongs_to_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        database = await day_too_wide(monkeypatch)
        parted = await ask(database, "summary", MIDNIGHT + DAY + 3 * HOUR, days=1)
        assert (parted["total_invocations"], parted["previous"]["total_invocations"]) == (1, 0)

    asyncio.run(play())


def test_whoever_is_unknown_left_nothing() -> None:
    database = SqliteDatabase()
    assert asyncio.run(erasure.erase(database, "nobody", NOW)) == 0


def test_hours_are_searched_and_a_race_is_lost_a_bounded_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time another rollup has come first; then it says so, and the person is still known."""
    monkeypatch.setattr(limits, "ERASE_STEPS", 3)

    class Raced(SqliteDatabase):
        racing = True

        async def batch(self, *statements: Statement) -> list[list[Row]]:
            results = await super().batch(*statements)
            if self.racing and statements[-1][0] == "events/of_person":
                self.connection.execute("UPDATE rollup_state SET revision = revision + 1")
            return results

    async def play() -> None:
        database = Raced()
        await events.add(database, [new_event(1, NOW - DAY), new_event(1, NOW)])
        await step.roll_up_pending(database, NOW)
        user = new_event(1, 0).user_id_hash
        with pytest.raises(DatabaseError):
            await erasure.erase(database, user, NOW)
        assert await people.number(database, user) is not None
        database.racing = False
        assert await erasure.erase(database, user, NOW) == 2

    asyncio.run(play())


def test_an_event_past_its_time_goes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have been sent that old, and then waits for its expiry like any other."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)

    async def play() -> None:
        database = SqliteDatabase()
        await events.add(database, [new_event(1, NOW - 300 * DAY), new_event(2, NOW - DAY)])
        await step.roll_up_pending(database, NOW)
        assert await erasure.erase(database, new_event(1, 0).user_id_hash, NOW) == 1
        assert (await ask(database, "summary", NOW, days=365))["total_invocations"] == 1

    asyncio.run(play())


class Watched(SqliteDatabase):
    """A database that says which hours were searched, and where a rollup may come in between."""

    def __init__(self) -> None:
        super().__init__()
        self.searched: list[int] = []
        self.between = 0

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        for name, parameters in statements:
            if name == "events/of_person":
                self.searched = [time_of(int(first)) for first, _ in json.loads(str(parameters[1]))]
        if statements[-1][0] == "rollups/commit" and self.between:
            self.between -= 1
            self.connection.execute("UPDATE rollup_state SET revision = revision + 1")
        return await super().batch(*statements)


async def two_people(monkeypatch: pytest.MonkeyPatch, test: bool = False) -> Watched:
    """One was there in two hours, of which the second waits for a rollup; the other in two more, alike."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    database = Watched()
    for number, hours in ((1, (0, 4)), (2, (1, 5))):
        made = [new_event(number, MIDNIGHT + hour * HOUR) for hour in hours]
        made = [it._replace(fields=it.fields | {"test": test}) for it in made]
        await events.add(database, made[:1])
        await step.roll_up_pending(database, MIDNIGHT + (number + 1) * HOUR)
        await events.add(database, made[1:])
    return database


@pytest.mark.parametrize("test", [False, True])
def test_only_hours_that_someone_was_there_in_are_searched(monkeypatch: pytest.MonkeyPatch, test: bool) -> None:
    async def play() -> None:
        database = await two_people(monkeypatch, test)
        assert await erasure.erase(database, new_event(1, 0).user_id_hash, MIDNIGHT + 6 * HOUR) == 2
        assert database.searched == [MIDNIGHT, MIDNIGHT + 4 * HOUR]

    asyncio.run(play())


def test_only_days_without_hours_that_someone_was_there_on_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)

    async def play() -> None:
        database = Watched()
        for day in (0, 1):
            for hour in (0, 1):
                monkeypatch.setattr(limits, "ROLLUP_CHARACTERS", 10)
                midnight = MIDNIGHT + day * DAY
                await events.add(database, [new_event(10 * day + hour, midnight + hour * HOUR)])
                await step.roll_up_pending(database, midnight + (hour + 1) * HOUR)
        assert await erasure.erase(database, new_event(1, 0).user_id_hash, MIDNIGHT + 2 * DAY) == 1
        assert database.searched == list(range(MIDNIGHT, MIDNIGHT + DAY, HOUR))

    asyncio.run(play())


def test_an_erasure_begins_again_where_a_rollup_came_first(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        database = await two_people(monkeypatch)
        database.between = 2
        assert await erasure.erase(database, new_event(1, 0).user_id_hash, MIDNIGHT + 6 * HOUR) == 2
        summary = await ask(database, "summary", MIDNIGHT + 6 * HOUR, days=30)
        assert (summary["total_invocations"], summary["unique_users"]) == (2, 1)

    asyncio.run(play())


def test_an_erasure_that_does_not_come_to_its_end_forgets_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ERASE_STEPS", 3)

    async def play() -> None:
        database = await two_people(monkeypatch)
        database.between = 9
        user = new_event(1, 0).user_id_hash
        with pytest.raises(DatabaseError):
            await erasure.erase(database, user, MIDNIGHT + 6 * HOUR)
        assert await people.number(database, user) == 1

    asyncio.run(play())


def test_nobody_is_erased_who_was_never_there() -> None:
    assert asyncio.run(erasure.erase(SqliteDatabase(), "nobody", NOW)) == 0
