"""What the page shows, and what a reader does with it."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Download, Locator, Route, expect

from tests.dashboard.browser import Dashboard, plain
from tests.dashboard.data import FEW, HOSTILE, SCOPED, SHARED, SHARING
from tools.embedded.runtime import Runtime, get_json

Theme = Literal["light", "dark"]


def test_at_a_glance(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open("?days=7")
    summary = get_json(f"{worker.url}/analytics/summary?days=7")
    assert dashboard.figure("invocations").inner_text() == f"{summary['total_invocations']:,}"
    assert dashboard.figure("people").inner_text() == str(summary["unique_users"])
    rate = f"{float(summary['success_rate']):.1f}".removesuffix(".0")
    assert plain(dashboard.figure("success").inner_text()) == f"{rate} %"
    assert re.fullmatch(r"[\d.]+ (ms|s)", plain(dashboard.figure("p95").inner_text()))
    growth = 100 * (summary["total_invocations"] / summary["previous"]["total_invocations"] - 1)
    change = dashboard.page.locator('[data-figure="invocations"] [data-change]')
    assert plain(change.inner_text()) == f"+{growth:.0f} %"
    assert change.get_attribute("data-news") == "good"
    for name in ("invocations", "people", "success", "p50", "p95"):
        path = dashboard.page.locator(f'[data-figure="{name}"] .spark-line').get_attribute("d") or ""
        assert path.count("L") >= 5, name


def test_what_needs_attention(dashboard: Dashboard) -> None:
    dashboard.open("?days=7")
    strip = dashboard.panel("attention")
    expect(strip).to_be_visible()
    expect(strip).to_contain_text("query fails")
    expect(strip).to_contain_text(f"{SHARED} of mcp:beta fails")
    strip.get_by_role("button", name="query").click()
    assert dashboard.query() == "days=7&tool=query&category=mcp%3Adb"
    expect(strip).to_contain_text("query fails")
    expect(strip).to_be_in_viewport(ratio=1)
    expect(strip).not_to_contain_text(SHARED)
    expect(dashboard.page.get_by_role("heading", name="Where it hurts")).to_be_in_viewport()


def test_an_estimate_is_not_read_as_a_fact(dashboard: Dashboard) -> None:
    def answer(route: Route) -> None:
        real = route.fetch().json()
        known = {"p50_duration_ms": 3566, "p95_duration_ms": 4100, "total_invocations": 3566}
        before = {"p50_duration_ms": 3565, "p95_duration_ms": 3565, "total_invocations": 3500}
        route.fulfill(json={**real, **known, "previous": {**real["previous"], **before}})

    dashboard.page.route("**/analytics/summary*", answer)
    dashboard.open("?days=7")

    def changed(name: str) -> tuple[str, str | None, str]:
        change = dashboard.page.locator(f'[data-figure="{name}"] [data-change]')
        title = change.get_attribute("title") or ""
        return plain(change.inner_text()), change.get_attribute("data-news"), plain(title)

    assert changed("p50") == ("about the same", "none", "The 7 days before: 3.6 s, each within 3 %")
    assert changed("p95") == ("+15 %", "bad", "The 7 days before: 3.6 s, each within 3 %")
    assert changed("invocations") == ("+1.9 %", "good", "The 7 days before: 3,500")
    expect(dashboard.panel("attention")).not_to_contain_text("p95")


def test_over_time_as_chart_and_as_table(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open("?days=7")
    panel = dashboard.panel("invocations")
    expect(panel.get_by_role("img")).to_have_attribute("aria-label", re.compile(r"\d+ successes, \d+ errors"))
    panel.get_by_role("button", name="Table").click()
    expect(panel.locator("canvas")).to_be_hidden()
    buckets = get_json(f"{worker.url}/analytics/timeseries?days=7")
    assert [int(text.replace(",", "")) for text in dashboard.column("invocations", "invocations")] == [
        bucket["invocations"] for bucket in reversed(buckets)
    ]
    other = [bucket["invocations"] - bucket["success"] - bucket["error"] for bucket in reversed(buckets)]
    assert [int(text) for text in dashboard.column("invocations", "other")] == other
    assert "so far" in dashboard.column("invocations", "t")[0]
    panel.get_by_role("button", name="Table").click()
    expect(panel.locator("canvas")).to_be_visible()


def test_active_people(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open("?days=30")
    retention = get_json(f"{worker.url}/analytics/retention?days=30")
    panel = dashboard.panel("people")
    assert panel.locator("[data-weekly]").inner_text() == str(retention["weekly_active_users"])
    assert panel.locator("[data-monthly]").inner_text() == str(retention["monthly_active_users"])
    assert plain(panel.locator("[data-stickiness]").inner_text()).endswith("%")
    panel.get_by_role("button", name="Table").click()
    for name in ("dau", "new", "returning"):
        shown = [int(text) for text in dashboard.column("people", name)]
        assert shown == [it[name] for it in retention["daily_active_users"]], name


def test_who_comes_back(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open("?days=30")
    cohorts = get_json(f"{worker.url}/analytics/retention?days=30")["cohorts"]
    known = [cohort for cohort in cohorts if cohort["people"]]
    panel = dashboard.panel("cohorts")
    expect(panel.locator("tbody tr")).to_have_count(len(known))
    people = [int(text) for text in panel.locator("tbody tr td:nth-child(2)").all_inner_texts()]
    assert people == [cohort["people"] for cohort in known]
    titles = [cell.get_attribute("title") for cell in panel.locator("td.shade").all()]
    assert titles == [f"{back} of {cohort['people']}" for cohort in known for back in cohort["back"]]


def test_a_day_is_drawn_by_the_hour_in_the_readers_zone(opened: Callable[..., Dashboard], worker: Runtime) -> None:
    dashboard = opened(worker.url, timezone_id="America/New_York").open("?days=1")
    dashboard.panel("invocations").get_by_role("button", name="Table").click()
    assert len(dashboard.column("invocations", "t")) == 25
    newest = get_json(f"{worker.url}/analytics/errors?days=1&limit=1")["errors"][0]["timestamp"]
    moment = dashboard.panel("latest").locator("time").first
    assert moment.get_attribute("title") == f"{newest} UTC"
    shown = dashboard.page.evaluate(
        "(text) => new Date(text).toLocaleTimeString('en-GB', { timeZone: 'America/New_York', timeStyle: 'short' })",
        newest.replace(" ", "T") + "Z",
    )
    assert moment.inner_text().endswith(shown)


def test_tools_are_sorted(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open("?days=7")
    tools = get_json(f"{worker.url}/analytics/tools?days=7")
    expect(dashboard.panel("tools").locator("[data-note]")).to_have_text(f"{len(tools)} tools")
    heads = dashboard.panel("tools").locator("thead")
    expect(heads.locator('[data-column="invocations"]')).to_have_attribute("aria-sort", "descending")
    most = [int(text.split()[0]) for text in dashboard.column("tools", "invocations")]
    assert most == sorted(most, reverse=True)
    heads.get_by_role("button", name="Tool", exact=True).click()
    expect(heads.locator('[data-column="name"]')).to_have_attribute("aria-sort", "ascending")
    assert "sort=name" in dashboard.query()
    expect(dashboard.rows("tools").first).to_contain_text(SCOPED)
    heads.get_by_role("button", name="Tool", exact=True).click()
    expect(dashboard.rows("tools").first).to_contain_text(FEW)
    heads.get_by_role("button", name="p95").click()
    slowest = {row["tool_name"]: row["p95_duration_ms"] or 0 for row in tools}
    expect(dashboard.rows("tools").first.get_by_role("button").first).to_have_text(
        re.compile("|".join(name for name, ms in slowest.items() if ms == max(slowest.values())))
    )
    for name in ("People", "Success", "p50", "Triggered by", "Last used", "Invocations"):
        heads.get_by_role("button", name=name).click()
    assert "sort" not in dashboard.query()


def test_tools_stand_in_an_order_that_has_a_name(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open("?days=7")
    new = [row for row in get_json(f"{worker.url}/analytics/tools?days=7") if row["first_used"]]
    newest = max(new, key=lambda row: row["first_used"])
    order = dashboard.panel("tools").get_by_role("combobox", name="Order")
    expect(order).to_have_value("-invocations")
    order.select_option("Least used")
    least = [int(text.split()[0]) for text in dashboard.column("tools", "invocations")]
    assert least == sorted(least)
    order.select_option("New first")
    assert "sort=-new" in dashboard.query()
    expect(dashboard.rows("tools").first).to_contain_text(newest["tool_name"])
    order.select_option("Movers")
    expect(dashboard.panel("tools").locator("thead [aria-sort]")).to_have_count(0)
    dashboard.panel("tools").locator("thead").get_by_role("button", name="p95").click()
    expect(order).to_have_value("")


def test_change_is_told_against_the_period_before(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open("?days=7&sort=change")
    rows = get_json(f"{worker.url}/analytics/tools?days=7")
    grown = {
        row["tool_name"]: row["invocations"] / row["previous"]["invocations"]
        if row["previous"]["invocations"]
        else None
        for row in rows
    }
    assert None in grown.values()
    shown = dashboard.column("tools", "change")
    assert shown[-1] == "new"
    known = [float(text.replace("−", "-").removesuffix(" %").replace(",", "")) for text in shown if text.endswith("%")]
    assert known
    assert known == sorted(known)
    row = dashboard.rows("tools").filter(has_text="query")
    percent = 100 * (grown["query"] or 0) - 100
    assert plain(row.locator('[data-column="change"]').inner_text()) == f"+{percent:.0f} %"
    expect(dashboard.panel("agent").locator('[data-column="change"]').nth(1)).to_contain_text("%")


def test_tools_are_searched_and_all_shown(dashboard: Dashboard, worker: Runtime) -> None:
    count = len(get_json(f"{worker.url}/analytics/tools?days=7"))
    assert count >= 37
    dashboard.open("?days=7")
    assert dashboard.rows("tools").count() == 25
    dashboard.page.get_by_role("button", name=f"Show all {count}").click()
    expect(dashboard.rows("tools")).to_have_count(count)
    dashboard.page.get_by_label("Search tools").fill("SPARE 1")
    expect(dashboard.rows("tools")).to_have_count(12)
    expect(dashboard.panel("tools").locator("[data-note]")).to_have_text(f"12 of {count} tools")
    assert "search=SPARE+1" in dashboard.query()
    dashboard.page.get_by_label("Search tools").fill("no such tool")
    expect(dashboard.panel("tools").locator("[data-no-match]")).to_be_visible()
    assert len([path for path in dashboard.reports() if path.startswith("tools")]) == 1


def test_a_tool_filters_the_whole_page(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open("?days=7")
    all_of_it = dashboard.figure("invocations").inner_text()
    dashboard.rows("tools").filter(has_text="query").first.click(position={"x": 400, "y": 10})
    only = get_json(f"{worker.url}/analytics/summary?days=7&tool=query")["total_invocations"]
    expect(dashboard.figure("invocations")).to_have_text(str(only))
    dashboard.ready()
    assert dashboard.query() == "days=7&tool=query&category=mcp%3Adb"
    expect(dashboard.page).to_have_title("query · last 7 days")
    expect(dashboard.rows("tools").first).to_have_attribute("data-selected", "")
    assert dashboard.rows("tools").count() == 25
    assert set(dashboard.column("groups", "error")) == {"TimeoutError", "ValueError"}
    dashboard.page.get_by_role("button", name="tool query").click()
    expect(dashboard.figure("invocations")).to_have_text(all_of_it)
    dashboard.page.go_back()
    expect(dashboard.figure("invocations")).to_have_text(str(only))
    dashboard.page.go_back()
    expect(dashboard.figure("invocations")).to_have_text(all_of_it)
    dashboard.page.go_forward()
    expect(dashboard.figure("invocations")).to_have_text(str(only))


def test_a_tool_has_a_page(dashboard: Dashboard) -> None:
    dashboard.open("?days=7")
    dashboard.page.get_by_role("button", name=SCOPED, exact=True).first.click()
    title = dashboard.page.get_by_role("heading", name=SCOPED, exact=True)
    expect(title).to_be_focused()
    expect(title).to_be_in_viewport()
    expect(dashboard.panel("tools")).to_be_hidden()
    dashboard.button("← All tools").click()
    expect(dashboard.panel("tools")).to_be_visible()
    expect(title).to_be_hidden()
    assert dashboard.query() == "days=7"


def test_dates_are_chosen_by_keyboard(dashboard: Dashboard, worker: Runtime) -> None:
    today = datetime.now(UTC).date()
    first, last = today - timedelta(days=4), today - timedelta(days=2)
    dashboard.open("?days=30")
    dashboard.button("Dates").focus()
    keyboard = dashboard.page.keyboard
    keyboard.press("Enter")
    for label, date in (("From", first), ("to", last)):
        dashboard.page.get_by_label(label, exact=True).focus()
        keyboard.type(f"{date:%m%d%Y}")
    keyboard.press("Enter")
    expected = get_json(f"{worker.url}/analytics/summary?from={first}&to={last}")
    expect(dashboard.figure("invocations")).to_have_text(str(expected["total_invocations"]))
    assert dashboard.query() == f"from={first}&to={last}"
    dashboard.ready()
    expect(dashboard.page.locator("[data-dates-open]")).to_have_attribute("aria-pressed", "true")
    dashboard.panel("invocations").get_by_role("button", name="Table").click()
    assert len(dashboard.column("invocations", "t")) == 3
    assert "so far" not in dashboard.column("invocations", "t")[0]
    dashboard.page.locator("[data-dates-open]").click()
    dashboard.page.locator("[data-compare]").select_option("a year before")
    with dashboard.page.expect_response("**/analytics/summary*compare=year"):
        dashboard.button("Show").click()
    dashboard.ready()
    change = dashboard.page.locator('[data-figure="invocations"] [data-change]')
    expect(change).to_have_text("no earlier data")
    dashboard.page.locator("[data-dates-open]").click()
    dashboard.page.locator("[data-to]").fill(str(first - timedelta(days=1)))
    dashboard.button("Show").click()
    expect(dashboard.page.locator("[data-dates]")).to_be_visible()
    dashboard.button("The last 7 days").click()
    assert dashboard.query() == "days=7"


def test_a_click_on_a_bar_narrows_to_its_day(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open("?days=7")
    canvas = dashboard.panel("invocations").locator("canvas")
    box = canvas.bounding_box()
    assert box
    canvas.click(position={"x": box["width"] * 0.7, "y": box["height"] * 0.8})
    expect(dashboard.page).to_have_url(re.compile(r"from=(\d{4}-\d\d-\d\d)&to=\1$"))
    date = dashboard.query().rpartition("=")[2]
    total = get_json(f"{worker.url}/analytics/summary?from={date}&to={date}")["total_invocations"]
    expect(dashboard.figure("invocations")).to_have_text(str(total))
    dashboard.ready()
    dashboard.panel("invocations").get_by_role("button", name="Table").click()
    assert len(dashboard.column("invocations", "t")) == 24


def test_tools_of_one_name_are_told_apart(dashboard: Dashboard, tmp_path: Path) -> None:
    dashboard.open(f"?days=7&search={SHARED}+mcp")
    rows = dashboard.rows("tools")
    expect(rows).to_have_count(2)
    assert dict(zip(dashboard.column("tools", "name"), _numbers(dashboard, "invocations"), strict=True)) == {
        f"{SHARED} {category}": times for category, times in SHARING.items()
    }
    assert [row[:3] for row in _saved(dashboard, "Save tools as CSV", tmp_path)[1][1:]] == [
        [SHARED, category, str(times)] for category, times in sorted(SHARING.items(), key=lambda it: -it[1])
    ]
    assert f"KeyError {SHARED} of mcp:beta" in dashboard.column("groups", "error")
    assert "TimeoutError query" in dashboard.column("groups", "error"), "a name that one tool has needs no category"
    expect(dashboard.rows("latest").filter(has_text=SHARED).first).to_contain_text("mcp:beta")
    groups = [row[:3] for row in _saved(dashboard, "Save error groups as CSV", tmp_path)[1]]
    assert groups[0] == ["tool", "category", "error_type"]
    assert [SHARED, "mcp:beta", "KeyError"] in groups
    latest = _saved(dashboard, "Save latest errors as CSV", tmp_path)[1]
    assert latest[0][1:3] == ["tool", "category"]
    assert [SHARED, "mcp:beta"] in [row[1:3] for row in latest]

    rows.filter(has_text="mcp:alpha").get_by_role("button", name=SHARED, exact=True).click()
    expect(dashboard.figure("invocations")).to_have_text(str(SHARING["mcp:alpha"]))
    assert f"tool={SHARED}&category=mcp%3Aalpha" in dashboard.query()
    dashboard.ready("glance", "tools")
    assert [row.get_attribute("data-selected") for row in rows.all()] == ["", None]
    expect(rows.first).to_contain_text("mcp:alpha")
    expect(dashboard.panel("groups")).to_contain_text("No errors in the last 7 days with these filters.")
    expect(dashboard.panel("groups").locator("[data-note]")).to_be_empty()
    asked = [path for path in dashboard.reports() if path.startswith("errors")]
    assert asked[-1].endswith(f"tool={SHARED}&category=mcp%3Aalpha")

    dashboard.page.get_by_role("button", name="category mcp:alpha").click()
    expect(dashboard.figure("invocations")).to_have_text(str(sum(SHARING.values())))
    dashboard.ready("glance", "tools")
    assert [row.get_attribute("data-selected") for row in rows.all()] == ["", ""]
    dashboard.rows("groups").filter(has_text="KeyError").get_by_role("button").click()
    expect(dashboard.figure("invocations")).to_have_text(str(SHARING["mcp:beta"]))
    dashboard.page.get_by_role("button", name=f"tool {SHARED}").click()
    expect(dashboard.page.locator("[data-filters]")).to_be_hidden()
    assert "tool" not in dashboard.query()
    assert "category" not in dashboard.query()


def test_a_tool_is_as_cheap_with_its_category(dashboard: Dashboard) -> None:
    dashboard.open(f"?days=7&tool={SHARED}&category=mcp:beta")
    for name in ("glance", "invocations", "people", "tools", "groups", "latest"):
        expect(dashboard.panel(name).locator("[data-basis]")).to_be_hidden()
    dashboard.page.locator("[data-tool-category]").click()
    expect(dashboard.page.locator("[data-chips] button")).to_have_count(1)
    assert dashboard.query() == "days=7&category=mcp%3Abeta"


def test_the_rarest_are_said_to_be_together_and_are_no_filter(dashboard: Dashboard) -> None:
    def folded(route: Route, *names: str) -> None:
        real = route.fetch().json()
        rows = real["groups"] if isinstance(real, dict) else real
        rows.insert(1, {**rows[0], **dict.fromkeys(names, "(other)")})
        route.fulfill(json=real)

    dashboard.page.route("**/analytics/tools*", lambda route: folded(route, "tool_name", "tool_category"))
    dashboard.page.route(
        "**/analytics/errors*", lambda route: folded(route, "tool_name", "tool_category", "error_type")
    )
    dashboard.page.route("**/analytics/breakdown*", lambda route: folded(route, "key"))
    dashboard.open("?days=7")
    for name in ("tools", "groups", "agent", "version"):
        row = dashboard.rows(name).nth(1)
        expect(row).to_contain_text("rarest values, counted together")
        expect(row.get_by_role("button")).to_have_count(0)
    assert "(other)" not in dashboard.page.locator("main").inner_text()
    expect(dashboard.panel("tools").locator("[data-note]")).to_have_text(re.compile(r"^\d\d tools and the rarest$"))
    dashboard.rows("tools").nth(1).click(position={"x": 400, "y": 10})
    canvas = dashboard.panel("version").locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    canvas.click(position={"x": box["width"] * 0.6, "y": box["height"] * 0.35})
    assert dashboard.query() == "days=7"
    canvas.click(position={"x": box["width"] * 0.6, "y": box["height"] * 0.1})
    expect(dashboard.page.get_by_role("button", name="version 2.0.0")).to_be_visible()


def _numbers(dashboard: Dashboard, column: str) -> list[int]:
    """The first number of each cell of a column of the tools."""
    return [int(text.split()[0].replace(",", "")) for text in dashboard.column("tools", column)]


def test_a_link_reproduces_the_view(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open("?days=30&agent=codex&search=review&sort=name")
    expect(dashboard.button("30 days")).to_have_attribute("aria-pressed", "true")
    expect(dashboard.page.get_by_label("Search tools")).to_have_value("review")
    assert dashboard.rows("tools").count() == 1
    only = get_json(f"{worker.url}/analytics/summary?days=30&agent=codex")["total_invocations"]
    assert dashboard.figure("invocations").inner_text() == str(only)
    expect(dashboard.button("Clear")).to_be_visible()
    dashboard.button("Clear").click()
    dashboard.ready()
    assert dashboard.query() == "days=30&search=review&sort=name"


def test_ranges(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open()
    for days, name in ((1, "24 h"), (90, "90 days"), (30, "30 days"), (7, "7 days")):
        dashboard.button(name).click()
        expect(dashboard.button(name)).to_have_attribute("aria-pressed", "true")
        total = get_json(f"{worker.url}/analytics/summary?days={days}")["total_invocations"]
        expect(dashboard.figure("invocations")).to_have_text(f"{total:,}")
        assert f"days={days}" in dashboard.query()
    dashboard.ready()
    dashboard.page.go_back()
    expect(dashboard.button("30 days")).to_have_attribute("aria-pressed", "true")


def test_where_it_hurts(dashboard: Dashboard, worker: Runtime) -> None:
    dashboard.open("?days=7")
    answer = get_json(f"{worker.url}/analytics/errors?days=7&limit=100")
    assert [int(text) for text in dashboard.column("groups", "count")] == [it["count"] for it in answer["groups"]]
    assert [int(text) for text in dashboard.column("groups", "people")] == [it["users"] for it in answer["groups"]]
    assert dashboard.panel("groups").locator(".spark-bars").count() == len(answer["groups"])
    assert set(dashboard.column("groups", "trend")) <= {"rising", "falling", "steady"}
    drawn = [_heights(path) for path in dashboard.panel("groups").locator(".spark-bars").all()]
    assert drawn == [
        pytest.approx([count / max(group["trend"]) for count in group["trend"]], abs=0.09) for group in answer["groups"]
    ]
    note = dashboard.panel("groups").locator("[data-note]")
    total = sum(group["count"] for group in answer["groups"])
    expect(note).to_have_text(f"{total} errors in {len(answer['groups'])} groups")
    titles = [it.get_attribute("title") or "" for it in dashboard.panel("groups").locator("time").all()]
    assert all(title.endswith("UTC") for title in titles)
    assert dashboard.rows("latest").count() == 8
    dashboard.panel("latest").get_by_role("button", name="Show all").click()
    expect(dashboard.rows("latest")).to_have_count(answer["count"])
    dashboard.rows("groups").filter(has_text="TimeoutError").get_by_role("button").click()
    expect(dashboard.page).to_have_title("query · last 7 days")


def _heights(bars: Locator) -> list[float]:
    """The heights of a trend's bars, as shares of the highest; too low ones are drawn a little higher."""
    heights = [float(text) for text in re.findall(r"v-([\d.]+)", bars.get_attribute("d") or "")]
    return [0 if height == 0.75 else height / max(heights) for height in heights]


