"""The tables of reports and of routes: what is in them keeps the rules, whoever adds to them."""

from __future__ import annotations

import asyncio

import pytest

from reports.table import REPORTS
from storage import events
from terms import limits
from tests.asking import OF_ROLLUPS, ask, required
from tests.database import NOW, CountingDatabase, new_event
from tests.reports import recount
from upkeep import step
from web.access import Access
from web.app import App
from web.deployment import Deployment
from web.message import Request
from web.routes import ROUTES, Route
from web.settings import Settings

KEYS = {"TRACK_API_KEY": "of-senders", "ANALYTICS_API_KEY": "of-readers"}
OPEN = {("DELETE", "/api/user"), ("GET", "/healthz")}


def route_name(route: Route) -> str:
    return f"{route.method} {route.path}"


def test_what_is_open_to_anyone_is_a_short_list() -> None:
    assert {(route.method, route.path) for route in ROUTES if route.access is Access.ANYONE} == OPEN


@pytest.mark.parametrize("route", ROUTES, ids=route_name)
def test_a_route_wants_the_key_of_its_kind(route: Route) -> None:
    if (route.method, route.path) not in OPEN:
        assert route.access is (Access.ANALYTICS if route.path.startswith("/analytics/") else Access.INGEST)


@pytest.mark.parametrize("route", [it for it in ROUTES if (it.method, it.path) not in OPEN], ids=route_name)
def test_without_its_key_a_route_does_nothing(route: Route) -> None:
    async def answer() -> tuple[int, int]:
        database = CountingDatabase()
        app = App(Deployment(Settings.read(lambda name: KEYS.get(name, "")), database, print, print))
        wrong = "of-readers" if route.access is Access.INGEST else "of-senders"
        body = b'{"tool_name": "a", "status": "success"}'
        headers = {"authorization": f"Bearer {wrong}", "x-api-key": wrong}
        request = Request(route.method, route.path, "t=a&e=b&by=os", headers, body, "https://x", NOW)
        return (await app.answer(request)).status, database.ran.total()

    assert asyncio.run(answer()) == (401, 0)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_rollups_and_not_events(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)

    async def play() -> CountingDatabase:
        database = CountingDatabase()
        await events.add(database, [new_event(1, NOW - 4000), new_event(2, NOW - 90_000)])
        await step.roll_up_pending(database, NOW)
        await events.add(database, [new_event(3, NOW)])
        for days in (1, 2, 7, 90):
            database.ran.clear()
            await ask(database, name, NOW, days=days, **required(REPORTS[name]))
            assert database.ran.keys() <= OF_ROLLUPS
        return database

    asyncio.run(play())


def test_every_report_is_recounted() -> None:
    assert recount.REPORTS.keys() == REPORTS.keys()
