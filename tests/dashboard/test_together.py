"""What is used before and after a tool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import expect

from tests.dashboard.browser import Dashboard

QUERY = {"tool_name": "query", "tool_category": "mcp:db"}
REVIEW = {"tool_name": "code-review", "tool_category": "skill"}
FETCH = {"tool_name": "@scope/fetch", "tool_category": "skill"}
PAGE = "?days=30&tool=query&category=mcp:db"


def pair(before: dict[str, str], after: dict[str, str], sessions: int, people: int) -> dict[str, Any]:
    return {"before": before, "after": after, "sessions": sessions, "unique_users": people}


def beside(one: dict[str, str], other: dict[str, str], sessions: int, people: int) -> dict[str, Any]:
    return {"both": [one, other], "sessions": sessions, "unique_users": people}


def answer(
    dashboard: Dashboard,
    *pairs: dict[str, Any],
    unordered: Sequence[dict[str, Any]] = (),
    until: str | None = "2026-02-09",
    hidden: int = 0,
) -> None:
    told = {"period": "30 days", "until": until, "pairs": list(pairs), "unordered": list(unordered), "hidden": hidden}
    dashboard.page.route("**/analytics/together*", lambda route: route.fulfill(json=told))


def test_what_comes_before_and_what_after(dashboard: Dashboard) -> None:
    answer(dashboard, pair(QUERY, FETCH, 30, 8), pair(REVIEW, QUERY, 12, 6), pair(QUERY, REVIEW, 5, 5), hidden=2)
    dashboard.open(PAGE)
    panel = dashboard.panel("together")
    expect(panel.get_by_role("heading", name="Used together with query")).to_be_visible()
    before, after = (panel.locator(f"[data-{side}] tbody tr") for side in ("before", "after"))
    assert [" ".join(it.split()) for it in before.all_inner_texts()] == ["code-review skill 12 6"]
    assert [" ".join(it.split()) for it in after.all_inner_texts()] == [
        "@scope/fetch skill 30 8",
        "code-review skill 5 5",
    ]
    expect(panel.locator("[data-note]")).to_have_text(
        "in one session, up to 9 Feb; today counts when it is over; 2 pairs more of fewer than 5 people"
    )
    dashboard.check()
    before.get_by_role("button", name="code-review").click()
    expect(dashboard.page.get_by_role("heading", name="Used together with code-review")).to_be_visible()


def test_what_is_used_too_where_nobody_knows_the_order(dashboard: Dashboard) -> None:
    """On either side of the pair, and alone where no order of anything is known: an empty side has no place."""
    answer(dashboard, unordered=[beside(FETCH, QUERY, 30, 8), beside(QUERY, REVIEW, 12, 6)])
    dashboard.open(PAGE)
    panel = dashboard.panel("together")
    expect(panel.get_by_role("columnheader", name="Used too, order unknown")).to_be_visible()
    rows = panel.locator("[data-unordered] tbody tr").all_inner_texts()
    assert [" ".join(it.split()) for it in rows] == ["@scope/fetch skill 30 8", "code-review skill 12 6"]
    for side in ("before", "after"):
        expect(panel.locator(f"[data-{side}]")).to_be_hidden()
    dashboard.check()


def test_it_says_why_there_is_nothing(dashboard: Dashboard) -> None:
    for until, hidden, words in (
        (None, 0, "Days are counted when they are over; none is yet."),
        ("2026-02-09", 3, "3 pairs of fewer than 5 people: too few to tell; today counts when it is over."),
        ("2026-02-09", 0, "Nothing else was used in the same session, up to 9 Feb; today counts when it is over."),
    ):
        answer(dashboard, until=until, hidden=hidden)
        dashboard.open(PAGE)
        expect(dashboard.panel("together")).to_contain_text(words)
    dashboard.open(PAGE.replace("days=30", "from=2026-01-01&to=2026-02-09"), ready=False)
    expect(dashboard.panel("together")).to_contain_text("in the same session, up to 9 Feb.")


def test_only_the_page_of_a_tool_has_it(dashboard: Dashboard) -> None:
    for query in ("?days=30", f"{PAGE}&agent=codex"):
        dashboard.open(query)
        expect(dashboard.panel("together")).to_be_hidden()
    assert not [path for path in dashboard.reports() if "together" in path]
