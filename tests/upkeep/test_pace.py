"""When to roll up."""

from __future__ import annotations

import pytest

from storage.rollups import Pending, State
from terms import limits
from terms.dates import DAY, HOUR
from terms.keys import event_key, first_key
from tests.tallies import MIDNIGHT, fact
from upkeep.pace import boundaries, is_worth_it, next_look

NOON = MIDNIGHT + 12 * HOUR
CLOSED = first_key(NOON - 60)  # the slot of 11:55 is still open
LAST_LOOK = MIDNIGHT + DAY + 300 + 60  # the first slot of the next day has ended, and its grace


def pending(number: int, time: int, late: int = 0) -> list[Pending]:
    """Events that wait, all of one moment."""
    return [Pending(fact(time=time, key=event_key(time, index)), late, test=False) for index in range(number)]


def state(rolled_to: int | None = None, rolled_at: int = NOON) -> State:
    """How far the rollups are. rolled_to: epoch seconds; None: there was no event yet."""
    rolled_id = -1 if rolled_to is None else first_key(rolled_to) - 1
    return State(1, rolled_id, rolled_at, 0, 0)


@pytest.mark.parametrize(
    ("rolled_to", "now", "stops"),
    [
        (NOON - HOUR, NOON, [NOON - 300]),
        (MIDNIGHT, NOON, [NOON - 300]),
        (MIDNIGHT - 300, NOON, [MIDNIGHT, NOON - 300]),
        (None, NOON, [MIDNIGHT, NOON - 300]),
        (MIDNIGHT - 300, MIDNIGHT + 30, [MIDNIGHT - 300]),
        (MIDNIGHT - 300, MIDNIGHT + 300 + 59, [MIDNIGHT]),
        (MIDNIGHT - 300, MIDNIGHT + 300 + 60, [MIDNIGHT, MIDNIGHT + 300]),
    ],
)
def test_a_step_stops_at_midnight_and_at_the_open_slot(rolled_to: int | None, now: int, stops: list[int]) -> None:
    assert boundaries(state(rolled_to).rolled_id, now) == [first_key(stop) for stop in stops]


def test_it_is_worth_it_when_enough_has_gathered() -> None:
    enough = int(limits.ROLLUP_EVENTS * limits.ROLLUP_ALMOST)
    assert is_worth_it(pending(enough, NOON - HOUR), state(), NOON)
    assert not is_worth_it(pending(enough - 1, NOON - HOUR), state(), NOON)


@pytest.mark.parametrize(
    ("time", "late", "now", "worth_it"),
    [
        (MIDNIGHT - 1, 0, MIDNIGHT + 360, True),
        (MIDNIGHT - 1, 0, MIDNIGHT + 359, False),
        (MIDNIGHT, 0, NOON, False),
        (MIDNIGHT - 1, 5, NOON, False),
    ],
)
def test_it_is_worth_it_when_a_day_has_closed(time: int, late: int, now: int, worth_it: bool) -> None:
    assert is_worth_it(pending(1, time, late), state(rolled_at=now - HOUR), now) is worth_it


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
        # 33 in the 55 minutes since 11:00 are 864 a day, best in two rollups of 432: 43,200 s from 11:55 on.
        (33, 0, MIDNIGHT + DAY + 60),
        # 33 of them are here: 39,900 s from 11:55 on is 23:00, whose slot ends at 23:05.
        (33, 33, MIDNIGHT + 23 * HOUR + 360),
        # 330 are 8640 a day; 364 may wait beside the 36 of the open slot, so 24 rollups of 360: an hour from 11:55 on.
        (330, 0, NOON + HOUR + 60),
        # One a second: 346 rollups a day, each 249.7 s: within the slot that is open now, which ends at 12:00.
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
