"""Keys, other origins, and a database that does not answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.asking import ANALYTICS, example, target
from tests.conftest import Local, start_local
from web.access import Access
from web.routes import ROUTES, Route

VARIABLES = {
    "TRACK_API_KEY": "old-track-key, new-track-key",
    "ANALYTICS_API_KEY": "old-key,new-key",
    "ANALYTICS_PUBLIC": "false",
    "ALLOWED_ORIGINS": "https://dashboard.example",
    "HASH_PEPPER": "a pepper of its own",
}
EVENT = {"tool_name": "a", "status": "success"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """A Worker with keys."""
    worker = start_local(tmp_path_factory.mktemp("guarded"), "guarded", VARIABLES)
    yield worker
    worker.runtime.stop()


@pytest.mark.parametrize("key", ["old-track-key", "new-track-key"])
def test_ingest_takes_each_of_its_keys(guarded: Local, key: str) -> None:
    assert guarded.track(EVENT, {"Authorization": f"Bearer {key}"}).status == 200


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", "Basic old-track-key", "Bearer old-track-key,new-track-key"]
)
def test_ingest_refuses_anything_else(guarded: Local, header: str) -> None:
    for route in [route for route in ROUTES if route.access is Access.INGEST]:
        path, body = example(route)
        answer = guarded.send(route.method, path, body, {"Authorization": header} if header else {})
        assert (answer.status, answer.json()["success"]) == (401, False)
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Api-Key": "old-key"},
        {"x-api-key": "new-key"},
        {"Authorization": "bearer new-key"},
        {"X-Api-Key": "wrong", "Authorization": "Bearer new-key"},
        {"X-Api-Key": "old-key", "Authorization": "Bearer wrong"},
    ],
)
def test_analytics_take_each_of_their_keys(guarded: Local, headers: dict[str, str]) -> None:
    assert guarded.send("GET", "/analytics/tools", headers=headers).status == 200


@pytest.mark.parametrize("route", ANALYTICS, ids=lambda route: route.path)
def test_analytics_refuse_anything_else(guarded: Local, route: Route) -> None:
    for headers in ({}, {"X-Api-Key": "wrong"}, {"Authorization": "Bearer old-track-key"}):
        answer = guarded.send(route.method, target(route), headers=headers)
        assert answer.status == 401
        assert "key" in answer.json()["error"]


def test_a_kept_answer_is_only_for_who_has_the_key(guarded: Local) -> None:
    assert guarded.send("GET", "/analytics/summary?days=9", headers={"X-Api-Key": "new-key"}).status == 200
    assert guarded.send("GET", "/analytics/summary?days=9").status == 401


def test_analytics_answer_the_named_origins_alone(guarded: Local) -> None:
    key = {"X-Api-Key": "new-key"}
    for origin, allowed in (
        ("https://dashboard.example", "https://dashboard.example"),
        (guarded.url, guarded.url),
        ("https://elsewhere.example", None),
        ("null", None),
    ):
        answer = guarded.send("GET", "/analytics/tools", headers={"Origin": origin, **key})
        assert answer.headers.get("access-control-allow-origin") == allowed
        assert answer.headers["vary"] == "Origin, Authorization, X-Api-Key"
    preflight = guarded.send("OPTIONS", "/analytics/tools", headers={"Origin": "https://dashboard.example"})
    assert preflight.status == 204
    assert "x-api-key" in preflight.headers["access-control-allow-headers"].lower()
    refused = guarded.send("GET", "/analytics/tools", headers={"Origin": "https://dashboard.example"})
    assert refused.status == 401
    assert refused.headers["access-control-allow-origin"] == "https://dashboard.example", "a page must see why"


def test_analytics_are_closed_until_a_key_is_set(tmp_path_factory: pytest.TempPathFactory) -> None:
    worker = start_local(tmp_path_factory.mktemp("closed"), "closed", {"ANALYTICS_PUBLIC": "false"})
    try:
        answer = worker.send("GET", "/analytics/summary")
        assert answer.status == 401
        assert "ANALYTICS_API_KEY" in answer.json()["error"]
        assert worker.track(EVENT).status == 200
    finally:
        worker.runtime.stop()


def test_a_database_that_does_not_answer(tmp_path_factory: pytest.TempPathFactory) -> None:
    # No migration: every statement fails.
    worker = start_local(tmp_path_factory.mktemp("empty"), "empty", {"PUBLIC_STATS": "true"}, migrated=True)
    try:
        for route in ROUTES:
            if route.path in ("/healthz", "/analytics/export", "/v1/metrics"):
                continue  # the one says it in its own words, the other has begun when the database is asked
            path, body = example(route)
            answer = worker.send(route.method, path, body)
            assert (answer.status, answer.json()["success"]) == (503, False)
            assert int(answer.headers["retry-after"]) > 0
            assert "sql" not in answer.body.decode().lower()
        health = worker.send("GET", "/healthz")
        assert (health.status, health.json()["status"]) == (503, "error")
    finally:
        worker.runtime.stop()
    assert "no such table" in worker.output.read_text(), "whoever runs it must see why"
