"""From valid events to stored ones: who sent them, and which of them are the same."""

import os
from typing import NamedTuple

from intake import identity
from intake.event import Event
from storage import deployment, events
from storage.database import Database
from storage.events import STORED_FIELDS, NewEvent
from terms import limits
from terms.dates import day_of
from terms.keys import HASH_BITS, NEIGHBOURS, slot


class Sender(NamedTuple):
    """Where a request came from: known while it is answered, stored and logged nowhere."""

    address: str
    user_agent: str


class Keeper:
    """Keeps events in one database under one pepper, and calls for a rollup when it has kept many.

    When to roll up is planned by the pace of the hours before. Where the pace picks up, those who take the events in
    are the first to know.
    """

    def __init__(self, database: Database, pepper: bytes | None) -> None:
        """pepper: None: one is made once and kept in the database."""
        self._database = database
        self._pepper = pepper
        # Each isolate counts for itself and may be short-lived, so each begins anywhere: on average they call in time.
        self._since_rollup = int.from_bytes(os.urandom(2), "big") % limits.TAIL_EVENTS

    async def keep(self, new_events: list[Event], sender: Sender, now: float) -> int:
        """Store what is new of these events and return how many that were. now: epoch seconds."""
        pepper = await self._get_pepper()
        new: dict[tuple[int, int], NewEvent] = {}
        for event in new_events:
            candidate = _new_event(pepper, sender, now, event)
            if not (candidate.keyed and _is_among(candidate, new)):
                new[candidate.hash_bits, slot(candidate.time)] = candidate
        self._since_rollup += len(new)
        due_at = None
        if self._since_rollup >= limits.TAIL_EVENTS:
            self._since_rollup = 0
            due_at = int(now)
        return await events.add(self._database, list(new.values()), due_at)

    def rolled_up(self) -> None:
        """What waited has been rolled up, or the next cron event goes on with it: count from here."""
        self._since_rollup = 0

    async def user_id_hash(self, anonymous_id: str) -> str:
        """The hash that the events of an anonymous_id are stored under."""
        pepper = await self._get_pepper()
        return identity.user_id_hash(
            pepper, anonymous_id=anonymous_id, session_id=None, address="", user_agent="", day=0
        )

    async def _get_pepper(self) -> bytes:
        if self._pepper is None:
            self._pepper = bytes.fromhex(await deployment.pepper(self._database, os.urandom(32).hex()))
        return self._pepper


def _new_event(pepper: bytes, sender: Sender, now: float, event: Event) -> NewEvent:
    user = identity.user_id_hash(
        pepper,
        anonymous_id=event.anonymous_id,
        session_id=event.session_id,
        address=sender.address,
        user_agent=sender.user_agent,
        day=day_of(int(now)),
    )
    keyed = event.event_id is not None
    hash_bits = (
        identity.event_hash(pepper, event.event_id, HASH_BITS)
        if event.event_id is not None
        else int.from_bytes(os.urandom(HASH_BITS // 8), "big")
    )
    return NewEvent(event.time, hash_bits, keyed, user, {name: getattr(event, name) for name in STORED_FIELDS})


def _is_among(candidate: NewEvent, new: dict[tuple[int, int], NewEvent]) -> bool:
    """Whether the same event_id comes earlier in this request, up to an hour apart."""
    own = slot(candidate.time)
    return any((candidate.hash_bits, own + away) in new for away in range(-NEIGHBOURS, NEIGHBOURS + 1))
