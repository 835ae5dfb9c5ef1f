"""What each route answers, and what it leaves in the database."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import random
from typing import Any

import pytest

from reports.table import REPORTS
from storage import events, rollups
from terms import limits
from tests.asking import ask, required, target
from tests.database import MIGRATIONS, NOW, CrashingDatabase, FailingDatabase, SqliteDatabase, new_event
from tests.serving import Served
from web.routes import ROUTES, Route

EVENT = {"tool_name": "a", "status": "success", "tool_version": "1.0"}
REPORT_ROUTES = tuple(route for route in ROUTES if route.path.removeprefix("/analytics/") in REPORTS)
# Sessions are no events, and of what is used together a day counts when it is over.
OF_EVENTS = tuple(route for route in REPORT_ROUTES if route.path not in ("/analytics/sessions", "/analytics/together"))
each_report_of_events = pytest.mark.parametrize("route", OF_EVENTS, ids=lambda route: route.path)
each_report = pytest.mark.parametrize("route", REPORT_ROUTES, ids=lambda route: route.path)


@pytest.fixture
def served() -> Served:
    return Served(ANALYTICS_PUBLIC="true", RETENTION_DAYS="30")


def rejection(served: Served, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """What a request that is refused with 400 is told."""
    response = served.send(method, path, body)
    assert response.status == 400
    answer: dict[str, Any] = json.loads(response.body or "")
    assert answer["success"] is False
    return answer


def test_one_event_is_stored(served: Served) -> None:
    assert served.track(EVENT) == {"success": True, "message": "Event tracked"}
    assert served.stored() == 1


def test_one_event_again(served: Served) -> None:
    served.track(EVENT | {"event_id": "x"})
    again = served.track(EVENT | {"event_id": "x"})
    assert again == {"success": True, "message": "Event tracked", "duplicate": True}
    assert served.stored() == 1


def test_one_event_that_is_invalid(served: Served) -> None:
    answer = rejection(served, "POST", "/api/track", EVENT | {"status": 7})
    assert answer.keys() == {"success", "error", "field"}
    assert answer["field"] == "status"
    assert rejection(served, "POST", "/api/track", b"{")["error"] == "The body is not JSON in UTF-8."
    assert rejection(served, "POST", "/api/track", b"7")["field"] == "events"
    assert served.stored() == 0


def test_a_batch(served: Served) -> None:
    same = EVENT | {"event_id": "x"}
    expected = {"success": True, "message": "2 events tracked", "accepted": 2, "duplicates": 1, "rejected": []}
    assert served.track([EVENT, same, same]) == expected
    assert served.track({"events": [same]})["duplicates"] == 1, "a batch of one is answered as a batch"
    assert served.stored() == 2


def test_a_batch_that_is_partly_invalid(served: Served) -> None:
    answer = served.track([EVENT | {"status": None}, EVENT, 7])
    assert (answer["accepted"], answer["duplicates"]) == (1, 0)
    assert [(it["index"], it.get("field")) for it in answer["rejected"]] == [(0, "status"), (2, None)]
    assert all(it["error"] for it in answer["rejected"])
    assert served.stored() == 1


def test_a_batch_without_a_valid_event(served: Served) -> None:
    answer = rejection(served, "POST", "/api/track", [7, {}])
    assert answer["error"] == "None of the events is valid."
    assert [it["index"] for it in answer["rejected"]] == [0, 1]
    assert not served.database.ran


def test_what_does_not_fit_is_left_out_and_named(served: Served) -> None:
    odd = EVENT | {"duration_ms": "45ms", "os": 7}
    assert served.track(odd)["ignored"] == [
        {
            "error": "duration_ms must be a number from 0 to 86400000, or null when it is unknown.",
            "field": "duration_ms",
        },
        {"error": "os must be a string of 1 to 64 characters.", "field": "os"},
    ]
    batch = served.track([EVENT, odd])
    assert (batch["accepted"], [(it["index"], it["field"]) for it in batch["ignored"]]) == (
        2,
        [(1, "duration_ms"), (1, "os")],
    )
    assert "ignored" not in served.track(EVENT)


def test_events_older_than_they_are_counted_are_refused(served: Served) -> None:
    old = (NOW - 401 * 86_400) * 1000
    assert rejection(served, "POST", "/api/track", EVENT | {"timestamp": old})["field"] == "timestamp"
    assert rejection(served, "GET", "/t?t=a")["field"] == "e"


def test_a_beacon_is_stored(served: Served) -> None:
    response = served.send("GET", "/t?t=tool&e=first&e=run&v=&outcome=success&ms=12&x=%FF")
    assert (response.status, response.body) == (204, None)
    (stored,) = [json.loads(line) for line in (served.send("GET", "/analytics/export").body or "").splitlines()]
    assert (stored["tool_category"], stored["tool_name"], stored["source"]) == ("tool", "run", "beacon")
    assert (stored["status"], stored["duration_ms"], stored["tool_version"]) == ("success", 12, None)


@pytest.mark.parametrize("header", ["dnt", "sec-gpc"])
def test_of_who_asks_not_to_be_tracked_nothing_is_stored(served: Served, header: str) -> None:
    headers = {header: "1"}
    assert served.track(EVENT | {"event_id": "x"}, headers) == {"success": True, "message": "Event tracked"}
    assert served.track([EVENT, EVENT], headers)["accepted"] == 2
    assert served.send("GET", "/t?t=a&e=b", headers=headers).status == 204
    assert not served.database.ran


def test_who_sent_an_event_without_an_id_is_told_by_address_and_agent(served: Served) -> None:
    for address, agent in (("1", "a"), ("1", "a"), ("2", "a"), ("1", "b")):
        served.track(EVENT, {"cf-connecting-ip": address, "user-agent": agent})
    assert served.report("summary")["unique_users"] == 3


def test_someone_is_erased(served: Served) -> None:
    served.track([EVENT | {"anonymous_id": "me"}, EVENT | {"anonymous_id": "me"}, EVENT | {"anonymous_id": "other"}])
    assert '"total_invocations": 3' in (served.send("GET", "/analytics/summary").body or "")
    response = served.send("DELETE", "/api/user", {"anonymous_id": "me"})
    assert (response.status, json.loads(response.body or "")) == (200, {"success": True, "deleted": 2})
    assert served.stored() == 1
    after = served.send("GET", "/analytics/summary").body or ""
    assert '"total_invocations": 1' in after, "no answer from before is kept"
    again = served.send("DELETE", "/api/user", {"anonymous_id": "me"})
    assert json.loads(again.body or "") == {"success": True, "deleted": 0}


def test_a_session_is_erased(served: Served) -> None:
    """By its id alone; beside an anonymous_id it is that person's."""
    session = EVENT | {"session_id": "s"}
    served.track([session, session, session | {"anonymous_id": "me"}])
    response = served.send("DELETE", "/api/user", {"session_id": "s"})
    assert (response.status, json.loads(response.body or "")) == (200, {"success": True, "deleted": 2})
    both = served.send("DELETE", "/api/user", {"session_id": "s", "anonymous_id": "me"})
    assert json.loads(both.body or "") == {"success": True, "deleted": 1}
    assert served.stored() == 0
    assert served.track([session])["accepted"] == 0, "what was on its way is not taken in"
    for given in ("", 7, "x" * 129, None):
        assert rejection(served, "DELETE", "/api/user", {"session_id": given})["field"] == "session_id"


