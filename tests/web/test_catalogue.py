"""A source's catalogue comes in, and what it says holds at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from terms import limits
from tests.database import NOW
from tests.serving import Served, request

KEY = {"x-api-key": "key"}
ITEM = {"tool_name": "pdf", "tool_category": "skill"}


def put(served: Served, source: str, body: Any, now: float = NOW) -> tuple[int, Any]:
    """Ship something."""
    response = served.send("PUT", f"/api/catalogue/{source}", body, KEY, now)
    return response.status, json.loads(response.body or "")


def states(served: Served, now: float = NOW) -> dict[str, str]:
    """What the report says of each item."""
    response = served.send("GET", "/analytics/catalogue", None, KEY, now)
    return {row["tool_name"]: row["state"] for row in json.loads(response.body or "")["items"]}


def test_what_a_source_ships_is_in_the_report_at_once() -> None:
    served = Served(ANALYTICS_API_KEY="key")
    served.track({"tool_name": "pdf", "tool_category": "skill", "status": "success"})
    assert states(served) == {}
    assert put(served, "me%2Fmy-plugin", {"version": "1.0", "items": [ITEM, {"tool_name": "other"}]}) == (
        200,
        {"success": True, "source": "me/my-plugin", "items": 2},
    )
    assert states(served) == {"pdf": "used", "other": "never"}
    put(served, "me%2Fmy-plugin", {"items": []})
    assert states(served) == {}


def test_what_does_not_fit_says_where_and_changes_nothing() -> None:
    served = Served(ANALYTICS_API_KEY="key")
    put(served, "p", {"items": [ITEM]})
    status, answer = put(served, "p", {"items": [ITEM, {"tool_name": "/x"}]})
    assert (status, answer["field"]) == (400, "items[1].tool_name")
    assert put(served, "a%7Cb", {"items": [ITEM]})[0] == 400
    assert put(served, "p", b"[")[0] == 400
    assert states(served) == {"pdf": "never"}


def test_there_are_so_many_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CATALOGUE_SOURCES", 1)
    served = Served(ANALYTICS_API_KEY="key")
    assert put(served, "a", {"items": [ITEM]})[0] == 200
    status, answer = put(served, "b", {"items": [ITEM]})
    assert status == 400
    assert "1 sources" in answer["error"]


@pytest.mark.parametrize(
    ("origin", "variables", "status"),
    [
        ("http://localhost:8787", {"ANALYTICS_PUBLIC": "true"}, 200),
        ("http://127.0.0.1:8787", {"ANALYTICS_PUBLIC": "true"}, 200),
        ("http://[::1]:8787", {"ANALYTICS_PUBLIC": "true"}, 200),
        ("https://worker.example", {"ANALYTICS_PUBLIC": "true"}, 401),
        ("https://localhost.example", {"ANALYTICS_PUBLIC": "true"}, 401),
        ("http://localhost:8787", {}, 401),
        ("http://localhost:8787", {"ANALYTICS_PUBLIC": "true", "ANALYTICS_API_KEY": "key"}, 401),
    ],
)
def test_what_all_may_read_only_this_machine_may_change(origin: str, variables: dict[str, str], status: int) -> None:
    served = Served(**variables)
    asked = request("PUT", "/api/catalogue/p", {"items": [ITEM]})._replace(origin=origin)
    assert served.answer(asked).status == status


def test_no_other_page_may_change_it() -> None:
    served = Served(ANALYTICS_API_KEY="key")
    response = served.send("OPTIONS", "/api/catalogue/p", headers={"origin": "https://elsewhere.example"})
    assert "PUT" not in response.headers["Access-Control-Allow-Methods"]


def test_another_isolate_knows_of_a_change_when_its_answer_is_old() -> None:
    served = Served(ANALYTICS_API_KEY="key")
    other = Served(served.database, ANALYTICS_API_KEY="key")
    served.track({"tool_name": "pdf", "tool_category": "skill", "status": "success"})
    assert states(other) == {}
    put(served, "p", {"items": [ITEM]})
    assert states(other, NOW + limits.CACHE_SECONDS) == {"pdf": "used"}