@pytest.mark.parametrize(("by", "filters"), [("agent", True), ("version", True), ("trigger", True), ("os", False)])
def test_by(dashboard: Dashboard, worker: Runtime, by: str, filters: bool) -> None:
    dashboard.open("?days=7")
    rows = get_json(f"{worker.url}/analytics/breakdown?by={by}&days=7")
    assert dashboard.column(by, "key") == [row["key"] for row in rows][:5]
    assert [int(text.split()[0]) for text in dashboard.column(by, "invocations")] == [
        row["invocations"] for row in rows
    ][:5]
    expect(dashboard.panel(by).get_by_role("img")).to_be_visible()
    button = dashboard.panel(by).locator("tbody").get_by_role("button", name=rows[1]["key"], exact=True)
    if not filters:
        expect(button).to_have_count(0)
        return
    button.click()
    expect(dashboard.figure("invocations")).to_have_text(str(rows[1]["invocations"]))
    dashboard.ready(by)
    expect(button).to_have_attribute("aria-pressed", "true")
    assert dashboard.column(by, "key") == [row["key"] for row in rows][:5]


def test_a_click_on_a_chart_filters(dashboard: Dashboard) -> None:
    dashboard.open("?days=7")
    canvas = dashboard.panel("version").locator("canvas")
    box = canvas.bounding_box()
    assert box
    canvas.scroll_into_view_if_needed()
    canvas.click(position={"x": box["width"] * 0.6, "y": box["height"] * 0.15})
    expect(dashboard.page.get_by_role("button", name="version 2.0.0")).to_be_visible()


