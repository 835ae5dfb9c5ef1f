"""What the page makes of storage denied, one failure everywhere, one value, and very many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Route, expect

from tests.dashboard.browser import Dashboard
from tests.dashboard.data import FEW, KEY
from tools.embedded.runtime import Runtime

DENIED = """
for (const area of ['localStorage', 'sessionStorage']) {
  Object.defineProperty(window, area, { get() { throw new DOMException('denied', 'SecurityError'); } });
}
"""


def _answers(dashboard: Dashboard, report: str, change: Callable[[Any], Any]) -> None:
    """Let a report answer with what becomes of the real answer."""

    def answer(route: Route) -> None:
        route.fulfill(json=change(route.fetch().json()))

    dashboard.page.route(f"**/analytics/{report}*", answer)


def test_storage_is_denied(opened: Callable[..., Dashboard], locked_worker: Runtime) -> None:
    dashboard = opened(locked_worker.url, trouble=True)
    dashboard.page.add_init_script(DENIED)
    dashboard.open(ready=False)
    key = dashboard.page.get_by_label("Analytics key")
    key.fill(KEY)
    key.press("Enter")
    expect(dashboard.panel("glance")).not_to_have_attribute("data-state", "loading")
    expect(key).to_be_hidden()
    dashboard.page.get_by_role("button", name="Theme: system").click()
    expect(dashboard.page.get_by_role("button", name="Theme: light")).to_be_visible()


def test_one_failure_everywhere_is_said_once(opened: Callable[..., Dashboard], worker: Runtime) -> None:
    dashboard = opened(worker.url, trouble=True)
    rest = {"success": False, "error": "The database rests."}
    dashboard.page.route("**/analytics/*", lambda route: route.fulfill(status=503, json=rest))
    dashboard.open("?days=7", ready=False)
    expect(dashboard.page.locator("[data-failure]")).to_be_visible()
    expect(dashboard.page.get_by_text("The database rests.").locator("visible=true")).to_have_count(2)  # and the banner
    expect(dashboard.page.get_by_role("button", name="Try again").locator("visible=true")).to_have_count(1)
    dashboard.page.unroute_all()
    dashboard.page.get_by_role("button", name="Try again").locator("visible=true").click()
    dashboard.ready()
    expect(dashboard.page.locator("[data-failure]")).to_be_hidden()


def test_a_browser_that_blocks_analytics(opened: Callable[..., Dashboard], worker: Runtime) -> None:
    dashboard = opened(worker.url, trouble=True)
    dashboard.page.route("**/analytics/*", lambda route: route.abort("blockedbyclient"))
    dashboard.open("?days=7")
    expect(dashboard.page.locator("[data-blocked]")).to_contain_text("This browser blocks /analytics")
    expect(dashboard.page.locator("[data-offline-banner]")).to_be_hidden()
    before = len(dashboard.reports())
    with dashboard.page.expect_response("**/a/tools*"):
        dashboard.button("Refresh").click()
    dashboard.ready()
    assert len(dashboard.reports()) == before, "it does not ask in vain again"


def test_full_data_have_an_age_whatever_the_filters(dashboard: Dashboard) -> None:
    dashboard.open("?days=7&agent=codex&trigger=model")
    age = dashboard.page.locator("[data-age]").inner_text()
    assert age.startswith("as of")
    assert age.endswith("refreshed on demand")


def test_one_value_is_a_sentence(dashboard: Dashboard) -> None:
    _answers(dashboard, "breakdown", lambda rows: [{**rows[0], "key": "unknown"}])
    dashboard.open("?days=7")
    expect(dashboard.panel("agent")).to_contain_text("No use says which agent.")
    expect(dashboard.panel("agent").locator("canvas")).to_be_hidden()
    expect(dashboard.panel("agent").locator("table")).to_be_hidden()


def test_a_single_day_is_no_line(dashboard: Dashboard) -> None:
    dashboard.open(f"?days=7&tool={FEW}&category=skill", ready=False).ready("glance")
    assert dashboard.page.locator('[data-figure="p50"] .spark-line').get_attribute("d") == ""


def test_hundreds_of_tools_are_all_shown(dashboard: Dashboard) -> None:
    start = "a-name-that-very-many-tools-have-in-common-for-sixty-characters"
    _answers(
        dashboard, "tools", lambda rows: [{**rows[0], "tool_name": f"{start}-{number:03}"} for number in range(507)]
    )
    dashboard.open("?days=7")
    dashboard.page.get_by_role("button", name="Show all 507").click()
    expect(dashboard.rows("tools")).to_have_count(507)
    last = dashboard.rows("tools").last
    last.scroll_into_view_if_needed()
    expect(last).to_contain_text(f"{start}-506")
    assert last.evaluate("(row) => { const it = row.querySelector('.name'); return it.scrollWidth <= it.clientWidth; }")


def test_partial_outcomes_alone_are_a_known_rate_everywhere(dashboard: Dashboard) -> None:
    none = {"success_rate": "0.00", "error_rate": "0.00", "known_outcomes": 1}
    for report in ("tools", "breakdown"):
        _answers(dashboard, report, lambda rows: [{**rows[0], **none}, *rows[1:]])
    dashboard.open("?days=7")
    assert dashboard.column("tools", "success")[0] == dashboard.column("agent", "success")[0] == "0 % of 1"


def test_the_tools_are_two_stops_of_the_tab_key(dashboard: Dashboard) -> None:
    dashboard.open("?days=7")
    stops = dashboard.panel("tools").locator("table button:not([tabindex='-1'])")
    expect(stops).to_have_count(2)
    keyboard = dashboard.page.keyboard
    stops.first.focus()
    keyboard.press("ArrowRight")
    assert dashboard.page.evaluate("document.activeElement.textContent") == "Invocations"
    stops.last.focus()
    names = dashboard.panel("tools").locator("tbody button.name").all_inner_texts()
    for name in names[1:4]:
        keyboard.press("ArrowDown")
        assert dashboard.page.evaluate("document.activeElement.textContent") == name
    keyboard.press("ArrowRight")
    assert dashboard.page.evaluate("document.activeElement.className") == "category"
    keyboard.press("ArrowLeft")
    keyboard.press("ArrowUp")
    assert dashboard.page.evaluate("document.activeElement.textContent") == names[2]
    expect(stops).to_have_count(2)
