"""The events: stored once each, read, counted under filters, deleted; each statement at its edges."""

from __future__ import annotations

import asyncio
import json

import pytest

from counting.dimensions import BREAKDOWNS, FILTERS, TOOL, Filters
from counting.histogram import bucket_of
from storage import events, people, rollups
from storage.events import STORED_FIELDS, NewEvent
from terms.dates import DAY, HOUR
from terms.keys import NEIGHBOURS, SLOT_SECONDS, event_key, first_key, time_of
from tests.database import NOW, SQL, CountingDatabase, SqliteDatabase, new_event
from tests.given import LAST, START, answer, event, keys, rolled_up_to, store
from tests.reports.recount import COLUMNS

NO_FILTER = Filters()
USER = f"{1:032x}"
HOUR_OF_START = START // HOUR


def of(user: int, made: NewEvent) -> NewEvent:
    """The same event, of somebody."""
    return made._replace(user_id_hash=f"{user:032x}", mark=f"mark {user}")


def late(database: SqliteDatabase) -> list[int]:
    """The keys of the late events, in the order that they came in."""
    rows = database.connection.execute("SELECT event_id FROM late_events ORDER BY number")
    return [row["event_id"] for row in rows]


def state(database: SqliteDatabase) -> rollups.State:
    """How far the rollups are."""
    found: rollups.State = answer(rollups.state(database))
    return found


# Adding


def test_every_field_is_stored() -> None:
    fields = {name: f"of {name}" for name in STORED_FIELDS} | {"test": True, "duration_ms": 5}
    fields |= {"request_size_bytes": 6, "response_size_bytes": 2**53 - 1}
    database = store(of(1, event(2**40 - 1, NOW, **fields)))
    (row,) = database.connection.execute("SELECT * FROM skill_usage_events").fetchall()
    assert {name: row[name] for name in STORED_FIELDS} == fields
    assert (row["id"], row["second"]) == (event_key(NOW, 2**40 - 1), NOW % 300)
    assert (row["user_id_hash"], row["timestamp"]) == (USER, "2026-09-21 14:13:20")


def test_an_id_is_stored_once_an_hour_to_either_side() -> None:
    database = store(event(1, START))
    for away in (-NEIGHBOURS, -1, 0, 1, NEIGHBOURS):
        assert answer(events.add(database, [of(2, event(1, START + away * SLOT_SECONDS))])) == 0, away
        assert answer(events.add(database, [event(99 + away, START)])) == 1, "another id is another event"
    for away in (-NEIGHBOURS - 1, NEIGHBOURS + 1):
        assert answer(events.add(database, [event(1, START + away * SLOT_SECONDS)])) == 1, away


def test_the_id_is_not_worked_out_for_each_slot() -> None:
    """SQLite would flatten what the id is worked out in, and read the event's JSON 24 times more."""
    text = (SQL / "events" / "add.sql").read_text()
    plan = SqliteDatabase().connection.execute(f"EXPLAIN QUERY PLAN {text}", ("[]",))
    assert "CO-ROUTINE new" in [row["detail"] for row in plan]


def test_chance_is_no_id() -> None:
    """What came without one is refused by the key alone, even if its random bits are those of a neighbour."""
    database = store(event(1, START))
    by_chance = event(1, START + SLOT_SECONDS)._replace(keyed=False)
    assert answer(events.add(database, [by_chance, by_chance._replace(time=START + 2 * SLOT_SECONDS)])) == 2
    assert answer(events.add(database, [by_chance])) == 0
    assert answer(events.add(database, [])) == 0


def test_an_event_is_its_senders() -> None:
    database = store(event(1, START), event(2, START))
    rows = database.connection.execute("SELECT person, user_id_hash FROM skill_usage_events").fetchall()
    assert {row["user_id_hash"]: row["person"] for row in rows} == {f"{1:032x}": 1, f"{2:032x}": 2}


def test_whoever_is_there_keeps_the_number() -> None:
    database = store(event(1, START))
    answer(events.add(database, [event(2, START), of(1, event(3, START))]))
    assert numbers(database) == {f"{1:032x}": 1, f"{2:032x}": 2}


def test_nobody_is_given_a_number_twice() -> None:
    database = CountingDatabase()
    assert answer(events.add(database, [of(1, event(1, START)), of(1, event(2, START))])) == 2
    assert database.ran == {"people/give_numbers": 1, "events/add": 1, "people/keep_numbers": 1}
    assert answer(events.add(database, [of(1, event(3, START))], new_people=False)) == 1
    assert database.ran == {"people/give_numbers": 1, "events/add": 2, "people/keep_numbers": 1}
    assert numbers(database) == {USER: 1}


