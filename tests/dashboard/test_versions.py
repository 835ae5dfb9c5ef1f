"""What is said of a tool's versions."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.dashboard.browser import Dashboard
from tools.embedded.runtime import Runtime, get_json


def test_versions_of_a_tool(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open("?days=30&tool=query&category=mcp:db")
    rows = get_json(f"{worker.url}/analytics/versions?days=30&tool=query&category=mcp:db")
    panel = dashboard.panel("versions")
    expect(panel.get_by_role("heading", name="Versions of query")).to_be_visible()
    assert dashboard.column("versions", "version") == [row["version"] for row in rows] == ["2.0.0", "1.9.0"]
    low, high = rows[0]["success_interval"]
    shown = dashboard.column("versions", "success")[0]
    assert shown.startswith(f"{float(rows[0]['success_rate']):.1f}".removesuffix(".0"))
    ends = [float(end) for end in re.findall(r"([\d.]+) % to ([\d.]+) %", shown)[0]]
    assert abs(ends[0] - low) <= 0.1
    assert abs(ends[1] - high) <= 0.1
    assert rows[0]["verdict"] == "same"
    assert dashboard.column("versions", "verdict") == [
        "No difference from 1.9.0 that the figures show",
        "The first that is known",
    ]
    chart = panel.get_by_role("img", name="Uses a day by version")
    expect(chart).to_be_visible()
    uses = ", ".join(f"{row['version']} {row['invocations']} uses" for row in rows)
    expect(chart).to_have_accessible_name(re.compile(f": {re.escape(uses)}. The table below has every version.$"))
    dots = panel.locator(".dot").evaluate_all("dots => dots.map(dot => dot.dataset.shade)")
    assert dots == ["1", "2"], "they tell which line is which"
    assert dashboard.overflow() == 0
    dashboard.button("← All tools").click()
    expect(panel).to_be_hidden()


def test_what_a_version_made_worse_is_said(dashboard: Dashboard, worker: Runtime) -> None:
    rows = get_json(f"{worker.url}/analytics/versions?days=30&tool=query&category=mcp:db")
    worse = {**rows[0], "verdict": "worse", "against": {**rows[0]["against"], "interval": [-29.7, -8.4]}}
    dashboard.page.route(
        "**/analytics/versions*", lambda route: route.fulfill(json=[worse, {**rows[1], "success_interval": None}])
    )
    dashboard.open("?days=30&tool=query&category=mcp:db")
    assert dashboard.column("versions", "verdict")[0] == "Worse: success 8.4 to 29.7 points lower than in 1.9.0"
    assert dashboard.column("versions", "success")[1] == "–"


def test_without_days_there_are_no_lines(dashboard: Dashboard, worker: Runtime) -> None:
    """As of what was rolled up before there were any."""
    rows = get_json(f"{worker.url}/analytics/versions?days=30&tool=query&category=mcp:db")
    dashboard.page.route(
        "**/analytics/versions*", lambda route: route.fulfill(json=[{**row, "days": None} for row in rows])
    )
    dashboard.open("?days=30&tool=query&category=mcp:db")
    panel = dashboard.panel("versions")
    expect(panel.locator("canvas")).to_be_hidden()
    expect(panel.locator(".dot")).to_have_count(0)
    assert dashboard.column("versions", "version") == [row["version"] for row in rows]


def test_on_a_phone_figures_stand_side_by_side_with_their_names(dashboard: Dashboard) -> None:
    dashboard.page.set_viewport_size({"width": 390, "height": 844})
    dashboard.open("?days=30&tool=query&category=mcp:db")
    row = dashboard.panel("versions").locator("tbody tr").first
    places = row.evaluate(
        """row => Object.fromEntries([...row.cells].map((cell) => [cell.dataset.column, {
          top: Math.round(cell.getBoundingClientRect().top),
          name: getComputedStyle(cell, '::before').content === 'none' ? '' : cell.dataset.label,
        }]))"""
    )
    tops = [places[column]["top"] for column in ("version", "uses", "success", "verdict")]
    assert tops == sorted({*tops}), "each on a line of its own"
    assert abs(places["version"]["top"] - places["first"]["top"]) < 5
    assert {places[column]["top"] for column in ("uses", "people", "p95")} == {places["uses"]["top"]}
    assert [places[column]["name"] for column in ("uses", "people", "p95")] == ["Uses", "People", "p95"]
    assert dashboard.overflow() == 0
