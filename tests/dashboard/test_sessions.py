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
