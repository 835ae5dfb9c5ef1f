"""From valid events to stored ones: who sent them, and which of them are the same."""

from __future__ import annotations

import os
from operator import attrgetter

from intake import identity
from intake.allowance import Allowance
from intake.budget import Budget, cost
from intake.event import Event
from intake.people import People, Person, Secrets, Sender
from storage import events
from storage.budget import Note
from storage.database import Database, Pending, Row, settle
from storage.events import STORED_FIELDS, NewEvent
from terms import limits
from terms.dates import DAY, day_of
from terms.keys import HASH_BITS, NEIGHBOURS, slot

_stored_of = attrgetter(*STORED_FIELDS)


class Keeper:
    """Keeps events in one database under one pepper, and calls for a rollup when it has kept many.

    When to roll up is planned by the pace of the hours before. Where the pace picks up, those who take the events in
    are the first to know.
    """

    def __init__(self, database: Database, pepper: bytes | None, allowance: Allowance | None = None) -> None:
        """pepper: None: one is made once and kept in the database. allowance: what strangers may use of it."""
        self._database = database
        self._last_sender: tuple[tuple[str, int], str] = ("", 0), ""  # the chain asks for it, and then we do
        self.budget = Budget(database, allowance or Allowance())
        self._secrets = Secrets(database, pepper)
        self._people = People(self._secrets)
        self._numbered: dict[str, None] = {}  # the hashes of people who have a number, the latest last
        # Each isolate counts for itself and may be short-lived, so each begins anywhere: on average they call in time.
        self._since_rollup = int.from_bytes(os.urandom(2), "big") % limits.HASTEN_EVENTS

    async def keep(self, new_events: list[Event], sender: Sender, now: float) -> int:
        """Store what is new of these events and return how many that were. now: epoch seconds.

        Raises RequestError (429) as keeping does.
        """
        (stored,) = await settle(self._database, await self.keeping(new_events, sender, now))
        return stored

    async def keeping(self, new_events: list[Event], sender: Sender, now: float) -> Pending:
        """What stores what is new of these events. now: epoch seconds.

        Raises RequestError (429) where something is over a limit. What is not has been stored then: sent again with the
        same event_ids, it is a duplicate. Of a request with an event that has none, nothing is stored.
        """
        note = None
        if self.budget.is_limited:
            key = await self.sender_key(sender, now)
            note = self.budget.charge(cost([event.time for event in new_events], now), now, key)
        pepper = await self._secrets.pepper()
        new: dict[tuple[int, int], NewEvent] = {}
        hashes: set[int] = set()
        renamed: dict[str, str] = {}
        people: dict[tuple[str | None, str | None, int], tuple[Person, int | None]] = {}
        for event in new_events:
            of = event.anonymous_id, event.session_id, event.time // DAY
            if of not in people:
                people[of] = await self._person(event, sender, now), await self._people.session(*of)
            person, session = people[of]
            candidate = _new_event(pepper, person, event, session)
            if not (candidate.keyed and candidate.hash_bits in hashes and _is_among(candidate, new)):
                hashes.add(candidate.hash_bits)
                new[candidate.hash_bits, slot(candidate.time)] = candidate
                if person.former is not None:
                    renamed[person.user_id_hash] = person.former
        candidates = list(new.values())
        admitted = list(await self.budget.admit(candidates, self._numbered, now))
        if len(admitted) == len(candidates):
            return self._adding(candidates, renamed, note, now)
        if admitted and all(event.keyed for event in candidates):
            await settle(self._database, self._adding(admitted, renamed, note, now))
        elif note is not None:
            await self.budget.take(note, now)
        raise self.budget.refuse(now)

    async def sender_key(self, sender: Sender, now: float) -> str:
        """What stands for a sender's address on a day: a keyed hash, which nobody can follow past midnight."""
        asked = sender.address, day_of(int(now))
        if asked != self._last_sender[0]:
            self._last_sender = asked, await self._people.sender(*asked)
        return self._last_sender[1]

    def rolled_up(self) -> None:
        """What waited has been rolled up, or the next cron event goes on with it: count from here."""
        self._since_rollup = 0

    async def erased_by(self, anonymous_id: str | None, session_id: str | None) -> list[tuple[str, str]]:
        """The marks that someone is erased by, each with the user_id_hash that it is of."""
        person = await self._people.by_ids(anonymous_id, session_id)
        hashes = [] if person is None else [person.user_id_hash, *([person.former] if person.former else [])]
        for user_id_hash in hashes:
            self._numbered.pop(user_id_hash, None)
        return [(identity.mark(user_id_hash), user_id_hash) for user_id_hash in hashes]

    async def _person(self, event: Event, sender: Sender, now: float) -> Person:
        person = await self._people.by_ids(event.anonymous_id, event.session_id)
        return person or await self._people.by_request(sender, day_of(int(now)))

    def _adding(self, new: list[NewEvent], renamed: dict[str, str], note: Note | None, now: float) -> Pending:
        """What stores events. Whoever is known to have a number is not given one again, that costs a statement."""
        people = {event.user_id_hash: None for event in new}
        unknown = people.keys() - self._numbered.keys()
        former = [(user, renamed[user]) for user in unknown if user in renamed]
        due_at = self._due_at(new, now)
        statements, read = events.adding(new, note, due_at, bool(unknown), former)

        async def settled(results: list[list[Row]]) -> int:
            stored, taken = read(results)
            if taken is not None:
                self.budget.noted(taken, now)
            if stored < len(new) and not unknown:
                # They are duplicates, unless somebody's number was taken away in the meantime.
                stored += await events.add(self._database, new)
            self._numbered |= people
            while len(self._numbered) > limits.PEOPLE_REMEMBERED:
                del self._numbered[next(iter(self._numbered))]
            return stored

        return Pending(statements, settled)

    def _due_at(self, new: list[NewEvent], now: float) -> int | None:
        """When to roll up, if that is sooner than planned."""
        self._since_rollup += len(new)
        # What is past its time already should not wait for the end of the day.
        if self._since_rollup < limits.HASTEN_EVENTS and not any(event.time < now - DAY for event in new):
            return None
        self._since_rollup = 0
        return int(now)


def _new_event(pepper: bytes, person: Person, event: Event, session: int | None) -> NewEvent:
    keyed = event.event_id is not None
    hash_bits = (
        identity.event_hash(pepper, event.event_id, HASH_BITS)
        if event.event_id is not None
        else int.from_bytes(os.urandom(HASH_BITS // 8), "big")
    )
    fields = dict(zip(STORED_FIELDS, _stored_of(event), strict=True))
    return NewEvent(event.time, hash_bits, keyed, person.user_id_hash, person.mark, fields, session)


def _is_among(candidate: NewEvent, new: dict[tuple[int, int], NewEvent]) -> bool:
    """Whether the same event_id comes earlier in this request, up to an hour apart."""
    own = slot(candidate.time)
    return any((candidate.hash_bits, own + away) in new for away in range(-NEIGHBOURS, NEIGHBOURS + 1))
