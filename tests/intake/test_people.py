"""Whose events these are, and what their hashes are made under."""

from __future__ import annotations

import asyncio

import pytest

from intake import identity
from intake.people import People, Person, Secrets, Sender
from storage import deployment, events
from terms import limits
from terms.dates import DAY
from tests.database import NOW, CountingDatabase
from tests.upkeep.running import event, rows, settle

TODAY = NOW // DAY
SENDER = Sender("203.0.113.7", "agent")
SALT = "SELECT value FROM settings WHERE name LIKE 'salt-%' ORDER BY name"


@pytest.fixture
def database() -> CountingDatabase:
    return CountingDatabase()


def known(database: CountingDatabase, pepper: bytes | None = b"pepper") -> People:
    """The people as an isolate that has just begun knows them."""
    return People(Secrets(database, pepper))


def by_ids(people: People, anonymous_id: str | None, session_id: str | None = None) -> Person | None:
    return asyncio.run(people.by_ids(anonymous_id, session_id))


def by_request(database: CountingDatabase, day: int, sender: Sender = SENDER) -> str:
    """The hash of somebody without an id, as an isolate that has just begun makes it."""
    return asyncio.run(known(database).by_request(sender, day)).user_id_hash


def test_an_anonymous_id_comes_before_a_session_id(database: CountingDatabase) -> None:
    people = known(database)
    assert by_ids(people, "me", "s") == by_ids(people, "me") != by_ids(people, None, "me")
    assert by_ids(people, None, None) is None
    user = identity.of_anonymous_id(b"pepper", "me")
    assert by_ids(people, "me") == Person(user, identity.mark(user), None)
    user = identity.of_session_id(b"pepper", "s")
    assert by_ids(people, None, "s") == Person(user, identity.mark(user), None)


def test_a_pepper_is_made_once_for_all_isolates(database: CountingDatabase) -> None:
    one, other = known(database, None), known(database, None)
    assert (
        by_ids(one, "me") == by_ids(other, "me") == by_ids(one, "me") != by_ids(known(CountingDatabase(), None), "me")
    )
    assert database.ran["deployment/keep"] == 2, "once for each isolate"
    (pepper,) = rows(database, "SELECT value FROM settings WHERE name = 'pepper'")
    assert len(bytes.fromhex(pepper)) == 32


def test_a_pepper_that_is_set_is_not_stored(database: CountingDatabase) -> None:
    by_ids(known(database), "me")
    assert rows(database, "SELECT name FROM settings WHERE name = 'pepper'") == []


def test_whoever_was_known_before_the_pepper_was_set_is_known_by_both(database: CountingDatabase) -> None:
    before = by_ids(known(database, None), "me")
    later = known(database, b"set")
    now = by_ids(later, "me")
    assert before is not None
    assert now is not None
    assert now.former == before.user_id_hash != now.user_id_hash
    session = by_ids(later, None, "s")
    assert session is not None
    assert session.former == getattr(by_ids(known(database, None), None, "s"), "user_id_hash", None)
    assert rows(database, "SELECT count(*) FROM settings WHERE name = 'pepper'") == [1]


def test_who_gave_an_id_is_looked_up_in_memory(database: CountingDatabase) -> None:
    people = known(database, None)
    by_ids(people, "me")
    database.ran.clear()
    assert by_ids(people, "me") == by_ids(people, "me")
    assert by_ids(people, "you")
    assert not database.ran


