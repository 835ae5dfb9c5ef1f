"""The rate limits of wrangler.toml and the budget of an hour, on the real runtime; and that clients keep for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Local, start_local


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """A Worker for strangers."""
    variables = {"DAILY_EVENTS": "30000", "HOURLY_NEW_TOOLS": "2", "HOURLY_NEW_PEOPLE": "500"}
    worker = start_local(tmp_path_factory.mktemp("limits"), "limits", variables, limited=True)
    yield worker
    worker.runtime.stop()


def test_an_address_that_asks_too_often_waits_a_minute(strict: Local) -> None:
    batch = [{"tool_name": f"x-{n}", "status": "success", "event_id": f"{n}", "anonymous_id": "a"} for n in range(3)]
    refused = strict.track(batch)
    assert refused.status == 429, "a third new name in an hour"
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    kept = strict.track(batch[:2])
    assert (kept.status, kept.json()["duplicates"]) == (200, 2)
    answers = [strict.track(batch[0]) for _ in range(40)]
    assert [answer.status for answer in answers[:5]] == [200] * 5
    last = answers[-1]
    assert last.status == 429
    assert last.headers["retry-after"] == "60"
    assert last.json() == {"success": False, "error": "Too many requests. Try again in a minute."}
    assert strict.send("DELETE", "/api/user", {"anonymous_id": "nobody"}).status == 429
    assert [row["invocations"] for row in strict.report("tools")] == [1, 1], "who reads is not limited"
    assert "127.0.0.1" not in strict.output.read_text().partition("Ready on")[2].partition("\n")[2]
