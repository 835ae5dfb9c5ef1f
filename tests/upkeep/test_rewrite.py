"""Kept rollups with others merged in, or in place of what they were."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from counting.crossing import CROSS
from counting.dimensions import EVERYTHING, TOOL, tool_key
from counting.rollup import LATEST, Rollup, roll_up
from counting.tally import Tally, invocations_of, people_of
from storage import rollups
from storage.rollups import KeptHour, State
from terms import limits
from terms.dates import DAY, DAY_HOURS, HOUR, QUARTER_HOURS
from terms.keys import event_key
from tests.database import SqliteDatabase
from tests.tallies import MIDNIGHT, fact
from upkeep.rewrite import merge_into, merged, replacement, rows, sums_of, to_kept, total

FIRST = MIDNIGHT // HOUR
STATE = State(1, -1, 0, 0, 0, FIRST + 12, FIRST, 0, 0, 0)  # this morning has sums of quarters, yesterday its own
TOOL_A = tool_key("skill", "a")


def deltas(*hours: int, person: int = 1, **fields: Any) -> dict[int, Rollup]:
    """The rollups of an event in each of these hours since midnight."""
    times = [MIDNIGHT + hour * HOUR for hour in hours]
    return roll_up(
        (fact(key=str(event_key(time, number)), time=time, person=person, **fields), False)
        for number, time in enumerate(times)
    )


def events_of(kept: dict[str, Any], series: str = EVERYTHING) -> dict[str, int]:
    """How many events each value has."""
    return {value: invocations_of(fields) for value, fields in kept.get(series, {}).items()}


def patched(old: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """What SQLite's json_patch makes of both."""
    (row,) = SqliteDatabase().connection.execute("SELECT json_patch(?, ?)", (json.dumps(old), json.dumps(patch)))
    made: dict[str, Any] = json.loads(row[0])
    return made


async def put(database: SqliteDatabase, given: dict[int, Rollup], before: State = STATE) -> rollups.Commit:
    """Merge rollups into what is kept."""
    commit = await merged(database, given, before)
    state = await rollups.state(database)
    assert await rollups.commit_again(database, state, commit, [])
    return commit


# What is merged


def test_what_is_not_kept_yet_is_written_as_it_is() -> None:
    commit = asyncio.run(merged(SqliteDatabase(), deltas(13, 13, 15), STATE))
    ((start, last, hours),) = commit.rows
    assert (start, last) == (FIRST + 13, FIRST + 15)
    assert {hour: invocations_of(values[EVERYTHING]) for hour, values in hours[EVERYTHING].items()} == {
        str(FIRST + 13): 2,
        str(FIRST + 15): 1,
    }
    assert (commit.sums, commit.spoiled) == ([], []), "nothing has a sum there yet"


def test_nothing_is_written_of_nothing() -> None:
    assert asyncio.run(merged(SqliteDatabase(), {}, STATE)) == rollups.Commit([], [], [])


def test_only_what_changes_is_written() -> None:
    """The hours, and in these the values, that events came to."""

    async def play() -> None:
        database = SqliteDatabase()
        await put(database, deltas(13, 15))
        commit = await put(database, deltas(15, 17, person=2, tool="b"))
        ((start, last, hours),) = commit.rows
        assert (start, last) == (FIRST + 13, FIRST + 17)
        assert set(hours[EVERYTHING]) == {str(FIRST + 15), str(FIRST + 17)}
        assert set(hours[TOOL][str(FIRST + 15)]) == {tool_key("skill", "b")}
        kept, _ = await rollups.find(database, [FIRST + it for it in (13, 15, 17)])
        found = {hour - FIRST: sum(events_of(it.kept).values()) for hour, it in kept.items()}
        assert found == {13: 1, 15: 2, 17: 1}
        assert events_of(kept[FIRST + 15].kept, TOOL) == {TOOL_A: 1, tool_key("skill", "b"): 1}
        assert len(people_of(kept[FIRST + 15].kept[EVERYTHING][EVERYTHING])) == 2

    asyncio.run(play())


