"""What is used together, from events that were stored, rolled up and added up."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from storage import events
from storage.events import NewEvent
from terms import limits
from terms.dates import DAY, date
from tests.asking import ask
from tests.database import NOW, CountingDatabase, SqliteDatabase
from tests.upkeep.running import assert_exact, event, rows, settle
from upkeep import erasure, renewal

YESTERDAY = NOW // DAY * DAY - DAY
TEN = YESTERDAY + 10 * 3600


def uses(person: int, *tools: tuple[str, int], **fields: Any) -> list[NewEvent]:
    """Uses of tools by one person: each with seconds since ten o'clock of yesterday."""
    return [
        event(person * 10_000 + TEN % 1000 + after, TEN + after, person, **{"tool_name": tool} | fields)
        for tool, after in tools
    ]


async def asked(database: SqliteDatabase, **given: Any) -> tuple[list[tuple[str, str, int, int]], int]:
    """The pairs that are told: names, sessions and people; and how many are not."""
    answer = await ask(database, "together", NOW, **{"days": 7} | given)
    return [
        (it["before"]["tool_name"], it["after"]["tool_name"], it["sessions"], it["unique_users"])
        for it in answer["pairs"]
    ], answer["hidden"]


def told(*new: NewEvent, **given: Any) -> tuple[list[tuple[str, str, int, int]], int]:
    """The same, of these events alone, when their day is over."""

    async def play() -> tuple[list[tuple[str, str, int, int]], int]:
        database = CountingDatabase()
        await events.add(database, new)
        await settle(database, NOW)
        return await asked(database, **given)

    return asyncio.run(play())


def of_people(number: int, *tools: tuple[str, int], **fields: Any) -> list[NewEvent]:
    """The same uses by so many people."""
    return [one for person in range(1, number + 1) for one in uses(person, *tools, **fields)]


def test_a_pair_is_told_from_five_people_on() -> None:
    assert told(*of_people(5, ("plan", 0), ("commit", 60))) == ([("plan", "commit", 5, 5)], 0)
    assert told(*of_people(4, ("plan", 0), ("commit", 60))) == ([], 1)


def test_first_uses_tell_the_order_and_a_session_counts_once() -> None:
    again = ("plan", 0), ("commit", 60), ("plan", 120), ("commit", 180)
    assert told(*of_people(5, *again)) == ([("plan", "commit", 5, 5)], 0)


def test_what_comes_in_the_same_second_has_no_order() -> None:
    async def play() -> None:
        database = CountingDatabase()
        at_once = [event(100 + person, TEN, person, tool_name="commit") for person in range(1, 6)]
        await events.add(database, [*of_people(5, ("plan", 0)), *at_once])
        await settle(database, NOW)
        answer = await ask(database, "together", NOW, days=7)
        assert (answer["pairs"], answer["hidden"]) == ([], 0)
        both = [{"tool_name": name, "tool_category": "b"} for name in ("commit", "plan")]
        assert answer["unordered"] == [{"both": both, "sessions": 5, "unique_users": 5}]

    asyncio.run(play())


def test_what_shares_a_session_is_together_whatever_the_pause_and_the_agent() -> None:
    apart = ("plan", 0), ("commit", limits.VISIT_PAUSE_SECONDS + 3600)
    assert told(*of_people(5, *apart)) == ([], 0)
    assert told(*(one._replace(session=200) for one in of_people(5, *apart))) == ([("plan", "commit", 5, 5)], 0)
    another = of_people(5, ("commit", 60), agent_id="another")
    both = [one._replace(session=0) for one in (*of_people(5, ("plan", 0)), *another)]
    assert told(*both) == ([("plan", "commit", 5, 5)], 0)


def test_two_sessions_at_once_are_two() -> None:
    first = [one._replace(session=1) for one in of_people(5, ("plan", 0), ("test", 60))]
    second = [one._replace(session=2) for one in of_people(5, ("commit", 30), ("push", 90))]
    alone = of_people(5, ("search", 45))
    pairs = [("commit", "push", 5, 5), ("plan", "test", 5, 5)]
    assert told(*first, *second, *alone) == (pairs, 0)


