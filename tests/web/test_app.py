"""The chain that every request goes through, and every error's status."""

from __future__ import annotations

import asyncio
import json
import random

import pytest

from storage import events
from terms.dates import DAY, HOUR
from terms.errors import DatabaseError
from tests.asking import ANALYTICS, example
from tests.database import NOW, CrashingDatabase, SqliteDatabase, new_event
from tests.serving import Served, request
from web.access import Access
from web.message import Response
from web.routes import ROUTES, Route

PATHS = sorted({route.path for route in ROUTES})
OPEN = {"ANALYTICS_PUBLIC": "true", "PUBLIC_STATS": "true"}
EVENT = {"tool_name": "a", "status": "success"}


def each_route(routes: tuple[Route, ...] = ROUTES) -> pytest.MarkDecorator:
    """Goes over routes."""
    return pytest.mark.parametrize("route", routes, ids=lambda route: f"{route.method} {route.path}")


def methods_of(path: str) -> list[str]:
    """What a path takes, HEAD and OPTIONS too."""
    methods = [route.method for route in ROUTES if route.path == path]
    return [*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"]


def without_an_answer() -> Served:
    """A deployment whose database does not answer."""
    return Served(CrashingDatabase(SqliteDatabase(), random.Random(0), rate=1.0), **OPEN)


def broken() -> Served:
    """A deployment whose rollups hold what nobody wrote."""
    served = Served(**OPEN)
    hour = NOW // HOUR
    broken = f'{{"all":{{"{hour}":{{"all":["secret nonsense"]}}}}}}'
    served.database.connection.execute("INSERT INTO rollups VALUES (?, ?, ?)", (hour, hour, broken))
    return served


def failure(response: Response) -> str:
    """What an error's answer says."""
    body = json.loads(response.body or "")
    assert body["success"] is False
    return str(body["error"])


@each_route(ANALYTICS)
def test_analytics_have_a_quieter_path_that_is_no_more_open(route: Route) -> None:
    target, body = example(route)
    quietly = target.replace("/analytics/", "/a/", 1)
    assert Served(ANALYTICS_API_KEY="k").send(route.method, quietly).status == 401
    served = Served(**OPEN)
    here, there = served.send(route.method, target, body), served.send(route.method, quietly, body)
    assert (here.status, here.body, here.headers) == (there.status, there.body, there.headers)


@pytest.mark.parametrize(
    "path", ["/", "", "/api", "/api/track/", "/API/track", "/analytics/", "/analytics/nothing", "/t/x"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_there_is_nothing_elsewhere(method: str, path: str) -> None:
    response = Served(**OPEN).send(method, path)
    assert (response.status, failure(response)) == (404, "There is nothing at this path.")


@pytest.mark.parametrize("path", PATHS)
def test_a_path_says_what_it_takes(path: str) -> None:
    served = Served(TRACK_API_KEY="a", ANALYTICS_API_KEY="b")
    allowed = methods_of(path)
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "get", "TRACE"} - set(allowed):
        response = served.send(method, path)
        assert (response.status, response.headers["Allow"]) == (405, ", ".join(allowed))
        assert ", ".join(allowed) in failure(response)
    assert not served.database.ran


@pytest.mark.parametrize("path", PATHS)
def test_options_are_answered_without_a_key(path: str) -> None:
    served = Served(TRACK_API_KEY="a", ANALYTICS_API_KEY="b")
    response = served.send("OPTIONS", path)
    assert (response.status, response.headers["Allow"]) == (204, ", ".join(methods_of(path)))
    assert not response.body
    assert not served.database.ran


@each_route(tuple(route for route in ROUTES if route.method == "GET"))
def test_head_is_answered_as_get(route: Route) -> None:
    target, _ = example(route)
    by_get, by_head = (Served(**OPEN).send(method, target) for method in ("GET", "HEAD"))
    assert by_get.status in (200, 204)
    assert (by_head.status, by_head.headers) == (by_get.status, by_get.headers)


@each_route(tuple(route for route in ROUTES if route.method == "GET" and route.access is not Access.ANYONE))
def test_head_needs_the_same_key(route: Route) -> None:
    served = Served(TRACK_API_KEY="a", ANALYTICS_API_KEY="b")
    assert served.send("HEAD", example(route)[0]).status == 401
    assert not served.database.ran


@each_route()
def test_a_body_too_large_to_read_is_refused(route: Route) -> None:
    served = Served(**OPEN)
    response = served.answer(request(route.method, example(route)[0])._replace(body=None))
    assert response.status == 413
    assert str(route.body_bytes) in failure(response)
    assert not served.database.ran


@each_route(tuple(route for route in ROUTES if route.path not in ("/analytics/export", "/v1/metrics")))
def test_a_database_that_does_not_answer(route: Route) -> None:
    served = without_an_answer()
    target, body = example(route)
    response = served.send(route.method, target, body)
    assert response.status == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "killed" not in (response.body or "")
    assert served.log == ["D1: killed"], "whoever runs it must see why"


def test_an_export_that_fails_is_cut_off() -> None:
    """It has begun when the database is asked: whoever streams it must not end it as if it were whole."""
    with pytest.raises(DatabaseError):
        without_an_answer().send("GET", "/analytics/export")


def test_what_nobody_expected_is_in_the_log_alone() -> None:
    served = broken()
    response = served.send("GET", "/analytics/summary")
    assert response.status == 500
    assert failure(response) == "Something is wrong here, and it is in the log."
    (line,) = served.log
    assert line.startswith("Traceback")
    assert "in _read" in line


def test_what_a_client_said_is_in_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong with it, and however it looks: a line of the log, for instance."""
    served = Served(**OPEN)
    text = "no number: 'a name\nof somebody'"

    async def fail(*_: object) -> int:
        raise ValueError(text)

    monkeypatch.setattr(served.deployment.keeper, "keep", fail)
    assert served.send("POST", "/api/track", {"tool_name": "a", "status": "success"}).status == 500
    (said,) = served.log
    assert said.endswith("ValueError")
    assert "somebody" not in said


def test_a_request_at_fault_is_told_what_and_where() -> None:
    served = Served(**OPEN)
    response = served.send("GET", "/analytics/summary?days=0")
    assert response.status == 400
    assert json.loads(response.body or "") == {
        "success": False,
        "error": "days must be an integer from 1 to 365.",
        "field": "days",
    }
    assert not served.log


def test_every_answer_says_how_it_is_to_be_taken() -> None:
    """Not to be sniffed; and unless it says otherwise not to be kept."""
    plain = [(Served(**OPEN), route.method, *example(route)) for route in ROUTES]
    answers = [served.send(method, target, body) for served, method, target, body in plain]
    assert {answer.status for answer in answers} == {200, 204}
    others = [
        Served().send("GET", "/analytics/summary"),
        Served().send("GET", "/nowhere"),
        Served().send("PUT", "/api/track"),
        Served().send("OPTIONS", "/api/track"),
        Served().send("POST", "/api/track", b"no JSON"),
        Served().answer(request("POST", "/api/track")._replace(body=None)),
        broken().send("GET", "/analytics/summary"),
        without_an_answer().send("GET", "/analytics/summary"),
    ]
    assert [answer.status for answer in others] == [401, 404, 405, 204, 400, 413, 500, 503]
    for answer in (*answers, *others):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert {answer.headers["Cache-Control"] for answer in others} == {"no-store"}
    kept = {
        route.path
        for route, answer in zip(ROUTES, answers, strict=True)
        if answer.headers["Cache-Control"] != "no-store"
    }
    reports = {route.path for route in ROUTES if route.path.startswith("/analytics/")} - {"/analytics/export"}
    assert kept == reports | {"/badge/{tool}.json", "/public.json"}


def test_a_page_elsewhere_sees_why_it_was_refused() -> None:
    origin = {"origin": "https://page.example"}
    served = Served(TRACK_API_KEY="key", ALLOWED_ORIGINS="https://page.example")
    refused = served.send("POST", "/api/track", EVENT, origin)
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (401, "*")
    refused = served.send("GET", "/analytics/summary", headers=origin)
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (401, "https://page.example")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_the_cron_deletes_what_is_old_and_rolls_up_what_is_due() -> None:
    """A piece of work each time; whoever keeps events begins to count again where they were taken in."""
    served = Served(RETENTION_DAYS="2")
    keeper = served.deployment.keeper

    async def play() -> None:
        old = [new_event(number, NOW - 3 * DAY) for number in range(3)]
        await events.add(served.database, [*old, new_event(9, NOW - 4000)])
        keeper._since_rollup = 7
        await served.app.scheduled(NOW)
        assert (served.stored(), _revision(served), keeper._since_rollup) == (4, 1, 0), "nothing goes uncounted"
        keeper._since_rollup = 7
        await served.app.scheduled(NOW + 60)
        assert (served.stored(), keeper._since_rollup) == (1, 7), "nothing was rolled up"

    asyncio.run(play())
    assert not served.log


def test_the_cron_deletes_what_is_old_where_little_has_gathered() -> None:
    served = Served(RETENTION_DAYS="2")
    evening = NOW + 8 * HOUR

    async def play() -> None:
        await events.add(served.database, [new_event(1, NOW - 2 * DAY + HOUR)])
        await served.app.scheduled(NOW)
        assert (served.stored(), _revision(served)) == (1, 1)
        await events.add(served.database, [new_event(2, evening - 600)], due_at=NOW)
        served.deployment.keeper._since_rollup = 7
        await served.app.scheduled(evening)

    asyncio.run(play())
    assert served.stored() == 1
    assert served.deployment.keeper._since_rollup == 7, "nothing was rolled up"


def test_the_cron_looks_and_does_nothing_before_it_is_due() -> None:
    served = Served(RETENTION_DAYS="2")

    async def play() -> None:
        await events.add(served.database, [new_event(1, NOW - DAY)])
        for minute in range(7):
            await served.app.scheduled(NOW + 50 * minute)
        await events.add(served.database, [new_event(2, NOW - DAY)])
        served.database.ran.clear()
        served.deployment.keeper._since_rollup = 7
        changes = served.database.connection.total_changes
        await served.app.scheduled(NOW + 390)
        assert served.database.connection.total_changes == changes

    asyncio.run(play())
    assert sum(served.database.ran.values()) <= 8
    assert served.deployment.keeper._since_rollup == 7


def _revision(served: Served) -> int:
    return int(served.database.connection.execute("SELECT revision FROM rollup_state").fetchone()[0])
