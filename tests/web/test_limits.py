"""What strangers may do to an open collector, and what that means for everybody else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from terms import limits
from tests.asking import example
from tests.database import NOW
from tests.serving import Served, request
from tests.web.test_routes import name_of
from web.access import Access
from web.app import App
from web.deployment import Deployment
from web.rates import Rates
from web.routes import ROUTES, Route

LIMITS = {"DAILY_EVENTS": "4800", "HOURLY_NEW_TOOLS": "3", "HOURLY_NEW_PEOPLE": "4", "ANALYTICS_PUBLIC": "true"}


def use(name: str, number: int, **fields: Any) -> dict[str, Any]:
    """An event."""
    return {"tool_name": name, "status": "success", "event_id": f"{name}-{number}", "anonymous_id": "a", **fields}


def limited(**variables: str) -> Served:
    """A deployment with limits, which has spent nothing: what an isolate begins with is chance."""
    served = Served(**LIMITS, **variables)
    served.deployment.keeper.budget._spent = 0
    return served


def rated(served: Served, allowed: int) -> list[str]:
    """Let every address ask so often, beyond what is let through unasked; the keys that they are known by."""
    keys: list[str] = []

    async def within(key: str) -> bool:
        keys.append(key)
        return keys.count(key) <= allowed

    served.deployment.rates = Rates(within, within)
    return keys


def test_a_batch_with_invented_names_keeps_what_is_known_and_is_asked_for_again() -> None:
    served = limited()
    served.track([use("known", 1)])
    batch = [use("known", 2), *(use(f"invented-{n}", 1) for n in range(4))]
    response = served.send("POST", "/api/track", batch)
    assert response.status == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert served.stored() == 4, "the known ones, and as many new ones as an hour may have"
    answer = served.track(batch, now=NOW + 3600)
    assert (answer["accepted"], answer["duplicates"]) == (2, 3), "nothing is lost, and nothing is stored twice"


def test_of_a_request_with_an_event_that_could_be_stored_twice_nothing_is() -> None:
    served = limited()
    batch = [use("known", 1), {"tool_name": "known", "status": "success"}, *(use(f"x-{n}", 1) for n in range(4))]
    assert served.send("POST", "/api/track", batch).status == 429
    assert served.stored() == 0


def test_invented_people_leave_no_number() -> None:
    served = limited()
    batch = [use("x", n, anonymous_id=f"somebody-{n}") for n in range(9)]
    assert served.send("POST", "/api/track", batch).status == 429
    assert served.database.connection.execute("SELECT count(*) FROM people").fetchone()[0] == 4
    assert served.track([use("x", 1, anonymous_id="somebody-1")])["duplicates"] == 1


def test_what_the_owner_sees_of_known_names_stays() -> None:
    served = limited()
    served.track([use("known", n) for n in range(5)])
    before = served.report("tools?tool=known")
    stranger = {"cf-connecting-ip": "203.0.113.9"}
    for turn in range(10):
        batch = [use(f"invented-{turn}-{n}", n, anonymous_id=f"{turn}-{n}") for n in range(60)]
        assert served.send("POST", "/api/track", batch, stranger).status == 429
    assert served.report("tools?tool=known") == before
    assert len(served.report("tools")) <= 3
    served.track([use("known", 6)])


def test_when_the_share_of_the_hour_is_gone_nobody_is_taken_in_and_nothing_is_written() -> None:
    served = limited()
    for turn in range(9):
        address = {"cf-connecting-ip": f"203.0.113.{turn}"}
        served.send("POST", "/api/track", [use("known", n + 100 * turn) for n in range(60)], address)
    changes = served.database.connection.total_changes
    for method, target, body in (
        ("POST", "/api/track", use("known", 9999)),
        ("GET", "/t?t=known&e=known", None),
        ("DELETE", "/api/user", {"anonymous_id": "nobody"}),
    ):
        response = served.send(method, target, body)
        assert response.status == 429, target
        assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert served.database.connection.total_changes == changes


def test_with_a_key_nobody_is_a_stranger() -> None:
    served = limited(TRACK_API_KEY="key")
    rated(served, 0)
    batch = [use(f"x-{n}", n, anonymous_id=f"{n}") for n in range(100)]
    headers = {"authorization": "Bearer key"}
    for turn in range(4):
        again = [event | {"event_id": f"{turn}-{number}"} for number, event in enumerate(batch)]
        assert served.send("POST", "/api/track", again, headers).status == 200
    assert served.stored() == 400


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_whoever_asks_too_often_waits(route: Route) -> None:
    """Every route that strangers may use, whoever adds it."""
    served = Served(ANALYTICS_PUBLIC="true")
    keys = rated(served, 1)
    target, body = example(route)
    headers = {"cf-connecting-ip": "203.0.113.9"}
    statuses = [served.send(route.method, target, body, headers).status for _ in range(limits.UNASKED + 3)]
    if route.access in (Access.ANALYTICS, Access.OWNER):
        assert 429 not in statuses
        assert not keys
        return
    assert 429 not in statuses[:-2]
    assert statuses[-2:] == [429, 429]
    assert served.send(route.method, target, body, {"cf-connecting-ip": "203.0.113.8"}).status != 429
    refused = served.send(route.method, target, body, headers)
    assert refused.headers["Retry-After"] == "60"
    assert json.loads(refused.body or "")["success"] is False


def test_an_address_is_known_by_a_keyed_hash_of_its_day() -> None:
    served = Served(ANALYTICS_PUBLIC="true")
    keys = rated(served, 100)
    address = {"cf-connecting-ip": "203.0.113.9"}
    for number in range(limits.UNASKED + 1):
        served.send("POST", "/api/track", use("x", 1), {**address, "user-agent": f"{number}"})
    for _ in range(limits.UNASKED + 1):
        served.send("POST", "/api/track", use("x", 1), address, now=NOW + 86_400)
    assert len(keys) == 2, "each user agent of an address counts as the same sender"
    assert keys[0] != keys[1]
    assert "203.0.113.9" not in "".join([*keys, *served.log])
    stored = [str(row[0]) for row in served.database.connection.execute("SELECT mark FROM erasures")]
    assert not stored
    hashes = {row[0] for row in served.database.connection.execute("SELECT user_id_hash FROM people")}
    assert not hashes & {*keys}


def test_all_addresses_of_an_ipv6_network_are_one_sender() -> None:
    """Whoever has a network has 2^64 addresses."""
    served = limited()
    rated(served, 0)
    statuses = [
        served.send("POST", "/api/track", use("x", number), {"cf-connecting-ip": f"2001:db8:1:2::{number:x}"}).status
        for number in range(limits.UNASKED + 1)
    ]
    assert statuses == [200] * limits.UNASKED + [429]
    batch = [use("x", number) for number in range(100, 160)]
    served = limited()
    statuses = [
        served.send("POST", "/api/track", batch, {"cf-connecting-ip": f"2001:db8:1:2::{number:x}"}).status
        for number in range(2)
    ]
    assert statuses == [200, 429], "a third of an hour's share of 200 events"


def test_where_the_database_fails_the_limits_do_not() -> None:
    class Broken:
        async def batch(self, *statements: Any) -> Any:
            from terms.errors import DatabaseError

            raise DatabaseError(str(statements))

    served = Served(ANALYTICS_PUBLIC="true")
    deployment = Deployment(served.deployment.settings, Broken(), served.later.append, served.log.append)  # type: ignore[arg-type]
    served.deployment, served.app = deployment, App(deployment)
    rated(served, 0)
    response = served.answer(request("GET", "/healthz"))
    assert (response.status, json.loads(response.body or "")) == (503, {"status": "error"})


def test_names_that_alone_are_kept() -> None:
    served = Served(INGEST_ONLY="mine, also mine", ANALYTICS_PUBLIC="true")
    answer = served.track([use("mine", 1), use("also mine", 1), use("theirs", 1)])
    assert answer["accepted"] == 3, "whoever sends others is answered as usual"
    assert served.track(use("theirs", 2))["success"] is True
    assert served.stored() == 2
    assert {row["tool_name"] for row in served.report("tools")} == {"mine", "also mine"}


def ship(served: Served, *names: str, now: float = NOW) -> None:
    """Put these names into the catalogue."""
    response = served.send("PUT", "/api/catalogue/p", {"items": [{"tool_name": name} for name in names]}, now=now)
    assert response.status == 200


def test_names_of_the_catalogue_alone_are_kept() -> None:
    """In whatever way they come: the others are answered as usual, and leave no trace."""
    served = Served(INGEST_ONLY_CATALOGUE="true", INGEST_ONLY="by hand", ANALYTICS_PUBLIC="true")
    assert served.track(use("mine", 0))["success"] is True
    assert served.stored() == 0, "nothing is shipped yet"
    ship(served, "mine")
    answer = served.track([use("mine", 1), use("by hand", 1), use("theirs", 1)])
    assert answer["accepted"] == 3
    assert served.send("GET", "/t?t=site&e=theirs").status == 204
    assert served.send("GET", "/t?t=site&e=mine").status == 204
    assert served.send("POST", "/events", {"type": "skill", "name": "theirs"}).status == 200
    for name in ("theirs", "mine"):
        attributes = [{"key": "skill.name", "value": {"stringValue": name}}]
        record = {"eventName": "skill_activated", "attributes": attributes}
        body = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
        assert served.send("POST", "/v1/logs", body).status == 200
    parts = [{"tool_name": name, "input_tokens": 5} for name in ("mine", "theirs")]
    told = {"session_id": "s", "turns": 1, "calls": {"mine": 1, "theirs": 2}, "skills": parts}
    assert served.send("POST", "/api/session", told).status == 200
    assert served.report("sessions")["sessions"] == 1
    assert {row["tool_name"] for row in served.report("tools")} == {"mine", "by hand"}
    assert "theirs" not in "\n".join(served.database.connection.iterdump())


def test_what_is_shipped_is_asked_for_once_a_minute() -> None:
    served = Served(INGEST_ONLY_CATALOGUE="true", ANALYTICS_PUBLIC="true")
    ship(served, "mine")
    served.database.ran.clear()
    for number in range(9):
        served.track(use("mine", number), now=NOW + number)
    assert served.database.ran["catalogue/sources"] == 1
    ship(served, "other", now=NOW + 10)
    served.track([use("mine", 10), use("other", 10)], now=NOW + 11)
    assert {row["tool_name"]: row["invocations"] for row in served.report("tools")} == {"mine": 9, "other": 1}


@pytest.mark.parametrize("name", ["tools", "breakdown?by=category"])
def test_a_list_is_bounded_and_says_how_many_there_are(name: str) -> None:
    served = Served(ANALYTICS_PUBLIC="true")
    for first in (0, 100):
        served.track([use(f"x-{n}", n, tool_category=f"c-{n}") for n in range(first, first + 100)])
    mark = "&" if "?" in name else "?"
    for _ in range(2):  # asked, and remembered
        response = served.send("GET", f"/analytics/{name}{mark}limit=7")
        assert len(json.loads(response.body or "")) == 7
        assert response.headers["X-Total-Count"] == "200"
    assert len(served.report(name)) == 200
