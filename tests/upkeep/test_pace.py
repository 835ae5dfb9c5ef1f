"""When to roll up."""

from __future__ import annotations

import pytest

from storage.rollups import Pending, State
from terms import limits
from terms.dates import DAY, HOUR
from terms.keys import event_key, first_key
from tests.tallies import MIDNIGHT, fact
from upkeep.pace import is_worth_it, next_look

NOON = MIDNIGHT + 12 * HOUR
CLOSED = first_key(NOON - 60)  # the slot of 11:55 is still open
LAST_LOOK = MIDNIGHT + DAY + 300 + 15  # the first slot of the next day has ended, and its grace


def pending(number: int, time: int, late: int = 0) -> list[Pending]:
    """Events that wait, all of one moment."""
    return [Pending(fact(time=time, key=str(event_key(time, index))), late, test=False) for index in range(number)]


def state(rolled_to: int | None = None, rolled_at: int = NOON, expiring: int = 0) -> State:
    """How far the rollups are. rolled_to: epoch seconds; None: there was no event yet. expiring: hours."""
    rolled_id = -1 if rolled_to is None else first_key(rolled_to) - 1
    return State(1, rolled_id, rolled_at, 0, 0, 0, 0, expiring, 0, 0)


def test_it_is_worth_it_when_enough_has_gathered() -> None:
    enough = int(limits.ROLLUP_EVENTS * limits.ROLLUP_ALMOST)
    assert is_worth_it(pending(enough, NOON - HOUR), state(), NOON)
    assert not is_worth_it(pending(enough - 1, NOON - HOUR), state(), NOON)


@pytest.mark.parametrize(
    ("time", "late", "now", "worth_it"),
    [
        (MIDNIGHT - 1, 0, MIDNIGHT + 315, True),
        (MIDNIGHT - 1, 0, MIDNIGHT + 314, False),
        (MIDNIGHT, 0, NOON, False),
        (MIDNIGHT - 1, 5, NOON, False),
    ],
)
def test_it_is_worth_it_when_a_day_has_closed(time: int, late: int, now: int, worth_it: bool) -> None:
    assert is_worth_it(pending(1, time, late), state(rolled_at=now - HOUR), now) is worth_it


def test_it_is_worth_it_when_something_is_past_its_time_already() -> None:
    """It goes when the rollups have it, late or not."""
    hour = NOON // HOUR
    for late in (0, 5):
        past = pending(1, NOON + 59 * 60, late)
        assert is_worth_it(past, state(expiring=hour + 1), NOON + HOUR)
        assert not is_worth_it(past, state(expiring=hour), NOON + HOUR)


def test_late_events_count_among_what_has_gathered() -> None:
    enough = int(limits.ROLLUP_EVENTS * limits.ROLLUP_ALMOST)
    assert is_worth_it(pending(enough, NOON - HOUR, late=1), state(), NOON)
    assert is_worth_it([*pending(1, NOON - HOUR), *pending(enough - 1, NOON - HOUR, late=1)], state(), NOON)


def test_late_events_wait_for_a_day() -> None:
    late = pending(1, MIDNIGHT - HOUR, late=1)
    assert is_worth_it(late, state(rolled_at=NOON - DAY), NOON)
    assert not is_worth_it(late, state(rolled_at=NOON - DAY + 1), NOON)
    assert not is_worth_it([], state(rolled_at=0), NOON), "nothing waits"


def test_without_a_pace_the_next_look_is_when_the_day_has_closed() -> None:
    assert next_look([], state(NOON), CLOSED, NOON, gathered=0) == LAST_LOOK
    late = pending(5, MIDNIGHT - HOUR, late=1)
    assert next_look(late, state(NOON), CLOSED, NOON, gathered=0) == LAST_LOOK


