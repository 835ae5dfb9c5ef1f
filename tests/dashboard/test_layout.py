"""That it fits, and that everyone can read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.dashboard.browser import Dashboard
from tests.dashboard.data import KEY
from tools.embedded.runtime import ROOT, Runtime

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
STATIC_BYTES = 420 * 1024
LAYOUT_SHIFT = 0.05
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const it of list.getEntries()) if (!it.hadRecentInput) window.shifted += it.value;
}).observe({ type: 'layout-shift', buffered: true });
"""
THEMES = ("light", "dark")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [360, 1280, 3840])
def test_no_sideways_scrolling(opened: Callable[..., Dashboard], worker: Runtime, width: int, theme: str) -> None:
    dashboard = opened(worker.url, viewport={"width": width, "height": 900}, color_scheme=theme).open("?days=90")
    assert dashboard.overflow() == 0
    for name in ("invocations", "people"):
        dashboard.panel(name).get_by_role("button", name="Table").click()
    folded = dashboard.page.get_by_role("button", name="Show all")
    while folded.count():
        folded.first.click()
    assert dashboard.overflow() == 0
    assert not dashboard.page.evaluate(
        """[...document.querySelectorAll('.number, .value, .figure-card h3, .segments button')]
           .filter((it) => it.checkVisibility() && it.scrollWidth > it.clientWidth + 1 && it.clientWidth > 0)
           .map((it) => it.textContent)"""
    ), "figures are cut off"


@pytest.mark.parametrize(("width", "height", "slower"), [(1280, 900, 1), (390, 844, 1), (1280, 900, 6)])
def test_nothing_jumps_while_it_loads(
    opened: Callable[..., Dashboard], worker: Runtime, width: int, height: int, slower: int
) -> None:
    """slower: how many times, on a machine whose tables fill in pieces."""
    dashboard = opened(worker.url, viewport={"width": width, "height": height})
    session = dashboard.page.context.new_cdp_session(dashboard.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    dashboard.page.add_init_script(SHIFTS)
    dashboard.open("?days=30")
    dashboard.page.wait_for_timeout(300)
    assert dashboard.page.evaluate("shifted") <= LAYOUT_SHIFT


def test_a_phone_has_a_way_to_each_panel(opened: Callable[..., Dashboard], worker: Runtime) -> None:
    dashboard = opened(worker.url, viewport={"width": 390, "height": 844}).open("?days=7")
    dashboard.page.get_by_role("navigation").get_by_role("link", name="Errors").click()
    title = dashboard.page.get_by_role("heading", name="Where it hurts")
    expect(title).to_be_in_viewport()
    box, top = title.bounding_box(), dashboard.page.locator("header.top").bounding_box()
    assert box and top and box["y"] >= top["height"], "it is not behind the head"
    assert dashboard.query() == "days=7"


@pytest.mark.parametrize("query", ["?days=7", "?days=30&tool=query&category=mcp:db", "?days=7&agent=codex"])
def test_a_phone_has_no_way_to_what_is_not_there(opened: Callable[..., Dashboard], worker: Runtime, query: str) -> None:
    dashboard = opened(worker.url, viewport={"width": 390, "height": 844}).open(query)
    ways = [way for way in dashboard.page.locator(".jumps a").all() if way.is_visible()]
    ends = {way.inner_text(): dashboard.page.locator(way.get_attribute("href") or "") for way in ways}
    assert [name for name, end in ends.items() if not end.is_visible()] == []
    assert ("Versions" in ends, "Together" in ends, "Tools" in ends) == (
        ("tool=" in query,) * 2 + ("tool=" not in query,)
    )


def test_the_head_of_the_tools_stays_in_sight(dashboard: Dashboard) -> None:
    dashboard.open("?days=7")
    head = dashboard.panel("tools").locator("thead")
    before = head.bounding_box()
    assert before
    dashboard.page.evaluate("(y) => scrollTo(0, y)", before["y"] + 300)
    expect(head).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [1024, 1280, 1440])
