"""The events' statements, each at its edges: first keys, last keys, filters, orders, limits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from counting.dimensions import FILTERS, Filters
from storage import events, people, rollups
from terms.dates import DAY, HOUR
from terms.keys import NEIGHBOURS, SLOT_SECONDS, event_key, first_key, time_of
from tests.database import SqliteDatabase
from tests.edges.given import LAST, START, answer, event, keys, rolled_up_to, store

COLUMNS = {
    "tool": "tool_name",
    "category": "tool_category",
    "agent": "agent_id",
    "trigger": "trigger",
    "version": "tool_version",
}
NO_FILTER = Filters()


# Adding


def test_an_event_id_is_one_event_up_to_an_hour_apart() -> None:
    database = store(event(1, START))
    for away in (-NEIGHBOURS, -1, 0, 1, NEIGHBOURS):
        assert answer(events.add(database, [event(1, START + away * SLOT_SECONDS)])) == 0, away
    for away in (-NEIGHBOURS - 1, NEIGHBOURS + 1):
        assert answer(events.add(database, [event(1, START + away * SLOT_SECONDS)])) == 1, away


def test_chance_is_no_event_id() -> None:
    """What came without one is another event, even if its random bits are those of a neighbour."""
    database = store(event(1, START))
    by_chance = event(1, START + SLOT_SECONDS)._replace(keyed=False)
    assert answer(events.add(database, [by_chance])) == 1


def test_an_event_is_its_senders() -> None:
    database = store(event(1, START), event(2, START))
    rows = database.connection.execute("SELECT person, user_id_hash FROM skill_usage_events").fetchall()
    assert {row["user_id_hash"]: row["person"] for row in rows} == {f"{1:032x}": 1, f"{2:032x}": 2}


def test_whoever_is_there_keeps_the_number() -> None:
    database = store(event(1, START))
    answer(events.add(database, [event(2, START), event(3, START)._replace(user_id_hash=f"{1:032x}")]))
    assert [answer(people.number(database, f"{number:032x}")) for number in (1, 2, 3)] == [1, 2, None]


# Filters


@pytest.mark.parametrize("name", FILTERS)
def test_each_filter_narrows_what_is_read_from_events(name: str) -> None:
    column = COLUMNS[name]
    fields: dict[str, Any] = {"status": "error", "tool_version": "1"}
    wanted = event(1, START, **fields | {column: "wanted"})
    database = store(wanted, event(2, START, **fields | {column: "other"}), event(3, START + 900, **fields))
    filters = Filters({name: "wanted"})
    counted = answer(events.counts(database, "source", START, "", filters))
    assert [(row["slice"], row["events"], row["people"]) for row in counted] == [("api", 1, "[1]")]
    (error,) = answer(events.latest_errors(database, START, filters, 9))
    assert error["timestamp"].endswith("06:00:00")
    rows, _ = answer(events.page(database, first_key(START) - 1, filters, 9))
    assert [row["id"] for row in rows] == [str(event_key(START, 1))]


def test_test_traffic_is_read_only_if_asked_for() -> None:
    database = store(event(1, START, status="error", test=True), event(2, START + 1, status="error"))
    for filters, expected in ((NO_FILTER, [2]), (Filters(include_test=True), [1, 2])):
        (row,) = answer(events.counts(database, "source", START, "", filters))
        assert json.loads(row["people"]) == expected
        assert len(answer(events.latest_errors(database, START, filters, 9))) == len(expected)
        assert len(answer(events.page(database, 0, filters, 9))[0]) == len(expected)


@pytest.mark.parametrize("name", ["version", "os", "runtime"])
def test_what_an_event_does_not_say_is_unknown(name: str) -> None:
    (row,) = answer(events.counts(store(event(1, START)), name, START, "", NO_FILTER))
    assert row["slice"] == "unknown"


# Counts


def test_counts_begin_with_the_first_key_of_the_window() -> None:
    database = store(event(0, START), event(LAST, START - SLOT_SECONDS))
    (row,) = answer(events.counts(database, "source", START, "", NO_FILTER))
    assert (row["events"], json.loads(row["people"])) == (1, [1])


def test_counts_along_time_part_into_hours_on_the_days_asked_for() -> None:
    database = store(*(event(number, START + number * 22 * HOUR) for number in range(3)))
    day = START // DAY
    whole = [day * DAY, (day + 1) * DAY, (day + 2) * DAY]
    hours = [START, START + 22 * HOUR, START + 44 * HOUR]
    for hourly_days, expected in (
        ("all", hours),
        (f",{day},", [hours[0], whole[1], whole[2]]),
        (f",{day + 1},{day + 2},", [whole[0], *hours[1:]]),
        ("", whole),
    ):
        rows = answer(events.counts(database, "time", START, hourly_days, NO_FILTER))
        assert sorted(row["slice"] for row in rows) == expected, hourly_days


def test_counts_of_errors_are_of_errors_and_timeouts_alone() -> None:
    statuses = ("success", "error", "timeout", "denied")
    database = store(*(event(number, START, status=status, error_type=None) for number, status in enumerate(statuses)))
    counted = answer(events.counts(database, "error", START, "", NO_FILTER))
    assert sorted((row["slice"], row["status"]) for row in counted) == [
        ('["a",null]', "error"),
        ('["a",null]', "timeout"),
    ]
    assert len(answer(events.counts(database, "source", START, "", NO_FILTER))) == len(statuses)


def test_counts_know_the_first_and_the_last_moment_and_everyone_once() -> None:
    same = event(3, START + 70)._replace(user_id_hash=f"{1:032x}")
    database = store(event(1, START + 40), event(2, START + 10), same)
    (row,) = answer(events.counts(database, "source", START, "", NO_FILTER))
    assert (row["first"], row["last"], sorted(json.loads(row["people"]))) == (START + 10, START + 70, [1, 2])


def test_counts_put_durations_into_the_buckets_of_the_rollups() -> None:
    durations = (None, 0, 1, 2, 1000)
    database = store(*(event(number, START, duration_ms=duration) for number, duration in enumerate(durations)))
    rows = answer(events.counts(database, "source", START, "", NO_FILTER))
    assert {row["duration_ms"]: row["bucket"] for row in rows} == {None: None, 0: "0", 1: "1", 2: "6", 1000: "50"}


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
    rows = answer(events.latest_errors(database, START, NO_FILTER, 2))
    assert [row["error_type"] for row in rows] == names[:2]


def test_errors_by_key_are_those_of_the_keys() -> None:
    database = store(event(1, START), event(2, START, error_type="wanted"))
    found = answer(events.by_key(database, [event_key(START, 2), event_key(START, 3)]))
    assert {key: row["error_type"] for key, row in found.items()} == {event_key(START, 2): "wanted"}


# Pages


def test_pages_hold_every_event_behind_a_key_once_in_order() -> None:
    database = store(*(event(number, START + number) for number in (3, 1, 5, 4, 2)))
    every = keys(database)
    found, after = [], every[0]
    while after is not None:
        rows, after = answer(events.page(database, after, NO_FILTER, 2))
        assert len(rows) <= 2
        found += [int(row["id"]) for row in rows]
    assert found == every[1:]


def test_a_page_of_nothing_that_fits_is_not_the_last() -> None:
    database = store(*(event(number, START, test=number < 4) for number in range(1, 7)))
    rows, after = answer(events.page(database, 0, NO_FILTER, 3))
    assert (rows, after) == ([], event_key(START, 3))


# Oldest, expiry


def test_the_oldest_event_and_whether_any_is_late() -> None:
    assert answer(events.oldest(SqliteDatabase())) == (None, False)
    database = store(event(1, START), event(2, START - HOUR))
    assert answer(events.oldest(database)) == (event_key(START - HOUR, 2), False)
    rolled_up_to(database, event_key(START, 1))
    answer(events.add(database, [event(3, START - HOUR)]))
    assert answer(events.oldest(database)) == (event_key(START - HOUR, 2), True)


def test_events_expire_below_the_first_key_that_stays() -> None:
    database = store(event(0, START), event(LAST, START - SLOT_SECONDS), event(1, START - HOUR))
    rolled_up_to(database, event_key(START + HOUR, 0))
    assert answer(events.expire(database, START, 9)) == 2
    assert keys(database) == [event_key(START, 0)]


def test_events_expire_up_to_the_last_that_is_rolled_up() -> None:
    database = store(*(event(number, START) for number in (1, 2, 3)))
    rolled_up_to(database, event_key(START, 2))
    assert answer(events.expire(database, START + DAY, 9)) == 2
    assert keys(database) == [event_key(START, 3)]


def test_the_oldest_events_expire_first_and_so_many_at_most() -> None:
    database = store(*(event(number, START) for number in (3, 1, 4, 2)))
    rolled_up_to(database, event_key(START, 4))
    assert answer(events.expire(database, START + DAY, 3)) == 3
    assert keys(database) == [event_key(START, 4)]


# The tail


def test_the_tail_is_above_the_rollups_or_late() -> None:
    database = store(event(1, START), event(2, START), event(3, START))
    rolled_up_to(database, event_key(START, 2))
    assert _waiting(database) == [event_key(START, 3)]


def test_a_late_event_waits_once_wherever_it_came() -> None:
    """At the very last key of the rollups; and between them and what a rollup under way has claimed."""
    database = SqliteDatabase()
    rolled_up_to(database, event_key(START, 5))
    database.connection.execute("UPDATE rollup_state SET claimed_id = ?", (event_key(START, 9),))
    answer(events.add(database, [event(number, START) for number in (4, 5, 6, 9, 10)]))
    late = [row["event_id"] for row in database.connection.execute("SELECT event_id FROM late_events")]
    assert sorted(late) == [event_key(START, number) for number in (4, 5, 6, 9)]
    assert _waiting(database) == [event_key(START, number) for number in (4, 5, 6, 9, 10)]


def _waiting(database: SqliteDatabase) -> list[int]:
    _, _, facts = answer(rollups.read_with_waiting(database, (), include_test=True))
    return sorted(fact.key for fact in facts)


def test_the_slot_of_a_key() -> None:
    assert time_of(event_key(START, LAST)) == START, "the tests above begin where a slot does"
