"""Whoever wants to be gone is gone: from events, from counts, and by name from every table."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from intake.event import Event, parse_event
from intake.keeping import Keeper
from intake.people import Sender
from storage import events, people, rollups
from storage.database import Row, Statement
from terms import limits
from terms.dates import DAY, HOUR
from terms.errors import DatabaseError
from terms.keys import time_of
from tests.asking import ask
from tests.database import NOW, CountingDatabase, SqliteDatabase
from tests.upkeep.running import assert_exact, event, rows, settle
from upkeep import erasure, expiry, renewal, step
from upkeep.work import work

MIDNIGHT = NOW // DAY * DAY
ME = event(0, 0, 1)
MARKS = [(ME.mark, ME.user_id_hash)]
SENDER = Sender("203.0.113.7", "agent")


def used(time: int, **fields: Any) -> Event:
    """A valid event at a time in epoch seconds, as it comes just then."""
    return parse_event({"tool_name": "a", "status": "success", "timestamp": time * 1000} | fields, time)


def mentions(database: SqliteDatabase, *names: str) -> list[str]:
    """Every column of every table that holds any of these names, or a part of itself that is one."""
    tables = rows(database, "SELECT name FROM sqlite_master WHERE type = 'table'")
    assert {"people", "skill_usage_events", "rollups", "sums", "snapshots", "erasures", "settings"} <= set(tables)
    found = []
    for table in tables:
        for row in map(dict, database.connection.execute(f"SELECT * FROM {table}")):
            found += [f"{table}.{name}" for name, value in row.items() if any(it in str(value) for it in names)]
    return found


class Interrupted(CountingDatabase):
    """A database where something else happens before each transaction of whoever works on it."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[str], Awaitable[object]] | None = None

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Let something else happen, and run the statements."""
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            await meanwhile(statements[0][0])
        results = await super().batch(*statements)
        self.meanwhile = meanwhile
        return results


class Watched(CountingDatabase):
    """A database that says which hours were searched."""

    def __init__(self) -> None:
        super().__init__()
        self.searched: list[int] = []

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run the statements in one transaction."""
        for name, parameters in statements:
            if name == "events/of_person":
                self.searched = [time_of(int(first)) for first, _ in json.loads(str(parameters[1]))]
        return await super().batch(*statements)


def test_whoever_is_unknown_left_nothing() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(2, NOW, 2)])
        assert await erasure.erase(database, MARKS, NOW) == 0
        assert await erasure.erase(database, [], NOW) == 0
        assert rows(database, "SELECT count(*) FROM skill_usage_events") == [1]

    asyncio.run(play())


@pytest.mark.parametrize("settled", [False, True], ids=["waiting", "rolled up"])
def test_nothing_is_left_of_a_person_anywhere(settled: bool) -> None:
    """Neither the id, nor the hash that it is stored under, in any column; nor the number, in what is left."""

    async def play() -> None:
        database = CountingDatabase()
        keeper = Keeper(database, b"pepper")
        for day in (40, 3, 2, 1, 0):
            both = [used(NOW - day * DAY - HOUR, anonymous_id=name, status="error") for name in ("canary-me", "you")]
            await keeper.keep(both, SENDER, NOW - day * DAY)
        if settled:
            await settle(database, NOW)
        await keeper.keep([used(NOW - 60, anonymous_id="canary-me")], SENDER, NOW)
        marks = await keeper.erased_by("canary-me", None)
        ((_, user),) = marks
        assert set(mentions(database, user)) == {"people.user_id_hash", "skill_usage_events.user_id_hash"}
        assert await erasure.erase(database, marks, NOW) == 6
        assert mentions(database, user, "canary-me") == []
        await settle(database, NOW)
        assert mentions(database, user, "canary-me") == []
        await assert_exact(database, NOW, 1, 7, 30, 90)
        summary = await ask(database, "summary", NOW, days=90)
        assert (summary["total_invocations"], summary["unique_users"]) == (5, 1)

    asyncio.run(play())


def test_events_of_a_session_go_by_its_id() -> None:
    """Those that carry an anonymous_id too are somebody's, and stay."""

    async def play() -> None:
        database = CountingDatabase()
        keeper = Keeper(database, b"pepper")
        one = used(NOW, session_id="s")
        await keeper.keep([one, one, used(NOW, session_id="s", anonymous_id="me"), used(NOW)], SENDER, NOW)
        marks = await keeper.erased_by(None, "s")
        assert await erasure.erase(database, marks, NOW) == 2
        assert mentions(database, marks[0][1]) == []
        assert await keeper.keep([one], SENDER, NOW) == 0
        assert rows(database, "SELECT count(*) FROM skill_usage_events") == [2]

    asyncio.run(play())