def test_no_column_is_left_out_or_cut(opened: Callable[..., Dashboard], worker: Runtime, width: int) -> None:
    dashboard = opened(worker.url, viewport={"width": width, "height": 900}).open("?days=7")
    for panel, column in (("tools", "triggers"), *((by, "people") for by in ("agent", "version", "trigger", "os"))):
        expect(dashboard.panel(panel).locator(f'thead [data-column="{column}"]')).to_be_visible()
    assert not dashboard.page.evaluate(
        """[...document.querySelectorAll('.rows .share, .rows .name, .rows .type, .rows .category')]
           .filter((it) => it.checkVisibility() && it.scrollWidth > it.clientWidth + 1)
           .map((it) => it.textContent)"""
    )
    low = dashboard.page.evaluate(
        "[...document.querySelectorAll('.sort')].filter((it) => it.checkVisibility() && it.offsetHeight < 24).length"
    )
    assert low == 0, "heads are large enough to be hit"


def test_on_paper_there_are_figures_alone(dashboard: Dashboard) -> None:
    dashboard.open("?days=7")
    dashboard.page.emulate_media(media="print")
    for text in ("Table", "CSV", "Refresh", "30 days"):
        expect(dashboard.page.get_by_role("button", name=text, exact=True).first).to_be_hidden()
    expect(dashboard.figure("invocations")).to_be_visible()
    expect(dashboard.rows("tools").first).to_be_visible()


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing(opened: Callable[..., Dashboard], worker: Runtime, theme: str) -> None:
    dashboard = opened(worker.url, color_scheme=theme, bypass_csp=True).open("?days=7&agent=codex")
    assert _violations(dashboard) == []
    dashboard.panel("invocations").get_by_role("button", name="Table").click()
    dashboard.panel("people").get_by_role("button", name="Table").click()
    assert _violations(dashboard) == []
    dashboard.page.set_viewport_size({"width": 360, "height": 800})
    assert _violations(dashboard) == []
    dashboard.page.locator("[data-dates-open]").click()
    assert _violations(dashboard) == []
    dashboard.page.keyboard.press("Escape")
    dashboard.open("?days=7&tool=query&category=mcp:db")
    assert _violations(dashboard) == []
    dashboard.button("Send events").click()
    assert _violations(dashboard) == []
    dashboard.open("?days=7&tool=nothing-like-it", ready=False)
    expect(dashboard.panel("os")).to_have_attribute("data-state", "empty")
    assert _violations(dashboard) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_at_the_door(opened: Callable[..., Dashboard], locked_worker: Runtime, theme: str) -> None:
    dashboard = opened(locked_worker.url, color_scheme=theme, bypass_csp=True, trouble=True).open(ready=False)
    key = dashboard.page.get_by_label("Analytics key")
    expect(key).to_be_visible()
    assert _violations(dashboard) == []
    dashboard.page.route("**/analytics/summary*", lambda route: route.fulfill(status=503, json={"error": "It rests."}))
    key.fill(KEY)
    key.press("Enter")
    expect(dashboard.panel("glance")).to_have_attribute("data-state", "error")
    assert _violations(dashboard) == []


def test_the_security_headers(dashboard: Dashboard) -> None:
    for path in ("/", "/js/main.js", "/style.css", "/vendor/chart.umd.min.js"):
        headers = dashboard.page.request.get(f"{dashboard.url}{path}").headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_size_and_self_sufficiency() -> None:
    files = [path for path in (ROOT / "dashboard").rglob("*") if path.is_file() and path.name != "openapi.json"]
    assert sum(path.stat().st_size for path in files) <= STATIC_BYTES
    own = [path for path in files if "vendor" not in path.parts and path.suffix in (".js", ".css", ".html")]
    for path in own:
        text = path.read_text()
        assert "innerHTML" not in text, path.name
        assert _foreign(text) == [], path.name


def _foreign(text: str) -> list[str]:
    """URLs of elsewhere, but for namespaces and the example in config.js."""
    known = ("http://www.w3.org/2000/svg", "https://track-skills.example.workers.dev")
    for url in known:
        text = text.replace(url, "")
    return [line for line in text.splitlines() if "https://" in line or "http://" in line]


def _violations(dashboard: Dashboard) -> list[Any]:
    dashboard.page.evaluate(AXE.read_text())
    found = dashboard.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [(it["id"], [node["html"][:160] for node in it["nodes"][:3]]) for it in found["violations"]]
