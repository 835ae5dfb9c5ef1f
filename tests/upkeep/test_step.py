"""Steps that take in what waits, at their limits."""

from __future__ import annotations

import asyncio

import pytest

from intake.event import parse_event
from intake.people import Sender
from storage import events, rollups
from storage.database import Row, Statement
from terms import limits
from terms.dates import DAY, HOUR
from terms.keys import first_key
from tests.asking import ask
from tests.database import NOW, CountingDatabase, SqliteDatabase, new_event
from tests.upkeep.running import assert_exact, event, rows, settle
from upkeep import step
from web.app import App
from web.deployment import Deployment
from web.settings import Settings

MIDNIGHT = NOW // DAY * DAY


async def rolled_up(now: int) -> CountingDatabase:
    """A database whose one event has just been rolled up."""
    database = CountingDatabase()
    await events.add(database, [new_event(1000, now - HOUR)])
    assert await step.roll_up_pending(database, now) == 1
    return database


async def is_due(database: SqliteDatabase, now: float = NOW) -> bool:
    state = await rollups.state(database)
    return now >= state.due_at


async def waiting(database: SqliteDatabase) -> int:
    """How many events no rollup holds."""
    _, tail = await rollups.read_with_waiting(database, ())
    return len(tail.facts)


def test_the_tail_stays_short_when_the_pace_picks_up() -> None:
    """Nobody about at midnight, and then a busy day: nothing is planned until the next midnight, and still."""

    async def play() -> None:
        database = SqliteDatabase()
        deployment = Deployment(Settings.read(lambda _: ""), database, lambda _: None, print)
        app = App(deployment)
        await events.add(database, [new_event(0, MIDNIGHT - 50_000)])
        longest = 0
        for minute in range(18 * 60):
            now = MIDNIGHT + minute * 60
            if minute > 8 * 60:
                used = [parse_event({"tool_name": "a", "status": "success"}, now) for _ in range(20)]
                await deployment.keeper.keep(used, Sender("", ""), now)
            await app.scheduled(now)
            longest = max(longest, await waiting(database))
        assert longest <= limits.WAITING_EVENTS

    asyncio.run(play())


def test_a_run_ends_after_so_many_steps_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    monkeypatch.setattr(limits, "ROLLUP_STEPS", (2, 3))

    async def play() -> None:
        database = await rolled_up(NOW - 2 * HOUR)
        await events.add(database, [new_event(number, NOW - 4000) for number in range(8)])
        for taken, left in ((5, 3), (3, 0)):
            assert await step.roll_up_pending(database, NOW) == taken
            assert await waiting(database) == left
            assert await is_due(database) is bool(left), "what is left does not wait"
        assert (await ask(database, "summary", NOW, days=30))["total_invocations"] == 9

    asyncio.run(play())


def test_events_of_many_minutes_are_taken_in_by_one_step_a_cron_event() -> None:
    """A cron event has the CPU time for one."""

    async def play() -> None:
        database = await rolled_up(NOW - HOUR)
        size = limits.ROLLUP_STEPS[0]
        await events.add(database, [new_event(number, NOW - 800 + number) for number in range(2 * size)])
        for taken, left in ((size, size), (size, 0), (0, 0)):
            database.ran.clear()
            assert await step.roll_up_pending(database, NOW) == taken
            assert database.ran["rollups/commit"] == bool(taken)
            assert await is_due(database) is bool(left)

    asyncio.run(play())


