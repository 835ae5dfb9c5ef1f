"""Whose events these are: the hashes that they are stored and erased under, as far as this isolate knows them."""

from __future__ import annotations

import os
from typing import NamedTuple

from intake import identity
from storage import deployment
from storage.database import Database
from terms import limits


class Sender(NamedTuple):
    """Where a request came from: known while it is answered, stored and logged nowhere."""

    address: str
    user_agent: str


class Person(NamedTuple):
    """Whom an event is of. former: the user_id_hash under the pepper before HASH_PEPPER was set, if there was one."""

    user_id_hash: str
    mark: str
    former: str | None


class Secrets:
    """The pepper, the one before it, and the salts of days, which are made once and kept in the database."""

    def __init__(self, database: Database, pepper: bytes | None) -> None:
        """pepper: None: one is made once and kept in the database."""
        self._database = database
        self._given = pepper
        self._pepper: bytes | None = None
        self._former: bytes | None = None
        self._salts: dict[int, bytes] = {}

    async def pepper(self) -> bytes:
        """What hashes are made under now."""
        if self._pepper is None:
            if self._given is None:
                self._pepper = bytes.fromhex(await deployment.keep(self._database, "pepper", os.urandom(32).hex()))
            else:
                kept = await deployment.setting(self._database, "pepper")
                self._former = bytes.fromhex(kept) if kept else None
                self._pepper = self._given
        return self._pepper

    async def former(self) -> bytes | None:
        """What hashes were made under before HASH_PEPPER was set."""
        await self.pepper()
        return self._former

    async def salt(self, day: int) -> bytes:
        """The salt of a day (since 1970); no other is remembered."""
        if day not in self._salts:
            kept = await deployment.keep(self._database, deployment.salt_name(day), os.urandom(16).hex())
            self._salts = {day: bytes.fromhex(kept)}
        return self._salts[day]


class People:
    """The people of a deployment. An isolate remembers some by their id, and never for longer than it lives."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._known: dict[tuple[str, str], Person] = {}
        self._sessions: dict[tuple[str, str, int], int] = {}  # the numbers of those asked about last

    async def by_ids(self, anonymous_id: str | None, session_id: str | None) -> Person | None:
        """Whoever gave these ids: anonymous_id before session_id; None if neither was given."""
        if anonymous_id is not None:
            return await self._of("anonymous_id", anonymous_id)
        return None if session_id is None else await self._of("session_id", session_id)

    async def by_session(self, session_id: str) -> Person:
        """Whoever gave nothing but this session_id."""
        return await self._of("session_id", session_id)

    async def session(self, anonymous_id: str | None, session_id: str | None, day: int) -> int | None:
        """Which of the sessions of whoever gave these ids one is, on a day (since 1970), as identity.session_number has
        it; 0 where the person is the session; None where no session was given.
        """
        if session_id is None or anonymous_id is None:
            return None if session_id is None else 0
        asked = anonymous_id, session_id, day
        number = self._sessions.get(asked)
        if number is None:
            person = await self._of("anonymous_id", anonymous_id)
            number = identity.session_number(await self._secrets.pepper(), person.user_id_hash, day, session_id)
            self._sessions[asked] = number
            if len(self._sessions) > limits.SESSIONS_REMEMBERED:
                del self._sessions[next(iter(self._sessions))]
        return number

    async def by_request(self, sender: Sender, day: int) -> Person:
        """Whoever gave no id, on a day (since 1970)."""
        pepper, salt = await self._secrets.pepper(), await self._secrets.salt(day)
        user = identity.of_request(pepper, salt, sender.address, sender.user_agent)
        return Person(user, identity.mark(user), None)

    async def sender(self, address: str, day: int) -> str:
        """What stands for where a request comes from on a day (since 1970): nobody can follow it past midnight."""
        return identity.of_sender(await self._secrets.pepper(), await self._secrets.salt(day), address)

    async def _of(self, kind: str, given: str) -> Person:
        known = self._known.get((kind, given))
        if known is None:
            hash_of = identity.of_anonymous_id if kind == "anonymous_id" else identity.of_session_id
            former = await self._secrets.former()
            user = hash_of(await self._secrets.pepper(), given)
            known = Person(user, identity.mark(user), None if former is None else hash_of(former, given))
            self._known[kind, given] = known
            if len(self._known) > limits.PEOPLE_REMEMBERED:
                del self._known[next(iter(self._known))]
        return known