@pytest.mark.parametrize("body", [{}, [], 7, {"anonymous_id": ""}, {"anonymous_id": 7}, {"anonymous_id": "x" * 129}])
def test_nobody_is_erased_without_an_id(served: Served, body: Any) -> None:
    assert rejection(served, "DELETE", "/api/user", body)["field"] == "anonymous_id"
    assert not served.database.ran
    assert rejection(served, "DELETE", "/api/user", b"")["error"] == "The body is not JSON in UTF-8."


def test_health(served: Served) -> None:
    def health(now: float = NOW) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(served.send("GET", "/healthz", now=now).body or "")
        return answer

    assert health().keys() == {"status", "schema", "rollup_lag_seconds"}
    assert (health()["status"], health()["rollup_lag_seconds"]) == ("ok", 0)
    served.track(EVENT)
    slot = NOW // 300 * 300
    assert health(slot + 1000)["rollup_lag_seconds"] == 1000
    assert health(slot - 10)["rollup_lag_seconds"] == 0


def test_health_is_looked_for_once_a_second(served: Served) -> None:
    def looks() -> int:
        return int(served.database.ran["deployment/health"])

    for _ in range(3):
        assert served.send("GET", "/healthz", now=NOW).status == 200
    assert looks() == 1
    served.send("GET", "/healthz", now=NOW + 1)
    assert looks() == 2