def test_what_arrives_while_an_erasure_runs_goes_too() -> None:
    """A client sends its spool, to two isolates, before, during and after: nothing of it is there in the end."""

    async def play() -> None:
        database = Interrupted()
        isolates = [Keeper(database, b"pepper"), Keeper(database, b"pepper")]
        sent = 0

        async def send(_: str = "") -> None:
            nonlocal sent
            for keeper in isolates:
                sent += 1
                mine = used(NOW - 40 * sent, anonymous_id="me", event_id=f"mine {sent}")
                others = used(NOW - 40 * sent, anonymous_id="you", event_id=f"yours {sent}")
                await keeper.keep([mine, others], SENDER, NOW)

        for _ in range(60):
            await send()
        await settle(database, NOW)
        await send()
        marks = await isolates[0].erased_by("me", None)
        database.meanwhile = send
        deleted = await erasure.erase(database, marks, NOW)
        database.meanwhile = None
        assert sent > 140, "it was interrupted"
        assert 122 <= deleted < 140, "before its promise events were taken in, and they are erased with the others"
        assert mentions(database, marks[0][1]) == []
        await send()
        assert mentions(database, marks[0][1]) == []
        database.meanwhile = send
        for minute in range(20):
            await work(database, NOW + 60 * minute, 90)
        database.meanwhile = None
        await settle(database, NOW + HOUR)
        assert mentions(database, marks[0][1]) == []
        assert rows(database, "SELECT count(*) FROM skill_usage_events") == [sent]
        await assert_exact(database, NOW + HOUR, 1, 7, 30)

    asyncio.run(play())


def test_what_is_late_by_two_days_is_not_taken_in_and_what_happens_later_is() -> None:
    """Of the same person, who is a new one from then on; and then even the mark of the erasure is gone."""

    async def play() -> None:
        database = CountingDatabase()
        keeper = Keeper(database, b"pepper")
        assert await keeper.keep([used(NOW, anonymous_id="me")], SENDER, NOW) == 1
        ((mark, user),) = marks = await keeper.erased_by("me", None)
        await erasure.erase(database, marks, NOW)
        skew = limits.CLOCK_SKEW_SECONDS
        for now in (NOW, NOW + HOUR, NOW + 2 * DAY):
            for back in (0, 1, 30 * DAY):
                old = used(min(NOW + skew - 1, now) - back, anonymous_id="me")
                assert await keeper.keep([old], SENDER, now) == 0
            await settle(database, now)
            assert mentions(database, user) == []
            assert mentions(database, mark) == ["erasures.mark"]
        assert await keeper.keep([used(NOW + skew, anonymous_id="me")], SENDER, NOW + skew) == 1
        assert rows(database, "SELECT person FROM skill_usage_events") == [2], "another number"
        later = NOW + 2 * DAY + skew
        await settle(database, later + HOUR)
        assert mentions(database, mark) == []
        assert await keeper.keep([used(later + HOUR, anonymous_id="me")], SENDER, later + HOUR) == 1
        assert rows(database, "SELECT DISTINCT person FROM skill_usage_events") == [2]
        assert (await ask(database, "summary", later + HOUR, days=30))["unique_users"] == 1

    asyncio.run(play())


def test_a_person_who_came_again_is_erased_again() -> None:
    async def play() -> None:
        database = CountingDatabase()
        for number, now in enumerate((NOW, NOW + HOUR, NOW + 9 * DAY)):
            assert await events.add(database, [event(number, now, 1), event(50 + number, now, 2)]) == 2
            await settle(database, now)
            assert await erasure.erase(database, MARKS, now) == 1
            assert mentions(database, ME.user_id_hash) == []
        await settle(database, NOW + 9 * DAY)
        await assert_exact(database, NOW + 9 * DAY, 1, 7, 30)

    asyncio.run(play())


