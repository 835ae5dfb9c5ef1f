"""The rollups' statements: which rows, with which hours, what is written over what, and how far they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from counting.dimensions import EVERYTHING, TOOL
from counting.rollup import Key
from storage import events, rollups
from storage.rollups import Rewrite
from terms import limits
from terms.keys import event_key
from tests.database import SqliteDatabase
from tests.edges.given import START, answer, event, rolled_up_to, store

DAY = 20_000
HOURS = {"6": {"": {}}, "7": {"": {}}}


def row(day: int, name: str = "", dimension: str = EVERYTHING, hours: Any = HOURS, totals: Any = None) -> list[Any]:
    return [dimension, day, name, json.dumps(totals or {"of": [day, name]}), json.dumps(hours), "[]"]


def write(database: SqliteDatabase, *rows: list[Any], changed: tuple[int, ...] = (), revision: int = 0) -> None:
    answer(database.batch(*Rewrite([json.dumps(rows)], frozenset(changed)).statements(revision)))


def kept(database: SqliteDatabase, day: int = DAY) -> tuple[Any, Any]:
    """The totals and the hours of a day of everything."""
    found = answer(rollups.find(database, [Key(EVERYTHING, day, "")], day + 1, frozenset(range(24))))
    (only,) = found.values()
    return json.loads(only["totals"]), json.loads(only["hours"])


@pytest.fixture
def database() -> SqliteDatabase:
    """Three days of everything and of two tools."""
    made = SqliteDatabase()
    days = range(DAY, DAY + 3)
    write(made, *(row(day) for day in days), *(row(day, name, TOOL) for day in days for name in ("a", "b")))
    return made


# Asked for


@pytest.mark.parametrize(
    ("dimension", "tool", "names"),
    [(EVERYTHING, "", [""]), (TOOL, "a", ["a"]), (TOOL, "", ["a", "b"]), (TOOL, "c", [])],
)
def test_a_series_is_of_a_dimension_or_a_tool_from_a_day_on(
    database: SqliteDatabase, dimension: str, tool: str, names: list[str]
) -> None:
    expected = [(day, name) for day in (DAY + 1, DAY + 2) for name in names]
    (rows,), _ = answer(rollups.read(database, (rollups.series(dimension, tool, DAY + 1, ""),)))
    assert sorted((found["day"], found["tool_name"]) for found in rows) == expected
    (rows,), _ = answer(rollups.read(database, (rollups.latest_errors(dimension, tool, DAY + 1),)))
    assert len(rows) == len(expected)


@pytest.mark.parametrize(
    ("hourly_days", "days"), [("all", {0, 1, 2}), ("", set()), (f",{DAY},", {0}), (f",{DAY},{DAY + 2},", {0, 2})]
)
def test_a_series_has_the_hours_of_the_days_asked_for(
    database: SqliteDatabase, hourly_days: str, days: set[int]
) -> None:
    (rows,), _ = answer(rollups.read(database, (rollups.series(EVERYTHING, "", DAY, hourly_days),)))
    assert {found["day"] - DAY for found in rows if found["hours"]} == days


def test_the_latest_errors_come_the_latest_day_first() -> None:
    database = SqliteDatabase()
    write(database, *([*row(day)[:5], json.dumps([[day, "1"]])] for day in (DAY + 1, DAY, DAY + 2)))
    (rows,), _ = answer(rollups.read(database, (rollups.latest_errors(EVERYTHING, "", DAY),)))
    assert [json.loads(found["latest_errors"])[0][0] - DAY for found in rows] == [2, 1, 0]


def test_the_rollups_of_keys_are_found_and_no_others(database: SqliteDatabase) -> None:
    wanted = [Key(TOOL, DAY, "a"), Key(EVERYTHING, DAY + 1, ""), Key(TOOL, DAY + 9, "a"), Key("agent", DAY, "")]
    assert answer(rollups.find(database, wanted, DAY, frozenset())).keys() == set(wanted[:2])


def test_a_day_that_is_over_comes_with_all_hours_and_today_with_those_that_change() -> None:
    database = SqliteDatabase()
    days = range(DAY - 1, DAY + 2)
    write(database, *(row(day) for day in days))
    found = answer(rollups.find(database, [Key(EVERYTHING, day, "") for day in days], DAY, frozenset({7})))
    assert [sorted(json.loads(it["hours"])) for _, it in sorted(found.items())] == [["6", "7"], ["7"], ["7"]]


@pytest.mark.parametrize("hours", ["packed", None])
def test_hours_that_are_no_object_come_as_they_are(hours: str | None) -> None:
    database = SqliteDatabase()
    write(database, row(DAY, hours=hours))
    (found,) = answer(rollups.find(database, [Key(EVERYTHING, DAY, "")], DAY, frozenset())).values()
    assert json.loads(found["hours"]) == hours


# Written


def test_nothing_is_written_at_another_revision(database: SqliteDatabase) -> None:
    before = kept(database)
    for revision in (-1, 1):
        write(database, row(DAY, totals={"new": 1}), row(DAY + 7), revision=revision)
    assert kept(database) == before
    assert answer(rollups.find(database, [Key(EVERYTHING, DAY + 7, "")], DAY, frozenset())) == {}


def test_hours_that_change_are_replaced_and_others_stay(database: SqliteDatabase) -> None:
    """As a whole: what an hour no longer holds must not stay in it."""
    write(database, row(DAY, hours={"7": {"x": {"s": 1}}, "8": {}}, totals={"new": 1}), changed=(7, 8))
    assert kept(database) == ({"new": 1}, {"6": {"": {}}, "7": {"x": {"s": 1}}, "8": {}})


def test_packed_hours_are_all_there_are(database: SqliteDatabase) -> None:
    write(database, row(DAY, hours="packed"), changed=(7,))
    assert kept(database)[1] == "packed"


@pytest.mark.parametrize(("hours", "kept_before"), [("packed", 0), ({"8": {}}, len(json.dumps(HOURS)))])
def test_a_row_is_as_wide_as_it_may_be_and_no_wider(
    hours: Any, kept_before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it gives up its hours for good, and keeps its totals."""
    new = row(DAY, hours=hours)
    width = len(new[3]) + len(new[4]) + kept_before
    for most, gave_up in ((width, False), (width - 1, True)):
        database = SqliteDatabase()
        write(database, row(DAY))
        monkeypatch.setattr(limits, "ROLLUP_CHARACTERS", most)
        write(database, new, changed=(8,))
        assert (kept(database)[1] is None) is gave_up
        assert kept(database)[0] == json.loads(new[3])
        monkeypatch.setattr(limits, "ROLLUP_CHARACTERS", 10**6)
        for later in (hours, "packed", HOURS):
            write(database, row(DAY, hours=later))
            assert (kept(database)[1] is None) is gave_up