def test_whoever_has_no_number_is_not_stored_without_one() -> None:
    """Whose number was taken away while somebody believed to know it: the number of events that are new tells."""
    database = store(of(1, event(1, START)))
    assert answer(events.add(database, [of(1, event(2, START)), of(2, event(3, START))], new_people=False)) == 1
    assert keys(database) == [event_key(START, 1), event_key(START, 2)]


def test_whoever_has_another_hash_keeps_their_number() -> None:
    """From when a pepper was set: what they did before stays theirs. Whoever has both is left as they are."""
    database = store(*(of(number, event(number, START)) for number in (1, 2, 3, 4)))
    renamed = [(f"{new:032x}", f"{old:032x}") for new, old in ((11, 1), (3, 2), (14, 4), (15, 5))]
    new = [of(user, event(user, START)) for user in (11, 14, 15)]
    assert answer(events.add(database, [*new, of(3, event(9, START))], renamed=renamed)) == 4
    assert numbers(database) == {f"{user:032x}": number for user, number in ((11, 1), (2, 2), (3, 3), (14, 4), (15, 5))}
    rows = database.connection.execute("SELECT person FROM skill_usage_events WHERE user_id_hash = ?", (f"{11:032x}",))
    assert [row["person"] for row in rows] == [1]


def test_what_an_erasure_forbids_is_not_taken_in() -> None:
    """Neither the event nor a number for its sender; what comes from the moment on is another person's."""
    database = store(of(1, event(1, START)))
    answer(people.promise_erasure(database, [("mark 1", USER)], START + 60, START + DAY))
    late_ones = [of(1, event(2, START + 59)), of(1, event(3, START - HOUR)._replace(keyed=False))]
    assert answer(events.add(database, [*late_ones, of(2, event(4, START))])) == 1
    assert numbers(database) == {f"{2:032x}": 2}
    assert answer(events.add(database, [of(1, event(5, START + 60))])) == 1
    assert numbers(database) == {f"{2:032x}": 2, USER: 3}
    assert answer(events.add(database, [of(1, event(6, START + 59))])) == 0, "also if the sender has a number again"


def numbers(database: SqliteDatabase) -> dict[str, int]:
    """Everybody's number, by hash."""
    rows = database.connection.execute("SELECT * FROM people")
    return {row["user_id_hash"]: row["number"] for row in rows}


# Errors by key


def test_errors_are_listed_by_key() -> None:
    failure = {"error_type": "E", "error_message": "m", "duration_ms": 3}
    database = store(event(1, NOW, **failure), event(2, NOW))
    wanted = [str(event_key(NOW, number)) for number in (1, 2, 3)]
    listed = answer(events.by_key(database, wanted))
    assert listed.keys() == set(wanted[:2])
    assert listed[wanted[0]] == failure | {
        "timestamp": "2026-09-21 14:13:20",
        "tool_name": "a",
        "tool_category": "b",
    }
    assert answer(events.by_key(database, [])) == {}
    assert answer(events.by_key(database, wanted[2:])) == {}


@pytest.mark.parametrize("message", [None, 'a "word"', "a\\b", "two\nlines", "é 日本 😀", "{}"])
def test_an_error_is_listed_as_it_was_told(message: str | None) -> None:
    database = store(event(1, NOW, error_message=message))
    (listed,) = answer(events.by_key(database, [str(event_key(NOW, 1))])).values()
    assert (listed["error_message"], listed["error_type"], listed["duration_ms"]) == (message, None, None)


# Filters


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_narrows_every_question(name: str) -> None:
    column = COLUMNS[name]
    new = [event(number, START, status="error", **{column: value}) for number, value in enumerate("xxy")]
    hidden = event(9, START, status="error", test=True, **{column: "x"})
    database = store(*new, hidden)
    for filters, expected in (
        (Filters({name: "x"}), [0, 1]),
        (Filters({name: "z"}), []),
        (Filters({name: "x"}, True), [0, 1, 9]),
    ):
        counted = answer(events.counts(database, "source", START, filters))
        assert sum(row["events"] for row in counted) == len(expected)
        assert len(answer(events.latest_errors(database, START, filters, 10))) == len(expected)
        rows, _ = answer(events.page(database, 0, None, filters, 10))
        assert [row["id"] for row in rows] == [str(event_key(START, number)) for number in expected]


