"""From valid events to stored ones."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from intake import identity
from intake.allowance import Allowance
from intake.event import parse_event
from intake.keeping import Keeper
from intake.people import Sender
from storage import rollups
from storage.database import Row, Statement
from terms import limits
from terms.errors import RequestError
from tests.database import NOW, CountingDatabase
from upkeep import erasure

SENDER = Sender("203.0.113.7", "agent")


def event(time: int = NOW, **fields: Any) -> Any:
    """A valid event. time: epoch seconds."""
    return parse_event({"tool_name": "a", "status": "success", "timestamp": time * 1000} | fields, NOW)


def keeper() -> Keeper:
    """A keeper on an empty database, which begins to count at 0: elsewhere that is chance."""
    by = Keeper(CountingDatabase(), b"pepper")
    by.rolled_up()
    return by


def keep(by: Keeper, *events: Any, sender: Sender = SENDER, now: float = NOW) -> int:
    """How many of these events are new."""
    return asyncio.run(by.keep(list(events), sender, now))


def rows(by: Keeper) -> list[dict[str, Any]]:
    """What is stored."""
    return rows_of(by._database)


def rows_of(database: CountingDatabase) -> list[dict[str, Any]]:
    """What is stored in a database."""
    return [dict(row) for row in database.connection.execute("SELECT * FROM skill_usage_events ORDER BY id")]


def erased_by(by: Keeper, anonymous_id: str | None, session_id: str | None = None) -> list[tuple[str, str]]:
    """The marks and hashes that someone is erased by."""
    return asyncio.run(by.erased_by(anonymous_id, session_id))


def due_at(by: Keeper) -> int:
    """When the rollups are to be looked after."""
    return asyncio.run(rollups.state(by._database)).due_at


def _user(database: CountingDatabase, pepper: bytes | None, anonymous_id: str) -> str:
    """The hash of an id, as an isolate makes it that has just begun."""
    return erased_by(Keeper(database, pepper), anonymous_id)[0][1]


def test_events_without_an_id_are_all_new() -> None:
    by = keeper()
    assert keep(by, *(event() for _ in range(50))) == 50
    assert keep(by, event()) == 1


@pytest.mark.parametrize("minutes", [0, 4, 59, 60, -60])
def test_an_id_is_one_event_up_to_an_hour_apart(minutes: int) -> None:
    first, again = event(NOW - 7200, event_id="x"), event(NOW - 7200 + minutes * 60, event_id="x", status="error")
    by = keeper()
    assert keep(by, first, again) == 1, "within a request the first one stays"
    assert [row["status"] for row in rows(by)] == ["success"]
    by = keeper()
    assert [keep(by, first), keep(by, again)] == [1, 0]


@pytest.mark.parametrize("minutes", [66, -66])
def test_an_id_is_another_event_more_than_an_hour_apart(minutes: int) -> None:
    first, other = event(NOW - 7200, event_id="x"), event(NOW - 7200 + minutes * 60, event_id="x")
    assert keep(keeper(), first, other) == 2
    by = keeper()
    assert [keep(by, first), keep(by, other)] == [1, 1]


def test_ids_are_told_apart() -> None:
    assert keep(keeper(), event(event_id="x"), event(event_id="y"), event(event_id="x")) == 2


def test_everything_of_an_event_is_stored_but_its_ids() -> None:
    by = keeper()
    fields = {
        "duration_ms": 5,
        "error_type": "E",
        "metadata": {"n": 1},
        "os": "linux",
        "trigger": "model",
        "test": True,
    }
    keep(by, event(NOW - 7, **fields, event_id="secret-1", anonymous_id="secret-2", session_id="secret-3"))
    (row,) = rows(by)
    assert (row["duration_ms"], row["error_type"], row["metadata"]) == (5, "E", '{"n":1}')
    assert (row["os"], row["trigger"], row["test"], row["tool_category"]) == ("linux", "model", 1, "default")
    assert row["timestamp"] == "2026-09-21 14:13:13"
    text = "\n".join(by._database.connection.iterdump())
    assert "secret" not in text
    assert SENDER.address not in text


def test_whose_events_they_are() -> None:
    by = keeper()
    keep(
        by,
        event(NOW - 300, anonymous_id="me"),
        event(anonymous_id="me", session_id="s"),
        event(session_id="s"),
        event(),
    )
    hashes = [row["user_id_hash"] for row in rows(by)]
    assert len(set(hashes)) == 3
    assert {erased_by(by, "me")[0][1], erased_by(by, None, "s")[0][1]} < set(hashes)
    people = {row["user_id_hash"]: row["person"] for row in rows(by)}
    assert len(set(people.values())) == 3


def test_without_an_id_someone_is_known_for_a_day() -> None:
    """By when it arrived, whatever time the event states."""
    by = keeper()
    for now, sender in (
        (NOW, SENDER),
        (NOW + 60, SENDER),
        (NOW + 86_400, SENDER),
        (NOW, Sender("203.0.113.7", "other")),
    ):
        keep(by, event(NOW - 600), sender=sender, now=now)
    assert len({row["user_id_hash"] for row in rows(by)}) == 3


def test_what_is_erased_is_what_is_stored() -> None:
    """By the id that an event is of: a session_id beside an anonymous_id names nobody."""
    by = keeper()
    keep(by, event(anonymous_id="me", session_id="s"), event(session_id="t"))
    stored = {row["user_id_hash"] for row in rows(by)}
    found = [erased_by(by, "me"), erased_by(by, None, "t")]
    assert {user for marks in found for _, user in marks} == stored
    assert erased_by(by, None, "s")[0][1] not in stored
    assert erased_by(by, None, None) == []
    assert erased_by(by, "me", "t") == erased_by(by, "me")
    for marks in found:
        ((mark, user),) = marks
        assert mark == identity.mark(user)


def test_whoever_was_known_before_the_pepper_was_set_keeps_their_number() -> None:
    database = CountingDatabase()
    keep(Keeper(database, None), event(anonymous_id="me"), event(anonymous_id="you"), event(session_id="s"))
    (before,) = {row["person"] for row in rows_of(database) if row["user_id_hash"] == _user(database, None, "me")}
    later = Keeper(database, b"set")
    keep(later, event(anonymous_id="new"), event(anonymous_id="me"), event(session_id="s"), event(anonymous_id="me"))
    assert len({row["person"] for row in rows_of(database)}) == 4
    mine = [row for row in rows_of(database) if row["person"] == before]
    assert len(mine) == 3
    people = database.connection.execute("SELECT user_id_hash FROM people WHERE number = ?", (before,)).fetchall()
    assert [row[0] for row in people] == [_user(database, b"set", "me")]


def test_whoever_was_known_before_the_pepper_was_set_can_be_erased() -> None:
    """Whether they have come again or not, and nothing is left of either hash."""
    for again in (False, True):
        database = CountingDatabase()
        keep(Keeper(database, None), event(anonymous_id="me"), event(anonymous_id="you"))
        later = Keeper(database, b"set")
        if again:
            keep(later, event(anonymous_id="me"))
        marks = erased_by(later, "me")
        assert len(marks) == 2
        assert asyncio.run(erasure.erase(database, marks, NOW)) == 1 + again
        text = "\n".join(database.connection.iterdump())
        assert not any(user in text for _, user in marks)
        assert _user(database, None, "you") in text
        assert keep(later, event(anonymous_id="me")) == keep(Keeper(database, None), event(anonymous_id="me")) == 0


def test_a_pepper_that_is_set_is_not_stored() -> None:
    by = keeper()
    keep(by, event(anonymous_id="me"))
    assert not by._database.connection.execute("SELECT 1 FROM settings WHERE name = 'pepper'").fetchall()
    adding = {"people/give_numbers": 1, "events/add": 1, "people/keep_numbers": 1}
    assert by._database.ran == {"deployment/setting": 1} | adding


def test_whoever_has_a_number_is_not_given_one_again() -> None:
    """A statement that changes nothing costs too; neither does an isolate ask for its secrets twice."""
    by = keeper()
    keep(by, event(anonymous_id="me"))
    by._database.ran.clear()
    assert keep(by, event(anonymous_id="me"), event(anonymous_id="me")) == 2
    assert by._database.ran == {"events/add": 1}
    by._database.ran.clear()
    assert keep(by, event(anonymous_id="me"), event(anonymous_id="you")) == 2
    assert by._database.ran == {"people/give_numbers": 1, "events/add": 1, "people/keep_numbers": 1}


def test_a_number_that_was_taken_away_meanwhile_is_given_again() -> None:
    """By another isolate, which forgets whoever has no event left."""
    by = keeper()
    keep(by, event(anonymous_id="me"))
    by._database.connection.execute("DELETE FROM people")
    assert keep(by, event(anonymous_id="me")) == 1
    assert [row["person"] for row in rows(by)] in ([1, 2], [2, 1])


def test_so_many_people_are_known_to_have_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PEOPLE_REMEMBERED", 2)
    by = keeper()
    keep(by, *(event(anonymous_id=str(number)) for number in range(5)))
    by._database.ran.clear()
    keep(by, event(anonymous_id="4"))
    assert by._database.ran == {"events/add": 1}
    keep(by, event(anonymous_id="0"))
    assert by._database.ran == {"people/give_numbers": 1, "events/add": 2, "people/keep_numbers": 1}


def test_whoever_has_kept_many_calls_for_a_rollup() -> None:
    by = keeper()
    asyncio.run(rollups.postpone(by._database, NOW + 5000))
    by.rolled_up()
    keep(by, *(event() for _ in range(limits.HASTEN_EVENTS - 1)))
    assert due_at(by) == NOW + 5000
    keep(by, event(), now=NOW + 0.5)
    assert due_at(by) == NOW
    asyncio.run(rollups.postpone(by._database, NOW + 5000))
    keep(by, *(event() for _ in range(limits.HASTEN_EVENTS - 1)))
    by.rolled_up()
    keep(by, event())
    assert due_at(by) == NOW + 5000, "it counts from the last rollup"


@pytest.mark.parametrize(("age", "hastens"), [(86_400, False), (86_401, True), (300 * 86_400, True)])
def test_whoever_keeps_what_is_old_calls_for_a_rollup(age: int, hastens: bool) -> None:
    """It may be past its time already, and goes when the rollups have it."""
    by = keeper()
    asyncio.run(rollups.postpone(by._database, NOW + 5000))
    by.rolled_up()
    keep(by, event(NOW - age))
    assert due_at(by) == (NOW if hastens else NOW + 5000)


def test_isolates_begin_to_count_anywhere() -> None:
    """Those that live for a moment would never call otherwise."""
    begun = {Keeper(CountingDatabase(), b"pepper")._since_rollup for _ in range(20)}
    assert len(begun) > 1
    assert all(0 <= number < limits.HASTEN_EVENTS for number in begun)


class Trips(CountingDatabase):
    """A database that knows which statements went together."""

    def __init__(self) -> None:
        super().__init__()
        self.trips: list[list[str]] = []

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run the statements."""
        self.trips.append([name for name, _ in statements])
        return await super().batch(*statements)