def test_a_row_whose_new_hours_are_none_has_none(database: SqliteDatabase) -> None:
    write(database, row(DAY, hours=None))
    assert kept(database)[1] is None


# How far they are


def test_the_state_of_a_new_database() -> None:
    state, pending = answer(rollups.claim_pending(SqliteDatabase(), 0, 9))
    assert (state, pending) == ((0, -1, 0, 0, 0), [])


def test_a_claim_and_a_rollup_never_go_back() -> None:
    database = SqliteDatabase()
    for closed, claimed in ((100, 99), (50, 99), (200, 199)):
        answer(rollups.claim_pending(database, closed, 9))
        (found,) = database.connection.execute("SELECT claimed_id FROM rollup_state")
        assert found["claimed_id"] == claimed
    for revision, (rolled_id, expected) in enumerate(((100, 100), (50, 100), (200, 200))):
        state, _ = answer(rollups.claim_pending(database, 0, 9))
        assert state.revision == revision
        assert answer(rollups.replace(database, state, Rewrite([], frozenset()), 0, rolled_id, 7, 8))
        assert answer(rollups.due(database)) == (8, expected)


def test_a_rollup_that_comes_second_changes_nothing() -> None:
    database = SqliteDatabase()
    state, _ = answer(rollups.claim_pending(database, 100, 9))
    nothing = Rewrite([], frozenset())
    assert answer(rollups.replace(database, state, nothing, 0, 50, 7, 8))
    assert not answer(rollups.replace(database, state, nothing, 0, 99, 9, 9))
    assert answer(rollups.due(database)) == (8, 50)


def test_a_look_is_only_ever_hastened() -> None:
    database = SqliteDatabase()
    answer(rollups.postpone(database, 100))
    for due_at, expected in ((200, 100), (100, 100), (50, 50)):
        answer(events.add(database, [], due_at))
        assert answer(rollups.due(database))[0] == expected


# What waits


def test_what_is_pending_is_above_the_rollups_and_below_the_open_key() -> None:
    database = store(*(event(number, START) for number in (5, 3, 1, 4, 2)))
    rolled_up_to(database, event_key(START, 1))
    _, pending = answer(rollups.claim_pending(database, event_key(START, 5), 9))
    assert [(it.fact.key - event_key(START, 0), it.late) for it in pending] == [(2, 0), (3, 0), (4, 0)]
    _, pending = answer(rollups.claim_pending(database, event_key(START, 5), 2))
    assert [it.fact.key - event_key(START, 0) for it in pending] == [2, 3]


def test_late_events_are_pending_in_the_order_that_they_came_in() -> None:
    """Those at or below the rollups; one that a rollup under way had claimed is met on the way."""
    database = SqliteDatabase()
    rolled_up_to(database, event_key(START, 5))
    database.connection.execute("UPDATE rollup_state SET claimed_id = ?", (event_key(START, 9),))
    for number in (5, 7, 2, 3):
        answer(events.add(database, [event(number, START, test=number == 2)]))
    for limit, expected in ((9, [(7, 0), (5, 1), (2, 3), (3, 4)]), (2, [(7, 0), (5, 1), (2, 3)])):
        state, pending = answer(rollups.claim_pending(database, event_key(START, 9), limit))
        assert [(it.fact.key - event_key(START, 0), it.late) for it in pending] == expected
        assert [it.fact.key - event_key(START, 0) for it in pending if it.test] == [2]
        assert state.last_late == 4


@pytest.mark.parametrize(
    ("last_late", "there_was", "left"),
    [(1, 4, {2, 3, 5, 6, 7}), (2, 4, {3, 5, 6, 7}), (3, 6, {6, 7}), (6, 6, {6, 7}), (0, 0, {1, 2, 3, 4, 5, 6, 7})],
)
def test_late_events_are_done_that_were_taken_in_or_met_on_the_way(
    last_late: int, there_was: int, left: set[int]
) -> None:
    """A rollup from key 5 to key 7 takes in those below up to a number, and those on its way that had come before."""
    database = SqliteDatabase()
    state, _ = answer(rollups.claim_pending(database, 0, 9))
    late = {1: 1, 2: 5, 3: 3, 4: 6, 5: 7, 6: 8, 7: 2}
    database.connection.executemany("INSERT INTO late_events VALUES (?, ?)", late.items())
    state = state._replace(rolled_id=5, last_late=there_was)
    nothing = Rewrite([], frozenset())
    for revision in (1, 0):
        assert answer(rollups.replace(database, state._replace(revision=revision), nothing, last_late, 7, 1, 1)) is (
            revision == 0
        )
        numbers = {found["number"] for found in database.connection.execute("SELECT number FROM late_events")}
        assert numbers == (left if revision == 0 else late.keys())
