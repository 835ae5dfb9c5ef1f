"""What D1 says of the rows that it has read, and written."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.conftest import Local, start_local

DAY_MS = 86_400_000
EVENTS, DAYS = 400, 5
NAMED = {"tool": "a", "category": "skill", "days": 30}
PAGE = ("summary", "timeseries", "retention", "versions", "errors", *(f"breakdown {by}" for by in ("agent", "trigger")))
MOST = 60  # a report's: a row for each day, for each hour of today and of the day that the window begins inside


def test_a_tools_page_reads_no_event_that_is_rolled_up(tmp_path: Path) -> None:
    worker = start_local(tmp_path, "rows", {"EMBEDDED_PROBE": "1"})
    try:
        now = int(time.time() * 1000)
        for start in range(0, EVENTS, 100):
            events = [_event(number, now) for number in range(start, start + 100)]
            assert worker.track(events).json()["accepted"] == 100
        for _ in range(20):
            probe(worker, cron=True)
        waiting = _waiting(worker)
        assert waiting < EVENTS / DAYS
        for name in PAGE:
            probe(worker, cold=True)
            report, _, by = name.partition(" ")
            before = probe(worker)["rows_read"]
            worker.report(report, **NAMED, **({"by": by} if by else {}))
            assert probe(worker)["rows_read"] - before <= MOST + 4 * waiting, name
    finally:
        worker.runtime.stop()


def test_somebody_new_is_one_row_beside_their_event(tmp_path: Path) -> None:
    """By D1's own count; two where no event says whose number it is."""
    worker = start_local(tmp_path, "rows of people", {"EMBEDDED_PROBE": "1"})
    try:
        for name, person, minutes, is_new, rows in (
            ("first", "first", 50, True, None),
            ("second", "first", 40, True, 1),
            ("third", "new", 30, True, 2),
            ("first", "new, with what is there already", 50, False, 2),
            ("fourth", "new, before what is there", 60, True, 3),
            ("fifth", "new too", 20, True, 2),
        ):
            before = probe(worker)["rows_written"]
            event = {"tool_name": "a", "status": "success", "event_id": name, "anonymous_id": person}
            answer = worker.track(event | {"timestamp": int(time.time() - 60 * minutes) * 1000}).json()
            assert answer.get("duplicate", False) is not is_new
            assert rows is None or probe(worker)["rows_written"] - before == rows, person
        sql = "SELECT number FROM people ORDER BY number"
        assert [row["number"] for row in probe(worker, sql=[sql])["results"][0]["results"]] == [1, 2, 3, 4, 5]
    finally:
        worker.runtime.stop()


def _event(number: int, now: int) -> dict[str, Any]:
    return {
        "tool_name": "a",
        "tool_category": "skill",
        "status": "success",
        "timestamp": now - DAY_MS - number * DAYS * DAY_MS // EVENTS,
        "anonymous_id": str(number % 9),
        "agent_id": ("codex", "claude-code")[number % 2],
        "trigger": ("user", "model")[number // 2 % 2],
        "tool_version": ("1.0", "2.0")[number // 4 % 2],
    }


def probe(worker: Local, **request: Any) -> Any:
    """What the runtime says for measurements."""
    return worker.send("POST", "/__probe", request).json()


def _waiting(worker: Local) -> int:
    sql = "SELECT count(*) AS n FROM skill_usage_events WHERE id > (SELECT rolled_id FROM rollup_state)"
    return int(probe(worker, sql=[sql])["results"][0]["results"][0]["n"])
