"""When to roll up: by how fast events come, so that neither rollups nor reports cost more rows than they must."""

from storage.rollups import Pending, State
from terms import limits
from terms.dates import DAY, HOUR, day_of
from terms.keys import HASH_BITS, SLOT_SECONDS, first_key, time_of


def is_worth_it(pending: list[Pending], state: State, now: int) -> bool:
    """Whether enough has gathered, or a day has closed, or late events have waited for a day or are past their time.

    now: epoch seconds.
    """
    if len(pending) >= limits.ROLLUP_EVENTS * limits.ROLLUP_ALMOST:
        return True
    today = day_of(now - limits.ROLLUP_GRACE_SECONDS - SLOT_SECONDS)
    if any(day_of(event.fact.time) < today for event in pending if not event.late):
        return True
    if any(event.fact.time // HOUR < state.expiring for event in pending):
        return True
    return bool(pending) and now - state.rolled_at >= DAY


def is_backlog(times: list[int], now: int) -> bool:
    """Whether, at the pace of these events (epoch seconds), too many wait behind them to be taken in step by step."""
    waiting = len(times) * (now - max(times)) / max(max(times) - min(times), 1)
    return waiting > limits.ROLLUP_BACKLOG


def next_look(pending: list[Pending], state: State, closed: int, now: int, gathered: int) -> int:
    """When enough should have gathered at the pace of these events, midnight at the latest: epoch seconds.

    Looking costs a row read for each event that waits, so looking too early is to be avoided. Looking late costs
    reports a row read for each, and they call for a rollup themselves when it is too many. closed: the first open key.
    gathered: how many of the pending events will still wait.
    """
    midnight = (day_of(now) + 1) * DAY + SLOT_SECONDS + limits.ROLLUP_GRACE_SECONDS
    times = [event.fact.time for event in pending if not event.late]
    if not times:
        return midnight
    # Yesterday's pace says nothing after a pause of days.
    began = max(time_of(state.rolled_id + 1), now - DAY) if state.rolled_id >= 0 else min(times)
    seconds_per_event = max(time_of(closed) - began, 1) / len(times)
    events_per_day = DAY / seconds_per_event
    # What comes into the slot that is still open waits in any case.
    still_open = (SLOT_SECONDS + limits.ROLLUP_GRACE_SECONDS) / seconds_per_event
    wanted = max(limits.ROLLUP_EVENTS, limits.TAIL_EVENTS - still_open)
    # A whole number of rollups a day: one that reaches into the next day writes two days' rows.
    enough = events_per_day / max(1, round(events_per_day / wanted))
    gathers = time_of(closed) + (enough - gathered) * seconds_per_event
    # Before its slot has ended, an event cannot be taken in.
    slot_ends = time_of(first_key(round(gathers)) + (1 << HASH_BITS))
    return min(max(slot_ends + limits.ROLLUP_GRACE_SECONDS, now + 60), midnight)