def test_hostile_data_is_text(dashboard: Dashboard) -> None:
    dashboard.open("?days=7&search=onerror")
    expect(dashboard.rows("tools")).to_have_count(1)
    assert HOSTILE in dashboard.column("tools", "name")[0]
    dashboard.rows("tools").get_by_role("button", name=HOSTILE).first.click()
    expect(dashboard.figure("invocations")).to_have_text("1")
    dashboard.ready()
    for name in ("groups", "latest", "agent", "versions", "os"):
        expect(dashboard.panel(name)).to_contain_text(HOSTILE)
    assert dashboard.page.title() == f"{HOSTILE} · last 7 days"
    assert dashboard.page.locator("img").count() == 1
    assert dashboard.overflow() == 0


def test_a_rate_over_few_says_so(dashboard: Dashboard) -> None:
    dashboard.open("?days=7&search=used-twice")
    assert dashboard.column("tools", "success") == ["100 % of 2"]
    assert dashboard.column("tools", "p50")[0] != "–"
    dashboard.open(f"?days=7&search={SCOPED}")
    assert dashboard.column("tools", "p50") == ["–"]
    dashboard.open(f"?days=7&tool={FEW}", ready=False).ready("glance")
    assert plain(dashboard.page.locator('[data-figure="success"] .value').inner_text()) == "100 % of 2"


