"""Two Workers for the whole session, one with data and one that wants a key, and a browser."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import PROCESS, database_of, free_port, new_state
from tests.dashboard import data
from tests.dashboard.browser import Dashboard
from tools.browser import launch
from tools.embedded.runtime import Runtime


# The package's own, not the session's: Playwright keeps an event loop running, which no test elsewhere may meet.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


@pytest.fixture(scope="package")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """Open to everyone, with eleven days of events and a hostile one."""
    state = tmp_path_factory.mktemp("dashboard") / "state"
    now = time.time()
    new_state(state)
    data.insert_hostile(database_of(state), now)
    variables = {"ANALYTICS_PUBLIC": "true", "PUBLIC_STATS": "true"}
    runtime = Runtime(f"dashboard-e2e-{PROCESS}", free_port(), state, variables, output=subprocess.DEVNULL)
    runtime.start(migrated=True)
    try:
        data.load(runtime.url, now)
        runtime.run_cron()
        yield runtime
    finally:
        runtime.stop()


@pytest.fixture(scope="package")
def pages_origin(worker: Runtime) -> str:  # noqa: ARG001 - the first Worker has its port by then
    """Where `wrangler pages dev` will be, which the locked Worker lets in."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="package")
def locked_worker(tmp_path_factory: pytest.TempPathFactory, pages_origin: str) -> Iterator[Runtime]:
    """Wants a key, and has no events."""
    state = tmp_path_factory.mktemp("dashboard-locked") / "state"
    new_state(state)
    variables = {"ANALYTICS_PUBLIC": "", "ANALYTICS_API_KEY": data.KEY, "ALLOWED_ORIGINS": pages_origin}
    runtime = Runtime(f"dashboard-locked-{PROCESS}", free_port(), state, variables, output=subprocess.DEVNULL)
    runtime.start(migrated=True)
    try:
        yield runtime
    finally:
        runtime.stop()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Dashboard]]:
    """Opens pages, and looks at the end whether they behaved."""
    pages: list[Dashboard] = []

    def open_page(url: str, **options: Any) -> Dashboard:
        pages.append(Dashboard(browser, url, **options))
        return pages[-1]

    yield open_page
    try:
        for page in pages:
            page.check()
    finally:
        for page in pages:
            page.close()


@pytest.fixture
def dashboard(opened: Callable[..., Dashboard], worker: Runtime) -> Dashboard:
    """The page on the Worker with data."""
    return opened(worker.url)
