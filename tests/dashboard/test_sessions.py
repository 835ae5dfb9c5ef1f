"""What the page makes of sessions."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.dashboard.browser import Dashboard, plain

FIGURES: dict[str, Any] = {
    "sessions": 40,
    "unique_users": 7,
    "p50_duration_s": 600,
    "p95_duration_s": 4000,
    "turns": 300,
    "tool_calls": 900,
    "tool_errors": 20,
    "input_tokens": 1000,
    "output_tokens": 3000,
    "cache_creation_tokens": None,
    "cache_read_tokens": 90_000,
    "cost_usd": 12.5,
}
SESSIONS = {
    "period": "7 days",
    **FIGURES,
    "by_exit_reason": [],
    "by_agent": [{"key": "claude-code", "sessions": 40, "cost_usd": 12.5}],
    "daily": [{"date": "2026-11-01", "sessions": 40, "cost_usd": 12.5}],
    "previous": {**FIGURES, "sessions": 20},
}


def test_sessions(dashboard: Dashboard) -> None:
    dashboard.page.route("**/analytics/sessions*", lambda route: route.fulfill(json=SESSIONS))
    dashboard.open("?days=7")
    panel = dashboard.panel("sessions")
    expect(panel).to_be_visible()
    shown = plain(panel.locator("[data-figures]").inner_text())
    for words in ("Sessions 40 +100 %", "Typical length 10 min", "Tokens in 91k", "Cost $12.50"):
        assert words in shown
    assert dashboard.column("sessions", "cost") == ["$12.50"]
    dashboard.open("?days=7&agent=codex")
    expect(panel).to_be_hidden()


def test_without_sessions_there_is_no_panel(dashboard: Dashboard) -> None:
    dashboard.open("?days=7")
    expect(dashboard.panel("sessions")).to_have_attribute("data-state", "empty")
    expect(dashboard.panel("sessions")).to_be_hidden()


CUT = """(table) => [...table.querySelectorAll("th, td")]
  .filter((it) => it.scrollWidth > it.clientWidth + 4).map((it) => it.textContent)"""
COSTS = [("demo", "skill", 0.5, 0.05), ("search", "mcp:db", None, None)]


def tools() -> list[dict[str, Any]]:
    """A row for each of COSTS."""
    rows = []
    for name, category, cost, each in COSTS:
        tokens = dict.fromkeys(
            ("input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens"), 7 if cost else None
        )
        rows.append(
            {
                "tool_name": name,
                "tool_category": category,
                "invocations": 10,
                "unique_users": 2,
                "success_rate": "100.00",
                "error_rate": "0.00",
                "known_outcomes": 10,
                "avg_duration_ms": 5,
                "p50_duration_ms": 5,
                "p95_duration_ms": 9,
                "last_used": "2026-11-01 10:00:00",
                "triggers": {"user": 10, "model": 0, "nested": 0, "unknown": 0},
                "previous": {
                    "invocations": 5,
                    "unique_users": 1,
                    "success_rate": "100.00",
                    "known_outcomes": 5,
                    "p95_duration_ms": 9,
                },
                **tokens,
                "cost_usd": cost,
                "cost_per_use_usd": each,
            }
        )
    return rows


def test_what_tools_cost_is_shown_where_anything_is_known(dashboard: Dashboard) -> None:
    """To sort by, and in the CSV; where nothing is known, there is no column."""
    dashboard.page.route("**/analytics/tools*", lambda route: route.fulfill(json=tools()))
    dashboard.open("?days=7&sort=-cost")
    panel = dashboard.panel("tools")
    assert dashboard.column("tools", "cost") == ["$0.50", "–"]
    assert dashboard.column("tools", "each") == ["$0.050", "–"]
    expect(panel.locator('thead [data-column="cost"]')).to_have_attribute("aria-sort", "descending")
    for width in (1440, 1024, 800, 760, 390):
        dashboard.page.set_viewport_size({"width": width, "height": 900})
        expect(panel.locator('tbody [data-column="each"]').first).to_be_visible()
        assert panel.locator("table").evaluate(CUT) == [], width
    with dashboard.page.expect_download() as download:
        panel.get_by_role("button", name="CSV").click()
    heads, first, *_ = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert heads.endswith("cache_read_tokens,cost_usd,cost_per_use_usd")
    assert first.endswith(",7,7,7,7,0.5,0.05")
    nothing = [row | {"cost_usd": None, "cost_per_use_usd": None} for row in tools()]
    dashboard.page.route("**/analytics/tools*", lambda route: route.fulfill(json=nothing))
    dashboard.open("?days=7&sort=-cost")
    expect(panel).to_have_attribute("data-state", "ready")
    expect(panel.locator('thead [data-column="cost"]')).to_be_hidden()
