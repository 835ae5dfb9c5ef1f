"""tools/bench: its reference for reports, plain SQL over raw events, comes to the product's figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import free_port
from tools.bench.raw_reports import RAW_REPORTS
from tools.bench.server import Client, Server
from tools.bench.storage import DAY, DAYS, END, REFRESH, workload

EVENTS = 900
NOW = END + 3_599  # inside an hour, so that it matters where a window begins
STATUSES = ("timeout", "partial", "skipped", "unknown")
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def worker() -> Iterator[Client]:
    """A Worker with the workload, but some of it older, without a duration, without a person, or a test."""
    port = free_port()
    with Server(port), Client(port) as client:
        events = [_vary(number, event) for number, (_, event) in enumerate(workload(EVENTS))]
        for start in range(0, EVENTS, 100):
            answer = json.loads(client.send("POST", "/api/track", events[start : start + 100], END))
            assert answer["accepted"] == 100
        client.probe(NOW, cron=True)
        yield client


def _vary(number: int, event: dict[str, Any]) -> dict[str, Any]:
    if number % 5 == 0:
        event = event | {"timestamp": event["timestamp"] - DAYS * DAY * 1000}
    if number % 7 == 0:
        event = event | {"status": STATUSES[number // 7 % len(STATUSES)]}
    if number % 11 == 0:
        del event["duration_ms"]
    if number % 17 == 0:
        del event["anonymous_id"]
    return event | {"test": number % 13 == 0}


def _report(worker: Client, name: str) -> Any:
    return json.loads(worker.send("GET", f"/analytics/{name}?days={DAYS}", now=NOW, fresh=True))


def _raw(worker: Client, name: str) -> list[Rows]:
    statements = [statement.format(now=NOW, days=DAYS) for statement in RAW_REPORTS[name]]
    return [result["results"] for result in worker.probe(NOW, sql=statements)["results"]]


def test_it_answers_the_whole_refresh() -> None:
    assert tuple(RAW_REPORTS) == REFRESH


def test_summary(worker: Client) -> None:
    rates, percentiles = _raw(worker, "summary")
    report = _report(worker, "summary")
    for row, ranks, figures in zip(rates, percentiles, (report["previous"], report), strict=True):
        assert row["invocations"] == figures["total_invocations"] > 50
        assert (row["users"], row["average"]) == (figures["unique_users"], figures["avg_duration_ms"])
        _same_rates(row, figures)
        for name in ("p50", "p95", "p99"):
            _close(figures[f"{name}_duration_ms"], ranks[name])


def test_tools(worker: Client) -> None:
    rates, percentiles = _raw(worker, "tools")
    ranks = {row["slice"]: row for row in percentiles}
    report = {row["tool_name"]: row for row in _report(worker, "tools")}
    assert {row["tool_name"] for row in rates} == report.keys()
    assert [row["invocations"] for row in rates] == [row["invocations"] for row in report.values()]
    for row in rates:
        real = report[row["tool_name"]]
        assert (row["users"], row["average"]) == (real["unique_users"], real["avg_duration_ms"])
        assert row["last_used"] == real["last_used"]
        assert (row["typed"], row["chosen"]) == (real["triggers"]["user"], real["triggers"]["model"])
        _same_rates(row, real)
        for name in ("p50", "p95"):
            _close(real[f"{name}_duration_ms"], ranks[row["tool_name"]][name])


def test_retention(worker: Client) -> None:
    days, (month,), (week,) = _raw(worker, "retention")
    report = _report(worker, "retention")
    assert {row["date"]: row["dau"] for row in days} == {
        row["date"]: row["dau"] for row in report["daily_active_users"] if row["dau"]
    }
    assert month["monthly"] == report["monthly_active_users"]
    assert week["weekly"] == report["weekly_active_users"] < month["monthly"]


def test_errors(worker: Client) -> None:
    latest, groups = _raw(worker, "errors")
    report = _report(worker, "errors")
    assert len(latest) > 40
    assert _unordered(latest) == _unordered(report["errors"])
    trends = [group.pop("trend") for group in report["groups"]]
    assert [sum(trend) for trend in trends] == [group["count"] for group in report["groups"]]
    assert _unordered(groups) == _unordered(report["groups"])


def test_timeseries(worker: Client) -> None:
    days, percentiles = _raw(worker, "timeseries")
    ranks = {row["slice"]: row for row in percentiles}
    report = [bucket for bucket in _report(worker, "timeseries") if bucket["invocations"]]
    assert [row["day"] for row in days] == [bucket["t"][:10] for bucket in report]
    for row, bucket in zip(days, report, strict=True):
        assert (row["invocations"], row["users"]) == (bucket["invocations"], bucket["users"])
        assert row["success_rate"] * bucket["error"] == pytest.approx(row["error_rate"] * bucket["success"])
        for name in ("p50", "p95"):
            _close(bucket[name], ranks[row["day"]][name])


def test_the_window_is_the_one_that_is_asked_for(worker: Client) -> None:
    """Events of the previous window are there, so that a wrong beginning would be seen."""
    begin = datetime.fromtimestamp((NOW - DAYS * DAY) // 3600 * 3600, UTC).strftime("%Y-%m-%d %H:%M:%S")
    before = worker.probe(sql=[f"SELECT count(*) AS n FROM skill_usage_events WHERE timestamp < '{begin}'"])
    assert before["results"][0]["results"][0]["n"] > 50


def _same_rates(row: dict[str, Any], figures: dict[str, Any]) -> None:
    for name in ("success_rate", "error_rate"):
        assert row[name] == pytest.approx(float(figures[name]), abs=0.0051)


def _close(actual: int, exact: int) -> None:
    """The product's percentiles may be off by 3 %."""
    assert abs(actual - exact) <= 0.03 * exact + 0.5


def _unordered(rows: Rows) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)
