"""The rollups: asked for, put in place all or nothing, and how far they, their sums and their snapshots are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import chain
from typing import Any

import pytest

from counting.dimensions import ERROR, EVERYTHING, TOOL
from storage import events, people, rollups
from storage.database import Row, Statement
from storage.rollups import NO_TAIL, Commit, Look, Pending, Snapshot, State, Tail
from terms.dates import EVER, HOUR
from terms.keys import event_key
from tests.database import SqliteDatabase
from tests.given import START, answer, event, keys, rolled_up_to, store

DAY = 24 * 20_000  # the first hour of a day
NOTHING = Commit([], [], [])
CLOSED = event_key(START, 9)  # where the tests' first open slot would begin


def tally(*counted: object) -> list[Any]:
    """Something that stands where a tally does: statements hand it on as it is."""
    return [*counted]


def put(
    database: SqliteDatabase,
    rows: Iterable[list[Any]] = (),
    sums: Iterable[list[Any]] = (),
    snapshots: Iterable[Snapshot] = (),
    **reached: int,
) -> None:
    """Put rows, sums and snapshots in place; and how far the rollups are."""
    connection = database.connection
    for start, last, hours in rows:
        connection.execute("INSERT INTO rollups VALUES (?, ?, ?)", (start, last, json.dumps(hours)))
    for hours, first, tallies in sums:
        connection.execute("INSERT INTO sums VALUES (?, ?, ?)", (hours, first, json.dumps(tallies)))
    for snapshot in snapshots:
        held = {"agent": {"x": [*range(snapshot.first, snapshot.last)]}}
        connection.execute("INSERT INTO snapshots VALUES (?, ?, ?, ?, ?)", (*snapshot, json.dumps(held)))
    for name, hour in reached.items():
        connection.execute(f"UPDATE rollup_state SET {name} = ?", (hour,))


def read(database: SqliteDatabase, *statements: Statement) -> list[list[Row]]:
    """The rows of statements."""
    rows: list[list[Row]] = answer(rollups.read(database, statements))[0]
    return rows


def state(database: SqliteDatabase) -> State:
    """How far the rollups are."""
    found: State = answer(rollups.state(database))
    return found


def pending(database: SqliteDatabase, closed: int = CLOSED, limit: int = 9) -> tuple[State, list[Pending]]:
    """What the next rollup takes in."""
    found: Look = answer(rollups.look(database, closed, limit))
    return found.state, found.pending


def numbers(found: list[Pending]) -> list[tuple[int, int]]:
    """The hashes of pending events of the slot at START, each with its number among the late ones."""
    return [(int(it.fact.key) - event_key(START, 0), it.late) for it in found]


def commit(
    database: SqliteDatabase, before: State, taken: list[Pending], rolled_id: int, made: Commit = NOTHING
) -> bool:
    """Take pending events in."""
    done: bool = answer(rollups.commit_events(database, before, made, taken, rolled_id, now=7, due_at=8))
    return done


def late(database: SqliteDatabase) -> list[int]:
    """The hashes of the late events, in the order that they came in."""
    rows = database.connection.execute("SELECT event_id FROM late_events ORDER BY number")
    return [row["event_id"] - event_key(START, 0) for row in rows]


def kept_rows(database: SqliteDatabase) -> dict[int, tuple[int, Any]]:
    """Every row by its start: its last hour, and what it holds."""
    rows = database.connection.execute("SELECT * FROM rollups")
    return {row["start"]: (row["last"], json.loads(row["hours"])) for row in rows}


def kept_sums(database: SqliteDatabase) -> dict[tuple[int, int], Any]:
    """Every sum, by how many hours it is of and the first of them."""
    rows = database.connection.execute("SELECT * FROM sums")
    return {(row["hours"], row["first"]): json.loads(row["tallies"]) for row in rows}


# Every hour once, wherever a window begins

LAYOUTS = {"an hour": 1, "a quarter": 6, "8 hours": 8, "a day": 24}


def hours_in_rows(hours: range, wide: int, but: int | None = None) -> list[list[Any]]:
    """Rows of so many hours each, of which each holds itself as its tally. but: an hour in which nothing was."""
    rows = []
    for start in range(hours.start, hours.stop, wide):
        inside = [hour for hour in range(start, min(start + wide, hours.stop)) if hour != but]
        if inside:
            rows.append([inside[0], inside[-1], {"agent": {str(hour): {"x": [hour]} for hour in inside}}])
    return rows


def sums_up_to(first: int, folded: int, summed: int, but: int | None = None) -> list[list[Any]]:
    """The sums that there must be, of hours that each hold themselves."""
    spans = [(6, range(first, folded, 6)), (24, range(first, summed, 24))]
    return [
        [hours, start, {"agent": {"x": [hour for hour in range(start, start + hours) if hour != but]}}]
        for hours, starts in spans
        for start in starts
    ]


def counted(database: SqliteDatabase, first: int, stop: int = EVER) -> tuple[list[int], list[int]]:
    """The hours that the sums of a window are of, and those that must be read one by one."""
    sums, hours = read(database, rollups.groups("agent", first, stop), rollups.hours("agent", first, stop))
    folded = state(database).folded
    assert {row["folded"] for row in hours} <= {folded}
    in_sums = list(chain.from_iterable(json.loads(row["tallies"])["x"] for row in sums))
    by_hour = rollups.hours_of(hours)
    assert all(values == {"x": [hour]} for hour, values in by_hour.items())
    whole = range(-(-first // 6) * 6, min(folded, stop // 6 * 6))
    alone = [hour for hour in by_hour if first <= hour < stop and hour not in whole]
    return sorted(in_sums), sorted(alone)


@pytest.mark.parametrize("wide", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize(("behind", "empty"), [(0, None), (24, DAY + 13)], ids=["every day", "all but the last"])
def test_a_window_has_every_hour_once(wide: int, behind: int, empty: int | None) -> None:
    """At every alignment of its start to hours, quarters and days, however far the sums have come."""
    every = range(DAY, DAY + 63)
    for folded in (DAY + 6 * quarters for quarters in (0, 1, 4, 7, 8, 10)):
        database = SqliteDatabase()
        summed = max(DAY, folded // 24 * 24 - behind)
        sums = sums_up_to(DAY, folded, summed, empty)
        put(database, hours_in_rows(every, wide, empty), sums, folded=folded, summed=summed)
        for first in range(DAY - 3, DAY + 66):
            in_sums, alone = counted(database, first)
            expected = [hour for hour in every if hour >= first and hour != empty]
            assert sorted(in_sums + alone) == expected, (folded, summed, first)
            quarter = -(-first // 6) * 6
            assert in_sums == [hour for hour in expected if quarter <= hour < folded]


@pytest.mark.parametrize("wide", LAYOUTS.values(), ids=LAYOUTS)
def test_a_window_that_ends_has_every_hour_once(wide: int) -> None:
    """Wherever it begins and ends, however far the sums have come, whatever snapshot there is."""
    every = range(DAY, DAY + 55)
    for folded in (DAY + 6 * quarters for quarters in (0, 3, 4, 8, 9)):
        for snapshots in ([], [Snapshot(2, DAY, DAY + 24, DAY + 24)], [Snapshot(2, DAY + 24, DAY + 48, DAY + 48)]):
            database = SqliteDatabase()
            summed = folded // 24 * 24
            made = [snapshot for snapshot in snapshots if snapshot.last <= summed]
            put(
                database,
                hours_in_rows(every, wide),
                sums_up_to(DAY, folded, summed),
                made,
                folded=folded,
                summed=summed,
            )
            for first in range(DAY - 2, DAY + 56, 5):
                for stop in range(first + 1, DAY + 58, 4):
                    in_sums, alone = counted(database, first, stop)
                    expected = [hour for hour in every if first <= hour < stop]
                    assert sorted(in_sums + alone) == expected, (folded, made, first, stop)


SNAPSHOTS = [
    [],
    [Snapshot(2, DAY + 24, DAY + 72, DAY + 72)],
    [Snapshot(2, DAY, DAY + 72, DAY + 72), Snapshot(3, DAY + 24, DAY + 72, DAY + 72)],
    [Snapshot(2, DAY + 24, DAY + 48, DAY + 48), Snapshot(3, DAY, DAY + 48, DAY + 72)],
    [Snapshot(2, DAY, DAY + 24, DAY + 24), Snapshot(2, DAY + 48, DAY + 96, DAY + 96)],
]


@pytest.mark.parametrize("snapshots", SNAPSHOTS)
@pytest.mark.parametrize("summed", [DAY + 96, DAY + 120])
def test_a_window_has_every_hour_once_with_snapshots(snapshots: list[Snapshot], summed: int) -> None:
    """Of those that are complete and begin in it the widest, and the days beside it."""
    every = range(DAY, DAY + 131)
    database = SqliteDatabase()
    folded = DAY + 126
    put(database, hours_in_rows(every, 24), sums_up_to(DAY, folded, summed), snapshots, folded=folded, summed=summed)
    for first in range(DAY - 2, DAY + 130):
        in_sums, alone = counted(database, first)
        assert sorted(in_sums + alone) == [hour for hour in every if hour >= first], first


@pytest.mark.parametrize(
    ("first_day", "lengths"),
    [(DAY, [24, 24, 72]), (DAY + 24, [24, 24, 48]), (DAY + 48, [24, 24, 24])],
    ids=["all of them", "not the widest", "none"],
)
def test_the_widest_snapshot_inside_a_window_spares_its_days(first_day: int, lengths: list[int]) -> None:
    """Of those that are complete."""
    database = SqliteDatabase()
    snapshots = [
        Snapshot(1, DAY + 24, DAY + 72, DAY + 72),
        Snapshot(2, DAY, DAY + 72, DAY + 72),
        Snapshot(3, DAY, DAY + 96, DAY + 120),
    ]
    put(database, (), sums_up_to(DAY, DAY + 120, DAY + 120), snapshots, folded=DAY + 120, summed=DAY + 120)
    (rows,) = read(database, rollups.groups("agent", first_day))
    assert sorted(len(json.loads(row["tallies"])["x"]) for row in rows) == lengths


def test_what_is_alike_counts_as_often_as_it_is_there() -> None:
    """Days, quarters and a snapshot in which the same happened."""
    database = SqliteDatabase()
    same = {"agent": {"x": [1]}}
    days, quarters = (-24, 0, 24, 72, 96), (-12, -6, 120, 126)
    sums = [[24, DAY + first, same] for first in days] + [[6, DAY + first, same] for first in quarters]
    put(database, (), sums, folded=DAY + 132, summed=DAY + 120)
    (rows,) = read(database, rollups.groups("agent", DAY - 30))
    assert [row["tallies"] for row in rows] == ['{"x":[1]}'] * (len(days) + 2)
    database.connection.execute(
        "INSERT INTO snapshots VALUES (9, ?, ?, ?, ?)", (DAY, DAY + 48, DAY + 48, json.dumps(same))
    )
    (rows,) = read(database, rollups.groups("agent", DAY - 12))
    assert [row["tallies"] for row in rows] == ['{"x":[1]}'] * (1 + 2 + 2 + 2)


def test_a_series_is_all_that_is_read_of_a_sum() -> None:
    database = SqliteDatabase()
    tallies = {"agent": {"x": [1]}, "os": {"x": [2]}}
    put(database, [[DAY + 24, DAY + 24, {"os": {str(DAY + 24): {"x": [3]}}}]], [[24, DAY, tallies]], summed=DAY + 24)
    for series, expected in (("agent", '{"x":[1]}'), ("os", '{"x":[2]}'), ("source", None)):
        (rows,) = read(database, rollups.groups(series, DAY))
        assert [row["tallies"] for row in rows] == [expected]
    agent, system = read(database, rollups.hours("agent", DAY), rollups.hours("os", DAY))
    assert (rollups.hours_of(agent), rollups.hours_of(system)) == ({}, {DAY + 24: {"x": [3]}})


@pytest.mark.parametrize("first", [DAY + 1, DAY + 5, DAY + 7])
def test_of_the_day_of_a_windows_start_only_its_quarter_is_read_hour_by_hour(first: int) -> None:
    database = SqliteDatabase()
    put(database, hours_in_rows(range(DAY, DAY + 48), 1), sums_up_to(DAY, DAY + 48, DAY + 48))
    put(database, folded=DAY + 48, summed=DAY + 48)
    (rows,) = read(database, rollups.hours("agent", first))
    assert sorted(rollups.hours_of(rows)) == [*range(first, -(-first // 6) * 6)]


def test_of_the_open_day_only_what_is_in_no_sum_is_read_hour_by_hour() -> None:
    """A row ends with a quarter of a busy day for this."""
    database = SqliteDatabase()
    put(database, hours_in_rows(range(DAY, DAY + 45), 6), sums_up_to(DAY, DAY + 42, DAY + 24))
    put(database, folded=DAY + 42, summed=DAY + 24)
    (rows,) = read(database, rollups.hours("agent", DAY))
    assert sorted(rollups.hours_of(rows)) == [DAY + 42, DAY + 43, DAY + 44]


# Slices of time


@pytest.mark.parametrize("wide", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("summed", [DAY, DAY + 24, DAY + 72])
def test_a_timeline_has_every_hour_once(wide: int, summed: int) -> None:
    """As days, as hours on the days that are told by the hour, and as hours where a day has no sum yet."""
    every = range(DAY, DAY + 80)
    database = SqliteDatabase()
    put(database, hours_in_rows(every, wide), sums_up_to(DAY, summed, summed), folded=summed, summed=summed)
    days = [DAY, DAY + 24, DAY + 48, DAY + 72]
    for by_hour in ([], [DAY], [DAY + 24, DAY + 72], [DAY - 24, *days, DAY + 96]):
        for first in (DAY - 5, DAY, DAY + 3, DAY + 29, DAY + 79):
            since = first // 24 * 24
            asked = [day for day in by_hour if day >= since]
            day_rows, hour_rows, of_value = read(
                database,
                rollups.days("agent", since),
                rollups.days_by_hour("agent", asked, first),
                rollups.hours_of_value("agent", "x", asked, first),
            )
            whole = {first: values["x"] for first, values in rollups.days_of(day_rows).items() if first not in asked}
            alone = rollups.hours_of(hour_rows)
            assert sum(len(json.loads(row["hours"])) for row in hour_rows) == len(alone), "none is read twice"
            assert rollups.hours_of(of_value) == alone
            assert len(of_value) == len(hour_rows)
            assert sorted([*chain.from_iterable(whole.values()), *alone]) == [it for it in every if it >= since]
            assert all(hour // 24 * 24 in asked or hour >= summed for hour in alone)


@pytest.fixture
def tools() -> SqliteDatabase:
    """Two days of tools and the rarest, of which the second has no sum."""
    database = SqliteDatabase()
    values = {"skill|a": tally(1), "mcp|a": tally(2), "mcp|ab": tally(3), "(other)|(other)": tally(4)}
    hours = [(DAY, values), (DAY + 5, {"mcp|a": tally(5)}), (DAY + 24, values), (DAY + 29, {"skill|b": tally(6)})]
    rows = [[hour, hour, {TOOL: {str(hour): found}}] for hour, found in hours]
    sums = [
        [24, DAY, {TOOL: values}],
        [24, DAY - 24, {TOOL: {"skill|b": tally(7)}}],
        [6, DAY + 6, {TOOL: {"mcp|a": tally(8)}}],
    ]
    put(database, rows, sums, folded=DAY + 24, summed=DAY + 24)
    return database


def test_a_value_is_asked_for_by_day_with_the_rarest_beside_it(tools: SqliteDatabase) -> None:
    for value, first, expected in (
        ("mcp|a", DAY - 24, {DAY: {"mcp|a": [2], "(other)|(other)": [4]}, DAY - 24: {}}),
        ("mcp|a", DAY, {DAY: {"mcp|a": [2], "(other)|(other)": [4]}}),
        ("skill|b", DAY - 24, {DAY: {"(other)|(other)": [4]}, DAY - 24: {"skill|b": [7]}}),
        ("nobody|s", DAY + 24, {}),
    ):
        (rows,) = read(tools, rollups.days_of_value(TOOL, value, first))
        assert rollups.days_of(rows) == expected


def test_a_value_is_asked_for_by_hour_with_the_rarest_beside_it(tools: SqliteDatabase) -> None:
    wanted: dict[int, Any] = {
        DAY: {"mcp|a": [2], "(other)|(other)": [4]},
        DAY + 5: {"mcp|a": [5]},
        DAY + 24: {"mcp|a": [2], "(other)|(other)": [4]},
        DAY + 29: {},
    }
    for by_hour, hours in (([DAY, DAY + 24], wanted), ([], (DAY + 24, DAY + 29)), ([DAY - 24], (DAY + 24, DAY + 29))):
        (rows,) = read(tools, rollups.hours_of_value(TOOL, "mcp|a", by_hour, DAY))
        assert rollups.hours_of(rows) == {hour: wanted[hour] for hour in hours}
    (rows,) = read(tools, rollups.hours_of_value(TOOL, "mcp|a", [], DAY + 48))
    assert rollups.hours_of(rows) == {}


def test_tools_of_one_name_are_asked_for_whatever_their_category(tools: SqliteDatabase) -> None:
    (rows,) = read(tools, rollups.days_of_name("a", DAY - 24))
    assert rollups.days_of(rows) == {DAY: {"skill|a": [1], "mcp|a": [2], "(other)|(other)": [4]}}
    (rows,) = read(tools, rollups.days_of_name("b", DAY - 24))
    assert rollups.days_of(rows) == {DAY: {"(other)|(other)": [4]}, DAY - 24: {"skill|b": [7]}}
    (rows,) = read(tools, rollups.days_of_name("a", DAY + 24))
    assert rollups.days_of(rows) == {}


def test_names_with_dots_and_colons_are_names() -> None:
    """In a JSON path they could be taken for more than that."""
    database = SqliteDatabase()
    value = "mcp:a.b|c/d [1]@2 +x"
    hours = {TOOL: {str(DAY): {value: tally(1)}}}
    put(database, [[DAY, DAY, hours]], [[24, DAY, {TOOL: {value: tally(1)}}]], folded=DAY + 24, summed=DAY + 24)
    days, by_hour = read(
        database, rollups.days_of_value(TOOL, value, DAY), rollups.hours_of_value(TOOL, value, [DAY], DAY)
    )
    assert rollups.days_of(days) == rollups.hours_of(by_hour) == {DAY: {value: [1]}}


# The newest failures


def test_the_newest_failures_come_the_latest_day_first_until_there_are_enough() -> None:
    database = SqliteDatabase()
    latest = {DAY: 3, DAY + 24: 2, DAY + 48: 0, DAY + 72: 4}
    sums: list[list[Any]] = [
        [24, day, {"latest": [[day, str(number), "a|b"] for number in range(count)]} if count else {"all": {}}]
        for day, count in latest.items()
    ]
    put(database, (), [*sums, [6, DAY + 72, {"latest": [["of a quarter"]]}]], folded=DAY + 96, summed=DAY + 96)
    for first, limit, expected in (
        (DAY, 1, [DAY + 72]),
        (DAY, 4, [DAY + 72]),
        (DAY, 5, [DAY + 72, DAY + 24]),
        (DAY + 23, 6, [DAY + 72, DAY + 24]),
        (DAY, 7, [DAY + 72, DAY + 24, DAY]),
        (DAY + 24, 1 << 40, [DAY + 72, DAY + 24]),
        (DAY + 96, 9, []),
    ):
        days, hours = read(database, *rollups.latest_errors(first, limit))
        assert [piece[0][0] for piece in rollups.latest_of(days, hours)] == expected


def test_failures_of_days_that_have_no_sum_are_among_the_newest() -> None:
    database = SqliteDatabase()
    entries: Any = [[DAY + 24, "1", "a|b"], [DAY + 29, "2", "a|b"]]
    rows = [[hour, hour, {"latest": {str(hour): [[hour, str(hour), "a|b"]]}}] for hour in (DAY, DAY + 24, DAY + 29)]
    put(database, [*rows, [DAY + 30, DAY + 30, {"all": {}}]], [[24, DAY, {"latest": entries}]], summed=DAY + 24)
    days, hours = read(database, *rollups.latest_errors(DAY, 9))
    by_hour: Any = [[[hour, str(hour), "a|b"]] for hour in (DAY + 24, DAY + 29)]
    assert sorted(rollups.latest_of(days, hours)) == sorted([entries, *by_hour])


# What waits


def test_at_first_nothing_is_rolled_up() -> None:
    database = SqliteDatabase()
    assert pending(database) == (State(0, -1, 0, 0, 0, 0, 0, 0, 0, -1), [])
    assert answer(rollups.look(database, CLOSED, 9)).erasing is False
    assert answer(rollups.read_with_waiting(database, ())) == ([], Tail(0, -1, 0, -1, 0, []))
    assert answer(rollups.read(database, ())) == ([], 0)


def test_what_is_pending_is_above_the_rollups_and_below_the_open_key_in_order() -> None:
    database = store(*(event(number, START) for number in (5, 3, 1, 4, 2)))
    rolled_up_to(database, event_key(START, 1))
    assert numbers(pending(database, event_key(START, 5))[1]) == [(2, 0), (3, 0), (4, 0)]
    assert numbers(pending(database, event_key(START, 5), 2)[1]) == [(2, 0), (3, 0)]


@pytest.mark.parametrize(("now", "number"), [(START - 1, 0), (START, 3), (START + 1, 3)])
def test_before_it_is_time_nothing_of_what_waits_is_read(now: int, number: int) -> None:
    database = store(*(event(number, START) for number in (1, 2, 3)))
    rolled_up_to(database, event_key(START, 1))
    answer(events.add(database, [event(0, START)]))
    answer(rollups.postpone(database, START))
    before: Statement = ("rollups/postpone", (START + 9,))
    assert len(answer(rollups.look(database, CLOSED, 9, now)).pending) == number
    assert answer(rollups.look(database, CLOSED, 9, START + 8, [before])).pending == [], (
        "what comes first is done first"
    )
    assert len(answer(rollups.look(database, CLOSED, 9)).pending) == 3


def test_late_events_are_pending_in_the_order_of_their_time() -> None:
    """Beside those in order, and as many at most; their numbers are those that they came in with."""
    database = SqliteDatabase()
    rolled_up_to(database, event_key(START, 5))
    for number in (5, 7, 2, 3):
        answer(events.add(database, [event(number, START, test=number == 2)]))
    for limit, expected in ((9, [(7, 0), (2, 2), (3, 3), (5, 1)]), (2, [(7, 0), (2, 2), (3, 3)])):
        _, found = pending(database, limit=limit)
        assert numbers(found) == expected
        assert [it.test for it in found] == [number == 2 for number, _ in expected]


def test_what_waits_is_read_with_the_rows_of_the_same_moment() -> None:
    database = store(event(1, START), event(2, START, test=True))
    put(database, (), [[24, DAY, {"agent": {"x": tally(1)}}]], revision=3)
    (rows,), tail = answer(rollups.read_with_waiting(database, (rollups.days("agent", DAY),)))
    assert (rollups.days_of(rows), tail.revision) == ({DAY: {"x": [1]}}, 3)
    assert [fact.key for fact in tail.facts] == [str(event_key(START, 1))]


def asked_again(database: SqliteDatabase, known: Tail) -> tuple[Tail, int]:
    """What waits, asked by who knows some of it, and how many facts came: those that are known are the same objects."""
    (_, tail), had = answer(rollups.read_with_waiting(database, (), known)), {id(fact) for fact in known.facts}
    assert (tail.moment, sorted(tail.facts)) == (_whole(database).moment, sorted(_whole(database).facts))
    return tail, sum(id(fact) not in had for fact in tail.facts)


def _whole(database: SqliteDatabase) -> Tail:
    _, tail = answer(rollups.read_with_waiting(database, ()))
    return tail


def test_of_what_waits_only_what_is_new_comes() -> None:
    database = store(event(5, START), event(6, START, test=True))
    tail, came = asked_again(database, NO_TAIL)
    assert (came, tail.events, tail.last) == (1, 2, event_key(START, 6))
    tail, came = asked_again(database, tail)
    assert came == 0
    answer(events.add(database, [event(7, START), event(8, START, test=True)]))
    tail, came = asked_again(database, tail)
    assert came == 1
    answer(events.add(database, [event(1, START)]))
    tail, came = asked_again(database, tail)
    assert came == 3, "one came before those that were known"
    _, came = asked_again(database, tail)
    assert came == 0


def test_where_nothing_waits_nothing_comes_to_who_knows_that() -> None:
    database = store(event(5, START), event(6, START))
    rolled_up_to(database, event_key(START, 6))
    tail, came = asked_again(database, NO_TAIL)
    assert (came, tail.last) == (0, -1)
    _, came = asked_again(database, tail)
    assert came == 0


def test_the_moment_is_another_when_an_event_is_past_its_time() -> None:
    """Whether or not one of the same hour went before."""
    database = store(*(event(number, START) for number in (5, 6, 7)))
    rolled_up_to(database, event_key(START, 7))
    moments = [asked_again(database, NO_TAIL)[0].moment]
    for _ in range(3):
        answer(events.expire(database, START // HOUR + 1, 1))
        moments.append(asked_again(database, NO_TAIL)[0].moment)
    assert len(set(moments)) == 4


def test_what_waits_is_read_again_when_events_went_or_came_late() -> None:
    database = store(event(5, START), event(6, START))
    tail, _ = asked_again(database, NO_TAIL)
    answer(people.erase_events(database, [str(event_key(START, 5))]))
    answer(events.add(database, [event(4, START)]))
    tail, came = asked_again(database, tail)
    assert came == 2, "as many as before, but others"
    rolled_up_to(database, event_key(START, 5))
    database.connection.execute("UPDATE rollup_state SET revision = revision + 1")
    tail, came = asked_again(database, tail)
    assert (came, len(tail.facts)) == (1, 1)
    answer(events.add(database, [event(2, START)]))
    tail, came = asked_again(database, tail)
    assert (came, len(tail.facts), tail.late) == (2, 2, 1)
    _, came = asked_again(database, tail)
    assert came == 0


# Taken in


def test_a_rollup_moves_on() -> None:
    database = store(event(1, START), event(2, START))
    before, taken = pending(database)
    assert commit(database, before, taken, event_key(START, 5))
    assert state(database) == before._replace(
        revision=1, rolled_id=event_key(START, 5), rolled_at=7, due_at=8, unfolded=2
    )


def test_a_mark_never_goes_back() -> None:
    database = store(event(1, START))
    rolled_up_to(database, event_key(START, 5))
    answer(events.add(database, [event(4, START)]))
    before, taken = pending(database)
    assert numbers(taken) == [(4, 1)]
    assert commit(database, before, taken, event_key(START, 4))
    assert state(database).rolled_id == event_key(START, 5)


def test_events_since_the_last_fold_add_up() -> None:
    database = store(event(1, START), event(2, START))
    before, taken = pending(database)
    assert commit(database, before, taken, event_key(START, 2))
    answer(events.add(database, [event(0, START), event(3, START), event(4, START)]))
    before, taken = pending(database)
    assert commit(database, before, taken, event_key(START, 4))
    assert state(database).unfolded == 5
    assert answer(rollups.commit_sums(database, state(database), NOTHING, 12, 0))
    assert state(database).unfolded == 0


ROW = [DAY, DAY + 1, {"agent": {str(DAY): {"x": tally(1)}}}]
SUM = [6, DAY, {"agent": {"x": tally(1)}}]
MADE = Commit([ROW], [SUM], [DAY])


def test_whoever_comes_second_has_changed_nothing() -> None:
    """A rollup came in between: neither rows nor sums, snapshots or marks are touched."""
    database = store(event(1, START), event(2, START))
    put(database, snapshots=[Snapshot(1, DAY, DAY + 24, DAY + 24)])
    before, taken = pending(database)
    assert commit(database, before, taken, event_key(START, 2))
    first = state(database)
    for race in (
        lambda: commit(database, before, taken, event_key(START, 3), MADE),
        lambda: answer(rollups.commit_sums(database, before, MADE, 12, 24)),
        lambda: answer(rollups.commit_again(database, before, MADE, [DAY])),
    ):
        assert race() is False
        assert state(database) == first
        assert (kept_rows(database), kept_sums(database)) == ({}, {})
        assert len(answer(rollups.snapshots(database))[1]) == 1


def test_an_event_in_between_stops_a_rollup_that_did_not_read_it() -> None:
    """Below the key that it reaches, or it would be in no rollup, and nobody would know; above, it waits as others."""
    for number, done in ((0, False), (2, False), (5, False), (6, True)):
        database = store(event(1, START), event(3, START))
        before, taken = pending(database)
        answer(events.add(database, [event(number, START)]))
        assert commit(database, before, taken, event_key(START, 5), MADE) is done
        assert (state(database).revision, bool(kept_rows(database))) == (int(done), done)
        assert numbers(pending(database)[1]) == ([(6, 0)] if done else [(it, 0) for it in sorted((number, 1, 3))])


def test_an_event_that_is_gone_in_between_stops_a_rollup_too() -> None:
    database = store(event(1, START), event(3, START))
    before, taken = pending(database)
    database.connection.execute("DELETE FROM skill_usage_events WHERE id = ?", (event_key(START, 1),))
    assert not commit(database, before, taken, event_key(START, 5), MADE)
    assert kept_rows(database) == {}


def test_a_late_event_in_between_waits_for_the_next_rollup() -> None:
    """It stops none, and is taken in once."""
    database = store(event(6, START))
    rolled_up_to(database, event_key(START, 5))
    answer(events.add(database, [event(2, START), event(1, START)]))
    before, taken = pending(database)
    answer(events.add(database, [event(3, START)]))
    assert commit(database, before, taken, event_key(START, 7), MADE)
    assert late(database) == [3]
    before, taken = pending(database)
    assert numbers(taken) == [(3, 3)]
    answer(events.add(database, [event(0, START)]))
    assert commit(database, before, taken, event_key(START, 7))
    assert late(database) == [0]


def test_late_events_that_were_not_taken_in_still_wait() -> None:
    database = SqliteDatabase()
    rolled_up_to(database, event_key(START, 5))
    answer(events.add(database, [event(number, START) for number in (4, 2, 3)]))
    before, taken = pending(database, limit=2)
    assert numbers(taken) == [(2, 2), (3, 3)]
    assert commit(database, before, taken[:1], event_key(START, 5)), "nor need all be taken in that were read"
    assert late(database) == [4, 3]
    before, taken = pending(database)
    assert commit(database, before, taken, event_key(START, 5))
    assert late(database) == []


def test_whoever_comes_second_leaves_the_late_events_waiting() -> None:
    """Also if the winner's was the same work: each event is taken in once."""
    database = SqliteDatabase()
    rolled_up_to(database, event_key(START, 5))
    answer(events.add(database, [event(4, START)]))
    before, taken = pending(database)
    answer(rollups.commit_again(database, before, NOTHING, []))
    assert not commit(database, before, taken, event_key(START, 5))
    assert late(database) == [4]


