"""The table of routes: who may what, and what each takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reports.parameters import Parameter
from reports.table import REPORTS
from tests.asking import ANALYTICS, example, target
from tests.serving import Served
from web.access import Access
from web.routes import ROUTES, Route

KEYS = {"TRACK_API_KEY": "track-key", "ANALYTICS_API_KEY": "analytics-key"}
KEY_OF = {
    Access.INGEST: {"authorization": "Bearer track-key"},
    Access.ANALYTICS: {"x-api-key": "analytics-key"},
    Access.OWNER: {"authorization": "Bearer analytics-key"},
}
CLOSED = tuple(route for route in ROUTES if route.access is not Access.ANYONE)
LEFT = tuple(route for route in ROUTES if route.path == "/v1/metrics")  # what is taken and not looked into
PARAMETERS = [(route, parameter) for route in ROUTES for parameter in route.parameters]


def name_of(value: Any) -> str | None:
    """How a route or a parameter is named in a test's name."""
    if isinstance(value, Route):
        return f"{value.method} {value.path}"
    return value.name if isinstance(value, Parameter) else None


def test_exactly_these_are_open_to_anyone() -> None:
    assert {(route.method, route.path) for route in ROUTES if route.access is Access.ANYONE} == {
        ("DELETE", "/api/user"),
        ("GET", "/healthz"),
        ("GET", "/badge/{tool}.json"),
        ("GET", "/public.json"),
    }


@pytest.mark.parametrize("route", CLOSED, ids=name_of)
def test_without_its_key_nothing_happens(route: Route) -> None:
    target, body = example(route)
    served = Served(**KEYS)
    changes = served.database.connection.total_changes
    readers = (Access.ANALYTICS, Access.OWNER)
    others = [KEY_OF[it] for it in KEY_OF if it is not route.access and not (it in readers and route.access in readers)]
    for headers in ({}, {"x-api-key": "wrong"}, {"authorization": "Bearer wrong"}, *others):
        response = served.send(route.method, target, body, headers)
        assert response.status == 401
        assert json.loads(response.body or "")["success"] is False
        assert response.chunks is None
    assert not served.database.ran, "nothing was asked of the database"
    assert served.database.connection.total_changes == changes
    assert not served.log
    assert not served.later
    assert not served.deployment.cache._kept
    assert served.send(route.method, target, body, KEY_OF[route.access]).status in (200, 204), "the key opens it"
    assert served.database.ran or route in LEFT


@pytest.mark.parametrize("route", CLOSED, ids=name_of)
def test_a_kept_answer_is_only_for_who_has_the_key(route: Route) -> None:
    target, body = example(route)
    served = Served(**KEYS)
    assert served.send(route.method, target, body, KEY_OF[route.access]).status in (200, 204)
    assert served.send(route.method, target, body).status == 401


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_who_may_follows_from_what_it_does(route: Route) -> None:
    """What is below /analytics/ is for readers, whatever else stores something for senders."""
    target, body = example(route)
    served = Served(ANALYTICS_API_KEY="analytics-key", PUBLIC_STATS="true")
    assert served.send(route.method, target, body, KEY_OF[Access.ANALYTICS]).status in (200, 204)
    if route.path.startswith("/analytics/"):
        assert (route.method, route.access) == ("GET", Access.ANALYTICS)
        assert served.stored() == 0
    elif served.stored():
        assert route.access is Access.INGEST
    elif route.method == "PUT":
        assert route.access is Access.OWNER
    else:
        assert route.access is Access.ANYONE or route in LEFT


def test_a_route_stands_in_the_table_once() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
    for route in ROUTES:
        assert len({parameter.name for parameter in route.parameters}) == len(route.parameters)
        assert all(parameter.good and parameter.bad for parameter in route.parameters)


def test_every_report_has_its_route() -> None:
    assert {route.path for route in ANALYTICS} == {
        *(f"/analytics/{name}" for name in REPORTS),
        "/analytics/export",
    }
    for route in ANALYTICS:
        report = REPORTS.get(route.path.removeprefix("/analytics/"))
        if report:
            assert [it.name for it in route.parameters] == [it.name for it in report.parameters]


@pytest.mark.parametrize(("route", "parameter"), PARAMETERS, ids=name_of)
def test_every_parameter_has_its_rule(route: Route, parameter: Parameter) -> None:
    served = Served(ANALYTICS_PUBLIC="true")
    for text in parameter.good:
        assert served.send(route.method, target(route, **{parameter.name: text})).status == 200, text
    for text in parameter.bad:
        response = served.send(route.method, target(route, **{parameter.name: text}))
        assert response.status == 400, text
        body = json.loads(response.body or "")
        assert body["field"] == parameter.name
        assert parameter.name in body["error"]
        assert len(text) < 9 or text not in body["error"], "what was sent is not repeated"
    assert not served.log