def test_the_view_is_saved_as_csv(dashboard: Dashboard, worker: Runtime, tmp_path: Path) -> None:
    dashboard.open("?days=7&sort=name")
    name, rows = _saved(dashboard, "Save tools as CSV", tmp_path)
    assert name == "track-skills-tools-7-days.csv"
    tools = {(row["tool_name"], row["tool_category"]): row for row in get_json(f"{worker.url}/analytics/tools?days=7")}
    assert rows[0][:5] == ["tool", "category", "invocations", "invocations_before", "people"]
    assert len(rows) == 1 + len(tools)
    assert f"'{SCOPED}" in [row[0] for row in rows]
    query = next(row for row in rows if row[0] == "query")
    assert int(query[2]) == tools["query", "mcp:db"]["invocations"]
    dashboard.page.get_by_label("Search tools").fill("spare")
    expect(dashboard.panel("tools").locator("[data-note]")).to_have_text(f"30 of {len(tools)} tools")
    assert len(_saved(dashboard, "Save tools as CSV", tmp_path)[1]) == 31
    for panel in ("over time", "daily active people", "error groups", "latest errors", "agents", "systems"):
        assert len(_saved(dashboard, f"Save {panel} as CSV", tmp_path)[1]) > 1, panel
    name, path = _download(dashboard, "Export this view", tmp_path)
    assert name == "track-skills-view-7-days.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        files = {it: list(csv.reader(archive.read(it).decode("utf-8-sig").splitlines())) for it in archive.namelist()}
    assert {"glance.csv", "invocations.csv", "people.csv", "tools.csv", "groups.csv", "latest.csv"} <= files.keys()
    assert all(len({len(row) for row in rows}) == 1 for rows in files.values()), "each is one table"
    assert len(files["tools.csv"]) == 31