def test_every_sum_that_there_must_be_is_kept_up() -> None:
    """Of hours that are folded already: of this morning a quarter, of yesterday the day too."""

    async def play() -> None:
        database = SqliteDatabase()
        for person in (1, 2):
            commit = await put(database, deltas(-1, -2, 3, 12, person=person))
            assert sorted((hours, first - FIRST) for hours, first, _ in commit.sums) == [(6, -6), (6, 0), (24, -24)]
            assert [hour - FIRST for hour in commit.spoiled] == [-1, -2]
        _, sums = await rollups.find(database, [FIRST - 1, FIRST + 3])
        assert {(hours, first - FIRST): events_of(kept)[EVERYTHING] for (hours, first), kept in sums.items()} == {
            (6, -6): 4,
            (6, 0): 2,
            (24, -24): 4,
        }

    asyncio.run(play())


@pytest.mark.parametrize(
    ("hour", "sums"),
    [(-25, [(6, -30), (24, -48)]), (-1, [(6, -6), (24, -24)]), (0, [(6, 0)]), (11, [(6, 6)]), (12, []), (99, [])],
)
def test_which_sums_there_must_be_of_an_hour(hour: int, sums: list[tuple[int, int]]) -> None:
    assert [(hours, first - FIRST) for hours, first in sums_of(FIRST + hour, STATE)] == sums


# Patches


def test_a_patch_makes_what_was_merged_of_what_was_kept() -> None:
    kept = to_kept(deltas(1, 1, status="error", error_type="E")[FIRST + 1])
    before = json.loads(json.dumps(kept))
    patch = merge_into(kept, deltas(1, person=2, tool="b", status="error")[FIRST + 1])
    assert TOOL_A not in patch[TOOL], "what stays is not written again"
    assert patched(before, patch) == json.loads(json.dumps(kept))
    assert events_of(kept) == {EVERYTHING: 3}
    assert sorted(entry[2] for entry in kept[LATEST]) == [TOOL_A, TOOL_A, tool_key("skill", "b")]


def test_what_all_agree_on_is_added_to_what_each_series_has() -> None:
    """Two series that held the same, and one that did not."""
    given = [(fact(os="linux"), False), (fact(os="darwin", duration_ms=5, person=2), False)]
    more = [(fact(person=3, duration_ms=7), False), (fact(person=4), False)]
    kept = to_kept(roll_up(given)[FIRST + 12])
    patch = merge_into(kept, roll_up(more)[FIRST + 12])
    whole = to_kept(roll_up([*given, *more])[FIRST + 12])
    assert kept == whole
    assert patch["agent"]["codex"] == patch[EVERYTHING][EVERYTHING] != patch["os"]["linux"]


@pytest.mark.parametrize(("characters", "is_told"), [(None, False), (24, True), (25, False), (400, False)])
def test_crossings_are_measured_where_a_row_is_not_narrow(
    monkeypatch: pytest.MonkeyPatch, characters: int | None, is_told: bool
) -> None:
    """No step makes a narrow one too wide, unless the limit is as small as it is here."""
    monkeypatch.setattr(limits, "CROSS_CHARACTERS", 100)
    kept = to_kept(roll_up([(fact(), False)])[FIRST + 12])
    merge_into(kept, roll_up([(fact(os="darwin"), False), (fact(agent="a"), False)])[FIRST + 12], characters)
    assert isinstance(kept[CROSS][TOOL_A], dict) is is_told