def test_health_without_a_database() -> None:
    served = Served(CrashingDatabase(SqliteDatabase(), random.Random(0), rate=1.0))
    response = served.send("GET", "/healthz")
    assert (response.status, response.headers["Retry-After"]) == (503, "5")
    assert json.loads(response.body or "") == {"status": "error"}


@pytest.mark.parametrize("applied", range(len(MIGRATIONS)))
def test_health_of_a_database_that_lacks_migrations(applied: int) -> None:
    """It answers, and says which it has: that is another matter than one that does not."""
    served = Served(FailingDatabase(MIGRATIONS[:applied]))
    response = served.send("GET", "/healthz")
    assert response.status == 503
    schema = MIGRATIONS[applied - 1].stem if applied else None
    found = {"status": "error", "schema": schema, "needed_schema": MIGRATIONS[-1].stem}
    assert json.loads(response.body or "") == found


def test_health_of_a_database_that_lost_a_table() -> None:
    database = FailingDatabase()
    database.connection.execute("DROP TABLE rollup_state")
    assert json.loads(Served(database).send("GET", "/healthz").body or "") == {"status": "error"}


def test_health_of_a_database_that_is_ahead() -> None:
    served = Served()
    served.database.connection.execute("UPDATE settings SET value = '9999_later' WHERE name = 'schema'")
    assert served.send("GET", "/healthz").status == 200, "migrations are applied before the code that needs them"


@pytest.mark.parametrize(
    ("form", "kind"), [("ndjson", "application/x-ndjson; charset=utf-8"), ("csv", "text/csv; charset=utf-8")]
)
def test_an_export_says_what_it_is(served: Served, form: str, kind: str) -> None:
    response = served.send("GET", f"/analytics/export?format={form}")
    assert response.headers["Content-Type"] == kind
    assert response.headers["Content-Disposition"] == f'attachment; filename="track-skills-events.{form}"'


def test_an_export_holds_what_is_asked_for(served: Served) -> None:
    days_ago = (NOW - 10 * 86_400) * 1000
    served.track([EVENT, EVENT | {"test": True}, EVENT | {"tool_name": "b"}, EVENT | {"timestamp": days_ago}])

    def exported(query: str) -> list[str]:
        return [
            json.loads(line)["tool_name"]
            for line in (served.send("GET", f"/analytics/export?{query}").body or "").splitlines()
        ]

    assert sorted(exported("")) == ["a", "b"], "seven days, without test traffic"
    assert sorted(exported("days=30")) == ["a", "a", "b"]
    assert exported("tool=b") == ["b"]
    assert len(exported("include_test=1")) == 3
    text = served.send("GET", "/analytics/export?format=csv&tool=b").body or ""
    assert [row["tool_name"] for row in csv.DictReader(io.StringIO(text))] == ["b"]


