"""People, and everything that one of them left."""

from __future__ import annotations

import asyncio

from storage import events, people, rollups
from storage.rollups import Rewrite
from terms.dates import DAY
from terms.keys import event_key, first_key
from tests.database import NOW, SqliteDatabase, new_event
from upkeep import step

ALWAYS = [(first_key(NOW - 30 * DAY), first_key(NOW + DAY))]
NOTHING = Rewrite([], frozenset())
USER = new_event(1, 0).user_id_hash


async def filled() -> SqliteDatabase:
    """One person's events of yesterday (rolled up), of the day before (late) and of today, and another's."""
    database = SqliteDatabase()
    await events.add(database, [new_event(1, NOW - DAY), new_event(2, NOW - DAY)])
    await step.roll_up_pending(database, NOW)
    await events.add(database, [new_event(1, NOW - 2 * DAY), new_event(1, NOW)])
    return database


def test_everyone_has_a_number_of_their_own() -> None:
    async def play() -> None:
        database = await filled()
        first, second = await people.number(database, USER), await people.number(database, new_event(2, 0).user_id_hash)
        assert isinstance(first, int)
        assert first != second
        assert await people.number(database, "nobody") is None

    asyncio.run(play())


def test_a_number_that_was_forgotten_is_not_given_again() -> None:
    async def play() -> None:
        database = await filled()
        before = await people.number(database, USER)
        await people.forget(database, USER)
        assert await people.number(database, USER) is None
        await events.add(database, [new_event(1, NOW + 7200)])
        after = await people.number(database, USER)
        assert after is not None
        assert after != before

    asyncio.run(play())


def test_what_a_person_left_and_what_the_rollups_hold_of_it() -> None:
    async def play() -> None:
        database = await filled()
        number = await people.number(database, USER)
        assert number is not None
        state, found = await people.events(database, number, ALWAYS, 10)
        assert state.revision > 0
        assert sorted((event.fact.time, event.rolled, event.test) for event in found) == [
            (NOW - 2 * DAY, False, False),
            (NOW - DAY, True, False),
            (NOW, False, False),
        ]
        assert {event.fact.person for event in found} == {number}
        assert len((await people.events(database, number, ALWAYS, 2))[1]) == 2
        today = [(first_key(NOW), first_key(NOW + 300)), (first_key(NOW + 600), first_key(NOW + 900))]
        assert [event.fact.time for event in (await people.events(database, number, today, 10))[1]] == [NOW]
        assert (await people.events(database, number, [], 10))[1] == []

    asyncio.run(play())


def test_erasing_is_refused_once_a_rollup_came_first() -> None:
    async def play() -> None:
        database = await filled()
        number = await people.number(database, USER)
        assert number is not None
        state, found = await people.events(database, number, ALWAYS, 10)
        keys = [event.fact.key for event in found]
        stale = state._replace(revision=state.revision - 1)
        assert await people.erase_events(database, stale, NOTHING, keys) is None
        assert len((await people.events(database, number, ALWAYS, 10))[1]) == 3
        assert await people.erase_events(database, state, NOTHING, keys) == 3
        assert (await people.events(database, number, ALWAYS, 10))[1] == []
        _, _, waiting = await rollups.read_with_waiting(database, ())
        assert waiting == [], "no late event is left to be taken in"
        assert await people.erase_events(database, state, NOTHING, keys) is None, "it moved on"
        again, _ = await people.events(database, number, ALWAYS, 10)
        assert again == state._replace(revision=state.revision + 1, last_late=0)

    asyncio.run(play())


def test_only_the_keys_named_are_erased() -> None:
    async def play() -> None:
        database = await filled()
        state, _ = await people.events(database, 1, ALWAYS, 10)
        assert await people.erase_events(database, state, NOTHING, [event_key(NOW, 1), event_key(NOW, 99)]) == 1
        left = database.connection.execute("SELECT count(*) FROM skill_usage_events").fetchone()[0]
        assert left == 3

    asyncio.run(play())