def test_rare_values_that_are_folded_are_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is new, and not rare, is there."""
    monkeypatch.setattr(limits, "VALUES", 4)
    given = [fact(version=f"{number}") for number in range(4) for _ in range(4 - number)]
    kept = to_kept(roll_up((it, False) for it in given)[FIRST + 12])
    before = json.loads(json.dumps(kept))
    patch = merge_into(kept, roll_up((fact(version="new"), False) for _ in range(9))[FIRST + 12])
    assert patched(before, patch) == json.loads(json.dumps(kept))
    assert events_of(kept, "version") == {"new": 9, "0": 4, "1": 3, "(other)": 3}
    assert patch["version"]["2"] is patch["version"]["3"] is None


def test_what_replaces_takes_out_what_is_gone() -> None:
    old = to_kept(deltas(1, 1, status="error")[FIRST + 1])
    merge_into(old, deltas(1, tool="b", person=2)[FIRST + 1])
    new = to_kept(deltas(1, tool="b", person=2)[FIRST + 1])
    patch = replacement(old, new)
    made = patched(old, patch)
    assert {series: values for series, values in made.items() if values} == json.loads(json.dumps(new))
    assert patch[TOOL] == {TOOL_A: None}, "what stays is not written again"
    assert patch[LATEST] == []
    emptied = patched(old, replacement(old, {}))
    assert not any(emptied.values())
    assert patched({}, replacement({}, new)) == json.loads(json.dumps(new))


def test_a_rollup_of_nothing_is_kept_as_nothing() -> None:
    assert to_kept(None) == {}
    assert LATEST not in to_kept(deltas(1)[FIRST + 1])


def test_a_total_is_what_all_events_at_once_would_be() -> None:
    hours = deltas(1, 2, 2, 3, status="error", duration_ms=7)
    whole = total([to_kept(hour) for hour in hours.values()])
    assert events_of(whole) == {EVERYTHING: 4}
    assert Tally.from_json(whole[EVERYTHING][EVERYTHING]).duration_ms == 28
    assert [entry[0] for entry in whole[LATEST]] == [MIDNIGHT + hour * HOUR for hour in (3, 2, 2, 1)]
    assert total([]) == {}
    one = to_kept(hours[FIRST + 1])
    assert total([one]) == {series: values for series, values in one.items() if series != CROSS}


# Rows


def kept_hour(start: int | None = None, last: int = 0, characters: int = 0) -> KeptHour:
    return KeptHour(None if start is None else FIRST + start, FIRST + last, characters, {})


def made(hours: dict[int, KeptHour]) -> list[tuple[int, int, list[int]]]:
    """Rows as (start, last, hours), all since midnight."""
    patches: dict[int, Any] = {FIRST + hour: {EVERYTHING: {EVERYTHING: [hour]}} for hour in hours}
    found = rows({FIRST + hour: kept for hour, kept in hours.items()}, patches)
    return [
        (start - FIRST, last - FIRST, [int(hour) - FIRST for hour in written[EVERYTHING]])
        for start, last, written in found
    ]


WIDE, WIDE_FOR_A_QUARTER = limits.ROW_CHARACTERS + 1, limits.ROW_CHARACTERS_OF_A_QUARTER + 1


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ({3: kept_hour(), 5: kept_hour(), 30: kept_hour()}, [(3, 5, [3, 5]), (30, 30, [30])]),
        ({3: kept_hour(1, 3), 5: kept_hour(1, 3)}, [(1, 5, [3, 5])]),
        # An hour before all others of its day.
        ({0: kept_hour(), 5: kept_hour(3, 4)}, [(0, 0, [0]), (3, 5, [5])]),
        # An hour that a wide row holds stays there; the next begins one, which those behind it join.
        (
            {3: kept_hour(1, 3, WIDE), 4: kept_hour(1, 3, WIDE), 5: kept_hour(1, 3, WIDE)},
            [(1, 3, [3]), (4, 5, [4, 5])],
        ),
        ({4: kept_hour(1, 3, WIDE - 1)}, [(1, 4, [4])]),
        # Where a quarter ends, less is enough.
        ({6: kept_hour(1, 5, WIDE_FOR_A_QUARTER)}, [(6, 6, [6])]),
        ({6: kept_hour(1, 5, WIDE_FOR_A_QUARTER - 1)}, [(1, 6, [6])]),
        ({5: kept_hour(1, 4, WIDE_FOR_A_QUARTER)}, [(1, 5, [5])]),
        ({}, []),
    ],
)
def test_rows_hold_the_hours_of_a_day_and_are_followed_by_others_when_they_are_wide(
    hours: dict[int, KeptHour], expected: list[tuple[int, int, list[int]]]
) -> None:
    assert made(hours) == expected


def test_quarters_and_days_begin_where_they_do_since_1970() -> None:
    assert (QUARTER_HOURS, DAY_HOURS) == (6, DAY // HOUR)
    assert FIRST % DAY_HOURS == 0
