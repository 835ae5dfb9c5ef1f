"""`make screenshots`: the dashboard's pictures in docs/, taken of the real product with the sample data."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tools import sample_data
from tools.browser import launch
from tools.embedded.runtime import ROOT, Runtime

DOCS = ROOT / "docs"
PORT = 8940
MOST_BYTES = 320 * 1024
CRON_ROUNDS = 150
DESKTOP = (1280, 860)
PHONE = (390, 844)
VIEW = "?days=7"
TOOL_VIEW = "?days=30&tool=query&category=mcp:postgres"  # the one that the sample's story is about
GAP = 12


def main() -> int:
    """Take them all; the exit status."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            _take_all(browser, Path(folder))
        finally:
            browser.close()
    too_large = [path.name for path in DOCS.glob("dashboard-*.png") if path.stat().st_size > MOST_BYTES]
    if too_large:
        print(f"Over {MOST_BYTES} bytes: {', '.join(too_large)}", file=sys.stderr)
    return 1 if too_large else 0


def _take_all(browser: Browser, folder: Path) -> None:
    runtime = Runtime("screenshots", PORT, folder / "state", output=subprocess.DEVNULL)
    with runtime:
        empty = _page(browser, "light", DESKTOP)
        empty.goto(f"{runtime.url}/{VIEW}")
        _wait(empty, "empty")
        _save(empty, "empty")
        sample_data.load(runtime.url)
        for _ in range(CRON_ROUNDS):
            runtime.run_cron()
            if sample_data.is_added_up(runtime.url):
                break
        for name, scheme, size in (("light", "light", DESKTOP), ("dark", "dark", DESKTOP), ("phone", "light", PHONE)):
            page = _page(browser, scheme, size)
            _open(page, runtime.url)
            _save(page, name)
        tool = _page(browser, "light", DESKTOP)
        _open(tool, runtime.url, TOOL_VIEW)
        _save(tool, "tool")
        failing = _page(browser, "light", DESKTOP)
        _open(failing, runtime.url)
    failing.get_by_role("button", name="Refresh").dispatch_event("click")
    expect(failing.locator("[data-offline-banner]")).to_be_visible()
    _save(failing, "error")


def _page(browser: Browser, scheme: str, size: tuple[int, int]) -> Page:
    width, height = size
    return browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=2 if size == PHONE else 1,
        reduced_motion="reduce",
    )


def _open(page: Page, url: str, view: str = VIEW) -> None:
    page.goto(f"{url}/{view}")
    page.get_by_role("button", name="Refresh").dispatch_event("click")  # past the answers of when it was empty
    _wait(page, "ready")
    page.wait_for_timeout(500)


def _wait(page: Page, state: str) -> None:
    for section in page.locator("[data-panel]:not([hidden])").all():
        expect(section).to_have_attribute("data-state", state, timeout=20_000)


def _save(page: Page, name: str) -> None:
    path = DOCS / f"dashboard-{name}.png"
    if name not in ("light", "dark", "tool"):
        page.screenshot(path=path)
        return
    page.set_viewport_size({"width": DESKTOP[0], "height": _bottom(page, "groups") + GAP})
    page.reload()  # what was drawn before would show through below heads that stay in sight
    _wait(page, "ready")
    page.wait_for_timeout(500)
    page.screenshot(path=path)


def _bottom(page: Page, panel: str) -> int:
    """Where a panel ends, CSS pixels from the top of the page."""
    box = page.locator(f'[data-panel="{panel}"]').bounding_box()
    return round(box["y"] + box["height"]) if box else DESKTOP[1]


if __name__ == "__main__":
    sys.exit(main())
