"""When to roll up, and when to look again."""

from __future__ import annotations

import pytest

from storage.rollups import Pending, State
from terms import limits
from terms.dates import DAY
from terms.keys import SLOT_SECONDS, event_key, first_key, time_of
from tests.edges.facts import fact
from upkeep import pace

GRACE = limits.ROLLUP_GRACE_SECONDS
MIDNIGHT = 20_000 * DAY  # as every midnight, where a slot begins
NOON = MIDNIGHT + DAY // 2
STATE = State(revision=3, rolled_id=first_key(MIDNIGHT) - 1, rolled_at=NOON, due_at=0, last_late=0)


def pending(*times: int, late: int = 0) -> list[Pending]:
    return [Pending(fact(event_key(time, number), time=time), late, test=False) for number, time in enumerate(times)]


# Where to stop


@pytest.mark.parametrize(
    ("rolled_id", "now", "expected"),
    [
        (first_key(MIDNIGHT) - 1, NOON, [NOON - SLOT_SECONDS]),
        (first_key(MIDNIGHT), NOON, [NOON - SLOT_SECONDS]),
        (first_key(MIDNIGHT) - 2, NOON, [MIDNIGHT, NOON - SLOT_SECONDS]),
        (-1, NOON, [MIDNIGHT, NOON - SLOT_SECONDS]),
        # Only midnight is closed, or not even that.
        (-1, MIDNIGHT + SLOT_SECONDS + GRACE, [MIDNIGHT, MIDNIGHT + SLOT_SECONDS]),
        (-1, MIDNIGHT + SLOT_SECONDS + GRACE - 1, [MIDNIGHT]),
        (-1, MIDNIGHT + GRACE - 1, [MIDNIGHT - SLOT_SECONDS]),
    ],
)
def test_a_rollup_stops_at_midnight_if_it_has_not_yet(rolled_id: int, now: int, expected: list[int]) -> None:
    assert [time_of(key) for key in pace.boundaries(rolled_id, now)] == expected


# Whether it is worth it


def test_enough_is_worth_a_rollup_and_less_is_not() -> None:
    enough = round(limits.ROLLUP_EVENTS * limits.ROLLUP_ALMOST)
    assert pace.is_worth_it(pending(*[NOON] * enough), STATE, NOON)
    assert not pace.is_worth_it(pending(*[NOON] * (enough - 1)), STATE, NOON)
    assert pace.is_worth_it(pending(*[NOON] * enough, late=1), STATE, NOON)


def test_a_day_that_has_closed_is_worth_a_rollup() -> None:
    yesterday = pending(MIDNIGHT - 1)
    closed = MIDNIGHT + SLOT_SECONDS + GRACE
    assert pace.is_worth_it(yesterday, STATE, closed)
    assert not pace.is_worth_it(yesterday, STATE, closed - 1)
    assert not pace.is_worth_it(pending(MIDNIGHT), STATE, closed)
    assert not pace.is_worth_it(pending(MIDNIGHT - 1, late=1), STATE._replace(rolled_at=closed), closed)


def test_late_events_wait_for_a_day_at_most() -> None:
    late = pending(MIDNIGHT - 1, late=1)
    assert pace.is_worth_it(late, STATE, STATE.rolled_at + DAY)
    assert not pace.is_worth_it(late, STATE, STATE.rolled_at + DAY - 1)
    assert not pace.is_worth_it([], STATE, STATE.rolled_at + DAY)


# When to look again

NEXT_MIDNIGHT = MIDNIGHT + DAY + SLOT_SECONDS + GRACE


def test_where_nothing_waits_or_only_what_is_late_nothing_is_looked_at_until_midnight() -> None:
    for waiting in ([], pending(NOON, late=1)):
        assert pace.next_look(waiting, STATE, first_key(NOON), NOON, gathered=len(waiting)) == NEXT_MIDNIGHT


def test_a_pace_that_never_gathers_enough_is_looked_at_after_midnight() -> None:
    assert pace.next_look(pending(NOON - 60), STATE, first_key(NOON), NOON, gathered=1) == NEXT_MIDNIGHT


def look(count: int, gathered: int, state: State = STATE, closed: int = NOON, now: int = NOON) -> int:
    """When to look again after so many events."""
    waiting = pending(*[NOON - SLOT_SECONDS] * count)
    return pace.next_look(waiting, state, first_key(closed), now, gathered)


def test_enough_gathers_at_the_pace_since_the_last_rollup() -> None:
    """864 since midnight are one in 50 s and 1,728 a day: four rollups of 432 are nearest to 393, 21,600 s apart."""
    assert look(864, gathered=0) == NOON + 21_600 + SLOT_SECONDS + GRACE
    assert look(864, gathered=100) == NOON + (21_600 - 5000) // 300 * 300 + SLOT_SECONDS + GRACE


def test_a_quick_pace_counts_what_comes_into_the_slot_that_is_still_open() -> None:
    """8,640 since midnight are one in 5 s and 17,280 a day: 72 come in 360 s, so 328 are wanted, in 53 rollups."""
    apart = DAY / 53
    assert look(8640, gathered=0) == NOON + int(apart) // 300 * 300 + SLOT_SECONDS + GRACE


def test_a_pause_of_days_is_no_pace() -> None:
    """864 in the last 24 hours are one in 100 s, however long ago the last rollup was: 864 a day, in two of 432."""
    long_ago = STATE._replace(rolled_id=first_key(MIDNIGHT - 9 * DAY) - 1)
    assert look(864, 0, long_ago) == min(NOON + 43_200 + SLOT_SECONDS + GRACE, NEXT_MIDNIGHT)
    assert look(864, 332, long_ago) == NOON + 9900 + SLOT_SECONDS + GRACE


def test_where_nothing_was_ever_rolled_up_the_pace_is_of_the_events_themselves() -> None:
    waiting = pending(*(NOON - 86_400 // 4 + 25 * number for number in range(864)))
    first = pace.next_look(waiting, STATE._replace(rolled_id=-1), first_key(NOON), NOON, gathered=0)
    known = pace.next_look(waiting, STATE._replace(rolled_id=first_key(NOON - DAY // 4) - 1), first_key(NOON), NOON, 0)
    assert first == known < NEXT_MIDNIGHT
    at_once = STATE._replace(rolled_id=0)
    assert pace.next_look(waiting, at_once, first_key(NOON), NOON, 0) > first, "0 is a key like any other"


def test_a_look_is_a_minute_away_at_least() -> None:
    assert look(864, gathered=864, closed=NOON - 3600) == NOON + 60


def test_what_came_late_is_no_part_of_the_pace() -> None:
    waiting = pending(*[NOON - SLOT_SECONDS] * 864)
    late = pending(*[NOON - SLOT_SECONDS] * 400, late=1)
    assert pace.next_look(waiting + late, STATE, first_key(NOON), NOON, gathered=0) == look(864, gathered=0)