@pytest.mark.parametrize(
    ("number", "gathered", "look"),
    [
        # 33 in the 55 minutes since 11:00 are 864 a day; 107 may wait beside the 3 of the open slot, so eight rollups
        # of 108: 10,800 s from 11:55 on is 14:55, whose slot ends at 15:00.
        (33, 0, NOON + 10_800 + 15),
        # 33 of them are here: 7,500 s from 11:55 on is 14:00, whose slot ends at 14:05.
        (33, 33, NOON + 7500 + 15),
        # 330 are 8,640 a day, in 108 rollups of 80: 800 s from 11:55 on is 12:08, whose slot ends at 12:10.
        (330, 0, NOON + 600 + 15),
        # One a second: 80 s from 11:55 on are within the slot that is open now, which ends at 12:00.
        (3300, 0, NOON + 60),
        # One is 26 a day: one rollup, when the day has closed.
        (1, 0, LAST_LOOK),
    ],
)
def test_the_next_look_is_when_enough_should_have_gathered(number: int, gathered: int, look: int) -> None:
    events = pending(number, NOON - HOUR)
    assert next_look(events, state(NOON - HOUR), CLOSED, NOON, gathered) == look


def test_the_next_look_is_a_minute_away_at_least() -> None:
    events = pending(3300, NOON - HOUR)
    assert next_look(events, state(NOON - HOUR), CLOSED, NOON + 30, gathered=0) == NOON + 90


def test_after_a_pause_the_pace_is_that_of_a_day() -> None:
    """What has waited for a week says nothing about how fast events come now."""
    events = pending(860, NOON - HOUR)
    since_a_week = next_look(events, state(NOON - 7 * DAY), CLOSED, NOON, gathered=0)
    assert since_a_week == next_look(events, state(NOON - DAY), CLOSED, NOON, gathered=0)
    assert since_a_week < LAST_LOOK


def test_the_pace_of_the_first_events_begins_with_them() -> None:
    events = pending(33, NOON - HOUR)
    assert next_look(events, state(None), CLOSED, NOON, 33) == next_look(events, state(NOON - HOUR), CLOSED, NOON, 33)


def since_midnight(number: int, gathered: int = 0, rolled: State | None = None, now: int = NOON) -> int:
    """The next look after so many events since midnight, of which the last slot is closed at noon."""
    return next_look(pending(number, NOON - 300), rolled or state(MIDNIGHT), first_key(NOON), now, gathered)


def test_what_comes_into_the_open_slot_waits_in_any_case() -> None:
    """864 are one in 50 s, of which 6 come in 315 s: 17 rollups of 102 a day, 5,082 s apart. 2,160 are one in 20 s, of
    which 16 come: 46 rollups of 94, 1,878 s apart.
    """
    assert since_midnight(864) == NOON + 4800 + 300 + 15
    assert since_midnight(864, gathered=50) == NOON + 2400 + 300 + 15
    assert since_midnight(2160) == NOON + 1800 + 300 + 15


def test_the_look_at_midnight_is_the_last_whatever_the_pace() -> None:
    evening = MIDNIGHT + 23 * HOUR
    slow = next_look(pending(864, evening), state(MIDNIGHT), first_key(evening), evening, gathered=0)
    assert slow == MIDNIGHT + DAY + 300 + 15


def test_where_nothing_was_ever_rolled_up_the_pace_is_of_the_events_themselves() -> None:
    waiting = [it for hour in range(6, 12) for it in pending(144, MIDNIGHT + hour * HOUR)]
    first = next_look(waiting, state(None), first_key(NOON), NOON, gathered=0)
    known = next_look(waiting, state(MIDNIGHT + 6 * HOUR), first_key(NOON), NOON, gathered=0)
    assert first == known < LAST_LOOK
    assert next_look(waiting, state(None)._replace(rolled_id=0), first_key(NOON), NOON, 0) > first, (
        "0 is a key like any"
    )


def test_what_came_late_is_no_part_of_the_pace() -> None:
    both = pending(864, NOON - 300) + pending(400, NOON - 300, late=1)
    assert next_look(both, state(MIDNIGHT), first_key(NOON), NOON, gathered=0) == since_midnight(864)