@each_report_of_events
def test_an_answer_without_events_is_never_remembered(served: Served, route: Route) -> None:
    path = target(route)
    first = served.send("GET", path)
    assert first.headers["Cache-Control"] == "private, no-store"
    served.track(EVENT | {"status": "error"})
    assert served.send("GET", path, now=NOW + 1).body != first.body


@each_report_of_events
def test_an_answer_is_kept_for_a_moment(served: Served, route: Route) -> None:
    path = target(route)
    served.track(EVENT | {"status": "error"})
    first = served.send("GET", path)
    assert first.headers["Cache-Control"] == "private, max-age=30"
    served.track(EVENT | {"status": "error", "anonymous_id": "another"})
    served.database.ran.clear()
    assert served.send("GET", path, now=NOW + 29).body == first.body
    assert not served.database.ran
    assert served.send("GET", path, now=NOW + 30).body != first.body


@each_report_of_events
def test_who_wants_it_fresh_gets_it_fresh(served: Served, route: Route) -> None:
    path = target(route)
    first = served.send("GET", path)
    served.track(EVENT | {"status": "error"})
    fresh = served.send("GET", path, headers={"cache-control": "max-age=0, No-Cache"})
    assert fresh.body != first.body
    assert served.send("GET", path).body == fresh.body, "whoever asks next gets it too"


def test_answers_are_told_apart_by_path_and_parameters(served: Served) -> None:
    served.track([EVENT, EVENT | {"tool_name": "b"}])
    asked = [
        target(route, **given) for route in REPORT_ROUTES for given in ({}, {"days": "3"}, {"tool": "b"}, {"tool": "c"})
    ]
    answers = [served.send("GET", path).body for path in asked]
    assert [served.send("GET", path).body for path in asked] == answers
    for path, body in zip(asked, answers, strict=True):
        assert served.send("GET", path, headers={"cache-control": "no-cache"}).body == body
    served.database.ran.clear()
    assert served.send("GET", "/analytics/summary?tool=b&days=3").status == 200
    ran = sum(served.database.ran.values())
    assert served.send("GET", "/analytics/summary?days=3&tool=b").status == 200
    assert sum(served.database.ran.values()) == ran, "in whichever order they stand"


@each_report
def test_a_report_is_what_its_module_answers(served: Served, route: Route) -> None:
    served.track([EVENT | {"duration_ms": 10}, EVENT | {"status": "error"}])
    name = route.path.removeprefix("/analytics/")
    expected = asyncio.run(ask(served.database, name, NOW, days=3, **required(route.parameters)))
    assert json.loads(served.send("GET", target(route, days="3")).body or "") == expected


def waiting(served: Served, number: int) -> None:
    """Lets so many events of two days ago wait."""
    new = [new_event(index, NOW - 2 * 86_400) for index in range(number)]
    asyncio.run(events.add(served.database, new))


def test_a_report_that_finds_too_much_waiting_calls_for_a_rollup(served: Served) -> None:
    waiting(served, limits.WAITING_EVENTS)
    served.report("summary")
    assert not served.later, "as many may wait"
    waiting(served, limits.WAITING_EVENTS + 1)
    before = served.report("summary")
    (work,) = served.later
    asyncio.run(work)
    served.deployment.memory.forget()
    assert asyncio.run(_waiting(served)) == 0
    assert served.report("summary") == before
    assert len(served.later) == 1
    assert not served.log


def test_a_rollup_that_fails_afterwards_is_in_the_log(served: Served) -> None:
    waiting(served, limits.WAITING_EVENTS + 1)
    served.report("summary")
    served.deployment.database = CrashingDatabase(served.database, random.Random(0), rate=1.0)
    (work,) = served.later
    served.log.clear()
    asyncio.run(work)
    assert served.log == ["D1: killed"]


async def _waiting(served: Served) -> int:
    _, tail = await rollups.read_with_waiting(served.database, ())
    return len(tail.facts)