def _saved(dashboard: Dashboard, button: str, folder: Path) -> tuple[str, list[list[str]]]:
    name, path = _download(dashboard, button, folder)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return name, list(csv.reader(file))


def _download(dashboard: Dashboard, button: str, folder: Path) -> tuple[str, Path]:
    with dashboard.page.expect_download() as waiting:
        dashboard.button(button).click()
    download: Download = waiting.value
    path = folder / "saved"
    download.save_as(path)
    return download.suggested_filename, path


def test_by_keyboard_alone(dashboard: Dashboard) -> None:
    dashboard.open("?days=7")
    keyboard = dashboard.page.keyboard
    keyboard.press("Tab")
    expect(dashboard.page.get_by_role("link", name="Skip to the figures")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.press("Tab")
    expect(dashboard.button("30 days")).to_be_focused()
    outline = dashboard.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    keyboard.press("Enter")
    expect(dashboard.button("30 days")).to_have_attribute("aria-pressed", "true")
    dashboard.ready()
    dashboard.page.get_by_label("Search tools").focus()
    keyboard.type("query")
    expect(dashboard.rows("tools")).to_have_count(1)
    seen = []
    for _ in range(14):
        keyboard.press("Tab")
        seen.append(dashboard.page.evaluate("document.activeElement.textContent"))
        if seen[-1] == "query":
            break
    assert seen[-1] == "query", seen
    keyboard.press("Enter")
    expect(dashboard.page).to_have_title("query · last 30 days")
    dashboard.ready()
    assert dashboard.page.evaluate("document.activeElement.textContent") == "query", "the focus stays where it was"


def test_light_and_dark(opened: Callable[..., Dashboard], worker: Runtime) -> None:
    pairs: tuple[tuple[Theme, Theme], ...] = (("light", "dark"), ("dark", "light"))
    for scheme, other in pairs:
        dashboard = opened(worker.url, color_scheme=scheme).open("?days=7")
        by_system = _background(dashboard)
        switch = dashboard.page.get_by_role("button", name=re.compile("Theme"))
        expect(switch).to_have_attribute("aria-label", "Theme: system")
        while switch.get_attribute("aria-label") != f"Theme: {other}":
            switch.click()
        switched = _background(dashboard)
        assert switched != by_system
        dashboard.page.reload()
        assert _background(dashboard) == switched
        dashboard.page.emulate_media(color_scheme=other)
        assert _background(dashboard) == switched
        brightness = sum(int(part) for part in re.findall(r"\d+", by_system)[:3])
        assert (brightness > 384) == (scheme == "light")


def _background(dashboard: Dashboard) -> Any:
    return dashboard.page.evaluate("getComputedStyle(document.body).backgroundColor")
