"""The reports' keys, types and parameters, against any deployment."""

from __future__ import annotations

import csv
import io
import json
import uuid

import pytest

from counting.dimensions import BREAKDOWNS
from reports.table import REPORTS
from tests.asking import ANALYTICS, required, target
from tests.conftest import Deployment
from web.routes import Route

FIGURES = {
    "total_invocations": int,
    "unique_users": int,
    "avg_duration_ms": int,
    "success_rate": str,
    "error_rate": str,
    "p50_duration_ms": int,
    "p95_duration_ms": int,
    "p99_duration_ms": int,
    "known_outcomes": int,
}


@pytest.fixture(scope="module")
def tool(deployment: Deployment) -> str:
    """A tool that only these tests use, with five events of three people."""
    name = f"reports-{uuid.uuid4().hex[:12]}"
    common = {"tool_name": name, "tool_category": "skill", "agent_id": "claude-code", "trigger": "user"}
    common["tool_version"] = "1.0"
    people = [f"{name}-{number}" for number in range(3)]
    answer = deployment.track(
        [
            common | {"status": "success", "duration_ms": 100, "anonymous_id": people[0]},
            common | {"status": "ok", "duration_ms": 300, "anonymous_id": people[0], "trigger": "model"},
            common
            | {"status": "failure", "error_type": "ValueError", "error_message": "bad", "anonymous_id": people[1]},
            common | {"status": "timeout", "anonymous_id": people[2]},
            common | {"status": "cancelled", "anonymous_id": people[2]},
            common | {"status": "success", "test": True},
        ]
    )
    assert answer.json()["accepted"] == 6
    return name


def test_summary(deployment: Deployment, tool: str) -> None:
    report = deployment.report("summary", tool=tool)
    assert report["period"] == "7 days"
    assert (report["total_invocations"], report["unique_users"], report["known_outcomes"]) == (5, 3, 4)
    assert (report["success_rate"], report["error_rate"], report["avg_duration_ms"]) == ("50.00", "50.00", 200)
    assert report.keys() == {"period", "previous", *FIGURES}
    assert report["previous"].keys() == FIGURES.keys()
    for name, kind in FIGURES.items():
        assert isinstance(report[name], kind), name
    assert report["previous"]["p50_duration_ms"] is None
    assert abs(report["p50_duration_ms"] - 100) <= 12
    assert abs(report["p99_duration_ms"] - 300) <= 36


def test_rollups_and_events_say_the_same(deployment: Deployment, tool: str) -> None:
    """One filter is answered from tallies, two from the events themselves by SQL."""
    for name, report in REPORTS.items():
        if name in ("sessions", "together"):
            continue  # which no agent narrows
        given = required(report.parameters) | {"tool": tool, "days": 30}
        once = deployment.report(name, **given)
        if name == "tools":
            once = [row | {"first_used": None} for row in once]  # a filter across hides what is new
        assert deployment.report(name, **given, agent="claude-code") == once, name
        assert deployment.report(name, **given, agent="nobody") != once, name


def test_test_traffic_is_left_out_unless_asked_for(deployment: Deployment, tool: str) -> None:
    assert deployment.report("summary", tool=tool, include_test=1)["total_invocations"] == 6


def test_tools(deployment: Deployment, tool: str) -> None:
    (row,) = deployment.report("tools", tool=tool)
    assert row["tool_name"] == tool
    assert row["tool_category"] == "skill"
    assert (row["invocations"], row["unique_users"], row["known_outcomes"]) == (5, 3, 4)
    assert row["triggers"] == {"user": 4, "model": 1, "nested": 0, "unknown": 0}
    assert row.keys() == {
        *("tool_name", "invocations", "avg_duration_ms", "success_rate", "error_rate", "tool_category", "unique_users"),
        *("p50_duration_ms", "p95_duration_ms", "last_used", "triggers", "known_outcomes", "previous"),
        *("input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens"),
        *("cost_usd", "cost_per_use_usd", "first_used"),
    }


def test_retention(deployment: Deployment, tool: str) -> None:
    report = deployment.report("retention", tool=tool)
    assert report["period"] == "30 days"
    assert len(report["daily_active_users"]) == 31
    dates = [day["date"] for day in report["daily_active_users"]]
    assert dates == sorted(dates, reverse=True)
    assert sum(day["dau"] for day in report["daily_active_users"]) >= 3
    assert (report["weekly_active_users"], report["monthly_active_users"]) == (3, 3)