def test_filters_narrow_together() -> None:
    fields = {"agent_id": "x", "tool_version": "1"}
    database = store(event(1, START, **fields), event(2, START, **fields | {"agent_id": "y"}), event(3, START))
    (row,) = answer(events.counts(database, "source", START, Filters({"agent": "x", "version": "1"})))
    assert json.loads(row["people"]) == [1]
    assert answer(events.counts(database, "source", START, Filters({"agent": "y", "version": "2"}))) == []


def test_test_traffic_is_read_only_if_asked_for() -> None:
    database = store(event(1, START, status="error", test=True), event(2, START + 1, status="error"))
    for filters, expected in ((NO_FILTER, [2]), (Filters(include_test=True), [1, 2])):
        (row,) = answer(events.counts(database, "source", START, filters))
        assert sorted(json.loads(row["people"])) == expected
        assert len(answer(events.latest_errors(database, START, filters, 9))) == len(expected)
        assert len(answer(events.page(database, 0, None, filters, 9))[0]) == len(expected)


# Counts


@pytest.mark.parametrize("dimension", BREAKDOWNS)
def test_events_are_counted_by_any_dimension(dimension: str) -> None:
    column = COLUMNS[dimension]
    database = store(*(event(number, START, **{column: value}) for number, value in enumerate("xxy")))
    rows = answer(events.counts(database, dimension, START, NO_FILTER))
    assert {row["slice"]: row["events"] for row in rows} == {"x": 2, "y": 1}


def test_events_are_counted_by_tool() -> None:
    named = [("skill", "a"), ("mcp", "a"), ("skill", "b"), ("skill", "a")]
    new = [
        event(number, START, tool_category=category, tool_name=name) for number, (category, name) in enumerate(named)
    ]
    rows = answer(events.counts(store(*new), TOOL, START, NO_FILTER))
    assert {row["slice"]: row["events"] for row in rows} == {"skill|a": 2, "mcp|a": 1, "skill|b": 1}


@pytest.mark.parametrize("name", ["version", "os", "runtime"])
def test_what_an_event_does_not_say_is_unknown(name: str) -> None:
    (row,) = answer(events.counts(store(event(1, START)), name, START, NO_FILTER))
    assert row["slice"] == "unknown"


def test_counts_are_of_events_that_are_alike() -> None:
    alike = {"status": "error", "trigger": "model"}
    database = store(
        of(1, event(1, START + 60, **alike, duration_ms=1000)),
        of(2, event(2, START + 90, **alike, duration_ms=1002)),
        of(2, event(3, START + 30, **alike, duration_ms=1001)),
        event(4, START, **alike, duration_ms=2000),
        event(5, START, **alike),
        event(6, START, **alike, duration_ms=0),
        event(7, START, **alike | {"trigger": "user"}, duration_ms=1000),
        event(8, START, **alike | {"status": "timeout"}, duration_ms=1000),
    )
    rows = answer(events.counts(database, "agent", START, NO_FILTER))
    same = next(row for row in rows if row["events"] == 3)
    assert sorted(json.loads(same.pop("people"))) == [1, 2]
    durations = {"bucket": bucket_of(1000), "duration_ms": 3003, "least": 1000, "greatest": 1002}
    assert same == alike | durations | {"slice": "c", "events": 3, "first": START + 30, "last": START + 90}
    assert len(rows) == 6
    unknown = next(row for row in rows if row["bucket"] is None)
    assert (unknown["duration_ms"], unknown["least"], unknown["greatest"]) == (None, None, None)


def test_counts_put_durations_into_the_buckets_of_the_rollups() -> None:
    durations = (None, 0, 1, 34, 35, 36, 1000)
    database = store(*(event(number, START, duration_ms=duration) for number, duration in enumerate(durations)))
    rows = answer(events.counts(database, "source", START, NO_FILTER))
    assert {row["duration_ms"]: row["bucket"] for row in rows} == {
        duration: None if duration is None else bucket_of(duration) for duration in durations
    }


def test_counts_begin_with_the_first_key_of_the_window() -> None:
    database = store(event(0, START), event(LAST, START - SLOT_SECONDS))
    (row,) = answer(events.counts(database, "source", START, NO_FILTER))
    assert (row["events"], json.loads(row["people"])) == (1, [1])


