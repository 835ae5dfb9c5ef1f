"""Numbers of people: none is given twice, and none is left out, whoever comes, goes and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import sqlite3
import threading
from pathlib import Path

import pytest

from storage import events, people, plugins, rollups, sessions
from storage.database import settle
from storage.events import NewEvent
from storage.plugins import Loaded
from storage.sessions import NewSession, Record, UsedSession
from terms import limits
from terms.dates import DAY, HOUR
from terms.errors import DatabaseError
from terms.keys import event_key, first_key
from tests.database import MIGRATIONS, NOW, CrashingDatabase, SqliteDatabase, new_event
from tests.given import START, answer, event, rolled_up_to, store
from upkeep import erasure
from upkeep.work import work

RETENTION_DAYS = 10
SINCE = next(number for number, it in enumerate(MIGRATIONS) if it.stem == "0013_people")

# What a Worker that is older says while it is still there, or is there again
OLDER_ADD = """
INSERT INTO people (user_id_hash) SELECT DISTINCT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING
"""
OLDER_FORGET = "UPDATE people SET user_id_hash = NULL WHERE user_id_hash = ?"
OLDER_STEP = "UPDATE rollup_state SET revision = revision + 1, rolled_id = max(rolled_id, ?) WHERE id = 1"


class World:
    """A deployment, its clock, and who was ever given which number."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.database = SqliteDatabase()
        self.now = NOW
        self.newcomers = itertools.count(1)
        self.names: dict[str, int] = {}  # who is behind a hash
        self.sent: list[NewEvent] = []
        self.given: dict[int, int] = {}  # by number, to whom
        self.known: dict[int, int] = {}  # the same, of those who have it now

    def somebody(self) -> str:
        """The hash of somebody new, or of somebody who was there."""
        if not self.names or self.chance.random() < 0.4:
            name = next(self.newcomers)
            self.names[f"{name:032x}"] = name
            return f"{name:032x}"
        return self.chance.choice([*self.names][-30:])

    async def track(self) -> None:
        """Events on time, late, of a fast clock, long past their time, and some that are there already."""
        batch = [self.event() for _ in range(self.chance.choice((1, 1, 1, 3, 50)))]
        renamed = []
        if self.chance.random() < 0.1:
            batch[0], former = self.renamed(batch[0])
            renamed.append((batch[0].user_id_hash, former))
        await events.add(self.database, batch, renamed=renamed)
        self.sent += batch

    def event(self) -> NewEvent:
        user = self.somebody()
        if self.sent and self.chance.random() < 0.3:
            return self.chance.choice(self.sent[-40:])._replace(user_id_hash=user, mark=f"mark {user}")
        back = self.chance.choice((0, 0, 0, 0, 30, 400, 4000, 90_000, 12 * DAY))
        time = self.now - int(back * self.chance.random()) + self.chance.choice((0, 0, 0, 250))
        made = new_event(self.chance.getrandbits(40), time)
        return made._replace(user_id_hash=user, mark=f"mark {user}")

    def renamed(self, one: NewEvent) -> tuple[NewEvent, str]:
        """The same event of somebody under a hash that is new, and the hash that they have had."""
        former, name = self.chance.choice([*self.names]), next(self.newcomers)
        user = f"{name:032x}"
        self.names[user] = self.names[former] if former in self.known_hashes() else name
        return one._replace(user_id_hash=user, mark=f"mark {user}"), former

    async def session(self) -> None:
        """A session that is told, or records of one."""
        user, started = self.somebody(), self.now - self.chance.choice((0, 60, 4000, 2 * DAY, 11 * DAY))
        marks = f"mark {user}", f"mark of {started}"
        bits, counters = self.chance.getrandbits(40), {"sessions": 1}
        if self.chance.random() < 0.5:
            told = NewSession(bits, started, started, 1, counters, {}, False, user, marks)
            await sessions.add(self.database, [told], ())
            return
        used = UsedSession(bits, started, counters, [Record(7, {"a": 1}, {})], {"a": 1}, {}, False, user, marks)
        await settle(self.database, sessions.using(self.database, [used], ()))

    async def load(self) -> None:
        """Plugins that somebody has loaded, in one transaction with events."""
        user = self.somebody()
        loaded = Loaded(self.now - self.chance.choice((0, 11 * DAY)), (("demo", None),), user, f"mark {user}")
        statements, _ = events.adding([self.event()], None)
        await self.database.batch(*statements, *plugins.adding([loaded], ()).statements)

    async def erase(self) -> None:
        """Somebody is erased, as far as a request does it."""
        user = self.somebody()
        await erasure.erase(self.database, [(f"mark {user}", user)], self.now)

    async def upkeep(self) -> None:
        """Cron events, by a process that is killed now and then."""
        crashing = CrashingDatabase(self.database, self.chance, self.chance.choice((0.0, 0.0, 0.2)))
        for _ in range(self.chance.choice((1, 1, 10))):
            with contextlib.suppress(DatabaseError):
                await work(crashing, self.now, RETENTION_DAYS)

    async def older(self) -> None:
        """What a Worker of the schema before does in the meantime."""
        connection = self.database.connection
        connection.execute(OLDER_ADD, (f'["{self.somebody()}", "{self.somebody()}"]',))
        self.check()
        connection.execute(OLDER_FORGET, (self.somebody(),))
        if self.chance.random() < 0.5:
            connection.execute(OLDER_STEP, (first_key(self.now - 300),))

    async def by_hand(self) -> None:
        """Somebody deletes what came last."""
        self.database.connection.execute(
            "DELETE FROM skill_usage_events WHERE id IN (SELECT id FROM skill_usage_events ORDER BY id DESC LIMIT ?)",
            (self.chance.choice((1, 5, 1000)),),
        )

    def known_hashes(self) -> set[str]:
        return {row["user_id_hash"] for row in self.database.connection.execute("SELECT user_id_hash FROM people")}

    def check(self) -> None:
        """Whoever has a number that they had not is the first who was ever given it, and it is the next."""
        rows = self.database.connection.execute("SELECT number, user_id_hash FROM people ORDER BY number")
        known = {row["number"]: self.names[row["user_id_hash"]] for row in rows}
        for number, name in known.items():
            if self.known.get(number) != name:
                assert number not in self.given, f"it was {self.given[number]}'s"
                self.given[number] = name
        self.known = known
        assert [*self.given] == [*range(1, len(self.given) + 1)], "sets of people are as narrow as can be"
        stored = self.database.connection.execute("SELECT DISTINCT person, user_id_hash FROM skill_usage_events")
        for row in stored:
            assert self.given[row["person"]] == self.names[row["user_id_hash"]]


