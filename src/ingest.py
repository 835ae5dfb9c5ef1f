"""From valid events to stored ones: who sent them, which are the same, and whether they may be kept at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import identity
import limits
import store
from events import STORED_FIELDS, Event
from keys import HASH_BITS, NEIGHBOURS, slot
from settings import Request, Settings
from store import NewEvent
from window import day_of

if TYPE_CHECKING:
    from d1 import Database


class Ingest:
    """Keeps events in one database under one pepper, and calls for a rollup when it has kept many.

    When to roll up is planned by the pace of the hours before. Where the pace picks up, those who take the events in
    are the first to know. Each isolate counts for itself, from anywhere on, as it may be short-lived.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self._database = database
        self._pepper = settings.pepper
        self._since_rollup = int.from_bytes(os.urandom(2), "big") % limits.TAIL_EVENTS

    async def keep(self, request: Request, events: list[Event]) -> int:
        """Store what is new of these events and return how many that were.

        Someone who asks not to be tracked (DNT, Sec-GPC) is answered as usual, and nothing is stored.
        """
        if request.headers.get("dnt") == "1" or request.headers.get("sec-gpc") == "1":
            return len(events)
        pepper = await self._get_pepper()
        new: dict[tuple[int, int], NewEvent] = {}
        for event in events:
            candidate = _new_event(pepper, request, event)
            if not (candidate.keyed and _is_among(candidate, new)):
                new[candidate.hash_bits, slot(candidate.time)] = candidate
        self._since_rollup += len(new)
        due_at = None
        if self._since_rollup >= limits.TAIL_EVENTS:
            self._since_rollup = 0
            due_at = int(request.now)
        return await store.add_events(self._database, list(new.values()), due_at)

    def rolled_up(self) -> None:
        """Everything has just been rolled up: count from here."""
        self._since_rollup = 0

    async def user_id_hash(self, anonymous_id: str) -> str:
        """The hash that the events of an anonymous_id are stored under."""
        pepper = await self._get_pepper()
        return identity.user_id_hash(
            pepper, anonymous_id=anonymous_id, session_id=None, address="", user_agent="", day=0
        )

    async def _get_pepper(self) -> bytes:
        if self._pepper is None:
            self._pepper = bytes.fromhex(await store.pepper(self._database, os.urandom(32).hex()))
        return self._pepper


def _new_event(pepper: bytes, request: Request, event: Event) -> NewEvent:
    user = identity.user_id_hash(
        pepper,
        anonymous_id=event.anonymous_id,
        session_id=event.session_id,
        address=request.headers.get("cf-connecting-ip", ""),
        user_agent=request.headers.get("user-agent", ""),
        day=day_of(int(request.now)),
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
