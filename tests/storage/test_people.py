"""People: their numbers, and everything that one of them left."""

from __future__ import annotations

import asyncio

import pytest

from storage import deployment, events, people, rollups
from storage.events import NewEvent
from terms.dates import DAY, HOUR
from terms.keys import HASH_BITS, SLOT_SECONDS, event_key, first_key
from tests.database import NOW, CountingDatabase, SqliteDatabase, new_event
from tests.given import LAST, START, answer, event, keys, rolled_up_to, store
from upkeep import step

ALWAYS = [(first_key(NOW - 30 * DAY), first_key(NOW + DAY))]
USER = new_event(1, 0).user_id_hash
MARK = new_event(1, 0).mark
HOUR_OF_START = START // HOUR


def numbers(database: SqliteDatabase) -> dict[int, str]:
    """Everybody's hash, by number."""
    rows = database.connection.execute("SELECT number, user_id_hash FROM people")
    return {row["number"]: row["user_id_hash"] for row in rows}


def late(database: SqliteDatabase) -> list[int]:
    """The keys of late events."""
    return [row["event_id"] for row in database.connection.execute("SELECT event_id FROM late_events")]


def stale(database: SqliteDatabase) -> list[int]:
    """The hours that are to be made again."""
    hours: list[int] = answer(rollups.stale(database, 999))[1]
    return hours


async def filled() -> SqliteDatabase:
    """One person's events of yesterday (rolled up), of the day before (late) and of today, and another's."""
    database = SqliteDatabase()
    await events.add(database, [new_event(1, NOW - DAY), new_event(2, NOW - DAY)])
    await step.roll_up_pending(database, NOW)
    await events.add(database, [new_event(1, NOW - 2 * DAY), new_event(1, NOW)])
    return database


# Promises


def test_whoever_is_erased_has_no_hash_and_others_keep_theirs() -> None:
    database = store(event(1, START), event(2, START))
    answer(people.promise_erasure(database, [(MARK, USER)], START, START + DAY))
    assert numbers(database) == {2: f"{2:032x}"}
    assert answer(people.promised(database)) == (MARK, 1)


def test_a_number_that_was_forgotten_is_not_given_again() -> None:
    database = store(event(1, START), event(2, START))
    answer(people.promise_erasure(database, [(MARK, USER)], START, START + DAY))
    answer(events.add(database, [event(1, START + 7200), event(3, START)]))
    assert numbers(database) == {2: f"{2:032x}", 3: USER, 4: f"{3:032x}"}


def test_a_promise_is_open_until_it_is_kept_and_ends_when_nothing_can_arrive() -> None:
    database = store(event(1, START))
    answer(people.promise_erasure(database, [(MARK, USER)], START + 60, START + 1000))
    answer(database.batch(*deployment.forgetting(0, START + 5000)))
    assert answer(people.promised(database)) == (MARK, 1), "what is not done does not end"
    assert answer(rollups.look(database, 0, 1)).erasing is True
    answer(people.keep_promise(database, MARK, 1))
    assert answer(people.promised(database)) is None
    assert answer(rollups.look(database, 0, 1)).erasing is False
    (row,) = database.connection.execute("SELECT * FROM erasures").fetchall()
    assert row["person"] == 0, "nothing tells whose number it was"
    for now, taken in ((START + 1000, 0), (START + 1001, 1)):
        answer(database.batch(*deployment.forgetting(0, now)))
        assert answer(events.add(database, [event(2, START + 59)._replace(mark=MARK)])) == taken


def test_somebody_unknown_is_promised_it_too() -> None:
    """Nothing of theirs is there to be erased, but it may be on the way."""
    database = SqliteDatabase()
    answer(people.promise_erasure(database, [(MARK, USER)], START, START + 1000))
    assert answer(people.promised(database)) is None
    assert answer(events.add(database, [event(1, START - 1)])) == 0
    assert numbers(database) == {}
    answer(database.batch(*deployment.forgetting(0, START + 1001)))
    assert answer(events.add(database, [event(1, START - 1)])) == 1


def open_promises(database: SqliteDatabase) -> list[tuple[str, int]]:
    """The marks and numbers of all promises that are open, each kept in its turn."""
    found: list[tuple[str, int]] = []
    while promise := answer(people.promised(database)):
        found.append(promise)
        answer(people.keep_promise(database, *promise))
    return sorted(found)