@pytest.mark.parametrize("seed", range(40))
def test_no_number_is_given_twice(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ROLLUP_EVENTS": 15, "TAIL_EVENTS": 15, "NUMBERS_AHEAD": 7, "ERASE_STEP_EVENTS": 3}.items():
        monkeypatch.setattr(limits, name, value)

    async def play() -> None:
        world = World(seed)
        actions = (world.track, world.session, world.load, world.erase, world.upkeep, world.older, world.by_hand)
        for _ in range(120):
            world.now += world.chance.choice((1, 20, 100, 700, 5000, 40_000))
            (action,) = world.chance.choices(actions, (20, 3, 2, 4, 8, 1, 1))
            await action()
            world.check()
        assert len(world.known) < len(world.given), "somebody went"

    asyncio.run(play())


def last_number(database: SqliteDatabase) -> int:
    """The highest number that is taken without an event that says it."""
    (row,) = database.connection.execute("SELECT last_number FROM rollup_state")
    return int(row["last_number"])


def by_hash(database: SqliteDatabase) -> dict[str, int]:
    """Everybody's number."""
    return {
        row["user_id_hash"]: row["number"]
        for row in database.connection.execute("SELECT user_id_hash, number FROM people")
    }


def changes(database: SqliteDatabase, *stored: NewEvent) -> int:
    """How many rows storing these writes; no table that it writes to has an index."""
    before = database.connection.total_changes
    answer(events.add(database, stored))
    return database.connection.total_changes - before


def test_no_table_that_events_come_into_has_an_index() -> None:
    """Each would be one more row written."""
    indexed = {
        row["tbl_name"]
        for row in SqliteDatabase().connection.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'index'")
    }
    assert not indexed & {"skill_usage_events", "people", "rollup_state", "late_events"}


def test_somebody_new_with_an_event_is_one_row_more() -> None:
    database = store(event(1, START))
    assert changes(database, event(2, START + 1)) == 2
    assert changes(database, event(3, START + 2)._replace(user_id_hash=f"{2:032x}")) == 1
    three = [event(number, START + number) for number in (4, 5, 6)]
    assert changes(database, *three) == 6
    assert last_number(database) == 0
    rolled_up_to(database, event_key(START, 99))
    assert last_number(database) == 5, "what was rolled up says it no longer"
    assert changes(database, event(7, START + HOUR)) == 2


def test_numbers_are_in_the_order_in_which_people_come() -> None:
    database = store(*(event(number, START) for number in (7, 3, 9, 1)))
    answer(events.add(database, [event(number, START + 1) for number in (8, 3, 2)]))
    assert by_hash(database) == {f"{user:032x}": number for number, user in enumerate((7, 3, 9, 1, 8, 2), start=1)}


@pytest.mark.parametrize(
    ("back", "rows"), [(0, 1), (2 * HOUR, 3)], ids=["whose event is there already", "whose event came late"]
)
def test_whose_event_does_not_say_their_number(back: int, rows: int) -> None:
    """It is noted in a row, once."""
    database = store(event(1, START))
    rolled_up_to(database, event_key(START, 1))
    new = event(1 if back == 0 else 2, START - back)._replace(user_id_hash=f"{9:032x}")
    assert changes(database, new) == rows + 1
    assert changes(database, new) == 0
    assert last_number(database) == by_hash(database)[f"{9:032x}"] == 2


def test_a_step_says_that_the_numbers_of_its_people_are_taken_in_the_row_that_it_writes() -> None:
    database = store(*(event(number, START) for number in (1, 2, 3)))
    look = answer(rollups.look(database, event_key(START, 9), 9))
    before = database.connection.total_changes
    taken_in = rollups.Commit([], [], []), look.pending, event_key(START, 3), START, START
    assert answer(rollups.commit_events(database, look.state, *taken_in))
    assert database.connection.total_changes == before + 1
    assert last_number(database) == 3


def test_what_waits_is_not_read_for_more_new_people_than_so_many() -> None:
    """Else a stranger's many new people would each read all that waits."""
    database = SqliteDatabase()
    written = [changes(database, event(number, START + 300 * number)) for number in range(2 * limits.NUMBERS_AHEAD + 3)]
    assert [number for number, rows in enumerate(written) if rows == 3] == [
        limits.NUMBERS_AHEAD,
        2 * limits.NUMBERS_AHEAD + 1,
    ]
    assert set(written) == {2, 3}


def test_what_waits_is_read_once_for_those_who_come_without_an_event() -> None:
    database = store(event(1, START), event(2, START))
    answer(settle(database, plugins.adding([Loaded(START, (("demo", None),), f"{3:032x}", "mark 3")], ())))
    (row,) = database.connection.execute("SELECT last_number, numbered_id FROM rollup_state")
    assert tuple(row) == (3, event_key(START, 2))
    answer(settle(database, plugins.adding([Loaded(START, (("demo", None),), f"{4:032x}", "mark 4")], ())))
    assert by_hash(database)[f"{4:032x}"] == last_number(database) == 4


def test_an_event_that_goes_leaves_its_persons_number_taken() -> None:
    database = store(*(event(number, START) for number in (1, 2, 3)))
    for number in (3, 2):
        answer(people.promise_erasure(database, [(f"mark {number}", f"{number:032x}")], START, START + DAY))
        assert answer(people.erase_events(database, [str(event_key(START, number))])) == 1
    assert last_number(database) == 3
    answer(events.add(database, [event(4, START)]))
    assert by_hash(database) == {f"{1:032x}": 1, f"{4:032x}": 4}


# Two Workers


class SharedDatabase(SqliteDatabase):
    """A file, by a connection of its own."""

    def __init__(self, path: Path, migrations: list[Path]) -> None:
        super().__init__(migrations=[])
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
        self.connection.row_factory = sqlite3.Row
        for migration in migrations:
            self.connection.executescript(migration.read_text())


def test_two_workers_at_once_give_no_number_twice(tmp_path: Path) -> None:
    path = tmp_path / "database"
    SharedDatabase(path, MIGRATIONS)
    failed: list[Exception] = []

    def post(worker: int) -> None:
        database = SharedDatabase(path, [])
        try:
            for number in range(60):
                both, own = event(2 * number, START + number), event(1000 * worker + number, START + number)
                asyncio.run(events.add(database, [both, own] if worker == 1 else [own, both]))
        except Exception as error:  # noqa: BLE001 - a thread's is told by the test
            failed.append(error)

    workers = [threading.Thread(target=post, args=(number,)) for number in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    found = by_hash(SharedDatabase(path, []))
    assert sorted(found.values()) == [*range(1, 181)]


# From the schema before


def before() -> SqliteDatabase:
    """A database of the schema before: five people, the second and the last forgotten; what they did waits."""
    database = SqliteDatabase(migrations=MIGRATIONS[:SINCE])
    for number in range(1, 6):
        name = None if number in (2, 5) else f"{number:032x}"
        database.connection.execute("INSERT INTO people (user_id_hash) VALUES (?)", (name,))
        database.connection.execute(
            "INSERT INTO skill_usage_events (id, person, user_id_hash, tool_name, status) VALUES (?, ?, ?, ?, ?)",
            (event_key(START, number), number, f"{number:032x}", "a", "success"),
        )
    return database


def test_people_keep_their_numbers_and_who_was_forgotten_has_no_row() -> None:
    database = before()
    for migration in MIGRATIONS[SINCE:]:
        database.connection.executescript(migration.read_text())
    assert by_hash(database) == {f"{number:032x}": number for number in (1, 3, 4)}
    answer(events.add(database, [event(9, START), event(3, START + 1)]))
    assert by_hash(database)[f"{9:032x}"] == 6
    assert by_hash(database)[f"{3:032x}"] == 3


def test_a_database_without_anybody_begins_with_the_first_number() -> None:
    database = SqliteDatabase(migrations=MIGRATIONS[:SINCE])
    for migration in MIGRATIONS[SINCE:]:
        database.connection.executescript(migration.read_text())
    answer(events.add(database, [event(9, START)]))
    assert by_hash(database) == {f"{9:032x}": 1}


def statements(migration: Path) -> list[str]:
    """What D1 runs of a migration, one by one."""
    found = [""]
    for line in migration.read_text().splitlines(keepends=True):
        found[-1] += line
        if sqlite3.complete_statement(found[-1]):
            found.append("")
    return [text for text in found if text.strip()]


@pytest.mark.parametrize("done", range(len(statements(MIGRATIONS[SINCE])) + 1))
def test_an_older_worker_does_no_harm_while_the_schema_changes(done: int) -> None:
    """It adds and forgets people as ever, or is refused and tries again: whoever is there keeps their number."""
    database = before()
    every = statements(MIGRATIONS[SINCE])
    for text in every[:done]:
        database.connection.execute(text)
    older: list[tuple[str, tuple[str]]] = [
        (OLDER_ADD, (f'["{4:032x}", "{9:032x}"]',)),
        (OLDER_FORGET, (f"{3:032x}",)),
    ]
    refused = []
    for text, parameters in older:
        try:
            database.connection.execute(text, parameters)
        except sqlite3.Error as error:
            refused.append(str(error))
    for text in every[done:]:
        database.connection.execute(text)
    if done in (0, len(every)):
        assert refused == []
    found = by_hash(database)
    assert found.items() >= {f"{number:032x}": number for number in (1, 4)}.items()
    assert found.get(f"{3:032x}") in (None, 3)
    assert found.get(f"{9:032x}") in (None, 6)
    answer(events.add(database, [event(10, START)]))
    assert by_hash(database)[f"{10:032x}"] == 1 + max(5, *found.values())