def test_a_long_pause_begins_another_session() -> None:
    pause = limits.VISIT_PAUSE_SECONDS
    assert told(*of_people(5, ("plan", 0), ("commit", pause))) == ([("plan", "commit", 5, 5)], 0)
    assert told(*of_people(5, ("plan", 0), ("commit", pause + 1))) == ([], 0)
    twice = ("plan", 0), ("commit", 60), ("plan", 4000), ("commit", 4060)
    assert told(*of_people(5, *twice)) == ([("plan", "commit", 10, 5)], 0)
    between = ("plan", 0), ("test", pause), ("commit", 2 * pause)
    assert ("plan", "commit", 5, 5) in told(*of_people(5, *between))[0]


def test_another_agent_and_another_person_are_other_sessions() -> None:
    plans, commits = of_people(5, ("plan", 0)), of_people(5, ("commit", 60), agent_id="another")
    assert told(*plans, *commits) == ([], 0)
    assert told(*uses(1, ("plan", 0)), *uses(2, ("commit", 60))) == ([], 0)


def test_a_session_ends_with_its_day() -> None:
    assert told(*of_people(5, ("plan", 14 * 3600 - 60), ("commit", 14 * 3600 + 60))) == ([], 0)


def test_test_traffic_is_left_out() -> None:
    assert told(*of_people(5, ("plan", 0)), *of_people(5, ("commit", 60), test=True)) == ([], 0)


def test_a_tool_is_on_either_side_and_the_most_frequent_come_first() -> None:
    some = of_people(5, ("plan", 0), ("test", 30), ("commit", 60))
    more = [one for person in (6, 7) for one in uses(person, ("test", 0), ("commit", 60))]
    everything = [("test", "commit", 7, 7), ("plan", "commit", 5, 5), ("plan", "test", 5, 5)]
    assert told(*some, *more)[0] == everything
    assert told(*some, *more, tool="plan") == (everything[1:], 0)
    assert told(*some, *more, tool="test", category="b")[0] == [everything[0], everything[2]]
    assert told(*some, *more, category="elsewhere") == ([], 0)
    assert told(*some, *more, limit=1)[0] == everything[:1]


def test_of_very_many_tools_of_a_session_only_the_first_count() -> None:
    many = [(f"tool {number:02}", number) for number in range(limits.VISIT_TOOLS + 2)]
    pairs, _ = told(*of_people(5, *many))
    assert len(pairs) == limits.VISIT_TOOLS * (limits.VISIT_TOOLS - 1) // 2
    assert {pair[1] for pair in pairs} == {name for name, _ in many[1 : limits.VISIT_TOOLS]}