def test_a_person_who_came_again_before_all_was_erased_is_erased_as_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ERASE_STEP_EVENTS", 2)
    monkeypatch.setattr(limits, "ERASE_STEPS", 1)

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(number, NOW - 60 * number, 1) for number in range(9)])
        assert await erasure.erase(database, MARKS, NOW) == 2
        later = NOW + limits.CLOCK_SKEW_SECONDS
        assert await events.add(database, [event(100, later, 1)]) == 1
        await erasure.erase(database, MARKS, later)
        await settle(database, later)
        assert mentions(database, ME.user_id_hash) == []

    asyncio.run(play())


def test_an_event_past_its_time_goes_too() -> None:
    """It may have been sent that old, and then waits for its expiry like any other."""

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(1, NOW - 300 * DAY, 1), event(2, NOW - DAY, 2)])
        for now, taken in ((NOW, True), (NOW + 1, False)):
            if taken:
                await step.roll_up_pending(database, NOW)
            assert await erasure.erase(database, MARKS, now) == int(taken)
        assert (await ask(database, "summary", NOW, days=365))["total_invocations"] == 1

    asyncio.run(play())


@pytest.mark.parametrize("retention_days", [90, 10], ids=["kept", "lowered"])
def test_an_event_that_waits_to_expire_goes_too(retention_days: int) -> None:
    """Also of hours whose events may be gone already, as when an expiry was stopped in the middle."""

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(number, NOW - 30 * DAY + number * HOUR, number % 2) for number in range(20)])
        await settle(database, NOW)
        await database.batch(("events/expiring", ((NOW - retention_days * DAY) // HOUR,)))
        assert await erasure.erase(database, MARKS, NOW) == 10
        assert mentions(database, ME.user_id_hash) == []
        await settle(database, NOW, retention_days)
        assert mentions(database, ME.user_id_hash) == []

    asyncio.run(play())


@pytest.mark.parametrize("test", [False, True])
def test_only_hours_that_someone_was_there_in_are_searched(test: bool) -> None:
    """Of days that have a sum, and of those that have none; what waits is searched in any case."""

    async def play() -> None:
        database = Watched()
        for number, hour in ((1, 0), (2, 1), (1, 4), (2, 5), (1, 30), (2, 31)):
            await events.add(database, [event(hour, MIDNIGHT + hour * HOUR, number, test=test)])
        await settle(database, MIDNIGHT + DAY + 8 * HOUR)
        await events.add(database, [event(99, MIDNIGHT + DAY + 8 * HOUR, 1, test=test)])
        assert await erasure.erase(database, MARKS, MIDNIGHT + DAY + 9 * HOUR) == 4
        assert database.searched == [MIDNIGHT, MIDNIGHT + 4 * HOUR, MIDNIGHT + 30 * HOUR]

    asyncio.run(play())


def test_of_whom_all_events_wait_no_hour_is_searched() -> None:
    async def play() -> None:
        database = Watched()
        database.searched = [7]
        await events.add(database, [event(1, NOW, 1), event(2, NOW, 2)])
        assert await erasure.erase(database, MARKS, NOW) == 1
        assert database.searched == []

    asyncio.run(play())


def test_a_step_that_is_under_way_does_not_bring_anybody_back() -> None:
    """It has read what waits when their events go."""

    async def play() -> None:
        database = Interrupted()
        await events.add(database, [event(number, NOW - HOUR, number % 2) for number in range(limits.ROLLUP_EVENTS)])

        async def erase(before: str) -> None:
            if before == "rollups/commit":
                await erasure.erase(database, MARKS, NOW)

        database.meanwhile = erase
        assert await step.roll_up_pending(database, NOW) == 0
        database.meanwhile = None
        await settle(database, NOW + DAY)
        await assert_exact(database, NOW + DAY, 1, 7)

    asyncio.run(play())


@pytest.mark.parametrize("before", ["rollups/commit_sums", "rollups/write_snapshot", "rollups/snapshot"])
def test_what_is_added_up_meanwhile_does_not_bring_anybody_back(before: str) -> None:
    async def play() -> None:
        database = Interrupted()
        await events.add(database, [event(2 * it + of, NOW - it * DAY, of) for it in range(40) for of in (0, 1)])
        erased: int = 0

        async def erase(statement: str) -> None:
            nonlocal erased
            if statement == before and not erased:
                erased = await erasure.erase(database, MARKS, NOW)

        database.meanwhile = erase
        while not erased:
            await work(database, NOW, 90)
        database.meanwhile = None
        await settle(database, NOW)
        assert erased == 40
        await assert_exact(database, NOW, 1, 7, 30, 90)

    asyncio.run(play())


def test_hours_that_expire_while_they_are_made_again_keep_their_counts() -> None:
    """A renewal that reads an hour behind an expiry must not take it for empty."""

    async def play() -> None:
        database = Interrupted()
        await events.add(database, [event(number, NOW - 30 * DAY, number) for number in range(5)])
        await settle(database, NOW)
        database.connection.execute("INSERT OR IGNORE INTO stale_hours VALUES (?)", ((NOW - 30 * DAY) // HOUR,))

        async def expire(before: str) -> None:
            if before == "events/of_hour":
                await expiry.expire(database, NOW, 20)

        database.meanwhile = expire
        await renewal.renew(database)
        database.meanwhile = None
        await settle(database, NOW, 20)
        assert rows(database, "SELECT count(*) FROM skill_usage_events") == [0]
        assert (await ask(database, "summary", NOW, days=90))["total_invocations"] == 5

    asyncio.run(play())


def test_an_erasure_that_is_killed_anywhere_is_finished_by_the_cron() -> None:
    """Once it was promised; killed before, it has done nothing, and the request has failed."""

    class KilledError(Exception):
        pass

    async def play(after: int) -> bool:
        database = Interrupted()
        new = [event(2 * it + of, NOW - it * HOUR, of, status="error") for it in range(60) for of in (0, 1)]
        await events.add(database, new)
        await settle(database, NOW)
        trips = 0

        async def kill(_: str) -> None:
            nonlocal trips
            trips += 1
            if trips > after:
                raise KilledError

        database.meanwhile = kill
        whole = False
        try:
            await erasure.erase(database, MARKS, NOW)
            whole = True
        except KilledError:
            pass
        database.meanwhile = None
        await settle(database, NOW)
        assert bool(mentions(database, ME.user_id_hash)) is (after == 0)
        await assert_exact(database, NOW, 1, 7)
        return whole

    after = 0
    while not asyncio.run(play(after)):
        after += 1
    assert after > 5


def test_what_nobody_is_counted_for_any_more_has_no_row() -> None:
    """A tool, an error and an agent that were only theirs."""

    async def play() -> None:
        database = CountingDatabase()
        mine = {"tool_name": "mine", "agent_id": "mine", "status": "error", "error_type": "Mine"}
        for day in range(3):
            await events.add(database, [event(day, NOW - day * DAY, 1, **mine), event(9 + day, NOW - day * DAY, 2)])
        await settle(database, NOW)
        await erasure.erase(database, MARKS, NOW)
        await settle(database, NOW)
        for report, own in (("tools", {}), ("breakdown", {"by": "agent"}), ("errors", {})):
            answer = await ask(database, report, NOW, days=7, **own)
            assert "mine" not in json.dumps(answer).lower(), report
        await assert_exact(database, NOW, 7)

    asyncio.run(play())


def test_the_number_of_somebody_who_is_gone_stays_taken() -> None:
    """Bitmaps of hours whose events have expired still hold it."""

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(1, NOW, 1)])
        await erasure.erase(database, MARKS, NOW)
        await events.add(database, [event(2, NOW, 2)])
        assert rows(database, "SELECT number FROM people") == [2]

    asyncio.run(play())


def test_a_promise_to_several_hashes_is_kept_to_all() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(number, NOW, number % 3) for number in range(9)])
        two = [(it.mark, it.user_id_hash) for it in (event(0, 0, 1), event(0, 0, 2))]
        assert await erasure.erase(database, two, NOW) == 3, "one at once, the other by the cron"
        await settle(database, NOW)
        assert mentions(database, *(user for _, user in two)) == []
        assert await people.promised(database) is None

    asyncio.run(play())


def test_no_promise_no_work() -> None:
    async def play() -> None:
        database = CountingDatabase()
        assert await erasure.keep_promise(database) is None
        assert database.ran == {"people/promised": 1}

    asyncio.run(play())


def test_a_database_that_does_not_answer_promises_nothing() -> None:
    class Silent(CountingDatabase):
        async def batch(self, *statements: Statement) -> list[list[Row]]:
            raise DatabaseError(f"silent: {len(statements)}")

    with pytest.raises(DatabaseError):
        asyncio.run(erasure.erase(Silent(), MARKS, NOW))


async def _state(database: CountingDatabase) -> Any:
    return await rollups.state(database)
