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
STATIC_BYTES = 350 * 1024
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


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing(opened: Callable[..., Dashboard], worker: Runtime, theme: str) -> None:
    dashboard = opened(worker.url, color_scheme=theme, bypass_csp=True).open("?days=7&agent=codex")
    assert _violations(dashboard) == []
    dashboard.panel("invocations").get_by_role("button", name="Table").click()
    dashboard.panel("people").get_by_role("button", name="Table").click()
    assert _violations(dashboard) == []
    dashboard.page.set_viewport_size({"width": 360, "height": 800})
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
    files = [path for path in (ROOT / "dashboard").rglob("*") if path.is_file()]
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