def test_a_backlog_is_taken_in_by_more_than_one_step() -> None:
    async def play() -> None:
        database = await rolled_up(NOW - HOUR)
        size = limits.ROLLUP_STEPS[0]
        await events.add(database, [new_event(number, NOW - 800 + number // 10) for number in range(2 * size)])
        assert await step.roll_up_pending(database, NOW) == 2 * size

    asyncio.run(play())


def test_an_ordinary_step_is_the_only_one() -> None:
    """Where it has left nothing, no other looks."""

    async def play() -> None:
        database = await rolled_up(NOW - 2 * HOUR)
        await events.add(database, [new_event(number, NOW - 4000) for number in range(limits.ROLLUP_STEPS[0] - 1)])
        database.ran.clear()
        await step.roll_up_pending(database, NOW)
        assert database.ran["rollups/pending"] == 1
        assert database.ran["rollups/write"] == 1
        assert database.connection.execute("SELECT count(*) FROM rollups").fetchone()[0] == 1

    asyncio.run(play())


@pytest.mark.parametrize("number", [2, 3, 4])
def test_a_day_closes_also_where_a_step_takes_in_exactly_what_waits(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Not only when something of the next day has come."""
    monkeypatch.setattr(limits, "ROLLUP_STEPS", (3,))

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [new_event(each, MIDNIGHT - 4000 + each) for each in range(number)])
        await settle(database, MIDNIGHT + HOUR)
        state = await rollups.state(database)
        assert state.summed * HOUR == MIDNIGHT
        assert not await is_due(database, MIDNIGHT + HOUR)

    asyncio.run(play())


def test_a_slot_that_a_full_step_parts_is_taken_in_by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first may not say that it holds what it did not read."""
    monkeypatch.setattr(limits, "ROLLUP_STEPS", (3,))

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(number, NOW - 4000, number) for number in range(5)])
        assert await step.roll_up_pending(database, NOW) == 3
        assert rows(
            database, "SELECT count(*) FROM skill_usage_events WHERE id > (SELECT rolled_id FROM rollup_state)"
        ) == [2]
        await assert_exact(database, NOW, 1)
        await events.add(database, [event(9, NOW - 4000, 9)])
        await step.roll_up_pending(database, NOW + DAY)
        await assert_exact(database, NOW + DAY, 7)

    asyncio.run(play())


def test_steps_of_days_on_both_sides_of_midnight_count_each_where_it_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    monkeypatch.setattr(limits, "ROLLUP_STEPS", (4,))

    async def play() -> None:
        database = SqliteDatabase()
        times = [MIDNIGHT - 4000] * 3 + [MIDNIGHT] * 3
        await events.add(database, [new_event(number, time) for number, time in enumerate(times)])
        assert [await step.roll_up_pending(database, MIDNIGHT + 4 * HOUR) for _ in range(2)] == [4, 2]
        assert rows(database, "SELECT start * 3600 - ? FROM rollups ORDER BY start", MIDNIGHT) == [-2 * HOUR, 0]
        await assert_exact(database, MIDNIGHT + 4 * HOUR, 1, 7)

    asyncio.run(play())


def test_many_late_events_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    monkeypatch.setattr(limits, "ROLLUP_STEPS", (2,))

    async def play() -> None:
        database = await rolled_up(NOW)
        assert not await is_due(database)
        await events.add(database, [new_event(number, NOW - 5000 * number) for number in (1, 2, 3)])
        for taken, more in ((2, True), (1, False)):
            assert await step.roll_up_pending(database, NOW) == taken
            assert await is_due(database) is more

    asyncio.run(play())


def test_a_step_with_room_left_for_either_sort_has_left_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    monkeypatch.setattr(limits, "ROLLUP_STEPS", (2,))

    async def play() -> None:
        database = await rolled_up(NOW - 2 * HOUR)
        await events.add(database, [new_event(1, NOW - 3 * HOUR), new_event(2, NOW - 4000)])
        assert await step.roll_up_pending(database, NOW) == 2
        assert not await is_due(database)

    asyncio.run(play())


def test_too_little_is_looked_at_again_when_more_should_have_come() -> None:
    async def play() -> None:
        database = await rolled_up(NOW - 2 * HOUR)
        await rollups.postpone(database, NOW)
        await events.add(database, [new_event(0, NOW - 4000)])
        assert await step.roll_up_pending(database, NOW) == 0
        assert not await is_due(database)
        assert await waiting(database) == 1
        changes = database.connection.total_changes
        assert await step.roll_up_pending(database, NOW) == 0
        assert database.connection.total_changes == changes, "what is planned is not planned again"

    asyncio.run(play())


def test_the_slot_that_is_open_and_its_grace_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    slot = NOW // 300 * 300

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [new_event(1, slot - 1), new_event(2, slot)])
        for now, taken in ((slot + 14, 0), (slot + 15, 1), (slot + 314, 0), (slot + 315, 1)):
            assert await step.roll_up_pending(database, now) == taken
        assert rows(database, "SELECT rolled_id FROM rollup_state") == [first_key(slot + 300) - 1]

    asyncio.run(play())


@pytest.mark.parametrize("arrives", ["in order", "late"])
def test_what_arrives_behind_a_step_that_has_read_is_not_lost(arrives: str) -> None:
    """An event in order makes it begin again; a late one is noted for the next."""

    class Slow(CountingDatabase):
        slow = False

        async def batch(self, *statements: Statement) -> list[list[Row]]:
            if self.slow and statements[0][0] == "rollups/commit":
                self.slow = False
                assert await events.add(self, [event(5000, NOW - (2000 if arrives == "in order" else 9 * DAY))]) == 1
            return await super().batch(*statements)

    async def play() -> None:
        database = Slow()
        await events.add(database, [event(1000, NOW - DAY)])
        await step.roll_up_pending(database, NOW - HOUR)
        await events.add(database, [event(number, NOW - 2000) for number in range(limits.ROLLUP_EVENTS)])
        database.slow = True
        taken = await step.roll_up_pending(database, NOW)
        assert taken == (0 if arrives == "in order" else limits.ROLLUP_EVENTS)
        await assert_exact(database, NOW, 1, 30)
        await step.roll_up_pending(database, NOW + 2 * DAY)
        assert await waiting(database) == 0
        await assert_exact(database, NOW + 2 * DAY, 30)

    asyncio.run(play())


def test_of_two_steps_at_once_one_counts() -> None:
    """The other has taken in nothing, and says so."""

    class Raced(SqliteDatabase):
        raced = False

        async def batch(self, *statements: Statement) -> list[list[Row]]:
            if statements[0][0] == "rollups/commit" and not self.raced:
                self.raced = True
                assert await step.roll_up_pending(self, NOW) == limits.ROLLUP_EVENTS
            return await super().batch(*statements)

    async def play() -> None:
        database = Raced()
        await events.add(database, [new_event(number, NOW - 4000) for number in range(limits.ROLLUP_EVENTS)])
        assert await step.roll_up_pending(database, NOW) == 0
        assert (await ask(database, "summary", NOW, days=30))["total_invocations"] == limits.ROLLUP_EVENTS

    asyncio.run(play())


def test_of_two_steps_at_once_one_takes_in_what_is_late() -> None:
    class Raced(CountingDatabase):
        raced = True

        async def batch(self, *statements: Statement) -> list[list[Row]]:
            if statements[0][0] == "rollups/commit" and not self.raced:
                self.raced = True
                await step.roll_up_pending(self, NOW + 2 * DAY)
                await events.add(self, [event(99, NOW - 9 * DAY)])
            return await super().batch(*statements)

    async def play() -> None:
        database = Raced()
        await events.add(database, [event(1, NOW - DAY)])
        await step.roll_up_pending(database, NOW)
        await events.add(database, [event(number, NOW - 5 * DAY) for number in range(2, 9)])
        database.raced = False
        assert await step.roll_up_pending(database, NOW + 2 * DAY) == 0
        assert rows(database, "SELECT count(*) FROM late_events") == [1], "the other has not taken this one in"
        await assert_exact(database, NOW + 2 * DAY, 30)

    asyncio.run(play())


def test_a_day_grows_wide_in_several_rows_and_is_still_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy day: what comes late goes into the row of its hour."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    monkeypatch.setattr(limits, "ROW_CHARACTERS", 1000)
    monkeypatch.setattr(limits, "ROW_CHARACTERS_OF_A_QUARTER", 500)

    async def play() -> None:
        database = CountingDatabase()
        for hour in range(24):
            time = MIDNIGHT + hour * HOUR
            await events.add(database, [event(10 * hour + it, time + it, it, tool_name="abc"[it]) for it in range(3)])
            await step.roll_up_pending(database, time + HOUR)
            if hour % 5 == 4:
                await events.add(database, [event(1000 + hour, time - 3 * HOUR, 9, status="error")])
        await step.roll_up_pending(database, MIDNIGHT + 3 * DAY)
        starts = rows(database, "SELECT start - ? FROM rollups ORDER BY start", MIDNIGHT // HOUR)
        assert len(starts) > 4
        await assert_exact(database, MIDNIGHT + 3 * DAY, 2, 3, 7)
        await assert_exact(database, MIDNIGHT + DAY + 7 * HOUR, 1)

    asyncio.run(play())
