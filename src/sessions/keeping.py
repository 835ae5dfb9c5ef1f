"""From valid sessions, and records of what they used, to stored ones: whose they are, and which are the same."""

from __future__ import annotations

from collections.abc import Iterable

from intake import identity
from intake.people import People, Person, Secrets
from sessions import usage
from sessions.loading import Loading
from sessions.session import Session, agent_counters
from sessions.usage import Usage
from storage import plugins, sessions
from storage.database import Database, Pending, Row
from storage.plugins import Loaded
from storage.sessions import NewSession, Record, UsedSession
from terms import limits
from terms.dates import DAY
from terms.keys import HASH_BITS


class SessionKeeper:
    """Keeps sessions in one database under one pepper."""

    def __init__(self, database: Database, pepper: bytes | None) -> None:
        """pepper: None: one is made once and kept in the database."""
        self._database = database
        self._secrets = Secrets(database, pepper)
        self._people = People(self._secrets)
        self._known: dict[int, None] = {}  # the hashes of sessions that records were added to, the latest last

    async def keep(self, new_sessions: list[Session], late: bool = True) -> int:
        """Store what is new of these sessions, or newer, and return how many that was.

        late: as storage.sessions.add has it.
        """
        newest: dict[int, NewSession] = {}
        renamed: dict[str, str] = {}
        for session in new_sessions:
            ids = session.anonymous_id, session.session_id
            person, mark = await self._whose(*ids)
            stored = NewSession(
                hash_bits=await self._hash(session.session_id),
                started=session.started,
                ended=session.ended,
                weight=session.weight,
                counters=session.counters,
                details=session.details,
                test=session.test,
                user_id_hash=person.user_id_hash,
                marks=(person.mark, mark),
                session=await self._people.session(*ids, session.started // DAY) if session.tools else None,
                tools=session.tools,
            )
            other = newest.get(stored.hash_bits)
            if other is None or stored.order > other.order:
                newest[stored.hash_bits] = stored
            if person.former is not None:
                renamed[person.user_id_hash] = person.former
        return await sessions.add(self._database, list(newest.values()), list(renamed.items()), late)

    async def using(self, records: Iterable[Usage], now: float) -> Pending | None:
        """What adds what records say that sessions used, each record once; None: nothing is to be added. now: epoch
        seconds.
        """
        by_session: dict[str, list[Usage]] = {}
        for record in records:
            if 1 <= len(record.session_id) <= limits.ID_CHARACTERS and record.time >= now - limits.EVENT_DAYS * DAY:
                by_session.setdefault(record.session_id, []).append(record)
        used = [await self._used(session_id, found, now) for session_id, found in by_session.items()]
        renamed = {one.user_id_hash: former for one, former in used if former is not None}
        if not used:
            return None
        hashes = {one.hash_bits: None for one, _ in used}
        known = hashes.keys() <= self._known.keys()
        pending = sessions.using(self._database, [one for one, _ in used], list(renamed.items()), known)

        async def settled(results: list[list[Row]]) -> int:
            added = await pending.settle(results)
            self._known |= hashes
            while len(self._known) > limits.SESSIONS_REMEMBERED:
                del self._known[next(iter(self._known))]
            return added

        return Pending(pending.statements, settled)

    async def loading(self, loadings: Iterable[Loading]) -> Pending | None:
        """What notes who had which plugins loaded, each once a day; None: nothing is to be noted."""
        people: dict[tuple[str, int], list[Loading]] = {}
        for one in loadings:
            people.setdefault((one.whose, one.time // DAY), []).append(one)
        found: list[Loaded] = []
        renamed: dict[str, str] = {}
        for of_one in people.values():
            first = of_one[0]
            person = await self._people.by_ids(first.anonymous_id, first.session_id)
            if person is None:
                continue
            there = tuple(dict.fromkeys((one.plugin, one.version) for one in of_one))
            found.append(
                Loaded(max(one.time for one in of_one), there[: limits.PLUGINS], person.user_id_hash, person.mark)
            )
            if person.former is not None:
                renamed[person.user_id_hash] = person.former
        return plugins.adding(found, list(renamed.items())) if found else None

    async def hashes_of(self, session_id: str) -> list[int]:
        """The hashes that a session of this id may be stored under."""
        former = await self._secrets.former()
        peppers = [await self._secrets.pepper(), *([] if former is None else [former])]
        return [identity.session_hash(pepper, session_id, HASH_BITS) for pepper in peppers]

    async def _used(self, session_id: str, found: list[Usage], now: float) -> tuple[UsedSession, str | None]:
        pepper = await self._secrets.pepper()
        first = found[0]
        person, mark = await self._whose(first.anonymous_id, session_id)
        records: dict[int, Record] = {}
        for one in found:
            hash_bits = identity.event_hash(pepper, one.record_id, HASH_BITS)
            records.setdefault(hash_bits, Record(hash_bits, *usage.counters_of(one)))
        return UsedSession(
            hash_bits=await self._hash(session_id),
            started=min(int(now), *(one.time for one in found)),
            counters=agent_counters(usage.agent_of(first), None),
            records=list(records.values()),
            tokens=usage.added_up(record.tokens for record in records.values()),
            costs=usage.added_up(record.costs for record in records.values()),
            test=first.test,
            user_id_hash=person.user_id_hash,
            marks=(person.mark, mark),
        ), person.former

    async def _hash(self, session_id: str) -> int:
        return identity.session_hash(await self._secrets.pepper(), session_id, HASH_BITS)

    async def _whose(self, anonymous_id: str | None, session_id: str) -> tuple[Person, str]:
        """Whoever it is of, and what whoever knows the session's id erases it by."""
        alone = await self._people.by_session(session_id)
        return await self._people.by_ids(anonymous_id, None) or alone, alone.mark
