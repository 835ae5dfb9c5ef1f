"""A person's number, and everything of theirs: which events, and whether the rollups hold them."""

from __future__ import annotations

import pytest

from storage import events, people
from storage.rollups import Rewrite
from terms.keys import HASH_BITS, SLOT_SECONDS, event_key, first_key
from tests.database import SqliteDatabase
from tests.edges.given import LAST, START, answer, event, keys, rolled_up_to, store

NOTHING = Rewrite([], frozenset())


def test_whoever_is_forgotten_has_no_number_and_others_keep_theirs() -> None:
    database = store(event(1, START), event(2, START))
    answer(people.forget(database, f"{1:032x}"))
    assert [answer(people.number(database, f"{number:032x}")) for number in (1, 2)] == [None, 2]
    answer(events.add(database, [event(3, START)]))
    assert answer(people.number(database, f"{3:032x}")) == 3, "a number stays taken"


def test_a_persons_events_are_theirs_alone_within_the_spans() -> None:
    mine = {
        name: event(hash_bits, time)._replace(user_id_hash=f"{1:032x}")
        for name, hash_bits, time in (
            ("before", LAST, START - SLOT_SECONDS),
            ("first", 0, START),
            ("last", LAST, START),
            ("behind", 0, START + SLOT_SECONDS),
        )
    }
    database = store(*mine.values(), event(7, START))
    spans = [(first_key(START), first_key(START) + (1 << HASH_BITS))]
    _, found = answer(people.events(database, 1, spans, 9))
    assert [it.fact.key for it in found] == [event_key(START, 0), event_key(START, LAST)]
    assert len(answer(people.events(database, 1, spans, 1))[1]) == 1
    assert answer(people.events(database, 1, [], 9))[1] == []


@pytest.mark.parametrize("test", [False, True])
def test_the_rollups_hold_what_is_below_them_and_not_late(test: bool) -> None:
    one = [event(number, START, test=test)._replace(user_id_hash="one") for number in range(1, 6)]
    database = store(one[0], one[2], one[4])
    rolled_up_to(database, event_key(START, 3))
    answer(events.add(database, [one[1]]))
    _, found = answer(people.events(database, 1, [(0, 1 << 62)], 9))
    assert [(it.fact.key - event_key(START, 0), it.rolled, it.test) for it in found] == [
        (1, True, test),
        (2, False, test),
        (3, True, test),
        (5, False, test),
    ]


def test_events_are_erased_at_the_revision_that_they_were_found_at() -> None:
    database = store(*(event(number, START) for number in (1, 2, 3)))
    rolled_up_to(database, event_key(START, 3))
    answer(events.add(database, [event(4, START - 900), event(5, START - 900)]))
    before = keys(database)
    state, _ = answer(people.events(database, 1, [], 1))
    gone = [event_key(START, 2), event_key(START - 900, 4)]
    raced = state._replace(revision=state.revision + 1)
    assert answer(people.erase_events(database, raced, NOTHING, gone)) is None
    assert (keys(database), len(_late(database))) == (before, 2)
    assert answer(people.erase_events(database, state, NOTHING, gone)) == 2
    assert keys(database) == [key for key in before if key not in gone]
    assert _late(database) == [event_key(START - 900, 5)]


def _late(database: SqliteDatabase) -> list[int]:
    return [row["event_id"] for row in database.connection.execute("SELECT event_id FROM late_events")]
