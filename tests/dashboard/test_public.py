"""The public page, which needs no key."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tools.embedded.runtime import Runtime, get_json


def test_what_enough_people_used_is_shown(browser: Browser, worker: Runtime) -> None:
    shown = get_json(f"{worker.url}/public.json")
    assert shown["tools"], "the sample has tools that five people used"
    page = browser.new_page()
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.goto(f"{worker.url}/public")
    rows = page.locator("#tools tbody tr")
    expect(rows).to_have_count(len(shown["tools"]))
    expect(rows.first.locator("td").first).to_have_text(shown["tools"][0]["tool_name"])
    expect(page.get_by_role("status")).to_contain_text(shown["to"])
    assert not problems
    page.close()


def test_where_nothing_is_public_it_says_so(browser: Browser, locked_worker: Runtime) -> None:
    page = browser.new_page()
    page.goto(f"{locked_worker.url}/public")
    expect(page.get_by_role("status")).to_have_text("This collector shows nothing in public.")
    page.close()
