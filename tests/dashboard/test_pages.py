"""The same files on Pages, at another origin than the Worker."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.dashboard.browser import Dashboard
from tests.dashboard.data import KEY
from tools.embedded.runtime import ROOT, Runtime, environment, fetch_status, wrangler

START_SECONDS = 120


@pytest.fixture
def pages(locked_worker: Runtime, pages_origin: str, tmp_path: Path) -> Iterator[str]:
    """`wrangler pages dev` on a copy that config.js and _headers point at the Worker."""
    folder = tmp_path / "dashboard"
    shutil.copytree(ROOT / "dashboard", folder)
    _replace(folder / "config.js", "API_BASE = ''", f"API_BASE = '{locked_worker.url}'")
    _replace(folder / "_headers", "connect-src 'self';", f"connect-src 'self' {locked_worker.url};")
    # With a worker of its own, wrangler does not take the project's wrangler.toml for the copy's.
    (folder / "_worker.js").write_text("export default { fetch: (request, env) => env.ASSETS.fetch(request) };")
    port = pages_origin.rpartition(":")[2]
    place = ["--ip", "127.0.0.1", "--port", port, "--inspector-port", "0", "--persist-to", str(tmp_path / "state")]
    how = ["--compatibility-date", "2026-11-15", "--show-interactive-dev-session=false"]
    process = subprocess.Popen(
        wrangler("pages", "dev", str(folder), *place, *how),
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while fetch_status(pages_origin) != 200:
            assert process.poll() is None and time.monotonic() < deadline, "wrangler pages dev does not start"
            time.sleep(0.1)
        yield pages_origin
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_on_pages_with_a_key(opened: Callable[..., Dashboard], locked_worker: Runtime, pages: str) -> None:
    dashboard = opened(pages, origins=(locked_worker.url,), trouble=True).open(ready=False)
    answer = dashboard.page.request.get(pages)
    assert locked_worker.url in answer.headers["content-security-policy"]
    key = dashboard.page.get_by_label("Analytics key")
    key.fill(KEY)
    key.press("Enter")
    answered = re.compile("empty|ready")
    expect(dashboard.panel("glance")).to_have_attribute("data-state", answered)
    with dashboard.page.expect_response("**/analytics/tools*") as refreshed:
        dashboard.button("Refresh").click()
    assert refreshed.value.ok
    expect(dashboard.panel("os")).to_have_attribute("data-state", answered)
    expect(dashboard.page.locator("[data-offline-banner]")).to_be_hidden()
    command = dashboard.page.locator(".welcome [data-command]").first.text_content() or ""
    assert command.startswith(f"curl {locked_worker.url}/api/track")


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