def test_so_many_people_are_remembered(database: CountingDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PEOPLE_REMEMBERED", 3)
    people = known(database)
    met = [by_ids(people, str(number)) for number in range(9)]
    assert len(people._known) == 3
    assert [by_ids(people, str(number)) for number in range(9)] == met


def test_a_day_has_one_salt_for_all_isolates(database: CountingDatabase) -> None:
    assert by_request(database, TODAY) == by_request(database, TODAY)
    (salt,) = rows(database, SALT)
    assert len(bytes.fromhex(salt)) == 16
    others = [by_request(database, TODAY + 1), by_request(database, TODAY, Sender("203.0.113.8", "agent"))]
    others.append(by_request(database, TODAY, Sender("203.0.113.7", "other")))
    assert len({by_request(database, TODAY), *others}) == 4
    assert len(set(rows(database, SALT))) == 2, "another for another day"


def test_two_isolates_that_begin_a_day_at_once_make_one_salt(database: CountingDatabase) -> None:
    async def play() -> set[str]:
        met = await asyncio.gather(*(known(database).by_request(SENDER, TODAY) for _ in range(5)))
        return {person.user_id_hash for person in met}

    assert len(asyncio.run(play())) == 1
    assert len(rows(database, SALT)) == 1


def test_a_salt_is_asked_for_once_a_day(database: CountingDatabase) -> None:
    async def play() -> None:
        people = known(database)
        for day, asked in ((TODAY, 1), (TODAY, 1), (TODAY + 1, 2), (TODAY + 1, 2)):
            await people.by_request(SENDER, day)
            assert database.ran["deployment/keep"] == asked

    asyncio.run(play())


def test_an_address_cannot_be_found_without_the_salt_of_its_day(database: CountingDatabase) -> None:
    """Not even by whoever knows the pepper: it is in the hash."""
    user = by_request(database, TODAY)
    salt = bytes.fromhex(rows(database, SALT)[0])
    assert user == identity.of_request(b"pepper", salt, *SENDER)
    assert user != identity.of_request(b"pepper", b"", *SENDER)


def test_a_salt_is_gone_two_days_later(database: CountingDatabase) -> None:
    """Whatever else there is to do: the cron's work of the next hours takes it."""

    async def play() -> None:
        for day in range(3):
            await known(database).by_request(SENDER, TODAY + day)
            await settle(database, (TODAY + day) * DAY + 60)
            names = rows(database, "SELECT name FROM settings WHERE name LIKE 'salt-%' ORDER BY name")
            assert names == [deployment.salt_name(TODAY + it) for it in range(max(0, day - 1), day + 1)]
        await settle(database, (TODAY + 4) * DAY + 60)
        assert rows(database, SALT) == []
        assert rows(database, "SELECT count(*) FROM settings") == [1], "the schema stays"

    asyncio.run(play())


def test_a_salt_goes_while_people_are_erased_and_events_come(database: CountingDatabase) -> None:
    """Within two days and an hour, also where there is always something more urgent."""

    async def play() -> None:
        await known(database).by_request(SENDER, TODAY)
        for hour in range(73):
            now = TODAY * DAY + hour * 3600
            await events.add(database, [event(1000 * hour + number, now - 900) for number in range(100)], due_at=now)
            for minute in range(3):
                await settle(database, now + minute * 60)
        assert rows(database, SALT) == []

    asyncio.run(play())


def test_a_session_has_a_number_of_its_person_and_day(database: CountingDatabase) -> None:
    """No session has none; whoever gave nothing else is the session."""
    people = known(database)
    given = [
        (None, None, 7),
        ("a", None, 7),
        (None, "s", 7),
        ("a", "s", 7),
        ("a", "s", 8),
        ("b", "s", 7),
        ("a", "s", 7),
    ]
    *others, first, tomorrow, another, again = [asyncio.run(people.session(*it)) for it in given]
    assert others == [None, None, 0]
    user = identity.of_anonymous_id(b"pepper", "a")
    assert first == again == identity.session_number(b"pepper", user, 7, "s")
    assert len({first, tomorrow, another}) == 3


def test_so_many_sessions_are_remembered(database: CountingDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SESSIONS_REMEMBERED", 2)
    people = known(database)
    for session in "abca":
        asyncio.run(people.session("a", session, 7))
    assert [session for _, session, _ in people._sessions] == ["c", "a"]