def test_errors(deployment: Deployment, tool: str) -> None:
    report = deployment.report("errors", tool=tool, limit=1)
    assert report["count"] == 1
    assert report["errors"][0].keys() == {
        "timestamp",
        "tool_name",
        "tool_category",
        "error_type",
        "error_message",
        "duration_ms",
    }
    assert {(group["error_type"], group["count"], group["users"]) for group in report["groups"]} == {
        ("ValueError", 1, 1),
        (None, 1, 1),
    }


def test_timeseries(deployment: Deployment, tool: str) -> None:
    hours = deployment.report("timeseries", tool=tool, days=1)
    assert len(hours) in (25, 26)
    assert sum(bucket["invocations"] for bucket in hours) == 5
    days = deployment.report("timeseries", tool=tool, days=7)
    assert len(days) in (8, 9)
    assert (sum(bucket["success"] for bucket in days), sum(bucket["error"] for bucket in days)) == (2, 2)
    assert days[0].keys() == {*("t", "invocations", "success", "error", "users", "known_outcomes", "p50", "p95")}


@pytest.mark.parametrize("by", BREAKDOWNS)
def test_breakdown(deployment: Deployment, tool: str, by: str) -> None:
    rows = deployment.report("breakdown", tool=tool, by=by)
    assert sum(row["invocations"] for row in rows) == 5
    assert rows[0].keys() == {
        *(
            "key",
            "invocations",
            "unique_users",
            "success_rate",
            "error_rate",
            "known_outcomes",
            "p50",
            "p95",
            "previous",
        )
    }


def test_export(deployment: Deployment, tool: str) -> None:
    answer = deployment.send("GET", f"/analytics/export?tool={tool}")
    events = [json.loads(line) for line in answer.body.splitlines()]
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert [event["tool_name"] for event in events] == [tool] * 5
    answer = deployment.send("GET", f"/analytics/export?tool={tool}&format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert [row["status"] for row in rows].count("timeout") == 1


@pytest.mark.parametrize("number", [3, 70])
def test_of_few_rows_and_of_many_each_value_is_as_it_was_stored(deployment: Deployment, number: int) -> None:
    name = f"rows-{uuid.uuid4().hex[:12]}"
    event = {"tool_name": name, "status": "success", "request_size_bytes": 2**53 - 1}
    assert deployment.track([event] * number).json()["accepted"] == number
    answer = deployment.send("GET", f"/analytics/export?tool={name}")
    events = [json.loads(line) for line in answer.body.splitlines()]
    told = ("tool_name", "duration_ms", "request_size_bytes", "test")
    assert [[event[field] for field in told] for event in events] == [[name, None, 2**53 - 1, 0]] * number


def test_cells_that_a_spreadsheet_would_run_are_harmless(deployment: Deployment) -> None:
    name = f"=cmd-{uuid.uuid4().hex[:8]}"
    assert deployment.track({"tool_name": name, "status": "success"}).json()["field"] == "tool_name"
    name = f"+cmd-{uuid.uuid4().hex[:8]}"
    assert deployment.track({"tool_name": name, "status": "success"}).status == 200
    answer = deployment.send("GET", f"/analytics/export?tool=%2B{name[1:]}&format=csv")
    assert f"'{name}" in answer.body.decode()


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("summary?days=0", "days"),
        ("summary?days=366", "days"),
        ("tools?days=seven", "days"),
        ("tools?days=", "days"),
        ("errors?limit=201", "limit"),
        ("breakdown", "by"),
        ("breakdown?by=address", "by"),
        ("export?format=xml", "format"),
        ("summary?trigger=nobody", "trigger"),
        ("summary?include_test=maybe", "include_test"),
        (f"summary?tool={'x' * 200}", "tool"),
    ],
)
def test_bad_parameters_are_named(deployment: Deployment, path: str, field: str) -> None:
    answer = deployment.send("GET", f"/analytics/{path}")
    assert (answer.status, answer.json()["field"]) == (400, field)


@pytest.mark.parametrize("route", ANALYTICS, ids=lambda route: route.path)
def test_parameters_are_what_the_table_says(deployment: Deployment, route: Route) -> None:
    for parameter in route.parameters:
        for text in parameter.bad:
            answer = deployment.send("GET", target(route, **{parameter.name: text}))
            assert (answer.status, answer.json()["field"]) == (400, parameter.name), text
        for text in parameter.good[:2]:
            assert deployment.send("GET", target(route, **{parameter.name: text})).status == 200, text


def test_an_empty_filter_is_none(deployment: Deployment) -> None:
    assert deployment.send("GET", "/analytics/timeseries?days=7&tool=").status == 200


def test_answers_may_be_kept_for_a_moment(deployment: Deployment) -> None:
    assert deployment.track({"tool_name": "kept", "status": "success"}).status == 200
    assert deployment.send("GET", "/analytics/summary").headers["cache-control"] == "private, max-age=30"