def test_today_is_told_when_it_is_over() -> None:
    async def play() -> None:
        database = CountingDatabase()
        today = [one._replace(time=one.time + DAY) for one in of_people(5, ("plan", 0), ("commit", 60))]
        await events.add(database, [*of_people(5, ("plan", 0)), *today])
        await settle(database, NOW)
        assert await asked(database) == ([], 0)
        answer = await ask(database, "together", NOW, days=7)
        assert (answer["until"], answer["period"]) == (date(YESTERDAY // DAY), "7 days")
        await events.add(database, [event(1, NOW + DAY, 9)])
        await settle(database, NOW + 2 * DAY)
        answer = await ask(database, "together", NOW + DAY, days=7)
        assert (len(answer["pairs"]), answer["until"]) == (1, date(YESTERDAY // DAY + 2))
        dates = {"from": date(YESTERDAY // DAY), "to": date(YESTERDAY // DAY)}
        assert (await ask(database, "together", NOW + DAY, **dates))["pairs"] == []

    asyncio.run(play())


def test_before_any_day_is_over_nothing_is_told() -> None:
    answer = asyncio.run(ask(SqliteDatabase(), "together", NOW))
    assert answer == {"period": "30 days", "until": None, "pairs": [], "unordered": [], "hidden": 0}


def test_late_events_and_erasures_change_the_day() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, of_people(6, ("plan", 0), ("commit", 60)))
        await settle(database, NOW)
        await events.add(database, of_people(5, ("test", 30)))
        await settle(database, NOW + DAY)
        assert (await asked(database))[0][1:] == [("plan", "test", 5, 5), ("test", "commit", 5, 5)]
        await erasure.erase(database, [("mark 1", f"{1:032x}")], NOW)
        while await renewal.renew(database):
            pass
        assert await asked(database) == ([("plan", "commit", 5, 5)], 2)
        await assert_exact(database, NOW, 7, 30)

    asyncio.run(play())


def test_what_comes_late_to_a_busy_day_tells_no_new_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each late event all of them would be read again."""
    monkeypatch.setattr(limits, "VISIT_LATE_EVENTS", 14)

    async def play(late: int) -> int:
        database = CountingDatabase()
        await events.add(database, of_people(5, ("plan", 0), ("commit", 60)))
        await settle(database, NOW)
        await events.add(database, of_people(5, ("test", 30))[:late])
        await settle(database, NOW + DAY)
        pairs, hidden = await asked(database)
        return len(pairs) + hidden

    assert [asyncio.run(play(late)) for late in (4, 5)] == [3, 1]


def test_who_is_erased_is_gone_from_a_busy_day_without_reading_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may send and erase one event could have them all read every minute. Of more visits than one, one goes."""
    monkeypatch.setattr(limits, "VISIT_LATE_EVENTS", 9)

    async def play() -> None:
        database = CountingDatabase()
        twice = uses(1, ("plan", 7200), ("commit", 7260))
        await events.add(database, [*of_people(6, ("plan", 0), ("commit", 60)), *twice, *uses(7, ("a", 0), ("b", 60))])
        await settle(database, NOW)
        assert await asked(database) == ([("plan", "commit", 7, 6)], 1)
        database.ran.clear()
        for person in (1, 7):
            await erasure.erase(database, [(f"mark {person}", f"{person:032x}")], NOW)
            while await renewal.renew(database):
                pass
        assert await asked(database) == ([("plan", "commit", 6, 5)], 0)
        assert database.ran["events/together"] == 0
        await erasure.erase(database, [("mark 2", f"{2:032x}")], NOW)
        while await renewal.renew(database):
            pass
        assert await asked(database) == ([], 1)

    asyncio.run(play())


def test_nothing_but_the_sum_of_the_day_knows() -> None:
    """Nobody's visits are stored: of each pair how many there were, and who was among them on that day."""

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, of_people(5, ("plan", 0), ("commit", 60)))
        await settle(database, NOW)
        (kept,) = rows(database, "SELECT tallies -> '$.together' FROM sums WHERE hours = 24")
        ((pair, tally),) = json.loads(kept).items()
        assert (pair, tally[1:]) == ("b|plan|b|commit", [[1, 2, 3, 4, 5], TEN, TEN + 60])
        assert rows(database, "SELECT count(*) FROM sums WHERE hours = 6 AND tallies -> '$.together' IS NOT NULL") == [
            0
        ]

    asyncio.run(play())


def test_what_expired_events_told_stays() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, of_people(5, ("plan", 0), ("commit", 60)))
        await settle(database, NOW)
        await settle(database, NOW + 3 * DAY, retention_days=1)
        assert rows(database, "SELECT count(*) FROM skill_usage_events") == [0]
        assert (await ask(database, "together", NOW + 3 * DAY))["pairs"][0]["sessions"] == 5
        await events.add(database, of_people(5, ("late", 30)))
        await settle(database, NOW + 3 * DAY, retention_days=1)
        assert len((await ask(database, "together", NOW + 3 * DAY))["pairs"]) == 1

    asyncio.run(play())
