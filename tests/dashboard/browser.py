"""A page in a real browser, with an eye on everything that it must not do."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, Request, Response, expect

PATIENCE = 60_000  # ms; what comes at once on a quick machine comes late on a busy one
expect.set_options(timeout=PATIENCE)

PANELS = ("glance", "invocations", "people", "tools", "groups", "latest", "agent", "version", "trigger", "os")
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  violations.push(`${violatedDirective} ${blockedURI}`);
});
"""


class Dashboard:
    """The page in a context of its own.

    origins: whom it may ask. trouble: whether failed requests and errors on the console are part of the test.
    """

    def __init__(
        self, browser: Browser, url: str, origins: tuple[str, ...] = (), trouble: bool = False, **context: Any
    ) -> None:
        self.url = url
        self._origins = {url, *origins}
        self._trouble = trouble
        self._found: list[str] = []
        self.asked: list[Request] = []
        self._context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})
        self._context.add_init_script(WATCH)
        self._context.set_default_timeout(PATIENCE)
        self.page: Page = self._context.new_page()
        self.page.on("request", self._on_request)
        self.page.on("response", self._on_response)
        self.page.on("requestfailed", self._on_failure)
        self.page.on("pageerror", lambda error: self._found.append(f"error: {error}"))
        self.page.on(
            "console", lambda message: self._complain(message.type in ("error", "warning"), f"console: {message.text}")
        )

    def open(self, query: str = "", ready: bool = True) -> Dashboard:
        """Go there, and wait until every panel has its figures."""
        self.page.goto(f"{self.url}/{query}")
        return self.ready() if ready else self

    def ready(self, *panels: str) -> Dashboard:
        """Wait until panels, or all of them, have their figures."""
        for name in panels or PANELS:
            there = self.page.locator(f'[data-panel="{name}"]:is([data-state="ready"], [hidden])')
            expect(there).to_be_attached()  # hidden: this view has no such panel
        return self

    def panel(self, name: str) -> Locator:
        return self.page.locator(f'[data-panel="{name}"]')

    def figure(self, name: str) -> Locator:
        return self.page.locator(f'[data-figure="{name}"] [data-value]')

    def rows(self, panel: str) -> Locator:
        return self.panel(panel).locator("tbody tr")

    def column(self, panel: str, name: str) -> list[str]:
        """The texts of a table's column."""
        return [plain(text) for text in self.panel(panel).locator(f'tbody [data-column="{name}"]').all_inner_texts()]

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def query(self) -> str:
        return urlsplit(self.page.url).query

    def reports(self) -> list[str]:
        """The analytics that were asked for, without /analytics/."""
        return [request.url.split("/analytics/")[1] for request in self.asked if "/analytics/" in request.url]

    def overflow(self) -> int:
        """By how much the page is wider than the window, CSS pixels."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def check(self) -> None:
        """Nothing was complained about, and nobody else was asked."""
        violations = self.page.evaluate("window.violations ?? []")
        assert not violations, violations
        assert not self._found, self._found

    def close(self) -> None:
        self.page.unroute_all(behavior="ignoreErrors")  # answers may still be on their way
        self._context.close()

    def _complain(self, wrong: bool, what: str) -> None:
        if wrong and not self._trouble:
            self._found.append(what)

    def _on_request(self, request: Request) -> None:
        self.asked.append(request)
        parts = urlsplit(request.url)
        if parts.scheme != "blob" and f"{parts.scheme}://{parts.netloc}" not in self._origins:
            self._found.append(f"a request left: {request.url}")
        if "secret" in request.url:
            self._found.append(f"a key in a URL: {request.url}")

    def _on_response(self, response: Response) -> None:
        self._complain(response.status >= 400, f"{response.status} {response.url}")

    def _on_failure(self, request: Request) -> None:
        # A view that is left takes its questions with it.
        self._complain(request.failure != "net::ERR_ABORTED", f"{request.failure} {request.url}")


def plain(text: str) -> str:
    """Text with plain spaces on one line."""
    return re.sub(r"\s+", " ", text).strip()