def test_counts_along_time_part_into_hours_on_the_days_asked_for() -> None:
    """A day by its first hour, an hour by itself, since 1970."""
    database = store(*(event(number, START + number * 22 * HOUR) for number in range(3)))
    day = START // DAY * 24
    whole = [day, day + 24, day + 48]
    hours = [HOUR_OF_START + 22 * number for number in range(3)]
    for by_hour, expected in (
        (whole, hours),
        ({day}, [hours[0], whole[1], whole[2]]),
        ([day + 48, day + 24], [whole[0], *hours[1:]]),
        ((), whole),
        ([day + 1, day - 24], whole),
    ):
        rows = answer(events.counts(database, "time", START, NO_FILTER, by_hour))
        assert sorted(row["slice"] for row in rows) == expected, by_hour


def test_an_hour_and_a_day_begin_with_their_first_second() -> None:
    midnight = NOW // DAY * DAY
    times = (midnight - 1, midnight, midnight + HOUR - 1, midnight + HOUR)
    database = store(*(event(number, time) for number, time in enumerate(times)))
    rows = answer(events.counts(database, "time", midnight - DAY, NO_FILTER, [midnight // HOUR]))
    first = midnight // HOUR
    assert {row["slice"]: row["events"] for row in rows} == {first - 24: 1, first: 2, first + 1: 1}


def test_counts_of_errors_are_of_errors_and_timeouts_alone() -> None:
    statuses = ("success", "error", "timeout", "denied", "partial")
    new = [event(number, START, status=status, error_type="E") for number, status in enumerate(statuses)]
    database = store(*new, event(9, START, status="timeout", tool_name="x", tool_category="mcp"))
    counted = answer(events.counts(database, "error", START, NO_FILTER, [START // DAY * 24]))
    assert sorted((row["slice"], row["status"]) for row in counted) == [
        (f"{HOUR_OF_START} b|a|E", "error"),
        (f"{HOUR_OF_START} b|a|E", "timeout"),
        (f"{HOUR_OF_START} mcp|x|", "timeout"),
    ]
    by_day = answer(events.counts(database, "error", START, NO_FILTER))
    assert {row["slice"].split(" ")[0] for row in by_day} == {str(START // DAY * 24)}


def test_counts_know_the_first_and_the_last_moment_and_everyone_once() -> None:
    database = store(event(1, START + 40), event(2, START + 10), of(1, event(3, START + 70)))
    (row,) = answer(events.counts(database, "source", START, NO_FILTER))
    assert (row["first"], row["last"], sorted(json.loads(row["people"]))) == (START + 10, START + 70, [1, 2])


# The frequent values of a span


def frequent(database: SqliteDatabase, by: str = "agent", one_in: int = 4, hours: int = 1) -> dict[str, int]:
    """The frequent values of some hours, and how many events each has."""
    rows = answer(events.frequent(database, by, HOUR_OF_START, HOUR_OF_START + hours, one_in))
    found: dict[str, int] = {}
    for row in rows:
        found[row["slice"]] = found.get(row["slice"], 0) + row["events"]
    return found


def test_values_with_a_share_of_the_events_are_frequent() -> None:
    agents = "a" * 4 + "b" * 2 + "c"
    new = [event(number, START + number, agent_id=agent) for number, agent in enumerate(agents)]
    database = store(*new, event(9, START, agent_id="d"))
    rolled_up_to(database, event_key(START, LAST))
    for one_in, expected in ((1, {}), (2, {"a": 4}), (3, {"a": 4}), (4, {"a": 4, "b": 2}), (7, {"a": 4, "b": 2})):
        assert frequent(database, one_in=one_in) == expected
    assert frequent(database, one_in=8) == {"a": 4, "b": 2, "c": 1, "d": 1}


@pytest.mark.parametrize("dimension", [TOOL, *BREAKDOWNS])
def test_any_dimension_has_frequent_values(dimension: str) -> None:
    column = COLUMNS[dimension]
    durations = (1000, 1002, 1001, 34, 35, 36, None)
    new = [
        of(number % 2, event(number, START + number, duration_ms=duration, **{column: "x"}))
        for number, duration in enumerate(durations)
    ]
    database = store(*new, event(9, START, **{column: "y"}))
    rolled_up_to(database, event_key(START, 9))
    found = frequent(database, dimension, one_in=2)
    assert found == ({"b|x": 7} if dimension == TOOL else {"x": 7})
    counted = answer(events.counts(database, dimension, START, NO_FILTER))
    rows = answer(events.frequent(database, dimension, HOUR_OF_START, HOUR_OF_START + 1, 2))
    assert rows == [row for row in counted if row["slice"] in found]


def test_frequent_values_are_of_what_the_rollups_hold_of_a_span() -> None:
    """Without its neighbours, what came late, what waits, and test traffic, also where the share is told."""
    names = ("before", "first", "last", "behind")
    times = (START - SLOT_SECONDS, START, START + HOUR - SLOT_SECONDS, START + HOUR)
    made = [
        event(0 if name in ("first", "behind") else LAST, time, agent_id=name)
        for name, time in zip(names, times, strict=True)
    ]
    database = store(*made, event(5, START, agent_id="test", test=True))
    rolled_up_to(database, event_key(START + HOUR, 5))
    answer(events.add(database, [event(6, START, agent_id="late")]))
    assert frequent(database, one_in=2) == {"first": 1, "last": 1}
    rolled_up_to(database, event_key(START, 0))
    assert frequent(database, one_in=1) == {"first": 1}


# Latest errors


def test_the_latest_errors_come_first_and_so_many_at_most() -> None:
    """By their seconds, which keys of one slot do not follow; where those are the same, by key."""
    failed = {"status": "timeout"}
    database = store(
        event(5, START, **failed, error_type="first key, first"),
        event(9, START + 20, **failed, error_type="late, low"),
        event(1, START + 30, **failed, error_type="latest"),
        event(10, START + 20, **failed, error_type="late, high"),
        event(0, START, **failed, error_type="at the edge"),
        event(LAST, START - SLOT_SECONDS, **failed, error_type="before"),
        event(12, START + 60, error_type="no failure"),
    )
    rows = answer(events.latest_errors(database, START, NO_FILTER, 9))
    names = ["latest", "late, high", "late, low", "first key, first", "at the edge"]
    assert [row["error_type"] for row in rows] == names
    assert rows[0].keys() == {
        *("timestamp", "tool_name", "tool_category", "error_type", "error_message", "duration_ms")
    }
    rows = answer(events.latest_errors(database, START, NO_FILTER, 2))
    assert [row["error_type"] for row in rows] == names[:2]


# Pages


def test_pages_hold_every_event_behind_a_key_once_in_order() -> None:
    database = store(*(event(number, START + number) for number in (3, 1, 5, 4, 2)))
    every = keys(database)
    found, after = [], every[0]
    while after is not None:
        rows, after = answer(events.page(database, after, None, NO_FILTER, 2))
        assert len(rows) <= 2
        found += [int(row["id"]) for row in rows]
    assert found == every[1:]


def test_pages_are_of_keys_whether_they_fit_or_not() -> None:
    new = [event(number, NOW + number * 300, tool_name="ab"[number % 2]) for number in range(5)]
    database = store(*new)
    found, after, pages = [], first_key(NOW) - 1, 0
    while after is not None:
        rows, after = answer(events.page(database, after, None, Filters({"tool": "a"}), 2))
        found += [int(row["id"]) for row in rows]
        pages += 1
    assert found == [event_key(NOW + number * 300, number) for number in (0, 2, 4)]
    assert pages == 3
    assert answer(events.page(database, event_key(NOW + 1200, 4), None, NO_FILTER, 2)) == ([], None)
    rows, after = answer(events.page(database, 0, None, Filters({"tool": "c"}), 2))
    assert (rows, after) == ([], event_key(NOW + 300, 1))


def test_a_page_of_nothing_that_fits_is_not_the_last() -> None:
    database = store(*(event(number, START, test=number < 4) for number in range(1, 7)))
    rows, after = answer(events.page(database, 0, None, NO_FILTER, 3))
    assert (rows, after) == ([], event_key(START, 3))


# Expiry


def test_events_expire_below_the_first_key_that_stays() -> None:
    database = store(event(0, START), event(LAST, START - SLOT_SECONDS), event(1, START - HOUR))
    rolled_up_to(database, event_key(START + HOUR, 0))
    assert answer(events.expire(database, HOUR_OF_START, 9)) == 2
    assert keys(database) == [event_key(START, 0)]


def test_events_expire_up_to_the_last_that_is_rolled_up() -> None:
    database = store(*(event(number, START) for number in (1, 2, 3)))
    assert answer(events.expire(database, HOUR_OF_START + 24, 9)) == 0, "the rollups do not hold it yet"
    rolled_up_to(database, event_key(START, 2))
    assert answer(events.expire(database, HOUR_OF_START + 24, 9)) == 2
    assert keys(database) == [event_key(START, 3)]


def test_a_late_event_expires_once_it_is_rolled_up() -> None:
    database = store(event(1, START), event(3, START))
    rolled_up_to(database, event_key(START, 3))
    answer(events.add(database, [event(2, START)]))
    assert answer(events.expire(database, HOUR_OF_START + 1, 9)) == 2
    assert keys(database) == late(database) == [event_key(START, 2)]
    database.connection.execute("DELETE FROM late_events")
    assert answer(events.expire(database, HOUR_OF_START + 1, 9)) == 1


def test_the_oldest_events_expire_first_and_so_many_at_most() -> None:
    database = store(*(event(number, START) for number in (3, 1, 4, 2)))
    rolled_up_to(database, event_key(START, 4))
    for gone in (3, 1, 0):
        assert answer(events.expire(database, HOUR_OF_START + 24, 3)) == gone
        assert keys(database) == ([event_key(START, 4)] if gone == 3 else [])


def test_how_far_events_expire_is_known_and_never_goes_back() -> None:
    """Before the first of them goes: no hour is made again from what is left of its events."""
    database = SqliteDatabase()
    for before, expiring in ((50, 50), (40, 50), (60, 60)):
        answer(events.expire(database, before, 9))
        assert state(database).expiring == expiring


# An hour's events


@pytest.mark.parametrize("test", [False, True])
def test_the_events_of_an_hour_are_those_that_its_rollup_holds(test: bool) -> None:
    made = {
        "before": event(LAST, START - SLOT_SECONDS),
        "first": event(0, START, test=test),
        "last": event(LAST, START + HOUR - SLOT_SECONDS, duration_ms=7),
        "behind": event(0, START + HOUR),
    }
    database = store(*made.values())
    rolled_up_to(database, event_key(START + HOUR, 0))
    answer(events.add(database, [event(5, START)]))
    found = answer(events.of_hour(database, HOUR_OF_START))
    assert [(int(fact.key), is_test) for fact, is_test in found] == [
        (event_key(START, 0), test),
        (event_key(START + HOUR - SLOT_SECONDS, LAST), False),
    ]
    assert [fact.duration_ms for fact, _ in found] == [None, 7]
    rolled_up_to(database, event_key(START, 0))
    assert [int(fact.key) for fact, _ in answer(events.of_hour(database, HOUR_OF_START))] == [event_key(START, 0)]


# What waits


def test_the_tail_is_above_the_rollups_or_late() -> None:
    database = store(event(1, START), event(2, START), event(3, START))
    assert waiting(database) == [event_key(START, number) for number in (1, 2, 3)]
    rolled_up_to(database, event_key(START, 2))
    assert waiting(database) == [event_key(START, 3)]


def test_a_late_event_waits_once() -> None:
    """Whoever is stored at the very last key of the rollups is late, and whoever is above it is not."""
    database = SqliteDatabase()
    rolled_up_to(database, event_key(START, 5))
    answer(events.add(database, [event(number, START) for number in (6, 5, 4)]))
    assert late(database) == [event_key(START, 5), event_key(START, 4)]
    assert waiting(database) == [event_key(START, number) for number in (4, 5, 6)]


def test_test_traffic_waits_unseen() -> None:
    database = store(event(1, START, test=True), event(2, START))
    rolled_up_to(database, event_key(START, 0))
    answer(events.add(database, [event(3, START - HOUR, test=True), event(4, START - HOUR)]))
    assert waiting(database) == [event_key(START - HOUR, 4), event_key(START, 2)]
    assert len(late(database)) == 2


def waiting(database: SqliteDatabase) -> list[int]:
    """The keys of what waits, as reports read it."""
    _, tail = answer(rollups.read_with_waiting(database, ()))
    return sorted(int(fact.key) for fact in tail.facts)


def test_the_slot_of_a_key() -> None:
    assert time_of(event_key(START, LAST)) == START, "the tests above begin where a slot does"


def test_two_at_once_store_an_event_once() -> None:
    async def play() -> list[int]:
        database = SqliteDatabase()
        return await asyncio.gather(*(events.add(database, [new_event(1, NOW)]) for _ in range(3)))

    assert sorted(asyncio.run(play())) == [0, 0, 1]


def test_a_look_is_only_ever_hastened() -> None:
    database = SqliteDatabase()
    answer(rollups.postpone(database, 100))
    for due_at, expected in ((200, 100), (100, 100), (50, 50), (None, 50)):
        answer(events.add(database, [], due_at))
        assert state(database).due_at == expected
