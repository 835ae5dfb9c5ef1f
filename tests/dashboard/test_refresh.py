"""When the page asks, and what it makes of slow and missing answers."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.dashboard.browser import Dashboard, plain
from tests.dashboard.data import KEY
from tools.embedded.runtime import Runtime, get_json, post_json

MINUTE_MS = 61_000
HIDE = """
(hidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}
"""


def hold(routes: list[Route], route: Route) -> None:
    """Keep a question waiting."""
    routes.append(route)


def _clocked(dashboard: Dashboard, query: str = "?days=7") -> Dashboard:
    dashboard.page.clock.install()
    return dashboard.open(query)


def _age(dashboard: Dashboard) -> str:
    return plain(dashboard.page.locator("[data-age]").inner_text())


def test_it_refreshes_every_minute_while_it_is_seen(dashboard: Dashboard) -> None:
    _clocked(dashboard)
    first = len(dashboard.reports())
    dashboard.page.clock.fast_forward(12_000)
    assert _age(dashboard).startswith("updated 1")
    assert len(dashboard.reports()) == first
    dashboard.page.clock.fast_forward(MINUTE_MS)
    expect(dashboard.page.locator("[data-age]")).to_have_text("updated now")
    assert len(dashboard.reports()) == 2 * first
    dashboard.page.evaluate(HIDE, True)
    dashboard.page.clock.fast_forward(10 * MINUTE_MS)
    assert len(dashboard.reports()) == 2 * first
    with dashboard.page.expect_response("**/analytics/summary*"):
        dashboard.page.evaluate(HIDE, False)
    dashboard.ready()


def test_a_first_event_shows_within_seconds(dashboard: Dashboard, worker: Runtime) -> None:
    name = f"first-{uuid.uuid4().hex[:8]}"
    dashboard.page.clock.install()
    dashboard.open(f"?days=7&tool={name}", ready=False)
    expect(dashboard.page.locator('[data-panel="glance"]')).to_have_attribute("data-state", "empty")
    dashboard.page.wait_for_load_state("networkidle")
    asked = len(dashboard.reports())
    dashboard.page.clock.fast_forward(3_100)
    dashboard.page.wait_for_timeout(500)
    assert len(dashboard.reports()) == asked + 1, "while there is nothing, one report looks for something"
    post_json(f"{worker.url}/api/track", {"tool_name": name, "status": "success", "anonymous_id": name})
    dashboard.page.clock.fast_forward(3_100)
    expect(dashboard.figure("invocations")).to_have_text("1")
    dashboard.ready("glance", "invocations", "tools")
    erasure = urllib.request.Request(
        f"{worker.url}/api/user", json.dumps({"anonymous_id": name}).encode(), method="DELETE"
    )
    with urllib.request.urlopen(erasure, timeout=30) as answer:  # other tests count the tools
        assert json.load(answer)["deleted"] == 1


def test_a_refresh_shows_what_is_new(dashboard: Dashboard, worker: Runtime) -> None:
    _clocked(dashboard, "?days=1")
    before = int(dashboard.figure("invocations").inner_text())
    post_json(f"{worker.url}/api/track", {"tool_name": "code-review", "status": "success"})
    dashboard.page.keyboard.press("Tab")
    dashboard.page.get_by_role("button", name="code-review", exact=True).first.focus()
    with dashboard.page.expect_request("**/analytics/summary*") as asked:
        dashboard.button("Refresh").dispatch_event("click")
    expect(dashboard.figure("invocations")).to_have_text(str(before + 1))
    assert asked.value.all_headers()["cache-control"] == "no-cache"
    assert dashboard.page.evaluate("document.activeElement.textContent") == "code-review"


def test_what_is_dear_is_refreshed_on_demand_alone(dashboard: Dashboard) -> None:
    _clocked(dashboard, "?days=7&agent=codex")
    for name in ("tools", "groups", "latest", "version", "os"):
        expect(dashboard.panel(name).locator("[data-basis]")).to_contain_text("refreshed on demand")
    expect(dashboard.panel("glance").locator("[data-basis]")).to_be_hidden()
    expect(dashboard.panel("agent").locator("[data-basis]")).to_be_hidden()
    before = len(dashboard.reports())
    dashboard.page.clock.fast_forward(MINUTE_MS)
    expect(dashboard.page.locator("[data-age]")).to_have_text("updated now")
    again = {path.split("?")[0] for path in dashboard.reports()[before:]}
    assert again == {"summary", "timeseries", "retention", "breakdown"}
    assert len(dashboard.reports()) == before + 4
    dashboard.button("Refresh").click()
    expect(dashboard.panel("tools")).to_have_attribute("data-state", "ready")
    assert len(dashboard.reports()) == 2 * before + 4


def test_a_slow_answer_never_overwrites_a_newer_one(dashboard: Dashboard, worker: Runtime) -> None:
    late: list[Route] = []
    dashboard.page.route("**/analytics/*days=90*", lambda route: hold(late, route))
    dashboard.open("?days=7")
    dashboard.button("90 days").click()
    expect(dashboard.panel("glance")).to_have_attribute("aria-busy", "true")
    dashboard.button("24 h").click()
    total = get_json(f"{worker.url}/analytics/summary?days=1")["total_invocations"]
    expect(dashboard.figure("invocations")).to_have_text(str(total))
    for route in late:
        route.continue_()
    dashboard.ready()
    time.sleep(0.3)
    assert dashboard.figure("invocations").inner_text() == str(total)


def test_loading_and_a_failing_report(opened: Callable[..., Dashboard], worker: Runtime) -> None:
    dashboard = opened(worker.url, trouble=True)
    held: list[Route] = []
    dashboard.page.route("**/analytics/retention*", lambda route: hold(held, route))
    dashboard.page.route(
        "**/analytics/tools*", lambda route: route.fulfill(status=503, json={"error": "The database rests."})
    )
    dashboard.open("?days=7", ready=False)
    dashboard.ready("glance", "invocations", "groups", "os")
    expect(dashboard.panel("people")).to_have_attribute("data-state", "loading")
    expect(dashboard.panel("people")).to_have_attribute("aria-busy", "true")
    expect(dashboard.panel("tools")).to_have_attribute("data-state", "error")
    expect(dashboard.panel("tools")).to_contain_text("The database rests.")
    held[0].continue_()
    dashboard.ready("people")
    expect(dashboard.page.locator("[data-offline-banner]")).to_be_visible()
    dashboard.page.unroute_all()
    dashboard.panel("tools").get_by_role("button", name="Try again").click()
    dashboard.ready()
    expect(dashboard.page.locator("[data-offline-banner]")).to_be_hidden()


def test_a_question_that_cannot_be_asked(opened: Callable[..., Dashboard], worker: Runtime) -> None:
    dashboard = opened(worker.url, trouble=True).open("?days=7&trigger=nobody", ready=False)
    expect(dashboard.panel("glance")).to_have_attribute("data-state", "error")
    expect(dashboard.panel("glance")).to_contain_text("trigger must be one of")
    dashboard.button("Clear").click()
    dashboard.ready()


def test_filters_that_nothing_fits(dashboard: Dashboard) -> None:
    dashboard.open("?days=7&tool=nothing-like-it", ready=False)
    expect(dashboard.panel("glance")).to_have_attribute("data-state", "empty")
    expect(dashboard.panel("glance")).to_contain_text("Nothing in the last 7 days with these filters.")
    expect(dashboard.panel("groups")).to_contain_text("No errors in the last 7 days with these filters.")
    dashboard.panel("glance").get_by_role("button", name="Clear the filters").click()
    dashboard.ready()


def test_key_then_first_event_then_a_dead_server(opened: Callable[..., Dashboard], locked_worker: Runtime) -> None:
    dashboard = opened(locked_worker.url, trouble=True).open(ready=False)
    key = dashboard.page.get_by_label("Analytics key")
    expect(key).to_be_focused()
    expect(dashboard.page.locator(".panels")).to_be_hidden()
    key.fill("secretly wrong")
    dashboard.button("Open").click()
    expect(dashboard.page.get_by_role("alert").get_by_text("This key is not accepted.")).to_be_visible()
    expect(dashboard.page.locator("[data-key-text]")).to_contain_text("need their key")
    expect(key).to_have_value("secretly wrong")
    expect(key).to_be_focused()
    key.fill(KEY)
    key.press("Enter")
    expect(dashboard.panel("glance")).to_have_attribute("data-state", "empty")

    command = _welcomed(dashboard, locked_worker.url)
    _run(command)
    expect(dashboard.page.get_by_text("The first event is here.")).to_be_visible()
    expect(dashboard.figure("invocations")).to_have_text("1")
    expect(dashboard.rows("tools")).to_contain_text("my-skill")
    dashboard.button("Send events").click()
    expect(dashboard.page.get_by_role("dialog")).to_contain_text("The last event of this view came")
    dashboard.button("Close").click()

    dashboard.page.reload()
    expect(dashboard.figure("invocations")).to_have_text("1")
    assert KEY not in dashboard.page.url

    locked_worker.stop()
    dashboard.button("Refresh").click()
    banner = dashboard.page.locator("[data-offline-banner]")
    expect(banner).to_contain_text("The server does not answer. You see what was there last")
    expect(dashboard.figure("invocations")).to_have_text("1")
    expect(dashboard.panel("glance")).to_have_attribute("data-state", "ready")
    dashboard.button("30 days").click()
    expect(dashboard.panel("glance")).to_have_attribute("data-state", "error")
    locked_worker.start(migrated=True)
    expect(banner).to_be_hidden(timeout=20_000)
    expect(dashboard.figure("invocations")).to_have_text("1")

    dashboard.button("Forget the key").click()
    expect(key).to_be_focused()
    assert dashboard.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == "[{},{}]"
    dashboard.page.get_by_label("Remember it in this browser").uncheck()
    key.fill(KEY)
    key.press("Enter")
    expect(dashboard.figure("invocations")).to_have_text("1")
    assert dashboard.page.evaluate("Object.keys(localStorage)") == []


def _welcomed(dashboard: Dashboard, url: str) -> str:
    """The command that an empty page copies for whoever wants to send a first event to a URL."""
    welcome = dashboard.page.locator(".welcome")
    expect(welcome).to_contain_text("Waiting for a first event")
    expect(welcome).to_contain_text("leads to this computer alone")
    commands = welcome.locator("[data-command]").all_text_contents()
    assert len(commands) == 4
    assert all(url in command for command in commands)
    command = commands[0]
    assert f"curl {url}/api/track" in command
    dashboard.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    welcome.get_by_role("button", name="Copy").click()
    expect(dashboard.button("Copied")).to_be_visible()
    assert dashboard.page.evaluate("navigator.clipboard.readText()") == command
    return command


def _run(command: str) -> None:
    """Run the command that the page shows, as whoever copies it would."""
    subprocess.run(["bash", "-c", command + " -m 10 -sf"], check=True, capture_output=True, timeout=20)
