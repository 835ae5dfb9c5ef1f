"""What anybody may see: nothing unless it is wanted, of enough people, and not of today."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from terms import limits
from terms.dates import DAY
from tests.database import NOW
from tests.serving import Served

OPEN = {"PUBLIC_STATS": "true", "ANALYTICS_API_KEY": "key"}


def used(served: Served, name: str, people: int, days_ago: int = 3, **fields: Any) -> None:
    """A tool was used once by each of some people."""
    served.track(
        [
            {
                "tool_name": name,
                "status": "success",
                "anonymous_id": f"{n}",
                "event_id": f"{name}-{n}-{days_ago}",
                "timestamp": (NOW - days_ago * DAY) * 1000,
                **fields,
            }
            for n in range(people)
        ]
    )


def seen(served: Served, path: str, now: float = NOW) -> Any:
    """An answer, asked as anybody does."""
    response = served.send("GET", path, now=now)
    assert response.status == 200, response.body
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    return json.loads(response.body or "")


@pytest.mark.parametrize("value", ["", "false", "1", "True"])
@pytest.mark.parametrize("path", ["/badge/x.json", "/public.json"])
def test_nothing_is_public_unless_it_is_wanted(path: str, value: str) -> None:
    served = Served(PUBLIC_STATS=value, ANALYTICS_PUBLIC="true")
    used(served, "x", 9)
    assert served.send("GET", path).status == 404


def test_only_what_enough_people_used_is_shown() -> None:
    served = Served(**OPEN)
    used(served, "many", limits.PUBLIC_PEOPLE)
    used(served, "few", limits.PUBLIC_PEOPLE - 1)
    used(served, "few", limits.PUBLIC_PEOPLE - 1, days_ago=4)
    assert [row["tool_name"] for row in seen(served, "/public.json")["tools"]] == ["many"]
    assert seen(served, "/badge/many.json?show=people")["message"] == "5 people in 30 days"
    unknown, few = seen(served, "/badge/unknown.json"), seen(served, "/badge/few.json")
    assert few["message"] == unknown["message"] == "fewer than 5 people", "nobody can tell one from the other"
    assert few["color"] == unknown["color"]


def test_today_is_not_shown() -> None:
    served = Served(**OPEN)
    used(served, "x", 7, days_ago=0)
    assert seen(served, "/public.json")["tools"] == []
    (tool,) = seen(served, "/public.json", NOW + DAY)["tools"]
    assert tool["unique_users"] == 7


def test_test_traffic_is_not_shown() -> None:
    served = Served(**OPEN)
    used(served, "x", 7, test=True)
    assert seen(served, "/public.json")["tools"] == []


@pytest.mark.parametrize("name", ["pdf", "a b", "scope/name", "x@1.2+3"])
def test_a_badge_is_what_shields_shows(name: str) -> None:
    served = Served(**OPEN)
    used(served, name, 6)
    used(served, name, 2, days_ago=2, status="error")
    path = f"/badge/{quote(name, safe='')}.json"
    assert seen(served, path) == {"schemaVersion": 1, "label": name, "message": "8 uses in 30 days", "color": "blue"}
    assert seen(served, f"{path}?show=success")["message"] == "75 % succeed"
    response = served.send("GET", f"{path}?show=everything")
    assert (response.status, json.loads(response.body or "")["field"]) == (400, "show")


def test_large_numbers_are_rounded() -> None:
    from web.public import _short

    assert [_short(n) for n in (5, 999, 1000, 1234, 2_500_000)] == ["5", "999", "1k", "1.2k", "2.5M"]


@pytest.mark.parametrize("path", ["/badge/", "/badge/.json", "/badge/x", "/badge"])
def test_what_is_no_badge_is_not_there(path: str) -> None:
    assert Served(**OPEN).send("GET", path).status == 404