def back(number: int, time: int) -> NewEvent:
    """Another event of the person who is erased."""
    return event(number, time)._replace(mark=MARK, user_id_hash=USER)


@pytest.mark.parametrize("done", [False, True], ids=["before it is kept", "after it is kept"])
def test_a_promise_made_again_reaches_further(done: bool) -> None:
    """No hash leads to the number any more."""
    database = store(event(1, START))
    answer(people.promise_erasure(database, [(MARK, USER)], START, START + 10))
    if done:
        answer(people.keep_promise(database, MARK, 1))
    answer(people.promise_erasure(database, [(MARK, USER)], START + 60, START + DAY))
    assert answer(people.promised(database)) == (None if done else (MARK, 1))
    assert answer(events.add(database, [back(2, START + 59)])) == 0
    assert answer(events.add(database, [back(2, START + 60)])) == 1


@pytest.mark.parametrize("done", [False, True], ids=["before it is kept", "after it is kept"])
def test_whoever_comes_back_and_goes_again_is_erased_under_both_numbers(done: bool) -> None:
    """Also if the first erasure was not done when the second was asked for; and what is late is forbidden up to it."""
    database = store(event(1, START))
    answer(people.promise_erasure(database, [(MARK, USER)], START + 60, START + DAY))
    if done:
        assert open_promises(database) == [(MARK, 1)]
    assert answer(events.add(database, [back(2, START + 60)])) == 1
    answer(people.promise_erasure(database, [(MARK, USER)], START + 500, START + 2 * DAY))
    assert numbers(database) == {}
    assert open_promises(database) == ([(MARK, 2)] if done else [(MARK, 1), (MARK, 2)])
    assert answer(events.add(database, [back(3, START + 499)])) == 0
    answer(database.batch(*deployment.forgetting(0, START + DAY + 1)))
    assert answer(events.add(database, [back(3, START + 499)])) == 0, "the later promise is still kept"
    answer(database.batch(*deployment.forgetting(0, START + 2 * DAY + 1)))
    assert answer(events.add(database, [back(3, START + 499)])) == 1


def test_several_marks_are_one_promise_each() -> None:
    database = store(event(1, START), event(2, START))
    marks = [(MARK, USER), ("mark 2", f"{2:032x}"), ("mark 3", f"{3:032x}")]
    answer(people.promise_erasure(database, marks, START, START + DAY))
    assert numbers(database) == {}
    assert open_promises(database) == [(MARK, 1), ("mark 2", 2)]


# What a person left


def test_what_a_person_left_is_theirs_alone_within_the_spans() -> None:
    mine = [
        event(hash_bits, time)._replace(user_id_hash=USER)
        for hash_bits, time in ((LAST, START - SLOT_SECONDS), (0, START), (LAST, START), (0, START + SLOT_SECONDS))
    ]
    database = store(*mine, event(7, START))
    rolled_up_to(database, event_key(START + DAY, 0))
    spans = [(first_key(START), first_key(START) + (1 << HASH_BITS))]
    number = {known: number for number, known in numbers(database).items()}[USER]
    expected = [str(event_key(START, 0)), str(event_key(START, LAST))]
    assert sorted(answer(people.keys(database, number, spans, 9)), key=int) == expected
    assert len(answer(people.keys(database, number, spans, 1))) == 1
    assert answer(people.keys(database, number, [], 9)) == []
    two = [(first_key(START - SLOT_SECONDS), first_key(START)), *spans]
    assert len(answer(people.keys(database, number, two, 9))) == 3
    assert answer(people.keys(database, 99, two, 9)) == []


def test_what_no_rollup_holds_is_found_without_a_span() -> None:
    """Above the rollups, and late: once each, also where a span has it too."""
    one = [event(number, START)._replace(user_id_hash=USER) for number in range(1, 6)]
    database = store(one[0], one[2], one[4], event(8, START))
    rolled_up_to(database, event_key(START, 3))
    answer(events.add(database, [one[1], event(9, START - HOUR)]))
    waits = [str(event_key(START, number)) for number in (2, 5)]
    assert sorted(answer(people.keys(database, 1, [], 9))) == waits
    every = [str(event_key(START, number)) for number in (1, 2, 3, 5)]
    assert sorted(answer(people.keys(database, 1, [(0, 1 << 62)], 9))) == every


