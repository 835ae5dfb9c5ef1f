"""From valid events to stored ones."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from intake.event import parse_event
from intake.keeping import Keeper, Sender
from storage import deployment, rollups
from terms import limits
from tests.database import NOW, CountingDatabase

SENDER = Sender("203.0.113.7", "agent")


def event(time: int = NOW, **fields: Any) -> Any:
    """A valid event. time: epoch seconds."""
    return parse_event({"tool_name": "a", "status": "success", "timestamp": time * 1000} | fields, NOW)


def keeper() -> Keeper:
    """A keeper on an empty database."""
    return Keeper(CountingDatabase(), b"pepper")


def keep(by: Keeper, *events: Any, sender: Sender = SENDER, now: float = NOW) -> int:
    """How many of these events are new."""
    return asyncio.run(by.keep(list(events), sender, now))


def rows(by: Keeper) -> list[dict[str, Any]]:
    """What is stored."""
    return [dict(row) for row in by._database.connection.execute("SELECT * FROM skill_usage_events ORDER BY id")]


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
    assert asyncio.run(by.user_id_hash("me")) in hashes
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


def test_a_pepper_is_made_once_and_kept() -> None:
    database = CountingDatabase()
    one, other = Keeper(database, None), Keeper(database, None)
    assert (
        asyncio.run(one.user_id_hash("me"))
        == asyncio.run(other.user_id_hash("me"))
        == asyncio.run(one.user_id_hash("me"))
    )
    assert database.ran["deployment/pepper"] == 2, "once for each isolate"
    assert len(bytes.fromhex(asyncio.run(deployment.pepper(database, "other")))) == 32
    elsewhere = Keeper(CountingDatabase(), None)
    assert asyncio.run(elsewhere.user_id_hash("me")) != asyncio.run(one.user_id_hash("me"))


def test_a_pepper_that_is_set_is_not_stored() -> None:
    by = keeper()
    keep(by, event())
    assert not by._database.ran["deployment/pepper"]
    assert by._database.ran.keys() == {"people/add", "events/add"}


def test_whoever_has_kept_many_calls_for_a_rollup() -> None:
    by = keeper()
    asyncio.run(rollups.postpone(by._database, NOW + 5000))
    by.rolled_up()
    keep(by, *(event() for _ in range(limits.TAIL_EVENTS - 1)))
    assert asyncio.run(rollups.due(by._database))[0] == NOW + 5000
    keep(by, event(), now=NOW + 0.5)
    assert asyncio.run(rollups.due(by._database))[0] == NOW
    asyncio.run(rollups.postpone(by._database, NOW + 5000))
    keep(by, *(event() for _ in range(limits.TAIL_EVENTS - 1)))
    by.rolled_up()
    keep(by, event())
    assert asyncio.run(rollups.due(by._database))[0] == NOW + 5000, "it counts from the last rollup"


def test_isolates_begin_to_count_anywhere() -> None:
    """Those that live for a moment would never call otherwise."""
    begun = {Keeper(CountingDatabase(), b"pepper")._since_rollup for _ in range(20)}
    assert len(begun) > 1
    assert all(0 <= number < limits.TAIL_EVENTS for number in begun)
