"""What the page makes of the catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.dashboard.browser import Dashboard, plain


def item(name: str, state: str, **fields: Any) -> dict[str, Any]:
    """Something that is shipped."""
    return {
        "tool_name": name,
        "tool_category": "skill",
        "source": "my-plugin",
        "state": state,
        "invocations": 0,
        "unique_users": 0,
        "last_used": None,
        "description_tokens": 90,
        "loaded_tokens": 9000,
        "loaded_tokens_per_use": None,
        **fields,
    }


def use(name: str, invocations: int) -> dict[str, Any]:
    """Something that is used."""
    return {
        "tool_name": name,
        "tool_category": "skill",
        "invocations": invocations,
        "unique_users": 7,
        "last_used": "2026-11-01 10:00:00",
    }


EMPTY: dict[str, Any] = {
    "items": [],
    "unlisted": [use("anything", 3)],
    "invented": [],
    "invented_hidden": 0,
    "sessions": 0,
    "totals": {"used": 0, "never": 0, "dead": 0, "unlisted": 1, "invented": 0},
    "sources": [],
    "reach": [],
}
CATALOGUE: dict[str, Any] = {
    "items": [
        item("never-once", "never"),
        *(item(f"spare-{number}", "never", tool_category="mcp:spare") for number in range(8)),
        item("gone", "dead", last_used="2026-10-01 10:00:00"),
        item("daily", "used", invocations=40),
    ],
    "unlisted": [use("stranger", 12)],
    "invented": [use("deploy-prod", 9)],
    "invented_hidden": 2,
    "sessions": 100,
    "totals": {"used": 1, "never": 9, "dead": 1, "unlisted": 1, "invented": 1},
    "sources": [{"source": "my-plugin", "version": "1.0", "items": 11, "pushed": "2026-11-01 10:00:00"}],
    "reach": [
        {"plugin": "my-plugin", "version": "1.0", "loaded_by": 40, "used_by": 3},
        {"plugin": "third-party", "version": None, "loaded_by": 9, "used_by": None},
    ],
}
KINDS = ("never", "quiet", "unlisted", "invented", "reach")


def shown(dashboard: Dashboard, answer: Any, query: str = "?days=7") -> Dashboard:
    """The page with this catalogue."""
    dashboard.page.route("**/analytics/catalogue*", lambda route: route.fulfill(json=answer))
    return dashboard.open(query, ready=False).ready("tools", "glance")


def test_each_kind_has_its_panel_and_says_what_to_do(dashboard: Dashboard) -> None:
    shown(dashboard, CATALOGUE)
    for kind in KINDS:
        expect(dashboard.panel(kind)).to_have_attribute("data-state", "ready")
        expect(dashboard.panel(kind).locator("[data-next]")).not_to_be_empty()
    assert dashboard.column("never", "name")[:2] == ["never-once skill", "spare-0 mcp:spare"]
    assert len(dashboard.column("never", "name")) == 6, "the rest is shown on demand"
    assert "81k tokens in the 100 sessions" in plain(dashboard.panel("never").inner_text())
    assert dashboard.column("quiet", "name") == ["gone skill"]
    assert dashboard.column("quiet", "source") == ["my-plugin"]
    assert dashboard.column("unlisted", "uses") == ["12"]
    assert "2 more names of fewer than five people" in plain(dashboard.panel("invented").inner_text())
    assert dashboard.column("reach", "used") == ["3", "masked"]


def test_what_is_used_has_its_page(dashboard: Dashboard) -> None:
    shown(dashboard, CATALOGUE)
    dashboard.panel("unlisted").get_by_role("button", name="stranger").click()
    assert "tool=stranger" in dashboard.query()
    for kind in KINDS:
        expect(dashboard.panel(kind)).to_be_hidden()


def test_without_a_catalogue_it_says_how_to_push_one(dashboard: Dashboard) -> None:
    shown(dashboard, EMPTY)
    never = dashboard.panel("never")
    expect(never).to_have_attribute("data-state", "empty")
    expect(never).to_contain_text("track-skills catalogue push .")
    for kind in KINDS[1:]:
        expect(dashboard.panel(kind)).to_be_hidden()


def test_where_all_of_it_is_used_it_says_so(dashboard: Dashboard) -> None:
    used = [item("daily", "used")]
    shown(dashboard, {**CATALOGUE, "items": used, "totals": {**CATALOGUE["totals"], "never": 0, "dead": 0}})
    expect(dashboard.panel("never")).to_contain_text("All that is shipped was used.")
    expect(dashboard.panel("quiet")).to_be_hidden()


@pytest.mark.parametrize(("query", "asks"), [("?days=7", True), ("?category=skill", True), ("?agent=codex", False)])
def test_it_is_asked_for_where_it_can_be_narrowed(dashboard: Dashboard, query: str, asks: bool) -> None:
    shown(dashboard, CATALOGUE, query)
    assert any(report.startswith("catalogue?") for report in dashboard.reports()) is asks
    if asks:
        expect(dashboard.panel("never")).to_be_visible()
    else:
        expect(dashboard.panel("never")).to_be_hidden()