def test_everything_of_a_person_is_erased_and_nothing_else() -> None:
    async def play() -> None:
        database = await filled()
        found = await people.keys(database, 1, ALWAYS, 10)
        assert len(found) == 3
        assert len(await people.keys(database, 1, ALWAYS, 2)) == 2
        assert await people.erase_events(database, found) == 3
        assert await people.keys(database, 1, ALWAYS, 10) == []
        assert keys(database) == [event_key(NOW - DAY, 2)]
        assert await people.erase_events(database, found) == 0, "they are gone"
        _, tail = await rollups.read_with_waiting(database, ())
        assert tail.facts == [], "no late event is left to be taken in"

    asyncio.run(play())


def test_hours_that_events_were_erased_from_are_noted_where_rollups_hold_them() -> None:
    """Not of what waits, which is in no rollup; and not where events may be gone, which nobody can count again."""
    names = ("expired", "first", "late", "stays", "last", "waits")
    made = {name: event(number, START + (number - 4) * HOUR) for number, name in enumerate(names)}
    key = {name: event_key(it.time, it.hash_bits) for name, it in made.items()}
    database = store(*(it for name, it in made.items() if name != "late"))
    rolled_up_to(database, key["last"])
    answer(events.add(database, [made["late"]]))
    database.connection.execute("UPDATE rollup_state SET expiring = ?", (made["first"].time // HOUR,))
    assert answer(people.erase_events(database, [str(key[name]) for name in names if name != "stays"])) == 5
    assert stale(database) == [made["first"].time // HOUR, HOUR_OF_START]
    assert (keys(database), late(database)) == ([key["stays"]], [])


def test_who_is_erased_leaves_others_late_events_waiting() -> None:
    database = SqliteDatabase()
    rolled_up_to(database, event_key(START, 5))
    answer(events.add(database, [event(1, START), event(2, START)]))
    assert answer(people.erase_events(database, [str(event_key(START, 1))])) == 1
    assert late(database) == [event_key(START, 2)]


def test_a_rollup_under_way_hears_of_an_erasure() -> None:
    database = store(*(event(number, START) for number in (1, 2, 3)))
    before = answer(rollups.look(database, event_key(START, 9), 9))
    assert answer(people.erase_events(database, [str(event_key(START, 2))])) == 1
    state, _, pending = before
    taken_in = rollups.Commit([], [], [])
    moved = (event_key(START, 3), START, START)
    assert not answer(rollups.commit_events(database, state, taken_in, pending, *moved))
    state, _, pending = answer(rollups.look(database, event_key(START, 9), 9))
    assert len(pending) == 2
    assert answer(rollups.commit_events(database, state, taken_in, pending, *moved))


# People who have no event left


def test_whoever_waits_to_be_rolled_up() -> None:
    database = store(*(event(number, START) for number in (1, 2, 3)))
    rolled_up_to(database, event_key(START, 2))
    answer(events.add(database, [event(4, START - HOUR), event(5, START + 1)._replace(user_id_hash=f"{3:032x}")]))
    assert sorted(answer(people.waiting(database))) == [3, 4]
    assert answer(people.waiting(SqliteDatabase())) == []


@pytest.mark.parametrize("gone", [[], [2], [1, 3, 99]])
def test_people_are_forgotten_by_number(gone: list[int]) -> None:
    database = store(*(event(number, START) for number in (1, 2, 3)))
    answer(people.forget_numbers(database, gone, 77))
    assert numbers(database).keys() == {1, 2, 3} - set(gone)
    assert answer(rollups.state(database)).forgotten == 77


def test_all_people_are_looked_at_only_where_somebody_is_asked_about() -> None:
    """There is no index by number."""
    database = CountingDatabase()
    answer(events.add(database, [event(number, START) for number in (1, 2, 3)]))
    answer(people.forget_numbers(database, [2], 77))
    database.ran.clear()
    assert answer(people.nobody(database, [1, 2, 3, 9])) == {2, 9}
    assert answer(people.nobody(database, [])) == set()
    answer(people.forget_numbers(database, [], 78))
    assert database.ran == {"people/nobody": 1, "rollups/forgotten": 1}
    assert answer(rollups.state(database)).forgotten == 78
