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


@pytest.fixture(scope="module")
def picky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """A Worker that keeps what is shipped alone."""
    variables = {"INGEST_ONLY_CATALOGUE": "true"}
    worker = start_local(tmp_path_factory.mktemp("picky"), "picky", variables)
    yield worker
    worker.runtime.stop()


def test_what_is_not_shipped_leaves_no_trace(picky: Local) -> None:
    """Many names of strangers, and a catalogue that is put there while they come."""
    strange = [{"tool_name": f"x-{n}", "status": "success", "anonymous_id": f"{n}"} for n in range(100)]
    assert picky.track(strange).json()["accepted"] == 100
    items = [{"tool_name": "mine", "description_tokens": 40}, {"tool_name": "never-used"}]
    assert picky.send("PUT", "/api/catalogue/me%2Fmine", {"version": "1.0", "items": items}).json()["items"] == 2
    assert picky.track([*strange[:50], {"tool_name": "mine", "status": "success"}]).json()["accepted"] == 51
    assert [row["tool_name"] for row in picky.report("tools")] == ["mine"]
    answer = picky.report("catalogue")
    assert {row["tool_name"]: row["state"] for row in answer["items"]} == {"mine": "used", "never-used": "never"}
    assert answer["unlisted"] == []
    assert picky.report("summary")["unique_users"] == 1


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