def test_an_erasure_in_between_stops_a_rollup() -> None:
    database = store(event(1, START), event(2, START))
    before, taken = pending(database)
    answer(people.erase_events(database, [str(event_key(START, 7))]))
    assert not commit(database, before, taken, event_key(START, 2))
    assert len(keys(database)) == 2


@pytest.mark.parametrize(("oldest", "forgotten"), [(0, 0), (5, 0), (24, 24), (40, 24), (99, 48)])
def test_who_was_forgotten_is_looked_at_again_where_an_older_event_came(oldest: int, forgotten: int) -> None:
    """It is past its time, and its sender may have no other."""
    hour = START // HOUR - 99
    first_day = -(-hour // 24) * 24
    database = store(event(1, (first_day + oldest) * HOUR), event(2, START + HOUR))
    put(database, expiring=first_day + 50, forgotten=first_day + 48)
    before, taken = pending(database, event_key(START + 2 * HOUR, 0))
    assert commit(database, before, taken, event_key(START + HOUR, 2))
    after = state(database)
    assert after.forgotten - first_day == forgotten
    assert after.expiring == first_day + 50, "its events may be gone all the same"


# What is put in place


def put_rows(database: SqliteDatabase, *rows: list[Any]) -> None:
    """Commit rows."""
    assert answer(rollups.commit_again(database, state(database), Commit([*rows], [], []), []))


def put_sums(database: SqliteDatabase, *sums: list[Any]) -> None:
    """Commit sums."""
    assert answer(rollups.commit_again(database, state(database), Commit([], [*sums], []), []))


def test_new_hours_stand_beside_those_that_are_there() -> None:
    database = SqliteDatabase()
    put_rows(database, [DAY, DAY, {"agent": {str(DAY): {"x": [1]}}, "latest": {str(DAY): [[1, "1", "a"]]}}])
    put_rows(database, [DAY, DAY + 2, {"agent": {str(DAY + 2): {"y": [2]}}}], [DAY + 9, DAY + 9, {"os": {"9": {}}}])
    assert kept_rows(database) == {
        DAY: (
            DAY + 2,
            {
                "agent": {str(DAY): {"x": [1]}, str(DAY + 2): {"y": [2]}},
                "latest": {str(DAY): [[1, "1", "a"]]},
            },
        ),
        DAY + 9: (DAY + 9, {"os": {"9": {}}}),
    }


def test_a_tally_takes_the_place_of_what_it_was() -> None:
    """As a whole: it is a list. Other values stay."""
    database = SqliteDatabase()
    put_rows(database, [DAY, DAY, {"agent": {str(DAY): {"x": [1, 2, 3], "y": [4]}}}])
    put_rows(database, [DAY, DAY, {"agent": {str(DAY): {"x": [5, None]}}}])
    assert kept_rows(database)[DAY][1] == {"agent": {str(DAY): {"x": [5, None], "y": [4]}}}
    put_sums(database, [6, DAY, {"agent": {"x": [1, 2, 3], "y": [4]}, "latest": [[1, "1", "a"], [2, "2", "a"]]}])
    put_sums(database, [6, DAY, {"agent": {"x": [5, None]}, "latest": [[3, "3", "a"]]}])
    assert kept_sums(database) == {(6, DAY): {"agent": {"x": [5, None], "y": [4]}, "latest": [[3, "3", "a"]]}}


def test_what_is_to_go_goes() -> None:
    """Values that were folded into others, or whose last event was erased."""
    database = SqliteDatabase()
    put_rows(database, [DAY, DAY + 1, {"agent": {str(DAY): {"x": [1], "y": [2]}, str(DAY + 1): {"x": [3]}}}])
    put_rows(database, [DAY, DAY, {"agent": {str(DAY): {"x": None, "(other)": [4], "never there": None}}}])
    assert kept_rows(database) == {
        DAY: (DAY + 1, {"agent": {str(DAY): {"y": [2], "(other)": [4]}, str(DAY + 1): {"x": [3]}}})
    }
    put_sums(database, [24, DAY, {"agent": {"x": [1], "y": [2]}, "os": {"z": [1]}}], [6, DAY, {"os": {"z": [1]}}])
    put_sums(database, [24, DAY, {"agent": {"x": None, "(other)": [4]}, "os": {"z": None}}])
    assert kept_sums(database) == {
        (24, DAY): {"agent": {"y": [2], "(other)": [4]}, "os": {}},
        (6, DAY): {"os": {"z": [1]}},
    }


def test_what_is_to_go_is_not_written_where_it_was_not() -> None:
    """Neither in an hour nor in a series that was not there before."""
    database = SqliteDatabase()
    put_rows(database, [DAY, DAY, {"os": {str(DAY): {"x": [1]}}}])
    put_sums(database, [6, DAY, {"os": {"x": [1]}}])
    put_rows(database, [DAY, DAY + 1, {"agent": {str(DAY): {"x": None, "y": [1]}}, "os": {str(DAY + 1): {"x": None}}}])
    put_sums(database, [6, DAY, {"agent": {"x": None, "y": [1]}}])
    assert kept_rows(database)[DAY][1] == {
        "os": {str(DAY): {"x": [1]}, str(DAY + 1): {}},
        "agent": {str(DAY): {"y": [1]}},
    }
    assert kept_sums(database)[6, DAY] == {"os": {"x": [1]}, "agent": {"y": [1]}}


def test_sums_of_a_quarter_and_of_its_day_are_two() -> None:
    """They begin at the same hour."""
    database = SqliteDatabase()
    put_sums(database, [6, DAY, {"agent": {"x": [1]}}], [24, DAY, {"agent": {"x": [2]}}])
    put_sums(database, [24, DAY, {"agent": {"y": [3]}}], [6, DAY, {"agent": {"y": [4]}}])
    assert kept_sums(database) == {
        (6, DAY): {"agent": {"x": [1], "y": [4]}},
        (24, DAY): {"agent": {"x": [2], "y": [3]}},
    }


def test_a_rows_last_hour_never_goes_back() -> None:
    database = SqliteDatabase()
    put_rows(database, [DAY, DAY + 5, {}])
    put_rows(database, [DAY, DAY + 3, {}])
    assert kept_rows(database)[DAY][0] == DAY + 5


@pytest.mark.parametrize("kind", ["events", "sums", "again"])
def test_every_commit_puts_its_parts_in_place(kind: str) -> None:
    database = store(event(1, START))
    put(database, snapshots=[Snapshot(1, DAY, DAY + 24, DAY + 24)])
    before, taken = pending(database)
    if kind == "events":
        assert commit(database, before, taken, event_key(START, 1), MADE)
    elif kind == "sums":
        assert answer(rollups.commit_sums(database, before, MADE, 12, 24))
    else:
        assert answer(rollups.commit_again(database, before, MADE, []))
    assert kept_rows(database) == {DAY: (DAY + 1, ROW[2])}
    assert kept_sums(database) == {(6, DAY): SUM[2]}
    assert answer(rollups.snapshots(database))[1] == []
    assert state(database).revision == 1


def test_what_was_made_again_is_not_put_in_place_if_its_events_may_have_gone() -> None:
    """It was counted of what is left: events expire without a word to whoever counts them."""
    database = SqliteDatabase()
    database.connection.execute("INSERT INTO stale_hours VALUES (?)", (DAY,))
    before = state(database)
    answer(events.expire(database, DAY + 1, 9))
    assert not answer(rollups.commit_again(database, before, MADE, [DAY]))
    assert (kept_rows(database), kept_sums(database), answer(rollups.stale(database, 9))[1]) == ({}, {}, [DAY])
    assert answer(rollups.commit_again(database, state(database), MADE, [DAY]))


def test_sums_reach_where_they_say() -> None:
    database = SqliteDatabase()
    before = state(database)
    assert answer(rollups.commit_sums(database, before, Commit([], [SUM], []), 12, 24))
    assert state(database) == before._replace(revision=1, folded=12, summed=24)


def test_snapshots_that_hold_a_changed_hour_go() -> None:
    """From their first hour to before their last, complete or not."""
    for hour, gone in ((DAY - 1, []), (DAY, [1]), (DAY + 23, [1]), (DAY + 24, [2]), (DAY + 47, [2]), (DAY + 48, [])):
        database = SqliteDatabase()
        held = [Snapshot(1, DAY, DAY + 24, DAY + 24), Snapshot(2, DAY + 24, DAY + 48, DAY + 96)]
        put(database, snapshots=held)
        assert answer(rollups.commit_again(database, state(database), Commit([], [], [DAY + 99, hour]), []))
        assert answer(rollups.snapshots(database))[1] == [it for it in held if it.days not in gone], hour


def test_hours_that_were_made_again_are_stale_no_more() -> None:
    database = SqliteDatabase()
    database.connection.executemany("INSERT INTO stale_hours VALUES (?)", [(DAY + hour,) for hour in (5, 1, 3)])
    assert answer(rollups.look(database, CLOSED, 9)).erasing is True
    before, hours = answer(rollups.stale(database, 2))
    assert (before, hours) == (state(database), [DAY + 1, DAY + 3])
    assert not answer(rollups.commit_again(database, before._replace(revision=9), NOTHING, hours))
    assert answer(rollups.stale(database, 9))[1] == [DAY + 1, DAY + 3, DAY + 5]
    assert answer(rollups.commit_again(database, before, NOTHING, hours))
    assert answer(rollups.stale(database, 9))[1] == [DAY + 5]
    assert state(database) == before._replace(revision=1)


# Found as they are kept


def test_hours_are_found_with_the_row_that_they_belong_to() -> None:
    """Of their day's the last that begins no later; of another day none."""
    database = SqliteDatabase()
    first = {"agent": {str(DAY + 2): {"x": [1]}, str(DAY + 3): {}}, "latest": {str(DAY + 2): [[1, "1", "a"]]}}
    second = {"agent": {str(DAY + 9): {"x": [2]}}, "os": {}}
    put(database, [[DAY + 2, DAY + 3, first], [DAY + 9, DAY + 9, second]])
    found, _ = answer(rollups.find(database, [DAY + 24, *range(DAY, DAY + 12), DAY - 1]))
    assert {hour - DAY: it.start and it.start - DAY for hour, it in found.items()} == {
        **dict.fromkeys((-1, 0, 1, 24)),
        **dict.fromkeys(range(2, 9), 2),
        **dict.fromkeys(range(9, 12), 9),
    }
    assert found[DAY + 2].kept == {"agent": {"x": [1]}, "latest": [[1, "1", "a"]]}
    assert found[DAY + 3].kept == {"agent": {}}
    assert found[DAY + 9].kept == {"agent": {"x": [2]}}
    assert found[DAY + 4].kept == found[DAY + 10].kept == found[DAY].kept == {}
    assert (found[DAY + 4].last, found[DAY + 10].last, found[DAY].last) == (DAY + 3, DAY + 9, 0)
    assert found[DAY + 5].characters == len(json.dumps(first))
    assert found[DAY].characters == 0
    assert answer(rollups.find(database, [])) == ({}, {})


def test_sums_are_found_that_an_hour_is_in() -> None:
    database = SqliteDatabase()
    put(database, (), [[hours, DAY + first, {"at": first}] for hours in (6, 24) for first in range(-24, 49, hours)])
    for hour, expected in (
        (DAY, {(6, DAY), (24, DAY)}),
        (DAY + 5, {(6, DAY), (24, DAY)}),
        (DAY + 6, {(6, DAY + 6), (24, DAY)}),
        (DAY + 23, {(6, DAY + 18), (24, DAY)}),
        (DAY + 24, {(6, DAY + 24), (24, DAY + 24)}),
        (DAY - 1, {(6, DAY - 6), (24, DAY - 24)}),
        (DAY + 999, set()),
    ):
        _, sums = answer(rollups.find(database, [hour]))
        assert sums == {it: {"at": it[1] - DAY} for it in expected}
    assert answer(rollups.find(database, [DAY, DAY + 6]))[1].keys() == {(6, DAY), (6, DAY + 6), (24, DAY)}


@pytest.mark.parametrize("wide", LAYOUTS.values(), ids=LAYOUTS)
def test_a_span_is_of_the_rows_that_hold_its_hours(wide: int) -> None:
    database = SqliteDatabase()
    put(database, hours_in_rows(range(DAY - 24, DAY + 48), wide))
    for first in range(DAY, DAY + 24, 6):
        found = [hour for hour, kept in answer(rollups.span(database, first, first + 6)).items() if "agent" in kept]
        assert found == sorted(found)
        assert set(found) >= set(range(first, first + 6))
        assert all(hour // 24 == DAY // 24 and hour // wide * wide < first + 6 for hour in found)


@pytest.mark.parametrize(
    ("first", "expected"), [(-999, 0), (0, 0), (1, 1), (5, 5), (6, 30), (24, 30), (30, 30), (31, None), (99, None)]
)
def test_the_next_hour_that_a_row_may_hold(first: int, expected: int | None) -> None:
    database = SqliteDatabase()
    put(database, [[DAY, DAY + 5, {}], [DAY + 30, DAY + 30, {}]])
    found = answer(rollups.next_hour(database, DAY + first))
    assert found == (None if expected is None else DAY + expected)


def test_the_quarters_of_a_day() -> None:
    database = SqliteDatabase()
    sums = [[6, DAY + first, {"at": first}] for first in (-6, 0, 12, 18, 24)]
    put(database, (), [*sums, [24, DAY, {"at": "day"}]])
    assert answer(rollups.quarters(database, DAY)) == {DAY + first: {"at": first} for first in (0, 12, 18)}


def test_a_look_is_put_off() -> None:
    database = SqliteDatabase()
    for due_at in (900, 600):
        answer(rollups.postpone(database, due_at))
        assert state(database).due_at == due_at


# Snapshots


def test_a_snapshot_takes_in_the_days_before_its_end() -> None:
    database = SqliteDatabase()
    series = {name: {"x": [1]} for name in (EVERYTHING, "test", ERROR, TOOL, "agent")} | {"latest": [[1, "1", "a"]]}
    put(database, (), [[24, DAY + day * 24, series] for day in range(6)] + [[6, DAY + 24, series]])
    wanted = Snapshot(30, DAY, DAY + 24, DAY + 96)
    held, days, there = answer(rollups.snapshot_and_days(database, wanted, 9, 10**6))
    assert held == {}
    assert [*days] == [DAY + 24, DAY + 48, DAY + 72]
    assert there == 3
    read = [json.loads(kept) for kept in days.values()]
    assert read == [{TOOL: {"x": [1]}, "agent": {"x": [1]}}] * 3, "no more than is asked of it"
    _, days, there = answer(rollups.snapshot_and_days(database, wanted, 2, 10**6))
    assert ([*days], there) == ([DAY + 24, DAY + 48], 2)
    width = len(days[DAY + 24])
    for characters, number in ((1, 1), (width, 1), (width + 1, 2), (2 * width, 2), (2 * width + 1, 3)):
        _, days, there = answer(rollups.snapshot_and_days(database, wanted, 9, characters))
        assert ([*days], there) == ([DAY + 24, DAY + 48, DAY + 72][:number], 3)
    assert answer(rollups.snapshot_and_days(database, wanted._replace(until=DAY + 24), 9, 1)) == ({}, {}, 0)


def test_a_snapshot_is_gone_on_with() -> None:
    database = SqliteDatabase()
    wanted = Snapshot(30, DAY, DAY + 24, DAY + 96)
    for last, held in ((DAY + 24, {"agent": {"x": [1]}}), (DAY + 48, {"agent": {"x": [2]}})):
        snapshot = wanted._replace(last=last)
        answer(rollups.write_snapshot(database, snapshot, held, 0))
        assert answer(rollups.snapshots(database)) == (state(database), [snapshot])
        assert answer(rollups.snapshot_and_days(database, snapshot, 9, 9))[0] == held
    for other in (wanted._replace(days=90), wanted._replace(first=DAY + 24)):
        assert answer(rollups.snapshot_and_days(database, other, 9, 9))[0] == {}


def test_a_snapshot_of_what_has_changed_is_not_kept() -> None:
    database = SqliteDatabase()
    snapshot = Snapshot(30, DAY, DAY + 24, DAY + 24)
    assert answer(rollups.commit_again(database, state(database), NOTHING, []))
    for revision, there in ((0, []), (2, []), (1, [snapshot])):
        answer(rollups.write_snapshot(database, snapshot, {}, revision))
        assert answer(rollups.snapshots(database))[1] == there


def test_earlier_snapshots_of_a_window_go_when_a_new_one_is_complete() -> None:
    database = SqliteDatabase()
    others = [
        Snapshot(90, DAY - 48, DAY, DAY),
        Snapshot(30, DAY + 96, DAY + 99, DAY + 120),
        Snapshot(7, DAY, DAY + 24, DAY + 24),
    ]
    old = [Snapshot(30, DAY - 24, DAY, DAY), Snapshot(30, DAY - 48, DAY - 24, DAY)]
    put(database, snapshots=[*others, *old])
    new = Snapshot(30, DAY, DAY + 24, DAY + 48)
    answer(rollups.write_snapshot(database, new, {}, 0))
    assert set(answer(rollups.snapshots(database))[1]) == {*others, *old, new}
    complete = new._replace(last=DAY + 48)
    answer(rollups.write_snapshot(database, complete, {}, 0))
    assert set(answer(rollups.snapshots(database))[1]) == {*others, complete}


def test_a_snapshot_that_was_not_kept_takes_nobodys_place() -> None:
    database = SqliteDatabase()
    old = Snapshot(30, DAY - 24, DAY, DAY)
    put(database, snapshots=[old])
    answer(rollups.write_snapshot(database, Snapshot(30, DAY, DAY + 24, DAY + 24), {}, 7))
    assert answer(rollups.snapshots(database))[1] == [old]


def test_keys_travel_as_they_are() -> None:
    """They are beyond 2^53: as numbers they would be rounded on their way through JavaScript."""
    database = RecordingDatabase()
    answer(events.add(database, [event(2**40 - 1, START)]))
    before, taken = pending(database, event_key(START + 300, 0))
    assert commit(database, before, taken, event_key(START, 2**40 - 1))
    assert state(database).rolled_id == event_key(START, 2**40 - 1)
    assert len(database.given) > 10
    assert all(isinstance(it, str) or abs(it) < 2**53 for it in database.given)


class RecordingDatabase(SqliteDatabase):
    """The database, and every parameter that it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str | int] = []

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run the statements in one transaction."""
        self.given += [parameter for _, parameters in statements for parameter in parameters]
        return await super().batch(*statements)


def test_the_hours_of_a_span() -> None:
    """Of all rows of its day, those inside, and of these what is not empty."""
    given = [
        {"all": {"5": {"all": [1]}, "6": {"all": [2]}}, "tool": {"6": {}}},
        {"all": {"11": {"all": [3]}, "12": {"all": [4]}}, "latest": {"11": [[1, "1", "a"]]}},
    ]
    assert rollups.by_hour(given, 6, 12) == {
        6: {"all": {"all": [2]}},
        11: {"all": {"all": [3]}, "latest": [[1, "1", "a"]]},
    }
    assert rollups.by_hour(given, 7, 11) == {}