def limited(daily_events: int, hourly_tools: int | None = None) -> tuple[Keeper, Trips]:
    """A keeper with an allowance, of which nothing is spent, that knows its secrets and its person."""
    database = Trips()
    by = Keeper(database, b"pepper", Allowance(daily_events, hourly_tools))
    by.budget._spent = 0
    keep(by, event(event_id="first", anonymous_id="a"))
    database.trips.clear()
    return by, database


def test_what_is_taken_in_is_noted_in_the_round_trip_that_stores_it() -> None:
    by, database = limited(24 * limits.BUDGET_EVENTS * 2)
    for number in range(1, 2 * limits.BUDGET_EVENTS):
        sender = Sender(f"10.0.0.{number % 250}", "")
        assert keep(by, event(event_id=str(number), anonymous_id="a"), sender=sender) == 1
    assert [("events/add" in trip) for trip in database.trips if "budget/take" in trip] == [True, True]
    assert len(database.trips) == 2 * limits.BUDGET_EVENTS - 1
    with pytest.raises(RequestError, match="taken in"):
        for number in range(limits.BUDGET_EVENTS + 1):
            keep(by, event(event_id=f"over {number}", anonymous_id="a"), sender=Sender(f"10.0.1.{number}", ""))
    assert len(rows(by)) == 3 * limits.BUDGET_EVENTS, "what crosses the limit is the last that is taken in"


def test_what_is_refused_is_noted_too() -> None:
    by, database = limited(24_000_000, hourly_tools=1)
    by.budget._spent = limits.BUDGET_EVENTS - 1
    with pytest.raises(RequestError):
        keep(by, event(tool_name="invented"), event(tool_name="another"))
    assert ["budget/take"] in database.trips
    assert len(rows(by)) == 1


def test_an_event_keeps_which_of_its_persons_sessions_it_was_in() -> None:
    """As a byte, of the day that it happened on; and nothing of the session where nothing is known."""
    by = keeper()
    ids = {"anonymous_id": "a", "session_id": "s"}
    given = {"none": {}, "both": ids, "alone": {"session_id": "s"}, "earlier": ids}
    keep(by, *(event(NOW - 86_400 * (name == "earlier"), tool_name=name, **of) for name, of in given.items()))
    user = identity.of_anonymous_id(b"pepper", "a")
    today, day_before = (identity.session_number(b"pepper", user, (NOW // 86_400) - ago, "s") for ago in (0, 1))
    sessions = {row["tool_name"]: row["session"] for row in rows(by)}
    assert sessions == {"none": None, "both": today, "alone": 0, "earlier": day_before}
    assert today != day_before
